//! Proofs that can be verified offline ([tlog-proof](https://c2sp.org/tlog-proof)).

use core::fmt;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::hash::Hash;
use crate::hash_lines::{HashLinesFault, hash_lines};
use crate::limits::{MAX_EXTRA, MAX_PROOF_FILE, MAX_PROOF_HASHES};
use crate::policy::{CheckpointVerifyError, LogPolicy, VerifiedCheckpoint};
use crate::text::{decode_base64, decode_decimal, encode_base64};
use crate::tree::{InclusionError, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof that an entry is in a log: its index, the inclusion proof, and a signed checkpoint. Files with one end in
/// `.tlog-proof`.
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// extra YWdl
/// index 73894
/// gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
///
/// example.com/fancylog
/// 109482
/// sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
///
/// — example.com/fancylog hI2DJw...
/// ```
///
/// The extra data are for the application. Nobody has signed them.
#[derive(Clone, PartialEq, Eq)]
pub struct TlogProof {
    index: u64,
    hashes: Vec<Hash>,
    extra: Option<Vec<u8>>,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// Joins the index of an entry, its inclusion proof and the checkpoint that it leads to, without looking if it does.
    ///
    /// # Errors
    /// `TooManyHashes` for more than any tree takes.
    pub fn new(index: u64, hashes: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<Self, TlogProofError> {
        if hashes.len() > MAX_PROOF_HASHES {
            return Err(TlogProofError::TooManyHashes);
        }
        Ok(Self { index, hashes, extra: None, checkpoint })
    }

    /// Adds extra data, or replaces them.
    ///
    /// # Errors
    /// `ExtraTooLarge` for more than [`MAX_EXTRA`] octets.
    pub fn with_extra(mut self, extra: Vec<u8>) -> Result<Self, TlogProofError> {
        if extra.len() > MAX_EXTRA {
            return Err(TlogProofError::ExtraTooLarge);
        }
        self.extra = Some(extra);
        Ok(self)
    }

    /// Reads a proof ([tlog-proof](https://c2sp.org/tlog-proof#format)).
    ///
    /// # Errors
    /// - `TooLarge`, `ExtraTooLarge` and `TooManyHashes` for what is beyond the limits.
    /// - `NotUtf8` for octets that are no text, and `Header` for another first line.
    /// - `Extra`, `Index` and `Hash` for a line that is not what it must be.
    /// - `NoCheckpoint` when no blank line follows the hashes.
    /// - `Checkpoint` for what is no signed checkpoint.
    pub fn parse(octets: &[u8]) -> Result<Self, TlogProofError> {
        if octets.len() > MAX_PROOF_FILE {
            return Err(TlogProofError::TooLarge);
        }
        let text = core::str::from_utf8(octets).map_err(|_| TlogProofError::NotUtf8)?;
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n')).ok_or(TlogProofError::Header)?;
        let (extra, rest) = match rest.strip_prefix("extra ") {
            Some(rest) => {
                let (extra, rest) = rest.split_once('\n').ok_or(TlogProofError::Extra)?;
                (Some(decode_base64(extra).ok_or(TlogProofError::Extra)?), rest)
            }
            None => (None, rest),
        };
        if extra.as_ref().is_some_and(|extra| extra.len() > MAX_EXTRA) {
            return Err(TlogProofError::ExtraTooLarge);
        }
        let (index, rest) =
            rest.strip_prefix("index ").and_then(|rest| rest.split_once('\n')).ok_or(TlogProofError::Index)?;
        let index = decode_decimal(index).ok_or(TlogProofError::Index)?;
        let (hashes, checkpoint) = hash_lines(rest).map_err(|fault| match fault {
            HashLinesFault::TooMany => TlogProofError::TooManyHashes,
            HashLinesFault::Line(line) => TlogProofError::Hash { line },
            HashLinesFault::NoBlankLine => TlogProofError::NoCheckpoint,
        })?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).map_err(TlogProofError::Checkpoint)?;
        Ok(Self { index, hashes, extra, checkpoint })
    }

    /// Writes the proof.
    #[must_use]
    pub fn to_text(&self) -> String {
        let extra = self.extra.as_ref().map(|extra| format!("extra {}\n", encode_base64(extra))).unwrap_or_default();
        let hashes: String = self.hashes.iter().map(|hash| format!("{hash}\n")).collect();
        format!("{HEADER}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint.note().to_text())
    }

    /// Verifies that the entry with this leaf is in the log of the policy
    /// ([tlog-proof](https://c2sp.org/tlog-proof#verifying-a-tlog-proof)).
    ///
    /// The leaf is what the verifier computes of what it has, by [`Hash::leaf`].
    ///
    /// # Errors
    /// `Checkpoint` when the policy does not accept the checkpoint, and `Inclusion` when the leaf is not shown to be in its tree.
    pub fn verify(&self, policy: &LogPolicy, leaf: &Hash) -> Result<VerifiedCheckpoint, TlogProofVerifyError> {
        let verified = policy.verify_checkpoint(&self.checkpoint).map_err(TlogProofVerifyError::Checkpoint)?;
        verify_inclusion(verified.checkpoint().head(), self.index, leaf, &self.hashes)
            .map_err(TlogProofVerifyError::Inclusion)?;
        Ok(verified)
    }

    /// Returns the stated index of the entry, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the inclusion proof, the sibling of the leaf first.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Returns the extra data, for which nobody vouches also after the proof is verified.
    #[must_use]
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Returns the checkpoint, whose signatures are not verified.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

impl fmt::Debug for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlogProof")
            .field("index", &self.index)
            .field("hashes", &self.hashes.len())
            .field("extra", &self.extra.as_ref().map(Vec::len))
            .field("checkpoint", &self.checkpoint)
            .finish()
    }
}

/// Why octets are no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// The file is too large.
    #[error("a proof of more than {MAX_PROOF_FILE} octets")]
    TooLarge,
    /// The extra data are too large.
    #[error("more than {MAX_EXTRA} octets of extra data")]
    ExtraTooLarge,
    /// There are more hashes than any tree takes.
    #[error("a proof of more than {MAX_PROOF_HASHES} hashes")]
    TooManyHashes,
    /// The octets are not UTF-8.
    #[error("a proof that is not UTF-8")]
    NotUtf8,
    /// The first line is another one. This may be a file of another kind.
    #[error("the first line is not {HEADER}")]
    Header,
    /// The extra data are not base64.
    #[error("the line `extra` is not base64")]
    Extra,
    /// There is no line with the index.
    #[error("no line `index` with a decimal number without leading zeros")]
    Index,
    /// A line is no hash.
    #[error("line {line} of the inclusion proof is not the base64 of 32 octets")]
    Hash {
        /// The number of the line among the hashes, from 1.
        line: usize,
    },
    /// Nothing follows the hashes.
    #[error("a proof without a checkpoint")]
    NoCheckpoint,
    /// What follows is no signed checkpoint.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[source] CheckpointError),
}

/// Why an entry is not shown to be in a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlogProofVerifyError {
    /// The policy does not accept the checkpoint.
    #[error(transparent)]
    Checkpoint(CheckpointVerifyError),
    /// The leaf is not shown to be in the tree.
    #[error(transparent)]
    Inclusion(InclusionError),
}
