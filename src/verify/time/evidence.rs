//! Everything that attests a time about a signature, in one list: found, ordered, and judged from the newest to the
//! oldest.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;

use super::listing::Listing;
use super::poe::{CoveredRecords, ProofsOfExistence};
use super::record::FileRecord;
use super::records::{self, FileRecordVerdict};
use super::timestamps::{self, TimestampVerdict};
use super::token::{AttributeToken, Token};
use super::trust::{Grounds, Trust};
use crate::finding::Ledger;
use crate::time::record::Stamp;
use crate::time::token::GenuineToken;
use crate::verify::answer::Published;
use crate::verify::embedded::Embedded;
use crate::verify::examined::{ExaminedTimestamp, ExaminedToken, TimestampKind};
use crate::verify::file::{File, Signer};
use crate::verify::material::Material;
use crate::verify::signature::Signature;

/// One piece of evidence of time about a signature.
pub(crate) enum TimeEvidence<'a> {
    /// A token in an attribute of the signature.
    Token { number: usize, token: &'a AttributeToken<'a> },
    /// An evidence record inside the file or beside it, and the number of its first token.
    Record { number: usize, first_token: usize, record: &'a FileRecord<'a> },
}

/// All evidence about a signature, in the order in which it is numbered: the tokens in attributes, then the records,
/// whose tokens are counted on.
pub(crate) fn find<'a>(file: &'a File<'a>, signer: &'a Signer<'a>) -> Vec<TimeEvidence<'a>> {
    let tokens = signer.tokens.iter().enumerate();
    let mut evidence: Vec<_> = tokens.map(|(index, token)| TimeEvidence::Token { number: index + 1, token }).collect();
    let mut first_token = evidence.len() + 1;
    for (index, record) in file.records.iter().enumerate() {
        evidence.push(TimeEvidence::Record { number: index + 1, first_token, record });
        if records::is_looked_at(record) {
            first_token += record.tokens.len();
        }
    }
    evidence
}

/// Judges all evidence, and returns the verdicts in the order of its numbers with everything that it proves to exist.
///
/// What covers others comes first: evidence records over the whole file, then archive timestamps. Each is judged as of the
/// time since when later evidence proves it, instead of now (ETSI EN 319 102-1 V1.4.1, clause 5.6.3).
///
/// Records have no order of their own, and anybody can put them into another one. What one covers decides instead, by the
/// octets that it is over: a record beside the file covers those inside, and one inside may cover the others. Records that
/// do not cover each other are judged as if each were the only one.
pub(crate) fn judge<'a>(
    evidence: &[TimeEvidence<'a>],
    signature: &Signature<'_>,
    material: &Material<'_>,
    ledger: &mut Ledger<'_>,
) -> (Vec<Verdict<'a>>, ProofsOfExistence) {
    let mut poes = ProofsOfExistence::new(material.now);
    if let Some(since) = signature.existed_at {
        // What proves the octets of a file proves all that it carries.
        poes.add_file(since, CoveredRecords::All, &signature.file.embedded);
    }
    let mut verdicts = Vec::with_capacity(evidence.len());
    for layer in [Layer::Beside, Layer::OverOthers, Layer::Inside] {
        let mut of_layer = ProofsOfExistence::new(material.now);
        for record in evidence.iter().filter(|evidence| evidence.layer() == Some(layer)) {
            let mut proven = poes.without_tokens();
            verdicts.push(record.judge(signature, material, &mut proven, ledger));
            of_layer.add_all(proven);
        }
        poes.add_all(of_layer);
    }
    for token in covering_first(evidence, &signature.signer.listing) {
        verdicts.push(token.judge(signature, material, &mut poes, ledger));
    }
    verdicts.sort_by_key(Verdict::order);
    (verdicts, poes)
}

/// The tokens in attributes: archive timestamps, then what they cover, and what is signed over last. Of each kind the newest
/// comes before the older ones.
///
/// What an archive timestamp lists comes after it whatever its time is. By the times alone a token that is dated after its
/// cover would be judged without it, and would not be there to show the wrong order once its certificate has ended.
fn covering_first<'e, 'a>(evidence: &'e [TimeEvidence<'a>], listing: &Listing) -> Vec<&'e TimeEvidence<'a>> {
    let tokens = evidence.iter().filter_map(|evidence| match evidence {
        TimeEvidence::Token { number, token } => Some((*number, *token, evidence)),
        TimeEvidence::Record { .. } => None,
    });
    let mut tokens: Vec<_> = tokens.collect();
    tokens.sort_by_key(|(_, token, _)| (depth(token.kind), Reverse(token.gen_time())));
    let mut ordered = Vec::with_capacity(tokens.len());
    while !tokens.is_empty() {
        let is_covered = |(number, token, _): &(usize, &AttributeToken<'_>, _)| {
            tokens.iter().any(|(archive, ..)| listing.covers(*archive, (*number, token)))
        };
        let next = tokens.iter().position(|token| !is_covered(token)).unwrap_or_default();
        ordered.push(tokens.remove(next).2);
    }
    ordered
}

