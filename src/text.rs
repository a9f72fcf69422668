//! This module formats times, octets and errors for findings and reports.

mod hidden;
mod json;
mod object;
mod unicode;

use std::fmt::{self, Display, Write};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Timelike, Utc};
pub(crate) use hidden::has_hidden;
pub(crate) use json::{push_plain, push_string};
pub(crate) use object::{Object, read_from_object};
pub(crate) use unicode::{is_nfc, nfc, nfkc};

/// Formats a time as RFC 3339 in UTC, with a fraction only if it is not zero.
pub(crate) fn time(time: DateTime<Utc>) -> impl Display {
    ShownTime(time)
}

struct ShownTime(DateTime<Utc>);

impl Display for ShownTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each field of a time with an offset is computed by it.
        let utc = self.0.naive_utc();
        // A report has dozens of times, nearly all of them of this form. Leap seconds have more nanoseconds.
        let (Some(date), millis @ 0..=999, 0) =
            (date_digits(utc.date()), utc.nanosecond() / 1_000_000, utc.nanosecond() % 1_000_000)
        else {
            return f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        };
        let ([h, i], [j, k], [s, t]) = (two_digits(utc.hour()), two_digits(utc.minute()), two_digits(utc.second()));
        f.write_str(ascii(&date))?;
        f.write_str(ascii(&[b'T', h, i, b':', j, k, b':', s, t]))?;
        if millis > 0 {
            let ([_, m], [l, n]) = (two_digits(millis / 100), two_digits(millis));
            f.write_str(ascii(&[b'.', m, l, n]))?;
        }
        f.write_str("Z")
    }
}

/// Formats a day as RFC 3339.
pub(crate) fn date(date: NaiveDate) -> impl Display {
    ShownDate(date)
}

struct ShownDate(NaiveDate);

impl Display for ShownDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match date_digits(self.0) {
            Some(digits) => f.write_str(ascii(&digits)),
            None => self.0.fmt(f),
        }
    }
}

/// Writes a day whose year has four digits.
pub(crate) fn date_digits(date: NaiveDate) -> Option<[u8; 10]> {
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let ([c, d], [y, z]) = (two_digits(year / 100), two_digits(year));
    let ([m, n], [a, b]) = (two_digits(date.month()), two_digits(date.day()));
    Some([c, d, y, z, b'-', m, n, b'-', a, b])
}

/// Writes the last two digits of a number.
pub(crate) fn two_digits(value: u32) -> [u8; 2] {
    [value / 10, value].map(|value| b'0' + u8::try_from(value % 10).unwrap_or_default())
}

/// Takes octets that are ASCII, so that the conversion does not fail.
pub(crate) fn ascii(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap_or_default()
}

/// Formats octets as hexadecimal digits, up to the number of octets that a report shows.
pub(crate) fn hex(octets: &[u8]) -> impl Display {
    Hex(octets.get(..MAX_SHOWN / 2 + 1).unwrap_or(octets))
}

struct Hex<'a>(&'a [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chunks(64).try_for_each(|octets| f.write_str(hex_digits(octets, &mut [0; 128])))
    }
}

/// Writes octets as hexadecimal digits, as many as `digits` has place for.
pub(crate) fn hex_digits<'d>(octets: &[u8], digits: &'d mut [u8]) -> &'d str {
    // Without branches, so that many octets are written at once.
    let digit = |value: u8| b'0' + value + (b'a' - b'9' - 1) * u8::from(value > 9);
    let (pairs, _) = digits.as_chunks_mut::<2>();
    pairs.iter_mut().zip(octets).for_each(|(pair, octet)| *pair = [digit(octet >> 4), digit(octet & 0x0f)]);
    ascii(digits.get(..2 * octets.len()).unwrap_or_default())
}

/// Formats a duration in seconds, milliseconds or microseconds, whichever is the largest unit without a fraction.
pub(crate) fn seconds(value: TimeDelta) -> impl Display {
    Seconds(value)
}

struct Seconds(TimeDelta);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = self;
        match (value.subsec_nanos() / 1000, value.num_microseconds()) {
            (0, _) | (_, None) => write!(f, "{} s", value.num_seconds()),
            (part, Some(_)) if part % 1000 == 0 => write!(f, "{} ms", value.num_milliseconds()),
            (_, Some(micros)) => write!(f, "{micros} \u{b5}s"),
        }
    }
}

