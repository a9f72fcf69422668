//! The reasons why a batcher takes nothing, or gives no proof.

use std::io;

use crate::seal::{AggregateError, BatchError, SealError, TimestampError};

/// The reason why a batch was not timestamped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotStamped {
    /// No TSA gave a timestamp, or the one of the batch does not fit the time of this seal. The error holds the answer of
    /// each TSA.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The batch does not hold what was submitted. No way is known in which this can happen.
    #[error("no batch")]
    NoBatch,
    /// The token would be too large to be read with the revocation data that was to go into it.
    #[error("the token cannot hold the revocation data")]
    RevocationData(#[from] rfc3161_client::TokenError),
    /// A panic of what was given to the batcher: a transport, a signer, or a function. No answer of a TSA was taken.
    #[error("a panic while the batch was sealed or stamped")]
    Panicked,
    /// The batch of statements was not sealed, or its seal would come too late for this statement
    /// (`SealError::SealedTooLate`, `EventAfterSigning`), which is not in the batch then.
    #[error("the batch was not sealed")]
    Seal(#[from] SealError),
    /// There is no number for the batch of statements.
    #[error("the batch got no number")]
    Number(#[source] io::Error),
    /// The batch of statements cannot be stated, because its number is too great, or revocation data cannot be put into its seal.
    #[error(transparent)]
    Aggregate(#[from] AggregateError),
    /// The seal of the batch was not stored, so no TSA was asked.
    #[error("the seal of the batch was not stored")]
    SealNotStored(#[source] io::Error),
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
    /// The statement is of another issuer, or for another environment, than those of the sealer.
    #[error("the statement is of another issuer, or for another environment, than those of the sealer")]
    OtherIssuer,
    /// The statement announces a second seal, and the sealer makes none.
    #[error("the statement announces a second seal, and the sealer makes none")]
    NoSecondSeal,
}
