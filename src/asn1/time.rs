//! This module encodes times as DER.

use chrono::{DateTime, Datelike, Timelike, Utc};
use signed_data::tlv::Tag;

#[cfg(feature = "testing")]
use super::writer::tlv;

/// The contents octets of a [`Time`], kept without a heap allocation.
pub(crate) struct Time {
    pub(crate) tag: Tag,
    octets: [u8; LONGEST],
    length: usize,
}

/// The length of `YYYYMMDDhhmmssZ`.
const LONGEST: usize = 15;

impl Time {
    /// Encodes a time as UTCTime through 2049 and as GeneralizedTime after it (RFC 5652 §11.3, RFC 5280 §4.1.2.5).
    ///
    /// ```text
    /// Time ::= CHOICE {
    ///      utcTime      UTCTime,
    ///      generalTime  GeneralizedTime }
    /// ```
    ///
    /// Fractions of a second are cut off, so a leap second becomes the second before it. The caller passes years from
    /// 1950 to 9999 only.
    pub(crate) fn new(time: DateTime<Utc>) -> Self {
        let time = time.naive_utc();
        let year = time.year().unsigned_abs();
        let short = (1950..2050).contains(&year);
        let century = if short { None } else { Some(year / 100) };
        let pairs = [year, time.month(), time.day(), time.hour(), time.minute(), time.second()];
        let digits = century.into_iter().chain(pairs).flat_map(|pair| [pair / 10 % 10, pair % 10]);
        // A remainder of a division by ten fits one octet.
        let digits = digits.map(|digit| b'0' + u8::try_from(digit).unwrap_or_default());
        let mut octets = [b'Z'; LONGEST];
        octets.iter_mut().zip(digits).for_each(|(octet, digit)| *octet = digit);
        let tag = if short { Tag::UTC_TIME } else { Tag::GENERALIZED_TIME };
        Self { tag, octets, length: if short { LONGEST - 2 } else { LONGEST } }
    }

    pub(crate) fn contents(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

/// Encodes a [`Time`] as a whole element.
#[cfg(feature = "testing")]
pub(crate) fn time(time: DateTime<Utc>) -> Vec<u8> {
    let time = Time::new(time);
    tlv(time.tag, time.contents())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_forms() {
        for (moment, tag, contents) in [
            ("1950-01-01T00:00:00Z", Tag::UTC_TIME, "500101000000Z"),
            ("1999-12-31T23:59:59.999Z", Tag::UTC_TIME, "991231235959Z"),
            ("2049-12-31T23:59:59Z", Tag::UTC_TIME, "491231235959Z"),
            ("2050-01-01T00:00:00Z", Tag::GENERALIZED_TIME, "20500101000000Z"),
            ("9999-10-20T10:20:30Z", Tag::GENERALIZED_TIME, "99991020102030Z"),
        ] {
            let time = Time::new(moment.parse().unwrap());
            assert_eq!((time.tag, time.contents()), (tag, contents.as_bytes()), "{moment}");
        }
    }
}
