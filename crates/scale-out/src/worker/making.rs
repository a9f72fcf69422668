//! One batch on its way from items to proofs.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::TsaPool;
use recommande::evidence::{AnyStatement, EvidenceIdentifier, Statement as _};
use recommande::seal::{
    AggregateItem, AggregateLeaves, BatchLeaves, SealError, SealedAggregate, StampedAggregate, TimestampError,
};
use recommande::verify::Code;

use super::{Seals, Worker};
use crate::aggregate::{self, Aggregated};
use crate::batch::{self, Entry, Verdicts};
use crate::counters::Progress;
use crate::engine_error::EngineError;
use crate::key::Key;
use crate::reason::Reason;
use crate::seals::{self, Held, Single};
use crate::store::{Completed, Inserted, Proven, SealDigest, Store, Stored};
use crate::work::{Verdict, Work};

/// An event further in the future is of a wrong clock, and no retry mends it.
const FAR: TimeDelta = TimeDelta::days(1);

/// A seal takes its first timestamp within a day (`Policy::maximum_timestamp_delay`), and is made at its event or later.
const TIMESTAMP_DELAY: TimeDelta = TimeDelta::days(1);

/// The state of a batch. What is decided about leaves the other fields.
pub(super) struct Batch<'a, W, S> {
    worker: &'a mut Worker<W, S>,
    now: DateTime<Utc>,
    /// The statements of each identifier that nothing is known about yet.
    unknown: BTreeMap<EvidenceIdentifier, Vec<Entry>>,
    /// Those with a seal of their own in the store.
    single: Vec<(Entry, Single)>,
    /// Those in a batch that the store has, by its digest.
    in_batch: BTreeMap<SealDigest, Vec<Entry>>,
    /// Batches that were sealed here just now.
    own: BTreeMap<SealDigest, SealedAggregate>,
    verdicts: Verdicts,
}

/// Why a statement got no seal.
enum Unsealed {
    /// No retry mends it.
    Rejected(Reason),
    /// Its time has not come.
    Later(Duration),
    /// Nothing can be sealed here.
    Here(SealError),
}

impl<'a, W: Work, S: Store> Batch<'a, W, S> {
    pub(super) fn of(worker: &'a mut Worker<W, S>, items: Vec<Vec<u8>>) -> Self {
        let now = (worker.settings.now)();
        let (unknown, verdicts) = batch::read(items, worker.settings.sealer.issuer());
        Self { worker, now, unknown, single: Vec::new(), in_batch: BTreeMap::new(), own: BTreeMap::new(), verdicts }
    }

    /// Makes the proofs, and returns what becomes of each item.
    ///
    /// # Errors
    /// [`EngineError`], after which nothing is settled.
    pub(super) fn made(mut self, tickets: &[W::Ticket]) -> Result<Vec<Verdict>, EngineError> {
        self.look_up()?;
        match self.worker.settings.seals {
            Seals::Single => self.seal_singly()?,
            Seals::Aggregated => self.seal_together()?,
        }
        self.worker.work.hold(tickets)?;
        let mut proven = self.stamp_single();
        for (digest, entries) in std::mem::take(&mut self.in_batch) {
            proven.extend(self.stamp_batch(digest, entries)?);
            self.worker.work.hold(tickets)?;
        }
        self.complete(proven)?;
        if !self.verdicts.rejections.is_empty() {
            self.worker.store.reject(&self.verdicts.rejections)?;
        }
        for rejection in &self.verdicts.rejections {
            (self.worker.tell)(&Progress::Rejected(rejection), &self.worker.counters);
        }
        Ok(self.verdicts.into_verdicts().collect())
    }

    /// Asks the store what it has.
    fn look_up(&mut self) -> Result<(), EngineError> {
        let keys: Vec<Key> = self.unknown.keys().copied().map(Key::Item).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let stored = self.worker.store.get(&keys)?;
        for (identifier, stored) in std::mem::take(&mut self.unknown).into_iter().zip(stored) {
            let (identifier, entries) = identifier;
            match stored {
                Some(stored) => entries.into_iter().for_each(|entry| self.found(&stored, entry)),
                None => self.unknown.entry(identifier).or_default().extend(entries),
            }
        }
        Ok(())
    }

