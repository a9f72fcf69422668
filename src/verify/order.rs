//! The order of two times, with a tolerance and a longest delay.

use chrono::{DateTime, TimeDelta, Utc};

/// How a time lies to a later one.
pub(super) enum Order {
    Before,
    LongBefore,
    After,
}

impl Order {
    pub(super) fn of(
        earlier: DateTime<Utc>,
        later: DateTime<Utc>,
        tolerance: TimeDelta,
        longest_delay: TimeDelta,
    ) -> Self {
        match later.signed_duration_since(earlier) {
            difference if difference < -tolerance => Self::After,
            difference if difference > longest_delay => Self::LongBefore,
            _ => Self::Before,
        }
    }
}
