//! One proof of a log, judged by the policy.

use chrono::{DateTime, Utc};
use recommande_tlog::checkpoint::SignedCheckpoint;
use recommande_tlog::policy::{CheckpointVerifyError, Witnessed};
use recommande_tlog::proof::TlogProof;
use recommande_tlog::tree::{InclusionError, verify_inclusion};

use super::logged::Logged;
use super::seal::{JudgedSeal, judge_seal};
use crate::finding::{Code, Details, Ledger};
use crate::text;
use crate::verify::doors::fault::Fault;
use crate::verify::given_log_proof::GivenLogProof;
use crate::verify::known_log::KnownLog;
use crate::verify::policy::Policy;
use crate::verify::report::value::Report;
use crate::verify::settings::Settings;

/// What judging one proof of a log gave.
pub(super) struct Judged {
    /// What is shown, where the log has signed the checkpoint, whatever else speaks against it.
    pub(super) included: Option<Included>,
    /// Everything that speaks against it; nothing where it holds.
    pub(super) faults: Vec<Fault>,
    /// The report on the seal of the checkpoint, where a report is made.
    pub(super) report: Option<Report>,
}

/// The place of what was verified in a tree that the log has signed.
pub(super) struct Included {
    pub(super) origin: String,
    pub(super) index: u64,
    pub(super) size: u64,
    /// The witnesses that have cosigned, where these are enough and the policy knows some.
    pub(super) witnessed: Option<CountOfWitnesses>,
    /// The earliest time of a witness whose time counts.
    pub(super) existed_at: Option<DateTime<Utc>>,
    /// The time that is proven for the seal of the checkpoint, where it is valid.
    pub(super) sealed_at: Option<DateTime<Utc>>,
    pub(super) has_no_seal: bool,
}

/// How many witnesses have cosigned, must have, and are known.
pub(super) struct CountOfWitnesses {
    pub(super) cosigned: usize,
    pub(super) quorum: usize,
    pub(super) witnesses: usize,
}

impl Judged {
    fn failed(fault: Fault) -> Self {
        Self { included: None, faults: vec![fault], report: None }
    }

    /// How much it counts before others; the smallest counts most.
    pub(super) fn rank(&self) -> u8 {
        match (&self.included, self.faults.is_empty()) {
            (Some(_), true) => 0,
            (Some(_), false) => 1,
            (None, _) => 2,
        }
    }
}

/// Judges one proof of a log: what costs least comes first, and no signature is looked at of a proof that is about something else.
pub(super) fn judge(
    given: &GivenLogProof,
    logged: &Logged<'_>,
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
    if let Err(error) = check_included(proof, logged) {
        return Judged::failed(Fault::new(Code::LogNotIncluded, Details::computed(error)));
    }
    let (witnessed, mut faults) = match known.policy().verify_checkpoint(signed) {
        Ok(verified) => (Some(verified.witnessed().to_vec()), Vec::new()),
        Err(error) if shows_signature_of_log(&error) => (None, vec![fault_of(known, &error)]),
        Err(error) => return Judged::failed(fault_of(known, &error)),
    };
    let JudgedSeal { sealed_at, fault, report } = judge_seal(proof, logged.issuer, settings, now, ledger);
    faults.extend(fault);
    let times = Times::of(known, witnessed.as_deref().unwrap_or_default(), settings, now);
    faults.extend(times.check(known, logged, sealed_at, &settings.policy));
    faults.extend(times.in_the_future);
    let has_no_seal = proof.extra().is_none();
    let policy = known.policy();
    let count = |witnessed: &Vec<Witnessed>| CountOfWitnesses {
        cosigned: witnessed.len(),
        quorum: policy.quorum(),
        witnesses: policy.witnesses().len(),
    };
    let included = Included {
        origin: text::shown(policy.origin()),
        index: proof.index(),
        size: signed.checkpoint().head().size(),
        witnessed: witnessed.as_ref().map(count).filter(|count| count.witnesses > 0),
        existed_at: times.existed_at,
        sealed_at,
        has_no_seal,
    };
    Judged { included: Some(included), faults, report }
}

