//! This module checks that a certificate has the form of RFC 5280 §4.1: DER, with readable names and whole seconds.
//!
//! The certificate reader accepts more, because signatures by others contain more. Other software also reads the
//! certificates of a path, so their octets must have only one reading.

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use crate::asn1::oid;
use crate::pki::certificate::Certificate;

/// The maximum depth of nested elements. A certificate has some ten, and names within qualifiers may have a few more.
const MAX_DEPTH: usize = 32;

/// The bit of an identifier octet that marks the constructed encoding.
const CONSTRUCTED: u8 = 0x20;

/// The extensions that say what a certificate may be used for. Names and their constraints are read form by form, and each
/// form decides by itself.
const USES: [ObjectIdentifier; 7] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// Returns true if the values of the extensions are DER that say what the certificate may be used for. Of BER, two readers
/// can make two values.
pub(super) fn are_uses_der(certificate: &Certificate) -> bool {
    let mut uses = certificate.extensions().filter(|extension| USES.iter().any(|oid| extension.oid == *oid));
    uses.all(|extension| are_der(&mut Reader::new(extension.value, "extnValue"), MAX_DEPTH))
}

/// Returns true if the certificate's own syntax is DER, without the values of its extensions. Only version 3 has extensions
/// (RFC 5280 §4.1.2.9): who knows version 1 alone does not see a limit in them.
pub(super) fn is_der(certificate: &Certificate) -> bool {
    certificate.has_form(is_read_as_der)
}

fn is_read_as_der(certificate: &Certificate) -> bool {
    let mut reader = Reader::new(certificate.der(), "Certificate");
    are_der(&mut reader, MAX_DEPTH)
        && certificate.version() != 0
        && (certificate.version() == 3 || certificate.extensions().next().is_none())
        && certificate.comparable_issuer().is_readable()
        && certificate.comparable_subject().is_readable()
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
