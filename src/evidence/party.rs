//! Senders and recipients, their identifiers, and how they were authenticated.

use std::fmt;

use chrono::{DateTime, Utc};

use super::error::EvidenceError;
use super::limits::{MAX_ATTRIBUTES, MAX_IDENTIFIER, MAX_TEXT};
use super::{text, time};
use crate::identity::{NationalIdentifier, PersonKind, Scheme};

/// Names of identity attributes in the eIDAS SAML attribute profile; there are more, any of which
/// [`Party::with_attribute`] takes.
pub mod attribute {
    /// Legal name of a legal person.
    pub const LEGAL_NAME: &str = "http://eidas.europa.eu/attributes/legalperson/LegalName";
    /// Identifier of a legal person: country, country, national number (`BE/BE/0406798006`).
    pub const LEGAL_PERSON_IDENTIFIER: &str = "http://eidas.europa.eu/attributes/legalperson/LegalPersonIdentifier";
    /// Family name of a natural person.
    pub const FAMILY_NAME: &str = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName";
    /// Given name of a natural person.
    pub const GIVEN_NAME: &str = "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName";
}

const NATURAL_PERSON: &str = "http://eidas.europa.eu/attributes/naturalperson/";
const LEGAL_PERSON: &str = "http://eidas.europa.eu/attributes/legalperson/";

/// What stands for a value that Debug does not show.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A value within a named scheme (EntityIdentifierType of ETSI EN 319 522-3). Debug shows the scheme only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    value: String,
    scheme: String,
}

impl Identifier {
    /// An identifier of any scheme, named by a URI. Under a scheme of the national [`Scheme`]s the value is checked and
    /// normalised.
    ///
    /// # Errors
    /// [`EvidenceError::Identifier`], [`EvidenceError::Uri`], or a text that is empty, too long or holds control
    /// characters.
    pub fn new(value: &str, scheme: &str) -> Result<Self, EvidenceError> {
        match Scheme::of_uri(scheme) {
            Some(national) => Ok(Self { value: national.normalise(value)?, scheme: national.uri().to_owned() }),
            None => Ok(Self {
                value: text::text("identifier", value, MAX_IDENTIFIER)?,
                scheme: text::uri("identifier scheme", scheme)?,
            }),
        }
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The URI of the scheme.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }
}

impl<N: NationalIdentifier> From<N> for Identifier {
    fn from(identifier: N) -> Self {
        Self { value: identifier.as_str().to_owned(), scheme: N::SCHEME.to_owned() }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identifier").field("scheme", &self.scheme).field("value", &Redacted).finish()
    }
}

/// A SAML attribute that says something about an identity. Debug shows the name only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityAttribute {
    name: String,
    values: Vec<String>,
}

impl IdentityAttribute {
    /// An attribute, its name a URI, with its one or more values.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`] for the name; values that are none, too many, empty, too long or hold control characters.
    pub fn new<V: AsRef<str>>(name: &str, values: impl IntoIterator<Item = V>) -> Result<Self, EvidenceError> {
        let name = text::uri("identity attribute's name", name)?;
        let values = values
            .into_iter()
            .take(MAX_ATTRIBUTES + 1)
            .map(|value| text::text("identity attribute's value", value.as_ref(), MAX_TEXT))
            .collect::<Result<Vec<_>, _>>()?;
        match values.len() {
            0 => Err(EvidenceError::Empty("identity attribute")),
            1..=MAX_ATTRIBUTES => Ok(Self { name, values }),
            _ => Err(EvidenceError::TooMany { what: "values of an identity attribute", limit: MAX_ATTRIBUTES }),
        }
    }

    /// The URI of the attribute.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values, at least one.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

impl fmt::Debug for IdentityAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityAttribute").field("name", &self.name).field("values", &Redacted).finish()
    }
}

/// Adds an attribute to others, each name once.
pub(super) fn add_attribute(
    attributes: &mut Vec<IdentityAttribute>,
    new: IdentityAttribute,
) -> Result<(), EvidenceError> {
    if attributes.iter().any(|attribute| attribute.name == new.name) {
        return Err(EvidenceError::Twice("identity attribute"));
    }
    if attributes.len() >= MAX_ATTRIBUTES {
        return Err(EvidenceError::TooMany { what: "identity attributes", limit: MAX_ATTRIBUTES });
    }
    attributes.push(new);
    Ok(())
}

/// A sender, a recipient or a delegate (UserDetailsType of ETSI EN 319 522-3): identifier, identity attributes,
/// assurance. Debug shows no value of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    attributes: Vec<IdentityAttribute>,
    identifier: Identifier,
    assurance: Option<Assurance>,
}

impl Party {
    /// A party of which the identifier alone is stated: the least personal data that evidence can do with.
    pub fn new(identifier: impl Into<Identifier>) -> Self {
        Self { attributes: Vec::new(), identifier: identifier.into(), assurance: None }
    }

    /// A legal person: an [`EnterpriseNumber`](crate::identity::EnterpriseNumber) or any other [`Identifier`], with its name.
    ///
    /// # Errors
    /// [`EvidenceError::PersonKind`] under a NISS; a name that is empty, too long or holds control characters.
    pub fn legal_person(identifier: impl Into<Identifier>, legal_name: &str) -> Result<Self, EvidenceError> {
        Self::new(identifier).with_attribute(IdentityAttribute::new(attribute::LEGAL_NAME, [legal_name])?)
    }

