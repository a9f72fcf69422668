//! Many statements share one seal and one timestamp: each proof verifies alone, and says of nothing else that it was sealed.

use std::num::NonZeroU64;

use crate::common::der::{self, Node};
use crate::common::records::stamp;
use crate::common::{Service, against, digests, has, issuer, later, now, oid, opened_at, pool, restated, sending_of};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::evidence::{
    BatchStatement, Committed, DecodeStatementErrorKind, Field, JsonFault, Reason, Salts, Statement, Step, StepEvent,
};
use recommande::life::{Case, Standing, judge};
use recommande::seal::{
    AggregateError, AggregateItem, AggregateLeaves, AnyProof, Artifact, BatchSeal, DecodeError, NotAggregated,
    ProfileViolation, Proof, SealedAggregate, StampedAggregate,
};
use recommande::testing::{CertificateSpec, CertifiedKey, generate_key};
use recommande::verify::{
    BaselineLevel, Code, Context, GivenProof, Indication, Octets, Payload, Policy, Question, Report, SecondSealRule,
    SendingContext,
};
use recommande::{Certificate, Credentials, Environment, Issuer, ProofOfSending, Sending, Unstamped};
use rfc3161_client::{Nonce, TimeStampReq};

pub type Item = AggregateItem<Sending>;

pub fn items(service: &Service, count: usize) -> Vec<Item> {
    let sending = |number| sending_of(&format!("ITEM{number}"));
    (0..count).map(|number| service.sealer.aggregate_item(sending(number), now()).unwrap()).collect()
}

pub fn leaves(service: &Service, items: &[Item]) -> AggregateLeaves {
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    items.iter().for_each(|item| leaves.add(item).unwrap());
    leaves
}

/// A post-quantum key for second seals, with its chain.
pub fn second_key(service: &Service) -> (CertifiedKey, Vec<Certificate>) {
    let spec = CertificateSpec::seal("Second Seal", now() - Duration::days(1), now() + Duration::days(300));
    let key = service.pki.intermediate.issue(&spec, generate_key(&KeyKind::MlDsa65).unwrap()).unwrap();
    let chain = vec![key.certificate.clone(), service.pki.intermediate.certificate.clone()];
    (key, chain)
}

pub fn second_credentials(service: &Service) -> Credentials {
    let (key, chain) = second_key(service);
    Credentials::new(key.signer, chain).unwrap()
}

fn sealed(service: &Service, items: &[Item]) -> SealedAggregate {
    service.sealer.seal_aggregate(&leaves(service, items).close(17).unwrap(), now()).unwrap()
}

/// Two seconds after the sealing.
fn stamped(service: &Service, sealed: &SealedAggregate) -> StampedAggregate {
    sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap()
}

fn report(service: &Service, file: &[u8]) -> Report {
    match ProofOfSending::from_der(file) {
        Ok(proof) => service.verifier().report(&proof, Payload::Digests(&digests()), later()),
        Err(error) => service.verifier().report_malformed(&error, later()),
    }
}

#[test]
fn each_proof_of_a_batch_with_one_seal_verifies_alone() {
    let service = Service::numbered();
    for count in [1, 2, 3, 7, 100] {
        let items = items(&service, count);
        let stamped = stamped(&service, &sealed(&service, &items));
        assert_eq!(stamped.leaf_count(), count);
        for item in items {
            let (id, json) = (item.id(), item.json().to_vec());
            let record = stamped.record(&item).unwrap();
            assert_eq!(stamped.record_of(item.json()).as_ref(), Ok(&record));
            let made = stamped.proof(item).unwrap();
            let file = made.der().to_vec();
            let proof = ProofOfSending::from_der(&file).unwrap();
            assert_eq!((proof.id(), proof.der()), (id, &*file));
            let parts = proof.parts().unwrap();
            assert_eq!((parts.statement(), parts.record(), parts.seal()), (&*json, &*record, stamped.seal()));
            let of_parts = ProofOfSending::from_parts(&json, &record, stamped.seal()).unwrap();
            assert!(of_parts == proof && made == proof);
            let verified = service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
            assert_eq!((verified.proven_at(), verified.id()), (now() + Duration::seconds(2), id));
            let report = report(&service, &file);
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            // It is no signature of this statement, and no level of the standard.
            assert_eq!(report.level, Some(BaselineLevel::Aggregated));
            assert_eq!((report.timestamps.len(), report.records.len()), (2, 2));
            assert!(has(&report, Code::AggregatedInBatch));
            assert!(against(&report).is_empty(), "{report}");
        }
    }
}

