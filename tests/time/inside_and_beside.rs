//! One evidence record has one meaning, inside of a proof and beside it: the same verdict, the same dates and the same findings.

use crate::common::der::{self, Node};
use crate::common::eras::{Decades, RENEWALS, crls, dead_from, end_before, first_crls};
use crate::common::records::record_over;
use crate::common::{Service, at, now, oid};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{NotRenewable, RenewalError, Renewer};
use recommande::seal::{Artifact as _, ProofOfSending};
use recommande::verify::{
    Code, Content, ContentDigests, Finding, Indication, Outcome, Payload, Policy, Report, Subject, Verifier,
};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const IN_2046: &str = "2046-06-01T00:00:00Z";

impl Decades {
    /// The record over a file after so many renewals; the one with the second number, if any, is a second late, and revocation
    /// data comes with them or not.
    fn record(&self, file: &[u8], renewals: usize, late: Option<usize>, is_informed: bool) -> Vec<u8> {
        let lenient = self.lenient();
        let object = digests(file);
        let first = record_over(&self.service.tsa(now() + Duration::seconds(2)), SHA256.digest(file));
        (0..renewals).fold(first, |record, renewal| {
            let (time, algorithm) = RENEWALS[renewal];
            let time = if late == Some(renewal) { end_before(renewal) + Duration::seconds(1) } else { at(time) };
            let known = match renewal.checked_sub(1) {
                _ if !is_informed => RevocationData::new(),
                None => first_crls(&self.service, time),
                Some(before) => self.eras[before].crl(time),
            };
            let renewer = Renewer::new(&lenient).with_algorithm(algorithm).with_revocation(known);
            renewer.renew_record(&record, &object, &self.eras[renewal].pool(&self.service, time), time).unwrap()
        })
    }

    /// The reports on the file with the record inside, and with the record beside it.
    fn reports(&self, file: &[u8], record: &[u8], policy: &Policy, time: DateTime<Utc>) -> [Report; 2] {
        let inside = Node::parse(file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, record)).to_der();
        let verifier = || {
            let published = self.eras.each_ref().map(|era| era.crl(time));
            let published = published.iter().fold(first_crls(&self.service, time), |mut data, more| {
                data.extend(more).unwrap();
                data
            });
            self.verifier().with_policy(policy.clone()).with_revocation_data(published)
        };
        let report = |verifier: &Verifier, file: &[u8]| {
            let proof = ProofOfSending::from_der(file).unwrap();
            let report = verifier.report(&proof, Payload::NotAvailable, time);
            let strict = verifier.verify(&proof, Payload::NotAvailable, time);
            assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
            report
        };
        [report(&verifier(), &inside), report(&verifier().with_evidence_records([record.to_vec()]), file)]
    }
}

fn digests(file: &[u8]) -> ContentDigests {
    ContentDigests::of_reader(&mut &*file).unwrap()
}

/// What a report says, whatever stands where.
fn said(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    let told = |finding: &Finding| (finding.subject, finding.code, finding.outcome, finding.sub_indication);
    let mut findings: Vec<_> = report.findings.iter().map(told).collect();
    findings.sort_by_key(|(subject, code, outcome, _)| (*subject, code.as_str(), *outcome));
    let timestamps = report.timestamps.iter();
    let timestamps: Vec<_> = timestamps
        .map(|timestamp| (timestamp.kind, timestamp.valid, timestamp.gen_time, timestamp.sub_indication))
        .collect();
    let verdict = (report.indication, report.sub_indication, report.decided_by, report.proven_at, report.level);
    (verdict, report.verifiable_until.clone(), findings, timestamps)
}

