//! These tests ask what is said of what was made before a certificate ended (ETSI EN 319 102-1 V1.4.1, clauses 5.5.4 and 5.6),
//! and what the policy chooses about it.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::seal::Artifact;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, RevokedSpec, TestPki, tlv};
use recommande::verify::{
    Code, Indication, PastValidation, Payload, Policy, Report, RevocationRule, SubIndication, Subject,
    TimestampValidity, TsaFreshness,
};
use recommande::{Certificate, ProofOfSending};
use signed_data::tlv::Tag;

use crate::common::records::{has, record_over};
use crate::common::{Service, now, oid};

fn data_of(lists: &[Vec<u8>]) -> RevocationData {
    let mut data = RevocationData::new();
    lists.iter().for_each(|list| data.add_der(list).map(drop).unwrap());
    data
}

fn proven_at() -> DateTime<Utc> {
    now() + Duration::seconds(2)
}

fn end() -> DateTime<Utc> {
    now() + Duration::days(30)
}

/// The time of verification.
fn at() -> DateTime<Utc> {
    end() + Duration::days(10)
}

const DAY: Duration = Duration::days(1);
const SECOND: Duration = Duration::seconds(1);

/// A list that revokes nothing, for a week from its thisUpdate on.
fn list(issuer: &CertifiedKey, this_update: DateTime<Utc>) -> Vec<u8> {
    issuer.issue_crl(&CrlSpec::new(this_update, this_update + DAY * 7)).unwrap()
}

/// The same by an issuer that keeps ended certificates on its lists.
fn keeping(issuer: &CertifiedKey, this_update: DateTime<Utc>) -> Vec<u8> {
    let from = tlv(Tag::GENERALIZED_TIME, &[end().format("%Y%m%d%H%M%SZ").to_string().as_bytes()]);
    let spec = CrlSpec::new(this_update, this_update + DAY * 7).with_extension(oid::EXPIRED_CERTS_ON_CRL, from);
    issuer.issue_crl(&spec).unwrap()
}

fn record(service: &Service, proof: &ProofOfSending, time: DateTime<Utc>) -> Vec<u8> {
    record_over(&service.tsa(time), DigestAlgorithm::Sha256.digest(proof.der()))
}

fn past(past_validation: PastValidation) -> Policy {
    Policy { past_validation, ..Policy::default() }
}

/// A service whose seal certificate has ended when it is verified.
fn of_ended_seal() -> Service {
    let mut pki = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("Test Seal", now() - DAY, end());
    pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    Service::with_pki(pki)
}

const PASSED: (Indication, Option<SubIndication>) = (Indication::TotalPassed, None);
const NO_POE: (Indication, Option<SubIndication>) = (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe));

fn check(report: &Report, passes: bool, what: &str) {
    let expected = if passes { PASSED } else { NO_POE };
    assert_eq!((report.indication, report.sub_indication), expected, "{what}: {report}");
    assert_eq!(has(report, Subject::SealChain, Code::CertificateExpiredSince), !passes, "{what}: {report}");
}

