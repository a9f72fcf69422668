//! These tests renew evidence records: those of a whole batch by one token, inside of the proofs and beside them.

use crate::common::der::{self, Node};
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::records::{record_over, stamp_with};
use crate::common::{self, Service, at, now, oid, pool};
use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::crypto::{DigestAlgorithm, KeyFamily, KeyKind, KeyRow};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{
    BatchRehash, BatchRenewal, NotInRenewal, NotRenewable, RenewalError, Renewer, Unrenewed, UnstampedRehash,
    due_record,
};
use recommande::seal::{Artifact as _, Batch, ProofOfSending, StampedBatch, Unstamped};
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, generate_key};
use recommande::time::record::{EvidenceRecord, ReducedHashTree, Renewal};
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Policy, RenewalKind, Verifier};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq};

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
    let shared = [last_token(&record_in(proofs[0].der())), last_token(&record_in(&first))];
    for proof in &proofs {
        let renewed = renewal.file(proof.der()).unwrap();
        assert_eq!(without_record(proof.der()), without_record(&renewed));
        let records = [proof.der(), &renewed].map(record_in);
        assert_only_the_end_differs(&records[0], &records[1]);
        assert_eq!(records.each_ref().map(|record| last_token(record)), shared);
        let proof = ProofOfSending::from_der(&renewed).unwrap();
        let verified = verifier.verify(&proof, Payload::NotAvailable, at(LATER)).unwrap();
        assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
        assert_eq!(renewal.file(&renewed), Err(NotInRenewal::OtherToken), "renewed already");
    }
    // Whoever keeps several renewals finds that of a file by the batch.
    let of_batch = |octets: &[u8]| BatchRenewal::batch_of(octets) == Some(renewal.batch());
    assert!(proofs.iter().all(|proof| of_batch(proof.der())) && batch.records().iter().all(|record| of_batch(record)));
    assert!(!of_batch(&first) && !of_batch(of_five().proofs()[0].der()));
    assert_eq!(BatchRenewal::batch_of(batch.seals[0].der()), None);
    // The same renewal fits the records beside the files.
    for (index, (record, seal)) in batch.records().iter().zip(&batch.seals).enumerate() {
        let renewed = renewal.record(record, &batch.digests(index)).unwrap();
        assert_only_the_end_differs(record, &renewed);
        assert_eq!(last_token(&renewed), shared[1]);
        let beside = batch.verifier().with_evidence_records([renewed]);
        let report = beside.report(seal.as_artifact(), Payload::NotAvailable, at(LATER));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    // The same, verified: a file that was changed, or one without the revocation data of its own seal, is not renewed.
    let repeat = |renewer: &Renewer<'_>, file: &[u8]| renewer.repeat(&renewal, file, ATTACHED, at(LATER));
    assert_eq!(repeat(&renewer, proofs[1].der()).unwrap(), renewal.file(proofs[1].der()).unwrap());
    let object = batch.digests(2);
    let repeated = renewer.repeat_record(&renewal, &batch.records()[2], &object, at(LATER)).unwrap();
    assert_eq!(repeated, renewal.record(&batch.records()[2], &object).unwrap());
    let mut changed = proofs[1].der().to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let why = repeat(&renewer, &changed).unwrap_err();
    assert!(matches!(why, RenewalError::NotRenewable(NotRenewable::NotVerified(_))), "{why}");
    assert_eq!(renewal.file(&changed), Err(NotInRenewal::Changed));
    // The first list of a record may hold its neighbour's leaf too, but not that of an object elsewhere.
    let elsewhere = ContentDigests::new([DigestAlgorithm::Sha256.digest(b"elsewhere")]);
    assert_eq!(renewal.record(&batch.records()[2], &elsewhere), Err(NotInRenewal::Changed));
    let by_another = ContentDigests::new([DigestAlgorithm::Sha512.digest(b"")]);
    let missing = Err(NotInRenewal::DigestMissing(DigestAlgorithm::Sha256));
    assert_eq!(renewal.record(&batch.records()[2], &by_another), missing);
    let why = repeat(&renewer, batch.seals[0].der()).unwrap_err();
    assert!(matches!(why, RenewalError::NotInRenewal(NotInRenewal::Record)), "{why}");
    let another = of_five();
    assert_eq!(renewal.file(another.proofs()[0].der()), Err(NotInRenewal::OtherToken));
    assert_eq!(renewal.file(batch.seals[0].der()), Err(NotInRenewal::Record));
    assert_eq!(renewal.record(b"no record", &object), Err(NotInRenewal::Record));
    assert_eq!(BatchRenewal::between(&first, &first), Err(NotInRenewal::NoTimestampRenewal));
    assert_eq!(BatchRenewal::between(proofs[1].der(), &first), Err(NotInRenewal::NoTimestampRenewal));
    assert_eq!(BatchRenewal::between(b"", &first), Err(NotInRenewal::Record));
}

