//! These tests ask what a log keeps when something fails, and what it refuses.

use std::io;

use crate::common::evidence_log::{Logging, ORIGIN, cosigned_at, stranger};
use crate::common::{now, pool};
use chrono::{Duration, TimeDelta};
use recommande::log::{CosignatureError, EvidenceLog, Integration, LogError, MemoryStore, Store, StoredFile};
use recommande::recommande_tlog::Hash;
use recommande::recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande::recommande_tlog::note::NoteText;
use recommande::recommande_tlog::tree::{MemoryTree, verify_inclusion};
use recommande::recommande_tlog::witness::{Answer, AnswerError, WitnessClient, WitnessError};
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Artifact, CheckpointSeal, DecodeError, ProfileViolation, SealError};
use recommande::testing::{Answers, Misbehaviour};

fn open<S: Store>(store: S) -> Result<EvidenceLog<S>, LogError> {
    EvidenceLog::open(store, ORIGIN.parse().unwrap())
}

/// A store that fails for good after so many files, as a machine does that loses its power.
struct Failing<'s> {
    store: &'s mut MemoryStore,
    left: usize,
}

impl Store for Failing<'_> {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.store.read(path)
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        for file in files {
            self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::Other)?;
            self.store.write(std::slice::from_ref(file))?;
        }
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> io::Result<()> {
        for path in paths {
            self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::Other)?;
            self.store.remove(std::slice::from_ref(path))?;
        }
        Ok(())
    }
}

#[test]
fn what_was_integrated_survives_a_stop_at_any_file() {
    let mut finished = false;
    for stop in 0..400 {
        let mut store = MemoryStore::default();
        let mut acknowledged = 0;
        let work = |store: &mut MemoryStore, acknowledged: &mut u64| -> Result<(), LogError> {
            let mut log = open(Failing { store, left: stop })?;
            for batch in [1_u64, 3, 255, 1, 300, 2] {
                for number in 0..batch {
                    log.append(stranger(*acknowledged + number), now())?;
                }
                *acknowledged = log.integrate()?.size();
            }
            Ok(())
        };
        finished = work(&mut store, &mut acknowledged).is_ok();
        let log = open(store).unwrap();
        // The last call may have reached its end without being able to say so.
        assert!(log.head().size() >= acknowledged, "{stop}: {} of {acknowledged}", log.head().size());
        let mut tree = MemoryTree::new();
        (0..log.head().size()).for_each(|number| tree.append(stranger(number).leaf()).unwrap());
        assert_eq!(*log.head(), tree.head(), "{stop}");
    }
    assert!(finished);
}

#[test]
fn a_checkpoint_is_published_once_wherever_the_process_stops() {
    let logging = Logging::new();
    let mut finished = false;
    for stop in 0..40 {
        let mut store = logging.log((0..3).map(stranger)).into_store();
        let publish = |log: &mut EvidenceLog<Failing<'_>>| -> Result<(), LogError> {
            log.begin_checkpoint(&logging.signer, cosigned_at())?;
            log.seal(&logging.service.sealer, cosigned_at())?;
            log.stamp(&pool(logging.service.tsa(cosigned_at())))?;
            for witness in &logging.witnesses {
                match log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)) {
                    Ok(()) => {}
                    Err(CosignatureError::Log(error)) => return Err(error),
                    Err(other) => panic!("{other}"),
                }
            }
            log.publish(&logging.policy(2))?;
            log.integrate()?;
            Ok(())
        };
        let first = open(Failing { store: &mut store, left: stop }).and_then(|mut log| publish(&mut log));
        finished = first.is_ok();
        let mut log = open(Failing { store: &mut store, left: usize::MAX }).unwrap();
        // One that is under way goes on, also when its readers see it already.
        if log.pending().is_some() || log.published().is_none() {
            publish(&mut log).unwrap();
        }
        log.integrate().unwrap();
        assert_eq!(log.published().unwrap().checkpoint().head().size(), 3, "{stop}: {first:?}");
        // Its seal is an entry of the next tree, once.
        assert_eq!(log.head().size(), 4, "{stop}: {first:?}");
        let error =
            log.begin_checkpoint(&logging.signer, cosigned_at()).map(|pending| pending.checkpoint().head().size());
        assert_eq!(error.unwrap(), 4);
    }
    assert!(finished);
}

