//! Evidence records: by themselves, beside a proof and in one.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use const_oid::ObjectIdentifier;
use recommande::Verifier;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::seal::AnyProof;
use recommande::time::record::{EvidenceRecord, HashTree, Renewal, digest_algorithms, limits};
use recommande::verify::{Indication, Preceding, Report};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken};
use signed_data::tlv::{Reader, Tag, element};
use signed_data::{SignedData, children, normalize};

use crate::proof::check_report;
use crate::world::{DATA, World, tsa, world};

/// id-aa-er-internal, RFC 4998 appendix A.
const EVIDENCE_RECORD_INTERNAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.49");

const BY: DigestAlgorithm = DigestAlgorithm::Sha256;

/// What is stamped here, and when.
struct Records {
    /// Over the data: alone, of two, of nine, and renewed.
    over_data: Vec<Vec<u8>>,
    /// Over the sealed sending, as a batch has them.
    of_batch: Vec<u8>,
    batch_proof: Vec<u8>,
    /// Beside which a record over the proof of sending is given.
    over_proof: Vec<u8>,
    stamped_at: [DateTime<Utc>; 3],
}

static RECORDS: LazyLock<Records> = LazyLock::new(Records::new);

impl Records {
    fn new() -> Self {
        let world = world();
        let stamped_at = [0, 1, 2].map(|days| world.sent_at + Duration::seconds(2) + Duration::days(days));
        let over_data = [1, 2, 9].map(|size| record(world, DATA, size, stamped_at[0]));
        let renewed = renewed(world, &over_data[1], Renewal::Timestamp, stamped_at[1]);
        let again = self::renewed(world, &renewed, Renewal::HashTree(DigestAlgorithm::Sha512), stamped_at[2]);
        let of_batch = record(world, world.unstamped.der(), 5, stamped_at[0]);
        let batch_proof = embedded(world.unstamped.der(), &of_batch).expect("a sealed proof");
        let over_proof = record(world, world.sending.der(), 2, stamped_at[0]);
        let over_data = over_data.into_iter().chain([renewed, again]).collect();
        Self { over_data, of_batch, batch_proof, over_proof, stamped_at }
    }
}

fn stamp(world: &World, digest: Digest, at: DateTime<Utc>) -> TimeStampToken {
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    let request = TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[0x5a; 16]));
    request.check(&tsa(&world.pki, at).respond(&request.to_der())).expect("a token")
}

fn record(world: &World, object: &[u8], size: u8, at: DateTime<Utc>) -> Vec<u8> {
    let own = BY.digest(object);
    let tree = HashTree::new(BY, (1..size).map(|number| BY.digest(&[number])).chain([own])).expect("a tree");
    tree.evidence_record(&own, &stamp(world, tree.root().expect("a root"), at)).expect("a leaf")
}

fn renewed(world: &World, record: &[u8], renewal: Renewal, at: DateTime<Utc>) -> Vec<u8> {
    let record = EvidenceRecord::parse(record).expect("a record");
    let by = match renewal {
        Renewal::Timestamp => record.last_algorithm().expect("an algorithm"),
        Renewal::HashTree(by) => by,
    };
    let leaf = record.renewal_leaf(renewal, &by.digest(DATA)).expect("a leaf");
    let tree = HashTree::new(by, [leaf, by.digest(b"another record")]).expect("a tree");
    let token = stamp(world, tree.root().expect("a root"), at);
    record.renewed(renewal, &tree.reduced(&leaf).expect("a leaf"), &token).expect("a renewal")
}

/// A SignedData without unsigned attributes, with a record in it.
fn embedded(sealed: &[u8], record: &[u8]) -> Option<Vec<u8>> {
    let outer = children(sealed).ok()?;
    let signed_data = Reader::new(outer.get(1)?, "[0]").any().ok()?.value;
    let mut fields = children(signed_data).ok()?;
    let signer_info = children(fields.pop()?).ok()?.first().copied()?;
    let attribute = attribute(EVIDENCE_RECORD_INTERNAL, record);
    let signer_info = element(
        Tag::SEQUENCE,
        &[Reader::new(signer_info, "SignerInfo").any().ok()?.value, &element(Tag::context(1), &[&attribute])],
    );
    let signer_infos = element(Tag::SET, &[&signer_info]);
    fields.push(&signer_infos);
    Some(element(Tag::SEQUENCE, &[outer.first()?, &element(Tag::context(0), &[&element(Tag::SEQUENCE, &fields)])]))
}

fn attribute(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    element(Tag::SEQUENCE, &[&element(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()]), &element(Tag::SET, &[value])])
}

