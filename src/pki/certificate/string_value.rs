//! This module reads the strings in names, and prepares them for a comparison (RFC 5280 §4.1.2.4, RFC 4518 §2).

use signed_data::tlv::{Tag, Tlv};

use crate::text::nfkc;

/// T61String (Teletex), which current certificates should not contain but many old ones do.
pub(super) const TELETEX_STRING: Tag = Tag(0x14);
/// UniversalString, with four octets for each character.
pub(super) const UNIVERSAL_STRING: Tag = Tag(0x1c);
/// BMPString, with two octets for each character.
pub(super) const BMP_STRING: Tag = Tag(0x1e);
/// NumericString.
const NUMERIC_STRING: Tag = Tag(0x12);
/// VisibleString: the printing characters of ASCII.
pub(super) const VISIBLE_STRING: Tag = Tag(0x1a);
/// VideotexString, GraphicString and GeneralString, whose characters depend on escape sequences.
const UNREADABLE_STRINGS: [Tag; 3] = [Tag(0x15), Tag(0x19), Tag(0x1b)];
/// The bit of an identifier octet that marks the constructed encoding.
const CONSTRUCTED: u8 = 0x20;

/// Returns the text of a DirectoryString, an IA5String, a NumericString or a VisibleString.
pub(super) fn text(value: Tlv<'_>) -> Option<String> {
    match value.tag {
        Tag::UTF8_STRING => String::from_utf8(value.value.to_vec()).ok(),
        Tag::PRINTABLE_STRING | Tag::IA5_STRING | NUMERIC_STRING | VISIBLE_STRING => {
            value.value.is_ascii().then(|| String::from_utf8_lossy(value.value).into_owned())
        }
        // Real certificates hold Latin-1 in a TeletexString, whatever T.61 defines.
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

/// Returns true for the string types, whose values may say the same in another one of them. A string in pieces is one
/// too: DER forbids it, but a reader that puts the pieces together has a name that is not compared here.
fn is_string(tag: Tag) -> bool {
    let primitive = Tag(tag.0 & !CONSTRUCTED);
    [
        Tag::UTF8_STRING,
        Tag::PRINTABLE_STRING,
        Tag::IA5_STRING,
        NUMERIC_STRING,
        TELETEX_STRING,
        BMP_STRING,
        UNIVERSAL_STRING,
        VISIBLE_STRING,
    ]
    .contains(&primitive)
        || UNREADABLE_STRINGS.contains(&primitive)
}

/// Returns true if a value says the same to everybody.
pub(super) fn is_clear(value: Tlv<'_>) -> bool {
    match text(value) {
        Some(text) => (value.tag != TELETEX_STRING || text.is_ascii()) && !text.chars().any(is_prohibited),
        None => !is_string(value.tag),
    }
}

/// Prepares a string for a comparison without regard to case (RFC 4518 §2).
pub(super) fn prepared(text: &str) -> String {
    let mapped = text.chars().filter(|character| !is_mapped_to_nothing(*character));
    if text.is_ascii() {
        return single_spaced(mapped.map(|character| character.to_ascii_lowercase()));
    }
    // NFKC case folding normalises twice: a compatibility form may hide a capital, and folding may leave marks
    // unordered.
    let folded: String = nfkc(nfkc(mapped).flat_map(folded)).collect();
    single_spaced(folded.chars())
}

/// Reduces spaces, because those at both ends and repeated ones are insignificant (RFC 4518 §2.6.1).
fn single_spaced(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut is_space_due = false;
    for character in characters {
        if character.is_whitespace() {
            is_space_due = !text.is_empty();
        } else {
            if is_space_due {
                text.push(' ');
                is_space_due = false;
            }
            text.push(character);
        }
    }
    text
}

/// Folds the case of a character in full. Folding its capital makes `ß` and `ss` equal, as RFC 3454 table B.2 does. The
/// dotless `ı` has no other case there.
fn folded(character: char) -> impl Iterator<Item = char> {
    // The capital sharp s is its own capital.
    let character = if character == 'ẞ' { 'ß' } else { character };
    let upper: Vec<char> = if character == 'ı' { vec![character] } else { character.to_uppercase().collect() };
    upper.into_iter().flat_map(char::to_lowercase)
}

/// Returns true for characters with which a comparison is undefined (RFC 4518 §2.4): those for private use, those that
/// are none, and the replacement of one that was lost.
fn is_prohibited(character: char) -> bool {
    matches!(
        character,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffd}'
    ) || u32::from(character) & 0xfffe == 0xfffe
}

/// Returns true for control characters, soft hyphens, variation selectors and the like (RFC 4518 §2.2).
fn is_mapped_to_nothing(character: char) -> bool {
    // Nearly all characters of names are of this range, and none of these is mapped.
    if matches!(character, ' '..='~') {
        return false;
    }
    matches!(
        character,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
            | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
            | '\u{e0020}'..='\u{e007f}'
    )
}
