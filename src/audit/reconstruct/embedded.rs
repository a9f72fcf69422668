//! The proofs that records hold.

use super::lowest::Lowest;
use super::stated::Stated;
use crate::audit::limits::MAX_EMBEDDED;
use crate::crypto::DigestAlgorithm;
use crate::seal::AnyProof;

/// The proofs inside of records, each file once. Those of the lowest digests are kept up to a total, so that the order of the
/// exports has no part in which they are.
#[derive(Debug)]
pub(super) struct Embedded(Lowest<[u8; 32], Vec<u8>>);

impl Default for Embedded {
    fn default() -> Self {
        Self(Lowest::up_to(MAX_EMBEDDED))
    }
}

impl Embedded {
    /// Keeps the file of a proof, and returns its id and the digest of the file; `None` for octets that are no proof.
    pub(super) fn keep(&mut self, der: Vec<u8>) -> Option<([u8; 32], [u8; 32])> {
        let id = Stated::of(&AnyProof::from_der(&der).ok()?)?.id.first_32();
        // Files of one id differ in what is not signed. Which of them verifies is not known yet, so that none hides another.
        let digest = DigestAlgorithm::Sha256.digest(&der).first_32();
        let weight = der.len();
        self.0.take(digest, der, weight);
        Some((id, digest))
    }

    /// Keeps all that others keep, as far as there is room.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The files, in the order of their digests, and how often one came that was not taken.
    pub(super) fn finish(self) -> (Vec<Vec<u8>>, u64) {
        self.0.finish()
    }
}
