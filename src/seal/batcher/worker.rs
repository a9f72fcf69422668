//! The thread that makes the batches.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rfc3161_client::TsaPool;

use super::queue::Queue;
use super::reasons::WhyNotStamped;
use super::settings::BatcherSettings;
use super::work::{Accepted, Batchable, NotStamped, SinkPanicked, StampingResult, Trip};

pub(super) struct Worker<A: Batchable, T, F> {
    pub(super) queue: Arc<Queue<Accepted<A, T>>>,
    pub(super) maker: A::Maker,
    pub(super) tsas: TsaPool,
    pub(super) settings: BatcherSettings,
    pub(super) sink: F,
}

/// Closes the queue when the worker ends for any reason, because blocked producers would wait forever.
struct CloseAtEnd<'a, T>(&'a Queue<T>);

impl<T> Drop for CloseAtEnd<'_, T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<A: Batchable, T, F: FnMut(T, StampingResult<A>)> Worker<A, T, F> {
    /// Runs until the queue is closed and empty, or the sink panics.
    pub(super) fn run(mut self) -> Result<(), SinkPanicked<A, T>> {
        let queue = Arc::clone(&self.queue);
        let _close = CloseAtEnd(&queue);
        while let Some(batch) = queue.take(self.settings.count.get(), self.settings.age) {
            let made = self.make(&batch);
            let mut outcomes =
                batch.into_iter().map(|Accepted { unstamped, leaf, tag }| (tag, A::proof(&made, unstamped, &leaf)));
            while let Some((tag, outcome)) = outcomes.next() {
                let sink = &mut self.sink;
                if let Err(panic) = catch_unwind(AssertUnwindSafe(|| sink(tag, outcome))) {
                    return Err(stop(&queue, panic, outcomes));
                }
            }
        }
        Ok(())
    }

    fn make(&mut self, batch: &[Accepted<A, T>]) -> A::Made {
        let mut made = A::Made::default();
        let Self { maker, tsas, settings, .. } = self;
        let trip = Trip { tsas, revocation: settings.revocation.as_mut() };
        // Transports are code of others, as all that the caller gave is. Their panic must not lose the batch, and what was
        // made until then is in `made`.
        let _ = catch_unwind(AssertUnwindSafe(|| A::make(maker, batch, trip, &mut made)));
        made
    }
}

/// Closes the queue, and gathers everything that was accepted and not delivered.
fn stop<A: Batchable, T>(
    queue: &Queue<Accepted<A, T>>,
    panic: Box<dyn Any + Send>,
    outcomes: impl Iterator<Item = (T, StampingResult<A>)>,
) -> SinkPanicked<A, T> {
    queue.close();
    let mut undelivered: Vec<_> = outcomes.collect();
    let why = Arc::new(WhyNotStamped::Stopped);
    while let Some(rest) = queue.take(usize::MAX, Duration::ZERO) {
        let not_stamped = |unstamped| NotStamped { unstamped, why: Arc::clone(&why), batch: None };
        undelivered.extend(rest.into_iter().map(|accepted| (accepted.tag, Err(not_stamped(accepted.unstamped)))));
    }
    SinkPanicked { panic, undelivered }
}
