//! These tests check the store, its limits, several sources, and damaged data.

use std::sync::Arc;

use super::*;

#[test]
fn what_is_critical_and_unknown_is_refused_by_name() {
    let world = World::new();
    let unknown = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4");
    let null = || writer::tlv(Tag::NULL, &[]);
    let not_supported = |what: &str| RevocationStatus::NotSupported { what: what.into() };
    let list = world.crl(&fresh().with_critical_extension(unknown, null()));
    assert_eq!(world.ask(&[&list]), not_supported("critical CRL extension 1.2.3.4"));
    let status = world.ask_with(&[&list, &world.crl(&fresh())], |request| request);
    assert_eq!((status.status, status.set_aside.len()), (GOOD, 1));
    assert_eq!(world.ask(&[&world.crl(&fresh().with_extension(unknown, null()))]), GOOD);
    // In the entry of somebody else.
    let stranger = RevokedSpec::new(&world.pki.tsa.certificate, day(-6)).with_critical_extension(unknown, null());
    let status = world.ask(&[&world.crl(&fresh().with_revoked(&stranger))]);
    assert_eq!(status, not_supported("critical CRL entry extension 1.2.3.4"));
    let ca = &world.pki.intermediate;
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_critical_extension(unknown, null());
    let status = world.ask(&[&ca.answer_ocsp(&spec).unwrap()]);
    assert_eq!(status, not_supported("critical OCSP response extension 1.2.3.4"));
    // Twice the same extension.
    let twice = fresh().with_number(11);
    assert!(matches!(Crl::from_der(&world.crl(&twice)), Err(RevocationDataError::Crl { field: "crlExtensions", .. })));
}

#[test]
fn no_source_hides_a_revocation_of_another() {
    let world = World::new();
    let ca = &world.pki.intermediate;
    let listed = world.crl(&CrlSpec::new(day(-1), day(7)).with_revoked(&world.revoked(day(-5))));
    let good = world.ocsp(ca, world.answer(OcspStatus::Good));
    assert_eq!(world.ask(&[&listed, &good]), revoked(-5, RevocationReason::Unspecified));
    let says = world.ocsp(ca, world.answer(OcspStatus::Revoked { date: day(-2), reason: None }));
    let clean = world.crl(&CrlSpec::new(day(3), day(7)));
    assert_eq!(world.ask(&[&says, &clean]), revoked(-2, RevocationReason::Unspecified));
    // "Unknown" is no answer where there is one; what is not authenticated does not take away what is.
    let unknown = world.ocsp(ca, world.answer(OcspStatus::Unknown));
    assert_eq!(world.ask(&[&unknown, &clean]), GOOD);
    let forged = world.root_crl(&fresh().with_issuer(CertificateSpec::name("Test Seal CA")));
    assert_eq!(world.ask(&[&forged, &clean]), GOOD);
}

#[test]
fn signatures_come_out_of_the_shared_budget() {
    let world = World::new();
    let (crl, response) = (world.crl(&fresh()), world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good)));
    for (limit, status) in [(0, RevocationStatus::BudgetExhausted), (1, RevocationStatus::BudgetExhausted), (2, GOOD)] {
        let mut data = RevocationData::new();
        data.add_der(&crl).unwrap();
        data.add_der(&response).unwrap();
        let (budget, path) = (ValidationBudget::new(limit), world.path());
        let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now()).with_budget(&budget);
        assert_eq!(check_revocation(&request)[0].status, status, "{limit}");
        assert_eq!(budget.used(), limit);
    }
    // A limit that is met afterwards does not undo a revocation.
    let listed = world.crl(&fresh().with_revoked(&world.revoked(day(-5))));
    let mut data = RevocationData::new();
    data.add_der(&listed).unwrap();
    data.add_der(&response).unwrap();
    let (budget, path) = (ValidationBudget::new(1), world.path());
    let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now()).with_budget(&budget);
    assert_eq!(check_revocation(&request)[0].status, revoked(-5, RevocationReason::Unspecified));
}