#[test]
fn a_signature_whose_certificate_has_ended_since_is_judged_at_its_time_or_by_the_control_time() {
    let service = of_ended_seal();
    let (root, intermediate) = (&service.pki.root, &service.pki.intermediate);
    let proof = service.proof();
    let judged = |policy: Policy, lists: &[Vec<u8>], records: &[Vec<u8>], at| {
        let verifier = service.verifier().with_policy(policy).with_revocation_data(data_of(lists));
        verifier.with_evidence_records(records.to_vec()).report(&proof, Payload::NotAvailable, at)
    };
    let renewed = [record(&service, &proof, now() + DAY)];
    let by_stranger = [record(&Service::new(), &proof, now() + DAY)];
    let fresh_root = list(root, at() - DAY);
    let of_seal = |this_update| vec![fresh_root.clone(), list(intermediate, this_update)];
    let hour = Duration::hours(1);
    let cases = [
        ("nothing renews it", of_seal(now() + hour), &[][..], false),
        ("what renews it is not valid", of_seal(now() + hour), &by_stranger[..], false),
        ("its data is newer", of_seal(now() + hour), &renewed[..], true),
        ("its data is of its second", of_seal(proven_at()), &renewed, true),
        ("its data is older", of_seal(proven_at() - SECOND), &renewed, false),
        ("there is no data about it", vec![fresh_root.clone()], &renewed, false),
        ("there is no data about its issuer", vec![list(intermediate, now() + hour)], &renewed, false),
        // What lies with the caller is known to exist now, and not when the data about its issuer was made.
        (
            "data about its issuer is not fresh",
            vec![list(root, now() + DAY * 2), list(intermediate, now() + hour)],
            &renewed,
            false,
        ),
        ("its issuer tells of ended ones", vec![fresh_root.clone(), keeping(intermediate, at() - DAY)], &[], true),
        ("its issuer tells of others", vec![fresh_root.clone(), list(intermediate, at() - DAY)], &renewed, false),
    ];
    for (what, lists, records, passes) in &cases {
        check(&judged(past(PastValidation::AtProvenTime), lists, records, at()), true, what);
        check(&judged(past(PastValidation::ByControlTime), lists, records, at()), *passes, what);
        // Before the end there is no past to validate.
        check(&judged(past(PastValidation::ByControlTime), lists, records, end()), true, what);
    }
    // Clause 5.5.4 (4)(a): it was revoked later than it is proven.
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() + DAY);
    let spec = CrlSpec::new(now() + DAY * 2, now() + DAY * 3).with_revoked(&entry);
    let revoking = [fresh_root.clone(), intermediate.issue_crl(&spec).unwrap()];
    check(&judged(past(PastValidation::ByControlTime), &revoking, &[], at()), true, "revoked later");
    // Without revocation the control time stays.
    let ignoring = Policy { revocation: RevocationRule::Ignore, ..past(PastValidation::ByControlTime) };
    check(&judged(ignoring.clone(), &[], &renewed, at()), true, "revocation is left out, and renewed");
    check(&judged(ignoring, &[], &[], at()), false, "revocation is left out");
    // The report says when past validation begins.
    let until = |past_validation| judged(past(past_validation), &[], &[], now() + DAY).verifiable_until.unwrap();
    assert_eq!(until(PastValidation::ByControlTime).time, end());
    assert!(until(PastValidation::AtProvenTime).time > at());
}

/// Clause 5.2.6.4 (4)(e): there is no past validation for a path through an issuer that has ended. Its renewed certificate has
/// the same key.
#[test]
fn an_issuer_that_has_ended_since_is_outlasted_by_its_renewed_certificate() {
    let mut pki = TestPki::new(now()).unwrap();
    let lasting = pki.intermediate.certificate.clone();
    let spec = CertificateSpec::authority("Test Seal CA", now() - DAY, end()).with_authority(Some(0));
    pki.intermediate = pki.root.issue(&spec.with_serial(&[97]), pki.intermediate.signer.clone()).unwrap();
    let service = Service::with_pki(pki);
    let proof = service.proof();
    let renewed = [record(&service, &proof, now() + DAY)];
    let lists = [list(&service.pki.root, at() - DAY), list(&service.pki.intermediate, now() + Duration::hours(1))];
    let judged = |past_validation, extra: &[Certificate], at| {
        let verifier = service.verifier().with_policy(past(past_validation)).with_extra_certificates(extra.to_vec());
        let verifier = verifier.with_revocation_data(data_of(&lists)).with_evidence_records(renewed.to_vec());
        verifier.report(&proof, Payload::NotAvailable, at)
    };
    let extra = [lasting];
    for (past_validation, extra, at, passes) in [
        (PastValidation::AtProvenTime, &[][..], at(), true),
        (PastValidation::ByControlTime, &[], end(), true),
        (PastValidation::ByControlTime, &[], at(), false),
        (PastValidation::ByControlTime, &extra, at(), true),
    ] {
        let report = judged(past_validation, extra, at);
        let general_failure = Some(SubIndication::CertificateChainGeneralFailure);
        let expected = if passes { PASSED } else { (Indication::Indeterminate, general_failure) };
        assert_eq!((report.indication, report.sub_indication), expected, "{report}");
        assert_eq!(has(&report, Subject::SealChain, Code::IssuerExpired), !passes, "{report}");
    }
}

/// What existed at the control time counts: data in the file, where a renewal of that very second covers it.
#[test]
fn the_control_time_asks_for_data_that_existed_then() {
    let service = of_ended_seal();
    let lists = [list(&service.pki.root, now() + DAY * 2), list(&service.pki.intermediate, now() + Duration::hours(1))];
    let proof = service.proof().with_revocation(&data_of(&lists)).unwrap();
    for (seconds, passes) in [(0, true), (1, false)] {
        let renewed = record(&service, &proof, now() + DAY * 2 + SECOND * seconds);
        let verifier = service.verifier().with_policy(past(PastValidation::ByControlTime));
        let report = verifier.with_evidence_records([renewed]).report(&proof, Payload::NotAvailable, at());
        check(&report, passes, &format!("{seconds}"));
    }
}

