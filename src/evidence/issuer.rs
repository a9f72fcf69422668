//! Describes the issuer of evidence and the environment in which it issues.

use std::str::FromStr;
use std::sync::Arc;

use super::environment::Environment;
use super::error::EvidenceError;
use super::limits::MAX_POLICIES;
use super::party::{IdentityAttribute, add_attribute, attribute};
use super::text;
use crate::identity::{LegalPersonId, RegisterNumber, register_numbers};
use crate::pki::Certificate;

impl FromStr for Environment {
    type Err = EvidenceError;

    fn from_str(input: &str) -> Result<Self, EvidenceError> {
        Self::ALL.into_iter().find(|environment| environment.name() == input).ok_or(EvidenceError::Environment)
    }
}

/// The issuer of evidence, its policies and its environment (EvidenceIssuerDetails, EvidenceIssuerPolicyID, extension
/// Environment).
///
/// A clone is the same one: proofs hold their issuer, and cost no copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(Arc<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    /// The attributes, LegalName and LegalPersonIdentifier first, with one value each.
    attributes: Vec<IdentityAttribute>,
    policies: Vec<String>,
    environment: Environment,
}

impl Issuer {
    /// Makes an issuer of its legal name and its legal person identifier of the eIDAS profile, such as
    /// `BE/BE/0406798006`.
    ///
    /// # Errors
    /// Texts that are empty, too long or hold control characters.
    pub fn new(
        legal_name: &str,
        legal_person_identifier: &str,
        environment: Environment,
    ) -> Result<Self, EvidenceError> {
        let attributes = vec![
            IdentityAttribute::new(attribute::LEGAL_NAME, [legal_name])?,
            IdentityAttribute::new(attribute::LEGAL_PERSON_IDENTIFIER, [legal_person_identifier])?,
        ];
        Ok(Self(Arc::new(Details { attributes, policies: Vec::new(), environment })))
    }

    /// Makes an issuer of attributes that were read: LegalName and LegalPersonIdentifier first, with one value each.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`].
    pub(super) fn of_attributes(read: Vec<IdentityAttribute>, environment: Environment) -> Result<Self, EvidenceError> {
        let mut attributes = Vec::with_capacity(read.len());
        read.into_iter().try_for_each(|attribute| add_attribute(&mut attributes, attribute))?;
        Ok(Self(Arc::new(Details { attributes, policies: Vec::new(), environment })))
    }

    /// Makes an issuer whose number is of a national scheme, such as an
    /// [`EnterpriseNumber`](crate::identity::EnterpriseNumber).
    ///
    /// # Errors
    /// A name that is empty, too long or holds control characters.
    pub fn of(
        legal_name: &str,
        number: impl Into<LegalPersonId>,
        environment: Environment,
    ) -> Result<Self, EvidenceError> {
        Self::new(legal_name, number.into().as_str(), environment)
    }

    /// Adds a policy under which evidence is issued, named by a URI.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`], [`EvidenceError::Twice`], [`EvidenceError::TooMany`].
    pub fn with_policy(mut self, policy: &str) -> Result<Self, EvidenceError> {
        let policy = text::uri("policy", policy)?;
        if self.0.policies.contains(&policy) {
            return Err(EvidenceError::Twice("policy"));
        }
        if self.0.policies.len() >= MAX_POLICIES {
            return Err(EvidenceError::TooMany { what: "policies", limit: MAX_POLICIES });
        }
        Arc::make_mut(&mut self.0).policies.push(policy);
        Ok(self)
    }

    /// Adds a further identity attribute.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`].
    pub fn with_attribute(mut self, attribute: IdentityAttribute) -> Result<Self, EvidenceError> {
        add_attribute(&mut Arc::make_mut(&mut self.0).attributes, attribute)?;
        Ok(self)
    }

    /// Returns the legal name.
    pub fn legal_name(&self) -> &str {
        self.value_of(attribute::LEGAL_NAME)
    }

    /// Returns the legal person identifier of the eIDAS profile.
    pub fn legal_person_identifier(&self) -> &str {
        self.value_of(attribute::LEGAL_PERSON_IDENTIFIER)
    }

    /// Returns all identity attributes, LegalName and LegalPersonIdentifier first.
    pub fn attributes(&self) -> &[IdentityAttribute] {
        &self.0.attributes
    }

    /// Returns the policies, as URIs.
    pub fn policies(&self) -> &[String] {
        &self.0.policies
    }

    /// Returns the environment.
    pub fn environment(&self) -> Environment {
        self.0.environment
    }

    /// Tells if both are one legal person in one environment, by whatever name.
    pub(crate) fn is_one_with(&self, other: &Self) -> bool {
        // The statements of one service share their issuer, and nothing is compared a million times.
        Arc::ptr_eq(&self.0, &other.0)
            || (self.environment() == other.environment()
                && self.legal_person_identifier() == other.legal_person_identifier())
    }

    /// Tells if the certificate holds the number by which this issuer is named. A name alone does not show whose number it is.
    pub(crate) fn is_numbered_in(&self, certificate: &Certificate) -> bool {
        register_numbers(certificate).is_some_and(|numbers| self.is_among(&numbers))
    }

    /// Tells if the number of this issuer is one of these.
    pub(crate) fn is_among(&self, numbers: &[RegisterNumber]) -> bool {
        RegisterNumber::of_legal_person(self.legal_person_identifier()).is_some_and(|stated| numbers.contains(&stated))
    }

    fn value_of(&self, name: &str) -> &str {
        let attribute = self.0.attributes.iter().find(|attribute| attribute.name() == name);
        attribute.and_then(|attribute| attribute.values().first()).map_or("", String::as_str)
    }
}
