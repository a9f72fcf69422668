//! Signed notes: a text, and who signed it ([signed-note](https://c2sp.org/signed-note)).
//!
//! [`Note::parse`] reads a note and believes nothing of it. [`Note::verify`] says which known keys signed it.

mod error;
mod key;
mod name;
mod ring;
mod sign;
mod signature;
mod text;
mod verify;

pub use error::{NoteError, SignatureLineFault};
pub use key::{KeyId, SignatureType, VerifierKey, VerifierKeyError};
pub use name::{KeyName, KeyNameError};
pub use ring::{AmbiguousKey, KeyRing};
pub use sign::{NotAnEd25519Key, NoteSigner};
pub use signature::NoteSignature;
pub use text::NoteText;
pub use verify::{KnownSignature, NoteVerifyError, SignatureFault};

pub(crate) use self::signature::parse_lines;
use self::text::check_characters;
use crate::limits::{MAX_NOTE, MAX_SIGNATURES};

/// A text with one or more signatures, none of which is verified.
///
/// Each note has one form as octets: what [`Note::parse`] takes, [`Note::to_text`] gives again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: NoteText,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Joins a text and its signatures, in this order.
    ///
    /// # Errors
    /// `NoSignatures`, `TooManySignatures`, or `TooLarge` when the whole note has more than [`MAX_NOTE`] octets.
    pub fn new(text: NoteText, signatures: Vec<NoteSignature>) -> Result<Self, NoteError> {
        if signatures.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let note = Self { text, signatures };
        if note.to_text().len() > MAX_NOTE { Err(NoteError::TooLarge) } else { Ok(note) }
    }

    /// Reads a note ([signed-note](https://c2sp.org/signed-note#format)).
    ///
    /// # Errors
    /// - `TooLarge` and `TooManySignatures` for a note beyond [`MAX_NOTE`] or [`MAX_SIGNATURES`].
    /// - `NotUtf8` and `ControlCharacter` with the offset of the octet.
    /// - `NoSignatures` without a blank line, or with nothing after the last one.
    /// - `Unterminated` when the last line has no line feed.
    /// - `SignatureLine` with the number of the line and what is wrong with it.
    pub fn parse(octets: &[u8]) -> Result<Self, NoteError> {
        if octets.len() > MAX_NOTE {
            return Err(NoteError::TooLarge);
        }
        let note = core::str::from_utf8(octets).map_err(|error| NoteError::NotUtf8 { offset: error.valid_up_to() })?;
        check_characters(note)?;
        // The text may have blank lines: the last one ends it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let signatures = parse_lines(lines)?;
        Ok(Self { text: NoteText::checked(format!("{text}\n")), signatures })
    }

    /// Writes the note.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lines: String = self.signatures.iter().map(NoteSignature::to_line).collect();
        format!("{}\n{lines}", self.text.as_str())
    }

    /// Returns the text, which nobody vouches for before the note is verified.
    #[must_use]
    pub const fn text(&self) -> &NoteText {
        &self.text
    }

    /// Returns the signatures in the order of the note.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Appends signatures, such as those of a witness. One that the note has already is left out.
    ///
    /// # Errors
    /// `TooManySignatures` and `TooLarge`, as for [`Note::new`].
    pub fn with_signatures(mut self, signatures: impl IntoIterator<Item = NoteSignature>) -> Result<Self, NoteError> {
        for signature in signatures {
            if !self.signatures.contains(&signature) {
                self.signatures.push(signature);
            }
            if self.signatures.len() > MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
        }
        Self::new(self.text, self.signatures)
    }
}