/// The partial hash trees of a record.
pub type Lists = Vec<Vec<Vec<u8>>>;

/// Where the first ArchiveTimeStamp of a record is.
const STAMP: &der::Path = &[2, 0, 0];

pub fn lists_of(record: &[u8]) -> Lists {
    let record = Node::parse(record);
    let lists = record.at(STAMP).children()[1].children().iter();
    lists.map(|list| list.children().iter().map(Node::contents).collect()).collect()
}

/// The record with other lists, and a token over what they lead to: what a service that keeps to no rules would make.
fn restamped(service: &Service, record: &[u8], lists: &Lists) -> Vec<u8> {
    restamped_at(service, record, lists, now() + Duration::seconds(2))
}

pub fn restamped_at(service: &Service, record: &[u8], lists: &Lists, time: DateTime<Utc>) -> Vec<u8> {
    let mut so_far: Vec<Vec<u8>> = Vec::new();
    for list in lists {
        let mut hashes = [list.clone(), so_far].concat();
        hashes.sort();
        so_far = match hashes.as_slice() {
            [single] => vec![single.clone()],
            several => vec![DigestAlgorithm::Sha256.digest(&several.concat()).as_bytes().to_vec()],
        };
    }
    let token = stamp(service, digest(&so_far[0]), time);
    let list = |list: &Vec<Vec<u8>>| der::node(0x30, list.iter().map(|hash| der::octets(0x04, hash)).collect());
    let record = Node::parse(record).with(|record| {
        record.at_mut(STAMP).children_mut()[1] = der::node(0xa2, lists.iter().map(list).collect());
        record.at_mut(STAMP).children_mut()[2] = Node::parse(token.to_definite());
    });
    record.to_der()
}

fn digest(octets: &[u8]) -> Digest {
    Digest::new(DigestAlgorithm::Sha256, octets).unwrap()
}

/// A seal over any batch statement, with a record that proves its time.
pub fn resealed(service: &Service, stamped: &StampedAggregate, batch: &BatchStatement) -> BatchSeal {
    let mut file = bare(stamped.seal());
    *file.at_mut(der::CONTENT).octets_mut() = batch.to_json();
    let file = file.resigned(service.pki.seal.signer.as_ref(), |attributes| {
        let name = der::oid(oid::MESSAGE_DIGEST);
        let stated = attributes.iter_mut().find(|attribute| attribute.children()[0] == name).unwrap();
        let computed = DigestAlgorithm::Sha256.digest(&batch.to_json());
        stated.children_mut()[1] = der::node(0x31, vec![der::octets(0x04, computed.as_bytes())]);
        der::sort(attributes);
    });
    stamped_seal(service, stamped, &file)
}

/// The seal of a batch without its record.
pub fn bare(seal: &BatchSeal) -> Node {
    let mut file = Node::parse(seal.der());
    file.at_mut(der::SIGNER_INFO).children_mut().truncate(6);
    file
}

/// A seal with a record that proves its time.
pub fn stamped_seal(service: &Service, stamped: &StampedAggregate, file: &Node) -> BatchSeal {
    stamped_beside(service, stamped, file, &[])
}

