//! What a worker works with.

use std::time::{Duration, Instant};

use crate::counters::{Counters, Progress};
use crate::settings::Settings;

type Tell = Box<dyn FnMut(&Progress<'_>, &Counters) + Send>;

/// Queue, store and settings of a worker, and what it did with them.
pub(super) struct Tools<W, S> {
    pub(super) work: W,
    pub(super) store: S,
    pub(super) settings: Settings,
    pub(super) counters: Counters,
    pub(super) tell: Tell,
    /// An item of its issuer was among those that it took.
    pub(super) has_own: bool,
    /// When the first item of another issuer came.
    pub(super) others_since: Option<Instant>,
    /// The pause after the last trip or seal, where it failed, and when it began.
    pub(super) timestamp_pause: Option<(Duration, Instant)>,
}

impl<W, S> Tools<W, S> {
    pub(super) fn new(work: W, store: S, settings: Settings) -> Self {
        let tell = Box::new(|_: &Progress<'_>, _: &Counters| {});
        Self {
            work,
            store,
            settings,
            counters: Counters::default(),
            tell,
            has_own: false,
            others_since: None,
            timestamp_pause: None,
        }
    }

    pub(super) fn count(&mut self, more: usize, counter: impl FnOnce(&mut Counters) -> &mut u64) {
        let counter = counter(&mut self.counters);
        *counter = counter.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    }

    pub(super) fn tell(&mut self, progress: &Progress<'_>) {
        (self.tell)(progress, &self.counters);
    }

    /// Returns how long items wait that got no seal or no timestamp. It is longer each time that the pause before has passed: the batches
    /// of one outage, which fail one after the other, wait alike.
    pub(super) fn next_timestamp_pause(&mut self) -> Duration {
        let before = match self.timestamp_pause {
            Some((pause, begun)) if begun.elapsed() < pause => return pause,
            before => before.map(|(pause, _)| pause),
        };
        let pause = self.settings.timestamp_pauses.next(before);
        self.timestamp_pause = Some((pause, Instant::now()));
        pause
    }
}
