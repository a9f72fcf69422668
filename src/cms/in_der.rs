//! Brings a SignedData into DER, and copies nothing that is in DER already.

use core::ops::Range;

use signed_data::tlv::{Oid, Reader, Tag};
use signed_data::{Error, ErrorKind, limits};

use super::strip::{Pieces, is_der_element, push_der};

/// How deep an element may lie whose parts are looked at one by one: the values of attributes lie below. Deeper down what is
/// not in DER is copied as a whole.
const MAX_DEPTH: usize = 6;

/// The way from a ContentInfo to the unsigned attributes of each signer.
#[derive(Clone, Copy)]
enum Way {
    /// ContentInfo, its content, SignedData, and signerInfos.
    Down,
    Signer(usize),
    UnsignedAttributes(usize),
    Aside,
}

/// Returns a ContentInfo of definite lengths in DER, as far as its tags tell the types inside: lengths as short as possible,
/// and the SETs of SignedData and SignerInfo in order. The unsigned attributes are left out that `goes` names by the index
/// of their signer, their own, and their type.
///
/// # Errors
/// The error of the coding; `Limit` for a SET of very many elements that are not in order.
pub(crate) fn der_without_attributes<'a>(
    definite: &'a [u8],
    goes: &dyn Fn(usize, usize, Oid<'_>) -> bool,
) -> Result<Pieces<'a>, Error> {
    Ok(in_der(definite, 0, Way::Down, goes)?.unwrap_or_default())
}

/// Returns an element in DER, or `None` if it gets empty because of what goes.
fn in_der<'a>(
    element: &'a [u8],
    depth: usize,
    way: Way,
    goes: &dyn Fn(usize, usize, Oid<'_>) -> bool,
) -> Result<Option<Pieces<'a>>, Error> {
    let tlv = Reader::new(element, "ContentInfo").any()?;
    if !tlv.tag.is_constructed() || (matches!(way, Way::Aside) && depth > MAX_DEPTH) {
        let mut out = Vec::new();
        push_der(element, depth, &mut out)?;
        return Ok(Some(Pieces::of(out)));
    }
    let implicit = matches!(tlv.tag.0, 0xa0 | 0xa1) && matches!(depth, 3 | 5);
    let mut fields = Fields { is_set: tlv.tag == Tag::SET || implicit, contents: tlv.value, ..Fields::default() };
    let (mut reader, mut index, mut gone) = (tlv.reader("ContentInfo"), 0, 0_usize);
    while !reader.is_empty() {
        let field = reader.any()?;
        let is_last = reader.is_empty();
        let of_field = match way {
            Way::Down if depth == 3 => Way::Signer(index),
            Way::Down if is_last => Way::Down,
            Way::Signer(signer) if is_last && field.tag == Tag::context(1) => Way::UnsignedAttributes(signer),
            Way::UnsignedAttributes(signer) if goes(signer, index, field.reader("Attribute.attrType").oid()?) => {
                gone += 1;
                index += 1;
                continue;
            }
            Way::Down | Way::Signer(_) | Way::UnsignedAttributes(_) | Way::Aside => Way::Aside,
        };
        index += 1;
        if matches!(of_field, Way::Aside) && is_der_element(field.raw, depth + 1).is_some() {
            fields.push_unchanged(field.raw, &reader)?;
        } else if let Some(pieces) = in_der(field.raw, depth + 1, of_field, goes)? {
            fields.push(pieces, &reader)?;
        }
    }
    let inside = fields.into_pieces();
    Ok((gone == 0 || !inside.is_empty()).then(|| inside.within(tlv.tag)))
}

/// The fields of an element, those of a SET apart, so that they can be put into order.
#[derive(Default)]
struct Fields<'a> {
    is_set: bool,
    contents: &'a [u8],
    /// Fields one after the other that stay as they are, in octets of the contents.
    unchanged: Range<usize>,
    inside: Pieces<'a>,
    of_set: Vec<Pieces<'a>>,
}