/// The same, with further hashes beside those of root and seal.
pub fn stamped_beside(service: &Service, stamped: &StampedAggregate, file: &Node, beside: &[Vec<u8>]) -> BatchSeal {
    let record = Node::parse(stamped.seal().der());
    let record = record.at(der::UNSIGNED_ATTRIBUTES).children()[0].children()[1].children()[0].to_der();
    let root = BatchStatement::from_json(&file.at(der::CONTENT).contents()).unwrap().root().as_bytes().to_vec();
    let covered = DigestAlgorithm::Sha256.digest(&file.to_der()).as_bytes().to_vec();
    let record = restamped(service, &record, &vec![[&[covered, root], beside].concat()]);
    let attribute = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record);
    BatchSeal::from_der(&file.with_unsigned(attribute).to_der()).unwrap()
}

pub fn covered(seal: &BatchSeal) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(&bare(seal).to_der()).as_bytes().to_vec()
}

/// A batch of seven, and a statement whose way has three siblings.
pub struct Seven {
    pub service: Service,
    pub stamped: StampedAggregate,
    pub item: Item,
    pub record: Vec<u8>,
}

impl Seven {
    pub fn new() -> Self {
        let service = Service::numbered();
        let items = items(&service, 7);
        let stamped = stamped(&service, &sealed(&service, &items));
        let way = |item: &Item| lists_of(&stamped.record(item).unwrap()).len();
        let item = items.into_iter().find(|item| way(item) == 4).unwrap();
        let record = stamped.record(&item).unwrap();
        Self { service, stamped, item, record }
    }

    pub fn report(&self, statement: &[u8], record: &[u8], seal: &BatchSeal) -> Report {
        let proof = ProofOfSending::from_parts(statement, record, seal).unwrap();
        let verifier = self.service.verifier();
        let report = report(&self.service, proof.der());
        let strict = verifier.verify(&proof, Payload::Digests(&digests()), later());
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        if let Err(error) = strict {
            let decided = report.decided_by.unwrap();
            assert_eq!((error.finding().subject, error.finding().code), (decided.subject, decided.code));
        }
        report
    }

    /// The codes that speak against a proof with these lists.
    fn with_lists(&self, change: impl FnOnce(&mut Lists)) -> Vec<Code> {
        let mut lists = lists_of(&self.record);
        change(&mut lists);
        let record = restamped(&self.service, &self.record, &lists);
        against(&self.report(self.item.json(), &record, self.stamped.seal()))
    }

    /// The codes that speak against a proof under a seal that states something else.
    fn with_batch(&self, change: impl FnOnce(&BatchStatement) -> BatchStatement) -> Vec<Code> {
        let seal = resealed(&self.service, &self.stamped, &change(self.stamped.seal().stated()));
        against(&self.report(self.item.json(), &self.record_to(&seal), &seal))
    }

    /// The record of the statement to another seal over the same root.
    pub fn record_to(&self, seal: &BatchSeal) -> Vec<u8> {
        let mut lists = lists_of(&self.record);
        *lists.last_mut().unwrap() = vec![covered(seal)];
        restamped(&self.service, &self.record, &lists)
    }
}

pub fn stating(batch: &BatchStatement, issuer: &Issuer, count: u64, root: Digest) -> BatchStatement {
    BatchStatement::new(issuer, batch.number(), NonZeroU64::new(count).unwrap(), root).unwrap()
}