#[test]
fn a_late_cosignature_closes_no_log_whose_publication_was_stopped() {
    let logging = Logging::new();
    let cosign = |log: &mut EvidenceLog<Failing<'_>>, witness: usize| {
        let witness = &logging.witnesses[witness];
        log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
    };
    let mut before = logging.log((0..3).map(stranger)).into_store();
    let mut log = open(Failing { store: &mut before, left: usize::MAX }).unwrap();
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    log.seal(&logging.service.sealer, cosigned_at()).unwrap();
    log.stamp(&pool(logging.service.tsa(cosigned_at()))).unwrap();
    (0..2).for_each(|witness| cosign(&mut log, witness));
    drop(log);
    let mut seen = 0;
    for stop in 0..8 {
        let mut store = before.clone();
        let _ = open(Failing { store: &mut store, left: stop }).unwrap().publish(&logging.policy(2));
        // Readers see it, and the state does not count it yet.
        let is_stopped = store.read("checkpoint").unwrap().is_some()
            && store.read("state").unwrap() == before.read("state").unwrap();
        for again in (0..8).filter(|_| is_stopped) {
            let mut store = store.clone();
            let mut log = open(Failing { store: &mut store, left: usize::MAX }).unwrap();
            cosign(&mut log, 2);
            drop(log);
            let _ = open(Failing { store: &mut store, left: again }).unwrap().publish(&logging.policy(3));
            let log = open(Failing { store: &mut store, left: usize::MAX }).unwrap();
            assert_eq!(log.published().unwrap().checkpoint().head().size(), 3, "{stop} {again}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_trip_that_fails_loses_nothing() {
    let logging = Logging::new();
    let mut log = logging.log((0..3).map(stranger));
    assert!(matches!(log.seal(&logging.service.sealer, now()), Err(LogError::NoCheckpoint)));
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    assert!(matches!(log.stamp(&TsaPool::new()), Err(LogError::SealState)));
    log.seal(&logging.service.sealer, cosigned_at()).unwrap();
    let down = logging.service.tsa(cosigned_at()).with_misbehaviour(Misbehaviour::WrongImprint);
    assert!(matches!(log.stamp(&pool(down)), Err(LogError::Timestamp(_))));
    let [first, second, third] = logging.witnesses.as_slice() else { panic!() };
    first.set_answers(Answers::Nothing);
    let error = log.cosign(&WitnessClient::new(first.witness().unwrap(), first)).unwrap_err();
    assert!(matches!(error, CosignatureError::Witness(WitnessError::Transport(_))), "{error}");
    log.cosign(&WitnessClient::new(second.witness().unwrap(), second)).unwrap();
    let unstamped = log.pending().unwrap().unstamped().unwrap().der().to_vec();
    // In another process, with entries that came meanwhile.
    let mut log = logging.open(log.into_store());
    log.append(stranger(3), now()).unwrap();
    log.integrate().unwrap();
    assert_eq!(log.pending().unwrap().unstamped().unwrap().der(), unstamped);
    assert_eq!(log.pending().unwrap().note().note().signatures().len(), 2);
    assert!(matches!(log.publish(&logging.policy(2)), Err(LogError::SealState)));
    log.stamp(&pool(logging.service.tsa(cosigned_at()))).unwrap();
    let mut log = logging.open(log.into_store());
    assert!(matches!(log.publish(&logging.policy(2)), Err(LogError::NotAccepted(_))));
    log.cosign(&WitnessClient::new(third.witness().unwrap(), third)).unwrap();
    // A witness that has cosigned is not asked again.
    third.set_answers(Answers::Nothing);
    log.cosign(&WitnessClient::new(third.witness().unwrap(), third)).unwrap();
    log.publish(&logging.policy(2)).unwrap();
    assert_eq!(log.published().unwrap().checkpoint().head().size(), 3);
    assert!(matches!(log.prove(3), Err(LogError::NotPublished { index: 3 })));
    let proof = log.prove(2).unwrap();
    let head = proof.checkpoint().checkpoint().head();
    verify_inclusion(head, 2, &stranger(2).leaf(), proof.hashes()).unwrap();
    assert_eq!((log.head().size(), log.waiting()), (4, 1));
}

#[test]
fn a_witness_that_refuses_says_why() {
    let logging = Logging::new();
    let mut log = logging.log((0..3).map(stranger));
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    let witness = &logging.witnesses[0];
    let mut ask = |answer: Answer| {
        witness.set_answers(Answers::Always(answer));
        match log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap_err() {
            CosignatureError::Witness(error) => error,
            other => panic!("{other}"),
        }
    };
    let answer = |status, content_type: &str, body: &str| Answer {
        status,
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
    };
    let size = "text/x.tlog.size";
    assert!(matches!(ask(answer(409, size, "7\n")), WitnessError::Ahead { last: 7, size: 3 }));
    assert!(matches!(ask(answer(409, size, "0\n")), WitnessError::Contradiction { last: 0 }));
    let error = ask(answer(409, "text/html", "<html>"));
    assert!(matches!(error, WitnessError::Answer(AnswerError::ConflictWithoutSize)));
    let error = ask(answer(409, size, "07\n"));
    assert!(matches!(error, WitnessError::Answer(AnswerError::ConflictWithoutSize)));
    assert!(matches!(ask(answer(404, "", "")), WitnessError::Answer(AnswerError::UnknownLog)));
    assert!(matches!(ask(answer(422, "", "")), WitnessError::Answer(AnswerError::Inconsistent)));
    let many = "\u{2014} witness.example/1 AAAAAAAA\n".repeat(10_000);
    assert!(matches!(ask(answer(200, "", &many)), WitnessError::Answer(AnswerError::Lines(_))));
    // Somebody else's line is no cosignature of this witness.
    let other = log.pending().unwrap().note().note().signatures()[0].to_line();
    witness.set_answers(Answers::Always(answer(200, "", &other)));
    assert!(log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).is_err());
    assert_eq!(log.pending().unwrap().note().note().signatures().len(), 1);
    // Nothing of this is kept.
    witness.set_answers(Answers::Judging);
    log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
}

#[test]
fn entries_are_due_by_number_or_by_time() {
    let logging = Logging::new();
    let integration = Integration { count: 3, delay: TimeDelta::seconds(5) };
    let mut log = logging.open(MemoryStore::default()).with_integration(integration);
    assert!(!log.is_due(now() + Duration::days(1)));
    assert_eq!(log.append(stranger(0), now()).unwrap(), 0);
    assert!(!log.is_due(now() + Duration::seconds(4)) && log.is_due(now() + Duration::seconds(5)));
    // A clock that goes back makes nothing due.
    assert!(!log.is_due(now() - Duration::days(1)));
    assert_eq!(log.append(stranger(1), now()).unwrap(), 1);
    assert_eq!(log.append(stranger(2), now()).unwrap(), 2);
    assert!(log.is_due(now()));
    assert_eq!(log.integrate().unwrap().size(), 3);
    assert!(!log.is_due(now() + Duration::days(1)));
    logging.checkpoint(&mut log);
    // The seal of the checkpoint waits for others.
    assert!(log.waiting() == 1 && !log.is_due(now() + Duration::days(1)));
    assert_eq!(log.append(stranger(3), now()).unwrap(), 4);
    assert!(log.is_due(now() + Duration::days(1)));
    log.integrate().unwrap();
    assert!(open(log.into_store()).unwrap().published().is_some());
}

#[test]
fn a_store_that_was_changed_is_refused_by_name() {
    let logging = Logging::new();
    let mut log = logging.log((0..300).map(stranger));
    let before = log.store().clone();
    logging.checkpoint(&mut log);
    log.append(stranger(300), now()).unwrap();
    log.integrate().unwrap();
    let store = log.into_store();
    let changed = |path: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let mut store = store.clone();
        let octets = change(store.read(path).unwrap().unwrap_or_else(|| panic!("{path}")));
        store.write(&[StoredFile { path: path.to_owned(), octets }]).unwrap();
        open(store).map(|_| ()).unwrap_err()
    };
    let half = |octets: Vec<u8>| octets[..octets.len() / 2].to_vec();
    let error = changed("tile/0/001.p/46", &half);
    assert!(error.to_string().contains("tile/0/001.p/46 with 736 octets"), "{error}");
    let error = changed("tile/1/000.p/1", &|_| vec![0; 32]);
    assert!(matches!(error, LogError::Tiles(_)), "{error}");
    let error = changed("tile/entries/001.p/46", &half);
    assert!(error.to_string().starts_with("tile/entries/001.p/46: "), "{error}");
    assert!(matches!(changed("state", &half), LogError::State));
    let error = changed("checkpoints/000/000/000", &half);
    assert!(matches!(error, LogError::UnknownCheckpoint { published: 1 }), "{error}");
    let published = store.read("checkpoint").unwrap().unwrap();
    assert!(SignedCheckpoint::parse(&published).is_ok());
    // The whole log was set back, but for what readers have seen.
    let mut set_back = logging.log((0..10).map(stranger)).into_store();
    let copied = ["checkpoint", "checkpoint.p7m", "checkpoints/000/000/000", "checkpoints/000/000/000.p7m"]
        .map(|path| StoredFile { path: path.to_owned(), octets: store.read(path).unwrap().unwrap() });
    set_back.write(&copied).unwrap();
    let error = open(set_back).unwrap_err();
    assert!(matches!(error, LogError::SetBack { integrated: 10, signed: 300 }), "{error}");
    // It goes on from the copy before the checkpoint with the same beginning, and a witness cosigns. It refuses another beginning.
    let mut forked = logging.open(before);
    forked.append(stranger(1000), now()).unwrap();
    forked.integrate().unwrap();
    forked.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    let witness = &logging.witnesses[0];
    assert_eq!(witness.latest().size(), 300);
    forked.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
    let mut rewritten = logging.log((500..900).map(stranger));
    rewritten.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    let error = rewritten.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap_err();
    assert!(matches!(error, CosignatureError::Witness(WitnessError::Answer(AnswerError::Inconsistent))), "{error}");
    // A tree with another beginning than the published checkpoint's.
    let mut other = logging.log((700..1100).map(stranger)).into_store();
    other.write(&copied).unwrap();
    assert!(matches!(open(other).unwrap_err(), LogError::Rewritten { size: 300 }));
    assert!(matches!(EvidenceLog::open(store, "log.example/other".parse().unwrap()), Err(LogError::AnotherLog)));
}

