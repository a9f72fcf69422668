//! An evidence record that is written verifies alone and for ever; each fault is refused by its own finding.

use crate::common::der::{self, Node};
use crate::common::eras::dead_from;
use crate::common::oid;
use crate::common::records::{has, indefinite, stamp, stamp_with};
use crate::common::{Service, at, later, now};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::testing::{CertificateSpec, CertifiedKey, Misbehaviour, generate_key};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal, digest_algorithms, limits};
use recommande::verify::{
    Code, ContentDigests, Indication, Level, Outcome, Policy, Report, SubIndication, Subject, TimestampKind,
    TimestampValidity,
};
use recommande::{Environment, TrustAnchors, Verifier};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

/// Where an archiveTimeStampSequence stands in a record without optional fields, and its first ArchiveTimeStamp.
const SEQUENCE: &[usize] = &[2];
const FIRST: &[usize] = &[2, 0, 0];
/// Its first partial hash tree.
const FIRST_LIST: &[usize] = &[2, 0, 0, 1, 0];

fn object(number: usize) -> Vec<u8> {
    format!("object {number}").into_bytes()
}

fn digests(octets: &[u8]) -> ContentDigests {
    ContentDigests::new(DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(octets)))
}

/// A record for the first of `count` objects.
fn record(service: &Service, count: usize) -> Vec<u8> {
    let leaves: Vec<Digest> = (0..count).map(|number| SHA256.digest(&object(number))).collect();
    let tree = HashTree::new(SHA256, leaves.iter().copied()).unwrap();
    tree.evidence_record(&leaves[0], &stamp(service, tree.root().unwrap(), now())).unwrap()
}

/// Renewed together with two other records.
fn renewed(service: &Service, record: &[u8], renewal: Renewal, time: DateTime<Utc>) -> Vec<u8> {
    let parsed = EvidenceRecord::parse(record).unwrap();
    let algorithm = match renewal {
        Renewal::Timestamp => parsed.last_algorithm().unwrap(),
        Renewal::HashTree(algorithm) => algorithm,
    };
    let leaf = parsed.renewal_leaf(renewal, &algorithm.digest(&object(0))).unwrap();
    let others = [algorithm.digest(b"another record"), algorithm.digest(b"a third")];
    let tree = HashTree::new(algorithm, others.into_iter().chain([leaf])).unwrap();
    let token = stamp(service, tree.root().unwrap(), time);
    parsed.renewed(renewal, &tree.reduced(&leaf).unwrap(), &token).unwrap()
}

/// Renewed twice by timestamp and once by hash tree, a year apart.
fn old_record(service: &Service) -> Vec<u8> {
    let days = |days| now() + Duration::days(days);
    let record = renewed(service, &record(service, 5), Renewal::Timestamp, days(1));
    let record = renewed(service, &record, Renewal::HashTree(SHA512), days(2));
    renewed(service, &record, Renewal::Timestamp, days(3))
}

fn report(service: &Service, record: &[u8]) -> Report {
    service.verifier().report_evidence_record(record, &[digests(&object(0))], now() + Duration::days(4))
}

#[track_caller]
fn assert_refused(report: &Report, subject: Subject, code: Code) {
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(report, subject, code), "{code} under {subject} in {report}");
    assert_eq!(report.proven_at, None);
    let verdicts = [Code::RecordNotValid, Code::RecordNotDecided];
    assert!(verdicts.iter().any(|code| has(report, Subject::Record, *code)) || report.timestamps.is_empty());
}

#[track_caller]
fn assert_failed(report: &Report, subject: Subject, code: Code) {
    assert_refused(report, subject, code);
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
}

