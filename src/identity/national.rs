//! Defines the common properties of the identifiers of every country.

/// The most octets that an identifier is read from: digits, separators as printed, and the prefix of a certificate, of
/// which the URI of a scheme is the longest.
pub(super) const MAX_INPUT: usize = 96;

/// Returns the number that these ASCII digits write. There are at most 18 of them, so that it fits.
pub(super) fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |value, digit| value * 10 + u64::from(digit.wrapping_sub(b'0')))
}

/// The kind of person that a party is, as far as its identifier's scheme or its attributes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PersonKind {
    /// The party is a human being.
    Natural,
    /// The party is an enterprise, an administration or an association.
    Legal,
    /// Neither the scheme nor an attribute tells.
    Unstated,
}

/// The reason why a text is no identifier of a national scheme. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// The text does not have the form of the identifier.
    #[error("{0}")]
    Form(&'static str),
    /// The check digits do not fit.
    #[error("the check digits of the {0} are wrong")]
    CheckDigits(&'static str),
    /// The identifier holds a month or a day that cannot be.
    #[error("the {0} holds a date that does not exist")]
    Date(&'static str),
    /// The identifier holds a serial number that is not issued.
    #[error("the {0} holds a serial number that is not issued")]
    Serial(&'static str),
}

/// An identifier of one national scheme, which its type has checked and normalised.
///
/// The trait is sealed: each of its types has a row in the table of [`Scheme`](super::Scheme)s.
pub trait NationalIdentifier: sealed::Sealed {
    /// The URI of the scheme, as evidence names it.
    const SCHEME: &'static str;

    /// Returns the normalised identifier.
    fn as_str(&self) -> &str;
}

pub(super) mod sealed {
    /// Keeps [`NationalIdentifier`](super::NationalIdentifier) to this crate.
    pub trait Sealed {}
}
