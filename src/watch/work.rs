//! The work of a service: what waits for a timestamp, a renewal or a checkpoint.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Concern, Upcoming};
use crate::log::EvidenceLog;
use crate::log::Store;
use crate::preserve::Due;
use crate::seal::batcher::Backlog;
use crate::seal::{Artifact, Unstamped};
use crate::verify::Policy;

/// How long before it is too late a seal without a timestamp is to be looked at: half of the day that the default policy gives it.
const UNSTAMPED: TimeDelta = TimeDelta::hours(12);

/// Returns when it is too late for the timestamp of a stored seal ([`Unstamped::stamp_by`]). It is `None` for a seal that may be stamped
/// at any time.
pub fn unstamped<A: Artifact>(seal: &Unstamped<A>) -> Option<Upcoming> {
    let by = seal.stamp_by()?;
    Some(Upcoming::before(Concern::UnstampedSeal, by, UNSTAMPED, "a seal has no timestamp"))
}

/// Returns when the renewal of a proof is due ([`preserve::due`](crate::preserve::due)).
pub fn renewal(due: &Due) -> Upcoming {
    Upcoming::before(Concern::Renewal, due.renew_by, due.lead(), due.because.clone())
}

/// Returns when what waits in a batcher will have waited for `longest`, and that it is to be looked at after half of that. It is `None`
/// when nothing waits.
pub fn backlog(backlog: &Backlog, longest: TimeDelta, now: DateTime<Utc>) -> Option<Upcoming> {
    let age = TimeDelta::from_std(backlog.oldest?).unwrap_or(TimeDelta::MAX);
    let since = now.checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let all = backlog.waiting.saturating_add(backlog.in_work);
    Some(waits(since, longest, format!("{all} seals or statements wait for a timestamp")))
}

/// Returns when the oldest item of a queue between machines will have waited for `longest`, and that it is to be looked at after half of
/// that: how many `items` the queue has, and when the `oldest` of them came. It is `None` when nothing waits.
pub fn queue(items: u64, oldest: Option<DateTime<Utc>>, longest: TimeDelta) -> Option<Upcoming> {
    Some(waits(oldest?, longest, format!("{items} items of the queue wait for a proof")))
}

fn waits(since: DateTime<Utc>, longest: TimeDelta, because: String) -> Upcoming {
    let by = since.checked_add_signed(longest).unwrap_or(DateTime::<Utc>::MAX_UTC);
    Upcoming::before(Concern::Backlog, by, longest / 2, because)
}

/// Returns when the log has to publish a checkpoint. It is `None` when the last one covers every entry that this log holds; of entries in
/// the store of another writer it knows nothing.
///
/// `first_uncovered` is the proven time of the first proof that is in no published checkpoint: a proof is in the log within the merge delay
/// of the policy, counted from then.
pub fn log<S: Store>(log: &EvidenceLog<S>, first_uncovered: DateTime<Utc>, policy: &Policy) -> Option<Upcoming> {
    let published = log.published().map_or(0, |note| note.checkpoint().head().size());
    let integrated = log.head().size().saturating_sub(published);
    if integrated == 0 && log.waiting_since().is_none() {
        return None;
    }
    let by = first_uncovered.checked_add_signed(policy.merge_delay()).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let because = match log.pending() {
        Some(pending) if pending.seal().is_none() => "the seal of the next checkpoint has no timestamp",
        Some(_) => "the next checkpoint is not published",
        None => "entries are in no checkpoint",
    };
    Some(Upcoming::before(Concern::Log, by, policy.merge_delay() / 2, because))
}