/// How deep the tokens of a kind lie under others.
fn depth(kind: TimestampKind) -> u8 {
    match kind {
        TimestampKind::ArchiveV3 => 0,
        TimestampKind::Signature
        | TimestampKind::NotEvaluated
        | TimestampKind::EvidenceRecord
        | TimestampKind::Token => 1,
        TimestampKind::Content => 2,
    }
}

/// Evidence records by what they cover, those first that no other one covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Beside the file, over all that is inside.
    Beside,
    /// Inside, over the other records.
    OverOthers,
    /// Inside, over the file as it was before any record.
    Inside,
}

/// The verdict on one piece of evidence.
pub(crate) enum Verdict<'a> {
    Token { number: usize, token: &'a AttributeToken<'a>, verdict: TimestampVerdict },
    Record { number: usize, record: &'a FileRecord<'a>, verdict: FileRecordVerdict },
}

impl<'a> TimeEvidence<'a> {
    /// Judges it by what is proven to exist so far, and records what it proves.
    fn judge(
        &self,
        signature: &Signature<'_>,
        material: &Material<'_>,
        poes: &mut ProofsOfExistence,
        ledger: &mut Ledger<'_>,
    ) -> Verdict<'a> {
        match *self {
            Self::Token { number, token } => {
                let verdict = timestamps::judge(token, number, signature, material, poes, ledger);
                Verdict::Token { number, token, verdict }
            }
            Self::Record { number, first_token, record } => {
                let verdict = records::judge(record, (number, first_token), signature, material, poes, ledger);
                Verdict::Record { number, record, verdict }
            }
        }
    }

    /// The layer of a record.
    fn layer(&self) -> Option<Layer> {
        match self {
            Self::Token { .. } => None,
            Self::Record { record, .. } if record.is_beside() => Some(Layer::Beside),
            Self::Record { record, .. } if record.covers_records() => Some(Layer::OverOthers),
            Self::Record { .. } => Some(Layer::Inside),
        }
    }

    /// What each of its tokens carries.
    pub(crate) fn tokens(&self) -> Vec<&'a Embedded> {
        let of_tokens = |tokens: &'a [Result<Token<'a>, TokenError>]| {
            tokens.iter().flatten().map(|token| &token.embedded).collect()
        };
        match self {
            Self::Token { token, .. } => of_tokens(std::slice::from_ref(&token.token)),
            Self::Record { record, .. } => of_tokens(&record.tokens),
        }
    }

    /// What lies beside its tokens.
    pub(crate) fn crypto_infos(&self) -> Option<&'a Embedded> {
        match self {
            Self::Token { .. } => None,
            Self::Record { record, .. } => Some(&record.crypto_infos),
        }
    }
}

