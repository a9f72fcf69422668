//! These tests ask which keys and certificates may seal, and that whatever may seal also verifies.

use std::sync::Arc;

use crate::common::oid;
use crate::common::signers::CountingSigner;
use crate::common::{self, Service, later, now};
use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::Environment;
use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::pki::Certificate;
use recommande::seal::{Batch, Credentials, CredentialsError, ProofOfSending, SealError, Sealer, Unstamped};
use recommande::testing::{CertificateSpec, CertifiedKey, TestPki, Usage, generate_key};
use recommande::verify::{Code, Indication, Level, Payload, Policy, SubIndication};

/// A signer that says of itself what it is told to.
struct Claims {
    inner: Arc<dyn Signer>,
    algorithm: SignatureAlgorithm,
    /// Signatures that it makes before it fails.
    good_for: std::sync::atomic::AtomicUsize,
}

impl Claims {
    fn new(inner: Arc<dyn Signer>, algorithm: SignatureAlgorithm, good_for: usize) -> Self {
        Self { inner, algorithm, good_for: good_for.into() }
    }
}

impl Signer for Claims {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        use std::sync::atomic::Ordering::Relaxed;
        let left = self.good_for.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1));
        if left.is_ok() {
            self.inner.sign(message)
        } else {
            Err(SignError::External("the token was pulled out".into()))
        }
    }
}

fn p256() -> Arc<dyn Signer> {
    generate_key(&KeyKind::EcP256).unwrap()
}

fn seal_spec() -> CertificateSpec {
    CertificateSpec::seal("A Seal", now() - Duration::days(1), now() + Duration::days(1))
}

const ECDSA: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);

#[test]
fn the_key_belongs_to_the_first_certificate() {
    let pki = TestPki::new(now()).unwrap();
    let chain = pki.seal_chain();
    assert!(Credentials::new(pki.seal.signer.clone(), chain.clone()).is_ok());
    let refused = |signer: Arc<dyn Signer>| Credentials::new(signer, chain.clone()).unwrap_err();
    assert!(matches!(refused(p256()), CredentialsError::KeyDoesNotMatch));
    assert!(matches!(refused(pki.intermediate.signer.clone()), CredentialsError::KeyDoesNotMatch));
    assert!(matches!(refused(generate_key(&KeyKind::EcP384).unwrap()), CredentialsError::KeyDoesNotMatch));
    // The chain the wrong way round.
    let reversed: Vec<_> = chain.iter().rev().cloned().collect();
    for chain in [reversed.clone(), reversed[1..].to_vec()] {
        let refused = Credentials::new(pki.seal.signer.clone(), chain).unwrap_err();
        assert!(matches!(refused, CredentialsError::CertificateAuthority), "{refused}");
        assert!(refused.to_string().contains("the seal's own certificate comes first"), "{refused}");
    }
}

#[test]
fn the_chain_is_in_order_and_complete_in_itself() {
    let pki = TestPki::new(now()).unwrap();
    let stranger = TestPki::new(now()).unwrap();
    let [seal, intermediate, root] = <[Certificate; 3]>::try_from(pki.seal_chain()).unwrap();
    let signer = || pki.seal.signer.clone();
    assert!(matches!(Credentials::new(signer(), Vec::new()), Err(CredentialsError::EmptyChain)));
    assert!(Credentials::new(signer(), vec![seal.clone()]).is_ok());
    assert!(Credentials::new(signer(), vec![seal.clone(), intermediate.clone()]).is_ok());
    let cases = [
        (vec![seal.clone(), root.clone(), intermediate.clone()], 1),
        (vec![seal.clone(), root.clone()], 1),
        // The same name, another key.
        (vec![seal.clone(), stranger.intermediate.certificate.clone()], 1),
        (vec![seal.clone(), intermediate.clone(), stranger.root.certificate], 2),
        (vec![seal.clone(), seal.clone(), intermediate.clone()], 1),
        (vec![seal.clone(), intermediate.clone(), intermediate.clone(), root.clone()], 2),
    ];
    for (chain, expected) in cases {
        match Credentials::new(signer(), chain) {
            Err(CredentialsError::ChainOrder { position }) => assert_eq!(position, expected),
            other => panic!("{other:?}"),
        }
    }
    // A root is issued by itself: twice in a row is in order, and still twice.
    let twice = vec![seal, intermediate, root.clone(), root];
    assert!(matches!(Credentials::new(signer(), twice), Err(CredentialsError::Duplicate { position: 4 })));
}

