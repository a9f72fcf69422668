//! Seals by all threads of a pool (feature `parallel`).

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use chrono::{DateTime, Utc};
use rayon::Yield;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::seal_all::{SealProgress, Statements, Watch};
use super::{SealAll, SealAllError};
use crate::crypto::SignError;
use crate::evidence::{IntoStatement, Statement};
use crate::seal::{Proof, SealError, Sealer, Unstamped};

/// The statements of one chunk for each thread. There are enough that handing a chunk over costs little beside the
/// fastest signatures.
const PER_THREAD: usize = 16;
/// The chunks that are sealed or wait for it, so that no thread waits for the last item of a chunk.
const CHUNKS: usize = 3;

/// The iterator of [`SealAll::parallel`], which seals by all threads of a pool, in the order of the statements.
#[must_use = "nothing is sealed before it is asked for"]
pub struct ParallelSealAll<'a, I: Iterator<Item: IntoStatement>> {
    sealer: Arc<Sealer>,
    statements: std::iter::Fuse<I>,
    now: DateTime<Utc>,
    progress: SealProgress,
    watch: Option<Watch<'a>>,
    pending: VecDeque<Pending<StatementOf<I>>>,
    ready: std::vec::IntoIter<Sealed<StatementOf<I>>>,
}

type StatementOf<I> = <<I as Iterator>::Item as IntoStatement>::Statement;

/// The result of one statement. A panic of a signer reaches the caller where it would without threads.
type Sealed<S> = thread::Result<Result<Unstamped<Proof<S>>, SealError>>;

struct Pending<S> {
    count: usize,
    sealed: Receiver<Vec<Sealed<S>>>,
}

impl<'a, I: Iterator<Item: IntoStatement>> SealAll<'a, I> {
    /// Seals by all threads of the rayon pool of the calling thread, which is the global pool unless the thread is in
    /// another. The seals and their order are the same as without threads.
    ///
    /// Statements are taken from the iterator by the calling thread, up to 64 for each thread of the pool ahead of the
    /// seal that is asked for. When the iterator is dropped before its end, their seals are lost.
    pub fn parallel(self) -> ParallelSealAll<'a, I> {
        let Statements { sealer, statements, now, progress, watch } = self.0;
        ParallelSealAll {
            sealer: Arc::new(sealer.clone()),
            statements: statements.fuse(),
            now,
            progress,
            watch,
            pending: VecDeque::new(),
            ready: Vec::new().into_iter(),
        }
    }
}

impl<I: Iterator<Item: IntoStatement>> ParallelSealAll<'_, I> {
    /// Hands out as many chunks to the threads as may wait.
    fn hand_out(&mut self) {
        while self.pending.len() < CHUNKS {
            let most = PER_THREAD.saturating_mul(rayon::current_num_threads());
            let statements: Vec<_> = self.statements.by_ref().take(most).map(IntoStatement::into_statement).collect();
            if statements.is_empty() {
                return;
            }
            let (count, sealer, now) = (statements.len(), Arc::clone(&self.sealer), self.now);
            let (sender, sealed) = sync_channel(1);
            rayon::spawn(move || {
                let seal = |statement| catch_unwind(AssertUnwindSafe(|| sealer.seal_owned(statement, now)));
                // Nobody waits for it any more when the iterator was dropped.
                let _ = sender.send(statements.into_par_iter().map(seal).collect());
            });
            self.pending.push_back(Pending { count, sealed });
        }
    }
}

impl<S: Statement> Pending<S> {
    fn wait(self) -> Vec<Sealed<S>> {
        loop {
            let received = match self.sealed.try_recv() {
                Ok(sealed) => return sealed,
                Err(TryRecvError::Disconnected) => break,
                // A thread of the pool must not wait for what it may have to do itself.
                Err(TryRecvError::Empty) => match rayon::yield_now() {
                    Some(Yield::Executed) => continue,
                    Some(Yield::Idle) => {
                        thread::yield_now();
                        continue;
                    }
                    None => self.sealed.recv(),
                },
            };
            match received {
                Ok(sealed) => return sealed,
                Err(_) => break,
            }
        }
        // Defensive: if the pool drops a chunk, every statement in it is reported as failed.
        (0..self.count).map(|_| Ok(Err(SealError::Sign(SignError::Backend)))).collect()
    }
}

impl<I: Iterator<Item: IntoStatement>> Iterator for ParallelSealAll<'_, I> {
    type Item = Result<Unstamped<Proof<StatementOf<I>>>, SealAllError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.hand_out();
            if let Some(sealed) = self.ready.next() {
                let sealed = self.progress.count(sealed.unwrap_or_else(|panic| resume_unwind(panic)));
                if let Some(watch) = &mut self.watch {
                    watch(&self.progress);
                }
                return Some(sealed);
            }
            self.ready = self.pending.pop_front()?.wait().into_iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let ahead = self.ready.len() + self.pending.iter().map(|pending| pending.count).sum::<usize>();
        let (least, most) = self.statements.size_hint();
        (least.saturating_add(ahead), most.and_then(|most| most.checked_add(ahead)))
    }
}

impl<I: Iterator<Item: IntoStatement>> fmt::Debug for ParallelSealAll<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParallelSealAll").field("progress", &self.progress).finish_non_exhaustive()
    }
}
