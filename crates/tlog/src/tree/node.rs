//! Nodes of a tree that never change once they are complete.

use crate::limits::MAX_TREE_SIZE;

/// A complete subtree: that of the 2^`level` entries from `index` · 2^`level` on. Level 0 are the leaves.
///
/// Its hash is the same in every tree that is large enough to hold it, so it can be stored once and for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    level: u8,
    index: u64,
}

impl Node {
    /// Names a node. There is none whose end is beyond [`MAX_TREE_SIZE`].
    #[must_use]
    pub fn new(level: u8, index: u64) -> Option<Self> {
        let last = MAX_TREE_SIZE.checked_shr(u32::from(level)).and_then(|nodes| nodes.checked_sub(1))?;
        (index <= last).then_some(Self { level, index })
    }

    /// Returns the node of one entry.
    #[must_use]
    pub fn leaf(index: u64) -> Option<Self> {
        Self::new(0, index)
    }

    /// Returns the level, 0 to 62.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Returns the place among the nodes of its level, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of entries before the end of the subtree.
    #[must_use]
    pub const fn end(&self) -> u64 {
        // No overflow: `new` sees to it that the end is at most MAX_TREE_SIZE.
        (self.index + 1) << self.level
    }

    /// Returns the nodes of which the subtree of the entries `start..end` consists, the leftmost and largest first.
    ///
    /// `start` is a multiple of a power of two that is no smaller than the number of entries, as it is for the two sides of
    /// every split of a tree. `end` is at most [`MAX_TREE_SIZE`].
    pub(crate) fn cover(start: u64, end: u64) -> Vec<Self> {
        let mut nodes = Vec::new();
        let mut start = start;
        while let Some(node) = Self::first_of(start, end) {
            nodes.push(node);
            start = node.end();
        }
        nodes
    }

    /// Returns the first node of the [cover](Self::cover) of these entries, which is the only one where they are a complete subtree.
    pub(super) fn first_of(start: u64, end: u64) -> Option<Self> {
        let level = end.checked_sub(start)?.checked_ilog2()?;
        Some(Self { level: u8::try_from(level).ok()?, index: start >> level })
    }
}
