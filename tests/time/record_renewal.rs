//! These tests renew evidence records: those of a whole batch by one token, inside of the proofs and beside them.

use crate::common::der::{self, Node};
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::records::{record_over, stamp_with};
use crate::common::{self, Service, at, now, oid, pool};
use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyFamily, KeyKind, KeyRow};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{BatchRenewal, NotInRenewal, NotRenewable, RenewalError, Renewer, Unrenewed, due_record};
use recommande::seal::{Batch, ProofOfSending, StampedBatch, Unstamped};
use recommande::testing::{CertificateSpec, CertifiedKey, generate_key};
use recommande::time::record::{EvidenceRecord, ReducedHashTree, Renewal};
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Policy, RenewalKind, Verifier};
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
    // The same, verified: a file that was changed, or one without the revocation data of its own seal, is not renewed.
    let repeat = |renewer: &Renewer<'_>, file: &[u8]| renewer.repeat(&renewal, file, ATTACHED, at(LATER));
    assert_eq!(repeat(&renewer, proofs[1].der()).unwrap(), renewal.file(proofs[1].der()).unwrap());
    let object = batch.digests(2);
    let repeated = renewer.repeat_record(&renewal, &batch.records()[2], &object, at(LATER)).unwrap();
    assert_eq!(repeated, renewal.record(&batch.records()[2]).unwrap());
    let mut changed = proofs[1].der().to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let why = repeat(&renewer, &changed).unwrap_err();
    assert!(matches!(why, RenewalError::NotRenewable(NotRenewable::NotVerified(_))), "{why}");
    assert!(renewal.file(&changed).is_ok(), "nothing is looked at but the token");
    let why = repeat(&renewer, batch.seals[0].der()).unwrap_err();
    assert!(matches!(why, RenewalError::NotInRenewal(NotInRenewal::Record)), "{why}");
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
        let report = verifier.report_evidence_record(&renewed, std::slice::from_ref(&object), at(LATER));
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

/// A record over one object by a TSA under an authority in between, which the token does not hold.
struct Lacking {
    service: Service,
    record: Vec<u8>,
    middle: CertifiedKey,
    era: Era,
}

const OBJECT: &[u8] = b"an object";

fn lacking() -> Lacking {
    let service = Service::new();
    let pki = &service.pki;
    let middle = CertificateSpec::authority("Middle", now() - Duration::days(2), at("2033-01-01T00:00:00Z"));
    let middle = pki.tsa_root.issue(&middle, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let lower = CertificateSpec::tsa("Lower TSA", now() - Duration::days(1), now() + Duration::days(730));
    let lower = middle.issue(&lower, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let record = record_over(&service.tsa(now()).with_key(lower), DigestAlgorithm::Sha256.digest(OBJECT));
    let era = Era::new(&KeyKind::EcP384, at("2028-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z"));
    Lacking { service, record, middle, era }
}

impl Lacking {
    fn crls(&self) -> RevocationData {
        crls(&[&self.service.pki.tsa_root, &self.middle], at(RENEWED_AT))
    }

    fn verifier(&self) -> Verifier {
        verifier(&self.service, &[&self.era])
    }

    fn renewed(&self, verifier: &Verifier, record: &[u8]) -> Result<Vec<u8>, RenewalError> {
        let (time, object) = (at(RENEWED_AT), object());
        let renewer = Renewer::new(verifier).with_revocation(self.crls());
        renewer.renew_record(record, &object, &self.era.pool(&self.service, time), time)
    }

    fn with_infos(&self, infos: Vec<Node>) -> Vec<u8> {
        let infos = der::node(0xa0, infos);
        Node::parse(&self.record).with(|record| record.children_mut().insert(2, infos)).to_der()
    }

    fn middle_in_infos(&self) -> Node {
        let values = der::node(0x30, vec![Node::parse(self.middle.certificate.der())]);
        der::attribute(oid::CERTIFICATE_VALUES, vec![values])
    }
}

fn object() -> ContentDigests {
    ContentDigests::of_reader(&mut &*OBJECT).unwrap()
}

#[test]
fn the_issuer_that_a_token_lacks_is_covered_by_its_renewal() {
    let lacking = lacking();
    let middle = lacking.middle.certificate.clone();
    let given = lacking.verifier().with_extra_certificates(vec![middle.clone()]);
    // It was given, or lies in cryptoInfos, where nothing covers it.
    let in_infos = lacking.with_infos(vec![lacking.middle_in_infos()]);
    let bare = lacking.verifier();
    for (verifier, record) in [(&given, &lacking.record), (&bare, &in_infos)] {
        let renewed = lacking.renewed(verifier, record).unwrap();
        let report = lacking.verifier().report_evidence_record(&renewed, &[object()], at("2035-01-01T00:00:00Z"));
        assert_eq!(report.proven_at, Some(now()), "{report}");
        assert_eq!(report.verifiable_until.unwrap().time, at("2040-01-01T00:00:00Z"));
    }
    // Where others left it out the verdict ends with it, and says so.
    let record = EvidenceRecord::parse(&lacking.record).unwrap();
    let leaf = record.renewal_leaf(Renewal::Timestamp, &DigestAlgorithm::Sha256.digest(OBJECT)).unwrap();
    let token = stamp_with(&lacking.era.tsa(&lacking.service, at(RENEWED_AT)), leaf);
    let renewed = record.renewed(Renewal::Timestamp, &ReducedHashTree::default(), &token).unwrap();
    let report = given.report_evidence_record(&renewed, &[object()], at("2031-01-01T00:00:00Z"));
    let until = report.verifiable_until.clone().unwrap();
    assert_eq!(until.time, middle.not_after(), "{report}");
    assert!(until.because.contains("Middle"), "{}", until.because);
    let ended = until.time + Duration::seconds(1);
    let report = given.report_evidence_record(&renewed, &[object()], ended);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
}

#[test]
fn what_lies_in_crypto_infos_is_covered_by_the_renewal() {
    let lacking = lacking();
    // P-256 proves nothing any more from 2031 on; the CRLs are by it.
    let mut policy = Policy::strict();
    let p256 = policy.algorithms.keys.iter().position(|row| row.key == KeyFamily::Ec && row.bits == 256).unwrap();
    let p384 = KeyRow { bits: 384, ..policy.algorithms.keys[p256].clone() };
    policy.algorithms.keys[p256].past_from = Some("2031-01-01".parse().unwrap());
    policy.algorithms.keys.push(p384);
    let data = lacking.crls();
    let listed = data.crls().iter().map(|crl| Node::parse(crl.der())).collect();
    let values = der::node(0x30, vec![der::node(0xa0, vec![der::node(0x30, listed)])]);
    let record =
        lacking.with_infos(vec![lacking.middle_in_infos(), der::attribute(oid::REVOCATION_VALUES, vec![values])]);
    let of_era = lacking.era.crl(at(RENEWED_AT));
    let known = |data: RevocationData| lacking.verifier().with_policy(policy.clone()).with_revocation_data(data);
    let mut both = of_era.clone();
    both.extend(&data).unwrap();
    // In cryptoInfos alone, and given beside that.
    for data in [of_era.clone(), both] {
        let verifier = known(data);
        let (time, object) = (at(RENEWED_AT), object());
        let tsas = lacking.era.pool(&lacking.service, time);
        let renewed = Renewer::new(&verifier).renew_record(&record, &object, &tsas, time).unwrap();
        let later = at("2032-01-01T00:00:00Z");
        let report = known(lacking.era.crl(later)).report_evidence_record(&renewed, &[object], later);
        assert_eq!(report.proven_at, Some(now()), "{report}");
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}
