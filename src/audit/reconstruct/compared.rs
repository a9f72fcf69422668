//! Whose clock is off, by pairs of records of one happening and by the timestamps of proofs.
//!
//! Two records that differ do not say whose clock is wrong, nor whether it is a clock: a party can record other times than those at
//! which it called somebody. A timestamp of a TSA decides, and so do two other parties from each of which a clock differs alike. One
//! party alone never does, however many agree with it in something else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::clock::{Clock, ClockReference};
use super::differences::{ClockIndex, Differences, Estimate, Tolerance};
use super::happening::{Offset, TimeTrust};
use super::offsets::{Corrected, offsets};

/// What is known of a clock, and what its times are good for.
#[derive(Clone, Debug)]
pub(super) struct Estimated {
    pub(super) clock: Clock,
    /// By how much it is ahead, in microseconds: of the right time if it is off, and of another clock where nothing says which of
    /// the two is off. Its times are corrected by that before they are compared.
    pub(super) ahead: i64,
    pub(super) trust: TimeTrust,
    /// By how much else it may be ahead, if its records fit nothing by that.
    pub(super) offsets: Vec<Offset>,
    /// Timestamps or another party show it to be right, so that its party answers for the times of its records.
    pub(super) is_right: bool,
}

impl Estimated {
    /// By how much it may be ahead, in microseconds. Where clocks differ and nothing says whose is off, it may be several.
    pub(super) fn possible(&self) -> impl Iterator<Item = i64> {
        let offsets = self.offsets.iter().filter(|offset| offset.is_of_clock);
        [self.ahead].into_iter().chain(offsets.map(|offset| offset.ahead))
    }
}

/// A clock of another party, and how far this one is ahead of it.
#[derive(Clone, Copy, Debug)]
struct Neighbour {
    clock: ClockIndex,
    party: u32,
    estimate: Estimate,
}

/// Says what is known of each clock. `parties` has the party of each: those of one party are no two witnesses.
pub(super) fn estimated(differences: &Differences, parties: &[u32], tolerance: Tolerance) -> Vec<Estimated> {
    let mut neighbours: Vec<Vec<Neighbour>> = vec![Vec::new(); parties.len()];
    let party = |clock: ClockIndex| parties.get(usize::from(clock)).copied();
    let of_pairs = differences.of_pairs(tolerance);
    for (&(low, high), &estimate) in &of_pairs {
        let (Some(of_low), Some(of_high)) = (party(low), party(high)) else { continue };
        if of_low == of_high {
            continue;
        }
        let of_high = Neighbour { clock: high, party: of_high, estimate: estimate.reversed() };
        let of_low = Neighbour { clock: low, party: of_low, estimate };
        for (clock, neighbour) in [(low, of_high), (high, of_low)] {
            neighbours.get_mut(usize::from(clock)).into_iter().for_each(|list| list.push(neighbour));
        }
    }
    let shown = shown_by_issues(differences, parties, tolerance);
    let compared = Compared { shown, neighbours, tolerance };
    let mut bounds = differences.behind_proofs(tolerance);
    bounds.extend(differences.before_held_proofs(tolerance));
    let mut off = compared.off_by_timestamps(&bounds);
    let supported = compared.supported(parties, &off);
    let outvoted = compared.off_by_parties(&off, &supported);
    off.extend(outvoted);
    let judged: Vec<(Clock, TimeTrust)> =
        compared.clocks().map(|clock| compared.judge(clock, &off, &supported)).collect();
    let mut estimated: Vec<Estimated> = Vec::with_capacity(judged.len());
    for (clock, (known, trust)) in compared.clocks().zip(&judged) {
        let ahead = compared.ahead(clock, *known, &judged, &estimated);
        let is_agreed = *known == Clock::Agrees && supported.contains(&clock);
        let is_right = is_agreed || (*trust == TimeTrust::Time && compared.is_shown_right(clock));
        estimated.push(Estimated { clock: *known, ahead, trust: *trust, offsets: Vec::new(), is_right });
    }
    let corrected = estimated.iter().zip(0..).map(|(clock, index)| {
        let is_doubted = clock.trust == TimeTrust::Comparison && !supported.contains(&index);
        let is_off = matches!(clock.clock, Clock::Off { decided_by: ClockReference::Timestamps, .. });
        Corrected { ahead: clock.ahead, is_doubted, may_be_right: !is_off }
    });
    let offsets = offsets(&corrected.collect::<Vec<_>>(), differences, &of_pairs, parties, tolerance);
    estimated.iter_mut().zip(offsets).for_each(|(clock, offsets)| clock.offsets = offsets);
    estimated
}

