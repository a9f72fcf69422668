//! Proofs that entries are in the log.

use recommande_tlog::proof::TlogProof;
use recommande_tlog::tile::TileHashReader;
use recommande_tlog::tree::prove_inclusion;

use super::error::LogError;
use super::evidence_log::EvidenceLog;
use super::opening::error_of;
use super::store::Store;
use super::tiles::StoredTiles;

impl<S: Store> EvidenceLog<S> {
    /// Makes the proof that the entry with this index is in the log: a `.tlog-proof` with the last published checkpoint, and the
    /// seal of that as its extra data.
    ///
    /// # Errors
    /// `NotPublished`, `Tiles`, `Prove`, `Proof`.
    pub fn prove(&self, index: u64) -> Result<TlogProof, LogError> {
        let not_published = LogError::NotPublished { index };
        let Some(published) = &self.published else { return Err(not_published) };
        let head = *published.note.checkpoint().head();
        if index >= head.size() {
            return Err(not_published);
        }
        let reader = TileHashReader::new(head, StoredTiles(&self.store));
        let hashes = prove_inclusion(index, head.size(), &reader).map_err(error_of)?;
        let proof = TlogProof::new(index, hashes, published.note.clone())?;
        Ok(proof.with_extra(published.seal.clone())?)
    }
}
