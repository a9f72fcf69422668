//! Prepares one statement after the other, for a key that is elsewhere.

use std::fmt;

use chrono::{DateTime, Utc};

use super::seal_all::{SealAllError, SealProgress, Statements};
use crate::evidence::IntoStatement;
use crate::seal::{Prepared, Proof, Sealer};

/// The iterator of [`Sealer::prepare_all`], which prepares one seal for each statement, in the same order, when it is
/// asked for.
#[must_use = "nothing is prepared before it is asked for"]
pub struct PrepareAll<'a, I>(Statements<'a, I>);

impl Sealer {
    /// Prepares any number of statements, each as [`prepare`](Self::prepare) does, with signing-time `now`. All of them
    /// can wait for their signatures at the same time; each is completed by itself, in any order, and the seals make a
    /// batch as those of [`seal_all`](Self::seal_all) do.
    pub fn prepare_all<I>(&self, statements: I, now: DateTime<Utc>) -> PrepareAll<'_, I::IntoIter>
    where
        I: IntoIterator<Item: IntoStatement>,
    {
        PrepareAll(Statements::new(self, statements.into_iter(), now))
    }
}

impl<'a, I> PrepareAll<'a, I> {
    /// Calls `watch` after each statement. A prepared statement counts as sealed.
    pub fn with_progress(mut self, watch: impl FnMut(&SealProgress) + Send + 'a) -> Self {
        self.0.watch = Some(Box::new(watch));
        self
    }
}

impl<I: Iterator<Item: IntoStatement>> Iterator for PrepareAll<'_, I> {
    type Item = Result<Prepared<Proof<<I::Item as IntoStatement>::Statement>>, SealAllError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Sealer::prepare_owned)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.statements.size_hint()
    }
}

impl<I> fmt::Debug for PrepareAll<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrepareAll").field("progress", &self.0.progress).finish_non_exhaustive()
    }
}
