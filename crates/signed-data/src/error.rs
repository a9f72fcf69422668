//! Errors in the coding of a structure.

/// An error in the coding of a structure, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}, at octet {offset}: {kind}")]
pub struct Error {
    /// The structure that was being read.
    pub what: &'static str,
    /// The place, in octets from the start of the contents of the element that was being read.
    pub offset: usize,
    /// The kind of the error.
    pub kind: ErrorKind,
}

/// The kinds of coding errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends within an element.
    #[error("the input ends within an element")]
    Truncated,
    /// Something follows where the structure must end.
    #[error("trailing data")]
    TrailingData,
    /// A required element is not there.
    #[error("an element with tag {expected:#04x} is missing")]
    Missing {
        /// The identifier octet of the missing element.
        expected: u8,
    },
    /// The element has another tag than the one that is required.
    #[error("expected tag {expected:#04x}, found {found:#04x}")]
    UnexpectedTag {
        /// The required identifier octet.
        expected: u8,
        /// The identifier octet that was read.
        found: u8,
    },
    /// The length is indefinite, where only definite ones are read.
    #[error("indefinite length")]
    IndefiniteLength,
    /// The length is larger than that of any input.
    #[error("a length field larger than any input")]
    LengthOverflow,
    /// The value is not allowed by its type.
    #[error("not a valid {0}")]
    InvalidValue(&'static str),
    /// The content has another type than the one that was to be read.
    #[error("not a {0}")]
    UnexpectedType(&'static str),
    /// The first octets are those of a file of another kind.
    #[error("this is {0}, where DER or BER is read")]
    OtherFormat(&'static str),
    /// An attribute or element that may occur once occurs again.
    #[error("{0} stands more than once")]
    Duplicate(&'static str),
    /// The input exceeds a limit of this reader.
    #[error("more than {limit} {what}")]
    Limit {
        /// The name of what is limited.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}