impl<'a> Fields<'a> {
    fn push_unchanged(&mut self, field: &'a [u8], reader: &Reader<'_>) -> Result<(), Error> {
        if self.is_set {
            return self.push(Pieces::of(field), reader);
        }
        let end = self.contents.len().saturating_sub(reader.remaining().len());
        let start = end.saturating_sub(field.len());
        if start != self.unchanged.end {
            self.flush();
            self.unchanged.start = start;
        }
        self.unchanged.end = end;
        Ok(())
    }

    fn flush(&mut self) {
        let unchanged = self.contents.get(self.unchanged.clone()).filter(|octets| !octets.is_empty());
        unchanged.into_iter().for_each(|octets| self.inside.extend(Pieces::of(octets)));
        self.unchanged = self.unchanged.end..self.unchanged.end;
    }

    fn push(&mut self, field: Pieces<'a>, reader: &Reader<'_>) -> Result<(), Error> {
        if !self.is_set {
            self.flush();
            self.inside.extend(field);
        } else if self.of_set.len() < limits::MAX_ELEMENTS {
            self.of_set.push(field);
        } else {
            let kind = ErrorKind::Limit { what: "elements of a SET", limit: limits::MAX_ELEMENTS };
            return Err(reader.error(kind));
        }
        Ok(())
    }

    fn into_pieces(mut self) -> Pieces<'a> {
        self.flush();
        self.of_set.sort_by(Pieces::compare);
        self.of_set.into_iter().for_each(|field| self.inside.extend(field));
        self.inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{oid, writer};
    use crate::cms::strip::to_der;

    /// A ContentInfo with certificates and with two signers of some unsigned attributes, all in this order.
    fn cms(certificates: &[&[u8]], attributes: &[&[u8]]) -> Vec<u8> {
        let signer = |number: u8| {
            let unsigned = writer::concat(Tag::context(1), attributes);
            writer::sequence(&[&[2, 1, number], &writer::sequence(&[&[2, 1, 1]]), &unsigned])
        };
        let signers = writer::concat(Tag::SET, &[&signer(3), &signer(1)]);
        let certificates = writer::concat(Tag::context(0), certificates);
        let signed_data = writer::sequence(&[&[2, 1, 1], &certificates, &signers]);
        writer::sequence(&[&writer::oid(oid::SIGNED_DATA), &writer::concat(Tag::context(0), &[&signed_data])])
    }

    fn attribute(number: u8, value: &[u8]) -> Vec<u8> {
        writer::sequence(&[&[0x06, 1, number], &writer::concat(Tag::SET, &[value])])
    }

    #[test]
    fn what_is_left_is_the_same_as_when_all_is_copied() {
        // Lengths that are too long at several depths, SETs out of order, and what is in DER between them.
        let long: &[u8] = &[0x04, 0x81, 1, 7];
        let deep =
            writer::sequence(&[&[5, 0], &writer::sequence(&[&writer::concat(Tag::SET, &[&[5, 0], long, &[1, 1, 0]])])]);
        let [a, b, c] = [attribute(1, long), attribute(2, &deep), attribute(3, &[5, 0])];
        let certificate = writer::sequence(&[&[2, 1, 1], &[5, 0], long, &[5, 0], &[5, 0]]);
        for attributes in [[&*a, &b, &c], [&c, &b, &a], [&b, &c, &a]] {
            for certificates in [[&*certificate, &[0x30, 0]], [&[0x30, 0], &[0x30, 0]]] {
                let file = cms(&certificates, &attributes);
                for gone in 0..=3 {
                    let goes = |oid: Oid<'_>| oid.as_bytes() == [gone];
                    let left: Vec<&[u8]> = attributes.iter().copied().filter(|octets| octets[4] != gone).collect();
                    let pieces = der_without_attributes(&file, &|_, _, oid| goes(oid)).unwrap();
                    assert_eq!(pieces.to_vec(), to_der(&cms(&certificates, &left)).unwrap());
                }
            }
        }
        // The field of unsigned attributes goes with the last of them, of one signer alone.
        let file = cms(&[], &[&c]);
        let pieces = der_without_attributes(&file, &|signer, _, _| signer == 1).unwrap();
        let plain = writer::sequence(&[&[2, 1, 1], &writer::sequence(&[&[2, 1, 1]])]);
        assert!(pieces.to_vec().windows(plain.len()).any(|window| window == plain));
    }
}
