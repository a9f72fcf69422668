//! What keeps octets from being a note.

use crate::limits::{MAX_NOTE, MAX_SIGNATURES};

/// Why octets are no note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The note is too large.
    #[error("a note of more than {MAX_NOTE} octets")]
    TooLarge,
    /// The octets are not UTF-8.
    #[error("a note that is not UTF-8, at octet {offset}")]
    NotUtf8 {
        /// The offset of the first octet that is not.
        offset: usize,
    },
    /// The note has a control character other than the line feed.
    #[error("a control character in a note, at octet {offset}")]
    ControlCharacter {
        /// The offset of the character.
        offset: usize,
    },
    /// The text does not end in a line feed.
    #[error("the text of a note without a line feed at its end")]
    UnterminatedText,
    /// No signature follows a blank line.
    #[error("a note without signatures")]
    NoSignatures,
    /// The last signature does not end in a line feed.
    #[error("a note without a line feed at its end")]
    Unterminated,
    /// The note has too many signatures.
    #[error("a note with more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A line of the signatures is not one.
    #[error("signature line {line}: {fault}")]
    SignatureLine {
        /// The number of the line among the signatures, from 1.
        line: usize,
        /// What is wrong with it.
        fault: SignatureLineFault,
    },
}

/// What is wrong with the line of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureLineFault {
    /// The line does not begin with an em dash and a space.
    #[error("no em dash and space at its begin")]
    Dash,
    /// There is no name of a key.
    #[error("no valid name of a key")]
    Name,
    /// What follows the name is not base64.
    #[error("a signature that is not base64")]
    Base64,
    /// The octets are no more than the id of a key.
    #[error("a signature of no more than {} octets", super::key::KEY_ID)]
    TooShort,
}
