//! The three parts of an aggregated proof, and the one file that holds them.

use std::fmt;
use std::sync::OnceLock;

use signed_data::normalize;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::BatchSeal;
use super::batch_seal::covered_digest;
use crate::asn1::writer;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::seal::Artifact;
use crate::seal::error::{DecodeError, ProfileViolation};
use crate::time::record::EvidenceRecord;

/// The version of the file.
const VERSION: u8 = 1;

/// An aggregated proof as a file (`.rma`): the statement, its evidence record, and the seal of its batch.
///
/// ```text
/// AggregatedProof ::= SEQUENCE {
///   version   INTEGER { v1(1) },
///   statement OCTET STRING,
///   record    EvidenceRecord,    -- RFC 4998
///   seal      ContentInfo }      -- RFC 5652
/// ```
/// The parts are kept as they are, and nothing is encoded again: the elements around them have one coding, DER.
#[derive(Clone)]
pub struct AggregatedFile {
    statement: Vec<u8>,
    /// The SHA-256 of the statement, once it was asked for: the leaf of almost every batch, and the identifier of the proof.
    by_sha_256: OnceLock<Digest>,
    record: Vec<u8>,
    seal: BatchSeal,
    /// All of it in one file, once that was asked for.
    octets: OnceLock<Vec<u8>>,
}

impl AggregatedFile {
    pub(in crate::seal) fn new(statement: Vec<u8>, record: Vec<u8>, seal: BatchSeal) -> Self {
        Self { statement, by_sha_256: OnceLock::new(), record, seal, octets: OnceLock::new() }
    }

    /// Tells if octets begin as this file does, with a version and an OCTET STRING. The first element of a SignedData is an
    /// object identifier, and the second one of an evidence record a SEQUENCE.
    pub(crate) fn is_begun_by(octets: &[u8]) -> bool {
        let Ok(outer) = Reader::new(octets, "AggregatedProof").any() else { return false };
        let mut fields = outer.reader("AggregatedProof.version");
        outer.tag == Tag::SEQUENCE
            && fields.any().is_ok_and(|version| version.tag == Tag::INTEGER)
            && fields.any().is_ok_and(|statement| statement.tag == Tag::OCTET_STRING)
    }

    /// Takes the file apart. Each length is as short as possible, and nothing follows.
    ///
    /// # Errors
    /// `Aggregated`, `Profile` for a length that is not in DER and for another version; those of the seal.
    pub(crate) fn from_der(octets: &[u8]) -> Result<Self, DecodeError> {
        let mut outer = Reader::new(octets, "AggregatedProof");
        let whole = der(outer.expect(Tag::SEQUENCE).map_err(DecodeError::Aggregated)?, "AggregatedProof")?;
        outer.finish().map_err(DecodeError::Aggregated)?;
        let mut fields = whole.reader("AggregatedProof.version");
        let mut next = |tag, name| {
            let element = fields.at(name).expect(tag).map_err(DecodeError::Aggregated)?;
            der(element, name)
        };
        let version = next(Tag::INTEGER, "AggregatedProof.version")?;
        if version.value != [VERSION] {
            return Err(ProfileViolation::Version("AggregatedProof").into());
        }
        let statement = next(Tag::OCTET_STRING, "AggregatedProof.statement")?;
        let record = next(Tag::SEQUENCE, "AggregatedProof.record")?;
        let seal = next(Tag::SEQUENCE, "AggregatedProof.seal")?;
        fields.finish().map_err(DecodeError::Aggregated)?;
        Ok(Self::new(statement.value.to_vec(), record.raw.to_vec(), BatchSeal::from_der(seal.raw)?))
    }

    /// Takes the three parts as they were stored. The record is one element in DER.
    ///
    /// # Errors
    /// `Aggregated`, `Profile` for a record that is no element in DER.
    pub(crate) fn from_parts(statement: &[u8], record: &[u8], seal: BatchSeal) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(record, "AggregatedProof.record");
        der(reader.expect(Tag::SEQUENCE).map_err(DecodeError::Aggregated)?, "AggregatedProof.record")?;
        reader.finish().map_err(DecodeError::Aggregated)?;
        Ok(Self::new(statement.to_vec(), record.to_vec(), seal))
    }

    /// Returns the file.
    pub fn der(&self) -> &[u8] {
        self.octets.get_or_init(|| {
            let version = writer::small_integer(VERSION);
            let statement = writer::octet_string(&self.statement);
            writer::sequence(&[&version, &statement, &self.record, self.seal.der()])
        })
    }

    /// Returns the octets of the statement (`name.json`).
    pub fn statement(&self) -> &[u8] {
        &self.statement
    }

    /// Returns the digest of the octets of the statement.
    pub(crate) fn statement_digest(&self, algorithm: DigestAlgorithm) -> Digest {
        if algorithm == DigestAlgorithm::Sha256 {
            *self.by_sha_256.get_or_init(|| algorithm.digest(&self.statement))
        } else {
            algorithm.digest(&self.statement)
        }
    }

    /// Tells if the record of the statement ends in the digest of this second seal, without the record in that.
    pub(crate) fn ends_in(&self, second: &[u8]) -> bool {
        let Some(digest) = covered_digest(second, self.seal.stated().root().algorithm()) else { return false };
        let Ok(definite) = normalize(&self.record) else { return false };
        let Ok(record) = EvidenceRecord::parse(&definite) else { return false };
        let lists = record.archive_time_stamps().next().and_then(|first| first.reduced_hash_tree.as_deref());
        lists.and_then(<[_]>::last).is_some_and(|last| last.contains(&digest.as_bytes()))
    }

    /// Returns the evidence record of the statement (`name.ers`).
    pub fn record(&self) -> &[u8] {
        &self.record
    }

    /// Returns the seal of the batch (`seal.p7m`).
    pub fn seal(&self) -> &BatchSeal {
        &self.seal
    }
}

impl PartialEq for AggregatedFile {
    fn eq(&self, other: &Self) -> bool {
        (&self.statement, &self.record, &self.seal) == (&other.statement, &other.record, &other.seal)
    }
}

impl Eq for AggregatedFile {}

impl fmt::Debug for AggregatedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (statement, record) = (self.statement.len(), self.record.len());
        write!(f, "AggregatedFile({statement} octets of statement, {record} of record, {:?})", self.seal)
    }
}

fn der<'a>(element: Tlv<'a>, name: &'static str) -> Result<Tlv<'a>, DecodeError> {
    if element.is_der_header() { Ok(element) } else { Err(ProfileViolation::NotDer(name).into()) }
}
