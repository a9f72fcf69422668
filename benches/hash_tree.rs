//! Measures hash trees beside the hashes in them: a tree over n leaves has n - 1 nodes, each the digest of two.

use std::hint::black_box;

use aws_lc_rs::digest::{SHA256, digest};
use criterion::Criterion;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::time::record::HashTree;
use recommande_benches::{Limit, compare, criterion};

const ALGORITHM: DigestAlgorithm = DigestAlgorithm::Sha256;

/// Computes as many hashes as there are nodes.
fn hash(nodes: usize) {
    for _ in 0..nodes {
        black_box(digest(&SHA256, black_box(&[0x5a; 64])));
    }
}

fn hash_tree(criterion: &mut Criterion) {
    for size in [100_usize, 10_000] {
        let leaves: Vec<Digest> = (0..size).map(|number| ALGORITHM.digest(&number.to_be_bytes())).collect();
        let tree = || HashTree::new(ALGORITHM, leaves.iter().copied()).expect("a tree");
        let limit = Limit::new("its hashes");
        compare(criterion, &format!("hash tree of {size}"), &limit, tree, || hash(size - 1));

        let tree = tree();
        let (leaf, root) = (leaves[size / 2], tree.root().expect("a root"));
        let height = size.next_power_of_two().ilog2() as usize;
        compare(
            criterion,
            &format!("one of {size}: its way and root"),
            &limit,
            || assert_eq!(tree.reduced(&leaf).expect("a leaf").root(&leaf), Some(root)),
            || hash(height),
        );
    }
}

fn main() {
    let mut criterion = criterion();
    hash_tree(&mut criterion);
    criterion.final_summary();
}
