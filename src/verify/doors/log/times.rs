//! What the witnesses of a checkpoint say of the time.

use chrono::{DateTime, Utc};
use recommande_tlog::policy::Witnessed;

use super::logged::Logged;
use crate::finding::{Code, Details};
use crate::text;
use crate::verify::doors::fault::Fault;
use crate::verify::known_log::KnownLog;
use crate::verify::policy::Policy;

/// The times of the witnesses that have cosigned.
pub(super) struct Times {
    /// Those of witnesses whose time counts, the earliest first. None of them lies in the future.
    counted: Vec<DateTime<Utc>>,
    /// How many of these must agree that the log held it by a time; nothing where nobody's time counts.
    needed: Option<usize>,
    /// How many witnesses have cosigned without a time of the future, and how many must have.
    in_time: usize,
    quorum: usize,
    pub(super) in_the_future: Vec<Fault>,
}

impl Times {
    pub(super) fn of(known: &KnownLog, witnessed: &[Witnessed], policy: &Policy, now: DateTime<Utc>) -> Self {
        let quorum = known.policy().quorum();
        let (mut counted, mut in_the_future) = (Vec::new(), Vec::new());
        let mut add_future = |stated: String| {
            in_the_future.push(Fault::new(Code::LogTimeInTheFuture, Details::both(stated, text::time(now))));
        };
        for (witness, seconds) in witnessed.iter().filter_map(|witnessed| Some((witnessed.witness, witnessed.time?))) {
            let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            match time {
                Some(time) if time.signed_duration_since(now) > policy.clock_skew() => {
                    add_future(text::time(time).to_string());
                }
                Some(time) if known.counts_time_of(witness) => counted.push(time),
                // Nobody believes this witness about the time.
                Some(_) => {}
                None => add_future(format!("{seconds} s after 1970")),
            }
        }
        counted.sort_unstable();
        let in_time = witnessed.len().saturating_sub(in_the_future.len());
        Self { counted, needed: quorum.min(known.clocks()).checked_sub(1), in_time, quorum, in_the_future }
    }

    /// The earliest time that counts.
    pub(super) fn existed_at(&self) -> Option<DateTime<Utc>> {
        self.counted.first().copied()
    }

    /// Whether as many witnesses as must have cosigned did so without a time of the future. Then one whose clock is fast takes
    /// nothing from the place: without its line the others would be enough.
    pub(super) fn leaves_quorum(&self) -> bool {
        self.in_time >= self.quorum
    }

    /// Compares the earliest time that counts with that at which the seal says that it was made.
    pub(super) fn fault_of_signing(&self, logged: &Logged<'_>, policy: &Policy) -> Option<Fault> {
        let (signing_time, existed_at) = logged.signing_time.zip(self.existed_at())?;
        let is_before = signing_time.signed_duration_since(existed_at) > policy.clock_skew();
        let details = || Details::both(text::time(signing_time), text::time(existed_at));
        is_before.then(|| Fault::new(Code::LogTimeBeforeSigning, details()))
    }

    /// Compares the time by which the log held it with what is proven for the seal.
    ///
    /// Only witnesses whose time counts are believed, and of these as many as must have cosigned where so many are known: one that
    /// is in league with the operator could state any time. The timestamp of the seal of the checkpoint is believed as others are.
    pub(super) fn fault_of_delay(
        &self,
        logged: &Logged<'_>,
        sealed_at: Option<DateTime<Utc>>,
        policy: &Policy,
    ) -> Option<Fault> {
        // Without a proven time there is nothing to compare with, and the proof does not pass.
        let proven_at = logged.proven_at?;
        let by_witnesses = self.needed.and_then(|last| self.counted.get(last)).copied();
        match by_witnesses.into_iter().chain(sealed_at).min() {
            Some(held_at) if held_at.signed_duration_since(proven_at) > policy.merge_delay() => {
                let details = Details::both(text::time(held_at), text::time(proven_at));
                Some(Fault::new(Code::LogBeyondMergeDelay, details))
            }
            Some(_) => None,
            // What speaks against the times is told by itself.
            None if !self.leaves_quorum() && !self.in_the_future.is_empty() => None,
            None => Some(Fault::new(Code::LogTimeMissing, Details::default())),
        }
    }
}
