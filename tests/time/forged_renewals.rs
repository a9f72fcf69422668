//! These tests give a batch and a group a renewal that is none: what a store holds may have been exchanged since it was
//! verified.

use crate::common::der::{self, Node};
use crate::common::eras::verifier;
use crate::common::records::stamp_with;
use crate::common::{Service, at, now};
use chrono::Duration;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::preserve::{BatchRenewal, GroupLeaves, NotInRenewal, Renewer};
use recommande::time::record::{EvidenceRecord, HashTree, ReducedHashTree, Renewal};
use recommande::verify::{Code, ContentDigests};
use rfc3161_client::TimeStampToken;

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;
const RENEWED_AT: &str = "2027-10-01T12:00:00Z";

fn tree() -> (HashTree, Digest) {
    let leaves = ["a", "b", "c"].map(|name| SHA256.digest(name.as_bytes()));
    (HashTree::new(SHA256, leaves).unwrap(), leaves[0])
}

/// The record of one object, with this token over the tree.
fn record(token: &TimeStampToken) -> Vec<u8> {
    let (tree, leaf) = tree();
    tree.evidence_record(&leaf, token).unwrap()
}

fn renewed(record: &[u8], token: &TimeStampToken) -> Vec<u8> {
    let record = EvidenceRecord::parse(record).unwrap();
    record.renewed(Renewal::Timestamp, &ReducedHashTree::default(), token).unwrap()
}

/// What the next token of a record is over.
fn stamped(record: &[u8]) -> Digest {
    EvidenceRecord::parse(record).unwrap().renewal_leaf(Renewal::Timestamp, &tree().1).unwrap()
}

#[test]
fn a_token_that_renews_nothing_is_given_to_no_batch() {
    let service = Service::new();
    let root = tree().0.root().unwrap();
    let before = record(&stamp_with(&service.tsa(now()), root));
    let by = |time, digest| renewed(&before, &stamp_with(&service.tsa(time), digest));
    let good = by(at(RENEWED_AT), stamped(&before));
    assert!(BatchRenewal::between(&before, &good).is_ok());
    let refused = |after: &[u8]| BatchRenewal::between(&before, after).unwrap_err();
    let of_other_data = by(at(RENEWED_AT), SHA256.digest(b"something else"));
    assert_eq!(refused(&of_other_data), NotInRenewal::Token(Code::TimestampImprintDiffers));
    let by_another = by(at(RENEWED_AT), SHA512.digest(stamp_octets(&before).as_slice()));
    assert_eq!(refused(&by_another), NotInRenewal::Token(Code::TimestampImprintDiffers));
    let earlier = by(now() - Duration::seconds(1), stamped(&before));
    assert_eq!(refused(&earlier), NotInRenewal::Token(Code::RecordOutOfOrder));
    // The signature stands at the end of its token, and with that of the record.
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&forged), NotInRenewal::Token(Code::SignatureInvalid));
    // Nothing tells whose signature it is where the certificate is not in the token: a verifier, which may have it, refuses it.
    let bare = |forged: bool| {
        let token = stamp_with(&service.tsa(at(RENEWED_AT)), stamped(&before));
        let token = Node::parse(token.to_definite()).with(|token| {
            token.at_mut(der::SIGNED_DATA).children_mut().remove(3);
        });
        let mut octets = token.to_der();
        *octets.last_mut().unwrap() ^= u8::from(forged);
        renewed(&before, &TimeStampToken::from_bytes(&octets).unwrap())
    };
    for forged in [false, true] {
        assert!(BatchRenewal::between(&before, &bare(forged)).is_ok(), "{forged}");
    }
    let verifier = verifier(&service, &[]).with_extra_certificates(vec![service.pki.tsa.certificate.clone()]);
    let object = ContentDigests::new([tree().1]);
    let valid = |after: &[u8]| {
        let report = verifier.report_evidence_record(after, std::slice::from_ref(&object), at(RENEWED_AT));
        report.timestamps.iter().map(|timestamp| timestamp.valid).collect::<Vec<_>>()
    };
    assert_eq!((valid(&bare(false)), valid(&bare(true))), (vec![true, true], vec![true, false]));
}

/// The last token of a record.
fn stamp_octets(record: &[u8]) -> Vec<u8> {
    EvidenceRecord::parse(record).unwrap().archive_time_stamps().last().unwrap().time_stamp.to_vec()
}

/// Another token in the place of the old one states another time, and would stand in every record of the batch.
#[test]
fn the_token_that_is_renewed_stays_the_same_one() {
    let service = Service::new();
    let root = tree().0.root().unwrap();
    let token = stamp_with(&service.tsa(now()), root);
    let before = record(&token);
    let with = |token: &TimeStampToken| {
        let record = record(token);
        renewed(&record, &stamp_with(&service.tsa(at(RENEWED_AT)), stamped(&record)))
    };
    assert!(BatchRenewal::between(&before, &with(&token)).is_ok());
    let earlier = stamp_with(&service.tsa(now() - Duration::days(300)), root);
    assert_eq!(BatchRenewal::between(&before, &with(&earlier)), Err(NotInRenewal::Extended));
    // A certificate is left out of it.
    let lacking = Node::parse(token.to_definite()).with(|token| {
        token.at_mut(der::CERTIFICATES).children_mut().pop().unwrap();
    });
    let lacking = TimeStampToken::from_bytes(&lacking.to_der()).unwrap();
    assert_eq!(BatchRenewal::between(&before, &with(&lacking)), Err(NotInRenewal::Extended));
    assert!(BatchRenewal::between(&record(&lacking), &with(&token)).is_ok());
}

/// The record says that its chain is by another algorithm, and its renewal is over the token by that one.
#[test]
fn a_group_takes_no_token_over_something_else() {
    let service = Service::new();
    let verifier = verifier(&service, &[]);
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    leaves.add(b"a");
    let object = ContentDigests::of_reader(&mut &b"a"[..]).unwrap();
    let tsas = crate::common::pool(service.tsa(now()));
    let group = leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &object, &tsas, now()).unwrap();
    let token = group.token().unwrap().clone();
    let renewal = |algorithm| {
        let group = ReducedHashTree::of_group(algorithm, [algorithm.digest(b"a")]).unwrap();
        let before = group.to_evidence_record(algorithm, &token);
        let added = stamp_with(&service.tsa(at(RENEWED_AT)), algorithm.digest(token.to_definite()));
        BatchRenewal::between(&before, &renewed(&before, &added)).unwrap()
    };
    let renewed = group.with_renewal(&renewal(SHA256)).unwrap();
    assert_eq!(renewed.parts().count(), 1);
    let differs = NotInRenewal::Token(Code::TimestampImprintDiffers);
    assert_eq!(group.with_renewal(&renewal(SHA512)).unwrap_err(), differs);
}
