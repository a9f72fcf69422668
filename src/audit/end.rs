//! Where a trail ends.

use chrono::{DateTime, Utc};

use super::line::{Content, Line};
use super::sequence::{LineHash, Sequence};

/// The end of a trail, behind which the next record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailEnd {
    pub(super) sequence: Sequence,
    pub(super) hash: LineHash,
    pub(super) recorded_time: Option<DateTime<Utc>>,
}

impl TrailEnd {
    /// Returns the end of a trail whose last line this is; `None` for a line that cannot be read, whose number nobody knows, and
    /// for one without a line feed, into which the next line would be written.
    pub fn of(line: &Line<'_>) -> Option<Self> {
        let (sequence, recorded_time) = match &line.content {
            Content::Entry(entry) => (entry.sequence(), Some(entry.recorded_time())),
            Content::LeftOut(left_out) => (left_out.sequence, None),
            Content::Unreadable(_) => return None,
        };
        line.is_terminated().then_some(Self { sequence, hash: line.hash, recorded_time })
    }

    /// Returns the number of the last line.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Returns the hash of the last line.
    pub fn hash(&self) -> LineHash {
        self.hash
    }

    /// Returns the time of recording of the last line, unless it is left out.
    pub fn recorded_time(&self) -> Option<DateTime<Utc>> {
        self.recorded_time
    }
}
