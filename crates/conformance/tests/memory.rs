//! A batch and a group take no more memory than is stated beside what their caller keeps. The test is alone in its process,
//! because the allocator counts all of it.

#[path = "../../../tests/common/mod.rs"]
mod common;

use common::{Service, now, pool, sending_of};
use peak_alloc::PeakAlloc;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::preserve::{Group, GroupLeaves, Missing, Renewer};
use recommande::seal::BatchLeaves;
use recommande::time::record::HashTree;
use recommande::verify::ContentDigests;
use recommande::{ProofOfSending, Unstamped};

/// A reallocation counts as both blocks at once, which is the worst that an allocator does.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What may be there at any moment for each item, with SHA-256.
const OCTETS_PER_ITEM: usize = 128;
/// What one item takes while it is made, however many there are.
const CONSTANT: usize = 64 << 10;

/// What this makes, and the most that was there at once while it did so, beside what was there before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let made = work();
    (made, MEMORY.peak_usage() - before)
}

#[test]
fn a_batch_and_a_group_take_their_hashes_and_nothing_else() {
    group();
    new_tree();
    // Just beyond a power of two: a list that doubles has twice as much room as it needs, and is copied for the last.
    let million = (1 << 20) + 1;
    let digests = (0..million).map(|number: u32| DigestAlgorithm::Sha256.digest(&number.to_be_bytes()));
    let (tree, peak) = peak_of(|| HashTree::new(DigestAlgorithm::Sha256, digests).unwrap());
    println!("tree of {million}: at most {} octets an item", peak / million as usize);
    assert_eq!(tree.leaf_count(), million as usize);
    assert!(peak <= OCTETS_PER_ITEM * million as usize, "{peak}");
    let ((), peak) = peak_of(|| {
        for number in 0_u32..1000 {
            let leaf: Digest = DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
            assert_eq!(tree.reduced(&leaf).unwrap().root(&leaf), tree.root());
        }
    });
    assert!(peak < CONSTANT, "{peak}");
    drop(tree);

    let items = (1 << 13) + 1;
    let service = Service::new();
    let sendings = (0..items).map(|number| sending_of(&format!("ITEM{number}")));
    // The caller keeps the seals, here one after the other in room that is there before.
    let mut kept: Vec<u8> = Vec::with_capacity(items * 8192);
    let mut ends = Vec::with_capacity(items);
    let (batch, peak) = peak_of(|| {
        let mut leaves = BatchLeaves::new();
        for sealed in service.sealer.seal_all(sendings, now()) {
            let sealed = sealed.unwrap();
            leaves.add(&sealed).unwrap();
            kept.extend_from_slice(sealed.der());
            ends.push(kept.len());
        }
        leaves.close().unwrap()
    });
    println!("sealing {items}: at most {} octets an item", peak / items);
    assert!(peak <= OCTETS_PER_ITEM * items, "{peak}");
    let stamped = batch.stamp_with(&pool(service.tsa(now()))).unwrap();
    let (last, peak) = peak_of(|| {
        let mut last = None;
        for (start, end) in std::iter::once(0).chain(ends.iter().copied()).zip(ends.iter().copied()) {
            let sealed = Unstamped::<ProofOfSending>::from_der(&kept[start..end]).unwrap();
            last = Some(stamped.proof(sealed).unwrap());
        }
        last.unwrap()
    });
    println!("proofs of {items}: at most {peak} octets at once");
    // Proofs are made one by one, out of the tree that is there.
    assert!(peak < CONSTANT, "{peak}");
    service.verified(&last);
}

/// The octets of a file's digest by SHA-256.
const OF_FILE: usize = 32;