#[test]
fn every_object_of_a_batch_has_its_own_record() {
    let service = Service::new();
    for count in [1, 2, 3, 5, 8, 13] {
        let leaves: Vec<Digest> = (0..count).map(|number| SHA256.digest(&object(number))).collect();
        let tree = HashTree::new(SHA256, leaves.iter().copied()).unwrap();
        let token = stamp(&service, tree.root().unwrap(), now());
        for (number, leaf) in leaves.iter().enumerate() {
            let record = tree.evidence_record(leaf, &token).unwrap();
            assert_eq!(digest_algorithms(&record), [SHA256]);
            let given = [ContentDigests::new([*leaf])];
            let report = service.verifier().report_evidence_record(&record, &given, later());
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            assert_eq!(report.proven_at, Some(now()));
            assert!(has(&report, Subject::Record, Code::RecordTimeProven));
            assert!(has(&report, Subject::ArchiveTimeStamp(1), Code::RecordObjectCovered));
            assert_eq!(has(&report, Subject::ArchiveTimeStamp(1), Code::RecordOtherHashes), count > 1);
            assert_eq!(report.timestamps[0].kind, TimestampKind::EvidenceRecord);
            // The record of one object says nothing about another.
            let another_object = [digests(&object(number + count))];
            let report = service.verifier().report_evidence_record(&record, &another_object, later());
            assert_failed(&report, Subject::ArchiveTimeStamp(1), Code::RecordObjectNotCovered);
        }
    }
}

