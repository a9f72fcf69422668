//! These tests ask what is said of a certificate that has ended, and of an algorithm (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6.4
//! (7) and 5.3.4).

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::testing::{
    CertificateSpec, CrlSpec, Forge, OcspAnswerSpec, OcspSpec, RevokedSpec, TestPki, generate_key,
};
use recommande::verify::{
    Code, Content, Indication, Payload, Policy, Report, RevocationRule, SubIndication, Subject, TimestampValidity,
};
use signed_data::tlv::Tag;

use crate::common::records::{has, stamp_with};
use crate::common::{Service, now, oid};

const NO_POE: (Indication, Option<SubIndication>) = (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe));
const NOT_REVOKED: (Indication, Option<SubIndication>) =
    (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNotRevoked));
const REVOKED_NO_POE: (Indication, Option<SubIndication>) =
    (Indication::Indeterminate, Some(SubIndication::RevokedNoPoe));

fn verdict(report: &Report) -> (Indication, Option<SubIndication>) {
    (report.indication, report.sub_indication)
}

/// A service whose seal certificate ends after ten days.
fn ending() -> (Service, DateTime<Utc>) {
    let end = now() + Duration::days(10);
    let mut pki = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("Test Seal", now() - Duration::days(1), end);
    pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    (Service::with_pki(pki), end)
}

/// A signature by the seal over a timestamp of its content and under one of its own, where times are given.
fn signature(service: &Service, content_time: Option<DateTime<Utc>>, stamped_at: Option<DateTime<Utc>>) -> Vec<u8> {
    let token = |data: &[u8], time| {
        let digest = DigestAlgorithm::Sha256.digest(data);
        stamp_with(&service.tsa(time), digest).to_definite().to_vec()
    };
    let mut forge = Forge::seal(b"content", &service.pki.seal, &service.pki.seal_chain(), stamped_at.unwrap_or(now()));
    if let Some(time) = content_time {
        forge.signers[0].set(oid::CONTENT_TIME_STAMP, &[&token(b"content", time)]);
    }
    forge.sign(&*service.pki.seal.signer).unwrap();
    if let Some(time) = stamped_at {
        let stamp = token(&forge.signers[0].signature, time);
        forge.signers[0].stamp(&stamp);
    }
    forge.to_der()
}

fn report(service: &Service, policy: Policy, lists: &[Vec<u8>], file: &[u8], at: DateTime<Utc>) -> Report {
    let mut data = RevocationData::new();
    lists.iter().for_each(|list| data.add_der(list).map(drop).unwrap());
    let verifier = service.verifier().with_policy(policy).with_revocation_data(data);
    verifier.report_signatures(file, Content::Attached, at).reports.remove(0)
}

/// A list that says from which end on certificates stay on it.
fn keeping(spec: CrlSpec, from: DateTime<Utc>) -> CrlSpec {
    let time = from.format("%Y%m%d%H%M%SZ").to_string();
    let time = recommande::testing::tlv(Tag::GENERALIZED_TIME, &[time.as_bytes()]);
    spec.with_extension(oid::EXPIRED_CERTS_ON_CRL, time)
}

