//! The checks of one signature and of the time it is proven for, common to proofs and payload signatures.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use signed_data::{SignedData, SignerInfo};

use super::case::{Budgets, Case};
use super::evidence_records::{self, FoundRecord};
use super::held::Held;
use super::revocation::{self, Role};
use super::timestamps::{self, ExaminedTimestamp, check_time};
use super::verifier::Verifier;
use crate::asn1::oid;
use crate::cms::{self, BaselineLevel, CheckedSigner, ContentDigest, SignerCheck, stated_value};
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::{Strength, ValidatedPath};
use crate::text;
use crate::time::token::{GenuineToken, tolerance};

/// One signature to be judged.
pub(super) struct Signature<'a> {
    pub(super) signed_data: &'a SignedData<'a>,
    pub(super) signer_info: &'a SignerInfo<'a>,
    pub(super) profile: Profile,
    pub(super) content: ContentDigest<'a>,
    /// The content itself, where it is at hand.
    pub(super) octets: Option<&'a [u8]>,
    /// What archive timestamps cover beside the signature.
    pub(super) held: &'a Held<'a>,
}

/// What a signature is held to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// Of a proof or payload signature of ours: id-data, a timestamp, every attribute as we write it.
    Own,
    /// What CMS and CAdES ask of anybody.
    Foreign,
}

impl Profile {
    fn content_type(self) -> Option<ObjectIdentifier> {
        (self == Self::Own).then_some(oid::DATA)
    }

    /// What it means that there is no timestamp: a proof needs one; a signature by others is judged at the time given.
    pub(super) fn without_timestamp(self) -> Code {
        match self {
            Self::Own => Code::TimestampMissing,
            Self::Foreign => Code::TimeNotProven,
        }
    }

    /// What it means that none of the timestamps is valid. Where nothing demands one, a caller who knows the time
    /// otherwise may let it pass.
    pub(super) fn without_valid_timestamp(self) -> Code {
        match self {
            Self::Own => Code::NoValidTimestamp,
            Self::Foreign => Code::NoUsableTimestamp,
        }
    }
}

/// What the checks identified, whether or not all holds.
pub(super) struct Examined {
    pub(super) signer: Option<CheckedSigner>,
    pub(super) signing_time: Option<DateTime<Utc>>,
    pub(super) timestamps: Vec<ExaminedTimestamp>,
    /// The earliest time that a valid timestamp attests, or an evidence record that holds.
    pub(super) proven_at: Option<DateTime<Utc>>,
    pub(super) path: Option<Arc<ValidatedPath>>,
    pub(super) level: BaselineLevel,
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
    budgets: &Budgets,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let mut notes = Notes::new(ledger, Subject::Seal);
    let signer = cms::check_signer(
        &SignerCheck {
            signed_data: signature.signed_data,
            signer_info: signature.signer_info,
            content_type: signature.profile.content_type(),
            content: signature.content,
            octets: signature.octets,
            certificates: verifier.certificates(),
            // No two artifacts have it: it would only push out what recurs.
            shared: None,
        },
        &mut notes,
    );
    let signing_time = check_stated(signature, &mut notes);
    let found = timestamps::find(signature, ledger);
    let records = evidence_records::find(signature, verifier, ledger);
    let of_records = records.iter().flat_map(FoundRecord::tokens);
    let tokens = found.iter().filter_map(timestamps::Found::token).chain(of_records).collect();
    let case = Case::new(verifier, now, budgets, Some(signature.held), tokens)
        .with_crypto_infos(records.iter().filter_map(FoundRecord::crypto_infos));
    let preserved = evidence_records::judge(&records, found.len(), signature, &case, ledger);
    case.preserve(preserved.proven_at);
    let judged = timestamps::judge_timestamps(&found, signature, &case, preserved.proven_at, ledger);
    let from_records = (preserved.records, preserved.proven_at);
    let proven_at = check_time(&found, &judged, from_records, signature.profile, ledger);
    preserved.check_undone(timestamps::valid_over_signature(&found, &judged), ledger);
    timestamps::check_content_time(&found, &judged, proven_at, ledger);
    let valid = judged.iter().flatten().filter(|one| one.path.is_some()).map(|one| &one.genuine);
    check_signing_time(signing_time, valid.chain(preserved.valid()), proven_at, verifier, ledger);
    let path = signer.as_ref().and_then(|signer| check_seal_chain(signer, signing_time, proven_at, &case, ledger));
    case.note_more_certificates(&mut Notes::new(ledger, Subject::Envelope));
    let is_revocation_known = path.is_some() && proven_at.is_some() && case.is_revocation_known();
    let mut timestamps = timestamps::examined(found, judged);
    timestamps.extend(preserved.timestamps);
    let level = super::level::recognise(signature, &timestamps, is_revocation_known, ledger);
    Examined { signer, signing_time, timestamps, proven_at, path, level }
}

