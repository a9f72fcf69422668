//! The witness's side: what it remembers of a log, and what it refuses.

use super::answer::{Answer, SIZE_TYPE};
use super::request::{AddCheckpoint, AddCheckpointError};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::policy::{CheckpointVerifyError, LogPolicy};
use crate::tree::{TreeHead, TreeHeadError, verify_consistency};

/// What a witness knows of one log: its keys, and the head that it cosigned last.
///
/// A witness that uses it stores the new head before it answers, and lets no other request between the two: otherwise a smaller tree may
/// be stored over a larger one.
#[derive(Clone, Debug)]
pub struct LogRecord {
    policy: LogPolicy,
    latest: TreeHead,
}

impl LogRecord {
    /// Takes a log up where it was left, or at [`TreeHead::EMPTY`]. The policy asks for no witnesses.
    #[must_use]
    pub const fn new(policy: LogPolicy, latest: TreeHead) -> Self {
        Self { policy, latest }
    }

    /// Returns the head that was cosigned last.
    #[must_use]
    pub const fn latest(&self) -> &TreeHead {
        &self.latest
    }

    /// Judges a request, and remembers its head. The checkpoint that it returns is to be cosigned
    /// ([tlog-witness](https://c2sp.org/tlog-witness#add-checkpoint)).
    ///
    /// # Errors
    /// - `Malformed` for what is no request.
    /// - `UnknownLog` for another origin, and `Signature` for one that the log has not signed.
    /// - `Conflict` when the old size is not that of the latest head.
    /// - `Inconsistent` when the new tree is not shown to begin with that.
    pub fn add_checkpoint(&mut self, request: &[u8]) -> Result<Checkpoint, Refusal> {
        let request = AddCheckpoint::parse(request).map_err(Refusal::of)?;
        let verified = self.policy.verify_checkpoint(request.checkpoint()).map_err(|error| match error {
            CheckpointVerifyError::OtherLog => Refusal::UnknownLog,
            CheckpointVerifyError::LogSignature { .. }
            | CheckpointVerifyError::Cosignature { .. }
            | CheckpointVerifyError::NotSignedByLog
            | CheckpointVerifyError::TooFewWitnesses { .. } => Refusal::Signature,
        })?;
        if request.old_size() != self.latest.size() {
            return Err(Refusal::Conflict { size: self.latest.size() });
        }
        let head = verified.checkpoint().head();
        verify_consistency(&self.latest, head, request.proof()).map_err(|_| Refusal::Inconsistent)?;
        self.latest = *head;
        Ok(verified.checkpoint().clone())
    }
}

/// Why a witness does not cosign a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request is none.
    #[error("not a request: {0}")]
    Malformed(#[source] AddCheckpointError),
    /// The log is not known.
    #[error("an unknown log")]
    UnknownLog,
    /// The log has not signed the checkpoint.
    #[error("not signed by the log")]
    Signature,
    /// The old size is another one than that of the latest head.
    #[error("the tree had {size} entries when it was cosigned last")]
    Conflict {
        /// The size of the latest head.
        size: u64,
    },
    /// The tree is not shown to begin with the one that was cosigned last, or is no tree.
    #[error("not consistent with the tree that was cosigned last")]
    Inconsistent,
}

impl Refusal {
    fn of(error: AddCheckpointError) -> Self {
        match error {
            // The specification has a status of its own for the root of an empty tree.
            AddCheckpointError::Checkpoint(CheckpointError::Head(TreeHeadError::EmptyTreeRoot)) => Self::Inconsistent,
            AddCheckpointError::TooLarge
            | AddCheckpointError::NotUtf8
            | AddCheckpointError::OldSize
            | AddCheckpointError::Hash { .. }
            | AddCheckpointError::TooManyHashes
            | AddCheckpointError::NoCheckpoint
            | AddCheckpointError::Checkpoint(_)
            | AddCheckpointError::OldSizeAbove { .. } => Self::Malformed(error),
        }
    }

    /// Returns the answer that says so.
    #[must_use]
    pub fn to_answer(&self) -> Answer {
        let (status, content_type, body) = match self {
            Self::Malformed(_) => (400, "text/plain; charset=utf-8", format!("{self}\n")),
            Self::Signature => (403, "text/plain; charset=utf-8", format!("{self}\n")),
            Self::UnknownLog => (404, "text/plain; charset=utf-8", format!("{self}\n")),
            Self::Conflict { size } => (409, SIZE_TYPE, format!("{size}\n")),
            Self::Inconsistent => (422, "text/plain; charset=utf-8", format!("{self}\n")),
        };
        Answer { status, content_type: Some(content_type.to_owned()), body: body.into_bytes() }
    }
}
