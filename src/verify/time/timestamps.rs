//! The timestamps in attributes of one signature: found, and judged from the newest evidence to the oldest.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use rfc3161_client::{TimeStampToken, TokenError};
use signed_data::tlv::Tlv;
use signed_data::{Attribute, Attributes};

use crate::asn1::oid;
use crate::cms::archive::{self, HashIndex};
use crate::cms::{ContentDigest, note_standing};
use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::ValidatedPath;
use crate::time::token::{GenuineToken, TokenCheck, TokenTrust, check_token, check_trust, note_unreadable};
use crate::verify::checks::revocation::{self, Role};
use crate::verify::examined::{ExaminedTimestamp, TimestampKind};
use crate::verify::limits::MAX_TIMESTAMPS;
use crate::verify::material::Material;
use crate::verify::signature::Signature;

/// A token where it stands.
pub(crate) struct Found<'a> {
    pub(crate) kind: TimestampKind,
    attribute: &'a Attribute<'a>,
    value: &'a Tlv<'a>,
    token: Result<TimeStampToken, TokenError>,
}

impl Found<'_> {
    pub(crate) fn token(&self) -> Option<&TimeStampToken> {
        self.token.as_ref().ok()
    }

    fn gen_time(&self) -> Option<DateTime<Utc>> {
        self.token().map(|token| token.tst_info().gen_time)
    }
}

/// A time before which something is known to have existed, and what that is: all that the index lists. Without an index
/// nothing beyond the signature.
struct Cover<'t> {
    gen_time: DateTime<Utc>,
    index: HashIndex<'t>,
}

const UNSIGNED: [(ObjectIdentifier, TimestampKind); 6] = [
    (oid::SIGNATURE_TIME_STAMP, TimestampKind::Signature),
    (oid::ARCHIVE_TIME_STAMP_V3, TimestampKind::ArchiveV3),
    (oid::ARCHIVE_TIME_STAMP_V2, TimestampKind::NotEvaluated),
    (oid::ARCHIVE_TIME_STAMP, TimestampKind::NotEvaluated),
    (oid::CADES_C_TIME_STAMP, TimestampKind::NotEvaluated),
    (oid::CERTS_CRLS_TIME_STAMP, TimestampKind::NotEvaluated),
];

/// Judges every token, archive timestamps first and the newest of them before the older ones: a token that a valid
/// newer one covers is judged as of that one's time instead of now, and all of them as of the time from which an
/// evidence record preserves the signature (ETSI EN 319 102-1 clause 5.6, proofs of existence).
pub(crate) fn judge_timestamps(
    found: &[Found<'_>],
    signature: &Signature<'_>,
    material: &Material<'_>,
    preserved: Option<DateTime<Utc>>,
    ledger: &mut Ledger<'_>,
) -> Vec<Option<Judged>> {
    let order_of = |one: &Found<'_>| (one.kind != TimestampKind::ArchiveV3, std::cmp::Reverse(one.gen_time()));
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|index| found.get(*index).map(order_of));
    let mut all: Vec<Option<Judged>> = found.iter().map(|_| None).collect();
    let mut covers: Vec<Cover<'_>> = Vec::new();
    for index in order {
        let (Some(one), Some(slot)) = (found.get(index), all.get_mut(index)) else { continue };
        let mut notes = Notes::new(ledger, Subject::Timestamp(index + 1));
        notes.note_with(Code::TimestampKind, || Details::stated(name(one.kind)));
        let token = match &one.token {
            Ok(token) => token,
            Err(error) => {
                note_unreadable(error, &mut notes);
                continue;
            }
        };
        let hash_index = match one.kind {
            TimestampKind::ArchiveV3 => archive::index_of(token, &mut notes),
            _ => None,
        };
        let existed = existed_by(one, &covers, preserved, material.now);
        *slot = judge(one.kind, token, hash_index.as_ref(), signature, material, existed, &mut notes);
        let valid = slot.as_ref().filter(|judged| judged.path.is_some());
        if let (Some(judged), Some(index)) = (valid, hash_index) {
            let covered = signature.embedded.covered_revocation(&index);
            material.keep_revocation(covered, judged.genuine.gen_time);
            covers.push(Cover { gen_time: judged.genuine.gen_time, index });
        }
    }
    all
}

/// Puts tokens and what was found about them together.
pub(crate) fn examined(found: Vec<Found<'_>>, judged: Vec<Option<Judged>>) -> Vec<ExaminedTimestamp> {
    let together = found.into_iter().zip(judged);
    together
        .map(|(one, judged)| {
            let (genuine, path) = judged.map_or((None, None), |judged| (Some(judged.genuine), judged.path));
            ExaminedTimestamp { kind: one.kind, token: one.token.ok(), genuine, path, is_renewed: false }
        })
        .collect()
}

/// What was found about a token.
pub(crate) struct Judged {
    pub(crate) genuine: GenuineToken,
    pub(crate) path: Option<Arc<ValidatedPath>>,
}