/// Chains that are ended stay as they are when the timestamp of the last one is renewed.
#[test]
fn a_renewed_timestamp_changes_nothing_in_earlier_chains() {
    let batch = of_five();
    let third = Era::new(&KeyKind::EcP384, at("2032-01-01T00:00:00Z"), at("2050-01-01T00:00:00Z"));
    let verifier = verifier(&batch.service, &[&batch.era, &third]);
    let (record, object, time) = (&batch.records()[1], batch.digests(1), at(RENEWED_AT));
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let rehashed = renewer.renew_record(record, &object, &batch.era.pool(&batch.service, time), time).unwrap();
    let time = at(LATER);
    let renewer = Renewer::new(&verifier).with_revocation(batch.era.crl(time));
    let again = renewer.renew_record(&rehashed, &object, &third.pool(&batch.service, time), time).unwrap();
    assert_eq!(earlier_chains(&again), earlier_chains(&rehashed));
    assert_eq!(earlier_chains(&again).len(), 1);
    assert_only_the_end_differs(&rehashed, &again);
    assert!(BatchRenewal::between(&rehashed, &again).is_ok());
}

/// Nothing differs but the certificates and the crls of the last token of the one record, and the ArchiveTimeStamp that stands
/// after it in the other.
fn assert_only_the_end_differs(before: &[u8], after: &[u8]) {
    let mut restored = Node::parse(after);
    fn last(node: &mut Node) -> &mut Node {
        node.children_mut().last_mut().unwrap()
    }
    // ArchiveTimeStampSequence, ArchiveTimeStampChain; then the ArchiveTimeStamp and its token.
    let chain = last(last(&mut restored));
    chain.children_mut().pop().unwrap();
    let token = last(last(chain));
    let (extended, old) = (token.clone(), Node::parse(&last_token(before)));
    *token = old.clone();
    assert_eq!(restored.to_der(), before);
    let signed = |token: &Node| {
        let mut fields = token.at(der::SIGNED_DATA).children().to_vec();
        // The version says which kinds of revocation data there are (RFC 5652 §5.1).
        fields.retain(|field| ![0x02, 0xa0, 0xa1].contains(&field.tag));
        fields
    };
    assert_eq!(signed(&extended), signed(&old));
}

/// The last token of a record.
fn last_token(record: &[u8]) -> Vec<u8> {
    EvidenceRecord::parse(record).unwrap().archive_time_stamps().last().unwrap().time_stamp.to_vec()
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
    assert!(repeated.record(&batch.records()[2], &batch.digests(2)).is_ok());
    // A new hash tree is no renewal that others share.
    let rehashed =
        renewer().with_algorithm(DigestAlgorithm::Sha512).renew_record(record, &object, &tsas, time).unwrap();
    assert_eq!(BatchRenewal::between(record, &rehashed), Err(NotInRenewal::NoTimestampRenewal));
}

