//! The forms of texts in records.

use std::borrow::Cow;

use super::limits::{MAX_TEMPLATE, MAX_TOKEN};
use super::record_error::RecordError;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::identity::{PersonKind, Scheme};
use crate::text::has_hidden;

/// A literal part of a template with as many digits could be the number of something, so that it belongs in braces.
const DIGITS_OF_A_NUMBER: usize = 6;

/// The longest text that could be the number of a person with what is written between its digits.
const LONGEST_NUMBER: usize = 32;

/// Checks the id of a message, by the rules of [`MessageId`](crate::evidence::MessageId).
pub(super) fn message_id<'a>(what: &'static str, id: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    check_length(what, &id, MAX_IDENTIFIER)?;
    // Most are ASCII.
    let printable = id.bytes().all(|octet| (0x20..0x7f).contains(&octet));
    if !printable && (id.chars().any(char::is_control) || has_hidden(&id)) {
        return Err(RecordError::Form(what));
    }
    check_no_person(what, &id)?;
    Ok(id)
}

/// Checks the token of a system or the id of a part: visible ASCII without quotes and backslash.
pub(super) fn token<'a>(what: &'static str, token: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    check_length(what, &token, MAX_TOKEN)?;
    if !token.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'\\')) {
        return Err(RecordError::Form(what));
    }
    check_no_person(what, &token)?;
    Ok(token)
}

/// Checks the method of an action: capital letters.
pub(super) fn method<'a>(method: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    let is_method = (1..=16).contains(&method.len()) && method.bytes().all(|octet| octet.is_ascii_uppercase());
    if is_method { Ok(method) } else { Err(RecordError::Form("action.method")) }
}

/// Checks a template: a path of literals and names in braces. A literal with the digits of a number is refused, because it
/// may be the number of a person.
pub(super) fn template<'a>(template: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    const WHAT: &str = "action.template";
    check_length(WHAT, &template, MAX_TEMPLATE)?;
    let segments = template.strip_prefix('/').ok_or(RecordError::Form(WHAT))?;
    for segment in segments.split('/') {
        match segment.strip_prefix('{') {
            Some(name) => {
                let name = name.strip_suffix('}').ok_or(RecordError::Form(WHAT))?;
                let is_name = (1..=64).contains(&name.len())
                    && name.bytes().all(|octet| octet.is_ascii_alphabetic() || matches!(octet, b'_' | b'-'));
                if !is_name {
                    return Err(RecordError::Form(WHAT));
                }
            }
            None => check_literal(WHAT, segment)?,
        }
    }
    Ok(template)
}

fn check_literal(what: &'static str, segment: &str) -> Result<(), RecordError> {
    if !segment.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'~' | b'-' | b':'))
    {
        return Err(RecordError::Form(what));
    }
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    if digits >= DIGITS_OF_A_NUMBER { Err(RecordError::PersonInTheClear(what)) } else { Ok(()) }
}

/// Checks a scheme of identifiers: visible ASCII.
pub(super) fn scheme<'a>(what: &'static str, scheme: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    token(what, scheme)
}

/// Checks a media type.
pub(super) fn media_type<'a>(media_type: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    const WHAT: &str = "parts.mediaType";
    // Nearly all are one of these, and need no parser.
    if !matches!(&*media_type, "application/pdf" | "text/plain" | "text/html" | "application/xml") {
        crate::evidence::media_type(&media_type).map_err(|_| RecordError::Form(WHAT))?;
        check_no_person(WHAT, &media_type)?;
    }
    Ok(media_type)
}

fn check_length(what: &'static str, text: &str, limit: usize) -> Result<(), RecordError> {
    if text.is_empty() {
        return Err(RecordError::Empty(what));
    }
    // A character takes an octet or more.
    if text.len() > limit && text.chars().nth(limit).is_some() {
        return Err(RecordError::TooLong { what, limit });
    }
    Ok(())
}

/// Checks that no word of a text is the number of a natural person under a national scheme.
pub(super) fn check_no_person(what: &'static str, text: &str) -> Result<(), RecordError> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // No national number is as short, and most texts have fewer digits.
    if digits < DIGITS_OF_A_NUMBER {
        return Ok(());
    }
    let is_between = |character: char| matches!(character, '.' | '-' | ' ');
    let is_digits = |word: &str| word.chars().all(|character| character.is_ascii_digit() || is_between(character));
    let mut words = text.split(|character: char| !character.is_alphanumeric() && !is_between(character));
    // Digits among letters, as of a UUID, are no number: by chance they would be one once in some hundred.
    let holds_number = |word: &str| match is_digits(word) {
        true => is_number_of_person(word),
        false => word.split(is_between).any(|part| is_digits(part) && is_number_of_person(part)),
    };
    if words.any(holds_number) { Err(RecordError::PersonInTheClear(what)) } else { Ok(()) }
}

fn is_number_of_person(word: &str) -> bool {
    let word = word.trim_matches(|character: char| !character.is_ascii_digit());
    let is_person = |scheme: &Scheme| scheme.person() == PersonKind::Natural && scheme.normalise(word).is_ok();
    (DIGITS_OF_A_NUMBER..=LONGEST_NUMBER).contains(&word.len()) && Scheme::ALL.iter().any(is_person)
}
