//! Whose clock is off, by pairs of records of one happening and by the timestamps of proofs.
//!
//! Two records that differ do not say whose clock is wrong. A timestamp of a TSA does, and so do clocks of other parties that
//! agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::fact::Fact;
use crate::audit::Kind;

/// The fewest pairs of which a median says anything: of two, one could be an outlier.
pub(super) const MIN_PAIRS: usize = 3;

/// What is known of the clock of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// There are too few pairs.
    NotEstimated,
    /// It agrees with those that it was compared with.
    Agrees,
    /// It differs from that of another party, and nothing says whose is off.
    Differs {
        /// The number of pairs.
        pairs: usize,
    },
    /// It is off. Its times decide nothing.
    Off {
        /// How far it is ahead; negative where it is behind.
        by: TimeDelta,
        /// Half of the differences are no further from that.
        spread: TimeDelta,
        /// The number of differences of which it is the median.
        pairs: usize,
        /// What decided.
        decided_by: ClockReference,
    },
}

/// What decides that a clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ClockReference {
    /// The timestamps of proofs that verified.
    Timestamps,
    /// The clocks of at least two other parties, which agree, or one that the timestamps show to be right.
    OtherParties,
}

/// The index of a source.
pub(super) type SourceIndex = u8;

/// What two records are compared by: what happened, and of which kind the records are.
pub(super) type Deed = (Fact, Kind);

/// The differences between the times of records, in microseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Differences {
    /// Of two sources, that of the higher index is ahead by it.
    by_pair: BTreeMap<(SourceIndex, SourceIndex), BTreeMap<Deed, Vec<i64>>>,
    /// The record is later than the timestamp by it.
    by_timestamp: BTreeMap<SourceIndex, Vec<i64>>,
    /// The record of the first source is later by it than what proofs of the party of the second one say.
    by_proof: BTreeMap<(SourceIndex, SourceIndex), ByProof>,
}

/// How much later records are than the proofs that another party issued of the same happenings.
#[derive(Clone, Debug, Default)]
struct ByProof {
    /// Than the events that they state.
    events: Vec<i64>,
    /// Than their timestamps.
    timestamps: Vec<i64>,
}

impl ByProof {
    /// Tells if the records are of the time of the proofs. Seals may be timestamped much later, and a party may state any time.
    fn agrees(&self, tolerance: Tolerance) -> bool {
        [&self.events, &self.timestamps].into_iter().any(|differences| {
            Estimate::of(differences, tolerance).is_some_and(|estimate| estimate.is_within(tolerance.timestamp))
        })
    }
}

/// How far clocks may differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    /// Between two records of one happening.
    pub(super) pair: TimeDelta,
    /// Between the record of the issue of a proof and its timestamp.
    pub(super) timestamp: TimeDelta,
}

/// The middle of some differences, with their spread.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    median: i64,
    spread: i64,
    count: usize,
}

impl Estimate {
    /// Differences that lie far apart are delays, as of seals that are timestamped together, and say nothing of a clock.
    fn of(differences: &[i64], tolerance: Tolerance) -> Option<Self> {
        if differences.len() < MIN_PAIRS {
            return None;
        }
        let median = median(differences.to_vec())?;
        let deviations = differences.iter().map(|difference| saturating_abs_diff(*difference, median)).collect();
        let estimate = Self { median, spread: self::median(deviations)?, count: differences.len() };
        (TimeDelta::microseconds(estimate.spread) <= tolerance.pair).then_some(estimate)
    }

    /// A clock that is off is so in all that it times. Where it is not, something else than a clock differs.
    fn of_pair(by_deed: &BTreeMap<Deed, Vec<i64>>, tolerance: Tolerance) -> Option<Self> {
        let all: Vec<i64> = by_deed.values().flatten().copied().collect();
        let estimate = Self::of(&all, tolerance)?;
        let mut of_deeds = by_deed.values().filter_map(|differences| Self::of(differences, tolerance));
        let is_alike = |of_deed: Self| {
            TimeDelta::microseconds(saturating_abs_diff(of_deed.median, estimate.median)) <= tolerance.pair
        };
        of_deeds.all(is_alike).then_some(estimate)
    }

    fn is_within(self, tolerance: TimeDelta) -> bool {
        TimeDelta::microseconds(self.median).abs() <= tolerance
    }

