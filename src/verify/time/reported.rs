//! Evidence of time as a report tells of it: where revocation data lies, what a record came to, what is proven to exist.

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;

use super::evidence::{TimeEvidence, Verdict};
use super::records;
use super::token::Token;
use super::trust::Trust;
use crate::crypto::Digest;
use crate::finding::Subject;
use crate::verify::answer::RevocationPlace;
use crate::verify::examined::{ExaminedRecord, TimestampKind};
use crate::verify::existence::{ExistenceSummary, ExistingObject};

impl TimeEvidence<'_> {
    /// The places in it where revocation data with this fingerprint lies.
    pub(crate) fn places_of(&self, fingerprint: &Digest) -> Vec<RevocationPlace> {
        let lies_in = |token: &Result<Token<'_>, TokenError>| {
            token.as_ref().is_ok_and(|token| token.embedded.carries(fingerprint))
        };
        match self {
            Self::Token { number, token } => {
                Some(RevocationPlace::Timestamp(*number)).filter(|_| lies_in(&token.token)).into_iter().collect()
            }
            Self::Record { number, first_token, record } => {
                let tokens = record.tokens.iter().enumerate().filter(|(_, token)| lies_in(token));
                let in_tokens = tokens.map(|(index, _)| RevocationPlace::Timestamp(first_token + index));
                let in_infos = record.crypto_infos.carries(fingerprint);
                in_tokens.chain(in_infos.then_some(RevocationPlace::CryptoInfos(*number))).collect()
            }
        }
    }

    /// The record as it is reported, with its verdict.
    pub(crate) fn examined_record(&self, verdict: &Verdict<'_>) -> Option<ExaminedRecord> {
        let (Self::Record { number, first_token, record }, Verdict::Record { verdict, .. }) = (self, verdict) else {
            return None;
        };
        let tokens = if records::is_looked_at(record) { record.tokens.len() } else { 0 };
        Some(ExaminedRecord {
            subject: Subject::EvidenceRecord(*number),
            is_beside: record.is_beside(),
            proven_at: verdict.record.as_ref().and_then(|record| record.proven_at),
            timestamps: (0..tokens).map(|index| first_token + index).collect(),
        })
    }

    /// What it proves to have existed, and what others prove about its tokens.
    pub(crate) fn existence(&self, verdict: &Verdict<'_>, verdicts: &[Verdict<'_>]) -> Vec<ExistenceSummary> {
        let by = |since| verdicts.iter().find(|verdict| verdict.attests(since)).map(Verdict::subject);
        let covered = |number, trust: &Trust| {
            let since = trust.covered_since.filter(|_| trust.path.is_some())?;
            Some(ExistenceSummary { of: ExistingObject::Timestamp(number), since, by: by(since)? })
        };
        match (self, verdict) {
            (Self::Token { number, token }, Verdict::Token { verdict, .. }) => {
                let of = match token.kind {
                    TimestampKind::Content => ExistingObject::Content,
                    TimestampKind::ArchiveV3 => ExistingObject::Archive,
                    TimestampKind::Signature
                    | TimestampKind::NotEvaluated
                    | TimestampKind::EvidenceRecord
                    | TimestampKind::Token => ExistingObject::Signature,
                };
                let by = Subject::Timestamp(*number);
                let own = verdict.valid().map(|token| ExistenceSummary { of, since: token.gen_time, by });
                own.into_iter().chain(covered(*number, &verdict.trust)).collect()
            }
            (Self::Record { number, first_token, .. }, Verdict::Record { verdict, .. }) => {
                let by = Subject::EvidenceRecord(*number);
                let proven_at = verdict.record.as_ref().and_then(|record| record.proven_at);
                let own = proven_at.map(|since| ExistenceSummary { of: ExistingObject::File, since, by });
                let tokens = verdict.trusts.iter().enumerate();
                let tokens = tokens.filter_map(|(index, trust)| covered(first_token + index, trust));
                own.into_iter().chain(tokens).collect()
            }
            (Self::Token { .. }, Verdict::Record { .. }) | (Self::Record { .. }, Verdict::Token { .. }) => Vec::new(),
        }
    }
}

impl Verdict<'_> {
    /// Whether a valid token in it attests this time.
    pub(crate) fn attests(&self, time: DateTime<Utc>) -> bool {
        self.valid_tokens().iter().any(|token| token.gen_time == time)
    }

    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Token { number, .. } => Subject::Timestamp(*number),
            Self::Record { number, .. } => Subject::EvidenceRecord(*number),
        }
    }
}