#[test]
fn the_certificate_is_one_that_may_seal() {
    let pki = TestPki::new(now()).unwrap();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(1));
    let credentials = |spec: CertificateSpec| {
        let key = pki.intermediate.issue(&spec, p256()).unwrap();
        Credentials::new(key.signer, vec![key.certificate])
    };
    assert!(credentials(seal_spec()).is_ok());
    assert!(credentials(seal_spec().without_extension(oid::KEY_USAGE)).is_ok());
    for usages in [&[Usage::KeyEncipherment][..], &[Usage::KeyCertSign, Usage::CrlSign], &[]] {
        let refused = credentials(seal_spec().with_key_usage(usages));
        assert!(matches!(refused, Err(CredentialsError::KeyUsage)), "{usages:?}");
    }
    let unreadable = seal_spec().with_critical_extension(oid::KEY_USAGE, vec![0x04, 0x00]);
    // Such a certificate is read, and its key may do nothing.
    assert!(matches!(credentials(unreadable), Err(CredentialsError::KeyUsage)));
    let authority = credentials(seal_spec().with_authority(None));
    assert!(matches!(authority, Err(CredentialsError::CertificateAuthority)));
    let tsa = credentials(CertificateSpec::tsa("A TSA", from, until));
    assert!(matches!(tsa, Err(CredentialsError::OtherPurpose)));
}

const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const PRIVATE_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.4.5");

/// DER of an ExtKeyUsageSyntax.
fn purposes(purposes: &[ObjectIdentifier]) -> Vec<u8> {
    common::der::node(0x30, purposes.iter().map(|purpose| common::der::oid(*purpose)).collect()).to_der()
}

#[test]
fn a_certificate_that_is_critically_for_something_else_does_not_seal() {
    let service = Service::new();
    let issue = |spec: CertificateSpec| service.pki.intermediate.issue(&spec, p256()).unwrap();
    let others = [service.pki.intermediate.certificate.clone()];
    let judged = |key: &CertifiedKey, policy: Policy| {
        let proof = service.proof_with(key, &others);
        service.verifier().with_policy(policy).report(&proof, Payload::NotAvailable, later())
    };
    for wrong_purposes in
        [&[SERVER_AUTH][..], &[CODE_SIGNING], &[CLIENT_AUTH], &[PRIVATE_PURPOSE], &[SERVER_AUTH, CLIENT_AUTH]]
    {
        let key = issue(seal_spec().with_critical_extension(EXTENDED_KEY_USAGE, purposes(wrong_purposes)));
        let refused = Credentials::new(key.signer.clone(), vec![key.certificate.clone()]);
        assert!(matches!(refused, Err(CredentialsError::CriticalPurpose)), "{wrong_purposes:?}: {refused:?}");
        // Somebody else seals with it all the same. The verifier says so, and a policy may refuse it.
        let report = judged(&key, Policy::default());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(common::has(&report, Code::SealPurposeOther), "{report}");
        let mut strict = Policy::default();
        assert!(strict.levels.set(Code::SealPurposeOther, Level::Fail));
        let report = judged(&key, strict);
        let expected = (Indication::Indeterminate, Some(SubIndication::ChainConstraintsFailure));
        assert_eq!((report.indication, report.sub_indication), expected, "{report}");
    }
    let documents = [&[EMAIL_PROTECTION][..], &[DOCUMENT_SIGNING], &[ANY_PURPOSE], &[SERVER_AUTH, EMAIL_PROTECTION]];
    let critical = documents.map(|value| seal_spec().with_critical_extension(EXTENDED_KEY_USAGE, purposes(value)));
    // One that is not critical has always been taken.
    let not_critical = seal_spec().with_extension(EXTENDED_KEY_USAGE, purposes(&[SERVER_AUTH]));
    for spec in critical.into_iter().chain([not_critical]) {
        let key = issue(spec);
        assert!(Credentials::new(key.signer.clone(), vec![key.certificate.clone()]).is_ok());
        let report = judged(&key, Policy::default());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(!common::has(&report, Code::SealPurposeOther), "{report}");
    }
}

