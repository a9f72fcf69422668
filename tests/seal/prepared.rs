//! These tests prepare a seal here, have it signed elsewhere, and complete it.

use std::error::Error;

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{Service, at, digests, issuer, later, now, pool, sending, sending_of};
use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm, SignatureError, Signer, ecdsa_sig_value};
use recommande::evidence::Environment;
use recommande::pki::Certificate;
use recommande::seal::{
    Artifact, Batch, CompleteError, Credentials, CredentialsError, DecodeError, PayloadSignature, Prepared,
    PreparedError, ProfileViolation, ProofOfOpening, ProofOfSending, SealError, Sealer, Unstamped,
};
use recommande::testing::{CertificateSpec, TestPki, generate_key};
use recommande::verify::{Code, Payload};

/// A service whose sealer has no signer; the key is in its PKI.
fn remote(kind: &KeyKind) -> Option<(Service, Sealer)> {
    // Not every backend makes every kind of key.
    let service = Service::with_pki(TestPki::of_kind(kind, now()).ok()?);
    let credentials = Credentials::remote(service.pki.seal.signer.algorithm(), service.pki.seal_chain()).unwrap();
    Some((service, Sealer::new(credentials, issuer(Environment::Test))))
}

fn p256() -> (Service, Sealer) {
    remote(&KeyKind::EcP256).unwrap()
}

/// What the service with the key answers.
fn signed(service: &Service, message: &[u8]) -> Vec<u8> {
    service.pki.seal.signer.sign(message).unwrap()
}

fn verifies(service: &Service, sealed: &Unstamped<ProofOfSending>) {
    let proof = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let verified = service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
    assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
}

fn refused(der: &[u8]) -> PreparedError {
    Prepared::<ProofOfSending>::from_der(der).expect_err("a prepared seal")
}

#[test]
fn three_steps_give_what_one_gives() {
    let kinds =
        [KeyKind::Rsa { bits: 2048 }, KeyKind::Rsa { bits: 3072 }, KeyKind::EcP256, KeyKind::EcP384, KeyKind::Ed25519];
    let mut tried = 0;
    for kind in kinds {
        let Some((service, sealer)) = remote(&kind) else { continue };
        tried += 1;
        let sending = sending();
        let prepared = sealer.prepare(&sending, now()).unwrap();
        let algorithm = service.pki.seal.signer.algorithm();
        assert_eq!(prepared.algorithm(), algorithm);
        assert_eq!(prepared.certificate(), &service.pki.seal.certificate);
        let digest = algorithm.prehash().map(|prehash| prehash.digest(prepared.message()));
        assert_eq!(prepared.digest(), digest);

        // In another process, which has these octets and nothing else.
        let stored = prepared.der().to_vec();
        let taken_up = Prepared::<ProofOfSending>::from_der(&stored).unwrap();
        assert_eq!(taken_up, prepared);
        assert_eq!(taken_up.message(), prepared.message());
        assert_eq!(taken_up.algorithm(), algorithm);
        assert_eq!(taken_up.certificate(), prepared.certificate());
        let signature = signed(&service, taken_up.message());
        let sealed = taken_up.complete(&signature).unwrap();
        assert_eq!(sealed, prepared.complete(&signature).unwrap());
        verifies(&service, &sealed);

        // But for the signature, the octets are those of one step.
        let in_one = Node::parse(service.sealer.seal(&sending, now()).unwrap().der());
        let mut in_three = Node::parse(sealed.der());
        *in_three.at_mut(der::SIGNATURE) = in_one.at(der::SIGNATURE).clone();
        assert!(in_three == in_one, "{kind}");
    }
    assert!(tried >= 4);
}

