//! The right border of a tree, to which entries are appended.

use super::head::TreeHead;
use super::node::Node;
use super::prove::{HashReader, ProveError, fold, read_nodes};
use crate::hash::Hash;
use crate::limits::MAX_TREE_SIZE;

/// The least that it takes to append to a tree: its size, and the hashes of the complete subtrees of which it consists. These
/// are at most 62, the leftmost and largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Hash>,
}

impl Frontier {
    /// Begins an empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, hashes: Vec::new() }
    }

    /// Takes up the tree of the first `size` entries again. Whoever knows its head compares it, since the store is believed.
    ///
    /// # Errors
    /// - `TooLarge` for a size above [`MAX_TREE_SIZE`].
    /// - `Store` and `CountOfHashes` for a store that does not give what is asked.
    pub fn read<R: HashReader>(size: u64, store: &R) -> Result<Self, ProveError<R::Error>> {
        if size > MAX_TREE_SIZE {
            return Err(ProveError::TooLarge { size });
        }
        let hashes = read_nodes(&Node::cover(0, size), store)?;
        Ok(Self { size, hashes })
    }

    /// Appends a leaf, and gives each subtree that is complete with it to `completed`, the leaf itself first.
    ///
    /// # Errors
    /// [`TreeFull`] when the tree has [`MAX_TREE_SIZE`] entries.
    pub fn append(&mut self, leaf: Hash, mut completed: impl FnMut(Node, Hash)) -> Result<(), TreeFull> {
        let index = self.size;
        let mut node = Node::leaf(index).ok_or(TreeFull)?;
        let mut hash = leaf;
        completed(node, hash);
        // Each subtree of the border that is as large as the new one becomes its left sibling.
        while node.index() & 1 == 1
            && let Some(left) = self.hashes.pop()
            && let Some(parent) = Node::new(node.level().saturating_add(1), node.index() >> 1)
        {
            (node, hash) = (parent, Hash::node(&left, &hash));
            completed(node, hash);
        }
        self.hashes.push(hash);
        self.size = index + 1;
        Ok(())
    }

    /// Returns the number of entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Computes the head of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        match fold(self.hashes.iter().copied()) {
            Some(root) => TreeHead::computed(self.size, root),
            None => TreeHead::EMPTY,
        }
    }
}

/// The tree has as many entries as a tree may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tree has {MAX_TREE_SIZE} entries, and takes no more")]
pub struct TreeFull;
