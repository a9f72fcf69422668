//! Evidence records: their timestamps, and what is found about them.

use chrono::{DateTime, Utc};
use recommande::crypto::Digest;
use recommande::testing::TestTsa;
use recommande::time::record::HashTree;
use recommande::verify::{Code, Report, Subject};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, Transport};

use super::Service;

pub fn stamp_with(tsa: &TestTsa, digest: Digest) -> TimeStampToken {
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    let request = TimeStampReq::new(imprint).with_nonce(Nonce::random().unwrap());
    request.check(&tsa.send(&request.to_der()).unwrap()).unwrap()
}

pub fn stamp(service: &Service, digest: Digest, time: DateTime<Utc>) -> TimeStampToken {
    stamp_with(&service.tsa(time), digest)
}

/// A record for an object that was stamped beside one other.
pub fn record_over(tsa: &TestTsa, own: Digest) -> Vec<u8> {
    let tree = HashTree::new(own.algorithm(), [own, own.algorithm().digest(b"another item")]).unwrap();
    tree.evidence_record(&own, &stamp_with(tsa, tree.root().unwrap())).unwrap()
}

pub fn has(report: &Report, subject: Subject, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.subject == subject && finding.code == code)
}

/// The same element with an indefinite length.
pub fn indefinite(tag: u8, contents: &[Vec<u8>]) -> Vec<u8> {
    [&[tag, 0x80], contents.concat().as_slice(), &[0, 0]].concat()
}
