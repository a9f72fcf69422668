//! Makes inclusion and consistency proofs of stored hashes.

use core::ops::Range;

use super::head::TreeHead;
use super::node::Node;
use crate::hash::Hash;
use crate::limits::MAX_TREE_SIZE;

/// A store of the hashes of complete subtrees, such as a [`MemoryTree`](super::MemoryTree) or a
/// [`TileHashReader`](crate::tile::TileHashReader).
pub trait HashReader {
    /// The error of the store.
    type Error;

    /// Reads the hashes of these nodes, in their order. The nodes are at most some thousand.
    ///
    /// # Errors
    /// Whatever keeps the store from reading one of them.
    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error>;
}

impl<R: HashReader + ?Sized> HashReader for &R {
    type Error = R::Error;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        (**self).read_hashes(nodes)
    }
}

/// Computes the head of the tree of the first `size` entries.
///
/// # Errors
/// - `TooLarge` for a size above [`MAX_TREE_SIZE`].
/// - `Store` and `CountOfHashes` for a store that does not give what is asked.
pub fn compute_head<R: HashReader>(size: u64, store: &R) -> Result<TreeHead, ProveError<R::Error>> {
    if size > MAX_TREE_SIZE {
        return Err(ProveError::TooLarge { size });
    }
    let hashes = read_nodes(&Node::cover(0, size), store)?;
    Ok(fold(hashes.into_iter()).map_or(TreeHead::EMPTY, |root| TreeHead::computed(size, root)))
}

/// Makes the proof that the tree of the first `size` entries has the leaf with this index ([RFC 6962
/// §2.1.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1)). The sibling of the leaf is first.
///
/// For many entries of one tree, an [`InclusionProver`](super::InclusionProver) hashes its right border once.
///
/// # Errors
/// - `TooLarge` for a size above [`MAX_TREE_SIZE`], and `OutsideOfTree` for an index that the tree does not have.
/// - `Store` and `CountOfHashes` for a store that does not give what is asked.
pub fn prove_inclusion<R: HashReader>(index: u64, size: u64, store: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if size > MAX_TREE_SIZE {
        return Err(ProveError::TooLarge { size });
    }
    if index >= size {
        return Err(ProveError::OutsideOfTree { index, size });
    }
    read_subtrees(&siblings(index, size), store)
}

/// Makes the proof that the tree of the first `new` entries begins with that of the first `old` ones ([RFC 6962
/// §2.1.2](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2)). It is empty from the empty tree, and from a tree to
/// itself.
///
/// # Errors
/// - `TooLarge` for a size above [`MAX_TREE_SIZE`], and `OrderOfSizes` when `old` is larger than `new`.
/// - `Store` and `CountOfHashes` for a store that does not give what is asked.
pub fn prove_consistency<R: HashReader>(old: u64, new: u64, store: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if new > MAX_TREE_SIZE {
        return Err(ProveError::TooLarge { size: new });
    }
    if old > new {
        return Err(ProveError::OrderOfSizes { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut subtrees = Vec::new();
    let mut tree = 0..new;
    while tree.end != old {
        let Some(split) = split(&tree) else { break };
        let (own, sibling) =
            if old <= split { (tree.start..split, split..tree.end) } else { (split..tree.end, tree.start..split) };
        subtrees.push(sibling);
        tree = own;
    }
    // What remains ends where the older tree ends. Its verifier has that hash only if it is the whole older tree.
    if tree.start != 0 {
        subtrees.push(tree);
    }
    subtrees.reverse();
    read_subtrees(&subtrees, store)
}

/// Returns where a tree of several entries is split: `k` of [RFC 6962
/// §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1), the largest power of two that is smaller than their number.
fn split(tree: &Range<u64>) -> Option<u64> {
    let last = tree.end.checked_sub(tree.start)?.checked_sub(1)?;
    Some(tree.start + (1 << last.checked_ilog2()?))
}

/// Returns the siblings on the way from a leaf to the root, the leaf's own first. At most one is not complete, and ends where the
/// tree ends.
fn siblings(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut siblings = Vec::new();
    let mut tree = 0..size;
    while let Some(split) = split(&tree) {
        let (own, sibling) =
            if index < split { (tree.start..split, split..tree.end) } else { (split..tree.end, tree.start..split) };
        siblings.push(sibling);
        tree = own;
    }
    siblings.reverse();
    siblings
}

/// Computes the hashes of subtrees, with one reading of the store.
fn read_subtrees<R: HashReader>(subtrees: &[Range<u64>], store: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    let covers: Vec<Vec<Node>> = subtrees.iter().map(|subtree| Node::cover(subtree.start, subtree.end)).collect();
    let mut hashes = read_nodes(&covers.concat(), store)?.into_iter();
    Ok(covers.iter().filter_map(|cover| fold(hashes.by_ref().take(cover.len()))).collect())
}

/// Reads the hashes of these nodes, as many as they are. No store is asked for none.
pub(crate) fn read_nodes<R: HashReader>(nodes: &[Node], store: &R) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if nodes.is_empty() {
        return Ok(Vec::new());
    }
    let hashes = store.read_hashes(nodes).map_err(ProveError::Store)?;
    if hashes.len() == nodes.len() {
        Ok(hashes)
    } else {
        Err(ProveError::CountOfHashes { asked: nodes.len(), given: hashes.len() })
    }
}

/// Hashes adjacent complete subtrees together, the largest of which is the first.
pub(crate) fn fold(hashes: impl Iterator<Item = Hash>) -> Option<Hash> {
    let hashes: Vec<Hash> = hashes.collect();
    hashes.into_iter().rev().reduce(|right, left| Hash::node(&left, &right))
}

/// Why a proof cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError<E> {
    /// The size is above the limit.
    #[error("a tree of {size} entries, more than {MAX_TREE_SIZE}")]
    TooLarge {
        /// The size that was asked for.
        size: u64,
    },
    /// The tree has no such index.
    #[error("index {index} in a tree of {size} entries")]
    OutsideOfTree {
        /// The index that was asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is the larger one.
    #[error("from a tree of {old} entries to one of {new}")]
    OrderOfSizes {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        new: u64,
    },
    /// The store cannot read the hashes.
    #[error("the store of hashes: {0}")]
    Store(#[source] E),
    /// The store gives another number of hashes than it was asked for.
    #[error("the store gives {given} hashes for {asked} nodes")]
    CountOfHashes {
        /// The number of nodes.
        asked: usize,
        /// The number of hashes.
        given: usize,
    },
}
