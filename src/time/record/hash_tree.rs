//! Builds the hash tree of RFC 4998, by pure functions over digests.
//!
//! Neither leaves nor nodes have a prefix here, so that a node cannot be told from a leaf: this code must never be
//! shared with a log after RFC 6962. Here a leaf is the digest of an object that is at hand, which is why nobody can
//! pass a node off as one.

use super::level::{at, level_above, position, sorted_set};
use crate::crypto::{Digest, DigestAlgorithm};

/// A binary hash tree over a set of digests ([RFC 4998 §4.2](https://www.rfc-editor.org/rfc/rfc4998#section-4.2)).
///
/// Leaves are sorted in ascending binary order and occur once each, so that the root depends on the set alone. A node
/// is the digest of its two children, the smaller one first; an odd one at the end of a level goes up as it is.
///
/// It takes twice the digests' octets: 64 per leaf with SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashTree {
    algorithm: DigestAlgorithm,
    /// The digests of each level, one after the other, from the leaves to the root.
    levels: Vec<Vec<u8>>,
}

/// The way from one leaf to the root ([RFC 4998 §4.1](https://www.rfc-editor.org/rfc/rfc4998#section-4.1)): partial
/// hash trees, from the leaf upwards.
///
/// ```text
/// reducedHashtree SEQUENCE OF PartialHashtree
/// PartialHashtree ::= SEQUENCE OF OCTET STRING
/// ```
/// The first one holds the leaf and its siblings, each later one the siblings of the node so far. There is none for an
/// object that was stamped alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReducedHashTree {
    /// The hashes of all partial hash trees, from the leaf upwards. They are in one list, as a batch makes ways by the
    /// million.
    hashes: Vec<Digest>,
    /// The place behind the last hash of each partial hash tree.
    ends: Vec<usize>,
}

impl HashTree {
    /// Builds the tree over these digests, in any order. Returns `None` when there is no digest, or one by another
    /// algorithm.
    pub fn new(algorithm: DigestAlgorithm, digests: impl IntoIterator<Item = Digest>) -> Option<Self> {
        let mut octets = Vec::new();
        for digest in digests {
            if digest.algorithm() != algorithm {
                return None;
            }
            octets.extend_from_slice(digest.as_bytes());
        }
        Self::of_octets(algorithm, octets)
    }

    /// Builds the tree over digests one after the other, sorted where they are. Returns `None` when there is none.
    pub(crate) fn of_octets(algorithm: DigestAlgorithm, octets: Vec<u8>) -> Option<Self> {
        let width = algorithm.output_len();
        if octets.is_empty() || !octets.len().is_multiple_of(width) {
            return None;
        }
        let mut level = sorted_set(algorithm, octets);
        let mut levels = Vec::new();
        while level.len() > width {
            let above = level_above(algorithm, &level);
            levels.push(level);
            level = above;
        }
        levels.push(level);
        Some(Self { algorithm, levels })
    }

    /// Tells if this digest is among the leaves.
    pub fn contains(&self, leaf: &Digest) -> bool {
        let leaves = self.levels.first().filter(|_| leaf.algorithm() == self.algorithm);
        leaves.is_some_and(|leaves| position(leaves, self.algorithm.output_len(), leaf.as_bytes()).is_some())
    }

    /// Returns the number of different digests that the tree is over.
    pub fn leaf_count(&self) -> usize {
        self.levels.first().map_or(0, |leaves| leaves.len() / self.algorithm.output_len())
    }

    /// Returns the digest algorithm of the leaves and nodes.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the digest that is stamped: the root, or the only leaf.
    pub fn root(&self) -> Option<Digest> {
        Digest::new(self.algorithm, self.levels.last()?)
    }

    /// Returns the way from a leaf to the root, and `None` when it is not among the leaves.
    pub fn reduced(&self, leaf: &Digest) -> Option<ReducedHashTree> {
        if leaf.algorithm() != self.algorithm {
            return None;
        }
        let index = position(self.levels.first()?, self.algorithm.output_len(), leaf.as_bytes())?;
        let levels = self.levels.len();
        let mut reduced = ReducedHashTree::for_height(levels);
        reduced.push_siblings(leaf, self.levels.iter(), index);
        Some(reduced.in_order())
    }
}

impl ReducedHashTree {
    /// Returns the way of a data group ([RFC 4998 §4.2](https://www.rfc-editor.org/rfc/rfc4998#section-4.2), step 3): one list,
    /// which holds the digest of each object once, in ascending binary order. It is the same way from each object, so that one
    /// record is about all of them. An object that is alone has no list.
    ///
    /// Returns `None` when there is no digest, or one by another algorithm.
    pub fn of_group(algorithm: DigestAlgorithm, objects: impl IntoIterator<Item = Digest>) -> Option<Self> {
        let mut hashes: Vec<Digest> = objects.into_iter().collect();
        if hashes.is_empty() || hashes.iter().any(|digest| digest.algorithm() != algorithm) {
            return None;
        }
        hashes.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        hashes.dedup();
        match hashes.as_slice() {
            [_alone] => Some(Self::default()),
            several => Some(Self { ends: vec![several.len()], hashes }),
        }
    }

