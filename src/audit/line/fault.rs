//! What is wrong with a line.

use crate::audit::limits::MAX_LINE;
use crate::audit::record_error::RecordError;
use crate::audit::sequence::Sequence;

/// A line that cannot be read as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableLine {
    /// Why it cannot be read.
    pub fault: LineFault,
    /// Its number in the trail, where at least that could be read. Nothing vouches for it.
    pub sequence: Option<Sequence>,
}

impl UnreadableLine {
    /// Tells if the line is too long, so that its octets are not all there.
    pub(in crate::audit) fn is_cut(&self) -> bool {
        matches!(self.fault, LineFault::TooLong { .. })
    }
}

/// The reason why a line is no record. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// The line is longer than what is read. It was hashed as it passed by, and not kept.
    #[error("a line of {octets} octets, more than {MAX_LINE}")]
    TooLong {
        /// The number of its octets.
        octets: u64,
    },
    /// The line is empty.
    #[error("an empty line")]
    Empty,
    /// The last line ends without a line feed: it was not written in full, or cut off.
    #[error("the line ends without a line feed")]
    Unterminated,
    /// The octets are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The line ends within its JSON.
    #[error("the JSON ends too early")]
    Truncated,
    /// The line is not JSON (RFC 8259), as one into which another line was written.
    #[error("not JSON at octet {column}")]
    NotJson {
        /// The place in the line, from 1.
        column: usize,
    },
    /// A member is there twice.
    #[error("a member is there twice")]
    DuplicateMember,
    /// The data have a member that the schema does not have.
    #[error("a member that the schema does not have")]
    UnknownMember,
    /// A member is not there.
    #[error("{0} is not there")]
    MissingMember(&'static str),
    /// A member is of another type, or a number is beyond what it may be.
    #[error("a member is of another type than the schema says")]
    WrongType,
    /// The event is not of version 1.0 of CloudEvents.
    #[error("not an event of CloudEvents 1.0")]
    SpecVersion,
    /// The record is of another version of the format.
    #[error("a record of another version of the format")]
    OtherVersion,
    /// The event is of another type than those of an audit trail.
    #[error("an event of another type")]
    UnknownKind,
    /// A time has no zone, so that nobody knows which time it is.
    #[error("{0} has no zone")]
    TimeWithoutZone(&'static str),
    /// A time is not of the form of RFC 3339.
    #[error("{0} is not a time of RFC 3339")]
    Time(&'static str),
    /// The first line of a trail names a line before it, or another line names none.
    #[error("the hash of the line before is missing, or the first line has one")]
    Previous,
    /// The record has both a proof and the id of one.
    #[error("both a proof and the id of a proof")]
    ProofTwice,
    /// A value of the record is not what it may be.
    #[error(transparent)]
    Record(#[from] RecordError),
}
