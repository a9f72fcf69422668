//! Reads and writes times in the form of the profile, `YYYY-MM-DDThh:mm:ss[.fff]Z`.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use super::error::EvidenceError;

/// Cuts a time to the millisecond that the profile can write. A leap second becomes the second after it.
pub(super) fn to_millis(what: &'static str, time: DateTime<Utc>) -> Result<DateTime<Utc>, EvidenceError> {
    Some(time.timestamp_millis())
        .filter(|millis| (FIRST_MILLIS..=LAST_MILLIS).contains(millis))
        .and_then(DateTime::from_timestamp_millis)
        .ok_or(EvidenceError::TimeOutOfRange(what))
}

/// The first and the last millisecond of the years 0 to 9999, counted from 1970. No date is worked out to compare with them.
const FIRST_MILLIS: i64 = -62_167_219_200_000;
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// Appends a time that came from [`to_millis`].
pub(super) fn write(out: &mut Vec<u8>, time: DateTime<Utc>) {
    let time = time.naive_utc();
    // A remainder by ten fits one octet.
    let digit = |value: u32| b'0' + u8::try_from(value % 10).unwrap_or_default();
    let two = |value: u32| [digit(value / 10), digit(value)];
    let year = time.year().unsigned_abs();
    let ([c, d], [y, z]) = (two(year / 100), two(year));
    let ([m, n], [a, b], [h, i]) = (two(time.month()), two(time.day()), two(time.hour()));
    let ([j, k], [s, t]) = (two(time.minute()), two(time.second()));
    out.extend_from_slice(&[c, d, y, z, b'-', m, n, b'-', a, b, b'T', h, i, b':', j, k, b':', s, t]);
    match time.nanosecond() / 1_000_000 {
        0 => out.push(b'Z'),
        millis => out.extend_from_slice(&[b'.', digit(millis / 100), digit(millis / 10), digit(millis), b'Z']),
    }
}

/// Reads a time, in the only form that the profile writes it in.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let part = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten()
    };
    let millis = match text.len() {
        20 => 0,
        24 => part(20..23).filter(|&millis| millis > 0)?,
        _ => return None,
    };
    let separators =
        [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, if millis > 0 { b'.' } else { b'Z' })];
    let bytes = text.as_bytes();
    if separators.iter().any(|&(at, separator)| bytes.get(at) != Some(&separator)) || bytes.last() != Some(&b'Z') {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(part(0..4)?).ok()?, part(5..7)?, part(8..10)?)?;
    Some(date.and_hms_milli_opt(part(11..13)?, part(14..16)?, part(17..19)?, millis)?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for text in
            ["2026-11-22T09:15:04Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2024-02-29T00:00:00.001Z"]
        {
            let mut out = Vec::new();
            write(&mut out, parse(text).unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn times_of_the_years_0_to_9999_are_cut_to_the_millisecond() {
        let at = |seconds, nanos| DateTime::from_timestamp(seconds, nanos).unwrap();
        let (first, last) = (FIRST_MILLIS / 1000, LAST_MILLIS / 1000);
        assert_eq!((at(first, 0).year(), at(last, 0).year()), (0, 9999));
        assert_eq!((at(first - 1, 0).year(), at(last + 1, 0).year()), (-1, 10_000));
        assert_eq!(to_millis("x", at(first, 0)), Ok(at(first, 0)));
        assert_eq!(to_millis("x", at(last, 999_999_999)), Ok(at(last, 999_000_000)));
        for beyond in [at(first - 1, 999_999_999), at(last + 1, 0), DateTime::<Utc>::MAX_UTC] {
            assert_eq!(to_millis("x", beyond), Err(EvidenceError::TimeOutOfRange("x")));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2026-11-22T09:15:04",
            "2026-11-22T09:15:04+00:00",
            "2026-11-22 09:15:04Z",
            "2026-11-22T09:15:04.000Z",
            "2026-11-22T09:15:04.5Z",
            "2026-11-22T09:15:60Z",
            "2026-11-22T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-22T09:15:04.1234Z",
            "+026-11-22T09:15:04Z",
            "2026-11-22t09:15:04z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
