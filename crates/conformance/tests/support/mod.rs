//! A service with throwaway keys, and its statements.
#![allow(dead_code, reason = "each test uses its part")]

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm, Signer, SigningKey};
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel, Opening};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Artifact, Unstamped};
use recommande::testing::{CertificateSpec, TestKeys, TestPki, TestTsa, generate_key};
use recommande::verify::{Payload, Verified, Verifier};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, ProofOfSending, Sealer,
    Sending,
};
use signed_data::{SignedData, SignerInfo};

pub const PAYLOAD: &[u8] = b"a registered letter\n";

/// The keys that seal in these tests. OpenSSL 3.0 has no Ed25519 in CMS.
pub fn seal_algorithms() -> Vec<SignatureAlgorithm> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    vec![
        SignatureAlgorithm::RsaPkcs1(Sha256),
        SignatureAlgorithm::RsaPkcs1(Sha512),
        SignatureAlgorithm::rsa_pss(Sha256),
        SignatureAlgorithm::rsa_pss(Sha384),
        SignatureAlgorithm::Ecdsa(Sha256),
        SignatureAlgorithm::Ecdsa(Sha384),
    ]
}

/// A new key that signs so: RSA of 2048 bits with SHA-256 and of 3072 bits with longer digests, P-256 or P-384.
pub fn key(algorithm: SignatureAlgorithm) -> Arc<dyn Signer> {
    let long = algorithm.cms_digest() != DigestAlgorithm::Sha256;
    let kind = match algorithm {
        SignatureAlgorithm::Ecdsa(_) if long => KeyKind::EcP384,
        SignatureAlgorithm::Ecdsa(_) => KeyKind::EcP256,
        SignatureAlgorithm::Ed25519 => KeyKind::Ed25519,
        _ => KeyKind::Rsa { bits: if long { 3072 } else { 2048 } },
    };
    Arc::new(SigningKey::generate(&kind).unwrap().with_algorithm(algorithm).unwrap())
}

/// A service that seals, and its TSA.
pub struct Service {
    pub pki: TestPki,
    pub sealer: Sealer,
    pub verifier: Verifier,
    pub now: DateTime<Utc>,
}

impl Service {
    pub fn new(algorithm: SignatureAlgorithm, issuer: Issuer, now: DateTime<Utc>) -> Self {
        let keys = TestKeys { seal: key(algorithm), ..TestKeys::generate(&KeyKind::EcP256).unwrap() };
        Self::of(TestPki::with_keys(keys, now).unwrap(), issuer, now)
    }

    pub fn of(pki: TestPki, issuer: Issuer, now: DateTime<Utc>) -> Self {
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), issuer.environment());
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap();
        Self { pki, sealer: Sealer::new(credentials, issuer), verifier, now }
    }

    /// Attaches a token of the in-process TSA, two seconds later.
    pub fn stamp<A: Artifact + Clone>(&self, unstamped: &Unstamped<A>) -> A {
        let gen_time = self.now + Duration::seconds(2);
        let tsa = TestTsa::new(&self.pki).with_clock(move || gen_time);
        unstamped.stamp_with(&TsaPool::new().with_tsa("test", tsa)).unwrap()
    }

    pub fn seal_sending(&self, sending: &Sending) -> ProofOfSending {
        self.stamp(&self.sealer.seal(sending, self.now).unwrap())
    }

    pub fn verified(&self, proof: &ProofOfSending) -> Verified<Sending> {
        self.verifier.verify(proof, Payload::NotAvailable, self.now + Duration::seconds(3)).unwrap()
    }

    pub fn opening(&self, verified: &Verified<Sending>, opened_by: ActedBy) -> Opening {
        let assurance = assurance(AssuranceLevel::Substantial, self.now);
        Opening::of(verified, opened_by, assurance, self.now).unwrap()
    }
}

/// Credentials for second seals, with a key of this kind below the authorities of the service.
pub fn second_credentials(service: &Service, kind: &KeyKind) -> Credentials {
    let spec = CertificateSpec::seal("Second Seal", service.now - Duration::days(1), service.now + Duration::days(30));
    let key = service.pki.intermediate.issue(&spec, generate_key(kind).unwrap()).unwrap();
    let issuers = [&service.pki.intermediate, &service.pki.root].map(|key| key.certificate.clone());
    Credentials::new(key.signer, [vec![key.certificate], issuers.to_vec()].concat()).unwrap()
}

pub fn issuer(environment: Environment) -> Issuer {
    Issuer::of("Example Registered Mail", enterprise("0406798006"), environment).unwrap()
}

pub fn enterprise(number: &str) -> EnterpriseNumber {
    number.parse().unwrap()
}

pub fn niss(number: &str) -> Niss {
    number.parse().unwrap()
}

pub fn assurance(level: AssuranceLevel, time: DateTime<Utc>) -> Assurance {
    Assurance::new(level, time, "urn:oasis:names:tc:SAML:2.0:ac:classes:X509").unwrap()
}

pub fn part(identifier: &str, media_type: &str) -> PartDescription {
    PartDescription::new(identifier, media_type).unwrap()
}

pub fn sending(now: DateTime<Utc>) -> Sending {
    Sending::new(
        MessageId::new("1ZG0000036L3Z").unwrap(),
        Party::legal_person(enterprise("0566988259"), "Example Sending Office").unwrap(),
        Party::new(niss("85073003328")),
        part("letter.txt", "text/plain"),
        PayloadDigests::of_bytes(PAYLOAD),
        now,
    )
    .unwrap()
}

/// The content of a SignedData with definite lengths.
pub fn content(der: &[u8]) -> Vec<u8> {
    SignedData::parse(der).unwrap().encap_content_info.content.expect("attached content").to_vec()
}

/// What `read` finds in the only signer of a SignedData with definite lengths.
pub fn signer_info<T>(der: &[u8], read: impl FnOnce(&SignerInfo<'_>) -> T) -> T {
    let signed_data = SignedData::parse(der).unwrap();
    let [signer_info] = signed_data.signer_infos.as_slice() else { panic!("not one signer") };
    read(signer_info)
}
