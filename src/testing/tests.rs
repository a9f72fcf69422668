//! Certificates and tokens made here are read back by the code that they are made for.

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::{MessageImprint, Nonce, ParsedToken, ResponseError, TimeStampReq, TimeStampToken, Transport};
use signed_data::tlv::Tag;

use super::*;
use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
use crate::pki::{PathRequest, TrustAnchors, validate_path};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 123_456_700).unwrap()
}

fn request() -> TimeStampReq {
    let digest = DigestAlgorithm::Sha256.digest(b"a registered letter");
    TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()))
        .with_nonce(Nonce::random().unwrap())
}

fn ask(tsa: &TestTsa, request: &TimeStampReq) -> Result<TimeStampToken, ResponseError> {
    request.check(&tsa.send(&request.to_der()).unwrap())
}

/// Verifies signature and message-digest of a token with its TSA's key.
fn signature_is_good(token: &TimeStampToken, tsa: &CertifiedKey) -> bool {
    let signed_data = ParsedToken::parse(token.to_definite()).unwrap().signed_data;
    let signer = &signed_data.signer_infos[0];
    let attributes = signer.signed_attributes.as_ref().unwrap();
    assert!(attributes.is_der_set());
    let digest = DigestAlgorithm::from_identifier(&signer.digest_algorithm).unwrap();
    let stated = attributes.find(oid::MESSAGE_DIGEST).next().unwrap().values[0].value.to_vec();
    let algorithm = SignatureAlgorithm::from_identifier(&signer.signature_algorithm, Some(digest)).unwrap();
    let key = tsa.certificate.public_key();
    stated == digest.digest(signed_data.encap_content_info.content.unwrap()).as_bytes()
        && key.verify(&algorithm, &attributes.as_set(), signer.signature).is_ok()
}

fn kinds() -> Vec<KeyKind> {
    let mut kinds = vec![KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa { bits: 2048 }];
    if cfg!(feature = "aws-lc-rs") {
        kinds.push(KeyKind::Ed25519);
    }
    kinds
}

#[test]
fn tokens_answer_their_request_with_every_kind_of_key() {
    for kind in kinds() {
        let pki = TestPki::of_kind(&kind, now()).unwrap();
        let tsa = TestTsa::new(&pki).with_clock(now);
        let request = request();
        let token = ask(&tsa, &request).unwrap();
        assert!(signature_is_good(&token, &pki.tsa), "{kind}");
        assert_eq!(token.tst_info().gen_time.timestamp(), now().timestamp());
        assert_eq!(token.signer_certificate(), Some(pki.tsa.certificate.der()));
    }
}

#[test]
fn the_chains_validate_and_end_at_their_own_anchors() {
    let pki = TestPki::new(now()).unwrap();
    let path = |key: &CertifiedKey, candidates: &[crate::pki::Certificate], anchors: &TrustAnchors, at| {
        validate_path(&PathRequest::new(&key.certificate, candidates, anchors, at)).map(|path| path.certificates.len())
    };
    let (seal_chain, tsa_chain) = (pki.seal_chain(), pki.tsa_chain());
    assert_eq!(path(&pki.seal, &seal_chain, &pki.seal_anchors(), now()).unwrap(), 3);
    assert_eq!(path(&pki.tsa, &tsa_chain, &pki.tsa_anchors(), now()).unwrap(), 2);
    assert!(path(&pki.seal, &seal_chain, &pki.tsa_anchors(), now()).is_err());
    assert!(path(&pki.tsa, &tsa_chain, &pki.seal_anchors(), now()).is_err());
    assert!(path(&pki.seal, &seal_chain, &pki.seal_anchors(), now() + TimeDelta::days(731)).is_err());
    assert!(path(&pki.seal, &seal_chain, &pki.seal_anchors(), now() - TimeDelta::days(2)).is_err());

    let anchors = TrustAnchors::from_pem(&pki.seal_anchors_pem()).unwrap();
    assert!(anchors.contains(&pki.root.certificate));
    assert!(TrustAnchors::from_pem(&pki.tsa_anchors_pem()).unwrap().contains(&pki.tsa_root.certificate));
}

