//! What stands in a file, which its manifest has to say too.

use super::seal::SealedSpan;
use crate::audit::Content;

/// The lines of a file, counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    left_out: u64,
    /// Those that cannot be read: a newer version may know that a line of its own is left out.
    unreadable: u64,
    /// The earliest and the latest time of recording of those that are shown, in microseconds.
    recorded: Option<(i64, i64)>,
}

impl Tally {
    pub(super) fn take(&mut self, line: &Content<'_>) {
        self.lines = self.lines.saturating_add(1);
        match line {
            Content::Entry(entry) => {
                let recorded = entry.recorded_time().timestamp_micros();
                let (from, to) = self.recorded.unwrap_or((recorded, recorded));
                self.recorded = Some((from.min(recorded), to.max(recorded)));
            }
            Content::LeftOut(_) => self.left_out = self.left_out.saturating_add(1),
            Content::Unreadable(_) => self.unreadable = self.unreadable.saturating_add(1),
        }
    }

    /// Tells if a manifest has as many lines, and as many that are left out.
    pub(super) fn has_count_of(&self, span: &SealedSpan) -> bool {
        let most = self.left_out.saturating_add(self.unreadable);
        span.count == self.lines && (self.left_out..=most).contains(&span.left_out)
    }

    /// Tells if a manifest has the times of recording. Where some lines are not shown, those that are lie within them.
    pub(super) fn has_times_of(&self, span: &SealedSpan) -> bool {
        let Some((from, to)) = self.recorded else { return true };
        let is_all_shown = self.left_out == 0 && self.unreadable == 0;
        let (stated_from, stated_to) = span.times;
        let is_within = stated_from <= from && to <= stated_to;
        is_within && (!is_all_shown || span.times == (from, to))
    }
}