/// A record over a data group is renewed for all of its objects, and a new hash tree over some of them leaves the others out.
#[test]
fn a_record_over_a_group_is_renewed_for_all_of_it() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let renewer = || Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let tsas = batch.era.pool(&batch.service, time);
    let (first, second) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    let object = |name: &str| ContentDigests::new([first, second].map(|algorithm| algorithm.digest(name.as_bytes())));
    let objects = ["a", "b", "c"].map(object);
    let group = ReducedHashTree::of_group(first, objects.iter().map(|object| object.get(first).unwrap())).unwrap();
    let root = group.root(&objects[0].get(first).unwrap()).unwrap();
    let token = stamp_with(&batch.service.tsa(now() + Duration::seconds(2)), root);
    let record = group.to_evidence_record(first, &token);
    let each = |record: &[u8]| {
        objects.each_ref().map(|object| {
            let report = verifier.report_evidence_record(record, std::slice::from_ref(object), at(LATER));
            report.indication == Indication::TotalPassed
        })
    };
    for renewer in [renewer(), renewer().with_algorithm(second)] {
        let renewed = renewer.renew_record_of_group(&record, &objects, &tsas, time).unwrap();
        assert_eq!(each(&renewed), [true; 3]);
        let report = verifier.report_evidence_record(&renewed, &objects, at(LATER));
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }
    let renewer = renewer().with_algorithm(second);
    let some = renewer.renew_record_of_group(&record, &objects[..2], &tsas, time).unwrap();
    assert_eq!(each(&some), [true, true, false]);
    // What was prepared is stored and taken up again.
    let prepared = renewer.prepare_record_of_group(&record, &objects, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = batch.era.tsa(&batch.service, time).respond(&request.to_der());
    let resumed = Unrenewed::from_record_of_group(prepared.der(), &objects, &request).unwrap();
    assert_eq!(each(&renewer.attach(&resumed, &request, &response, time).unwrap()), [true; 3]);
    // An object whose digest is not there, and no object at all.
    let few = [objects[0].clone(), ContentDigests::new([objects[1].get(first).unwrap()])];
    let missing = |objects: &[ContentDigests]| renewer.prepare_record_of_group(&record, objects, time).map(drop);
    assert_eq!(missing(&few), Err(NotRenewable::DigestMissing(second)));
    assert!(matches!(missing(&[]), Err(NotRenewable::NotVerified(_))));
}

/// The chains before the last one, as they are.
fn earlier_chains(record: &[u8]) -> Vec<Vec<u8>> {
    let record = EvidenceRecord::parse(record).unwrap();
    let [earlier @ .., _] = record.chains.as_slice() else { panic!("no chain") };
    earlier.iter().map(|chain| chain.raw.to_vec()).collect()
}

/// The record at the end of a proof.
fn record_in(proof: &[u8]) -> Vec<u8> {
    let last = |node: Node| node.children().last().unwrap().clone();
    // SignerInfos, SignerInfo, unsignedAttrs, Attribute, attrValues, EvidenceRecord.
    (0..6).fold(Node::parse(proof).at(der::SIGNED_DATA).clone(), |node, _| last(node)).to_der()
}

