//! These tests seal with ML-DSA, alone, and with keys that OpenSSL made.

use std::sync::Arc;

use recommande::Certificate;
use recommande::crypto::{KeyKind, SignatureAlgorithm, Signer};
use recommande::seal::{CompleteError, Credentials, ProofOfSending, Sealer};
use recommande::testing::{CertifiedKey, TestKeys, TestPki, generate_key};
use recommande::verify::{Indication, Payload, Verifier};
use recommande::{Environment, TrustAnchors};

use crate::common::der::Node;
use crate::common::{Service, issuer, later, now, pool, sending};

/// A key and its certificate, made by OpenSSL 4.0.3 (in the Python package cryptography 50.0.2).
const BY_OPENSSL: &str = include_str!("keys/ml-dsa-65.pem");

fn key_by_openssl() -> Arc<dyn Signer> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(recommande::SigningKey::from_pem(BY_OPENSSL).unwrap());
    #[cfg(not(feature = "aws-lc-rs"))]
    return Arc::new(recommande::crypto::RustCryptoSigningKey::from_pem(BY_OPENSSL).unwrap());
}

#[test]
fn a_root_by_openssl_signs_and_is_trusted() {
    let certificate = Certificate::from_pem_chain(BY_OPENSSL).unwrap().remove(0);
    let signer = key_by_openssl();
    assert!(signer.public_key() == certificate.public_key());
    // What OpenSSL signed verifies here.
    let node = Node::parse(certificate.der());
    let (tbs, signature) = (node.at(&[0]).to_der(), node.at(&[2]).contents());
    let key = certificate.public_key();
    assert_eq!(key.verify(&SignatureAlgorithm::MlDsa65, &tbs, &signature[1..]), Ok(()));
    assert!(key.verify(&SignatureAlgorithm::MlDsa65, &tbs[1..], &signature[1..]).is_err());
    // It issues what a proof rests on.
    let mut pki = TestPki::new(now()).unwrap();
    pki.root = CertifiedKey { certificate, signer };
    let (from, until) = (pki.intermediate.certificate.not_before(), pki.intermediate.certificate.not_after());
    let spec = recommande::testing::CertificateSpec::authority("Test Seal CA", from, until);
    pki.intermediate = pki.root.issue(&spec, pki.intermediate.signer.clone()).unwrap();
    let spec = recommande::testing::CertificateSpec::seal("Test Seal", from, pki.seal.certificate.not_after());
    pki.seal = pki.intermediate.issue(&spec, generate_key(&KeyKind::MlDsa87).unwrap()).unwrap();
    let service = Service::with_pki(pki);
    let report = service.report(&service.proof());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

/// One SignerInfo, with SHA-512 and without parameters.
#[test]
fn a_seal_by_ml_dsa_is_a_proof_like_others() {
    for (kind, algorithm) in
        [(KeyKind::MlDsa65, SignatureAlgorithm::MlDsa65), (KeyKind::MlDsa87, SignatureAlgorithm::MlDsa87)]
    {
        let keys = TestKeys { seal: generate_key(&kind).unwrap(), ..TestKeys::generate(&KeyKind::EcP256).unwrap() };
        let service = Service::with_pki(TestPki::with_keys(keys, now()).unwrap());
        let proof = service.proof();
        let parsed = signed_data::SignedData::parse(proof.der()).unwrap();
        assert_eq!(parsed.signer_infos.len(), 1);
        let signer_info = &parsed.signer_infos[0];
        assert!(signer_info.digest_algorithm.oid == const_oid::ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"));
        assert!(signer_info.signature_algorithm.parameters.is_none());
        let read = ProofOfSending::from_der(proof.der()).unwrap();
        let anchors = |pem: &str| TrustAnchors::from_pem(pem).unwrap();
        let (seal, tsa) = (service.pki.seal_anchors_pem(), service.pki.tsa_anchors_pem());
        let verifier = Verifier::new(anchors(&seal), anchors(&tsa), Environment::Test);
        let verified = verifier.verify(&read, Payload::NotAvailable, later()).unwrap();
        let opening = service.proof_of_opening(&service.opening(&verified));
        assert!(verifier.verify(&opening, &verified, later()).is_ok(), "{algorithm}");
        assert_eq!(service.pki.seal.signer.algorithm(), algorithm);
    }
}

/// The key is elsewhere, and its signature comes later: it is over the attributes themselves, so a digest is of no use.
#[test]
fn a_key_elsewhere_signs_the_message() {
    let pki = TestPki::of_kind(&KeyKind::MlDsa65, now()).unwrap();
    let credentials = Credentials::remote(SignatureAlgorithm::MlDsa65, pki.seal_chain()).unwrap();
    let prepared = Sealer::new(credentials, issuer(Environment::Test)).prepare(&sending(), now()).unwrap();
    assert!(prepared.digest().is_none());
    let signature = pki.seal.signer.sign(prepared.message()).unwrap();
    assert_eq!(prepared.complete(&signature[1..]).unwrap_err(), CompleteError::Length { expected: 3309, found: 3308 });
    let mut wrong = signature.clone();
    wrong[7] ^= 1;
    assert!(matches!(prepared.complete(&wrong), Err(CompleteError::Signature(_))));
    let service = Service::with_pki(pki);
    let proof = prepared.complete(&signature).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    assert_eq!(service.report(&proof).indication, Indication::TotalPassed);
}
