//! The one seal of an aggregated batch.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Oid, Tlv};

use crate::asn1::oid;
use crate::cms::{Lengths, single_value, without_attributes};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::BatchStatement;
use crate::seal::envelope::OpenEnvelope;
use crate::seal::error::{DecodeError, ProfileViolation};
use crate::seal::unstamped::{Internal, sealed};
use crate::seal::{Artifact, Envelope};
use crate::time::log_entry::{Entry, EntryKind};
use crate::time::record::{EvidenceRecord, token_imprint};

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
    /// What the first timestamp of its evidence record is over, once it was asked for.
    stamped: OnceLock<Option<Digest>>,
}

impl BatchSeal {
    pub(in crate::seal) fn sealed(envelope: Envelope, statement: BatchStatement) -> Self {
        Self(Arc::new(Shared { envelope, statement, covered: OnceLock::new(), stamped: OnceLock::new() }))
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
        let of_log = DigestAlgorithm::Sha256;
        let is_of_root = self.stated().root().algorithm() == of_log;
        let digest = if is_of_root { self.covered_digest() } else { covered_digest(self.der(), of_log) }?;
        Some(Entry::new(EntryKind::BatchSeal, digest.first_32()))
    }

    /// Returns what the first timestamp of the evidence record in the file is over: the root that all records of the batch lead
    /// to. It is `None` where there is no such record, or more than one.
    pub(crate) fn stamped_digest(&self) -> Option<Digest> {
        *self.0.stamped.get_or_init(|| stamped_digest(&self.0.envelope.open().ok()?))
    }
}

fn record_in<'a>(open: &'a OpenEnvelope<'_>) -> Option<Tlv<'a>> {
    let attributes = open.signer_info().ok()?.unsigned_attributes.as_ref()?;
    single_value(attributes, oid::EVIDENCE_RECORD_INTERNAL).ok().flatten()
}

fn stamped_digest(open: &OpenEnvelope<'_>) -> Option<Digest> {
    let record = EvidenceRecord::parse(record_in(open)?.raw).ok()?;
    let first = record.archive_time_stamps().next()?;
    token_imprint(&TimeStampToken::from_bytes(first.time_stamp).ok()?)
}

/// Returns the digest of a file without the evidence record in it.
pub(in crate::seal) fn covered_digest(file: &[u8], algorithm: DigestAlgorithm) -> Option<Digest> {
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
