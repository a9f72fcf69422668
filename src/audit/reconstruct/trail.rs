//! The trail of one source, joined from its exports: what it covers, and where its lines contradict each other.

use std::ops::Range;

use super::fault::{Faults, LaidTo, TrailFaultKind};
use super::missing_reason::NotCovered;
use super::observation::{Authentication, Content, Observation, Observations};
use super::seal::SealedSpan;
use super::sealed_twice::{self, Behind, Hashes};
use super::store::Place;
use crate::audit::{LineHash, Sequence, Source};

/// A trail that is being joined.
#[derive(Debug)]
pub(super) struct JoinedTrail {
    pub(super) source: Source,
    /// The index of the party, equal for all sources of one party.
    pub(super) party: u32,
    pub(super) files: Vec<FileOfTrail>,
    /// What manifests of the party say, whether or not their lines are there.
    pub(super) spans: Vec<SealedSpan>,
    pub(super) faults: Faults,
    pub(super) coverage: Coverage,
    /// The last number of which there are different lines, and whether it was told that more than one of them is sealed.
    differs_at: Option<Sequence>,
    is_sealed_twice: bool,
}

/// The lines of one file.
#[derive(Clone, Debug)]
pub(super) struct FileOfTrail {
    /// The indices of its lines.
    pub(super) lines: Range<usize>,
    /// What its records say of lines that do not stand before them, as its first record does.
    pub(super) behind: Vec<Behind>,
    /// What its manifest says, if it is sealed.
    pub(super) span: Option<SealedSpan>,
}

/// Which times a trail covers.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    /// The first line is the first of the trail, so that nothing was before it.
    pub(super) is_from_start: bool,
    /// The times of recording of the first and the last line, in microseconds.
    pub(super) recorded: Option<(i64, i64)>,
    /// The latest time of recording by the manifests, of lines that are left out too.
    pub(super) stated_until: Option<i64>,
    /// Where lines are missing or unreadable: the times of recording around them.
    pub(super) gaps: Vec<(i64, i64)>,
    /// The numbers of lines, and of those left out, unreadable, and answered for by the party.
    pub(super) lines: u64,
    pub(super) left_out: u64,
    pub(super) unreadable: u64,
    pub(super) sealed: u64,
    pub(super) span: Option<(Sequence, Sequence)>,
}

impl JoinedTrail {
    pub(super) fn new(source: Source, party: u32) -> Self {
        Self {
            source,
            party,
            files: Vec::new(),
            spans: Vec::new(),
            faults: Faults::default(),
            coverage: Coverage::default(),
            differs_at: None,
            is_sealed_twice: false,
        }
    }

    /// Joins the files: each line counts once, and lines of one number that differ are told.
    pub(super) fn join(&mut self, all: &mut Observations) {
        let mut places: Vec<Place> = self.files.iter().flat_map(|file| places_of(file.lines.clone())).collect();
        let key = |all: &Observations, place: &Place| {
            all.lines.get(*place).map(|line| (line.sequence, line.hash, rank(line)))
        };
        // Within a number the copy that says most comes first.
        places.sort_by_key(|place| key(all, place));
        sealed_twice::share_seals(all, &places);
        let ends = self.spans.iter().flat_map(SealedSpan::ends);
        sealed_twice::check(all, &places, &self.files, ends, &mut self.faults);
        // Where a party sealed lines, what nobody sealed says nothing of what its trail covers.
        let is_sealed = places.iter().any(|place| all.lines.get(*place).is_some_and(answers));
        let mut before: Option<Observation> = None;
        let mut rest = places.as_slice();
        while let Some(group) = sealed_twice::take_number(all, &mut rest) {
            self.join_group(all, group);
            let lines = group.iter().filter_map(|place| all.lines.get(*place));
            // Of copies that are alike in what they count for, the first one stands for them.
            let Some(line) = lines.rev().max_by_key(|line| line.authentication).copied() else { continue };
            self.count(&line);
            if is_sealed && !answers(&line) {
                continue;
            }
            self.cover(&line, before.as_ref());
            before = Some(match (line.content, before) {
                // A line without a time does not end the last time that is known.
                (Content::LeftOut | Content::Unreadable, Some(before)) => {
                    Observation { recorded: before.recorded, ..line }
                }
                (Content::Record(_) | Content::LeftOut | Content::Unreadable, _) => line,
            });
        }
        self.check_tail();
    }

    /// Looks at the lines of one number, which are in the order of their hashes.
    fn join_group(&mut self, all: &mut Observations, group: &[Place]) {
        let lines = || group.iter().filter_map(|place| all.lines.get(*place));
        let Some(at) = lines().next().map(|line| line.sequence) else { return };
        let sealed = Hashes::of(lines().filter(|line| answers(line)).map(|line| line.hash));
        let differ = Hashes::of(lines().map(|line| line.hash)).are_several();
        let follows = self.differs_at.is_some_and(|before| before.next() == Some(at));
        self.differs_at = differ.then_some(at);
        self.is_sealed_twice &= follows;
        // Behind a line that differs all others do. The first one is told, and the first that is sealed twice.
        if sealed.are_several() && !self.is_sealed_twice {
            // Somebody is shown another trail than somebody else: both are sealed, so that the party did it.
            self.faults.note(TrailFaultKind::TwoHistories { at }, LaidTo::Party);
            self.is_sealed_twice = true;
        } else if differ && !follows {
            self.faults.note(TrailFaultKind::Copies { at }, LaidTo::Nobody);
        }
        let mut counted: Option<LineHash> = None;
        for place in group {
            let Some(line) = all.lines.get_mut(*place) else { continue };
            // Copies of one line are one record, and what nobody sealed does not count beside what is sealed.
            if counted == Some(line.hash) || (!sealed.is_empty() && !answers(line)) {
                line.message = None;
            }
            counted = Some(line.hash);
            if sealed.are_several() && answers(line) {
                line.authentication = Authentication::Contradicted;
            }
        }
    }