    /// Goes on with what the store has, if it is of this statement.
    fn found(&mut self, stored: &Stored, entry: Entry) {
        match seals::held(stored, &entry) {
            Ok(Held::Proof) => {
                self.worker.counters.proven_before += 1;
                self.verdicts.decide(&entry, Verdict::Done);
            }
            Ok(Held::Single(seal)) => {
                self.worker.counters.resumed += 1;
                self.single.push((entry, *seal));
            }
            Ok(Held::InBatch(digest)) => {
                self.worker.counters.resumed += 1;
                self.in_batch.entry(digest).or_default().push(entry);
            }
            Err(reason) => self.verdicts.reject(&entry, reason),
        }
    }

    /// Takes the statements without a seal. Of several under one identifier the first one is sealed.
    fn take_unknown(&mut self) -> Vec<Entry> {
        let mut first = Vec::with_capacity(self.unknown.len());
        for entries in std::mem::take(&mut self.unknown).into_values() {
            let mut entries = entries.into_iter();
            first.extend(entries.next());
            entries.for_each(|entry| self.verdicts.reject(&entry, Reason::DuplicateIdentifier));
        }
        first
    }

    fn seal_singly(&mut self) -> Result<(), EngineError> {
        let mut sealed = Vec::new();
        let mut entries = self.take_unknown().into_iter();
        while let Some(entry) = entries.next() {
            match self.worker.settings.sealer.seal(&entry.statement, self.now) {
                Ok(seal) if seal.as_artifact().announced_seal().is_none() => sealed.push((entry, seal)),
                // The second seal would be missing beside the proof.
                Ok(_) => {
                    self.not_sealed(&SecondSeal, [entry].into_iter().chain(entries));
                    break;
                }
                Err(error) => match self.unsealed(&entry, error) {
                    Unsealed::Rejected(reason) => self.verdicts.reject(&entry, reason),
                    Unsealed::Later(after) => self.verdicts.decide(&entry, Verdict::Later(after)),
                    Unsealed::Here(error) => {
                        self.not_sealed(&error, [entry].into_iter().chain(entries));
                        break;
                    }
                },
            }
        }
        let count = sealed.len();
        let seals: Vec<(Key, Vec<u8>)> =
            sealed.iter().map(|(entry, seal)| (entry.key(), seal.der().to_vec())).collect();
        let inserted = self.insert(&seals)?;
        for ((entry, seal), inserted) in sealed.into_iter().zip(inserted) {
            match inserted {
                Inserted::Ours => self.single.push((entry, seal)),
                Inserted::Theirs(stored) => self.outrun(&stored, entry),
            }
        }
        self.worker.count(count, |counters| &mut counters.sealed);
        Ok(())
    }

