//! TSAs of several decades, each under a root of its own, and a verifier that trusts them all.

use chrono::{DateTime, Utc};
use recommande::Environment;
use recommande::crypto::{DigestAlgorithm, KeyFamily, KeyKind, KeyRow};
use recommande::pki::revocation::RevocationData;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestTsa, generate_key};
use recommande::verify::{Policy, Verifier};
use rfc3161_client::TsaPool;

use super::{Service, pool};

/// A TSA and its root, which are valid between two times.
pub struct Era {
    pub root: CertifiedKey,
    pub tsa: CertifiedKey,
}

impl Era {
    pub fn new(kind: &KeyKind, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let key = || generate_key(kind).unwrap();
        let name = format!("{} TSA", from.format("%Y"));
        let root = CertificateSpec::authority(&format!("{name} Root"), from, until).self_signed(key()).unwrap();
        let tsa = root.issue(&CertificateSpec::tsa(&name, from, until), key()).unwrap();
        Self { root, tsa }
    }

    /// The TSA with its clock stopped.
    pub fn tsa(&self, service: &Service, time: DateTime<Utc>) -> TestTsa {
        service.tsa(time).with_key(self.tsa.clone())
    }

    pub fn pool(&self, service: &Service, time: DateTime<Utc>) -> TsaPool {
        pool(self.tsa(service, time))
    }

    /// The CRL of its root, from the day before a time until a week after it.
    pub fn crl(&self, time: DateTime<Utc>) -> RevocationData {
        crls(&[&self.root], time)
    }
}

/// The CRLs of these issuers, which list nothing, from the day before a time until a week after it.
pub fn crls(issuers: &[&CertifiedKey], time: DateTime<Utc>) -> RevocationData {
    let spec = CrlSpec::new(time - chrono::Duration::days(1), time + chrono::Duration::days(7));
    let mut data = RevocationData::new();
    for issuer in issuers {
        data.add_der(&issuer.issue_crl(&spec).unwrap()).unwrap();
    }
    data
}

/// The CRLs of the service's own seal chain and TSA.
pub fn first_crls(service: &Service, time: DateTime<Utc>) -> RevocationData {
    crls(&[&service.pki.root, &service.pki.intermediate, &service.pki.tsa_root], time)
}

pub fn verifier(service: &Service, eras: &[&Era]) -> Verifier {
    let mut anchors = service.pki.tsa_anchors();
    eras.iter().for_each(|era| anchors.add(era.root.certificate.clone()));
    Verifier::new(service.pki.seal_anchors(), anchors, Environment::Test)
}

/// SHA-256 and P-256 prove nothing from this day on, and P-384 does.
pub fn dead_from(mut policy: Policy, day: &str) -> Policy {
    let date = Some(day.parse().unwrap());
    let digests = policy.algorithms.digests.iter_mut();
    digests.filter(|row| row.digest == DigestAlgorithm::Sha256).for_each(|row| row.past_from = date);
    let p256 = policy.algorithms.keys.iter().position(|row| row.key == KeyFamily::Ec && row.bits == 256).unwrap();
    let p384 = KeyRow { bits: 384, ..policy.algorithms.keys[p256].clone() };
    policy.algorithms.keys[p256].past_from = date;
    policy.algorithms.keys.push(p384);
    policy
}
