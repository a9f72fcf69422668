//! The table of national schemes.

use super::be::{EnterpriseNumber, Niss};
use super::national::{IdentifierError, PersonKind};

/// A national scheme of identifiers, as a row of a table: its URI, its country, the persons it is for, its prefixes in
/// certificates, and its check.
///
/// Values under any other scheme are accepted as they are; values under these are checked and normalised.
#[derive(Debug, Clone, Copy)]
pub struct Scheme {
    uri: &'static str,
    country: &'static str,
    person: PersonKind,
    certificate_prefixes: &'static [&'static str],
    normalise: fn(&str) -> Result<String, IdentifierError>,
}

/// The table has one row for each scheme. Another country adds its module and its rows here.
const SCHEMES: &[Scheme] = &[
    Scheme {
        uri: Niss::SCHEME,
        country: "BE",
        person: PersonKind::Natural,
        certificate_prefixes: &[],
        normalise: |value| Ok(Niss::new(value)?.as_str().to_owned()),
    },
    Scheme {
        uri: EnterpriseNumber::SCHEME,
        country: EnterpriseNumber::COUNTRY,
        person: PersonKind::Legal,
        certificate_prefixes: EnterpriseNumber::CERTIFICATE_PREFIXES,
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

    /// Returns the prefixes under which an organizationIdentifier holds the identifiers (ETSI EN 319 412-1 V1.5.1, clause
    /// 5.1.4), such as `NTRBE-`. [`normalise`](Self::normalise) removes them.
    pub fn certificate_prefixes(&self) -> &'static [&'static str] {
        self.certificate_prefixes
    }

    /// Checks a value and returns it in its normal form.
    ///
    /// # Errors
    /// [`IdentifierError`], which never repeats the value.
    pub fn normalise(&self, value: &str) -> Result<String, IdentifierError> {
        (self.normalise)(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_in_certificates_are_of_the_country_and_removed() {
        for scheme in Scheme::ALL {
            for prefix in scheme.certificate_prefixes() {
                assert_eq!(prefix.get(3..), Some(format!("{}-", scheme.country()).as_str()), "{prefix}");
            }
        }
        let enterprises = Scheme::of_uri(EnterpriseNumber::SCHEME).unwrap();
        for prefix in enterprises.certificate_prefixes() {
            let normal = enterprises.normalise(&format!("{prefix}0406798006"));
            assert_eq!(normal.as_deref(), Ok("0406798006"), "{prefix}");
        }
    }
}
