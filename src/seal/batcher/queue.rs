//! A bounded queue that can be closed, and is emptied a batch at a time.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a batcher has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// The seals or statements that wait for a batch.
    pub waiting: usize,
    /// Those of the batch that is being sealed, stamped and handed to the sink. While no TSA answers, it is the oldest.
    pub in_work: usize,
    /// How long the oldest of both has been there; `None` when there is nothing to do.
    pub oldest: Option<Duration>,
}

/// A queue of items, each with the time since which it waits.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// The condition that is notified when items were taken, or the queue was closed.
    shrunk: Condvar,
    /// The condition that is notified when an item was added, or the queue was closed.
    grown: Condvar,
    capacity: usize,
}

struct State<T> {
    waiting: VecDeque<(Instant, T)>,
    /// The number of items that were taken last, and since when the first of them waited.
    in_work: Option<(Instant, usize)>,
    is_closed: bool,
}

/// The reason why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Full,
    Closed,
}

/// The behaviour when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenFull {
    Wait,
    Refuse,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { waiting: VecDeque::new(), in_work: None, is_closed: false };
        Self { state: Mutex::new(state), shrunk: Condvar::new(), grown: Condvar::new(), capacity }
    }

    /// Adds an item at the end, and waits or refuses when the queue is full.
    ///
    /// # Errors
    /// The item that was not taken, and the reason.
    pub(super) fn push(&self, item: T, when_full: WhenFull) -> Result<(), (T, Refusal)> {
        let since = Instant::now();
        let mut state = self.lock();
        while !state.is_closed && state.waiting.len() >= self.capacity {
            if when_full == WhenFull::Refuse {
                return Err((item, Refusal::Full));
            }
            state = self.shrunk.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return Err((item, Refusal::Closed));
        }
        state.waiting.push_back((since, item));
        self.grown.notify_one();
        Ok(())
    }

    /// Waits until there are `count` items, or the first one has waited for `age`, or the queue is closed, and takes up
    /// to `count` of them. Returns `None` when the queue is closed and empty. What was taken before is done then.
    pub(super) fn take(&self, count: usize, age: Duration) -> Option<Vec<T>> {
        let mut state = self.lock();
        state.in_work = None;
        loop {
            let Some((since, _)) = state.waiting.front() else {
                if state.is_closed {
                    return None;
                }
                state = self.grown.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = age.saturating_sub(since.elapsed());
            if state.is_closed || left.is_zero() || state.waiting.len() >= count {
                let count = count.min(state.waiting.len());
                state.in_work = Some((*since, count));
                let taken = state.waiting.drain(..count).map(|(_, item)| item).collect();
                self.shrunk.notify_all();
                return Some(taken);
            }
            (state, _) = self.grown.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more items. Those that wait stay.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.shrunk.notify_all();
        self.grown.notify_all();
    }

    pub(super) fn backlog(&self) -> Backlog {
        let state = self.lock();
        let first = state.waiting.front().map(|(since, _)| *since);
        Backlog {
            waiting: state.waiting.len(),
            in_work: state.in_work.map_or(0, |(_, count)| count),
            oldest: state.in_work.map(|(since, _)| since).into_iter().chain(first).min().map(|since| since.elapsed()),
        }
    }

    /// Locks the state. No code panics while it holds the lock, so a poisoned lock means nothing.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
