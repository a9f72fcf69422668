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

    /// Returns the time by the last token that came. A worker that has none asks for one.
    fn tsa_time(&mut self) -> Result<DateTime<Utc>, Duration> {
        if let Some(time) = self.worker.tsa_time {
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
    let mut request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
    // Without a nonce, an old answer would tell a time that is past, and reject nothing.
    if let Ok(nonce) = Nonce::random() {
        request = request.with_nonce(nonce);
    }
    Ok(tsas.timestamp(&request)?)
}