/// A store that two processes have open, and that removes nothing.
#[derive(Clone, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<MemoryStore>>);

impl Store for Shared {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.borrow().read(path)
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        self.0.borrow_mut().write(files)
    }

    fn remove(&mut self, _: &[String]) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn a_second_writer_is_noticed_before_anything_is_signed() {
    let (logging, store) = (Logging::new(), Shared::default());
    let (mut first, mut second) = (logging.open(store.clone()), logging.open(store.clone()));
    first.append(stranger(1), now()).unwrap();
    second.append(stranger(2), now()).unwrap();
    first.integrate().unwrap();
    assert!(matches!(second.integrate(), Err(LogError::AnotherWriter)));
    assert!(matches!(second.begin_checkpoint(&logging.signer, now()), Err(LogError::AnotherWriter)));
    // What cannot be removed is no error: all is done.
    logging.checkpoint(&mut first);
    first.append(stranger(3), now()).unwrap();
    first.integrate().unwrap();
    let mut again = logging.open(store.clone());
    assert!(again.pending().is_none() && again.published().is_some());
    logging.checkpoint(&mut again);
    assert_eq!(logging.open(store).published().unwrap().checkpoint().head().size(), 3);
}

#[test]
fn a_store_that_was_set_back_as_a_whole_is_seen_by_what_is_kept_elsewhere() {
    let logging = Logging::new();
    let mut log = logging.log((0..10).map(stranger));
    logging.checkpoint(&mut log);
    let backup = log.store().clone();
    log.append(stranger(10), now()).unwrap();
    log.integrate().unwrap();
    logging.checkpoint(&mut log);
    let kept_elsewhere = log.published().unwrap().clone();
    let opened = || logging.open(backup.clone());
    let error = opened().with_last_known(&kept_elsewhere).unwrap_err();
    assert!(matches!(error, LogError::SetBack { integrated: 10, signed: 12 }), "{error}");
    let mut forked = opened();
    (0..5).for_each(|number| {
        forked.append(stranger(100 + number), now()).unwrap();
    });
    forked.integrate().unwrap();
    let error = forked.with_last_known(&kept_elsewhere).unwrap_err();
    assert!(matches!(error, LogError::Rewritten { size: 12 }), "{error}");
    let log = logging.open(log.into_store()).with_last_known(&kept_elsewhere).unwrap();
    // The file that says how far the log goes is gone, before and after the first checkpoint.
    for log in [log, logging.log([stranger(1)])] {
        let mut store = log.into_store();
        store.remove(&["state".to_owned()]).unwrap();
        assert!(matches!(open(store), Err(LogError::State)));
    }
    let mut store = backup;
    store.remove(&["checkpoint".to_owned()]).unwrap();
    assert!(matches!(open(store), Err(LogError::Missing { .. })));
}

