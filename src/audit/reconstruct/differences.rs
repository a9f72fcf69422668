//! The differences between the times of records, and between those and the times of proofs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::fact::Fact;
use crate::audit::Kind;

/// The fewest pairs of which a median says anything: of two, one could be an outlier.
pub(super) const MIN_PAIRS: usize = 3;

/// The index of a clock: that of a source from one setting to the next.
pub(super) type ClockIndex = u16;

/// What two records are compared by: what happened, and of which kind the records are.
pub(super) type Deed = (Fact, Kind);

/// How far clocks may differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    /// Between two records of one happening.
    pub(super) pair: TimeDelta,
    /// Between the record of the issue of a proof and its timestamp.
    pub(super) timestamp: TimeDelta,
}

impl Tolerance {
    /// Tells if two differences in microseconds are the same, as far as clocks say.
    pub(super) fn is_alike(self, first: i64, second: i64) -> bool {
        TimeDelta::microseconds(saturating_abs_diff(first, second)) <= self.pair
    }
}

/// The middle of some differences, with their spread, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) median: i64,
    pub(super) spread: i64,
    pub(super) count: usize,
}

impl Estimate {
    /// Differences that lie far apart are delays, as of seals that are timestamped together, and say nothing of a clock.
    pub(super) fn of(differences: &[i64], tolerance: Tolerance) -> Option<Self> {
        if differences.len() < MIN_PAIRS {
            return None;
        }
        let median = median(differences.to_vec())?;
        let deviations = differences.iter().map(|difference| saturating_abs_diff(*difference, median)).collect();
        let estimate = Self { median, spread: self::median(deviations)?, count: differences.len() };
        (TimeDelta::microseconds(estimate.spread) <= tolerance.pair).then_some(estimate)
    }

    /// The middle of bounds, of which each says that a clock is behind by so much at least, however far they lie apart.
    fn of_bounds(differences: &[i64]) -> Option<Self> {
        let most = Tolerance { pair: TimeDelta::MAX, timestamp: TimeDelta::MAX };
        Self::of(differences, most)
    }

    /// A clock that is off is so in all that it times. Where it is not, something else than a clock differs.
    fn of_pair(by_deed: &BTreeMap<Deed, Vec<i64>>, tolerance: Tolerance) -> Option<Self> {
        let all: Vec<i64> = by_deed.values().flatten().copied().collect();
        let estimate = Self::of(&all, tolerance)?;
        let mut of_deeds = by_deed.values().filter_map(|differences| Self::of(differences, tolerance));
        of_deeds.all(|of_deed| of_deed.is_like(estimate, tolerance)).then_some(estimate)
    }

    pub(super) fn is_within(self, tolerance: TimeDelta) -> bool {
        TimeDelta::microseconds(self.median).abs() <= tolerance
    }

    /// Tells if the difference is negative, and more than what is tolerated of timestamps.
    pub(super) fn is_behind(self, tolerance: Tolerance) -> bool {
        self.median < 0 && !self.is_within(tolerance.timestamp)
    }

    /// Tells if the difference is positive, and more than what is tolerated of timestamps.
    pub(super) fn is_ahead(self, tolerance: Tolerance) -> bool {
        self.median > 0 && !self.is_within(tolerance.timestamp)
    }

    /// Tells if two differences are the same, as far as clocks say.
    pub(super) fn is_like(self, estimate: Self, tolerance: Tolerance) -> bool {
        tolerance.is_alike(self.median, estimate.median)
    }

    /// The same difference, seen from the other side.
    pub(super) fn reversed(self) -> Self {
        Self { median: self.median.saturating_neg(), ..self }
    }
}

fn saturating_abs_diff(first: i64, second: i64) -> i64 {
    i64::try_from(first.abs_diff(second)).unwrap_or(i64::MAX)
}

/// The lower one of the middle, so that it is one of the values.
fn median(mut values: Vec<i64>) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}