/// What an input is tried as: a record over the data, one that is given beside a proof, one in a batch proof; and a
/// batch proof itself.
pub fn evidence_record(input: &[u8]) {
    let (world, records) = (world(), &*RECORDS);
    keeps_its_octets(input);
    let report = world.verifier.report_evidence_record(input, std::slice::from_ref(&world.content), world.now);
    check_report(&report);
    passes_as_stamped(&report, records);
    let over_nothing = world.verifier.report_evidence_record(input, &[Default::default()], world.now);
    assert_ne!(over_nothing.indication, Indication::TotalPassed, "it passes over nothing");

    // What was timestamped is judged as it was, or held up by a record of a time that was stamped.
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), recommande::Environment::Test)
        .with_evidence_records([input.to_vec()]);
    let beside = verifier.report(world.sending.der(), Preceding::NotGiven, world.now);
    check_report(&beside);
    assert_eq!((beside.indication, beside.proven_at), (Indication::TotalPassed, Some(world.sent_at)));

    if let Some(file) = embedded(world.unstamped.der(), input) {
        batch_proof(&file, records);
    }
    batch_proof(input, records);
}

fn keeps_its_octets(input: &[u8]) {
    let Ok(definite) = normalize(input) else { return };
    let Ok(record) = EvidenceRecord::parse(&definite) else { return };
    let inside = |part: &[u8]| {
        let (whole, part): (Range<*const u8>, _) = (definite.as_ptr_range(), part.as_ptr_range());
        assert!(whole.start <= part.start && part.end <= whole.end, "not a piece of the input");
    };
    record.chains.iter().for_each(|chain| inside(chain.raw));
    record.archive_time_stamps().for_each(|stamp| inside(stamp.time_stamp));
    assert!(record.archive_time_stamps().count() <= limits::MAX_ARCHIVE_TIME_STAMPS);
    assert!(digest_algorithms(input).len() <= DigestAlgorithm::ALL.len());
    // A renewal leaves what was there as it was.
    let by = DigestAlgorithm::Sha512;
    let leaf = record.renewal_leaf(Renewal::HashTree(by), &by.digest(DATA)).expect("by the same algorithm");
    let way = HashTree::new(by, [leaf]).and_then(|tree| tree.reduced(&leaf)).expect("a tree of one");
    let token = TimeStampToken::from_bytes(&world().response_token()).expect("a token");
    let renewed = record.renewed(Renewal::HashTree(by), &way, &token).expect("a renewal");
    if record.archive_time_stamps().count() < limits::MAX_ARCHIVE_TIME_STAMPS
        && record.digest_algorithms.len() < limits::MAX_DIGEST_ALGORITHMS
    {
        let read = EvidenceRecord::parse(&renewed).expect("what was written");
        assert_eq!(read.chains.len(), record.chains.len() + 1);
        assert!(record.chains.iter().zip(&read.chains).all(|(before, after)| before.raw == after.raw));
    }
}

fn passes_as_stamped(report: &Report, records: &Records) {
    if report.indication == Indication::TotalPassed {
        assert_eq!(report.proven_at, Some(records.stamped_at[0]), "another time");
        assert!(report.timestamps.iter().all(|timestamp| timestamp.valid));
    }
}

/// Of a batch proof, nothing outside of its record is another octet than was stamped.
fn batch_proof(input: &[u8], records: &Records) {
    let world = world();
    let report = world.verifier.report(input, Preceding::NotGiven, world.now);
    check_report(&report);
    if report.indication != Indication::TotalPassed
        || report.timestamps.iter().any(|timestamp| timestamp.serial.is_none())
    {
        return;
    }
    let Ok(AnyProof::Sending(proof)) = AnyProof::from_der(input) else { return };
    let parsed = SignedData::parse(input).expect("a proof");
    let unsigned: Vec<_> =
        parsed.signer_infos.iter().flat_map(|signer| &signer.unsigned_attributes).flat_map(|set| set.iter()).collect();
    let is_record = |oid: &signed_data::tlv::Oid<'_>| *oid == EVIDENCE_RECORD_INTERNAL;
    if unsigned.iter().any(|attribute| !is_record(&attribute.oid)) {
        // With a timestamp of its own, and not of a batch: the target `proof` looks at these.
        return;
    }
    assert_eq!(report.proven_at, Some(records.stamped_at[0]), "another time");
    assert!(
        unsigned.len() == 1 && unsigned.iter().all(|attribute| attribute.values.len() == 1),
        "more than its record"
    );
    let record = unsigned.first().and_then(|attribute| attribute.values.first()).expect("a record");
    let again = embedded(world.unstamped.der(), record.raw).expect("a sealed proof");
    assert!(again == proof.der(), "something else than what was stamped");
}

/// Records, and proofs with one.
pub fn seeds() -> Vec<Vec<u8>> {
    let records = &*RECORDS;
    let others = [&records.of_batch, &records.batch_proof, &records.over_proof];
    records.over_data.iter().chain(others).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stamped_here_passes() {
        let (world, records) = (world(), &*RECORDS);
        for record in &records.over_data {
            let report = world.verifier.report_evidence_record(record, std::slice::from_ref(&world.content), world.now);
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        }
        let report = world.verifier.report(records.batch_proof.as_slice(), Preceding::NotGiven, world.now);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(records.stamped_at[0]));
    }
}