#[test]
fn an_ended_certificate_is_known_not_to_be_revoked_by_data_from_after_its_end_alone() {
    let (service, end) = ending();
    let pki = &service.pki;
    let at = end + Duration::days(5);
    let file = signature(&service, None, None);
    let judged = |lists: &[Vec<u8>]| report(&service, Policy::default(), lists, &file, at);
    let crl = |spec: CrlSpec| pki.intermediate.issue_crl(&spec).unwrap();
    let lists = |issued: DateTime<Utc>| CrlSpec::new(issued, issued + Duration::days(7));
    let (before, after) = (end - Duration::days(1), end + Duration::days(1));
    let answer = |cutoff: Option<DateTime<Utc>>| {
        let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, OcspStatus::Good, after);
        let answer = answer.with_next_update(after + Duration::days(7));
        let answer = cutoff.map_or(answer.clone(), |cutoff| answer.with_archive_cutoff(cutoff));
        pki.intermediate.answer_ocsp(&OcspSpec::new(after, answer)).unwrap()
    };
    let by_stranger = Service::new().pki.intermediate.issue_crl(&keeping(lists(after), end)).unwrap();
    let cases = [
        ("nothing", vec![], NO_POE),
        ("a list that keeps ended certificates", vec![crl(keeping(lists(after), end))], NOT_REVOKED),
        ("one that keeps those that end later", vec![crl(keeping(lists(after), end + Duration::seconds(1)))], NO_POE),
        ("one that says nothing of it", vec![crl(lists(after))], NO_POE),
        ("one from before the end", vec![crl(keeping(lists(before), end))], NO_POE),
        ("one that is not fresh", vec![crl(keeping(CrlSpec::new(after, after + Duration::days(1)), end))], NO_POE),
        ("one by a stranger", vec![by_stranger], NO_POE),
        ("an answer with a cutoff", vec![answer(Some(end))], NOT_REVOKED),
        ("an answer with a later one", vec![answer(Some(end + Duration::seconds(1)))], NO_POE),
        ("an answer without", vec![answer(None)], NO_POE),
    ];
    for (what, lists, expected) in cases {
        let report = judged(&lists);
        assert_eq!(verdict(&report), expected, "{what}: {report}");
        assert!(has(&report, Subject::SealChain, Code::CertificateExpired), "{what}: {report}");
        assert_eq!(has(&report, Subject::SealChain, Code::NotRevoked), expected == NOT_REVOKED, "{what}: {report}");
    }
    let keeps = [crl(keeping(lists(after), end))];
    let ignoring = Policy { revocation: RevocationRule::Ignore, ..Policy::default() };
    assert_eq!(verdict(&report(&service, ignoring, &keeps, &file, at)), NO_POE);
    // Clause 5.5.4 (4)(d): proven before the end it passes, and after it does not.
    for (seconds, expected) in [(0, (Indication::TotalPassed, None)), (1, NOT_REVOKED)] {
        let stamped = signature(&service, None, Some(end + Duration::seconds(seconds)));
        let report = report(&service, Policy::default(), &keeps, &stamped, at);
        assert_eq!(verdict(&report), expected, "{seconds}: {report}");
    }
    // The answer is among the revocation data of the report.
    assert!(judged(&keeps).revocation.iter().any(|data| data.this_update == Some(after)));
}

/// Clause 5.2.6.4 asks about revocation in (4) and about the end in (7).
#[test]
fn an_ended_certificate_that_was_revoked_is_told_by_its_revocation() {
    let (service, end) = ending();
    let pki = &service.pki;
    let revoked_at = now() + Duration::days(3);
    let entry = RevokedSpec::new(&pki.seal.certificate, revoked_at).with_reason(RevocationReason::Superseded);
    let spec = CrlSpec::new(revoked_at, revoked_at + Duration::days(7)).with_revoked(&entry);
    let lists = [pki.intermediate.issue_crl(&spec).unwrap()];
    let at = end + Duration::days(5);
    let judged = |file: &[u8]| report(&service, Policy::default(), &lists, file, at);
    let bare = judged(&signature(&service, None, None));
    assert_eq!(verdict(&bare), REVOKED_NO_POE, "{bare}");
    // A timestamp of the content shows that it was made after the revocation (clause 5.3.4 (4)), or does not.
    let failed = (Indication::TotalFailed, Some(SubIndication::Revoked));
    for (seconds, expected) in [(0, REVOKED_NO_POE), (1, failed)] {
        let report = judged(&signature(&service, Some(revoked_at + Duration::seconds(seconds)), None));
        assert_eq!(verdict(&report), expected, "{seconds}: {report}");
    }
    // Clause 5.5.4 (4)(a): revoked after what is proven, which is before the end, or after it.
    let stamped = judged(&signature(&service, None, Some(revoked_at - Duration::seconds(1))));
    assert_eq!(verdict(&stamped), (Indication::TotalPassed, None), "{stamped}");
    let entry = RevokedSpec::new(&pki.seal.certificate, end + Duration::days(2));
    let spec = CrlSpec::new(end + Duration::days(3), end + Duration::days(7)).with_revoked(&entry);
    let lists = [pki.intermediate.issue_crl(&spec).unwrap()];
    let file = signature(&service, None, Some(end + Duration::days(1)));
    let report = report(&service, Policy::default(), &lists, &file, at);
    assert_eq!(verdict(&report), NOT_REVOKED, "{report}");
}

