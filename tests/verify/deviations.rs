//! These tests ask what each value of the rules means by which a policy departs from ETSI EN 319 102-1, or keeps to it.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, Forge, OcspAnswerSpec, OcspSpec, RevokedSpec};
use recommande::verify::{
    Code, Content, Indication, Payload, Policy, Report, RevocationConflict, RevocationRule, RevocationSignerValidity,
    SubIndication, Subject, TsaFreshness,
};
use recommande::{ProofOfSending, Verifier};

use crate::common::records::{has, record_over};
use crate::common::{Service, later, now, oid};

fn data_of(lists: &[Vec<u8>]) -> RevocationData {
    let mut data = RevocationData::new();
    lists.iter().for_each(|list| data.add_der(list).map(drop).unwrap());
    data
}

fn verdict(report: &Report) -> (Indication, Option<SubIndication>) {
    (report.indication, report.sub_indication)
}

const PASSED: (Indication, Option<SubIndication>) = (Indication::TotalPassed, None);

fn indeterminate(sub: SubIndication) -> (Indication, Option<SubIndication>) {
    (Indication::Indeterminate, Some(sub))
}

/// A list of the seal's issuer, which may revoke the seal.
fn list(service: &Service, this_update: DateTime<Utc>, revoked_at: Option<DateTime<Utc>>) -> Vec<u8> {
    let spec = CrlSpec::new(this_update, this_update + Duration::days(7));
    let spec = match revoked_at {
        Some(date) => spec.with_revoked(&RevokedSpec::new(&service.pki.seal.certificate, date)),
        None => spec,
    };
    service.pki.intermediate.issue_crl(&spec).unwrap()
}

#[test]
fn newer_data_takes_a_revocation_back_where_the_policy_says_so() {
    let service = Service::new();
    let proof = service.proof();
    let revoked_at = now() - Duration::hours(5);
    let report = |conflict, lists: &[Vec<u8>], given: &[Vec<u8>]| {
        let policy = Policy { revocation_conflict: conflict, ..Policy::default() };
        let proof = proof.clone().with_revocation(&data_of(lists)).unwrap();
        let verifier = service.verifier().with_policy(policy).with_revocation_data(data_of(given));
        verifier.report(&proof, Payload::NotAvailable, later())
    };
    let revoking = |hours| list(&service, now() - Duration::hours(hours), Some(revoked_at));
    let silent = |hours| list(&service, now() - Duration::hours(hours), None);
    use RevocationConflict::{AnyRevocation, Latest};
    for (older, newer, taken_back) in [
        (revoking(2), silent(1), true),
        // The revocation is in the newer data, or in data of the same age.
        (silent(2), revoking(1), false),
        (silent(1), revoking(1), false),
        // What speaks for the certificate is not fresh at the proven time, or nobody entitled has signed it.
        (revoking(400), silent(300), false),
        (revoking(2), list(&Service::new(), now() - Duration::hours(1), None), false),
    ] {
        let both = [older.clone(), newer.clone()];
        // Wherever the two lie, inside or with the caller.
        for (inside, given) in [(&both[..], &[][..]), (&both[..1], &both[1..]), (&both[1..], &both[..1]), (&[], &both)]
        {
            let any = report(AnyRevocation, inside, given);
            assert_eq!(verdict(&any), indeterminate(SubIndication::RevokedNoPoe), "{any}");
            assert!(!has(&any, Subject::SealChain, Code::RevocationTakenBack), "{any}");
            let latest = report(Latest, inside, given);
            assert_eq!(verdict(&latest) == PASSED, taken_back, "{latest}");
            assert_eq!(has(&latest, Subject::SealChain, Code::RevocationTakenBack), taken_back, "{latest}");
        }
    }
}

/// A proof whose seal is answered for by a responder of ten days, and the policy that asks for its certificate.
fn answered_by(responder: &CertifiedKey, service: &Service, produced_at: DateTime<Utc>) -> ProofOfSending {
    let pki = &service.pki;
    let this_update = now() - Duration::hours(1);
    let answer =
        OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, OcspStatus::Good, this_update);
    let answer = answer.with_next_update(now() + Duration::days(7));
    let spec = OcspSpec::new(produced_at, answer).with_certificates(vec![responder.certificate.clone()]);
    let root = CrlSpec::new(this_update, now() + Duration::days(7));
    let lists = [responder.answer_ocsp(&spec).unwrap(), pki.root.issue_crl(&root).unwrap()];
    let data = data_of(&lists);
    let proof = service.proof().with_revocation(&data).unwrap();
    let of_tsa = pki.tsa_revocation(this_update, now() + Duration::days(7)).unwrap();
    proof.with_revocation(&of_tsa).unwrap()
}

