//! A database that goes away, refuses, or is set otherwise than by default: named, and nothing lost.

mod support;

use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::Utc;
use recommande::TsaPool;
use recommande::testing::TestTsa;
use recommande_scale_out::postgres::{Database, PostgresStore, PostgresWork, both, create_tables};
use recommande_scale_out::{
    Completed, Ended, EngineError, Fault, FolderStore, Inserted, Item, Key, Proven, Reason, Rejection, SealDigest,
    Settings, Stop, Store, Stored, Verdict, Work, Worker,
};
use support::Folder;
use support::database::Server;
use support::letters::{Service, sending};
use support::skipped;

const MANY: NonZeroUsize = NonZeroUsize::new(1000).unwrap();
const BRIEFLY: Duration = Duration::from_millis(100);

fn server(name: &str) -> Option<Server> {
    Server::start(name).map_err(|why| skipped("a database that goes away", &why)).ok()
}

fn items(service: &Service, count: usize) -> Vec<Item> {
    (0..count).map(|number| service.item(&sending(number, Utc::now()))).collect()
}

fn settings(service: &Service) -> Settings {
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&service.pki));
    Settings::new(service.sealer(), tsas, Utc::now)
        .with_batches(MANY, BRIEFLY)
        .with_engine_pauses(Duration::from_millis(10), BRIEFLY)
}

fn proofs(database: &Database, items: &[Item]) -> usize {
    let keys: Vec<Key> = items.iter().map(|item| Key::Item(item.evidence_identifier())).collect();
    let stored = PostgresStore::new(database).get(&keys).unwrap();
    stored.iter().filter(|stored| matches!(stored, Some(Stored::Proof(_)))).count()
}

/// Ends all sessions but that of the test, as an administrator or a fail-over does.
fn end_sessions(client: &mut postgres::Client) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    client.execute(end, &[]).unwrap();
}

#[test]
fn a_session_that_ends_in_a_transaction_gives_its_items_to_the_next_worker() {
    let Some(server) = server("lost-sessions") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    let items = items(&service, 5);
    PostgresWork::new(&database).put(&items).unwrap();
    let (mut work, mut store) = both(&database);
    let taken = work.next(MANY, BRIEFLY).unwrap();
    assert_eq!(taken.len(), 5);
    // Nobody else gets them, and nobody waits for them.
    assert!(PostgresWork::new(&database).next(MANY, BRIEFLY).unwrap().is_empty());
    assert!(store.get(&[Key::Item(items[0].evidence_identifier())]).unwrap()[0].is_none());
    end_sessions(&mut server.client());
    let settled: Vec<_> = taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect();
    // Settled once more, they are not its own any longer, and have no proof.
    for time in 1..=2 {
        let error = work.settle(settled.clone()).unwrap_err();
        assert_eq!(error.fault(), Fault::Unreachable, "{time}: {error}");
    }
    assert_eq!(PostgresWork::new(&database).waiting().unwrap(), 5);
    let mut worker = Worker::new(work, store, settings(&service));
    assert_eq!(worker.drain(&Stop::new()), Ended::Empty);
    assert_eq!((worker.counters().proven, proofs(&database, &items)), (5, 5));
}

#[test]
fn what_fails_between_taking_and_settling_frees_the_items() {
    type Ask = fn(&mut PostgresWork, &mut PostgresStore) -> Result<(), EngineError>;
    let Some(server) = server("between") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    PostgresWork::new(&database).put(&items(&service, 5)).unwrap();
    let asks: [(&str, Ask); 4] = [
        ("waiting", |work, _| work.waiting().map(|_| ())),
        ("put", |work, _| work.put(&[])),
        ("complete", |_, store| store.complete(Vec::new()).map(|_| ())),
        ("reject", |_, store| store.reject(&[])),
    ];
    for (name, ask) in asks {
        let (mut work, mut store) = both(&database);
        let taken = work.next(MANY, BRIEFLY).unwrap();
        assert_eq!(taken.len(), 5, "{name}");
        end_sessions(&mut server.client());
        assert!(ask(&mut work, &mut store).is_err(), "{name}");
        let settled = taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect();
        assert!(work.settle(settled).is_err(), "{name}");
        assert_eq!(work.waiting().unwrap(), 5, "{name}");
    }
}