/// Everything is stored between two steps, and no file is read twice for the tree.
#[test]
fn the_new_hash_tree_of_a_batch_is_interrupted_and_resumed() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let proofs = batch.proofs();
    let nonce = || Nonce::from_bytes(&[7; 8]);
    let first = renewer.prepare(proofs[0].der(), ATTACHED, time).unwrap();
    // The first file as it was prepared, and a request that says how.
    let (prepared, of_first) = (first.der().to_vec(), first.timestamp_request(nonce()).to_der());
    let begun = || {
        let request = TimeStampReq::from_der(&of_first).unwrap();
        Unrenewed::from_der(&prepared, ATTACHED, &request).unwrap()
    };
    let mut whole = BatchRehash::of(proofs[0].der(), first).unwrap();
    proofs.iter().for_each(|proof| whole.add(proof.der()).unwrap());
    let (stored, whole) = (whole.leaves().to_vec(), whole.close().unwrap());
    for stop in 0..=proofs.len() {
        let mut rehash = BatchRehash::of(proofs[0].der(), begun()).unwrap();
        proofs[..stop].iter().for_each(|proof| rehash.add(proof.der()).unwrap());
        // What was added since it was stored is at the end.
        assert!(stored.starts_with(rehash.leaves()), "{stop}");
        let mut again = BatchRehash::resumed(proofs[0].der(), begun(), rehash.leaves().to_vec()).unwrap();
        assert_eq!(again.count(), stop + 1);
        proofs[stop..].iter().for_each(|proof| again.add(proof.der()).unwrap());
        assert_eq!(again.close().unwrap().leaves(), whole.leaves(), "{stop}");
    }
    let width = DigestAlgorithm::Sha512.output_len();
    for leaves in [&[][..], &stored[2 * width..], &stored[..width + 1], &[0; 64]] {
        let why = BatchRehash::resumed(proofs[0].der(), begun(), leaves.to_vec()).unwrap_err();
        assert_eq!(why, NotInRenewal::Leaves, "{}", leaves.len());
    }
    let of_another = BatchRehash::resumed(proofs[1].der(), begun(), stored.clone()).unwrap_err();
    assert_eq!(of_another, NotInRenewal::NoHashTree);

    // While the TSA is asked. The request of the tree says as well how the first file was prepared.
    let (leaves, request) = (whole.leaves().to_vec(), whole.timestamp_request(nonce()));
    let waiting = |leaves: &[u8], request: &TimeStampReq| {
        let first = Unrenewed::from_der(&prepared, ATTACHED, request).unwrap();
        UnstampedRehash::from_leaves(proofs[0].der(), first, leaves.to_vec(), request)
    };
    let response = batch.era.tsa(&batch.service, time).respond(&request.to_der());
    let again = waiting(&leaves, &request).unwrap();
    let renewal = again.attach(&renewer, &request, &response, at(LATER)).unwrap();
    for proof in &proofs {
        let renewed = renewer.repeat(&renewal, proof.der(), ATTACHED, at(LATER)).unwrap();
        let verified = ProofOfSending::from_der(&renewed).unwrap();
        let verified = verifier.verify(&verified, Payload::NotAvailable, at(LATER)).unwrap();
        assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
    }
    let mut flipped = leaves.clone();
    flipped[100] ^= 1;
    let of_first = TimeStampReq::from_der(&of_first).unwrap();
    for (leaves, request) in
        [(flipped.as_slice(), &request), (&leaves[width..], &request), (&[], &request), (&leaves, &of_first)]
    {
        assert_eq!(waiting(leaves, request).unwrap_err(), NotInRenewal::Leaves);
    }
}

