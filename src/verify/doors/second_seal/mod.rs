//! The second seals that lie beside a proof, and what the policy makes of them.

mod choice;
mod judge;

use chrono::{DateTime, Utc};

use crate::evidence::{AnnouncedSeal, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::seal::Proof;
use crate::verify::doors::fault::{Fault, note_demanded};
use crate::verify::examined::Examined;
use crate::verify::limits::MAX_SECOND_SEALS;
use crate::verify::report::until::{Deadline, latest};
use crate::verify::report::value::Report;
use crate::verify::rules::SecondSealRule;
use crate::verify::settings::Settings;
use choice::considered;
use judge::{FirstSeal, judge};

/// What the second seals beside a proof come to, where a report is made.
#[derive(Default)]
pub(super) struct SecondSeals {
    pub(super) reports: Vec<Report>,
    /// The end of what the policy demands, where it is met.
    pub(super) demanded_until: Option<Deadline>,
}

/// Compares what a proof announces with the second seals that were `given` beside it, and judges each of those. The proof
/// itself was `examined` before.
///
/// Nothing here improves the verdict on the first seal. By default it only warns; a policy may demand a second seal that
/// holds (ETSI TS 119 312 V2.1.1, clause 6.4.1: both signatures of a hybrid count).
pub(super) fn check_second_seals<S: Statement>(
    proof: &Proof<S>,
    examined: &Examined,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> SecondSeals {
    let rule = settings.policy.second_seal;
    if rule == SecondSealRule::Ignore {
        return SecondSeals::default();
    }
    let JudgedSeals { mut holds, mut faults, until, reports } = match proof.announced_seal() {
        None if given.is_empty() => JudgedSeals::default(),
        // Whoever exchanges a second seal onto a proof without one must not make it look stronger.
        None => JudgedSeals::failed(Fault::new(Code::SecondSealNotAnnounced, Details::computed(given.len())), ledger),
        Some(_) if given.is_empty() => {
            JudgedSeals::failed(Fault::new(Code::SecondSealMissing, Details::default()), ledger)
        }
        Some(announced) => judge_given(&FirstSeal::of(proof, examined, announced), given, settings, now, ledger),
    };
    // Both are sealed, and no second seal is what both announce.
    if let Some((stated, of_batch)) = proof.announced_otherwise() {
        let of_batch = of_batch.map_or_else(|| "none".to_owned(), name);
        let fault = Fault::new(Code::SecondSealAnnouncementsDiffer, Details::both(name(stated), of_batch));
        fault.note(Subject::SecondSeal, ledger);
        holds = false;
        faults.push(fault);
    }
    if rule == SecondSealRule::Required && !holds {
        note_demanded(
            Subject::SecondSeal,
            Code::SecondSealDemanded,
            &faults,
            Details::computed("none is announced"),
            ledger,
        );
    }
    SecondSeals { reports, demanded_until: until.filter(|_| rule == SecondSealRule::Required) }
}

/// Names an announced seal by its algorithm and its certificate.
fn name(announced: &AnnouncedSeal) -> String {
    format!("{} {}", announced.algorithm(), announced.certificate_digest())
}

/// What judging all second seals gave.
#[derive(Default)]
struct JudgedSeals {
    /// Whether one of them is valid.
    holds: bool,
    /// What speaks against the others, and was noted.
    faults: Vec<Fault>,
    /// The latest end of those that are valid; `None` where one has no end.
    until: Option<Deadline>,
    reports: Vec<Report>,
}

impl JudgedSeals {
    /// Notes what speaks against everything that was given.
    fn failed(fault: Fault, ledger: &mut Ledger<'_>) -> Self {
        fault.note(Subject::SecondSeal, ledger);
        Self { faults: vec![fault], ..Self::default() }
    }
}

/// Judges each second seal, in the order of their octets: nobody signed an order of theirs.
fn judge_given(
    first: &FirstSeal<'_>,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> JudgedSeals {
    if given.len() > MAX_SECOND_SEALS {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsTooMany, || Details::computed(MAX_SECOND_SEALS));
    }
    let (mut faults, mut reports, mut ends, mut of_this) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut is_in_batch = false;
    for octets in considered(first, given, settings, now, ledger) {
        let judged = judge(octets, first, settings, now, ledger.fresh());
        of_this += usize::from(judged.is_over_first());
        if judged.faults.is_empty() {
            ends.push(judged.until());
            is_in_batch |= first.file.is_none_or(|file| file.ends_in(octets));
        }
        judged.faults.iter().for_each(|fault| fault.note(Subject::SecondSeal, ledger));
        faults.extend(judged.faults);
        reports.extend(judged.report);
    }
    let holds = !ends.is_empty();
    if of_this > 1 {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsSeveral, || Details::computed(of_this));
    }
    if holds {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealValid, || Details::stated(name(first.announced)));
    }
    // Its key can make another one over the same seal at any time, and one of them was stamped with the batch. A file that does
    // not hold says nothing of that: the record ends in the digest of the first seal too.
    if holds && !is_in_batch {
        ledger.note(Subject::SecondSeal, Code::SecondSealNotInBatch);
    }
    JudgedSeals { holds, faults, until: latest(ends).map(Deadline::of_second_seal), reports }
}
