//! The forms of texts in records.

use std::borrow::Cow;

use super::limits::{MAX_METHOD, MAX_TEMPLATE, MAX_TEMPLATE_NAME, MAX_TOKEN};
use super::record_error::RecordError;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::identity::{PersonKind, Scheme};
use crate::text::{has_hidden, nfkc};

/// A literal part of a template with as many digits could be the number of something, so that it belongs in braces.
const DIGITS_OF_A_NUMBER: usize = 6;

/// No national number of a person has more digits. It bounds what a text of many short groups of digits costs.
const LONGEST_NUMBER: usize = 16;

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

/// Checks the token of a system, the id of a part or the scheme of an identifier: visible ASCII without quotes and backslash.
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
    let is_method = (1..=MAX_METHOD).contains(&method.len()) && method.bytes().all(|octet| octet.is_ascii_uppercase());
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
                let is_name = (1..=MAX_TEMPLATE_NAME).contains(&name.len())
                    && name.bytes().all(|octet| octet.is_ascii_alphabetic() || matches!(octet, b'_' | b'-'));
                if !is_name {
                    return Err(RecordError::Form(WHAT));
                }
            }
            None => check_literal(WHAT, segment)?,
        }
    }
    // A number may be spread over several literals.
    check_no_person(WHAT, &template)?;
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

/// Checks that a text holds no number of a natural person under a national scheme, whatever is between its digits and around it.
pub(super) fn check_no_person(what: &'static str, text: &str) -> Result<(), RecordError> {
    // Most texts have fewer digits than any national number.
    if text.is_ascii() && text.bytes().filter(u8::is_ascii_digit).count() < DIGITS_OF_A_NUMBER {
        return Ok(());
    }
    // Digits have further forms beyond ASCII, such as those of full width.
    let folded: String;
    let text = if text.is_ascii() {
        text
    } else {
        folded = nfkc(text.chars()).collect();
        &folded
    };
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut groups = Vec::new();
    for word in words {
        if word.bytes().all(|octet| octet.is_ascii_digit()) {
            groups.push(word);
            continue;
        }
        // Digits among letters, as of a UUID, are no number: by chance they would be one once in some hundred.
        if holds_number(&groups) {
            return Err(RecordError::PersonInTheClear(what));
        }
        groups.clear();
    }
    if holds_number(&groups) { Err(RecordError::PersonInTheClear(what)) } else { Ok(()) }
}

/// Tells if some of these groups of digits, one behind the other, are the number of a person.
fn holds_number(groups: &[&str]) -> bool {
    (0..groups.len()).any(|start| begins_with_number(groups.get(start..)))
}

/// Tells if the first of these groups of digits, or the first few together, are the number of a person.
fn begins_with_number(groups: Option<&[&str]>) -> bool {
    let mut number = String::with_capacity(LONGEST_NUMBER);
    for group in groups.unwrap_or_default() {
        if number.len() + group.len() > LONGEST_NUMBER {
            return false;
        }
        number.push_str(group);
        if is_number_of_person(&number) {
            return true;
        }
    }
    false
}

fn is_number_of_person(digits: &str) -> bool {
    let is_person = |scheme: &Scheme| scheme.person() == PersonKind::Natural && scheme.normalise(digits).is_ok();
    digits.len() >= DIGITS_OF_A_NUMBER && Scheme::ALL.iter().any(is_person)
}