#[test]
fn certificates_say_what_they_were_told_to() {
    let pki = TestPki::new(now()).unwrap();
    let seal = pki.seal.certificate.key_usage().unwrap();
    assert!(seal.digital_signature() && seal.non_repudiation() && seal.is_critical() && seal.only_signatures());
    assert!(pki.intermediate.certificate.key_usage().unwrap().key_cert_sign());
    assert_eq!(pki.intermediate.certificate.basic_constraints().unwrap().path_len, Some(0));
    let purposes = pki.tsa.certificate.extended_key_usage().unwrap();
    assert!(purposes.critical && purposes.is_only(oid::TIME_STAMPING));

    let spec = CertificateSpec::seal("Other", now(), now() + TimeDelta::days(1))
        .without_extension(oid::KEY_USAGE)
        .without_key_identifiers()
        .with_serial(&[0x80, 1])
        .with_critical_extension(oid::SUBJECT_ALT_NAME, writer::sequence(&[&writer::tlv(Tag(0x82), b"a.example")]));
    let certificate = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap().certificate;
    assert!(
        certificate.key_usage().is_none() && certificate.subject_key_identifier().is_none() && !certificate.is_ca()
    );
    assert_eq!(certificate.serial().as_bytes(), [0, 0x80, 1]);
    assert!(certificate.extension(oid::SUBJECT_ALT_NAME).unwrap().critical);
    assert_eq!(
        certificate.not_after(),
        (now() + TimeDelta::days(1)).with_timezone(&Utc) - TimeDelta::nanoseconds(123_456_700)
    );
    assert_eq!(certificate.subject_values(oid::COMMON_NAME), ["Other"]);
    // A seal certificate is of no organisation unless it is told to be.
    assert!(certificate.subject_values(oid::ORGANIZATION_NAME).is_empty());
}

#[cfg(feature = "rustcrypto")]
#[test]
fn derived_keys_make_the_same_octets_again() {
    let make = |label| {
        let pki = TestPki::with_keys(TestKeys::derived(label).unwrap(), now()).unwrap();
        let digest = DigestAlgorithm::Sha512.digest(b"a registered letter");
        let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()))
            .with_nonce(Nonce::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8]));
        let token = ask(&TestTsa::new(&pki).with_clock(now), &request).unwrap();
        (pki.seal_anchors_pem(), pki.seal.certificate.der().to_vec(), token.as_bytes().to_vec())
    };
    assert_eq!(make("vectors"), make("vectors"));
    assert_ne!(make("vectors").1, make("others").1);
}

#[test]
fn tst_info_holds_what_was_set() {
    let pki = TestPki::new(now()).unwrap();
    let accuracy = rfc3161_client::Accuracy { seconds: None, millis: Some(500), micros: Some(7) };
    let tsa = TestTsa::new(&pki)
        .with_clock(now)
        .with_fraction_digits(9)
        .with_accuracy(accuracy)
        .with_ordering()
        .with_tsa_name()
        .with_serial(u64::MAX);
    let request = request().with_policy(tsa.policy());
    let info = ask(&tsa, &request).unwrap().tst_info().clone();
    assert_eq!(info.gen_time, now());
    assert_eq!(info.accuracy, Some(accuracy));
    assert!(info.ordering);
    assert_eq!(info.tsa.unwrap().directory_name(), Some(pki.tsa.certificate.subject_der()));
    let bare = ask(&TestTsa::new(&pki).without_accuracy(), &request.without_certificates()).unwrap();
    assert_eq!(bare.tst_info().accuracy, None);
    assert_eq!(bare.signer_certificate(), None);
}

