//! These tests keep aggregated proofs for decades: both of their records are renewed by one token, and a group takes them as it
//! takes any file.

use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{Service, at, later, now, pool, sending_of};
use chrono::{DateTime, Duration, Utc};
use recommande::ProofOfSending;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::preserve::{
    BatchRehash, BatchRenewal, GroupLeaves, NotInRenewal, NotRenewable, RenewalError, Renewer, due,
};
use recommande::seal::{AggregateError, AggregateLeaves, Artifact, BatchSeal, StampedAggregate};
use recommande::time::record::digest_algorithms;
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Report, Verifier};

/// A batch of five with one seal, and the TSAs of the decades.
struct Archive {
    service: Service,
    files: Vec<Vec<u8>>,
    eras: [Era; 2],
}

/// The times of the renewal of the timestamp, and of the new hash tree.
const TIMES: [&str; 2] = ["2028-10-01T12:00:00Z", "2032-06-01T12:00:00Z"];

impl Archive {
    fn new() -> Self {
        let mut service = Service::numbered();
        service.sealer = service.sealer.with_revocation(&crls(&[&service.pki.root, &service.pki.intermediate], now()));
        let item = |number: usize| service.sealer.aggregate_item(sending_of(&number.to_string()), now()).unwrap();
        let items: Vec<_> = (0..5).map(item).collect();
        let mut leaves = AggregateLeaves::new(service.sealer.issuer());
        items.iter().for_each(|item| leaves.add(item).unwrap());
        let sealed = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), now()).unwrap();
        let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        let stamped = stamped.with_revocation(&crls(&[&service.pki.tsa_root], now())).unwrap();
        let files = items.into_iter().map(|item| stamped.proof(item).unwrap().der().to_vec()).collect();
        let era = |kind, from: &str, until: &str| Era::new(&kind, at(from), at(until));
        let eras = [
            era(KeyKind::EcP256, "2028-01-01T00:00:00Z", "2033-01-01T00:00:00Z"),
            era(KeyKind::EcP384, "2032-01-01T00:00:00Z", "2050-01-01T00:00:00Z"),
        ];
        Self { service, files, eras }
    }

    fn verifier(&self) -> Verifier {
        verifier(&self.service, &[&self.eras[0], &self.eras[1]])
    }

    fn report(&self, verifier: &Verifier, file: &[u8], at: DateTime<Utc>) -> Report {
        verifier.report(&ProofOfSending::from_der(file).unwrap(), Payload::NotAvailable, at)
    }

    #[track_caller]
    fn assert_passes(&self, file: &[u8], at: DateTime<Utc>) {
        let report = self.report(&self.verifier(), file, at);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }

    /// The first file with its timestamp renewed.
    fn renewed(&self, file: &[u8]) -> Vec<u8> {
        let (verifier, time) = (self.verifier(), at(TIMES[0]));
        let renewer = Renewer::new(&verifier).with_revocation(first_crls(&self.service, time));
        let tsas = self.eras[0].pool(&self.service, time);
        let renewer = renewer.with_algorithm(DigestAlgorithm::Sha256);
        renewer.renew(file, Content::Attached, &tsas, time).unwrap()
    }
}

