//! Removes unsigned attributes from a SignedData, which gives the octets from before they were added.

use core::cmp::Ordering;
use std::borrow::Cow;

use signed_data::tlv::{Oid, Reader, Tag};
use signed_data::{Error, ErrorKind, children};

use crate::asn1::writer;
use crate::crypto::{Digest, DigestAlgorithm};

/// The octets of a file in pieces: most of them as they were received, and the headers that changed.
///
/// A file is hashed in several forms, and a copy of each would take its size in memory.
#[derive(Default)]
pub(crate) struct Pieces<'a> {
    pieces: Vec<Cow<'a, [u8]>>,
    length: usize,
}

impl<'a> Pieces<'a> {
    fn push(&mut self, piece: impl Into<Cow<'a, [u8]>>) {
        let piece = piece.into();
        self.length = self.length.saturating_add(piece.len());
        self.pieces.push(piece);
    }

    pub(super) fn of(octets: impl Into<Cow<'a, [u8]>>) -> Self {
        let mut pieces = Self::default();
        pieces.push(octets);
        pieces
    }

    pub(super) fn extend(&mut self, pieces: Self) {
        pieces.pieces.into_iter().for_each(|piece| self.push(piece));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns these octets as the contents of an element with this tag, in DER.
    pub(super) fn within(self, tag: Tag) -> Self {
        let mut header = Vec::new();
        writer::push_header(&mut header, tag, self.length);
        let mut pieces = Self::of(header);
        pieces.extend(self);
        pieces
    }

    /// Compares the octets.
    pub(super) fn compare(&self, with: &Self) -> Ordering {
        match (&*self.pieces, &*with.pieces) {
            ([left], [right]) => left.cmp(right),
            (left, right) => {
                left.iter().flat_map(|piece| piece.iter()).cmp(right.iter().flat_map(|piece| piece.iter()))
            }
        }
    }

    /// Returns the digest of the octets.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Digest {
        let mut hasher = algorithm.hasher();
        self.pieces.iter().for_each(|piece| hasher.update(piece));
        hasher.finish()
    }

    /// Returns the octets.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.pieces.concat()
    }
}

/// Returns the ContentInfo, DER or BER, without the unsigned attributes that `goes` names by the index of their signer,
/// their own, and their type. The lengths around them adapt, and the `[1]` field goes when it gets empty; every other
/// octet stays as received, indefinite lengths included (RFC 4998 appendix A).
///
/// # Errors
/// The error of the coding.
pub(crate) fn without_attributes<'a>(
    received: &'a [u8],
    lengths: Lengths,
    goes: &dyn Fn(usize, usize, Oid<'_>) -> bool,
) -> Result<Pieces<'a>, Error> {
    let split: Split = match lengths {
        Lengths::Definite => definite_children,
        Lengths::Any => children,
    };
    // ContentInfo, [0], SignedData, and the last field of each on the way down.
    inside_last(received, split, &|explicit| {
        inside_last(explicit, split, &|signed_data| {
            inside_last(signed_data, split, &|signer_infos| {
                let mut changed = Pieces::default();
                for (index, signer_info) in split(signer_infos)?.into_iter().enumerate() {
                    changed.extend(of_signer(signer_info, split, &|attribute, oid| goes(index, attribute, oid))?);
                }
                Ok(rebuilt(signer_infos, changed))
            })
        })
    })
}

/// Whether the ends of all elements are known from their headers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lengths {
    Definite,
    Any,
}

/// A function from a constructed element to the elements inside it.
type Split = fn(&[u8]) -> Result<Vec<&[u8]>, Error>;

/// Splits an element in which all lengths are definite, as [`children`] does.
fn definite_children(element: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let tlv = Reader::new(element, "ContentInfo").any()?;
    let mut reader = tlv.reader("ContentInfo");
    if !tlv.tag.is_constructed() {
        return Err(reader.error(ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found: tlv.tag.0 }));
    }
    let mut fields = Vec::new();
    while !reader.is_empty() {
        fields.push(reader.any()?.raw);
    }
    Ok(fields)
}

