//! This module formats distinguished names for people. Its output never decides trust.

use std::fmt::Write as _;

use const_oid::ObjectIdentifier;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::oid_registry::OidRegistry;
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::asn1::oid;

/// The text for a name that is empty or cannot be read.
const UNREADABLE: &str = "(name empty or not readable)";

/// The maximum number of characters shown of a name. Real names stay below 300.
const SHOWN: usize = 1024;

/// The text that replaces a hidden value.
const HIDDEN: &str = "***";

/// The attributes that only the name of a natural person has (ETSI EN 319 412-2, clause 4.2.4).
const OF_A_PERSON: [ObjectIdentifier; 3] = [oid::SURNAME, oid::GIVEN_NAME, oid::PSEUDONYM];

/// The beginnings of a serialNumber that identifies a natural person (ETSI EN 319 412-1, clause 5.1.3).
const PERSONAL_NUMBERS: [&str; 4] = ["PAS", "IDC", "PNO", "TIN"];

/// Returns true for the eleven digits of a Belgian national number, bare or with its usual separators. On some cards
/// nothing else marks the number as personal. A device's number of eleven digits is hidden as well.
fn is_as_long_as_niss(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    digits == 11 && value.chars().all(|c| c.is_ascii_digit() || " .-/".contains(c))
}

/// Formats a Name, for example as `C=BE, O=Example, CN=Example Root CA`.
///
/// E-mail addresses are hidden. The names and the number of a natural person are hidden too, because some cards contain
/// the national number. Control and formatting characters are replaced, so that a name cannot rewrite the line it is
/// printed on.
pub(crate) fn name(name: &[u8]) -> String {
    let Ok(([], name)) = X509Name::from_der(name) else {
        return UNREADABLE.to_owned();
    };
    let Some(text) = text(&name) else { return UNREADABLE.to_owned() };
    if text.is_empty() {
        // The parser leaves out the attributes that it cannot read.
        return UNREADABLE.to_owned();
    }
    if text.len() <= SHOWN && text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        return text;
    }
    text.chars().take(SHOWN).map(|c| if crate::text::is_hidden(c) { '\u{fffd}' } else { c }).collect()
}

fn text(name: &X509Name<'_>) -> Option<String> {
    let is = |attribute: &AttributeTypeAndValue<'_>, kind: ObjectIdentifier| {
        attribute.attr_type().as_bytes() == kind.as_bytes()
    };
    let is_person = name.iter_attributes().any(|attribute| OF_A_PERSON.iter().any(|kind| is(attribute, *kind)));
    let is_hidden = |attribute: &AttributeTypeAndValue<'_>| {
        let personal_number = || {
            let value = attribute.as_str().unwrap_or_default();
            is(attribute, oid::SERIAL_NUMBER)
                && (PERSONAL_NUMBERS.iter().any(|beginning| value.starts_with(beginning)) || is_as_long_as_niss(value))
        };
        let of_person =
            || [oid::COMMON_NAME, oid::SERIAL_NUMBER].iter().chain(&OF_A_PERSON).any(|kind| is(attribute, *kind));
        is(attribute, oid::EMAIL_ADDRESS) || personal_number() || (is_person && of_person())
    };
    if !name.iter_attributes().any(is_hidden) {
        // The registry of all names takes time to fill. Most attributes have an abbreviation, and need none of them.
        let empty = OidRegistry::default();
        let are_abbreviated = name.iter_attributes().all(|attribute| oid2abbrev(attribute.attr_type(), &empty).is_ok());
        return name.to_string_with_registry(if are_abbreviated { &empty } else { oid_registry() }).ok();
    }
    let mut text = String::new();
    for attribute in name.iter_attributes() {
        let separator = if text.is_empty() { "" } else { ", " };
        let kind = oid2abbrev(attribute.attr_type(), oid_registry())
            .map_or_else(|_| attribute.attr_type().to_id_string(), str::to_owned);
        let value = if is_hidden(attribute) { HIDDEN } else { attribute.as_str().unwrap_or(HIDDEN) };
        write!(text, "{separator}{kind}={value}").ok()?;
    }
    Some(text)
}
