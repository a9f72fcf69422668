//! A tree whose hashes are all in memory.

use super::frontier::{Frontier, TreeFull};
use super::head::TreeHead;
use super::node::Node;
use super::prove::HashReader;
use crate::hash::Hash;

/// A tree in memory, with the hashes of all its complete subtrees: some 64 octets for each entry.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
}

impl MemoryTree {
    /// Begins an empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { frontier: Frontier::new(), levels: Vec::new() }
    }

    /// Appends a leaf.
    ///
    /// # Errors
    /// [`TreeFull`], which no machine has the memory for.
    pub fn append(&mut self, leaf: Hash) -> Result<(), TreeFull> {
        let levels = &mut self.levels;
        self.frontier.append(leaf, |node, hash| {
            let level = usize::from(node.level());
            if levels.len() <= level {
                levels.resize_with(level + 1, Vec::new);
            }
            if let Some(hashes) = levels.get_mut(level) {
                hashes.push(hash);
            }
        })
    }

    /// Returns the number of entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Computes the head of the tree.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }
}

impl HashReader for MemoryTree {
    type Error = NotStored;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        let stored = |node: &Node| {
            let index = usize::try_from(node.index()).ok()?;
            self.levels.get(usize::from(node.level()))?.get(index).copied()
        };
        // A reading that may fail has no known length, and would grow with its hashes. A proof has room for that of the border, too.
        let mut hashes = Vec::with_capacity(nodes.len() + 1);
        for node in nodes {
            hashes.push(stored(node).ok_or(NotStored { node: *node })?);
        }
        Ok(hashes)
    }
}

/// The tree is too small to hold the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no complete subtree of level {} with index {}", node.level(), node.index())]
pub struct NotStored {
    /// The node that was asked for.
    pub node: Node,
}
