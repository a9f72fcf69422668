//! What the checks identified about a signature and its timestamps, whether or not all of it holds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{ParsedToken, TstInfo};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Sources};
use super::existence::{ExistenceSummary, SignatureScope};
use super::limits::MAX_TIMESTAMPS;
use crate::cms::{self, BaselineLevel, CheckedSigner};
use crate::crypto::{AlgorithmEnd, DigestAlgorithm, Fingerprint};
use crate::finding::Subject;
use crate::pki::ValidatedPath;
use crate::text;
use crate::time::token::{GenuineToken, accuracy};

/// What the checks identified, whether or not all holds.
pub(super) struct Examined {
    pub(super) signer: Option<CheckedSigner>,
    pub(super) signing_time: Option<DateTime<Utc>>,
    pub(super) timestamps: Vec<ExaminedTimestamp>,
    /// How many timestamps in the attributes of the signature are looked at.
    pub(super) max_timestamps: usize,
    /// The earliest time that a valid timestamp attests, or an evidence record that holds.
    pub(super) proven_at: Option<DateTime<Utc>>,
    /// The same time; of an aggregated proof, for which the later of two times is proven, the earlier one. The event is before it.
    pub(super) first_proven_at: Option<DateTime<Utc>>,
    pub(super) path: Option<Arc<ValidatedPath>>,
    /// What was said about the certificates of this path, where a report is made.
    pub(super) answers: Vec<Answer>,
    /// The first day on which something beside the signature ends that no timestamp covers, and what that is.
    pub(super) seal_past_from: Option<AlgorithmEnd>,
    /// The first day on which no digest of the given payload proves anything any more, and the digest that ends then.
    pub(super) payload_past_from: Option<AlgorithmEnd>,
    /// The evidence records that are about the file, where a report is made.
    pub(super) records: Vec<ExaminedRecord>,
    /// Where the data behind all answers was found, where a report is made.
    pub(super) sources: Sources,
    /// What is proven to have existed, where a report is made.
    pub(super) existence: Vec<ExistenceSummary>,
    pub(super) scope: Option<SignatureScope>,
    pub(super) level: BaselineLevel,
    /// The number of evidence records that were found.
    pub(super) record_count: usize,
    /// What came of the evidence records of an aggregated proof beside the signature of its batch: that of the statement, and
    /// one over the whole file. Their tokens are numbered after those of the signature, in this order.
    pub(super) others: Vec<Examined>,
}

impl Examined {
    /// Nothing is identified in octets that cannot be read.
    pub(super) fn nothing() -> Self {
        Self {
            signer: None,
            signing_time: None,
            timestamps: Vec::new(),
            max_timestamps: MAX_TIMESTAMPS,
            proven_at: None,
            first_proven_at: None,
            path: None,
            answers: Vec::new(),
            seal_past_from: None,
            payload_past_from: None,
            records: Vec::new(),
            sources: Sources::new(),
            existence: Vec::new(),
            scope: None,
            level: BaselineLevel::NotBaseline,
            record_count: 0,
            others: Vec::new(),
        }
    }
}

impl Examined {
    /// Returns the same with what came of the other records in the lists of the signature.
    pub(super) fn joined(mut self) -> Self {
        for Self { timestamps, records, sources, existence, .. } in std::mem::take(&mut self.others) {
            self.timestamps.extend(timestamps);
            self.records.extend(records);
            self.existence.extend(existence);
            for (fingerprint, source) in sources {
                let Some(present) = self.sources.get_mut(&fingerprint) else {
                    self.sources.insert(fingerprint, source);
                    continue;
                };
                present.places.extend(source.places);
                present.since = present.since.min(source.since);
            }
        }
        self
    }
}

/// One token, and what was identified about it.
pub(super) struct ExaminedTimestamp {
    pub(super) kind: TimestampKind,
    /// What the token says, where a report is made and it can be read.
    pub(super) token: Option<ExaminedToken>,
    pub(super) genuine: Option<GenuineToken>,
    /// The path is there when the token is valid.
    pub(super) path: Option<Arc<ValidatedPath>>,
    /// Whether later evidence keeps this one: the next token of its record, or what is valid and covers it.
    pub(super) is_covered: bool,
    /// The algorithm of the index of an archive timestamp.
    pub(super) index: Option<DigestAlgorithm>,
    /// What was said about the certificates of its path, where a report is made.
    pub(super) answers: Vec<Answer>,
    /// What it rests on and nothing covers, where it is covered itself and a report is made.
    pub(super) uncovered: Vec<Fingerprint>,
}

/// One evidence record, and what was identified about it.
pub(super) struct ExaminedRecord {
    pub(super) subject: Subject,
    pub(super) is_beside: bool,
    pub(super) proven_at: Option<DateTime<Utc>>,
    /// The numbers of its ArchiveTimeStamps.
    pub(super) timestamps: Vec<usize>,
}

/// What a token says, in the words of a report.
pub(super) struct ExaminedToken {
    /// The digest that it is over.
    pub(super) imprint: String,
    pub(super) gen_time: DateTime<Utc>,
    /// The accuracy, where it can be used.
    pub(super) accuracy: Option<String>,
    /// The policy, dotted.
    pub(super) policy: String,
    /// The serial number, in hexadecimal.
    pub(super) serial: String,
    /// The name by which it names its signer, unless the signer's certificate tells it.
    pub(super) signer_name: Option<String>,
}

impl ExaminedToken {
    pub(super) fn of(token: &ParsedToken<'_>, genuine: Option<&GenuineToken>) -> Self {
        let signer_info = token.signed_data.signer_infos.first().filter(|_| genuine.is_none());
        let info = &token.tst_info;
        Self {
            imprint: shown_imprint(info),
            gen_time: info.gen_time,
            accuracy: accuracy(info).map(|accuracy| text::shown(text::seconds(accuracy))),
            policy: text::shown(&info.policy),
            serial: text::shown(text::hex(&info.serial_number)),
            signer_name: signer_info.map(|signer_info| cms::signer_name(&signer_info.sid)),
        }
    }
}

/// The imprint as a digest is shown, also by an algorithm that is not offered.
fn shown_imprint(info: &TstInfo) -> String {
    let stated = &info.message_imprint;
    let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| stated.algorithm == algorithm.oid());
    let digest = text::hex(&stated.digest);
    match algorithm {
        Some(algorithm) => text::shown(format_args!("{}{digest}", algorithm.prefix())),
        None => text::shown(format_args!("{}:{digest}", stated.algorithm)),
    }
}

/// The kind of a timestamp says what it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TimestampKind {
    /// A content-time-stamp is a signed attribute: the content existed before it was signed.
    Content,
    /// A signature-time-stamp shows that the signature existed.
    Signature,
    /// An archive-time-stamp-v3 shows that the signature and all that its index lists existed.
    ArchiveV3,
    /// An older archive-time-stamp, or a CAdES-C timestamp: it is listed, its coverage is not evaluated.
    NotEvaluated,
    /// A token of an evidence record covers the objects of the record, or what the record held before.
    EvidenceRecord,
    /// A token that is verified by itself.
    Token,
}
