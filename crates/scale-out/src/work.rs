//! What hands out items.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::engine_error::EngineError;

/// An item that a worker has taken. It is handed out again, to any worker, unless it is settled.
#[derive(Clone)]
pub struct Taken<T> {
    /// What the queue knows the item by.
    pub ticket: T,
    /// The octets of the item, as the producer wrote them. Nothing of them is verified.
    pub octets: Vec<u8>,
}

impl<T> fmt::Debug for Taken<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taken({} octets)", self.octets.len())
    }
}

/// What is to become of an item that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its proof is stored. It leaves the queue.
    Done,
    /// It is handed out again after this time, and not before.
    Later(Duration),
    /// No retry mends it, and the store has the reason. It leaves the queue.
    Rejected,
}

/// A queue that hands out each item at least once.
pub trait Work {
    /// What the queue knows an item by while a worker has it.
    type Ticket;

    /// Takes at most this many items. It waits up to `within` for the first one, and for a batch to be full; it returns none where
    /// none came. A queue that waits for its items only so long keeps them for this worker until they are settled or released: a batch
    /// takes as long as its seals and all TSAs.
    ///
    /// # Errors
    /// [`EngineError`].
    fn next(&mut self, most: NonZeroUsize, within: Duration) -> Result<Vec<Taken<Self::Ticket>>, EngineError>;

    /// Settles all items of a batch at once.
    ///
    /// # Errors
    /// [`EngineError`]. Each item may be settled or not; one that is not is handed out again.
    fn settle(&mut self, settled: Vec<(Self::Ticket, Verdict)>) -> Result<(), EngineError>;

    /// Returns how many items are in the queue: those that wait, and those that workers have.
    ///
    /// # Errors
    /// [`EngineError`].
    fn waiting(&mut self) -> Result<u64, EngineError>;

    /// Returns when the item came that has been in the queue for longest, whether it waits or a worker has it:
    /// [`watch::queue`](recommande::watch::queue) says when to act. It is `None` when the queue is empty.
    ///
    /// # Errors
    /// [`EngineError`].
    fn oldest(&mut self) -> Result<Option<DateTime<Utc>>, EngineError>;

    /// Gives back all items that were taken and not settled, because the store failed. A queue that does nothing here hands
    /// them out again when their time is over.
    fn release(&mut self, tickets: Vec<Self::Ticket>) {
        let _ = tickets;
    }
}
