//! What lies ahead of the clock here: its time comes, or it is poison.

use std::time::Duration;

use chrono::{DateTime, Utc};
use recommande::TsaPool;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Statement as _;
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken};
use recommande::seal::TimestampError;

use super::Batch;
use crate::batch::{Entry, Fate};
use crate::counters::Progress;
use crate::reason::Reason;
use crate::seal_digest::SealDigest;
use crate::store::Store;
use crate::work::Work;
use crate::worker::tsa_time::TsaTime;

/// The text whose timestamp tells the time, where nothing else needs one.
const TIME: &[u8] = b"recommande-scale-out asks for the time";

impl<W: Work, S: Store> Batch<'_, W, S> {
    /// Decides about the statements whose event is after the time here. One that is further ahead than the settings allow is rejected
    /// where a TSA has told the same time; without that the clock here may be the one that is wrong, and would empty the queue.
    pub(super) fn decide_ahead(&mut self) {
        for entry in std::mem::take(&mut self.ahead) {
            let ahead = is_after(&entry, self.now);
            let pauses = self.worker.settings.timestamp_pauses;
            let longest = self.worker.settings.longest_ahead;
            let after = if ahead > longest {
                match self.tsa_time() {
                    Ok(time) if is_after(&entry, time) > longest => {
                        self.fates.reject(&entry, Reason::EventInFuture);
                        continue;
                    }
                    // The clock here is behind. Somebody sets it.
                    Ok(_) => pauses.longest,
                    Err(after) => after,
                }
            } else {
                ahead.min(pauses.longest)
            };
            self.fates.decide(&entry, Fate::Later(after));
            self.worker.tell(&Progress::EventAhead { item: SealDigest::of(&entry.octets), ahead, after });
        }
    }

    /// Returns the time by the last token of this batch, and asks for one where there is none.
    ///
    /// No anchors judge a token here, and of one that was asked for its time alone not even the signature is verified. So the time is only
    /// as good as the way to the TSA: whoever answers in its place can have an item rejected whose time would come. The store keeps it.
    fn tsa_time(&mut self) -> Result<DateTime<Utc>, Duration> {
        if let Some(time) = self.tsa_time {
            return Ok(time.now());
        }
        let token = self.trip(asked, |token| token)?;
        self.worker.counters.trips_for_time += 1;
        Ok(TsaTime::of(&token).now())
    }
}

/// Returns how long after this time the event of a statement is.
fn is_after(entry: &Entry, time: DateTime<Utc>) -> Duration {
    entry.statement.event_time().signed_duration_since(time).to_std().unwrap_or_default()
}

fn asked(tsas: &TsaPool) -> Result<TimeStampToken, TimestampError> {
    let digest = DigestAlgorithm::Sha256.digest(TIME);
    let nonce = Nonce::random().map_err(|_| TimestampError::Nonce)?;
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    Ok(tsas.timestamp(&TimeStampReq::new(imprint).with_nonce(nonce))?)
}
