//! These tests ask what an auditor sees of a log that its operator has changed.

use crate::common::eras::Era;
use crate::common::evidence_log::{Logging, stranger};
use crate::common::{now, pool};
use chrono::{DateTime, Duration, Utc};
use recommande::audit::{Content, LineReader, Occurrence, ProofReference, Record, Source, Trail};
use recommande::crypto::KeyKind;
use recommande::evidence::{Committed, Event, Field, Salts};
use recommande::log::{Audit, Auditor, Difference, Entry, EntryKind, MemoryStore, ServiceRecord, Store, StoredFile};
use recommande::recommande_tlog::checkpoint::SignedCheckpoint;
use recommande::recommande_tlog::witness::WitnessClient;
use recommande::seal::{AggregateLeaves, Artifact};
use recommande::verify::{Code, KnownLog, LogRule};
use recommande::{Environment, Issuer};

/// A log of two days: 300 records each, with a checkpoint at the end of each day and one an hour later.
struct Audited {
    logging: Logging,
    records: Vec<ServiceRecord>,
    store: MemoryStore,
}

fn day(number: i64) -> DateTime<Utc> {
    now() + Duration::days(number)
}

/// When somebody audits.
fn later() -> DateTime<Utc> {
    day(5)
}

impl Audited {
    fn new() -> Self {
        let logging = Logging::new();
        let (mut log, mut records) = (logging.open(MemoryStore::default()), Vec::new());
        for (from, to, begin) in [(0, 300, day(0)), (300, 600, day(1))] {
            for number in from..to {
                let record = ServiceRecord {
                    entry: stranger(number),
                    at: begin + Duration::seconds(i64::try_from(number).unwrap()),
                };
                log.append(record.entry, record.at).unwrap();
                records.push(record);
            }
            log.integrate().unwrap();
            logging.checkpoint_at(&mut log, begin + Duration::hours(1));
        }
        log.append(stranger(600), day(1)).unwrap();
        records.push(ServiceRecord { entry: stranger(600), at: day(1) + Duration::hours(2) });
        log.integrate().unwrap();
        logging.checkpoint_at(&mut log, day(1) + Duration::hours(3));
        Self { logging, records, store: log.into_store() }
    }

    fn audit(&self, store: &MemoryStore, records: &[ServiceRecord]) -> (Audit, Vec<Difference>) {
        let (log, verifier) = (KnownLog::new(self.logging.policy(2)), self.logging.verifier(LogRule::Report));
        let mut differences = Vec::new();
        let told = |difference| differences.push(difference);
        let issuer = self.logging.service.sealer.issuer().clone();
        let audit =
            Auditor::new(&log, &issuer, &verifier).audit(store, records.iter().copied(), later(), told).unwrap();
        assert_eq!(audit.differences, u64::try_from(differences.len()).unwrap());
        assert!(differences.iter().all(|difference| !difference.to_string().is_empty()));
        (audit, differences)
    }

