//! How times and octets are written in findings and reports.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// RFC 3339 in UTC, with a fraction only where there is one.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Seconds, to the microsecond.
pub(crate) fn seconds(value: TimeDelta) -> String {
    format!("{}.{:06} s", value.num_seconds(), value.subsec_nanos() / 1000)
}