/// How far clocks are from the timestamps of what their parties issued, as far as that says something.
///
/// Where the records are earlier and not before the events that the proofs state, the issuer may wait each time before it has its
/// proofs timestamped. It takes the records of another party, from which these differ alike, to say that its clock is behind.
fn shown_by_issues(differences: &Differences, parties: &[u32], tolerance: Tolerance) -> BTreeMap<ClockIndex, Estimate> {
    let mut shown = differences.of_issues(tolerance);
    let may_wait = |clock: ClockIndex, estimate: &Estimate| {
        estimate.is_behind(tolerance) && !differences.is_before_events(clock, tolerance)
    };
    let party = |clock: ClockIndex| parties.get(usize::from(clock));
    let is_ahead = |clock: ClockIndex| shown.get(&clock).is_some_and(|estimate| estimate.is_ahead(tolerance));
    let mut behind: BTreeSet<ClockIndex> = BTreeSet::new();
    for ((low, high), estimate) in
        differences.by_records(tolerance).filter(|((low, high), _)| party(*low) != party(*high))
    {
        for (clock, other, ahead) in [(low, high, estimate.reversed()), (high, low, estimate)] {
            let is_alike = shown.get(&clock).is_some_and(|shown| ahead.is_like(*shown, tolerance));
            behind.extend((is_alike && !is_ahead(other)).then_some(clock));
        }
    }
    shown.retain(|clock, estimate| !may_wait(*clock, estimate) || behind.contains(clock));
    shown
}

/// What clocks are compared by.
struct Compared {
    /// How far the records of its own issues are from the timestamps.
    shown: BTreeMap<ClockIndex, Estimate>,
    /// The clocks of other parties that each one is compared with, in the order of their indices.
    neighbours: Vec<Vec<Neighbour>>,
    tolerance: Tolerance,
}

impl Compared {
    fn clocks(&self) -> impl Iterator<Item = ClockIndex> {
        (0..=ClockIndex::MAX).take(self.neighbours.len())
    }

    fn neighbours(&self, clock: ClockIndex) -> &[Neighbour] {
        self.neighbours.get(usize::from(clock)).map(Vec::as_slice).unwrap_or_default()
    }

    fn agrees(&self, neighbour: &Neighbour) -> bool {
        neighbour.estimate.is_within(self.tolerance.pair)
    }

    fn is_shown_right(&self, clock: ClockIndex) -> bool {
        self.shown.get(&clock).is_some_and(|estimate| estimate.is_within(self.tolerance.timestamp))
    }

    /// The clocks that timestamps show to be right, or that agree with one of another party, through others. One that is off stands
    /// for nobody.
    fn supported(&self, parties: &[u32], off: &BTreeMap<ClockIndex, Clock>) -> BTreeSet<ClockIndex> {
        let mut supported: BTreeSet<ClockIndex> = BTreeSet::new();
        let mut looked_at: BTreeSet<ClockIndex> = off.keys().copied().collect();
        for start in self.clocks() {
            let mut reached = Vec::new();
            let mut waiting = vec![start];
            while let Some(clock) = waiting.pop() {
                if looked_at.insert(clock) {
                    reached.push(clock);
                    let near = self.neighbours(clock).iter().filter(|neighbour| self.agrees(neighbour));
                    waiting.extend(near.map(|neighbour| neighbour.clock));
                }
            }
            let of = |clock: &ClockIndex| parties.get(usize::from(*clock)).copied();
            let witnesses: BTreeSet<u32> = reached.iter().filter_map(of).collect();
            supported.extend(reached.into_iter().filter(|clock| witnesses.len() > 1 || self.is_shown_right(*clock)));
        }
        supported
    }