    fn off(self, decided_by: ClockReference) -> Clock {
        Clock::Off {
            by: TimeDelta::microseconds(self.median),
            spread: TimeDelta::microseconds(self.spread),
            pairs: self.count,
            decided_by,
        }
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

impl Differences {
    /// Notes two times of one happening.
    pub(super) fn note_pair(&mut self, deed: Deed, first: (SourceIndex, i64), second: (SourceIndex, i64)) {
        let ((low, from), (high, to)) = if first.0 <= second.0 { (first, second) } else { (second, first) };
        self.by_pair.entry((low, high)).or_default().entry(deed).or_default().push(to.saturating_sub(from));
    }

    /// Notes the time of the record of a proof's issue beside the timestamp of the proof.
    pub(super) fn note_timestamp(&mut self, source: SourceIndex, recorded: i64, timestamp: i64) {
        self.by_timestamp.entry(source).or_default().push(recorded.saturating_sub(timestamp));
    }

    /// Notes the time of a record beside the proof that another party issued of the same happening. The pair is the source of the
    /// record and a source of the issuer; the proof says when that was, and its timestamp by when.
    pub(super) fn note_proof(
        &mut self,
        pair: (SourceIndex, SourceIndex),
        recorded: i64,
        event: i64,
        timestamp: Option<i64>,
    ) {
        let by_proof = self.by_proof.entry(pair).or_default();
        by_proof.events.push(recorded.saturating_sub(event));
        by_proof.timestamps.extend(timestamp.map(|timestamp| recorded.saturating_sub(timestamp)));
    }

    /// Returns the pairs of sources, the lower index first, that differ by more than clocks and delays explain.
    pub(super) fn far_apart(&self, tolerance: Tolerance) -> impl Iterator<Item = (SourceIndex, SourceIndex)> {
        let is_far = move |by_deed: &BTreeMap<Deed, Vec<i64>>| {
            Estimate::of_pair(by_deed, tolerance).is_some_and(|estimate| !estimate.is_within(tolerance.timestamp))
        };
        self.by_pair.iter().filter(move |(_, by_deed)| is_far(by_deed)).map(|(pair, _)| *pair)
    }

    /// Tells if the records of one source are of the time of the proofs that the party of the other one issued.
    ///
    /// Then the records of that party contradict its own proofs, and no clock is off. Or else a party that sets its records of
    /// calls back would make the clock of whoever called it seem to be ahead.
    fn agrees_with_proofs(&self, (low, high): (SourceIndex, SourceIndex), tolerance: Tolerance) -> bool {
        let mut by_proof = [(low, high), (high, low)].into_iter().filter_map(|pair| self.by_proof.get(&pair));
        by_proof.any(|by_proof| by_proof.agrees(tolerance))
    }

    /// Says what is known of the clock of each source. `parties` has the party of each source: those of one party are no two
    /// witnesses.
    pub(super) fn clocks(&self, parties: &[u32], tolerance: Tolerance) -> Vec<Estimated> {
        let by_timestamp: BTreeMap<SourceIndex, Estimate> = self
            .by_timestamp
            .iter()
            .filter_map(|(source, differences)| Some((*source, Estimate::of(differences, tolerance)?)))
            .collect();
        let by_pair: BTreeMap<(SourceIndex, SourceIndex), Estimate> = self
            .by_pair
            .iter()
            .filter_map(|(pair, by_deed)| Some((*pair, Estimate::of_pair(by_deed, tolerance)?)))
            .filter(|(pair, estimate)| {
                estimate.is_within(tolerance.timestamp) || !self.agrees_with_proofs(*pair, tolerance)
            })
            .collect();
        let compared = Compared { by_timestamp, by_pair, parties, tolerance };
        let mut estimated: Vec<Estimated> = Vec::with_capacity(parties.len());
        for source in (0..=SourceIndex::MAX).take(parties.len()) {
            let clock = compared.clock(source);
            let ahead = compared.ahead(source, clock, &estimated);
            estimated.push(Estimated { clock, ahead });
        }
        estimated
    }
}

/// What is known of a clock, and by how much its times are corrected before they are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimated {
    pub(super) clock: Clock,
    /// By how much it is ahead, in microseconds: of the right time if it is off, and of another clock where nothing says which of
    /// the two is off.
    pub(super) ahead: i64,
}

struct Compared<'a> {
    by_timestamp: BTreeMap<SourceIndex, Estimate>,
    by_pair: BTreeMap<(SourceIndex, SourceIndex), Estimate>,
    parties: &'a [u32],
    tolerance: Tolerance,
}

