//! These tests count what the worst files cost, so that no clock is needed: the work grows with the file, and not with a
//! product of its numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::worst::{Attacker, Door, KINDS, Kind};
use crate::common::{Service, has, later, now};
use chrono::Duration;
use recommande::pki::revocation::{RevocationData, RevocationRequest, check_revocation};
use recommande::pki::{Certificate, PathRequest, ValidationBudget, validate_path};
use recommande::verify::{Code, Content, ContentDigests, Finding, Payload, Report, SubIndication};
use signed_data::{CertificateChoice, RevocationInfoChoice, SignedData};

/// Times at which is asked, as for the timestamps of one signature.
const QUESTIONS: i32 = 24;

fn attacker(service: &Service) -> Attacker {
    Attacker::new(service.pki.clone(), service.sealed().der(), now())
}

fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == name).unwrap()
}

/// What stands beside the signature of a file.
fn carried(file: &[u8]) -> (Vec<Certificate>, RevocationData) {
    let parsed = SignedData::parse(file).unwrap();
    let certificates = parsed.certificates.iter().filter_map(CertificateChoice::certificate);
    let certificates = certificates.filter_map(|der| Certificate::from_der(der).ok()).collect();
    let mut data = RevocationData::new();
    for choice in &parsed.crls {
        match choice {
            RevocationInfoChoice::Crl(raw) => data.add_der(raw).unwrap(),
            RevocationInfoChoice::Other { info, .. } => data.add_der(info).unwrap(),
        }
    }
    (certificates, data)
}

/// The steps and signatures that the status of the TSA's certificate takes, asked at as many times as there may be
/// timestamps.
fn spent_on_revocation(attacker: &Attacker, file: &[u8]) -> (u32, u32) {
    let (certificates, data) = carried(file);
    let (anchors, budget) = (attacker.pki.tsa_anchors(), ValidationBudget::default());
    for number in 0..QUESTIONS {
        let at = now() + Duration::seconds(number.into());
        let path = validate_path(&PathRequest::new(&attacker.pki.tsa.certificate, &[], &anchors, at)).unwrap();
        let request = RevocationRequest::new(&path, &data, &certificates, &anchors, at);
        check_revocation(&request.with_budget(&budget));
    }
    (budget.steps(), budget.used())
}

#[test]
fn revocation_data_and_certificates_cost_their_sum_and_not_their_product() {
    let attacker = attacker(&Service::new());
    let names = [
        "OCSP responses, certificates, tokens",
        "OCSP responses and 14 KB keys",
        "OCSP responses of impostors",
        "answers in OCSP responses",
        "unsigned CRLs and namesakes",
    ];
    for name in names {
        let mut before: Option<f64> = None;
        for size in [64 << 10, 256 << 10, 1 << 20] {
            let file = (kind(name).make)(&attacker, size);
            let (steps, signatures) = spent_on_revocation(&attacker, &file);
            let for_octet = f64::from(steps) / file.len() as f64;
            println!("{name}: {} octets, {steps} steps, {signatures} signatures", file.len());
            assert!(for_octet < f64::from(QUESTIONS) / 4.0, "{name}: {for_octet} steps for each octet");
            let most = recommande::pki::limits::MAX_SIGNATURE_CHECKS;
            assert!(signatures <= most, "{name}: {signatures} signatures");
            // The work for each octet stays.
            assert!(before.is_none_or(|before| for_octet <= before * 1.2 + 0.01), "{name}: {before:?}, {for_octet}");
            before = Some(for_octet);
        }
    }
}

#[test]
fn a_search_among_namesakes_or_cross_certificates_is_counted() {
    let attacker = attacker(&Service::new());
    for name in ["certificates of one name", "cross-certificates"] {
        for size in [64 << 10, 1 << 20] {
            let file = (kind(name).make)(&attacker, size);
            let (mut certificates, _) = carried(&file);
            // What leads nowhere is searched to its end.
            certificates.retain(|certificate| *certificate != attacker.pki.intermediate.certificate);
            let target = match name {
                "cross-certificates" => certificates.last().unwrap().clone(),
                _ => attacker.pki.seal.certificate.clone(),
            };
            let (anchors, budget) = (attacker.pki.seal_anchors(), ValidationBudget::default());
            let request = PathRequest::new(&target, &certificates, &anchors, now());
            validate_path(&request.with_budget(&budget)).unwrap_err();
            let spent = usize::try_from(budget.steps()).unwrap();
            println!("{name}: {} certificates, {spent} steps, {} signatures", certificates.len(), budget.used());
            assert!(spent > 0 && spent <= 256 * 257 + 4096 + 64, "{name}: {spent}");
        }
    }
}

