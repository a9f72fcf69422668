//! What a verdict rests on beside timestamps and certificates: evidence records, revocation data, and what others signed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::crypto::Digest;
use crate::evidence::Mandate;
use crate::finding::{Code, Finding, Indication, Outcome, SubIndication, Subject};
use crate::pki::revocation::RevocationSource;
use crate::text;
use crate::text::read_from_object;
use crate::verify::answer::{Answer, RevocationPlace};
use crate::verify::examined::{Examined, ExaminedRecord};
use crate::verify::signature::COUNTERSIGNATURES;

/// A summary of one evidence record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordSummary {
    /// The record: `evidence-record` and its number, or `record` for one by itself.
    pub record: Subject,
    /// True if the verifier was given it beside the file.
    pub beside: bool,
    /// The verdict on the record, in the words of a signature's.
    pub indication: Indication,
    /// The reason for that verdict, unless the record holds.
    pub sub_indication: Option<SubIndication>,
    /// The time at which it proves that its objects existed.
    pub proven_at: Option<DateTime<Utc>>,
    /// Its ArchiveTimeStamps, as they are numbered among the timestamps. Of the signers of one file, the report of the
    /// first in the order of DER tells of them, and in all others the list is empty.
    pub timestamps: Vec<usize>,
}

read_from_object! {
    RecordSummary {
        record,
        beside,
        indication,
        sub_indication,
        proven_at,
        timestamps,
    }
}

/// The mandate of a delegate, without the parties in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MandateSummary {
    /// The role in which the chain acts for the principal.
    pub role: String,
    /// The application that it is for.
    pub application: String,
    /// The actions that it allows there.
    pub actions: Vec<String>,
    /// The first instant at which it holds.
    pub valid_from: DateTime<Utc>,
    /// The first instant at which it no longer holds, if it ends.
    pub valid_until: Option<DateTime<Utc>>,
    /// The register that holds it.
    pub register: String,
}

read_from_object! {
    MandateSummary {
        role,
        application,
        actions,
        valid_from,
        valid_until,
        register,
    }
}

impl MandateSummary {
    pub(super) fn of(mandate: &Mandate) -> Self {
        Self {
            role: mandate.role().as_str().to_owned(),
            application: mandate.scope().application().to_owned(),
            actions: mandate.scope().actions().iter().map(|action| action.as_str().to_owned()).collect(),
            valid_from: mandate.valid_from(),
            valid_until: mandate.valid_until(),
            register: mandate.register().register().to_owned(),
        }
    }
}

/// A CRL or an OCSP response that answered for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevocationSummary {
    /// The kind of the data.
    pub kind: RevocationKind,
    /// The name of who signed it: the issuer of a CRL, or an OCSP responder.
    pub issuer: Option<String>,
    /// The thisUpdate field.
    pub this_update: Option<DateTime<Utc>>,
    /// The nextUpdate field, if there is one.
    pub next_update: Option<DateTime<Utc>>,
    /// The producedAt field of an OCSP response.
    pub produced_at: Option<DateTime<Utc>>,
    /// The SHA-256 digest of the data.
    pub fingerprint: String,
    /// The places where it was found.
    pub found_in: Vec<RevocationPlace>,
    /// The earliest time at which it is known to have existed: that of what covers it, or the time of verification.
    pub exists_since: DateTime<Utc>,
    /// The certificates for which it answered.
    pub about: Vec<RevocationAnswer>,
}

read_from_object! {
    RevocationSummary {
        kind,
        issuer,
        this_update,
        next_update,
        produced_at,
        fingerprint,
        found_in,
        exists_since,
        about,
    }
}

/// The kind of revocation data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RevocationKind {
    /// A certificate revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// An answer is what revocation data says about one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevocationAnswer {
    /// The use of the certificate.
    pub used_for: Subject,
    /// The name of its subject.
    pub certificate: String,
    /// The SHA-256 digest of the certificate. A CA that rolled its key over has several of one name.
    pub fingerprint: String,
    /// Its status.
    pub status: String,
}

read_from_object! {
    RevocationAnswer {
        used_for,
        certificate,
        fingerprint,
        status,
    }
}

/// A signature over the signature (RFC 5652 §11.4), which says nothing about what the signature is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountersignatureSummary {
    /// The signature that it is over.
    pub of: Subject,
    /// The name by which it names its signer, or why it cannot be read.
    pub signer: Option<String>,
    /// The code names what was found about it.
    pub code: Code,
}

