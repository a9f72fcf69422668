//! These tests ask what revocation data may do that does not count: end a suspension, or take a revocation back. It must
//! not, because nobody signed that it is there, and some of it anybody could have made.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, OcspAnswerSpec, OcspSpec, RevokedSpec, TestPki, generate_key,
};
use recommande::verify::{BaselineLevel, Code, Indication, Payload, Policy, Report, SubIndication};

use crate::common::{Service, has, now};

const HOUR: Duration = Duration::hours(1);
const DAY: Duration = Duration::days(1);

/// The verdict with this data given by the caller, which has to be that with it in another order.
fn judged(service: &Service, policy: &Policy, data: &[&[u8]]) -> Report {
    let given = |items: &mut dyn Iterator<Item = &&[u8]>| {
        let mut data = RevocationData::new();
        items.for_each(|item| data.add_der(item).unwrap());
        let verifier = service.verifier().with_policy(policy.clone()).with_revocation_data(data);
        verifier.report(&service.proof(), Payload::NotAvailable, now() + DAY * 2)
    };
    let report = given(&mut data.iter());
    assert_eq!(given(&mut data.iter().rev()).indication, report.indication);
    report
}

/// The policy under which a digest algorithm has been dead for years.
fn without_sha_384() -> Policy {
    let mut policy = Policy::default();
    for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == DigestAlgorithm::Sha384) {
        row.past_from = Some("2020-01-01".parse().unwrap());
    }
    policy
}

/// An answer by a responder whose signatures are by P-384 and SHA-384.
fn ocsp(pki: &TestPki, produced: DateTime<Utc>) -> Vec<u8> {
    let spec = CertificateSpec::ocsp_responder("Responder", now() - DAY, now() + DAY * 300);
    let responder = pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP384).unwrap()).unwrap();
    let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, OcspStatus::Good, produced)
        .with_next_update(produced + DAY * 9);
    let spec = OcspSpec::new(produced, answer).with_certificates(vec![responder.certificate.clone()]);
    responder.answer_ocsp(&spec).unwrap()
}

fn revoked(pki: &TestPki, reason: RevocationReason) -> RevokedSpec {
    RevokedSpec::new(&pki.seal.certificate, now() - HOUR * 3).with_reason(reason)
}

fn list(by: &CertifiedKey, spec: CrlSpec) -> Vec<u8> {
    by.issue_crl(&spec).unwrap()
}