    /// Returns the way before its first step, with room for the siblings on so many levels.
    pub(super) fn for_height(levels: usize) -> Self {
        Self { hashes: Vec::with_capacity(levels + 1), ends: Vec::with_capacity(levels) }
    }

    /// Adds the siblings of a leaf, or of the node over it, on each of these levels; it has this index on the first one.
    pub(super) fn push_siblings<'l>(
        &mut self,
        leaf: &Digest,
        levels: impl Iterator<Item = &'l Vec<u8>>,
        mut index: usize,
    ) {
        for level in levels {
            let sibling = at(level, leaf.algorithm().output_len(), index ^ 1);
            if let Some(sibling) = sibling.and_then(|octets| Digest::new(leaf.algorithm(), octets)) {
                self.push_sibling(leaf, sibling);
            }
            index /= 2;
        }
    }

    /// Adds the sibling of the leaf, or of the node over it that the way has led to.
    pub(super) fn push_sibling(&mut self, leaf: &Digest, sibling: Digest) {
        if self.hashes.is_empty() {
            self.hashes.push(*leaf);
        }
        self.hashes.push(sibling);
        self.ends.push(self.hashes.len());
    }

    /// Returns the way as it stands in a later chain, where a leaf that is alone has a list too: in a record inside of a
    /// signature EU DSS takes a timestamp without one for one over the object without the record.
    pub(crate) fn of_later_chain(self, leaf: &Digest) -> Self {
        if self.ends.is_empty() { Self { hashes: vec![*leaf], ends: vec![1] } } else { self }
    }

    /// Brings the first list into order.
    pub(super) fn in_order(mut self) -> Self {
        if let Some(first) = self.hashes.get_mut(..2) {
            first.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        }
        self
    }

    /// Returns the way with one more list at its end: digests that are hashed together with the node that it led to, or with
    /// the leaf itself.
    pub(crate) fn followed_by(mut self, leaf: &Digest, beside: &[Digest]) -> Self {
        let start = self.ends.last().copied().unwrap_or_default();
        if self.ends.is_empty() {
            self.hashes.push(*leaf);
        }
        self.hashes.extend_from_slice(beside);
        if let Some(list) = self.hashes.get_mut(start..) {
            list.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        }
        self.ends.push(self.hashes.len());
        self
    }

    /// Returns the partial hash trees, from the leaf upwards.
    pub fn partial_hash_trees(&self) -> impl Iterator<Item = &[Digest]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let list = self.hashes.get(start..end).unwrap_or_default();
            start = end;
            list
        })
    }

    /// Returns the root that the way leads to from a leaf, and `None` when the leaf is not in its first partial hash
    /// tree.
    pub fn root(&self, leaf: &Digest) -> Option<Digest> {
        match self.partial_hash_trees().next() {
            None => Some(*leaf),
            Some(first) if !first.contains(leaf) => None,
            Some(_) => {
                let lists: Vec<Vec<&[u8]>> =
                    self.partial_hash_trees().map(|list| list.iter().map(Digest::as_bytes).collect()).collect();
                root(leaf.algorithm(), lists.iter().map(Vec::as_slice))
            }
        }
    }
}

/// Returns the root over partial hash trees ([RFC 4998 §4.3](https://www.rfc-editor.org/rfc/rfc4998#section-4.3), step
/// 2): each list with the digest so far, sorted and hashed; a single one is not hashed again. `None` when there is no
/// hash, or one that has not the length of the algorithm's.
pub(super) fn root<'a>(
    algorithm: DigestAlgorithm,
    partial_hash_trees: impl IntoIterator<Item = &'a [&'a [u8]]>,
) -> Option<Digest> {
    let mut so_far: Option<Digest> = None;
    for list in partial_hash_trees {
        so_far = Some(node(algorithm, so_far.as_ref(), list)?);
    }
    so_far
}