#[test]
fn sessions_that_end_all_the_time_lose_nothing() {
    let Some(server) = server("ended-sessions") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    let items = items(&service, 60);
    PostgresWork::new(&database).put(&items).unwrap();
    let (work, store) = both(&database);
    let few = NonZeroUsize::new(3).unwrap();
    let mut worker = Worker::new(work, store, settings(&service).with_batches(few, BRIEFLY));
    let stop = Stop::new();
    std::thread::scope(|scope| {
        let asked = stop.clone();
        let working = scope.spawn(move || {
            worker.run(&asked);
            worker.counters()
        });
        let mut client = server.client();
        for _ in 0..30 {
            std::thread::sleep(Duration::from_millis(30));
            end_sessions(&mut client);
        }
        while PostgresWork::new(&database).waiting().unwrap() > 0 {
            std::thread::sleep(BRIEFLY);
        }
        stop.stop();
        let counters = working.join().unwrap();
        assert!(counters.engine_failures > 0 && counters.proven <= 60, "{counters:?}");
    });
    assert_eq!(proofs(&database, &items), 60);
}

#[test]
fn another_isolation_by_default_stops_nobody() {
    let Some(server) = server("isolation") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    server
        .client()
        .batch_execute("ALTER DATABASE postgres SET default_transaction_isolation = 'serializable'")
        .unwrap();
    let items = items(&service, 5);
    PostgresWork::new(&database).put(&items).unwrap();
    let (work, store) = both(&database);
    let mut worker = Worker::new(work, store, settings(&service));
    assert_eq!(worker.drain(&Stop::new()), Ended::Empty);
    assert_eq!((worker.counters().proven, worker.counters().engine_failures), (5, 0));
}

#[test]
fn a_batch_has_a_bound_in_octets() {
    let Some(server) = server("octets") else { return };
    let database = server.with_tables();
    let mut client = server.client();
    client.execute("INSERT INTO recommande_item (statement) SELECT decode(repeat('00', 1048576), 'hex') FROM generate_series(1, 70)", &[]).unwrap();
    let mut work = PostgresWork::new(&database);
    let taken = work.next(MANY, BRIEFLY).unwrap();
    assert_eq!(taken.len(), 64);
    work.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Rejected)).collect()).unwrap();
    assert_eq!(work.next(MANY, BRIEFLY).unwrap().len(), 6);
    // More than a statement has is not even taken.
    let larger = "INSERT INTO recommande_item (statement) SELECT decode(repeat('00', 1048577), 'hex')";
    assert!(client.execute(larger, &[]).is_err());
}

#[test]
fn what_was_rejected_is_put_into_the_queue_once_more() {
    let Some(server) = server("again") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    let letter = sending(1, Utc::now());
    // A worker of another environment takes it, with an item of its own.
    let other = Service { issuer: other_environment(), ..Service::new() };
    let items = [service.item(&letter), other.item(&sending(2, Utc::now()))];
    PostgresWork::new(&database).put(&items).unwrap();
    let (work, store) = both(&database);
    let mut worker = Worker::new(work, store, settings(&other));
    worker.drain(&Stop::new());
    assert_eq!(worker.counters().rejected, 1);
    // As the schema says.
    let again = "WITH gone AS (DELETE FROM recommande_rejected WHERE reason = 'other-issuer' RETURNING statement) \
                 INSERT INTO recommande_item (statement) SELECT statement FROM gone";
    assert_eq!(server.client().execute(again, &[]).unwrap(), 1);
    let (work, store) = both(&database);
    let mut worker = Worker::new(work, store, settings(&service));
    worker.drain(&Stop::new());
    assert_eq!(worker.counters().proven, 1);
}

