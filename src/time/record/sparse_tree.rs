//! A hash tree that keeps its leaves and its upper levels, and makes the others again for each way that is asked for.

use std::sync::Arc;

use super::hash_tree::{ReducedHashTree, node};
use super::level::{at, level_above, position, sorted_set};
use crate::crypto::{Digest, DigestAlgorithm};

/// The levels of a tree that are kept beside its leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptLevels {
    /// Those from the ninth on: a quarter of an octet for each leaf of 32. A way takes 247 hashes more.
    Upper,
    /// Those from the fourth on: 8 octets for each leaf of 32. A way takes 4 hashes more.
    Most,
}

impl KeptLevels {
    /// Returns the number of levels, with that of the leaves, that are not made from kept ones.
    fn skipped(self) -> usize {
        match self {
            Self::Upper => 8,
            Self::Most => 3,
        }
    }
}

/// The same tree as [`HashTree`](super::HashTree), in less memory.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SparseTree {
    algorithm: DigestAlgorithm,
    /// Trees that keep more and fewer levels share them.
    leaves: Arc<Vec<u8>>,
    kept: KeptLevels,
    /// The levels that are kept, up to the root.
    upper: Vec<Vec<u8>>,
    root: Digest,
}

impl SparseTree {
    /// Builds the tree over digests one after the other, sorted where they are. Returns `None` when there is none.
    pub(crate) fn of_octets(algorithm: DigestAlgorithm, octets: Vec<u8>, kept: KeptLevels) -> Option<Self> {
        if octets.is_empty() || !octets.len().is_multiple_of(algorithm.output_len()) {
            return None;
        }
        Self::of_leaves(algorithm, Arc::new(sorted_set(algorithm, octets)), kept)
    }

    /// Builds the tree over sorted digests.
    fn of_leaves(algorithm: DigestAlgorithm, leaves: Arc<Vec<u8>>, kept: KeptLevels) -> Option<Self> {
        let width = algorithm.output_len();
        let block = width << kept.skipped();
        let mut lowest = Vec::with_capacity(leaves.len().div_ceil(block) * width);
        for block in leaves.chunks(block) {
            lowest.extend_from_slice(node_over(algorithm, block)?.as_bytes());
        }
        let upper = levels(algorithm, lowest);
        let root = Digest::new(algorithm, upper.last()?)?;
        Some(Self { algorithm, leaves, kept, upper, root })
    }

    /// Returns the same tree with other levels kept.
    pub(crate) fn keeping(&self, kept: KeptLevels) -> Option<Self> {
        Self::of_leaves(self.algorithm, Arc::clone(&self.leaves), kept)
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
        let (width, skipped) = (self.algorithm.output_len(), self.kept.skipped());
        let leaf = &Digest::new(self.algorithm, at(&self.leaves, width, index)?)?;
        let (block, place) = (index >> skipped, index & ((1 << skipped) - 1));
        let start = block.checked_mul(width << skipped)?;
        let below = self.leaves.get(start..self.leaves.len().min(start.checked_add(width << skipped)?))?;
        let mut reduced = ReducedHashTree::for_height(skipped + self.upper.len());
        // Nodes of these levels have their siblings in the same block.
        for level in 0..skipped {
            let octets = below.chunks(width << level).nth((place >> level) ^ 1);
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

/// Returns the node over these leaves, or the only one. It is that of the levels between them, since an odd node goes up as it
/// is: the left child is over as many leaves as the greatest power of two that leaves some to the right one.
fn node_over(algorithm: DigestAlgorithm, leaves: &[u8]) -> Option<Digest> {
    let width = algorithm.output_len();
    let count = leaves.len() / width;
    if count <= 1 {
        return Digest::new(algorithm, leaves);
    }
    let (left, right) = leaves.split_at_checked(width * (count.next_power_of_two() / 2))?;
    let (left, right) = (node_over(algorithm, left)?, node_over(algorithm, right)?);
    node(algorithm, Some(&left), &[right.as_bytes()])
}

/// Returns a level and all levels above it, up to the root.
fn levels(algorithm: DigestAlgorithm, level: Vec<u8>) -> Vec<Vec<u8>> {
    let mut levels = vec![level];
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
            let width = algorithm.output_len();
            for size in (1..=130).chain([255, 256, 257, 511, 513, 1000]) {
                let leaves: Vec<Digest> =
                    (0..size).map(|number: usize| algorithm.digest(&number.to_be_bytes())).collect();
                let octets = leaves.iter().flat_map(|leaf| leaf.as_bytes().to_vec()).collect();
                let compact = SparseTree::of_octets(algorithm, octets, KeptLevels::Upper).unwrap();
                let quick = compact.keeping(KeptLevels::Most).unwrap();
                assert!(quick.keeping(KeptLevels::Upper).unwrap() == compact);
                let whole = HashTree::new(algorithm, leaves.clone()).unwrap();
                for (tree, share) in [(&compact, 128), (&quick, 4)] {
                    assert_eq!((Some(tree.root()), tree.leaf_count()), (whole.root(), size));
                    for leaf in &leaves {
                        assert_eq!(tree.reduced(leaf), whole.reduced(leaf), "{size}");
                    }
                    assert_eq!(tree.reduced(&algorithm.digest(b"no leaf")), None);
                    let kept = tree.upper.iter().map(Vec::len).sum::<usize>();
                    assert!(kept <= tree.leaves.len() / share + 12 * width, "{size}");
                }
            }
        }
        let tree = |octets| SparseTree::of_octets(DigestAlgorithm::Sha256, octets, KeptLevels::Upper);
        assert!(tree(Vec::new()).is_none() && tree(vec![0; 33]).is_none());
    }
}
