//! The checks of the signature itself: what it states, its signer's usage, its chain at the proven time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::Attributes;
use signed_data::tlv::{Tag, Tlv};

use super::revocation::{self, Age, CheckedPath, Ended, Inquiry, Role};
use crate::asn1::oid;
use crate::cms::{self, CheckedSigner, SignerCheck, note_standing_leading_to, stated_value};
use crate::crypto::{AlgorithmEnd, Severity};
use crate::finding::{Code, Details, Ledger, Notes, SubIndication, Subject};
use crate::pki::{Certificate, LocatedStanding, PathError, Strength, ValidatedPath, ValidationBudget, note_refused};
use crate::text;
use crate::verify::answer::{Answer, Published};
use crate::verify::material::Material;
use crate::verify::profile::Profile;
use crate::verify::rules::{PastValidation, RevocationRule};
use crate::verify::settings::Settings;
use crate::verify::signature::Signature;
use crate::verify::time::poe::ProofsOfExistence;

/// The signature, its signed attributes and its signing certificate.
pub(crate) fn check_signature(
    signature: &Signature<'_>,
    settings: &Settings,
    budget: &ValidationBudget,
    notes: &mut Notes<'_, '_>,
) -> Option<CheckedSigner> {
    let check = SignerCheck {
        signed_data: signature.file.signed_data,
        signer_info: signature.signer.signer_info,
        content_type: signature.profile.content_type(),
        content: signature.content,
        octets: signature.octets,
        certificates: &signature.file.embedded.certificates,
        extra: settings.extra.certificates(),
        // No two artifacts have the same signature, and remembering it would only push out what recurs; but the proofs of an
        // aggregated batch share one.
        shared: (signature.profile == Profile::Batch).then_some(&*settings.signatures),
        budget,
    };
    cms::check_signer(&check, notes)
}

/// Attributes that state something and are checked against nothing here.
pub(crate) fn check_stated(signature: &Signature<'_>, notes: &mut Notes<'_, '_>) -> Option<DateTime<Utc>> {
    let attributes = signature.signer.signer_info.signed_attributes.as_ref()?;
    check_media_type(attributes, signature.profile, notes);
    let read = match signature.profile {
        Profile::Own | Profile::Batch | Profile::Checkpoint | Profile::SecondSeal => {
            cms::signing_time(attributes).map(|time| time.map(|time| (time.value, true)))
        }
        Profile::Foreign => cms::lenient_signing_time(attributes),
    };
    let signing_time = match read {
        Ok(Some((time, is_as_demanded))) => {
            notes.note_with(Code::SigningTimeStated, || Details::stated(text::time(time)));
            if !is_as_demanded {
                notes.note(Code::SigningTimeCoding);
            }
            Some(time)
        }
        Ok(None) => {
            notes.note(Code::SigningTimeMissing);
            None
        }
        Err(code) => {
            notes.note_with(code, || Details::stated("signing-time"));
            // What cannot be read counts as absent (ETSI EN 319 102-1 V1.4.1, clause 5.2.8.4.1).
            if code == Code::SignedAttributeUnreadable {
                notes.note(Code::SigningTimeMissing);
            }
            None
        }
    };
    check_informing(attributes, &MIME_TYPE, notes);
    check_informing(attributes, &COMMITMENT, notes);
    signing_time
}

/// Checks the media type of a signature that many statements rest on, or a checkpoint. Whoever signs the letters of others under
/// the type that they say makes no seal of a batch with that.
fn check_media_type(attributes: &Attributes<'_>, profile: Profile, notes: &mut Notes<'_, '_>) {
    let Some((demanded, code)) = profile.media_type() else { return };
    let stated = stated_value(attributes, oid::MIME_TYPE).ok().flatten();
    if !stated.is_some_and(|stated| stated.tag == Tag::UTF8_STRING && stated.value == demanded.as_bytes()) {
        let stated = stated.and_then(cms::media_type);
        notes.note_with(code, || match stated {
            Some(stated) => Details::both(stated, demanded),
            None => Details::computed(demanded),
        });
    }
}