/// Attributes that state something and are checked against nothing here.
fn check_stated(signature: &Signature<'_>, notes: &mut Notes<'_, '_>) -> Option<DateTime<Utc>> {
    let attributes = signature.signer_info.signed_attributes.as_ref()?;
    let signing_time = match cms::signing_time(attributes) {
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
    let unreadable = match signature.profile {
        Profile::Own => Code::AttributeMalformed,
        Profile::Foreign => Code::StatedAttributeUnreadable,
    };
    for (oid, code, name) in stated {
        match stated_value(attributes, oid) {
            Ok(None) => {}
            Ok(Some(value)) => match cms::stated_text(code, value) {
                Some(text) => notes.note_with(code, || Details::stated(text)),
                None => notes.note_with(unreadable, || Details::stated(name)),
            },
            Err(Code::StatedAttributeUnreadable) => notes.note_with(unreadable, || Details::stated(name)),
            Err(code) => notes.note_with(code, || Details::stated(name)),
        }
    }
    signing_time
}

fn check_seal_usage(signer: &CheckedSigner, notes: &mut Notes<'_, '_>) {
    if !signer.certificate.may_sign() {
        notes.note(Code::SealKeyUsageWrong);
    }
    if signer.certificate.is_for_pki_services_alone() {
        notes.note(Code::SealPurposeWrong);
    }
    if signer.certificate.is_ca() {
        notes.note(Code::SealCertificateIsCa);
    }
}

/// ETSI EN 319 102-1 clause 5.5.4 (3) and (4): order and delay of the stated signing time and the proven one.
fn check_signing_time<'a>(
    signing_time: Option<DateTime<Utc>>,
    valid: impl Iterator<Item = &'a GenuineToken>,
    proven_at: Option<DateTime<Utc>>,
    verifier: &Verifier,
    ledger: &mut Ledger<'_>,
) {
    let (Some(signing_time), Some(proven_at)) = (signing_time, proven_at) else { return };
    let accuracy = valid.filter(|genuine| genuine.gen_time == proven_at).filter_map(|genuine| genuine.accuracy).max();
    let tolerance = tolerance(verifier.policy.clock_skew(), accuracy);
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
    signer: &CheckedSigner,
    signing_time: Option<DateTime<Utc>>,
    proven_at: Option<DateTime<Utc>>,
    case: &Case<'_>,
    ledger: &mut Ledger<'_>,
) -> Option<Arc<ValidatedPath>> {
    let mut notes = Notes::new(ledger, Subject::SealChain);
    let verifier = case.verifier;
    let (at, role) = match proven_at {
        Some(at) => (at, Role::Proven { at }),
        None => (case.now, Role::Unproven { at: case.now }),
    };
    check_seal_usage(signer, &mut notes);
    let algorithms = &verifier.policy.algorithms;
    let strength = Strength { algorithms, at };
    let found = verifier.seal_chains.check(&signer.certificate, case, at, case.budget, strength, &mut notes);
    if signing_time.is_some_and(|time| time > signer.certificate.not_after()) {
        notes.note_with(Code::SigningTimeAfterExpiry, || Details::computed(text::time(signer.certificate.not_after())));
    }
    let (path, of_path) = match found {
        Some((found, standing)) => {
            let path = revocation::check(Arc::clone(&found), &verifier.seal_chains, role, case, &mut notes);
            let is_other = !Arc::ptr_eq(&path, &found);
            let standing = if is_other { path.standing(algorithms, at) } else { standing };
            (Some(path), standing)
        }
        // Of a path that does not hold, only what signed the certificate itself is known.
        None => (None, signer.certificate.standing(algorithms, at)),
    };
    signer.standing(algorithms, at).max(of_path).note(&mut notes);
    path
}