read_from_object! {
    CountersignatureSummary {
        of,
        signer,
        code,
    }
}

/// The verdict on something that does not hold, by the findings under these subjects.
pub(super) fn verdict_against(
    findings: &[Finding],
    is_about: impl Fn(Subject) -> bool,
) -> (Indication, Option<SubIndication>) {
    let of = |outcome| findings.iter().find(|finding| finding.outcome == outcome && is_about(finding.subject));
    match (of(Outcome::Failed), of(Outcome::Indeterminate)) {
        (Some(failed), _) => (Indication::TotalFailed, failed.sub_indication),
        (None, Some(open)) => (Indication::Indeterminate, open.sub_indication),
        // Nothing was found against what was not looked at.
        (None, None) => (Indication::Indeterminate, Some(SubIndication::NoPoe)),
    }
}

pub(super) fn records(examined: &Examined, findings: &[Finding]) -> Vec<RecordSummary> {
    let summary = |record: &ExaminedRecord| {
        let is_about = |subject| match subject {
            Subject::Timestamp(number) | Subject::ArchiveTimeStamp(number) => record.timestamps.contains(&number),
            Subject::EvidenceRecord(_) | Subject::Record => subject == record.subject,
            Subject::Envelope
            | Subject::Payload
            | Subject::Seal
            | Subject::SealChain
            | Subject::Token
            | Subject::Time
            | Subject::Statement
            | Subject::Link
            | Subject::SecondSeal
            | Subject::Submission
            | Subject::Batch
            | Subject::Log => false,
        };
        let (indication, sub_indication) = match record.proven_at {
            Some(_) => (Indication::TotalPassed, None),
            None => verdict_against(findings, is_about),
        };
        RecordSummary {
            record: record.subject,
            beside: record.is_beside,
            indication,
            sub_indication,
            proven_at: record.proven_at,
            timestamps: record.timestamps.clone(),
        }
    };
    examined.records.iter().map(summary).collect()
}

/// Each CRL and OCSP response once, with the certificates for which it answered.
pub(super) fn revocation(examined: &Examined, subject_of: impl Fn(usize) -> Subject) -> Vec<RevocationSummary> {
    let of_seal = examined.answers.iter().map(|answer| (Subject::SealChain, answer));
    let timestamps = examined.timestamps.iter().enumerate();
    let of_timestamps =
        timestamps.flat_map(|(index, timestamp)| timestamp.answers.iter().map(move |answer| (index, answer)));
    let of_timestamps = of_timestamps.map(|(index, answer)| (subject_of(index), answer));
    let mut summaries: Vec<RevocationSummary> = Vec::new();
    for (used_for, answer) in of_seal.chain(of_timestamps) {
        let Some((kind, fingerprint)) = identified(answer) else { continue };
        let about = RevocationAnswer {
            used_for,
            certificate: answer.status.certificate.subject(),
            fingerprint: answer.status.certificate.shown_fingerprint().to_owned(),
            status: answer.status.status.to_string(),
        };
        let shown = text::shown(fingerprint);
        if let Some(summary) = summaries.iter_mut().find(|summary| summary.fingerprint == shown) {
            summary.about.push(about);
            continue;
        }
        let Some(source) = examined.sources.get(fingerprint) else { continue };
        summaries.push(RevocationSummary {
            kind,
            issuer: answer.status.signer.as_ref().map(crate::pki::Certificate::subject),
            this_update: answer.status.this_update,
            next_update: answer.status.next_update,
            produced_at: answer.status.produced_at,
            fingerprint: shown,
            found_in: source.places.clone(),
            exists_since: source.since,
            about: vec![about],
        });
    }
    summaries
}

fn identified(answer: &Answer) -> Option<(RevocationKind, &Digest)> {
    answer.status.source.as_ref().map(|source| match source {
        RevocationSource::Crl { fingerprint, .. } => (RevocationKind::Crl, fingerprint),
        RevocationSource::Ocsp { fingerprint } => (RevocationKind::Ocsp, fingerprint),
    })
}

pub(super) fn countersignatures(findings: &[Finding]) -> Vec<CountersignatureSummary> {
    let summary = |finding: &Finding| CountersignatureSummary {
        of: finding.subject,
        signer: finding.stated.clone(),
        code: finding.code,
    };
    findings.iter().filter(|finding| COUNTERSIGNATURES.contains(&finding.code)).map(summary).collect()
}