    /// The clocks that timestamps show to be off: those of the proofs that its party issued, or those that bound it, of the proofs of
    /// its calls and of those that its records hold.
    fn off_by_timestamps(&self, bounds: &BTreeMap<ClockIndex, Estimate>) -> BTreeMap<ClockIndex, Clock> {
        let of_issues = self.shown.iter().filter(|(_, estimate)| !estimate.is_within(self.tolerance.timestamp));
        let bounded = bounds.iter().filter(|(clock, _)| !self.shown.contains_key(clock));
        // The other side of calls says by how much, if it is on the same side of the time.
        let measured = |clock: ClockIndex, estimate: Estimate| {
            let is_far = |neighbour: &&Neighbour| {
                !self.agrees(neighbour) && neighbour.estimate.median.signum() == estimate.median.signum()
            };
            let far = self.neighbours(clock).iter().filter(is_far);
            let far = far.max_by_key(|neighbour| neighbour.estimate.count);
            far.map_or(estimate, |neighbour| neighbour.estimate)
        };
        let bounded = bounded.map(|(clock, estimate)| (*clock, measured(*clock, *estimate)));
        let all = of_issues.map(|(clock, estimate)| (*clock, *estimate)).chain(bounded);
        all.map(|(clock, estimate)| (clock, off(estimate, ClockReference::Timestamps))).collect()
    }

    /// The clocks that differ alike from those of two other parties, and agree with nobody's.
    fn off_by_parties(
        &self,
        off: &BTreeMap<ClockIndex, Clock>,
        supported: &BTreeSet<ClockIndex>,
    ) -> BTreeMap<ClockIndex, Clock> {
        let alone = self.clocks().filter(|clock| !off.contains_key(clock) && !supported.contains(clock));
        let outvoted = alone.filter_map(|clock| {
            // Those that differ alike stand beside each other in this order.
            let mut by_difference: Vec<&Neighbour> = self.unexplained(clock, off).collect();
            by_difference.sort_unstable_by_key(|neighbour| (neighbour.estimate.median, neighbour.clock));
            let alike = by_difference.iter().zip(by_difference.iter().skip(1)).filter(|(first, second)| {
                first.party != second.party && first.estimate.is_like(second.estimate, self.tolerance)
            });
            let estimate =
                alike.flat_map(|(first, second)| [first.estimate, second.estimate]).max_by_key(|of| of.count);
            Some((clock, self::off(estimate?, ClockReference::OtherParties)))
        });
        outvoted.collect()
    }

    /// The clocks that one differs from, and that are not off themselves.
    fn unexplained(&self, clock: ClockIndex, off: &BTreeMap<ClockIndex, Clock>) -> impl Iterator<Item = &Neighbour> {
        let differing = self.neighbours(clock).iter().filter(|neighbour| !self.agrees(neighbour));
        differing.filter(|neighbour| !off.contains_key(&neighbour.clock))
    }

    /// Says what is known of a clock, and what its times are good for.
    fn judge(
        &self,
        clock: ClockIndex,
        off: &BTreeMap<ClockIndex, Clock>,
        supported: &BTreeSet<ClockIndex>,
    ) -> (Clock, TimeTrust) {
        if let Some(off) = off.get(&clock) {
            return (*off, TimeTrust::Nothing);
        }
        let mut unexplained = self.unexplained(clock, off).peekable();
        if unexplained.peek().is_none() {
            let is_compared = self.shown.contains_key(&clock) || !self.neighbours(clock).is_empty();
            return (if is_compared { Clock::Agrees } else { Clock::NotEstimated }, TimeTrust::Time);
        }
        let (mut pairs, mut most, mut is_alone): (usize, Option<Estimate>, bool) = (0, None, true);
        for neighbour in unexplained {
            pairs = pairs.saturating_add(neighbour.estimate.count);
            most = most.filter(|most| most.count >= neighbour.estimate.count).or(Some(neighbour.estimate));
            is_alone &= !supported.contains(&neighbour.clock);
        }
        let by = most.map(|estimate| TimeDelta::microseconds(estimate.median)).unwrap_or_default();
        // Whoever differs from it has nobody to stand for it: the times of this one are compared as they are.
        let is_sure = self.is_shown_right(clock) || (is_alone && supported.contains(&clock));
        (Clock::Differs { by, pairs }, if is_sure { TimeTrust::Time } else { TimeTrust::Comparison })
    }