/// A later build may know more kinds.
#[test]
fn an_entry_of_no_known_kind_is_named() {
    let entry = [9; 33];
    let leaf = Hash::leaf(&entry);
    let files = [
        ("tile/0/000.p/1", leaf.as_bytes().to_vec()),
        ("tile/entries/000.p/1", [&[0, 33][..], &entry].concat()),
        ("state", format!("recommande-log/1\n{ORIGIN}\n1\n{leaf}\n0\n0\n").into_bytes()),
    ];
    let mut store = MemoryStore::default();
    store.write(&files.map(|(path, octets)| StoredFile { path: path.to_owned(), octets })).unwrap();
    let error = open(store).unwrap_err();
    assert!(matches!(error, LogError::Entry { index: 0 }), "{error}");
}

/// Whoever has lost the proof of an entry makes it again by the checkpoint that kept the merge delay.
#[test]
fn a_proof_leads_to_the_checkpoint_that_the_caller_names() {
    let logging = Logging::new();
    let mut log = logging.log((0..300).map(stranger));
    logging.checkpoint(&mut log);
    for days in 1..=2 {
        (0..300).for_each(|number| {
            log.append(stranger(1000 * u64::try_from(days).unwrap() + number), now()).unwrap();
        });
        log.integrate().unwrap();
        logging.checkpoint_at(&mut log, cosigned_at() + Duration::days(days));
    }
    let log = logging.open(log.into_store());
    let by_last = log.prove(7).unwrap();
    let heads: Vec<_> = (0..3)
        .map(|number| {
            let proof = log.prove_in(7, number).unwrap();
            let head = *proof.checkpoint().checkpoint().head();
            verify_inclusion(&head, 7, &stranger(7).leaf(), proof.hashes()).unwrap();
            logging.policy(2).verify_checkpoint(proof.checkpoint()).unwrap();
            let seal = CheckpointSeal::from_der(proof.extra().unwrap()).unwrap();
            assert_eq!(seal.checkpoint(), proof.checkpoint().checkpoint());
            head.size()
        })
        .collect();
    assert_eq!((heads, log.prove_in(7, 2).unwrap()), (vec![300, 601, 902], by_last));
    // The seal of the first checkpoint is the entry 600 or 601: what is behind the second is in the third.
    let first = [0, 299, 300, 600, 601, 901, 902].map(|index| log.first_checkpoint_of(index).unwrap());
    assert_eq!(first, [Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), None]);
    for (index, checkpoint) in [(300, 0), (7, 3), (902, 2)] {
        assert!(matches!(log.prove_in(index, checkpoint), Err(LogError::NotPublished { .. })));
    }
    let mut store = log.into_store();
    store.remove(&["checkpoints/000/000/000.p7m".to_owned()]).unwrap();
    assert!(matches!(logging.open(store).prove_in(7, 0), Err(LogError::Missing { .. })));
}

