//! The table of national schemes.

use super::be::{EnterpriseNumber, Niss};
use super::national::{IdentifierError, PersonKind};

/// A national scheme of identifiers, as a row of a table: its URI, its country, the persons it is for, and its check.
///
/// Values under any other scheme are accepted as they are; values under these are checked and normalised.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    uri: &'static str,
    country: &'static str,
    person: PersonKind,
    normalise: fn(&str) -> Result<String, IdentifierError>,
}

/// The table has one row for each scheme. Another country adds its module and its rows here.
const SCHEMES: &[Scheme] = &[
    Scheme {
        uri: Niss::SCHEME,
        country: "BE",
        person: PersonKind::Natural,
        normalise: |value| Ok(Niss::new(value)?.as_str().to_owned()),
    },
    Scheme {
        uri: EnterpriseNumber::SCHEME,
        country: EnterpriseNumber::COUNTRY,
        person: PersonKind::Legal,
        normalise: |value| Ok(EnterpriseNumber::new(value)?.as_str().to_owned()),
    },
];

impl Scheme {
    /// All schemes of the table.
    pub const ALL: &'static [Self] = SCHEMES;

    /// Returns the scheme of this URI, if the table has it.
    pub fn of_uri(uri: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|scheme| scheme.uri == uri)
    }

    /// Returns the URI that evidence names the scheme by.
    pub fn uri(&self) -> &'static str {
        self.uri
    }

    /// Returns the code of the country (ISO 3166-1, two letters).
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// Returns the kind of person that the identifiers are for.
    pub fn person(&self) -> PersonKind {
        self.person
    }

    /// Checks a value and returns it in its normal form.
    ///
    /// # Errors
    /// [`IdentifierError`], which never repeats the value.
    pub fn normalise(&self, value: &str) -> Result<String, IdentifierError> {
        (self.normalise)(value)
    }
}
