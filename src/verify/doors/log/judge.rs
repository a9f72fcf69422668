//! One proof of a log, judged by the policy.

use chrono::{DateTime, Utc};
use recommande_tlog::policy::{CheckpointVerifyError, Witnessed};
use recommande_tlog::proof::TlogProof;
use recommande_tlog::tree::{InclusionError, verify_inclusion};

use super::logged::Logged;
use super::notes::VerifiedNotes;
use super::seal::{JudgedSeal, judge_seal};
use super::times::Times;
use crate::finding::{Code, Details, Ledger};
use crate::text;
use crate::time::log_entry::Entry;
use crate::verify::doors::fault::Fault;
use crate::verify::given_log_proof::GivenLogProof;
use crate::verify::known_log::KnownLog;
use crate::verify::report::until::Deadline;
use crate::verify::report::value::Report;
use crate::verify::rules::CheckpointSealRule;
use crate::verify::settings::Settings;

/// What judging one proof of a log gave.
pub(super) struct Judged {
    /// What is shown, where the log has signed the checkpoint, whatever else speaks against it.
    pub(super) included: Option<Included>,
    /// Everything that speaks against it; nothing where it holds.
    pub(super) faults: Vec<Fault>,
    /// What is told beside that, and takes nothing from the place.
    pub(super) warnings: Vec<Fault>,
    /// The report on the seal of the checkpoint, where a report is made.
    pub(super) report: Option<Report>,
    /// The end of the seal, where the place does not hold without it.
    pub(super) until: Option<Deadline>,
}

/// The place of what was verified in a tree that the log has signed.
pub(super) struct Included {
    pub(super) origin: String,
    pub(super) index: u64,
    pub(super) size: u64,
    /// The witnesses that have cosigned, where these are enough and the policy asks for some.
    pub(super) witnessed: Option<CountOfWitnesses>,
    /// The earliest time of a witness whose time counts.
    pub(super) existed_at: Option<DateTime<Utc>>,
    /// The time that is proven for the seal of the checkpoint, where it is valid.
    pub(super) sealed_at: Option<DateTime<Utc>>,
}

/// How many witnesses have cosigned, must have, and are known.
pub(super) struct CountOfWitnesses {
    pub(super) cosigned: usize,
    pub(super) quorum: usize,
    pub(super) witnesses: usize,
}

impl Judged {
    fn failed(fault: Fault) -> Self {
        Self { included: None, faults: vec![fault], warnings: Vec::new(), report: None, until: None }
    }

    /// How much it counts before others; the smallest counts most.
    pub(super) fn rank(&self) -> u8 {
        match (&self.included, self.faults.is_empty()) {
            (Some(_), true) => 0,
            (Some(_), false) => 1,
            (None, _) => 2,
        }
    }

    /// Whether all that speaks against it may be that it is about something else.
    pub(super) fn is_about_others(&self) -> bool {
        !self.faults.is_empty() && self.faults.iter().all(is_about_others)
    }
}

/// Whether a fault may be no more than that the proof of a log is about something else.
pub(super) fn is_about_others(fault: &Fault) -> bool {
    matches!(fault.code, Code::LogNotIncluded | Code::LogOfAnother)
}

