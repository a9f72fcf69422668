//! Which times the trail of a source covers, and which records it would show.
//!
//! A line that is not shown has no time. It was recorded some time between the records around it, as far as the order of their
//! numbers says, and nothing is said of that whole time.

use std::collections::{BTreeMap, BTreeSet};

use super::expected::RecordForm;
use super::intervals::Intervals;
use super::missing_reason::NotCovered;
use super::observation::{Content, Observation};
use super::seal::Shown;
use crate::audit::Sequence;
use crate::audit::limits::MAX_SELECTIONS;

/// The selections by which a line was left out, as indices. None means that nothing says why it was.
type LeftOutBy = Vec<usize>;

/// Which times a trail covers. All times are of recording, by the clock of the source, in microseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    /// The numbers of lines, and of those left out, unreadable, and answered for by the party.
    pub(super) lines: u64,
    pub(super) left_out: u64,
    pub(super) unreadable: u64,
    pub(super) sealed: u64,
    pub(super) span: Option<(Sequence, Sequence)>,
    /// The times of the first and the last record.
    pub(super) recorded: Option<(i64, i64)>,
    /// The first line is the first of the trail, so that nothing was before it.
    is_from_start: bool,
    /// The times of the first and of the last line, if they are records or a manifest says it.
    from: Option<i64>,
    until: Option<i64>,
    /// Where lines are missing or unreadable.
    gaps: Intervals,
    /// Where lines are left out.
    left_out_at: BTreeMap<LeftOutBy, Intervals>,
    selections: Vec<Shown>,
    /// What came since the last record.
    has_gap: bool,
    left_out_by: BTreeSet<LeftOutBy>,
}

/// What the manifests say of a line beyond the line.
#[derive(Clone, Debug, Default)]
pub(super) struct SaidOfLine {
    /// The selections by which it was left out.
    pub(super) left_out_by: LeftOutBy,
    /// The earliest time of an export that begins with it, and the latest of one that ends with it.
    pub(super) from: Option<i64>,
    pub(super) until: Option<i64>,
}

impl Coverage {
    pub(super) fn new(selections: Vec<Shown>) -> Self {
        Self { selections, ..Self::default() }
    }

    /// Takes the next line of the trail. Returns the numbers before it that are not there.
    pub(super) fn take(&mut self, line: &Observation, said: SaidOfLine) -> Option<(Sequence, Sequence)> {
        let gap = self.span.and_then(|(_, last)| between(last, line.sequence));
        self.has_gap |= gap.is_some();
        self.is_from_start |= line.sequence == Sequence::FIRST;
        let is_first = self.span.is_none();
        self.span = Some((self.span.map_or(line.sequence, |(first, _)| first), line.sequence));
        let recorded = match line.content {
            Content::Record(_) => {
                self.end_run(line.recorded);
                Some(line.recorded)
            }
            Content::LeftOut => {
                self.left_out_by.insert(said.left_out_by);
                None
            }
            Content::Unreadable => {
                self.has_gap = true;
                None
            }
        };
        if is_first {
            self.from = recorded.or(said.from);
        }
        self.until = recorded.or(said.until);
        gap
    }

    /// A record tells until when all was recorded that is not shown before it.
    fn end_run(&mut self, recorded: i64) {
        let from = self.recorded.map_or(i64::MIN, |(_, last)| last);
        self.note_hidden(from, recorded);
        let (first, _) = self.recorded.unwrap_or((recorded, recorded));
        self.recorded = Some((first, recorded));
    }

    fn note_hidden(&mut self, from: i64, to: i64) {
        if std::mem::take(&mut self.has_gap) {
            self.gaps.note(from, to);
        }
        for left_out_by in std::mem::take(&mut self.left_out_by) {
            let is_known = self.left_out_at.contains_key(&left_out_by) || self.left_out_at.len() < MAX_SELECTIONS;
            // Of more ways than are told apart, nothing says what the lines were about.
            let left_out_by = if is_known { left_out_by } else { LeftOutBy::new() };
            self.left_out_at.entry(left_out_by).or_default().note(from, to);
        }
    }

    /// Ends the trail.
    pub(super) fn close(&mut self) {
        let last = self.recorded.map_or(i64::MIN, |(_, last)| last);
        self.note_hidden(last, i64::MAX);
        self.gaps.close();
        self.left_out_at.values_mut().for_each(Intervals::close);
        self.from = self.from.or(self.recorded.map(|(first, _)| first));
        // Behind the last record there are lines whose time nobody states.
        self.until = self.until.or(self.recorded.map(|(_, last)| last));
    }

    /// Tells if the trail shows the records of a form about a message that were recorded from one time to another.
    pub(super) fn covers(&self, from: i64, to: i64, message: &str, form: RecordForm) -> Result<(), NotCovered> {
        if self.lines == 0 {
            return Err(NotCovered::NoTrail);
        }
        if self.sealed == 0 {
            return Err(NotCovered::Unsealed);
        }
        if !self.is_from_start && self.from.is_none_or(|first| from < first) {
            return Err(NotCovered::BeforeTrail);
        }
        if self.until.is_none_or(|last| last < to) {
            return Err(NotCovered::AfterTrail);
        }
        if self.gaps.reach_into(from, to) {
            return Err(NotCovered::Gap);
        }
        let would_show =
            |selection: &usize| self.selections.get(*selection).is_some_and(|shown| shown.shows(message, form));
        let hides = |(left_out_by, at): (&LeftOutBy, &Intervals)| {
            at.reach_into(from, to) && !left_out_by.iter().any(would_show)
        };
        if self.left_out_at.iter().any(hides) {
            return Err(NotCovered::LeftOut);
        }
        Ok(())
    }
}

/// The numbers between two others.
fn between(before: Sequence, after: Sequence) -> Option<(Sequence, Sequence)> {
    let (from, to) = (before.next()?, after.before()?);
    (from <= to).then_some((from, to))
}
