//! Reads evidence records.

use std::sync::OnceLock;

use rfc3161_client::{TimeStampToken, TstInfo};
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error, ErrorKind, children, normalize};

use super::limits;
use crate::crypto::{Digest, DigestAlgorithm};

/// An EvidenceRecord ([RFC 4998 §3.1](https://www.rfc-editor.org/rfc/rfc4998#section-3.1)), each part as received.
///
/// ```text
/// EvidenceRecord ::= SEQUENCE { version INTEGER { v1(1) }, digestAlgorithms SEQUENCE OF AlgorithmIdentifier,
///   cryptoInfos [0] CryptoInfos OPTIONAL, encryptionInfo [1] EncryptionInfo OPTIONAL,
///   archiveTimeStampSequence ArchiveTimeStampSequence }
/// ArchiveTimeStampSequence ::= SEQUENCE OF ArchiveTimeStampChain
/// ```
/// Laxer than the standard: lengths may be longer than necessary, and digestAlgorithms may be empty.
#[derive(Clone, Debug)]
pub struct EvidenceRecord<'a> {
    /// The algorithms by which objects and record are said to be hashed.
    pub digest_algorithms: Vec<AlgorithmIdentifier<'a>>,
    /// The certificates, revocation data and the like, which nothing authenticates.
    pub crypto_infos: Option<Tlv<'a>>,
    /// The encryption of the objects before they were hashed.
    pub encryption_info: Option<Tlv<'a>>,
    /// The chains, the oldest first, of which there is at least one.
    pub chains: Vec<ArchiveTimeStampChain<'a>>,
}

/// An ArchiveTimeStampChain ([RFC 4998 §5.1](https://www.rfc-editor.org/rfc/rfc4998#section-5.1)): `SEQUENCE OF
/// ArchiveTimeStamp`.
#[derive(Clone, Debug)]
pub struct ArchiveTimeStampChain<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The timestamps, the oldest first, of which there is at least one.
    pub archive_time_stamps: Vec<ArchiveTimeStamp<'a>>,
    /// The element in BER, where that differs.
    pub(super) received: Option<&'a [u8]>,
    /// The digests of the chains before it, computed once: a record is judged for each signer of a file.
    pub(super) before: OnceLock<(DigestAlgorithm, Vec<Option<Digest>>)>,
}

/// An ArchiveTimeStamp ([RFC 4998 §4.1](https://www.rfc-editor.org/rfc/rfc4998#section-4.1)).
///
/// ```text
/// ArchiveTimeStamp ::= SEQUENCE { digestAlgorithm [0] AlgorithmIdentifier OPTIONAL, attributes [1] Attributes OPTIONAL,
///   reducedHashtree [2] SEQUENCE OF PartialHashtree OPTIONAL, timeStamp ContentInfo }
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveTimeStamp<'a> {
    /// The OBJECT IDENTIFIER and parameters of the hash algorithm of the tree, one after the other. When absent, the
    /// algorithm is that of the token's imprint.
    pub digest_algorithm: Option<Tlv<'a>>,
    /// The attributes, none of which is defined yet.
    pub attributes: Option<Tlv<'a>>,
    /// The partial hash trees, from the object upwards.
    pub reduced_hash_tree: Option<Vec<Vec<&'a [u8]>>>,
    /// The token: a whole ContentInfo.
    pub time_stamp: &'a [u8],
    /// The token in BER, where that differs.
    pub(super) received: Option<&'a [u8]>,
    /// The root over the partial hash trees, computed once: a record is judged for each signer of a file.
    pub(super) root: OnceLock<(DigestAlgorithm, Option<Digest>)>,
    /// The number of different hashes in the first partial hash tree, likewise.
    pub(super) starting_hashes: OnceLock<usize>,
}

