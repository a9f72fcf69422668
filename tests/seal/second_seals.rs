//! Sealing twice: what a sealer announces, and how the second seal is made here, elsewhere, later and in batches.

use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::evidence::{Sending, Statement};
use recommande::pki::revocation::RevocationData;
use recommande::seal::{
    Artifact, Batch, Credentials, CredentialsError, Prepared, ProofOfSending, SealError, Sealer, SecondSeal, Unstamped,
};
use recommande::testing::{CertificateSpec, CertifiedKey, generate_key};
use recommande::verify::{Policy, SecondSealRule, SendingContext, Verifier};
use recommande::{Certificate, Environment, Payload};

use crate::common::eras::crls;
use crate::common::{Service, issuer, later, now, pool, sending, sending_of};

fn second_key(service: &Service, kind: &KeyKind) -> CertifiedKey {
    let spec = CertificateSpec::seal("Second Seal", now() - Duration::days(1), now() + Duration::days(300));
    service.pki.intermediate.issue(&spec, generate_key(kind).unwrap()).unwrap()
}

fn chain(service: &Service, key: &CertifiedKey) -> Vec<Certificate> {
    vec![key.certificate.clone(), service.pki.intermediate.certificate.clone()]
}

fn credentials(service: &Service, kind: &KeyKind) -> Credentials {
    let key = second_key(service, kind);
    Credentials::new(key.signer.clone(), chain(service, &key)).unwrap()
}

fn required(service: &Service) -> Verifier {
    service.verifier().with_policy(Policy { second_seal: SecondSealRule::Required, ..Policy::default() })
}

fn assert_holds(service: &Service, proof: &ProofOfSending, second: &[u8]) {
    let given = [second.to_vec()];
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&given);
    required(service).verify(proof, context, later()).unwrap();
}

#[test]
fn both_algorithms_make_second_seals_and_others_do_not() {
    let service = Service::new();
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let sealer = service.sealer.clone().with_second_seal(credentials(&service, &kind)).unwrap();
        let unstamped = sealer.seal(&sending(), now()).unwrap();
        // Before the timestamp or after it: it is over the same octets.
        let second = sealer.second_seal(unstamped.as_artifact(), now()).unwrap();
        let proof = unstamped.stamp_with(&pool(service.tsa(now()))).unwrap();
        assert_holds(&service, &proof, second.der());
        assert_holds(&service, &proof, sealer.second_seal(&proof, later()).unwrap().der());
        let parsed = signed_data::SignedData::parse(second.der()).unwrap();
        let digest = parsed.signer_infos[0].digest_algorithm.oid;
        assert!(digest == DigestAlgorithm::Sha512.oid() && parsed.encap_content_info.content.is_none());
    }
    for kind in [KeyKind::EcP256, KeyKind::MlDsa44] {
        let refused = service.sealer.clone().with_second_seal(credentials(&service, &kind)).unwrap_err();
        assert!(matches!(refused, CredentialsError::SecondSeal(_)), "{refused}");
    }
}

/// The first seal by ML-DSA, and the second one by the same key, in the same certificate or in another.
#[test]
fn one_key_does_not_make_both_seals() {
    let service = Service::new();
    let key = second_key(&service, &KeyKind::MlDsa65);
    let spec = CertificateSpec::seal("Second Seal, renewed", now() - Duration::days(1), now() + Duration::days(300));
    let renewed = service.pki.intermediate.issue(&spec, key.signer.clone()).unwrap();
    assert_ne!(renewed.certificate, key.certificate);
    let of = |key: &CertifiedKey| Credentials::new(key.signer.clone(), chain(&service, key)).unwrap();
    let sealer = Sealer::new(of(&key), issuer(Environment::Test));
    for by_first in [of(&key), of(&renewed)] {
        let refused = sealer.clone().with_second_seal(by_first).unwrap_err();
        assert!(matches!(refused, CredentialsError::SecondSealOfFirst), "{refused}");
    }
    assert!(sealer.with_second_seal(credentials(&service, &KeyKind::MlDsa65)).is_ok());
}