/// Computes the node over a list of hashes and the digest so far, which are brought into order; a single one is not hashed
/// again. `None` when there is no hash, or one that has not the length of the algorithm's.
pub(crate) fn node(algorithm: DigestAlgorithm, so_far: Option<&Digest>, list: &[&[u8]]) -> Option<Digest> {
    let width = algorithm.output_len();
    let so_far = so_far.map(Digest::as_bytes);
    if list.iter().copied().chain(so_far).any(|hash| hash.len() != width) {
        return None;
    }
    let (left, right) = match (so_far, list) {
        (None, []) => return None,
        (None, [single]) => return Digest::new(algorithm, single),
        (Some(single), []) => return Digest::new(algorithm, single),
        (None, [left, right]) => (*left, *right),
        (Some(left), [right]) => (left, *right),
        (None | Some(_), several) => {
            let mut hashes: Vec<&[u8]> = several.iter().copied().chain(so_far).collect();
            hashes.sort_unstable();
            return Some(algorithm.digest(&hashes.concat()));
        }
    };
    let (smaller, larger) = if left <= right { (left, right) } else { (right, left) };
    // No digest is longer than these. Almost every node is one of two hashes, and a proof has a score of them.
    let mut both = [0; 2 * 64];
    let pair = both.get_mut(..2 * width)?;
    let (first, second) = pair.split_at_mut(width);
    first.copy_from_slice(smaller);
    second.copy_from_slice(larger);
    Some(algorithm.digest(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALGORITHM: DigestAlgorithm = DigestAlgorithm::Sha256;

    fn leaves(size: usize) -> Vec<Digest> {
        (0..size).map(|number| ALGORITHM.digest(&number.to_be_bytes())).collect()
    }

    /// Computes the root by the words of the standard alone.
    fn folded(mut level: Vec<Vec<u8>>) -> Vec<u8> {
        level.sort();
        level.dedup();
        while level.len() > 1 {
            level = level
                .chunks(2)
                .map(|pair| match pair {
                    [a, b] => ALGORITHM.digest(&[a.min(b).as_slice(), a.max(b)].concat()).as_bytes().to_vec(),
                    single => single.concat(),
                })
                .collect();
        }
        level.concat()
    }

    #[test]
    fn every_leaf_of_every_size_leads_to_the_root_that_is_folded() {
        for size in 1..=130 {
            let leaves = leaves(size);
            let tree = HashTree::new(ALGORITHM, leaves.iter().rev().chain(&leaves).copied()).unwrap();
            let root = tree.root().unwrap();
            assert_eq!(tree.leaf_count(), size);
            assert_eq!(root.as_bytes(), folded(leaves.iter().map(|leaf| leaf.as_bytes().to_vec()).collect()), "{size}");
            for leaf in &leaves {
                let reduced = tree.reduced(leaf).unwrap();
                assert_eq!(reduced.root(leaf), Some(root), "{size}");
                let height = size.next_power_of_two().trailing_zeros() as usize;
                assert!(reduced.partial_hash_trees().count() <= height, "{size}");
                assert!(reduced.partial_hash_trees().all(|list| !list.is_empty()));
            }
            assert_eq!(tree.reduced(&ALGORITHM.digest(b"no leaf")), None);
        }
    }

    #[test]
    fn a_data_group_is_one_list_of_each_object() {
        let objects = leaves(5);
        let group = ReducedHashTree::of_group(ALGORITHM, objects.iter().rev().chain(&objects).copied()).unwrap();
        let mut sorted: Vec<&[u8]> = objects.iter().map(Digest::as_bytes).collect();
        sorted.sort_unstable();
        let lists: Vec<Vec<&[u8]>> =
            group.partial_hash_trees().map(|list| list.iter().map(Digest::as_bytes).collect()).collect();
        assert_eq!(lists, std::slice::from_ref(&sorted));
        for object in &objects {
            assert_eq!(group.root(object), Some(ALGORITHM.digest(&sorted.concat())));
        }
        assert_eq!(group.root(&ALGORITHM.digest(b"no object")), None);
        let alone = ReducedHashTree::of_group(ALGORITHM, [objects[0]; 2]).unwrap();
        assert_eq!((alone.partial_hash_trees().count(), alone.root(&objects[0])), (0, Some(objects[0])));
        assert_eq!(ReducedHashTree::of_group(ALGORITHM, []), None);
        assert_eq!(ReducedHashTree::of_group(DigestAlgorithm::Sha512, objects), None);
    }

    /// Returns all changes of one way: a bit of a hash changes, and a hash or list goes, comes, or takes another's
    /// place.
    fn mutations(reduced: &ReducedHashTree) -> Vec<ReducedHashTree> {
        let foreign = ALGORITHM.digest(b"foreign");
        let mut mutated = Vec::new();
        let mut mutate = |change: &dyn Fn(&mut Vec<Vec<Digest>>)| {
            let mut changed: Vec<Vec<Digest>> = reduced.partial_hash_trees().map(<[Digest]>::to_vec).collect();
            change(&mut changed);
            let end = |lists: usize| changed.iter().take(lists).map(Vec::len).sum();
            mutated.push(ReducedHashTree { hashes: changed.concat(), ends: (1..=changed.len()).map(end).collect() });
        };
        let lists = reduced.partial_hash_trees().count();
        mutate(&|trees| trees.push(vec![foreign]));
        mutate(&|trees| trees.insert(lists.min(1), vec![foreign]));
        for (list, hashes) in reduced.partial_hash_trees().enumerate() {
            mutate(&|trees| drop(trees.remove(list)));
            mutate(&|trees| trees[list].push(foreign));
            if list > 0 {
                mutate(&|trees| trees.swap(list - 1, list));
                mutate(&|trees| {
                    let moved = trees.remove(list);
                    trees[list - 1].extend(moved);
                });
            }
            for hash in 0..hashes.len() {
                mutate(&|trees| {
                    trees[list].remove(hash);
                });
                mutate(&|trees| trees[list][hash] = foreign);
                mutate(&|trees| {
                    let twice = trees[list][hash];
                    trees[list].push(twice);
                });
                for octet in [0, 15, 31] {
                    mutate(&|trees| {
                        let mut octets = trees[list][hash].as_bytes().to_vec();
                        octets[octet] ^= 1;
                        trees[list][hash] = Digest::new(ALGORITHM, &octets).unwrap();
                    });
                }
            }
        }
        mutated
    }

    #[test]
    fn no_mutation_of_any_way_leads_to_the_root() {
        for size in 1..=130 {
            let leaves = leaves(size);
            let tree = HashTree::new(ALGORITHM, leaves.iter().copied()).unwrap();
            let root = tree.root();
            for leaf in &leaves {
                let reduced = tree.reduced(leaf).unwrap();
                for mutated in mutations(&reduced) {
                    assert_ne!(mutated.root(leaf), root, "{size}: {reduced:?} and {mutated:?}");
                }
                let absent = leaves
                    .iter()
                    .find(|absent| reduced.partial_hash_trees().next().is_some_and(|first| !first.contains(absent)));
                assert!(absent.is_none_or(|absent| reduced.root(absent).is_none()));
            }
        }
    }

    #[test]
    fn sets_are_sorted_by_every_width_of_hash() {
        for algorithm in DigestAlgorithm::ALL {
            let leaves: Vec<Digest> = (0..100_u8).map(|number| algorithm.digest(&[number % 37])).collect();
            let tree = HashTree::new(algorithm, leaves.iter().copied()).unwrap();
            assert_eq!(tree.leaf_count(), 37, "{algorithm}");
            assert_eq!(tree, HashTree::new(algorithm, leaves.iter().rev().copied()).unwrap(), "{algorithm}");
            assert!(tree.levels[0].chunks(algorithm.output_len()).is_sorted_by(|a, b| a < b), "{algorithm}");
            for leaf in &leaves {
                assert!(tree.contains(leaf));
                assert_eq!(tree.reduced(leaf).unwrap().root(leaf), tree.root(), "{algorithm}");
            }
        }
        // The same octets by another algorithm are another leaf.
        let tree = HashTree::new(ALGORITHM, [ALGORITHM.digest(b"a")]).unwrap();
        let of_another_algorithm = Digest::new(DigestAlgorithm::Sha3_256, ALGORITHM.digest(b"a").as_bytes()).unwrap();
        assert!(!tree.contains(&of_another_algorithm) && tree.reduced(&of_another_algorithm).is_none());
    }

    #[test]
    fn trees_of_nothing_or_of_several_algorithms_are_none() {
        assert_eq!(HashTree::new(ALGORITHM, []), None);
        let of_another_algorithm = DigestAlgorithm::Sha3_256.digest(b"a");
        assert_eq!(HashTree::new(ALGORITHM, [ALGORITHM.digest(b"a"), of_another_algorithm]), None);
        assert_eq!(root(ALGORITHM, [[].as_slice()]), None);
        assert_eq!(root(ALGORITHM, [[[0_u8; 31].as_slice()].as_slice()]), None);
        assert_eq!(root(ALGORITHM, []), None);
    }

    #[test]
    fn lists_of_more_than_two_are_one_node() {
        let leaves = leaves(3);
        let mut sorted: Vec<&[u8]> = leaves.iter().map(Digest::as_bytes).collect();
        let computed = root(ALGORITHM, [sorted.as_slice(), [[7; 32].as_slice()].as_slice()]);
        sorted.sort_unstable();
        let first = ALGORITHM.digest(&sorted.concat());
        let (a, b) = (first.as_bytes(), [7; 32]);
        assert_eq!(computed, Some(ALGORITHM.digest(&[a.min(&b), a.max(&b)].concat())));
        assert_eq!(root(ALGORITHM, [[a].as_slice()]), Some(first), "a single hash is not hashed again");
    }
}