#[test]
fn nothing_is_sealed_outside_of_the_validity_of_the_chain() {
    let pki = TestPki::new(now()).unwrap();
    let (from, until) = (now() - Duration::hours(1), now() + Duration::hours(1));
    let counted = Arc::new(CountingSigner::of(p256()));
    let key = pki.intermediate.issue(&seal_spec().with_validity(from, until), Arc::clone(&counted) as _).unwrap();
    let mut chain = pki.seal_chain();
    chain[0] = key.certificate;
    let credentials = Credentials::new(Arc::clone(&counted), chain.clone()).unwrap();
    assert_eq!((credentials.valid_from(), credentials.valid_until()), (from, until));
    let sealer = Sealer::new(credentials, common::issuer(Environment::Test));
    let signed = || counted.signatures();
    let (tried, just) = (signed(), Duration::milliseconds(999));
    for at in [until + Duration::seconds(1), until + Duration::days(900)] {
        let sealed = sealer.seal(&common::sending(), at).map(drop);
        let batch = sealer.seal_all([common::sending()], at).next().unwrap().map(drop).map_err(|error| error.source);
        let payload = sealer.sign_payload(&common::digests(), "text/plain", at).map(drop);
        let prepared = sealer.prepare(&common::sending(), at).map(drop);
        let prepared_payload = sealer.prepare_payload(&common::digests(), "text/plain", at).map(drop);
        for refused in [sealed, batch, payload, prepared, prepared_payload] {
            let Err(SealError::CertificateExpired { position: 1, not_after }) = refused else { panic!("{refused:?}") };
            assert_eq!(not_after, until);
        }
    }
    let early = sealer.seal(&common::sending(), from - Duration::seconds(1));
    assert!(matches!(early, Err(SealError::CertificateNotYetValid { position: 1, not_before }) if not_before == from));
    assert_eq!(signed(), tried, "something was signed");
    for at in [from, until, until + just] {
        assert!(sealer.sign_payload(&common::digests(), "text/plain", at).is_ok(), "{at}");
    }
    assert!(sealer.seal(&common::sending(), until + just).is_ok());

    // The chain ends where its first certificate does; an anchor above does not count.
    let root = CertificateSpec::authority("Root", from - Duration::days(9), now() - Duration::days(8));
    let root = root.self_signed(p256()).unwrap();
    let middle = CertificateSpec::authority("Middle", from, now() + Duration::minutes(5)).with_authority(Some(0));
    let middle = root.issue(&middle, p256()).unwrap();
    let leaf = middle.issue(&seal_spec(), p256()).unwrap();
    let chain = vec![leaf.certificate, middle.certificate, root.certificate];
    let credentials = Credentials::new(leaf.signer, chain).unwrap();
    assert_eq!(credentials.valid_until(), now() + Duration::minutes(5));
    let sealer = Sealer::new(credentials, common::issuer(Environment::Test));
    assert!(sealer.seal(&common::sending(), now()).is_ok());
    let refused = sealer.seal(&common::sending(), now() + Duration::minutes(6));
    assert!(matches!(refused, Err(SealError::CertificateExpired { position: 2, .. })), "{refused:?}");
}

