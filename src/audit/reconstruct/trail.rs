//! The trail of one source, joined from its exports: what it covers, and where its lines contradict each other.

use std::collections::BTreeSet;
use std::ops::Range;

use super::answering::{answers, lines_at, take_number};
use super::clock_sections::{self, Section};
use super::coverage::{Coverage, SaidOfLine};
use super::fault::{Faults, LaidTo, TrailFaultKind};
use super::file_of_trail::FileOfTrail;
use super::observation::{Authentication, Content, Observation, Observations};
use super::seal::{SealedSpan, Shown};
use super::sealed_twice::{self, Hashes};
use super::store::Place;
use super::told_clock;
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
    /// From one setting of the clock to the next.
    pub(super) sections: Vec<Section>,
    /// The last number of which there are different lines, and whether it was told that more than one of them is sealed.
    differs_at: Option<Sequence>,
    is_sealed_twice: bool,
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
            sections: Vec::new(),
            differs_at: None,
            is_sealed_twice: false,
        }
    }

    /// Joins the files: each line counts once, and lines of one number that differ are told. Clocks may differ by the skew, in
    /// microseconds.
    pub(super) fn join(&mut self, all: &mut Observations, skew: i64) {
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
        let files = std::mem::take(&mut self.files);
        let manifests = Manifests::of(&files);
        self.coverage = Coverage::new(manifests.selections());
        let mut rest = places.as_slice();
        while let Some(group) = take_number(all, &mut rest) {
            self.join_group(all, group);
            let lines = || group.iter().filter_map(|place| Some((*place, all.lines.get(*place)?)));
            // Of copies that are alike in what they count for, the first one stands for them.
            let standing = lines().rev().max_by_key(|(_, line)| line.authentication).map(|(_, line)| *line);
            let Some(line) = standing else { continue };
            self.count(&line);
            if is_sealed && !answers(&line) {
                continue;
            }
            let copies = lines()
                .filter(|(_, copy)| copy.hash == line.hash && copy.content == line.content)
                .map(|(place, _)| place);
            if let Some((from, to)) = self.coverage.take(&line, manifests.of_line(copies)) {
                self.faults.note(TrailFaultKind::Gap { from, to }, LaidTo::Nobody);
            }
        }
        self.coverage.close();
        self.check_seams(all, &places, &files);
        told_clock::mark(all, &places);
        self.sections = clock_sections::mark(all, &places, skew);
        self.files = files;
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

    /// Where one export ends and the next begins, something that is sealed has to say which line the next was written behind. A party
    /// that chained its lines anew would leave out the first one behind them, which names another line than it sealed before.
    fn check_seams(&mut self, all: &Observations, places: &[Place], files: &[FileOfTrail]) {
        let lines = |at: Sequence| lines_at(all, places, at);
        let answered =
            |at: Sequence| lines(at).iter().filter_map(|place| all.lines.get(*place)).filter(|line| answers(line));
        let named: BTreeSet<Sequence> =
            self.spans.iter().filter(|span| span.previous.is_some()).map(|span| span.first.0).collect();
        let firsts: BTreeSet<Sequence> = self.spans.iter().map(|span| span.first.0).collect();
        for at in firsts.difference(&named).copied() {
            let Some(before) = at.before() else { continue };
            let is_stated = answered(at).any(|line| matches!(line.content, Content::Record(_)));
            // Both stand in one export that is as it was sealed.
            let mut as_sealed = files.iter().filter(|file| file.span.is_some());
            let has = |file: &FileOfTrail, at| lines(at).iter().any(|place| file.lines.contains(&place.index()));
            if answered(before).next().is_some()
                && !is_stated
                && !as_sealed.any(|file| has(file, before) && has(file, at))
            {
                self.faults.note(TrailFaultKind::SeamOpen { at }, LaidTo::Nobody);
            }
        }
    }

    /// Lines that were sealed and are not there.
    fn check_tail(&mut self) {
        let sealed = self.spans.iter().map(|span| span.last.0).max();
        let from = match self.coverage.span {
            Some((_, last)) => last.next(),
            None => self.spans.iter().map(|span| span.first.0).min(),
        };
        if let (Some(to), Some(from)) = (sealed, from)
            && from <= to
        {
            self.faults.note(TrailFaultKind::TailNotGiven { from, to }, LaidTo::Nobody);
        }
    }
}

/// The manifests of files that are as the party sealed them.
struct Manifests<'a> {
    /// In the order of their lines.
    files: Vec<&'a FileOfTrail>,
    selections: Vec<&'a Shown>,
}

impl<'a> Manifests<'a> {
    fn of(files: &'a [FileOfTrail]) -> Self {
        let sealed = |file: &&FileOfTrail| file.span.is_some() && !file.lines.is_empty();
        let mut files: Vec<&FileOfTrail> = files.iter().filter(sealed).collect();
        files.sort_unstable_by_key(|file| file.lines.start);
        let selections = files.iter().filter_map(|file| file.span.as_ref()?.shown.as_ref());
        let selections: BTreeSet<&Shown> = selections.collect();
        Self { files, selections: selections.into_iter().collect() }
    }

    fn selections(&self) -> Vec<Shown> {
        self.selections.iter().map(|shown| (*shown).clone()).collect()
    }

    /// What they say of a line, by the places of its copies.
    fn of_line(&self, copies: impl Iterator<Item = Place>) -> SaidOfLine {
        let mut said = SaidOfLine::default();
        for place in copies.map(Place::index) {
            let next = self.files.partition_point(|file| file.lines.end <= place);
            let file = self.files.get(next).filter(|file| file.lines.contains(&place));
            let Some((file, span)) = file.and_then(|file| Some((file, file.span.as_ref()?))) else { continue };
            let selection = span.shown.as_ref().and_then(|shown| self.selections.binary_search(&shown).ok());
            said.left_out_by.extend(selection);
            if place == file.lines.start {
                said.from = said.from.max(Some(span.times.0));
            }
            if place + 1 == file.lines.end {
                said.until = [said.until, Some(span.times.1)].into_iter().flatten().min();
            }
        }
        said.left_out_by.sort_unstable();
        said.left_out_by.dedup();
        said
    }
}

fn places_of(lines: Range<usize>) -> impl Iterator<Item = Place> {
    lines.filter_map(Place::of)
}

/// Copies of a line in the order of what they say: a record first. They have one seal.
fn rank(line: &Observation) -> u8 {
    match line.content {
        Content::Record(_) => 0,
        Content::LeftOut => 1,
        Content::Unreadable => 2,
    }
}
