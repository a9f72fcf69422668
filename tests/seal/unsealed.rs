//! These tests ask what does not seal, and why.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::evidence::{EvidenceError, UnknownExtension};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{CredentialsError, SealError};
use recommande::testing::{CertificateSpec, CertifiedKey, TestPki, Usage, derived_key};
use recommande::{
    Certificate, Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending,
};

static NOW: LazyLock<DateTime<Utc>> = LazyLock::new(|| "2026-03-02T09:15:04Z".parse().expect("a time"));
static PKI: LazyLock<TestPki> = LazyLock::new(|| TestPki::new(*NOW).expect("a throwaway PKI"));

fn refused(key: &CertifiedKey, above: &[&CertifiedKey]) -> CredentialsError {
    let mut chain = vec![key.certificate.clone()];
    chain.extend(above.iter().map(|issuer| issuer.certificate.clone()));
    Credentials::new(key.signer.clone(), chain).expect_err("credentials that do not seal")
}

/// The seal's key under a certificate that says something else.
fn seal_with(change: impl FnOnce(CertificateSpec) -> CertificateSpec) -> CertifiedKey {
    let spec = CertificateSpec::seal("Test Seal", *NOW - TimeDelta::days(1), *NOW + TimeDelta::days(1));
    PKI.intermediate.issue(&change(spec), PKI.seal.signer.clone()).expect("a certificate")
}

#[test]
fn chains_that_do_not_belong_to_the_key_are_refused() {
    let empty = Credentials::new(PKI.seal.signer.clone(), Vec::new());
    assert!(matches!(empty, Err(CredentialsError::EmptyChain)));
    let other_key = CertifiedKey { signer: derived_key("another").expect("a key"), ..PKI.seal.clone() };
    assert!(matches!(refused(&other_key, &[&PKI.intermediate, &PKI.root]), CredentialsError::KeyDoesNotMatch));
    assert!(matches!(refused(&PKI.seal, &[&PKI.root]), CredentialsError::ChainOrder { position: 1 }));
    assert!(matches!(
        refused(&PKI.seal, &[&PKI.intermediate, &PKI.tsa_root]),
        CredentialsError::ChainOrder { position: 2 }
    ));
    let twice = refused(&PKI.seal, &[&PKI.intermediate, &PKI.root, &PKI.root]);
    assert!(matches!(twice, CredentialsError::Duplicate { position: 4 }), "{twice:?}");
}

#[test]
fn certificates_that_are_for_something_else_are_refused() {
    let encipherment = seal_with(|spec| spec.with_key_usage(&[Usage::KeyEncipherment]));
    assert!(matches!(refused(&encipherment, &[]), CredentialsError::KeyUsage));
    let authority = seal_with(|spec| spec.with_authority(None));
    assert!(matches!(refused(&authority, &[]), CredentialsError::CertificateAuthority));
}

#[test]
fn a_key_that_is_too_small_is_refused() {
    // The certificate of 1024 bits in a vector.
    let file = std::fs::read("test-vectors/algorithms/key-past-its-date.p7m").expect("a vector");
    let signed_data = signed_data::SignedData::parse(&file).expect("a SignedData");
    let certificates = signed_data.certificates.iter().filter_map(|choice| choice.certificate());
    let mut certificates = certificates.map(|der| Certificate::from_der(der).expect("a certificate"));
    let small = certificates
        .find(|certificate| *certificate.public_key().kind() == KeyKind::Rsa { bits: 1024 })
        .expect("RSA-1024");
    let refused = Credentials::new(PKI.seal.signer.clone(), vec![small]);
    assert!(matches!(refused, Err(CredentialsError::Key(KeyKind::Rsa { bits: 1024 }))));
}

/// A signer that answers a number of times, and says what it likes about its algorithm.
struct Unreliable {
    inner: Arc<dyn Signer>,
    algorithm: SignatureAlgorithm,
    answers: AtomicUsize,
}

impl Unreliable {
    fn new(answers: usize) -> Self {
        let inner = PKI.seal.signer.clone();
        Self { algorithm: inner.algorithm(), inner, answers: AtomicUsize::new(answers) }
    }
}

impl Signer for Unreliable {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let left = self.answers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |answers| answers.checked_sub(1));
        left.map_err(|_| SignError::External("the token was pulled out".into()))?;
        self.inner.sign(message)
    }
}

