//! Audits a whole log: its entries, tiles and checkpoints, the seals of these, and what the service says that it sealed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use recommande_tlog::checkpoint::SignedCheckpoint;

use super::difference::Difference;
use super::error::AuditError;
use super::matching::{DayCount, Matched, Matching, ServiceRecord};
use super::published::{NOTE, numbered};
use super::seals::{SealJudge, SeenSeal};
use super::state::{STATE, State};
use super::store::Store;
use super::walk::Walk;
use crate::evidence::Issuer;
use crate::time::log_entry::{Entry, EntryKind};
use crate::verify::{KnownLog, Verifier};

/// Audits a log that others keep, by its whole store.
///
/// Nothing of the store is believed: the tree is hashed anew from the entries, and each checkpoint is compared with it. The
/// entries are read in their order, and once more where a seal needs those that follow it. Memory is what [`limits`](super::limits)
/// bounds, and some hundred octets for each checkpoint.
#[derive(Clone, Copy, Debug)]
pub struct Auditor<'a> {
    log: &'a KnownLog,
    issuer: &'a Issuer,
    verifier: &'a Verifier,
}

/// What an audit comes to. It is clean when no difference was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// The number of entries that were read.
    pub entries: u64,
    /// The number of checkpoints that were read.
    pub checkpoints: u64,
    /// The entries that a record explains.
    pub matched: u64,
    /// The records that are not in the log and need not be yet, because the merge delay has not passed, and the seal of the last
    /// checkpoint, which is an entry of the next tree.
    pub pending: u64,
    /// The entries behind the last checkpoint, which nobody has signed yet.
    pub unsigned: u64,
    /// The number of differences.
    pub differences: u64,
    /// The entries and records of each day and kind. They differ only where a difference was told, or a record is pending.
    pub days: BTreeMap<(NaiveDate, EntryKind), DayCount>,
}

impl<'a> Auditor<'a> {
    /// Audits a log by its keys and witnesses, and the seals of its checkpoints, which are of this issuer, by this verifier.
    #[must_use]
    pub fn new(log: &'a KnownLog, issuer: &'a Issuer, verifier: &'a Verifier) -> Self {
        Self { log, issuer, verifier }
    }

    /// Audits the log in a store against the records of its service, and tells each difference. The records come in the order of
    /// their times; those of the seals of checkpoints are not among them, because the audit has the seals.
    ///
    /// # Errors
    /// `Store`, `Unmatched`.
    pub fn audit<S: Store>(
        &self,
        store: &S,
        records: impl IntoIterator<Item = ServiceRecord>,
        now: DateTime<Utc>,
        mut told: impl FnMut(Difference),
    ) -> Result<Audit, AuditError> {
        let mut differences = 0;
        let mut told = |difference| {
            differences += 1;
            told(difference);
        };
        let policy = self.verifier.policy();
        let mut matching = Matching::new(records.into_iter(), policy.merge_delay(), policy.clock_skew());
        let mut audit = Audit::default();
        let state = store.read(STATE)?.and_then(|octets| State::from_octets(&octets));
        let Some(state) = state.filter(|state| state.origin == *self.log.policy().origin()) else {
            told(Difference::State);
            return Ok(Audit { differences, ..audit });
        };
        let mut seals =
            SealJudge { issuer: self.issuer, verifier: self.verifier }.judged(store, &state, now)?.into_iter();
        let mut walk = Walk::new(store, state.head.size());
        let (mut last, mut last_seal): (Option<DateTime<Utc>>, Option<Entry>) = (None, None);
        for number in 0..state.published {
            let Some(octets) = store.read(&numbered(number))? else {
                // Nothing vouches for the number of them.
                told(Difference::CheckpointUnreadable { number });
                break;
            };
            let seal = seals.next().flatten();
            let Some(checkpoint) = self.read(number, &octets, seal, &mut told) else { continue };
            audit.checkpoints += 1;
            let Sealed { note, at, seal } = checkpoint;
            let head = *note.checkpoint().head();
            // A seal that shows no time says nothing of the others.
            let proven = at;
            let at = proven.or(last).unwrap_or(now);
            if head.size() < walk.size() || last.is_some_and(|last| at < last) {
                told(Difference::CheckpointOutOfOrder { number });
            }
            last = last.max(proven);
            matching.take_records(at, &mut told)?;
            while walk.size() < head.size() {
                let index = walk.size();
                match walk.next(&mut told)? {
                    Some(entry) => matching.add_entry(index, entry, at, &mut told)?,
                    None => break,
                }
            }
            if walk.size() < head.size() {
                let (stated, found) = (head.size(), walk.size());
                told(Difference::EntriesMissing { number, stated, found });
            } else if walk.size() == head.size() && walk.head() != head {
                told(Difference::RootDiffers { number, size: head.size() });
            }
            last_seal = seal;
            if let Some(seal) = seal {
                matching.add_record(ServiceRecord { entry: seal, at }, &mut told)?;
            }
        }
        check_last(store, state.published, &mut told)?;
        let signed = walk.size();
        // What nobody has signed yet has its records all the same.
        while let Some(entry) = walk.next(&mut told)? {
            let index = walk.size().saturating_sub(1);
            matching.add_entry(index, entry, now, &mut told)?;
        }
        audit.entries = walk.size();
        audit.unsigned = walk.size().saturating_sub(signed);
        walk.finish(&mut told)?;
        if walk.size() == state.head.size() && walk.head() != state.head {
            told(Difference::HeadDiffers { size: state.head.size() });
        }
        let Matched { days, matched, pending } = matching.finish(now, last_seal, &mut told)?;
        Ok(Audit { matched, pending, days, differences, ..audit })
    }

    /// Verifies a checkpoint, and takes what its seal shows.
    fn read(
        &self,
        number: u64,
        octets: &[u8],
        seal: Option<SeenSeal>,
        told: &mut impl FnMut(Difference),
    ) -> Option<Sealed> {
        let Ok(note) = SignedCheckpoint::parse(octets) else {
            told(Difference::CheckpointUnreadable { number });
            return None;
        };
        if let Err(error) = self.log.policy().verify_checkpoint(&note) {
            told(Difference::CheckpointNotAccepted { number, reason: error.to_string() });
            return None;
        }
        // A store that changes meanwhile has no seal over what was read now.
        let Some(SeenSeal { entry, time, .. }) = seal.filter(|seal| seal.is_over(note.checkpoint())) else {
            told(Difference::SealDiffers { number });
            return Some(Sealed { note, at: None, seal: None });
        };
        if let Err(code) = time {
            told(Difference::SealNotValid { number, code });
        }
        let at = time.ok();
        Some(Sealed { note, at, seal: Some(entry) })
    }
}

/// Compares what readers are given with what the state counts.
fn check_last<S: Store>(store: &S, published: u64, told: &mut impl FnMut(Difference)) -> Result<(), AuditError> {
    if store.read(&numbered(published))?.is_some() {
        told(Difference::CheckpointNotCounted { number: published });
    }
    let last = published.checked_sub(1).map(|last| store.read(&numbered(last))).transpose()?.flatten();
    if store.read(NOTE)? != last {
        told(Difference::LastCheckpointDiffers);
    }
    Ok(())
}

/// A checkpoint that the log has signed, and what its seal shows.
struct Sealed {
    note: SignedCheckpoint,
    at: Option<DateTime<Utc>>,
    /// The entry that the next tree has of the seal.
    seal: Option<Entry>,
}
