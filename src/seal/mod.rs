//! Seals statements as CAdES B-B, attaches timestamps to single seals or to a [batch] of them, and holds the proofs
//! that result.

#![deny(clippy::wildcard_enum_match_arm)]

pub mod aggregated;
#[cfg(feature = "printed")]
mod base45;
pub mod batch;
pub mod batcher;
mod checkpoint_seal;
mod credentials;
pub(crate) mod delays;
mod envelope;
mod error;
pub mod limits;
mod payload_signature;
mod prepared;
#[cfg(feature = "printed")]
mod printed;
mod proof;
mod sealer;
mod second_seal;
mod signing;
mod submission;
mod unstamped;

pub use aggregated::{
    Aggregate, AggregateError, AggregateItem, AggregateLeaves, Aggregated, AggregatedFile, BatchSeal, FilledIn,
    FormLetter, NotAggregated, SealedAggregate, StampedAggregate,
};
pub use batch::{Batch, BatchError, BatchLeaves, NotInBatch, SealAllError, StampedBatch};
pub use batcher::{Aggregation, Batcher, BatcherSettings};
pub use checkpoint_seal::CheckpointSeal;
pub use credentials::Credentials;
pub(crate) use envelope::Envelope;
pub use error::{
    CompleteError, CredentialsError, DecodeError, PreparedError, ProfileViolation, SealError, TimestampError,
};
pub use payload_signature::PayloadSignature;
pub use prepared::Prepared;
#[cfg(feature = "printed")]
pub use printed::{Printed, PrintedError};
pub use proof::{AnyProof, Proof, ProofId, ProofOfOpening, ProofOfSending, ProofOfStep};
pub(crate) use proof::{Form, Stated};
pub use sealer::{Commitment, Sealer};
pub use second_seal::SecondSeal;
pub use submission::{SignedSubmission, SubmissionError};
pub(crate) use unstamped::INTERNAL;
pub use unstamped::{Artifact, Unstamped};