    fn seal_together(&mut self) -> Result<(), EngineError> {
        let mut items = Vec::new();
        let mut entries = self.take_unknown().into_iter();
        while let Some(entry) = entries.next() {
            match self.worker.settings.sealer.aggregate_item(entry.statement.clone(), self.now) {
                Ok(item) if item.stated().announced_seal().is_none() => items.push((entry, item)),
                Ok(_) => {
                    self.not_sealed(&SecondSeal, [entry].into_iter().chain(entries));
                    break;
                }
                Err(error) => match self.unsealed(&entry, error) {
                    Unsealed::Rejected(reason) => self.verdicts.reject(&entry, reason),
                    Unsealed::Later(after) => self.verdicts.decide(&entry, Verdict::Later(after)),
                    Unsealed::Here(error) => {
                        self.not_sealed(&error, [entry].into_iter().chain(entries));
                        break;
                    }
                },
            }
        }
        if items.is_empty() {
            return Ok(());
        }
        let number = self.worker.store.batch_number()?;
        let sealed = match self.sealed_batch(number, items.iter().map(|(_, item)| item)) {
            Ok(sealed) => sealed,
            Err(error) => {
                self.not_sealed(&*error, items.into_iter().map(|(entry, _)| entry));
                return Ok(());
            }
        };
        // The batch is stored before any statement refers to it.
        let octets = aggregate::of_sealed(&sealed);
        let digest = SealDigest::of(&octets);
        self.insert(&[(Key::Batch(digest), octets)])?;
        self.own.insert(digest, sealed);
        let places: Vec<(Key, Vec<u8>)> = items
            .iter()
            .map(|(entry, _)| (entry.key(), seals::in_batch(&digest, &SealDigest::of(&entry.octets))))
            .collect();
        let inserted = self.insert(&places)?;
        self.worker.count(items.len(), |counters| &mut counters.sealed);
        for ((entry, _), inserted) in items.into_iter().zip(inserted) {
            match inserted {
                Inserted::Ours => self.in_batch.entry(digest).or_default().push(entry),
                Inserted::Theirs(stored) => self.outrun(&stored, entry),
            }
        }
        Ok(())
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

    fn insert(&mut self, seals: &[(Key, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        if seals.is_empty() { Ok(Vec::new()) } else { self.worker.store.insert_if_absent(seals) }
    }

    /// Goes on with the seal of another worker, which was first.
    fn outrun(&mut self, stored: &Stored, entry: Entry) {
        self.worker.counters.outrun += 1;
        self.found(stored, entry);
    }

    /// Tells why a statement got no seal.
    fn unsealed(&self, entry: &Entry, error: SealError) -> Unsealed {
        match error {
            SealError::Statement(_) => Unsealed::Rejected(Reason::Statement),
            SealError::EnvironmentOfSubmission { .. } => Unsealed::Rejected(Reason::EnvironmentOfSubmission),
            SealError::SealedTooLate { .. } => Unsealed::Rejected(Reason::SealedTooLate),
            SealError::EventAfterSigning { .. } => {
                let ahead = entry.statement.event_time() - self.now;
                if ahead > FAR {
                    return Unsealed::Rejected(Reason::EventInFuture);
                }
                let ahead = ahead.to_std().unwrap_or_default();
                Unsealed::Later(ahead.min(self.worker.settings.timestamp_pauses.longest))
            }
            // The key, a certificate or the clock is to blame, and somebody can mend that. Nothing is rejected for a reason that this
            // version does not know.
            error => Unsealed::Here(error),
        }
    }

    /// Nothing can be sealed here now.
    fn not_sealed(&mut self, why: &(dyn Error + 'static), entries: impl Iterator<Item = Entry>) {
        let after = self.worker.next_timestamp_pause();
        entries.for_each(|entry| self.verdicts.decide(&entry, Verdict::Later(after)));
        self.worker.tell(&Progress::NotSealed { why, after });
    }

    /// Makes the proofs of statements with seals of their own, by one timestamp.
    fn stamp_single(&mut self) -> Vec<(Entry, Proven)> {
        let single = std::mem::take(&mut self.single);
        if single.is_empty() {
            return Vec::new();
        }
        let mut leaves = BatchLeaves::new();
        let mut stampable = Vec::with_capacity(single.len());
        for (entry, seal) in single {
            // A seal that was stored by somebody else may have what no batch takes.
            match leaves.add(&seal) {
                Ok(()) => stampable.push((entry, seal)),
                Err(_) => self.verdicts.reject(&entry, Reason::StoreDamaged),
            }
        }
        let Ok(batch) = leaves.close() else { return Vec::new() };
        let stamped = match self.trip(|tsas| batch.stamp_with(tsas)) {
            Ok(stamped) => stamped,
            Err(error) => {
                self.no_timestamp(&error, stampable.into_iter().map(|(entry, _)| entry));
                return Vec::new();
            }
        };
        let mut proven = Vec::with_capacity(stampable.len());
        for (entry, seal) in stampable {
            let (key, digest) = (entry.key(), SealDigest::of(seal.der()));
            match stamped.proof(seal) {
                Ok(proof) => proven.push((entry, Proven { key, seal: digest, proof: proof.der().to_vec() })),
                Err(_) => self.too_late(entry),
            }
        }
        proven
    }

    /// Makes the proofs of statements that are in one batch.
    fn stamp_batch(&mut self, digest: SealDigest, entries: Vec<Entry>) -> Result<Vec<(Entry, Proven)>, EngineError> {
        let batch = match self.own.remove(&digest) {
            Some(sealed) => Some(Aggregated::Sealed(Box::new(sealed))),
            None => {
                let stored = self.worker.store.get(&[Key::Batch(digest)])?;
                stored.into_iter().flatten().next().and_then(|stored| aggregate::read(&stored))
            }
        };
        let stamped = match batch {
            Some(Aggregated::Stamped(stamped)) => *stamped,
            Some(Aggregated::Sealed(sealed)) => match self.trip(|tsas| sealed.stamp_with(tsas)) {
                Ok(stamped) => {
                    let proof = aggregate::of_stamped(&stamped);
                    self.worker.store.complete(vec![Proven { key: Key::Batch(digest), seal: digest, proof }])?;
                    stamped
                }
                Err(error) => {
                    self.no_timestamp(&error, entries.into_iter());
                    return Ok(Vec::new());
                }
            },
            None => {
                entries.iter().for_each(|entry| self.verdicts.reject(entry, Reason::StoreDamaged));
                return Ok(Vec::new());
            }
        };
        Ok(entries.into_iter().filter_map(|entry| self.proof_in(&stamped, &digest, entry)).collect())
    }

    fn proof_in(&mut self, stamped: &StampedAggregate, batch: &SealDigest, entry: Entry) -> Option<(Entry, Proven)> {
        let item = AggregateItem::<AnyStatement>::from_json(&entry.octets).ok();
        let Some(proof) = item.and_then(|item| stamped.proof(item).ok()) else {
            self.verdicts.reject(&entry, Reason::StoreDamaged);
            return None;
        };
        let place = seals::in_batch(batch, &SealDigest::of(&entry.octets));
        let proven = Proven { key: entry.key(), seal: SealDigest::of(&place), proof: proof.der().to_vec() };
        Some((entry, proven))
    }

    fn trip<T>(&mut self, stamp: impl FnOnce(&TsaPool) -> Result<T, TimestampError>) -> Result<T, TimestampError> {
        let stamped = stamp(&self.worker.settings.tsas);
        match stamped {
            Ok(_) => {
                self.worker.counters.trips += 1;
                self.worker.timestamp_pause = None;
            }
            Err(_) => self.worker.counters.failed_trips += 1,
        }
        stamped
    }

    fn no_timestamp(&mut self, error: &TimestampError, entries: impl Iterator<Item = Entry>) {
        let after = self.worker.next_timestamp_pause();
        self.worker.tell(&Progress::NoTimestamp { why: error, after });
        let is_too_late = matches!(error.code(), Some(Code::TimestampTooLate | Code::CertificateExpired));
        for entry in entries {
            if is_too_late { self.too_late(entry) } else { self.verdicts.decide(&entry, Verdict::Later(after)) }
        }
    }

    /// The time of a token is too late for a seal. Where the seal cannot be that old by this machine's clock, the clock of the TSA
    /// is wrong, and nothing is rejected because of that.
    fn too_late(&mut self, entry: Entry) {
        if self.now - entry.statement.event_time() > TIMESTAMP_DELAY {
            self.verdicts.reject(&entry, Reason::TimestampTooLate);
        } else {
            let after = self.worker.settings.timestamp_pauses.longest;
            self.verdicts.decide(&entry, Verdict::Later(after));
        }
    }

    fn complete(&mut self, proven: Vec<(Entry, Proven)>) -> Result<(), EngineError> {
        if proven.is_empty() {
            return Ok(());
        }
        let (entries, proven): (Vec<Entry>, Vec<Proven>) = proven.into_iter().unzip();
        let completed = self.worker.store.complete(proven)?;
        for (entry, completed) in entries.iter().zip(completed) {
            match completed {
                Completed::Now => {
                    self.worker.counters.proven += 1;
                    self.verdicts.decide(entry, Verdict::Done);
                }
                Completed::Before => {
                    self.worker.counters.proven_before += 1;
                    self.verdicts.decide(entry, Verdict::Done);
                }
                // The store lost a seal that it said to have. The next worker looks again.
                Completed::OtherSeal => {
                    let after = self.worker.settings.engine_pauses.longest;
                    self.verdicts.decide(entry, Verdict::Later(after));
                }
            }
        }
        Ok(())
    }
}

/// The sealer announces second seals, which a worker does not make.
#[derive(Debug, thiserror::Error)]
#[error("a worker makes no second seals, and this sealer announces one")]
struct SecondSeal;
