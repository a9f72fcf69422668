//! Hides the numbers of citizens.

use recommande::evidence::{Identifier, Party};
use recommande::identity::{Niss, PersonKind};

use super::{Composer, Numbers};

/// The digits of a national number, of which the first six are a date of birth.
const DIGITS: usize = 11;
const SHOWN: usize = 6;

/// Schemes of addresses, which are no numbers.
const ADDRESSES: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

impl Composer {
    /// Hides the numbers of citizens in a string, unless they are asked for.
    pub(super) fn hide_numbers(&self, string: &str) -> String {
        match self.options.numbers {
            Numbers::Masked => without_numbers(string),
            Numbers::InFull => string.to_owned(),
        }
    }

    /// Returns the value of an identifier, hidden where it is the number of a person.
    pub(super) fn identifier_value(&self, identifier: &Identifier, kind: PersonKind) -> String {
        let value = self.hide_numbers(identifier.value());
        let is_shown = match (self.options.numbers, kind) {
            (Numbers::InFull, _) | (Numbers::Masked, PersonKind::Legal | PersonKind::Unstated) => true,
            // A kind that is not known here may be that of persons too.
            (Numbers::Masked, PersonKind::Natural | _) => {
                identifier.is_as_submitted() || identifier.scheme() == ADDRESSES || value != identifier.value()
            }
        };
        if is_shown { value } else { value.chars().take(2).chain("•••".chars()).collect() }
    }

    /// Tells if something about a party is hidden.
    pub(super) fn masks(&self, party: &Party) -> bool {
        let identifier = party.identifier();
        let hides = |value: &str| self.hide_numbers(value) != value;
        (!identifier.is_committed() && self.identifier_value(identifier, party.kind()) != identifier.value())
            || party.attributes().iter().flat_map(|attribute| attribute.values()).any(|value| hides(value))
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
                    if character.is_ascii_digit() && digits > SHOWN { '•' } else { *character }
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
            '.' | '-' | ' ' | '/' if digits.len() < DIGITS => {}
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
        // Eleven digits that are no national number, and longer numbers that hold one.
        assert_eq!(without_numbers("85073003329"), "85073003329");
        assert_eq!(without_numbers("1985073003328"), "1985073003328");
        assert_eq!(without_numbers("0406798006"), "0406798006");
    }
}
