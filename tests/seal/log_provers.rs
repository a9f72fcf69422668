//! Many proofs of one log: each is the one that is made alone, and the tiles are read once.

use std::cell::Cell;
use std::io;

use crate::common::evidence_log::{Logging, cosigned_at, stranger};
use crate::common::now;
use chrono::Duration;
use recommande::log::{EvidenceLog, LogError, MemoryStore, Store, StoredFile};
use recommande::recommande_tlog::tree::verify_inclusion;

/// A store that counts what is read.
struct Counting {
    store: MemoryStore,
    reads: Cell<usize>,
}

impl Counting {
    fn of(store: MemoryStore) -> Self {
        Self { store, reads: Cell::new(0) }
    }
}

impl Store for Counting {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.reads.set(self.reads.get() + 1);
        self.store.read(path)
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        self.store.write(files)
    }

    fn remove(&mut self, paths: &[String]) -> io::Result<()> {
        self.store.remove(paths)
    }
}

/// A published log of so many entries.
fn published(logging: &Logging, size: u64) -> EvidenceLog<MemoryStore> {
    let mut log = logging.log((0..size).map(stranger));
    logging.checkpoint(&mut log);
    log
}

#[test]
fn each_proof_is_the_one_that_is_made_alone() {
    let logging = Logging::new();
    for size in [1, 2, 255, 256, 257, 300, 600] {
        let mut log = published(&logging, size);
        // The tree of today is larger than that of the checkpoint.
        for number in 0..400 {
            log.append(stranger(1000 + number), now()).unwrap();
        }
        log.integrate().unwrap();
        let (prover, older) = (log.prover().unwrap(), log.prover_in(0).unwrap());
        let alone: Vec<_> = (0..size).map(|index| log.prove(index).unwrap()).collect();
        // There and back, and from one end to the other.
        let apart = (0..size).flat_map(|index| [index, size - 1 - index]);
        for index in (0..size).chain((0..size).rev()).chain(apart.step_by(7)) {
            let alone = &alone[usize::try_from(index).unwrap()];
            assert_eq!(&prover.prove(index).unwrap(), alone, "{index} of {size}");
            assert_eq!(&older.prove(index).unwrap(), alone, "{index} of {size}");
        }
        for index in [size, size + 1, u64::MAX] {
            assert!(matches!(prover.prove(index), Err(LogError::NotPublished { index: told }) if told == index));
            assert!(matches!(older.prove(index), Err(LogError::NotPublished { index: told }) if told == index));
        }
    }
}

/// The tiles of three levels stand above an entry.
#[test]
fn the_proofs_of_a_large_log_lead_to_its_checkpoint() {
    let logging = Logging::new();
    let size = 65_536 + 700;
    let log = published(&logging, size);
    let prover = log.prover().unwrap();
    for index in (0..600).chain(65_300..65_800).chain(size - 300..size).chain((0..size).step_by(997)) {
        let proof = prover.prove(index).unwrap();
        let checkpoint = proof.checkpoint().checkpoint();
        assert_eq!(checkpoint.head(), log.head());
        verify_inclusion(checkpoint.head(), index, &stranger(index).leaf(), proof.hashes()).unwrap();
    }
}

#[test]
fn tiles_are_read_once_for_entries_that_follow_each_other() {
    let logging = Logging::new();
    let log = logging.open(Counting::of(published(&logging, 1000).into_store()));
    let reads = &log.store().reads;
    reads.set(0);
    let prover = log.prover().unwrap();
    (0..1000).for_each(|index| drop(prover.prove(index).unwrap()));
    // The two tiles of the right border, and each of four tiles of leaves with those of the border, by which it is verified.
    assert_eq!(reads.take(), 2 + 3 * 3 + 2);
    (0..100).for_each(|index| drop(log.prove(index).unwrap()));
    assert_eq!(reads.take(), 100 * 3);
}

#[test]
fn a_proof_that_cannot_be_made_costs_the_others_nothing() {
    let logging = Logging::new();
    let mut store = published(&logging, 1000).into_store();
    let path = "tile/0/001".to_owned();
    let mut octets = store.read(&path).unwrap().unwrap();
    octets[7] ^= 1;
    store.write(&[StoredFile { path, octets }]).unwrap();
    let log = logging.open(store);
    let prover = log.prover().unwrap();
    for index in (0..1000).step_by(50).chain([255, 256, 511, 512]) {
        match (256..512).contains(&index) {
            true => assert!(matches!(prover.prove(index), Err(LogError::Tiles(_))), "{index}"),
            false => assert_eq!(prover.prove(index).unwrap(), log.prove(index).unwrap()),
        }
    }
}

#[test]
fn a_prover_is_of_a_checkpoint_that_was_published() {
    let logging = Logging::new();
    let mut log = logging.log((0..300).map(stranger));
    assert!(matches!(log.prover(), Err(LogError::NoSuchCheckpoint { number: 0, published: 0 })));
    assert!(matches!(log.prover_in(0), Err(LogError::NoSuchCheckpoint { number: 0, published: 0 })));
    logging.checkpoint(&mut log);
    log.append(stranger(300), now()).unwrap();
    log.integrate().unwrap();
    logging.checkpoint_at(&mut log, cosigned_at() + Duration::days(1));
    for (number, size) in [(0, 300), (1, 302)] {
        let prover = log.prover_in(number).unwrap();
        assert_eq!(prover.prove(7).unwrap(), log.prove_in(7, number).unwrap());
        assert_eq!(prover.prove(7).unwrap().checkpoint().checkpoint().head().size(), size);
        assert!(matches!(prover.prove(size), Err(LogError::NotPublished { .. })));
    }
    assert!(matches!(log.prover_in(2), Err(LogError::NoSuchCheckpoint { number: 2, published: 2 })));
    // The old checkpoint was exchanged for one of other entries.
    let elsewhere = Logging::new();
    let mut other = elsewhere.log((1..301).map(stranger));
    elsewhere.checkpoint(&mut other);
    let mut store = log.into_store();
    let exchanged = ["checkpoints/000/000/000", "checkpoints/000/000/000.p7m"]
        .map(|path| StoredFile { path: path.to_owned(), octets: other.store().read(path).unwrap().unwrap() });
    store.write(&exchanged).unwrap();
    assert!(matches!(logging.open(store).prover_in(0), Err(LogError::Rewritten { size: 300 })));
}