/// The differences between the times of records, in microseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Differences {
    /// Of two clocks, that of the higher index is ahead by it.
    by_pair: BTreeMap<(ClockIndex, ClockIndex), BTreeMap<Deed, Vec<i64>>>,
    /// The record is later than the timestamp by it.
    by_timestamp: BTreeMap<ClockIndex, Vec<i64>>,
    /// The record of an issue is later than the event that its proof states by it.
    by_event: BTreeMap<ClockIndex, Vec<i64>>,
    /// The record that holds a proof was written later than the timestamp in it by that.
    by_held: BTreeMap<ClockIndex, Vec<i64>>,
    /// The record by the first clock is later by it than what proofs of the party of the second one say.
    by_proof: BTreeMap<(ClockIndex, ClockIndex), ByProof>,
}

/// How much later records are than the proofs that another party issued of the same happenings.
#[derive(Clone, Debug, Default)]
struct ByProof {
    /// Than the events that they state.
    events: Vec<i64>,
    /// Than their timestamps.
    timestamps: Vec<i64>,
    /// The same, of records of calls alone.
    calls: Vec<i64>,
}

impl ByProof {
    /// Tells if the records are of the time of the proofs. Seals may be timestamped much later, and a party may state any time.
    fn agrees(&self, tolerance: Tolerance) -> bool {
        [&self.events, &self.timestamps].into_iter().any(|differences| {
            Estimate::of(differences, tolerance).is_some_and(|estimate| estimate.is_within(tolerance.timestamp))
        })
    }
}

/// The record of a happening beside a proof that another party issued of it. All times are in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct BesideProof {
    pub(super) recorded: i64,
    /// When it happened, as the proof states.
    pub(super) event: i64,
    /// By when it had happened, as its timestamp says.
    pub(super) timestamp: Option<i64>,
    /// What is recorded.
    pub(super) recorded_as: RecordedAs,
}

/// What a record beside a proof tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordedAs {
    /// The first call that its party tells of, without which there is no proof.
    FirstCall,
    /// A call behind another one, or what may come at any time behind the proof.
    Later,
}

impl Differences {
    /// Notes two times of one happening.
    pub(super) fn note_pair(&mut self, deed: Deed, first: (ClockIndex, i64), second: (ClockIndex, i64)) {
        let ((low, from), (high, to)) = if first.0 <= second.0 { (first, second) } else { (second, first) };
        self.by_pair.entry((low, high)).or_default().entry(deed).or_default().push(to.saturating_sub(from));
    }

    /// Notes the time of the record of a proof's issue beside the timestamp of the proof, and the event that it states.
    pub(super) fn note_issue(&mut self, clock: ClockIndex, recorded: i64, timestamp: i64, event: i64) {
        self.by_timestamp.entry(clock).or_default().push(recorded.saturating_sub(timestamp));
        self.by_event.entry(clock).or_default().push(recorded.saturating_sub(event));
    }

    /// Notes when a record was written that holds a proof, beside the timestamp of that file.
    pub(super) fn note_held(&mut self, clock: ClockIndex, recorded: i64, timestamp: i64) {
        self.by_held.entry(clock).or_default().push(recorded.saturating_sub(timestamp));
    }

    /// Notes the time of a record beside the proof that another party issued of the same happening. The pair is the clock of the
    /// record and one of the issuer.
    pub(super) fn note_proof(&mut self, pair: (ClockIndex, ClockIndex), beside: BesideProof) {
        let by_proof = self.by_proof.entry(pair).or_default();
        by_proof.events.push(beside.recorded.saturating_sub(beside.event));
        let later = beside.timestamp.map(|timestamp| beside.recorded.saturating_sub(timestamp));
        by_proof.timestamps.extend(later);
        if beside.recorded_as == RecordedAs::FirstCall {
            by_proof.calls.extend(later);
        }
    }

    /// Tells if the records of a clock's own issues are earlier than the events that the proofs state. An issue may follow its event by
    /// hours.
    pub(super) fn is_before_events(&self, clock: ClockIndex, tolerance: Tolerance) -> bool {
        let estimate = self.by_event.get(&clock).and_then(|differences| Estimate::of_bounds(differences));
        estimate.is_some_and(|estimate| estimate.is_behind(tolerance))
    }

    /// How far the clocks of pairs are apart by their records, whatever proofs say of these.
    pub(super) fn by_records(
        &self,
        tolerance: Tolerance,
    ) -> impl Iterator<Item = ((ClockIndex, ClockIndex), Estimate)> {
        self.by_pair.iter().filter_map(move |(pair, by_deed)| Some((*pair, Estimate::of_pair(by_deed, tolerance)?)))
    }

