//! One batch on its way from items to proofs.

mod ahead;
mod sealing;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use recommande::TsaPool;
use recommande::evidence::{AnyStatement, EvidenceIdentifier};
use recommande::rfc3161_client::TimeStampToken;
use recommande::seal::{AggregateItem, BatchLeaves, SealedAggregate, StampedAggregate, StampedBatch, TimestampError};
use recommande::verify::Code;

use super::tools::Tools;
use super::tsa_time::TsaTime;
use crate::aggregate::{self, Aggregated};
use crate::batch::{self, Entry, Fate, Fates};
use crate::counters::Progress;
use crate::engine_error::EngineError;
use crate::issuer_part::IssuerPart;
use crate::key::Key;
use crate::reason::Reason;
use crate::seal_digest::SealDigest;
use crate::seals::{self, Held, NotHeld, Single};
use crate::settings::Seals;
use crate::store::{Completed, Proven, Store, Stored};
use crate::work::Work;

/// So many pauses long a worker leaves items of others, where it sees no other items.
const PATIENCE: u32 = 10;

/// The state of a batch. What is decided about leaves the other fields.
pub(super) struct Batch<'a, W, S> {
    worker: &'a mut Tools<W, S>,
    now: DateTime<Utc>,
    /// The statements of each identifier that nothing is known about yet.
    unknown: BTreeMap<EvidenceIdentifier, Vec<Entry>>,
    /// Those whose seal is too old for a timestamp, with its digest.
    stale: Vec<(Entry, SealDigest)>,
    /// Those whose event is after the time here.
    ahead: Vec<Entry>,
    /// Those with a seal of their own in the store.
    single: Vec<(Entry, Single)>,
    /// Those in a batch that the store has, by its digest.
    in_batch: BTreeMap<SealDigest, Vec<Entry>>,
    /// What is known of those batches.
    batches: BTreeMap<SealDigest, Aggregated>,
    /// How long items wait, where a trip has shown that no TSA answers.
    away: Option<Duration>,
    /// The time that the last token of this batch told. That of an earlier batch says nothing: the machine may have been frozen between
    /// the two, and no clock of its own went on.
    tsa_time: Option<TsaTime>,
    fates: Fates,
}

impl<'a, W: Work, S: Store> Batch<'a, W, S> {
    pub(super) fn of(worker: &'a mut Tools<W, S>, items: Vec<Vec<u8>>) -> Self {
        let now = (worker.settings.now)();
        let (statements, fates) = batch::read(items, worker.settings.sealer.issuer());
        worker.has_own |= !statements.own.is_empty();
        if !statements.of_others.is_empty() {
            worker.others_since.get_or_insert_with(Instant::now);
        }
        let mut batch = Self {
            worker,
            now,
            unknown: statements.own,
            stale: Vec::new(),
            ahead: Vec::new(),
            single: Vec::new(),
            in_batch: BTreeMap::new(),
            batches: BTreeMap::new(),
            away: None,
            tsa_time: None,
            fates,
        };
        batch.pass_over(&statements.of_others, &statements.differ_in);
        batch
    }

    /// Rejects the statements of others. A worker that has seen nothing but these leaves them in the queue for a while and says so: its
    /// settings may be to blame, and it would empty the queue of a service.
    fn pass_over(&mut self, of_others: &[Entry], differ_in: &BTreeSet<IssuerPart>) {
        if of_others.is_empty() {
            return;
        }
        let after = self.worker.settings.timestamp_pauses.shortest;
        let leaves = !self.worker.has_own
            && self.worker.others_since.is_none_or(|since| since.elapsed() < after.saturating_mul(PATIENCE));
        for entry in of_others {
            if leaves {
                self.fates.decide(entry, Fate::Later(after));
            } else {
                self.fates.reject(entry, Reason::OtherIssuer);
            }
        }
        if leaves {
            self.worker.tell(&Progress::OthersAlone { items: of_others.len(), differ_in, after });
        }
    }

    /// Makes the proofs, and returns what becomes of each item.
    ///
    /// # Errors
    /// [`EngineError`], after which nothing is settled.
    pub(super) fn made(mut self) -> Result<Vec<Fate>, EngineError> {
        self.look_up()?;
        self.look_for_batches()?;
        match self.worker.settings.seals {
            Seals::Single => self.seal_singly()?,
            Seals::Aggregated => self.seal_together()?,
        }
        // Another worker's batch may have been first.
        self.look_for_batches()?;
        let mut proven = self.stamp_single();
        for (digest, entries) in std::mem::take(&mut self.in_batch) {
            proven.extend(self.stamp_batch(digest, entries)?);
        }
        self.complete(proven)?;
        self.decide_ahead();
        if !self.fates.rejections.is_empty() {
            self.worker.store.reject(&self.fates.rejections)?;
        }
        for rejection in &self.fates.rejections {
            self.worker.tell(&Progress::Rejected(rejection));
        }
        Ok(self.fates.into_fates().collect())
    }