#[test]
fn a_record_that_is_not_the_way_of_the_statement_to_the_seal_is_refused_by_name() {
    let seven = Seven::new();
    assert_eq!(seven.with_lists(|_| {}), [], "the tools of this test change nothing by themselves");
    let leaf = seven.item.id().digest().as_bytes().to_vec();
    let foreign = || DigestAlgorithm::Sha256.digest(b"foreign").as_bytes().to_vec();
    // Cut before root and seal, or before the root alone.
    assert_eq!(seven.with_lists(|lists| drop(lists.pop())), [Code::AggregatedSealDiffers]);
    assert_eq!(seven.with_lists(|lists| drop(lists.drain(1..3))), [Code::AggregatedRootDiffers]);
    let beside_seal = |lists: &mut Lists| *lists = vec![[vec![leaf.clone()], lists[3].clone()].concat()];
    assert_eq!(seven.with_lists(beside_seal), [Code::AggregatedRootDiffers]);
    // The seal is replaced, or stands beside something.
    assert_eq!(seven.with_lists(|lists| lists[3] = vec![foreign()]), [Code::AggregatedSealDiffers]);
    assert_eq!(seven.with_lists(|lists| lists[3].push(foreign())), [Code::AggregatedSealNotAlone]);
    // Several statements in one record, and a statement twice.
    assert_eq!(seven.with_lists(|lists| lists[0].push(foreign())), [Code::AggregatedPathNotBinary]);
    assert_eq!(seven.with_lists(|lists| lists[1].push(foreign())), [Code::AggregatedPathNotBinary]);
    assert_eq!(seven.with_lists(|lists| lists[0].retain(|hash| *hash == leaf)), [Code::AggregatedPathNotBinary]);
    assert_eq!(seven.with_lists(|lists| lists[0] = vec![leaf.clone(); 2]), [Code::AggregatedStatementTwice]);
    // A leaf that is an inner node, or another statement under the same seal.
    let codes = seven.with_lists(|lists| drop(lists.remove(0)));
    assert!(codes.contains(&Code::AggregatedStatementNotCovered), "{codes:?}");
    let another = items(&seven.service, 1).remove(0);
    let codes = against(&seven.report(another.json(), &seven.record, seven.stamped.seal()));
    assert!(codes.contains(&Code::AggregatedStatementNotCovered), "{codes:?}");
    // No way at all.
    let without = Node::parse(&seven.record).with(|record| {
        record.at_mut(STAMP).children_mut().remove(1);
    });
    let codes = against(&seven.report(seven.item.json(), &without.to_der(), seven.stamped.seal()));
    assert!(codes.contains(&Code::AggregatedPathMissing), "{codes:?}");
}

#[test]
fn a_seal_that_is_not_of_this_batch_is_refused_by_name() {
    let seven = Seven::new();
    let own = issuer(Environment::Test);
    let as_it_is = |batch: &BatchStatement| stating(batch, &own, 7, *batch.root());
    assert_eq!(seven.with_batch(as_it_is), [], "the tools of this test change nothing by themselves");
    let foreign = DigestAlgorithm::Sha256.digest(b"foreign");
    assert_eq!(seven.with_batch(|batch| stating(batch, &own, 7, foreign)), [Code::AggregatedRootDiffers]);
    let leaf = *seven.item.id().digest();
    assert_eq!(seven.with_batch(|batch| stating(batch, &own, 1, leaf)), [Code::AggregatedRootDiffers]);
    for count in [1, 2, 3, 4, 9, 17, (1 << 53) - 1] {
        let codes = seven.with_batch(|batch| stating(batch, &own, count, *batch.root()));
        assert_eq!(codes, [Code::AggregatedCountDiffers], "{count}");
    }
    let acceptance = issuer(Environment::Acceptance);
    let codes = seven.with_batch(|batch| stating(batch, &acceptance, 7, *batch.root()));
    assert_eq!(codes, [Code::AggregatedEnvironmentDiffers]);
    let stranger = Issuer::new("Stranger", "BE/BE/0566988259", Environment::Test).unwrap();
    let codes = seven.with_batch(|batch| stating(batch, &stranger, 7, *batch.root()));
    assert_eq!(codes, [Code::AggregatedIssuerDiffers]);
    // By another algorithm, which the record does not have.
    let longer = DigestAlgorithm::Sha512.digest(b"root");
    let codes = seven.with_batch(|batch| stating(batch, &own, 7, longer));
    assert!(codes.contains(&Code::AggregatedAlgorithmDiffers), "{codes:?}");
    // The genuine seal of another batch of the same service.
    let others = items(&seven.service, 3);
    let other = stamped(&seven.service, &sealed(&seven.service, &others));
    let codes = against(&seven.report(seven.item.json(), &seven.record, other.seal()));
    assert_eq!(codes, [Code::AggregatedSealDiffers]);
}

