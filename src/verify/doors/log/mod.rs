//! The proofs of logs that lie beside a proof, and what the policy makes of them.

mod judge;
mod logged;
mod seal;

use chrono::{DateTime, Utc};
use recommande_tlog::checkpoint::SignedCheckpoint;
use recommande_tlog::proof::TlogProof;

use self::judge::{Included, Judged, is_signed_by_log, judge};
pub(super) use self::logged::Logged;
use super::fault::{Fault, note_demanded};
use crate::finding::{Code, Details, Ledger, SubIndication, Subject};
use crate::text;
use crate::verify::existence::{ExistenceSummary, ExistingObject};
use crate::verify::given_log_proof::GivenLogProof;
use crate::verify::limits::MAX_LOG_PROOFS;
use crate::verify::report::value::Report;
use crate::verify::rules::LogRule;
use crate::verify::settings::Settings;

/// What the proofs of logs come to beside their findings.
#[derive(Default)]
pub(super) struct LogProofs {
    /// The reports on the seals of checkpoints, where a report is made.
    pub(super) reports: Vec<Report>,
    pub(super) existence: Option<ExistenceSummary>,
}

/// Judges each proof of a log that was given, in the order of their octets: nobody signed an order of theirs.
///
/// Nothing here improves the verdict on the proof itself. By default it only warns; a policy may demand a place in a log that is
/// shown without a fault.
pub(super) fn check_log(
    logged: &Logged<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> LogProofs {
    let (rule, given) = (settings.policy.log, settings.log_proofs.as_slice());
    if rule == LogRule::Ignore {
        return LogProofs::default();
    }
    if given.is_empty() {
        note_nothing_given(logged, settings, now, ledger);
        return LogProofs::default();
    }
    let mut judged: Vec<Judged> =
        given.iter().map(|given| judge(given, logged, settings, now, ledger.fresh())).collect();
    let forks = forks(given, settings);
    let is_placed = judged.iter().any(|judged| judged.faults.is_empty());
    let holds = is_placed && forks.is_empty();
    if judged.len() > MAX_LOG_PROOFS {
        ledger.note_with(Subject::Log, Code::LogProofsTooMany, || Details::computed(MAX_LOG_PROOFS));
        // Whoever puts files beside a proof must not push out the one that counts.
        judged.sort_by_key(Judged::rank);
        judged.truncate(MAX_LOG_PROOFS);
    }
    let (mut faults, mut found) = (forks, LogProofs::default());
    let mut existed_at = None;
    for Judged { included, faults: own, report } in judged {
        if let Some(included) = included {
            note_included(&included, ledger);
            if own.is_empty() {
                existed_at = existed_at.into_iter().chain(included.existed_at).min();
            }
        }
        // Where one shows the place of this proof, the others may be about other proofs, and in other logs.
        faults.extend(own.into_iter().filter(|fault| !is_placed || !is_about_others(fault)));
        found.reports.extend(report);
    }
    faults.iter().for_each(|fault| fault.note(Subject::Log, ledger));
    if rule == LogRule::Required && !holds {
        note_demanded(Subject::Log, Code::LogDemanded, &faults, Details::default(), ledger);
    }
    let existence = |since| ExistenceSummary { of: ExistingObject::Sealed, since, by: Subject::Log };
    LogProofs { existence: existed_at.filter(|_| holds).map(existence), ..found }
}

/// Notes that no proof of a log was given. Within the merge delay there may not be one yet.
fn note_nothing_given(logged: &Logged<'_>, settings: &Settings, now: DateTime<Utc>, ledger: &mut Ledger<'_>) {
    let policy = &settings.policy;
    match policy.log {
        LogRule::Required => {
            let is_pending =
                logged.proven_at.is_some_and(|time| now.signed_duration_since(time) <= policy.merge_delay());
            let instead = match is_pending {
                true => Details::computed("none was given, and the merge delay has not passed")
                    .leading_to(Some(SubIndication::TryLater)),
                false => Details::computed("none was given"),
            };
            note_demanded(Subject::Log, Code::LogDemanded, &[], instead, ledger);
        }
        LogRule::Report if !policy.logs.is_empty() => {
            ledger.note(Subject::Log, Code::LogNotRequired);
        }
        LogRule::Report | LogRule::Ignore => {}
    }
}

fn note_included(included: &Included, ledger: &mut Ledger<'_>) {
    ledger.note_with(Subject::Log, Code::LogIncluded, || {
        Details::computed(format!("entry {} of {} in {}", included.index, included.size, included.origin))
    });
    if let Some(witnessed) = &included.witnessed {
        ledger.note_with(Subject::Log, Code::LogWitnessed, || {
            let (of, quorum) = (witnessed.witnesses, witnessed.quorum);
            Details::both(format!("{quorum} of {of}"), format!("{} of {of}", witnessed.cosigned))
        });
    }
    if let Some(time) = included.existed_at {
        ledger.note_with(Subject::Log, Code::LogTime, || Details::computed(text::time(time)));
    }
    if let Some(time) = included.sealed_at {
        ledger.note_with(Subject::Log, Code::LogCheckpointSealed, || Details::computed(text::time(time)));
    }
    if included.has_no_seal {
        ledger.note(Subject::Log, Code::LogCheckpointNotSealed);
    }
}

/// Whether a fault may be no more than that the proof of a log is about something else.
fn is_about_others(fault: &Fault) -> bool {
    matches!(fault.code, Code::LogNotIncluded | Code::LogOfAnother)
}

/// Two trees of one size that a log has signed: what one of its readers was shown, the others were not. It does not matter which
/// proofs they are about.
fn forks(given: &[GivenLogProof], settings: &Settings) -> Vec<Fault> {
    let checkpoints: Vec<&SignedCheckpoint> =
        given.iter().filter_map(|given| given.read().ok()).map(TlogProof::checkpoint).collect();
    let is_signed =
        |signed: &SignedCheckpoint| settings.policy.log_of(signed).is_some_and(|known| is_signed_by_log(known, signed));
    let mut forks: Vec<String> = Vec::new();
    for (place, first) in checkpoints.iter().enumerate() {
        let (origin, head) = (first.checkpoint().origin(), first.checkpoint().head());
        let mut others = checkpoints.iter().skip(place.saturating_add(1)).filter(|other| {
            let other = other.checkpoint();
            other.origin() == origin && other.head().size() == head.size() && other.head().root() != head.root()
        });
        if others.any(|other| is_signed(first) && is_signed(other)) {
            forks.push(format!("{} entries of {origin}", head.size()));
        }
    }
    forks.sort_unstable();
    forks.dedup();
    forks.into_iter().map(|fork| Fault::new(Code::LogForked, Details::computed(fork))).collect()
}
