//! The worker: takes items, seals what has no seal, has one timestamp for all of them, and stores the proofs.

mod making;
mod tools;
mod tsa_time;

use std::fmt;
use std::time::{Duration, Instant};

use crate::batch::Fate;
use crate::counters::{Counters, Progress};
use crate::engine_error::EngineError;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::store::Store;
use crate::work::Work;
use making::Batch;
use tools::Tools;

/// Why a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Asked,
    /// The queue has no items any more. Some may have been rejected, each as [`Progress::Rejected`] told. [`Counters::rejected`] lacks
    /// those of a batch that could not be settled.
    Empty,
    /// The queue had nothing to hand out, and still has so many items: those that are handed out later, such as without a timestamp,
    /// and those that other workers have.
    Left(u64),
}

/// Makes proofs of the items of a queue, one batch after the other, on the thread that runs it.
pub struct Worker<W, S>(Tools<W, S>);

impl<W: Work, S: Store> Worker<W, S> {
    /// Makes a worker.
    pub fn new(work: W, store: S, settings: Settings) -> Self {
        Self(Tools::new(work, store, settings))
    }

    /// Tells a function what happens, with the counters at that moment. The worker waits for it.
    #[must_use]
    pub fn with_progress(mut self, tell: impl FnMut(&Progress<'_>, &Counters) + Send + 'static) -> Self {
        self.0.tell = Box::new(tell);
        self
    }

    /// Returns what the worker did since it was made.
    pub fn counters(&self) -> Counters {
        self.0.counters
    }

    /// Works until it is asked to end. It tries again whatever fails.
    pub fn run(&mut self, stop: &Stop) {
        let mut pause = None;
        while !stop.is_asked() {
            pause = self.step(stop, pause, Self::once).err();
        }
    }

    /// Works until it is asked to end, or until the queue has nothing to hand out, and then tells what it still has.
    pub fn drain(&mut self, stop: &Stop) -> Ended {
        let mut pause = None;
        while !stop.is_asked() {
            match self.step(stop, pause, Self::once_or_left) {
                Ok(Some(0)) => return Ended::Empty,
                Ok(Some(left)) => return Ended::Left(left),
                Ok(None) => pause = None,
                Err(failed) => pause = Some(failed),
            }
        }
        Ended::Asked
    }

    /// Works on one batch, and returns how long it waited after a failure.
    fn step<T>(
        &mut self,
        stop: &Stop,
        before: Option<Duration>,
        once: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, Duration> {
        once(self).map_err(|error| {
            let after = self.0.settings.engine_pauses.next(before);
            self.0.tell(&Progress::EngineFailed { error: &error, after });
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
            self.0.counters.engine_failures += 1;
        }
        items
    }

    /// Works on one batch. Where none came, it returns how many items the queue still has.
    fn once_or_left(&mut self) -> Result<Option<u64>, EngineError> {
        if self.once()? > 0 {
            return Ok(None);
        }
        let left = self.0.work.waiting();
        if left.is_err() {
            self.0.counters.engine_failures += 1;
        }
        left.map(Some)
    }

    fn once_with_failure(&mut self) -> Result<usize, EngineError> {
        let taken = self.0.work.next(self.0.settings.most, self.0.settings.within)?;
        if taken.is_empty() {
            return Ok(0);
        }
        let (started, items) = (Instant::now(), taken.len());
        self.0.counters.batches += 1;
        self.0.count(items, |counters| &mut counters.taken);
        let (tickets, octets) = taken.into_iter().map(|taken| (taken.ticket, taken.octets)).unzip::<_, _, Vec<_>, _>();
        let fates: Vec<Fate> = match Batch::of(&mut self.0, octets).made() {
            Ok(fates) => fates,
            Err(error) => {
                self.0.work.release(tickets);
                return Err(error);
            }
        };
        let verdicts = fates.iter().map(|fate| fate.verdict());
        self.0.work.settle(tickets.into_iter().zip(verdicts).collect())?;
        for fate in fates {
            self.0.count(1, |counters| match fate {
                Fate::Proven => &mut counters.proven,
                Fate::ProvenBefore => &mut counters.proven_before,
                Fate::Later(_) => &mut counters.later,
                Fate::Rejected => &mut counters.rejected,
            });
        }
        self.0.tell(&Progress::Settled { items, took: started.elapsed() });
        Ok(items)
    }
}

impl<W, S> fmt::Debug for Worker<W, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("settings", &self.0.settings)
            .field("counters", &self.0.counters)
            .finish_non_exhaustive()
    }
}
