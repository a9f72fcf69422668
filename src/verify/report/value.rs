//! The full report as a value. Its text for people is written in `print`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::details::StatementDetails;
use super::summaries::{self, CountersignatureSummary, MandateSummary, RecordSummary, RevocationSummary};
use super::timestamp::TimestampSummary;
use super::until::{Deadline, earlier, holds_until, verifiable_until};
use crate::cms::BaselineLevel;
use crate::evidence::Statement;
use crate::finding::{Code, Finding, Indication, Ledger, SubIndication, Subject};
use crate::pki::Certificate;
use crate::seal::Proof;
use crate::text::{self, read_from_object};
use crate::verify::examined::{Examined, ExaminedTimestamp, TimestampKind};
use crate::verify::existence::{ExistenceSummary, SignatureScope};
use crate::verify::policy::Policy;
use crate::verify::signature::COUNTERSIGNATURES;

/// A report holds everything that a verification found. It holds no identifier of a person.
///
/// It serialises with serde: members may be added, and none changes its meaning. Its `Display` is for people.
///
/// A stored report proves nothing. Anybody can write one, and deserialising does not compare its verdict with its
/// findings. Only a replay of its [`VerificationInput`](crate::verify::VerificationInput) shows that a report is right: it
/// verifies the artifact again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The kind of artifact that was verified.
    pub artifact: ArtifactKind,
    /// The name of the policy: that of a shipped one, or the one that the caller gave it, or `custom`.
    pub policy: String,
    /// The library that verified, and its version.
    pub library: String,
    /// The verdict as a whole.
    pub indication: Indication,
    /// The reason for the verdict, unless it is TOTAL-PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The finding that decided the verdict, the first of this subject and code; `None` when it is TOTAL-PASSED.
    pub decided_by: Option<DecidedBy>,
    /// The level of the signature, by what is in it; `None` when there is none that can be read.
    pub level: Option<BaselineLevel>,
    /// The time at which the seal is proven to have existed: the earliest genTime of a valid timestamp.
    pub proven_at: Option<DateTime<Utc>>,
    /// The event that the statement attests, by its name in ETSI EN 319 522-1; `None` for a payload signature.
    pub event: Option<String>,
    /// The time of the verification: the `now` that was given.
    pub verified_at: DateTime<Utc>,
    /// The end of the verdict without a renewal: the last day of the timestamp that holds out longest, by the validity of
    /// its certificates and the policy's dates for algorithms. `None` when nothing sets an end, or nothing is proven.
    ///
    /// It is about the file that was judged, with the second seal that the policy demands. The sending of an opening is a
    /// file by itself, which is renewed by itself: its own report has its end, and the verdict on an opening needs both.
    pub verifiable_until: Option<Deadline>,
    /// A summary of the statement; `None` for a payload signature.
    pub statement: Option<StatementSummary>,
    /// The scope says what the signature is over; it is `None` for a timestamp or an evidence record by itself.
    pub scope: Option<SignatureScope>,
    /// The timestamps, in the order in which they are numbered.
    pub timestamps: Vec<TimestampSummary>,
    /// The evidence records, in the order in which they are numbered.
    pub records: Vec<RecordSummary>,
    /// These are what valid timestamps and evidence records prove to have existed, and since when.
    pub existence: Vec<ExistenceSummary>,
    /// The CRLs and OCSP responses that answered for a certificate, each once.
    pub revocation: Vec<RevocationSummary>,
    /// Signatures over the signature, of which none is evaluated.
    pub countersignatures: Vec<CountersignatureSummary>,
    /// The number of further countersignatures, which are not listed because there are so many.
    pub more_countersignatures: usize,
    /// The certificates that were used, grouped by use, each path from the signer upwards.
    pub certificates: Vec<CertificateSummary>,
    /// Every check, in order.
    pub findings: Vec<Finding>,
    /// The reports on the second seals that were given, in the order of their octets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub second_seals: Vec<Report>,
    /// The reports on the seals of checkpoints, each in the proof of a log that was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checkpoint_seals: Vec<Report>,
}

read_from_object! {
    Report {
        artifact,
        #[serde(default)] policy,
        #[serde(default)] library,
        indication,
        sub_indication,
        decided_by,
        level,
        proven_at,
        event,
        verified_at,
        verifiable_until,
        statement,
        #[serde(default)] scope,
        timestamps,
        #[serde(default)] records,
        #[serde(default)] existence,
        #[serde(default)] revocation,
        #[serde(default)] countersignatures,
        #[serde(default)] more_countersignatures,
        certificates,
        findings,
        #[serde(default)] second_seals,
        #[serde(default)] checkpoint_seals,
    }
}

/// What a report says of who made it.
const LIBRARY: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// The subject and the code of the finding that decided a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DecidedBy {
    /// The subject is what was checked.
    pub subject: Subject,
    /// The code names what was found.
    pub code: Code,
}

read_from_object! {
    DecidedBy {
        subject,
        code,
    }
}

impl DecidedBy {
    fn of(finding: &Finding) -> Self {
        Self { subject: finding.subject, code: finding.code }
    }
}

