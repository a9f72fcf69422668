//! What a trail and those who wait for its lines know together.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::sequence::Sequence;
use super::trail_error::TrailError;

/// How far a trail is durable, and whether it stopped.
#[derive(Default)]
pub(super) struct Progress {
    /// The number of the last durable line; 0 before there is one.
    committed: AtomicU64,
    /// A write or a sync failed. What reached the disk is not known, and a later sync that succeeds does not say: some systems
    /// drop the pages that could not be written.
    stopped: AtomicBool,
    /// Held while lines are made durable, so that those who wait find theirs durable too.
    syncing: Mutex<()>,
}

impl Progress {
    pub(super) fn committed(&self) -> Option<Sequence> {
        Sequence::new(self.committed.load(Ordering::Acquire))
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    /// Makes the lines up to `end` durable, unless somebody did while this call waited for its turn.
    pub(super) fn make_durable(
        &self,
        end: Option<Sequence>,
        sync: impl FnOnce() -> io::Result<()>,
    ) -> Result<Option<Sequence>, TrailError> {
        let _turn = self.turn();
        if self.is_stopped() {
            return Err(TrailError::Stopped);
        }
        if end > self.committed() {
            if let Err(error) = sync() {
                self.stop();
                return Err(TrailError::of_sync(error));
            }
            self.committed.store(end.map_or(0, Sequence::get), Ordering::Release);
        }
        Ok(end)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        // Nothing lies within, so that a thread that panicked left nothing half done.
        self.syncing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
