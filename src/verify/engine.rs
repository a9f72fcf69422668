//! The checks of one signature and of the time it is proven for, common to proofs and payload signatures.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::{TimeStampToken, TokenError};
use signed_data::{SignedData, SignerInfo};

use super::policy::RevocationRule;
use super::verifier::Verifier;
use crate::asn1::oid;
use crate::cades::{self, BaselineLevel, CheckedSigner, ContentDigest, SignerCheck, single_value};
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::{SignatureBudget, ValidatedPath};
use crate::text;
use crate::timestamp::{GenuineToken, TokenCheck, TokenTrust, check_token, check_trust};

/// Tokens that are looked at in one signature. Each costs a signature check and a path; a proof has one, or a few after renewals.
const MAX_TIMESTAMPS: usize = 8;

/// One signature to be judged.
pub(super) struct Signature<'a> {
    pub(super) signed_data: &'a SignedData<'a>,
    pub(super) signer_info: &'a SignerInfo<'a>,
    pub(super) content: ContentDigest<'a>,
}

/// What the checks identified, whether or not all holds.
pub(super) struct Examined {
    pub(super) signer: Option<CheckedSigner>,
    pub(super) signing_time: Option<DateTime<Utc>>,
    pub(super) timestamps: Vec<ExaminedTimestamp>,
    /// The earliest time that a valid timestamp attests.
    pub(super) proven_at: Option<DateTime<Utc>>,
    pub(super) path: Option<Arc<ValidatedPath>>,
    pub(super) level: BaselineLevel,
}

/// One token.
pub(super) struct ExaminedTimestamp {
    pub(super) token: Option<TimeStampToken>,
    pub(super) genuine: Option<GenuineToken>,
    /// There when the token is valid.
    pub(super) path: Option<Arc<ValidatedPath>>,
}

impl Examined {
    /// Of octets that cannot be read.
    pub(super) fn nothing() -> Self {
        Self {
            signer: None,
            signing_time: None,
            timestamps: Vec::new(),
            proven_at: None,
            path: None,
            level: BaselineLevel::NotBaseline,
        }
    }
}

pub(super) fn examine(
    signature: &Signature<'_>,
    verifier: &Verifier,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let budget = SignatureBudget::default();
    let mut notes = Notes::new(ledger, Subject::Seal);
    let signer = cades::check_signer(
        &SignerCheck {
            signed_data: signature.signed_data,
            signer_info: signature.signer_info,
            content_type: oid::DATA,
            content: signature.content,
            extra: &verifier.extra,
        },
        &mut notes,
    );
    let signing_time = check_stated(signature.signer_info, &mut notes);
    if let Some(signer) = &signer {
        check_seal_usage(signer, &mut notes);
    }
    let timestamps = examine_timestamps(signature, verifier, now, &budget, ledger);
    let proven_at = check_time(&timestamps, ledger);
    check_signing_time(signing_time, &timestamps, proven_at, verifier, ledger);
    let at = proven_at.unwrap_or(now);
    let path = signer
        .as_ref()
        .and_then(|signer| check_seal_chain(signature, signer, signing_time, at, verifier, &budget, ledger));
    let level = match (signing_time, timestamps.is_empty()) {
        (None, _) => BaselineLevel::NotBaseline,
        (Some(_), true) => BaselineLevel::BB,
        (Some(_), false) => BaselineLevel::BT,
    };
    Examined { signer, signing_time, timestamps, proven_at, path, level }
}

/// Attributes that state something and are checked against nothing here.
fn check_stated(signer_info: &SignerInfo<'_>, notes: &mut Notes<'_, '_>) -> Option<DateTime<Utc>> {
    let attributes = signer_info.signed_attributes.as_ref()?;
    let signing_time = match cades::signing_time(attributes) {
        Ok(Some(time)) => {
            notes.note_with(Code::SigningTimeStated, || Details::stated(text::time(time.value)));
            Some(time.value)
        }
        Ok(None) => {
            notes.note(Code::SigningTimeMissing);
            None
        }
        Err(code) => {
            notes.note_with(code, || Details::stated("signing-time"));
            None
        }
    };
    let stated = [
        (oid::MIME_TYPE, Code::MimeType, "mime-type"),
        (oid::COMMITMENT_TYPE, Code::CommitmentType, "commitment-type-indication"),
    ];
    for (oid, code, name) in stated {
        match single_value(attributes, oid) {
            Ok(None) => {}
            Ok(Some(value)) => match cades::stated_text(code, value) {
                Some(text) => notes.note_with(code, || Details::stated(text)),
                None => notes.note_with(Code::AttributeMalformed, || Details::stated(name)),
            },
            Err(code) => notes.note_with(code, || Details::stated(name)),
        }
    }
    signing_time
}

fn check_seal_usage(signer: &CheckedSigner, notes: &mut Notes<'_, '_>) {
    if !signer.certificate.may_sign() {
        notes.note(Code::SealKeyUsageWrong);
    }
    if signer.certificate.is_ca() {
        notes.note(Code::SealCertificateIsCa);
    }
}

