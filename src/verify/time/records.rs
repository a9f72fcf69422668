//! The verdict on one evidence record about the file of a signature (RFC 4998 appendix A), or on one by itself.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;
use signed_data::{Error, ErrorKind};

use super::poe::{CoveredRecords, ProofsOfExistence};
use super::record::{FileRecord, RecordForm, RecordPlace, read_tokens};
use super::token::Token;
use super::trust::{Trust, check_valid};
use crate::cms::ContentDigest;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::text::with_sources;
use crate::time::record::{EvidenceRecord, RecordCheck, RecordVerdict, check_record};
use crate::verify::embedded::Embedded;
use crate::verify::material::Material;
use crate::verify::profile::Profile;
use crate::verify::signature::Signature;

/// The verdict on a record about a file.
#[derive(Default)]
pub(crate) struct FileRecordVerdict {
    /// Whether it counts as evidence about the signature, valid or not.
    pub(crate) is_about_file: bool,
    /// The time of a record in a proof of ours that is not about the file as it is.
    pub(crate) undone: Option<DateTime<Utc>>,
    /// What is found about its tokens, and the time that it proves; `None` when it was not looked at.
    pub(crate) record: Option<RecordVerdict>,
    /// The trust in each of its tokens.
    pub(crate) trusts: Vec<Trust>,
}

/// Judges a record, and records that the file existed when it holds.
///
/// Where the content is detached, it is the second object of an external record. Several records in one signature are judged
/// by one rule, in proofs of ours and in signatures by others: each is over the file without records, or over the others
/// as well.
pub(crate) fn judge(
    file_record: &FileRecord<'_>,
    (number, first_token): (usize, usize),
    signature: &Signature<'_>,
    material: &Material<'_>,
    poes: &mut ProofsOfExistence,
    ledger: &mut Ledger<'_>,
) -> FileRecordVerdict {
    let subject = Subject::EvidenceRecord(number);
    let record = match file_record.record {
        Ok(record) => record,
        Err(error) => {
            note_unreadable(error, &mut Notes::new(ledger, subject));
            return FileRecordVerdict { is_about_file: !file_record.is_beside(), ..FileRecordVerdict::default() };
        }
    };
    if file_record.is_beside() && !file_record.is_about_file() {
        ledger.note(subject, Code::RecordOfAnotherFile);
        return FileRecordVerdict::default();
    }
    let file = |algorithm: DigestAlgorithm| file_record.file_digest(algorithm);
    let mut objects: Vec<ContentDigest<'_>> = vec![&file];
    if matches!(file_record.place, RecordPlace::Inside { form: RecordForm::External, .. })
        && signature.file.signed_data.encap_content_info.content.is_none()
    {
        objects.push(signature.content);
    }
    let judged = JudgedRecord {
        record,
        covered_since: file_record.newest().and_then(|newest| poes.record_covered_since(file_record, newest)),
        tokens: &file_record.tokens,
        crypto_infos: &file_record.crypto_infos,
        objects: &objects,
        subject,
        subject_of: &|index| Subject::Timestamp(first_token + index),
    };
    let (verdict, trusts) = judge_record(&judged, material, poes, ledger);
    if let Some(since) = verdict.proven_at {
        poes.add_file(since, covered_records(file_record), &signature.file.embedded);
        // It is over the timestamps of all signers, whose revocation data counts too.
        let of_others = signature.file.tokens_of_others(signature.signer);
        of_others.for_each(|embedded| poes.add_carried(embedded, since));
    }
    let is_own = matches!(signature.profile, Profile::Own | Profile::Batch | Profile::Checkpoint);
    let is_undone = is_own && !file_record.is_about_file();
    FileRecordVerdict {
        is_about_file: true,
        undone: file_record.time().filter(|_| is_undone),
        record: Some(verdict),
        trusts,
    }
}

/// What a record covers, by the form of the file that it is over.
pub(crate) fn covered_records(file_record: &FileRecord<'_>) -> CoveredRecords {
    match file_record.covers_records() {
        false => CoveredRecords::None,
        true if file_record.is_beside() => CoveredRecords::All,
        true => CoveredRecords::Others(file_record.place),
    }
}

/// Whether the tokens of a record are looked at and numbered.
pub(crate) fn is_looked_at(file_record: &FileRecord<'_>) -> bool {
    file_record.record.is_ok() && (!file_record.is_beside() || file_record.is_about_file())
}

/// A record, what it is over, and the subjects of its findings.
pub(crate) struct JudgedRecord<'a> {
    pub(crate) record: &'a EvidenceRecord<'a>,
    /// The earliest time at which the record is known to have existed; `None` where nothing covers it.
    pub(crate) covered_since: Option<DateTime<Utc>>,
    pub(crate) tokens: &'a [Result<Token<'a>, TokenError>],
    pub(crate) crypto_infos: &'a Embedded,
    pub(crate) objects: &'a [ContentDigest<'a>],
    pub(crate) subject: Subject,
    /// The subject of the n-th ArchiveTimeStamp, counted from 0.
    pub(crate) subject_of: &'a dyn Fn(usize) -> Subject,
}

/// Judges a record over given objects, and tells the trust in each of its tokens.
pub(crate) fn judge_record(
    judged: &JudgedRecord<'_>,
    material: &Material<'_>,
    poes: &mut ProofsOfExistence,
    ledger: &mut Ledger<'_>,
) -> (RecordVerdict, Vec<Trust>) {
    let settings = material.settings;
    // Certificates of TSAs may lie beside the tokens.
    let mut extra = Cow::Borrowed(settings.extra.certificates());
    if !judged.crypto_infos.certificate_values.is_empty() {
        extra.to_mut().extend_from_slice(&judged.crypto_infos.certificate_values);
    }
    let check = RecordCheck {
        record: judged.record,
        tokens: &read_tokens(judged.tokens),
        objects: judged.objects,
        extra: &extra,
        shared: &settings.signatures,
        budget: material.budget,
        algorithms: &settings.policy.algorithms,
        existed: judged.covered_since.unwrap_or(material.now),
        subject: judged.subject,
        subject_of: judged.subject_of,
    };
    if let Some(since) = judged.covered_since {
        poes.add_carried(judged.crypto_infos, since);
    }
    let mut is_covered = judged.covered_since.is_some();
    let mut trusts: Vec<Trust> = judged.tokens.iter().map(|_| Trust::default()).collect();
    let verdict = check_record(
        &check,
        &mut |index, genuine, existed, notes| {
            let token = judged.tokens.get(index)?.as_ref().ok()?;
            if is_covered {
                poes.add_carried(&token.embedded, existed);
            }
            let trust = check_valid(token, genuine, existed, material, poes, notes);
            let path = trust.path.clone();
            // The newest token comes first, and each covers those before it.
            is_covered |= path.is_some();
            if let Some(of_token) = trusts.get_mut(index) {
                *of_token = trust;
            }
            path
        },
        ledger,
    );
    (verdict, trusts)
}

/// Notes why octets are no record that is looked at.
pub(crate) fn note_unreadable(error: &Error, notes: &mut Notes<'_, '_>) {
    let is_too_large = matches!(error.kind, ErrorKind::Limit { .. });
    let code = if is_too_large { Code::RecordTooLarge } else { Code::RecordMalformed };
    notes.note_with(code, || Details::stated(with_sources(error)));
}
