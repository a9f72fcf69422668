//! This module formats times, octets and errors for findings and reports.

mod hidden;
mod unicode;

use std::fmt::{self, Display, Write};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
pub(crate) use hidden::has_hidden;
pub(crate) use unicode::{is_nfc, nfc, nfkc};

/// Formats a time as RFC 3339 in UTC, with a fraction only if it is not zero.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Formats octets as hexadecimal digits, up to the number of octets that a report shows.
pub(crate) fn hex(octets: &[u8]) -> String {
    let shown = octets.get(..MAX_SHOWN / 2 + 1).unwrap_or(octets);
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' - 10 + value };
    let mut digits = vec![0; 2 * shown.len()];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    pairs.iter_mut().zip(shown).for_each(|(pair, octet)| *pair = [digit(octet >> 4), digit(octet & 0x0f)]);
    // The digits are ASCII, so the conversion does not fail.
    String::from_utf8(digits).unwrap_or_default()
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
    // Most texts are short, and a digest by SHA-256 with its name fits.
    let mut text = Shown(String::with_capacity(80));
    // Writing fails only where the text is cut, and the text up to there is the result.
    let _ = write!(text, "{value}");
    // A report holds thousands of them.
    text.0.shrink_to_fit();
    text.0
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

struct Shown(String);

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = MAX_SHOWN.saturating_sub(self.0.len());
        if text.len() <= end {
            self.0.push_str(text);
            return Ok(());
        }
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.0.push_str(text.get(..end).unwrap_or_default());
        self.0.push('\u{2026}');
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
