//! The reasons why a batcher takes nothing, or gives no proof.

use crate::seal::{BatchError, TimestampError};

/// The reason why a batch was not timestamped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotStamped {
    /// No TSA gave a timestamp, or the one of the batch does not fit the time of this seal. The error holds the answer of
    /// each TSA.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The batch does not hold the seal. No way is known in which this can happen.
    #[error("no batch")]
    NoBatch,
    /// The token would be too large to be read with the revocation data that was to go into it.
    #[error("the token cannot hold the revocation data")]
    RevocationData(#[from] rfc3161_client::TokenError),
    /// The transport to a TSA panicked, or the function that gives the revocation data did.
    #[error("a panic on the way to the TSA")]
    Panicked,
    /// The batcher stopped before it requested the timestamp.
    #[error("the batcher stopped")]
    Stopped,
}

/// The reason why a seal was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotAccepted {
    /// The queue is full.
    #[error("the queue is full")]
    Full,
    /// The batcher was closed, or its sink panicked.
    #[error("the batcher is closed")]
    Closed,
    /// No batch takes the seal.
    #[error(transparent)]
    Batch(#[from] BatchError),
}
