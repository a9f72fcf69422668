//! Measures the tree of a log: entries appended, each with its inclusion proof, and an inclusion proof that is verified, beside
//! the SHA-256 of their leaves and nodes.

use std::hint::black_box;

use criterion::Criterion;
use recommande::log::{Entry, EvidenceLog, MemoryStore};
use recommande_benches::{Limit, compare, criterion, fixtures};
use recommande_tlog::Hash;
use recommande_tlog::checkpoint::Origin;
use recommande_tlog::tree::{InclusionProver, MemoryTree, verify_inclusion};
use sha2::{Digest as _, Sha256};

/// What a log integrates at once, and the proofs in one tree.
const SIZES: [u64; 2] = [1000, 100_000];

/// An entry has one octet for its kind and 32 of a digest.
fn entry(number: u64) -> [u8; 33] {
    let mut entry = [2; 33];
    entry[1..].copy_from_slice(&Sha256::digest(number.to_be_bytes()));
    entry
}

/// Hashes as many leaves and nodes as the tree has, with the implementation that it takes.
fn raw_tree(entries: &[[u8; 33]]) {
    let (mut leaf, node) = ([0; 34], [1; 65]);
    for entry in entries {
        leaf[1..].copy_from_slice(entry);
        black_box(Sha256::digest(black_box(leaf)));
        black_box(Sha256::digest(black_box(node)));
    }
}

fn appended(criterion: &mut Criterion, entries: &[[u8; 33]]) {
    let size = entries.len();
    compare(
        criterion,
        &format!("log append and prove {size}"),
        &Limit::new("SHA-256 of leaves and nodes").at_least(0.3),
        || {
            let mut tree = MemoryTree::new();
            entries.iter().for_each(|entry| tree.append(Hash::leaf(entry)).expect("room in the tree"));
            let prover = InclusionProver::new(tree.size(), &tree).expect("a prover");
            (0..tree.size()).map(|index| prover.prove(index).expect("a proof").len()).sum::<usize>()
        },
        || raw_tree(entries),
    );
}

/// Measures a whole log: tiles and bundles written to a store in memory, a thousand entries at a time. Its proofs take a checkpoint.
fn integrated(criterion: &mut Criterion, entries: &[[u8; 33]]) {
    let origin: Origin = "example.com/log".parse().expect("an origin");
    let appended: Vec<Entry> = entries.iter().map(|entry| Entry::from_octets(entry).expect("an entry")).collect();
    compare(
        criterion,
        &format!("log integrated {}", entries.len()),
        &Limit::new("SHA-256 of leaves and nodes"),
        || {
            let mut log = EvidenceLog::open(MemoryStore::default(), origin.clone()).expect("a log");
            for waiting in appended.chunks(1000) {
                waiting.iter().for_each(|entry| {
                    log.append(*entry, fixtures::now()).expect("a place");
                });
                log.integrate().expect("a head");
            }
            log.head().size()
        },
        || raw_tree(entries),
    );
}

fn verified(criterion: &mut Criterion, entries: &[[u8; 33]]) {
    let mut tree = MemoryTree::new();
    let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    leaves.iter().for_each(|leaf| tree.append(*leaf).expect("room in the tree"));
    let prover = InclusionProver::new(tree.size(), &tree).expect("a prover");
    let proofs: Vec<_> = (0..tree.size()).map(|index| (index, prover.prove(index).expect("a proof"))).collect();
    let head = prover.head();
    let (mut next, mut raw) = (proofs.iter().cycle(), proofs.iter().cycle());
    compare(
        criterion,
        &format!("log inclusion verified in {}", entries.len()),
        &Limit::new("SHA-256 of its nodes").at_least(0.7),
        || {
            let (index, proof) = next.next().expect("a proof");
            let leaf = &leaves[usize::try_from(*index).expect("an index")];
            verify_inclusion(&head, *index, leaf, proof).expect("a leaf of the tree");
        },
        || {
            let (_, proof) = raw.next().expect("a proof");
            let mut node = [1; 65];
            for sibling in proof {
                node[33..].copy_from_slice(sibling.as_bytes());
                let above = Sha256::digest(node);
                node[1..33].copy_from_slice(&above);
            }
            black_box(node);
        },
    );
}

fn main() {
    let mut criterion = criterion();
    for size in SIZES {
        let entries: Vec<_> = (0..size).map(entry).collect();
        appended(&mut criterion, &entries);
        integrated(&mut criterion, &entries);
        verified(&mut criterion, &entries);
    }
    criterion.final_summary();
}
