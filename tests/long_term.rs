//! Proofs that hold when nobody publishes revocation data any more (B-LT), and what a revocation does to them.

mod common;

use chrono::Duration;
use recommande::asn1::oid;
use recommande::pki::revocation::{RevocationData, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{CertificateSpec, CrlSpec, RevokedSpec, TestPki};
use recommande::verify::{BaselineLevel, Code, Indication, Payload, Policy, Report, SubIndication, Subject, Verifier};
use recommande::{Credentials, Environment, ProofOfSending, Sealer};

use common::{Service, now, pool};

fn strict(pki: &TestPki) -> Verifier {
    Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test).with_policy(Policy::strict())
}

/// A proof of sending with the revocation data of both chains, issued an hour before it was sealed.
fn long_term_proof(service: &Service) -> ProofOfSending {
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer: Sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let unstamped = sealer.seal(&common::sending(), now()).unwrap();
    let proof = unstamped.stamp_with(&pool(service.tsa(now()))).unwrap();
    let id = proof.id();
    let proof = proof.with_revocation(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    assert_eq!(proof.id(), id);
    ProofOfSending::from_der(proof.der()).unwrap()
}

fn has(report: &Report, subject: Subject, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.subject == subject && finding.code == code)
}

#[test]
fn a_proof_with_its_revocation_data_passes_the_strict_policy_also_years_later() {
    let service = Service::new();
    let proof = long_term_proof(&service);
    for years in [0, 1, 9] {
        let later = now() + Duration::days(1 + 365 * years);
        let report = strict(&service.pki).report(&proof, Payload::NotAvailable, later);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.level, Some(BaselineLevel::BLT));
        assert!(
            has(&report, Subject::SealChain, Code::NotRevoked) && has(&report, Subject::Timestamp(1), Code::NotRevoked)
        );
        assert!(!report.findings.iter().any(|finding| finding.code == Code::RevocationNotChecked));
        assert!(strict(&service.pki).verify(&proof, Payload::NotAvailable, later).is_ok());
    }
}

#[test]
fn without_revocation_data_the_strict_policy_leaves_it_open() {
    let service = Service::new();
    let proof = service.proof();
    let report = strict(&service.pki).report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Subject::Timestamp(1), Code::RevocationDataMissing));
    assert!(has(&report, Subject::SealChain, Code::RevocationDataMissing));
    // The same data from outside serves as well.
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let mut data = service.pki.seal_revocation(issued, next).unwrap();
    data.extend(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    let verifier = strict(&service.pki).with_revocation_data(data);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!(report.level, Some(BaselineLevel::BT));
}

/// The report on a proof whose seal certificate was revoked at this distance from the sealing.
fn after_revocation(after: Duration, reason: RevocationReason) -> Report {
    let service = Service::new();
    let proof = service.proof();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() + after).with_reason(reason);
    let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    service.verifier().with_revocation_data(data).report(&proof, Payload::NotAvailable, now() + Duration::days(3))
}

#[test]
fn a_seal_that_was_revoked_before_the_proven_time_fails() {
    let report = after_revocation(Duration::hours(-1), RevocationReason::Superseded);
    assert_eq!(
        (report.indication, report.sub_indication),
        (Indication::TotalFailed, Some(SubIndication::Revoked)),
        "{report}"
    );
    assert!(has(&report, Subject::SealChain, Code::Revoked));
}

#[test]
fn a_seal_that_was_revoked_after_the_proven_time_still_proves() {
    let report = after_revocation(Duration::hours(1), RevocationReason::Superseded);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevokedLater));
    let report = after_revocation(Duration::hours(1), RevocationReason::KeyCompromise);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevokedLaterForCompromise));
}

#[test]
fn a_tsa_whose_key_was_compromised_proves_nothing_any_more() {
    for (reason, proves) in [
        (RevocationReason::KeyCompromise, false),
        (RevocationReason::Unspecified, false),
        (RevocationReason::CessationOfOperation, true),
    ] {
        let service = Service::new();
        let proof = service.proof();
        let entry = RevokedSpec::new(&service.pki.tsa.certificate, now() + Duration::days(1)).with_reason(reason);
        let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
        let mut data = RevocationData::new();
        data.add_der(&service.pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
        let verifier = service.verifier().with_revocation_data(data);
        let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(3));
        assert_eq!(report.indication == Indication::TotalPassed, proves, "{reason:?}: {report}");
        assert_eq!(has(&report, Subject::Timestamp(1), Code::TsaKeyCompromised), !proves);
    }
}

#[test]
fn revocation_data_of_a_stranger_does_not_count() {
    let service = Service::new();
    let stranger = Service::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::days(1));
    let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&stranger.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let proof = service.proof().with_revocation(&data).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevocationNotAuthenticated), "{report}");
    let strict = strict(&service.pki).report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(
        (strict.indication, strict.sub_indication),
        (Indication::Indeterminate, Some(SubIndication::NoPoe)),
        "{strict}"
    );
}

#[test]
fn a_level_is_what_the_revocation_data_answers_for() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let level = |proof: &ProofOfSending| {
        service.verifier().report(proof, Payload::NotAvailable, now() + Duration::days(1)).level
    };
    let stranger = Service::new().pki.seal_revocation(issued, next).unwrap();
    assert_eq!(level(&service.proof().with_revocation(&stranger).unwrap()), Some(BaselineLevel::BT));
    let of_seal_alone = service.pki.seal_revocation(issued, next).unwrap();
    assert_eq!(level(&service.proof().with_revocation(&of_seal_alone).unwrap()), Some(BaselineLevel::BT));
    assert_eq!(level(&long_term_proof(&service)), Some(BaselineLevel::BLT));
}

#[test]
fn a_responder_that_need_not_be_asked_about_is_asked_about_when_it_seals() {
    let service = Service::new();
    let (not_before, not_after) = (now() - Duration::days(1), now() + Duration::days(9));
    let spec = CertificateSpec::seal("Sealing Responder", not_before, not_after)
        .with_extended_key_usage(&[oid::OCSP_SIGNING, oid::COMMON_NAME])
        .with_extension(oid::OCSP_NOCHECK, vec![0x05, 0x00]);
    let key = service.pki.intermediate.issue(&spec, service.pki.seal.signer.clone()).unwrap();
    let mut chain = service.pki.seal_chain();
    chain[0] = key.certificate.clone();
    let credentials = Credentials::new(key.signer.clone(), chain).unwrap();
    let sealer = Sealer::new(credentials, common::issuer(Environment::Test));
    let proof = sealer.seal(&common::sending(), now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    let entry = RevokedSpec::new(&key.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let verifier = service.verifier().with_revocation_data(data);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.sub_indication, Some(SubIndication::Revoked), "{report}");
}

/// Revocation data inside a proof is not authenticated by the seal: whoever has the file can take it out. What it proves has to come from outside, or be
/// required.
#[test]
fn a_revocation_that_was_taken_out_leaves_a_warning_and_the_strict_policy_open() {
    let service = Service::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let bare = service.proof();
    let telling = bare.clone().with_revocation(&data).unwrap();
    let at = now() + Duration::days(1);
    assert_eq!(service.verifier().report(&telling, Payload::NotAvailable, at).indication, Indication::TotalFailed);
    let report = service.verifier().report(&bare, Payload::NotAvailable, at);
    assert!(has(&report, Subject::SealChain, Code::RevocationNotChecked));
    assert_ne!(strict(&service.pki).report(&bare, Payload::NotAvailable, at).indication, Indication::TotalPassed);
}
