//! The forms of texts in records.

use std::borrow::Cow;

use super::limits::{MAX_METHOD, MAX_TEMPLATE, MAX_TEMPLATE_NAME, MAX_TOKEN};
use super::record_error::RecordError;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::identity::{PersonKind, Scheme};
use crate::text::{ascii, has_hidden, nfkc};

/// A literal part of a template with as many digits could be the number of something, so that it belongs in braces.
const DIGITS_OF_A_NUMBER: usize = 6;

/// No national number of a person has more digits. It bounds what a text of many short groups of digits costs.
const LONGEST_NUMBER: usize = 16;

/// The number of characters of a UUID.
const UUID: usize = 36;

/// A word of as many hexadecimal digits, some of them letters, is a hash or a random id.
const SHORTEST_HASH: usize = 16;

/// Checks the id of a message, by the rules of [`MessageId`](crate::evidence::MessageId).
pub(super) fn message_id<'a>(what: &'static str, id: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    check_length(what, &id, MAX_IDENTIFIER)?;
    // Most are ASCII.
    let printable = id.bytes().all(|octet| (0x20..0x7f).contains(&octet));
    if !printable && (id.chars().any(char::is_control) || has_hidden(&id)) {
        return Err(RecordError::Form(what));
    }
    let folded = folded(&id);
    check_no_name_at_domain(what, &folded)?;
    check_no_person(what, &folded)?;
    Ok(id)
}

/// What is printed of the id of a message. That of a proof is what its sender made it, and no record would hold one that may name a
/// person.
pub(super) fn printed_id(id: &str) -> &str {
    if message_id("message", id.into()).is_ok() { id } else { "(an id that may name a person)" }
}

/// Checks the token of a system, the id of a part or the scheme of an identifier: visible ASCII without quotes and backslash.
pub(super) fn token<'a>(what: &'static str, token: Cow<'a, str>) -> Result<Cow<'a, str>, RecordError> {
    check_length(what, &token, MAX_TOKEN)?;
    if !token.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'\\')) {
        return Err(RecordError::Form(what));
    }
    check_no_address(what, &token)?;
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
    if outside_of_uuids(&folded(text)).any(holds_number) { Err(RecordError::PersonInTheClear(what)) } else { Ok(()) }
}

/// Digits and the `@` have further forms beyond ASCII, such as those of full width.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { nfkc(text.chars()).collect::<String>().into() }
}

/// Checks that an id or a token is no address of e-mail, which mostly is the name of a person.
fn check_no_address(what: &'static str, text: &str) -> Result<(), RecordError> {
    if text.contains('@') { Err(RecordError::PersonInTheClear(what)) } else { Ok(()) }
}

/// Checks that the id of a message is no address of e-mail. Those of AS4 and of e-mail (RFC 5322 §3.6.4) have the form of one, and
/// digits before the `@` that a name does not have.
fn check_no_name_at_domain(what: &'static str, id: &str) -> Result<(), RecordError> {
    match id.rsplit_once('@') {
        Some((local, _)) if local.chars().filter(char::is_ascii_digit).count() >= DIGITS_OF_A_NUMBER => Ok(()),
        Some(_) => Err(RecordError::PersonInTheClear(what)),
        None => Ok(()),
    }
}

/// What of a text is not in a UUID. Its digits are no number: by chance they would be one once in some ten thousand.
fn outside_of_uuids(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_start = |(at, _): &(usize, char)| rest.get(*at..*at + UUID).is_some_and(is_uuid);
        // Most texts are shorter than a UUID.
        let mut starts = rest.char_indices().take(rest.len().saturating_sub(UUID - 1));
        let (part, behind) = match starts.find(is_start) {
            Some((at, _)) => (rest.get(..at), rest.get(at + UUID..)),
            None => (Some(rest), None),
        };
        rest = behind.unwrap_or_default();
        part
    })
}

fn is_uuid(text: &str) -> bool {
    text.bytes().zip(0..).all(|(octet, at)| match at {
        8 | 13 | 18 | 23 => octet == b'-',
        _ => octet.is_ascii_hexdigit(),
    })
}

/// Tells if a text holds the number of a person, in one run of digits or in groups of them one behind the other.
fn holds_number(text: &str) -> bool {
    let mut groups = Vec::new();
    for word in text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_digits = word.bytes().all(|octet| octet.is_ascii_digit());
        // A hash or a random id is no number either.
        let is_hash = !is_digits && word.len() >= SHORTEST_HASH && word.bytes().all(|octet| octet.is_ascii_hexdigit());
        let mut runs = word.split(|character: char| !character.is_ascii_digit());
        // The digits at the start of a word go on those of the word before, and those at its end go on in the next one.
        groups.extend(runs.next().filter(|run| !run.is_empty() && !is_hash));
        for run in runs {
            if are_number(&groups) {
                return true;
            }
            groups.clear();
            groups.extend(Some(run).filter(|run| !run.is_empty() && !is_hash));
        }
    }
    are_number(&groups)
}

/// Tells if some of these groups of digits, one behind the other, are the number of a person.
fn are_number(groups: &[&str]) -> bool {
    (0..groups.len()).any(|start| begins_with_number(groups.get(start..)))
        || groups.iter().any(|group| is_number_beside_date(group))
}

/// Tells if the first of these groups of digits, or the first few together, are the number of a person.
fn begins_with_number(groups: Option<&[&str]>) -> bool {
    let (mut digits, mut length) = ([0; LONGEST_NUMBER], 0);
    for group in groups.unwrap_or_default() {
        let end = length + group.len();
        let Some(place) = digits.get_mut(length..end) else { return false };
        place.copy_from_slice(group.as_bytes());
        length = end;
        if is_number_of_person(ascii(digits.get(..length).unwrap_or_default())) {
            return true;
        }
    }
    false
}

/// Tells if digits are a number behind or before a year, a date or a time. In any other longer run of digits a number is not looked
/// for: of random ones each second hundred would hold one.
fn is_number_beside_date(digits: &str) -> bool {
    [4, 8, 14].into_iter().filter(|date| digits.len() > *date).any(|date| {
        let is_beside = |number: Option<&str>, date: Option<&str>| {
            number.is_some_and(is_number_of_person) && date.is_some_and(begins_with_date)
        };
        let behind = digits.len() - date;
        is_beside(digits.get(date..), digits.get(..date)) || is_beside(digits.get(..behind), digits.get(behind..))
    })
}

/// Tells if digits begin with a year of our time and, if there are more, with a month and a day.
fn begins_with_date(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits.get(range).map(|part| part.parse::<u8>().unwrap_or(u8::MAX));
    matches!(part(0..2), Some(19 | 20))
        && part(4..6).is_none_or(|month| (1..=12).contains(&month))
        && part(6..8).is_none_or(|day| (1..=31).contains(&day))
}

fn is_number_of_person(digits: &str) -> bool {
    let is_person = |scheme: &Scheme| scheme.person() == PersonKind::Natural && scheme.normalise(digits).is_ok();
    digits.len() >= DIGITS_OF_A_NUMBER && Scheme::ALL.iter().any(is_person)
}