#[test]
fn a_seal_takes_the_place_of_the_one_that_is_named_and_of_no_other() {
    let folder = Folder::new("replace");
    replaces(&mut FolderStore::open(&folder.0).unwrap());
    let Some(server) = server("replace") else { return };
    replaces(&mut PostgresStore::new(&server.with_tables()));
}

/// Compares before it replaces.
fn replaces(store: &mut impl Store) {
    let key = Key::Item(Service::new().item(&sending(1, Utc::now())).evidence_identifier());
    let seals: Vec<Vec<u8>> = (1..5).map(|number| vec![number; 9]).collect();
    let digest = |number: usize| SealDigest::of(&seals[number]);
    let proven = |number: usize| vec![Proven { key, seal: digest(number), proof: vec![0; 9] }];
    assert!(store.replace(&[(key, digest(0), seals[1].clone())]).is_err(), "nothing is there");
    assert!(store.insert_if_absent(&[(key, seals[0].clone())]).unwrap() == [Inserted::Ours]);
    assert!(store.replace(&[(key, digest(0), seals[1].clone())]).unwrap() == [Inserted::Ours]);
    assert_eq!(store.complete(proven(0)).unwrap(), [Completed::OtherSeal]);
    let second = Inserted::Theirs(Stored::Seal(seals[1].clone()));
    assert!(store.replace(&[(key, digest(0), seals[2].clone())]).unwrap() == [second]);
    assert_eq!(store.complete(proven(1)).unwrap(), [Completed::Now]);
    let proof = Inserted::Theirs(Stored::Proof(vec![0; 9]));
    assert!(store.replace(&[(key, digest(1), seals[3].clone())]).unwrap() == [proof]);
    assert_eq!(store.complete(proven(1)).unwrap(), [Completed::Before]);
}

#[test]
fn another_statement_that_was_rejected_hides_no_seal_that_waits() {
    let Some(server) = server("waiting") else { return };
    let (service, database) = (Service::new(), server.with_tables());
    let item = service.item(&sending(1, Utc::now()));
    let mut store = PostgresStore::new(&database);
    store.insert_if_absent(&[(Key::Item(item.evidence_identifier()), b"a seal".to_vec())]).unwrap();
    let waiting = || server.client().query("SELECT FROM recommande_waiting", &[]).unwrap().len();
    for (reason, expected) in [(Reason::DuplicateIdentifier, 1), (Reason::SealedTooLate, 0)] {
        let octets = format!("{item:?} {reason:?}").into_bytes();
        let evidence_identifier = Some(item.evidence_identifier());
        store.reject(&[Rejection { octets, evidence_identifier, reason }]).unwrap();
        assert_eq!(waiting(), expected, "{reason:?}");
    }
}

fn other_environment() -> recommande::Issuer {
    let number: recommande::identity::EnterpriseNumber = support::letters::NUMBER.parse().unwrap();
    recommande::Issuer::of(support::letters::NAME, &number, recommande::Environment::Acceptance).unwrap()
}

#[test]
fn what_is_wrong_with_a_database_is_named() {
    let nowhere = Database::new("host=/nonexistent user=test password=secret dbname=none").unwrap();
    let error = create_tables(&nowhere).unwrap_err();
    assert_eq!(error.fault(), Fault::Unreachable);
    assert!(!format!("{error} {error:?} {nowhere:?}").contains("secret"));
    assert_eq!(Database::new("host").unwrap_err().fault(), Fault::Unfit);
    let Some(server) = server("named") else { return };
    // Without its tables.
    let error = PostgresWork::new(&server.database()).next(MANY, BRIEFLY).unwrap_err();
    assert_eq!((error.fault(), error.code()), (Fault::Unfit, Some("42P01")));
    assert_eq!(
        error.to_string(),
        "the queue in PostgreSQL was asked for items and does not fit what it was asked (42P01)"
    );
}