#[test]
fn a_checkpoint_under_way_is_mended_and_not_stuck() {
    use recommande::log::LogSigner;
    use recommande::seal::CheckpointSeal;
    let logging = Logging::new();
    let mut log = logging.log([stranger(1)]);
    let old: LogSigner = crate::common::evidence_log::signer(9);
    log.begin_checkpoint(&old, cosigned_at()).unwrap();
    // The log has another key now.
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    logging.policy_without_witnesses().verify_checkpoint(log.pending().unwrap().note()).unwrap();
    let witness = &logging.witnesses[0];
    log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
    // The store has damaged two lines.
    let mut store = log.into_store();
    let note = String::from_utf8(store.read("next/checkpoint").unwrap().unwrap()).unwrap();
    let damaged = note.lines().map(|line| match line.strip_prefix('\u{2014}') {
        Some(line) => format!("\u{2014}{}AAAA{}\n", &line[..line.len() - 12], &line[line.len() - 8..]),
        None => format!("{line}\n"),
    });
    let damaged = damaged.collect::<String>().into_bytes();
    store.write(&[StoredFile { path: "next/checkpoint".to_owned(), octets: damaged }]).unwrap();
    let mut log = logging.open(store);
    logging.policy(1).verify_checkpoint(log.pending().unwrap().note()).unwrap_err();
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
    logging.policy(1).verify_checkpoint(log.pending().unwrap().note()).unwrap();
    // A seal counts with its timestamp, and no other one takes its place.
    log.seal(&logging.service.sealer, cosigned_at()).unwrap();
    let unstamped = log.pending().unwrap().unstamped().unwrap().clone();
    assert!(matches!(log.put_seal(unstamped.as_artifact().clone()), Err(LogError::SealState)));
    let tsa = || pool(logging.service.tsa(cosigned_at()));
    let checkpoint = log.pending().unwrap().checkpoint().clone();
    let resealed = logging.service.sealer.seal_checkpoint(&checkpoint, cosigned_at() + Duration::seconds(1)).unwrap();
    let other: CheckpointSeal =
        resealed.stamp_with(&pool(logging.service.tsa(cosigned_at() + Duration::seconds(2)))).unwrap();
    assert!(matches!(log.put_seal(other), Err(LogError::SealDiffers)));
    log.put_seal(unstamped.stamp_with(&tsa()).unwrap()).unwrap();
    log.publish(&logging.policy(1)).unwrap();
    assert!(log.prove(0).is_ok());
}