fn of_signer<'a>(
    signer_info: &'a [u8],
    split: Split,
    goes: &dyn Fn(usize, Oid<'_>) -> bool,
) -> Result<Pieces<'a>, Error> {
    let mut whole = Pieces::default();
    whole.push(signer_info);
    let mut fields = split(signer_info)?;
    let Some(unsigned) = fields.pop_if(|last| last.first() == Some(&Tag::context(1).0)) else {
        return Ok(whole);
    };
    let mut kept = Pieces::default();
    let attributes = split(unsigned)?;
    for (index, attribute) in attributes.iter().enumerate() {
        let oid = split(attribute)?.first().copied().unwrap_or_default();
        if !goes(index, Reader::new(oid, "Attribute.attrType").oid()?) {
            kept.push(*attribute);
        }
    }
    if kept.pieces.len() == attributes.len() {
        return Ok(whole);
    }
    let mut inside = Pieces::default();
    fields.into_iter().for_each(|field| inside.push(field));
    if !kept.pieces.is_empty() {
        inside.extend(rebuilt(unsigned, kept));
    }
    Ok(rebuilt(signer_info, inside))
}

/// A function from an element to its replacement.
type Change<'c, 'a> = &'c dyn Fn(&'a [u8]) -> Result<Pieces<'a>, Error>;

/// Returns the same element with its last field changed.
fn inside_last<'a>(element: &'a [u8], split: Split, change: Change<'_, 'a>) -> Result<Pieces<'a>, Error> {
    let mut fields = split(element)?;
    let changed = change(fields.pop().unwrap_or_default())?;
    let mut inside = Pieces::default();
    fields.into_iter().for_each(|field| inside.push(field));
    inside.extend(changed);
    Ok(rebuilt(element, inside))
}

/// Returns the same element with these fields inside; the form of its length stays.
fn rebuilt<'a>(element: &'a [u8], inside: Pieces<'a>) -> Pieces<'a> {
    let tag = element.first().copied().unwrap_or_default();
    let is_indefinite = element.get(1) == Some(&0x80);
    let mut header = Vec::new();
    if is_indefinite {
        header.extend([tag, 0x80]);
    } else {
        writer::push_header(&mut header, Tag(tag), inside.length);
    }
    let mut pieces = Pieces::default();
    pieces.push(header);
    pieces.extend(inside);
    if is_indefinite {
        pieces.push(vec![0, 0]);
    }
    pieces
}

/// The most fields of one SET that are brought into order.
const MAX_SORTED: usize = signed_data::limits::MAX_TOTAL_ELEMENTS;

/// Returns a ContentInfo in DER, as far as its tags tell the types inside: definite lengths, as short as possible, and
/// the SETs of SignedData and SignerInfo in order.
///
/// # Errors
/// The error of the coding; `Limit` for a SET of very many elements that are not in order.
#[cfg(test)]
pub(crate) fn to_der(received: &[u8]) -> Result<Vec<u8>, Error> {
    let definite: Cow<'_, [u8]> = signed_data::normalize(received)?;
    let mut out = Vec::with_capacity(definite.len());
    // The normaliser bounds the depth.
    push_der(&definite, 0, &mut out)?;
    Ok(out)
}

/// Fields under [0] and [1] are sets in SignedData, two levels down, and in SignerInfo, four levels down.
pub(super) fn push_der(element: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    let tlv = Reader::new(element, "ContentInfo").any()?;
    if !tlv.tag.is_constructed() {
        writer::push_header(out, tlv.tag, tlv.value.len());
        out.extend_from_slice(tlv.value);
        return Ok(());
    }
    // Each octet is written once. The header is nearly always as long as that of the same length before.
    let start = out.len();
    writer::push_header(out, tlv.tag, tlv.value.len());
    let contents = out.len();
    let implicit = matches!(tlv.tag.0, 0xa0 | 0xa1) && matches!(depth, 3 | 5);
    let is_set = tlv.tag == Tag::SET || implicit;
    let (mut is_sorted, mut before) = (true, contents..contents);
    let mut reader = tlv.reader("ContentInfo");
    while !reader.is_empty() {
        let from = out.len();
        push_der(reader.any()?.raw, depth + 1, out)?;
        let field = from..out.len();
        is_sorted &= !is_set || out.get(before) <= out.get(field.clone());
        before = field;
    }
    if !is_sorted {
        sort(out, contents)?;
    }
    let mut header = Vec::new();
    writer::push_header(&mut header, tlv.tag, out.len().saturating_sub(contents));
    if out.get(start..contents) != Some(header.as_slice()) {
        out.splice(start..contents, header);
    }
    Ok(())
}