    /// A natural person: a [`Niss`](crate::identity::Niss) or any other [`Identifier`], with the names.
    ///
    /// # Errors
    /// [`EvidenceError::PersonKind`] under an enterprise number; names that are empty, too long or hold control
    /// characters.
    pub fn natural_person(
        identifier: impl Into<Identifier>,
        family_name: &str,
        given_name: &str,
    ) -> Result<Self, EvidenceError> {
        Self::new(identifier)
            .with_attribute(IdentityAttribute::new(attribute::FAMILY_NAME, [family_name])?)?
            .with_attribute(IdentityAttribute::new(attribute::GIVEN_NAME, [given_name])?)
    }

    /// Adds an identity attribute.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`] for a name that is there; [`EvidenceError::PersonKind`] when it is about another kind
    /// of person than the identifier's scheme.
    pub fn with_attribute(mut self, attribute: IdentityAttribute) -> Result<Self, EvidenceError> {
        let excluded = match self.kind_of_scheme() {
            PersonKind::Natural => Some(LEGAL_PERSON),
            PersonKind::Legal => Some(NATURAL_PERSON),
            PersonKind::Unstated => None,
        };
        if excluded.is_some_and(|excluded| attribute.name.starts_with(excluded)) {
            return Err(EvidenceError::PersonKind);
        }
        add_attribute(&mut self.attributes, attribute)?;
        Ok(self)
    }

    /// States how the party was authenticated, and to which level.
    pub fn with_assurance(mut self, assurance: Assurance) -> Self {
        self.assurance = Some(assurance);
        self
    }

    pub(super) fn without_assurance(mut self) -> Self {
        self.assurance = None;
        self
    }

    /// The identifier.
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    /// The identity attributes, in the order in which they were added.
    pub fn attributes(&self) -> &[IdentityAttribute] {
        &self.attributes
    }

    /// The first value of the attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name)?.values.first().map(String::as_str)
    }

    /// How the party was authenticated, if stated.
    pub fn assurance(&self) -> Option<&Assurance> {
        self.assurance.as_ref()
    }

    /// The kind of person.
    pub fn kind(&self) -> PersonKind {
        let about = |prefix| self.attributes.iter().any(|attribute| attribute.name.starts_with(prefix));
        match self.kind_of_scheme() {
            PersonKind::Unstated if about(LEGAL_PERSON) => PersonKind::Legal,
            PersonKind::Unstated if about(NATURAL_PERSON) => PersonKind::Natural,
            kind => kind,
        }
    }

    fn kind_of_scheme(&self) -> PersonKind {
        Scheme::of_uri(&self.identifier.scheme).map_or(PersonKind::Unstated, Scheme::person)
    }

    /// Whether both state the same identifier and the same attributes; how each was authenticated does not matter.
    pub fn is_same_as(&self, other: &Party) -> bool {
        self.identifier == other.identifier && self.attributes == other.attributes
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party")
            .field("kind", &self.kind())
            .field("identifier", &self.identifier)
            .field("attributes", &self.attributes)
            .field("assurance", &self.assurance)
            .finish()
    }
}

/// A delegate of recipients, with the indices, from 1, of the recipients it acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientsDelegate {
    pub(super) party: Party,
    pub(super) acting_for: Vec<usize>,
}

impl RecipientsDelegate {
    /// Who acts.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Indices, from 1, of the recipients it acts for.
    pub fn acting_for(&self) -> &[usize] {
        &self.acting_for
    }
}

/// Level of assurance of an authentication (Regulation (EU) 910/2014, article 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssuranceLevel {
    /// Low.
    Low,
    /// Substantial.
    Substantial,
    /// High.
    High,
}

impl AssuranceLevel {
    const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The URI that evidence holds.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Low => "http://eidas.europa.eu/LoA/low",
            Self::Substantial => "http://eidas.europa.eu/LoA/substantial",
            Self::High => "http://eidas.europa.eu/LoA/high",
        }
    }

    /// The level of this URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.uri() == uri)
    }
}

impl fmt::Display for AssuranceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        })
    }
}

/// How a party was authenticated, when, and to which level (AssuranceLevelsDetails with explicit
/// AuthenticationDetails).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    level: AssuranceLevel,
    authentication_time: DateTime<Utc>,
    authentication_method: String,
}

impl Assurance {
    /// `authentication_time` is cut to the millisecond; `authentication_method` is a URI.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`], [`EvidenceError::TimeOutOfRange`].
    pub fn new(
        level: AssuranceLevel,
        authentication_time: DateTime<Utc>,
        authentication_method: &str,
    ) -> Result<Self, EvidenceError> {
        Ok(Self {
            level,
            authentication_time: time::to_millis("authentication time", authentication_time)?,
            authentication_method: text::uri("authentication method", authentication_method)?,
        })
    }

    /// The level.
    pub fn level(&self) -> AssuranceLevel {
        self.level
    }

    /// When the party authenticated.
    pub fn authentication_time(&self) -> DateTime<Utc> {
        self.authentication_time
    }

    /// The URI of the method.
    pub fn authentication_method(&self) -> &str {
        &self.authentication_method
    }
}
