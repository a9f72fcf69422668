//! Writes new evidence records, and renews existing ones, in DER.

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind};

use super::evidence_record::{EvidenceRecord, imprint_algorithm};
use super::{HashTree, ReducedHashTree};
use crate::asn1::writer;
use crate::crypto::{Digest, DigestAlgorithm};

/// The two ways to renew a record ([RFC 4998 §5.2](https://www.rfc-editor.org/rfc/rfc4998#section-5.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The next ArchiveTimeStamp of the same chain, over the token before, by the chain's hash algorithm: before that
    /// token gets weak.
    Timestamp,
    /// A new chain, over object and record, by this hash algorithm: before that of the chain gets weak.
    HashTree(DigestAlgorithm),
}

impl ReducedHashTree {
    /// Returns the DER of a new EvidenceRecord for the leaf that this is the way of. The token is over the root.
    ///
    /// The record has version 1, the digest algorithm of the tree, and one chain. Its only ArchiveTimeStamp names the
    /// algorithm, and has no reducedHashtree for a leaf that was stamped alone.
    pub fn to_evidence_record(&self, algorithm: DigestAlgorithm, token: &TimeStampToken) -> Vec<u8> {
        NewRecord::of(self, algorithm, token).to_der()
    }
}

/// An EvidenceRecord to be written. Millions are, each with the same token in it: all lengths come first, so that every
/// octet is written once, in its place.
pub(crate) struct NewRecord<'a> {
    archive_time_stamp: NewArchiveTimeStamp<'a>,
}

impl<'a> NewRecord<'a> {
    pub(crate) fn of(reduced: &'a ReducedHashTree, algorithm: DigestAlgorithm, token: &'a TimeStampToken) -> Self {
        Self { archive_time_stamp: NewArchiveTimeStamp::of(reduced, algorithm, token) }
    }

    /// Octets of the whole record.
    pub(crate) fn length(&self) -> usize {
        writer::len(self.contents())
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.length());
        self.push(&mut out);
        out
    }

    pub(crate) fn push(&self, out: &mut Vec<u8>) {
        let algorithm = self.archive_time_stamp.algorithm.oid();
        writer::push_header(out, Tag::SEQUENCE, self.contents());
        writer::push(out, Tag::INTEGER, &VERSION);
        writer::push_header(out, Tag::SEQUENCE, writer::len(writer::len(algorithm.as_bytes().len())));
        writer::push_header(out, Tag::SEQUENCE, writer::len(algorithm.as_bytes().len()));
        writer::push(out, Tag::OBJECT_IDENTIFIER, algorithm.as_bytes());
        writer::push_header(out, Tag::SEQUENCE, writer::len(self.chain()));
        writer::push_header(out, Tag::SEQUENCE, self.chain());
        self.archive_time_stamp.push(out);
    }

    fn contents(&self) -> usize {
        let algorithms = writer::len(writer::len(self.archive_time_stamp.algorithm.oid().as_bytes().len()));
        writer::len(VERSION.len()) + writer::len(algorithms) + writer::len(writer::len(self.chain()))
    }

    /// Octets of the ArchiveTimeStamp, which are the contents of the chain.
    fn chain(&self) -> usize {
        self.archive_time_stamp.length()
    }
}

/// The version that RFC 4998 §3.1 gives.
const VERSION: [u8; 1] = [1];

/// An ArchiveTimeStamp to be written, with the lengths inside of it.
pub(super) struct NewArchiveTimeStamp<'a> {
    reduced: &'a ReducedHashTree,
    algorithm: DigestAlgorithm,
    token: &'a TimeStampToken,
    /// The length of all partial hash trees.
    lists: usize,
    contents: usize,
}

impl<'a> NewArchiveTimeStamp<'a> {
    pub(super) fn of(reduced: &'a ReducedHashTree, algorithm: DigestAlgorithm, token: &'a TimeStampToken) -> Self {
        let lists = reduced.partial_hash_trees().map(|list| writer::len(list_length(list))).sum();
        let stated = writer::len(writer::len(algorithm.oid().as_bytes().len()));
        let of_lists = if lists > 0 { writer::len(lists) } else { 0 };
        let contents = stated + of_lists + token.to_definite().len();
        Self { reduced, algorithm, token, lists, contents }
    }

    /// Octets of the whole element.
    pub(super) fn length(&self) -> usize {
        writer::len(self.contents)
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.length());
        self.push(&mut out);
        out
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        let algorithm = self.algorithm.oid();
        writer::push_header(out, Tag::SEQUENCE, self.contents);
        writer::push_header(out, Tag::context(0), writer::len(algorithm.as_bytes().len()));
        writer::push(out, Tag::OBJECT_IDENTIFIER, algorithm.as_bytes());
        if self.lists > 0 {
            writer::push_header(out, Tag::context(2), self.lists);
        }
        for list in self.reduced.partial_hash_trees() {
            writer::push_header(out, Tag::SEQUENCE, list_length(list));
            list.iter().for_each(|hash| writer::push(out, Tag::OCTET_STRING, hash.as_bytes()));
        }
        out.extend_from_slice(self.token.to_definite());
    }
}

