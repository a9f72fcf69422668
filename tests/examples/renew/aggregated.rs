//! Aggregated proofs in a folder, in one file or in parts, are renewed with the seal that they share.

use std::process::Stdio;
use std::time::Duration as StdDuration;

use chrono::Duration;
use recommande::ProofOfSending;
use recommande::seal::{AggregateLeaves, Artifact, BatchSeal};
use recommande::verify::Payload;

use super::{Archive, RENEWED_AT, moments, service_and_folder, text};
use crate::common::eras::{crls, verifier};
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

/// Verifies all proofs at a time, and returns how many there are.
#[track_caller]
fn verified(archive: &Archive, time: &str) -> usize {
    let read = |name: &str| std::fs::read(archive.folder.join(name)).unwrap();
    let seal = BatchSeal::from_der(&read("seal.p7m")).unwrap();
    let proof = |name: &String| match name.rsplit_once('.')? {
        (_, "rma") => Some(ProofOfSending::from_der(&read(name)).unwrap()),
        (stem, "json") => Some(ProofOfSending::from_parts(&read(name), &read(&format!("{stem}.ers")), &seal).unwrap()),
        _ => None,
    };
    let proofs: Vec<ProofOfSending> = archive.names().iter().filter_map(proof).collect();
    for proof in &proofs {
        let report = verifier(&archive.service, &[&archive.era]).report(proof, Payload::NotAvailable, at(time));
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }
    proofs.len()
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
        assert_eq!(verified(&archive, "2032-12-01T00:00:00Z"), 5);
        assert_eq!(archive.names().len(), names.len(), "{:?}", archive.names());
    }
}

/// Each proof verifies whenever it is killed, also where the seal is renewed already and the record of a statement is not.
#[test]
fn killed_at_random_moments_it_goes_on_with_both_forms() {
    let archive = aggregated("aggregated-killed", 9);
    let begin: Vec<_> = archive.names().into_iter().map(|name| archive.folder.join(name)).collect();
    let begin: Vec<_> = begin.into_iter().map(|path| (std::fs::read(&path).unwrap(), path)).collect();
    let (mut kills, mut moments) = (0, moments(300));
    for to in [&[][..], &["--to", "sha512"]] {
        let arguments = [&["--now", RENEWED_AT], to].concat();
        while kills % 12 != 11 {
            let mut child = archive.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(StdDuration::from_millis(moments.next().unwrap()));
            if child.try_wait().unwrap().is_some_and(|status| status.code() == Some(0)) {
                begin.iter().for_each(|(octets, path)| std::fs::write(path, octets).unwrap());
                continue;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            assert_eq!(verified(&archive, "2028-10-01T12:00:01Z"), 9);
        }
        kills += 1;
        // Whatever the last kill left is gone after a run that is not killed.
        let last = archive.run(&arguments);
        assert_eq!(last.status.code(), Some(0), "{last:?}");
        assert_eq!(verified(&archive, "2032-12-01T00:00:00Z"), 9);
        assert_eq!(archive.names().len(), begin.len(), "{:?}", archive.names());
    }
}