/// An attribute that only informs: its type, finding and name, and how its value is read.
struct Informing {
    oid: ObjectIdentifier,
    code: Code,
    name: &'static str,
    read: fn(Tlv<'_>) -> Option<String>,
}

const MIME_TYPE: Informing =
    Informing { oid: oid::MIME_TYPE, code: Code::MimeType, name: "mime-type", read: cms::media_type };

const COMMITMENT: Informing = Informing {
    oid: oid::COMMITMENT_TYPE,
    code: Code::CommitmentType,
    name: "commitment-type-indication",
    read: cms::commitment,
};

/// Notes an attribute that only informs (ETSI EN 319 122-1 clause 5). One that cannot be read fails no signature.
fn check_informing(attributes: &Attributes<'_>, informing: &Informing, notes: &mut Notes<'_, '_>) {
    let unreadable = Code::StatedAttributeUnreadable;
    match stated_value(attributes, informing.oid) {
        Ok(None) => {}
        Ok(Some(value)) => match (informing.read)(value) {
            Some(text) => notes.note_with(informing.code, || Details::stated(text)),
            None => notes.note_with(unreadable, || Details::stated(informing.name)),
        },
        Err(code) => notes.note_with(code, || Details::stated(informing.name)),
    }
}

/// The path of the signing certificate.
#[derive(Default)]
pub(crate) struct SealChain {
    pub(crate) path: Option<Arc<ValidatedPath>>,
    /// Whether the revocation data in the artifact leaves the status of a certificate open.
    pub(crate) leaves_revocation_open: bool,
    /// What was said about its certificates.
    pub(crate) answers: Vec<Answer>,
    /// The revocation data that answered for them.
    pub(crate) published: Vec<Published>,
    /// The first end of something that no timestamp covers, where a report is made.
    pub(crate) past_from: Option<AlgorithmEnd>,
}

/// What is claimed and known about the time of a signature.
pub(crate) struct SealTimes {
    pub(crate) signing_time: Option<DateTime<Utc>>,
    /// A timestamp that it signs over shows that it was made later than this.
    pub(crate) made_after: Option<DateTime<Utc>>,
    pub(crate) proven_at: Option<DateTime<Utc>>,
    /// Whether a valid archive timestamp or evidence record is among the evidence.
    pub(crate) is_renewed: bool,
}

/// The chain of the signer at the proven time, or now when no time is proven.
pub(crate) fn check_seal_chain(
    signer: &CheckedSigner,
    times: &SealTimes,
    material: &Material<'_>,
    poes: &ProofsOfExistence,
    ledger: &mut Ledger<'_>,
) -> SealChain {
    let mut notes = Notes::new(ledger, Subject::SealChain);
    let settings = material.settings;
    let at = times.proven_at.unwrap_or(material.now);
    let role = Role::Signature { at, made_after: times.made_after };
    check_seal_usage(signer, &mut notes);
    let algorithms = &settings.policy.algorithms;
    // The signature names its certificate by its digest, so that both existed at one time. The certificates of issuers
    // only lie beside it.
    let since = |certificate: &Certificate| match *certificate == signer.certificate {
        true => at,
        false => poes.certificate_since(certificate),
    };
    let strength = Strength { algorithms, since: &since };
    let inquiry = Inquiry { chains: &settings.seal_chains, role, material, poes };
    let certificate = &signer.certificate;
    let found = settings.seal_chains.find(certificate, material.pool(), at, material.budget, strength, &mut notes);
    let valid = found.map_err(|error| check_refused(&error, certificate, at, &inquiry, &mut notes));
    // A claim proves nothing, neither for the signature nor against it.
    if times.signing_time.is_some_and(|time| time > signer.certificate.not_after()) {
        notes.note_with(Code::SigningTimeAfterExpiry, || Details::computed(text::time(signer.certificate.not_after())));
    }
    // A timestamp that it signs over shows that it was made later (ETSI EN 319 102-1 V1.4.1, clause 5.3.4 (4)).
    let not_after = signer.certificate.not_after();
    let made_after = times.made_after.filter(|time| *time > not_after && notes.have(Code::CertificateExpired));
    if let Some(time) = made_after {
        notes.note_with(Code::SignedAfterExpiry, || Details::both(text::time(time), text::time(not_after)));
    }
    let (chain, of_path) = match valid {
        Ok((first, severity)) => {
            let checked = revocation::check(Arc::clone(&first), &inquiry, &mut notes);
            check_past(&checked, times, strength, &inquiry, &mut notes);
            let CheckedPath { path, answers, published, leaves_revocation_open, .. } = checked;
            let is_other = !Arc::ptr_eq(&path, &first);
            let severity = if is_other { path.severity(strength) } else { severity };
            let past_from =
                notes.are_complete().then(|| uncovered_past_from(signer, &path, &answers, &inquiry)).flatten();
            (SealChain { path: Some(path), leaves_revocation_open, answers, published, past_from }, severity)
        }
        Err(Ended { answers, published, .. }) => {
            let chain = SealChain { answers, published, ..SealChain::default() };
            (chain, signer.certificate.severity(algorithms, at))
        }
    };
    let of_path_in_words = || match &chain.path {
        Some(path) => path.standing(strength),
        // Of a path that does not hold, only what signed the certificate itself is known.
        None => signer.certificate.standing(algorithms, at),
    };
    let standing = || LocatedStanding::from(signer.standing(algorithms, at)).max(of_path_in_words());
    let of_signature = signer.severity(algorithms, at);
    // A timestamp that it signs over shows that it was made later: then no proof of existence can help (clause 5.3.4 (6)).
    let was_past = |time| signer.severity(algorithms, time) == Severity::Past;
    let is_made_too_late = of_signature == Severity::Past && times.made_after.is_some_and(was_past);
    let sub_indication = is_made_too_late.then_some(SubIndication::CryptoConstraintsFailure);
    note_standing_leading_to(sub_indication, of_signature.max(of_path), standing, &mut notes);
    chain
}

/// Notes that there is no path. Of a certificate that has ended, what is known of its revocation comes first.
fn check_refused(
    error: &PathError,
    certificate: &Certificate,
    at: DateTime<Utc>,
    inquiry: &Inquiry<'_>,
    notes: &mut Notes<'_, '_>,
) -> Ended {
    let is_ended = matches!(error, PathError::Expired { certificate: of_error, .. } if of_error == certificate);
    let ended = if is_ended { revocation::check_ended(certificate, inquiry, notes) } else { Ended::default() };
    note_refused(error, certificate, at, ended.sub_indication, notes);
    ended
}

/// Past validation, where the policy has it by the control time: a certificate that has ended since the proven time needs an
/// archive timestamp or a record, and a control time that is no earlier than the proven time (ETSI EN 319 102-1 V1.4.1,
/// clauses 5.5.4 (4), 5.6.2.4.4 and 5.6.3.4 (3)).
///
/// One that is known not to be revoked (5.5.4 (4)(d)), or was revoked later ((4)(a)), needs the proven time alone.
fn check_past(
    checked: &CheckedPath,
    times: &SealTimes,
    strength: Strength<'_>,
    inquiry: &Inquiry<'_>,
    notes: &mut Notes<'_, '_>,
) {
    match inquiry.material.settings.policy.past_validation {
        PastValidation::AtProvenTime => return,
        PastValidation::ByControlTime => {}
    }
    let (Some(proven_at), Some(target)) = (times.proven_at, checked.path.target()) else { return };
    let now = text::time(inquiry.material.now);
    let path = match revocation::age(&checked.path, inquiry) {
        Age::Valid => return,
        Age::IssuerEnded => return notes.note_with(Code::IssuerExpired, || Details::computed(format!("at {now}"))),
        Age::TargetEnded(path) => path,
    };
    if checked.is_known_after_end || checked.is_revoked_later {
        return;
    }
    let why = match times.is_renewed {
        false => "no valid archive timestamp or evidence record".into(),
        true => match revocation::control_time(&path, strength, inquiry) {
            Some(control_time) if proven_at <= control_time => return,
            Some(control_time) => format!("the control time is {}", text::time(control_time)),
            None => "no proof of existence of its certificates and revocation data at the control time".into(),
        },
    };
    notes.note_with(Code::CertificateExpiredSince, || {
        Details::both(format!("{} ended at {}", target.subject(), text::time(target.not_after())), why)
    });
}

/// The end of what only lies beside the signature and is known to exist now: the signatures on the certificates of its
/// issuers, and those on the revocation data, where the policy demands some.
fn uncovered_past_from(
    signer: &CheckedSigner,
    path: &ValidatedPath,
    answers: &[Answer],
    inquiry: &Inquiry<'_>,
) -> Option<AlgorithmEnd> {
    let Inquiry { material, poes, .. } = inquiry;
    let algorithms = &material.settings.policy.algorithms;
    let issuers = path
        .issued()
        .filter(|(issued, _)| **issued != signer.certificate && poes.certificate_since(issued) == material.now);
    let of_issuers = issuers.filter_map(|(issued, issuer)| {
        algorithms.signature_past_from(&issued.read_signature_algorithm().ok()?, issuer.public_key())
    });
    let is_demanded = material.settings.policy.revocation == RevocationRule::Required;
    let is_uncovered = |answer: &&Answer| {
        answer.fingerprint().is_some_and(|fingerprint| poes.revocation_since(fingerprint) == material.now)
    };
    let answers = answers.iter().filter(|answer| is_demanded && is_uncovered(answer));
    of_issuers.chain(answers.filter_map(|answer| answer.past_from(algorithms))).min()
}

/// Checks that the certificate may sign and is no CA's (RFC 5280 §4.2.1.3). The key of an OCSP responder or of a TSA
/// would seal otherwise what its owner signed for another purpose.
fn check_seal_usage(signer: &CheckedSigner, notes: &mut Notes<'_, '_>) {
    if !signer.certificate.may_sign() {
        notes.note(Code::SealKeyUsageWrong);
    }
    if signer.certificate.is_for_pki_services_alone() {
        notes.note(Code::SealPurposeWrong);
    } else if signer.certificate.is_critically_for_other_purposes() {
        notes.note(Code::SealPurposeOther);
    }
    if signer.certificate.is_ca() {
        notes.note(Code::SealCertificateIsCa);
    }
}