#[test]
fn a_signer_is_tried_before_it_seals() {
    let sha_1 = Unreliable { algorithm: SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1), ..Unreliable::new(1) };
    let refused = Credentials::new(sha_1, PKI.seal_chain());
    assert!(matches!(refused, Err(CredentialsError::Algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1)))));
    let refused = Credentials::new(Unreliable::new(0), PKI.seal_chain());
    assert!(matches!(refused, Err(CredentialsError::Sign(SignError::External(_)))));
}

fn sealer(signer: impl Signer + 'static) -> Sealer {
    let number: EnterpriseNumber = "0406798006".parse().expect("a number");
    let issuer = Issuer::of("Example Service", &number, Environment::Test).expect("an issuer");
    Sealer::new(Credentials::new(signer, PKI.seal_chain()).expect("credentials"), issuer)
}

fn sending() -> Sending {
    Sending::new(
        MessageId::new("1ZG0000036L3Z").expect("an id"),
        Party::new("0566988259".parse::<EnterpriseNumber>().expect("a number")),
        Party::new("85073003328".parse::<Niss>().expect("a number")),
        PartDescription::new("letter.txt", "text/plain").expect("a part"),
        PayloadDigests::of_bytes(b"a letter"),
        *NOW,
    )
    .expect("a sending")
}

#[test]
fn a_signer_that_fails_leaves_nothing_sealed() {
    let sealer = sealer(Unreliable::new(2));
    assert!(sealer.seal(&sending(), *NOW).is_ok());
    assert!(matches!(sealer.seal(&sending(), *NOW), Err(SealError::Sign(SignError::External(_)))));
    let payload = sealer.sign_payload(&PayloadDigests::of_bytes(b"a letter"), "text/plain", *NOW);
    assert!(matches!(payload, Err(SealError::Sign(_))));
}

#[test]
fn a_statement_beyond_the_limit_is_not_sealed() {
    let value = format!(r#"{{"note":"{}"}}"#, "x".repeat(600_000));
    let note = |name| UnknownExtension::new(name, &value).expect("an extension");
    let sending = sending().with_extension(note("one")).expect("one").with_extension(note("two")).expect("two");
    let refused = sealer(PKI.seal.signer.clone()).seal(&sending, *NOW);
    assert!(matches!(refused, Err(SealError::Statement(EvidenceError::TooLarge { .. }))));
}

#[test]
fn a_payload_signature_needs_a_digest_and_a_media_type() {
    let sealer = sealer(PKI.seal.signer.clone());
    let sha_512 = PayloadDigests::from_digests([DigestAlgorithm::Sha512.digest(b"a letter")]).expect("digests");
    assert!(matches!(sealer.sign_payload(&sha_512, "text/plain", *NOW), Err(SealError::DigestMissing("SHA-256"))));
    let digests = PayloadDigests::of_bytes(b"a letter");
    assert!(matches!(sealer.sign_payload(&digests, "", *NOW), Err(SealError::MediaType)));
    assert!(matches!(sealer.sign_payload(&digests, &"x".repeat(256), *NOW), Err(SealError::MediaType)));
}

#[test]
fn a_signing_time_that_cannot_be_written_is_refused() {
    let sealer = sealer(PKI.seal.signer.clone());
    for time in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
        assert!(matches!(sealer.seal(&sending(), time), Err(SealError::SigningTime)));
    }
}

/// A name that people read says what it shows. What the orthography of a language needs stays.
#[test]
fn a_name_with_characters_that_nobody_sees_is_refused() {
    let number: EnterpriseNumber = "0406798006".parse().unwrap();
    let named = |name: &str| {
        [
            Party::legal_person(number.clone(), name).err(),
            Issuer::of(name, number.clone(), Environment::Test).err(),
            PartDescription::new(name, "application/pdf").err(),
        ]
    };
    for hidden in ['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}', '\u{2066}', '\u{ad}', '\u{e000}'] {
        for name in [format!("Exam{hidden}ple"), format!("{hidden}Example"), format!("Example{hidden}")] {
            for error in named(&name) {
                assert!(matches!(error, Some(EvidenceError::HiddenCharacter(_))), "{name:?}: {error:?}");
            }
        }
    }
    for name in
        ["Müller & Söhne GmbH", "علی\u{200c}رضا", "ශ\u{dca}\u{200d}රී ලංකා", "葛\u{e0100}城", "Letter \u{260e}\u{fe0f}"]
    {
        assert_eq!(named(name), [None, None, None], "{name:?}");
    }
}
