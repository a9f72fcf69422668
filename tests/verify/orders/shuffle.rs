//! Another order of what nobody signed, in a signature and in an evidence record.

use recommande::time::record::EvidenceRecord;

use crate::common::der::{self, Body, Node};
use crate::common::oid;

/// A generator of numbers that gives the same ones at every run (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap() % limit.max(1)
    }

    pub(super) fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    pub(super) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.below(index + 1));
        }
    }
}

/// The same things in another order.
pub(super) fn shuffled_list<T: Clone>(list: &[T], random: &mut Random) -> Vec<T> {
    let mut list = list.to_vec();
    random.shuffle(&mut list);
    list
}

/// The signature, timestamp or evidence record with everything in another order that nobody signed, or `None` where
/// there is no such thing.
pub(super) fn shuffled(file: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    if EvidenceRecord::parse(file).is_ok() {
        return shuffled_record(file, random);
    }
    let parsed = signed_data::SignedData::parse(file).ok()?;
    let unsigned = || parsed.signer_infos.iter().filter_map(|signer| signer.unsigned_attributes.as_ref());
    let number = |wanted| unsigned().map(|attributes| attributes.find(wanted).count()).sum::<usize>();
    let mut tree = parsed_whole(file)?;
    match number(oid::EVIDENCE_RECORD_INTERNAL) + number(oid::EVIDENCE_RECORD_EXTERNAL) {
        0 => {
            // An archive timestamp lists the values of the attributes by their digests, and only the last one is not
            // listed itself.
            let within = match number(oid::ARCHIVE_TIME_STAMP_V3) {
                0 => Within::Tokens,
                1 => Within::LastArchive,
                _ => Within::Fields,
            };
            shuffle_content_info(&mut tree, within, random);
        }
        // A record is over the whole file, and may be over the other records.
        records => shuffle_records_inside(&mut tree, records == 1, random),
    }
    Some(tree.to_der())
}

/// The tree of a file in DER.
fn parsed_whole(file: &[u8]) -> Option<Node> {
    let tree = Node::parse(file);
    (tree.to_der() == file).then_some(tree)
}

/// How deep the order is free.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Fields and attributes, and not the values of attributes.
    Fields,
    /// The same, and within the token of the only archive timestamp.
    LastArchive,
    /// Tokens and the lists in attributes as well.
    Tokens,
}

fn shuffle_content_info(tree: &mut Node, within: Within, random: &mut Random) {
    let signed_data = tree.at_mut(&[1, 0]).children_mut();
    let number = signed_data.len();
    // digestAlgorithms, certificates and crls.
    let fields = signed_data.iter_mut().take(number - 1).enumerate();
    for (_, field) in fields.filter(|(place, _)| *place == 1 || *place > 2) {
        shuffle_children(field, random);
    }
    for unsigned in unsigned_attributes(tree) {
        shuffle_attributes(unsigned, within, random);
    }
}

/// The unsigned attributes of each signer.
fn unsigned_attributes(tree: &mut Node) -> impl Iterator<Item = &mut Node> {
    let signer_infos = tree.at_mut(&[1, 0]).children_mut().last_mut().expect("signerInfos").children_mut();
    signer_infos
        .iter_mut()
        .filter_map(|signer_info| signer_info.children_mut().iter_mut().skip(4).find(|field| field.tag == 0xa1))
}

fn is_of(attribute: &Node, kind: const_oid::ObjectIdentifier) -> bool {
    *attribute.at(&[0]) == der::oid(kind)
}

fn shuffle_attributes(attributes: &mut Node, within: Within, random: &mut Random) {
    random.shuffle(attributes.children_mut());
    for attribute in attributes.children_mut() {
        let is_token = match within {
            Within::Tokens => is_of(attribute, oid::SIGNATURE_TIME_STAMP),
            Within::LastArchive => is_of(attribute, oid::ARCHIVE_TIME_STAMP_V3),
            Within::Fields => false,
        };
        let is_list = is_of(attribute, oid::CERTIFICATE_VALUES);
        let is_of_lists = is_of(attribute, oid::REVOCATION_VALUES);
        let values = attribute.at_mut(&[1]).children_mut();
        random.shuffle(values);
        for value in values.iter_mut().filter(|_| within != Within::Fields) {
            if is_token && signed_data::SignedData::parse(&value.to_der()).is_ok() {
                shuffle_content_info(value, Within::Tokens, random);
            }
            if within == Within::LastArchive {
                continue;
            }
            if is_list {
                shuffle_children(value, random);
            }
            for list in value.children_iter_mut().filter(|_| is_of_lists).flat_map(Node::children_iter_mut) {
                shuffle_children(list, random);
            }
        }
    }
}

fn shuffle_children(node: &mut Node, random: &mut Random) {
    if let Body::Children(children) = &mut node.body {
        random.shuffle(children);
    }
}

/// An evidence record with another order in its algorithms, its cryptoInfos, the hashes of its last chain, and its last
/// token. Everything else is covered by what comes later.
fn shuffled_record(record: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut tree = parsed_whole(record)?;
    shuffle_record(&mut tree, random);
    Some(tree.to_der())
}

fn shuffle_record(record: &mut Node, random: &mut Random) {
    shuffle_children(record.at_mut(&[1]), random);
    if let Some(crypto_infos) = record.children_mut().iter_mut().find(|field| field.tag == 0xa0) {
        shuffle_attributes(crypto_infos, Within::Tokens, random);
    }
    let chains = record.children_mut().last_mut().expect("archiveTimeStampSequence");
    let last = chains.children_mut().last_mut().expect("a chain").children_mut();
    for archive_time_stamp in last.iter_mut() {
        // The hashes of a list are sorted before they are hashed (RFC 4998 §4.2), and a renewal is over the token alone.
        for hashes in archive_time_stamp.children_mut().iter_mut().filter(|field| field.tag == 0xa2) {
            hashes.children_mut().iter_mut().for_each(|list| shuffle_children(list, random));
        }
    }
    let token = last.last_mut().and_then(|last| last.children_mut().last_mut()).expect("a token");
    if signed_data::SignedData::parse(&token.to_der()).is_ok() {
        shuffle_content_info(token, Within::Tokens, random);
    }
}

/// The records of a file, one of which may be inside another place among the attributes, whose own order is signed.
fn shuffle_records_inside(tree: &mut Node, is_alone: bool, random: &mut Random) {
    for unsigned in unsigned_attributes(tree) {
        let attributes = unsigned.children_mut();
        let (mut records, mut others): (Vec<Node>, Vec<Node>) =
            std::mem::take(attributes).into_iter().partition(|attribute| {
                is_of(attribute, oid::EVIDENCE_RECORD_INTERNAL) || is_of(attribute, oid::EVIDENCE_RECORD_EXTERNAL)
            });
        for attribute in &mut records {
            let values = attribute.at_mut(&[1]).children_mut();
            random.shuffle(values);
            for value in values.iter_mut().filter(|value| is_alone && EvidenceRecord::parse(&value.to_der()).is_ok()) {
                shuffle_record(value, random);
            }
        }
        random.shuffle(&mut records);
        for record in records {
            others.insert(random.below(others.len() + 1), record);
        }
        *attributes = others;
    }
}
