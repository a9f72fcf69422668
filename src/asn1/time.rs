//! Times as DER writes them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use signed_data::tlv::Tag;

#[cfg(feature = "testing")]
use super::writer::tlv;

/// The contents octets of a [`Time`], which need no buffer of their own.
pub(crate) struct Time {
    pub(crate) tag: Tag,
    octets: [u8; LONGEST],
    length: usize,
}

/// `YYYYMMDDhhmmssZ`
const LONGEST: usize = 15;

impl Time {
    /// Time ::= CHOICE { utcTime, generalTime }: UTCTime through 2049, GeneralizedTime after it (RFC 5652 §11.3,
    /// RFC 5280 §4.1.2.5). Fractions of a second are cut off (so a leap second is the second before it);
    /// years outside 1950 to 9999 are not written here.
    pub(crate) fn new(time: DateTime<Utc>) -> Self {
        let time = time.naive_utc();
        let year = time.year().unsigned_abs();
        let short = (1950..2050).contains(&year);
        let century = if short { None } else { Some(year / 100) };
        let pairs = [year, time.month(), time.day(), time.hour(), time.minute(), time.second()];
        let digits = century.into_iter().chain(pairs).flat_map(|pair| [pair / 10 % 10, pair % 10]);
        // A remainder by ten fits one octet.
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

/// A [`Time`] as an element.
#[cfg(feature = "testing")]
pub(crate) fn time(time: DateTime<Utc>) -> Vec<u8> {
    let time = Time::new(time);
    tlv(time.tag, time.contents())
}
