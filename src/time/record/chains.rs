//! Writes an evidence record chain by chain, for an object of a group whose trees and tokens are kept apart.

use std::iter;

use rfc3161_client::TimeStampToken;

use super::ReducedHashTree;
use super::write::{NewArchiveTimeStamp, sequence_digest, with_sequence};
use crate::asn1::writer;
use crate::crypto::{Digest, DigestAlgorithm};
use signed_data::tlv::Tag;

/// The record of one object, as far as it is written.
#[derive(Default)]
pub(crate) struct RecordChains {
    algorithms: Vec<DigestAlgorithm>,
    chains: Vec<u8>,
}

impl RecordChains {
    /// Returns the leaf of the object in the tree of the next chain: its digest, and from the second chain on together with
    /// the chains before ([RFC 4998 §5.2](https://www.rfc-editor.org/rfc/rfc4998#section-5.2)).
    pub(crate) fn leaf(&self, object: &Digest) -> Digest {
        if self.chains.is_empty() {
            return *object;
        }
        with_sequence(object, &sequence_digest(iter::once(&*self.chains), object.algorithm()))
    }

    /// Adds a chain: its first ArchiveTimeStamp with the way from the leaf to the root, and one for each further token,
    /// over the one before.
    pub(crate) fn push(&mut self, leaf: &Digest, reduced: ReducedHashTree, tokens: &[TimeStampToken]) {
        let algorithm = leaf.algorithm();
        let reduced = if self.chains.is_empty() { reduced } else { reduced.of_later_chain(leaf) };
        let without = ReducedHashTree::default();
        let stamps = || {
            let ways = iter::once(&reduced).chain(iter::repeat(&without));
            ways.zip(tokens).map(|(way, token)| NewArchiveTimeStamp::of(way, algorithm, token))
        };
        let length = stamps().map(|stamp| stamp.length()).sum();
        self.chains.reserve(writer::len(length));
        writer::push_header(&mut self.chains, Tag::SEQUENCE, length);
        stamps().for_each(|stamp| stamp.push(&mut self.chains));
        if !self.algorithms.contains(&algorithm) {
            self.algorithms.push(algorithm);
        }
    }

    /// Returns the DER of the record.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let algorithms: Vec<u8> =
            self.algorithms.iter().flat_map(|algorithm| writer::algorithm(algorithm.oid())).collect();
        writer::sequence(&[
            &writer::small_integer(1),
            &writer::tlv(Tag::SEQUENCE, &algorithms),
            &writer::tlv(Tag::SEQUENCE, &self.chains),
        ])
    }
}
