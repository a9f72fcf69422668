//! Times as DER writes them.

use chrono::{DateTime, Datelike, Utc};
use signed_data::tlv::Tag;

use super::writer::tlv;

/// Time ::= CHOICE { utcTime, generalTime }: UTCTime through 2049, GeneralizedTime after it (RFC 5652 §11.3, RFC 5280
/// §4.1.2.5). Fractions of a second are cut off; years outside 1950 to 9999 are not written here.
pub(crate) fn time(time: DateTime<Utc>) -> Vec<u8> {
    if (1950..2050).contains(&time.year()) {
        tlv(Tag::UTC_TIME, time.format("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        tlv(Tag::GENERALIZED_TIME, time.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
    }
}