/// A group takes the digest of each of its files, and a hundredth more: also while it is filled, where their number is given.
fn group() {
    let million = (1 << 20) + 1;
    let digest = |number: usize| DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
    let (service, time) = (Service::new(), now());
    let (verifier, object) = (service.verifier(), ContentDigests::new([digest(0)]));
    let filled = |leaves: GroupLeaves| {
        peak_of(|| {
            let mut leaves = leaves;
            (0..million).for_each(|number| leaves.add_digest(&digest(number)).unwrap());
            leaves.close().unwrap()
        })
    };
    let (without, peak) = filled(GroupLeaves::new(DigestAlgorithm::Sha256).unwrap());
    println!("filling a group of {million}: at most {} octets a file", peak / million);
    assert!(peak <= 3 * OF_FILE * million + CONSTANT, "{peak}");
    drop(without);
    let before = MEMORY.current_usage();
    let leaves = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap().with_room_for(million);
    let reserved = MEMORY.current_usage() - before;
    let (unstamped, peak) = filled(leaves);
    println!("the same, their number given: {} octets of a thousand files", (reserved + peak) * 1000 / million);
    assert!(reserved + peak <= (OF_FILE * million) * 101 / 100 + CONSTANT, "{reserved} and {peak}");
    // No file has as much room as this.
    let none = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap().with_room_for(usize::MAX);
    assert!(none.leaves().is_empty());
    let before = MEMORY.current_usage();
    let stamped = unstamped.stamp_with(&Renewer::new(&verifier), &object, &pool(service.tsa(time)), time).unwrap();
    let parts: Vec<_> = stamped.parts().map(|part| (part.leaves.to_vec(), part.chain)).collect();
    drop((unstamped, stamped));
    let kept = before - MEMORY.current_usage() + parts.iter().map(|(leaves, _)| leaves.len()).sum::<usize>();
    println!("a group of {million}: {} octets of a thousand files", kept * 1000 / million);
    assert!(kept <= (OF_FILE * million) * 101 / 100 + CONSTANT, "{kept}");

    let leaves = parts.iter().map(|(leaves, chain)| (leaves.clone(), chain.as_slice()));
    let (group, before) = (Group::from_parts(leaves).unwrap(), MEMORY.current_usage());
    let many = group.for_many_records();
    let more = MEMORY.current_usage() - before;
    println!("for many records: {} octets of a thousand files more", more * 1000 / million);
    assert!(more <= (OF_FILE * million) / 4 + CONSTANT, "{more}");
    for number in (0..million).step_by(9973) {
        let object = ContentDigests::new([digest(number)]);
        assert_eq!(group.record(&object), many.record(&object));
    }
}

/// A new hash tree takes the new leaf of each object and an octet for it, and the levels by which records are made: beside the
/// group, 73 octets by SHA-512.
fn new_tree() {
    const NEW: usize = 64;
    let objects = (1 << 16) + 1;
    let digest = |algorithm: DigestAlgorithm, number: usize| algorithm.digest(&number.to_be_bytes());
    let (service, time) = (Service::new(), now());
    let (verifier, object) = (service.verifier(), ContentDigests::new([digest(DigestAlgorithm::Sha256, 0)]));
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap();
    (0..objects).for_each(|number| leaves.add_digest(&digest(DigestAlgorithm::Sha256, number)).unwrap());
    let unstamped = leaves.close().unwrap();
    let group = unstamped.stamp_with(&Renewer::new(&verifier), &object, &pool(service.tsa(time)), time).unwrap();
    drop(unstamped);
    let (unstamped, peak) = peak_of(|| {
        let mut rehash = group.rehash(DigestAlgorithm::Sha512).unwrap();
        for number in 0..objects {
            let digests = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512].map(|algorithm| digest(algorithm, number));
            rehash.add(&ContentDigests::new(digests)).unwrap();
        }
        rehash.close(Missing::Refused).unwrap()
    });
    println!(
        "a new tree of {objects}: at most {} octets of a thousand objects beside the group",
        peak * 1000 / objects
    );
    assert_eq!(unstamped.leaf_count(), objects);
    assert!(peak <= (NEW + 1 + OF_FILE / 4) * objects * 101 / 100 + CONSTANT, "{peak}");
}
