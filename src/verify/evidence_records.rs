//! Evidence records: by themselves over given objects, and those in a signature, over the whole of it (RFC 4998
//! appendix A).

use chrono::{DateTime, Utc};
use rfc3161_client::{TimeStampToken, TokenError};
use signed_data::{Error, ErrorKind, normalize};

use super::case::Case;
use super::engine::{Examined, Signature};
use super::foreign::ContentDigests;
use super::held::{Coding, Form, Removed};
use super::limits::MAX_EVIDENCE_RECORDS;
use super::report::{ArtifactKind, Report, ReportInput};
use super::timestamps::{ExaminedTimestamp, TimestampKind, check_valid};
use super::verifier::{Verifier, with_sources};
use crate::asn1::oid;
use crate::crypto::DigestAlgorithm;
use crate::evidence_record::{DataObject, EvidenceRecord, RecordCheck, check_record};
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::SignatureBudget;

impl Verifier {
    /// An evidence record (RFC 4998, DER or BER) over data objects given by their digests, at the time `at`.
    ///
    /// It passes when every ArchiveTimeStamp covers what it should, the objects at the start of each chain, and every
    /// token is genuine and trusted as of the next one's time, the last one as of `at`. Each object has to stand in the
    /// record; that nothing else does, as for a whole group of objects, is not required: `evidence-record-other-hashes`
    /// counts the others. [`digest_algorithms`](crate::evidence_record::digest_algorithms) tells which digests it
    /// takes.
    ///
    /// A TSA's certificate that ended before the renewal is a warning, as an ended one is no flaw in a timestamp that
    /// was not renewed.
    pub fn report_evidence_record(&self, record: &[u8], objects: &[ContentDigests], at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
        let normalized = normalize(record);
        let parsed = normalized.as_ref().map_err(|error| *error).and_then(|definite| {
            let parsed = EvidenceRecord::parse(definite)?;
            match definite {
                std::borrow::Cow::Borrowed(_) => Ok(parsed),
                std::borrow::Cow::Owned(_) => parsed.with_received(record),
            }
        });
        let examined = match parsed {
            Ok(parsed) => self.examine_record(&parsed, objects, at, &mut ledger),
            Err(error) => {
                note_unreadable(&error, &mut Notes::new(&mut ledger, Subject::Record));
                Examined::nothing()
            }
        };
        Report::new(ReportInput {
            artifact: ArtifactKind::EvidenceRecord,
            examined: &examined,
            statement: None,
            policy: &self.policy,
            now: at,
            ledger,
        })
    }

    fn examine_record(
        &self,
        record: &EvidenceRecord<'_>,
        objects: &[ContentDigests],
        at: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let (tokens, budget) = (record.tokens(), SignatureBudget::default());
        let case = Case::new(self, at, &budget, None, tokens.iter().flatten().collect())
            .with_crypto_infos(record.crypto_infos);
        let digests: Vec<_> = objects.iter().map(|object| |algorithm: DigestAlgorithm| object.get(algorithm)).collect();
        let objects: Vec<DataObject<'_>> = digests.iter().map(|object| DataObject { forms: vec![object] }).collect();
        let of_whole = Subject::Record;
        let of_stamp = |index| Subject::ArchiveTimeStamp(index + 1);
        let (timestamps, proven_at) =
            check((record, &tokens), &objects, (of_whole, &of_stamp), &case, TimestampKind::EvidenceRecord, ledger);
        drop(case);
        Examined { timestamps: owned(timestamps, tokens), proven_at, ..Examined::nothing() }
    }
}

/// A record where it stands in a signature.
pub(super) struct FoundRecord<'a> {
    /// The signer's index and the attribute's.
    place: (usize, usize),
    is_external: bool,
    record: Result<EvidenceRecord<'a>, Error>,
    tokens: Vec<Result<TimeStampToken, TokenError>>,
}

impl FoundRecord<'_> {
    pub(super) fn tokens(&self) -> impl Iterator<Item = &TimeStampToken> {
        self.tokens.iter().flatten()
    }

    pub(super) fn crypto_infos(&self) -> Option<signed_data::tlv::Tlv<'_>> {
        self.record.as_ref().ok()?.crypto_infos
    }
}

/// The records of all signers: wherever one stands, it is about the whole file.
pub(super) fn find<'a>(signature: &'a Signature<'_>, ledger: &mut Ledger<'_>) -> Vec<FoundRecord<'a>> {
    let mut found = Vec::new();
    for (signer, signer_info) in signature.signed_data.signer_infos.iter().enumerate() {
        let attributes = signer_info.unsigned_attributes.iter().flat_map(|all| all.iter()).enumerate();
        for (index, attribute) in attributes {
            let is_external = attribute.oid == oid::EVIDENCE_RECORD_EXTERNAL;
            if !is_external && attribute.oid != oid::EVIDENCE_RECORD_INTERNAL {
                continue;
            }
            for value in &attribute.values {
                if found.len() >= MAX_EVIDENCE_RECORDS {
                    ledger.note_with(Subject::Time, Code::RecordsTooMany, || Details::computed(MAX_EVIDENCE_RECORDS));
                    return found;
                }
                let record = EvidenceRecord::parse(value.raw);
                let tokens = record.as_ref().map(EvidenceRecord::tokens).unwrap_or_default();
                found.push(FoundRecord { place: (signer, index), is_external, record, tokens });
            }
        }
    }
    found
}