/// A budget that is used up is an answer of its own, and never a favourable one.
#[test]
fn steps_that_run_out_are_told() {
    let service = Service::new();
    let attacker = attacker(&service);
    let file = (kind("unsigned CRLs and namesakes").make)(&attacker, 256 << 10);
    let (certificates, data) = carried(&file);
    let (anchors, budget) = (attacker.pki.tsa_anchors(), ValidationBudget::default());
    let path = validate_path(&PathRequest::new(&attacker.pki.tsa.certificate, &[], &anchors, now())).unwrap();
    let request = RevocationRequest::new(&path, &data, &certificates, &anchors, now()).with_budget(&budget);
    let mut asked = 0_u32;
    while budget.steps() < recommande::pki::limits::MAX_STEPS - 20_000 {
        check_revocation(&request);
        asked += 1;
        assert!(asked < 100_000);
    }
    let last: Vec<_> = (0..400).flat_map(|_| check_revocation(&request)).map(|status| status.status).collect();
    use recommande::pki::revocation::RevocationStatus;
    assert!(matches!(last.last(), Some(RevocationStatus::BudgetExhausted)), "{:?}", last.last());
    let searched =
        validate_path(&PathRequest::new(&attacker.pki.tsa.certificate, &[], &anchors, now()).with_budget(&budget));
    // What is cheap may still be found; what is not found is not said to be absent.
    assert!(searched.is_ok() || searched.unwrap_err().to_string().contains("within the limit"));
}

fn judged(attacker: &Attacker, kind: &Kind, file: &[u8]) -> Vec<Report> {
    let (seal_anchors, tsa_anchors) = (attacker.pki.seal_anchors(), attacker.pki.tsa_anchors());
    let verifier = recommande::Verifier::new(seal_anchors, tsa_anchors, recommande::Environment::Test);
    match kind.door {
        Door::Signatures => verifier.report_signatures(file, Content::Attached, later()).reports,
        Door::Proof => vec![verifier.report(file, Payload::NotAvailable, later())],
        Door::Timestamp => vec![verifier.report_timestamp(file, &ContentDigests::default(), None, later())],
        Door::Record => vec![verifier.report_evidence_record(file, &[], later())],
    }
}

/// Each kind is judged by its door, and what anybody may add to a file shows in no verdict as better than without it.
#[test]
fn the_worst_files_are_judged_and_their_reports_are_small() {
    let service = Service::new();
    let attacker = attacker(&service);
    for kind in &KINDS {
        let file = (kind.make)(&attacker, 64 << 10);
        for report in judged(&attacker, kind, &file) {
            let json = serde_json::to_string(&report).unwrap();
            assert!(json.len() < 1 << 20, "{}: a report of {} octets", kind.name, json.len());
            assert_ne!(report.sub_indication, Some(SubIndication::FormatFailure), "{}: {report}", kind.name);
            let is_compared = has(&report, Code::ArchiveIndexMatches) || has(&report, Code::ArchiveIndexDiffers);
            assert_eq!(is_compared, kind.name.contains("index") || kind.name.contains("archive"), "{}", kind.name);
        }
    }
}

/// Each token of many is asked about the same data of strangers: some are told what was set aside, and the rest how much.
#[test]
fn what_is_alike_about_many_tokens_is_counted() {
    let attacker = attacker(&Service::new());
    let kind = kind("evidence records");
    let report = judged(&attacker, kind, &(kind.make)(&attacker, 512 << 10)).swap_remove(1);
    let aside = |finding: &&Finding| finding.code == Code::RevocationDataSetAside;
    let mut by_subject = BTreeMap::<_, (usize, usize)>::new();
    for Finding { subject, stated, .. } in report.findings.iter().filter(aside) {
        let (listed, unlisted) = by_subject.entry(*subject).or_default();
        match stated.as_deref().and_then(|stated| stated.strip_suffix(" more of this kind")) {
            Some(count) => *unlisted += count.parse::<usize>().unwrap(),
            None => *listed += 1,
        }
    }
    let listed: usize = by_subject.values().map(|(listed, _)| listed).sum();
    assert!(by_subject.len() > 40 && listed < 64 + by_subject.len(), "{} subjects, {listed} listed", by_subject.len());
    let counts: BTreeSet<_> = by_subject.values().map(|(listed, unlisted)| listed + unlisted).collect();
    assert_eq!(counts.len(), 1, "{counts:?}");
}
