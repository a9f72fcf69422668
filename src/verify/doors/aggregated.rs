//! Aggregated proofs: the seal of a batch, and the evidence record of one statement in it.

use chrono::{DateTime, Utc};

use super::Verifier;
use super::envelope::{Look, examine_envelope};
use crate::cms::ContentDigest;
use crate::crypto::DigestAlgorithm;
use crate::evidence::Issuer;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::seal::{AggregatedFile, AnyProof, Artifact, INTERNAL};
use crate::time::record::{EvidenceRecord, start};
use crate::verify::checks::aggregated::{Fault, check_batch, check_signer_of_batch, follow};
use crate::verify::examined::Examined;
use crate::verify::given_record::GivenRecord;
use crate::verify::known_batches::SharedParts;
use crate::verify::lone_record::{LonePlace, LoneRecord, RecordNumbers, examine_record};
use crate::verify::profile::Profile;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::time::proven::{ProvenTime, note_order};
use crate::verify::time::records::note_unreadable;

impl Verifier {
    /// The report on seal and time of an aggregated proof, as [`report_signatures`](Self::report_signatures) makes it of a
    /// signature: what the statement says, and what precedes it, is not looked at.
    pub(crate) fn report_aggregated(&self, file: &[u8], at: DateTime<Utc>) -> Report {
        let proof = match AnyProof::from_der(file) {
            Ok(proof) => proof,
            Err(error) => return self.report_malformed(&error, at),
        };
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        ledger.note(Subject::Envelope, Code::AggregatedWellFormed);
        let examined = match proof.parts() {
            Some(parts) => examine_aggregated(parts, proof.stated_issuer(), &self.settings, at, &mut ledger),
            None => {
                ledger.note(Subject::Envelope, Code::Malformed);
                Examined::nothing()
            }
        };
        let (artifact, policy) = (ArtifactKind::Signature, &self.settings.policy);
        Report::new(ReportInput { artifact, examined, statement: None, policy, now: at, ledger })
    }
}

/// Judges the seal of the batch with the evidence of its time, then the way of the statement to it, and the evidence record of
/// the statement.
///
/// Both have to hold. The record in the seal proves the time of the signature, and that of the statement proves that it was in
/// the batch before the algorithms of the way end. Each is renewed by itself.
///
/// The proofs of a batch share both but for their ways. A strict verdict is made once for what they share and remembered where
/// nothing speaks against it, with all octets that it rests on.
pub(super) fn examine_aggregated(
    file: &AggregatedFile,
    issuer: &Issuer,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let given = GivenRecord::new(file.record());
    let record = given.parse();
    let followed = record.as_ref().ok().map(|record| follow(file, record));
    let shared = shared_parts(file, record.as_ref().ok(), followed.as_ref(), (issuer, now));
    // With findings in the ledger, or for a report, every check is made. So is it with records over the whole file, which are
    // over what the proofs of a batch do not share.
    let shared = shared.filter(|_| !ledger.is_complete() && ledger.is_empty() && settings.records.is_empty());
    if let Some(examined) = shared.as_ref().and_then(|shared| settings.batches.recall(shared)) {
        return examined;
    }
    // Records that the verifier was given are over the whole file, and not over the seal in it.
    let inside = settings.without_records();
    let existed_at = existed_at(file, &inside, settings, now);
    let look = Look { profile: Profile::Batch, detached: None, existed_at };
    let examined = examine_envelope(file.seal().envelope(INTERNAL), &inside, look, now, ledger);
    if let Some(signer) = &examined.signer {
        check_signer_of_batch(issuer, &signer.certificate, ledger);
    }
    let number = examined.record_count.saturating_add(1);
    let numbers = RecordNumbers {
        subject: Subject::EvidenceRecord(number),
        number,
        first_token: examined.timestamps.len().saturating_add(1),
        of_token: Subject::Timestamp,
    };
    if let Some(followed) = followed {
        check_batch(file.seal().stated(), followed, issuer, ledger);
    }
    let of_statement = match &record {
        Ok(record) => examine_statement(file, record, &inside, (numbers, existed_at), now, ledger),
        Err(error) => {
            note_unreadable(error, &mut Notes::new(ledger, numbers.subject));
            Examined::nothing()
        }
    };
    // Of two times the later one is proven for both.
    let times = examined.proven_at.zip(of_statement.proven_at);
    let proven_at = times.map(|(seal, statement)| seal.max(statement));
    let first_proven_at = times.map(|(seal, statement)| seal.min(statement));
    check_time_of_statement(&examined, &of_statement, settings, ledger);
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
            | Subject::Batch
            | Subject::Log => false,
        };
        let causes = ledger.causes(is_own);
        ledger.note_with(Subject::Batch, Code::AggregatedTimeNotProven, || Details::of_causes(&causes));
    }
    let mut others = vec![of_statement];
    let mut next = RecordNumbers {
        first_token: numbers.first_token.saturating_add(others.iter().map(|other| other.timestamps.len()).sum()),
        ..numbers
    };
    for given in &settings.records {
        let number = next.number.saturating_add(1);
        next = RecordNumbers { subject: Subject::EvidenceRecord(number), number, ..next };
        let of_file = examine_beside(file, given, &inside, next, now, ledger);
        next.first_token = next.first_token.saturating_add(of_file.timestamps.len());
        others.push(of_file);
    }
    let examined = Examined { proven_at, first_proven_at, others, ..examined };
    if let Some(shared) = shared.filter(|_| ledger.is_empty()) {
        settings.batches.remember(&shared, &examined);
    }
    examined
}

