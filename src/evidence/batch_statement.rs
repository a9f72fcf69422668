//! What the one seal of an aggregated batch says: whose batch it is, how many statements are in it, and their root.

use std::num::NonZeroU64;

use super::environment::Environment;
use super::error::EvidenceError;
use super::extension::AnnouncedSeal;
use super::issuer::Issuer;
use super::limits::MAX_BATCH_NUMBER;
use crate::crypto::{Digest, DigestAlgorithm};

/// The statement that is sealed once for a whole batch of statements: their number, and the root of the hash tree over them.
///
/// ```text
/// { "type": "recommande-batch/1", "Environment": name, "Issuer": legal person identifier, "Number": integer,
///   "Count": integer from 1, "DigestMethod": URI, "Root": base64,
///   "SecondSeal": { "Algorithm", "CertificateDigest" }? }
/// ```
///
/// It is written and read in one form, as statements are. It names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchStatement {
    environment: Environment,
    issuer: String,
    number: u64,
    count: NonZeroU64,
    root: Digest,
    announced_seal: Option<AnnouncedSeal>,
}

impl BatchStatement {
    /// The media type that the seal of a batch states of its content (mime-type, ETSI EN 319 122-1 V1.3.1, clause 5.2.4).
    ///
    /// No payload is signed under it. Else whoever has a letter signed that reads like a batch statement would have a seal for
    /// a batch of its own making.
    pub const MEDIA_TYPE: &'static str = "application/x.recommande-batch+json";

    /// States a batch of `count` different statements of this issuer, whose digests lead to `root`. The issuer counts its
    /// batches by `number`, which means nothing to a verifier.
    ///
    /// # Errors
    /// [`EvidenceError::BatchNumber`] beyond [`MAX_BATCH_NUMBER`]; [`EvidenceError::WeakDigest`];
    /// [`EvidenceError::DigestWithoutIdentifier`].
    pub fn new(issuer: &Issuer, number: u64, count: NonZeroU64, root: Digest) -> Result<Self, EvidenceError> {
        Self::of_parts(issuer.environment(), issuer.legal_person_identifier().to_owned(), number, count, root)
    }

    pub(super) fn of_parts(
        environment: Environment,
        issuer: String,
        number: u64,
        count: NonZeroU64,
        root: Digest,
    ) -> Result<Self, EvidenceError> {
        if number > MAX_BATCH_NUMBER || count.get() > MAX_BATCH_NUMBER {
            return Err(EvidenceError::BatchNumber);
        }
        let algorithm = root.algorithm();
        if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
            return Err(EvidenceError::WeakDigest);
        }
        if algorithm.uri().is_none() {
            return Err(EvidenceError::DigestWithoutIdentifier(algorithm));
        }
        Ok(Self { environment, issuer, number, count, root, announced_seal: None })
    }

    /// Announces the second seal over the seal of the batch, or none.
    #[must_use]
    pub(crate) fn announcing(self, announced_seal: Option<AnnouncedSeal>) -> Self {
        Self { announced_seal, ..self }
    }

    /// Returns the environment of the statements.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Returns the legal person identifier of the issuer of the statements.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the number by which the issuer counts its batches.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the number of different statements in the batch.
    pub fn count(&self) -> NonZeroU64 {
        self.count
    }

    /// Returns the root of the hash tree over the statements; that of a single one is its digest.
    pub fn root(&self) -> &Digest {
        &self.root
    }

    /// Returns what the batch statement says of the second seal that lies beside the seal of the batch.
    pub fn announced_seal(&self) -> Option<&AnnouncedSeal> {
        self.announced_seal.as_ref()
    }
}