#[test]
fn a_witness_does_not_fill_the_note() {
    let logging = Logging::new();
    let mut log = logging.log([stranger(1)]);
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    let (witness, note) = (&logging.witnesses[0], log.pending().unwrap().note().clone());
    let lines = (0..90).map(|second| {
        let again = Logging::new();
        again.witnesses[0].set_time(cosigned_at() + Duration::seconds(second));
        let mut log = again.log([stranger(1)]);
        log.begin_checkpoint(&again.signer, cosigned_at()).unwrap();
        log.cosign(&WitnessClient::new(witness.witness().unwrap(), &again.witnesses[0])).unwrap();
        log.pending().unwrap().note().note().signatures()[1].to_line()
    });
    let body = lines.collect::<String>().into_bytes();
    witness.set_answers(Answers::Always(Answer { status: 200, content_type: None, body }));
    log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
    assert_eq!(log.pending().unwrap().note().note().signatures().len(), note.note().signatures().len() + 1);
}

#[test]
fn only_the_tiles_that_are_needed_are_kept() {
    let logging = Logging::new();
    let mut log = logging.log((0..255).map(stranger));
    logging.checkpoint(&mut log);
    for number in 255..270 {
        log.append(stranger(number), now()).unwrap();
        log.integrate().unwrap();
    }
    logging.checkpoint(&mut log);
    let head = *log.head();
    let partial: Vec<&str> = log.store().paths().filter(|path| path.contains(".p/")).collect();
    assert_eq!(partial, ["tile/0/001.p/15", "tile/1/000.p/1", "tile/entries/001.p/15"]);
    for index in [0, 254, 255, 270] {
        let proof = log.prove(index).unwrap();
        assert_eq!(proof.checkpoint().checkpoint().head(), &head);
    }
}

#[test]
fn a_log_signs_by_either_algorithm() {
    use recommande::log::LogSigner;
    use recommande::recommande_tlog::MlDsa44PrivateKey;
    use recommande::recommande_tlog::policy::LogPolicy;
    let key = MlDsa44PrivateKey::from_seed(&[5; 32]).unwrap();
    let signer = LogSigner::new(ORIGIN.parse().unwrap(), Box::new(key)).unwrap();
    let logging = Logging::new();
    let mut log = logging.log([stranger(1)]);
    log.begin_checkpoint(&signer, cosigned_at()).unwrap();
    let policy = LogPolicy::new(ORIGIN.parse().unwrap(), [signer.verifier_key().clone()]).unwrap();
    policy.verify_checkpoint(log.pending().unwrap().note()).unwrap();
}

#[cfg(feature = "fs")]
mod folders {
    use super::*;
    use recommande::log::{LogFolder, LogFolderError};

