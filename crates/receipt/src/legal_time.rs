//! Legal time in Brussels: Central European Time, and an hour more in summer.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};

/// Returns how far legal time in Brussels is ahead of UTC: two hours in summer, else one.
///
/// Summer time begins and ends at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC, articles 2
/// and 3). The zones of the library tell days and not offsets. That has been the rule in Belgium since 1996; times before are told in UTC alone.
pub(crate) fn offset(time: DateTime<Utc>) -> Option<TimeDelta> {
    const SINCE: i32 = 1996;
    let year = time.year();
    if year < SINCE {
        return None;
    }
    let change = |month| Some(last_sunday(year, month)?.and_hms_opt(1, 0, 0)?.and_utc());
    let is_summer = (change(3)?..change(10)?).contains(&time);
    Some(TimeDelta::hours(if is_summer { 2 } else { 1 }))
}

/// Returns the last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.checked_sub_days(Days::new(last.weekday().days_since(Weekday::Sun).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_changes_on_the_last_sundays_of_march_and_october() {
        let hours = |time: &str| offset(time.parse().unwrap()).map(|offset| offset.num_hours());
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
