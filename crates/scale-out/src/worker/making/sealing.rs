//! Seals what has none, or one that is too old.

use std::error::Error;

use recommande::evidence::{AnyStatement, Statement as _};
use recommande::seal::{AggregateItem, AggregateLeaves, SealError, SealedAggregate};

use super::Batch;
use crate::aggregate::{self, Aggregated};
use crate::batch::{Entry, Fate};
use crate::counters::Progress;
use crate::engine_error::EngineError;
use crate::key::Key;
use crate::reason::Reason;
use crate::seal_digest::SealDigest;
use crate::seals;
use crate::store::{Inserted, Store, Stored};
use crate::work::Work;

/// A statement that needs a seal, and the digest of the one that is too old.
type Unsealed = (Entry, Option<SealDigest>);

/// Why a statement got no seal.
enum Why {
    /// No retry mends it.
    Rejected(Reason),
    /// Its time has not come, by the clock here.
    Ahead,
    /// Nothing can be sealed here.
    Here(Box<dyn Error>),
}

/// The sealer announces second seals, which a worker does not make.
#[derive(Debug, thiserror::Error)]
#[error("a worker makes no second seals, and this sealer announces one")]
struct SecondSeal;

impl<W: Work, S: Store> Batch<'_, W, S> {
    /// Takes the statements that need a seal. Of several under one identifier the first one is sealed; the others are handed out
    /// again, and the store then decides about them.
    fn take_unsealed(&mut self) -> Vec<Unsealed> {
        let unknown = std::mem::take(&mut self.unknown).into_values();
        let first = unknown.filter_map(|entries| entries.into_iter().next()).map(|entry| (entry, None));
        let mut unsealed: Vec<Unsealed> = first.collect();
        unsealed.extend(std::mem::take(&mut self.stale).into_iter().map(|(entry, old)| (entry, Some(old))));
        unsealed
    }

    pub(super) fn seal_singly(&mut self) -> Result<(), EngineError> {
        let now = self.now;
        let sealed = self.each_sealed(|batch, entry| {
            let seal = batch.worker.settings.sealer.seal(&entry.statement, now)?;
            if seal.as_artifact().announced_seal().is_some() { Err(SecondSeal.into()) } else { Ok(seal) }
        });
        let octets = sealed.iter().map(|((entry, old), seal)| (entry.key(), *old, seal.der().to_vec()));
        let stored = self.store(octets.collect())?;
        for (((entry, _), seal), stored) in sealed.into_iter().zip(stored) {
            match stored {
                Inserted::Ours => self.single.push((entry, seal)),
                Inserted::Theirs(stored) => self.outrun(&stored, entry),
            }
        }
        Ok(())
    }

    pub(super) fn seal_together(&mut self) -> Result<(), EngineError> {
        let now = self.now;
        let items = self.each_sealed(|batch, entry| {
            let item = batch.worker.settings.sealer.aggregate_item(entry.statement.clone(), now)?;
            if item.stated().announced_seal().is_some() { Err(SecondSeal.into()) } else { Ok(item) }
        });
        if items.is_empty() {
            return Ok(());
        }
        let number = self.worker.store.batch_number()?;
        let sealed = match self.sealed_batch(number, items.iter().map(|(_, item)| item)) {
            Ok(sealed) => sealed,
            Err(error) => {
                self.not_sealed(&*error, items.iter().map(|((entry, _), _)| entry));
                return Ok(());
            }
        };
        // The batch is stored before any statement refers to it.
        let octets = aggregate::of_sealed(&sealed);
        let digest = SealDigest::of(&octets);
        self.worker.store.insert_if_absent(&[(Key::Batch(digest), octets)])?;
        self.batches.insert(digest, Aggregated::Sealed(Box::new(sealed)));
        let places = items.iter().map(|((entry, old), _)| (entry.key(), *old, seals::place(&digest, entry)));
        let stored = self.store(places.collect())?;
        for (((entry, _), _), stored) in items.into_iter().zip(stored) {
            match stored {
                Inserted::Ours => self.in_batch.entry(digest).or_default().push(entry),
                Inserted::Theirs(stored) => self.outrun(&stored, entry),
            }
        }
        Ok(())
    }

    /// Seals each statement that needs it. When nothing can be sealed here, the rest waits without being tried.
    fn each_sealed<T>(
        &mut self,
        mut seal: impl FnMut(&Self, &Entry) -> Result<T, Box<dyn Error>>,
    ) -> Vec<(Unsealed, T)> {
        let mut sealed = Vec::new();
        let mut unsealed = self.take_unsealed().into_iter();
        while let Some((entry, old)) = unsealed.next() {
            match seal(self, &entry).map_err(why) {
                Ok(made) => sealed.push(((entry, old), made)),
                Err(Why::Rejected(reason)) => self.fates.reject(&entry, reason),
                Err(Why::Ahead) => self.ahead.push(entry),
                Err(Why::Here(error)) => {
                    let rest: Vec<Unsealed> = [(entry, old)].into_iter().chain(unsealed).collect();
                    self.not_sealed(&*error, rest.iter().map(|(entry, _)| entry));
                    break;
                }
            }
        }
        sealed
    }

    fn sealed_batch<'i>(
        &self,
        number: u64,
        items: impl Iterator<Item = &'i AggregateItem<AnyStatement>>,
    ) -> Result<SealedAggregate, Box<dyn Error>> {
        let sealer = &self.worker.settings.sealer;
        let mut leaves = AggregateLeaves::new(sealer.issuer());
        for item in items {
            leaves.add(item)?;
        }
        Ok(sealer.seal_aggregate(&leaves.close(number)?, self.now)?)
    }

    /// Stores seals: new ones where there is none, others in the place of those that are too old. Returns whose seal stays.
    fn store(&mut self, seals: Vec<(Key, Option<SealDigest>, Vec<u8>)>) -> Result<Vec<Inserted>, EngineError> {
        // Those of one kind are together, in the order of `take_unsealed`.
        let (mut new, mut again) = (Vec::new(), Vec::new());
        for (key, old, seal) in seals {
            match old {
                None => new.push((key, seal)),
                Some(old) => again.push((key, old, seal)),
            }
        }
        let mut stored = if new.is_empty() { Vec::new() } else { self.worker.store.insert_if_absent(&new)? };
        if !again.is_empty() {
            stored.extend(self.worker.store.replace(&again)?);
        }
        self.worker.count(new.len(), |counters| &mut counters.sealed);
        self.worker.count(again.len(), |counters| &mut counters.sealed_again);
        Ok(stored)
    }

    /// Goes on with the seal of another worker, which was first.
    fn outrun(&mut self, stored: &Stored, entry: Entry) {
        self.worker.counters.outrun += 1;
        self.found(stored, entry);
        // Its time is over as well: the next worker to have the item seals it.
        self.stale.clear();
    }

    /// Nothing can be sealed here now.
    fn not_sealed<'e>(&mut self, why: &(dyn Error + 'static), entries: impl Iterator<Item = &'e Entry>) {
        let after = self.worker.next_timestamp_pause();
        entries.for_each(|entry| self.fates.decide(entry, Fate::Later(after)));
        self.worker.tell(&Progress::NotSealed { why, after });
    }
}

/// Tells why a statement got no seal.
fn why(error: Box<dyn Error>) -> Why {
    let Some(of_seal) = error.downcast_ref::<SealError>() else { return Why::Here(error) };
    match of_seal {
        SealError::Statement(_) => Why::Rejected(Reason::Statement),
        SealError::SealedTooLate { .. } => Why::Rejected(Reason::SealedTooLate),
        // One of the two clocks is wrong, and either may be set right.
        SealError::EventAfterSigning { .. } => Why::Ahead,
        // The key, a certificate or the clock is to blame, and somebody can mend that. Nothing is rejected for a reason that this
        // version does not know.
        _ => Why::Here(error),
    }
}