#[test]
fn rsassa_pss_too() {
    let key = generate_key(&KeyKind::Rsa { bits: 2048 }).unwrap();
    let pki = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("A Seal", now() - Duration::days(1), later());
    let certified = pki.intermediate.issue(&spec, key).unwrap();
    let chain = vec![certified.certificate];
    let algorithm = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    let sealer = Sealer::new(Credentials::remote(algorithm, chain).unwrap(), issuer(Environment::Test));
    let prepared = sealer.prepare(&sending(), now()).unwrap();
    assert_eq!(Prepared::<ProofOfSending>::from_der(prepared.der()).unwrap().algorithm(), algorithm);
    // By another algorithm of the same key.
    let pkcs1 = certified.signer.sign(prepared.message()).unwrap();
    assert_eq!(prepared.complete(&pkcs1).unwrap_err(), CompleteError::Signature(SignatureError::Invalid));
}

#[test]
fn payload_signatures_too() {
    let (service, sealer) = p256();
    let prepared = sealer.prepare_payload(&digests(), "application/pdf", now()).unwrap();
    let prepared = Prepared::<PayloadSignature>::from_der(prepared.der()).unwrap();
    let signature = prepared.complete(&signed(&service, prepared.message())).unwrap();
    let signature = signature.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    service.verifier().verify_payload_signature(&signature, &digests(), later()).unwrap();
    // One kind is not taken for another.
    let of_statement = sealer.prepare(&sending(), now()).unwrap();
    let error = Prepared::<PayloadSignature>::from_der(of_statement.der()).unwrap_err();
    assert!(matches!(error, PreparedError::Decode(DecodeError::Profile(ProfileViolation::ContentAttached))));
    let error = refused(sealer.prepare_payload(&digests(), "application/pdf", now()).unwrap().der());
    assert!(matches!(error, PreparedError::Decode(DecodeError::Profile(ProfileViolation::ContentMissing))));
    let error = Prepared::<ProofOfOpening>::from_der(of_statement.der()).unwrap_err();
    assert!(matches!(error, PreparedError::Decode(DecodeError::AnotherEvent(_))));
}

#[test]
fn without_a_signer_one_step_is_an_error_that_says_what_to_do() {
    let (_, sealer) = p256();
    let error = sealer.seal(&sending(), now()).unwrap_err();
    assert!(matches!(error, SealError::NoSigner));
    assert!(error.to_string().contains("prepare"), "{error}");
    let error = sealer.sign_payload(&digests(), "application/pdf", now()).unwrap_err();
    assert!(matches!(error, SealError::NoSigner));
    // Who has a signer may prepare as well.
    let service = Service::new();
    let prepared = service.sealer.prepare(&sending(), now()).unwrap();
    verifies(&service, &prepared.complete(&signed(&service, prepared.message())).unwrap());
}

#[test]
fn credentials_without_a_signer_are_checked_as_others_are() {
    const ECDSA: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let pki = TestPki::new(now()).unwrap();
    let chain = pki.seal_chain();
    let refused = |algorithm, chain: &[Certificate]| Credentials::remote(algorithm, chain.to_vec()).unwrap_err();
    assert!(matches!(refused(ECDSA, &[]), CredentialsError::EmptyChain));
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    assert!(matches!(refused(rsa, &chain), CredentialsError::KeyDoesNotMatch));
    let weak = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1);
    assert!(matches!(refused(weak, &chain), CredentialsError::Algorithm(algorithm) if algorithm == weak));
    assert!(matches!(refused(ECDSA, &chain[1..]), CredentialsError::CertificateAuthority));
    assert!(matches!(refused(ECDSA, &pki.tsa_chain()), CredentialsError::OtherPurpose));
    let wrong = [chain[0].clone(), chain[2].clone()];
    assert!(matches!(refused(ECDSA, &wrong), CredentialsError::ChainOrder { position: 1 }));
    let twice = [chain[0].clone(), chain[0].clone()];
    assert!(matches!(refused(ECDSA, &twice), CredentialsError::Duplicate { .. } | CredentialsError::ChainOrder { .. }));
    let credentials = Credentials::remote(ECDSA, chain).unwrap();
    assert_eq!(credentials.algorithm(), ECDSA);
    assert!(format!("{credentials:?}").contains("remote"));
}