/// Judges one proof of a log: what costs least comes first, and no signature is looked at of a proof that is about something else.
pub(super) fn judge(
    given: &GivenLogProof,
    logged: &Logged<'_>,
    notes: &mut VerifiedNotes,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: Ledger<'_>,
) -> Judged {
    let proof = match given.read() {
        Ok(proof) => proof,
        Err(error) => return Judged::failed(Fault::new(Code::LogProofMalformed, Details::stated(error))),
    };
    let signed = proof.checkpoint();
    let Some(known) = settings.policy.log_of(signed) else {
        return Judged::failed(Fault::new(Code::LogOfAnother, Details::stated(signed.checkpoint().origin())));
    };
    let entry = match check_included(proof, logged) {
        Ok(entry) => entry,
        Err(error) => return Judged::failed(Fault::new(Code::LogNotIncluded, Details::computed(error))),
    };
    let (witnessed, mut faults) = match notes.verify(known, signed) {
        Ok(witnessed) => (Some(witnessed), Vec::new()),
        Err(error) if shows_signature_of_log(&error) => (None, vec![fault_of(known, &error)]),
        Err(error) => return Judged::failed(fault_of(known, &error)),
    };
    let mut warnings = told_of(proof, entry, logged);
    let JudgedSeal { sealed_at, fault, not_long_term, report } =
        judge_seal(proof, logged.issuer, settings, now, ledger);
    match settings.policy.checkpoint_seal {
        // Nobody has signed that a seal lies there: whoever could take one off that is wrong must gain nothing by it.
        CheckpointSealRule::Report => warnings.extend(fault),
        // A proof that is read in ten years needs what is said of the certificates today.
        CheckpointSealRule::Required => faults.extend(fault.or(not_long_term)),
    }
    let times = Times::of(known, witnessed.as_deref().unwrap_or_default(), &settings.policy, now);
    let rests_on_seal = match settings.policy.checkpoint_seal {
        CheckpointSealRule::Report => times.fault_of_delay(logged, None, &settings.policy).is_some(),
        CheckpointSealRule::Required => true,
    };
    let existed_at = times.existed_at();
    faults.extend(times.fault_of_signing(logged, &settings.policy));
    // Where too few witnesses have cosigned, nobody's time was asked for.
    if witnessed.is_some() || sealed_at.is_some() {
        faults.extend(times.fault_of_delay(logged, sealed_at, &settings.policy));
    }
    match times.leaves_quorum() {
        true => warnings.extend(times.in_the_future),
        false => faults.extend(times.in_the_future),
    }
    let included = Included {
        origin: text::shown(known.policy().origin()),
        index: proof.index(),
        size: signed.checkpoint().head().size(),
        witnessed: witnessed.and_then(|witnessed| count(known, &witnessed)),
        existed_at,
        sealed_at,
    };
    let until = report.as_ref().filter(|_| rests_on_seal).and_then(|report| report.verifiable_until.clone());
    Judged { included: Some(included), faults, warnings, report, until }
}

/// Counts the witnesses, where the policy asks for some.
fn count(known: &KnownLog, witnessed: &[Witnessed]) -> Option<CountOfWitnesses> {
    let (quorum, witnesses) = (known.policy().quorum(), known.policy().witnesses().len());
    (quorum > 0).then_some(CountOfWitnesses { cosigned: witnessed.len(), quorum, witnesses })
}

/// What is told of a place that holds all the same.
fn told_of(proof: &TlogProof, entry: &Entry, logged: &Logged<'_>) -> Vec<Fault> {
    let mut told = Vec::new();
    // Cosignatures by ML-DSA-44 and seals do not cover such lines, and other programs refuse the note.
    if proof.checkpoint().checkpoint().has_extensions() {
        told.push(Fault::new(Code::LogCheckpointExtended, Details::default()));
    }
    if logged.guessable.contains(entry) {
        told.push(Fault::new(Code::LogEntryGuessable, Details::stated(entry.kind())));
    }
    told
}

/// Returns the entry that is in the tree, or the first reason why none is.
fn check_included<'a>(proof: &TlogProof, logged: &Logged<'a>) -> Result<&'a Entry, InclusionError> {
    let head = proof.checkpoint().checkpoint().head();
    let size = head.size();
    let mut refused = None;
    for entry in logged.entries.iter().chain(logged.guessable) {
        match verify_inclusion(head, proof.index(), &entry.leaf(), proof.hashes()) {
            Ok(()) => return Ok(entry),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(InclusionError::OutsideOfTree { index: proof.index(), size }))
}

/// Witnesses are counted when the signatures of the log have been found valid.
fn shows_signature_of_log(error: &CheckpointVerifyError) -> bool {
    matches!(error, CheckpointVerifyError::TooFewWitnesses { .. })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the errors of another crate")]
fn fault_of(known: &KnownLog, error: &CheckpointVerifyError) -> Fault {
    match error {
        CheckpointVerifyError::OtherLog => Fault::new(Code::LogOfAnother, Details::default()),
        CheckpointVerifyError::LogSignature { fault } => {
            Fault::new(Code::LogSignatureInvalid, Details::computed(fault))
        }
        CheckpointVerifyError::Cosignature { witness, fault } => {
            let witness = known.policy().witnesses().get(*witness);
            let name = witness.map(|witness| witness.name().to_string()).unwrap_or_default();
            Fault::new(Code::LogCosignatureInvalid, Details::both(name, fault))
        }
        CheckpointVerifyError::TooFewWitnesses { stated, quorum } => {
            Fault::new(Code::LogWitnessesTooFew, Details::both(stated, quorum))
        }
        // Whatever else there may be: the log has not vouched for it.
        _ => Fault::new(Code::LogNotSigned, Details::computed(error)),
    }
}