fn examine_timestamps(
    signature: &Signature<'_>,
    verifier: &Verifier,
    now: DateTime<Utc>,
    budget: &SignatureBudget,
    ledger: &mut Ledger<'_>,
) -> Vec<ExaminedTimestamp> {
    let attributes = signature.signer_info.unsigned_attributes.iter();
    let mut values =
        attributes.flat_map(|attributes| attributes.find(oid::SIGNATURE_TIME_STAMP)).flat_map(|one| one.values.iter());
    let mut examined = Vec::new();
    for value in values.by_ref().take(MAX_TIMESTAMPS) {
        let mut notes = Notes::new(ledger, Subject::Timestamp(examined.len() + 1));
        let token = match TimeStampToken::from_bytes(value.raw) {
            Ok(token) => token,
            Err(error) => {
                notes.note_with(malformed(&error), || Details::stated(&error));
                examined.push(ExaminedTimestamp { token: None, genuine: None, path: None });
                continue;
            }
        };
        let check = TokenCheck {
            imprint: &|algorithm| Some(algorithm.digest(signature.signer_info.signature)),
            extra: &verifier.extra,
        };
        let trust = TokenTrust {
            chains: &verifier.tsa_chains,
            policies: &verifier.policy.tsa_policies,
            algorithms: &verifier.policy.algorithms,
            clock_skew: verifier.policy.clock_skew(),
            now,
            budget,
        };
        let genuine = check_token(&token, &check, &mut notes);
        let path =
            genuine.as_ref().and_then(|genuine| check_trust(&token, genuine, &verifier.extra, &trust, &mut notes));
        if path.is_some() {
            check_revocation(verifier.policy.revocation, &mut notes);
        }
        let path = path.filter(|_| notes.is_sound());
        examined.push(ExaminedTimestamp { token: Some(token), genuine, path });
    }
    if values.next().is_some() {
        ledger.note_with(Subject::Time, Code::TimestampsTooMany, || Details::computed(MAX_TIMESTAMPS));
    }
    examined
}

fn malformed(error: &TokenError) -> Code {
    match error {
        TokenError::SignerCount { .. } => Code::TimestampSeveralSigners,
        _ => Code::TimestampMalformed,
    }
}

/// The earliest time of a valid timestamp: each of them proves that the seal existed at its own.
fn check_time(timestamps: &[ExaminedTimestamp], ledger: &mut Ledger<'_>) -> Option<DateTime<Utc>> {
    let valid = timestamps.iter().filter(|timestamp| timestamp.path.is_some());
    let proven_at = valid.filter_map(|timestamp| timestamp.genuine.as_ref()).map(|genuine| genuine.gen_time).min();
    match proven_at {
        Some(time) => ledger.note_with(Subject::Time, Code::TimeProven, || Details::computed(text::time(time))),
        None if timestamps.is_empty() => ledger.note(Subject::Time, Code::TimestampMissing),
        None => ledger.note(Subject::Time, Code::NoValidTimestamp),
    };
    proven_at
}

/// ETSI EN 319 102-1 clause 5.5.4 (3) and (4): order and delay of the stated signing time and the proven one.
fn check_signing_time(
    signing_time: Option<DateTime<Utc>>,
    timestamps: &[ExaminedTimestamp],
    proven_at: Option<DateTime<Utc>>,
    verifier: &Verifier,
    ledger: &mut Ledger<'_>,
) {
    let (Some(signing_time), Some(proven_at)) = (signing_time, proven_at) else { return };
    let genuine = timestamps.iter().filter_map(|timestamp| timestamp.genuine.as_ref());
    let accuracy = genuine.filter(|genuine| genuine.gen_time == proven_at).filter_map(|genuine| genuine.accuracy).max();
    let tolerance = verifier.policy.clock_skew() + accuracy.unwrap_or_default();
    let code = order(signing_time, proven_at, tolerance, verifier.policy.maximum_timestamp_delay());
    let code = match code {
        Order::After => Code::SigningTimeAfterTimestamp,
        Order::LongBefore => Code::TimestampTooLate,
        Order::Before => Code::SigningTimeInOrder,
    };
    ledger.note_with(Subject::Time, code, || Details::both(text::time(signing_time), text::time(proven_at)));
}

/// How a time lies to a later one.
pub(super) enum Order {
    Before,
    LongBefore,
    After,
}

pub(super) fn order(earlier: DateTime<Utc>, later: DateTime<Utc>, tolerance: TimeDelta, maximum: TimeDelta) -> Order {
    match later.signed_duration_since(earlier) {
        difference if difference < -tolerance => Order::After,
        difference if difference > maximum => Order::LongBefore,
        _ => Order::Before,
    }
}

fn check_seal_chain(
    signature: &Signature<'_>,
    signer: &CheckedSigner,
    signing_time: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    verifier: &Verifier,
    budget: &SignatureBudget,
    ledger: &mut Ledger<'_>,
) -> Option<Arc<ValidatedPath>> {
    let mut notes = Notes::new(ledger, Subject::SealChain);
    let candidates = || {
        let embedded = cades::embedded_certificates(signature.signed_data);
        embedded.into_iter().chain(verifier.extra.iter().cloned()).collect()
    };
    let path = verifier.seal_chains.check(&signer.certificate, candidates, at, budget, &mut notes);
    if signing_time.is_some_and(|time| time > signer.certificate.not_after()) {
        notes.note_with(Code::SigningTimeAfterExpiry, || Details::computed(text::time(signer.certificate.not_after())));
    }
    if path.is_some() {
        check_revocation(verifier.policy.revocation, &mut notes);
    }
    let mut standing = verifier.policy.algorithms.signature(&signer.algorithm, signer.certificate.public_key(), at);
    if let Some(path) = &path {
        standing = standing.max(path.standing(&verifier.policy.algorithms, at));
    }
    standing.note(&mut notes);
    path
}

/// Revocation data is read by a later version; until then there never is any.
fn check_revocation(rule: RevocationRule, notes: &mut Notes<'_, '_>) {
    notes.note(match rule {
        RevocationRule::Required => Code::RevocationDataMissing,
        RevocationRule::IfPresent => Code::RevocationNotChecked,
        RevocationRule::Ignore => Code::RevocationIgnored,
    });
}