#[test]
fn a_signature_that_is_not_the_right_one_costs_nothing() {
    for kind in [KeyKind::EcP256, KeyKind::Rsa { bits: 2048 }] {
        let (service, sealer) = remote(&kind).unwrap();
        let stranger = TestPki::of_kind(&kind, now()).unwrap();
        let prepared = sealer.prepare(&sending(), now()).unwrap();
        let right = signed(&service, prepared.message());
        let mut changed = right.clone();
        *changed.last_mut().unwrap() ^= 1;
        let another = sealer.prepare(&sending_of("1ZG0000036L3Y"), now()).unwrap();
        let wrong = [
            ("another key's", stranger.seal.signer.sign(prepared.message()).unwrap()),
            ("about another statement", signed(&service, another.message())),
            ("about the digest as a message", signed(&service, prepared.digest().unwrap().as_bytes())),
            ("changed", changed),
        ];
        for (what, signature) in wrong {
            let error = prepared.complete(&signature).unwrap_err();
            assert_eq!(error, CompleteError::Signature(SignatureError::Invalid), "{kind}: {what}");
            assert!(error.source().is_some());
        }
        assert_eq!(prepared.complete(&[]).unwrap_err(), CompleteError::Empty);
        let cut = &right[..right.len() - 1];
        let error = prepared.complete(cut).unwrap_err();
        match kind {
            KeyKind::EcP256 => assert_eq!(error, CompleteError::NotEcdsaSigValue),
            _ => assert_eq!(error, CompleteError::Length { expected: 256, found: 255 }),
        }
        verifies(&service, &prepared.complete(&right).unwrap());
    }
}

#[test]
fn numbers_of_fixed_length_are_told_apart_and_made_der() {
    for (kind, half) in [(KeyKind::EcP256, 32), (KeyKind::EcP384, 48)] {
        let (service, sealer) = remote(&kind).unwrap();
        let prepared = sealer.prepare(&sending(), now()).unwrap();
        let signature = Node::parse(&signed(&service, prepared.message()));
        let mut fixed = Vec::new();
        for number in signature.children() {
            let octets = number.contents();
            let significant = octets.strip_prefix(&[0]).unwrap_or(&octets);
            fixed.extend(std::iter::repeat_n(0, half - significant.len()));
            fixed.extend(significant);
        }
        assert_eq!(prepared.complete(&fixed).unwrap_err(), CompleteError::NotEcdsaSigValue);
        let der = ecdsa_sig_value(&fixed).unwrap();
        assert_eq!(der, signature.to_der());
        prepared.complete(&der).unwrap();
    }
}

#[test]
fn a_thousand_wait_and_each_failure_costs_itself() {
    let (service, sealer) = p256();
    let letters: Vec<_> = (0..1000).map(|number| sending_of(&format!("LETTER-{number}"))).collect();
    let waiting: Vec<Prepared<ProofOfSending>> = sealer.prepare_all(&letters, now()).collect::<Result<_, _>>().unwrap();
    // A permutation: 377 and 1000 have no common factor.
    let order = (0..1000).map(|step| step * 377 % 1000);
    let answers: Vec<(usize, Vec<u8>)> = order
        .map(|index| {
            // One in ten is the answer to its neighbour.
            let about = if index % 10 == 3 { index + 1 } else { index };
            (index, signed(&service, waiting[about].message()))
        })
        .collect();
    let mut sealed: Vec<Option<Unstamped<ProofOfSending>>> = vec![None; 1000];
    for (index, signature) in &answers {
        match waiting[*index].complete(signature) {
            Ok(seal) => sealed[*index] = Some(seal),
            Err(error) => assert_eq!(error, CompleteError::Signature(SignatureError::Invalid)),
        }
    }
    for (index, seal) in sealed.iter().enumerate() {
        assert_eq!(seal.is_some(), index % 10 != 3);
        assert!(seal.as_ref().is_none_or(|seal| seal.as_artifact().stated() == &letters[index]));
    }
}

