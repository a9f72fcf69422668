//! What a tree comes to.

use crate::hash::Hash;
use crate::limits::MAX_TREE_SIZE;

/// The size and the root of a tree, which stand for all its entries.
///
/// The size is at most [`MAX_TREE_SIZE`], and the root of the empty tree is [`Hash::EMPTY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TreeHead {
    size: u64,
    root: Hash,
}

impl TreeHead {
    /// The head of the tree without entries.
    pub const EMPTY: Self = Self { size: 0, root: Hash::EMPTY };

    /// Joins a size, in entries, and a root.
    ///
    /// # Errors
    /// - `TooLarge` for a size above [`MAX_TREE_SIZE`].
    /// - `EmptyTreeRoot` for a size of zero with another root than that of the empty tree ([RFC 6962
    ///   §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1)).
    pub fn new(size: u64, root: Hash) -> Result<Self, TreeHeadError> {
        if size > MAX_TREE_SIZE {
            return Err(TreeHeadError::TooLarge { size });
        }
        if size == 0 && root != Hash::EMPTY {
            return Err(TreeHeadError::EmptyTreeRoot);
        }
        Ok(Self { size, root })
    }

    /// For a size and a root that the tree's own code has computed.
    pub(super) const fn computed(size: u64, root: Hash) -> Self {
        Self { size, root }
    }

    /// Returns the number of entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }
}

/// A size and a root that are no head of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeHeadError {
    /// The size is above the limit.
    #[error("a tree of {size} entries, more than {MAX_TREE_SIZE}")]
    TooLarge {
        /// The stated size.
        size: u64,
    },
    /// The size is zero, and the root is not the hash of no octets.
    #[error("a tree of size 0 with another root than that of the empty tree")]
    EmptyTreeRoot,
}
