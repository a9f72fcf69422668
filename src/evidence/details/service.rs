//! The service on the other side of a relay.

use crate::evidence::error::EvidenceError;
use crate::evidence::party::{IdentityAttribute, add_attribute, attribute};
use crate::identity::LegalPersonId;

/// A service of registered delivery that is not the issuer (ExternalERDSDetails): that from which a message was relayed, or
/// that which did not take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalService {
    attributes: Vec<IdentityAttribute>,
}

impl ExternalService {
    /// Describes a service by its legal name and a number of a national scheme, such as an
    /// [`EnterpriseNumber`](crate::identity::EnterpriseNumber).
    ///
    /// # Errors
    /// A name that is empty, too long or holds control characters.
    pub fn of(legal_name: &str, number: impl Into<LegalPersonId>) -> Result<Self, EvidenceError> {
        Self::of_attributes([
            IdentityAttribute::new(attribute::LEGAL_NAME, [legal_name])?,
            IdentityAttribute::new(attribute::LEGAL_PERSON_IDENTIFIER, [number.into().as_str()])?,
        ])
    }

    /// Describes a service by attributes, each name once.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`]; [`EvidenceError::Empty`] without attributes.
    pub fn of_attributes(attributes: impl IntoIterator<Item = IdentityAttribute>) -> Result<Self, EvidenceError> {
        let mut service = Self { attributes: Vec::new() };
        attributes.into_iter().try_for_each(|attribute| add_attribute(&mut service.attributes, attribute))?;
        if service.attributes.is_empty() { Err(EvidenceError::Empty("external service")) } else { Ok(service) }
    }

    /// Returns the attributes, at least one.
    pub fn attributes(&self) -> &[IdentityAttribute] {
        &self.attributes
    }
}