#[test]
fn a_chain_that_expires_during_a_batch_is_said_before_it_is_stamped() {
    let service = Service::new();
    let until = now() + Duration::minutes(1);
    let mut pki = service.pki.clone();
    let key = pki.intermediate.issue(&seal_spec().with_validity(now() - Duration::days(1), until), p256()).unwrap();
    pki.seal = key;
    let short = Service::with_pki(pki);
    let times = [now(), now() + Duration::seconds(59), now() + Duration::seconds(61)];
    let sealed: Vec<_> = times.iter().map(|at| short.sealer.seal(&common::sending(), *at)).collect();
    assert!(sealed[..2].iter().all(Result::is_ok));
    assert!(matches!(sealed[2], Err(SealError::CertificateExpired { .. })));
    let sealed: Vec<_> = sealed.into_iter().flatten().collect();
    let stored: Vec<Unstamped<ProofOfSending>> =
        sealed.iter().map(|seal| Unstamped::from_der(seal.der()).unwrap()).collect();
    let lasting = service.sealed();
    for (seconds, is_taken) in [(59, true), (60, true), (61, false), (3600, false)] {
        let tsa = || common::pool(service.tsa(now() + Duration::seconds(seconds)).without_accuracy());
        let outcomes = [
            sealed[0].stamp_with(&tsa()).map(drop),
            stored[0].stamp_with(&tsa()).map(drop),
            Batch::of(&sealed).unwrap().stamp_with(&tsa()).map(drop),
            Batch::of(&stored).unwrap().stamp_with(&tsa()).map(drop),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.is_ok(), is_taken, "{seconds} s: {outcome:?}");
            let Err(error) = outcome else { continue };
            assert_eq!(error.code(), Some(Code::CertificateExpired), "{error}");
        }
        assert!(lasting.stamp_with(&tsa()).is_ok());
        // Beside a seal that lasts, each one learns it by itself.
        let mixed = Batch::of([&lasting, &stored[1]]).unwrap().stamp_with(&tsa()).unwrap();
        assert!(mixed.proof(lasting.clone()).is_ok());
        assert_eq!(mixed.proof(stored[1].clone()).is_ok(), is_taken, "{seconds} s");
    }
    // A proof that has its timestamp gets another one at any time.
    let proof = sealed[0].stamp_with(&common::pool(service.tsa(now()))).unwrap();
    let renewed = Unstamped::<ProofOfSending>::from_der(proof.der()).unwrap();
    assert!(renewed.stamp_with(&common::pool(service.tsa(now() + Duration::hours(2)))).is_ok());
}

#[test]
fn a_chain_that_stops_short_says_whose_certificate_it_lacks() {
    let pki = TestPki::new(now()).unwrap();
    let chain = pki.seal_chain();
    let of = |count: usize| Credentials::new(pki.seal.signer.clone(), chain[..count].to_vec()).unwrap();
    assert!(of(3).chain_is_complete() && of(3).missing_issuer().is_none());
    for count in [1, 2] {
        let credentials = of(count);
        assert!(!credentials.chain_is_complete());
        assert_eq!(credentials.missing_issuer(), Some(chain[count].subject()));
        assert_eq!(credentials.valid_until(), chain[0].not_after());
    }
    // A certificate that issued itself is an anchor, and its own validity counts where it seals.
    let own = seal_spec().self_signed(p256()).unwrap();
    let credentials = Credentials::new(own.signer, vec![own.certificate.clone()]).unwrap();
    assert!(credentials.chain_is_complete());
    assert_eq!(credentials.valid_until(), own.certificate.not_after());
    // A name alone is no signature of its own.
    let spec = CertificateSpec { subject: pki.intermediate.certificate.subject_der().to_vec(), ..seal_spec() };
    let same_name = pki.intermediate.issue(&spec, p256()).unwrap();
    let credentials = Credentials::new(same_name.signer, vec![same_name.certificate]).unwrap();
    assert_eq!(credentials.missing_issuer(), Some(pki.intermediate.certificate.subject()));
}

/// The name as another certificate writer has it: the country in a UTF8String.
fn in_another_string_type(name: &[u8]) -> Vec<u8> {
    let printable = b"\x13\x02BE";
    let at = name.windows(printable.len()).position(|window| window == printable).expect("a PrintableString");
    let mut name = name.to_vec();
    name[at] = 0x0c;
    name
}