    /// By how much times are corrected. Of clocks that differ, one that has nobody to stand for it is compared with one that has, or
    /// else with the first, so that records of one happening are found.
    fn ahead(&self, clock: ClockIndex, known: Clock, judged: &[(Clock, TimeTrust)], before: &[Estimated]) -> i64 {
        let trust = |clock: ClockIndex| judged.get(usize::from(clock)).map(|(_, trust)| *trust);
        match (known, trust(clock)) {
            (Clock::Off { by, .. }, _) => by.num_microseconds().unwrap_or_default(),
            (Clock::NotEstimated | Clock::Agrees, _) | (Clock::Differs { .. }, Some(TimeTrust::Time) | None) => 0,
            (Clock::Differs { .. }, Some(TimeTrust::Comparison | TimeTrust::Nothing)) => {
                let is_sure = |neighbour: &Neighbour| trust(neighbour.clock) == Some(TimeTrust::Time);
                let sure = self.neighbours(clock).iter().find(|neighbour| is_sure(neighbour));
                let first = || {
                    let first = self.neighbours(clock).first()?;
                    let ahead = before.get(usize::from(first.clock))?.ahead;
                    Some(ahead.saturating_add(first.estimate.median))
                };
                sure.map(|neighbour| neighbour.estimate.median).or_else(first).unwrap_or_default()
            }
        }
    }
}