#[test]
fn one_token_gives_all_proofs_of_a_batch_a_new_hash_tree() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let (proofs, records) = (batch.proofs(), batch.records());
    let prepared = || renewer.prepare(proofs[0].der(), ATTACHED, time).unwrap();
    let begun = || BatchRehash::of(proofs[0].der(), prepared()).unwrap();
    let mut rehash = begun();
    // Some of the batch keep their records beside them, and one is not there.
    proofs[..3].iter().for_each(|proof| rehash.add(proof.der()).unwrap());
    let object = batch.digests(3);
    rehash.add_record(&records[3], &object).unwrap();
    let unstamped = rehash.close().unwrap();
    assert_eq!(unstamped.leaf_count(), 4);
    // Begun again, in another order and with one of them read twice, it is the same tree.
    let mut again = begun();
    again.add_record(&records[3], &object).unwrap();
    proofs[..3].iter().rev().chain([&proofs[1]]).for_each(|proof| again.add(proof.der()).unwrap());
    let imprint =
        |unstamped: &UnstampedRehash<'_>| unstamped.timestamp_request(Nonce::from_bytes(&[7; 8])).imprint().clone();
    assert_eq!(imprint(&again.close().unwrap()), imprint(&unstamped));
    let renewal = unstamped.stamp_with(&renewer, &batch.era.pool(&batch.service, time), time).unwrap();
    let renewed: Vec<_> =
        proofs[..3].iter().map(|proof| renewer.repeat(&renewal, proof.der(), ATTACHED, at(LATER)).unwrap()).collect();
    let shared = last_token(&record_in(&renewed[0]));
    for (proof, renewed) in proofs.iter().zip(&renewed) {
        assert_eq!(&renewal.file(proof.der()).unwrap(), renewed);
        let verified = ProofOfSending::from_der(renewed).unwrap();
        let verified = verifier.verify(&verified, Payload::NotAvailable, at(LATER)).unwrap();
        assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
        // The chain before is the prepared one, the token is the same for all, and what is outside of the record stays.
        let prepared = renewer.prepare(proof.der(), ATTACHED, time).unwrap();
        let prepared = record_in(prepared.der());
        let chain = EvidenceRecord::parse(&prepared).unwrap().chains[0].raw.to_vec();
        let record = record_in(renewed);
        assert_eq!((earlier_chains(&record), last_token(&record)), (vec![chain], shared.clone()));
        let [before, after] = [proof.der(), renewed].map(without_record);
        assert_eq!(before, after);
        assert_eq!(renewal.file(renewed), Err(NotInRenewal::OtherToken), "renewed already");
    }
    let beside = renewer.repeat_record(&renewal, &records[3], &object, at(LATER)).unwrap();
    let report = verifier.report_evidence_record(&beside, std::slice::from_ref(&object), at(LATER));
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    assert_eq!(last_token(&beside), shared);

    // What is stored gives the same renewal again.
    let stored = renewal.leaves().unwrap().to_vec();
    let again = BatchRenewal::between_trees(proofs[0].der(), &renewed[0], stored.clone()).unwrap();
    assert!(again == renewal);
    let of_record = BatchRenewal::between_trees(&records[3], &beside, stored.clone()).unwrap();
    assert!(of_record == renewal);
    let no_tree = |before: &[u8], after: &[u8], leaves: Vec<u8>| {
        assert_eq!(BatchRenewal::between_trees(before, after, leaves), Err(NotInRenewal::NoHashTree));
    };
    no_tree(proofs[0].der(), &renewed[0], stored[64..].to_vec());
    no_tree(proofs[0].der(), &renewed[0], Vec::new());
    no_tree(proofs[0].der(), proofs[0].der(), stored.clone());
    let itself = BatchRenewal::between_trees(&renewed[0], &renewed[0], stored.clone());
    assert_eq!(itself, Err(NotInRenewal::Extended));
    // The second file differs from the first outside of the chains: in its content, or in the record.
    let mut changed = renewed[0].clone();
    let content = changed.windows(2).position(|octets| octets == b"{\"").unwrap();
    changed[content] = b'[';
    no_tree(proofs[0].der(), &changed, stored.clone());
    no_tree(proofs[1].der(), &renewed[0], stored.clone());
    let mut unlisted = Node::parse(&beside);
    unlisted.children_mut()[1].children_mut().pop();
    no_tree(&records[3], &unlisted.to_der(), stored.clone());
    let mut informed = Node::parse(&beside);
    let infos = Node::parse(&[0xa0, 0x02, 0x30, 0x00]);
    informed.children_mut().insert(2, infos);
    no_tree(&records[3], &informed.to_der(), stored.clone());
    // Neighbours in the tree have one record.
    let another = records[..3].iter().find(|record| **record != records[3]).unwrap();
    no_tree(another, &beside, stored);
    assert_eq!(BatchRenewal::between(proofs[0].der(), &renewed[0]), Err(NotInRenewal::NoTimestampRenewal));

    // What is not in the tree, or has changed since, is told by name, and hurts no other.
    let left_out = renewer.repeat(&renewal, proofs[4].der(), ATTACHED, at(LATER)).unwrap_err();
    assert!(matches!(left_out, RenewalError::NotInRenewal(NotInRenewal::LeftOut)), "{left_out}");
    let alone = renewer.renew(proofs[4].der(), ATTACHED, &batch.era.pool(&batch.service, time), time).unwrap();
    assert!(ProofOfSending::from_der(&alone).is_ok());
    let few = ContentDigests::new([object.get(DigestAlgorithm::Sha256).unwrap()]);
    let missing = Err(NotInRenewal::DigestMissing(DigestAlgorithm::Sha512));
    assert_eq!(renewal.record(&records[3], &few), missing);
    assert_eq!(begun().add_record(&records[3], &few), missing.map(|_: Vec<u8>| unreachable!()));
    assert_eq!(begun().add(of_five().proofs()[0].der()), Err(NotInRenewal::OtherToken));
    assert_eq!(begun().add(batch.seals[0].der()), Err(NotInRenewal::Record));
    let timestamp = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let timestamp = timestamp.prepare(proofs[0].der(), ATTACHED, time).unwrap();
    assert_eq!(BatchRehash::of(proofs[0].der(), timestamp).unwrap_err(), NotInRenewal::NoHashTree);
    assert_eq!(BatchRehash::of(proofs[1].der(), prepared()).unwrap_err(), NotInRenewal::NoHashTree);
}

