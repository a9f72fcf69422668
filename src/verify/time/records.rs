//! The evidence records of a signature, over the whole of its file (RFC 4998 appendix A).

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rfc3161_client::{TimeStampToken, TokenError};
use signed_data::tlv::Tlv;
use signed_data::{Error, ErrorKind};

use super::timestamps::check_valid;
use crate::asn1::oid;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::CertificateSource;
use crate::text::with_sources;
use crate::time::record::{DataObject, EvidenceRecord, RecordCheck, check_record, starts_with};
use crate::time::token::GenuineToken;
use crate::verify::embedded::{Coding, Form, Removed, certificates_of_crypto_infos};
use crate::verify::examined::{ExaminedTimestamp, TimestampKind};
use crate::verify::limits::MAX_EVIDENCE_RECORDS;
use crate::verify::material::Material;
use crate::verify::settings::Settings;
use crate::verify::signature::{Profile, Signature};

/// Where a record about a signature is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In an unsigned attribute, by the signer's index and its own.
    Inside { signer: usize, attribute: usize },
    /// The verifier was given it.
    Beside,
}

/// A record about a signature.
pub(crate) struct FoundRecord<'a> {
    place: Place,
    is_external: bool,
    record: Result<EvidenceRecord<'a>, Error>,
    tokens: Vec<Result<TimeStampToken, TokenError>>,
}

impl<'a> FoundRecord<'a> {
    fn new(place: Place, is_external: bool, record: Result<EvidenceRecord<'a>, Error>) -> Self {
        let tokens = record.as_ref().map(EvidenceRecord::tokens).unwrap_or_default();
        Self { place, is_external, record, tokens }
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &TimeStampToken> {
        self.tokens.iter().flatten()
    }

    fn time(&self) -> Option<DateTime<Utc>> {
        Some(self.tokens.first()?.as_ref().ok()?.tst_info().gen_time)
    }

    pub(crate) fn crypto_infos(&self) -> Option<Tlv<'a>> {
        self.record.as_ref().ok()?.crypto_infos
    }
}

/// The records of all signers, and those that the verifier was given: wherever one stands, it is about the whole file.
pub(crate) fn find<'a>(
    signature: &'a Signature<'_>,
    settings: &'a Settings,
    ledger: &mut Ledger<'_>,
) -> Vec<FoundRecord<'a>> {
    let mut found = find_inside(signature, ledger);
    found.extend(settings.records.iter().map(|given| FoundRecord::new(Place::Beside, true, given.parse())));
    found
}

fn find_inside<'a>(signature: &'a Signature<'_>, ledger: &mut Ledger<'_>) -> Vec<FoundRecord<'a>> {
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
                let place = Place::Inside { signer, attribute: index };
                found.push(FoundRecord::new(place, is_external, EvidenceRecord::parse(value.raw)));
            }
        }
    }
    found
}

/// What the records of a signature come to.
#[derive(Default)]
pub(crate) struct Preserved {
    /// How many there are about this file.
    pub(crate) records: usize,
    pub(crate) timestamps: Vec<ExaminedTimestamp>,
    /// The times of the records in a proof of ours which are not about the file as it is.
    undone: Vec<DateTime<Utc>>,
    /// The earliest time of a record that holds: everything in the file existed then.
    pub(crate) proven_at: Option<DateTime<Utc>>,
}

impl Preserved {
    /// The tokens against which nothing stands.
    pub(crate) fn valid(&self) -> impl Iterator<Item = &GenuineToken> {
        self.timestamps.iter().filter(|one| one.path.is_some()).filter_map(|one| one.genuine.as_ref())
    }

    /// To a proof that has its time from a record alone nothing is ever added. One with a valid timestamp that is not
    /// later than the record stands without it: it may have been there first.
    pub(crate) fn check_undone<'a>(&self, stamped: impl Iterator<Item = &'a GenuineToken>, ledger: &mut Ledger<'_>) {
        let stamped = stamped.map(|genuine| genuine.gen_time).min();
        if self.undone.iter().any(|time| stamped.is_none_or(|stamped| stamped > *time)) {
            ledger.note(Subject::Envelope, Code::RecordUndone);
        }
    }
}

