//! Removes unsigned attributes from a SignedData, which gives the octets from before they were added.

use std::borrow::Cow;

use signed_data::tlv::{Oid, Reader, Tag};
use signed_data::{Error, ErrorKind, children, normalize};

use crate::asn1::writer;

/// Returns the ContentInfo, DER or BER, without the unsigned attributes that `goes` names by the index of their signer,
/// their own, and their type. The lengths around them adapt, and the `[1]` field goes when it gets empty; every other
/// octet stays as received, indefinite lengths included (RFC 4998 appendix A).
///
/// # Errors
/// The error of the coding.
pub(crate) fn without_attributes(
    received: &[u8],
    goes: &dyn Fn(usize, usize, Oid<'_>) -> bool,
) -> Result<Vec<u8>, Error> {
    // One look at the whole tells whether the ends of all elements are known from their headers.
    let split: Split = if let Cow::Borrowed(_) = normalize(received)? { definite_children } else { children };
    // ContentInfo, [0], SignedData, and the last field of each on the way down.
    inside_last(received, split, &|explicit| {
        inside_last(explicit, split, &|signed_data| {
            inside_last(signed_data, split, &|signer_infos| {
                let mut changed = Vec::new();
                for (index, signer_info) in split(signer_infos)?.into_iter().enumerate() {
                    changed.push(of_signer(signer_info, split, &|attribute, oid| goes(index, attribute, oid))?);
                }
                Ok(rebuilt(signer_infos, &changed))
            })
        })
    })
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

fn of_signer(signer_info: &[u8], split: Split, goes: &dyn Fn(usize, Oid<'_>) -> bool) -> Result<Vec<u8>, Error> {
    let mut fields = split(signer_info)?;
    let Some(unsigned) = fields.pop_if(|last| last.first() == Some(&Tag::context(1).0)) else {
        return Ok(signer_info.to_vec());
    };
    let mut kept = Vec::new();
    let attributes = split(unsigned)?;
    for (index, attribute) in attributes.iter().enumerate() {
        let oid = split(attribute)?.first().copied().unwrap_or_default();
        if !goes(index, Reader::new(oid, "Attribute.attrType").oid()?) {
            kept.push(*attribute);
        }
    }
    if kept.len() == attributes.len() {
        return Ok(signer_info.to_vec());
    }
    let changed = rebuilt(unsigned, &kept);
    if !kept.is_empty() {
        fields.push(&changed);
    }
    Ok(rebuilt(signer_info, &fields))
}

/// A function from an element to its replacement.
type Change<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, Error>;

/// Returns the same element with its last field changed.
fn inside_last(element: &[u8], split: Split, change: Change<'_>) -> Result<Vec<u8>, Error> {
    let mut fields = split(element)?;
    let changed = change(fields.pop().unwrap_or_default())?;
    fields.push(&changed);
    Ok(rebuilt(element, &fields))
}

/// Returns the same element with these fields inside; the form of its length stays.
fn rebuilt<T: AsRef<[u8]>>(element: &[u8], fields: &[T]) -> Vec<u8> {
    let tag = element.first().copied().unwrap_or_default();
    let fields: Vec<&[u8]> = fields.iter().map(AsRef::as_ref).collect();
    match element.get(1) {
        Some(0x80) => [&[tag, 0x80], fields.concat().as_slice(), &[0, 0]].concat(),
        _ => writer::concat(Tag(tag), &fields),
    }
}

/// Returns a ContentInfo in DER, as far as its tags tell the types inside: definite lengths, as short as possible, and
/// the SETs of SignedData and SignerInfo in order.
///
/// # Errors
/// The error of the coding.
pub(crate) fn to_der(received: &[u8]) -> Result<Vec<u8>, Error> {
    let definite: Cow<'_, [u8]> = normalize(received)?;
    let mut out = Vec::new();
    // The normaliser bounds the depth.
    push_der(&definite, 0, &mut out)?;
    Ok(out)
}

/// Fields under [0] and [1] are sets in SignedData, two levels down, and in SignerInfo, four levels down.
fn push_der(element: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    let tlv = Reader::new(element, "ContentInfo").any()?;
    if !tlv.tag.is_constructed() {
        writer::push_header(out, tlv.tag, tlv.value.len());
        out.extend_from_slice(tlv.value);
        return Ok(());
    }
    let mut fields = Vec::new();
    let mut reader = tlv.reader("ContentInfo");
    while !reader.is_empty() {
        let mut field = Vec::new();
        push_der(reader.any()?.raw, depth + 1, &mut field)?;
        fields.push(field);
    }
    let implicit = matches!(tlv.tag.0, 0xa0 | 0xa1) && matches!(depth, 3 | 5);
    if tlv.tag == Tag::SET || implicit {
        fields.sort();
    }
    writer::push_header(out, tlv.tag, fields.iter().map(Vec::len).sum());
    fields.iter().for_each(|field| out.extend_from_slice(field));
    Ok(())
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
                without_attributes(octets, &|signer, _, oid| signer == 1 && oid.as_bytes() == [number]).unwrap()
            };
            assert_eq!(without(&with(&[&a, &b]), 1), with(&[&b]));
            assert_eq!(without(&with(&[&a, &b]), 2), with(&[&a]));
            assert_eq!(without(&with(&[&a]), 1), with(&[]));
            assert_eq!(without(&with(&[&a]), 3), with(&[&a]));
            let second = without_attributes(&with(&[&a, &a]), &|_, index, _| index == 1).unwrap();
            assert_eq!(second, with(&[&a]));
            assert_eq!(to_der(&with(&[&b, &a])).unwrap(), cms(&[&a, &b], false));
        }
        assert!(without_attributes(&[0x30, 0], &|_, _, _| true).is_err());
    }
}
