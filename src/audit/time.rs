//! Times in lines: RFC 3339, written in UTC with no fraction or six digits of it.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use super::record_error::RecordError;
use crate::text::{ascii, date_digits, two_digits};

/// Cuts a time to the microsecond that a line holds. A leap second becomes the second after it.
pub(super) fn to_micros(what: &'static str, time: DateTime<Utc>) -> Result<DateTime<Utc>, RecordError> {
    // A clock of microseconds gives no other.
    if is_in_micros(time) {
        return Ok(time);
    }
    DateTime::from_timestamp_micros(time.timestamp_micros())
        .filter(|time| (0..=9999).contains(&time.year()))
        .ok_or(RecordError::TimeOutOfRange(what))
}

fn is_in_micros(time: DateTime<Utc>) -> bool {
    let (date, nanos) = (time.naive_utc(), time.timestamp_subsec_nanos());
    (0..=9999).contains(&date.year()) && nanos < 1_000_000_000 && nanos.is_multiple_of(1_000)
}

/// Writes a time that came from [`to_micros`].
pub(super) fn write(time: DateTime<Utc>) -> String {
    let mut text = Vec::with_capacity(27);
    push(&mut text, time);
    ascii(&text).to_owned()
}

/// Appends the same.
pub(super) fn push(out: &mut Vec<u8>, time: DateTime<Utc>) {
    // Each field of a time with an offset is computed by it.
    let time = time.naive_utc();
    let [[h, i], [j, k], [s, t]] = [time.hour(), time.minute(), time.second()].map(two_digits);
    // Of these years each has four digits.
    out.extend_from_slice(&date_digits(time.date()).unwrap_or_default());
    out.extend_from_slice(&[b'T', h, i, b':', j, k, b':', s, t]);
    match time.nanosecond() / 1_000 {
        0 => out.push(b'Z'),
        micros => {
            let [[a, b], [c, d], [e, f]] = [micros / 10_000, micros / 100, micros].map(two_digits);
            out.extend_from_slice(&[b'.', a, b, c, d, e, f, b'Z']);
        }
    }
}

/// What is wrong with a time in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// It has no zone, so that nobody knows which time it is: in the hour that the end of summer doubles it is two.
    WithoutZone,
    Form,
}

/// Reads a time with its zone (RFC 3339 §5.6), and cuts it to the microsecond.
pub(super) fn read(text: &str) -> Result<DateTime<Utc>, TimeFault> {
    if let Some(time) = in_written_form(text) {
        return Ok(time);
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => to_micros("", time.to_utc()).map_err(|_| TimeFault::Form),
        Err(_) if DateTime::parse_from_rfc3339(&with_zone(text)).is_ok() => Err(TimeFault::WithoutZone),
        Err(_) => Err(TimeFault::Form),
    }
}

fn with_zone(text: &str) -> String {
    // What is longer is no time, and is not copied.
    format!("{}Z", text.get(..text.len().min(64)).unwrap_or_default())
}

/// Reads a time in the form that is written, as nearly all are.
fn in_written_form(text: &str) -> Option<DateTime<Utc>> {
    let octets = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        octets
            .get(range)?
            .iter()
            .try_fold(0_u32, |value, octet| octet.is_ascii_digit().then(|| value * 10 + u32::from(octet - b'0')))
    };
    let micros = match octets.len() {
        20 => 0,
        27 if octets.get(19) == Some(&b'.') => digits(20..26)?,
        _ => return None,
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let fits = separators.iter().all(|(at, separator)| octets.get(*at) == Some(separator));
    if !fits || octets.last() != Some(&b'Z') {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(digits(0..4)?).ok()?, digits(5..7)?, digits(8..10)?)?;
    Some(date.and_hms_micro_opt(digits(11..13)?, digits(14..16)?, digits(17..19)?, micros)?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for text in ["2026-11-22T09:15:04Z", "0000-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z"] {
            assert_eq!(write(read(text).unwrap()), text);
        }
    }

    #[test]
    fn offsets_are_read_and_times_without_zone_are_told() {
        for (text, written) in [
            ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
            ("2026-11-22t09:15:04.5z", "2026-11-22T09:15:04.500000Z"),
            ("2026-11-22T09:15:04.1234567Z", "2026-11-22T09:15:04.123456Z"),
            ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).map(write), Ok(written.to_owned()), "{text}");
        }
        for text in ["2026-10-25T02:30:00", "2026-10-25T02:30:00.123456"] {
            assert_eq!(read(text), Err(TimeFault::WithoutZone), "{text}");
        }
        for text in ["", "2026-11-22", "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "22.11.2026 09:15", "é"] {
            assert_eq!(read(text), Err(TimeFault::Form), "{text}");
        }
    }
}