/// What the records of a signature come to.
#[derive(Default)]
pub(super) struct Preserved {
    pub(super) timestamps: Vec<ExaminedTimestamp>,
    /// The earliest time of a record that holds: everything in the file existed then.
    pub(super) proven_at: Option<DateTime<Utc>>,
}

/// Judges the records of a signature; their tokens are numbered after the `others`.
///
/// What a record is over is the file as it was before the record: without any record, and, where there are several,
/// without this one alone. Both are looked at, as received and in DER. Where the content is detached, it is the second
/// object of an external record.
pub(super) fn judge(
    found: &[FoundRecord<'_>],
    others: usize,
    signature: &Signature<'_>,
    case: &Case<'_>,
    ledger: &mut Ledger<'_>,
) -> Preserved {
    let mut preserved = Preserved::default();
    let is_detached = signature.signed_data.encap_content_info.content.is_none();
    for (number, one) in found.iter().enumerate() {
        let subject = Subject::EvidenceRecord(number + 1);
        let record = match &one.record {
            Ok(record) => record,
            Err(error) => {
                note_unreadable(error, &mut Notes::new(ledger, subject));
                continue;
            }
        };
        let removed = [Removed::All, Removed::One(one.place.0, one.place.1)];
        let removed = removed.iter().take(if found.len() > 1 { 2 } else { 1 });
        let forms = removed.flat_map(|removed| {
            [Coding::Received, Coding::Der].map(|coding| {
                let form = Form { removed: *removed, coding };
                move |algorithm: DigestAlgorithm| signature.held.digest_of(form, algorithm)
            })
        });
        let forms: Vec<_> = forms.collect();
        let mut objects = vec![DataObject { forms: forms.iter().map(|form| form as _).collect() }];
        if one.is_external && is_detached {
            objects.push(DataObject { forms: vec![signature.content] });
        }
        let first = others + preserved.timestamps.len();
        let of_stamp = |index| Subject::Timestamp(first + index + 1);
        let subjects: Subjects<'_> = (subject, &of_stamp);
        let (timestamps, proven_at) =
            check((record, &one.tokens), &objects, subjects, case, TimestampKind::EvidenceRecord, ledger);
        let tokens = one.tokens.iter().map(|token| token.as_ref().ok().cloned());
        preserved
            .timestamps
            .extend(timestamps.into_iter().zip(tokens).map(|(one, token)| ExaminedTimestamp { token, ..one }));
        preserved.proven_at = preserved.proven_at.into_iter().chain(proven_at).min();
    }
    preserved
}

type Subjects<'a> = (Subject, &'a dyn Fn(usize) -> Subject);

/// One record. The tokens are left to be put in.
fn check(
    (record, tokens): (&EvidenceRecord<'_>, &[Result<TimeStampToken, TokenError>]),
    objects: &[DataObject<'_>],
    (subject, subject_of): Subjects<'_>,
    case: &Case<'_>,
    kind: TimestampKind,
    ledger: &mut Ledger<'_>,
) -> (Vec<ExaminedTimestamp>, Option<DateTime<Utc>>) {
    let check = RecordCheck {
        record,
        tokens,
        objects,
        certificates: case.verifier.certificates(),
        algorithms: &case.verifier.policy.algorithms,
        now: case.now,
        trust: &|token, genuine, existed, notes| check_valid(token, genuine, case, existed, notes),
        subject,
        subject_of,
    };
    let verdict = check_record(&check, ledger);
    let newest = verdict.stamps.len().saturating_sub(1);
    let examined = verdict.stamps.into_iter().enumerate().map(|(index, stamp)| ExaminedTimestamp {
        kind,
        token: None,
        genuine: stamp.genuine,
        path: stamp.path,
        is_renewed: index < newest,
    });
    (examined.collect(), verdict.proven_at)
}

fn owned(
    timestamps: Vec<ExaminedTimestamp>,
    tokens: Vec<Result<TimeStampToken, TokenError>>,
) -> Vec<ExaminedTimestamp> {
    let together = timestamps.into_iter().zip(tokens);
    together.map(|(one, token)| ExaminedTimestamp { token: token.ok(), ..one }).collect()
}

/// Why octets are no record that is looked at.
fn note_unreadable(error: &Error, notes: &mut Notes<'_, '_>) {
    let code = match error.kind {
        ErrorKind::Limit { .. } => Code::RecordTooLarge,
        _ => Code::RecordMalformed,
    };
    notes.note_with(code, || Details::stated(with_sources(error)));
}