    fn folder(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("recommande-log-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn a_folder_has_one_writer_and_keeps_what_was_acknowledged() {
        let (logging, path) = (Logging::new(), folder("one-writer"));
        let mut log = logging.open(LogFolder::open(&path).unwrap());
        (0..300).for_each(|number| {
            log.append(stranger(number), now()).unwrap();
        });
        log.integrate().unwrap();
        assert!(matches!(LogFolder::open(&path), Err(LogFolderError::InUse)));
        logging.checkpoint(&mut log);
        let proof = log.prove(299).unwrap();
        drop(log);
        // What a kill left half written beside its place is of no account.
        std::fs::write(path.join("tile/0/001.p/44.unfinished"), b"half").unwrap();
        let log = logging.open(LogFolder::open(&path).unwrap());
        assert_eq!(log.prove(299).unwrap(), proof);
        assert_eq!(log.waiting(), 1);
        let mut log = log;
        log.integrate().unwrap();
        assert_eq!(log.head().size(), 301);
        drop(log);
        std::fs::write(path.join("tile/0/001.p/45"), b"half").unwrap();
        let error = open(LogFolder::open(&path).unwrap()).unwrap_err();
        assert!(error.to_string().contains("tile/0/001.p/45 with 4 octets"), "{error}");
        std::fs::remove_dir_all(&path).unwrap();
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let path = folder("paths");
        let mut store = LogFolder::open(&path).unwrap();
        for wrong in
            ["", "..", "../state", "tile/../../state", "/etc/passwd", "tile//0", "a\\b", ".hidden", "tile/\u{2024}"]
        {
            assert_eq!(store.read(wrong).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{wrong}");
            let file = StoredFile { path: wrong.to_owned(), octets: Vec::new() };
            assert_eq!(store.write(&[file]).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{wrong}");
        }
        assert_eq!(store.read("tile/0/000").unwrap(), None);
        std::fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_seal_for_which_no_tsa_answered_in_time_is_made_anew() {
    let logging = Logging::new();
    let mut log = logging.log([stranger(1)]);
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    let sealer = &logging.service.sealer;
    log.seal(sealer, cosigned_at()).unwrap();
    let first = log.pending().unwrap().unstamped().unwrap().der().to_vec();
    log.seal(sealer, cosigned_at() + Duration::hours(24)).unwrap();
    assert_eq!(log.pending().unwrap().unstamped().unwrap().der(), first);
    // No TSA answered for a day.
    let late = cosigned_at() + Duration::hours(25);
    assert!(matches!(log.stamp(&pool(logging.service.tsa(late))), Err(LogError::Timestamp(_))));
    let mut log = logging.open(log.into_store());
    log.seal(sealer, late).unwrap();
    assert_ne!(log.pending().unwrap().unstamped().unwrap().der(), first);
    log.stamp(&pool(logging.service.tsa(late))).unwrap();
    let mut log = logging.open(log.into_store());
    log.publish(&logging.policy_without_witnesses()).unwrap();
    // A seal with its timestamp stays.
    log.append(stranger(2), now()).unwrap();
    log.integrate().unwrap();
    log.begin_checkpoint(&logging.signer, late).unwrap();
    log.seal(sealer, late).unwrap();
    log.stamp(&pool(logging.service.tsa(late))).unwrap();
    let stamped = log.pending().unwrap().seal().unwrap().der().to_vec();
    log.seal(sealer, late + Duration::days(2)).unwrap();
    assert_eq!(log.pending().unwrap().seal().unwrap().der(), stamped);
}

/// Extension lines are covered by no cosignature of ML-DSA-44.
#[test]
fn a_checkpoint_with_extension_lines_and_a_seal_over_none_are_refused() {
    let service = Logging::new().service;
    let checkpoint = |extension: &str| {
        let root = format!("{}=", "A".repeat(43));
        Checkpoint::parse(&NoteText::new(&format!("{ORIGIN}\n1\n{root}\n{extension}")).unwrap()).unwrap()
    };
    let extended = checkpoint("extension\n");
    assert!(matches!(service.sealer.seal_checkpoint(&extended, now()), Err(SealError::CheckpointExtensions)));
    assert!(matches!(service.sealer.prepare_checkpoint(&extended, now()), Err(SealError::CheckpointExtensions)));
    let sealed = service.sealer.seal_checkpoint(&checkpoint(""), now()).unwrap();
    assert!(CheckpointSeal::from_der(sealed.der()).is_ok());
    let refused = CheckpointSeal::from_der(service.proof().der()).unwrap_err();
    assert!(matches!(refused, DecodeError::Profile(ProfileViolation::NoCheckpoint)), "{refused:?}");
}
