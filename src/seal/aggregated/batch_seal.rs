//! The one seal of an aggregated batch.

use std::fmt;
use std::sync::{Arc, OnceLock};

use signed_data::tlv::Oid;

use crate::asn1::oid;
use crate::cms::{Lengths, without_attributes};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::BatchStatement;
use crate::seal::envelope::OpenEnvelope;
use crate::seal::error::{DecodeError, ProfileViolation};
use crate::seal::unstamped::{Internal, sealed};
use crate::seal::{Artifact, Envelope};
use crate::time::log_entry::{Entry, EntryKind};

/// The seal over a [`BatchStatement`], which all proofs of the batch share (`seal.p7m`): a CAdES SignedData with the batch
/// statement as its content.
///
/// Nothing of it is verified. A copy shares the octets.
#[derive(Clone)]
pub struct BatchSeal(Arc<Shared>);

struct Shared {
    envelope: Envelope,
    statement: BatchStatement,
    /// The digest of the file without its evidence record, by the algorithm of the root, once it was asked for.
    covered: OnceLock<Option<Digest>>,
}

impl BatchSeal {
    pub(in crate::seal) fn sealed(envelope: Envelope, statement: BatchStatement) -> Self {
        Self(Arc::new(Shared { envelope, statement, covered: OnceLock::new() }))
    }

    /// Returns the batch statement as the file has it. Nothing of it has been verified.
    pub fn stated(&self) -> &BatchStatement {
        &self.0.statement
    }

    /// Returns the digest of the file without the evidence record in it, by the algorithm of the root: what the records of the
    /// batch hold in their last list. It is `None` where the file cannot be taken apart.
    pub(crate) fn covered_digest(&self) -> Option<Digest> {
        *self.0.covered.get_or_init(|| covered_digest(self.der(), self.stated().root().algorithm()))
    }

    /// Returns the entry that a log has of the batch: of the file as it was before an evidence record was put into it. There is none
    /// where the file cannot be taken apart.
    pub fn log_entry(&self) -> Option<Entry> {
        let digest = covered_digest(self.der(), DigestAlgorithm::Sha256)?;
        Some(Entry::new(EntryKind::BatchSeal, digest.first_32()))
    }
}

/// Returns the digest of a file without the evidence record in it.
pub(crate) fn covered_digest(file: &[u8], algorithm: DigestAlgorithm) -> Option<Digest> {
    let is_record = |_, _, attribute: Oid<'_>| attribute == oid::EVIDENCE_RECORD_INTERNAL;
    without_attributes(file, Lengths::Any, &is_record).ok().map(|without| without.digest(algorithm))
}

impl PartialEq for BatchSeal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.envelope == other.0.envelope
    }
}

impl Eq for BatchSeal {}

impl sealed::Sealed for BatchSeal {}

impl Artifact for BatchSeal {
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        let statement = read(&envelope.open()?)?;
        Ok(Self::sealed(envelope, statement))
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        &self.0.envelope
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        Self::sealed(envelope, self.0.statement.clone())
    }
}

fn read(open: &OpenEnvelope<'_>) -> Result<BatchStatement, DecodeError> {
    let content = open.content.ok_or(ProfileViolation::ContentMissing)?;
    BatchStatement::from_json(content).map_err(DecodeError::BatchStatement)
}

impl fmt::Debug for BatchSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, length) = (self.stated().count(), self.der().len());
        write!(f, "BatchSeal({count} statements, {length} octets)")
    }
}
