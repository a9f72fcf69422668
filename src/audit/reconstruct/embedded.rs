//! The proofs that records hold.

use std::collections::BTreeMap;

use super::stated::Stated;
use crate::audit::limits::MAX_EMBEDDED;
use crate::crypto::DigestAlgorithm;
use crate::seal::AnyProof;

/// The proofs inside of records, each file once. Those of the lowest digests are kept up to a total, so that the order of the
/// exports has no part in which they are.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    files: BTreeMap<[u8; 32], Vec<u8>>,
    octets: usize,
    not_taken: u64,
}

impl Embedded {
    /// Keeps the file of a proof and returns its id; `None` for octets that are no proof.
    pub(super) fn keep(&mut self, der: Vec<u8>) -> Option<[u8; 32]> {
        let id = Stated::of(&AnyProof::from_der(&der).ok()?)?.id.first_32();
        // Files of one id differ in what is not signed. Which of them verifies is not known yet, so that none hides another.
        let digest = DigestAlgorithm::Sha256.digest(&der).first_32();
        self.octets = self.octets.saturating_add(der.len());
        if let Some(present) = self.files.insert(digest, der) {
            self.octets = self.octets.saturating_sub(present.len());
        }
        while self.octets > MAX_EMBEDDED
            && let Some((_, cut)) = self.files.pop_last()
        {
            self.octets = self.octets.saturating_sub(cut.len());
            self.not_taken = self.not_taken.saturating_add(1);
        }
        Some(id)
    }

    /// The files, in the order of their digests, and the number of those that were not taken.
    pub(super) fn finish(self) -> (Vec<Vec<u8>>, u64) {
        (self.files.into_values().collect(), self.not_taken)
    }
}