#[test]
fn a_record_that_proves_no_time_leaves_the_proof_undecided() {
    let seven = Seven::new();
    // The token is that of something else.
    let foreign = stamp(&seven.service, DigestAlgorithm::Sha256.digest(b"foreign"), now() + Duration::seconds(2));
    let record = Node::parse(&seven.record).with(|record| {
        record.at_mut(STAMP).children_mut()[2] = Node::parse(foreign.to_definite());
    });
    let report = seven.report(seven.item.json(), &record.to_der(), seven.stamped.seal());
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert_eq!(report.decided_by.map(|by| by.code), Some(Code::AggregatedTimeNotProven));
    assert!(has(&report, Code::RecordTreeDiffers));
    // A thousand lists.
    let many = Node::parse(&seven.record).with(|record| {
        let lists = record.at_mut(STAMP).children_mut()[1].children_mut();
        *lists = lists.iter().cycle().take(1000).cloned().collect();
    });
    let report = seven.report(seven.item.json(), &many.to_der(), seven.stamped.seal());
    assert!(has(&report, Code::RecordTooLarge) && has(&report, Code::AggregatedTimeNotProven), "{report}");
    // What is no record at all.
    let report = seven.report(seven.item.json(), &[0x30, 0], seven.stamped.seal());
    assert!(has(&report, Code::RecordMalformed) && has(&report, Code::AggregatedTimeNotProven), "{report}");
    // The seal without its own record: nothing else proves its time.
    let mut bare = Node::parse(seven.stamped.seal().der());
    bare.at_mut(der::SIGNER_INFO).children_mut().truncate(6);
    let bare = BatchSeal::from_der(&bare.to_der()).unwrap();
    let report = seven.report(seven.item.json(), &seven.record, &bare);
    let codes = [Code::TimestampMissing, Code::AggregatedTimestampsDiffer];
    assert_eq!(against(&report), codes);
}

#[test]
fn a_file_that_is_taken_apart_has_one_form() {
    let seven = Seven::new();
    let file = seven.stamped.proof(seven.item.clone()).unwrap().der().to_vec();
    let refused = |file: &[u8]| {
        let error = ProofOfSending::from_der(file).unwrap_err();
        assert_eq!(AnyProof::from_der(file).unwrap_err(), error);
        let report = report(&seven.service, file);
        assert_eq!(against(&report), [Code::Malformed], "{report}");
        error
    };
    assert!(matches!(refused(&[&*file, &[0]].concat()), DecodeError::Aggregated(_)));
    assert!(matches!(refused(&file[..file.len() - 1]), DecodeError::Aggregated(_) | DecodeError::Coding(_)));
    let changed = |change: &dyn Fn(&mut Node)| Node::parse(&file).with(|file| change(file)).to_der();
    let version = |version: &'static [u8]| changed(&move |file| file.children_mut()[0] = der::octets(2, version));
    for stated in [&[0][..], &[2], &[0, 1], &[]] {
        let error = refused(&version(stated));
        assert_eq!(error, DecodeError::Profile(ProfileViolation::Version("AggregatedProof")), "{stated:?}");
    }
    for parts in 2..4 {
        let cut = changed(&|file| file.children_mut().truncate(parts));
        assert!(matches!(refused(&cut), DecodeError::Aggregated(_)), "{parts}");
    }
    let longer = changed(&|file| file.children_mut().push(der::octets(5, &[])));
    assert!(matches!(refused(&longer), DecodeError::Aggregated(_)));
    // A length in one octet more than it needs.
    let statement = Node::parse(&file).children()[1].contents();
    let long = [&[0x04, 0x83, 0x00][..], &u16::try_from(statement.len()).unwrap().to_be_bytes()].concat();
    let parts: Vec<Vec<u8>> = Node::parse(&file).children().iter().map(Node::to_der).collect();
    let inside = [parts[0].clone(), long, statement, parts[2].clone(), parts[3].clone()].concat();
    let ber = der::octets(0x30, &inside).to_der();
    assert_eq!(refused(&ber), DecodeError::Profile(ProfileViolation::NotDer("AggregatedProof.statement")));
    // The seal of a proof is not that of a batch, and the seal of a batch is no proof.
    let single = seven.service.proof().der().to_vec();
    let swapped = changed(&|file| file.children_mut()[3] = Node::parse(&single));
    assert!(matches!(refused(&swapped), DecodeError::BatchStatement(_)));
    assert!(matches!(refused(seven.stamped.seal().der()), DecodeError::Statement(_)));
    let floating = |json: &str| {
        let error = BatchStatement::from_json(json.as_bytes()).unwrap_err();
        error.kind().clone()
    };
    let json = String::from_utf8(seven.stamped.seal().stated().to_json()).unwrap();
    let number = DecodeStatementErrorKind::Json(JsonFault::Number);
    assert_eq!(floating(&json.replace(":7,", ":7.0,")), number);
    assert_eq!(floating(&json.replace(":7,", ":0,")), number);
    assert_eq!(floating(&json.replace(":7,", ":18446744073709551616,")), number);
}

