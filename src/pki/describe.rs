//! Distinguished names for people. Nothing here decides trust.

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Oid, Tag, Tlv};

use super::names::{RelativeName, relative_names, text};
use crate::asn1::oid;

/// What is shown for a name that is empty or cannot be read.
const UNREADABLE: &str = "(name empty or not readable)";

/// Characters of a name that are shown. Real names stay below 300.
const SHOWN: usize = 1024;

/// What stands for a value that is not shown.
const HIDDEN: &str = "***";

/// Attributes that only the name of a natural person has (ETSI EN 319 412-2, clause 4.2.4).
const OF_A_PERSON: [ObjectIdentifier; 3] = [oid::SURNAME, oid::GIVEN_NAME, oid::PSEUDONYM];

/// Beginnings of a serialNumber that identifies a natural person (ETSI EN 319 412-1, clause 5.1.3).
const PERSONAL_NUMBERS: [&str; 4] = ["PAS", "IDC", "PNO", "TIN"];

/// Whether a serialNumber has the eleven digits of a Belgian national number, bare or with its usual separators: some
/// cards have nothing else there that tells that it is a person's. A device's number of eleven digits is hidden with
/// them.
fn is_as_long_as_niss(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    digits == 11 && value.chars().all(|c| c.is_ascii_digit() || " .-/".contains(c))
}

/// A Name as text, e.g. `C=BE, O=Example, CN=Example Root CA`. E-mail addresses are hidden, and of a natural person the
/// names and the number: some cards have the national number there. Control and formatting characters are replaced: a
/// name must not be able to rewrite the line it is printed on.
pub(crate) fn name(name: &[u8]) -> String {
    let shown = relative_names(name).and_then(|names| shown(&names)).filter(|text| !text.is_empty());
    let Some(text) = shown else { return UNREADABLE.to_owned() };
    text.chars().take(SHOWN).map(|c| if crate::text::is_hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// `None` when a value cannot be read.
fn shown(names: &[RelativeName<'_>]) -> Option<String> {
    let is_person = names.iter().flatten().any(|(kind, _)| OF_A_PERSON.iter().any(|of_person| kind == of_person));
    let mut shown = String::new();
    for name in names {
        for (position, (kind, value)) in name.iter().enumerate() {
            shown.push_str(match position {
                _ if shown.is_empty() => "",
                0 => ", ",
                _ => " + ",
            });
            push_label(&mut shown, *kind);
            shown.push('=');
            if is_hidden(*kind, *value, is_person) {
                shown.push_str(HIDDEN);
            } else {
                shown.push_str(&value_text(*value)?);
            }
        }
    }
    Some(shown)
}

fn is_hidden(kind: Oid<'_>, value: Tlv<'_>, is_person: bool) -> bool {
    let is_number = kind == oid::SERIAL_NUMBER;
    let is_personal_number = || {
        // A number that cannot be read may be anybody's.
        value_text(value).is_none_or(|value| {
            PERSONAL_NUMBERS.iter().any(|beginning| value.starts_with(beginning)) || is_as_long_as_niss(&value)
        })
    };
    let of_person = || is_number || kind == oid::COMMON_NAME || OF_A_PERSON.iter().any(|of_person| kind == *of_person);
    kind == oid::EMAIL_ADDRESS || (is_number && is_personal_number()) || (is_person && of_person())
}

/// A value as text; what is no string in hexadecimal.
fn value_text(value: Tlv<'_>) -> Option<String> {
    /// UTF8String, NumericString, PrintableString, TeletexString, VideotexString, IA5String, GraphicString,
    /// VisibleString, GeneralString and ObjectDescriptor, which old certificates fill with UTF-8 all the same.
    const OF_OCTETS: [u8; 10] = [0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1a, 0x1b, 0x07];
    let is_wide = matches!(value.tag, Tag(0x1c | 0x1e));
    if OF_OCTETS.contains(&value.tag.0) {
        str::from_utf8(value.value).map(str::to_owned).ok().or_else(|| text(value))
    } else if is_wide {
        text(value)
    } else {
        Some(value.value.iter().map(|octet| format!("{octet:02X}")).collect())
    }
}

/// The short name of an attribute (RFC 4514 §3 and RFC 4519, where they have it), or its identifier.
fn push_label(shown: &mut String, kind: Oid<'_>) {
    let label = match kind.as_bytes() {
        // id-at: 2.5.4
        [0x55, 0x04, attribute] => match attribute {
            3 => "CN",
            4 => "surname",
            5 => "serialNumber",
            6 => "C",
            7 => "L",
            8 => "ST",
            9 => "streetAddress",
            10 => "O",
            11 => "OU",
            12 => "title",
            13 => "description",
            15 => "businessCategory",
            16 => "postalAddress",
            17 => "postalCode",
            41 => "name",
            42 => "givenName",
            43 => "initials",
            44 => "generationQualifier",
            45 => "uniqueIdentifier",
            46 => "dnQualifier",
            _ => "",
        },
        // 0.9.2342.19200300.100.1
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, attribute] => match attribute {
            1 => "uid",
            25 => "DC",
            _ => "",
        },
        // pkcs-9: 1.2.840.113549.1.9
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, attribute] => match attribute {
            1 => "Email",
            2 => "unstructuredName",
            _ => "",
        },
        // Of extended validation: 1.3.6.1.4.1.311.60.2.1
        [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x3c, 0x02, 0x01, attribute] => match attribute {
            1 => "msJurisdictionLocality",
            2 => "msJurisdictionStateOrProvince",
            3 => "msJurisdictionCountry",
            _ => "",
        },
        _ => "",
    };
    if label.is_empty() {
        shown.push_str(&format!("OID({kind})"));
    } else {
        shown.push_str(label);
    }
}
