//! The trips to the TSA in one run: what came of them, and whether another one would be for nothing.

use chrono::{DateTime, SecondsFormat, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::RenewalError;
use recommande::rfc3161_client::AttemptError;

use crate::Task;
use crate::arguments::Error;
use crate::folder::{Item, Stored};

/// What the TSA has given in this run, and what it is not asked for again. A timestamp may have its price.
#[derive(Default)]
pub struct Trips {
    /// The number of timestamps that renew something.
    kept: usize,
    /// The items for which a timestamp was taken that renews nothing.
    dropped: Vec<String>,
    /// The algorithms by which no item gets a timestamp.
    failed: Vec<DigestAlgorithm>,
    /// The time until which a timestamp by this algorithm would hold, where that was too short for an item.
    too_short: Vec<(DigestAlgorithm, DateTime<Utc>)>,
}

impl Trips {
    /// Asks for a timestamp by this algorithm, unless this run has shown that the item would get none.
    pub fn ask<T>(
        &mut self,
        task: &Task,
        (item, stored): (&Item, &Stored),
        algorithm: DigestAlgorithm,
        ask: impl FnOnce() -> Result<T, RenewalError>,
    ) -> Result<T, Error> {
        if self.failed.contains(&algorithm) {
            return Err("the TSA was not asked: it failed before in this run, as was told".into());
        }
        if let Some(until) = self.too_short_for(task, stored, algorithm) {
            let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
            return Err(format!(
                "the TSA was not asked: its timestamps hold until {until}, no longer than what is there"
            )
            .into());
        }
        Ok(ask().inspect_err(|error| self.note(item, algorithm, error))?)
    }

    /// Counts a timestamp that renews something.
    pub fn keep(&mut self) {
        self.kept += 1;
    }

    /// Notes that the timestamp of an item is lost, as its renewal could not be written.
    pub fn drop_kept(&mut self, item: &Item) {
        self.kept -= 1;
        self.dropped.push(item.name());
    }

    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the names of the items for which a timestamp was taken and dropped.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Returns until when the next timestamp would hold, where the end of the item is no earlier.
    fn too_short_for(&self, task: &Task, stored: &Stored, algorithm: DigestAlgorithm) -> Option<DateTime<Utc>> {
        let (_, until) = self.too_short.iter().find(|(by, _)| *by == algorithm)?;
        let due = stored.due(&task.verifier, task.now()).ok()?;
        // What has no end gets none by a timestamp that has one.
        let end = due.map_or(DateTime::<Utc>::MAX_UTC, |due| due.renew_by);
        // At the same end a stronger algorithm makes the difference.
        let is_no_longer = end > *until || (end == *until && stored.is_by(algorithm, &task.verifier, task.now()));
        is_no_longer.then_some(*until)
    }

    fn note(&mut self, item: &Item, algorithm: DigestAlgorithm, error: &RenewalError) {
        let RenewalError::Tsa(pool) = error else { return };
        let is_taken = |error: &AttemptError| matches!(error, AttemptError::Refused(_) | AttemptError::Clock { .. });
        let taken = pool.attempts.iter().filter(|attempt| is_taken(&attempt.error));
        self.dropped.extend(taken.map(|_| item.name()));
        match refusal(error) {
            Some(RenewalError::DoesNotLast { until }) => {
                self.too_short.retain(|(by, _)| *by != algorithm);
                self.too_short.push((algorithm, *until));
            }
            Some(refused) if is_of_item(refused) => {}
            Some(_) | None => self.failed.push(algorithm),
        }
    }
}

/// Whether it is the item that does not get this renewal. Where it is the TSA, no other item fares better.
pub fn is_of_item(error: &RenewalError) -> bool {
    matches!(
        refusal(error).unwrap_or(error),
        RenewalError::NotRenewable(_) | RenewalError::NotInRenewal(_) | RenewalError::LaterTime
    )
}

/// The reason for which the only TSA's timestamp was refused.
fn refusal(error: &RenewalError) -> Option<&RenewalError> {
    let RenewalError::Tsa(pool) = error else { return None };
    let AttemptError::Refused(refused) = &pool.attempts.last()?.error else { return None };
    refused.downcast_ref()
}