/// The seal of a batch, whose time the record alone proves, and a proof with a timestamp of its own.
fn files(service: &Service) -> [(&'static str, Vec<u8>); 2] {
    let of_tsa = crls(&[&service.pki.tsa_root], now());
    let stamped = service.proof().with_revocation(&of_tsa).unwrap();
    [("of a batch", service.sealed().der().to_vec()), ("with a timestamp", stamped.der().to_vec())]
}

#[test]
fn a_record_says_the_same_inside_and_beside() {
    let decades = Decades::new();
    let second = Duration::seconds(1);
    let ends = [0, 1, 2].map(|renewal| end_before(renewal) + second);
    let times = [&[now() + Duration::days(1), at(RENEWALS[1].0) + second, at(IN_2046)][..], &ends].concat();
    let policies = [Policy::default(), Policy::strict(), dead_from(Policy::default(), "2031-01-01")];
    let (mut passed, mut open) = (0, 0);
    for (what, file) in files(&decades.service) {
        let in_time = (0..=3).map(|renewals| (renewals, None, true));
        for (renewals, late, is_informed) in in_time.chain([(3, Some(0), true), (3, Some(2), true), (3, None, false)]) {
            let record = decades.record(&file, renewals, late, is_informed);
            for time in &times {
                for policy in &policies {
                    let [inside, beside] = decades.reports(&file, &record, policy, *time);
                    let what = format!("{what}, {renewals} renewals, late {late:?}, at {time}");
                    assert_eq!(said(&inside), said(&beside), "{what}\n{inside}\n{beside}");
                    let is_passed = inside.indication == Indication::TotalPassed;
                    passed += usize::from(is_passed);
                    open += usize::from(!is_passed);
                }
            }
        }
    }
    assert!(passed > 50 && open > 50, "both are met: {passed} passed, {open} open");
}

/// A record that was changed, or is over something else, proves nothing in either place.
#[test]
fn a_record_that_does_not_hold_proves_nothing_inside_or_beside() {
    let decades = Decades::new();
    let time = at("2032-12-01T00:00:00Z");
    for (what, file) in files(&decades.service) {
        let good = decades.record(&file, 1, None, true);
        let [inside, beside] = decades.reports(&file, &good, &Policy::default(), time);
        assert_eq!((inside.indication, beside.indication), (Indication::TotalPassed, Indication::TotalPassed));
        let mut wrong = vec![decades.record(b"another file", 1, None, true)];
        for place in (0..good.len()).step_by(97) {
            let mut flipped = good.clone();
            flipped[place] ^= 1;
            wrong.push(flipped);
        }
        for record in wrong {
            // What is no longer a value in DER cannot stand in the file.
            let is_whole = std::panic::catch_unwind(|| Node::parse(&record).to_der() == record).unwrap_or(false);
            if !is_whole {
                continue;
            }
            for report in decades.reports(&file, &record, &Policy::default(), time) {
                // Where an octet was flipped that nothing covers, such as one in a CRL that is not needed, it still holds.
                let holds = has_outcome(&report, Code::RecordTimeProven);
                assert_eq!(report.indication == Indication::TotalPassed, holds, "{what}: {report}");
            }
        }
    }
}

fn has_outcome(report: &Report, code: Code) -> bool {
    let about_record = |finding: &&Finding| matches!(finding.subject, Subject::EvidenceRecord(_));
    let mut findings = report.findings.iter().filter(about_record);
    findings.any(|finding| finding.code == code && finding.outcome == Outcome::Passed)
}

/// With a record beside it a file is not renewed itself, and with one inside it is.
#[test]
fn what_is_renewed_is_what_the_record_stands_in() {
    let decades = Decades::new();
    let time = at(RENEWALS[0].0);
    for (what, file) in files(&decades.service) {
        let record = decades.record(&file, 0, None, true);
        let known = || first_crls(&decades.service, time);
        let beside = decades.verifier().with_evidence_records([record.clone()]);
        let refused =
            Renewer::new(&beside).with_revocation(known()).prepare(&file, Content::Attached, time).unwrap_err();
        assert_eq!(refused, NotRenewable::RecordBeside, "{what}");
        let verifier = decades.verifier();
        let renewer = Renewer::new(&verifier).with_revocation(known());
        let tsas = decades.eras[0].pool(&decades.service, time);
        let with = |record: &[u8]| {
            Node::parse(&file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, record)).to_der()
        };
        let renewed = renewer.renew(&with(&record), Content::Attached, &tsas, time);
        if what == "with a timestamp" {
            // Nobody can tell which of two unsigned attributes was there first: it is renewed beside.
            assert!(matches!(&renewed, Err(RenewalError::NotRenewable(NotRenewable::Record))), "{renewed:?}");
            continue;
        }
        let renewed = renewed.unwrap();
        let of_record = renewer.renew_record(&record, &digests(&file), &tsas, time).unwrap();
        // The tokens differ, and nothing else.
        let with_record = with(&of_record);
        assert!(renewed.len().abs_diff(with_record.len()) < 16, "{what}");
        let judged = |file: &[u8]| {
            let proof = ProofOfSending::from_der(file).unwrap();
            verifier.report(&proof, Payload::NotAvailable, at("2032-12-01T00:00:00Z"))
        };
        assert_eq!(said(&judged(&renewed)), said(&judged(&with_record)), "{what}");
    }
}