    fn count(&mut self, line: &Observation) {
        let coverage = &mut self.coverage;
        coverage.lines = coverage.lines.saturating_add(1);
        match line.content {
            Content::Record(_) => {}
            Content::LeftOut => coverage.left_out = coverage.left_out.saturating_add(1),
            Content::Unreadable => coverage.unreadable = coverage.unreadable.saturating_add(1),
        }
        if answers(line) {
            coverage.sealed = coverage.sealed.saturating_add(1);
        }
    }

    fn cover(&mut self, line: &Observation, before: Option<&Observation>) {
        let coverage = &mut self.coverage;
        if matches!(line.content, Content::Record(_)) {
            let (from, to) = coverage.recorded.unwrap_or((line.recorded, line.recorded));
            coverage.recorded = Some((from.min(line.recorded), to.max(line.recorded)));
        }
        coverage.is_from_start |= line.sequence == Sequence::FIRST;
        let (first, _) = coverage.span.unwrap_or((line.sequence, line.sequence));
        coverage.span = Some((first, line.sequence));
        let Some(before) = before else { return };
        if let Some((from, to)) = between(before.sequence, line.sequence) {
            self.faults.note(TrailFaultKind::Gap { from, to }, LaidTo::Nobody);
            coverage.note_gap(before.recorded, line.recorded);
        } else if line.content == Content::Unreadable {
            coverage.note_gap(before.recorded, before.recorded);
        }
    }

    /// Lines that were sealed and are not there.
    fn check_tail(&mut self) {
        let Some((_, last)) = self.coverage.span else { return };
        let sealed = self.spans.iter().map(|span| span.last.0).max();
        if let (Some(to), Some(from)) = (sealed.filter(|sealed| *sealed > last), last.next()) {
            self.faults.note(TrailFaultKind::TailNotGiven { from, to }, LaidTo::Nobody);
        }
        let sealed = self.files.iter().filter_map(|file| file.span.as_ref());
        self.coverage.stated_until = sealed.map(|span| span.until).max();
    }
}

impl JoinedTrail {
    /// Tells if the trail shows what was recorded about a message from one time to another, by its own clock, in microseconds.
    pub(super) fn covers(&self, from: i64, to: i64, message: &str) -> Result<(), NotCovered> {
        let coverage = &self.coverage;
        let (Some((first, _)), Some(until)) = (coverage.recorded, coverage.until()) else {
            return Err(NotCovered::NoTrail);
        };
        if coverage.sealed == 0 {
            return Err(NotCovered::Unsealed);
        }
        if from < first && !coverage.is_from_start {
            return Err(NotCovered::BeforeTrail);
        }
        if to > until {
            return Err(NotCovered::AfterTrail);
        }
        if coverage.gaps.iter().any(|(start, end)| *start <= to && from <= *end) {
            return Err(NotCovered::Gap);
        }
        if coverage.left_out > 0 && !self.spans.iter().any(|span| span.holds_all_about(message)) {
            return Err(NotCovered::LeftOut);
        }
        Ok(())
    }
}

impl Coverage {
    fn note_gap(&mut self, from: i64, to: i64) {
        if self.gaps.len() < crate::audit::limits::MAX_FAULTS {
            self.gaps.push((from.min(to), from.max(to)));
        } else if let Some(last) = self.gaps.last_mut() {
            *last = (last.0.min(from), last.1.max(to));
        }
    }

    /// Returns the time up to which the trail says what was recorded.
    pub(super) fn until(&self) -> Option<i64> {
        self.recorded.map(|(_, to)| to).max(self.stated_until)
    }
}

/// Tells if the party answers for a line, whatever else it says.
pub(super) fn answers(line: &Observation) -> bool {
    line.authentication >= Authentication::Contradicted
}

fn places_of(lines: Range<usize>) -> impl Iterator<Item = Place> {
    lines.filter_map(Place::of)
}

pub(super) fn sequence(all: &Observations, place: Place) -> Option<Sequence> {
    all.lines.get(place).map(|line| line.sequence)
}

/// The lines of a number, of places in the order of numbers.
pub(super) fn lines_at<'p>(all: &Observations, places: &'p [Place], at: Sequence) -> &'p [Place] {
    let start = places.partition_point(|place| sequence(all, *place) < Some(at));
    let places = places.get(start..).unwrap_or_default();
    let end = places.partition_point(|place| sequence(all, *place) <= Some(at));
    places.get(..end).unwrap_or_default()
}

/// The numbers between two others.
fn between(before: Sequence, after: Sequence) -> Option<(Sequence, Sequence)> {
    let (from, to) = (before.next()?, Sequence::new(after.get().checked_sub(1)?)?);
    (from <= to).then_some((from, to))
}

/// Copies of a line in the order of what they say: a sealed record first.
fn rank(line: &Observation) -> (u8, std::cmp::Reverse<Authentication>) {
    let content = match line.content {
        Content::Record(_) => 0,
        Content::LeftOut => 1,
        Content::Unreadable => 2,
    };
    (content, std::cmp::Reverse(line.authentication))
}
