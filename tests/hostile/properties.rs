//! Some properties hold for all values: attaching changes nothing else, and policies and certificates come back
//! unchanged.

use std::collections::BTreeSet;

use crate::common::der::{self, Node};
use crate::common::{Service, later, now, pool};
use chrono::{Duration, NaiveDate};
use const_oid::ObjectIdentifier;
use recommande::crypto::{AlgorithmPolicy, DigestAlgorithm, DigestRow, KeyFamily, KeyRow};
use recommande::seal::{ProofOfSending, Unstamped};
use recommande::testing::CertificateSpec;
use recommande::verify::{Code, Level, Payload, Policy, RevocationRule};
use recommande::{Certificate, Indication};

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

fn without_timestamps(file: &Node) -> Node {
    file.with(|file| {
        let signer_info = file.at_mut(der::SIGNER_INFO).children_mut();
        let mut attributes = signer_info.pop().expect("unsigned attributes");
        assert_eq!(attributes.tag, 0xa1);
        let name = der::oid(crate::common::oid::SIGNATURE_TIME_STAMP);
        attributes.children_mut().retain(|attribute| attribute.children()[0] != name);
        if !attributes.children().is_empty() {
            signer_info.push(attributes);
        }
    })
}

#[test]
fn attaching_a_token_changes_nothing_else() {
    let service = Service::new();
    let tsa = || pool(service.tsa(now() + Duration::seconds(2)));
    let sealed = Node::parse(service.sealed().der());
    let mut numbers = Numbers(1);
    for round in 0..40 {
        // Attributes and certificates of strangers, of all sizes around the lengths at which a length field grows.
        let mut file = sealed.clone();
        for number in 0..numbers.below(4) {
            let kind = ObjectIdentifier::new(&format!("1.3.6.1.4.1.32473.{number}")).unwrap();
            let size = numbers.pick(&[0, 1, 100, 120, 127, 128, 200, 255, 256, 3000, 65_500]) + numbers.below(8);
            file = file.with_unsigned(der::attribute(kind, vec![der::octets(0x04, &vec![0x5a; size])]));
        }
        if numbers.below(2) == 0 {
            let stranger = service.pki.tsa.certificate.der();
            file.at_mut(der::CERTIFICATES).children_mut().push(Node::parse(stranger));
        }
        let before = file.to_der();
        let stored = Unstamped::<ProofOfSending>::from_der(&before).unwrap();
        let proof = stored.stamp_with(&tsa()).unwrap();
        // Unsigned attributes are a SET OF: DER puts them in order, and each stays as it is.
        let mut expected = file;
        if let Some(attributes) = expected.at_mut(der::SIGNER_INFO).children_mut().get_mut(6) {
            der::sort(attributes.children_mut());
        }
        assert_eq!(without_timestamps(&Node::parse(proof.der())).to_der(), expected.to_der(), "round {round}");
        assert_eq!(proof.id(), stored.as_artifact().id());
        let again = Unstamped::<ProofOfSending>::from_der(proof.der()).unwrap().stamp_with(&tsa()).unwrap();
        assert_eq!(without_timestamps(&Node::parse(again.der())).to_der(), expected.to_der(), "round {round}");
        let report = service.verifier().report(&again, Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::TotalPassed, "round {round}: {report}");
    }
}

