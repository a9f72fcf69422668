//! By how much clocks may be ahead, where their differences from others do not say the same.
//!
//! A party can record something at other times than those at which it was. Whoever is compared with it then seems to differ by that
//! much more, and a correction by this takes the other records of that trail away from what they are about. Nothing says which of the
//! differences is that of a clock, so that a record is compared by each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::differences::{ClockIndex, Differences, Estimate, Tolerance};
use super::happening::Offset;
use crate::audit::limits::MAX_CLOCK_OFFSETS;

/// What is known of a clock.
pub(super) struct Corrected {
    /// By how much its times are corrected, in microseconds.
    pub(super) ahead: i64,
    /// It differs, and nothing stands for it nor says that it is off.
    pub(super) is_doubted: bool,
    /// No timestamp says that it is off, so that its records may be of the times that they state.
    pub(super) may_be_right: bool,
}

impl Corrected {
    /// By how much it may be ahead, whatever it differs by from others.
    fn possible(&self) -> impl Iterator<Item = i64> {
        [self.ahead].into_iter().chain(self.may_be_right.then_some(0))
    }
}

/// Returns by how much else each clock may be ahead. `of_pairs` has the pairs of clocks of which the difference is one of clocks, and
/// `parties` the party of each clock.
///
/// The differences of two clocks are counted by the deed that they time. What one of them says most often comes first, and of
/// those that are alike only that one stays: it alone says whether the difference is one of clocks. What was recorded comes last.
pub(super) fn offsets(
    corrected: &[Corrected],
    differences: &Differences,
    of_pairs: &BTreeMap<(ClockIndex, ClockIndex), Estimate>,
    parties: &[u32],
    tolerance: Tolerance,
) -> Vec<Vec<Offset>> {
    let party = |clock: ClockIndex| parties.get(usize::from(clock));
    let mut possible: BTreeMap<ClockIndex, Vec<(Reverse<usize>, Offset)>> = BTreeMap::new();
    for (pair, estimate) in differences.by_deeds(tolerance).filter(|((low, high), _)| party(*low) != party(*high)) {
        let (low, high) = pair;
        for (clock, other, by) in [(low, high, estimate.reversed()), (high, low, estimate)] {
            let is_doubted = corrected.get(usize::from(clock)).is_some_and(|clock| clock.is_doubted);
            let is_of_clock = is_doubted && of_pairs.contains_key(&pair);
            let ahead = corrected.get(usize::from(other)).into_iter().flat_map(Corrected::possible);
            let offset = |ahead: i64| Offset { ahead: ahead.saturating_add(by.median), is_of_clock };
            possible.entry(clock).or_default().extend(ahead.map(|ahead| (Reverse(by.count), offset(ahead))));
        }
    }
    let offsets = corrected.iter().zip(0..).map(|(corrected, clock)| {
        let mut possible = possible.remove(&clock).unwrap_or_default();
        possible.sort_unstable();
        let as_recorded = Offset { ahead: 0, is_of_clock: corrected.is_doubted };
        let as_recorded = corrected.may_be_right.then_some(as_recorded);
        let mut offsets: Vec<Offset> = Vec::new();
        for offset in possible.into_iter().map(|(_, offset)| offset).chain(as_recorded) {
            let mut present = offsets.iter().map(|offset| offset.ahead).chain([corrected.ahead]);
            if offsets.len() < MAX_CLOCK_OFFSETS && !present.any(|ahead| tolerance.is_alike(ahead, offset.ahead)) {
                offsets.push(offset);
            }
        }
        offsets
    });
    offsets.collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::fact::Fact;
    use super::*;
    use crate::audit::Kind;

    const MINUTE: i64 = 60_000_000;
    const TOLERANCE: Tolerance = Tolerance { pair: TimeDelta::seconds(60), timestamp: TimeDelta::seconds(360) };

    /// The offsets of a clock that differs from each of some others, in minutes: `neighbours` has by how much, and in how many pairs.
    fn possible(neighbours: &[(i64, usize)], may_be_right: bool) -> Vec<i64> {
        let mut differences = Differences::default();
        for ((ahead, pairs), other) in neighbours.iter().zip(1..) {
            let note = |_| {
                differences.note_pair((Fact::Opened, Kind::EventEngine), (0, ahead * MINUTE), (other, 0));
            };
            (0..*pairs).for_each(note);
        }
        let clocks = u32::try_from(neighbours.len()).unwrap() + 1;
        let corrected = |number| Corrected { ahead: 0, is_doubted: number == 0, may_be_right };
        let corrected: Vec<Corrected> = (0..clocks).map(corrected).collect();
        let parties: Vec<u32> = (0..clocks).collect();
        let of_pairs = differences.of_pairs(TOLERANCE);
        let offsets = offsets(&corrected, &differences, &of_pairs, &parties, TOLERANCE);
        assert!(offsets[0].iter().all(|offset| offset.is_of_clock));
        assert!(offsets[1..].iter().flatten().all(|offset| !offset.is_of_clock));
        offsets[0].iter().map(|offset| offset.ahead / MINUTE).collect()
    }

    #[test]
    fn what_most_pairs_say_comes_first_and_the_same_once() {
        assert_eq!(possible(&[(15, 3), (30, 4), (15, 5), (0, 9), (45, 2)], true), [15, 30]);
    }

    #[test]
    fn as_many_differences_as_the_limit_are_kept() {
        for count in [MAX_CLOCK_OFFSETS, MAX_CLOCK_OFFSETS + 1] {
            let neighbours: Vec<(i64, usize)> = (1..).take(count).map(|number: i64| (number * 15, 3)).collect();
            let expected: Vec<i64> = (1..).take(MAX_CLOCK_OFFSETS).map(|number: i64| number * 15).collect();
            assert_eq!(possible(&neighbours, false), expected);
        }
    }
}
