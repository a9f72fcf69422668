//! Is this entry in the tree, and does the tree begin with that older one? All sizes from 1 to 130, all pairs, every change.

use recommande_tlog::Hash;
use recommande_tlog::limits::{MAX_PROOF_HASHES, MAX_TREE_SIZE};
use recommande_tlog::tree::{
    ConsistencyError, Frontier, HashReader, InclusionError, InclusionProver, MemoryTree, Node, NotStored, ProveError,
    TreeHead, TreeHeadError, compute_head, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion,
};

use crate::rfc6962;

const SIZES: u64 = 130;

fn memory_tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for entry in rfc6962::entries(size) {
        tree.append(Hash::leaf(&entry)).unwrap();
    }
    tree
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn hashes(octets: Vec<[u8; 32]>) -> Vec<Hash> {
    octets.into_iter().map(Hash::from_bytes).collect()
}

/// The hash with its last bit flipped.
fn flipped(hash: &Hash) -> Hash {
    let mut octets = *hash.as_bytes();
    octets[31] ^= 1;
    Hash::from_bytes(octets)
}

/// Every proof that differs from this one by a hash flipped, dropped, doubled or swapped with its neighbour, by its two ends cut
/// off, by a hash more at either end, or by its order.
fn mutations(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut mutations = Vec::new();
    for place in 0..proof.len() {
        let mut flip = proof.to_vec();
        flip[place] = flipped(&flip[place]);
        let mut drop = proof.to_vec();
        drop.remove(place);
        let mut double = proof.to_vec();
        double.insert(place, proof[place]);
        mutations.extend([flip, drop, double, proof[..place].to_vec(), proof[place + 1..].to_vec()]);
        if place + 1 < proof.len() {
            let mut swap = proof.to_vec();
            swap.swap(place, place + 1);
            mutations.push(swap);
        }
    }
    for more in [Hash::EMPTY, Hash::from_bytes([0; 32])] {
        mutations.push([&[more], proof].concat());
        mutations.push([proof, &[more]].concat());
    }
    mutations.push(proof.iter().rev().copied().collect());
    mutations.retain(|mutation| mutation != proof);
    mutations
}

#[test]
fn roots_are_those_of_the_definition() {
    let entries = rfc6962::entries(SIZES);
    let tree = memory_tree(SIZES);
    let mut frontier = Frontier::new();
    for size in 0..=SIZES {
        let root = Hash::from_bytes(rfc6962::root(&entries[..index(size)]));
        let head = TreeHead::new(size, root).unwrap();
        assert_eq!(frontier.head(), head, "{size}");
        assert_eq!(compute_head(size, &tree), Ok(head), "{size}");
        assert_eq!(Frontier::read(size, &tree), Ok(frontier.clone()), "{size}");
        if let Some(entry) = entries.get(index(size)) {
            frontier.append(Hash::leaf(entry), |_, _| ()).unwrap();
        }
    }
}

/// The tests of Certificate Transparency's own implementations have these entries and roots.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
        "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=",
        "rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=",
        "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=",
        "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=",
        "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=",
        "3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=",
        "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
    ];
    let mut frontier = Frontier::new();
    for (entry, root) in entries.into_iter().zip(roots) {
        frontier.append(Hash::leaf(entry), |_, _| ()).unwrap();
        assert_eq!(frontier.head().root().to_string(), root, "{}", frontier.size());
    }
}

#[test]
fn every_leaf_of_every_size_is_included_and_nothing_else_is() {
    let entries = rfc6962::entries(SIZES + 1);
    let tree = memory_tree(SIZES);
    for size in 1..=SIZES {
        let head = compute_head(size, &tree).unwrap();
        let prover = InclusionProver::new(size, &tree).unwrap();
        assert_eq!(prover.head(), head);
        assert_eq!(prover.prove(size), Err(ProveError::OutsideOfTree { index: size, size }));
        for leaf in 0..size {
            let proof = prove_inclusion(leaf, size, &tree).unwrap();
            assert_eq!(prover.prove(leaf).as_ref(), Ok(&proof), "{leaf} of {size}");
            assert_eq!(proof, hashes(rfc6962::path(index(leaf), &entries[..index(size)])), "{leaf} of {size}");
            let hash = Hash::leaf(&entries[index(leaf)]);
            assert_eq!(verify_inclusion(&head, leaf, &hash, &proof), Ok(()), "{leaf} of {size}");

            let other = Hash::leaf(&entries[index(SIZES)]);
            assert_eq!(verify_inclusion(&head, leaf, &other, &proof), Err(InclusionError::RootDiffers));
            let root = TreeHead::new(size, flipped(head.root())).unwrap();
            assert_eq!(verify_inclusion(&root, leaf, &hash, &proof), Err(InclusionError::RootDiffers));
            assert_eq!(
                verify_inclusion(&head, size, &hash, &proof),
                Err(InclusionError::OutsideOfTree { index: size, size })
            );
            for index in [leaf.wrapping_sub(1), leaf + 1, leaf ^ 1, u64::MAX] {
                assert!(verify_inclusion(&head, index, &hash, &proof).is_err(), "{index} for {leaf} of {size}");
            }
            for mutation in mutations(&proof) {
                let error = verify_inclusion(&head, leaf, &hash, &mutation).unwrap_err();
                let expected = if mutation.len() == proof.len() {
                    InclusionError::RootDiffers
                } else {
                    InclusionError::ProofLength { stated: mutation.len(), computed: proof.len() }
                };
                assert_eq!(error, expected, "{leaf} of {size}");
            }
        }
    }
}

