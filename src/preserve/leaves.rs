//! The leaves of a hash tree while its objects are read.

use rfc3161_client::TimeStampReq;

use super::error::NotInGroup;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::{KeptLevels, SparseTree};

/// The leaves of a tree by one algorithm, in the order in which they were added.
#[derive(Clone)]
pub(super) struct Leaves {
    algorithm: DigestAlgorithm,
    octets: Vec<u8>,
}

/// A digest is no leaf of a tree, which is by this algorithm.
pub(super) struct OtherAlgorithm(pub(super) DigestAlgorithm);

impl Leaves {
    pub(super) fn new(algorithm: DigestAlgorithm) -> Self {
        Self { algorithm, octets: Vec::new() }
    }

    /// Takes up leaves that were stored, one after the other. It is `None` where they are no digests by this algorithm.
    pub(super) fn of_octets(algorithm: DigestAlgorithm, octets: Vec<u8>) -> Option<Self> {
        octets.len().is_multiple_of(algorithm.output_len()).then_some(Self { algorithm, octets })
    }

    pub(super) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Reserves room for so many more leaves. Room that cannot be had is not reserved, and the list grows as it is filled.
    pub(super) fn with_room_for(mut self, leaves: usize) -> Self {
        // An error is no fault: the count may be a guess.
        let _ = self.octets.try_reserve_exact(leaves.saturating_mul(self.algorithm.output_len()));
        self
    }

    /// Returns the leaves, one after the other in the order in which they were added.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Returns the number of leaves, of which one may be there several times.
    pub(super) fn count(&self) -> usize {
        self.octets.len() / self.algorithm.output_len()
    }

    pub(super) fn add(&mut self, leaf: &Digest) -> Result<(), OtherAlgorithm> {
        if leaf.algorithm() != self.algorithm {
            return Err(OtherAlgorithm(self.algorithm));
        }
        self.octets.extend_from_slice(leaf.as_bytes());
        Ok(())
    }

    /// Adds the digest of an object, which is its leaf.
    pub(super) fn add_object(&mut self, object: &[u8]) {
        self.octets.extend_from_slice(self.algorithm.digest(object).as_bytes());
    }

    /// Builds the tree. It is `None` without a leaf.
    pub(super) fn into_tree(self, kept: KeptLevels) -> Option<SparseTree> {
        SparseTree::of_octets(self.algorithm, self.octets, kept)
    }
}

/// Builds the tree for whose root a timestamp was requested out of its leaves, as they were stored beside the request. It is
/// `None` where they are not those: one is missing, changed or added.
pub(super) fn requested_tree(leaves: Vec<u8>, request: &TimeStampReq, kept: KeptLevels) -> Option<SparseTree> {
    let requested = request.imprint();
    let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| requested.algorithm == algorithm.oid())?;
    let tree = SparseTree::of_octets(algorithm, leaves, kept)?;
    (tree.root().as_bytes() == requested.digest).then_some(tree)
}

/// The leaves of a new hash tree over the objects of the one before, at most one for each of them.
#[derive(Clone)]
pub(super) struct RenewedLeaves {
    algorithm: DigestAlgorithm,
    /// The new leaf of each object, at the place that its leaf has in the tree before.
    octets: Vec<u8>,
    /// Whether the object at this place was read.
    are_read: Vec<bool>,
    count: usize,
}

impl RenewedLeaves {
    /// Starts a tree by this algorithm, over no more than so many objects.
    pub(super) fn new(algorithm: DigestAlgorithm, objects: usize) -> Self {
        let octets = vec![0; objects.saturating_mul(algorithm.output_len())];
        Self { algorithm, octets, are_read: vec![false; objects], count: 0 }
    }

    pub(super) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the number of objects that were read.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Sets the leaf of the object that has this place in the tree before. A second leaf for it would stand for another object
    /// in the count, which would then be left out without a word.
    ///
    /// # Errors
    /// `OtherOctets`, `OtherDigest`.
    pub(super) fn set(&mut self, place: usize, leaf: &Digest) -> Result<(), NotInGroup> {
        let kept = self.octets.chunks_exact_mut(self.algorithm.output_len()).nth(place);
        let (Some(is_read), Some(kept)) = (self.are_read.get_mut(place), kept) else {
            return Err(NotInGroup::OtherOctets);
        };
        if kept.len() != leaf.as_bytes().len() || (*is_read && *kept != *leaf.as_bytes()) {
            return Err(NotInGroup::OtherDigest(self.algorithm));
        }
        kept.copy_from_slice(leaf.as_bytes());
        self.count += usize::from(!std::mem::replace(is_read, true));
        Ok(())
    }

    /// Builds the tree. It is `None` without a leaf.
    pub(super) fn into_tree(mut self) -> Option<SparseTree> {
        let width = self.algorithm.output_len();
        let mut end = 0;
        for (place, _) in self.are_read.iter().enumerate().filter(|(_, is_read)| **is_read) {
            let start = place.checked_mul(width)?;
            self.octets.copy_within(start..start.checked_add(width)?, end);
            end += width;
        }
        self.octets.truncate(end);
        SparseTree::of_octets(self.algorithm, self.octets, KeptLevels::Upper)
    }
}

impl From<OtherAlgorithm> for NotInGroup {
    fn from(OtherAlgorithm(algorithm): OtherAlgorithm) -> Self {
        Self::OtherAlgorithm(algorithm)
    }
}