#[test]
fn renewals_carry_the_first_time_on() {
    let service = Service::new();
    let record = old_record(&service);
    assert_eq!(digest_algorithms(&record), [SHA256, SHA512]);
    let report = report(&service, &record);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!(report.proven_at, Some(now()));
    assert_eq!(report.timestamps.len(), 4);
    assert!(report.timestamps.iter().all(|timestamp| timestamp.valid));
    for renewal in [2, 4] {
        assert!(has(&report, Subject::ArchiveTimeStamp(renewal), Code::RecordRenewalCovers), "{report}");
    }
    assert!(has(&report, Subject::ArchiveTimeStamp(3), Code::RecordObjectCovered));
    // A record holds until its last token does not, whatever the older ones are.
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn without_the_objects_nothing_is_proven() {
    let service = Service::new();
    for record in [record(&service, 1), record(&service, 3)] {
        let none = service.verifier().report_evidence_record(&record, &[], later());
        assert_eq!(none.indication, Indication::Indeterminate, "{none}");
        assert_refused(&none, Subject::Record, Code::RecordObjectsMissing);
        let by_another = [ContentDigests::new([SHA512.digest(&object(0))])];
        let by_another = service.verifier().report_evidence_record(&record, &by_another, later());
        assert_refused(&by_another, Subject::ArchiveTimeStamp(1), Code::RecordObjectsMissing);
        // One of two.
        let both = [digests(&object(0)), digests(b"no such object")];
        let both = service.verifier().report_evidence_record(&record, &both, later());
        assert_failed(&both, Subject::ArchiveTimeStamp(1), Code::RecordObjectNotCovered);
    }
}

#[test]
fn no_truncation_and_no_flipped_bit_passes() {
    let service = Service::new();
    let record = record(&service, 3);
    for end in 0..record.len() {
        let report = report(&service, &record[..end]);
        assert_failed(&report, Subject::Record, Code::RecordMalformed);
    }
    // Of the token, what its own tests flip; here all before it. What names the algorithm is not authenticated: the
    // token says it as well.
    let stamp = EvidenceRecord::parse(&record).unwrap().archive_time_stamps().next().unwrap().clone();
    let named = stamp.digest_algorithm.unwrap().raw;
    let tree = record.windows(named.len()).position(|octets| octets == named).unwrap() + named.len();
    for index in 0..record.len() - stamp.time_stamp.len() {
        let mut flipped = record.clone();
        flipped[index] ^= 1;
        let report = report(&service, &flipped);
        assert!(index < tree || report.indication != Indication::TotalPassed, "octet {index}: {report}");
    }
}

#[test]
fn trees_that_lead_elsewhere_are_refused() {
    let service = Service::new();
    let good = Node::parse(&record(&service, 5));
    let stamp_of = Subject::ArchiveTimeStamp(1);
    let sibling = der::octets(0x04, &[7; 32]);
    let own = SHA256.digest(&object(0));
    let own = good.at(FIRST_LIST).children().iter().position(|hash| hash.contents() == own.as_bytes()).unwrap();
    let refused = |change: &dyn Fn(&mut Node), code| {
        assert_failed(&report(&service, &good.with(|record| change(record)).to_der()), stamp_of, code);
    };
    refused(&|record| record.at_mut(FIRST_LIST).children_mut()[1 - own] = sibling.clone(), Code::RecordTreeDiffers);
    refused(&|record| record.at_mut(FIRST_LIST).children_mut().push(sibling.clone()), Code::RecordTreeDiffers);
    refused(&|record| drop(record.at_mut(FIRST_LIST).children_mut().remove(own)), Code::RecordObjectNotCovered);
    refused(&|record| drop(record.at_mut(FIRST_LIST).children_mut().remove(1 - own)), Code::RecordTreeDiffers);
    refused(
        &|record| record.at_mut(FIRST_LIST).children_mut()[1 - own] = der::octets(0x04, &[7; 31]),
        Code::RecordTreeDiffers,
    );
    let lists: &[usize] = &[2, 0, 0, 1];
    refused(&|record| record.at_mut(lists).children_mut().truncate(1), Code::RecordTreeDiffers);
    // A way that goes to the token of other data; and no way at all, where the token is over a root.
    let another_token = Node::parse(stamp(&service, SHA256.digest(b"other data"), now()).to_definite());
    refused(&|record| record.at_mut(FIRST).children_mut()[2] = another_token.clone(), Code::RecordTreeDiffers);
    refused(&|record| drop(record.at_mut(FIRST).children_mut().remove(1)), Code::RecordObjectNotCovered);
}

#[test]
fn chains_out_of_order_are_refused() {
    let service = Service::new();
    let good = Node::parse(&old_record(&service));
    let swapped = good.with(|record| record.at_mut(SEQUENCE).children_mut().swap(0, 1)).to_der();
    assert_refused(&report(&service, &swapped), Subject::ArchiveTimeStamp(3), Code::RecordOutOfOrder);
    let swapped = report(&service, &swapped);
    assert!(has(&swapped, Subject::ArchiveTimeStamp(3), Code::RecordSequenceNotCovered), "{swapped}");
    let swapped = good.with(|record| record.at_mut(&[2, 0]).children_mut().swap(0, 1)).to_der();
    assert_failed(&report(&service, &swapped), Subject::ArchiveTimeStamp(2), Code::RecordTimestampNotCovered);
    // Without the renewal in the middle.
    let without = good.with(|record| drop(record.at_mut(&[2, 0]).children_mut().remove(1))).to_der();
    assert_failed(&report(&service, &without), Subject::ArchiveTimeStamp(2), Code::RecordSequenceNotCovered);
    // Renewed by a token that was there before.
    let early = renewed(&service, &record(&service, 2), Renewal::Timestamp, now() - Duration::seconds(1));
    let early = report(&service, &early);
    assert_refused(&early, Subject::ArchiveTimeStamp(2), Code::RecordOutOfOrder);
    assert_eq!(early.sub_indication, Some(SubIndication::TimestampOrderFailure), "{early}");
    let same = renewed(&service, &record(&service, 2), Renewal::Timestamp, now());
    assert_eq!(report(&service, &same).indication, Indication::TotalPassed);
}

#[test]
fn hash_algorithms_are_listed_and_one_throughout_a_chain() {
    let service = Service::new();
    let good = Node::parse(&record(&service, 2));
    let sha512 = der::node(0x30, vec![der::oid(SHA512.oid())]);
    let unlisted = good.with(|record| *record.at_mut(&[1]) = der::node(0x30, vec![sha512])).to_der();
    let unlisted = report(&service, &unlisted);
    assert_eq!(unlisted.indication, Indication::TotalPassed, "{unlisted}");
    assert!(has(&unlisted, Subject::ArchiveTimeStamp(1), Code::RecordAlgorithmNotListed));
    let altered = good.with(|record| *record.at_mut(&[2, 0, 0, 0, 0]) = der::oid(SHA512.oid())).to_der();
    assert_failed(&report(&service, &altered), Subject::ArchiveTimeStamp(1), Code::RecordAlgorithmDiffers);
    let unknown = good.with(|record| *record.at_mut(&[2, 0, 0, 0, 0]) = der::oid(oid::DATA)).to_der();
    assert_refused(&report(&service, &unknown), Subject::ArchiveTimeStamp(1), Code::DigestAlgorithmNotOffered);
    // Not stated, it is that of the token's imprint.
    let unstated = good.with(|record| drop(record.at_mut(FIRST).children_mut().remove(0))).to_der();
    assert_eq!(report(&service, &unstated).indication, Indication::TotalPassed);
    assert_eq!(digest_algorithms(&unstated), [SHA256]);
    // A chain of two algorithms: the second chain's ArchiveTimeStamp put into the first one.
    let two = renewed(&service, &record(&service, 2), Renewal::HashTree(SHA512), now() + Duration::days(1));
    let two = Node::parse(&two).with(|record| {
        let second = record.at_mut(SEQUENCE).children_mut().remove(1);
        record.at_mut(&[2, 0]).children_mut().extend(second.children().to_vec());
    });
    assert_failed(&report(&service, &two.to_der()), Subject::ArchiveTimeStamp(2), Code::RecordAlgorithmDiffers);
}

#[test]
fn an_algorithm_that_is_past_its_date_needs_a_new_hash_tree_before() {
    let service = Service::new();
    let policy = |past_from: &str| {
        let mut policy = Policy::default();
        for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == SHA256) {
            row.past_from = Some(past_from.parse().unwrap());
        }
        policy
    };
    // All certificates are signed with SHA-256 as well: only what concerns the record is looked at.
    let codes = |record: &[u8], past_from: &str| {
        let verifier = service.verifier().with_policy(policy(past_from));
        let at = now() + Duration::days(30);
        verifier.report_evidence_record(record, &[digests(&object(0))], at)
    };
    // Only the timestamp was renewed: the tree of the first one is by an algorithm that is past its date.
    let by_timestamp = renewed(&service, &record(&service, 2), Renewal::Timestamp, now() + Duration::days(1));
    let report = codes(&by_timestamp, "2026-12-01");
    assert_refused(&report, Subject::ArchiveTimeStamp(1), Code::AlgorithmPastItsDate);
    // A hash tree by another one came in time.
    let by_tree = renewed(&service, &record(&service, 2), Renewal::HashTree(SHA512), now() + Duration::days(1));
    let report = codes(&by_tree, "2026-12-01");
    let of_first = |finding: &&recommande::verify::Finding| {
        finding.subject == Subject::ArchiveTimeStamp(1) && finding.code == Code::AlgorithmPastItsDate
    };
    // The second token itself is signed with SHA-256, so the record is refused, but not for its first token's time ...
    assert!(has(&report, Subject::ArchiveTimeStamp(2), Code::AlgorithmPastItsDate), "{report}");
    // ... which nothing that holds covers.
    assert!(report.findings.iter().any(|finding| of_first(&finding)));
    // Taken on the caller's own account, everything passes.
    let mut lowered = policy("2026-12-01");
    assert!(lowered.levels.set(Code::AlgorithmPastItsDate, Level::Warn));
    let verifier = service.verifier().with_policy(lowered);
    let report = verifier.report_evidence_record(&by_tree, &[digests(&object(0))], now() + Duration::days(30));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(!report.findings.iter().any(|finding| of_first(&finding)), "it was renewed before the date: {report}");
}