/// Formats values one after the other, with a separator between them.
pub(crate) fn listed<V: IntoIterator<Item: Display>>(values: impl Fn() -> V, separator: &str) -> impl Display {
    Listed { values, separator }
}

struct Listed<'s, F> {
    values: F,
    separator: &'s str,
}

impl<V: IntoIterator<Item: Display>, F: Fn() -> V> Display for Listed<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.values)().into_iter().enumerate().try_for_each(|(number, value)| {
            f.write_str(if number == 0 { "" } else { self.separator })?;
            value.fmt(f)
        })
    }
}

/// Returns true for a character that is invisible or that changes the order in which a reader sees others.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The maximum length of one text in a finding or a report, in octets. A path of a dozen names takes some 3,000. Only a
/// digest, number or identifier of an absurd size is longer.
pub(crate) const MAX_SHOWN: usize = 4096;

/// Formats a value and cuts the text at [`MAX_SHOWN`], so that an artifact cannot dictate the size of its report.
pub(crate) fn shown(value: impl Display) -> String {
    let mut text = Shown { short: [0; SHORT], length: 0, long: String::new() };
    // Writing fails only where the text is cut, and the text up to there is the result.
    let _ = write!(text, "{value}");
    text.into_string()
}

/// Formats an error and the chain of its sources in one line.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The length of a text, in octets, that is put together before memory is asked for. A path of two names fits.
const SHORT: usize = 160;

/// A text that is being put together: short ones in their place, so that each takes as much memory as it needs.
struct Shown {
    short: [u8; SHORT],
    /// The octets in `short`, none from where the text became longer.
    length: usize,
    long: String,
}

impl Shown {
    fn into_string(mut self) -> String {
        // A report holds thousands of texts.
        self.long.shrink_to_fit();
        let short = self.short.get(..self.length).unwrap_or_default();
        match self.long.is_empty() {
            // Whole texts were written there, so the conversion does not fail.
            true => std::str::from_utf8(short).unwrap_or_default().to_owned(),
            false => self.long,
        }
    }
}

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.long.is_empty() {
            if let Some(place) = self.short.get_mut(self.length..self.length.saturating_add(text.len())) {
                place.copy_from_slice(text.as_bytes());
                self.length += text.len();
                return Ok(());
            }
            let written = self.short.get(..self.length).unwrap_or_default();
            self.long.push_str(std::str::from_utf8(written).unwrap_or_default());
        }
        let mut end = MAX_SHOWN.saturating_sub(self.long.len());
        if text.len() <= end {
            self.long.push_str(text);
            return Ok(());
        }
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.long.push_str(text.get(..end).unwrap_or_default());
        self.long.push('\u{2026}');
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_fraction_where_it_is_not_zero() {
        for text in [
            "2026-11-22T09:15:04Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-11-22T09:15:04.120Z",
            "2026-11-22T09:15:04.001Z",
            "2026-11-22T09:15:04.999Z",
            "2026-11-22T09:15:04.000001Z",
            "2026-11-22T09:15:04.120000001Z",
            "2026-12-31T23:59:60Z",
            "2026-12-31T23:59:60.500Z",
            "+10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
        ] {
            let parsed: DateTime<Utc> = text.parse().unwrap();
            assert_eq!(time(parsed).to_string(), text);
            assert_eq!(date(parsed.date_naive()).to_string(), parsed.date_naive().to_string());
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shown("short"), "short");
        assert_eq!(shown("a".repeat(MAX_SHOWN)), "a".repeat(MAX_SHOWN));
        assert_eq!(shown(hex(&[7; MAX_SHOWN])), format!("{}\u{2026}", "07".repeat(MAX_SHOWN / 2)));
        assert_eq!(shown(format!("a{}", "\u{e9}".repeat(MAX_SHOWN))).len(), MAX_SHOWN - 1 + '\u{2026}'.len_utf8());
        assert_eq!(
            shown(format_args!("{}{}", "a".repeat(MAX_SHOWN), "b")),
            format!("{}\u{2026}", "a".repeat(MAX_SHOWN))
        );
    }
}
