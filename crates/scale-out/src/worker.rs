//! The worker: takes items, seals what has no seal, has one timestamp for all of them, and stores the proofs.

mod making;

use std::fmt;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use recommande::{Sealer, TsaPool};

use crate::batch::Fate;
use crate::counters::{Counters, Progress};
use crate::engine_error::EngineError;
use crate::stop::Stop;
use crate::store::Store;
use crate::work::Work;
use making::Batch;

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
    sealer: Sealer,
    tsas: TsaPool,
    now: Box<dyn FnMut() -> DateTime<Utc> + Send>,
    seals: Seals,
    most: NonZeroUsize,
    within: Duration,
    timestamp_pauses: Pauses,
    engine_pauses: Pauses,
}

/// Pauses that double from the shortest to the longest.
#[derive(Clone, Copy, Debug)]
struct Pauses {
    shortest: Duration,
    longest: Duration,
}

impl Pauses {
    fn next(self, before: Option<Duration>) -> Duration {
        before.map_or(self.shortest, |before| before.saturating_mul(2)).min(self.longest)
    }
}

impl Settings {
    /// Makes settings: seals by `sealer`, which makes no second seals, timestamps from `tsas`, and the time from `now`.
    ///
    /// A batch has at most 1,000 items, and waits a second for them. Without a timestamp, its items are handed out again after
    /// 30 seconds, and after up to 5 minutes when it happens again. Where the queue or the store fails, the worker tries again
    /// after 0.1 to 30 seconds.
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

/// Why a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Asked,
    /// The queue had nothing to hand out. Items that are handed out later are still there.
    Empty,
}

type Tell = Box<dyn FnMut(&Progress<'_>, &Counters) + Send>;

/// Makes proofs of the items of a queue, one batch after the other, on the thread that runs it.
pub struct Worker<W, S> {
    work: W,
    store: S,
    settings: Settings,
    counters: Counters,
    tell: Tell,
    /// The pause after the last trip or seal, where it failed.
    timestamp_pause: Option<Duration>,
}

impl<W: Work, S: Store> Worker<W, S> {
    /// Makes a worker.
    pub fn new(work: W, store: S, settings: Settings) -> Self {
        let tell = Box::new(|_: &Progress<'_>, _: &Counters| {});
        Self { work, store, settings, counters: Counters::default(), tell, timestamp_pause: None }
    }

    /// Tells a function what happens, with the counters at that moment. The worker waits for it.
    #[must_use]
    pub fn with_progress(mut self, tell: impl FnMut(&Progress<'_>, &Counters) + Send + 'static) -> Self {
        self.tell = Box::new(tell);
        self
    }

    /// Returns what the worker did since it was made.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Works until it is asked to end. It tries again whatever fails.
    pub fn run(&mut self, stop: &Stop) {
        let mut pause = None;
        while !stop.is_asked() {
            pause = self.step(stop, pause).err();
        }
    }

    /// Works until it is asked to end, or until the queue has nothing to hand out.
    pub fn drain(&mut self, stop: &Stop) -> Ended {
        let mut pause = None;
        while !stop.is_asked() {
            match self.step(stop, pause) {
                Ok(0) => return Ended::Empty,
                Ok(_) => pause = None,
                Err(failed) => pause = Some(failed),
            }
        }
        Ended::Asked
    }

    /// Works on one batch, and returns the number of its items, or how long it waited after a failure.
    fn step(&mut self, stop: &Stop, before: Option<Duration>) -> Result<usize, Duration> {
        self.once().map_err(|error| {
            let after = self.settings.engine_pauses.next(before);
            self.tell(&Progress::EngineFailed { error: &error, after });
            stop.wait(after);
            after
        })
    }

    /// Takes one batch, works on it, and returns the number of its items, which is 0 where none came.
    ///
    /// # Errors
    /// [`EngineError`] of the queue or of the store. Nothing is lost: what is not settled is handed out again.
    pub fn once(&mut self) -> Result<usize, EngineError> {
        let items = self.once_with_failure();
        if items.is_err() {
            self.counters.engine_failures += 1;
        }
        items
    }

    fn once_with_failure(&mut self) -> Result<usize, EngineError> {
        let taken = self.work.next(self.settings.most, self.settings.within)?;
        if taken.is_empty() {
            return Ok(0);
        }
        let (started, items) = (Instant::now(), taken.len());
        self.counters.batches += 1;
        self.count(items, |counters| &mut counters.taken);
        let (tickets, octets) = taken.into_iter().map(|taken| (taken.ticket, taken.octets)).unzip::<_, _, Vec<_>, _>();
        let fates: Vec<Fate> = match Batch::of(self, octets).made(&tickets) {
            Ok(fates) => fates,
            Err(error) => {
                self.work.release(tickets);
                return Err(error);
            }
        };
        let verdicts = fates.iter().map(|fate| fate.verdict());
        self.work.settle(tickets.into_iter().zip(verdicts).collect())?;
        for fate in fates {
            self.count(1, |counters| match fate {
                Fate::Proven => &mut counters.proven,
                Fate::ProvenBefore => &mut counters.proven_before,
                Fate::Later(_) => &mut counters.later,
                Fate::Rejected => &mut counters.rejected,
            });
        }
        self.tell(&Progress::Settled { items, took: started.elapsed() });
        Ok(items)
    }

    fn count(&mut self, more: usize, counter: impl FnOnce(&mut Counters) -> &mut u64) {
        let counter = counter(&mut self.counters);
        *counter = counter.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
    }

    fn tell(&mut self, progress: &Progress<'_>) {
        (self.tell)(progress, &self.counters);
    }

    /// Returns how long items wait that got no seal or no timestamp, which is longer each time.
    fn next_timestamp_pause(&mut self) -> Duration {
        let pause = self.settings.timestamp_pauses.next(self.timestamp_pause);
        self.timestamp_pause = Some(pause);
        pause
    }
}

impl<W, S> fmt::Debug for Worker<W, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("settings", &self.settings)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