#[test]
fn names_chain_whatever_string_type_holds_them() {
    let pki = TestPki::new(now()).unwrap();
    let (issuer, key) = (&pki.intermediate, p256());
    let name = in_another_string_type(issuer.certificate.subject_der());
    let der = seal_spec().to_der(key.public_key(), &name, &*issuer.signer).unwrap();
    let seal = Certificate::from_der(&der).unwrap();
    assert_ne!(seal.issuer_der(), issuer.certificate.subject_der());

    let chain = vec![seal.clone(), issuer.certificate.clone(), pki.root.certificate.clone()];
    let ders = chain.iter().rev().map(Certificate::der);
    assert_eq!(Certificate::chain_of(key.public_key(), ders), chain);
    assert!(Credentials::new(key.clone(), chain).unwrap().chain_is_complete());
    // The name alone makes no issuer.
    let stranger = TestPki::new(now()).unwrap().intermediate.certificate;
    let wrong = Credentials::new(key.clone(), vec![seal.clone(), stranger.clone()]);
    assert!(matches!(wrong, Err(CredentialsError::ChainOrder { position: 1 })), "{wrong:?}");
    assert_eq!(Certificate::chain_of(key.public_key(), [stranger.der(), seal.der()]), [seal]);

    // A certificate that issued itself, and writes its name in two ways.
    let spec = seal_spec();
    let der = spec.to_der(key.public_key(), &in_another_string_type(&spec.subject), &*key).unwrap();
    let own = Certificate::from_der(&der).unwrap();
    assert!(own.is_self_signed());
    let credentials = Credentials::new(key, vec![own]).unwrap();
    assert!(credentials.chain_is_complete() && credentials.missing_issuer().is_none());
}

#[test]
fn keys_and_algorithms_that_are_too_weak_do_not_seal() {
    let pki = TestPki::new(now()).unwrap();
    // SubjectPublicKeyInfo of an RSA key of 1024 bits; nobody has its private key, and nobody needs it.
    let modulus = [vec![0x00, 0xc1], vec![0x5b; 126], vec![0x0b]].concat();
    let key = common::der::node(0x30, vec![common::der::octets(2, &modulus), common::der::octets(2, &[1, 0, 1])]);
    let algorithm = common::der::node(0x30, vec![common::der::oid(oid::RSA_ENCRYPTION), common::der::octets(5, &[])]);
    let bits = common::der::octets(3, &[vec![0], key.to_der()].concat());
    let small = PublicKey::from_spki(&common::der::node(0x30, vec![algorithm, bits]).to_der()).unwrap();
    let issuer = &pki.intermediate;
    let der = seal_spec().to_der(&small, issuer.certificate.subject_der(), issuer.signer.as_ref()).unwrap();
    let certificate = Certificate::from_der(&der).unwrap();
    let refused = Credentials::new(pki.seal.signer.clone(), vec![certificate]);
    assert!(matches!(refused, Err(CredentialsError::Key(KeyKind::Rsa { bits: 1024 }))), "{refused:?}");
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224, DigestAlgorithm::Sha3_256] {
        let signer = Claims::new(pki.seal.signer.clone(), SignatureAlgorithm::Ecdsa(digest), 9);
        let refused = Credentials::new(signer, pki.seal_chain());
        assert!(matches!(refused, Err(CredentialsError::Algorithm(_))), "{refused:?}");
    }
    // It says another algorithm than it signs with.
    let signer = Claims::new(pki.seal.signer.clone(), SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512), 9);
    assert!(matches!(Credentials::new(signer, pki.seal_chain()), Err(CredentialsError::KeyDoesNotMatch)));
    let signer = Claims::new(pki.seal.signer.clone(), SignatureAlgorithm::Ed25519, 9);
    assert!(matches!(Credentials::new(signer, pki.seal_chain()), Err(CredentialsError::KeyDoesNotMatch)));
}

#[test]
fn a_signer_that_fails_is_an_error_with_its_own_reason() {
    use std::error::Error;
    let service = Service::new();
    let signer = Claims::new(service.pki.seal.signer.clone(), ECDSA, 0);
    let error = Credentials::new(signer, service.pki.seal_chain()).unwrap_err();
    assert!(matches!(error, CredentialsError::Sign(_)));
    // Good for the trial, gone when it counts.
    let signer = Claims::new(service.pki.seal.signer.clone(), ECDSA, 1);
    let credentials = Credentials::new(signer, service.pki.seal_chain()).unwrap();
    let sealer = recommande::Sealer::new(credentials, service.sealer.issuer().clone());
    let error = sealer.seal(&common::sending(), now()).unwrap_err();
    let SealError::Sign(cause) = &error else { panic!("{error}") };
    assert!(cause.source().is_some_and(|source| source.to_string().contains("pulled out")));
    assert!(sealer.sign_payload(&common::digests(), "text/plain", now()).is_err());
}

