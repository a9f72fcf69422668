//! This module formats times, octets and errors for findings and reports.

mod hidden;
mod unicode;

use std::fmt::{self, Display, Write};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Timelike, Utc};
pub(crate) use hidden::has_hidden;
pub(crate) use unicode::{is_nfc, nfc, nfkc};

/// Formats a time as RFC 3339 in UTC, with a fraction only if it is not zero.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    // Each field of a time with an offset is computed by it.
    let utc = time.naive_utc();
    let year = match u32::try_from(utc.year()) {
        Ok(year @ 0..=9999) if utc.nanosecond() == 0 => year,
        _ => return time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    };
    // A report has dozens of times, nearly all of them of this form.
    let two = |value: u32| [value / 10, value].map(|value| b'0' + u8::try_from(value % 10).unwrap_or_default());
    let ([c, d], [y, z], [m, n], [a, b]) = (two(year / 100), two(year), two(utc.month()), two(utc.day()));
    let ([h, i], [j, k], [s, t]) = (two(utc.hour()), two(utc.minute()), two(utc.second()));
    let text = [c, d, y, z, b'-', m, n, b'-', a, b, b'T', h, i, b':', j, k, b':', s, t, b'Z'];
    // The octets are ASCII, so the conversion does not fail.
    std::str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// Formats octets as hexadecimal digits, up to the number of octets that a report shows.
pub(crate) fn hex(octets: &[u8]) -> String {
    let shown = octets.get(..MAX_SHOWN / 2 + 1).unwrap_or(octets);
    hex_digits(shown, &mut vec![0; 2 * shown.len()]).to_owned()
}

/// Writes octets as hexadecimal digits, as many as `digits` has place for.
pub(crate) fn hex_digits<'d>(octets: &[u8], digits: &'d mut [u8]) -> &'d str {
    // Without branches, so that many octets are written at once.
    let digit = |value: u8| b'0' + value + (b'a' - b'9' - 1) * u8::from(value > 9);
    let (pairs, _) = digits.as_chunks_mut::<2>();
    pairs.iter_mut().zip(octets).for_each(|(pair, octet)| *pair = [digit(octet >> 4), digit(octet & 0x0f)]);
    // The digits are ASCII, so the conversion does not fail.
    let written = digits.get(..2 * octets.len()).unwrap_or_default();
    std::str::from_utf8(written).unwrap_or_default()
}

/// Formats a duration in seconds, milliseconds or microseconds, whichever is the largest unit without a fraction.
pub(crate) fn seconds(value: TimeDelta) -> String {
    match (value.subsec_nanos() / 1000, value.num_microseconds()) {
        (0, _) | (_, None) => format!("{} s", value.num_seconds()),
        (part, Some(_)) if part % 1000 == 0 => format!("{} ms", value.num_milliseconds()),
        (_, Some(micros)) => format!("{micros} \u{b5}s"),
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
            "2026-11-22T09:15:04.000001Z",
            "+10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
        ] {
            assert_eq!(time(text.parse().unwrap()), text);
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
