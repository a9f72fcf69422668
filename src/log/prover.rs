//! Proofs of many entries by one checkpoint.

use std::fmt;

use recommande_tlog::proof::TlogProof;
use recommande_tlog::tree::{InclusionProver, TreeHead};

use super::error::LogError;
use super::kept_tiles::KeptTiles;
use super::opening::error_of;
use super::published::Published;
use super::store::Store;

/// Makes the proofs of many entries by one published checkpoint. Of entries that follow each other, 256 at a time have their tiles
/// read and verified once. Each proof is that of [`EvidenceLog::prove`](super::EvidenceLog::prove) or
/// [`prove_in`](super::EvidenceLog::prove_in), and one that cannot be made costs the others nothing.
///
/// It keeps at most one tile of each level, 128 KiB in all.
pub struct LogProver<'l, S> {
    published: Published,
    prover: InclusionProver<KeptTiles<'l, S>>,
}

impl<'l, S: Store> LogProver<'l, S> {
    /// The hashes are read from the tiles of this tree.
    pub(super) fn new(published: Published, tree: TreeHead, store: &'l S) -> Result<Self, LogError> {
        let size = published.note.checkpoint().head().size();
        let prover = InclusionProver::new(size, KeptTiles::new(tree, store)).map_err(error_of)?;
        Ok(Self { published, prover })
    }

    /// Makes the proof that the entry with this index is in the log.
    ///
    /// # Errors
    /// `NotPublished` where the checkpoint does not have the entry; `Tiles`, `Prove`, `Proof`.
    pub fn prove(&self, index: u64) -> Result<TlogProof, LogError> {
        self.published.check_has(index)?;
        self.published.proof_of(index, self.prover.prove(index).map_err(error_of)?)
    }
}

impl<S> fmt::Debug for LogProver<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogProver").field("head", self.published.note.checkpoint().head()).finish_non_exhaustive()
    }
}
