//! Seals one statement after the other.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::evidence::IntoStatement;
use crate::seal::{Proof, SealError, Sealer, Unstamped};

/// The error for one statement of several that was not sealed. The others are not concerned.
#[derive(Debug, thiserror::Error)]
#[error("statement {index} (from 0) was not sealed")]
pub struct SealAllError {
    /// The index of the statement, from 0.
    pub index: usize,
    /// The reason.
    pub source: SealError,
}

/// The progress of [`Sealer::seal_all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SealProgress {
    /// The number of statements that were sealed.
    pub sealed: usize,
    /// The number of statements that were not sealed.
    pub failed: usize,
    /// The number of all statements, if the iterator knows it.
    pub total: Option<usize>,
}

impl SealProgress {
    /// Starts at the first of these statements.
    pub(super) fn of(statements: &impl Iterator) -> Self {
        let (least, most) = statements.size_hint();
        Self { sealed: 0, failed: 0, total: most.filter(|most| *most == least) }
    }

    /// Counts the next statement, and returns its index with its error.
    pub(super) fn count<T>(&mut self, sealed: Result<T, SealError>) -> Result<T, SealAllError> {
        let index = self.sealed + self.failed;
        match &sealed {
            Ok(_) => self.sealed += 1,
            Err(_) => self.failed += 1,
        }
        sealed.map_err(|source| SealAllError { index, source })
    }
}

pub(super) type Watch<'a> = Box<dyn FnMut(&SealProgress) + Send + 'a>;

/// An iterator that makes a seal, or a prepared seal, of one statement after the other.
pub(super) struct Statements<'a, I> {
    pub(super) sealer: &'a Sealer,
    pub(super) statements: I,
    pub(super) now: DateTime<Utc>,
    pub(super) progress: SealProgress,
    pub(super) watch: Option<Watch<'a>>,
}

impl<'a, I: Iterator<Item: IntoStatement>> Statements<'a, I> {
    pub(super) fn new(sealer: &'a Sealer, statements: I, now: DateTime<Utc>) -> Self {
        let progress = SealProgress::of(&statements);
        Self { sealer, statements, now, progress, watch: None }
    }

    pub(super) fn next<T>(
        &mut self,
        make: impl FnOnce(&Sealer, <I::Item as IntoStatement>::Statement, DateTime<Utc>) -> Result<T, SealError>,
    ) -> Option<Result<T, SealAllError>> {
        let statement = self.statements.next()?.into_statement();
        let made = self.progress.count(make(self.sealer, statement, self.now));
        if let Some(watch) = &mut self.watch {
            watch(&self.progress);
        }
        Some(made)
    }
}

/// The iterator of [`Sealer::seal_all`], which makes one seal for each statement, in the same order, when it is asked
/// for.
#[must_use = "nothing is sealed before it is asked for"]
pub struct SealAll<'a, I>(pub(super) Statements<'a, I>);

impl Sealer {
    /// Seals any number of statements, each as [`seal`](Self::seal) does, with signing-time `now`. The seals stream
    /// out: nothing is kept of them. See [`batch`](super).
    pub fn seal_all<I>(&self, statements: I, now: DateTime<Utc>) -> SealAll<'_, I::IntoIter>
    where
        I: IntoIterator<Item: IntoStatement>,
    {
        SealAll(Statements::new(self, statements.into_iter(), now))
    }
}

impl<'a, I> SealAll<'a, I> {
    /// Calls `watch` after each statement.
    pub fn with_progress(mut self, watch: impl FnMut(&SealProgress) + Send + 'a) -> Self {
        self.0.watch = Some(Box::new(watch));
        self
    }
}

impl<I: Iterator<Item: IntoStatement>> Iterator for SealAll<'_, I> {
    type Item = Result<Unstamped<Proof<<I::Item as IntoStatement>::Statement>>, SealAllError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(Sealer::seal_owned)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.statements.size_hint()
    }
}

impl<I> fmt::Debug for SealAll<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealAll").field("progress", &self.0.progress).finish_non_exhaustive()
    }
}