/// The kind of artifact that a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ArtifactKind {
    /// A proof of sending.
    ProofOfSending,
    /// A proof of opening.
    ProofOfOpening,
    /// A proof of a step between the sending and the opening, or instead of them.
    ProofOfStep,
    /// A signature over a payload, of the form that this library makes.
    PayloadSignature,
    /// A signature by anybody.
    Signature,
    /// A timestamp token by itself.
    Timestamp,
    /// An evidence record by itself.
    EvidenceRecord,
    /// A second seal beside a proof.
    SecondSeal,
    /// A seal over a checkpoint of a log.
    CheckpointSeal,
    /// A submission with the signature of its sender.
    Submission,
    /// No file, but the means to seal ([`Verifier::report_sealer`](crate::Verifier::report_sealer)).
    Sealer,
    /// Octets that are no proof.
    Unreadable,
}

/// The summary holds what a statement says, without parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementSummary {
    /// The identifier of the sealed statement: SHA-256 over its signed attributes, or over the statement in an aggregated proof,
    /// in hexadecimal.
    pub proof_id: String,
    /// The unique identifier of the evidence.
    pub evidence_identifier: String,
    /// The identifier of the message.
    pub message_id: String,
    /// The name of the event.
    pub event: String,
    /// The time of the event, as stated.
    pub event_time: DateTime<Utc>,
    /// The time of the submission, as stated.
    pub submission_time: DateTime<Utc>,
    /// The legal name of the issuer.
    pub issuer: String,
    /// The environment of the statement.
    pub environment: String,
    /// The URIs of the reasons of the event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The mandate by which a delegate acts, without parties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<MandateSummary>,
    /// What it says of the event, without the identifiers and addresses of parties.
    #[serde(skip_serializing_if = "StatementDetails::is_empty")]
    pub details: StatementDetails,
    /// The media types of the content parts.
    pub content_types: Vec<String>,
}

read_from_object! {
    StatementSummary {
        proof_id,
        evidence_identifier,
        message_id,
        event,
        event_time,
        submission_time,
        issuer,
        environment,
        #[serde(default)] reasons,
        #[serde(default)] mandate,
        #[serde(default)] details,
        content_types,
    }
}

/// A summary of one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateSummary {
    /// The use of the certificate.
    pub used_for: Subject,
    /// The name of its subject.
    pub subject: String,
    /// The name of its issuer.
    pub issuer: String,
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// The begin of its validity.
    pub not_before: DateTime<Utc>,
    /// The end of its validity.
    pub not_after: DateTime<Utc>,
    /// The kind and size of its key.
    pub key: String,
    /// The SHA-256 digest of its DER.
    pub fingerprint: String,
}

read_from_object! {
    CertificateSummary {
        used_for,
        subject,
        issuer,
        serial,
        not_before,
        not_after,
        key,
        fingerprint,
    }
}

/// The signatures of one SignedData, each with its own report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signatures {
    /// There is one report for each SignerInfo, in their order, and one more where there are more than
    /// [`MAX_SIGNERS`](super::super::limits::MAX_SIGNERS). When nothing could be verified, a single report says why.
    pub reports: Vec<Report>,
}

impl Signatures {
    /// The report with the worst verdict.
    pub fn worst(&self) -> Option<&Report> {
        self.reports.iter().max_by_key(|report| match report.indication {
            Indication::TotalPassed => 0,
            Indication::Indeterminate => 1,
            Indication::TotalFailed => 2,
        })
    }
}

/// The values from which a report is made.
pub(in crate::verify) struct ReportInput<'a, 'l> {
    pub(in crate::verify) artifact: ArtifactKind,
    pub(in crate::verify) examined: Examined,
    pub(in crate::verify) statement: Option<StatementSummary>,
    pub(in crate::verify) policy: &'a Policy,
    pub(in crate::verify) now: DateTime<Utc>,
    pub(in crate::verify) ledger: Ledger<'l>,
}

