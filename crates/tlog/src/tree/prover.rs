//! Makes the inclusion proofs of many entries of one tree.

use core::ops::Range;

use super::head::TreeHead;
use super::node::Node;
use super::prove::{HashReader, ProveError, read_nodes, siblings};
use crate::hash::Hash;
use crate::limits::MAX_TREE_SIZE;

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
        let siblings = siblings(index, self.size);
        let known: Vec<Option<Hash>> = siblings.iter().map(|sibling| self.border_hash(sibling)).collect();
        let inner = siblings.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(sibling, _)| sibling);
        // One node each, since they are complete.
        let nodes: Vec<Node> = inner.filter_map(|sibling| Node::first_of(sibling.start, sibling.end)).collect();
        let mut hashes = read_nodes(&nodes, &self.store)?.into_iter();
        Ok(known.into_iter().filter_map(|known| known.or_else(|| hashes.next())).collect())
    }

    fn border_hash(&self, subtree: &Range<u64>) -> Option<Hash> {
        let of_border = |(first, _): &&(u64, Hash)| subtree.end == self.size && *first == subtree.start;
        self.border.iter().find(of_border).map(|(_, hash)| *hash)
    }
}
