//! `UTCTime` and `GeneralizedTime`.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::tlv::{Reader, Tag, Tlv};

/// A time as it was read, with the departures of its coding from DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The time; digits of a fraction beyond the ninth are cut off.
    pub value: DateTime<Utc>,
    /// The type of the element.
    pub form: TimeForm,
    /// The number of digits in the fraction of a second; 0 when there was none.
    pub fraction_digits: usize,
    /// The departures of the coding from DER.
    pub coding: TimeCoding,
}

/// The two types of `Time` ([RFC 5652 §11.3](https://www.rfc-editor.org/rfc/rfc5652#section-11.3)).
///
/// ```text
/// Time ::= CHOICE {
///   utcTime         UTCTime,
///   generalizedTime GeneralizedTime }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// `UTCTime`, whose years 50 to 99 are 1950 to 1999 (RFC 5280 §4.1.2.5.1).
    Utc,
    /// `GeneralizedTime`.
    Generalized,
}

/// The departures of a time's coding from DER (X.690 §11.7, §11.8; RFC 3161 §2.4.2).
///
/// None of them leaves a doubt about the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeCoding {
    /// The seconds are missing.
    pub seconds_missing: bool,
    /// The fraction follows a comma.
    pub comma: bool,
    /// A decimal point (or comma) has no digits after it.
    pub bare_point: bool,
    /// The fraction ends in a zero.
    pub trailing_zeros: bool,
    /// The fraction has more than nine digits; the value is cut off there.
    pub beyond_nanoseconds: bool,
}

impl TimeCoding {
    /// Tells whether the coding is what DER requires.
    #[must_use]
    pub fn is_der(&self) -> bool {
        // A fraction beyond nanoseconds is DER; it is only more than is kept.
        !(self.seconds_missing || self.comma || self.bare_point || self.trailing_zeros)
    }
}

impl Time {
    /// Reads a `UTCTime` or `GeneralizedTime` element.
    ///
    /// The answer is `None` for another type, for a time that does not exist, and for a coding that leaves doubt about
    /// the moment: a missing `Z` (local time or an offset, which RFC 5280 and RFC 3161 forbid), or a fraction of a
    /// minute or an hour.
    #[must_use]
    pub fn from_tlv(tlv: &Tlv<'_>) -> Option<Self> {
        let form = match tlv.tag {
            Tag::UTC_TIME => TimeForm::Utc,
            Tag::GENERALIZED_TIME => TimeForm::Generalized,
            _ => return None,
        };
        let mut digits = Digits(tlv.value.strip_suffix(b"Z")?);
        let year = match form {
            TimeForm::Generalized => digits.pair()? * 100 + digits.pair()?,
            TimeForm::Utc => match digits.pair()? {
                year @ 50.. => 1900 + year,
                year => 2000 + year,
            },
        };
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits.pair()?, digits.pair()?)?;
        let (hour, minute) = (digits.pair()?, digits.pair()?);
        let mut coding = TimeCoding { seconds_missing: digits.0.is_empty(), ..TimeCoding::default() };
        let second = if coding.seconds_missing { 0 } else { digits.pair()? };
        let (nanos, fraction_digits) = match (form, digits.0.split_first()) {
            (_, None) => (0, 0),
            (TimeForm::Generalized, Some((point @ (b'.' | b','), fraction))) => {
                coding.comma = *point == b',';
                coding.bare_point = fraction.is_empty();
                coding.trailing_zeros = fraction.last() == Some(&b'0');
                coding.beyond_nanoseconds = fraction.len() > 9;
                (nanoseconds(fraction)?, fraction.len())
            }
            _ => return None,
        };
        // A leap second is kept as chrono keeps it: the second before, and a second's worth of nanoseconds.
        let time = if (hour, minute, second) == (23, 59, 60) {
            date.and_hms_nano_opt(hour, minute, 59, 1_000_000_000 + nanos)?
        } else {
            date.and_hms_nano_opt(hour, minute, second, nanos)?
        };
        Some(Self { value: time.and_utc(), form, fraction_digits, coding })
    }

    /// Tells whether a fraction of a second was stated, even if it is zero.
    #[must_use]
    pub fn has_fraction(&self) -> bool {
        self.fraction_digits > 0
    }
}