#[test]
fn the_end_of_a_tsa_that_is_known_not_to_be_revoked_says_so() {
    let service = Service::new();
    let proof = service.proof();
    let end = service.pki.tsa.certificate.not_after();
    let after = end + Duration::days(1);
    let spec = || CrlSpec::new(after, after + Duration::days(7));
    for (list, expected) in [(keeping(spec(), end), NOT_REVOKED), (spec(), NO_POE)] {
        let mut data = RevocationData::new();
        data.add_der(&service.pki.tsa_root.issue_crl(&list).unwrap()).unwrap();
        for timestamp_validity in [TimestampValidity::AtValidation, TimestampValidity::AtGenTime] {
            let policy = Policy { timestamp_validity, ..Policy::default() };
            let verifier = service.verifier().with_policy(policy).with_revocation_data(data.clone());
            let report = verifier.report(&proof, Payload::NotAvailable, end + Duration::days(2));
            if timestamp_validity == TimestampValidity::AtGenTime {
                assert_eq!(verdict(&report), (Indication::TotalPassed, None), "{report}");
                continue;
            }
            assert_eq!(verdict(&report), expected, "{report}");
            let own = report.timestamps.first().map(|timestamp| (timestamp.indication, timestamp.sub_indication));
            assert_eq!(own, Some(expected), "{report}");
        }
    }
}

/// Clause 5.3.4 (6): no proof of existence helps a signature that was made after the end of its algorithm.
#[test]
fn a_signature_made_after_the_end_of_its_algorithm_is_told_from_one_that_may_be_older() {
    let mut pki = TestPki::new(now()).unwrap();
    let tsa = CertificateSpec::tsa("Strong TSA", now() - Duration::days(1), now() + Duration::days(300));
    pki.tsa = pki.tsa_root.issue(&tsa, generate_key(&KeyKind::EcP384).unwrap()).unwrap();
    let strong = CertificateSpec::authority("TSA Root", now() - Duration::days(1), now() + Duration::days(900));
    pki.tsa_root = strong.self_signed(generate_key(&KeyKind::EcP384).unwrap()).unwrap();
    pki.tsa = pki.tsa_root.issue(&tsa, generate_key(&KeyKind::EcP384).unwrap()).unwrap();
    let service = Service::with_pki(pki);
    let day = now().date_naive() + Duration::days(20);
    let mut policy = Policy::default();
    let of_seal = policy.algorithms.keys.iter().find(|row| row.bits == 256 && row.past_from.is_none());
    let strong = of_seal.cloned().map(|row| recommande::crypto::KeyRow { bits: 384, ..row });
    policy.algorithms.keys.iter_mut().filter(|row| row.bits == 256).for_each(|row| row.past_from = Some(day));
    policy.algorithms.keys.extend(strong);
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let cases = [
        (None, SubIndication::CryptoConstraintsFailureNoPoe),
        (Some(midnight - Duration::seconds(1)), SubIndication::CryptoConstraintsFailureNoPoe),
        (Some(midnight), SubIndication::CryptoConstraintsFailure),
    ];
    for (content_time, expected) in cases {
        let file = signature(&service, content_time, None);
        let report = report(&service, policy.clone(), &[], &file, now() + Duration::days(30));
        assert_eq!(verdict(&report), (Indication::Indeterminate, Some(expected)), "{content_time:?}: {report}");
        assert!(has(&report, Subject::SealChain, Code::AlgorithmPastItsDate), "{report}");
    }
}
