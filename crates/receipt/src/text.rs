//! Text of a page: our words, and the strings of others among them.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::UnicodeNormalization;

/// A text on a page, in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
    /// A character of somebody else stands as its number, which a page has to say.
    has_numbers: bool,
}

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
        Self { pieces: vec![Piece::Own(words.into())], has_numbers: false }
    }

    /// Makes a text of a string of somebody else.
    pub(crate) fn foreign(string: &str) -> Self {
        Self { pieces: vec![Piece::Foreign(harmless(string))], has_numbers: string.nfc().any(is_numbered) }
    }

    /// Makes a text of a string of somebody else, in which something may be hidden.
    pub(crate) fn foreign_as(shown: &str, string: &str) -> Self {
        Self { has_numbers: string.nfc().any(is_numbered), ..Self::foreign(shown) }
    }

    /// Fills the places `{0}`, `{1}` and so on of a sentence with texts. A place without a text stays as it is.
    pub(crate) fn filled(sentence: &str, texts: &[Text]) -> Self {
        let (mut pieces, mut has_numbers) = (Vec::new(), false);
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let place = after.split_once('}').and_then(|(number, after)| {
                let text = texts.get(number.parse::<usize>().ok()?)?;
                Some((text, after))
            });
            let Some((text, after)) = place else { break };
            pieces.push(Piece::Own(before.to_owned()));
            pieces.extend(text.pieces.iter().cloned());
            has_numbers |= text.has_numbers;
            rest = after;
        }
        pieces.push(Piece::Own(rest.to_owned()));
        pieces.retain(|piece| !piece.as_str().is_empty());
        Self { pieces, has_numbers }
    }

    /// Appends a text.
    pub(crate) fn and(mut self, text: Text) -> Self {
        self.pieces.extend(text.pieces);
        self.has_numbers |= text.has_numbers;
        self
    }

    /// Returns the pieces, in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Tells if a character of somebody else stands as its number.
    pub(crate) fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    /// Returns the text without its isolation.
    pub fn to_plain(&self) -> String {
        self.pieces.iter().map(Piece::as_str).collect()
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
            GeneralCategory::SpaceSeparator => harmless.push(' '),
            _ if is_numbered(character) => harmless.push_str(&numbered(character)),
            _ => harmless.push(character),
        }
    }
    harmless
}

fn is_numbered(character: char) -> bool {
    matches!(
        get_general_category(character),
        GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
    )
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
