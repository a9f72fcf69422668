//! Compares the entries of a log with the records of its service, in one pass over both.

use std::collections::{BTreeMap, VecDeque};
use std::iter::Peekable;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::difference::Difference;
use super::limits::MAX_UNMATCHED;
use crate::time::log_entry::{Entry, EntryKind};

/// What a service says that it sealed, and when: a record of its trail, or a file of its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceRecord {
    /// The entry that the log should have.
    pub entry: Entry,
    /// The time of the seal.
    pub at: DateTime<Utc>,
}

/// How many entries and records there are of one kind and day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCount {
    /// The entries of the log.
    pub entries: u64,
    /// The records of the service.
    pub records: u64,
}

/// So much is unmatched that the two do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_UNMATCHED} records and entries have no counterpart: these are not the records of this log")]
pub struct TooManyUnmatched;

/// Records and entries that wait for each other. Memory is bounded by the number of these.
pub(super) struct Matching<I: Iterator<Item = ServiceRecord>> {
    records: Peekable<I>,
    delay: TimeDelta,
    skew: TimeDelta,
    /// Records without an entry, by the times of those that are alike.
    records_alone: BTreeMap<Entry, VecDeque<DateTime<Utc>>>,
    /// Entries without a record, with their indexes and the times of their checkpoints.
    entries_alone: BTreeMap<Entry, VecDeque<(u64, DateTime<Utc>)>>,
    unmatched: usize,
    days: BTreeMap<(NaiveDate, EntryKind), DayCount>,
    matched: u64,
}

/// What the entries and the records come to.
pub(super) struct Matched {
    pub(super) days: BTreeMap<(NaiveDate, EntryKind), DayCount>,
    /// The entries that a record explains.
    pub(super) matched: u64,
    /// The records that may still be taken up.
    pub(super) pending: u64,
}

impl<I: Iterator<Item = ServiceRecord>> Matching<I> {
    pub(super) fn new(records: I, delay: TimeDelta, skew: TimeDelta) -> Self {
        Self {
            records: records.peekable(),
            delay,
            skew,
            records_alone: BTreeMap::new(),
            entries_alone: BTreeMap::new(),
            unmatched: 0,
            days: BTreeMap::new(),
            matched: 0,
        }
    }

    /// Takes the records up to the time of a checkpoint.
    pub(super) fn take_records(
        &mut self,
        until: DateTime<Utc>,
        told: &mut impl FnMut(Difference),
    ) -> Result<(), TooManyUnmatched> {
        let skew = self.skew;
        while let Some(record) = self.records.next_if(|record| record.at.signed_duration_since(until) <= skew) {
            self.add_record(record, told)?;
        }
        Ok(())
    }

    pub(super) fn add_record(
        &mut self,
        record: ServiceRecord,
        told: &mut impl FnMut(Difference),
    ) -> Result<(), TooManyUnmatched> {
        let ServiceRecord { entry, at } = record;
        self.day(at, entry).records += 1;
        match take(&mut self.entries_alone, &entry) {
            Some((index, logged_at)) => {
                self.unmatched -= 1;
                self.count_match(index, entry, at, logged_at, told);
                Ok(())
            }
            None => {
                self.records_alone.entry(entry).or_default().push_back(at);
                self.grow()
            }
        }
    }

    /// Takes an entry of the log, with the time of the checkpoint that took it up.
    pub(super) fn add_entry(
        &mut self,
        index: u64,
        entry: Entry,
        logged_at: DateTime<Utc>,
        told: &mut impl FnMut(Difference),
    ) -> Result<(), TooManyUnmatched> {
        match take(&mut self.records_alone, &entry) {
            Some(at) => {
                self.unmatched -= 1;
                self.count_match(index, entry, at, logged_at, told);
                Ok(())
            }
            None => {
                self.entries_alone.entry(entry).or_default().push_back((index, logged_at));
                self.grow()
            }
        }
    }

    fn count_match(
        &mut self,
        index: u64,
        entry: Entry,
        at: DateTime<Utc>,
        logged_at: DateTime<Utc>,
        told: &mut impl FnMut(Difference),
    ) {
        self.matched += 1;
        // On the day of the record, so that what is taken up after midnight is no difference.
        self.day(at, entry).entries += 1;
        let delay = logged_at.signed_duration_since(at);
        if delay > self.delay {
            told(Difference::Late { index, entry, at, logged_at });
        } else if delay < -self.skew {
            told(Difference::Early { index, entry, at, logged_at });
        }
    }

    fn grow(&mut self) -> Result<(), TooManyUnmatched> {
        self.unmatched += 1;
        if self.unmatched > MAX_UNMATCHED { Err(TooManyUnmatched) } else { Ok(()) }
    }

    fn day(&mut self, at: DateTime<Utc>, entry: Entry) -> &mut DayCount {
        self.days.entry((at.date_naive(), entry.kind())).or_default()
    }

    /// Takes the records that are left, and tells what has no counterpart at this time. Returns what both come to.
    ///
    /// A log that takes up nothing any more publishes no checkpoint, so that the delay ends by the time of the audit. Only the seal of
    /// the last checkpoint waits for as long as nothing else is logged.
    pub(super) fn finish(
        mut self,
        now: DateTime<Utc>,
        last_seal: Option<Entry>,
        told: &mut impl FnMut(Difference),
    ) -> Result<Matched, TooManyUnmatched> {
        while let Some(record) = self.records.next() {
            self.add_record(record, told)?;
        }
        let mut pending = 0;
        for (entry, times) in std::mem::take(&mut self.records_alone) {
            for at in times {
                let is_due = now.signed_duration_since(at) > self.delay && last_seal != Some(entry);
                match is_due {
                    true => told(Difference::NotLogged { entry, at }),
                    false => pending += 1,
                }
            }
        }
        let mut alone: Vec<(u64, Entry, DateTime<Utc>)> = Vec::new();
        for (entry, places) in std::mem::take(&mut self.entries_alone) {
            alone.extend(places.into_iter().map(|(index, at)| (index, entry, at)));
        }
        alone.sort_unstable();
        for (index, entry, at) in alone {
            self.day(at, entry).entries += 1;
            told(Difference::Unexplained { index, entry, at });
        }
        Ok(Matched { days: self.days, matched: self.matched, pending })
    }
}

/// Takes the first of those that are alike.
fn take<T>(waiting: &mut BTreeMap<Entry, VecDeque<T>>, entry: &Entry) -> Option<T> {
    let alike = waiting.get_mut(entry)?;
    let first = alike.pop_front();
    if alike.is_empty() {
        waiting.remove(entry);
    }
    first
}