#[test]
fn tokens_are_judged_as_any_timestamp() {
    let service = Service::new();
    let own = SHA256.digest(&object(0));
    let tree = HashTree::new(SHA256, [own]).unwrap();
    let with = |misbehaviour| {
        let tsa = service.misbehaving(misbehaviour);
        tree.evidence_record(&own, &stamp_with(&tsa, own)).unwrap()
    };
    let first = Subject::ArchiveTimeStamp(1);
    assert_failed(&report(&service, &with(Misbehaviour::BadSignature)), first, Code::SignatureInvalid);
    let wrong_purpose = report(&service, &with(Misbehaviour::WrongEku));
    assert_refused(&wrong_purpose, first, Code::TsaPurposeWrong);
    let verdict = (wrong_purpose.indication, wrong_purpose.sub_indication);
    assert_eq!(verdict, (Indication::Indeterminate, Some(SubIndication::ChainConstraintsFailure)));
    assert_refused(&report(&service, &with(Misbehaviour::UntrustedCertificate)), first, Code::ChainNotFound);
    // A token in BER is written with definite lengths.
    assert_eq!(report(&service, &with(Misbehaviour::Ber)).indication, Indication::TotalPassed);
    let garbage = Node::parse(&record(&service, 1)).with(|record| {
        record.at_mut(FIRST).children_mut()[1] = der::node(0x30, vec![]);
    });
    assert_failed(&report(&service, &garbage.to_der()), first, Code::TimestampMalformed);
    // The first token proves the time, so it is not enough that the last one is trusted.
    let later =
        renewed(&service, &with(Misbehaviour::UntrustedCertificate), Renewal::Timestamp, now() + Duration::days(1));
    assert_refused(&report(&service, &later), first, Code::ChainNotFound);
}