    /// Asks the store what it has.
    fn look_up(&mut self) -> Result<(), EngineError> {
        let keys: Vec<Key> = self.unknown.keys().copied().map(Key::Item).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let stored = self.worker.store.get(&keys)?;
        for ((identifier, entries), stored) in std::mem::take(&mut self.unknown).into_iter().zip(stored) {
            match stored {
                Some(stored) => entries.into_iter().for_each(|entry| self.found(&stored, entry)),
                None => self.unknown.entry(identifier).or_default().extend(entries),
            }
        }
        Ok(())
    }

    /// Goes on with what the store has, if it is of this statement.
    fn found(&mut self, stored: &Stored, entry: Entry) {
        match seals::held(stored, &entry, self.worker.settings.sealer.issuer()) {
            Ok(Held::Proof) => self.fates.decide(&entry, Fate::ProvenBefore),
            Ok(Held::Single(seal)) if self.is_past(seal.stamp_by()) => {
                let digest = SealDigest::of(seal.der());
                self.stale.push((entry, digest));
            }
            Ok(Held::Single(seal)) => {
                self.worker.counters.resumed += 1;
                self.single.push((entry, *seal));
            }
            Ok(Held::InBatch(digest)) => {
                self.worker.counters.resumed += 1;
                self.in_batch.entry(digest).or_default().push(entry);
            }
            Err(NotHeld::OfAnother) => self.fates.reject(&entry, Reason::DuplicateIdentifier),
            Err(NotHeld::Damaged) => self.damaged(&entry, entry.key()),
        }
    }

    /// Tells if it is too late, by this machine's clock, for a timestamp.
    fn is_past(&self, stamp_by: Option<DateTime<Utc>>) -> bool {
        stamp_by.is_some_and(|by| by < self.now)
    }

    /// Somebody has to look at the store. The item is not to blame, and waits.
    fn damaged(&mut self, entry: &Entry, key: Key) {
        let after = self.worker.settings.timestamp_pauses.longest;
        self.fates.decide(entry, Fate::Later(after));
        self.worker.tell(&Progress::StoreDamaged { key, after });
    }

    /// Reads the batches that statements are in. Where the seal of one is too old, its statements need another.
    fn look_for_batches(&mut self) -> Result<(), EngineError> {
        let unread: Vec<SealDigest> =
            self.in_batch.keys().filter(|digest| !self.batches.contains_key(*digest)).copied().collect();
        for digest in unread {
            // One at a time: each may have the leaves of a million statements.
            let stored = self.worker.store.get(&[Key::Batch(digest)])?;
            match stored.into_iter().flatten().next().and_then(|stored| aggregate::read(&stored)) {
                Some(Aggregated::Sealed(sealed)) if self.is_past(sealed.seal().stamp_by()) => {
                    let entries = self.in_batch.remove(&digest).unwrap_or_default();
                    let with_place = |entry: Entry| (seals::place(&digest, &entry), entry);
                    let stale = entries.into_iter().map(with_place);
                    self.stale.extend(stale.map(|(place, entry)| (entry, SealDigest::of(&place))));
                }
                Some(batch) => drop(self.batches.insert(digest, batch)),
                None => {
                    let entries = self.in_batch.remove(&digest).unwrap_or_default();
                    entries.iter().for_each(|entry| self.damaged(entry, Key::Batch(digest)));
                }
            }
        }
        Ok(())
    }

