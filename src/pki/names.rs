//! Distinguished names: comparing them and reading their values (RFC 5280 §4.1.2.4, §7.1).

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Oid, Reader, Tag, Tlv};

/// T61String (Teletex): no current certificate should have it, many old ones do.
const TELETEX_STRING: Tag = Tag(0x14);
/// UniversalString: four octets a character.
const UNIVERSAL_STRING: Tag = Tag(0x1c);
/// BMPString: two octets a character.
const BMP_STRING: Tag = Tag(0x1e);
/// NumericString.
const NUMERIC_STRING: Tag = Tag(0x12);

/// A Name in a form in which names that may be the same are equal octet strings.
///
/// It is more generous than RFC 5280 §7.1 needs (case, runs of spaces, string types): it finds issuers; whether a
/// certificate's issuer really is the other's subject is for the path validator to say. A Name that cannot be read is
/// its own key.
pub(super) fn search_key(name: &[u8]) -> Vec<u8> {
    read_key(name).unwrap_or_else(|| name.to_vec())
}

fn read_key(name: &[u8]) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(name.len());
    for rdn in relative_names(name)? {
        let mut attributes = Vec::new();
        for (oid, value) in rdn {
            let mut attribute = oid.as_bytes().to_vec();
            attribute.push(b'=');
            match text(value) {
                Some(text) => attribute.extend_from_slice(folded(&text).as_bytes()),
                None => attribute.extend_from_slice(value.raw),
            }
            attributes.push(attribute);
        }
        attributes.sort();
        for attribute in attributes {
            // Lengths in front, so that no value can look like a boundary.
            key.extend_from_slice(&attribute.len().to_be_bytes());
            key.extend_from_slice(&attribute);
        }
        key.push(b'/');
    }
    Some(key)
}

fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// The values of one attribute of a Name, in order, as text. Values of other than string types are left out.
pub(super) fn values(name: &[u8], attribute: ObjectIdentifier) -> Vec<String> {
    let attributes = relative_names(name).unwrap_or_default().into_iter().flatten();
    attributes.filter(|(oid, _)| *oid == attribute).filter_map(|(_, value)| text(value)).collect()
}

type RelativeName<'a> = Vec<(Oid<'a>, Tlv<'a>)>;

/// ```text
/// Name ::= CHOICE { rdnSequence SEQUENCE OF RelativeDistinguishedName }
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// AttributeTypeAndValue ::= SEQUENCE { type AttributeType, value AttributeValue }
/// ```
fn relative_names(name: &[u8]) -> Option<Vec<RelativeName<'_>>> {
    let mut outer = Reader::new(name, "Name");
    let mut sequence = outer.expect(Tag::SEQUENCE).ok()?.reader("Name");
    outer.finish().ok()?;
    let mut names = Vec::new();
    while !sequence.is_empty() {
        let mut set = sequence.expect(Tag::SET).ok()?.reader("RelativeDistinguishedName");
        let mut rdn = Vec::new();
        while !set.is_empty() {
            let mut attribute = set.expect(Tag::SEQUENCE).ok()?.reader("AttributeTypeAndValue");
            let (oid, value) = (attribute.oid().ok()?, attribute.any().ok()?);
            attribute.finish().ok()?;
            rdn.push((oid, value));
        }
        names.push(rdn);
    }
    Some(names)
}

/// The text of a DirectoryString or IA5String.
fn text(value: Tlv<'_>) -> Option<String> {
    match value.tag {
        Tag::UTF8_STRING => String::from_utf8(value.value.to_vec()).ok(),
        Tag::PRINTABLE_STRING | Tag::IA5_STRING | NUMERIC_STRING => {
            value.value.is_ascii().then(|| String::from_utf8_lossy(value.value).into_owned())
        }
        // Real certificates hold Latin-1 in it, whatever T.61 says.
        TELETEX_STRING => Some(value.value.iter().copied().map(char::from).collect()),
        BMP_STRING => {
            let units = value
                .value
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
            value.value.len().is_multiple_of(2).then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok())?
        }
        UNIVERSAL_STRING => {
            let points = value
                .value
                .chunks_exact(4)
                .map(|four| four.iter().fold(0, |point, octet| point << 8 | u32::from(*octet)));
            value.value.len().is_multiple_of(4).then(|| points.map(char::from_u32).collect::<Option<_>>())?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{oid, writer};

    fn name(values: &[(Tag, &[u8])]) -> Vec<u8> {
        let rdns: Vec<_> = values
            .iter()
            .map(|(tag, value)| {
                let attribute = writer::sequence(&[&writer::oid(oid::COMMON_NAME), &writer::tlv(*tag, value)]);
                writer::tlv(Tag::SET, &attribute)
            })
            .collect();
        writer::tlv(Tag::SEQUENCE, &rdns.concat())
    }

    #[test]
    fn names_that_differ_in_case_spaces_and_string_type_are_found() {
        let plain = search_key(&name(&[(Tag::PRINTABLE_STRING, b"Good CA")]));
        assert_eq!(plain, search_key(&name(&[(Tag::UTF8_STRING, b" good   ca ")])));
        assert_eq!(plain, search_key(&name(&[(BMP_STRING, b"\0G\0o\0o\0d\0 \0C\0A")])));
        assert_ne!(plain, search_key(&name(&[(Tag::UTF8_STRING, b"goodca")])));
        assert_ne!(plain, search_key(&name(&[(Tag::UTF8_STRING, b"good"), (Tag::UTF8_STRING, b"ca")])));
    }

    #[test]
    fn values_are_read_in_every_string_type_and_garbage_is_left_out() {
        let name = name(&[
            (Tag::UTF8_STRING, "Ré".as_bytes()),
            (TELETEX_STRING, b"R\xe9"),
            (BMP_STRING, b"\0R\0\xe9"),
            (UNIVERSAL_STRING, b"\0\0\0R\0\0\0\xe9"),
            (Tag::UTF8_STRING, b"\xff"),
            (BMP_STRING, b"\0"),
            (Tag::OCTET_STRING, b"R"),
        ]);
        assert_eq!(values(&name, oid::COMMON_NAME), ["Ré"; 4]);
        assert!(values(b"\x30\x05", oid::COMMON_NAME).is_empty());
    }
}