#[test]
fn the_store_takes_der_and_pem_once_each() {
    let world = World::new();
    let (crl, response) = (world.crl(&fresh()), world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good)));
    let pem = |label, der: &[u8]| pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap();
    let text =
        [pem("X509 CRL", &crl), pem("CERTIFICATE", world.target.der()), pem("OCSP RESPONSE", &response)].concat();
    let mut data = RevocationData::from_bytes(text.as_bytes()).unwrap();
    assert_eq!((data.crls().len(), data.ocsp_responses().len()), (1, 1));
    data.extend(&RevocationData::from_bytes(&crl).unwrap()).unwrap();
    data.add_der(&response).unwrap();
    assert_eq!((data.crls().len(), data.ocsp_responses().len()), (1, 1));
    assert_eq!(data.crls()[0].der(), crl);
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(&response);
    assert_eq!(RevocationData::from_bytes(base64.as_bytes()).unwrap().ocsp_responses()[0].der(), response);
    let refused = |octets: &[u8]| RevocationData::from_bytes(octets).unwrap_err();
    assert_eq!(refused(world.target.der()), RevocationDataError::Unrecognised);
    assert_eq!(refused(pem("CERTIFICATE", world.target.der()).as_bytes()), RevocationDataError::Unrecognised);
    assert_eq!(refused(b"-----BEGIN X509 CRL-----\nMII"), RevocationDataError::Text);
    assert_eq!(refused(b"\xff"), RevocationDataError::Unrecognised);
    // A file that is larger than any CRL may be is refused by the limit, even if it was read up to the limit alone.
    let mut large = crl.clone();
    large.resize(limits::MAX_CRL + 1, 0);
    assert_eq!(refused(&large), RevocationDataError::TooMany { what: "octets of a CRL", limit: limits::MAX_CRL });
    assert_eq!(refused(b""), RevocationDataError::Unrecognised);
    assert_eq!(refused(&[0x30, 3, 0x0a, 1, 6]), RevocationDataError::ResponseStatus(OcspResponseStatus::Unauthorized));
    for number in 0..=limits::MAX_CRLS {
        let added =
            data.add_der(&world.crl(&CrlSpec::new(day(0), day(7)).with_number(1_000 + u64::try_from(number).unwrap())));
        assert_eq!(added.is_err(), number == limits::MAX_CRLS - 1 || number == limits::MAX_CRLS, "{number}");
    }
}

/// No flipped bit and no truncation causes a panic or makes a revoked certificate good.
#[test]
fn damage_never_turns_revoked_into_good() {
    let world = World::new();
    let responder = world.responder(&responder_spec());
    let status = OcspStatus::Revoked { date: day(-2), reason: Some(RevocationReason::KeyCompromise) };
    let listed = fresh().with_revoked(&world.revoked(day(-2)).with_reason(RevocationReason::KeyCompromise));
    let path = world.path();
    for original in [world.crl(&listed), world.ocsp(&responder, world.answer(status))] {
        let mut still_revoked = 0;
        let mut try_it = |octets: &[u8]| {
            let Ok(data) = RevocationData::from_bytes(octets) else { return };
            let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now());
            let status = check_revocation(&request).swap_remove(0).status;
            assert_ne!(status, GOOD);
            still_revoked += usize::from(matches!(status, RevocationStatus::Revoked { .. }));
        };
        for index in 0..original.len() {
            try_it(&original[..index]);
            for bit in 0..8 {
                let mut octets = original.clone();
                octets[index] ^= 1 << bit;
                try_it(&octets);
            }
        }
        // Some flips are outside of what is signed, in certificates that are not needed.
        assert!(still_revoked < original.len(), "{still_revoked} of {}", original.len());
    }
}

#[test]
fn a_crl_that_decided_is_remembered_by_all_its_octets() {
    let world = World::new();
    let (good, remembered) = (world.crl(&fresh()), Arc::default());
    let status = |der: &[u8]| {
        let mut store = RevocationData::recalling(&remembered);
        store.add_der(der).unwrap();
        let (path, candidates) = (world.path(), world.candidates());
        let budget = ValidationBudget::new(10);
        let request = RevocationRequest::new(&path, &store, &candidates, &world.anchors, world.at);
        let statuses = check_revocation(&request.with_budget(&budget));
        (statuses[0].status.clone(), budget.used())
    };
    assert!(remembered.find(&good).is_none());
    let first = status(&good);
    assert_eq!(first.0, GOOD);
    assert!(remembered.find(&good).is_some());
    // Its signature is taken out of the budget all the same.
    assert_eq!(status(&good), first);

    // The same signature under another list: the octets behind the algorithm decide nothing.
    let mut forged = good.clone();
    let place = forged.windows(2).position(|pair| pair == [0x17, 13]).unwrap();
    forged[place + 2 + 11] ^= 1;
    assert_eq!(forged.last_chunk::<32>(), good.last_chunk());
    assert!(remembered.find(&forged).is_none());
    assert_eq!(status(&forged).0, RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid));
    assert!(remembered.find(&forged).is_none() && remembered.find(&good).is_some());
}