#[test]
fn bad_requests_are_refused_with_their_reason() {
    let pki = TestPki::new(now()).unwrap();
    let tsa = TestTsa::new(&pki);
    let refusal = |request: TimeStampReq| match ask(&tsa, &request) {
        Err(ResponseError::Rejected(status)) => status.failure_info.iter().map(ToString::to_string).collect::<String>(),
        other => panic!("{other:?}"),
    };
    let of = |algorithm, digest: &[u8]| TimeStampReq::new(MessageImprint::new(algorithm, digest));
    assert_eq!(refusal(of(const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"), &[0; 16])), "badAlg");
    assert_eq!(refusal(of(oid::SHA256, &[0; 31])), "badDataFormat");
    assert_eq!(refusal(request().with_policy(oid::DATA)), "unacceptedPolicy");
    let no_request = request().check(&tsa.respond(b"nonsense"));
    assert!(matches!(no_request, Err(ResponseError::Rejected(status)) if status.to_string().contains("badRequest")));
}

/// The client must refuse these tokens, because they do not answer the request.
#[test]
fn misbehaviour_that_a_client_sees() {
    let pki = TestPki::new(now()).unwrap();
    let with = |misbehaviour| TestTsa::new(&pki).with_clock(now).with_misbehaviour(misbehaviour);
    let seen = |misbehaviour| ask(&with(misbehaviour), &request()).expect_err(&format!("{misbehaviour:?}"));
    assert!(matches!(seen(Misbehaviour::WrongNonce), ResponseError::Nonce { .. }));
    assert!(matches!(seen(Misbehaviour::MissingNonce), ResponseError::NonceMissing { .. }));
    assert!(matches!(seen(Misbehaviour::WrongImprint), ResponseError::Imprint { .. }));
    assert!(matches!(seen(Misbehaviour::WrongImprintAlgorithm), ResponseError::ImprintAlgorithm { .. }));
    assert!(matches!(seen(Misbehaviour::Rejected), ResponseError::Rejected(_)));
    assert!(matches!(seen(Misbehaviour::GrantedWithoutToken), ResponseError::TokenMissing(_)));
    assert!(matches!(seen(Misbehaviour::RejectedWithToken), ResponseError::TokenUnexpected(_)));
    assert!(matches!(seen(Misbehaviour::MissingCertificate), ResponseError::SignerCertificateMissing));
    assert!(matches!(seen(Misbehaviour::WrongContentType), ResponseError::Token(_)));
    assert!(matches!(seen(Misbehaviour::WrongVersion), ResponseError::Token(_)));
    assert!(matches!(seen(Misbehaviour::TwoSigners), ResponseError::Token(_)));
    assert!(matches!(seen(Misbehaviour::Garbage), ResponseError::Coding(_)));

    let tsa = with(Misbehaviour::WrongPolicy);
    let error = ask(&tsa, &request().with_policy(tsa.policy())).unwrap_err();
    assert!(matches!(error, ResponseError::Policy { .. }));
    let digest = DigestAlgorithm::Sha256.digest(b"no nonce");
    let without = TimeStampReq::new(MessageImprint::new(oid::SHA256, digest.as_bytes()));
    let error = ask(&with(Misbehaviour::UnrequestedNonce), &without).unwrap_err();
    assert!(matches!(error, ResponseError::NonceUnrequested { .. }));
    assert!(with(Misbehaviour::Unreachable).send(&request().to_der()).is_err());
}

/// These tokens answer the request all the same; only their verification sees what is wrong.
#[test]
fn misbehaviour_that_a_verifier_sees() {
    let pki = TestPki::new(now()).unwrap();
    let token = |misbehaviour| {
        ask(&TestTsa::new(&pki).with_clock(now).with_misbehaviour(misbehaviour), &request())
            .unwrap_or_else(|error| panic!("{misbehaviour:?}: {error}"))
    };
    for bad in [Misbehaviour::BadSignature, Misbehaviour::WrongMessageDigest] {
        assert!(!signature_is_good(&token(bad), &pki.tsa), "{bad:?}");
    }
    let certificate = |misbehaviour| {
        let token = token(misbehaviour);
        assert!(signature_is_good(&token, &pki.tsa), "{misbehaviour:?}");
        crate::pki::Certificate::from_der(token.signer_certificate().unwrap()).unwrap()
    };
    assert!(certificate(Misbehaviour::ExpiredCertificate).not_after() < now());
    assert!(certificate(Misbehaviour::NotYetValidCertificate).not_before() > now());
    assert!(certificate(Misbehaviour::AuthorityCertificate).is_ca());
    assert!(certificate(Misbehaviour::MissingEku).extended_key_usage().is_none());
    let purposes = |misbehaviour| {
        let certificate = certificate(misbehaviour);
        let usage = certificate.extended_key_usage().unwrap();
        (usage.critical, usage.contains(oid::TIME_STAMPING), usage.purposes.len())
    };
    assert_eq!(purposes(Misbehaviour::WrongEku), (true, false, 1));
    assert_eq!(purposes(Misbehaviour::ExtraEku), (true, true, 2));
    assert_eq!(purposes(Misbehaviour::UncriticalEku), (false, true, 1));
    let untrusted = certificate(Misbehaviour::UntrustedCertificate);
    assert_eq!(untrusted.issuer_der(), untrusted.subject_der());

    let attribute = |misbehaviour| {
        let token = token(misbehaviour);
        let signed_data = ParsedToken::parse(token.to_definite()).unwrap().signed_data;
        let attributes = signed_data.signer_infos[0].signed_attributes.clone().unwrap();
        attributes.find(oid::SIGNING_CERTIFICATE_V2).next().map(|attribute| attribute.values[0].raw.to_vec())
    };
    let stated = |certificate: &crate::pki::Certificate| {
        let hash = writer::octet_string(certificate.fingerprint().as_bytes());
        writer::sequence(&[&writer::sequence(&[&writer::sequence(&[&hash])])])
    };
    assert_eq!(attribute(Misbehaviour::MissingSigningCertificate), None);
    assert_eq!(attribute(Misbehaviour::WrongSigningCertificate), Some(stated(&pki.tsa_root.certificate)));
    assert_eq!(attribute(Misbehaviour::Ber), Some(stated(&pki.tsa.certificate)));

    let ber = token(Misbehaviour::Ber);
    assert_eq!(ber.as_bytes().get(..2), Some(&[0x30, 0x80][..]));
    assert!(signature_is_good(&ber, &pki.tsa));
    let crowded = token(Misbehaviour::ForeignCertificates);
    let parsed = ParsedToken::parse(crowded.to_definite()).unwrap();
    assert_eq!(parsed.signed_data.certificates.len(), 4);
    assert_eq!(token(Misbehaviour::UnknownCriticalExtension).tst_info().extensions.len(), 1);
    let slow = Misbehaviour::Slow(core::time::Duration::from_millis(1));
    assert!(signature_is_good(&token(slow), &pki.tsa));
}
