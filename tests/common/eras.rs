//! TSAs of several decades, each under a root of its own, and a verifier that trusts them all.

use chrono::{DateTime, Duration, Utc};
use recommande::Environment;
use recommande::crypto::{DigestAlgorithm, KeyFamily, KeyKind, KeyRow};
use recommande::pki::revocation::RevocationData;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestTsa, generate_key};
use recommande::verify::{Policy, RevocationRule, TimestampValidity, Verifier};
use rfc3161_client::TsaPool;

use super::{Service, at, now, pool};

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
    let spec = CrlSpec::new(time - Duration::days(1), time + Duration::days(7));
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

/// Renewals in time, and the algorithms of their timestamps.
pub const RENEWALS: [(&str, DigestAlgorithm); 3] = [
    ("2028-10-01T12:00:00Z", DigestAlgorithm::Sha256),
    ("2032-06-01T12:00:00Z", DigestAlgorithm::Sha512),
    ("2039-06-01T12:00:00Z", DigestAlgorithm::Sha512),
];

/// The end of the TSA before a renewal.
pub fn end_before(renewal: usize) -> DateTime<Utc> {
    [now() + Duration::days(730), at("2033-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z")][renewal]
}

/// A service whose seals live for decades, and the TSAs that renew them.
pub struct Decades {
    pub service: Service,
    pub eras: [Era; 3],
}

impl Decades {
    pub fn new() -> Self {
        let mut service = Service::new();
        let of_seal = crls(&[&service.pki.root, &service.pki.intermediate], now());
        service.sealer = service.sealer.with_revocation(&of_seal);
        let era = |kind, from: &str, until| Era::new(&kind, at(from), until);
        let eras = [
            era(KeyKind::EcP256, "2028-01-01T00:00:00Z", end_before(1)),
            era(KeyKind::EcP384, "2032-01-01T00:00:00Z", end_before(2)),
            era(KeyKind::EcP384, "2039-01-01T00:00:00Z", at("2050-01-01T00:00:00Z")),
        ];
        Self { service, eras }
    }

    pub fn verifier(&self) -> Verifier {
        let [first, second, third] = &self.eras;
        verifier(&self.service, &[first, second, third])
    }

    /// A verifier by which what is late, or lacks revocation data, can be renewed all the same.
    pub fn lenient(&self) -> Verifier {
        self.verifier().with_policy(Policy {
            revocation: RevocationRule::Ignore,
            timestamp_validity: TimestampValidity::AtGenTime,
            ..Policy::default()
        })
    }
}