#[test]
fn both_records_of_an_aggregated_proof_are_renewed_by_one_token() {
    let archive = Archive::new();
    let verifier = archive.verifier();
    let deadline = due(&verifier, &archive.files[0], Content::Attached, later()).unwrap().unwrap();
    let after = deadline.renew_by + Duration::days(1);
    let ended = archive.report(&verifier, &archive.files[0], after);
    assert_eq!(ended.indication, Indication::Indeterminate, "{ended}");
    let renewed = archive.renewed(&archive.files[0]);
    archive.assert_passes(&renewed, after);
    let later_deadline = due(&verifier, &renewed, Content::Attached, at(TIMES[0]) + Duration::seconds(5)).unwrap();
    assert!(later_deadline.unwrap().renew_by > deadline.renew_by);
    // The others by the same token, at the speed of a copy or each verified.
    let renewal = BatchRenewal::between(&archive.files[0], &renewed).unwrap();
    assert_eq!(renewal.file(&archive.files[0]).unwrap(), renewed);
    let renewer = Renewer::new(&verifier);
    for file in &archive.files[1..] {
        let copied = renewal.file(file).unwrap();
        assert_eq!(renewer.repeat(&renewal, file, Content::Attached, at(TIMES[0])).unwrap(), copied);
        archive.assert_passes(&copied, after);
        assert_eq!(renewal.file(&copied).unwrap_err(), NotInRenewal::OtherToken);
    }
    // One part that is renewed does not carry the other, whose own timestamp has ended.
    let old = ProofOfSending::from_der(&archive.files[0]).unwrap();
    let new = ProofOfSending::from_der(&renewed).unwrap();
    let (old, new) = (old.parts().unwrap(), new.parts().unwrap());
    let mixed = |record: &[u8], seal| ProofOfSending::from_parts(old.statement(), record, seal).unwrap().der().to_vec();
    for (file, code) in [
        (mixed(new.record(), old.seal()), Code::NoValidTimestamp),
        (mixed(old.record(), new.seal()), Code::AggregatedTimeNotProven),
    ] {
        let report = archive.report(&verifier, &file, after);
        assert_eq!(report.decided_by.map(|by| by.code), Some(code), "{report}");
        let refused = renewer.renew(&file, Content::Attached, &pool(archive.service.tsa(after)), after).unwrap_err();
        assert!(matches!(refused, RenewalError::NotRenewable(NotRenewable::PastDeadline(_))), "{refused}");
    }
    // In two steps the parts are what is renewed.
    let refused = renewer.prepare(&archive.files[0], Content::Attached, later()).unwrap_err();
    assert_eq!(refused, NotRenewable::Aggregated);
    // The signature in it is no signature over the statement, and another door says so.
    let others = verifier.report_signatures(&archive.files[0], Content::Attached, later());
    let stated = others.reports[0].findings[0].stated.clone().unwrap();
    assert_eq!(stated, "an aggregated proof, which is verified as a proof");
}

/// A batch of millions is stored as its statements, its leaves and its seal. Its renewal rewrites nothing but the seal.
#[test]
fn a_batch_that_is_stored_by_its_leaves_is_renewed_by_its_seal_alone() {
    let archive = Archive::new();
    let verifier = archive.verifier();
    let proofs: Vec<_> = archive.files.iter().map(|file| ProofOfSending::from_der(file).unwrap()).collect();
    let leaves: Vec<u8> = proofs.iter().flat_map(|proof| proof.id().digest().as_bytes().to_vec()).collect();
    let before = proofs[0].parts().unwrap().seal();
    let deadline = due(&verifier, before.der(), Content::Attached, later()).unwrap().unwrap().renew_by;
    let after = BatchSeal::from_der(&archive.renewed(before.der())).unwrap();
    let renewal = BatchRenewal::between(before.der(), after.der()).unwrap();
    // Records are made from the seal as it was first stored.
    let refused = StampedAggregate::from_parts(after.der(), None, leaves.clone()).unwrap_err();
    assert_eq!(refused, AggregateError::Renewed);
    let stamped = StampedAggregate::from_parts(before.der(), None, leaves).unwrap();
    for proof in &proofs {
        let statement = proof.parts().unwrap().statement();
        let object = ContentDigests::of_reader(&mut &*statement).unwrap();
        let record = renewal.record(&stamped.record_of(statement).unwrap(), &object).unwrap();
        let renewed = ProofOfSending::from_parts(statement, &record, &after).unwrap();
        archive.assert_passes(renewed.der(), deadline + Duration::days(1));
    }
}

