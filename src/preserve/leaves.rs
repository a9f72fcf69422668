//! The leaves of a hash tree while its objects are read.

use super::error::{NotInGroup, NotInRenewal};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::SparseTree;

/// The leaves of a tree by one algorithm, in the order in which they were added.
#[derive(Clone)]
pub(super) struct Leaves {
    algorithm: DigestAlgorithm,
    octets: Vec<u8>,
}

/// The reason why a digest is no leaf of a tree.
pub(super) enum NotALeaf {
    /// It was computed in another state of what is renewed.
    OtherState,
    /// It is by another algorithm than this one, which is that of the tree.
    OtherAlgorithm(DigestAlgorithm),
}

impl Leaves {
    pub(super) fn new(algorithm: DigestAlgorithm) -> Self {
        Self { algorithm, octets: Vec::new() }
    }

    pub(super) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the number of leaves, of which one may be there several times.
    pub(super) fn count(&self) -> usize {
        self.octets.len() / self.algorithm.output_len()
    }

    pub(super) fn add(&mut self, leaf: &Digest) -> Result<(), NotALeaf> {
        if leaf.algorithm() != self.algorithm {
            return Err(NotALeaf::OtherAlgorithm(self.algorithm));
        }
        self.octets.extend_from_slice(leaf.as_bytes());
        Ok(())
    }

    /// Adds the digest of an object, which is its leaf.
    pub(super) fn add_object(&mut self, object: &[u8]) {
        self.octets.extend_from_slice(self.algorithm.digest(object).as_bytes());
    }

    /// Builds the tree. It is `None` without a leaf.
    pub(super) fn into_tree(self) -> Option<SparseTree> {
        SparseTree::of_octets(self.algorithm, self.octets)
    }
}

/// The leaves of a new hash tree, each of which depends on the state of what is renewed.
#[derive(Clone)]
pub(super) struct RenewedLeaves {
    state: Digest,
    leaves: Leaves,
}

impl RenewedLeaves {
    /// Starts a tree by the algorithm of this digest, which is over everything that each leaf depends on.
    pub(super) fn new(state: Digest) -> Self {
        Self { state, leaves: Leaves::new(state.algorithm()) }
    }

    pub(super) fn algorithm(&self) -> DigestAlgorithm {
        self.leaves.algorithm()
    }

    pub(super) fn state(&self) -> &Digest {
        &self.state
    }

    pub(super) fn count(&self) -> usize {
        self.leaves.count()
    }

    pub(super) fn add(&mut self, leaf: &Digest) -> Result<(), NotALeaf> {
        self.leaves.add(leaf)
    }

    /// Adds a leaf that was stored. One of another state would be in a tree in which it proves nothing.
    pub(super) fn resume(&mut self, state: &Digest, leaf: &Digest) -> Result<(), NotALeaf> {
        if *state == self.state { self.add(leaf) } else { Err(NotALeaf::OtherState) }
    }

    /// Builds the tree. It is `None` without a leaf.
    pub(super) fn into_tree(self) -> Option<SparseTree> {
        self.leaves.into_tree()
    }
}

impl From<NotALeaf> for NotInGroup {
    fn from(why: NotALeaf) -> Self {
        match why {
            NotALeaf::OtherState => Self::OtherState,
            NotALeaf::OtherAlgorithm(algorithm) => Self::OtherAlgorithm(algorithm),
        }
    }
}

impl From<NotALeaf> for NotInRenewal {
    fn from(why: NotALeaf) -> Self {
        match why {
            NotALeaf::OtherState => Self::OtherState,
            NotALeaf::OtherAlgorithm(algorithm) => Self::OtherAlgorithm(algorithm),
        }
    }
}