fn seals_and_verifies(service: &Service, what: &str) {
    let proof = service.proof();
    let report = service.verifier().report(&proof, Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::TotalPassed, "{what}: {report}");
    let read = recommande::ProofOfSending::from_der(proof.der()).unwrap();
    let verified = service.verifier().verify(&read, Payload::NotAvailable, later()).unwrap();
    let opening = service.proof_of_opening(&service.opening(&verified));
    assert!(service.verifier().verify(&opening, &verified, later()).is_ok(), "{what}");
}

#[test]
fn elliptic_keys_seal_end_to_end() {
    for kind in [KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521] {
        seals_and_verifies(&Service::with_pki(TestPki::of_kind(&kind, now()).unwrap()), &kind.to_string());
    }
}

#[cfg(feature = "aws-lc-rs")]
mod aws_lc {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
    use recommande::SigningKey;
    use recommande::crypto::KeyError;

    use super::*;
    use crate::common::der::Node;

    /// A service whose seal certificate is for this key; its authorities have keys of their own.
    fn service_of(signer: Arc<dyn Signer>) -> Service {
        let mut pki = TestPki::new(now()).unwrap();
        pki.seal = pki.intermediate.issue(&seal_spec(), signer).unwrap();
        Service::with_pki(pki)
    }

    fn pem(label: &str, der: &[u8]) -> String {
        pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap()
    }

    fn rsa_pkcs8(size: KeySize) -> Vec<u8> {
        let key = aws_lc_rs::rsa::KeyPair::generate(size).unwrap();
        let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
        der.as_ref().to_vec()
    }

    #[test]
    fn ed25519_seals_end_to_end() {
        seals_and_verifies(&Service::with_pki(TestPki::of_kind(&KeyKind::Ed25519, now()).unwrap()), "Ed25519");
    }