#[test]
fn an_aggregated_proof_outlives_its_digest_algorithm() {
    let archive = Archive::new();
    let (verifier, time) = (archive.verifier(), at(TIMES[1]));
    let renewed = archive.renewed(&archive.files[0]);
    let renewer = Renewer::new(&verifier).with_revocation(archive.eras[0].crl(time));
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let tsas = archive.eras[1].pool(&archive.service, time);
    let rehashed = renewer.renew(&renewed, Content::Attached, &tsas, time).unwrap();
    archive.assert_passes(&rehashed, at("2040-01-01T00:00:00Z"));
    let proof = ProofOfSending::from_der(&rehashed).unwrap();
    // The whole batch by one token: each file gives both of its leaves.
    let first = ProofOfSending::from_der(&renewed).unwrap();
    let renewal = BatchRenewal::between(&archive.files[0], &renewed).unwrap();
    let seal = first.parts().unwrap().seal().der();
    let mut rehash = BatchRehash::of(seal, renewer.prepare(seal, Content::Attached, time).unwrap()).unwrap();
    let files: Vec<_> = archive.files.iter().map(|file| renewal.file(file).unwrap()).collect();
    files.iter().for_each(|file| rehash.add(file).unwrap());
    let unstamped = rehash.close().unwrap();
    assert_eq!(unstamped.leaf_count(), 6);
    let rehashing = unstamped.stamp_with(&renewer, &tsas, time).unwrap();
    for file in &files {
        archive.assert_passes(&rehashing.file(file).unwrap(), at("2040-01-01T00:00:00Z"));
    }
    let algorithms = digest_algorithms(proof.parts().unwrap().record());
    assert_eq!(algorithms, [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512]);
    let parts = proof.parts().unwrap();
    let other = archive.service.sealer.aggregate_item(sending_of("other"), now()).unwrap();
    let exchanged = ProofOfSending::from_parts(other.json(), parts.record(), parts.seal()).unwrap();
    let report = archive.report(&verifier, exchanged.der(), at("2040-01-01T00:00:00Z"));
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
}

#[test]
fn a_group_takes_aggregated_proofs_as_it_takes_any_file() {
    let archive = Archive::new();
    let time = at("2026-11-24T00:00:00Z");
    let verifier = archive.verifier();
    let renewer = Renewer::new(&verifier);
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha512).unwrap();
    for file in &archive.files {
        leaves.add_verified(&renewer, file, Content::Attached, later()).unwrap();
    }
    let digests = |file: &[u8]| ContentDigests::of_reader(&mut &*file).unwrap();
    let unstamped = leaves.close().unwrap();
    let long = Era::new(&KeyKind::EcP384, at("2026-01-01T00:00:00Z"), at("2050-01-01T00:00:00Z"));
    let tsas = long.pool(&archive.service, time);
    let plain = crate::common::eras::verifier(&archive.service, &[&long]);
    let group = unstamped.stamp_with(&Renewer::new(&plain), &digests(&archive.files[0]), &tsas, time).unwrap();
    let after = at("2035-01-01T00:00:00Z");
    for file in &archive.files {
        let record = group.record(&digests(file)).unwrap();
        assert_eq!(archive.report(&plain, file, after).indication, Indication::Indeterminate);
        let beside = crate::common::eras::verifier(&archive.service, &[&long]).with_evidence_records([record.clone()]);
        let report = archive.report(&beside, file, after);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
        assert_eq!(report.records.iter().filter(|record| record.beside).count(), 1);
        // The seal in the file is covered with it, and no record beside the file is over the seal alone.
        assert!(report.verifiable_until.is_some_and(|until| until.time > after));
        // The record of another file says nothing of this one.
        let is_listed = |file: &[u8]| {
            let leaf = DigestAlgorithm::Sha512.digest(file);
            record.windows(64).any(|octets| octets == leaf.as_bytes())
        };
        // That of its sibling in the tree holds the hashes of both.
        let another = archive.files.iter().find(|another| !is_listed(another)).unwrap();
        let report = archive.report(&beside, another, after);
        assert!(report.findings.iter().any(|finding| finding.code == Code::RecordOfAnotherFile));
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        // What is renewed is the record beside.
        let week = time + Duration::days(7);
        let refused = Renewer::new(&beside).renew(file, Content::Attached, &tsas, week).unwrap_err();
        assert!(matches!(refused, RenewalError::NotRenewable(NotRenewable::RecordBeside)), "{refused}");
    }
}