impl Verdict<'_> {
    /// The time at which it proves that the signature existed.
    pub(crate) fn proven_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Token { token, verdict, .. } if token.is_over_signature() => {
                verdict.valid().map(|token| token.gen_time)
            }
            Self::Token { .. } => None,
            Self::Record { verdict, .. } => verdict.record.as_ref().and_then(|record| record.proven_at),
        }
    }

    /// The valid token that proves what it covers.
    pub(crate) fn covers_since(&self) -> Option<&GenuineToken> {
        match self {
            Self::Token { token, verdict, .. } => verdict.valid().filter(|_| token.kind == TimestampKind::ArchiveV3),
            Self::Record { verdict, .. } => {
                let record = verdict.record.as_ref().filter(|record| record.proven_at.is_some())?;
                record.stamps.first()?.genuine.as_ref()
            }
        }
    }

    /// What a valid token in an attribute rests on.
    pub(crate) fn grounds(&self) -> Option<Grounds<'_>> {
        match self {
            Self::Token { verdict: TimestampVerdict { trust, .. }, .. } => {
                Some(Grounds { path: Some(trust.path.as_deref()?), published: &trust.published })
            }
            Self::Record { .. } => None,
        }
    }

    /// The revocation data that answered for the certificates of its tokens.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Published> {
        let trusts = match self {
            Self::Token { verdict, .. } => std::slice::from_ref(&verdict.trust),
            Self::Record { verdict, .. } => &verdict.trusts,
        };
        trusts.iter().flat_map(|trust| &trust.published)
    }

    /// Whether it is evidence about the signature, valid or not.
    pub(crate) fn is_about_signature(&self) -> bool {
        match self {
            Self::Token { token, .. } => token.is_over_signature(),
            Self::Record { verdict, .. } => verdict.is_about_file,
        }
    }

    /// Whether the revocation data in the artifact leaves the status of a TSA's certificate open. That about an archive
    /// timestamp is added before the next one covers it (ETSI EN 319 122-1 V1.3.1, clause 5.5.3), and the last one has none.
    pub(crate) fn leaves_revocation_open(&self) -> bool {
        match self {
            Self::Token { token, verdict, .. } => {
                let is_last_archive = token.kind == TimestampKind::ArchiveV3 && verdict.trust.covered_since.is_none();
                verdict.trust.leaves_revocation_open && !is_last_archive
            }
            Self::Record { verdict, .. } => verdict.trusts.iter().any(|trust| trust.leaves_revocation_open),
        }
    }

    /// The valid tokens.
    pub(crate) fn valid_tokens(&self) -> Vec<&GenuineToken> {
        match self {
            Self::Token { verdict, .. } => verdict.valid().into_iter().collect(),
            Self::Record { verdict, .. } => {
                let stamps = verdict.record.iter().flat_map(|record| &record.stamps);
                stamps.filter(|stamp| stamp.path.is_some()).filter_map(|stamp| stamp.genuine.as_ref()).collect()
            }
        }
    }

    /// Its tokens as they are reported.
    pub(crate) fn examined(self, keep: KeepTokens, keep_of_records: KeepTokens) -> Vec<ExaminedTimestamp> {
        match self {
            Self::Token { token, verdict, .. } => vec![ExaminedTimestamp {
                kind: token.kind,
                token: keep.token(token.token.as_ref().ok(), verdict.genuine.as_ref()),
                genuine: verdict.genuine,
                path: verdict.trust.path,
                is_covered: verdict.trust.covered_since.is_some(),
                index: verdict.index,
                answers: verdict.trust.answers,
                uncovered: verdict.trust.uncovered,
            }],
            Self::Record { record, verdict, .. } => {
                let stamps = verdict.record.map(|record| record.stamps).unwrap_or_default();
                examined_stamps(stamps, verdict.trusts, &record.tokens, keep_of_records)
            }
        }
    }

    /// Its place among the numbered evidence.
    fn order(&self) -> (usize, usize) {
        match self {
            Self::Token { number, .. } => (0, *number),
            Self::Record { number, .. } => (1, *number),
        }
    }
}

/// Whether anybody reads what tokens say: the strict verdict does not copy it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepTokens {
    ForReport,
    Nothing,
}

impl KeepTokens {
    pub(crate) fn by(ledger: &Ledger<'_>) -> Self {
        if ledger.is_complete() { Self::ForReport } else { Self::Nothing }
    }

    fn token(self, token: Option<&Token<'_>>, genuine: Option<&GenuineToken>) -> Option<ExaminedToken> {
        token.filter(|_| self == Self::ForReport).map(|token| ExaminedToken::of(&token.parsed, genuine))
    }
}

/// The tokens of a record as they are reported.
pub(crate) fn examined_stamps(
    stamps: Vec<Stamp>,
    trusts: Vec<Trust>,
    tokens: &[Result<Token<'_>, TokenError>],
    keep: KeepTokens,
) -> Vec<ExaminedTimestamp> {
    let newest = stamps.len().saturating_sub(1);
    let stamps = stamps.into_iter().zip(trusts).zip(tokens).enumerate();
    let stamps = stamps.map(|(index, ((stamp, trust), token))| ExaminedTimestamp {
        kind: TimestampKind::EvidenceRecord,
        token: keep.token(token.as_ref().ok(), stamp.genuine.as_ref()),
        genuine: stamp.genuine,
        path: stamp.path,
        is_covered: index < newest || trust.covered_since.is_some(),
        index: None,
        answers: trust.answers,
        uncovered: trust.uncovered,
    });
    stamps.collect()
}
