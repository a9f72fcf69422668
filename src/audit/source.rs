//! Whose trail a line is of.

use std::fmt;
use std::str::FromStr;

use super::limits::MAX_SOURCE_NAME;
use super::record_error::RecordError;
use super::text::check_no_person;
use crate::evidence::{Environment, Issuer};
use crate::identity::{PersonKind, Scheme};

/// What the URN of a source begins with.
const PREFIX: &str = "urn:recommande:audit:";

/// The source of records: a system of a party, in an environment. Each source has a trail of its own.
///
/// Its URN is `urn:recommande:audit:<environment>:<party>:<system>`, such as
/// `urn:recommande:audit:production:BE/BE/0406798006:mailbox`. Debug does not show the party: an enterprise may be one person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source {
    environment: Environment,
    party: String,
    system: String,
}

impl Source {
    /// Makes a source of the LegalPersonIdentifier of a party (`BE/BE/0406798006`) and the name of a system: 1 to 64 small
    /// letters, digits, dots and hyphens.
    ///
    /// # Errors
    /// [`RecordError::Form`]; [`RecordError::PersonInTheClear`] for a system, or a party of a country, with the number of a person
    /// of that country. By those of other countries the number of a company would be one by chance.
    pub fn new(environment: Environment, party: &str, system: &str) -> Result<Self, RecordError> {
        let is_party = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-');
        let parts = || party.split('/');
        if party.len() > MAX_SOURCE_NAME
            || parts().count() != 3
            || parts().any(|part| part.is_empty() || !part.bytes().all(is_party))
        {
            return Err(RecordError::Form("party of a source"));
        }
        let is_system =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'.' | b'-');
        if !(1..=MAX_SOURCE_NAME).contains(&system.len()) || !system.bytes().all(is_system) {
            return Err(RecordError::Form("system of a source"));
        }
        let of_country =
            |scheme: &Scheme| scheme.person() == PersonKind::Natural && party.starts_with(scheme.country());
        if Scheme::ALL.iter().any(of_country) {
            check_no_person("party of a source", party)?;
        }
        check_no_person("system of a source", system)?;
        Ok(Self { environment, party: party.to_owned(), system: system.to_owned() })
    }

    /// Makes the source of a system of an issuer of evidence, in its environment.
    ///
    /// # Errors
    /// As of [`new`](Self::new).
    pub fn of(issuer: &Issuer, system: &str) -> Result<Self, RecordError> {
        Self::new(issuer.environment(), issuer.legal_person_identifier(), system)
    }

    /// Returns the environment.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Returns the LegalPersonIdentifier of the party.
    pub fn party(&self) -> &str {
        &self.party
    }

    /// Returns the name of the system.
    pub fn system(&self) -> &str {
        &self.system
    }
}

/// Writes the URN.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:{}:{}", self.environment.name().to_ascii_lowercase(), self.party, self.system)
    }
}

impl FromStr for Source {
    type Err = RecordError;

    /// Reads the URN.
    fn from_str(urn: &str) -> Result<Self, RecordError> {
        let form = RecordError::Form("source");
        let parts: Vec<_> = urn.strip_prefix(PREFIX).ok_or(form.clone())?.splitn(4, ':').collect();
        let [environment, party, system] = parts[..] else { return Err(form) };
        let environment = Environment::ALL.into_iter().find(|named| named.name().to_ascii_lowercase() == environment);
        Self::new(environment.ok_or(form)?, party, system)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("environment", &self.environment)
            .field("system", &self.system)
            .finish_non_exhaustive()
    }
}
