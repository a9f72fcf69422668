//! An evidence record over given objects, judged by itself.

use chrono::{DateTime, Utc};

use super::answer::{RevocationPlace, sources};
use super::embedded::EmbeddedReader;
use super::examined::{Examined, ExaminedRecord, ExaminedTimestamp};
use super::existence::{ExistenceSummary, ExistingObject};
use super::material::{Carried, Material};
use super::settings::Settings;
use super::time::evidence::{KeepTokens, examined_stamps};
use super::time::poe::ProofsOfExistence;
use super::time::record::token_octets;
use super::time::records::{JudgedRecord, judge_record};
use super::time::token::Token;
use crate::cms::ContentDigest;
use crate::crypto::Digest;
use crate::finding::{Ledger, Notes, Subject};
use crate::time::record::EvidenceRecord;

/// A record, and what it is over.
pub(super) struct LoneRecord<'a> {
    pub(super) record: &'a EvidenceRecord<'a>,
    /// Octets of the record as it was received.
    pub(super) length: usize,
    /// The digests of each data object.
    pub(super) objects: &'a [ContentDigest<'a>],
    /// The time since which something covers the record.
    pub(super) covered_since: Option<DateTime<Utc>>,
    pub(super) place: LonePlace,
    pub(super) numbers: RecordNumbers,
}

/// Where a record is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LonePlace {
    /// It is what was given, or a part of it.
    Given,
    /// The verifier was given it beside the file.
    Beside,
}

/// How a record and its tokens are numbered.
#[derive(Clone, Copy)]
pub(super) struct RecordNumbers {
    /// The subject of findings about the whole.
    pub(super) subject: Subject,
    /// The number of the record, from 1.
    pub(super) number: usize,
    /// The number of its first token.
    pub(super) first_token: usize,
    /// The subject of findings about the token of a number.
    pub(super) of_token: fn(usize) -> Subject,
}

impl RecordNumbers {
    /// Of a record that stands by itself.
    pub(super) const ALONE: Self =
        Self { subject: Subject::Record, number: 1, first_token: 1, of_token: Subject::ArchiveTimeStamp };
}

/// Judges a record over given objects at the time `at`.
pub(super) fn examine_record(
    lone: &LoneRecord<'_>,
    settings: &Settings,
    at: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let &LoneRecord { record, length, objects, covered_since, place, numbers } = lone;
    let RecordNumbers { subject, number, first_token, of_token } = numbers;
    let octets = token_octets(record);
    let mut reader = EmbeddedReader::new(settings, length);
    let tokens: Vec<_> = octets.iter().map(|octets| Token::read(octets, &mut reader)).collect();
    let crypto_infos = reader.read_crypto_infos(record.crypto_infos.as_ref());
    let embedded: Vec<_> = tokens.iter().flatten().map(|token| &token.embedded).collect();
    let budgets = settings.budgets();
    let carried = Carried {
        revocation: reader.revocation(),
        file: None,
        tokens: &embedded,
        crypto_infos: &[&crypto_infos],
        of_other_signers: &[],
    };
    let material = Material::new(settings, at, &budgets, &carried);
    material.note_left_out(&mut Notes::new(ledger, subject));
    let newest = tokens.last().and_then(|token| token.as_ref().ok()).map(Token::gen_time);
    let judged = JudgedRecord {
        record,
        // It was there when it was covered, and so were its tokens.
        covered_since: covered_since.zip(newest).map(|(since, newest)| since.max(newest).min(at)),
        tokens: &tokens,
        crypto_infos: &crypto_infos,
        objects,
        subject,
        subject_of: &|index| of_token(first_token.saturating_add(index)),
    };
    let mut poes = ProofsOfExistence::new(at);
    let (verdict, trusts) = judge_record(&judged, &material, &mut poes, ledger);
    let timestamps = examined_stamps(verdict.stamps, trusts, &tokens, KeepTokens::by(ledger));
    let places = |fingerprint: &Digest| {
        let lies_in =
            |token: &&Result<Token<'_>, _>| token.as_ref().is_ok_and(|token| token.embedded.carries(fingerprint));
        let numbered = (first_token..).zip(&tokens).filter(|(_, token)| lies_in(token));
        let in_tokens = numbered.map(|(number, _)| RevocationPlace::Timestamp(number));
        let in_infos = crypto_infos.carries(fingerprint).then_some(RevocationPlace::CryptoInfos(number));
        let given = settings.gave_revocation(fingerprint).then_some(RevocationPlace::Caller);
        in_tokens.chain(in_infos).chain(given).collect()
    };
    let answers = timestamps.iter().flat_map(|timestamp: &ExaminedTimestamp| &timestamp.answers);
    let sources = sources(answers, places, |fingerprint| poes.revocation_since(fingerprint));
    let record = ExaminedRecord {
        subject,
        is_beside: place == LonePlace::Beside,
        proven_at: verdict.proven_at,
        timestamps: (first_token..).take(tokens.len()).collect(),
    };
    let of = match place {
        LonePlace::Given => ExistingObject::Data,
        LonePlace::Beside => ExistingObject::File,
    };
    let proven = verdict.proven_at.map(|since| ExistenceSummary { of, since, by: subject });
    Examined {
        timestamps,
        proven_at: verdict.proven_at,
        records: vec![record],
        sources,
        existence: proven.into_iter().collect(),
        record_count: 1,
        ..Examined::nothing()
    }
}
