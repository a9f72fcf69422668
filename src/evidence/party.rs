//! Describes senders and recipients by their identifiers and their authentication.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};

use super::commitment::scheme;
use super::error::EvidenceError;
use super::limits::{MAX_ATTRIBUTES, MAX_IDENTIFIER, MAX_TEXT};
use super::{text, time};
use crate::crypto::DigestAlgorithm;
use crate::identity::{IdentifierError, NationalIdentifier, PersonKind, Scheme};
use crate::pki::Certificate;

/// The names of identity attributes in the eIDAS SAML attribute profile. It has more, any of which
/// [`Party::with_attribute`] takes.
pub mod attribute {
    /// The legal name of a legal person.
    pub const LEGAL_NAME: &str = "http://eidas.europa.eu/attributes/legalperson/LegalName";
    /// The identifier of a legal person: country, country, national number (`BE/BE/0406798006`).
    pub const LEGAL_PERSON_IDENTIFIER: &str = "http://eidas.europa.eu/attributes/legalperson/LegalPersonIdentifier";
    /// The family name of a natural person.
    pub const FAMILY_NAME: &str = "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName";
    /// The given name of a natural person.
    pub const GIVEN_NAME: &str = "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName";

    /// All of these names.
    pub(super) const NAMED_HERE: [&str; 4] = [LEGAL_NAME, LEGAL_PERSON_IDENTIFIER, FAMILY_NAME, GIVEN_NAME];
}

const NATURAL_PERSON: &str = "http://eidas.europa.eu/attributes/naturalperson/";
const LEGAL_PERSON: &str = "http://eidas.europa.eu/attributes/legalperson/";

/// The scheme of an identifier as it was submitted.
const AS_SUBMITTED: &str = "urn:recommande:as-submitted";

/// The scheme of an identifier that is a certificate.
const CERTIFICATE: &str = "urn:recommande:certificate";

