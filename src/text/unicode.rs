//! This file asks the tables of Unicode's normalization, for names that are compared and for names that are shown.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// The canonical combining class of a virama, which joins letters in the scripts of India and around.
const VIRAMA: u8 = 9;

/// Normalizes characters to NFKC (UAX #15).
pub(crate) fn nfkc(characters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    characters.nfkc()
}

/// Normalizes a text to NFC (UAX #15).
pub(crate) fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Returns true for a text that is NFC already.
pub(crate) fn is_nfc(text: &str) -> bool {
    unicode_normalization::is_nfc(text)
}

/// Returns true for a virama.
pub(super) fn is_virama(character: char) -> bool {
    canonical_combining_class(character) == VIRAMA
}