#[test]
fn what_was_completed_is_a_batch_and_failures_have_their_place() {
    let (service, sealer) = p256();
    let letters: Vec<_> = (0..10).map(|number| sending_of(&format!("LETTER-{number}"))).collect();
    let mut watched = Vec::new();
    let waiting = sealer.prepare_all(&letters, now()).with_progress(|progress| watched.push(*progress));
    let waiting: Vec<_> = waiting.collect::<Result<_, _>>().unwrap();
    assert_eq!(watched.iter().map(|progress| progress.sealed).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert!(watched.iter().all(|progress| progress.total == Some(10) && progress.failed == 0));
    // From the store, in another order.
    let stored = waiting.iter().rev().map(|prepared| Prepared::<ProofOfSending>::from_der(prepared.der()).unwrap());
    let sealed: Vec<_> =
        stored.map(|prepared| prepared.complete(&signed(&service, prepared.message())).unwrap()).collect();
    let tsa = pool(service.tsa(now() + Duration::seconds(2)));
    let stamped = Batch::of(&sealed).unwrap().stamp_with(&tsa).unwrap();
    for seal in sealed {
        let proof = stamped.proof(seal).unwrap();
        service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
    }
    // Nothing can be prepared for a time that no signing-time has.
    let errors: Vec<_> = sealer.prepare_all(&letters, at("1949-12-31T23:59:59Z")).map(Result::unwrap_err).collect();
    assert_eq!(errors.iter().map(|error| error.index).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    assert!(errors.iter().all(|error| matches!(error.source, SealError::SigningTime)));
}

#[test]
fn revocation_data_of_the_sealer_is_in_what_waits() {
    let (service, sealer) = p256();
    let data = service.pki.seal_revocation(now() - Duration::hours(1), now() + Duration::days(1)).unwrap();
    let prepared = sealer.with_revocation(&data).prepare(&sending(), now()).unwrap();
    let prepared = Prepared::<ProofOfSending>::from_der(prepared.der()).unwrap();
    let sealed = prepared.complete(&signed(&service, prepared.message())).unwrap();
    assert!(Node::parse(sealed.der()).at(der::SIGNED_DATA).children().iter().any(|field| field.tag == 0xa1));
    verifies(&service, &sealed);
}

#[test]
fn what_waits_for_its_signature_is_no_seal() {
    let (service, sealer) = p256();
    let prepared = sealer.prepare(&sending(), now()).unwrap();
    let missing = DecodeError::Profile(ProfileViolation::SignatureMissing);
    assert_eq!(ProofOfSending::from_der(prepared.der()).unwrap_err(), missing);
    assert_eq!(Unstamped::<ProofOfSending>::from_der(prepared.der()).unwrap_err(), missing);
    let payload = sealer.prepare_payload(&digests(), "application/pdf", now()).unwrap();
    assert_eq!(PayloadSignature::from_der(payload.der()).unwrap_err(), missing);
    // And a seal does not wait.
    let error = refused(service.sealed().der());
    assert!(matches!(error, PreparedError::Decode(DecodeError::Profile(ProfileViolation::SignaturePresent))));
    let shown = format!("{prepared:?}");
    assert!(!shown.contains("85073003328") && !shown.contains("Example Office"), "{shown}");
}

#[test]
fn only_what_a_sealer_would_prepare_is_taken_up() {
    let (service, sealer) = p256();
    let stranger = TestPki::new(now()).unwrap();
    let prepared = Node::parse(sealer.prepare(&sending(), now()).unwrap().der());
    let with_attributes = |change: &dyn Fn(&mut Vec<Node>)| {
        prepared.with(|file| {
            let attributes = file.at_mut(der::SIGNED_ATTRIBUTES).children_mut();
            change(attributes);
            der::sort(attributes);
        })
    };
    let without =
        |kind| with_attributes(&|attributes| attributes.retain(|attribute| attribute.children()[0] != der::oid(kind)));
    let code = |file: Node| match refused(&file.to_der()) {
        PreparedError::SignedAttributes(code) => code,
        other => panic!("{other:?}"),
    };
    // Another statement under the same attributes.
    let another = sealer.prepare(&sending_of("1ZG0000036L3Y"), now()).unwrap();
    let another = Node::parse(another.der()).at(der::CONTENT).clone();
    assert_eq!(code(prepared.with(|file| *file.at_mut(der::CONTENT) = another)), Code::MessageDigestDiffers);
    assert_eq!(code(without(oid::MESSAGE_DIGEST)), Code::MessageDigestMissing);
    assert_eq!(code(without(oid::CONTENT_TYPE)), Code::ContentTypeMissing);
    assert_eq!(code(without(oid::SIGNING_CERTIFICATE_V2)), Code::SigningCertificateReferenceMissing);
    assert_eq!(code(without(oid::CMS_ALGORITHM_PROTECTION)), Code::AlgorithmProtectionMissing);
    let digest_twice = with_attributes(&|attributes| {
        let digest = attributes
            .iter()
            .find(|attribute| attribute.children()[0] == der::oid(oid::MESSAGE_DIGEST))
            .unwrap()
            .clone();
        attributes.push(digest);
    });
    assert_eq!(code(digest_twice), Code::AttributeDuplicated);
    // The certificate that is named is not there, or is another's of the same name and number.
    let only = |certificate: &Certificate| {
        let certificates = vec![Node::parse(certificate.der())];
        prepared.with(|file| file.at_mut(der::CERTIFICATES).children_mut().clone_from(&certificates))
    };
    assert_eq!(code(only(&service.pki.root.certificate)), Code::SigningCertificateNotFound);
    assert_eq!(code(only(&stranger.seal.certificate)), Code::SigningCertificateDiffers);
    // Attributes that mean something else, signed or not.
    let policy = oid::SIGNATURE_TIME_STAMP;
    let more = with_attributes(&|attributes| attributes.push(der::attribute(policy, vec![der::octets(0x04, &[1])])));
    assert!(matches!(refused(&more.to_der()), PreparedError::OtherAttributes));
    let more = prepared.with_unsigned(der::attribute(policy, vec![der::octets(0x04, &[1])]));
    assert!(matches!(refused(&more.to_der()), PreparedError::OtherAttributes));
    // Signed attributes out of order.
    let unsorted = prepared.with(|file| file.at_mut(der::SIGNED_ATTRIBUTES).children_mut().reverse());
    let error = refused(&unsorted.to_der());
    assert!(matches!(error, PreparedError::Decode(DecodeError::Profile(ProfileViolation::SignedAttributesNotDer))));
}

#[test]
fn the_certificate_is_one_that_may_seal() {
    // An authority's certificate, named correctly in everything.
    let service = Service::new();
    let sealed = Node::parse(service.sealed_with(&service.pki.intermediate, &[]).der());
    let prepared = sealed.with(|file| *file.at_mut(der::SIGNATURE) = der::octets(0x04, &[]));
    let error = refused(&prepared.to_der());
    assert!(matches!(error, PreparedError::Certificate(CredentialsError::CertificateAuthority)), "{error:?}");
}

#[test]
fn no_changed_octet_is_completed_as_something_else() {
    let (service, sealer) = p256();
    let sending = sending();
    let prepared = sealer.prepare(&sending, now()).unwrap();
    let signature = signed(&service, prepared.message());
    let file = prepared.der();
    for at in 0..file.len() {
        for flip in [1, 0x80] {
            let mut changed = file.to_vec();
            changed[at] ^= flip;
            let Ok(taken_up) = Prepared::<ProofOfSending>::from_der(&changed) else { continue };
            match taken_up.complete(&signature) {
                Ok(sealed) => {
                    assert_eq!(taken_up.message(), prepared.message(), "octet {at}");
                    assert_eq!(sealed.as_artifact().stated(), &sending, "octet {at}");
                }
                Err(error) => assert_ne!(taken_up.message(), prepared.message(), "octet {at}: {error}"),
            }
        }
        assert!(Prepared::<ProofOfSending>::from_der(&file[..at]).is_err());
    }
}

/// The types that a service holds on to.
#[test]
fn what_waits_can_be_sent_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Prepared<ProofOfSending>>();
    shared::<Sealer>();
}
