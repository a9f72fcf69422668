//! This module writes DER.
//!
//! The typed structures of `cms` and `x509-cert` decode and re-encode what they carry. Certificates, algorithm
//! identifiers and tokens must keep the octets that were received, so this module builds elements from octets.

use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

/// Encodes an element with these contents.
pub(crate) fn tlv(tag: Tag, contents: &[u8]) -> Vec<u8> {
    concat(tag, &[contents])
}

/// Encodes an element whose contents are these octet strings in this order.
pub(crate) fn concat(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    push_header(&mut out, tag, length);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// Appends the identifier and length octets of an element with `length` contents octets.
pub(crate) fn push_header(out: &mut Vec<u8>, tag: Tag, length: usize) {
    out.push(tag.0);
    if length < 0x80 {
        out.extend(u8::try_from(length));
    } else {
        let octets = length.to_be_bytes();
        let significant = octets.get(octets.len() - length_octets(length)..).unwrap_or_default();
        out.extend(u8::try_from(significant.len()).map(|count| 0x80 | count));
        out.extend_from_slice(significant);
    }
}

/// Appends an element with these contents.
pub(crate) fn push(out: &mut Vec<u8>, tag: Tag, contents: &[u8]) {
    push_header(out, tag, contents.len());
    out.extend_from_slice(contents);
}

/// Returns the encoded length of an element with `contents` contents octets.
pub(crate) fn len(contents: usize) -> usize {
    contents + 2 + if contents < 0x80 { 0 } else { length_octets(contents) }
}

/// Returns the number of octets that hold a length in the long form, without the octet that counts them.
fn length_octets(length: usize) -> usize {
    (1..size_of::<usize>()).find(|octets| length >> (8 * octets) == 0).unwrap_or(size_of::<usize>())
}

/// Encodes a SEQUENCE of these elements in this order.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    concat(Tag::SEQUENCE, parts)
}

/// Encodes a SET OF these elements in the order that DER requires. `tag` is SET or an implicit tag that replaces it.
pub(crate) fn set_of<E: AsRef<[u8]> + Ord>(tag: Tag, mut elements: Vec<E>) -> Vec<u8> {
    elements.sort_unstable();
    let length = elements.iter().map(|element| element.as_ref().len()).sum();
    let mut out = Vec::with_capacity(len(length));
    push_header(&mut out, tag, length);
    elements.iter().for_each(|element| out.extend_from_slice(element.as_ref()));
    out
}

pub(crate) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(Tag::OBJECT_IDENTIFIER, oid.as_bytes())
}

pub(crate) fn octet_string(octets: &[u8]) -> Vec<u8> {
    tlv(Tag::OCTET_STRING, octets)
}

/// Encodes an INTEGER with a small value.
pub(crate) fn small_integer(value: u8) -> Vec<u8> {
    unsigned_integer(&[value])
}

/// Encodes an INTEGER from the octets of a non-negative number, most significant first.
pub(crate) fn unsigned_integer(magnitude: &[u8]) -> Vec<u8> {
    let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
    let significant = magnitude.get(zeros..).unwrap_or_default();
    match significant.first() {
        Some(first) if first & 0x80 == 0 => tlv(Tag::INTEGER, significant),
        _ => concat(Tag::INTEGER, &[&[0], significant]),
    }
}

/// Encodes an AlgorithmIdentifier without parameters.
pub(crate) fn algorithm(algorithm: ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(algorithm)])
}

/// Encodes an AlgorithmIdentifier with NULL parameters.
pub(crate) fn algorithm_null(algorithm: ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(algorithm), &[0x05, 0x00]])
}
