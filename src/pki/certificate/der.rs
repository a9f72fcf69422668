//! This module checks that octets of a certificate are DER.
//!
//! The certificate reader accepts more, because signatures by others contain more. Other software also reads the
//! certificates of a path, so their octets must have only one reading.

use signed_data::tlv::{Reader, Tag, Tlv};

/// The maximum depth of nested elements. A certificate has some ten, and names within qualifiers may have a few more.
const MAX_DEPTH: usize = 32;

/// The bit of an identifier octet that marks the constructed encoding.
const CONSTRUCTED: u8 = 0x20;

/// Returns true if octets are elements in DER.
pub(super) fn is_der(octets: &[u8]) -> bool {
    are_der(&mut Reader::new(octets, "certificate"), MAX_DEPTH)
}

fn are_der(reader: &mut Reader<'_>, depth: usize) -> bool {
    while !reader.is_empty() {
        let Ok(element) = reader.any() else { return false };
        if !element.is_der_header() || !is_der_value(element, depth) {
            return false;
        }
    }
    true
}

/// Returns true if a value is DER, and looks into every constructed element.
fn is_der_value(element: Tlv<'_>, depth: usize) -> bool {
    if !is_der_form(element.tag) {
        return false;
    }
    match element.tag {
        Tag::BOOLEAN => matches!(element.value, [0 | 0xff]),
        // RFC 5280 §4.1.2.5 requires seconds and forbids fractions. The certificate reader has checked the digits.
        Tag::UTC_TIME => element.value.len() == 13,
        Tag::GENERALIZED_TIME => element.value.len() == 15,
        tag if tag.0 & CONSTRUCTED != 0 => {
            depth > 0 && are_der(&mut element.reader("Certificate"), depth.saturating_sub(1))
        }
        _ => true,
    }
}

/// Returns true if a universal type has the form that DER gives it. Strings are never in pieces (X.690 §10.2), because those
/// who put the pieces together and those who do not would read two values.
fn is_der_form(tag: Tag) -> bool {
    const CLASS: u8 = 0xc0;
    const PRIMITIVE_SEQUENCE_AND_SET: [u8; 2] = [0x10, 0x11];
    let is_constructed = tag.0 & CONSTRUCTED != 0;
    tag.0 & CLASS != 0
        || if is_constructed {
            matches!(tag, Tag::SEQUENCE | Tag::SET)
        } else {
            !PRIMITIVE_SEQUENCE_AND_SET.contains(&tag.0)
        }
}
