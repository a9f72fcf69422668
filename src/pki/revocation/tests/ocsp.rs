//! These tests check OCSP responses and the entitlement of their signers.

use super::*;

#[test]
fn the_issuer_answers_itself() {
    let world = World::new();
    let ca = &world.pki.intermediate;
    let status = world.ask_with(&[&world.ocsp(ca, world.answer(OcspStatus::Good))], |request| request);
    assert_eq!((status.status, status.produced_at), (GOOD, Some(day(0))));
    assert!(matches!(status.source, Some(RevocationSource::Ocsp { .. })));
    let by_key = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_responder_id(ResponderIdSpec::ByKey);
    assert_eq!(world.ask(&[&ca.answer_ocsp(&by_key.with_certificates(Vec::new())).unwrap()]), GOOD);
    for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        assert_eq!(world.ask(&[&world.ocsp(ca, world.answer(OcspStatus::Good).with_digest(digest))]), GOOD);
    }
    let says = |status| world.ask(&[&world.ocsp(ca, world.answer(status))]);
    let on = |reason| OcspStatus::Revoked { date: day(-2), reason };
    assert_eq!(says(on(Some(RevocationReason::KeyCompromise))), revoked(-2, RevocationReason::KeyCompromise));
    assert_eq!(says(on(None)), revoked(-2, RevocationReason::Unspecified));
    assert_eq!(says(on(Some(RevocationReason::CertificateHold))), RevocationStatus::OnHold { since: day(-2) });
    assert_eq!(says(OcspStatus::Unknown), RevocationStatus::Unknown);
    // About somebody else: another serial number, another issuer.
    let (root, issuer) = (&world.pki.root.certificate, &ca.certificate);
    for (certificate, issuer) in [(&world.pki.tsa.certificate, issuer), (&world.target, root)] {
        let answer = OcspAnswerSpec::new(certificate, issuer, OcspStatus::Good, day(0)).with_next_update(day(7));
        assert_eq!(world.ask(&[&world.ocsp(ca, answer)]), RevocationStatus::Absent);
    }
    // By the issuer's issuer, which is not the issuer.
    assert_eq!(world.ask(&[&world.ocsp(&world.pki.root, world.answer(OcspStatus::Good))]), not_authorised());
    // Too old; without nextUpdate.
    let aged = |this, next: Option<i64>| {
        let answer = OcspAnswerSpec::new(&world.target, issuer, OcspStatus::Good, day(this));
        world.ask(&[&world.ocsp(ca, next.map_or(answer.clone(), |next| answer.with_next_update(day(next))))])
    };
    assert_eq!(aged(-7, Some(0)), GOOD);
    assert_eq!(aged(-7, Some(-1)), RevocationStatus::Stale);
    assert_eq!(aged(-1, None), RevocationStatus::Stale);
    assert_eq!(aged(1, None), GOOD);
}

#[test]
fn a_delegated_responder_is_certified_by_the_issuer_for_it() {
    let world = World::new();
    let ask = |by: &CertifiedKey| world.ask(&[&world.ocsp(by, world.answer(OcspStatus::Good))]);
    assert_eq!(ask(&world.responder(&responder_spec())), GOOD);
    // Without the purpose; with any purpose; with a key that may not sign.
    assert_eq!(ask(&world.responder(&responder_spec().without_extension(oid::EXTENDED_KEY_USAGE))), not_authorised());
    let any = const_oid::ObjectIdentifier::new_unwrap("2.5.29.37.0");
    assert_eq!(ask(&world.responder(&responder_spec().with_extended_key_usage(&[any]))), not_authorised());
    assert_eq!(ask(&world.responder(&responder_spec().with_key_usage(&[Usage::CrlSign]))), not_authorised());
    // By somebody else, under whatever name.
    assert_eq!(ask(&world.issue(&world.pki.root, &responder_spec())), not_authorised());
    let impostor = CertificateSpec::authority("Test Seal CA", day(-1), day(30));
    let impostor = impostor.self_signed(generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let status = ask(&world.issue(&impostor, &responder_spec()));
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Expired when it answered.
    let status = ask(&world.responder(&CertificateSpec::ocsp_responder("Old", day(-9), day(-1))));
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Another key than the certificate's.
    let (first, second) = (world.responder(&responder_spec()), world.responder(&responder_spec()));
    let mixed = CertifiedKey { certificate: first.certificate, signer: second.signer };
    assert_eq!(ask(&mixed), RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid));
    // The certificate from elsewhere, or from nowhere.
    let mut world = World::new();
    let responder = world.responder(&responder_spec());
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_certificates(Vec::new());
    let response = responder.answer_ocsp(&spec).unwrap();
    let nowhere = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerNotFound);
    assert_eq!(world.ask(&[&response]), nowhere);
    world.others.push(responder.certificate);
    assert_eq!(world.ask(&[&response]), GOOD);
}

#[test]
fn the_status_of_a_responder() {
    let world = World::new();
    let checked = world.responder(&responder_spec().without_extension(oid::OCSP_NOCHECK));
    let response = world.ocsp(&checked, world.answer(OcspStatus::Good));
    let status = world.ask_with(&[&response], |request| request);
    assert_eq!((status.status, status.signer_status_unknown), (GOOD, true));
    fn required(request: RevocationRequest<'_>) -> RevocationRequest<'_> {
        request.with_ocsp_responders(SignerRevocation::Required)
    }
    let unknown = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerStatusUnknown);
    assert_eq!(world.ask_with(&[&response], required).status, unknown);
    let exempt = world.responder(&responder_spec());
    assert_eq!(world.ask_with(&[&world.ocsp(&exempt, world.answer(OcspStatus::Good))], required).status, GOOD);
    // By a list that is only about others, so that the answer decides about the target.
    let by_ca =
        OcspAnswerSpec::new(&checked.certificate, &world.pki.intermediate.certificate, OcspStatus::Good, day(0));
    let status = |status| OcspAnswerSpec { status, ..by_ca.clone() };
    let about = |answer| world.ocsp(&world.pki.intermediate, answer);
    assert_eq!(world.ask_with(&[&response, &about(status(OcspStatus::Good))], required).status, GOOD);
    let revoked = OcspStatus::Revoked { date: day(-1), reason: None };
    let signer_revoked = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerRevoked);
    assert_eq!(world.ask(&[&response, &about(status(revoked))]), signer_revoked);
    // At the end of a path it signs something else than responses: then it is exempt from nothing.
    let world = World { target: exempt.certificate, ..world };
    assert_eq!(world.ask(&[]), RevocationStatus::Absent);
}

#[test]
fn a_bare_basic_response_and_its_nonce_are_read() {
    let world = World::new();
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_nonce(b"12345678");
    let der = world.pki.intermediate.answer_ocsp(&spec).unwrap();
    let whole = OcspResponse::from_der(&der).unwrap();
    assert_eq!(whole.nonce(), Some(&b"\x04\x0812345678"[..]));
    assert_eq!(whole.certificates(), core::slice::from_ref(&world.pki.intermediate.certificate));
    // Without OCSPResponse, ResponseBytes and OCTET STRING around it.
    let at = der.windows(9).position(|octets| octets == oid::OCSP_BASIC.as_bytes()).unwrap() + 9;
    let mut reader = signed_data::tlv::Reader::new(&der[at..], "response");
    let basic = reader.octet_string().unwrap();
    assert_eq!(world.ask(&[basic]), GOOD);
    assert_eq!(
        OcspResponse::from_der(basic).unwrap().responses().collect::<Vec<_>>(),
        whole.responses().collect::<Vec<_>>()
    );
}