impl Reader<'_> {
    /// Reads the next element, which must be a `UTCTime` or a `GeneralizedTime`.
    ///
    /// # Errors
    /// The same as for [`any`](Self::any); `UnexpectedTag` for another type; `InvalidValue` for what [`Time::from_tlv`] refuses.
    pub fn time(&mut self) -> Result<Time, Error> {
        let tag = if self.peek() == Some(Tag::UTC_TIME) { Tag::UTC_TIME } else { Tag::GENERALIZED_TIME };
        let tlv = self.expect(tag)?;
        Time::from_tlv(&tlv).ok_or_else(|| self.error(ErrorKind::InvalidValue("time")))
    }
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn pair(&mut self) -> Option<u32> {
        let (pair, rest) = self.0.split_at_checked(2)?;
        self.0 = rest;
        pair.iter().try_fold(0, |sum, octet| octet.is_ascii_digit().then(|| sum * 10 + u32::from(octet - b'0')))
    }
}

fn nanoseconds(fraction: &[u8]) -> Option<u32> {
    if fraction.len() > limits::MAX_FRACTION_DIGITS || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().copied().chain(core::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |sum, octet| sum * 10 + u32::from(octet - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: Tag, text: &str) -> Option<Time> {
        Time::from_tlv(&Tlv { tag, value: text.as_bytes(), raw: text.as_bytes() })
    }

    fn shown(tag: Tag, text: &str) -> Option<String> {
        read(tag, text).map(|time| time.value.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn der_times() {
        for (tag, text, expected) in [
            (Tag::UTC_TIME, "491231235959Z", "2049-12-31T23:59:59Z"),
            (Tag::UTC_TIME, "500101000000Z", "1950-01-01T00:00:00Z"),
            (Tag::GENERALIZED_TIME, "20140331063109Z", "2014-03-31T06:31:09Z"),
            (Tag::GENERALIZED_TIME, "20140331063109.591Z", "2014-03-31T06:31:09.591Z"),
            (Tag::GENERALIZED_TIME, "20140331063109.000000001Z", "2014-03-31T06:31:09.000000001Z"),
            (Tag::GENERALIZED_TIME, "20161231235960Z", "2016-12-31T23:59:60Z"),
        ] {
            assert_eq!(shown(tag, text).as_deref(), Some(expected));
            assert!(
                read(tag, text).is_some_and(|time| time.coding.is_der() && time.has_fraction() == text.contains('.'))
            );
        }
    }

    #[test]
    fn unusual_codings_are_read_and_said() {
        let coding = |text| read(Tag::GENERALIZED_TIME, text).map(|time| time.coding).expect("read");
        assert!(coding("20140331063109.590Z").trailing_zeros && coding("20140331063109.0Z").trailing_zeros);
        assert!(coding("20140331063109.Z").bare_point && coding("20140331063109,5Z").comma);
        assert!(coding("201403310631Z").seconds_missing);
        assert!(coding("20140331063109.1234567891Z").beyond_nanoseconds);
        for text in ["20140331063109.590Z", "20140331063109.Z", "20140331063109,5Z", "201403310631Z"] {
            assert!(!coding(text).is_der(), "{text}");
        }
        assert!(read(Tag::UTC_TIME, "1403310631Z").is_some_and(|time| time.coding.seconds_missing));
    }

    #[test]
    fn doubtful_times_are_refused() {
        for text in [
            "",
            "Z",
            "20140331063109",
            "20140331063109+0200",
            "20140331063109.5",
            "2014033106Z",
            "201403310631.5Z",
            "20140231063109Z",
            "20140331243109Z",
            "20140331066009Z",
            "20140331063160Z",
            "20140331063109.5aZ",
            "20140331063109.ZZ",
            "+0140331063109Z",
            "20140331063109Z ",
            "140331063109Z",
            "20140331063109.000000000000000000000000000000000Z",
        ] {
            assert_eq!(shown(Tag::GENERALIZED_TIME, text), None, "{text}");
        }
        for text in ["140331063109.5Z", "20140331063109Z", "140331063109+0100", "140331063109-0000", "14033106Z"] {
            assert_eq!(shown(Tag::UTC_TIME, text), None, "{text}");
        }
        assert_eq!(shown(Tag::INTEGER, "20140331063109Z"), None);
    }
}
