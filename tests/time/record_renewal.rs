//! These tests renew evidence records: those of a whole batch by one token, inside of the proofs and beside them.

use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{self, Service, at, now, pool};
use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::preserve::{BatchRenewal, NotInRenewal, NotRenewable, RenewalError, Renewer, Unrenewed, due_record};
use recommande::seal::{Batch, ProofOfSending, StampedBatch, Unstamped};
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, RenewalKind, Verifier};
use rfc3161_client::Nonce;

const ATTACHED: Content<'static> = Content::Attached;

/// A batch of five, whose seals hold the revocation data of their chain.
struct OfFive {
    service: Service,
    seals: Vec<Unstamped<ProofOfSending>>,
    stamped: StampedBatch,
    era: Era,
}

fn of_five() -> OfFive {
    let mut service = Service::new();
    let data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    service.sealer = service.sealer.with_revocation(&data);
    let seal = |number: usize| service.sealer.seal(&common::sending_of(&number.to_string()), now()).unwrap();
    let seals: Vec<_> = (0..5).map(seal).collect();
    let stamped = Batch::of(&seals).unwrap().stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let era = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2033-01-01T00:00:00Z"));
    OfFive { service, seals, stamped, era }
}

impl OfFive {
    fn proofs(&self) -> Vec<ProofOfSending> {
        self.seals.iter().map(|seal| self.stamped.proof(seal.clone()).unwrap()).collect()
    }

    fn records(&self) -> Vec<Vec<u8>> {
        self.seals.iter().map(|seal| self.stamped.record(seal).unwrap()).collect()
    }

    fn digests(&self, index: usize) -> ContentDigests {
        ContentDigests::of_reader(&mut self.seals[index].der()).unwrap()
    }

    fn verifier(&self) -> Verifier {
        verifier(&self.service, &[&self.era])
    }
}

const RENEWED_AT: &str = "2028-10-01T12:00:00Z";
const LATER: &str = "2032-12-01T00:00:00Z";

#[test]
fn one_token_renews_all_proofs_of_a_batch() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let proofs = batch.proofs();
    let first = renewer.renew(proofs[0].der(), ATTACHED, &batch.era.pool(&batch.service, time), time).unwrap();
    let renewal = BatchRenewal::between(proofs[0].der(), &first).unwrap();
    assert_eq!(renewal.file(proofs[0].der()).unwrap(), first);
    let grown = first.len() - proofs[0].der().len();
    for proof in &proofs {
        let renewed = renewal.file(proof.der()).unwrap();
        assert!((renewed.len() - proof.der().len()).abs_diff(grown) < 8);
        let proof = ProofOfSending::from_der(&renewed).unwrap();
        let verified = verifier.verify(&proof, Payload::NotAvailable, at(LATER)).unwrap();
        assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
        assert_eq!(renewal.file(&renewed), Err(NotInRenewal::OtherToken), "renewed already");
    }
    // The same renewal fits the records beside the files.
    for (record, seal) in batch.records().iter().zip(&batch.seals) {
        let renewed = renewal.record(record).unwrap();
        let beside = batch.verifier().with_evidence_records([renewed]);
        let report = beside.report(seal.as_artifact(), Payload::NotAvailable, at(LATER));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    let another = of_five();
    assert_eq!(renewal.file(another.proofs()[0].der()), Err(NotInRenewal::OtherToken));
    assert_eq!(renewal.file(batch.seals[0].der()), Err(NotInRenewal::Record));
    assert_eq!(renewal.record(b"no record"), Err(NotInRenewal::Record));
    assert_eq!(BatchRenewal::between(&first, &first), Err(NotInRenewal::NoTimestampRenewal));
    assert_eq!(BatchRenewal::between(proofs[1].der(), &first), Err(NotInRenewal::NoTimestampRenewal));
    assert_eq!(BatchRenewal::between(b"", &first), Err(NotInRenewal::Record));
}

#[test]
fn records_beside_are_renewed_both_ways() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let (record, object) = (&batch.records()[1], batch.digests(1));
    let renewer = || Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let tsas = batch.era.pool(&batch.service, time);
    let due = due_record(&verifier, record, &object, time).unwrap().unwrap();
    assert_eq!(due.kind, RenewalKind::Timestamp);
    for renewer in [renewer(), renewer().with_algorithm(DigestAlgorithm::Sha512)] {
        let renewed = renewer.renew_record(record, &object, &tsas, time).unwrap();
        let report = verifier.report_evidence_record(&renewed, &[object.clone()], at(LATER));
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
        // The record that was there stays as it was, but for what its token carries.
        assert_eq!(report.timestamps.len(), 2);
    }
    // What was prepared is stored and taken up again.
    let prepared = renewer().prepare_record(record, &object, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = batch.era.tsa(&batch.service, time).respond(&request.to_der());
    let resumed = Unrenewed::from_record(prepared.der(), &object, &request).unwrap();
    let renewed = renewer().attach(&resumed, &request, &response, time).unwrap();
    let repeated = BatchRenewal::between(record, &renewed).unwrap();
    assert!(repeated.record(&batch.records()[2]).is_ok());
    // A new hash tree is no renewal that others share.
    let rehashed =
        renewer().with_algorithm(DigestAlgorithm::Sha512).renew_record(record, &object, &tsas, time).unwrap();
    assert_eq!(BatchRenewal::between(record, &rehashed), Err(NotInRenewal::NoTimestampRenewal));
}

#[test]
fn a_record_that_cannot_be_renewed_says_why() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let (record, object) = (&batch.records()[0], batch.digests(0));
    let renewer = || Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let refused = |renewer: Renewer<'_>, object: &ContentDigests, time| {
        renewer.prepare_record(record, object, time).map(|_| ()).unwrap_err()
    };
    let other = refused(renewer(), &ContentDigests::of_reader(&mut &b"another"[..]).unwrap(), time);
    assert!(matches!(other, NotRenewable::NotVerified(_)), "{other}");
    let late = refused(renewer(), &object, now() + Duration::days(731));
    assert!(matches!(late, NotRenewable::PastDeadline(_)), "{late}");
    let missing = refused(Renewer::new(&verifier), &object, time);
    assert_eq!(missing.code(), Some(Code::RevocationNotChecked));
    let few = ContentDigests::new([object.get(DigestAlgorithm::Sha256).unwrap()]);
    let unknown = refused(renewer().with_algorithm(DigestAlgorithm::Sha512), &few, time);
    assert_eq!(unknown, NotRenewable::DigestMissing(DigestAlgorithm::Sha512));
    let weak = refused(renewer().with_algorithm(DigestAlgorithm::Sha224), &object, time);
    assert!(matches!(weak, NotRenewable::WeakerAlgorithm { .. }), "{weak}");
    // One second after the end.
    let prepared = renewer().prepare_record(record, &object, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let late = now() + Duration::days(730) + Duration::seconds(1);
    let response = batch.era.tsa(&batch.service, late).respond(&request.to_der());
    let why = renewer().attach(&prepared, &request, &response, late).unwrap_err();
    assert!(matches!(why, RenewalError::NotRenewable(NotRenewable::PastDeadline(_))), "{why}");
}