#[allow(clippy::field_reassign_with_default)] // a value per field, each picked in its turn
fn policy(numbers: &mut Numbers) -> Policy {
    let date = |numbers: &mut Numbers| {
        (numbers.below(2) == 0)
            .then(|| NaiveDate::from_ymd_opt(1990 + i32::try_from(numbers.below(80)).unwrap(), 2, 28).unwrap())
    };
    let mut policy = Policy::default();
    policy.revocation = numbers.pick(&[RevocationRule::Required, RevocationRule::IfPresent, RevocationRule::Ignore]);
    policy.clock_skew = numbers.pick(&[0, 1, 60, u32::MAX]);
    policy.maximum_timestamp_delay = numbers.pick(&[0, 86_400, u32::MAX]);
    policy.maximum_sealing_delay = numbers.pick(&[0, 86_400, u32::MAX]);
    policy.tsa_policies = (0..numbers.below(4)).map(|number| format!("1.2.{number}")).collect();
    policy.algorithms = AlgorithmPolicy {
        digests: (0..numbers.below(6))
            .map(|_| DigestRow {
                digest: numbers.pick(&DigestAlgorithm::ALL),
                legacy_from: date(numbers),
                past_from: date(numbers),
            })
            .collect(),
        keys: (0..numbers.below(6))
            .map(|_| KeyRow {
                key: numbers.pick(&[
                    KeyFamily::Rsa,
                    KeyFamily::RsaPkcs1,
                    KeyFamily::RsaPss,
                    KeyFamily::Ec,
                    KeyFamily::Ed25519,
                    KeyFamily::MlDsa,
                    KeyFamily::SlhDsa,
                ]),
                bits: u32::try_from(numbers.below(10_000)).unwrap(),
                legacy_from: date(numbers),
                past_from: date(numbers),
            })
            .collect(),
    };
    // Of two rows about the same, a file that holds them is refused.
    let (mut digests, mut keys) = (BTreeSet::new(), BTreeSet::new());
    policy.algorithms.digests.retain(|row| digests.insert(row.digest.name()));
    policy.algorithms.keys.retain(|row| keys.insert((format!("{:?}", row.key), row.bits)));
    for _ in 0..numbers.below(8) {
        let (code, level) = (numbers.pick(Code::ALL), numbers.pick(&[Level::Fail, Level::Warn, Level::Inform]));
        assert_eq!(policy.levels.set(code, level), level == Level::Fail || !code.is_essential());
    }
    policy
}

#[test]
fn any_policy_and_the_report_under_it_read_back() {
    let service = Service::new();
    let (proof, sealed) = (service.proof(), service.sealed());
    let mut numbers = Numbers(2);
    for round in 0..200 {
        let policy = policy(&mut numbers);
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy, "round {round}");
        let verifier = service.verifier().with_policy(policy);
        for proof in [&proof, sealed.as_artifact()] {
            let report = verifier.report(proof, Payload::NotAvailable, later());
            let json = serde_json::to_string(&report).unwrap();
            assert_eq!(serde_json::from_str::<recommande::Report>(&json).unwrap(), report, "round {round}");
            let strict = verifier.verify(proof, Payload::NotAvailable, later());
            // Whatever a policy lowers, without a proven time nothing passes strictly.
            assert!(strict.is_err() || report.proven_at.is_some());
            if let Err(error) = &strict {
                assert!(
                    report.indication != Indication::TotalPassed || report.proven_at.is_none(),
                    "{error}: {report}"
                );
            } else {
                assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            }
        }
    }
}

#[test]
fn a_certificate_is_kept_as_it_is_and_a_damaged_one_is_another_or_none() {
    let service = Service::new();
    let spec = CertificateSpec::authority("Someone", now(), later()).with_serial(&[0x7f; 20]);
    let issued = service.pki.root.issue(&spec, service.pki.seal.signer.clone()).unwrap();
    for certificate in [&issued.certificate, &service.pki.seal.certificate, &service.pki.tsa.certificate] {
        let der = certificate.der();
        for at in 0..der.len() {
            for bit in 0..8 {
                let mut damaged = der.to_vec();
                damaged[at] ^= 1 << bit;
                let Ok(read) = Certificate::from_der(&damaged) else { continue };
                assert_eq!(read.der(), damaged);
                assert_ne!(read.fingerprint(), certificate.fingerprint());
                let _ = (read.subject(), read.issuer(), read.is_ca(), read.qc_statements(), read.subject_alt_names());
                let _ = (read.authority_key_identifier(), read.signature(), read.extensions().count());
            }
        }
    }
}
