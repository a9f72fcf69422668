//! What a line holds, as it was read.

use std::fmt;

use chrono::{DateTime, Utc};

use super::fault::UnreadableLine;
use crate::audit::chain::Link;
use crate::audit::record::Record;
use crate::audit::sequence::{LineHash, Sequence};
use crate::audit::source::Source;

/// A line of a trail, which borrows from the reader until the next one. Debug does not show its octets, of which nothing was
/// checked where the line cannot be read.
#[non_exhaustive]
pub struct Line<'r> {
    /// The number of the line in the file, from 1.
    pub number: u64,
    /// The hash of the line. A line that was left out states it, and of all others it is computed.
    pub hash: LineHash,
    /// How the line follows the one before it in the file.
    pub link: Link,
    /// What the line holds.
    pub content: Content<'r>,
    pub(super) octets: &'r [u8],
    pub(super) is_terminated: bool,
}

impl<'r> Line<'r> {
    /// Returns the octets of the line without its line feed. A line that is too long is cut to the longest that can be read.
    pub fn octets(&self) -> &'r [u8] {
        self.octets
    }

    /// Tells if a line feed ends the line. Only the last line of a file can lack it.
    pub fn is_terminated(&self) -> bool {
        self.is_terminated
    }
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, hash, link, content, octets: _, is_terminated } = self;
        f.debug_struct("Line")
            .field("number", number)
            .field("hash", hash)
            .field("link", link)
            .field("content", content)
            .field("is_terminated", is_terminated)
            .finish_non_exhaustive()
    }
}

/// What a line holds.
#[derive(Debug)]
pub enum Content<'r> {
    /// A record with its place.
    Entry(Box<Entry<'r>>),
    /// The place of a record that is not shown.
    LeftOut(LeftOut),
    /// Something else, and why. Its hash is known all the same, so that the chain goes on behind it.
    Unreadable(UnreadableLine),
}

/// The place of a record that an export does not show, or that was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// The number of the line.
    pub sequence: Sequence,
}

/// A record with its place in the trail of its source.
#[derive(Debug)]
pub struct Entry<'r> {
    pub(super) source: &'r Source,
    pub(super) sequence: Sequence,
    pub(super) recorded_time: DateTime<Utc>,
    pub(super) previous: Option<LineHash>,
    pub(super) record: Record<'r>,
}

impl<'r> Entry<'r> {
    /// Returns whose trail the line is of.
    pub fn source(&self) -> &'r Source {
        self.source
    }

    /// Returns the number of the line in that trail.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Returns the time at which the record was written, by the clock of the party.
    pub fn recorded_time(&self) -> DateTime<Utc> {
        self.recorded_time
    }

    /// Returns the hash of the line before; `None` in the first line of the trail.
    pub fn previous(&self) -> Option<LineHash> {
        self.previous
    }

    /// Returns what happened.
    pub fn record(&self) -> &Record<'r> {
        &self.record
    }
}
