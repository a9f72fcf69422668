//! The verdict that a renewal rests on.

use chrono::{DateTime, Utc};

use super::error::NotRenewable;
use crate::finding::{Code, Finding, Indication, Ledger, Outcome, Subject};
use crate::seal::AggregatedFile;
use crate::verify::{
    Content, ContentDigests, Report, RevocationPlace, RevocationSummary, TimestampKind, TimestampSummary, Verifier,
};

/// What is renewed: a file, or an evidence record by itself.
#[derive(Clone, Copy)]
pub(super) enum Kind<'c> {
    /// A signature with this content, whoever made it.
    File(Content<'c>),
    /// An evidence record over objects with these digests: one, or all of a data group.
    Record(&'c [ContentDigests]),
}

/// Judges the only signature of a file, with everything that proves its time, or a record.
///
/// What a statement says, and what precedes it, does not matter to its preservation.
///
/// # Errors
/// [`NotRenewable`].
pub(super) fn judge(
    verifier: &Verifier,
    octets: &[u8],
    kind: Kind<'_>,
    at: DateTime<Utc>,
) -> Result<Report, NotRenewable> {
    let report = report(verifier, octets, kind, at)?;
    check(&report)?;
    Ok(report)
}

/// Reports on the only signature of a file, or on a record.
///
/// # Errors
/// `Signers`.
pub(super) fn report(
    verifier: &Verifier,
    octets: &[u8],
    kind: Kind<'_>,
    at: DateTime<Utc>,
) -> Result<Report, NotRenewable> {
    let mut reports = match kind {
        Kind::File(_) if AggregatedFile::is_begun_by(octets) => vec![verifier.report_aggregated(octets, at)],
        Kind::File(content) => verifier.report_signatures(octets, content, at).reports,
        Kind::Record(objects) => vec![verifier.report_evidence_record(octets, objects, at)],
    };
    match (reports.pop(), reports.len()) {
        (Some(report), 0) => Ok(report),
        (None, _) => Err(NotRenewable::Signers(0)),
        (Some(_), others) => Err(NotRenewable::Signers(others.saturating_add(1))),
    }
}

/// Checks that a signature verified, and that a time is proven.
///
/// # Errors
/// `PastDeadline`, `NotVerified`, `TimeNotProven`.
pub(super) fn check(report: &Report) -> Result<(), NotRenewable> {
    match report.indication {
        Indication::TotalPassed if report.proven_at.is_some() => Ok(()),
        Indication::TotalPassed => Err(NotRenewable::TimeNotProven),
        Indication::Indeterminate => Err(undecided(report)),
        Indication::TotalFailed => Err(NotRenewable::NotVerified(Box::new(decisive(report)))),
    }
}

/// What an end leaves undecided was renewed too late, or not at all. An end beside what decided, a missing anchor say, does
/// not mean that nothing brings the file back.
fn undecided(report: &Report) -> NotRenewable {
    let decisive = decisive(report);
    let ended = match decisive.subject {
        // No time is proven: a timestamp ended.
        Subject::Time | Subject::Batch => {
            report.findings.iter().find(|finding| is_end(finding) && !is_about_content(finding, report))
        }
        Subject::Envelope
        | Subject::Payload
        | Subject::Seal
        | Subject::SealChain
        | Subject::Timestamp(_)
        | Subject::Token
        | Subject::EvidenceRecord(_)
        | Subject::Record
        | Subject::ArchiveTimeStamp(_)
        | Subject::Statement
        | Subject::Link
        | Subject::SecondSeal
        | Subject::Submission
        | Subject::Log => Some(&decisive).filter(|finding| is_end(finding) && !is_about_content(finding, report)),
    };
    match ended {
        Some(end) => NotRenewable::PastDeadline(Box::new(end.clone())),
        None => NotRenewable::NotVerified(Box::new(decisive)),
    }
}

fn is_end(finding: &Finding) -> bool {
    finding.outcome == Outcome::Indeterminate && finding.code.is_end()
}

fn is_about_content(finding: &Finding, report: &Report) -> bool {
    let Subject::Timestamp(number) = finding.subject else { return false };
    let timestamp = number.checked_sub(1).and_then(|index| report.timestamps.get(index));
    timestamp.is_some_and(|timestamp| timestamp.kind == TimestampKind::Content)
}

fn decisive(report: &Report) -> Finding {
    let decided = report.decided_by;
    let is_decisive =
        |finding: &&Finding| decided.is_some_and(|by| (by.subject, by.code) == (finding.subject, finding.code));
    report.findings.iter().find(is_decisive).cloned().unwrap_or_else(Ledger::unproven)
}

/// Checks that no record beside the file is over it as it is: it would fit no more.
///
/// # Errors
/// `RecordBeside`.
pub(super) fn check_no_record_beside(report: &Report) -> Result<(), NotRenewable> {
    let is_held = report.records.iter().any(|record| record.beside && record.proven_at.is_some());
    if is_held { Err(NotRenewable::RecordBeside) } else { Ok(()) }
}

/// Checks that revocation data answers for the seal's chain and for that of each timestamp that the verdict rests on, unless
/// the policy leaves revocation out. It does not rest on a timestamp of the content, nor on a second one of the signature.
///
/// # Errors
/// `RevocationMissing`.
pub(super) fn check_revocation(report: &Report) -> Result<(), NotRenewable> {
    let timestamp = |number: usize| number.checked_sub(1).and_then(|index| report.timestamps.get(index));
    let is_relied_on = |subject: Subject| match subject {
        Subject::SealChain => true,
        Subject::Timestamp(number) | Subject::ArchiveTimeStamp(number) => {
            timestamp(number).is_some_and(|timestamp| timestamp.valid && is_rested_on(timestamp, report))
        }
        Subject::Envelope
        | Subject::Payload
        | Subject::Seal
        | Subject::Token
        | Subject::Time
        | Subject::EvidenceRecord(_)
        | Subject::Record
        | Subject::Statement
        | Subject::Link
        | Subject::SecondSeal
        | Subject::Submission
        | Subject::Batch
        | Subject::Log => false,
    };
    let open =
        report.findings.iter().find(|finding| LEAVES_OPEN.contains(&finding.code) && is_relied_on(finding.subject));
    open.map_or(Ok(()), |finding| Err(NotRenewable::RevocationMissing(Box::new(finding.clone()))))
}

/// Returns the finding that leaves open whether a certificate of the seal's chain was revoked, which a renewal refuses.
pub(super) fn seal_revocation_missing(report: &Report) -> Option<&Finding> {
    let mut about_seal = report.findings.iter().filter(|finding| finding.subject == Subject::SealChain);
    about_seal.find(|finding| LEAVES_OPEN.contains(&finding.code))
}

/// Checks that revocation data in the file answers for each certificate. What the verifier was given does not stay with it.
///
/// # Errors
/// `RevocationBeside`.
pub(super) fn check_inside(report: &Report) -> Result<(), NotRenewable> {
    let is_given =
        |summary: &&RevocationSummary| summary.found_in.iter().all(|place| *place == RevocationPlace::Caller);
    let (given, inside): (Vec<_>, Vec<_>) = report.revocation.iter().partition(is_given);
    let inside: Vec<_> = answered(&inside).collect();
    let is_inside = answered(&given).all(|certificate| inside.contains(&certificate));
    if is_inside { Ok(()) } else { Err(NotRenewable::RevocationBeside) }
}

/// The certificates for which revocation data answers, with their use. Several on a path may have one name (RFC 5280 §6.1).
fn answered<'a>(summaries: &[&'a RevocationSummary]) -> impl Iterator<Item = (Subject, &'a str)> {
    let answers = summaries.iter().flat_map(|summary| &summary.about);
    answers.map(|answer| (answer.used_for, &*answer.fingerprint))
}

fn is_rested_on(timestamp: &TimestampSummary, report: &Report) -> bool {
    match timestamp.kind {
        TimestampKind::Content | TimestampKind::NotEvaluated => false,
        TimestampKind::Signature => timestamp.gen_time == report.proven_at,
        TimestampKind::ArchiveV3 | TimestampKind::EvidenceRecord | TimestampKind::Token => true,
    }
}

/// What leaves open whether a certificate was revoked.
const LEAVES_OPEN: [Code; 10] = [
    Code::RevocationNotChecked,
    Code::RevocationUnknown,
    Code::RevocationIncomplete,
    Code::RevocationStale,
    Code::RevocationNotAuthenticated,
    Code::RevocationAlgorithmParametersForbidden,
    Code::RevocationAlgorithmPrehashed,
    Code::RevocationNotSupported,
    Code::RevocationInTheFuture,
    Code::RevocationAlgorithmPastItsDate,
];