/// Tells if a text has the one form of an identifier that is a certificate.
fn is_certificate_digest(value: &str) -> bool {
    let digits = value.strip_prefix("sha-256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// The text that replaces a value which Debug does not show.
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
    scheme: Cow<'static, str>,
}

impl Identifier {
    /// Makes an identifier of any scheme, named by a URI. Under a scheme of the national [`Scheme`]s the value is
    /// checked and normalised, and under `urn:recommande:certificate` it is the digest of a certificate
    /// ([`Identifier::of_certificate`]).
    ///
    /// # Errors
    /// [`EvidenceError::Identifier`], [`EvidenceError::Uri`], or a text that is empty, too long or holds control
    /// characters.
    pub fn new(value: &str, scheme: &str) -> Result<Self, EvidenceError> {
        match Scheme::of_uri(scheme) {
            Some(national) => Ok(Self { value: national.normalise(value)?, scheme: national.uri().into() }),
            // Another form of the same digest would be the name of another system.
            None if scheme == CERTIFICATE && !is_certificate_digest(value) => {
                Err(IdentifierError::Form("a certificate is named by sha-256: and 64 digits in lower case").into())
            }
            None => Ok(Self {
                value: text::text("identifier", value, MAX_IDENTIFIER)?,
                scheme: text::uri("identifier scheme", scheme)?.into(),
            }),
        }
    }

    /// Makes an identifier as somebody submitted it, in 1 to 255 characters, of whatever scheme. Only evidence of a
    /// rejected submission may hold it, in clear or behind a commitment ([`Committed::of`](super::Committed::of)), whose
    /// disclosure may be thrown away.
    ///
    /// # Errors
    /// A text that is empty, too long or holds control characters.
    pub fn as_submitted(value: &str) -> Result<Self, EvidenceError> {
        Self::new(value, AS_SUBMITTED)
    }

    /// Identifies a system by its certificate and nothing else: the scheme `urn:recommande:certificate` with the digest of
    /// the certificate's DER, as `sha-256:` and lower case hexadecimal. A signature by the system names it by that very certificate alone
    /// ([`Party::named_in`]), and a register can say which certificate may act.
    pub fn of_certificate(certificate: &Certificate) -> Self {
        let digest = DigestAlgorithm::Sha256.digest(certificate.der());
        Self { value: digest.to_string(), scheme: CERTIFICATE.into() }
    }

    /// Tells if a party that is identified by a certificate has this one; `None` for any other identifier.
    pub(super) fn is_of_certificate(&self, certificate: &Certificate) -> Option<bool> {
        (self.scheme == CERTIFICATE).then(|| *self == Self::of_certificate(certificate))
    }

    /// Tells if the value is one that nobody checked, as it was submitted.
    pub fn is_as_submitted(&self) -> bool {
        self.scheme_of_value() == AS_SUBMITTED
    }

    /// Returns the value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the URI of the scheme.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the URI of the scheme of the value. Where a commitment stands in the place of the value, it is the scheme that
    /// the value has once it is disclosed.
    pub fn scheme_of_value(&self) -> &str {
        scheme::of_value(&self.scheme)
    }

    /// Tells if the value is a commitment to the identifier and not the identifier itself.
    pub fn is_committed(&self) -> bool {
        scheme::is_committed(&self.scheme)
    }

    /// Returns the commitment to this identifier.
    pub(super) fn committed(&self, commitment: String) -> Self {
        Self { value: commitment, scheme: scheme::committed(&self.scheme).into() }
    }
}

impl<N: NationalIdentifier> From<N> for Identifier {
    fn from(identifier: N) -> Self {
        Self { value: identifier.as_str().to_owned(), scheme: N::SCHEME.into() }
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
    name: Cow<'static, str>,
    values: Vec<String>,
}

impl IdentityAttribute {
    /// Makes an attribute of its name, which is a URI, and its one or more values.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`] for the name; values that are none, too many, empty, too long or hold control characters.
    pub fn new<V: AsRef<str>>(name: &str, values: impl IntoIterator<Item = V>) -> Result<Self, EvidenceError> {
        // Nearly all names are among these, and need neither a check nor a copy.
        let name = match attribute::NAMED_HERE.into_iter().find(|named_here| *named_here == name) {
            Some(name) => name.into(),
            None => text::uri("identity attribute's name", name)?.into(),
        };
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

    /// Returns the URI of the attribute.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the values, at least one.
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
    /// Describes a party by its identifier alone, the least personal data that evidence can do with.
    pub fn new(identifier: impl Into<Identifier>) -> Self {
        Self { attributes: Vec::new(), identifier: identifier.into(), assurance: None }
    }

    /// Describes a legal person by its name and an [`EnterpriseNumber`](crate::identity::EnterpriseNumber) or any other
    /// [`Identifier`].
    ///
    /// # Errors
    /// [`EvidenceError::PersonKind`] under a NISS; a name that is empty, too long or holds control characters.
    pub fn legal_person(identifier: impl Into<Identifier>, legal_name: &str) -> Result<Self, EvidenceError> {
        Self::new(identifier).with_attribute(IdentityAttribute::new(attribute::LEGAL_NAME, [legal_name])?)
    }

    /// Describes a natural person by the names and a [`Niss`](crate::identity::Niss) or any other [`Identifier`].
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

    /// Puts another identifier of the same kind in the place of the present one.
    pub(super) fn replace_identifier(&mut self, identifier: Identifier) {
        self.identifier = identifier;
    }

    /// Puts an attribute in the place of that of the same name.
    pub(super) fn replace_attribute(&mut self, attribute: IdentityAttribute) {
        self.attributes.iter_mut().filter(|present| present.name == attribute.name).for_each(|present| {
            present.values.clone_from(&attribute.values);
        });
    }

    /// Returns the identifier.
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    /// Returns the identity attributes, in the order in which they were added.
    pub fn attributes(&self) -> &[IdentityAttribute] {
        &self.attributes
    }

    /// Returns the first value of the attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name)?.values.first().map(String::as_str)
    }

    /// Returns the authentication of the party, if stated.
    pub fn assurance(&self) -> Option<&Assurance> {
        self.assurance.as_ref()
    }

    /// Returns the kind of person.
    pub fn kind(&self) -> PersonKind {
        let about = |prefix| self.attributes.iter().any(|attribute| attribute.name.starts_with(prefix));
        match self.kind_of_scheme() {
            PersonKind::Unstated if about(LEGAL_PERSON) => PersonKind::Legal,
            PersonKind::Unstated if about(NATURAL_PERSON) => PersonKind::Natural,
            kind @ (PersonKind::Legal | PersonKind::Natural | PersonKind::Unstated) => kind,
        }
    }

    fn kind_of_scheme(&self) -> PersonKind {
        Scheme::of_uri(self.identifier.scheme_of_value()).map_or(PersonKind::Unstated, Scheme::person)
    }

    /// Tells if both state the same identifier and the same attributes. The authentication of each does not matter.
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
    /// Returns the party that acts.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Returns the indices, from 1, of the recipients that the party acts for.
    pub fn acting_for(&self) -> &[usize] {
        &self.acting_for
    }
}

/// The level of assurance of an authentication (Regulation (EU) 910/2014, article 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssuranceLevel {
    /// The level is low.
    Low,
    /// The level is substantial.
    Substantial,
    /// The level is high.
    High,
}

impl AssuranceLevel {
    const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// Returns the URI that evidence holds.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Low => "http://eidas.europa.eu/LoA/low",
            Self::Substantial => "http://eidas.europa.eu/LoA/substantial",
            Self::High => "http://eidas.europa.eu/LoA/high",
        }
    }

    /// Returns the level of this URI.
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

/// The method, the time and the level of a party's authentication (AssuranceLevelsDetails with explicit
/// AuthenticationDetails).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    level: AssuranceLevel,
    authentication_time: DateTime<Utc>,
    authentication_method: String,
}

impl Assurance {
    /// States an authentication. `authentication_time` is cut to the millisecond; `authentication_method` is a URI.
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

    /// Returns the level.
    pub fn level(&self) -> AssuranceLevel {
        self.level
    }

    /// Returns the time at which the party authenticated.
    pub fn authentication_time(&self) -> DateTime<Utc> {
        self.authentication_time
    }

    /// Returns the URI of the method.
    pub fn authentication_method(&self) -> &str {
        &self.authentication_method
    }
}