#[test]
fn a_covered_timestamp_whose_tsa_has_ended_is_judged_at_its_time_or_by_the_control_time() {
    let mut pki = TestPki::new(now()).unwrap();
    let lasting = pki.tsa.clone();
    let spec = CertificateSpec::tsa("Test TSA", now() - DAY, end()).with_serial(&[98]);
    pki.tsa = pki.tsa_root.issue(&spec, pki.seal.signer.clone()).unwrap();
    let service = Service::with_pki(pki);
    let proof = service.proof();
    let covered_at = now() + DAY;
    let tsa = service.tsa(covered_at).with_key(lasting);
    let renewed = record_over(&tsa, DigestAlgorithm::Sha256.digest(proof.der()));
    let tsa_root = &service.pki.tsa_root;
    let cases = [
        ("data of the second in which it was covered", vec![list(tsa_root, covered_at)], true),
        ("older data", vec![list(tsa_root, covered_at - SECOND)], false),
        ("no data", vec![], false),
        ("data from after the end", vec![list(tsa_root, at() - DAY)], false),
        ("data about ended certificates", vec![keeping(tsa_root, at() - DAY)], true),
    ];
    for (what, lists, is_valid) in cases {
        let judged = |policy: Policy, at| {
            let verifier = service.verifier().with_policy(policy).with_revocation_data(data_of(&lists));
            verifier.with_evidence_records([renewed.clone()]).report(&proof, Payload::NotAvailable, at)
        };
        let standard = past(PastValidation::ByControlTime);
        let view_of_rfc_3161 = Policy { timestamp_validity: TimestampValidity::AtGenTime, ..standard.clone() };
        for (policy, at, is_valid) in [
            (past(PastValidation::AtProvenTime), at(), true),
            (standard.clone(), at(), is_valid),
            (standard, end(), true),
            (view_of_rfc_3161, at(), true),
        ] {
            let report = judged(policy, at);
            assert_eq!(report.timestamps[0].valid, is_valid, "{what}: {report}");
            let is_noted = has(&report, Subject::Timestamp(1), Code::TimestampSignerExpired);
            assert_eq!(is_noted, !is_valid, "{what}: {report}");
        }
    }
}

#[test]
fn revocation_data_about_a_tsa_is_fresh_at_its_timestamp_or_has_to_be_fresh_still() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + DAY * 7);
    let data = || service.pki.seal_revocation(issued, next).unwrap();
    let proof = service.proof().with_revocation(&data()).unwrap();
    let proof = proof.with_revocation(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    let judged = |policy: Policy, given: &[Vec<u8>], at| {
        let verifier = service.verifier().with_policy(policy).with_revocation_data(data_of(given));
        verifier.report(&proof, Payload::NotAvailable, at)
    };
    let with = |revocation, tsa_freshness| Policy { revocation, tsa_freshness, ..Policy::default() };
    let standard = || with(RevocationRule::Required, TsaFreshness::AtValidation);
    let newer = [list(&service.pki.tsa_root, next)];
    let longer = Policy { revocation_freshness: 1, ..standard() };
    for (policy, given, at, passes) in [
        (with(RevocationRule::Required, TsaFreshness::AtGenTime), &[][..], next + SECOND, true),
        (standard(), &[], next, true),
        (standard(), &[], next + SECOND, false),
        (standard(), &newer, next + SECOND, true),
        (longer.clone(), &[], next + SECOND, true),
        (longer, &[], next + SECOND * 2, false),
    ] {
        let report = judged(policy, given, at);
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{report}");
        let own = report.timestamps[0].sub_indication;
        assert_eq!(own, (!passes).then_some(SubIndication::TryLater), "{report}");
    }
    // Where data is not demanded, the report warns.
    let report = judged(with(RevocationRule::IfPresent, TsaFreshness::AtValidation), &[], next + SECOND);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::Timestamp(1), Code::RevocationStale), "{report}");
    let until = judged(standard(), &[], now() + DAY).verifiable_until.unwrap();
    assert_eq!(until.time, next);
    assert!(until.because.contains("freshness of the revocation data about"), "{}", until.because);
}