#[test]
fn a_certificate_that_ended_before_the_renewal_leaves_the_record_open() {
    let service = Service::new();
    let spec =
        CertificateSpec::tsa("Short TSA", now() - Duration::days(1), now() + Duration::hours(1)).with_serial(&[9]);
    let key = service.pki.tsa_root.issue(&spec, service.pki.tsa.signer.clone()).unwrap();
    let own = SHA256.digest(&object(0));
    let tree = HashTree::new(SHA256, [own]).unwrap();
    let record = tree.evidence_record(&own, &stamp_with(&service.tsa(now()).with_key(key), own)).unwrap();
    for (time, expired) in [(Duration::minutes(59), false), (Duration::hours(2), true)] {
        let record = renewed(&service, &record, Renewal::Timestamp, now() + time);
        let report = report(&service, &record);
        assert_eq!(report.indication == Indication::TotalPassed, !expired, "{report}");
        assert_eq!(report.sub_indication, expired.then_some(SubIndication::OutOfBoundsNoPoe));
        assert_eq!(has(&report, Subject::ArchiveTimeStamp(1), Code::TimestampSignerExpired), expired);
        // Where the time of a timestamp alone counts, the report says what is left out of account.
        let policy = Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
        let verifier = service.verifier().with_policy(policy);
        let objects = [ContentDigests::new([own])];
        let report = verifier.report_evidence_record(&record, &objects, now() + Duration::days(1));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(has(&report, Subject::ArchiveTimeStamp(1), Code::TimestampEndIgnored), expired);
    }
}

/// A TSA below this root, with a certificate and a key of its own.
fn tsa_until(root: &CertifiedKey, kind: &KeyKind, until: DateTime<Utc>, serial: u8) -> CertifiedKey {
    let spec = CertificateSpec::tsa("Lasting TSA", now() - Duration::days(1), until).with_serial(&[serial]);
    root.issue(&spec, generate_key(kind).unwrap()).unwrap()
}

