//! A producer compares its outbox with the store, and publishes again what was lost on the way.

mod support;

use chrono::Utc;
use recommande::TsaPool;
use recommande::evidence::Statement as _;
use recommande::testing::TestTsa;
use recommande_scale_out::postgres::PostgresStore;
use recommande_scale_out::{FolderStore, Key, Proven, Reason, Rejection, SealDigest, Standing, Store, reconcile};
use support::letters::{Service, sending};
use support::{Folder, database, skipped};

#[test]
fn what_the_store_does_not_have_is_missing_and_nothing_else_is() {
    let folder = Folder::new("reconcile");
    compares(&mut FolderStore::open(&folder.0).unwrap());
    match database::Server::start("reconcile") {
        Ok(server) => compares(&mut PostgresStore::new(&server.with_tables())),
        Err(why) => skipped("an outbox beside a store in PostgreSQL", &why),
    }
}

fn compares(store: &mut impl Store) {
    let service = Service::new();
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&service.pki));
    let letters = [0, 1, 2, 3, 4].map(|number| sending(number, Utc::now()));
    let key = |number: usize| Key::Item(letters[number].evidence_identifier());
    let seal = |number: usize| service.sealer().seal(&letters[number], Utc::now()).unwrap();
    // The first has its proof, the second its seal, the third was rejected, and of the fourth nobody knows.
    for number in [0, 1] {
        let seal = seal(number);
        store.insert_if_absent(&[(key(number), seal.der().to_vec())]).unwrap();
        if number == 0 {
            let digest = SealDigest::of(seal.der());
            let proof = seal.stamp_with(&tsas).unwrap().der().to_vec();
            store.complete(vec![Proven { key: key(0), seal: digest, proof }]).unwrap();
        }
    }
    let item = |number: usize| service.item(&letters[number]);
    let rejection = |number: usize| Rejection {
        octets: item(number).octets().to_vec(),
        evidence_identifier: Some(letters[number].evidence_identifier()),
        reason: Reason::SealedTooLate,
    };
    store.reject(&[rejection(2)]).unwrap();
    // Under the fifth key is something that is no seal. The proof of the first letter is not one of another with its identifier.
    store.insert_if_absent(&[(key(4), b"no seal".to_vec())]).unwrap();
    let other = service.item(&sending(9, Utc::now()).with_evidence_identifier(letters[0].evidence_identifier()));
    let mut outbox: Vec<_> = (0..5).map(item).collect();
    outbox.push(other);
    outbox.push(item(0));
    use Standing::{Damaged, Missing, Rejected, Sealed};
    let proven = Standing::Proven;
    assert_eq!(reconcile(store, &outbox).unwrap(), [proven, Sealed, Rejected, Missing, Damaged, Missing, proven]);
    // Somebody mended what was behind a rejection, and it has its proof now.
    store.reject(&[rejection(0)]).unwrap();
    assert_eq!(reconcile(store, &outbox[..1]).unwrap(), [proven]);
    // What is damaged is told, also where the item was rejected before.
    store.reject(&[rejection(4)]).unwrap();
    assert_eq!(reconcile(store, &outbox[4..5]).unwrap(), [Damaged]);
    assert_eq!(reconcile(store, &[]).unwrap(), []);
}
