//! Proofs that entries are in the log.

use recommande_tlog::proof::TlogProof;
use recommande_tlog::tile::TileHashReader;
use recommande_tlog::tree::{TreeHead, prove_inclusion};

use super::error::LogError;
use super::evidence_log::{EvidenceLog, check_signed};
use super::opening::error_of;
use super::prover::LogProver;
use super::published::Published;
use super::store::Store;
use super::tiles::StoredTiles;

impl<S: Store> EvidenceLog<S> {
    /// Makes the proof that the entry with this index is in the log: a `.tlog-proof` with the last published checkpoint, and the
    /// seal of that as its extra data. A [`prover`](Self::prover) makes many.
    ///
    /// # Errors
    /// `NotPublished`, `Tiles`, `Prove`, `Proof`.
    pub fn prove(&self, index: u64) -> Result<TlogProof, LogError> {
        let published = self.published.as_ref().ok_or(LogError::NotPublished { index })?;
        self.prove_by(index, published, *published.note.checkpoint().head())
    }

    /// Makes the same by an older checkpoint, which is named by its number from 0. A verifier asks by the time of the checkpoint
    /// whether the merge delay was kept, so that the [first](Self::first_checkpoint_of) that has the entry says most.
    ///
    /// # Errors
    /// `NotPublished` where that checkpoint is not published or does not have the entry; `Store`, `Missing`, `Note`, `StoredSeal`,
    /// `SealDiffers`, `AnotherLog`, `SetBack`, `Rewritten`, `Tiles`, `Prove`, `Proof`.
    pub fn prove_in(&self, index: u64, checkpoint: u64) -> Result<TlogProof, LogError> {
        let published = self.published_as(checkpoint)?.ok_or(LogError::NotPublished { index })?;
        // The tiles that were not full at its time are gone, and those of today have all of their hashes.
        self.prove_by(index, &published, self.state.head)
    }

    /// Makes proofs of many entries by the last published checkpoint.
    ///
    /// # Errors
    /// `NoSuchCheckpoint` where there is none; `Tiles`, `Prove`.
    pub fn prover(&self) -> Result<LogProver<'_, S>, LogError> {
        let published = self.published.clone().ok_or(LogError::NoSuchCheckpoint { number: 0, published: 0 })?;
        let tree = *published.note.checkpoint().head();
        LogProver::new(published, tree, &self.store)
    }

    /// Makes proofs of many entries by an older checkpoint, which is named by its number from 0.
    ///
    /// # Errors
    /// `NoSuchCheckpoint`; `Store`, `Missing`, `Note`, `StoredSeal`, `SealDiffers`, `AnotherLog`, `SetBack`, `Rewritten`, `Tiles`,
    /// `Prove`.
    pub fn prover_in(&self, checkpoint: u64) -> Result<LogProver<'_, S>, LogError> {
        let none = LogError::NoSuchCheckpoint { number: checkpoint, published: self.state.published };
        LogProver::new(self.published_as(checkpoint)?.ok_or(none)?, self.state.head, &self.store)
    }

    /// Returns the number, from 0, of the first published checkpoint that has the entry with this index; `None` where there is none.
    ///
    /// # Errors
    /// `Store`, `Missing`, `Note`.
    pub fn first_checkpoint_of(&self, index: u64) -> Result<Option<u64>, LogError> {
        let (mut first, mut end) = (0, self.state.published);
        while first < end {
            let middle = first.midpoint(end);
            let size = Published::note_of(middle, &self.store)?.checkpoint().head().size();
            (first, end) = if size > index { (first, middle) } else { (middle.saturating_add(1), end) };
        }
        Ok(Some(first).filter(|first| *first < self.state.published))
    }

    /// The checkpoint with this number, with which the tree of today begins; nothing where so many are not published.
    fn published_as(&self, checkpoint: u64) -> Result<Option<Published>, LogError> {
        if checkpoint >= self.state.published {
            return Ok(None);
        }
        let published = Published::read_numbered(checkpoint, &self.store)?;
        check_signed(&self.state, &published.note, &self.store)?;
        Ok(Some(published))
    }

    /// The proof by a checkpoint, whose hashes are read from the tiles of this tree.
    fn prove_by(&self, index: u64, published: &Published, tree: TreeHead) -> Result<TlogProof, LogError> {
        published.check_has(index)?;
        let reader = TileHashReader::new(tree, StoredTiles(&self.store));
        let size = published.note.checkpoint().head().size();
        published.proof_of(index, prove_inclusion(index, size, &reader).map_err(error_of)?)
    }
}