/// The first seal is there and stays, whatever becomes of the second.
#[test]
fn a_second_signature_that_fails_costs_the_first_nothing() {
    struct Failing(std::sync::Arc<dyn Signer>, std::sync::atomic::AtomicBool);

    impl Signer for Failing {
        fn algorithm(&self) -> SignatureAlgorithm {
            self.0.algorithm()
        }

        fn public_key(&self) -> &PublicKey {
            self.0.public_key()
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
            // The trial at its construction goes well.
            if self.1.swap(true, std::sync::atomic::Ordering::Relaxed) {
                Err(SignError::Backend)
            } else {
                self.0.sign(message)
            }
        }
    }

    let service = Service::new();
    let key = second_key(&service, &KeyKind::MlDsa65);
    let failing = Failing(key.signer.clone(), false.into());
    let sealer = service.sealer.clone();
    let failing = sealer.with_second_seal(Credentials::new(failing, chain(&service, &key)).unwrap()).unwrap();
    let proof = failing.seal(&sending(), now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    assert!(matches!(failing.second_seal(&proof, now()), Err(SealError::Sign(SignError::Backend))));
    // Another process goes on with the stored proof.
    let stored = ProofOfSending::from_der(proof.der()).unwrap();
    let repaired = Credentials::new(key.signer.clone(), chain(&service, &key)).unwrap();
    let repaired = service.sealer.clone().with_second_seal(repaired).unwrap();
    assert_holds(&service, &stored, repaired.second_seal(&stored, later()).unwrap().der());
}

#[test]
fn a_key_elsewhere_makes_the_second_seal() {
    let service = Service::new();
    let key = second_key(&service, &KeyKind::MlDsa87);
    let remote = Credentials::remote(SignatureAlgorithm::MlDsa87, chain(&service, &key)).unwrap();
    let sealer = service.sealer.clone().with_second_seal(remote).unwrap();
    let proof = sealer.seal(&sending(), now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    assert!(matches!(sealer.second_seal(&proof, now()), Err(SealError::NoSigner)));
    let stored = sealer.prepare_second_seal(&proof, now()).unwrap().der().to_vec();
    let prepared = Prepared::<SecondSeal>::from_der(&stored).unwrap();
    let signature = key.signer.sign(prepared.message()).unwrap();
    let second = prepared.complete(&signature).unwrap();
    assert_holds(&service, &proof, second.der());
    assert_eq!(Unstamped::<SecondSeal>::from_der(second.der()).unwrap(), second);
    // Both keys are elsewhere.
    let first = Credentials::remote(service.pki.seal.signer.algorithm(), service.pki.seal_chain()).unwrap();
    let remote = Credentials::remote(SignatureAlgorithm::MlDsa87, chain(&service, &key)).unwrap();
    let sealer = Sealer::new(first, issuer(Environment::Test)).with_second_seal(remote).unwrap();
    let prepared = sealer.prepare(&sending(), now()).unwrap();
    let signature = service.pki.seal.signer.sign(prepared.message()).unwrap();
    let proof = prepared.complete(&signature).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    let prepared = sealer.prepare_second_seal(&proof, now()).unwrap();
    let second = prepared.complete(&key.signer.sign(prepared.message()).unwrap()).unwrap();
    assert_holds(&service, &proof, second.der());
}

/// The revocation data of the sealer goes into both seals, whichever of the two was said first.
#[test]
fn the_revocation_data_of_a_sealer_lies_in_its_second_seals() {
    let service = Service::new();
    let key = second_key(&service, &KeyKind::MlDsa65);
    let data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    let of_tsa = crls(&[&service.pki.tsa_root], now());
    let rule = Policy { second_seal: SecondSealRule::Required, ..Policy::strict() };
    let strict = service.verifier().with_policy(rule);
    let passes = |proof: &ProofOfSending, second: &SecondSeal| {
        let given = [second.der().to_vec()];
        strict.verify(proof, SendingContext::new(Payload::NotAvailable).with_second_seals(&given), later()).is_ok()
    };
    let twice = |sealer: Sealer| {
        let credentials = Credentials::new(key.signer.clone(), chain(&service, &key)).unwrap();
        sealer.with_second_seal(credentials).unwrap()
    };
    let tsas = || pool(service.tsa(now()));
    let made = |sealer: &Sealer| {
        let proof = sealer.seal(&sending(), now()).unwrap().stamp_with(&tsas()).unwrap();
        let proof = proof.with_revocation(&of_tsa).unwrap();
        let second = sealer.second_seal(&proof, now()).unwrap();
        let prepared = sealer.prepare_second_seal(&proof, now()).unwrap();
        let elsewhere = prepared.complete(&key.signer.sign(prepared.message()).unwrap()).unwrap();
        let stamped = [second, elsewhere].map(|second| second.stamp_with(&tsas()).unwrap());
        (proof, stamped.map(|second| second.with_revocation(&of_tsa).unwrap()))
    };
    let plain = || service.sealer.clone();
    for sealer in [twice(plain()).with_revocation(&data), twice(plain().with_revocation(&data))] {
        let (proof, seconds) = made(&sealer);
        for second in &seconds {
            assert!(passes(&proof, second));
            assert!(signed_data::SignedData::parse(second.der()).unwrap().crls_raw.is_some());
        }
        // What is said last counts.
        let (proof, [second, _]) = made(&sealer.with_revocation(&RevocationData::new()));
        assert!(!passes(&proof.with_revocation(&data).unwrap(), &second));
    }
    // The data about the TSA alone is not enough.
    let (proof, [second, _]) = made(&twice(plain()));
    let proof = proof.with_revocation(&data).unwrap();
    assert!(!passes(&proof, &second));
    assert!(passes(&proof, &second.with_revocation(&data).unwrap()));
}

/// The seals and the second seals of a batch are two batches, each with a timestamp of its own.
#[test]
fn a_batch_is_sealed_twice() {
    let service = Service::new();
    let sealer = service.sealer.clone().with_second_seal(credentials(&service, &KeyKind::MlDsa65)).unwrap();
    let sendings = ["1ZG0000036L3Z", "1ZG0000036L3Y", "1ZG0000036L3X"].map(sending_of);
    let sealed = sealer.seal_all(&sendings, now()).collect::<Result<Vec<_>, _>>().unwrap();
    let second = sealed.iter().map(|seal| sealer.second_seal(seal.as_artifact(), now()));
    let second = second.collect::<Result<Vec<_>, _>>().unwrap();
    let tsas = pool(service.tsa(now()));
    let first_batch = Batch::of(&sealed).unwrap().stamp_with(&tsas).unwrap();
    let second_batch = Batch::of(&second).unwrap().stamp_with(&tsas).unwrap();
    for (seal, second) in sealed.into_iter().zip(second) {
        let proof: ProofOfSending = first_batch.proof(seal).unwrap();
        let second: SecondSeal = second_batch.proof(second).unwrap();
        assert_holds(&service, &proof, second.der());
    }
}

#[test]
fn a_sealer_seals_twice_only_what_it_announces() {
    let service = Service::new();
    let announcing = service.sealer.clone().with_second_seal(credentials(&service, &KeyKind::MlDsa65)).unwrap();
    let announcing_another = service.sealer.clone().with_second_seal(credentials(&service, &KeyKind::MlDsa65)).unwrap();
    let plain = service.sealed();
    assert!(matches!(service.sealer.second_seal(plain.as_artifact(), now()), Err(SealError::NoSecondSeal)));
    let refused = announcing.second_seal(plain.as_artifact(), now());
    assert!(matches!(refused, Err(SealError::SecondSealNotAnnounced)));
    let announced = announcing.seal(&sending(), now()).unwrap();
    let refused = announcing_another.prepare_second_seal(announced.as_artifact(), now());
    assert!(matches!(refused, Err(SealError::SecondSealNotAnnounced)));
    let expired = announcing.second_seal(announced.as_artifact(), now() + Duration::days(301));
    assert!(matches!(expired, Err(SealError::CertificateExpired { .. })));
    // A statement that was read from a proof is sealed anew, with what this sealer does.
    let statement: Sending = announced.as_artifact().stated().clone();
    assert!(statement.announced_seal().is_some());
    let sealed = service.sealer.seal(&statement, now()).unwrap();
    assert!(sealed.as_artifact().stated().announced_seal().is_none());
    let read = ProofOfSending::from_der(sealed.der()).unwrap();
    assert_eq!(&read, sealed.as_artifact());
}