/// Checks that one of the entries is in the tree, and returns the first reason why none is.
fn check_included(proof: &TlogProof, logged: &Logged<'_>) -> Result<(), InclusionError> {
    let head = proof.checkpoint().checkpoint().head();
    let size = head.size();
    let mut refused = None;
    for entry in logged.entries {
        match verify_inclusion(head, proof.index(), &entry.leaf(), proof.hashes()) {
            Ok(()) => return Ok(()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(InclusionError::OutsideOfTree { index: proof.index(), size }))
}

/// Tells if the log has signed a checkpoint, whoever else has.
pub(super) fn is_signed_by_log(known: &KnownLog, signed: &SignedCheckpoint) -> bool {
    known.policy().verify_checkpoint(signed).map_or_else(|error| shows_signature_of_log(&error), |_| true)
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
            let name = known.policy().witnesses().get(*witness).and_then(|witness| witness.keys().first());
            let name = name.map(|key| key.name().to_string()).unwrap_or_default();
            Fault::new(Code::LogCosignatureInvalid, Details::both(name, fault))
        }
        CheckpointVerifyError::TooFewWitnesses { stated, quorum } => {
            Fault::new(Code::LogWitnessesTooFew, Details::both(stated, quorum))
        }
        // Whatever else there may be: the log has not vouched for it.
        _ => Fault::new(Code::LogNotSigned, Details::computed(error)),
    }
}

/// What witnesses say of the time.
struct Times {
    /// The times of all witnesses but those that lie in the future, in their order.
    stated: Vec<DateTime<Utc>>,
    /// The earliest of those that count.
    existed_at: Option<DateTime<Utc>>,
    in_the_future: Vec<Fault>,
}

impl Times {
    fn of(known: &KnownLog, witnessed: &[Witnessed], settings: &Settings, now: DateTime<Utc>) -> Self {
        let skew = settings.policy.clock_skew();
        let mut times = Self { stated: Vec::new(), existed_at: None, in_the_future: Vec::new() };
        for (witness, seconds) in witnessed.iter().filter_map(|witnessed| Some((witnessed.witness, witnessed.time?))) {
            let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            match time {
                Some(time) if time.signed_duration_since(now) <= skew => {
                    times.stated.push(time);
                    if known.counts_time_of(witness) {
                        times.existed_at = times.existed_at.into_iter().chain([time]).min();
                    }
                }
                Some(time) => times.add_future(Details::both(text::time(time), text::time(now))),
                None => times.add_future(Details::both(format!("{seconds} s after 1970"), text::time(now))),
            }
        }
        times.stated.sort_unstable();
        times
    }

    fn add_future(&mut self, details: Details) {
        self.in_the_future.push(Fault::new(Code::LogTimeInTheFuture, details));
    }

    /// Compares what is said of the time that the log held it with what the seal says and what is proven for it.
    fn check(
        &self,
        known: &KnownLog,
        logged: &Logged<'_>,
        sealed_at: Option<DateTime<Utc>>,
        policy: &Policy,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let (Some(signing_time), Some(existed_at)) = (logged.signing_time, self.existed_at)
            && signing_time.signed_duration_since(existed_at) > policy.clock_skew()
        {
            let details = Details::both(text::time(signing_time), text::time(existed_at));
            faults.push(Fault::new(Code::LogTimeBeforeSigning, details));
        }
        // One witness may be wrong about the time: as many as must have cosigned are believed.
        let of_quorum = self.stated.get(known.policy().quorum().saturating_sub(1)).copied();
        match (logged.proven_at, of_quorum.into_iter().chain(sealed_at).min()) {
            (Some(proven_at), Some(held_at)) if held_at.signed_duration_since(proven_at) > policy.merge_delay() => {
                let details = Details::both(text::time(held_at), text::time(proven_at));
                faults.push(Fault::new(Code::LogBeyondMergeDelay, details));
            }
            (Some(_), None) if self.in_the_future.is_empty() => {
                faults.push(Fault::new(Code::LogTimeMissing, Details::default()));
            }
            // Without a proven time there is nothing to compare with, and the proof does not pass.
            (None, _) | (Some(_), Some(_) | None) => {}
        }
        faults
    }
}