fn off(estimate: Estimate, decided_by: ClockReference) -> Clock {
    Clock::Off {
        by: TimeDelta::microseconds(estimate.median),
        spread: TimeDelta::microseconds(estimate.spread),
        pairs: estimate.count,
        decided_by,
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::Deed;
    use super::super::fact::Fact;
    use super::*;
    use crate::audit::Kind;

    const SECOND: i64 = 1_000_000;
    const CALL: Deed = (Fact::Submission, Kind::ApiCall);
    const TOLERANCE: Tolerance = Tolerance { pair: TimeDelta::seconds(60), timestamp: TimeDelta::seconds(360) };

    fn clocks(
        pairs: &[(ClockIndex, ClockIndex, i64)],
        timestamps: &[(ClockIndex, i64)],
        parties: &[u32],
    ) -> Vec<Clock> {
        estimated(pairs, timestamps, parties).into_iter().map(|estimated| estimated.clock).collect()
    }

    fn estimated(
        pairs: &[(ClockIndex, ClockIndex, i64)],
        timestamps: &[(ClockIndex, i64)],
        parties: &[u32],
    ) -> Vec<Estimated> {
        let mut differences = Differences::default();
        for jitter in [-1, 0, 1] {
            for (first, second, ahead) in pairs {
                differences.note_pair(CALL, (*first, 0), (*second, ahead * SECOND + jitter * 1000));
            }
            for (clock, ahead) in timestamps {
                let recorded = ahead * SECOND + jitter * 1000;
                differences.note_issue(*clock, recorded, 0, recorded);
            }
        }
        super::estimated(&differences, parties, TOLERANCE)
    }

    fn off(clock: Clock) -> Option<(i64, ClockReference)> {
        match clock {
            Clock::Off { by, decided_by, .. } => Some((by.num_seconds(), decided_by)),
            Clock::NotEstimated | Clock::Agrees | Clock::Differs { .. } => None,
        }
    }

    fn differs(clock: Clock) -> Option<i64> {
        match clock {
            Clock::Differs { by, .. } => Some(by.num_seconds()),
            Clock::NotEstimated | Clock::Agrees | Clock::Off { .. } => None,
        }
    }

    #[test]
    fn two_clocks_that_differ_do_not_say_which_is_off() {
        let known = clocks(&[(0, 1, 900)], &[], &[0, 1]);
        assert_eq!(known.iter().map(|clock| differs(*clock)).collect::<Vec<_>>(), [Some(-900), Some(900)]);
        // Their times can be compared all the same.
        let ahead: Vec<i64> =
            estimated(&[(0, 1, 900)], &[], &[0, 1]).iter().map(|clock| clock.ahead / SECOND).collect();
        assert_eq!(ahead, [0, 900]);
        // Two systems of one party are one witness.
        let known = clocks(&[(0, 1, 900), (0, 2, 900), (1, 2, 0)], &[], &[0, 1, 1]);
        assert!(known.iter().all(|clock| off(*clock).is_none()), "{known:?}");
    }

    #[test]
    fn timestamps_and_two_other_parties_decide() {
        use ClockReference::{OtherParties, Timestamps};
        let known = clocks(&[(0, 1, -900)], &[(0, 900)], &[0, 1]);
        assert_eq!((off(known[0]), known[1]), (Some((900, Timestamps)), Clock::Agrees));
        // The first differs from the second and from the third.
        let known = clocks(&[(0, 1, 900), (0, 2, 901)], &[], &[0, 1, 2]);
        assert!(
            off(known[0]).is_some_and(|(by, decided_by)| (-901..=-900).contains(&by) && decided_by == OtherParties)
        );
        assert_eq!(known[1..], [Clock::Agrees; 2]);
        // They say different things of it.
        let known = clocks(&[(0, 1, 900), (0, 2, 1800)], &[], &[0, 1, 2]);
        assert!(known.iter().all(|clock| off(*clock).is_none()), "{known:?}");
        // What timestamps show to be right is not outvoted.
        let known = clocks(&[(0, 1, 900), (0, 2, 901)], &[(0, 2)], &[0, 1, 2]);
        assert!(known.iter().all(|clock| off(*clock).is_none()), "{known:?}");
        assert_eq!(clocks(&[(0, 1, 30)], &[(1, 300)], &[0, 1, 2]), [Clock::Agrees, Clock::Agrees, Clock::NotEstimated]);
    }

    #[test]
    fn whoever_waits_before_it_stamps_has_no_clock_that_is_off() {
        use ClockReference::Timestamps;
        // Its calls are on time, or nobody recorded them.
        assert_eq!(clocks(&[(0, 1, 1)], &[(0, -900)], &[0, 1]), [Clock::Agrees; 2]);
        assert_eq!(clocks(&[], &[(0, -900)], &[0, 1]), [Clock::NotEstimated; 2]);
        // Its calls are behind by as much, or by something else.
        let known = clocks(&[(0, 1, 900)], &[(0, -900)], &[0, 1]);
        assert_eq!((off(known[0]), known[1]), (Some((-900, Timestamps)), Clock::Agrees));
        // Another system of the party is no witness.
        assert_eq!(clocks(&[(0, 1, 900)], &[(0, -900)], &[0, 0]), [Clock::NotEstimated; 2]);
        let known = clocks(&[(0, 1, 1800)], &[(0, -900)], &[0, 1]);
        assert_eq!(known.iter().map(|clock| differs(*clock)).collect::<Vec<_>>(), [Some(-1800), Some(1800)]);
    }

    #[test]
    fn whoever_seals_hours_after_the_event_has_no_clock_that_is_behind() {
        let mut differences = Differences::default();
        for hours in 1..8 {
            let recorded = -1800 * SECOND;
            differences.note_issue(0, recorded, 0, recorded - hours * 3600 * SECOND);
        }
        let known: Vec<Clock> =
            super::estimated(&differences, &[0], TOLERANCE).into_iter().map(|estimated| estimated.clock).collect();
        assert_eq!(known, [Clock::NotEstimated]);
    }

    #[test]
    fn one_party_outvotes_nobody_however_many_agree_with_it() {
        // The first differs from the second alone, with which the third agrees, and which timestamps show to be right.
        let estimated = estimated(&[(0, 1, 900), (1, 2, 1)], &[(1, 2)], &[0, 1, 2]);
        let known: Vec<Option<i64>> = estimated.iter().map(|estimated| differs(estimated.clock)).collect();
        assert_eq!(known, [Some(-900), Some(900), None]);
        // The first has nobody to stand for it, and is corrected before it is compared.
        let (ahead, trust): (Vec<i64>, Vec<TimeTrust>) =
            estimated.iter().map(|estimated| (estimated.ahead / SECOND, estimated.trust)).unzip();
        assert_eq!(ahead, [-900, 0, 0]);
        assert_eq!(trust, [TimeTrust::Comparison, TimeTrust::Time, TimeTrust::Time]);
        assert_eq!(estimated.iter().map(|estimated| estimated.is_right).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn a_clock_that_is_off_stands_for_nobody() {
        let estimated = estimated(&[(0, 1, 1)], &[(0, 900)], &[0, 1]);
        assert_eq!(off(estimated[0].clock), Some((900, ClockReference::Timestamps)));
        assert_eq!((estimated[1].clock, estimated[1].is_right), (Clock::Agrees, false));
    }

    #[test]
    fn a_single_difference_says_nothing() {
        let mut differences = Differences::default();
        differences.note_pair(CALL, (0, 0), (1, i64::MAX));
        differences.note_issue(0, i64::MIN, i64::MAX, 0);
        let known = super::estimated(&differences, &[0, 1], TOLERANCE);
        assert!(known.iter().all(|estimated| estimated.clock == Clock::NotEstimated), "{known:?}");
    }
}