/// Judges the records of a signature; their tokens are numbered after the `others`.
///
/// What a record is over is the file as it was before the record: without any record, and, where there are several,
/// without this one alone. Both are looked at, as received and in DER. Where the content is detached, it is the second
/// object of an external record. A record that was given is over the file as it is.
///
/// A proof of ours holds one record, the last thing that is added to it: a second one would be no part of what the
/// first one covers.
pub(crate) fn judge(
    found: &[FoundRecord<'_>],
    others: usize,
    signature: &Signature<'_>,
    material: &Material<'_>,
    ledger: &mut Ledger<'_>,
) -> Preserved {
    let mut preserved = Preserved::default();
    let is_detached = signature.signed_data.encap_content_info.content.is_none();
    let inside = found.iter().filter(|one| one.place != Place::Beside).count();
    for (number, one) in found.iter().enumerate() {
        let subject = Subject::EvidenceRecord(number + 1);
        let record = match &one.record {
            Ok(record) => record,
            Err(error) => {
                note_unreadable(error, &mut Notes::new(ledger, subject));
                preserved.records += usize::from(one.place != Place::Beside);
                continue;
            }
        };
        let removed = match one.place {
            Place::Beside => vec![Removed::Nothing],
            Place::Inside { .. } if inside > 1 && signature.profile == Profile::Own => {
                let mut notes = Notes::new(ledger, subject);
                notes.note_with(Code::RecordNotAlone, || Details::computed(inside));
                notes.note(Code::RecordNotValid);
                preserved.records += 1;
                preserved.undone.extend(one.time());
                continue;
            }
            Place::Inside { signer, attribute } if inside > 1 => vec![Removed::All, Removed::One(signer, attribute)],
            Place::Inside { .. } => vec![Removed::All],
        };
        let forms = removed.into_iter().flat_map(|removed| {
            [Coding::Received, Coding::Der].map(|coding| {
                let form = Form { removed, coding };
                move |algorithm: DigestAlgorithm| signature.embedded.digest_of(form, algorithm)
            })
        });
        let forms: Vec<_> = forms.collect();
        let mut objects = vec![DataObject { forms: forms.iter().map(|form| form as _).collect() }];
        let is_about_it = objects.iter().all(|object| starts_with(record, &one.tokens, object));
        if one.place == Place::Beside && !is_about_it {
            ledger.note(subject, Code::RecordOfAnotherFile);
            continue;
        }
        preserved.undone.extend(one.time().filter(|_| signature.profile == Profile::Own && !is_about_it));
        preserved.records += 1;
        if one.place != Place::Beside && one.is_external && is_detached {
            objects.push(DataObject { forms: vec![signature.content] });
        }
        let first = others + preserved.timestamps.len();
        let of_stamp = |index| Subject::Timestamp(first + index + 1);
        let subjects: Subjects<'_> = (subject, &of_stamp);
        let (timestamps, proven_at) =
            check((record, &one.tokens), &objects, subjects, material, TimestampKind::EvidenceRecord, ledger);
        let tokens = one.tokens.iter().map(|token| token.as_ref().ok().cloned());
        preserved
            .timestamps
            .extend(timestamps.into_iter().zip(tokens).map(|(one, token)| ExaminedTimestamp { token, ..one }));
        preserved.proven_at = preserved.proven_at.into_iter().chain(proven_at).min();
    }
    preserved
}

pub(crate) type Subjects<'a> = (Subject, &'a dyn Fn(usize) -> Subject);

/// One record. The tokens are left to be put in.
pub(crate) fn check(
    (record, tokens): (&EvidenceRecord<'_>, &[Result<TimeStampToken, TokenError>]),
    objects: &[DataObject<'_>],
    (subject, subject_of): Subjects<'_>,
    material: &Material<'_>,
    kind: TimestampKind,
    ledger: &mut Ledger<'_>,
) -> (Vec<ExaminedTimestamp>, Option<DateTime<Utc>>) {
    // Certificates of TSAs may stand beside the tokens.
    let mut extra = Cow::Borrowed(material.settings.extra.as_slice());
    if let Some(infos) = &record.crypto_infos {
        extra.to_mut().extend(certificates_of_crypto_infos(infos, &material.settings.known));
    }
    let check = RecordCheck {
        record,
        tokens,
        objects,
        certificates: CertificateSource { extra: &extra, ..material.settings.certificates() },
        shared: &material.settings.signatures,
        algorithms: &material.settings.policy.algorithms,
        now: material.now,
        trust: &|token, genuine, existed, notes| check_valid(token, genuine, material, existed, notes),
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

pub(crate) fn owned(
    timestamps: Vec<ExaminedTimestamp>,
    tokens: Vec<Result<TimeStampToken, TokenError>>,
) -> Vec<ExaminedTimestamp> {
    let together = timestamps.into_iter().zip(tokens);
    together.map(|(one, token)| ExaminedTimestamp { token: token.ok(), ..one }).collect()
}

/// Why octets are no record that is looked at.
pub(crate) fn note_unreadable(error: &Error, notes: &mut Notes<'_, '_>) {
    let code = match error.kind {
        ErrorKind::Limit { .. } => Code::RecordTooLarge,
        _ => Code::RecordMalformed,
    };
    notes.note_with(code, || Details::stated(with_sources(error)));
}
