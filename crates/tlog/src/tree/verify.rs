//! Verifies inclusion and consistency proofs. Neither trusts any of its hashes before all fit.

use super::head::TreeHead;
use crate::hash::Hash;

/// Verifies that the tree has this leaf at this index ([RFC 9162
/// §2.1.3.2](https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2); the proof is that of [RFC 6962
/// §2.1.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1)).
///
/// The index counts from zero. The proof has the sibling of the leaf first, and the child of the root last.
///
/// # Errors
/// - `OutsideOfTree` for an index that the tree does not have.
/// - `ProofLength` for more or fewer hashes than this index in a tree of this size takes.
/// - `RootDiffers` when leaf, index, proof and root do not fit each other. Nobody can tell which of them is wrong.
pub fn verify_inclusion(head: &TreeHead, index: u64, leaf: &Hash, proof: &[Hash]) -> Result<(), InclusionError> {
    let size = head.size();
    let Some(last) = size.checked_sub(1).filter(|last| index <= *last) else {
        return Err(InclusionError::OutsideOfTree { index, size });
    };
    let path = Path::of(index, last);
    // A proof is one of exactly this length: a shorter one could show an inner node as a leaf.
    if proof.len() != path.len() {
        return Err(InclusionError::ProofLength { stated: proof.len(), computed: path.len() });
    }
    let (inner, border) = proof.split_at(path.inner);
    let inner = path.fold_inner(*leaf, inner, |_| true);
    if fold_border(inner, border) == *head.root() { Ok(()) } else { Err(InclusionError::RootDiffers) }
}

/// Verifies that a tree begins with the entries of an older one ([RFC 9162
/// §2.1.4.2](https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2); the proof is that of [RFC 6962
/// §2.1.2](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2)).
///
/// The proof of two trees of one size, and that of the empty tree, have no hashes.
///
/// # Errors
/// - `OrderOfSizes` when the older tree is the larger one.
/// - `ProofLength` for more or fewer hashes than trees of these sizes take.
/// - `SameSizeOtherRoot` for two trees of one size with different roots, which shows that the log has two histories.
/// - `OldRootDiffers` when the proof does not lead to the root of the older tree.
/// - `NewRootDiffers` when it leads to that, but not to the root of the newer one.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ConsistencyError> {
    let (old_size, new_size) = (old.size(), new.size());
    if old_size > new_size {
        return Err(ConsistencyError::OrderOfSizes { old: old_size, new: new_size });
    }
    let length = |computed| {
        if proof.len() == computed {
            Ok(())
        } else {
            Err(ConsistencyError::ProofLength { stated: proof.len(), computed })
        }
    };
    if old_size == new_size {
        length(0)?;
        return if old.root() == new.root() { Ok(()) } else { Err(ConsistencyError::SameSizeOtherRoot) };
    }
    let (Some(old_last), Some(new_last)) = (old_size.checked_sub(1), new_size.checked_sub(1)) else {
        // The empty tree is the beginning of every tree.
        return length(0);
    };

    // The proof is the path from the last complete subtree of the older tree, as if that were a leaf. Where the older tree
    // is one complete subtree, its root begins the path; otherwise the first hash does.
    let shift = old_size.trailing_zeros();
    let path = Path::of(old_last >> shift, new_last >> shift);
    let is_complete = old_size.is_power_of_two();
    length(path.len() + usize::from(!is_complete))?;
    let (seed, rest) = match proof.split_first() {
        Some((seed, rest)) if !is_complete => (*seed, rest),
        Some(_) | None => (*old.root(), proof),
    };
    let (inner, border) = rest.split_at_checked(path.inner).unwrap_or((rest, &[]));

    // Siblings on the left are in both trees, those on the right in the newer one alone.
    let on_the_left = |level: usize| path.is_right_child(level);
    if fold_border(path.fold_inner(seed, inner, on_the_left), border) != *old.root() {
        return Err(ConsistencyError::OldRootDiffers);
    }
    if fold_border(path.fold_inner(seed, inner, |_| true), border) != *new.root() {
        return Err(ConsistencyError::NewRootDiffers);
    }
    Ok(())
}

/// The way from a node up to the root, in a level whose last node is `last`.
struct Path {
    index: u64,
    /// The number of levels up to the one where the way meets the right border of the tree.
    inner: usize,
    /// The number of siblings from there on. All of them are on the left.
    border: usize,
}

impl Path {
    fn of(index: u64, last: u64) -> Self {
        let inner = u64::BITS - (index ^ last).leading_zeros();
        let border = index.checked_shr(inner).unwrap_or_default().count_ones();
        Self { index, inner: widened(inner), border: widened(border) }
    }

    fn len(&self) -> usize {
        self.inner + self.border
    }

    /// Tells if the way comes from the right at this level, so that its sibling is on the left.
    fn is_right_child(&self, level: usize) -> bool {
        u32::try_from(level).ok().and_then(|level| self.index.checked_shr(level)).is_some_and(|index| index & 1 == 1)
    }

    /// Hashes from `seed` up with those siblings whose level is `taken`.
    fn fold_inner(&self, seed: Hash, siblings: &[Hash], taken: impl Fn(usize) -> bool) -> Hash {
        siblings.iter().enumerate().filter(|(level, _)| taken(*level)).fold(seed, |hash, (level, sibling)| {
            if self.is_right_child(level) { Hash::node(sibling, &hash) } else { Hash::node(&hash, sibling) }
        })
    }
}

fn fold_border(hash: Hash, siblings: &[Hash]) -> Hash {
    siblings.iter().fold(hash, |hash, sibling| Hash::node(sibling, &hash))
}

/// A number of bits.
fn widened(bits: u32) -> usize {
    usize::try_from(bits).unwrap_or(usize::MAX)
}

/// Why a leaf is not shown to be in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InclusionError {
    /// The tree has no such index.
    #[error("index {index} in a tree of {size} entries")]
    OutsideOfTree {
        /// The stated index.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The number of hashes is not that of this index in a tree of this size.
    #[error("an inclusion proof of {stated} hashes instead of {computed}")]
    ProofLength {
        /// The number of hashes of the proof.
        stated: usize,
        /// The number that it must have.
        computed: usize,
    },
    /// The leaf does not lead to the root.
    #[error("the inclusion proof leads to another root")]
    RootDiffers,
}

/// Why a tree is not shown to begin with an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsistencyError {
    /// The older tree is the larger one.
    #[error("from a tree of {old} entries to one of {new}")]
    OrderOfSizes {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        new: u64,
    },
    /// The number of hashes is not that of trees of these sizes.
    #[error("a consistency proof of {stated} hashes instead of {computed}")]
    ProofLength {
        /// The number of hashes of the proof.
        stated: usize,
        /// The number that it must have.
        computed: usize,
    },
    /// The trees have one size and different roots.
    #[error("two roots for one size")]
    SameSizeOtherRoot,
    /// The proof does not lead to the root of the older tree.
    #[error("the consistency proof leads to another root of the older tree")]
    OldRootDiffers,
    /// The proof leads to the root of the older tree, and not to that of the newer one.
    #[error("the consistency proof leads to another root of the newer tree")]
    NewRootDiffers,
}
