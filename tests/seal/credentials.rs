//! These tests ask which keys and certificates may seal, and that whatever may seal also verifies.

use std::sync::Arc;

use crate::common::oid;
use crate::common::{self, Service, later, now};
use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::pki::Certificate;
use recommande::seal::{Credentials, CredentialsError, SealError};
use recommande::testing::{CertificateSpec, TestPki, Usage, generate_key};
use recommande::verify::{Indication, Payload};

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
    let reversed = chain.iter().rev().cloned().collect();
    assert!(Credentials::new(pki.seal.signer.clone(), reversed).is_err());
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
    // Such a certificate is not even read.
    assert!(pki.intermediate.issue(&unreadable, p256()).is_err());
    let authority = credentials(seal_spec().with_authority(None));
    assert!(matches!(authority, Err(CredentialsError::CertificateAuthority)));
    let tsa = credentials(CertificateSpec::tsa("A TSA", from, until));
    assert!(matches!(tsa, Err(CredentialsError::OtherPurpose)));
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
    for kind in [KeyKind::EcP256, KeyKind::EcP384] {
        seals_and_verifies(&Service::with_pki(TestPki::of_kind(&kind, now()).unwrap()), &kind.to_string());
    }
}

#[cfg(feature = "aws-lc-rs")]
mod aws_lc {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
    use recommande::SigningKey;

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
        let other = Service::with_pki(pki);
        let report = service.report(&other.proof());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}