/// From 2026 to 2046: renewed before each certificate and algorithm ends, the record holds, and proves its first time. One
/// renewal that comes a second late, and it is open.
#[test]
fn a_record_that_is_renewed_in_time_holds_for_decades() {
    let service = Service::new();
    let year = |year: i32| at(&format!("{year}-06-01T00:00:00Z"));
    let root = CertificateSpec::authority("Lasting Root", now() - Duration::days(1), year(2060));
    let root = root.self_signed(generate_key(&KeyKind::EcP384).unwrap()).unwrap();
    let keys = [
        tsa_until(&root, &KeyKind::EcP256, year(2028), 1),
        tsa_until(&root, &KeyKind::EcP256, year(2032), 2),
        tsa_until(&root, &KeyKind::EcP384, year(2039), 3),
        tsa_until(&root, &KeyKind::EcP384, year(2050), 4),
    ];
    let renewed_by = |record: &[u8], renewal: Renewal, key: &CertifiedKey, time: DateTime<Utc>| {
        let parsed = EvidenceRecord::parse(record).unwrap();
        let algorithm = match renewal {
            Renewal::Timestamp => parsed.last_algorithm().unwrap(),
            Renewal::HashTree(algorithm) => algorithm,
        };
        let leaf = parsed.renewal_leaf(renewal, &algorithm.digest(&object(0))).unwrap();
        let tree = HashTree::new(algorithm, [leaf, algorithm.digest(b"another record")]).unwrap();
        let token = stamp_with(&service.tsa(time).with_key(key.clone()), tree.root().unwrap());
        parsed.renewed(renewal, &tree.reduced(&leaf).unwrap(), &token).unwrap()
    };
    let own = SHA256.digest(&object(0));
    let first = HashTree::new(SHA256, [own]).unwrap();
    let first = first.evidence_record(&own, &stamp_with(&service.tsa(now()).with_key(keys[0].clone()), own)).unwrap();
    let late_by = |late: [i64; 3]| {
        let [a, b, c] = late.map(Duration::seconds);
        let record = renewed_by(&first, Renewal::Timestamp, &keys[1], year(2028) + a);
        let record = renewed_by(&record, Renewal::HashTree(SHA512), &keys[2], year(2032) + b);
        renewed_by(&record, Renewal::Timestamp, &keys[3], year(2039) + c)
    };
    let dead = |date: &str| dead_from(Policy::default(), date);
    let judged = |record: &[u8], policy: Policy| {
        let anchors = TrustAnchors::from_iter([root.certificate.clone()]);
        let verifier = Verifier::new(TrustAnchors::new(), anchors, Environment::Test).with_policy(policy);
        verifier.report_evidence_record(record, &[digests(&object(0))], year(2046))
    };
    let in_time = late_by([0, 0, 0]);
    // A break after the renewal that answers it does no harm; the one in 2031 comes a year before.
    for (policy, holds) in [(Policy::default(), true), (dead("2035-01-01"), true), (dead("2031-01-01"), false)] {
        let report = judged(&in_time, policy);
        assert_eq!(report.indication == Indication::TotalPassed, holds, "{report}");
        assert_eq!(report.proven_at, holds.then_some(now()));
        if holds {
            assert_eq!(report.verifiable_until.as_ref().map(|until| until.time), Some(year(2050)), "{report}");
        } else {
            assert_eq!(report.sub_indication, Some(SubIndication::CryptoConstraintsFailureNoPoe), "{report}");
        }
    }
    for (number, late) in [[1, 0, 0], [0, 1, 0], [0, 0, 1]].into_iter().enumerate() {
        let report = judged(&late_by(late), Policy::default());
        assert_eq!(report.sub_indication, Some(SubIndication::OutOfBoundsNoPoe), "{report}");
        assert!(has(&report, Subject::ArchiveTimeStamp(number + 1), Code::TimestampSignerExpired), "{report}");
    }
}

#[test]
fn records_beyond_the_limits_are_refused_as_such() {
    let service = Service::new();
    let good = Node::parse(&record(&service, 5));
    let lists: &[usize] = &[2, 0, 0, 1];
    let list = good.at(&[2, 0, 0, 1, 1]).clone();
    let hash = der::octets(0x04, &[7; 32]);
    let repeat = |path: &[usize], node: &Node, count: usize| {
        let many = good.with(|record| record.at_mut(path).children_mut().extend(vec![node.clone(); count]));
        report(&service, &many.to_der())
    };
    let too_large = |report: &Report| assert_failed(report, Subject::Record, Code::RecordTooLarge);
    too_large(&repeat(lists, &list, 10_000));
    too_large(&repeat(lists, &list, limits::MAX_PARTIAL_HASH_TREES));
    too_large(&repeat(FIRST_LIST, &hash, limits::MAX_HASHES));
    too_large(&repeat(SEQUENCE, good.at(&[2, 0]), limits::MAX_ARCHIVE_TIME_STAMPS));
    too_large(&repeat(&[1], good.at(&[1, 0]), limits::MAX_DIGEST_ALGORITHMS));
    let within = repeat(lists, &list, limits::MAX_PARTIAL_HASH_TREES - 3);
    assert_failed(&within, Subject::ArchiveTimeStamp(1), Code::RecordTreeDiffers);
}