impl Compared<'_> {
    fn clock(&self, source: SourceIndex) -> Clock {
        let shown = self.by_timestamp.get(&source);
        if let Some(estimate) = shown.filter(|estimate| !estimate.is_within(self.tolerance.timestamp)) {
            return estimate.off(ClockReference::Timestamps);
        }
        let differing = self.neighbours(source).filter(|(_, estimate)| !estimate.is_within(self.tolerance.pair));
        // One that the timestamps show to be off explains the difference.
        let unexplained = differing.filter(|(neighbour, _)| !self.is_shown_off(*neighbour));
        let unexplained: Vec<(SourceIndex, Estimate)> = unexplained.collect();
        if unexplained.is_empty() {
            let is_compared = shown.is_some() || self.neighbours(source).next().is_some();
            return if is_compared { Clock::Agrees } else { Clock::NotEstimated };
        }
        let own = self.agreeing(source).len();
        let outvotes = |neighbour: SourceIndex| {
            self.by_timestamp.contains_key(&neighbour) || (own < 2 && self.agreeing(neighbour).len() >= 2)
        };
        let decisive =
            unexplained.iter().filter(|(neighbour, _)| outvotes(*neighbour)).max_by_key(|(_, estimate)| estimate.count);
        match decisive {
            // What the timestamps show to be right is not outvoted.
            Some((_, estimate)) if shown.is_none() => estimate.off(ClockReference::OtherParties),
            Some(_) | None if unexplained.iter().all(|(neighbour, _)| self.is_outvoted_by(*neighbour, source)) => {
                Clock::Agrees
            }
            Some(_) | None => Clock::Differs { pairs: unexplained.iter().map(|(_, estimate)| estimate.count).sum() },
        }
    }

    /// By how much times are corrected. Of clocks that differ, each is compared with the first source, so that records of one
    /// happening are found.
    fn ahead(&self, source: SourceIndex, clock: Clock, before: &[Estimated]) -> i64 {
        match clock {
            Clock::Off { by, .. } => by.num_microseconds().unwrap_or_default(),
            Clock::NotEstimated | Clock::Agrees => 0,
            Clock::Differs { .. } => {
                let first = self.neighbours(source).min_by_key(|(neighbour, _)| *neighbour);
                let first = first.and_then(|(neighbour, estimate)| {
                    let ahead = before.get(usize::from(neighbour))?.ahead;
                    Some(ahead.saturating_add(estimate.median))
                });
                first.unwrap_or_default()
            }
        }
    }

    fn is_shown_off(&self, source: SourceIndex) -> bool {
        self.by_timestamp.get(&source).is_some_and(|estimate| !estimate.is_within(self.tolerance.timestamp))
    }

    /// Tells if the difference between two sources is laid to the first.
    fn is_outvoted_by(&self, source: SourceIndex, neighbour: SourceIndex) -> bool {
        let shown = |source| self.by_timestamp.contains_key(source);
        !shown(&source)
            && (shown(&neighbour) || (self.agreeing(source).len() < 2 && self.agreeing(neighbour).len() >= 2))
    }

    /// The sources of other parties that a source is compared with, and how far it is ahead of each.
    fn neighbours(&self, source: SourceIndex) -> impl Iterator<Item = (SourceIndex, Estimate)> {
        let is_of_another = move |neighbour: SourceIndex| self.party(neighbour) != self.party(source);
        self.by_pair.iter().filter_map(move |((low, high), estimate)| match (*low == source, *high == source) {
            (true, false) if is_of_another(*high) => {
                Some((*high, Estimate { median: estimate.median.saturating_neg(), ..*estimate }))
            }
            (false, true) if is_of_another(*low) => Some((*low, *estimate)),
            (true | false, true | false) => None,
        })
    }

    fn party(&self, source: SourceIndex) -> Option<u32> {
        self.parties.get(usize::from(source)).copied()
    }

    /// The parties of the sources whose clocks agree with that of a source, through others, its own included.
    fn agreeing(&self, source: SourceIndex) -> BTreeSet<u32> {
        let mut reached = vec![source];
        let mut looked_at = 0;
        while let Some(from) = reached.get(looked_at).copied() {
            looked_at += 1;
            let near = self.neighbours(from).filter(|(_, estimate)| estimate.is_within(self.tolerance.pair));
            let further: Vec<SourceIndex> = near.map(|(near, _)| near).filter(|near| !reached.contains(near)).collect();
            reached.extend(further);
        }
        reached.into_iter().filter_map(|source| self.party(source)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const CALL: Deed = (Fact::Submission, Kind::ApiCall);

    fn clocks(
        pairs: &[(SourceIndex, SourceIndex, i64)],
        timestamps: &[(SourceIndex, i64)],
        parties: &[u32],
    ) -> Vec<Clock> {
        estimated(pairs, timestamps, parties).into_iter().map(|estimated| estimated.clock).collect()
    }

    fn estimated(
        pairs: &[(SourceIndex, SourceIndex, i64)],
        timestamps: &[(SourceIndex, i64)],
        parties: &[u32],
    ) -> Vec<Estimated> {
        let mut differences = Differences::default();
        for jitter in [-1, 0, 1] {
            for (first, second, ahead) in pairs {
                differences.note_pair(CALL, (*first, 0), (*second, ahead * SECOND + jitter * 1000));
            }
            for (source, ahead) in timestamps {
                differences.note_timestamp(*source, ahead * SECOND + jitter * 1000, 0);
            }
        }
        let tolerance = Tolerance { pair: TimeDelta::seconds(60), timestamp: TimeDelta::seconds(360) };
        differences.clocks(parties, tolerance)
    }

    fn off(clock: Clock) -> Option<(i64, ClockReference)> {
        match clock {
            Clock::Off { by, decided_by, .. } => Some((by.num_seconds(), decided_by)),
            Clock::NotEstimated | Clock::Agrees | Clock::Differs { .. } => None,
        }
    }

    #[test]
    fn two_clocks_that_differ_do_not_say_which_is_off() {
        let estimated = clocks(&[(0, 1, 900)], &[], &[0, 1]);
        assert_eq!(estimated, [Clock::Differs { pairs: 3 }; 2]);
        // Their times can be compared all the same.
        let ahead: Vec<i64> =
            self::estimated(&[(0, 1, 900)], &[], &[0, 1]).iter().map(|clock| clock.ahead / SECOND).collect();
        assert_eq!(ahead, [0, 900]);
        // Two systems of one party are one witness.
        let estimated = clocks(&[(0, 1, 900), (0, 2, 900), (1, 2, 0)], &[], &[0, 1, 1]);
        assert!(estimated.iter().all(|clock| off(*clock).is_none()), "{estimated:?}");
    }

    #[test]
    fn timestamps_and_third_parties_decide() {
        use ClockReference::{OtherParties, Timestamps};
        let estimated = clocks(&[(0, 1, -900)], &[(0, 900)], &[0, 1]);
        assert_eq!((off(estimated[0]), estimated[1]), (Some((900, Timestamps)), Clock::Agrees));
        // The first differs from the second, with which the third agrees.
        let estimated = clocks(&[(0, 1, 900), (1, 2, 1)], &[], &[0, 1, 2]);
        assert_eq!(off(estimated[0]), Some((-900, OtherParties)));
        assert_eq!(estimated[1..], [Clock::Agrees; 2]);
        // Timestamps show the second to be right, whoever agrees with the first.
        let estimated = clocks(&[(0, 1, 900), (0, 2, 1)], &[(1, 2)], &[0, 1, 2]);
        assert_eq!((off(estimated[0]), estimated[1]), (Some((-900, OtherParties)), Clock::Agrees));
        assert_eq!(clocks(&[(0, 1, 30)], &[(1, 300)], &[0, 1, 2]), [Clock::Agrees, Clock::Agrees, Clock::NotEstimated]);
    }

    #[test]
    fn a_single_difference_says_nothing() {
        let mut differences = Differences::default();
        differences.note_pair(CALL, (0, 0), (1, i64::MAX));
        differences.note_timestamp(0, i64::MIN, i64::MAX);
        let tolerance = Tolerance { pair: TimeDelta::seconds(60), timestamp: TimeDelta::seconds(360) };
        let estimated = differences.clocks(&[0, 1], tolerance);
        assert!(estimated.iter().all(|estimated| estimated.clock == Clock::NotEstimated), "{estimated:?}");
    }
}