    /// Makes the proofs of statements with seals of their own, by one timestamp.
    fn stamp_single(&mut self) -> Vec<(Entry, Proven)> {
        let mut leaves = BatchLeaves::new();
        let mut stampable = Vec::with_capacity(self.single.len());
        for (entry, seal) in std::mem::take(&mut self.single) {
            // A seal that was stored by somebody else may have what no batch takes.
            match leaves.add(&seal) {
                Ok(()) => stampable.push((entry, seal)),
                Err(_) => self.damaged(&entry, entry.key()),
            }
        }
        let Ok(batch) = leaves.close() else { return Vec::new() };
        let stamped = match self.trip(|tsas| batch.stamp_with(tsas), StampedBatch::token) {
            Ok(stamped) => stamped,
            Err(after) => {
                stampable.iter().for_each(|(entry, _)| self.fates.decide(entry, Fate::Later(after)));
                return Vec::new();
            }
        };
        let mut proven = Vec::with_capacity(stampable.len());
        for (entry, seal) in stampable {
            let (key, digest) = (entry.key(), SealDigest::of(seal.der()));
            match stamped.proof(seal) {
                Ok(proof) => proven.push((entry, Proven { key, seal: digest, proof: proof.der().to_vec() })),
                // It is too old for the token. When its time is over by this machine's clock as well, it is sealed again.
                Err(error) => {
                    let after = self.worker.next_timestamp_pause();
                    self.fates.decide(&entry, Fate::Later(after));
                    self.worker.tell(&Progress::NoTimestamp { why: &error.why, after });
                }
            }
        }
        proven
    }

    /// Makes the proofs of statements that are in one batch.
    fn stamp_batch(&mut self, digest: SealDigest, entries: Vec<Entry>) -> Result<Vec<(Entry, Proven)>, EngineError> {
        let stamped = match self.batches.remove(&digest) {
            Some(Aggregated::Stamped(stamped)) => *stamped,
            Some(Aggregated::Sealed(sealed)) => match self.stamped(&digest, &sealed)? {
                Ok(stamped) => stamped,
                Err(after) => {
                    entries.iter().for_each(|entry| self.fates.decide(entry, Fate::Later(after)));
                    return Ok(Vec::new());
                }
            },
            None => {
                entries.iter().for_each(|entry| self.damaged(entry, Key::Batch(digest)));
                return Ok(Vec::new());
            }
        };
        Ok(entries.into_iter().filter_map(|entry| self.proof_in(&stamped, &digest, entry)).collect())
    }

    /// Has a batch stamped, and stores it, or tells how long its items wait.
    fn stamped(
        &mut self,
        digest: &SealDigest,
        sealed: &SealedAggregate,
    ) -> Result<Result<StampedAggregate, Duration>, EngineError> {
        let stamped = match self.trip(|tsas| sealed.stamp_with(tsas), StampedAggregate::token) {
            Ok(stamped) => stamped,
            Err(after) => return Ok(Err(after)),
        };
        let proof = aggregate::of_stamped(&stamped);
        self.worker.store.complete(vec![Proven { key: Key::Batch(*digest), seal: *digest, proof }])?;
        Ok(Ok(stamped))
    }

    fn proof_in(&mut self, stamped: &StampedAggregate, batch: &SealDigest, entry: Entry) -> Option<(Entry, Proven)> {
        let item = AggregateItem::<AnyStatement>::from_json(&entry.octets).ok();
        let Some(proof) = item.and_then(|item| stamped.proof(item).ok()) else {
            self.damaged(&entry, Key::Batch(*batch));
            return None;
        };
        let seal = SealDigest::of(&seals::place(batch, &entry));
        let proven = Proven { key: entry.key(), seal, proof: proof.der().to_vec() };
        Some((entry, proven))
    }

    /// Asks the TSAs, or tells how long items wait. Where none answered a moment ago, none is asked again.
    fn trip<T>(
        &mut self,
        stamp: impl FnOnce(&TsaPool) -> Result<T, TimestampError>,
        token: impl FnOnce(&T) -> &TimeStampToken,
    ) -> Result<T, Duration> {
        if let Some(after) = self.away {
            return Err(after);
        }
        match stamp(&self.worker.settings.tsas) {
            Ok(stamped) => {
                self.worker.counters.trips += 1;
                self.tsa_time = Some(TsaTime::of(token(&stamped)));
                self.worker.timestamp_pause = None;
                Ok(stamped)
            }
            Err(error) => {
                self.worker.counters.failed_trips += 1;
                let after = self.worker.next_timestamp_pause();
                self.worker.tell(&Progress::NoTimestamp { why: &error, after });
                // One that does not fit these seals may fit others.
                let is_of_seal = matches!(error.code(), Some(Code::TimestampTooLate | Code::CertificateExpired));
                self.away = (!is_of_seal).then_some(after);
                Err(after)
            }
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
                Completed::Now => self.fates.decide(entry, Fate::Proven),
                Completed::Before => self.fates.decide(entry, Fate::ProvenBefore),
                // The store has another seal than it said to have, or none. The next worker looks again.
                Completed::OtherSeal => self.damaged(entry, entry.key()),
            }
        }
        Ok(())
    }
}
