//! What is known of a clock, as a report tells it.

use chrono::TimeDelta;

use crate::audit::Sequence;

/// What is known of the clock of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// There are too few pairs, or their differences say nothing of it.
    NotEstimated,
    /// It agrees with those that it was compared with, or differs only from clocks that are off.
    Agrees,
    /// It differs from that of another party, and nothing says whose is off, or which of the two recorded other times.
    Differs {
        /// How far it is ahead of the one that it was compared with most often; negative where it is behind.
        by: TimeDelta,
        /// The number of pairs.
        pairs: usize,
    },
    /// It is off. Its times decide nothing.
    Off {
        /// How far it is ahead; negative where it is behind.
        by: TimeDelta,
        /// Half of the differences are no further from that.
        spread: TimeDelta,
        /// The number of differences of which it is the median.
        pairs: usize,
        /// What decided.
        decided_by: ClockReference,
    },
}

impl Clock {
    /// What of several clocks is to be told first: one that is off, and then one that differs.
    fn weight(self) -> u8 {
        match self {
            Self::NotEstimated => 0,
            Self::Agrees => 1,
            Self::Differs { .. } => 2,
            Self::Off { .. } => 3,
        }
    }

    /// The one of several that is to be told first.
    pub(super) fn worst(clocks: impl IntoIterator<Item = Self>) -> Self {
        let worse = |first: Self, second: Self| if second.weight() > first.weight() { second } else { first };
        clocks.into_iter().fold(Self::NotEstimated, worse)
    }
}

/// What decides that a clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ClockReference {
    /// The timestamps of proofs that verified.
    Timestamps,
    /// The clocks of at least two other parties, from each of which it differs alike.
    OtherParties,
}

/// A clock from one setting to the next, as the trail tells of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockSection {
    /// The first line that was recorded by it.
    pub from: Sequence,
    /// The last line.
    pub to: Sequence,
    /// What is known of it.
    pub clock: Clock,
}