/// The root of one size never stands for another size, although the way up may have the same length.
#[test]
fn a_proof_is_of_one_size() {
    let tree = memory_tree(SIZES);
    let entries = rfc6962::entries(SIZES);
    for size in 1..=SIZES {
        let root = *compute_head(size, &tree).unwrap().root();
        for leaf in [0, size / 3, size / 2, size - 1] {
            let proof = prove_inclusion(leaf, size, &tree).unwrap();
            let hash = Hash::leaf(&entries[index(leaf)]);
            for other in (leaf + 1..=SIZES).filter(|other| *other != size) {
                let head = TreeHead::new(other, root).unwrap();
                let verified = verify_inclusion(&head, leaf, &hash, &proof).is_ok();
                // The way up from a leaf says where it turns. Sizes under which it turns alike cannot be told apart by it:
                // the size is what the log signs.
                let same_way = way(leaf, size) == way(leaf, other);
                assert_eq!(verified, same_way, "{leaf} of {size} as of {other}");
            }
        }
    }
}

/// The sides of the siblings on the way from a leaf up, by the definition of the tree.
fn way(leaf: u64, size: u64) -> Vec<bool> {
    if size == 1 {
        return Vec::new();
    }
    let k = 1 << (size - 1).ilog2();
    let (mut way, side) = if leaf < k { (way(leaf, k), false) } else { (way(leaf - k, size - k), true) };
    way.push(side);
    way
}

#[test]
fn an_inner_node_is_no_leaf() {
    let tree = memory_tree(8);
    let head = tree.head();
    let inner = tree.read_hashes(&[Node::new(1, 0).unwrap()]).unwrap()[0];
    let proof = prove_inclusion(0, 8, &tree).unwrap();
    assert_eq!(
        verify_inclusion(&head, 0, &inner, &proof[1..]),
        Err(InclusionError::ProofLength { stated: 2, computed: 3 })
    );
    // The entry that consists of the two children is another leaf.
    let children = tree.read_hashes(&[Node::new(0, 0).unwrap(), Node::new(0, 1).unwrap()]).unwrap();
    let entry = [children[0].as_bytes().as_slice(), children[1].as_bytes()].concat();
    assert_ne!(Hash::leaf(&entry), inner);
}

#[test]
fn every_pair_of_sizes_is_consistent_and_nothing_else_is() {
    let entries = rfc6962::entries(SIZES);
    let tree = memory_tree(SIZES);
    for new_size in 1..=SIZES {
        let new = compute_head(new_size, &tree).unwrap();
        for old_size in 1..=new_size {
            let old = compute_head(old_size, &tree).unwrap();
            let proof = prove_consistency(old_size, new_size, &tree).unwrap();
            assert_eq!(
                proof,
                hashes(rfc6962::proof(index(old_size), &entries[..index(new_size)])),
                "{old_size} to {new_size}"
            );
            assert_eq!(verify_consistency(&old, &new, &proof), Ok(()), "{old_size} to {new_size}");

            let other_old = TreeHead::new(old_size, flipped(old.root())).unwrap();
            let other_new = TreeHead::new(new_size, flipped(new.root())).unwrap();
            if old_size == new_size {
                assert_eq!(verify_consistency(&other_old, &new, &proof), Err(ConsistencyError::SameSizeOtherRoot));
                assert_eq!(verify_consistency(&old, &other_new, &proof), Err(ConsistencyError::SameSizeOtherRoot));
            } else {
                let error = verify_consistency(&other_old, &new, &proof).unwrap_err();
                // A complete older tree begins the way up itself.
                let expected = match old_size.is_power_of_two() {
                    true => ConsistencyError::NewRootDiffers,
                    false => ConsistencyError::OldRootDiffers,
                };
                assert_eq!(error, expected, "{old_size} to {new_size}");
                assert_eq!(verify_consistency(&old, &other_new, &proof), Err(ConsistencyError::NewRootDiffers));
                assert_eq!(
                    verify_consistency(&new, &old, &proof),
                    Err(ConsistencyError::OrderOfSizes { old: new_size, new: old_size })
                );
            }
            for mutation in mutations(&proof) {
                let error = verify_consistency(&old, &new, &mutation).unwrap_err();
                if mutation.len() == proof.len() {
                    assert!(
                        matches!(error, ConsistencyError::OldRootDiffers | ConsistencyError::NewRootDiffers),
                        "{old_size} to {new_size}: {error}"
                    );
                } else {
                    let (stated, computed) = (mutation.len(), proof.len());
                    assert_eq!(error, ConsistencyError::ProofLength { stated, computed }, "{old_size} to {new_size}");
                }
            }
        }
    }
}