    /// The differences that an audit tells when one file is another one.
    fn with(&self, path: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<Difference> {
        let mut store = self.store.clone();
        let octets = change(store.read(path).unwrap().unwrap_or_else(|| panic!("{path}")));
        store.write(&[StoredFile { path: path.to_owned(), octets }]).unwrap();
        self.audit(&store, &self.records).1
    }

    /// The log of other entries, with the checkpoints that were published.
    fn rewritten(&self, entries: impl IntoIterator<Item = Entry>) -> Vec<Difference> {
        let mut log = self.logging.open(MemoryStore::default());
        entries.into_iter().for_each(|entry| {
            log.append(entry, now()).unwrap();
        });
        let head = log.integrate().unwrap();
        let mut store = log.into_store();
        let state = String::from_utf8(self.store.read("state").unwrap().unwrap()).unwrap();
        let lines: Vec<&str> = state.lines().collect();
        let state =
            [lines[0], lines[1], &head.size().to_string(), &head.root().to_string(), lines[4], lines[5], ""].join("\n");
        store.write(&[StoredFile { path: "state".to_owned(), octets: state.into_bytes() }]).unwrap();
        let published = self.store.paths().filter(|path| path.starts_with("checkpoint"));
        for path in published {
            let octets = self.store.read(path).unwrap().unwrap();
            store.write(&[StoredFile { path: path.to_owned(), octets }]).unwrap();
        }
        self.audit(&store, &self.records).1
    }

    fn entries(&self) -> Vec<Entry> {
        let octets = (0..3).flat_map(|bundle| {
            let (path, partial) = (format!("tile/entries/{bundle:03}"), format!("tile/entries/{bundle:03}.p/91"));
            self.store.read(&path).unwrap().or(self.store.read(&partial).unwrap()).unwrap_or_default()
        });
        let octets: Vec<u8> = octets.collect();
        octets.chunks(2 + Entry::LENGTH).map(|entry| Entry::from_octets(&entry[2..]).unwrap()).collect()
    }
}

#[test]
fn an_honest_log_is_clean_by_kind_and_day() {
    let audited = Audited::new();
    let (audit, differences) = audited.audit(&audited.store, &audited.records);
    assert_eq!(differences, []);
    assert_eq!((audit.entries, audit.checkpoints, audit.matched), (603, 3, 603));
    // The seal of the last checkpoint waits for the next tree.
    assert_eq!((audit.pending, audit.unsigned), (1, 0));
    let counts: Vec<_> =
        audit.days.iter().map(|((day, kind), count)| (day.to_string(), *kind, count.entries, count.records)).collect();
    let (first, second) = ("2026-11-22".to_owned(), "2026-11-23".to_owned());
    assert_eq!(
        counts,
        [
            (first.clone(), EntryKind::Proof, 300, 300),
            (first, EntryKind::CheckpointSeal, 1, 1),
            (second.clone(), EntryKind::Proof, 301, 301),
            (second, EntryKind::CheckpointSeal, 1, 2),
        ]
    );
}

#[test]
fn what_the_service_and_its_log_do_not_share_is_named() {
    let audited = Audited::new();
    // A thief seals with the key of the service, which has no record of that.
    let without: Vec<_> = audited.records.iter().copied().filter(|record| record.entry != stranger(7)).collect();
    let (_, differences) = audited.audit(&audited.store, &without);
    let [Difference::Unexplained { index: 7, entry, .. }] = differences.as_slice() else { panic!("{differences:?}") };
    assert_eq!(*entry, stranger(7));
    // The service has sealed, and not logged.
    let mut more = audited.records.clone();
    let at = day(0) + Duration::seconds(400);
    more.insert(300, ServiceRecord { entry: stranger(5000), at });
    let (_, differences) = audited.audit(&audited.store, &more);
    assert_eq!(differences, [Difference::NotLogged { entry: stranger(5000), at }]);
    // It was logged a day and an hour after it was sealed.
    let mut late = audited.records.clone();
    late[300].at = day(0) - Duration::seconds(1) + Duration::hours(1);
    let (_, differences) = audited.audit(&audited.store, &late);
    assert!(matches!(differences.as_slice(), [Difference::Late { index: 301, .. }]), "{differences:?}");
    // The record is from after the log had it.
    let mut early = audited.records.clone();
    let mut moved = early.remove(0);
    moved.at = day(1) + Duration::hours(2);
    early.insert(599, moved);
    early.sort_by_key(|record| record.at);
    let (_, differences) = audited.audit(&audited.store, &early);
    assert!(matches!(differences.as_slice(), [Difference::Early { index: 0, .. }]), "{differences:?}");
    // The same entry twice needs two records.
    let twice: Vec<_> =
        audited.records.iter().copied().chain([ServiceRecord { entry: stranger(7), at: later() }]).collect();
    let (audit, differences) = audited.audit(&audited.store, &twice);
    assert!(differences.is_empty() && audit.pending == 2, "{differences:?}");
}

#[test]
fn each_file_that_was_changed_is_named() {
    let audited = Audited::new();
    let half = |octets: Vec<u8>| octets[..octets.len() / 2].to_vec();
    let flipped = |mut octets: Vec<u8>| {
        octets[40] ^= 1;
        octets
    };
    for path in ["tile/0/000", "tile/0/002.p/91", "tile/1/000.p/2"] {
        for differences in [audited.with(path, half), audited.with(path, flipped)] {
            assert_eq!(differences, [Difference::TileDiffers { path: path.to_owned() }]);
        }
    }
    let differences = audited.with("tile/entries/001", half);
    assert_eq!(differences[0], Difference::BundleUnreadable { path: "tile/entries/001".to_owned() });
    assert!(
        matches!(differences[1], Difference::EntriesMissing { number: 0, stated: 300, found: 256 }),
        "{differences:?}"
    );
    assert_eq!(audited.with("state", half), [Difference::State]);
    let path = "checkpoints/000/000/001";
    assert!(audited.with(path, half).contains(&Difference::CheckpointUnreadable { number: 1 }));
    let unsigned = |octets: Vec<u8>| {
        String::from_utf8(octets).unwrap().replace("witness.example/", "nobody.example/").into_bytes()
    };
    let differences = audited.with(path, unsigned);
    assert!(matches!(&differences[0], Difference::CheckpointNotAccepted { number: 1, .. }), "{differences:?}");
    let seal = "checkpoints/000/000/001.p7m";
    assert!(audited.with(seal, half).contains(&Difference::SealDiffers { number: 1 }));
    // What one seal does not show is laid to no other checkpoint.
    let first = "checkpoints/000/000/000.p7m";
    let is_out_of_order = |difference: &Difference| matches!(difference, Difference::CheckpointOutOfOrder { .. });
    let differences = audited.with(first, half);
    assert!(differences.contains(&Difference::SealDiffers { number: 0 }), "{differences:?}");
    assert!(!differences.iter().any(is_out_of_order), "{differences:?}");
    let of_first = audited.store.read(first).unwrap().unwrap();
    assert!(audited.with(seal, |_| of_first.clone()).contains(&Difference::SealDiffers { number: 1 }));
    let broken = |mut octets: Vec<u8>| {
        // The last octet is one of the token.
        let last = octets.len() - 1;
        octets[last] ^= 1;
        octets
    };
    let differences = audited.with(seal, broken);
    assert!(
        differences.iter().any(|difference| matches!(
            difference,
            Difference::SealNotValid { number: 1, code: Code::NoValidTimestamp }
        )),
        "{differences:?}"
    );
}

#[test]
fn every_rewriting_of_the_log_is_named() {
    let audited = Audited::new();
    let entries = audited.entries();
    assert_eq!(entries.len(), 603);
    assert_eq!(audited.rewritten(entries.clone()), []);
    // Backdated: a leaf that was changed, and one that was put before an old checkpoint.
    let mut changed = entries.clone();
    changed[20] = stranger(9000);
    let differences = audited.rewritten(changed);
    assert_eq!(differences[0], Difference::RootDiffers { number: 0, size: 300 });
    assert!(differences.iter().any(|difference| matches!(difference, Difference::Unexplained { index: 20, .. })));
    assert!(
        differences
            .iter()
            .any(|difference| matches!(difference, Difference::NotLogged { entry, .. } if *entry == stranger(20)))
    );
    let mut inserted = entries.clone();
    inserted.insert(20, stranger(9000));
    assert_eq!(audited.rewritten(inserted)[0], Difference::RootDiffers { number: 0, size: 300 });
    // Removed.
    let mut removed = entries.clone();
    removed.remove(20);
    let differences = audited.rewritten(removed);
    assert_eq!(differences[0], Difference::RootDiffers { number: 0, size: 300 });
    assert!(
        differences.contains(&Difference::EntriesMissing { number: 2, stated: 603, found: 602 }),
        "{differences:?}"
    );
    // Set back.
    let differences = audited.rewritten(entries[..400].to_vec());
    assert!(
        differences.contains(&Difference::EntriesMissing { number: 1, stated: 601, found: 400 }),
        "{differences:?}"
    );
    // Forked after the first checkpoint.
    let forked = entries[..300].iter().copied().chain((0..303).map(|number| stranger(20_000 + number)));
    let differences = audited.rewritten(forked);
    assert_eq!(differences[0], Difference::RootDiffers { number: 1, size: 601 });
}

#[test]
fn a_log_that_takes_up_nothing_any_more_is_not_clean() {
    let audited = Audited::new();
    let mut more = audited.records.clone();
    let at = day(2);
    more.push(ServiceRecord { entry: stranger(5000), at });
    // No checkpoint is later than the record, and the merge delay has passed all the same.
    let (audit, differences) = audited.audit(&audited.store, &more);
    assert_eq!((differences, audit.pending), (vec![Difference::NotLogged { entry: stranger(5000), at }], 1));
}

#[test]
fn what_readers_are_given_is_the_last_checkpoint_that_is_counted() {
    let audited = Audited::new();
    let of_first = audited.store.read("checkpoints/000/000/000").unwrap().unwrap();
    assert_eq!(audited.with("checkpoint", |_| of_first.clone()), [Difference::LastCheckpointDiffers]);
    let counted = |number: &str| {
        let number = number.to_owned();
        audited.with("state", move |octets| {
            let state = String::from_utf8(octets).unwrap();
            let mut lines: Vec<&str> = state.lines().collect();
            assert_eq!(lines[4], "3");
            lines[4] = &number;
            format!("{}\n", lines.join("\n")).into_bytes()
        })
    };
    let differences = counted("2");
    assert!(differences.contains(&Difference::CheckpointNotCounted { number: 2 }), "{differences:?}");
    // Nothing vouches for the number: the audit ends where there is nothing any more.
    let differences = counted("18446744073709551615");
    assert_eq!(differences, [Difference::CheckpointUnreadable { number: 3 }, Difference::LastCheckpointDiffers]);
}

#[test]
fn the_seals_of_checkpoints_hold_the_number_of_the_issuer() {
    let audited = Audited::new();
    let (log, verifier) = (KnownLog::new(audited.logging.policy(2)), audited.logging.verifier(LogRule::Report));
    let another = Issuer::new("Another", "BE/BE/0316380841", Environment::Test).unwrap();
    let mut differences = Vec::new();
    let told = |difference| differences.push(difference);
    Auditor::new(&log, &another, &verifier)
        .audit(&audited.store, audited.records.iter().copied(), later(), told)
        .unwrap();
    let is_of_another = |difference: &&Difference| {
        matches!(difference, Difference::SealNotValid { code: Code::IssuerNotInCertificate, .. })
    };
    assert_eq!(differences.iter().filter(is_of_another).count(), 3, "{differences:?}");
}

/// The certificate of the first TSA ended a month ago. The seals that it stamped are entries of the tree that another one stamped in time.
#[test]
fn seals_outlive_the_certificate_of_their_tsa_by_those_that_follow() {
    let stamped = |last_by_era: bool| {
        let logging = Logging::new();
        let era = Era::new(&KeyKind::EcP256, now() - Duration::days(1), day(10));
        let (mut log, mut records) = (logging.open(MemoryStore::default()), Vec::new());
        for number in 0..3 {
            let at = day(i64::try_from(number).unwrap());
            let record = ServiceRecord { entry: stranger(number), at };
            log.append(record.entry, at).unwrap();
            records.push(record);
            log.integrate().unwrap();
            log.begin_checkpoint(&logging.signer, at).unwrap();
            log.seal(&logging.service.sealer, at).unwrap();
            let stamped = at + Duration::seconds(2);
            let by_era = number < 2 || last_by_era;
            log.stamp(&if by_era { era.pool(&logging.service, stamped) } else { pool(logging.service.tsa(stamped)) })
                .unwrap();
            for witness in &logging.witnesses {
                log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
            }
            log.publish(&logging.policy(2)).unwrap();
        }
        ((logging, era), log.into_store(), records)
    };
    let audit = |of: &(Logging, Era), store: &MemoryStore, records: &[ServiceRecord], now: DateTime<Utc>| {
        let (logging, era) = of;
        let verifier = crate::common::eras::verifier(&logging.service, &[era]);
        let (log, issuer) = (KnownLog::new(logging.policy(2)), logging.service.sealer.issuer().clone());
        let mut differences = Vec::new();
        let told = |difference| differences.push(difference);
        Auditor::new(&log, &issuer, &verifier).audit(store, records.iter().copied(), now, told).unwrap();
        differences
    };
    let (of, store, records) = stamped(false);
    assert_eq!(audit(&of, &store, &records, day(5)), []);
    assert_eq!(audit(&of, &store, &records, day(40)), []);
    let not_valid = |number| Difference::SealNotValid { number, code: Code::NoValidTimestamp };
    // Nothing shows that another seal over the first checkpoint was there before that end.
    let first = String::from_utf8(store.read("checkpoints/000/000/000").unwrap().unwrap()).unwrap();
    let first = SignedCheckpoint::parse(first.as_bytes()).unwrap();
    let (logging, era) = &of;
    let again = logging.service.sealer.seal_checkpoint(first.checkpoint(), day(0)).unwrap();
    let again = again.stamp_with(&era.pool(&logging.service, day(0) + Duration::seconds(3))).unwrap();
    let mut exchanged = store.clone();
    let path = "checkpoints/000/000/000.p7m".to_owned();
    exchanged.write(&[StoredFile { path, octets: again.der().to_vec() }]).unwrap();
    assert!(audit(&of, &exchanged, &records, day(40)).contains(&not_valid(0)));
    // Nor does anything where the last one has ended too.
    let (of, store, records) = stamped(true);
    let differences = audit(&of, &store, &records, day(40));
    assert!((0..3).all(|number| differences.contains(&not_valid(number))), "{differences:?}");
}

/// A service audits its log by its trail: each record of an issue, with the proof inside or its id, is an entry.
#[test]
fn records_of_a_trail_are_what_the_log_should_have() {
    let service = Logging::new().service;
    let sending = crate::common::sending();
    let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap();
    let proof = service.proof_of(&committed.into_parts().0);
    let issued = |proof| Record::proof_issued(Occurrence::at(day(1)).unwrap(), proof, Event::SubmissionAcceptance);
    let source = Source::of(service.sealer.issuer(), "mailbox").unwrap();
    let mut trail = Trail::begin(&source, Vec::new());
    // A log has the batch of an aggregated proof, and not each of its proofs.
    let item = service.sealer.aggregate_item(proof.stated().clone(), now()).unwrap();
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    leaves.add(&item).unwrap();
    let batch = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), now()).unwrap();
    let aggregated = batch.stamp_with(&pool(service.tsa(now()))).unwrap().proof(item).unwrap();
    let of_another = Record::proof_received(
        Occurrence::at(day(1)).unwrap(),
        ProofReference::id(proof.id()),
        Event::SubmissionAcceptance,
    );
    for record in [
        issued(ProofReference::id(proof.id())),
        issued(ProofReference::embedded(&proof).unwrap()),
        issued(ProofReference::embedded(&aggregated).unwrap()),
        of_another,
    ] {
        trail.append(&record, day(1)).unwrap();
    }
    trail.commit().unwrap();
    let lines = trail.into_sink();
    let (mut reader, mut records) = (LineReader::new(&lines[..]), Vec::new());
    while let Some(line) = reader.next_line().unwrap() {
        let Content::Entry(entry) = line.content else { panic!("{line:?}") };
        records.push(entry.record().service_record());
    }
    let expected = Some(ServiceRecord { entry: proof.id().into(), at: day(1) });
    assert_eq!(records, [expected, expected, None, None]);
}
