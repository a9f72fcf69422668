//! Makes the inclusion proofs of many entries of one tree.

use super::head::TreeHead;
use super::node::Node;
use super::prove::{HashReader, ProveError, read_nodes};
use crate::hash::Hash;
use crate::limits::{MAX_PROOF_HASHES, MAX_TREE_SIZE};

/// Makes the inclusion proofs of one tree, whose right border it has hashed once.
///
/// Each proof of a tree has at most one sibling that is not complete, and these are the same few for all its entries. So a proof takes
/// no hashing, only a reading of complete subtrees.
#[derive(Clone, Debug)]
pub struct InclusionProver<R> {
    store: R,
    size: u64,
    /// The subtrees that end where the tree ends, by their first entries. The first is the whole tree.
    border: Vec<(u64, Hash)>,
}

impl<R: HashReader> InclusionProver<R> {
    /// Hashes the right border of the tree of the first `size` entries.
    ///
    /// # Errors
    /// - `TooLarge` for a size above [`MAX_TREE_SIZE`].
    /// - `Store` and `CountOfHashes` for a store that does not give what is asked.
    pub fn new(size: u64, store: R) -> Result<Self, ProveError<R::Error>> {
        if size > MAX_TREE_SIZE {
            return Err(ProveError::TooLarge { size });
        }
        let nodes = Node::cover(0, size);
        let hashes = read_nodes(&nodes, &store)?;
        let mut border: Vec<(u64, Hash)> = Vec::with_capacity(nodes.len());
        for (node, left) in nodes.iter().zip(hashes).rev() {
            let hash = border.last().map_or(left, |(_, right)| Hash::node(&left, right));
            border.push((node.index() << node.level(), hash));
        }
        border.reverse();
        Ok(Self { store, size, border })
    }

    /// Returns the head of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.border.first().map_or(TreeHead::EMPTY, |(_, root)| TreeHead::computed(self.size, *root))
    }

    /// Makes the proof that the tree has the leaf with this index, as [`prove_inclusion`](super::prove_inclusion) does.
    ///
    /// # Errors
    /// - `OutsideOfTree` for an index that the tree does not have.
    /// - `Store` and `CountOfHashes` for a store that does not give what is asked.
    pub fn prove(&self, index: u64) -> Result<Vec<Hash>, ProveError<R::Error>> {
        if index >= self.size {
            return Err(ProveError::OutsideOfTree { index, size: self.size });
        }
        let last = self.size - 1;
        let levels = u64::BITS - last.leading_zeros();
        let (mut nodes, mut border) = (Vec::with_capacity(MAX_PROOF_HASHES), None);
        for (level, _) in (0..).zip(0..levels) {
            let (sibling, last) = ((index >> level) ^ 1, last >> level);
            // The last node of a level goes up by itself where it has no sibling.
            match Node::new(level, sibling).filter(|node| sibling <= last && node.end() <= self.size) {
                Some(node) => nodes.push(node),
                None if sibling == last => border = self.border_hash(last << level).map(|hash| (nodes.len(), hash)),
                None => {}
            }
        }
        let mut hashes = read_nodes(&nodes, &self.store)?;
        if let Some((position, hash)) = border {
            hashes.insert(position, hash);
        }
        Ok(hashes)
    }

    /// Returns the hash of the subtree from this entry to the end of the tree.
    fn border_hash(&self, start: u64) -> Option<Hash> {
        self.border.iter().find(|(first, _)| *first == start).map(|(_, hash)| *hash)
    }
}
