//! What Go makes is what we make, and what we make is read in Go.

use std::fs;
use std::path::Path;

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande_tlog::note::VerifierKey;
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::proof::TlogProof;
use recommande_tlog::tile::{encode_bundle, new_bundles, new_tiles, tile_data};
use recommande_tlog::tree::{
    HashReader, Node, compute_head, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion,
};

use crate::peers::{self, ORIGIN, entry, log, scratch, tree};

/// A tree of entries that are all the same: a complete subtree has one hash for each level.
struct Uniform(Vec<Hash>);

impl HashReader for Uniform {
    type Error = core::convert::Infallible;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        Ok(nodes.iter().map(|node| self.0[usize::from(node.level())]).collect())
    }
}

/// Compares one line with what the store gives, and verifies its proof.
fn compare<R: HashReader<Error: core::fmt::Debug>>(line: &str, store: &R, leaf: impl Fn(u64) -> Hash) {
    let words: Vec<&str> = line.split(' ').collect();
    let number = |place: usize| words[place].parse::<u64>().unwrap();
    let hashes = |from: usize| words[from..].iter().map(|hash| hash.parse().unwrap()).collect::<Vec<Hash>>();
    let head = |size| compute_head(size, store).unwrap();
    match words[0].trim_start_matches("uniform-") {
        "root" => assert_eq!(vec![*head(number(1)).root()], hashes(2), "{line}"),
        "inclusion" => {
            let (index, size, proof) = (number(1), number(2), hashes(3));
            assert_eq!(prove_inclusion(index, size, store).unwrap(), proof, "{line}");
            verify_inclusion(&head(size), index, &leaf(index), &proof).unwrap();
        }
        "consistency" => {
            let (old, new, proof) = (number(1), number(2), hashes(3));
            assert_eq!(prove_consistency(old, new, store).unwrap(), proof, "{line}");
            verify_consistency(&head(old), &head(new), &proof).unwrap();
        }
        unknown => panic!("{unknown}"),
    }
}

#[test]
fn trees_are_those_of_go() {
    let Some(folder) = peers::folder() else { return };
    let above = |hash: &Hash| Some(Hash::node(hash, hash));
    let largest = Uniform(std::iter::successors(Some(Hash::leaf(b"entry")), above).take(63).collect());
    let tree = tree(130);
    let output = peers::run(&folder, &["trees"], Vec::new());
    let (of_largest, of_all): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| line.starts_with("uniform-"));
    for line in &of_largest {
        compare(line, &largest, |_| Hash::leaf(b"entry"));
    }
    for line in &of_all {
        compare(line, &tree, |index| Hash::leaf(&entry(index)));
    }
    assert_eq!(of_largest.len(), 7 * (1 + 6 + 7));
    // Roots, indexes of each size, and pairs of sizes.
    assert_eq!(of_all.len(), 130 + 130 * 131 / 2 + 130 * 129 / 2);
}

fn count_files(folder: &Path) -> usize {
    let count = |entry: fs::DirEntry| if entry.path().is_dir() { count_files(&entry.path()) } else { 1 };
    fs::read_dir(folder).unwrap().map(|entry| count(entry.unwrap())).sum()
}

#[test]
fn tiles_are_those_of_go() {
    let Some(folder) = peers::folder() else { return };
    for size in [1, 255, 256, 257, 1000, 70_000] {
        let written = scratch(&format!("tiles-{size}"));
        peers::run(&folder, &["tiles", peers::path(&written), &size.to_string()], Vec::new());
        let tree = tree(size);
        assert_eq!(fs::read_to_string(written.join("root")).unwrap(), tree.head().root().to_string());
        let mut files = 1;
        for tile in new_tiles(0, size) {
            assert_eq!(fs::read(written.join(tile.to_string())).unwrap(), tile_data(&tile, &tree).unwrap(), "{tile}");
            files += 1;
        }
        for bundle in new_bundles(0, size) {
            assert_eq!(
                fs::read(written.join(bundle.to_string())).unwrap(),
                bundle_data(bundle.index(), size),
                "{bundle}"
            );
            files += 1;
        }
        assert_eq!(count_files(&written), files);
    }
}

fn bundle_data(index: u64, size: u64) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = (index * 256..size.min(index * 256 + 256)).map(entry).collect();
    encode_bundle(&entries).unwrap()
}

#[test]
fn torchwood_walks_our_log() {
    let Some(folder) = peers::folder() else { return };
    for size in [1, 256, 300, 2000] {
        let written = scratch(&format!("log-{size}"));
        let tree = tree(size);
        let write = |path: String, octets: Vec<u8>| {
            let path = written.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, octets).unwrap();
        };
        for tile in new_tiles(0, size) {
            write(tile.to_string(), tile_data(&tile, &tree).unwrap());
        }
        for bundle in new_bundles(0, size) {
            write(bundle.to_string(), bundle_data(bundle.index(), size));
        }
        let checkpoint = Checkpoint::new(ORIGIN.parse().unwrap(), tree.head());
        let signature = log().sign(&checkpoint.to_text()).unwrap();
        let signed = SignedCheckpoint::new(checkpoint, vec![signature]).unwrap();
        write("checkpoint".to_owned(), signed.note().to_text().into_bytes());
        let vkey = log().verifier_key().to_string();
        assert_eq!(peers::run(&folder, &["walk", peers::path(&written), &vkey], Vec::new()), format!("{size}\n"));
    }
}

/// The policy file of torchwood as the policy that it stands for.
fn policy(text: &str) -> LogPolicy {
    let key = |line: &str| line.rsplit(' ').next().unwrap().parse::<VerifierKey>().unwrap();
    let (log, witnesses): (Vec<&str>, Vec<&str>) = text
        .lines()
        .filter(|line| line.starts_with("log ") || line.starts_with("witness "))
        .partition(|line| line.starts_with("log "));
    let witnesses = witnesses.into_iter().map(|line| Witness::new([key(line)]).unwrap());
    LogPolicy::new(ORIGIN.parse().unwrap(), log.into_iter().map(key)).unwrap().with_witnesses(2, witnesses).unwrap()
}

#[test]
fn proofs_of_torchwood_verify() {
    let Some(folder) = peers::folder() else { return };
    let written = scratch("proofs");
    peers::run(&folder, &["proof", peers::path(&written)], Vec::new());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for kind in ["ed25519", "ml-dsa-44"] {
        let policy = policy(&fs::read_to_string(written.join(format!("{kind}.policy"))).unwrap());
        let signed = fs::read(written.join(format!("{kind}.checkpoint"))).unwrap();
        let checkpoint = SignedCheckpoint::parse(&signed).unwrap();
        assert_eq!(checkpoint.note().to_text().as_bytes(), signed);
        for (name, extra) in [(kind.to_owned(), None), (format!("{kind}-extra"), Some(b"extra data".as_slice()))] {
            let file = fs::read(written.join(format!("{name}.tlog-proof"))).unwrap();
            let proof = TlogProof::parse(&file).unwrap();
            assert_eq!(proof.to_text().as_bytes(), file);
            assert_eq!((proof.index(), proof.extra()), (5, extra));
            let verified = proof.verify(&policy, &Hash::leaf(&entry(5))).unwrap();
            assert_eq!(verified.checkpoint().head(), &tree(13).head());
            assert_eq!(verified.witnessed().len(), 2);
            assert!(
                verified
                    .witnessed()
                    .iter()
                    .all(|witnessed| witnessed.time.is_some_and(|time| time.abs_diff(now) < 600))
            );
            assert!(proof.verify(&policy, &Hash::leaf(&entry(4))).is_err());
        }
    }
}