#[test]
fn the_signer_of_revocation_data_may_end_or_has_to_be_valid_still() {
    let service = Service::new();
    let end = now() + Duration::days(10);
    let spec = CertificateSpec::ocsp_responder("Responder", now() - Duration::days(1), end);
    let responder = service.pki.intermediate.issue(&spec, service.pki.tsa.signer.clone()).unwrap();
    let proof = answered_by(&responder, &service, now() - Duration::minutes(30));
    let verifier = |revocation, revocation_signer| {
        let policy = Policy { revocation, revocation_signer, ..Policy::default() };
        service.verifier().with_policy(policy)
    };
    let report = |verifier: &Verifier, at| verifier.report(&proof, Payload::NotAvailable, at);
    use RevocationSignerValidity::{AtValidation, WhenSigned};
    let out_of_bounds = indeterminate(SubIndication::RevocationOutOfBoundsNoPoe);
    for rule in [RevocationRule::IfPresent, RevocationRule::Required] {
        let ours = verifier(rule, WhenSigned);
        let standard = verifier(rule, AtValidation);
        for (at, expected) in [(later(), PASSED), (end, PASSED), (end + Duration::seconds(1), out_of_bounds)] {
            assert_eq!(verdict(&report(&ours, at)), PASSED);
            let report = report(&standard, at);
            assert_eq!(verdict(&report), expected, "{report}");
            let is_noted = has(&report, Subject::SealChain, Code::RevocationSignerOutOfValidity);
            assert_eq!(is_noted, expected != PASSED, "{report}");
        }
        // The report has said so.
        let until = report(&standard, later()).verifiable_until.unwrap();
        assert_eq!(until.time, end);
        assert!(until.because.contains("which signed the revocation data"), "{}", until.because);
        assert!(report(&ours, later()).verifiable_until.unwrap().time > end);
        // A renewal covers the data, while its signer is valid and no later.
        let covered = |at| {
            let record = record_over(&service.tsa(at), DigestAlgorithm::Sha256.digest(proof.der()));
            let (issued, next) = (at + Duration::hours(1), at + Duration::days(30));
            let verifier = verifier(rule, AtValidation).with_evidence_records([record]);
            let of_tsa = service.pki.tsa_revocation(issued, next).unwrap();
            report(&verifier.with_revocation_data(of_tsa), end + Duration::days(20))
        };
        let in_time = covered(end);
        assert_eq!(verdict(&in_time), PASSED, "{in_time}");
        assert_eq!(verdict(&covered(end + Duration::seconds(1))), out_of_bounds);
    }
    // A list of an authority that is still valid speaks beside it.
    let beside = list(&service, now() - Duration::hours(2), None);
    let standard = verifier(RevocationRule::Required, AtValidation).with_revocation_data(data_of(&[beside]));
    assert_eq!(verdict(&report(&standard, end + Duration::days(1))), PASSED);
    // A revocation counts, whoever has ended since.
    let answer = OcspStatus::Revoked { date: now() - Duration::hours(2), reason: None };
    let pki = &service.pki;
    let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, answer, now());
    let spec = OcspSpec::new(now(), answer).with_certificates(vec![responder.certificate.clone()]);
    let revoking = data_of(&[responder.answer_ocsp(&spec).unwrap()]);
    let standard = verifier(RevocationRule::Required, AtValidation).with_revocation_data(revoking);
    let report = report(&standard, end + Duration::days(1));
    assert_eq!(verdict(&report), indeterminate(SubIndication::RevokedNoPoe), "{report}");
}

/// The certificate has to be valid when it signed (clause 5.2.6.4 (4)), and not at the time of the status alone.
#[test]
fn the_signer_of_revocation_data_has_to_be_valid_when_it_signed() {
    let service = Service::new();
    let spec = CertificateSpec::ocsp_responder("Responder", now() - Duration::minutes(10), now() + Duration::days(90));
    let responder = service.pki.intermediate.issue(&spec, service.pki.tsa.signer.clone()).unwrap();
    for (produced, is_valid) in [(now() - Duration::minutes(11), false), (now() - Duration::minutes(10), true)] {
        let proof = answered_by(&responder, &service, produced);
        let report = |revocation_signer| {
            let policy = Policy { revocation_signer, ..Policy::strict() };
            service.verifier().with_policy(policy).report(&proof, Payload::NotAvailable, later())
        };
        assert_eq!(verdict(&report(RevocationSignerValidity::WhenSigned)), PASSED);
        assert_eq!(verdict(&report(RevocationSignerValidity::AtValidation)) == PASSED, is_valid);
    }
}

