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

    pub(super) fn compared(&self, differences: &Differences) -> BTreeSet<ClockIndex> {
        differences.compared(&self.parties)
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

    /// Takes what is known of whole trails for those sections that say too little by themselves.
    ///
    /// That the clock was right in other sections says of none of these that its times are: it was set between them. What nobody
    /// compared stays unknown.
    pub(super) fn or_of_trails(mut self, of_trails: &[Estimated], compared: &BTreeSet<ClockIndex>) -> Self {
        for (bounds, of_trail) in self.places.starts.windows(2).zip(of_trails) {
            for clock in bounds.first().zip(bounds.last()).map(|(start, end)| *start..*end).unwrap_or_default() {
                let section = self.estimated.get_mut(usize::from(clock));
                let unknown = section.filter(|section| section.clock == Clock::NotEstimated);
                if let Some(section) = unknown.filter(|_| compared.contains(&clock)) {
                    *section = Estimated { is_right: false, ..of_trail.clone() };
                }
            }
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
    /// microseconds. Between two sections that is either of them, and where several reach that time all of them.
    pub(super) fn offsets_about(
        &self,
        source: SourceIndex,
        trail: &JoinedTrail,
        time: i64,
        window: i64,
    ) -> BTreeSet<i64> {
        let (from, to) = (time.saturating_sub(window), time.saturating_add(window));
        let clocks = self.of(source);
        let recorded = |section: &(usize, &Estimated)| {
            let (from, to) = trail.sections.get(section.0)?.recorded?;
            Some((from.saturating_sub(section.1.ahead), to.saturating_sub(section.1.ahead)))
        };
        let sections = || clocks.iter().enumerate().take(trail.sections.len());
        let before = sections().rfind(|section| recorded(section).is_some_and(|(start, _)| start <= to));
        let behind = sections().find(|section| recorded(section).is_some_and(|(_, end)| from <= end));
        let ends: Vec<usize> = [before, behind].into_iter().flatten().map(|(section, _)| section).collect();
        let about = ends.iter().min().zip(ends.iter().max()).and_then(|(first, last)| clocks.get(*first..=*last));
        let about = about.filter(|about| !about.is_empty()).unwrap_or(clocks);
        about.iter().flat_map(Estimated::possible).collect()
    }
}