#[test]
fn an_empty_tree_proves_nothing() {
    let prover = InclusionProver::new(0, MemoryTree::new()).unwrap();
    assert_eq!(prover.head(), TreeHead::EMPTY);
    assert_eq!(prover.prove(0), Err(ProveError::OutsideOfTree { index: 0, size: 0 }));
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree() {
    let tree = memory_tree(5);
    assert_eq!(TreeHead::new(0, *tree.head().root()), Err(TreeHeadError::EmptyTreeRoot));
    assert_eq!(TreeHead::new(0, Hash::EMPTY), Ok(TreeHead::EMPTY));
    assert_eq!(prove_consistency(0, 5, &tree), Ok(Vec::new()));
    assert_eq!(verify_consistency(&TreeHead::EMPTY, &tree.head(), &[]), Ok(()));
    assert_eq!(verify_consistency(&TreeHead::EMPTY, &TreeHead::EMPTY, &[]), Ok(()));
    let error = ConsistencyError::ProofLength { stated: 1, computed: 0 };
    assert_eq!(verify_consistency(&TreeHead::EMPTY, &tree.head(), &[Hash::EMPTY]), Err(error));
    let error = InclusionError::OutsideOfTree { index: 0, size: 0 };
    assert_eq!(verify_inclusion(&TreeHead::EMPTY, 0, &Hash::leaf(b""), &[]), Err(error));
}

#[test]
fn a_leaf_completes_the_subtrees_that_end_with_it() {
    let entries = rfc6962::entries(64);
    let mut frontier = Frontier::new();
    for (place, entry) in (1_u32..).zip(&entries) {
        let mut completed = Vec::new();
        frontier.append(Hash::leaf(entry), |node, hash| completed.push((node, hash))).unwrap();
        let expected: Vec<(Node, Hash)> = (0..=place.trailing_zeros())
            .map(|level| {
                let node = Node::new(u8::try_from(level).unwrap(), (u64::from(place) >> level) - 1).unwrap();
                let start = place - (1 << level);
                assert_eq!(node.end(), u64::from(place));
                let entries = &entries[index(u64::from(start))..index(u64::from(place))];
                (node, Hash::from_bytes(rfc6962::root(entries)))
            })
            .collect();
        assert_eq!(completed, expected, "{place}");
    }
}

/// A store that gives some hash for whatever it is asked.
#[derive(Debug)]
struct Anything;

impl HashReader for Anything {
    type Error = core::convert::Infallible;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        Ok(nodes.iter().map(|node| Hash::leaf(format!("{node:?}").as_bytes())).collect())
    }
}

#[test]
fn the_largest_trees_take_no_more_than_63_hashes() {
    let places = |size: u64| [0, 1, size / 3, size / 2, size - 2, size - 1];
    for size in [MAX_TREE_SIZE, MAX_TREE_SIZE - 1, MAX_TREE_SIZE / 2 + 1, MAX_TREE_SIZE / 3] {
        let head = compute_head(size, &Anything).unwrap();
        for place in places(size) {
            let proof = prove_inclusion(place, size, &Anything).unwrap();
            assert!(proof.len() < MAX_PROOF_HASHES);
            assert_eq!(InclusionProver::new(size, Anything).unwrap().prove(place).as_ref(), Ok(&proof));
            assert!(!matches!(
                verify_inclusion(&head, place, &Hash::EMPTY, &proof),
                Err(InclusionError::ProofLength { .. } | InclusionError::OutsideOfTree { .. })
            ));
            let proof = prove_consistency(place + 1, size, &Anything).unwrap();
            assert!(proof.len() <= MAX_PROOF_HASHES);
            let old = compute_head(place + 1, &Anything).unwrap();
            assert!(!matches!(
                verify_consistency(&old, &head, &proof),
                Err(ConsistencyError::ProofLength { .. } | ConsistencyError::OrderOfSizes { .. })
            ));
        }
    }
    let size = MAX_TREE_SIZE + 1;
    assert_eq!(TreeHead::new(size, Hash::EMPTY), Err(TreeHeadError::TooLarge { size }));
    assert_eq!(compute_head(size, &Anything), Err(ProveError::TooLarge { size }));
    assert_eq!(prove_inclusion(0, size, &Anything), Err(ProveError::TooLarge { size }));
    assert_eq!(prove_consistency(1, u64::MAX, &Anything), Err(ProveError::TooLarge { size: u64::MAX }));
    assert_eq!(Frontier::read(size, &Anything), Err(ProveError::TooLarge { size }));
    assert_eq!(InclusionProver::new(size, Anything).unwrap_err(), ProveError::TooLarge { size });
    let mut full = Frontier::read(MAX_TREE_SIZE, &Anything).unwrap();
    assert!(full.append(Hash::EMPTY, |_, _| ()).is_err());
    assert_eq!(full.size(), MAX_TREE_SIZE);
    let mut last = Frontier::read(MAX_TREE_SIZE - 1, &Anything).unwrap();
    assert_eq!(last.append(Hash::EMPTY, |_, _| ()), Ok(()));
    assert_eq!(Node::new(62, 0).map(|node| node.end()), Some(MAX_TREE_SIZE));
    for (level, index) in
        [(62, 1), (63, 0), (64, 0), (255, 0), (0, MAX_TREE_SIZE), (1, MAX_TREE_SIZE / 2), (0, u64::MAX)]
    {
        assert_eq!(Node::new(level, index), None, "{level} {index}");
    }
}