#[test]
fn a_batch_is_stored_and_taken_up_again_between_all_steps() {
    let service = Service::numbered();
    let first = items(&service, 20);
    let stored: Vec<Vec<u8>> = first.iter().map(|item| item.json().to_vec()).collect();
    let read = || stored.iter().rev().map(|json| Item::from_json(json).unwrap()).collect::<Vec<_>>();
    // Another process reads the statements in another order, one of them twice.
    let again = [read(), vec![read().remove(0)]].concat();
    let batch = leaves(&service, &again).close(17).unwrap();
    assert_eq!((leaves(&service, &again).len(), batch.leaf_count()), (21, 20));
    assert!(first.iter().all(|item| batch.contains(item)));
    let sealed = sealed(&service, &first);
    assert_eq!(sealed.seal().as_artifact().stated(), batch.statement());
    let (seal, leaves_of_batch) = (sealed.seal().der().to_vec(), sealed.leaves().to_vec());
    let of_parts = SealedAggregate::from_parts(&seal, None, leaves_of_batch.clone()).unwrap();
    let of_statements = batch.with_seal(Unstamped::from_der(&seal).unwrap(), None).unwrap();
    // The request and its answer are stored too, and give the same proofs.
    let request = sealed.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
    let response = service.tsa(now() + Duration::seconds(2)).respond(&request.to_der());
    let request = TimeStampReq::from_der(&request.to_der()).unwrap();
    let proofs = |stamped: &StampedAggregate| -> Vec<Vec<u8>> {
        read().into_iter().map(|item| stamped.proof(item).unwrap().der().to_vec()).collect()
    };
    let stamped = sealed.attach(&request, &response).unwrap();
    let expected = proofs(&stamped);
    assert_eq!(proofs(&of_parts.attach(&request, &response).unwrap()), expected);
    assert_eq!(proofs(&of_statements.attach(&request, &response).unwrap()), expected);
    // Years later: the seal with its record, and the leaves in any order.
    let shuffled: Vec<u8> = leaves_of_batch.chunks(32).rev().flatten().copied().collect();
    let kept = StampedAggregate::from_parts(stamped.seal().der(), None, shuffled.clone()).unwrap();
    assert_eq!(proofs(&kept), expected);
    for file in expected {
        assert_eq!(report(&service, &file).indication, Indication::TotalPassed);
    }
    // What does not fit is refused by name.
    let damaged = |error| matches!(error, AggregateError::Damaged(_));
    assert!(damaged(StampedAggregate::from_parts(&seal, None, shuffled.clone()).unwrap_err()));
    assert!(damaged(StampedAggregate::from_parts(stamped.seal().der(), None, shuffled[32..].to_vec()).unwrap_err()));
    assert!(damaged(SealedAggregate::from_parts(&seal, None, shuffled[1..].to_vec()).unwrap_err()));
    assert!(damaged(SealedAggregate::from_parts(&seal, None, Vec::new()).unwrap_err()));
    assert!(damaged(SealedAggregate::from_parts(service.sealed().der(), None, shuffled).unwrap_err()));
    assert_eq!(AggregateLeaves::new(service.sealer.issuer()).close(1).unwrap_err(), AggregateError::Empty);
    let stranger = Service::numbered();
    let another = stranger.sealer.aggregate_item(sending_of("ANOTHER"), now()).unwrap();
    assert_eq!(stamped.record(&another).unwrap_err(), NotAggregated);
    // Nothing can be added to a proof or to its seal: its record covers it.
    let proof = kept.proof(read().remove(0)).unwrap();
    assert!(matches!(Unstamped::<ProofOfSending>::from_der(proof.der()), Err(DecodeError::EvidenceRecord)));
    // The same statement with a seal of its own holds the same octets.
    let single = service.sealer.seal(read()[0].stated(), now()).unwrap();
    let content = Node::parse(single.der()).at(der::CONTENT).contents();
    assert_eq!(content, read()[0].json());
}

