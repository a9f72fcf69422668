//! What a worker needs to make proofs, and when it does what.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::{DateTime, Utc};
use recommande::{Sealer, TsaPool};

/// Whether each statement has a seal of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seals {
    /// Each statement has a seal of its own.
    #[default]
    Single,
    /// The statements of a batch share one seal. The certificate has to hold the number of the issuer.
    Aggregated,
}

/// What a worker needs to make proofs, and when it does what.
pub struct Settings {
    pub(crate) sealer: Sealer,
    pub(crate) tsas: TsaPool,
    pub(crate) now: Box<dyn FnMut() -> DateTime<Utc> + Send>,
    pub(crate) seals: Seals,
    pub(crate) most: NonZeroUsize,
    pub(crate) within: Duration,
    pub(crate) timestamp_pauses: Pauses,
    pub(crate) engine_pauses: Pauses,
    pub(crate) longest_ahead: Duration,
}

/// Pauses that double from the shortest to the longest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pauses {
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
}

impl Pauses {
    pub(crate) fn next(self, before: Option<Duration>) -> Duration {
        before.map_or(self.shortest, |before| before.saturating_mul(2)).min(self.longest)
    }
}

impl Settings {
    /// Makes settings: seals by `sealer`, which makes no second seals, timestamps from `tsas`, and the time from `now`.
    ///
    /// A batch has at most 1,000 items, and waits a second for them. Without a timestamp, its items are handed out again after
    /// 30 seconds, and after up to 5 minutes when it happens again. Where the queue or the store fails, the worker tries again
    /// after 0.1 to 30 seconds. An item whose event is more than a day ahead of the time of a TSA is rejected.
    pub fn new(sealer: Sealer, tsas: TsaPool, now: impl FnMut() -> DateTime<Utc> + Send + 'static) -> Self {
        let seconds = Duration::from_secs;
        Self {
            sealer,
            tsas,
            now: Box::new(now),
            seals: Seals::default(),
            most: const { NonZeroUsize::new(1000).unwrap() },
            within: seconds(1),
            timestamp_pauses: Pauses { shortest: seconds(30), longest: seconds(300) },
            engine_pauses: Pauses { shortest: Duration::from_millis(100), longest: seconds(30) },
            longest_ahead: seconds(86_400),
        }
    }

    /// Sets whether new seals are over one statement or over a batch. Seals that are stored are taken up as they are.
    #[must_use]
    pub fn with_seals(self, seals: Seals) -> Self {
        Self { seals, ..self }
    }

    /// Sets how many items a batch has at the most, and how long it waits for them.
    #[must_use]
    pub fn with_batches(self, most: NonZeroUsize, within: Duration) -> Self {
        Self { most, within, ..self }
    }

    /// Sets after how long items without a timestamp are handed out again: the first time, and at the most.
    #[must_use]
    pub fn with_timestamp_pauses(self, shortest: Duration, longest: Duration) -> Self {
        Self { timestamp_pauses: Pauses { shortest, longest }, ..self }
    }

    /// Sets how far ahead the event of an item may be. One that is less far ahead waits until its time has come; one that is further
    /// ahead is rejected, where a TSA tells the same time as the clock here.
    #[must_use]
    pub fn with_longest_ahead(self, longest: Duration) -> Self {
        Self { longest_ahead: longest, ..self }
    }

    /// Sets how long the worker waits after a failure of the queue or of the store: the first time, and at the most.
    #[must_use]
    pub fn with_engine_pauses(self, shortest: Duration, longest: Duration) -> Self {
        Self { engine_pauses: Pauses { shortest, longest }, ..self }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("sealer", &self.sealer)
            .field("seals", &self.seals)
            .field("most", &self.most)
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}