/// Returns what a proof shares with the others of its batch, where nothing else decides about seal and timestamp: where the
/// record is plain, and its way leads from the statement to what the seal says is stamped.
fn shared_parts<'a>(
    file: &'a AggregatedFile,
    record: Option<&EvidenceRecord<'a>>,
    followed: Option<&Result<(), Fault>>,
    (issuer, now): (&'a Issuer, DateTime<Utc>),
) -> Option<SharedParts<'a>> {
    let token = record?.lone_token()?;
    followed?.as_ref().ok()?;
    Some(SharedParts { seal: file.seal(), token, record_length: file.record().len(), issuer, now })
}

/// Where the record of the statement proves a later time than that in the seal, the delay after the stated signing time counts
/// to the later one. Both hold one timestamp when they are made, and anybody can put another one in its place.
fn check_time_of_statement(seal: &Examined, of_statement: &Examined, settings: &Settings, ledger: &mut Ledger<'_>) {
    let (Some(signing_time), Some(at)) = (seal.signing_time, of_statement.proven_at) else { return };
    if seal.proven_at.is_none_or(|of_seal| at <= of_seal) {
        return;
    }
    let genuine = of_statement.timestamps.iter().filter_map(|timestamp| timestamp.genuine.as_ref());
    let accuracy = genuine.filter(|token| token.gen_time == at).filter_map(|token| token.accuracy).max();
    let proven = ProvenTime { at, accuracy, longest_delay: settings.policy.maximum_timestamp_delay() };
    note_order(signing_time, &proven, Profile::Batch, settings, ledger);
}

/// Returns the time at which a record that was given proves that the whole file existed.
fn existed_at(
    file: &AggregatedFile,
    inside: &Settings,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let records = settings.records.iter();
    let proven = records.filter_map(|given| {
        let mut scratch = Ledger::decisive(&settings.policy.levels);
        examine_beside(file, given, inside, RecordNumbers::ALONE, now, &mut scratch).proven_at
    });
    proven.min()
}

/// Judges a record that was given, over the whole file as it is.
fn examine_beside(
    file: &AggregatedFile,
    given: &GivenRecord<'_>,
    settings: &Settings,
    numbers: RecordNumbers,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let record = match given.parse() {
        Ok(record) => record,
        Err(error) => {
            note_unreadable(&error, &mut Notes::new(ledger, numbers.subject));
            return Examined::nothing();
        }
    };
    let whole = |algorithm: DigestAlgorithm| Some(algorithm.digest(file.der()));
    if !matches!(start(&record, whole), Some((_, Some(true)))) {
        ledger.note(numbers.subject, Code::RecordOfAnotherFile);
        return Examined::nothing();
    }
    let objects: [ContentDigest<'_>; 1] = [&whole];
    let lone = LoneRecord {
        record: &record,
        length: given.as_bytes().len(),
        objects: &objects,
        covered_since: None,
        place: LonePlace::Beside,
        numbers,
    };
    examine_record(&lone, settings, now, ledger)
}

/// Judges the evidence record of the statement.
fn examine_statement(
    file: &AggregatedFile,
    record: &EvidenceRecord<'_>,
    settings: &Settings,
    (numbers, covered_since): (RecordNumbers, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let statement = |algorithm: DigestAlgorithm| Some(file.statement_digest(algorithm));
    let objects: [ContentDigest<'_>; 1] = [&statement];
    let lone = LoneRecord {
        record,
        length: file.record().len(),
        objects: &objects,
        covered_since,
        place: LonePlace::Given,
        numbers,
    };
    examine_record(&lone, settings, now, ledger)
}