impl Report {
    pub(in crate::verify) fn new(input: ReportInput<'_, '_>) -> Self {
        let ReportInput { artifact, examined, statement, policy, now, ledger } = input;
        let verifiable_until = match examined.proven_at {
            Some(_) => {
                // The verdict on an aggregated proof needs all of them, and each is renewed by itself.
                let all = [&examined].into_iter().chain(&examined.others);
                all.map(|examined| verifiable_until(examined, policy, ledger.findings(), now)).fold(None, earlier)
            }
            // Nothing keeps a signature without a timestamp but its own certificates and algorithms.
            None if ledger.indication() == Indication::TotalPassed => holds_until(&examined, policy, now),
            None => None,
        };
        let examined = examined.joined();
        let findings = ledger.findings();
        let subjects: Vec<Subject> = (0..)
            .zip(&examined.timestamps)
            .map(|(index, timestamp)| subject_of(artifact, timestamp.kind, index))
            .collect();
        let subject_of = |index: usize| subjects.get(index).copied().unwrap_or(Subject::Timestamp(index + 1));
        let records = summaries::records(&examined, findings);
        let revocation = summaries::revocation(&examined, subject_of);
        let countersignatures = summaries::countersignatures(findings);
        let certificates = certificates(artifact, &examined);
        let summary = |(timestamp, subject)| TimestampSummary::of(timestamp, subject, findings);
        let timestamps = examined.timestamps.into_iter().zip(subjects.iter().copied()).map(summary).collect();
        Self {
            artifact,
            policy: policy.label(),
            library: LIBRARY.to_owned(),
            indication: ledger.indication(),
            sub_indication: ledger.decisive_finding().and_then(|finding| finding.sub_indication),
            decided_by: ledger.decisive_finding().map(DecidedBy::of),
            level: examined.signer.is_some().then_some(examined.level),
            proven_at: examined.proven_at,
            event: statement.as_ref().map(|statement| statement.event.clone()),
            verified_at: now,
            verifiable_until,
            statement,
            scope: examined.scope,
            timestamps,
            records,
            existence: examined.existence,
            revocation,
            countersignatures,
            more_countersignatures: ledger.unlisted(&COUNTERSIGNATURES),
            certificates,
            findings: ledger.into_findings(),
            second_seals: Vec::new(),
            checkpoint_seals: Vec::new(),
        }
    }

    pub(in crate::verify) fn malformed(
        artifact: ArtifactKind,
        policy: &Policy,
        ledger: Ledger<'_>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            artifact,
            policy: policy.label(),
            library: LIBRARY.to_owned(),
            indication: ledger.indication(),
            sub_indication: ledger.decisive_finding().and_then(|finding| finding.sub_indication),
            decided_by: ledger.decisive_finding().map(DecidedBy::of),
            level: None,
            proven_at: None,
            event: None,
            verified_at: now,
            verifiable_until: None,
            statement: None,
            scope: None,
            timestamps: Vec::new(),
            records: Vec::new(),
            existence: Vec::new(),
            revocation: Vec::new(),
            countersignatures: Vec::new(),
            more_countersignatures: 0,
            certificates: Vec::new(),
            findings: ledger.into_findings(),
            second_seals: Vec::new(),
            checkpoint_seals: Vec::new(),
        }
    }
}

impl StatementSummary {
    pub(crate) fn of<S: Statement>(proof: &Proof<S>) -> Self {
        let statement = proof.stated();
        Self {
            proof_id: text::shown(text::hex(proof.id().digest().as_bytes())),
            evidence_identifier: statement.evidence_identifier().to_string(),
            message_id: statement.message_id().as_str().to_owned(),
            event: statement.event().name().to_owned(),
            event_time: statement.event_time(),
            submission_time: statement.submission_time(),
            issuer: proof.stated_issuer().legal_name().to_owned(),
            environment: proof.stated_issuer().environment().name().to_owned(),
            reasons: statement.reasons().iter().map(|reason| reason.code().to_owned()).collect(),
            mandate: statement.mandate().map(MandateSummary::of),
            details: StatementDetails::of(statement),
            content_types: statement.parts().iter().map(|part| part.media_type().to_owned()).collect(),
        }
    }
}

/// The subject of the findings about the timestamp with this index.
fn subject_of(artifact: ArtifactKind, kind: TimestampKind, index: usize) -> Subject {
    match kind {
        TimestampKind::Token => Subject::Token,
        TimestampKind::EvidenceRecord if artifact == ArtifactKind::EvidenceRecord => {
            Subject::ArchiveTimeStamp(index + 1)
        }
        TimestampKind::Content
        | TimestampKind::Signature
        | TimestampKind::ArchiveV3
        | TimestampKind::NotEvaluated
        | TimestampKind::EvidenceRecord => Subject::Timestamp(index + 1),
    }
}

fn certificates(artifact: ArtifactKind, examined: &Examined) -> Vec<CertificateSummary> {
    let seal = match (&examined.path, &examined.signer) {
        (Some(path), _) => summaries(Subject::SealChain, &path.certificates),
        (None, Some(signer)) => summaries(Subject::SealChain, std::slice::from_ref(&signer.certificate)),
        (None, None) => Vec::new(),
    };
    let of_timestamp = |(index, timestamp): (usize, &ExaminedTimestamp)| {
        let subject = subject_of(artifact, timestamp.kind, index);
        match (&timestamp.path, &timestamp.genuine) {
            (Some(path), _) => summaries(subject, &path.certificates),
            (None, Some(genuine)) => summaries(subject, std::slice::from_ref(&genuine.signer.certificate)),
            (None, None) => Vec::new(),
        }
    };
    seal.into_iter().chain(examined.timestamps.iter().enumerate().flat_map(of_timestamp)).collect()
}

fn summaries(used_for: Subject, certificates: &[Certificate]) -> Vec<CertificateSummary> {
    let summary = |certificate: &Certificate| CertificateSummary {
        used_for,
        subject: certificate.subject(),
        issuer: certificate.issuer(),
        serial: certificate.shown_serial().to_owned(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        key: text::shown(certificate.public_key().kind()),
        fingerprint: certificate.shown_fingerprint().to_owned(),
    };
    certificates.iter().map(summary).collect()
}