/// Clause 5.5.4 (4)(a): a revocation later than the proven time does no harm, and one of the same second does.
#[test]
fn a_seal_that_was_revoked_in_the_second_that_is_proven_does_not_pass() {
    let service = Service::new();
    let proof = service.proof();
    let proven_at = now() + Duration::seconds(2);
    for (seconds, passes) in [(-1, false), (0, false), (1, true)] {
        let revoking = list(&service, now() + Duration::hours(1), Some(proven_at + Duration::seconds(seconds)));
        let verifier = service.verifier().with_revocation_data(data_of(&[revoking]));
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        assert_eq!(report.proven_at, Some(proven_at));
        assert_eq!(verdict(&report) == PASSED, passes, "{seconds}: {report}");
        let code = if passes { Code::RevokedLater } else { Code::RevokedNoPoe };
        assert!(has(&report, Subject::SealChain, code), "{seconds}: {report}");
    }
}

/// Clause 5.6.2.4.4 (3): a token that is known to have existed at the revocation time or before is older than it. One that
/// nothing covers is not validated in the past.
#[test]
fn a_token_that_existed_in_the_second_in_which_its_tsa_was_revoked_is_older() {
    let service = Service::new();
    let (proof, pki) = (service.proof(), &service.pki);
    let spec = CertificateSpec::tsa("Another TSA", now() - Duration::days(1), now() + Duration::days(99));
    let another = pki.tsa_root.issue(&spec.with_serial(&[99]), pki.seal.signer.clone()).unwrap();
    let covered_at = now() + Duration::hours(12);
    let tsa = service.tsa(covered_at).with_key(another);
    let record = record_over(&tsa, DigestAlgorithm::Sha256.digest(proof.der()));
    let report = |date, reason, records: &[Vec<u8>], at| {
        let entry = RevokedSpec::new(&pki.tsa.certificate, date).with_reason(reason);
        let spec = CrlSpec::new(date, date + Duration::days(9)).with_revoked(&entry);
        let data = data_of(&[pki.tsa_root.issue_crl(&spec).unwrap()]);
        let verifier = service.verifier().with_revocation_data(data).with_evidence_records(records.to_vec());
        verifier.report(&proof, Payload::NotAvailable, at)
    };
    for reason in [RevocationReason::KeyCompromise, RevocationReason::Unspecified, RevocationReason::CertificateHold] {
        for (seconds, passes) in [(-1, false), (0, true), (1, true)] {
            let date = covered_at + Duration::seconds(seconds);
            let covered = report(date, reason, std::slice::from_ref(&record), covered_at + Duration::days(3));
            // The record itself proves a later time.
            assert_eq!(covered.timestamps[0].valid, passes, "{reason} {seconds}: {covered}");
            assert_eq!(covered.proven_at == Some(covered_at), !passes, "{reason} {seconds}: {covered}");
            let uncovered = report(date, reason, &[], covered_at + Duration::days(3));
            assert_ne!(uncovered.indication, Indication::TotalPassed, "{reason} {seconds}: {uncovered}");
        }
        // Nothing covers it, and it is verified in that very second.
        let at_once = report(covered_at, reason, &[], covered_at);
        assert_ne!(at_once.indication, Indication::TotalPassed, "{reason}: {at_once}");
    }
    // By its own time alone a token of the second of the revocation is not older, nor one of the second after it.
    let gen_time = now() + Duration::seconds(2);
    for (seconds, passes) in [(-1, false), (0, false), (1, true)] {
        let date = gen_time + Duration::seconds(seconds);
        let report = report(date, RevocationReason::CessationOfOperation, &[], later());
        assert_eq!(verdict(&report) == PASSED, passes, "{seconds}: {report}");
    }
}

/// Clause 5.2.8.4.1: a signed attribute that cannot be read counts as absent, which a policy may let pass or not.
#[test]
fn a_suspension_when_the_token_was_made_counts_whenever_data_has_to_be_fresh() {
    let service = Service::new();
    let (day, at) = (Duration::days(1), later() + Duration::days(10));
    let held = RevokedSpec::new(&service.pki.tsa.certificate, now() - day * 2);
    let held = held.with_reason(RevocationReason::CertificateHold);
    let spec = |issued: DateTime<Utc>, days| CrlSpec::new(issued, issued + day * days);
    let issued = |spec: CrlSpec| service.pki.tsa_root.issue_crl(&spec).unwrap();
    // It claims to hold for longer than the newer list and the newer delta that suspend the TSA.
    let silent = issued(spec(now() - day * 3, 60).with_number(1));
    let holding = issued(spec(now() - day, 2).with_number(2).with_revoked(&held));
    let delta = |number, base| spec(now() - day, 2).with_number(number).with_delta_base(base).with_revoked(&held);
    let ended = issued(spec(now(), 60).with_number(3));
    for tsa_freshness in [TsaFreshness::AtGenTime, TsaFreshness::AtValidation] {
        let policy = Policy { revocation: RevocationRule::IfPresent, tsa_freshness, ..Policy::default() };
        let report = |lists: &[Vec<u8>]| {
            let verifier = service.verifier().with_policy(policy.clone()).with_revocation_data(data_of(lists));
            verifier.report(&service.proof(), Payload::NotAvailable, at)
        };
        for (what, lists, is_held) in [
            ("nothing", vec![silent.clone()], false),
            ("a list", vec![silent.clone(), holding.clone()], true),
            ("a delta", vec![silent.clone(), issued(delta(2, 1))], true),
            ("a delta of a list that is not here", vec![silent.clone(), issued(delta(9, 8))], true),
            ("a list before the end of the suspension", vec![silent.clone(), holding.clone(), ended.clone()], false),
        ] {
            for lists in [lists.clone(), lists.into_iter().rev().collect()] {
                let report = report(&lists);
                let is_noted = has(&report, Subject::Timestamp(1), Code::CertificateOnHold);
                assert_eq!(is_noted, is_held, "{what}, {tsa_freshness:?}: {report}");
                assert_eq!(report.timestamps[0].valid, !is_held, "{what}, {tsa_freshness:?}: {report}");
            }
        }
    }
}

