//! Lines that are held back until those behind them say whether they are the lines that were written.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::sequence::{LineHash, Sequence};
use super::source::Source;

/// A line that was read and not yet exported.
pub(super) struct Held {
    /// The number of the line in the file, from 1.
    pub(super) line: u64,
    /// Its number in the trail. Where that cannot be read it is the next one, until a line behind it says otherwise.
    pub(super) sequence: Option<Sequence>,
    pub(super) hash: LineHash,
    /// The hash of the line before, as this one states it.
    pub(super) previous: Option<LineHash>,
    pub(super) content: HeldContent,
}

/// What a held line is.
pub(super) enum HeldContent {
    Record { source: Arc<Source>, recorded: DateTime<Utc>, shown: Option<Shown> },
    LeftOut,
    Unreadable,
}

/// The octets of a line that the selection shows, and what is written beside them.
pub(super) struct Shown {
    pub(super) octets: Vec<u8>,
    pub(super) beside: Vec<u8>,
}

impl Held {
    /// Returns the hash of the line that was written here, if the two lines behind this one say that it was another one.
    ///
    /// A line names the one before it. Where the name does not fit, a disk or a hand changed one of the two. It was the
    /// second if the third does not fit either, or else the first: it has more octets that could be changed than a hash.
    pub(super) fn written(&self, next: Option<&Self>, after: Option<&Self>) -> Option<LineHash> {
        let next = next.filter(|next| self.is_before(next))?;
        let stated = next.previous.filter(|stated| *stated != self.hash)?;
        let of_next = after.filter(|after| next.is_before(after)).and_then(|after| after.previous);
        let is_next_changed = of_next.is_some_and(|hash| hash != next.hash);
        match self.content {
            HeldContent::Unreadable => Some(stated),
            HeldContent::Record { .. } | HeldContent::LeftOut => (!is_next_changed).then_some(stated),
        }
    }

    /// Tells if a line has the next number.
    fn is_before(&self, line: &Self) -> bool {
        line.sequence.is_some() && self.sequence.and_then(Sequence::next) == line.sequence
    }
}
