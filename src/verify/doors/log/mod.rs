//! The proofs of logs that lie beside a proof, and what the policy makes of them.

mod judge;
mod logged;
mod notes;
mod seal;
mod times;

use chrono::{DateTime, Utc};

use self::judge::{Included, Judged, is_about_others, judge};
pub(super) use self::logged::Logged;
use self::notes::{VerifiedNotes, forks};
pub(crate) use self::seal::code_of_issuer;
use super::fault::note_demanded;
use crate::finding::{Code, Details, Ledger, SubIndication, Subject};
use crate::text;
use crate::verify::existence::{ExistenceSummary, ExistingObject};
use crate::verify::limits::MAX_LOG_PROOFS;
use crate::verify::report::until::{Deadline, latest};
use crate::verify::report::value::Report;
use crate::verify::rules::LogRule;
use crate::verify::settings::Settings;

/// What the proofs of logs come to beside their findings.
#[derive(Default)]
pub(super) struct LogProofs {
    /// The reports on the seals of checkpoints, where a report is made.
    pub(super) reports: Vec<Report>,
    pub(super) existence: Option<ExistenceSummary>,
    /// The end of what the policy demands, where it is met and rests on the seal of a checkpoint.
    pub(super) demanded_until: Option<Deadline>,
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
    let mut notes = VerifiedNotes::default();
    let mut judged: Vec<Judged> =
        given.iter().map(|given| judge(given, logged, &mut notes, settings, now, ledger.fresh())).collect();
    let forks = forks(given, settings);
    let is_placed = judged.iter().any(|judged| judged.faults.is_empty());
    let holds = is_placed && forks.is_empty();
    let is_about_others_alone = forks.is_empty() && judged.iter().all(Judged::is_about_others);
    let ends = judged.iter().filter(|judged| judged.faults.is_empty()).map(|judged| judged.until.clone());
    let demanded_until = latest(ends.collect()).filter(|_| holds && rule == LogRule::Required);
    let demanded_until = demanded_until.map(Deadline::of_checkpoint_seal);
    if judged.len() > MAX_LOG_PROOFS {
        ledger.note_with(Subject::Log, Code::LogProofsTooMany, || Details::computed(MAX_LOG_PROOFS));
        // Whoever puts files beside a proof must not push out the one that counts.
        judged.sort_by_key(Judged::rank);
        judged.truncate(MAX_LOG_PROOFS);
    }
    let (mut faults, mut found) = (forks, LogProofs::default());
    let mut existed_at = None;
    for Judged { included, faults: own, warnings, report, until: _ } in judged {
        if let Some(included) = included {
            note_included(&included, ledger);
            if own.is_empty() {
                existed_at = existed_at.into_iter().chain(included.existed_at).min();
            }
        }
        // Where one shows the place of this proof, the others may be about other proofs, and in other logs.
        faults.extend(own.into_iter().filter(|fault| !is_placed || !is_about_others(fault)));
        warnings.iter().for_each(|fault| fault.note(Subject::Log, ledger));
        found.reports.extend(report);
    }
    faults.iter().for_each(|fault| fault.note(Subject::Log, ledger));
    if rule == LogRule::Required && !holds {
        // One verifier may have been given what is about a letter alone, and now sees its opening.
        let (is_pending, none) = (is_about_others_alone && is_pending(logged, settings, now), TRY_LATER_FOR_OTHERS);
        let (counted, instead) = match is_pending {
            true => (&[][..], Details::computed(none).leading_to(Some(SubIndication::TryLater))),
            false => (faults.as_slice(), Details::default()),
        };
        note_demanded(Subject::Log, Code::LogDemanded, counted, instead, ledger);
    }
    let existence = |since| ExistenceSummary { of: ExistingObject::Sealed, since, by: Subject::Log };
    LogProofs { existence: existed_at.filter(|_| holds).map(existence), demanded_until, ..found }
}

/// Why one has to wait where proofs of logs were given, and all of them are about other proofs.
const TRY_LATER_FOR_OTHERS: &str = "none that was given is about the proof, and the merge delay has not passed";

/// Whether the log may still take up the proof.
fn is_pending(logged: &Logged<'_>, settings: &Settings, now: DateTime<Utc>) -> bool {
    logged.proven_at.is_some_and(|time| now.signed_duration_since(time) <= settings.policy.merge_delay())
}

/// Notes that no proof of a log was given. Within the merge delay there may not be one yet.
fn note_nothing_given(logged: &Logged<'_>, settings: &Settings, now: DateTime<Utc>, ledger: &mut Ledger<'_>) {
    let policy = &settings.policy;
    match policy.log {
        LogRule::Required => {
            let instead = match is_pending(logged, settings, now) {
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
}