fn without_record(file: &[u8]) -> Vec<u8> {
    let mut file = Node::parse(file);
    let signer_infos = file.at_mut(der::SIGNED_DATA).children_mut().last_mut().unwrap();
    signer_infos.children_mut()[0].children_mut().pop();
    file.to_der()
}

#[test]
fn the_token_of_a_new_hash_tree_is_checked_before_any_file_is_renewed() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let renewer = Renewer::new(&verifier).with_revocation(first_crls(&batch.service, time));
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let proofs = batch.proofs();
    let prepared = renewer.prepare(proofs[0].der(), ATTACHED, time).unwrap();
    let mut rehash = BatchRehash::of(proofs[0].der(), prepared).unwrap();
    proofs.iter().for_each(|proof| assert!(rehash.add(proof.der()).is_ok()));
    let unstamped = rehash.close().unwrap();
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let answer = |time| batch.era.tsa(&batch.service, time).respond(&request.to_der());
    // Kept, and attached after the deadline; a second after it is too late, whatever the time is.
    let end = now() + Duration::days(730);
    let kept = unstamped.attach(&renewer, &request, &answer(end), at(LATER)).unwrap();
    assert!(renewer.repeat(&kept, proofs[1].der(), ATTACHED, at(LATER)).is_ok());
    let late = unstamped.attach(&renewer, &request, &answer(end + Duration::seconds(1)), at(LATER)).unwrap_err();
    assert!(matches!(late, RenewalError::NotRenewable(NotRenewable::PastDeadline(_))), "{late}");
    let stranger = Service::new().tsa(time).respond(&request.to_der());
    let foreign = unstamped.attach(&renewer, &request, &stranger, time).unwrap_err();
    assert!(matches!(foreign, RenewalError::Token(_)), "{foreign}");
    let another_request = unstamped.timestamp_request(Nonce::from_bytes(&[8; 8]));
    let response = unstamped.attach(&renewer, &another_request, &answer(time), time).unwrap_err();
    assert!(matches!(response, RenewalError::Response(_)), "{response}");
    let alone = BatchRehash::of(proofs[1].der(), renewer.prepare(proofs[1].der(), ATTACHED, time).unwrap()).unwrap();
    let alone = alone.close().unwrap();
    assert_eq!(alone.leaf_count(), 1);
    let about_another = alone.attach(&renewer, &request, &answer(time), time).unwrap_err();
    assert!(matches!(about_another, RenewalError::OtherRequest), "{about_another}");
    let renewal = alone.stamp_with(&renewer, &batch.era.pool(&batch.service, time), time).unwrap();
    assert!(renewer.repeat(&renewal, proofs[1].der(), ATTACHED, time).is_ok());
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
    let of_another_object = refused(renewer(), &ContentDigests::of_reader(&mut &b"another"[..]).unwrap(), time);
    assert!(matches!(of_another_object, NotRenewable::NotVerified(_)), "{of_another_object}");
    let late = refused(renewer(), &object, now() + Duration::days(731));
    assert!(matches!(late, NotRenewable::PastDeadline(_)), "{late}");
    let missing = refused(Renewer::new(&verifier), &object, time);
    assert_eq!(missing.code(), Some(Code::RevocationNotChecked));
    let few = ContentDigests::new([object.get(DigestAlgorithm::Sha256).unwrap()]);
    let unknown = refused(renewer().with_algorithm(DigestAlgorithm::Sha512), &few, time);
    assert_eq!(unknown, NotRenewable::DigestMissing(DigestAlgorithm::Sha512));
    let weak = refused(renewer().with_algorithm(DigestAlgorithm::Sha224), &object, time);
    assert!(matches!(weak, NotRenewable::WeakerAlgorithm { .. }), "{weak}");
    // Neither a token nor what is added to one may be what verifiers would hash in two ways.
    let prepared = renewer().prepare_record(record, &object, time).unwrap();
    let request = prepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = der::disordered_token(&batch.era.tsa(&batch.service, time).respond(&request.to_der()));
    let why = renewer().attach(&prepared, &request, &response, time).unwrap_err();
    assert!(matches!(why, RenewalError::TokenNotDer), "{why}");
    let proof = &batch.proofs()[0];
    let mut data = first_crls(&batch.service, time);
    let crl = batch.service.pki.root.issue_crl(&CrlSpec::new(time - Duration::days(1), time)).unwrap();
    data.add_der(&der::with_long_length(&crl)).unwrap();
    let why = Renewer::new(&verifier).with_revocation(data).prepare(proof.der(), ATTACHED, time).unwrap_err();
    assert_eq!(why, NotRenewable::AdditionNotDer);
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
    let knowing = |data: RevocationData| lacking.verifier().with_policy(policy.clone()).with_revocation_data(data);
    let mut both = of_era.clone();
    both.extend(&data).unwrap();
    // In cryptoInfos alone, and given beside that.
    for data in [of_era.clone(), both] {
        let verifier = knowing(data);
        let (time, object) = (at(RENEWED_AT), object());
        let tsas = lacking.era.pool(&lacking.service, time);
        let renewed = Renewer::new(&verifier).renew_record(&record, &object, &tsas, time).unwrap();
        let later = at("2032-01-01T00:00:00Z");
        let report = knowing(lacking.era.crl(later)).report_evidence_record(&renewed, &[object], later);
        assert_eq!(report.proven_at, Some(now()), "{report}");
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// The earlier time is lost where an issuer of its TSA has ended, and lies neither in the file nor under the new timestamp.
#[test]
fn a_renewal_that_would_prove_a_later_time_is_refused() {
    let service = Service::new();
    let (ended, time) = (at("2028-12-01T00:00:00Z"), at(RENEWED_AT));
    let key = || generate_key(&KeyKind::EcP256).unwrap();
    let middle = CertificateSpec::authority("Middle", now() - Duration::days(2), ended);
    let middle = service.pki.tsa_root.issue(&middle, key()).unwrap();
    let lower = middle.issue(&CertificateSpec::tsa("Lower TSA", now() - Duration::days(1), ended), key()).unwrap();
    let second = Era::new(&KeyKind::EcP256, now() - Duration::days(1), at("2030-01-01T00:00:00Z"));
    let third = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2033-01-01T00:00:00Z"));
    let sealed = service.sealer.seal(&common::sending(), now()).unwrap();
    let first = pool(service.tsa(now() + Duration::seconds(2)).with_key(lower));
    let proof = sealed.stamp_with(&first).unwrap();
    let token = stamp_with(&second.tsa(&service, now() + Duration::seconds(9)), signature_digest(sealed.der()));
    let file = Node::parse(proof.der()).with(|file| {
        let infos = file.at_mut(der::SIGNED_DATA).children_mut().last_mut().unwrap();
        let attributes = infos.children_mut()[0].children_mut().last_mut().unwrap().children_mut();
        let values = attributes[0].children_mut()[1].children_mut();
        values.push(Node::parse(token.to_definite()));
        der::sort(values);
    });
    let mut data = first_crls(&service, time);
    data.extend(&crls(&[&middle, &second.root], time)).unwrap();
    let verifier = verifier(&service, &[&second, &third]).with_revocation_data(data);
    let verifier = verifier.with_extra_certificates(vec![middle.certificate.clone()]);
    // The file is taken as it is, and not as `prepare` would extend it.
    let algorithm = DigestAlgorithm::Sha512;
    let request = |digest: &[u8]| {
        TimeStampReq::new(MessageImprint::new(algorithm.oid(), digest)).with_nonce(Nonce::from_bytes(&[7; 8]))
    };
    let unprepared = Unrenewed::from_der(&file.to_der(), ATTACHED, &request(&[0; 64])).unwrap();
    let request = unprepared.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = third.tsa(&service, time).respond(&request.to_der());
    let renewer = Renewer::new(&verifier);
    let Err(why) = renewer.attach(&unprepared, &request, &response, ended + Duration::days(1)) else {
        panic!("it was attached")
    };
    assert!(matches!(why, RenewalError::LaterTime), "{why}");
    assert_eq!(why.code(), None);
}

/// The digest of the signature of a seal without a timestamp.
fn signature_digest(sealed: &[u8]) -> recommande::crypto::Digest {
    let file = Node::parse(sealed);
    let signer_info = file.at(der::SIGNED_DATA).children().last().unwrap().children()[0].clone();
    DigestAlgorithm::Sha256.digest(&signer_info.children()[5].contents())
}

#[test]
fn what_is_added_takes_no_more_than_what_is_read_back() {
    let batch = of_five();
    let (verifier, time) = (batch.verifier(), at(RENEWED_AT));
    let data = crls(&[&batch.service.pki.root, &batch.service.pki.intermediate, &batch.service.pki.tsa_root], now());
    let single = batch.service.proof().with_revocation(&data).unwrap();
    let large = |number: u64| {
        let spec = CrlSpec::new(time - Duration::days(1), time + Duration::days(7)).with_number(number);
        let spec = spec.with_extension(ObjectIdentifier::new_unwrap("1.2.3.4"), vec![0; 33 << 20]);
        batch.service.pki.intermediate.issue_crl(&spec).unwrap()
    };
    let mut data = first_crls(&batch.service, time);
    for (number, expected) in [(1, None), (2, Some(NotRenewable::TooLarge))] {
        data.add_der(&large(number)).unwrap();
        let renewer = Renewer::new(&verifier).with_revocation(data.clone());
        let proof = &batch.proofs()[0];
        let record = renewer.prepare_record(&batch.records()[1], &batch.digests(1), time).map(|_| ());
        let prepared = [single.der(), proof.der()].map(|file| renewer.prepare(file, ATTACHED, time).map(|_| ()));
        for refused in prepared.into_iter().chain([record]) {
            assert_eq!(refused.err(), expected, "{number}");
        }
    }
}
