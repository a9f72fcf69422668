//! The clocks of all trails, each from one setting to the next.

use std::collections::BTreeSet;

use super::clock::Clock;
use super::compared::{Estimated, estimated};
use super::differences::{ClockIndex, Differences, Tolerance};
use super::observation::{Observation, SourceIndex};
use super::trail::JoinedTrail;

/// The clocks, by source and section.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks {
    /// Those of the first source come first, in the order of their sections.
    estimated: Vec<Estimated>,
    places: ClockPlaces,
}

/// Where the clocks of each source are.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockPlaces {
    /// The first clock of each source, and the number of all.
    starts: Vec<ClockIndex>,
    /// The party of each clock.
    parties: Vec<u32>,
}

impl ClockPlaces {
    /// A clock for each section of each trail.
    pub(super) fn of_sections(trails: &[JoinedTrail]) -> Self {
        Self::of(trails.iter().map(|trail| (trail.party, trail.sections.len().max(1))))
    }

    /// A clock for each trail.
    pub(super) fn of_trails(trails: &[JoinedTrail]) -> Self {
        Self::of(trails.iter().map(|trail| (trail.party, 1)))
    }

    fn of(sources: impl Iterator<Item = (u32, usize)>) -> Self {
        let (mut starts, mut parties) = (vec![0], Vec::new());
        for (party, count) in sources {
            parties.extend(std::iter::repeat_n(party, count));
            starts.push(ClockIndex::try_from(parties.len()).unwrap_or(ClockIndex::MAX));
        }
        Self { starts, parties }
    }

    /// The clock by which a line was recorded. Where the places are those of trails, it has one for all lines.
    pub(super) fn of_line(&self, line: &Observation) -> Option<ClockIndex> {
        let source = usize::from(line.source);
        let (start, end) = (*self.starts.get(source)?, *self.starts.get(source + 1)?);
        let clock = start.checked_add(line.section.into())?.min(end.checked_sub(1)?);
        (start <= clock).then_some(clock)
    }

    pub(super) fn estimated(&self, differences: &Differences, tolerance: Tolerance) -> Vec<Estimated> {
        estimated(differences, &self.parties, tolerance)
    }

    /// Tells if a source has several.
    pub(super) fn are_several(&self) -> bool {
        self.parties.len() >= self.starts.len()
    }
}

impl Clocks {
    pub(super) fn new(places: ClockPlaces, estimated: Vec<Estimated>) -> Self {
        Self { estimated, places }
    }

    /// Takes what is known of whole trails for those sections of which nothing is.
    pub(super) fn or_of_trails(mut self, of_trails: &[Estimated]) -> Self {
        for (bounds, of_trail) in self.places.starts.windows(2).zip(of_trails) {
            let range = bounds.first().zip(bounds.last()).map(|(start, end)| usize::from(*start)..usize::from(*end));
            let sections = range.and_then(|range| self.estimated.get_mut(range)).unwrap_or_default();
            let unknown = sections.iter_mut().filter(|section| section.clock == Clock::NotEstimated);
            unknown.for_each(|section| *section = *of_trail);
        }
        self
    }

    /// The clocks of a source, in the order of its sections.
    pub(super) fn of(&self, source: SourceIndex) -> &[Estimated] {
        let bound = |at: usize| self.places.starts.get(at).copied().map(usize::from);
        let range = bound(source.into()).zip(bound(usize::from(source) + 1)).map(|(start, end)| start..end);
        range.and_then(|range| self.estimated.get(range)).unwrap_or_default()
    }

    /// The clock by which a line was recorded.
    pub(super) fn of_line(&self, line: &Observation) -> Option<&Estimated> {
        self.estimated.get(usize::from(self.places.of_line(line)?))
    }

    /// By how much the clocks of a source are ahead by which something could be recorded that happened about a time, all in
    /// microseconds. Between two sections that is either of them.
    pub(super) fn offsets_about(
        &self,
        source: SourceIndex,
        trail: &JoinedTrail,
        time: i64,
        window: i64,
    ) -> BTreeSet<i64> {
        let (from, to) = (time.saturating_sub(window), time.saturating_add(window));
        let sections = || {
            let recorded = trail.sections.iter().map(|section| section.recorded);
            self.of(source).iter().zip(recorded).map(|(clock, recorded)| {
                let right = |time: i64| time.saturating_sub(clock.ahead);
                (clock.ahead, recorded.map(|(from, to)| (right(from), right(to))))
            })
        };
        let before = sections().rfind(|(_, of)| of.is_some_and(|(start, _)| start <= to));
        let behind = sections().find(|(_, of)| of.is_some_and(|(_, end)| from <= end));
        let offsets: BTreeSet<i64> = [before, behind].into_iter().flatten().map(|(ahead, _)| ahead).collect();
        if offsets.is_empty() { self.of(source).iter().map(|clock| clock.ahead).collect() } else { offsets }
    }
}
