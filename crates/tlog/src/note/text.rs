//! The text that a note is about.

use core::fmt;

use super::error::NoteError;
use crate::limits::MAX_NOTE;

/// The text of a note: one or more lines, each with its line feed, without other control characters
/// ([signed-note](https://c2sp.org/signed-note#format)). It may have blank lines.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteText(String);

impl NoteText {
    /// Takes a text to be signed.
    ///
    /// # Errors
    /// `TooLarge` for more than [`MAX_NOTE`] octets, `ControlCharacter`, and `UnterminatedText` for a text that does not end in
    /// a line feed.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_NOTE {
            return Err(NoteError::TooLarge);
        }
        check_characters(text)?;
        if text.ends_with('\n') { Ok(Self(text.to_owned())) } else { Err(NoteError::UnterminatedText) }
    }

    /// For a text that fulfils the rules.
    pub(crate) const fn checked(text: String) -> Self {
        Self(text)
    }

    /// Returns the text with its last line feed: the octets that are signed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoteText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NoteText {
    // A text that nobody has verified is not for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteText({} octets)", self.0.len())
    }
}

/// Control characters could make a note look like another one on a screen.
pub(super) fn check_characters(text: &str) -> Result<(), NoteError> {
    let is_control = |octet: u8| octet < b' ' && octet != b'\n';
    match text.bytes().position(is_control) {
        Some(offset) => Err(NoteError::ControlCharacter { offset }),
        None => Ok(()),
    }
}
