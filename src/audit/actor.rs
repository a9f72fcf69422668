//! The person whom a record is about, as a commitment.

use std::borrow::Cow;

use super::record_error::RecordError;
use super::text;
use crate::evidence::{Commitment, EvidenceIdentifier, Identifier, Salt, SaltSeed};

/// The person who did something, or whom a record is about: the scheme of an identifier and a commitment to its value.
///
/// The salt is derived of a seed of this person and a year of retention, and of the id of the record. Whoever holds the seed
/// finds the person's records by trying it, and deleting the seed erases the person from all of them. Without it no two records
/// can be told to be about one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor<'a> {
    scheme: Cow<'a, str>,
    commitment: Commitment,
}

impl Actor<'_> {
    /// The path of the commitment in a line, which keeps it from being one of a statement.
    pub(super) const PATH: &'static str = "/data/actor";

    /// Derives the salt of the commitment in the record with this id.
    pub(super) fn salt(seed: &SaltSeed, record: EvidenceIdentifier) -> Salt {
        seed.for_proof(record).salt(Self::PATH)
    }
}

impl<'a> Actor<'a> {
    /// Commits to an identifier in the record with this id.
    ///
    /// # Errors
    /// [`RecordError::Form`], [`RecordError::TooLong`] or [`RecordError::PersonInTheClear`] for a scheme that cannot stand in a line.
    pub fn of(identifier: &Identifier, seed: &SaltSeed, record: EvidenceIdentifier) -> Result<Self, RecordError> {
        let scheme = text::token("actor.scheme", Cow::Owned(identifier.scheme().to_owned()))?;
        let salt = Self::salt(seed, record);
        let commitment = Commitment::new(&salt, record, Self::PATH, &scheme, identifier.value());
        Ok(Self { scheme, commitment })
    }

    pub(super) fn read(scheme: Cow<'a, str>, commitment: &str) -> Result<Self, RecordError> {
        let scheme = text::token("actor.scheme", scheme)?;
        let commitment = Commitment::from_base64(commitment).ok_or(RecordError::Form("actor.commitment"))?;
        Ok(Self { scheme, commitment })
    }

    /// Tells if this is the commitment to an identifier, in the record with this id and under this seed.
    pub fn is(&self, identifier: &Identifier, seed: &SaltSeed, record: EvidenceIdentifier) -> bool {
        // Deriving the salt of a record is the dear part, so that other schemes are passed over first.
        self.scheme == identifier.scheme() && self.opens_to(identifier, &Self::salt(seed, record), record)
    }

    /// Tells if this is the commitment to an identifier with this salt, in the record with this id.
    pub(super) fn opens_to(&self, identifier: &Identifier, salt: &Salt, record: EvidenceIdentifier) -> bool {
        self.scheme == identifier.scheme()
            && self.commitment.opens_to(salt, record, Self::PATH, &self.scheme, identifier.value())
    }

    /// Returns the URI of the scheme of the identifier.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the commitment.
    pub fn commitment(&self) -> Commitment {
        self.commitment
    }
}
