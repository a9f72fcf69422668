//! The time that a TSA told.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::rfc3161_client::TimeStampToken;

/// The time of a token, and when it came. The clock of the system may be set meanwhile, and this one goes on.
#[derive(Clone, Copy)]
pub(super) struct TsaTime {
    gen_time: DateTime<Utc>,
    came: Instant,
}

impl TsaTime {
    pub(super) fn of(token: &TimeStampToken) -> Self {
        Self { gen_time: token.tst_info().gen_time, came: Instant::now() }
    }

    pub(super) fn now(self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.came.elapsed()).unwrap_or(TimeDelta::MAX);
        self.gen_time.checked_add_signed(passed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