/// The proof of one statement that is sealed as a batch.
fn alone<S: Statement>(service: &Service, statement: S, time: DateTime<Utc>) -> Proof<S> {
    let item = service.sealer.aggregate_item(statement, time).unwrap();
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    leaves.add(&item).unwrap();
    let sealed = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), time).unwrap();
    sealed.stamp_with(&pool(service.tsa(time + Duration::seconds(2)))).unwrap().proof(item).unwrap()
}

#[test]
fn openings_and_steps_follow_aggregated_sendings_and_are_aggregated_themselves() {
    let service = Service::numbered();
    let proof = alone(&service, sending_of("FOLLOWED"), now());
    let sent = service.verified(&proof);
    let opening = service.opening(&sent);
    let singly = service.proof_of_opening(&opening);
    let aggregated = alone(&service, opening, opened_at());
    let failure = StepEvent::ContentConsignmentFailure { reason: Reason::new("urn:example:flood").unwrap() };
    let step = alone(&service, Step::of(&sent, 1, failure, opened_at()).unwrap(), opened_at());
    let verifier = service.verifier();
    for opened in [&singly, &aggregated] {
        let verified = verifier.verify(opened, &sent, later()).unwrap();
        assert_eq!(verified.statement().preceding_evidence().unwrap().proof_id(), proof.id().digest());
        // Against the same statement under a seal of its own, which is another proof.
        let sealed_singly = service.verified(&service.proof_of(&restated(proof.stated())));
        let report = verifier.report(opened, &sealed_singly, later());
        assert!(has(&report, Code::PrecedingEvidenceDiffers), "{report}");
    }
    let failed = verifier.verify(&step, &sent, later()).unwrap();
    assert_eq!((failed.id(), failed.signature().level()), (step.id(), BaselineLevel::Aggregated));
    // What the proofs come to, whatever their order and form.
    for files in [[proof.der(), aggregated.der()], [singly.der(), proof.der()]] {
        let judged = judge(&verifier, &files, later());
        assert!(judged.iter().all(|judged| matches!(judged.standing(), Standing::Proven)), "{judged:?}");
        assert_eq!(Case::of(&judged).len(), 1);
    }
    // The same question is asked again years later.
    let question =
        Question::from(GivenProof { sending: Some(Octets::from(proof.der())), ..GivenProof::of(aggregated.der()) });
    let answered = verifier.answer(&question, later()).unwrap();
    assert_eq!(answered.reports[0].indication, Indication::TotalPassed, "{}", answered.reports[0]);
    assert_eq!(verifier.input(question, later()).verify().unwrap(), answered);
}