fn list_length(list: &[Digest]) -> usize {
    list.iter().map(|hash| writer::len(hash.as_bytes().len())).sum()
}

impl EvidenceRecord<'_> {
    /// Returns the digest that a renewal stamps for this record: the leaf of a [`HashTree`] over as many records as are
    /// renewed together. For a new hash tree it takes the digest of the data object by the new algorithm, and `None` is
    /// returned when it is by another one.
    ///
    /// The algorithm of a renewed timestamp is that of its chain.
    pub fn renewal_leaf(&self, renewal: Renewal, object: &Digest) -> Option<Digest> {
        match renewal {
            Renewal::Timestamp => {
                let last = self.archive_time_stamps().last()?;
                Some(self.last_algorithm()?.digest(last.time_stamp))
            }
            Renewal::HashTree(algorithm) if object.algorithm() == algorithm => {
                Some(with_sequence(object, &sequence_digest(self.chains.iter().map(|chain| chain.raw), algorithm)))
            }
            Renewal::HashTree(_) => None,
        }
    }

    /// Returns the hash algorithm of the last chain, and `None` when it is not offered here.
    pub fn last_algorithm(&self) -> Option<DigestAlgorithm> {
        let first = self.chains.last()?.archive_time_stamps.first()?;
        match first.stated_algorithm() {
            Ok(Some(stated)) => Some(stated),
            Ok(None) => imprint_algorithm(TimeStampToken::from_bytes(first.time_stamp).ok()?.tst_info()),
            Err(_) => None,
        }
    }

    /// Returns the DER of the record with one more ArchiveTimeStamp. The token is over the root that the way leads to
    /// from [`renewal_leaf`](Self::renewal_leaf). The existing octets do not change.
    ///
    /// # Errors
    /// `InvalidValue` when the algorithm of the chain is not offered here.
    pub fn renewed(
        &self,
        renewal: Renewal,
        reduced: &ReducedHashTree,
        token: &TimeStampToken,
    ) -> Result<Vec<u8>, Error> {
        let not_offered =
            || Reader::new(&[], "ArchiveTimeStamp").error(ErrorKind::InvalidValue("digestAlgorithm here"));
        let algorithm = match renewal {
            Renewal::Timestamp => self.last_algorithm().ok_or_else(not_offered)?,
            Renewal::HashTree(algorithm) => algorithm,
        };
        let added = NewArchiveTimeStamp::of(reduced, algorithm, token).to_der();
        let mut chains: Vec<Vec<u8>> = self.chains.iter().map(|chain| chain.raw.to_vec()).collect();
        match renewal {
            Renewal::HashTree(_) => chains.push(writer::sequence(&[&added])),
            Renewal::Timestamp => {
                if let Some(last) = chains.last_mut() {
                    let inside = Reader::new(last, "ArchiveTimeStampChain").expect(Tag::SEQUENCE)?.value.to_vec();
                    *last = writer::sequence(&[&inside, &added]);
                }
            }
        }
        let mut algorithms: Vec<Vec<u8>> =
            self.digest_algorithms.iter().map(|algorithm| algorithm.raw.to_vec()).collect();
        if !self.digest_algorithms.iter().any(|listed| listed.oid == algorithm.oid()) {
            algorithms.push(writer::algorithm(algorithm.oid()));
        }
        let raw = |tlv: Option<Tlv<'_>>| tlv.map(|tlv| tlv.raw.to_vec()).unwrap_or_default();
        Ok(writer::sequence(&[
            &writer::small_integer(1),
            &writer::tlv(Tag::SEQUENCE, &algorithms.concat()),
            &raw(self.crypto_infos),
            &raw(self.encryption_info),
            &writer::tlv(Tag::SEQUENCE, &chains.concat()),
        ]))
    }
}

impl HashTree {
    /// Returns the DER of a new EvidenceRecord for one leaf, whose token is over the [root](Self::root). It is `None`
    /// when the digest is no leaf.
    pub fn evidence_record(&self, leaf: &Digest, token: &TimeStampToken) -> Option<Vec<u8>> {
        Some(self.reduced(leaf)?.to_evidence_record(self.algorithm(), token))
    }
}

/// Returns the digest of the ArchiveTimeStampSequence of these chains, of which no copy is made.
pub(super) fn sequence_digest<'a>(
    chains: impl Iterator<Item = &'a [u8]> + Clone,
    algorithm: DigestAlgorithm,
) -> Digest {
    let mut header = Vec::new();
    writer::push_header(&mut header, Tag::SEQUENCE, chains.clone().map(<[u8]>::len).sum());
    let mut hasher = algorithm.hasher();
    hasher.update(&header);
    chains.for_each(|chain| hasher.update(chain));
    hasher.finish()
}

/// Returns the leaf of a new hash tree: the digest of the object's digest and the sequence's, in this order (RFC 4998
/// §5.2). Another reading sorts the two, but no record is known that does.
pub(super) fn with_sequence(object: &Digest, sequence: &Digest) -> Digest {
    object.algorithm().digest(&[object.as_bytes(), sequence.as_bytes()].concat())
}
