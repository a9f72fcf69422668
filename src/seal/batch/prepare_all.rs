//! Preparing one statement after the other, for a key that is elsewhere.

use std::fmt;

use chrono::{DateTime, Utc};

use super::seal_all::{IntoStatement, SealAllError, SealProgress, Watch};
use crate::seal::{Prepared, Proof, Sealer};

/// Prepared seals as they are asked for, one for each statement and in the same order: [`Sealer::prepare_all`].
#[must_use = "nothing is prepared before it is asked for"]
pub struct PrepareAll<'a, I> {
    sealer: &'a Sealer,
    statements: I,
    now: DateTime<Utc>,
    progress: SealProgress,
    watch: Option<Watch<'a>>,
}

impl Sealer {
    /// Prepares any number of statements, each as [`prepare`](Self::prepare) does, with signing-time `now`. All of them
    /// can wait for their signatures at the same time; each is completed by itself, in any order, and the seals make a
    /// batch as those of [`seal_all`](Self::seal_all) do.
    pub fn prepare_all<I>(&self, statements: I, now: DateTime<Utc>) -> PrepareAll<'_, I::IntoIter>
    where
        I: IntoIterator<Item: IntoStatement>,
    {
        let statements = statements.into_iter();
        let progress = SealProgress::of(statements.size_hint());
        PrepareAll { sealer: self, statements, now, progress, watch: None }
    }
}

impl<'a, I> PrepareAll<'a, I> {
    /// Calls this after each statement; what it calls sealed is prepared.
    pub fn with_progress(mut self, watch: impl FnMut(&SealProgress) + Send + 'a) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }
}

impl<I: Iterator<Item: IntoStatement>> Iterator for PrepareAll<'_, I> {
    type Item = Result<Prepared<Proof<<I::Item as IntoStatement>::Statement>>, SealAllError>;

    fn next(&mut self) -> Option<Self::Item> {
        let statement = self.statements.next()?.into_statement();
        let prepared = self.progress.count(self.sealer.prepare_owned(statement, self.now));
        if let Some(watch) = &mut self.watch {
            watch(&self.progress);
        }
        Some(prepared)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.statements.size_hint()
    }
}

impl<I> fmt::Debug for PrepareAll<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrepareAll").field("progress", &self.progress).finish_non_exhaustive()
    }
}
