//! Why a record cannot be.

use super::kind::{Kind, Member};

/// The reason why a record, or a part of one, cannot be built. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A value is not of the form that the format gives it.
    #[error("{0} is not of its form")]
    Form(&'static str),
    /// A text is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A text or a file is longer than it may be.
    #[error("{what} is longer than {limit}")]
    TooLong {
        /// The name of the value.
        what: &'static str,
        /// The largest number of its characters, or of its octets.
        limit: usize,
    },
    /// There are more of them than a record may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// The name of the values.
        what: &'static str,
        /// The largest number of them.
        limit: usize,
    },
    /// The same value is there twice.
    #[error("the same {0} twice")]
    Twice(&'static str),
    /// A text holds, or may hold, the number or the address of a natural person, which a record may only hold as a commitment.
    #[error("{0} may name a person, whom a record holds as a commitment only")]
    PersonInTheClear(&'static str),
    /// The statement of a proof holds values about persons that are no commitments. The record names such a proof by its id.
    #[error("the statement of the proof holds {0} personal values that are no commitments; name the proof by its id")]
    ProofInTheClear(usize),
    /// Records of this kind do not have the member.
    #[error("a record of the kind {kind} has no {member}")]
    NotOfKind {
        /// The kind.
        kind: Kind,
        /// The member.
        member: Member,
    },
    /// Records of this kind must have the member.
    #[error("a record of the kind {kind} lacks {member}")]
    Missing {
        /// The kind.
        kind: Kind,
        /// The member.
        member: Member,
    },
    /// A digest is weaker than SHA-256.
    #[error("{0} is by an algorithm that is weaker than SHA-256 or not offered")]
    WeakDigest(&'static str),
    /// The year of a time is not from 0 to 9999.
    #[error("{0} is outside of the years 0 to 9999")]
    TimeOutOfRange(&'static str),
    /// The operating system gave no random octets.
    #[error("no random octets for an identifier")]
    Random,
}