/// The tokens of one signature, in the order in which they are numbered.
pub(crate) fn find<'a>(signature: &'a Signature<'_>, ledger: &mut Ledger<'_>) -> Vec<Found<'a>> {
    let signed = signature.signer_info.signed_attributes.iter();
    let content = signed.flat_map(|all| of_kind(all, oid::CONTENT_TIME_STAMP, TimestampKind::Content));
    let unsigned = signature.signer_info.unsigned_attributes.iter();
    let unsigned = unsigned.flat_map(|all| UNSIGNED.iter().flat_map(|(oid, kind)| of_kind(all, *oid, *kind)));
    let mut all = content.chain(unsigned);
    let found = all.by_ref().take(MAX_TIMESTAMPS).map(|(kind, attribute, value)| {
        let token = TimeStampToken::from_bytes(value.raw);
        Found { kind, attribute, value, token }
    });
    let found = found.collect();
    if all.next().is_some() {
        ledger.note_with(Subject::Time, Code::TimestampsTooMany, || Details::computed(MAX_TIMESTAMPS));
    }
    found
}

fn of_kind<'a>(
    attributes: &'a Attributes<'a>,
    oid: ObjectIdentifier,
    kind: TimestampKind,
) -> impl Iterator<Item = (TimestampKind, &'a Attribute<'a>, &'a Tlv<'a>)> {
    attributes.find(oid).flat_map(move |attribute| attribute.values.iter().map(move |value| (kind, attribute, value)))
}

/// The earliest time at which a token is known to have existed: now, the time from which the whole file is `preserved`,
/// or that of a valid archive timestamp that covers it.
fn existed_by(
    one: &Found<'_>,
    covers: &[Cover<'_>],
    preserved: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    // What is younger than a timestamp is not covered by it, whatever its index lists.
    let is_older = |time: DateTime<Utc>| one.gen_time().is_none_or(|gen_time| gen_time <= time);
    let older = |cover: &&Cover<'_>| is_older(cover.gen_time);
    let covering = covers
        .iter()
        .filter(older)
        .filter(|cover| one.kind == TimestampKind::Content || cover.index.covers(one.attribute, one.value));
    let preserved = preserved.filter(|time| is_older(*time));
    covering.map(|cover| cover.gen_time).chain(preserved).min().unwrap_or(now)
}

fn judge(
    kind: TimestampKind,
    token: &TimeStampToken,
    index: Option<&HashIndex<'_>>,
    signature: &Signature<'_>,
    material: &Material<'_>,
    existed: DateTime<Utc>,
    notes: &mut Notes<'_, '_>,
) -> Option<Judged> {
    let of_signature = |algorithm: DigestAlgorithm| Some(algorithm.digest(signature.signer_info.signature));
    let of_archive = |algorithm| {
        archive::imprint(signature.signed_data, signature.signer_info, signature.content, index?, algorithm)
    };
    let nothing = |_| None;
    let imprint: ContentDigest<'_> = match kind {
        TimestampKind::Signature => &of_signature,
        TimestampKind::Content => signature.content,
        TimestampKind::ArchiveV3 => &of_archive,
        TimestampKind::NotEvaluated | TimestampKind::EvidenceRecord | TimestampKind::Token => &nothing,
    };
    if kind == TimestampKind::NotEvaluated {
        notes.note(Code::TimestampCoverageNotEvaluated);
    }
    let check = TokenCheck { imprint, certificates: material.settings.certificates(), shared: None };
    let genuine = check_token(token, &check, notes)?;
    if let Some(index) = index {
        index.check(&signature.embedded.digests(index.algorithm()), signature.signer_info, notes);
    }
    let path = check_valid(token, &genuine, material, existed, notes);
    Some(Judged { genuine, path })
}

/// Trust in a genuine token: the path is there when nothing stands against it.
pub(crate) fn check_valid(
    token: &TimeStampToken,
    genuine: &GenuineToken,
    material: &Material<'_>,
    existed: DateTime<Utc>,
    notes: &mut Notes<'_, '_>,
) -> Option<Arc<ValidatedPath>> {
    let settings = material.settings;
    let trust = TokenTrust {
        chains: &settings.tsa_chains,
        candidates: material,
        policies: &settings.policy.tsa_policies,
        algorithms: &settings.policy.algorithms,
        clock_skew: settings.policy.clock_skew(),
        existed,
        now: material.now,
        budget: material.budget,
    };
    let path = check_trust(token, genuine, &trust, notes)?;
    if existed < material.now {
        material.keep(token, existed);
    }
    let role = Role::Token { gen_time: genuine.gen_time, existed };
    let found = Arc::clone(&path);
    let path = revocation::check(path, &settings.tsa_chains, role, material, notes);
    if !Arc::ptr_eq(&found, &path) {
        note_standing(path.standing(&settings.policy.algorithms, existed.max(genuine.gen_time)), notes);
    }
    notes.is_sound().then_some(path)
}

pub(crate) fn is_over_signature(one: &Found<'_>) -> bool {
    matches!(one.kind, TimestampKind::Signature | TimestampKind::ArchiveV3)
}

/// The valid ones over the signature.
pub(crate) fn valid_over_signature<'a>(
    found: &'a [Found<'_>],
    judged: &'a [Option<Judged>],
) -> impl Iterator<Item = &'a GenuineToken> {
    let over_it = found.iter().zip(judged).filter(|(one, _)| is_over_signature(one));
    over_it.filter_map(|(_, judged)| judged.as_ref()).filter(|one| one.path.is_some()).map(|one| &one.genuine)
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
