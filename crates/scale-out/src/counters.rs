use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use crate::engine_error::EngineError;
use crate::issuer_part::IssuerPart;
use crate::key::Key;
use crate::reason::Rejection;
use crate::seal_digest::SealDigest;

/// What a worker did since it was made. Of items that were settled, `proven`, `proven_before`, `rejected` and `later` are the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Batches that were taken from the queue.
    pub batches: u64,
    /// Items that were taken. One that is handed out again counts again.
    pub taken: u64,
    /// Statements that were sealed here, singly or in an aggregated batch.
    pub sealed: u64,
    /// Items whose seal was in the store already.
    pub resumed: u64,
    /// Statements that were sealed again, because their seal was too old for a timestamp.
    pub sealed_again: u64,
    /// Statements that were sealed here in vain, because another worker's seal was first.
    pub outrun: u64,
    /// Proofs that were stored, and their items settled.
    pub proven: u64,
    /// Items that had a proof already, or that were taken twice at once.
    pub proven_before: u64,
    /// Items that were rejected.
    pub rejected: u64,
    /// Items that are handed out again later.
    pub later: u64,
    /// Timestamps that were had.
    pub trips: u64,
    /// Those of them that were had for their time alone, before an item whose event is ahead is rejected.
    pub trips_for_time: u64,
    /// Trips that gave no timestamp.
    pub failed_trips: u64,
    /// Failures of the queue or the store.
    pub engine_failures: u64,
}

/// What a worker tells while it works.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A batch was settled.
    Settled {
        /// The number of its items.
        items: usize,
        /// How long it took, from the first item to the last proof.
        took: Duration,
    },
    /// An item was rejected.
    Rejected(&'a Rejection),
    /// All that could be read of a batch is of another issuer or for another environment than the worker's seals, and so was everything
    /// before. Its settings may be to blame: the items are handed out again. It rejects them as soon as it has seen an item of its own, or
    /// after ten of these pauses.
    OthersAlone {
        /// The number of these items.
        items: usize,
        /// In what one of these items or more differ from the worker's issuer.
        differ_in: &'a BTreeSet<IssuerPart>,
        /// When they are handed out again.
        after: Duration,
    },
    /// No TSA gave a timestamp. The seals are stored, and the items are handed out again after this time.
    NoTimestamp {
        /// Why there is none.
        why: &'a (dyn Error + 'static),
        /// When they are handed out again.
        after: Duration,
    },
    /// The event of an item is after the time here, and the item is handed out again. One that is too far ahead is rejected where a TSA
    /// tells the same time.
    EventAhead {
        /// The SHA-256 of the octets of the item.
        item: SealDigest,
        /// How far ahead of the clock here the event is.
        ahead: Duration,
        /// When the item is handed out again.
        after: Duration,
    },
    /// What the store has under a key cannot be read, or is not what it said before. Its items wait until somebody has looked.
    StoreDamaged {
        /// The key.
        key: Key,
        /// When the items are handed out again.
        after: Duration,
    },
    /// Nothing can be sealed here: the key, the certificate or the clock is to blame, and not the item, which is handed out again.
    NotSealed {
        /// Why not.
        why: &'a (dyn Error + 'static),
        /// When the items are handed out again.
        after: Duration,
    },
    /// The queue or the store failed. The worker tries again after this time.
    EngineFailed {
        /// What failed.
        error: &'a EngineError,
        /// When the worker tries again.
        after: Duration,
    },
}
