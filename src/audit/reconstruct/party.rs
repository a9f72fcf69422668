//! Parties, by the number that names them, however a trail or a proof spells it.

use std::fmt;

use crate::identity::RegisterNumber;

/// A party. Two spellings of one number are one party, so that nobody corroborates itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PartyKey {
    /// The number of an organisation in the register of a country.
    Number(RegisterNumber),
    /// A name that is no such number.
    Name(String),
}

impl PartyKey {
    /// Takes a LegalPersonIdentifier, such as `BE/BE/0406798006`.
    pub(super) fn of(identifier: &str) -> Self {
        RegisterNumber::of_legal_person(identifier).map_or_else(|| Self::Name(identifier.to_owned()), Self::Number)
    }
}

/// Debug shows no number: an enterprise may be one person.
impl fmt::Debug for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartyKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one_party() {
        assert_eq!(PartyKey::of("BE/BE/0406798006"), PartyKey::of("be/BE/406.798.006"));
        assert_ne!(PartyKey::of("BE/BE/0406798006"), PartyKey::of("BE/BE/0566988259"));
        assert_ne!(PartyKey::of("no number"), PartyKey::of("another"));
    }
}