#[test]
fn a_suspension_ends_by_newer_data_that_counts_and_by_no_other() {
    let service = Service::new();
    let (pki, ca) = (&service.pki, &service.pki.intermediate);
    let entry = revoked(pki, RevocationReason::CertificateHold);
    let hold = list(ca, CrlSpec::new(now() + HOUR, now() + DAY * 20).with_number(3).with_revoked(&entry));
    let good = |from, until| list(ca, CrlSpec::new(now() + from, now() + until).with_number(4));
    let default = Policy::default();
    let (newer, newer_answer) = (good(HOUR * 5, DAY * 9), ocsp(pki, now() + HOUR * 5));
    let (future, backwards) = (good(DAY * 5, DAY * 9), good(HOUR * 5, HOUR * 4));
    for (data, policy, lifts) in [
        (&newer, &default, true),
        (&newer_answer, &default, true),
        (&future, &default, false),
        (&backwards, &default, false),
        (&ocsp(pki, now() + DAY * 5), &default, false),
        (&newer_answer, &without_sha_384(), false),
    ] {
        let report = judged(&service, policy, &[&hold, data]);
        if lifts {
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        } else {
            assert_eq!(report.sub_indication, Some(SubIndication::TryLater), "{report}");
            assert!(has(&report, Code::CertificateOnHold), "{report}");
        }
    }
    // Where it lies makes no difference.
    let with = |crls: &[&[u8]]| {
        let mut data = RevocationData::new();
        crls.iter().for_each(|crl| data.add_der(crl).unwrap());
        data
    };
    let inside = |crls: &[&[u8]]| service.proof().with_revocation(&with(crls)).unwrap();
    let judged = |inside_it: &[&[u8]], given: &[&[u8]]| {
        let verifier = service.verifier().with_revocation_data(with(given));
        verifier.report(&inside(inside_it), Payload::NotAvailable, now() + DAY * 2)
    };
    let (hold, newer, future) = (hold.as_slice(), newer.as_slice(), future.as_slice());
    for (inside_it, given) in [(&[hold, newer][..], &[][..]), (&[hold], &[newer]), (&[newer], &[hold])] {
        let report = judged(inside_it, given);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    for (inside_it, given) in [(&[hold, future][..], &[][..]), (&[hold], &[future]), (&[future], &[hold])] {
        let report = judged(inside_it, given);
        assert_eq!(report.sub_indication, Some(SubIndication::TryLater), "{report}");
    }
}

#[test]
fn data_inside_that_does_not_count_makes_no_level() {
    let service = Service::new();
    let pki = &service.pki;
    let lists = |until| {
        let mut data = RevocationData::new();
        for authority in [&pki.root, &pki.intermediate, &pki.tsa_root] {
            data.add_der(&list(authority, CrlSpec::new(now() + HOUR * 5, now() + until))).unwrap();
        }
        data
    };
    let (good, backwards) = (lists(DAY * 9), lists(HOUR * 4));
    let level = |inside: &RevocationData| {
        let proof = service.proof().with_revocation(inside).unwrap();
        let verifier = service.verifier().with_revocation_data(good.clone());
        let report = verifier.report(&proof, Payload::NotAvailable, now() + DAY * 2);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        report.level
    };
    assert_eq!(level(&good), Some(BaselineLevel::BLT));
    assert_eq!(level(&backwards), Some(BaselineLevel::BT));
}

#[test]
fn a_delta_crl_that_does_not_count_takes_no_revocation_back() {
    let service = Service::new();
    let (pki, ca) = (&service.pki, &service.pki.intermediate);
    let entry = revoked(pki, RevocationReason::KeyCompromise);
    let full = list(ca, CrlSpec::new(now() + HOUR, now() + DAY * 20).with_number(3).with_revoked(&entry));
    let remove = revoked(pki, RevocationReason::RemoveFromCrl);
    for (from, until) in [(DAY * 5, DAY * 20), (HOUR * 5, HOUR * 4)] {
        let spec = CrlSpec::new(now() + from, now() + until).with_number(4).with_delta_base(3).with_revoked(&remove);
        let report = judged(&service, &Policy::default(), &[&full, &list(ca, spec)]);
        assert_eq!(report.sub_indication, Some(SubIndication::RevokedNoPoe), "{report}");
    }
}

/// Base and delta CRL list the certificate, and the seal was made between the two dates.
#[test]
fn a_delta_crl_that_counts_takes_no_revocation_back() {
    use RevocationReason::{CertificateHold, KeyCompromise, RemoveFromCrl, Superseded};
    let service = Service::new();
    let ca = &service.pki.intermediate;
    let entry = |since, reason| RevokedSpec::new(&service.pki.seal.certificate, now() + since).with_reason(reason);
    let full = |entry: &RevokedSpec| {
        list(ca, CrlSpec::new(now() + HOUR * 30, now() + DAY * 20).with_number(3).with_revoked(entry))
    };
    let delta = |entry: &RevokedSpec| {
        let spec = CrlSpec::new(now() + HOUR * 40, now() + DAY * 20).with_number(4).with_delta_base(3);
        list(ca, spec.with_revoked(entry))
    };
    let before = full(&entry(-HOUR, KeyCompromise));
    for reason in [CertificateHold, RemoveFromCrl, Superseded] {
        let report = judged(&service, &Policy::default(), &[&before, &delta(&entry(HOUR * 35, reason))]);
        assert_eq!(report.sub_indication, Some(SubIndication::RevokedNoPoe), "{reason}: {report}");
        assert!(!has(&report, Code::RevokedLater), "{reason}: {report}");
    }
    // What the delta CRL says of a suspension counts, and so does a revocation after the seal.
    let held = full(&entry(-HOUR, CertificateHold));
    let removed = judged(&service, &Policy::default(), &[&held, &delta(&entry(-HOUR, RemoveFromCrl))]);
    assert_eq!(removed.indication, Indication::TotalPassed, "{removed}");
    let later = judged(&service, &Policy::default(), &[&held, &delta(&entry(HOUR * 35, Superseded))]);
    assert!(later.indication == Indication::TotalPassed && has(&later, Code::RevokedLater), "{later}");
}

/// A TSA whose key was lost is believed about no time, whatever a delta CRL says of the reason.
#[test]
fn a_delta_crl_does_not_play_down_the_compromise_of_a_tsa() {
    let service = Service::new();
    let (tsa, root) = (&service.pki.tsa.certificate, &service.pki.tsa_root);
    for (in_full, passes) in [(RevocationReason::KeyCompromise, false), (RevocationReason::Superseded, true)] {
        let entry = |hours, reason| RevokedSpec::new(tsa, now() + HOUR * hours).with_reason(reason);
        let spec = |hours| CrlSpec::new(now() + HOUR * hours, now() + DAY * 20);
        let full = list(root, spec(11).with_number(3).with_revoked(&entry(10, in_full)));
        let delta = spec(20).with_number(4).with_delta_base(3);
        let delta = list(root, delta.with_revoked(&entry(15, RevocationReason::Superseded)));
        let report = judged(&service, &Policy::default(), &[&full, &delta]);
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{in_full}: {report}");
        assert_eq!(has(&report, Code::TsaKeyCompromised), !passes, "{in_full}: {report}");
    }
}

#[test]
fn a_tsa_whose_privilege_was_withdrawn_is_not_believed_about_the_time_before() {
    let service = Service::new();
    let pki = &service.pki;
    let proof = service.proof();
    for (reason, passes) in [
        (RevocationReason::Superseded, true),
        (RevocationReason::CessationOfOperation, true),
        (RevocationReason::PrivilegeWithdrawn, false),
        (RevocationReason::Unspecified, false),
    ] {
        let entry = RevokedSpec::new(&pki.tsa.certificate, now() + HOUR * 10).with_reason(reason);
        let crl = list(&pki.tsa_root, CrlSpec::new(now() + HOUR * 11, now() + DAY * 20).with_revoked(&entry));
        let mut data = RevocationData::new();
        data.add_der(&crl).unwrap();
        let report =
            service.verifier().with_revocation_data(data).report(&proof, Payload::NotAvailable, now() + DAY * 2);
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{reason}: {report}");
    }
}
