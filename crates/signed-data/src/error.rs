//! What can be wrong with the coding of a structure.

/// What was read when something was wrong, where, and what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at octet {offset}: {kind}")]
pub struct Error {
    /// The structure that was being read.
    pub what: &'static str,
    /// Octets from the start of the contents of the element that it is, or is a field of.
    pub offset: usize,
    /// What was wrong.
    pub kind: ErrorKind,
}

/// The kinds of coding errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends within an element.
    #[error("the input ends within an element")]
    Truncated,
    /// Something follows where nothing may.
    #[error("trailing data")]
    TrailingData,
    /// A required element is not there.
    #[error("an element with tag {expected:#04x} is missing")]
    Missing {
        /// Its identifier octet.
        expected: u8,
    },
    /// Another element stands where this one is required.
    #[error("expected tag {expected:#04x}, found {found:#04x}")]
    UnexpectedTag {
        /// The required identifier octet.
        expected: u8,
        /// The one that stands there.
        found: u8,
    },
    /// An indefinite length, where only definite ones are read.
    #[error("indefinite length")]
    IndefiniteLength,
    /// A length that no input can have.
    #[error("a length field larger than any input")]
    LengthOverflow,
    /// A value that its type does not allow.
    #[error("not a valid {0}")]
    InvalidValue(&'static str),
    /// The content is of another type than this reader reads.
    #[error("not a {0}")]
    UnexpectedType(&'static str),
    /// A file of another kind, by its first octets.
    #[error("this is {0}, where DER or BER is read")]
    OtherFormat(&'static str),
    /// An attribute, or an element of which there may be one, stands twice.
    #[error("{0} stands more than once")]
    Duplicate(&'static str),
    /// A limit of this reader was exceeded.
    #[error("more than {limit} {what}")]
    Limit {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
}
