//! What the seals of a batch and the tree over its statements have to do with each other.

use super::{AggregateError, BatchSeal};
use crate::cms::Unappendable;
use crate::crypto::Digest;
use crate::seal::batch::leaf;
use crate::seal::{SecondSeal, Unstamped};
use crate::time::record::{KeptLevels, ReducedHashTree, SparseTree};

/// What the timestamp of a batch is over: the root of the statements, the seal, and the second seal.
#[derive(Clone, Copy)]
pub(super) struct Covered {
    pub(super) root: Digest,
    pub(super) seal: Digest,
    pub(super) second: Option<Digest>,
}

impl Covered {
    /// Takes the digests of seals that wait for their timestamp, as their files are.
    ///
    /// # Errors
    /// `Damaged` where no record can be put into one of them.
    pub(super) fn of(
        tree: &SparseTree,
        seal: &Unstamped<BatchSeal>,
        second: Option<&Unstamped<SecondSeal>>,
    ) -> Result<Self, AggregateError> {
        let seal = leaf(seal, tree.algorithm()).map_err(|why| {
            unappendable(why, "something was added to the seal", "the seal is not coded as DER asks for")
        })?;
        let second = second.map(|second| leaf(second, tree.algorithm())).transpose().map_err(|why| {
            unappendable(why, "something was added to the second seal", "the second seal is not coded as DER asks for")
        })?;
        Ok(Self { root: tree.root(), seal, second })
    }

    /// Returns the hashes that end the record of every statement.
    pub(super) fn seals(&self) -> Vec<Digest> {
        [self.seal].into_iter().chain(self.second).collect()
    }

    /// Returns the way from the seal to what is stamped.
    pub(super) fn way_of_seal(&self) -> ReducedHashTree {
        let beside: Vec<Digest> = [self.root].into_iter().chain(self.second).collect();
        ReducedHashTree::default().followed_by(&self.seal, &beside)
    }

    /// Returns the way from the second seal to what is stamped.
    pub(super) fn way_of_second(&self) -> Option<ReducedHashTree> {
        Some(ReducedHashTree::default().followed_by(&self.second?, &[self.root, self.seal]))
    }

    /// Returns the digest that is stamped.
    pub(super) fn imprint(&self) -> Option<Digest> {
        self.way_of_seal().root(&self.seal)
    }
}

/// Says why no record can be put into a file: something was `added` to it, or it is `coded` in another way than in DER.
fn unappendable(why: Unappendable, added: &'static str, coded: &'static str) -> AggregateError {
    AggregateError::Damaged(match why {
        Unappendable::UnsignedAttributes => added,
        Unappendable::NotDer(_) => coded,
    })
}

/// Checks that a seal states this tree, and that the second seal which it announces is there and over it.
///
/// # Errors
/// `Damaged`.
pub(super) fn check_parts(
    seal: &BatchSeal,
    second: Option<&SecondSeal>,
    tree: &SparseTree,
) -> Result<(), AggregateError> {
    let stated = seal.stated();
    if *stated.root() != tree.root() || u64::try_from(tree.leaf_count()) != Ok(stated.count().get()) {
        return Err(AggregateError::Damaged("the seal is of another batch"));
    }
    if stated.announced_seal().is_some() != second.is_some() {
        return Err(AggregateError::Damaged("the second seal is not there, or not announced"));
    }
    if second.is_some_and(|second| !second.is_over(seal)) {
        return Err(AggregateError::Damaged("the second seal is over another seal"));
    }
    Ok(())
}

/// Builds the tree of a batch from its leaves, which may be in any order.
pub(super) fn tree_of(seal: &BatchSeal, leaves: Vec<u8>) -> Result<SparseTree, AggregateError> {
    let tree = SparseTree::of_octets(seal.stated().root().algorithm(), leaves, KeptLevels::Most);
    tree.ok_or(AggregateError::Damaged("its leaves are no digests"))
}
