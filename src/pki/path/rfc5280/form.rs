//! Whether a certificate is in the form that RFC 5280 §4.1 gives it: DER, with readable names and whole seconds.
//!
//! Our reader takes more, because signatures by others hold more. What a path relies on is read by others too, and a
//! second reading of the same octets must not be another one.

use signed_data::tlv::{Reader, Tag, Tlv};

use crate::pki::certificate::Certificate;
use crate::pki::names::ComparableName;

/// Elements within elements. A certificate has some ten; names within qualifiers may have a few more.
const MAX_DEPTH: usize = 32;

/// Whether the certificate is DER as far as its own syntax goes; the values of extensions are checked where they are
/// processed.
pub(super) fn is_der(certificate: &Certificate) -> bool {
    let mut reader = Reader::new(certificate.der(), "Certificate");
    let is_readable = |name: &[u8]| ComparableName::read(name).is_some();
    are_der(&mut reader, MAX_DEPTH)
        && certificate.version() != 0
        && is_readable(certificate.issuer_der())
        && is_readable(certificate.subject_der())
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

/// Constructed elements are looked into, whatever they are.
fn is_der_value(element: Tlv<'_>, depth: usize) -> bool {
    const CONSTRUCTED: u8 = 0x20;
    match element.tag {
        Tag::BOOLEAN => matches!(element.value, [0 | 0xff]),
        // RFC 5280 §4.1.2.5: with seconds, without a fraction. The reader of the certificate has read the digits.
        Tag::UTC_TIME => element.value.len() == 13,
        Tag::GENERALIZED_TIME => element.value.len() == 15,
        tag if tag.0 & CONSTRUCTED != 0 => {
            depth > 0 && are_der(&mut element.reader("Certificate"), depth.saturating_sub(1))
        }
        _ => true,
    }
}