    /// How far the clocks of pairs are apart by their records of each deed, whether or not that is alike in all that they record.
    pub(super) fn by_deeds(&self, tolerance: Tolerance) -> impl Iterator<Item = ((ClockIndex, ClockIndex), Estimate)> {
        let deeds = self.by_pair.iter().flat_map(|(pair, by_deed)| by_deed.values().map(|deed| (*pair, deed)));
        deeds.filter_map(move |(pair, differences)| Some((pair, Estimate::of(differences, tolerance)?)))
    }

    /// Returns the clocks that were compared with anything, however seldom. `parties` has the party of each: those of one party say
    /// nothing of each other.
    pub(super) fn compared(&self, parties: &[u32]) -> BTreeSet<ClockIndex> {
        let party = |clock: ClockIndex| parties.get(usize::from(clock));
        let of_pairs = self.by_pair.keys().filter(|(low, high)| party(*low) != party(*high));
        let of_pairs = of_pairs.flat_map(|(low, high)| [*low, *high]);
        of_pairs.chain(self.by_timestamp.keys().copied()).chain(self.by_held.keys().copied()).collect()
    }

    /// Returns the pairs of clocks, the lower index first, that differ by more than clocks and delays explain.
    pub(super) fn far_apart(&self, tolerance: Tolerance) -> impl Iterator<Item = (ClockIndex, ClockIndex)> {
        let is_far = move |estimate: &Estimate| !estimate.is_within(tolerance.timestamp);
        self.by_records(tolerance).filter(move |(_, estimate)| is_far(estimate)).map(|(pair, _)| pair)
    }

    /// How far the records of a clock's own issues are from the timestamps of the proofs.
    pub(super) fn of_issues(&self, tolerance: Tolerance) -> BTreeMap<ClockIndex, Estimate> {
        let estimates = self.by_timestamp.iter();
        estimates.filter_map(|(clock, differences)| Some((*clock, Estimate::of(differences, tolerance)?))).collect()
    }

    /// The clocks by which records were written before the timestamps of proofs that they hold: the octets of a token are not there
    /// before its time.
    ///
    /// That a record names a proof by its id says nothing: the issuer can have had that timestamped once more.
    pub(super) fn before_held_proofs(&self, tolerance: Tolerance) -> BTreeMap<ClockIndex, Estimate> {
        let estimates = self.by_held.iter().filter_map(|(clock, differences)| {
            let estimate = Estimate::of_bounds(differences)?;
            estimate.is_behind(tolerance).then_some((*clock, estimate))
        });
        estimates.collect()
    }

    /// The clocks by which calls were later than the timestamps of the proofs of them.
    ///
    /// A proof of a call is not there before the call, whoever issued it, and no TSA timestamps what is not there. That a record is
    /// earlier than the timestamp says nothing: the issuer can have waited, or have had its proof timestamped once more.
    pub(super) fn behind_proofs(&self, tolerance: Tolerance) -> BTreeMap<ClockIndex, Estimate> {
        let estimates = self.by_proof.iter().filter_map(|((clock, _), by_proof)| {
            let estimate = Estimate::of(&by_proof.calls, tolerance)?;
            estimate.is_ahead(tolerance).then_some((*clock, estimate))
        });
        estimates.collect()
    }

    /// How far the clocks of pairs are apart, where nothing says that it is the records that differ.
    pub(super) fn of_pairs(&self, tolerance: Tolerance) -> BTreeMap<(ClockIndex, ClockIndex), Estimate> {
        self.by_records(tolerance)
            .filter(|(pair, estimate)| {
                estimate.is_within(tolerance.timestamp) || !self.agrees_with_proofs(*pair, tolerance)
            })
            .collect()
    }

    /// Tells if the records of one clock are of the time of the proofs that the party of the other one issued.
    ///
    /// Then the records of that party contradict its own proofs, and no clock is off. Or else a party that sets its records of
    /// calls back would make the clock of whoever called it seem to be ahead.
    fn agrees_with_proofs(&self, (low, high): (ClockIndex, ClockIndex), tolerance: Tolerance) -> bool {
        let mut by_proof = [(low, high), (high, low)].into_iter().filter_map(|pair| self.by_proof.get(&pair));
        by_proof.any(|by_proof| by_proof.agrees(tolerance))
    }
}
