//! A hash tree that keeps its leaves and its upper levels, and makes the others again for each way that is asked for.

use std::borrow::Cow;

use super::hash_tree::ReducedHashTree;
use super::level::{at, level_above, position, sorted_set};
use crate::crypto::{Digest, DigestAlgorithm};

/// The number of levels above the leaves that are not kept. What is kept takes an eighth more than the leaves, and a way
/// takes 11 hashes more.
const SKIPPED: usize = 4;

/// The leaves under one node of the lowest level that is kept.
const BLOCK: usize = 1 << SKIPPED;

/// The same tree as [`HashTree`](super::HashTree), in 36 octets for each leaf of 32.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SparseTree {
    algorithm: DigestAlgorithm,
    leaves: Vec<u8>,
    /// The levels from [`SKIPPED`] on, up to the root.
    upper: Vec<Vec<u8>>,
    root: Digest,
}

impl SparseTree {
    /// Builds the tree over digests one after the other, sorted where they are. Returns `None` when there is none.
    pub(crate) fn of_octets(algorithm: DigestAlgorithm, octets: Vec<u8>) -> Option<Self> {
        let width = algorithm.output_len();
        if octets.is_empty() || !octets.len().is_multiple_of(width) {
            return None;
        }
        let leaves = sorted_set(algorithm, octets);
        let mut lowest = Vec::with_capacity(leaves.len().div_ceil(BLOCK).next_multiple_of(width));
        for block in leaves.chunks(BLOCK * width) {
            lowest.extend_from_slice(node_over(algorithm, block)?.as_bytes());
        }
        let upper = levels(algorithm, &lowest);
        let root = Digest::new(algorithm, upper.last()?)?;
        Some(Self { algorithm, leaves, upper, root })
    }

    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    pub(crate) fn leaves(&self) -> &[u8] {
        &self.leaves
    }

    pub(crate) fn leaf_count(&self) -> usize {
        self.leaves.len() / self.algorithm.output_len()
    }

    /// Returns the digest that is stamped: the root, or the only leaf.
    pub(crate) fn root(&self) -> Digest {
        self.root
    }

    /// Returns the place of a leaf, and `None` when it is not among the leaves.
    pub(crate) fn position(&self, leaf: &Digest) -> Option<usize> {
        let width = self.algorithm.output_len();
        position(&self.leaves, width, leaf.as_bytes()).filter(|_| leaf.algorithm() == self.algorithm)
    }

    /// Returns the way from the leaf at this place to the root, and `None` when there is none.
    pub(crate) fn reduced_at(&self, index: usize) -> Option<ReducedHashTree> {
        let width = self.algorithm.output_len();
        let leaf = &Digest::new(self.algorithm, at(&self.leaves, width, index)?)?;
        let block = index / BLOCK;
        let start = block.checked_mul(BLOCK * width)?;
        let below = self.leaves.get(start..self.leaves.len().min(start.checked_add(BLOCK * width)?))?;
        let mut reduced = ReducedHashTree::for_height(SKIPPED + self.upper.len());
        // Nodes of these levels have their siblings in the same block.
        for level in 0..SKIPPED {
            let sibling = ((index % BLOCK) >> level) ^ 1;
            let octets = below.chunks(width << level).nth(sibling);
            if let Some(sibling) = octets.and_then(|leaves| node_over(self.algorithm, leaves)) {
                reduced.push_sibling(leaf, sibling);
            }
        }
        reduced.push_siblings(leaf, self.upper.iter(), block);
        Some(reduced.in_order())
    }

    /// Returns the way from a leaf to the root, and `None` when it is not among the leaves.
    pub(crate) fn reduced(&self, leaf: &Digest) -> Option<ReducedHashTree> {
        self.reduced_at(self.position(leaf)?)
    }

    /// Returns the first leaf.
    pub(crate) fn first(&self) -> Option<Digest> {
        Digest::new(self.algorithm, at(&self.leaves, self.algorithm.output_len(), 0)?)
    }
}

/// Returns the node over these leaves, or the only one.
fn node_over(algorithm: DigestAlgorithm, leaves: &[u8]) -> Option<Digest> {
    let mut level = Cow::Borrowed(leaves);
    while level.len() > algorithm.output_len() {
        level = Cow::Owned(level_above(algorithm, &level));
    }
    Digest::new(algorithm, &level)
}

/// Returns a level and all levels above it, up to the root.
fn levels(algorithm: DigestAlgorithm, level: &[u8]) -> Vec<Vec<u8>> {
    let mut levels = vec![level.to_vec()];
    while let Some(last) = levels.last().filter(|last| last.len() > algorithm.output_len()) {
        let above = level_above(algorithm, last);
        levels.push(above);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::record::HashTree;

    #[test]
    fn it_is_the_same_tree_in_less_memory() {
        for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
            for size in (1..=130).chain([255, 256, 257, 1000]) {
                let leaves: Vec<Digest> =
                    (0..size).map(|number: usize| algorithm.digest(&number.to_be_bytes())).collect();
                let octets = leaves.iter().flat_map(|leaf| leaf.as_bytes().to_vec()).collect();
                let (sparse, whole) = (
                    SparseTree::of_octets(algorithm, octets).unwrap(),
                    HashTree::new(algorithm, leaves.clone()).unwrap(),
                );
                assert_eq!((Some(sparse.root()), sparse.leaf_count()), (whole.root(), size));
                for leaf in &leaves {
                    assert_eq!(sparse.reduced(leaf), whole.reduced(leaf), "{size}");
                }
                assert_eq!(sparse.reduced(&algorithm.digest(b"no leaf")), None);
                let kept = sparse.upper.iter().map(Vec::len).sum::<usize>();
                assert!(kept <= sparse.leaves.len() / 8 + 12 * algorithm.output_len());
            }
        }
        assert!(SparseTree::of_octets(DigestAlgorithm::Sha256, Vec::new()).is_none());
        assert!(SparseTree::of_octets(DigestAlgorithm::Sha256, vec![0; 33]).is_none());
    }
}