#[test]
fn what_is_beside_the_tokens_is_said_or_used() {
    let service = Service::new();
    let good = Node::parse(&record(&service, 2));
    let encrypted = good.with(|record| record.children_mut().insert(2, der::node(0xa1, vec![der::oid(oid::DATA)])));
    let encrypted = report(&service, &encrypted.to_der());
    assert!(has(&encrypted, Subject::Record, Code::RecordEncryptionStated), "{encrypted}");
    // An intermediate certificate that the token lacks is found in cryptoInfos.
    let pki = &service.pki;
    let spec = CertificateSpec::authority("Middle", now() - Duration::days(2), now() + Duration::days(9));
    let middle = pki.tsa_root.issue(&spec, pki.tsa.signer.clone()).unwrap();
    let spec =
        CertificateSpec::tsa("Lower TSA", now() - Duration::days(1), now() + Duration::days(9)).with_serial(&[9]);
    let key = middle.issue(&spec, pki.tsa.signer.clone()).unwrap();
    let own = SHA256.digest(&object(0));
    let tree = HashTree::new(SHA256, [own]).unwrap();
    let lacking = tree.evidence_record(&own, &stamp_with(&service.tsa(now()).with_key(key), own)).unwrap();
    assert_refused(&report(&service, &lacking), Subject::ArchiveTimeStamp(1), Code::ChainNotFound);
    let values = der::node(0x30, vec![Node::parse(middle.certificate.der())]);
    let infos = der::node(0xa0, vec![der::attribute(oid::CERTIFICATE_VALUES, vec![values])]);
    let complete = Node::parse(&lacking).with(|record| record.children_mut().insert(2, infos));
    let complete = report(&service, &complete.to_der());
    assert_eq!(complete.indication, Indication::TotalPassed, "{complete}");
}

/// Where earlier versions of this library put the data about the TSA (RFC 4998 §3.1).
#[test]
fn revocation_data_in_crypto_infos_is_read() {
    let service = Service::new();
    let bare = record(&service, 2);
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let data = service.pki.tsa_revocation(issued, next).unwrap();
    let crls = data.crls().iter().map(|crl| Node::parse(crl.der())).collect();
    let values = der::node(0x30, vec![der::node(0xa0, vec![der::node(0x30, crls)])]);
    let infos = der::node(0xa0, vec![der::attribute(oid::REVOCATION_VALUES, vec![values])]);
    let with_infos = Node::parse(&bare).with(|record| record.children_mut().insert(2, infos)).to_der();
    let verifier = service.verifier().with_policy(Policy::strict());
    let strict = |record: &[u8]| verifier.report_evidence_record(record, &[digests(&object(0))], later());
    assert_eq!(strict(&bare).indication, Indication::Indeterminate);
    assert_eq!(strict(&with_infos).indication, Indication::TotalPassed);
}

#[test]
fn a_record_in_ber_is_renewed_over_what_was_received_or_over_definite_lengths() {
    let service = Service::new();
    let first = Node::parse(&record(&service, 1));
    let token = first.at(&[2, 0, 0, 1]).clone();
    let fields: Vec<Vec<u8>> = token.children().iter().map(Node::to_der).collect();
    for previous in [indefinite(0x30, &fields), token.to_der()] {
        let next = stamp(&service, SHA256.digest(&previous), now() + Duration::days(1));
        let stated = first.at(&[2, 0, 0, 0]).to_der();
        let stamps = [
            indefinite(0x30, &[stated.clone(), indefinite(0x30, &fields)]),
            indefinite(0x30, &[stated, next.to_definite().to_vec()]),
        ];
        let sequence = indefinite(0x30, &[indefinite(0x30, &stamps)]);
        let record = indefinite(0x30, &[first.at(&[0]).to_der(), first.at(&[1]).to_der(), sequence]);
        let report = report(&service, &record);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, Subject::ArchiveTimeStamp(2), Code::RecordRenewalCovers));
    }
}

#[test]
fn a_report_reads_well() {
    let service = Service::new();
    let text = report(&service, &old_record(&service)).to_string();
    assert!(text.starts_with("Evidence record: TOTAL-PASSED\n"), "{text}");
    assert!(text.contains("evidence record timestamp"), "{text}");
    let warnings =
        |report: &Report| report.findings.iter().filter(|finding| finding.outcome == Outcome::Failed).count();
    assert_eq!(warnings(&report(&service, &old_record(&service))), 0);
    assert_eq!(at("2026-11-22T09:15:04Z"), now());
}
