//! Aggregated proofs: the seal of a batch, and the evidence record of one statement in it.

use chrono::{DateTime, Utc};

use super::proofs::examine_envelope;
use crate::cms::ContentDigest;
use crate::crypto::DigestAlgorithm;
use crate::evidence::Issuer;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::seal::{AggregatedFile, Artifact, INTERNAL};
use crate::verify::checks::aggregated::check_batch;
use crate::verify::examined::Examined;
use crate::verify::given_record::GivenRecord;
use crate::verify::lone_record::{LoneRecord, RecordNumbers, examine_record};
use crate::verify::profile::Profile;
use crate::verify::settings::Settings;
use crate::verify::time::records::note_unreadable;

/// Judges the seal of the batch with the evidence of its time, then the way of the statement to it, and the evidence record of
/// the statement.
///
/// Both have to hold. The record in the seal proves the time of the signature, and that of the statement proves that it was in
/// the batch before the algorithms of the way end. Each is renewed by itself.
pub(super) fn examine_aggregated(
    file: &AggregatedFile,
    issuer: &Issuer,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let envelope = file.seal().envelope(INTERNAL);
    let examined = examine_envelope(envelope, settings, (Profile::Batch, None), now, ledger);
    let number = examined.record_count.saturating_add(1);
    let numbers = RecordNumbers {
        subject: Subject::EvidenceRecord(number),
        number,
        first_token: examined.timestamps.len().saturating_add(1),
        of_token: Subject::Timestamp,
    };
    let of_statement = examine_statement(file, issuer, settings, numbers, now, ledger);
    // Of two times the later one is proven for both.
    let proven_at = examined.proven_at.zip(of_statement.proven_at).map(|(seal, statement)| seal.max(statement));
    if of_statement.proven_at.is_none() {
        let is_own = |subject| match subject {
            Subject::EvidenceRecord(found) => found == numbers.number,
            Subject::Timestamp(found) => found >= numbers.first_token,
            Subject::Envelope
            | Subject::Payload
            | Subject::Seal
            | Subject::SealChain
            | Subject::Token
            | Subject::Record
            | Subject::ArchiveTimeStamp(_)
            | Subject::Time
            | Subject::Statement
            | Subject::Link
            | Subject::SecondSeal
            | Subject::Submission
            | Subject::Batch => false,
        };
        let causes = ledger.causes(is_own);
        ledger.note_with(Subject::Batch, Code::AggregatedTimeNotProven, || Details::of_causes(&causes));
    }
    Examined { proven_at, of_statement: Some(Box::new(of_statement)), ..examined }
}

/// Judges the evidence record of the statement, and what it says of the batch.
fn examine_statement(
    file: &AggregatedFile,
    issuer: &Issuer,
    settings: &Settings,
    numbers: RecordNumbers,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let given = GivenRecord::new(file.record());
    let record = match given.parse() {
        Ok(record) => record,
        Err(error) => {
            note_unreadable(&error, &mut Notes::new(ledger, numbers.subject));
            return Examined::nothing();
        }
    };
    check_batch(file, &record, issuer, ledger);
    let statement = |algorithm: DigestAlgorithm| Some(algorithm.digest(file.statement()));
    let objects: [ContentDigest<'_>; 1] = [&statement];
    let lone = LoneRecord { record: &record, length: file.record().len(), objects: &objects, numbers };
    examine_record(&lone, settings, now, ledger)
}
