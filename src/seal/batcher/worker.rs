//! The thread that sends the requests to the TSA.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rfc3161_client::TsaPool;

use super::queue::Queue;
use super::{BatcherSettings, NotStamped, StampingResult, WhyNotStamped};
use crate::crypto::Digest;
use crate::seal::batch::{BatchLeaves, NotInBatch, StampedBatch, WhyNotInBatch};
use crate::seal::{Artifact, Unstamped};

/// A seal that was accepted, with its leaf and its tag.
pub(super) struct Accepted<A, T> {
    pub(super) unstamped: Unstamped<A>,
    pub(super) leaf: Digest,
    pub(super) tag: T,
}

/// The panic of a sink, and the outcomes that it did not get any more.
pub(super) struct Stopped<A, T> {
    pub(super) panic: Box<dyn Any + Send>,
    pub(super) undelivered: Vec<(T, StampingResult<A>)>,
}

pub(super) struct Worker<A, T, F> {
    pub(super) queue: Arc<Queue<Accepted<A, T>>>,
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

impl<A: Artifact, T, F: FnMut(T, StampingResult<A>)> Worker<A, T, F> {
    /// Runs until the queue is closed and empty, or the sink panics.
    pub(super) fn run(mut self) -> Result<(), Stopped<A, T>> {
        let queue = Arc::clone(&self.queue);
        let _close = CloseAtEnd(&queue);
        while let Some(batch) = queue.take(self.settings.count.get(), self.settings.age) {
            // Transports are code of others. Their panic must not lose the seals of the batch.
            let stamped = catch_unwind(AssertUnwindSafe(|| self.stamp(&batch)));
            let stamped = stamped.unwrap_or(Err(WhyNotStamped::Panicked)).map_err(Arc::new);
            let mut outcomes = batch.into_iter().map(|accepted| outcome(accepted, &stamped));
            while let Some((tag, outcome)) = outcomes.next() {
                let sink = &mut self.sink;
                if let Err(panic) = catch_unwind(AssertUnwindSafe(|| sink(tag, outcome))) {
                    return Err(stop(&queue, panic, outcomes));
                }
            }
        }
        Ok(())
    }

    fn stamp(&mut self, batch: &[Accepted<A, T>]) -> Result<StampedBatch, WhyNotStamped> {
        let mut leaves = BatchLeaves::new();
        batch.iter().for_each(|accepted| leaves.add_leaf(&accepted.leaf, &accepted.unstamped));
        let stamped = leaves.close().map_err(|_| WhyNotStamped::NoBatch)?.stamp_with(&self.tsas)?;
        let Some(revocation) = &mut self.settings.revocation else { return Ok(stamped) };
        let data = revocation(stamped.token());
        Ok(stamped.with_revocation(&data)?)
    }
}

fn outcome<A: Artifact, T>(
    accepted: Accepted<A, T>,
    stamped: &Result<StampedBatch, Arc<WhyNotStamped>>,
) -> (T, StampingResult<A>) {
    let Accepted { unstamped, leaf, tag } = accepted;
    let outcome = match stamped {
        Ok(stamped) => stamped.proof_of(&leaf, unstamped).map_err(|NotInBatch { unstamped, why }| {
            let why = match why {
                WhyNotInBatch::OtherOctets => WhyNotStamped::NoBatch,
                WhyNotInBatch::Timestamp(error) => WhyNotStamped::Timestamp(*error),
            };
            NotStamped { unstamped, why: Arc::new(why) }
        }),
        Err(why) => Err(NotStamped { unstamped, why: Arc::clone(why) }),
    };
    (tag, outcome)
}

/// Closes the queue, and gathers everything that was accepted and not delivered.
fn stop<A: Artifact, T>(
    queue: &Queue<Accepted<A, T>>,
    panic: Box<dyn Any + Send>,
    outcomes: impl Iterator<Item = (T, StampingResult<A>)>,
) -> Stopped<A, T> {
    queue.close();
    let mut undelivered: Vec<_> = outcomes.collect();
    let why = Err(Arc::new(WhyNotStamped::Stopped));
    while let Some(rest) = queue.take(usize::MAX, std::time::Duration::ZERO) {
        undelivered.extend(rest.into_iter().map(|accepted| outcome(accepted, &why)));
    }
    Stopped { panic, undelivered }
}
