//! Text of a page: our words, and the strings of others among them.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

/// A text on a page, in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words of this package.
    Own(String),
    /// A string of somebody else, such as a name or a title, made harmless. A page isolates it from what stands around it.
    Foreign(String),
}

impl Text {
    /// Makes a text of our words.
    pub(crate) fn own(words: impl Into<String>) -> Self {
        Self(vec![Piece::Own(words.into())])
    }

    /// Makes a text of a string of somebody else.
    pub(crate) fn foreign(string: &str) -> Self {
        Self(vec![Piece::Foreign(harmless(string))])
    }

    /// Fills the places `{0}`, `{1}` and so on of a sentence with texts. A place without a text stays as it is.
    pub(crate) fn filled(sentence: &str, texts: &[Text]) -> Self {
        let mut pieces = Vec::new();
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let place = after.split_once('}').and_then(|(number, after)| {
                let text = texts.get(number.parse::<usize>().ok()?)?;
                Some((text, after))
            });
            let Some((text, after)) = place else { break };
            pieces.push(Piece::Own(before.to_owned()));
            pieces.extend(text.0.iter().cloned());
            rest = after;
        }
        pieces.push(Piece::Own(rest.to_owned()));
        pieces.retain(|piece| !piece.as_str().is_empty());
        Self(pieces)
    }

    /// Appends a text.
    pub(crate) fn and(mut self, text: Text) -> Self {
        self.0.extend(text.0);
        self
    }

    /// Returns the pieces, in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Returns the text without its isolation.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(Piece::as_str).collect()
    }
}

impl Piece {
    /// Returns the string.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Own(string) | Self::Foreign(string) => string,
        }
    }
}

/// Makes a string of somebody else harmless: in NFC, without characters that turn text around or that nobody sees. A
/// control character is shown as its number, since its absence could change what is read.
pub(crate) fn harmless(string: &str) -> String {
    let mut harmless = String::with_capacity(string.len());
    for character in string.nfc() {
        match get_general_category(character) {
            // U+202E in a title would turn around what the page says after it. U+FEFF and its like show as nothing.
            GeneralCategory::Format => {}
            GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned => harmless.push_str(&numbered(character)),
            GeneralCategory::SpaceSeparator => harmless.push(' '),
            _ => harmless.push(character),
        }
    }
    harmless
}

/// Writes a character as its number, as in `[U+5C71]`.
pub(crate) fn numbered(character: char) -> String {
    format!("[U+{:04X}]", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_is_taken_out_and_controls_are_numbered() {
        let text = Text::foreign("in\u{202e}voice\u{2066}\u{feff}\u{200f}\n\u{0}.pdf");
        assert_eq!(text.to_plain(), "invoice[U+000A][U+0000].pdf");
    }

    #[test]
    fn a_name_has_one_form() {
        assert_eq!(Text::foreign("Rene\u{301}e"), Text::foreign("Renée"));
    }

    #[test]
    fn a_string_of_somebody_else_fills_no_place() {
        let text = Text::filled("from {0} to {1}", &[Text::foreign("{1}"), Text::foreign("B")]);
        assert_eq!(text.to_plain(), "from {1} to B");
        assert_eq!(text.pieces().len(), 4);
    }
}