    #[test]
    fn rsa_keys_of_all_usual_sizes_and_forms_seal_end_to_end() {
        for size in [KeySize::Rsa2048, KeySize::Rsa3072, KeySize::Rsa4096] {
            let pkcs8 = rsa_pkcs8(size);
            // PrivateKeyInfo ::= SEQUENCE { version, algorithm, OCTET STRING holding the RSAPrivateKey of PKCS#1 }
            let pkcs1 = Node::parse(&pkcs8).children()[2].contents();
            let forms = [pem("PRIVATE KEY", &pkcs8), pem("RSA PRIVATE KEY", &pkcs1)]
                .map(|pem| SigningKey::from_pem(&pem).unwrap());
            let [key, same] = forms;
            assert_eq!(key.public_key().spki_der(), same.public_key().spki_der());
            assert_eq!(key.algorithm(), SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256));
            let mut algorithms = vec![key.algorithm()];
            for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
                algorithms.extend([SignatureAlgorithm::RsaPkcs1(digest), SignatureAlgorithm::rsa_pss(digest)]);
            }
            for algorithm in algorithms {
                let key = key.clone().with_algorithm(algorithm).unwrap();
                seals_and_verifies(&service_of(Arc::new(key)), &algorithm.to_string());
            }
        }
    }

    #[test]
    fn keys_that_are_read_sign_as_keys_that_were_made() {
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap();
        let ed25519 = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
        let keys = [
            p256.to_pkcs8v1().unwrap().as_ref().to_vec(),
            p384.to_pkcs8v1().unwrap().as_ref().to_vec(),
            ed25519.to_pkcs8v1().unwrap().as_ref().to_vec(),
            ed25519.to_pkcs8().unwrap().as_ref().to_vec(),
        ];
        for pkcs8 in keys {
            let key = SigningKey::from_pkcs8_der(&pkcs8).unwrap();
            seals_and_verifies(&service_of(Arc::new(key)), "from DER");
            let key = SigningKey::from_pem(&pem("PRIVATE KEY", &pkcs8)).unwrap();
            assert!(!format!("{key:?}").contains(&pem("PRIVATE KEY", &pkcs8)[40..60]));
            seals_and_verifies(&service_of(Arc::new(key)), "from PEM");
        }
    }

    #[test]
    fn text_that_is_no_key_is_refused_without_being_repeated() {
        let secret = "c2VjcmV0IHNlY3JldA==";
        let cases = [
            String::new(),
            "no key".into(),
            format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n"),
            format!("-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----\n"),
            format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{secret}\n-----END ENCRYPTED PRIVATE KEY-----\n"),
            format!("-----BEGIN CERTIFICATE-----\n{secret}\n-----END CERTIFICATE-----\n"),
            format!("-----BEGIN PRIVATE KEY-----\n{secret}\n"),
        ];
        for text in cases {
            let error = SigningKey::from_pem(&text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("c2Vj"), "{error:?}");
        }
        // A key cut off anywhere is no key, and no panic.
        let pkcs8 = rsa_pkcs8(KeySize::Rsa2048);
        for length in (0..pkcs8.len()).step_by(7) {
            assert!(SigningKey::from_pkcs8_der(&pkcs8[..length]).is_err());
        }
    }

    /// Made by `openssl ecparam -genkey`, which writes the parameters before the key.
    #[test]
    fn keys_of_sec1_are_those_of_pkcs8() {
        for (sec1, pkcs8, kind) in [
            (include_str!("keys/p-256-sec1.pem"), include_str!("keys/p-256.pem"), KeyKind::EcP256),
            (include_str!("keys/p-384-sec1.pem"), include_str!("keys/p-384.pem"), KeyKind::EcP384),
            (include_str!("keys/p-521-sec1.pem"), include_str!("keys/p-521.pem"), KeyKind::EcP521),
        ] {
            let (key, same) = (SigningKey::from_pem(sec1).unwrap(), SigningKey::from_pem(pkcs8).unwrap());
            assert_eq!(*key.public_key().kind(), kind);
            assert_eq!(key.public_key().spki_der(), same.public_key().spki_der());
            seals_and_verifies(&service_of(Arc::new(key)), &format!("SEC1, {kind}"));
            #[cfg(feature = "rustcrypto")]
            {
                let pure = recommande::crypto::RustCryptoSigningKey::from_pem(sec1).unwrap();
                assert_eq!(pure.public_key().spki_der(), same.public_key().spki_der());
                seals_and_verifies(&service_of(Arc::new(pure)), &format!("SEC1 in pure Rust, {kind}"));
            }
        }
        // Without its curve, and cut off anywhere.
        let text = include_str!("keys/p-256-sec1.pem");
        let key = text.find("-----BEGIN EC PRIVATE KEY").map(|start| &text[start..]).unwrap();
        let (_, der) = pem_rfc7468::decode_vec(key.as_bytes()).unwrap();
        let mut nameless = Node::parse(&der);
        nameless.children_mut().remove(2);
        let refused = SigningKey::from_pem(&pem("EC PRIVATE KEY", &nameless.to_der()));
        assert!(matches!(refused, Err(KeyError::Malformed(_))), "{refused:?}");
        for length in 0..der.len() {
            assert!(SigningKey::from_pem(&pem("EC PRIVATE KEY", &der[..length])).is_err(), "{length}");
        }
    }

    #[cfg(feature = "encrypted-keys")]
    #[test]
    fn encrypted_keys_are_read_with_their_passphrase() {
        let plain = SigningKey::from_pem(include_str!("keys/p-256.pem")).unwrap();
        let aes_256 = include_str!("keys/encrypted-aes-256.pem");
        for text in
            [aes_256, include_str!("keys/encrypted-scrypt.pem"), include_str!("keys/encrypted-aes-128-sha-1.pem")]
        {
            let key = SigningKey::from_encrypted_pem(text, "swordfish").unwrap();
            assert_eq!(key.public_key().spki_der(), plain.public_key().spki_der());
            assert!(matches!(SigningKey::from_pem(text), Err(KeyError::Encrypted)));
            for wrong in ["", "Swordfish", "swordfish "] {
                assert!(matches!(SigningKey::from_encrypted_pem(text, wrong), Err(KeyError::Passphrase)));
            }
            let (_, der) = pem_rfc7468::decode_vec(text.as_bytes()).unwrap();
            assert!(SigningKey::from_encrypted_pkcs8_der(&der, "swordfish").is_ok());
            assert!(matches!(SigningKey::from_pkcs8_der(&der), Err(KeyError::Encrypted)));
            for length in (0..der.len()).step_by(5) {
                assert!(SigningKey::from_encrypted_pkcs8_der(&der[..length], "swordfish").is_err());
            }
        }
        seals_and_verifies(
            &service_of(Arc::new(SigningKey::from_encrypted_pem(aes_256, "swordfish").unwrap())),
            "encrypted",
        );
        // One that is not encrypted needs none.
        assert!(SigningKey::from_encrypted_pem(include_str!("keys/p-256-sec1.pem"), "swordfish").is_ok());
        let refused = |text: &str| SigningKey::from_encrypted_pem(text, "swordfish").unwrap_err();
        for old in [include_str!("keys/encrypted-3des.pem"), include_str!("keys/encrypted-pbes1.pem")] {
            let error = refused(old);
            assert!(matches!(error, KeyError::EncryptionNotOffered(_)), "{error:?}");
            assert!(error.to_string().contains("openssl pkcs8 -topk8"), "{error}");
        }
        assert_eq!(refused(include_str!("keys/encrypted-costly.pem")), KeyError::EncryptionTooCostly);
        assert_eq!(refused(include_str!("keys/encrypted-old-form.pem")), KeyError::EncryptedOldForm);
    }

    #[test]
    fn forms_that_are_not_read_are_named_with_what_to_do() {
        let told = |result: Result<SigningKey, KeyError>| result.unwrap_err().to_string();
        assert!(told(SigningKey::from_pem(include_str!("keys/encrypted-aes-256.pem"))).contains("openssl pkey"));
        assert!(
            told(SigningKey::from_pem(include_str!("keys/encrypted-old-form.pem"))).contains("openssl pkcs8 -topk8")
        );
        let pkcs12 = include_bytes!("keys/p-256.p12");
        assert_eq!(SigningKey::from_pkcs8_der(pkcs12).unwrap_err(), KeyError::Pkcs12);
        assert_eq!(SigningKey::from_pem(&pem("PKCS12", pkcs12)).unwrap_err(), KeyError::Pkcs12);
        assert!(told(SigningKey::from_pkcs8_der(pkcs12)).contains("openssl pkcs12 -in"));
        for label in ["OPENSSH PRIVATE KEY", "DSA PRIVATE KEY", "ANY PRIVATE KEY"] {
            assert_eq!(SigningKey::from_pem(&pem(label, &[0x30, 0])).unwrap_err(), KeyError::UnsupportedForm);
        }
        #[cfg(feature = "rustcrypto")]
        {
            let pure = recommande::crypto::RustCryptoSigningKey::from_pkcs8_der(pkcs12);
            assert_eq!(pure.unwrap_err(), KeyError::Pkcs12);
        }
    }

    #[cfg(feature = "rustcrypto")]
    #[test]
    fn one_key_seals_with_either_backend() {
        use recommande::crypto::RustCryptoSigningKey;
        let pkcs8 = rsa_pkcs8(KeySize::Rsa2048);
        let key = SigningKey::from_pkcs8_der(&pkcs8).unwrap();
        let service = service_of(Arc::new(key));
        let pure = RustCryptoSigningKey::from_pkcs8_der(&pkcs8).unwrap();
        let sealed = recommande::testing::CertifiedKey { signer: Arc::new(pure), ..service.pki.seal.clone() };
        let pki = TestPki { seal: sealed, ..service.pki.clone() };
        let of_pki = Service::with_pki(pki);
        let report = service.report(&of_pki.proof());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}
