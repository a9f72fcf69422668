//! Legal time in Brussels: Central European Time, and an hour more in summer.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use recommande::life::Zone;

/// The rules of one city, which the build takes out of the database. The whole of it would be a tenth of a page for browsers.
const RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/brussels.tzif"));

/// The clocks in Brussels.
pub(crate) struct LegalTime {
    /// There is one as long as the library reads the rules. Without it, times would be told in UTC alone.
    zone: Option<Zone>,
}

impl LegalTime {
    pub(crate) fn of_brussels() -> Self {
        Self { zone: Zone::of_rules("Europe/Brussels", RULES).ok() }
    }

    /// Returns how far legal time in Brussels is ahead of UTC: two hours in summer, else one.
    ///
    /// Summer time begins and ends at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC, articles 2
    /// and 3). That has been the rule in Belgium since 1996; times before are told in UTC alone.
    pub(crate) fn offset(&self, time: DateTime<Utc>) -> Option<TimeDelta> {
        const SINCE: i32 = 1996;
        let zone = self.zone.as_ref().filter(|_| time.year() >= SINCE)?;
        zone.offset_at(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_changes_on_the_last_sundays_of_march_and_october() {
        let brussels = LegalTime::of_brussels();
        let hours = |time: &str| brussels.offset(time.parse().unwrap()).map(|offset| offset.num_hours());
        assert_eq!(hours("2026-03-29T00:59:59Z"), Some(1));
        assert_eq!(hours("2026-03-29T01:00:00Z"), Some(2));
        assert_eq!(hours("2026-10-25T00:59:59Z"), Some(2));
        assert_eq!(hours("2026-10-25T01:00:00Z"), Some(1));
        // The 31st itself is a Sunday.
        assert_eq!(hours("2024-03-31T00:59:59Z"), Some(1));
        assert_eq!(hours("2024-03-31T01:00:00Z"), Some(2));
        assert_eq!(hours("1995-07-01T00:00:00Z"), None);
    }
}
