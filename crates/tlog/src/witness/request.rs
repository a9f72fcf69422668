//! The request for a cosignature.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::hash::Hash;
use crate::hash_lines::{HashLinesFault, hash_lines};
use crate::limits::{MAX_PROOF_HASHES, MAX_REQUEST};
use crate::text::decode_decimal;

/// The body of a request to `<submission prefix>/add-checkpoint`: the size that the witness cosigned last, the proof that the new tree
/// begins with that one, and the checkpoint of the new one ([tlog-witness](https://c2sp.org/tlog-witness#add-checkpoint)).
///
/// ```text
/// old 20852014
/// PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
///
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// — example.com/behind-the-sofa Az3grl...
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old_size: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Joins the parts, without looking if the proof is one.
    ///
    /// # Errors
    /// `OldSizeAbove` when the old size is larger than that of the checkpoint, and `TooManyHashes` for more than 63.
    pub fn new(old_size: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<Self, AddCheckpointError> {
        let size = checkpoint.checkpoint().head().size();
        if old_size > size {
            return Err(AddCheckpointError::OldSizeAbove { old: old_size, size });
        }
        if proof.len() > MAX_PROOF_HASHES {
            return Err(AddCheckpointError::TooManyHashes);
        }
        Ok(Self { old_size, proof, checkpoint })
    }

    /// Reads a request.
    ///
    /// # Errors
    /// - `TooLarge`, `NotUtf8`, and those of [`AddCheckpoint::new`].
    /// - `OldSize` and `Hash` for a line that is not what it must be, and `NoCheckpoint` without a blank line.
    /// - `Checkpoint` for what is no signed checkpoint.
    pub fn parse(octets: &[u8]) -> Result<Self, AddCheckpointError> {
        if octets.len() > MAX_REQUEST {
            return Err(AddCheckpointError::TooLarge);
        }
        let text = core::str::from_utf8(octets).map_err(|_| AddCheckpointError::NotUtf8)?;
        let (old_size, rest) =
            text.strip_prefix("old ").and_then(|rest| rest.split_once('\n')).ok_or(AddCheckpointError::OldSize)?;
        let old_size = decode_decimal(old_size).ok_or(AddCheckpointError::OldSize)?;
        let (proof, checkpoint) = hash_lines(rest).map_err(|fault| match fault {
            HashLinesFault::TooMany => AddCheckpointError::TooManyHashes,
            HashLinesFault::Line(line) => AddCheckpointError::Hash { line },
            HashLinesFault::NoBlankLine => AddCheckpointError::NoCheckpoint,
        })?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).map_err(AddCheckpointError::Checkpoint)?;
        Self::new(old_size, proof, checkpoint)
    }

    /// Writes the request.
    #[must_use]
    pub fn to_text(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| format!("{hash}\n")).collect();
        format!("old {}\n{proof}\n{}", self.old_size, self.checkpoint.note().to_text())
    }

    /// Returns the size that the witness is said to have cosigned last.
    #[must_use]
    pub const fn old_size(&self) -> u64 {
        self.old_size
    }

    /// Returns the consistency proof.
    #[must_use]
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// Returns the checkpoint, whose signatures are not verified.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

/// Why octets are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddCheckpointError {
    /// The request is too large.
    #[error("a request of more than {MAX_REQUEST} octets")]
    TooLarge,
    /// The octets are not UTF-8.
    #[error("a request that is not UTF-8")]
    NotUtf8,
    /// There is no line with the old size.
    #[error("no line `old` with a decimal number without leading zeros")]
    OldSize,
    /// A line is no hash.
    #[error("line {line} of the consistency proof is not the base64 of 32 octets")]
    Hash {
        /// The number of the line among the hashes, from 1.
        line: usize,
    },
    /// There are too many hashes.
    #[error("a consistency proof of more than {MAX_PROOF_HASHES} hashes")]
    TooManyHashes,
    /// Nothing follows the hashes.
    #[error("a request without a checkpoint")]
    NoCheckpoint,
    /// What follows is no signed checkpoint.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[source] CheckpointError),
    /// The old size is larger than that of the checkpoint.
    #[error("from a tree of {old} entries to one of {size}")]
    OldSizeAbove {
        /// The old size.
        old: u64,
        /// The size of the checkpoint.
        size: u64,
    },
}
