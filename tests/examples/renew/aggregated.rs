//! Aggregated proofs in a folder, in one file or in parts, are renewed with the seal that they share.

use chrono::Duration;
use recommande::seal::{AggregateLeaves, Artifact};

use super::{Archive, RENEWED_AT, killed, service_and_folder, text};
use crate::common::eras::crls;
use crate::common::{self, Service, at, now, pool};

/// A folder with as many aggregated proofs of one batch, every other one in parts, and the seal that they share.
fn aggregated(name: &str, count: usize) -> Archive {
    let (_, folder) = service_and_folder(name);
    let mut service = Service::numbered();
    let data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    service.sealer = service.sealer.with_revocation(&data);
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    let item = |number: usize| service.sealer.aggregate_item(common::sending_of(&number.to_string()), now()).unwrap();
    let items: Vec<_> = (0..count).map(item).collect();
    items.iter().for_each(|item| leaves.add(item).unwrap());
    let sealed = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), now()).unwrap();
    let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
    write("seal.p7m", stamped.seal().der());
    for (number, item) in items.into_iter().enumerate() {
        if number % 2 == 0 {
            write(&format!("letter-{number}.rma"), stamped.proof(item).unwrap().der());
        } else {
            write(&format!("letter-{number}.json"), item.json());
            write(&format!("letter-{number}.ers"), &stamped.record(&item).unwrap());
        }
    }
    Archive::of(service, folder)
}

#[test]
fn both_forms_share_one_timestamp_with_their_seal() {
    for (name, to) in [("aggregated", &[][..]), ("aggregated-rehash", &["--to", "sha512"])] {
        let archive = aggregated(name, 5);
        let names = archive.names();
        let told = archive.run(&[&["--now", RENEWED_AT, "--dry-run"], to].concat());
        assert_eq!(text(&told).lines().filter(|line| line.starts_with("due ")).count(), 6, "{told:?}");
        for expected in ["renewed  6 of 6, with 1 timestamps\n", "renewed  0 of 0, with 0 timestamps\n"] {
            let renewed = archive.run(&[&["--now", RENEWED_AT], to].concat());
            assert_eq!((renewed.status.code(), text(&renewed).as_str()), (Some(0), expected), "{renewed:?}");
        }
        assert_eq!(archive.trips(), 1);
        archive.assert_renewed();
        assert_eq!(archive.reports(at(RENEWED_AT)).len(), 5);
        assert_eq!(archive.names().len(), names.len(), "{:?}", archive.names());
    }
}

/// Each proof verifies whenever it is killed, also where the seal is renewed already and the record of a statement is not.
#[test]
fn killed_at_random_moments_it_goes_on_with_both_forms() {
    let archive = aggregated("aggregated-killed", 9);
    assert_eq!(archive.reports(at(RENEWED_AT)).len(), 9);
    let count = archive.names().len();
    for arguments in [&["--now", RENEWED_AT][..], &["--now", RENEWED_AT, "--to", "sha512"]] {
        killed(&archive, arguments, 10);
        // Whatever the last kill left is gone after a run that is not killed.
        let last = archive.run(arguments);
        assert_eq!(last.status.code(), Some(0), "{last:?}");
        archive.assert_renewed();
        assert_eq!(archive.names().len(), count, "{:?}", archive.names());
    }
}