#[test]
fn a_signed_attribute_that_cannot_be_read_counts_as_absent() {
    let service = Service::new();
    let judged = |attribute, is_unreadable: bool, policy: Policy| {
        let mut forge = Forge::seal(b"content", &service.pki.seal, &service.pki.seal_chain(), now());
        if is_unreadable {
            forge.signers[0].set(attribute, &[&[2, 1, 7]]);
        } else {
            forge.signers[0].remove(attribute);
        }
        forge.sign(&*service.pki.seal.signer).unwrap();
        let verifier = service.verifier().with_policy(policy);
        verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
    };
    let missing = indeterminate(SubIndication::SigConstraintsFailure);
    for (attribute, code) in [
        (oid::SIGNING_TIME, Code::SigningTimeMissing),
        (oid::SIGNING_CERTIFICATE_V2, Code::SigningCertificateReferenceMissing),
    ] {
        for (policy, expected) in [(Policy::default(), missing), (Policy::conformance(), PASSED)] {
            for is_unreadable in [false, true] {
                let report = judged(attribute, is_unreadable, policy.clone());
                assert_eq!(verdict(&report), expected, "{report}");
                assert!(has(&report, Subject::Seal, code), "{report}");
                let is_told = has(&report, Subject::Seal, Code::SignedAttributeUnreadable);
                assert_eq!(is_told, is_unreadable, "{report}");
            }
        }
    }
    // Without these, the signature cannot be verified at all.
    for attribute in [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST] {
        let report = judged(attribute, true, Policy::conformance());
        assert_eq!(report.sub_indication, Some(SubIndication::FormatFailure), "{report}");
    }
}

/// The policy of the standard's own rules takes a proof with data of the day, and turns away what ours lets pass.
#[test]
fn the_policy_of_the_standard_takes_what_has_data_of_the_day() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let of_seal = service.pki.seal_revocation(issued, next).unwrap();
    let proof = service.proof().with_revocation(&of_seal).unwrap();
    let proof = proof.with_revocation(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    let judged = |name: &str, at| {
        let verifier = service.verifier().with_policy(Policy::named(name).unwrap());
        let report = verifier.report(&proof, Payload::NotAvailable, at);
        assert_eq!(report.policy, name);
        report
    };
    assert_eq!(verdict(&judged("standard", later())), PASSED);
    assert_eq!(judged("standard", later()).verifiable_until.unwrap().time, next);
    let after = next + Duration::seconds(1);
    assert_eq!(judged("standard", after).indication, Indication::Indeterminate);
    assert_eq!(verdict(&judged("strict", after)), PASSED);
}

/// Each rule is read by its words alone.
#[test]
fn a_rule_of_a_policy_that_is_not_known_is_an_error() {
    for (member, values) in [
        ("revocation_conflict", ["any-revocation", "latest"]),
        ("revocation_signer", ["when-signed", "at-validation"]),
        ("tsa_freshness", ["at-gen-time", "at-validation"]),
        ("past_validation", ["at-proven-time", "by-control-time"]),
    ] {
        let read = |value: &str| serde_json::from_str::<Policy>(&format!(r#"{{"{member}": {value}}}"#));
        let [default, standard] = values.map(|value| read(&format!(r#""{value}""#)).unwrap());
        assert_eq!(default, Policy::default(), "{member}");
        assert_ne!(standard, Policy::default(), "{member}");
        let written = serde_json::to_string(&standard).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), standard, "{member}");
        for unknown in [r#""Latest""#, r#""""#, "true", "null", "0", "[]"] {
            assert!(read(unknown).is_err(), "{member}: {unknown}");
        }
    }
}
