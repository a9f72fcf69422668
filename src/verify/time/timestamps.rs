//! The verdict on one timestamp in an attribute of a signature.

use super::poe::{Archive, ProofsOfExistence};
use super::token::{AttributeToken, Token};
use super::trust::{Trust, check_valid};
use crate::cms::archive::{self, HashIndex};
use crate::cms::note_standing;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::time::token::{GenuineToken, Stamped, TokenCheck, check_token, note_unreadable};
use crate::verify::examined::TimestampKind;
use crate::verify::material::Material;
use crate::verify::signature::Signature;

/// The verdict on one token.
#[derive(Default)]
pub(crate) struct TimestampVerdict {
    /// The algorithm of the index of an archive timestamp.
    pub(crate) index: Option<DigestAlgorithm>,
    pub(crate) genuine: Option<GenuineToken>,
    pub(crate) trust: Trust,
}

impl TimestampVerdict {
    /// The token, when nothing speaks against it.
    pub(crate) fn valid(&self) -> Option<&GenuineToken> {
        self.trust.path.as_ref().and(self.genuine.as_ref())
    }
}

/// Judges a token as of the time at which it is known to have existed, and records what it proves to have existed.
pub(crate) fn judge<'a>(
    timestamp: &'a AttributeToken<'a>,
    number: usize,
    signature: &Signature<'_>,
    material: &Material<'_>,
    poes: &mut ProofsOfExistence,
    ledger: &mut Ledger<'_>,
) -> TimestampVerdict {
    let mut notes = Notes::new(ledger, Subject::Timestamp(number));
    notes.note_with(Code::TimestampKind, || Details::stated(name(timestamp.kind)));
    let token = match &timestamp.token {
        Ok(token) => token,
        Err(error) => {
            note_unreadable(error, &mut notes);
            return TimestampVerdict::default();
        }
    };
    let index = timestamp.hash_index().and_then(|index| index.inspect_err(|code| notes.note(*code)).ok());
    let Some(genuine) = check_genuine(timestamp.kind, token, index.as_ref(), signature, material, &mut notes) else {
        return TimestampVerdict::default();
    };
    if let Some(index) = &index {
        match signature.file.archived_by(index.algorithm()) {
            Some(digests) => index.check(digests, &signature.signer.attribute_digests, &mut notes),
            // An index that was compared with nothing covers nothing.
            None => notes.note(Code::ArchiveIndexDiffers),
        }
    }
    if timestamp.kind == TimestampKind::NotEvaluated {
        // Nobody compared it with anything, so that it proves nothing, whoever made it.
        return TimestampVerdict { genuine: Some(genuine), ..TimestampVerdict::default() };
    }
    let covered_since = poes.token_covered_since(number, timestamp, &signature.signer.listing);
    let existed = covered_since.unwrap_or(material.now);
    // What covers the token covers what lies in it, whether or not the token itself proves anything.
    if let Some(since) = covered_since {
        poes.add_carried(&token.embedded, since);
    }
    if let Some(index) = index.as_ref().filter(|index| index.algorithm() != genuine.imprint) {
        // The index has the imprint's algorithm (ETSI EN 319 122-1 V1.3.1, clause 5.5.2). One of its own is judged as the
        // imprint is, or whoever breaks it would put other certificates and revocation data in the place of these.
        let at = existed.max(genuine.gen_time);
        let algorithms = &material.settings.policy.algorithms;
        let severity = algorithms.digest_severity(index.algorithm(), at);
        note_standing(severity, || algorithms.digest(index.algorithm(), at).into(), &mut notes);
    }
    let trust = check_valid(token, &genuine, existed, material, poes, &mut notes);
    let algorithm = index.as_ref().map(HashIndex::algorithm);
    match (&trust.path, index) {
        (Some(_), Some(index)) => {
            poes.add_archive(Archive {
                number,
                gen_time: genuine.gen_time,
                certificates: signature.file.archived_certificates(&index),
                revocation: signature.file.archived_revocation(&index),
            });
        }
        (Some(_), None) if timestamp.kind == TimestampKind::Signature => poes.add_signature(genuine.gen_time),
        (Some(_), None) | (None, _) => {}
    }
    TimestampVerdict { index: algorithm, genuine: Some(genuine), trust }
}

/// Whether the token is genuine and about what its attribute says that it covers.
fn check_genuine(
    kind: TimestampKind,
    token: &Token<'_>,
    index: Option<&HashIndex<'_>>,
    signature: &Signature<'_>,
    material: &Material<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<GenuineToken> {
    let (signed_data, signer_info) = (signature.file.signed_data, signature.signer.signer_info);
    let of_signature = |algorithm: DigestAlgorithm| Some(algorithm.digest(signer_info.signature));
    let of_archive = |algorithm| archive::imprint(signed_data, signer_info, signature.content, index?, algorithm);
    let imprint = match kind {
        TimestampKind::Signature => Stamped::Data(&of_signature),
        TimestampKind::Content => Stamped::Data(signature.content),
        TimestampKind::ArchiveV3 => Stamped::Data(&of_archive),
        TimestampKind::NotEvaluated | TimestampKind::EvidenceRecord | TimestampKind::Token => Stamped::NotEvaluated,
    };
    if kind == TimestampKind::NotEvaluated {
        notes.note(Code::TimestampCoverageNotEvaluated);
    }
    let check =
        TokenCheck { imprint, extra: material.settings.extra.certificates(), shared: None, budget: material.budget };
    check_token(token.as_read(), &check, notes)
}

fn name(kind: TimestampKind) -> &'static str {
    match kind {
        TimestampKind::Content => "content-time-stamp",
        TimestampKind::Signature => "signature-time-stamp",
        TimestampKind::ArchiveV3 => "archive-time-stamp-v3",
        TimestampKind::NotEvaluated => "a timestamp of an older form",
        TimestampKind::EvidenceRecord => "evidence record",
        TimestampKind::Token => "a token by itself",
    }
}
