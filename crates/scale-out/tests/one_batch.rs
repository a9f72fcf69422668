//! One worker makes proofs of what is in the queue, and each verifies.

mod support;

use chrono::Utc;
use recommande::evidence::{AnyStatement, Draft as _, Statement as _};
use recommande::seal::Proof;
use recommande::testing::TestTsa;
use recommande::verify::Payload;
use recommande::{ProofOfSending, TsaPool};
use recommande_scale_out::postgres::{PostgresStore, PostgresWork, both};
use recommande_scale_out::{Ended, FolderStore, Item, Key, Seals, Settings, Stop, Store, Stored, Work, Worker};
use support::database::Server;
use support::letters::{Service, sending};
use support::{Folder, skipped};

fn settings(service: &Service, seals: Seals) -> Settings {
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&service.pki));
    let batch = std::num::NonZeroUsize::new(100).unwrap();
    Settings::new(service.sealer(), tsas, Utc::now)
        .with_seals(seals)
        .with_batches(batch, std::time::Duration::from_millis(100))
}

fn items(service: &Service, count: usize) -> Vec<Item> {
    (0..count).map(|number| service.item(&sending(number, Utc::now()))).collect()
}

/// The proof of each item, which verifies strictly and is of this item.
fn check(service: &Service, store: &mut impl Store, items: &[Item]) {
    let keys: Vec<Key> = items.iter().map(|item| Key::Item(item.evidence_identifier())).collect();
    for (item, stored) in items.iter().zip(store.get(&keys).unwrap()) {
        let Some(Stored::Proof(octets)) = stored else { panic!("no proof") };
        let proof = ProofOfSending::from_der(&octets).unwrap();
        service.verifier().verify(&proof, Payload::NotAvailable, Utc::now()).unwrap();
        assert_eq!(proof.stated().evidence_identifier(), item.evidence_identifier());
        let any = Proof::<AnyStatement>::from_der(&octets).unwrap();
        assert_eq!(any.stated().to_json(&service.issuer).unwrap(), item.octets());
    }
}

fn drained<W: Work, S: Store>(work: W, store: S, settings: Settings) -> recommande_scale_out::Counters {
    let mut worker = Worker::new(work, store, settings);
    assert_eq!(worker.drain(&Stop::new()), Ended::Empty);
    worker.counters()
}

#[test]
fn items_of_postgresql_get_proofs_there_or_in_a_folder() {
    let server = match Server::start("one-batch") {
        Ok(server) => server,
        Err(why) => return skipped("items of PostgreSQL", &why),
    };
    let (service, database) = (Service::new(), server.with_tables());
    for seals in [Seals::Single, Seals::Aggregated] {
        let items = items(&service, 20);
        PostgresWork::new(&database).put(&items).unwrap();
        let (work, store) = both(&database);
        let counters = drained(work, store, settings(&service, seals));
        assert_eq!((counters.taken, counters.proven, counters.trips, counters.sealed), (20, 20, 1, 20));
        check(&service, &mut PostgresStore::new(&database), &items);
        // The same items again have their proofs.
        PostgresWork::new(&database).put(&items).unwrap();
        let (work, store) = both(&database);
        let counters = drained(work, store, settings(&service, seals));
        assert_eq!((counters.taken, counters.proven_before, counters.trips, counters.sealed), (20, 20, 0, 0));
        // Another store, another proof.
        let folder = Folder::new("one-batch-proofs");
        PostgresWork::new(&database).put(&items).unwrap();
        let store = FolderStore::open(&folder.0).unwrap();
        let counters = drained(PostgresWork::new(&database), store, settings(&service, seals));
        assert_eq!((counters.taken, counters.proven, counters.trips), (20, 20, 1));
        check(&service, &mut FolderStore::open(&folder.0).unwrap(), &items);
    }
    let left: i64 = server.client().query_one("SELECT count(*) FROM recommande_item", &[]).unwrap().get(0);
    assert_eq!(left, 0);
}
