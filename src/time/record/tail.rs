//! The end of an evidence record, where its next ArchiveTimeStamp stands.
//!
//! The last token is the last element of each element around it, up to the whole record, and up to the whole file where the
//! record is the only unsigned attribute of a proof. A renewal changes the end and the lengths alone, so that a million of
//! them cost little more than their copies.

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::ReducedHashTree;
use super::write::NewArchiveTimeStamp;
use crate::asn1::last::split_last;
use crate::asn1::{oid, writer};
use crate::crypto::DigestAlgorithm;

/// The elements of a record around its last ArchiveTimeStamp: EvidenceRecord, ArchiveTimeStampSequence,
/// ArchiveTimeStampChain.
const TO_ARCHIVE_TIME_STAMP: [Tag; 3] = [Tag::SEQUENCE; 3];

/// The elements around the last token in a file at most, with the ArchiveTimeStamp.
const LEVELS: usize = OF_FILE.len() + TO_ARCHIVE_TIME_STAMP.len() + 1;

/// The elements of a file around a record: ContentInfo, content, SignedData, signerInfos, SignerInfo, unsignedAttrs,
/// Attribute, attrValues.
const OF_FILE: [Tag; 8] =
    [Tag::SEQUENCE, Tag::context(0), Tag::SEQUENCE, Tag::SET, Tag::SEQUENCE, Tag::context(1), Tag::SEQUENCE, Tag::SET];

/// A record, or a file that ends with one, before its last token.
pub(crate) struct RecordTail<'a> {
    /// The elements around the token and their contents before their last element, the outermost first.
    around: Vec<(Tag, &'a [u8])>,
    record: &'a [u8],
    archive_time_stamp: &'a [u8],
    token: &'a [u8],
}

impl<'a> RecordTail<'a> {
    /// Finds the last token of a record. It is `None` where a length on the way is not in DER.
    pub(crate) fn of_record(record: &'a [u8]) -> Option<Self> {
        let around = Vec::with_capacity(LEVELS);
        let record = single(record)?;
        Self::below(record, around)
    }

    /// Finds the last token of the record that is the only unsigned attribute of a file, and its last element.
    pub(crate) fn of_file(file: &'a [u8]) -> Option<Self> {
        let mut around = Vec::with_capacity(LEVELS);
        let record = descend(single(file)?, OF_FILE, &mut around)?;
        // attrType stands before attrValues. Nothing else stands in signerInfos, unsignedAttrs and attrValues.
        let before = |from_outside: usize| around.get(from_outside).map_or(&[][..], |(_, before)| *before);
        let is_record = before(6) == writer::oid(oid::EVIDENCE_RECORD_INTERNAL);
        let is_alone = [3, 5, 7].into_iter().all(|level| before(level).is_empty());
        if !is_record || !is_alone {
            return None;
        }
        Self::below(record, around)
    }

    fn below(record: Tlv<'a>, mut around: Vec<(Tag, &'a [u8])>) -> Option<Self> {
        let archive_time_stamp = descend(record, TO_ARCHIVE_TIME_STAMP, &mut around)?;
        let token = descend(archive_time_stamp, [Tag::SEQUENCE], &mut around)?;
        let (record, archive_time_stamp, token) = (record.raw, archive_time_stamp.raw, token.raw);
        Some(Self { around, record, archive_time_stamp, token })
    }

    /// The record, as it is.
    pub(crate) fn record(&self) -> &'a [u8] {
        self.record
    }

    /// The last ArchiveTimeStamp.
    pub(crate) fn archive_time_stamp(&self) -> &'a [u8] {
        self.archive_time_stamp
    }

    /// The last token: a whole ContentInfo.
    pub(crate) fn token(&self) -> &'a [u8] {
        self.token
    }

    /// Returns the octets with another form of the last token.
    pub(crate) fn with_token(&self, token: &[u8]) -> Vec<u8> {
        self.written(token, &[], 0)
    }

    /// Returns the octets with another form of the last token, and one more ArchiveTimeStamp in the last chain.
    pub(crate) fn with_archive_time_stamp(&self, token: &[u8], added: &[u8]) -> Vec<u8> {
        self.written(token, added, 1)
    }

    /// Writes the octets, with `added` at the end of the element that is so many levels outside of the ArchiveTimeStamp.
    /// All lengths come first, so that every octet is written once, in its place.
    fn written(&self, token: &[u8], added: &[u8], levels: usize) -> Vec<u8> {
        let mut lengths = [0_usize; LEVELS];
        let mut inside = token.len();
        for (level, ((_, before), length)) in self.around.iter().rev().zip(&mut lengths).enumerate() {
            *length = before.len() + inside + if level == levels { added.len() } else { 0 };
            inside = writer::len(*length);
        }
        let mut out = Vec::with_capacity(inside);
        for ((tag, before), length) in self.around.iter().zip(lengths.iter().take(self.around.len()).rev()) {
            writer::push_header(&mut out, *tag, *length);
            out.extend_from_slice(before);
        }
        out.extend_from_slice(token);
        // Only headers stand between the end of the token and that of the element that `added` ends.
        out.extend_from_slice(added);
        out
    }
}

fn single(octets: &[u8]) -> Option<Tlv<'_>> {
    let mut reader = Reader::new(octets, "EvidenceRecord");
    reader.any().ok().filter(|_| reader.is_empty())
}

/// Goes down by these elements, always to the last one, and returns the one below them.
fn descend<'a, const DEPTH: usize>(
    mut element: Tlv<'a>,
    tags: [Tag; DEPTH],
    around: &mut Vec<(Tag, &'a [u8])>,
) -> Option<Tlv<'a>> {
    for tag in tags {
        let (before, last) = split_last(&element, tag)?;
        around.push((tag, before));
        element = last;
    }
    (element.tag == Tag::SEQUENCE && element.is_der_header()).then_some(element)
}

/// Writes an ArchiveTimeStamp without a tree, over data that was stamped alone.
pub(crate) fn archive_time_stamp(algorithm: DigestAlgorithm, token: &TimeStampToken) -> Vec<u8> {
    NewArchiveTimeStamp::of(&ReducedHashTree::default(), algorithm, token).to_der()
}