#[test]
fn commitments_in_an_aggregated_statement_are_disclosed() {
    let service = Service::numbered();
    let letter = sending_of("COMMITTED");
    let committed = Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap();
    let (statement, disclosure) = committed.into_parts();
    let proof = alone(&service, statement, now());
    let verifier = service.verifier();
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let verified = verifier.verify(&proof, context, later()).unwrap();
    assert_eq!(verified.disclosed().unwrap().recipients(), letter.recipients());
    // Another proof of the letter has other commitments.
    let again = Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap().into_parts();
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&again.1);
    assert!(verifier.verify(&proof, context, later()).is_err());
}

#[test]
fn one_second_seal_is_for_the_whole_batch() {
    let mut service = Service::numbered();
    let second = second_credentials(&service);
    service.sealer = service.sealer.with_second_seal(second).unwrap();
    let items = items(&service, 4);
    let sealed = sealed(&service, &items);
    let stamped = stamped(&service, &sealed);
    let second = [stamped.second_seal().unwrap().der().to_vec()];
    let verifier = service.verifier();
    let required =
        service.verifier().with_policy(Policy { second_seal: SecondSealRule::Required, ..Policy::default() });
    for item in items.clone() {
        let record = lists_of(&stamped.record(&item).unwrap());
        assert_eq!(record.last().unwrap().len(), 2);
        let proof = stamped.proof(item).unwrap();
        let proof = ProofOfSending::from_der(proof.der()).unwrap();
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second);
        required.verify(&proof, context, later()).unwrap();
        let report = verifier.report(&proof, context, later());
        assert!(has(&report, Code::SecondSealValid) && against(&report).is_empty(), "{report}");
        assert_eq!(report.second_seals[0].proven_at, Some(now() + Duration::seconds(2)));
        let without = verifier.report(&proof, Payload::NotAvailable, later());
        assert!(has(&without, Code::SecondSealMissing), "{without}");
        assert!(required.verify(&proof, Payload::NotAvailable, later()).is_err());
    }
    // Stored and taken up again, with the second seal beside the first.
    let (seal, of_second) = (sealed.seal().der(), sealed.second_seal().unwrap().der());
    let again = SealedAggregate::from_parts(seal, Some(of_second), sealed.leaves().to_vec()).unwrap();
    assert_eq!(again.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap().imprint().digest, {
        sealed.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap().imprint().digest.clone()
    });
    assert!(SealedAggregate::from_parts(seal, None, sealed.leaves().to_vec()).is_err());
    let (seal, of_second) = (stamped.seal().der(), stamped.second_seal().unwrap().der());
    let kept = StampedAggregate::from_parts(seal, Some(of_second), stamped.leaves().to_vec()).unwrap();
    assert_eq!(kept.record(&items[0]).unwrap(), stamped.record(&items[0]).unwrap());
    assert!(StampedAggregate::from_parts(seal, None, stamped.leaves().to_vec()).is_err());
}

#[test]
fn the_seal_of_an_aggregated_proof_of_an_unknown_event_is_examined() {
    let seven = Seven::new();
    let json = String::from_utf8(seven.item.json().to_vec()).unwrap();
    let json = json.replace("Event/SubmissionAcceptance", "Event/LaterInvention");
    let file = Node::parse(seven.stamped.proof(seven.item.clone()).unwrap().der());
    let file = file.with(|file| file.children_mut()[1] = der::octets(0x04, json.as_bytes()));
    let verifier = seven.service.verifier();
    let report = |file: &Node| verifier.report(file.to_der().as_slice(), Context::from(Payload::NotAvailable), later());
    let as_it_is = report(&file);
    assert_eq!(against(&as_it_is), [Code::EventNotKnown], "{as_it_is}");
    assert!(as_it_is.proven_at.is_some(), "{as_it_is}");
    let broken = file.with(|file| {
        let signature = file.children_mut()[3].at_mut(der::SIGNATURE).octets_mut();
        *signature.last_mut().unwrap() ^= 1;
    });
    let broken = report(&broken);
    assert_eq!(broken.indication, Indication::TotalFailed, "{broken}");
    assert!(has(&broken, Code::EventNotKnown) && has(&broken, Code::SignatureInvalid), "{broken}");
}