/// Sorts the elements from a place on.
fn sort(out: &mut Vec<u8>, from: usize) -> Result<(), Error> {
    let unsorted = out.split_off(from);
    let mut reader = Reader::new(&unsorted, "SET");
    let mut fields = Vec::new();
    while !reader.is_empty() {
        if fields.len() == MAX_SORTED {
            return Err(reader.error(ErrorKind::Limit { what: "elements of a SET", limit: MAX_SORTED }));
        }
        fields.push(reader.any()?.raw);
    }
    fields.sort_unstable();
    fields.iter().for_each(|field| out.extend_from_slice(field));
    Ok(())
}

/// Returns true if a ContentInfo is in DER, as far as its tags tell the types inside. It takes no memory.
pub(crate) fn is_der(received: &[u8]) -> bool {
    is_der_element(received, 0).is_some_and(|element| element.len() == received.len())
}

/// Returns the first element if it is in DER.
pub(super) fn is_der_element(octets: &[u8], depth: usize) -> Option<&[u8]> {
    let tlv = Reader::new(octets, "ContentInfo").any().ok()?;
    if !tlv.is_der_header() || depth > signed_data::limits::MAX_DEPTH || tlv.tag == Tag(0x24) {
        return None;
    }
    if tlv.tag.is_constructed() {
        let implicit = matches!(tlv.tag.0, 0xa0 | 0xa1) && matches!(depth, 3 | 5);
        let is_set = tlv.tag == Tag::SET || implicit;
        let (mut rest, mut before) = (tlv.value, None);
        while !rest.is_empty() {
            let element = is_der_element(rest, depth + 1)?;
            if is_set && before.is_some_and(|before| before > element) {
                return None;
            }
            before = Some(element);
            rest = rest.get(element.len()..)?;
        }
    }
    Some(tlv.raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::oid;

    fn attribute(number: u8) -> Vec<u8> {
        writer::sequence(&[&[0x06, 1, number], &[0x31, 0]])
    }

    /// Returns a SignedData of two signers with these unsigned attributes, its lengths definite or not.
    fn cms(attributes: &[&[u8]], indefinite: bool) -> Vec<u8> {
        let wrap = |tag: u8, inside: &[&[u8]]| match indefinite {
            true => [&[tag, 0x80], inside.concat().as_slice(), &[0, 0]].concat(),
            false => writer::concat(Tag(tag), inside),
        };
        let plain = wrap(0x30, &[&[2, 1, 1]]);
        let unsigned = if attributes.is_empty() { Vec::new() } else { wrap(0xa1, attributes) };
        let signer_infos = wrap(0x31, &[&plain, &wrap(0x30, &[&[2, 1, 3], &unsigned])]);
        let signed_data = wrap(0x30, &[&[2, 1, 1], &signer_infos]);
        wrap(0x30, &[&writer::oid(oid::SIGNED_DATA), &wrap(0xa0, &[&signed_data])])
    }

    #[test]
    fn what_was_there_before_an_attribute_is_there_again() {
        let (a, b) = (attribute(1), attribute(2));
        for indefinite in [false, true] {
            let with = |attributes: &[&[u8]]| cms(attributes, indefinite);
            let without = |octets: &[u8], number: u8| {
                without_attributes(octets, Lengths::Any, &|signer, _, oid| signer == 1 && oid.as_bytes() == [number])
                    .unwrap()
                    .to_vec()
            };
            assert_eq!(without(&with(&[&a, &b]), 1), with(&[&b]));
            assert_eq!(without(&with(&[&a, &b]), 2), with(&[&a]));
            assert_eq!(without(&with(&[&a]), 1), with(&[]));
            assert_eq!(without(&with(&[&a]), 3), with(&[&a]));
            let twice = with(&[&a, &a]);
            let second = without_attributes(&twice, Lengths::Any, &|_, index, _| index == 1).unwrap();
            assert_eq!(second.to_vec(), with(&[&a]));
            assert_eq!(second.digest(DigestAlgorithm::Sha256), DigestAlgorithm::Sha256.digest(&with(&[&a])));
            assert_eq!((is_der(&with(&[&a, &b])), is_der(&with(&[&b, &a]))), (!indefinite, false));
            assert_eq!(to_der(&with(&[&b, &a])).unwrap(), cms(&[&a, &b], false));
        }
        assert!(without_attributes(&[0x30, 0], Lengths::Any, &|_, _, _| true).is_err());
    }
}