impl<'a> EvidenceRecord<'a> {
    /// Reads a record with definite lengths, which [`normalize`] gives.
    ///
    /// # Errors
    /// The error of the coding, named by its place; `InvalidValue` for another version than 1 and for lists that
    /// are empty; `Limit` beyond [`limits`](super::limits).
    pub fn parse(definite: &'a [u8]) -> Result<Self, Error> {
        let mut outer = Reader::new(definite, "EvidenceRecord");
        let mut fields = outer.expect(Tag::SEQUENCE)?.reader("EvidenceRecord.version");
        outer.finish()?;
        if fields.integer()?.to_u64() != Some(1) {
            return Err(fields.error(ErrorKind::InvalidValue("version of an evidence record")));
        }
        let mut listed = fields.at("EvidenceRecord.digestAlgorithms").expect(Tag::SEQUENCE)?.reader("digestAlgorithms");
        let mut digest_algorithms = Vec::new();
        while !listed.is_empty() {
            within(digest_algorithms.len(), &listed, "digest algorithms", limits::MAX_DIGEST_ALGORITHMS)?;
            digest_algorithms.push(AlgorithmIdentifier::read(&mut listed)?);
        }
        let crypto_infos = fields.at("EvidenceRecord.cryptoInfos").optional(Tag::context(0))?;
        let encryption_info = fields.at("EvidenceRecord.encryptionInfo").optional(Tag::context(1))?;
        let sequence = fields.at("EvidenceRecord.archiveTimeStampSequence").expect(Tag::SEQUENCE)?;
        fields.finish()?;
        let mut reader = sequence.reader("ArchiveTimeStampSequence");
        let (mut chains, mut budget) = (Vec::new(), Budget::default());
        while !reader.is_empty() {
            chains.push(ArchiveTimeStampChain::read(&mut reader, &mut budget)?);
        }
        if chains.is_empty() {
            return Err(reader.error(ErrorKind::InvalidValue("ArchiveTimeStampSequence: it is empty")));
        }
        Ok(Self { digest_algorithms, crypto_infos, encryption_info, chains })
    }

    /// Remembers which octets were received, where these are BER: renewals may have been made over them.
    pub(crate) fn with_received(mut self, received: &'a [u8]) -> Result<Self, Error> {
        let last = |element: &'a [u8]| -> Result<&'a [u8], Error> {
            Ok(children(element)?.last().copied().unwrap_or_default())
        };
        let chains = children(last(received)?)?;
        for (chain, raw) in self.chains.iter_mut().zip(chains) {
            chain.received = Some(raw).filter(|raw| *raw != chain.raw);
            for (archive_time_stamp, raw) in chain.archive_time_stamps.iter_mut().zip(children(raw)?) {
                archive_time_stamp.received = Some(last(raw)?).filter(|raw| *raw != archive_time_stamp.time_stamp);
            }
        }
        Ok(self)
    }

    /// Returns the token of a record that holds nothing else which could decide about it, but its way and the algorithm of
    /// that: one ArchiveTimeStamp in one chain, in DER, without cryptoInfos and the like.
    pub(crate) fn lone_token(&self) -> Option<&'a [u8]> {
        let Self { digest_algorithms, crypto_infos: None, encryption_info: None, chains } = self else { return None };
        let [ArchiveTimeStampChain { raw: _, archive_time_stamps, received: None, before: _ }] = chains.as_slice()
        else {
            return None;
        };
        let [
            stamp @ ArchiveTimeStamp {
                digest_algorithm: Some(_),
                attributes: None,
                reduced_hash_tree: Some(_),
                time_stamp,
                received: None,
                root: _,
                starting_hashes: _,
            },
        ] = archive_time_stamps.as_slice()
        else {
            return None;
        };
        let stated = stamp.stated_algorithm().ok().flatten()?;
        let [listed] = digest_algorithms.as_slice() else { return None };
        (listed.oid == stated.oid()).then_some(*time_stamp)
    }

    /// Returns all ArchiveTimeStamps, the oldest first.
    pub fn archive_time_stamps(&self) -> impl Iterator<Item = &ArchiveTimeStamp<'a>> {
        self.chains.iter().flat_map(|chain| &chain.archive_time_stamps)
    }
}

impl<'a> ArchiveTimeStampChain<'a> {
    fn read(reader: &mut Reader<'a>, budget: &mut Budget) -> Result<Self, Error> {
        let tlv = reader.expect(Tag::SEQUENCE)?;
        let mut reader = tlv.reader("ArchiveTimeStampChain");
        let mut archive_time_stamps = Vec::new();
        while !reader.is_empty() {
            archive_time_stamps.push(ArchiveTimeStamp::read(&mut reader, budget)?);
        }
        if archive_time_stamps.is_empty() {
            return Err(reader.error(ErrorKind::InvalidValue("ArchiveTimeStampChain: it is empty")));
        }
        Ok(Self { raw: tlv.raw, archive_time_stamps, received: None, before: OnceLock::new() })
    }
}