/// A tree of as many entries as one likes, all of which are the same: a complete subtree has one hash for each level.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let above = |hash: &Hash| Some(Hash::node(hash, hash));
        Self(std::iter::successors(Some(Hash::leaf(b"entry")), above).take(63).collect())
    }
}

impl HashReader for Uniform {
    type Error = core::convert::Infallible;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        Ok(nodes.iter().map(|node| self.0[usize::from(node.level())]).collect())
    }
}

#[test]
fn proofs_of_the_largest_trees_verify() {
    let store = Uniform::new();
    let leaf = Hash::leaf(b"entry");
    let shifts = [31, 32, 33, 61, 62];
    let sizes = shifts.into_iter().flat_map(|shift| [(1 << shift) - 1, 1 << shift, (1 << shift) + 1, (1 << shift) / 3]);
    let sizes: Vec<u64> = sizes.filter(|size| *size <= MAX_TREE_SIZE).collect();
    for size in sizes.iter().copied() {
        let head = compute_head(size, &store).unwrap();
        let prover = InclusionProver::new(size, &store).unwrap();
        for index in [0, 1, size / 3, size / 2, size - 2, size - 1] {
            let proof = prover.prove(index).unwrap();
            assert_eq!(verify_inclusion(&head, index, &leaf, &proof), Ok(()), "{index} of {size}");
            for mutation in mutations(&proof) {
                assert!(verify_inclusion(&head, index, &leaf, &mutation).is_err(), "{index} of {size}");
            }
        }
        let smaller = sizes.iter().copied().filter(|old| *old < size);
        for old_size in smaller.chain([1, 3, size / 2, size / 2 + 1, size - 1]) {
            let old = compute_head(old_size, &store).unwrap();
            let proof = prove_consistency(old_size, size, &store).unwrap();
            assert_eq!(verify_consistency(&old, &head, &proof), Ok(()), "{old_size} to {size}");
            for mutation in mutations(&proof) {
                assert!(verify_consistency(&old, &head, &mutation).is_err(), "{old_size} to {size}");
            }
        }
    }
}

/// A store that forgets the last hash, or gives one more.
struct Miscounting(bool);

impl HashReader for Miscounting {
    type Error = core::convert::Infallible;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        Ok(vec![Hash::EMPTY; if self.0 { nodes.len() + 1 } else { nodes.len() - 1 }])
    }
}

#[test]
fn a_store_that_fails_is_said_to_fail() {
    let tree = memory_tree(5);
    let NotStored { node } = match prove_inclusion(2, 7, &tree) {
        Err(ProveError::Store(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!((node.level(), node.index()), (1, 2));
    assert_eq!(prove_inclusion(5, 5, &tree), Err(ProveError::OutsideOfTree { index: 5, size: 5 }));
    assert_eq!(prove_consistency(5, 4, &tree), Err(ProveError::OrderOfSizes { old: 5, new: 4 }));
    for more in [false, true] {
        let store = Miscounting(more);
        assert!(matches!(compute_head(7, &store), Err(ProveError::CountOfHashes { asked: 3, .. })));
        assert!(matches!(prove_inclusion(2, 7, &store), Err(ProveError::CountOfHashes { .. })));
        assert!(matches!(prove_consistency(3, 7, &store), Err(ProveError::CountOfHashes { .. })));
        assert!(matches!(Frontier::read(7, &store), Err(ProveError::CountOfHashes { asked: 3, .. })));
    }
}
