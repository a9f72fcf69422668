//! Hides the numbers of citizens.

use recommande::evidence::Identifier;
use recommande::identity::{Niss, PersonKind};

use super::{Composer, Numbers};
use crate::text::{Text, harmless};

/// The digits of a national number, of which the first six are a date of birth.
const DIGITS: usize = 11;
const SHOWN: usize = 6;

/// What stands in the place of a digit.
const DOT: char = '•';

/// Schemes of addresses, which are no numbers.
const ADDRESSES: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

impl Composer {
    /// Makes a text of a string of somebody else, in which the numbers of citizens are hidden unless they are asked for.
    pub(crate) fn foreign(&self, string: &str) -> Text {
        Text::foreign_as(&self.hide_numbers(string), string)
    }

    /// Hides the numbers of citizens in a string, unless they are asked for. It is made harmless first: a number with a space
    /// that does not break, or with a character that nobody sees, is one all the same.
    pub(super) fn hide_numbers(&self, string: &str) -> String {
        let harmless = harmless(string);
        match self.options.numbers {
            Numbers::Masked => {
                let hidden = without_numbers(&harmless);
                self.note_hidden(hidden != harmless);
                hidden
            }
            Numbers::InFull => harmless,
        }
    }

    /// Returns the value of an identifier, hidden unless it is that of a legal person or an address of mail.
    pub(super) fn identifier_value(&self, identifier: &Identifier, kind: PersonKind) -> String {
        let value = self.hide_numbers(identifier.value());
        match (self.options.numbers, kind) {
            (Numbers::InFull, _) | (Numbers::Masked, PersonKind::Legal) => value,
            // A kind that is not stated, or not known here, may be that of a person.
            (Numbers::Masked, PersonKind::Natural | PersonKind::Unstated | _) => {
                if identifier.scheme() == ADDRESSES || value != harmless(identifier.value()) {
                    return value;
                }
                self.shortened(&value)
            }
        }
    }

    /// Hides all but the first two characters, which name the country of many numbers, unless the numbers are asked for.
    pub(super) fn shortened(&self, value: &str) -> String {
        match self.options.numbers {
            Numbers::InFull => harmless(value),
            Numbers::Masked => {
                self.note_hidden(true);
                harmless(value).chars().take(2).chain([DOT; 3]).collect()
            }
        }
    }

    /// Returns the name of a file, in which the digits of such a number are `x`.
    pub(super) fn file_name(&self, name: &str) -> String {
        self.hide_numbers(name).replace(DOT, "x")
    }

    /// Remembers that something is hidden, which the page has to say.
    fn note_hidden(&self, hidden: bool) {
        self.hides.set(self.hides.get() || hidden);
    }
}

/// Replaces the digits after the date of birth in what is a national number by its check digits.
fn without_numbers(string: &str) -> String {
    let characters: Vec<char> = string.chars().collect();
    let mut hidden = String::with_capacity(string.len());
    let mut rest = characters.as_slice();
    while let Some((first, after)) = rest.split_first() {
        match number_at(rest) {
            Some(length) => {
                let (number, after) = rest.split_at(length);
                let mut digits = 0;
                hidden.extend(number.iter().map(|character| {
                    digits += usize::from(character.is_ascii_digit());
                    if character.is_ascii_digit() && digits > SHOWN { DOT } else { *character }
                }));
                rest = after;
            }
            None if first.is_ascii_digit() => {
                // The rest of a longer number is no number of its own.
                let length = rest.iter().take_while(|character| character.is_ascii_digit()).count();
                let (digits, after) = rest.split_at(length);
                hidden.extend(digits);
                rest = after;
            }
            None => {
                hidden.push(*first);
                rest = after;
            }
        }
    }
    hidden
}

/// Returns how many characters at the begin are a national number, with the points and strokes that it is written with.
fn number_at(characters: &[char]) -> Option<usize> {
    characters.first()?.is_ascii_digit().then_some(())?;
    let mut digits = String::with_capacity(DIGITS);
    let mut length = 0;
    for character in characters {
        match character {
            '0'..='9' if digits.len() < DIGITS => digits.push(*character),
            '0'..='9' => return None,
            '.' | '-' | ' ' | '/' | '_' | '\u{2010}'..='\u{2015}' if digits.len() < DIGITS => {}
            _ => break,
        }
        length += 1;
    }
    (digits.len() == DIGITS && Niss::new(&digits).is_ok()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_national_number_shows_the_date_of_birth_alone() {
        assert_eq!(without_numbers("85073003328"), "850730•••••");
        assert_eq!(without_numbers("file 85.07.30-033.28 of 2026.pdf"), "file 85.07.30-•••.•• of 2026.pdf");
        assert_eq!(without_numbers("BE/BE/17073003384"), "BE/BE/170730•••••");
        assert_eq!(without_numbers("85_07_30\u{2013}033_28.pdf"), "85_07_30\u{2013}•••_••.pdf");
        // Eleven digits that are no national number, and longer numbers that hold one.
        assert_eq!(without_numbers("85073003329"), "85073003329");
        assert_eq!(without_numbers("1985073003328"), "1985073003328");
        assert_eq!(without_numbers("0406798006"), "0406798006");
    }
}