impl<'a> ArchiveTimeStamp<'a> {
    fn read(reader: &mut Reader<'a>, budget: &mut Budget) -> Result<Self, Error> {
        within(budget.archive_time_stamps, reader, "ArchiveTimeStamps", limits::MAX_ARCHIVE_TIME_STAMPS)?;
        budget.archive_time_stamps += 1;
        let mut fields = reader.expect(Tag::SEQUENCE)?.reader("ArchiveTimeStamp.digestAlgorithm");
        let digest_algorithm = fields.optional(Tag::context(0))?;
        let attributes = fields.at("ArchiveTimeStamp.attributes").optional(Tag::context(1))?;
        let reduced = fields.at("ArchiveTimeStamp.reducedHashtree").optional(Tag::context(2))?;
        let reduced_hash_tree = reduced.map(|reduced| read_reduced(&reduced, budget)).transpose()?;
        let time_stamp = fields.at("ArchiveTimeStamp.timeStamp").expect(Tag::SEQUENCE)?.raw;
        fields.finish()?;
        Ok(Self {
            digest_algorithm,
            attributes,
            reduced_hash_tree,
            time_stamp,
            received: None,
            root: OnceLock::new(),
            starting_hashes: OnceLock::new(),
        })
    }

    /// Returns the stated algorithm, and `None` when none is stated.
    ///
    /// # Errors
    /// The name in the record, when the algorithm is not offered here.
    pub(crate) fn stated_algorithm(&self) -> Result<Option<DigestAlgorithm>, String> {
        let Some(stated) = self.digest_algorithm else { return Ok(None) };
        let oid = stated.reader("ArchiveTimeStamp.digestAlgorithm").oid().map_err(|error| error.to_string())?;
        DigestAlgorithm::from_oid(oid).map(Some).ok_or_else(|| oid.to_string())
    }
}

fn read_reduced<'a>(reduced: &Tlv<'a>, budget: &mut Budget) -> Result<Vec<Vec<&'a [u8]>>, Error> {
    let mut reader = reduced.reader("ArchiveTimeStamp.reducedHashtree");
    let mut lists = Vec::new();
    while !reader.is_empty() {
        within(lists.len(), &reader, "partial hash trees", limits::MAX_PARTIAL_HASH_TREES)?;
        let mut hashes = reader.expect(Tag::SEQUENCE)?.reader("PartialHashtree");
        let mut list = Vec::new();
        while !hashes.is_empty() {
            within(budget.hashes, &hashes, "hashes in partial hash trees", limits::MAX_HASHES)?;
            budget.hashes += 1;
            list.push(hashes.octet_string()?);
        }
        if list.is_empty() {
            return Err(hashes.error(ErrorKind::InvalidValue("PartialHashtree: it is empty")));
        }
        lists.push(list);
    }
    if lists.is_empty() {
        return Err(reader.error(ErrorKind::InvalidValue("reducedHashtree: it is empty")));
    }
    Ok(lists)
}

#[derive(Default)]
struct Budget {
    archive_time_stamps: usize,
    hashes: usize,
}

/// Allows one more beside those that are there.
fn within(present: usize, reader: &Reader<'_>, what: &'static str, limit: usize) -> Result<(), Error> {
    if present < limit { Ok(()) } else { Err(reader.error(ErrorKind::Limit { what, limit })) }
}

/// Returns the algorithms by which the objects of a record (DER or BER) have to be hashed, each once, in the order of its
/// chains. The list is empty for octets that are no record; the
/// [report](crate::Verifier::report_evidence_record) says why.
pub fn digest_algorithms(record: &[u8]) -> Vec<DigestAlgorithm> {
    let Ok(definite) = normalize(record) else { return Vec::new() };
    let Ok(record) = EvidenceRecord::parse(&definite) else { return Vec::new() };
    let mut algorithms = Vec::new();
    for first in record.chains.iter().filter_map(|chain| chain.archive_time_stamps.first()) {
        let algorithm = match first.stated_algorithm() {
            Ok(None) => {
                TimeStampToken::from_bytes(first.time_stamp).ok().and_then(|token| imprint_algorithm(token.tst_info()))
            }
            Ok(stated) => stated,
            Err(_) => None,
        };
        algorithms.extend(algorithm.filter(|algorithm| !algorithms.contains(algorithm)));
    }
    algorithms
}

/// Returns the algorithm of a token's imprint, if it is offered.
pub(crate) fn imprint_algorithm(info: &TstInfo) -> Option<DigestAlgorithm> {
    let stated = &info.message_imprint.algorithm;
    DigestAlgorithm::ALL.into_iter().find(|algorithm| *stated == algorithm.oid())
}

/// Returns what a token is over, where its algorithm is offered.
pub(crate) fn token_imprint(token: &TimeStampToken) -> Option<Digest> {
    let info = token.tst_info();
    Digest::new(imprint_algorithm(info)?, &info.message_imprint.digest)
}
