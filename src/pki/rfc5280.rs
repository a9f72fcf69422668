//! The rules of RFC 5280 §6.1 for one path that is already in order.
//!
//! This is the only place that names `certval`. It applies the rules for names, name constraints, policies, path length
//! and key usage; what it does otherwise than we want is decided here, before it is asked: times, duplicate extensions,
//! critical extensions, anchors. Signatures were verified before, over the received octets; its callback compares and
//! never verifies.

use core::sync::atomic::{AtomicUsize, Ordering};

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, Error, ObjectIdentifierSet, PDVCertificate,
    PDVTrustAnchorChoice, PathValidationStatus, PkiEnvironment, TimeOfInterest, VerifySignatureMessage,
    enforce_trust_anchor_constraints, validate_path_rfc5280,
};
use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::asn1::BitString;
use signed_data::tlv::{Oid, Tag};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::certificate::Certificate;
use super::edges::Edge;
use super::limits;
use super::path::{PathConstraint, PathError, PathNote, PathRequest, PolicyInputs, Unreadable};
use crate::asn1::{oid, writer};

/// Extensions that may be critical in every certificate of a path: the validator processes them, or (extKeyUsage) the
/// caller judges the target by it.
const PROCESSED: [ObjectIdentifier; 9] = [
    oid::SUBJECT_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// The extensions of an anchor that limit what is below it (RFC 5937 §3.2), apart from pathLenConstraint, which is
/// handed over as a number.
const ANCHOR_LIMITS: [ObjectIdentifier; 5] = [
    oid::NAME_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// Checks a path, given as its verified edges from the target to the anchor.
///
/// On failure also says how many groups of rules were kept before, to compare failures of several paths.
pub(super) fn check_path(path: &[Edge], request: &PathRequest<'_>) -> Result<Vec<PathNote>, (usize, PathError)> {
    let Some(anchor) = path.last().map(Edge::issuer) else {
        return Err((0, PathError::NoPath { last: request.target.clone() }));
    };
    let below = || path.iter().map(Edge::child);
    below().try_for_each(check_form).map_err(|error| (1, error))?;
    below().try_for_each(|certificate| check_validity(certificate, request.at)).map_err(|error| (2, error))?;
    below().skip(1).try_for_each(check_issuer).and_then(|()| check_anchor(anchor)).map_err(|error| (3, error))?;
    check_critical_in_target(request).map_err(|error| (4, error))?;
    below()
        .skip(1)
        .try_for_each(|certificate| check_critical(certificate, &[request.processed]))
        .map_err(|e| (4, e))?;
    ask_validator(path, anchor, request).map_err(|error| (5, error))?;
    Ok(anchor_notes(anchor, request.at))
}

/// Checks a target that is its own anchor: what does not need an issuer, apart from the time.
pub(super) fn check_alone(target: &Certificate, request: &PathRequest<'_>) -> Result<(), PathError> {
    check_form(target)?;
    check_critical_in_target(request)
}

/// Extensions once each, and the signature algorithm that is signed is the one used.
fn check_form(certificate: &Certificate) -> Result<(), PathError> {
    if let Some(duplicate) = certificate.duplicate_extension() {
        return Err(broken(certificate, PathConstraint::DuplicateExtension { oid: duplicate.to_string() }));
    }
    if !certificate.signature_algorithms_agree() {
        return Err(broken(certificate, PathConstraint::SignatureAlgorithm));
    }
    Ok(())
}

pub(super) fn check_validity(certificate: &Certificate, at: DateTime<Utc>) -> Result<(), PathError> {
    if certificate.is_valid_at(at) {
        return Ok(());
    }
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    let certificate = certificate.clone();
    if at < not_before {
        Err(PathError::NotYetValid { certificate, not_before })
    } else {
        Err(PathError::Expired { certificate, not_after })
    }
}

/// Whether an intermediate may issue certificates at all. The validator asks the same; here the answer is told apart.
pub(super) fn check_issuer(certificate: &Certificate) -> Result<(), PathError> {
    check_form(certificate)?;
    if !certificate.is_ca() {
        return Err(broken(certificate, PathConstraint::NotCertificateAuthority));
    }
    match certificate.key_usage() {
        None => Err(broken(certificate, PathConstraint::KeyUsageMissing)),
        Some(usage) if !usage.key_cert_sign() => Err(broken(certificate, PathConstraint::KeyCertSign)),
        Some(_) => Ok(()),
    }
}

/// Whether an anchor may stand above another certificate. An end-entity certificate that is pinned as its own anchor
/// must not become a certificate authority by it; a root from before basicConstraints may be one.
pub(super) fn check_anchor(anchor: &Certificate) -> Result<(), PathError> {
    if let Some(duplicate) = anchor.duplicate_extension() {
        return Err(broken(anchor, PathConstraint::DuplicateExtension { oid: duplicate.to_string() }));
    }
    let self_issued = anchor.subject_key() == anchor.issuer_key();
    let may_issue = match anchor.basic_constraints() {
        Some(constraints) => constraints.ca,
        None => self_issued,
    };
    if !may_issue {
        return Err(broken(anchor, PathConstraint::NotCertificateAuthority));
    }
    match anchor.key_usage() {
        Some(usage) if !usage.key_cert_sign() => Err(broken(anchor, PathConstraint::KeyCertSign)),
        _ => Ok(()),
    }
}

fn check_critical_in_target(request: &PathRequest<'_>) -> Result<(), PathError> {
    check_critical(request.target, &[request.processed, request.processed_in_target])
}

fn check_critical(certificate: &Certificate, callers: &[&[ObjectIdentifier]]) -> Result<(), PathError> {
    let processed = |stated: Oid<'_>| {
        PROCESSED.iter().any(|oid| stated == *oid)
            || callers.iter().copied().flatten().any(|oid| may_be_seeded(*oid) && stated == *oid)
    };
    let unprocessed = certificate.extensions().find(|extension| extension.critical && !processed(extension.oid));
    match unprocessed {
        Some(extension) => {
            Err(broken(certificate, PathConstraint::CriticalExtension { oid: extension.oid.to_string() }))
        }
        None => Ok(()),
    }
}

/// Nobody here follows authorityInfoAccess, and a certificate may not demand it (RFC 5280 §4.2.2.1).
fn may_be_seeded(oid: ObjectIdentifier) -> bool {
    oid != oid::AUTHORITY_INFO_ACCESS
}

fn anchor_notes(anchor: &Certificate, at: DateTime<Utc>) -> Vec<PathNote> {
    let mut notes = Vec::new();
    match check_validity(anchor, at) {
        Ok(()) => {}
        Err(PathError::NotYetValid { .. }) => notes.push(PathNote::AnchorNotYetValid),
        Err(_) => notes.push(PathNote::AnchorExpired),
    }
    let processed =
        |stated: Oid<'_>| stated == oid::BASIC_CONSTRAINTS || ANCHOR_LIMITS.iter().any(|oid| stated == *oid);
    if anchor.extensions().any(|extension| extension.critical && !processed(extension.oid)) {
        notes.push(PathNote::AnchorExtensionIgnored);
    }
    notes
}

fn broken(certificate: &Certificate, constraint: PathConstraint) -> PathError {
    PathError::Constraint { certificate: certificate.clone(), constraint }
}

fn ask_validator(path: &[Edge], anchor: &Certificate, request: &PathRequest<'_>) -> Result<(), PathError> {
    let mut below = Vec::with_capacity(path.len());
    for certificate in path.iter().rev().map(Edge::child) {
        let decoded = PDVCertificate::try_from(certificate.der()).map_err(|_| unreadable(certificate))?;
        below.push(decoded);
    }
    let trusted = PDVTrustAnchorChoice::try_from(anchor_limits(anchor).as_slice()).map_err(|_| unreadable(anchor))?;
    let target = below.pop().ok_or_else(|| unreadable(anchor))?;

    let settings = settings(&trusted, anchor, request)?;
    let mut results = CertificationPathResults::new();
    // subjectAltName, so that one that cannot be decoded is refused: the validator takes it for absent otherwise, and
    // then no name constraint meets it.
    let seeded = [oid::SUBJECT_ALT_NAME].into_iter();
    let callers =
        request.processed.iter().chain(request.processed_in_target).copied().filter(|oid| may_be_seeded(*oid));
    results.set_processed_extensions(seeded.chain(callers).collect::<ObjectIdentifierSet>());

    let mut environment = PkiEnvironment::new();
    environment.add_verify_signature_message_callback(Verified::new(path));
    let ordered = CertificationPath::new(trusted, below, target);
    let answer = validate_path_rfc5280(&environment, &settings, &ordered, &mut results);

    // From the anchor downwards, the anchor being 0.
    let index = results.get_failure_index().and_then(|index| usize::try_from(index).ok());
    let culprit = match index {
        Some(0) => Some(anchor),
        Some(index) => path.iter().rev().map(Edge::child).nth(index - 1),
        None => None,
    };
    match answer {
        Ok(()) => Ok(()),
        Err(Error::PathValidation(status)) => Err(refusal(status, culprit.unwrap_or(request.target), request)),
        Err(Error::Asn1Error(_)) => Err(broken(culprit.unwrap_or(request.target), PathConstraint::Malformed)),
        Err(_) => Err(PathError::Refused { certificate: culprit.unwrap_or(request.target).clone() }),
    }
}

fn settings(
    trusted: &PDVTrustAnchorChoice,
    anchor: &Certificate,
    request: &PathRequest<'_>,
) -> Result<CertificationPathSettings, PathError> {
    let mut settings = CertificationPathSettings::new();
    // Never 0, which would switch the check off: `validate_path` refuses such times.
    let seconds = u64::try_from(request.at.timestamp()).ok().filter(|seconds| *seconds > 0);
    let time = seconds.and_then(|seconds| TimeOfInterest::from_unix_secs(seconds).ok());
    settings.set_time_of_interest(time.ok_or(PathError::TimeNotSupported)?);
    let PolicyInputs { initial_policies, explicit_policy, policy_mapping_inhibited, any_policy_inhibited } =
        &request.policies;
    settings.set_initial_explicit_policy_indicator(*explicit_policy);
    settings.set_initial_policy_mapping_inhibit_indicator(*policy_mapping_inhibited);
    settings.set_initial_inhibit_any_policy_indicator(*any_policy_inhibited);
    if let Some(policies) = initial_policies {
        settings.set_initial_policy_set_from_oid_set(policies.iter().copied().collect());
    }
    // Anchors are trusted by configuration, also after their validity period; `anchor_notes` reports it.
    settings.set_enforce_trust_anchor_validity(false);
    // Whether a target is an anchor was decided before.
    settings.set_require_ta_store(false);

    settings.set_enforce_trust_anchor_constraints(true);
    let mut settings = enforce_trust_anchor_constraints(&settings, trusted).map_err(|error| match error {
        Error::PathValidation(status) => refusal(status, anchor, request),
        _ => PathError::Refused { certificate: anchor.clone() },
    })?;
    // After it, because it resets the length for an anchor that states none.
    let stated = anchor.basic_constraints().and_then(|constraints| constraints.path_len).unwrap_or(u64::MAX);
    let limit = u8::try_from(limits::MAX_PATH_LENGTH).unwrap_or(u8::MAX);
    settings.set_initial_path_length_constraint(u8::try_from(stated).unwrap_or(u8::MAX).min(limit));
    Ok(settings)
}

/// The anchor as the validator needs it: subject, key, and the extensions that limit what is below it, in the shape of
/// a certificate. The rest of an anchor is no input to the validation, and must not fail it: serial number, dates,
/// critical extensions for other uses.
fn anchor_limits(anchor: &Certificate) -> Vec<u8> {
    let algorithm = writer::algorithm(oid::SHA256_WITH_RSA);
    let time = writer::tlv(Tag::UTC_TIME, b"700101000001Z");
    let extensions: Vec<Vec<u8>> = anchor
        .extensions()
        .filter(|extension| ANCHOR_LIMITS.iter().any(|oid| extension.oid == *oid))
        .map(|extension| {
            let oid = writer::tlv(Tag::OBJECT_IDENTIFIER, extension.oid.as_bytes());
            writer::sequence(&[&oid, &writer::octet_string(extension.value)])
        })
        .collect();
    let extensions = match extensions.as_slice() {
        [] => Vec::new(),
        some => writer::tlv(Tag::context(3), &writer::tlv(Tag::SEQUENCE, &some.concat())),
    };
    let tbs = writer::sequence(&[
        &writer::tlv(Tag::context(0), &writer::small_integer(2)),
        &writer::small_integer(1),
        &algorithm,
        anchor.subject_der(),
        &writer::sequence(&[&time, &time]),
        anchor.subject_der(),
        anchor.spki_der(),
        &extensions,
    ]);
    writer::sequence(&[&tbs, &algorithm, &writer::tlv(Tag::BIT_STRING, &[0, 0])])
}

fn unreadable(certificate: &Certificate) -> PathError {
    let before_1970 = |time: DateTime<Utc>| time.timestamp() < 0;
    let what = if before_1970(certificate.not_before()) || before_1970(certificate.not_after()) {
        Unreadable::DateBefore1970
    } else {
        Unreadable::NotDer
    };
    PathError::Unreadable { certificate: certificate.clone(), what }
}

fn refusal(status: PathValidationStatus, certificate: &Certificate, request: &PathRequest<'_>) -> PathError {
    use PathValidationStatus as Status;
    let constraint = match status {
        Status::NameChainingFailure => PathConstraint::NameChaining,
        Status::NameConstraintsViolation => PathConstraint::NameConstraints,
        Status::MissingBasicConstraints | Status::InvalidBasicConstraints => PathConstraint::NotCertificateAuthority,
        Status::InvalidPathLength => PathConstraint::PathLength,
        Status::InvalidKeyUsage if certificate.key_usage().is_none() => PathConstraint::KeyUsageMissing,
        Status::InvalidKeyUsage => PathConstraint::KeyCertSign,
        Status::NullPolicySet => PathConstraint::Policies,
        Status::InvalidPolicyMapping => PathConstraint::PolicyMapping,
        Status::ProcessingLimitExceeded => PathConstraint::TooComplex,
        Status::EncodingError => PathConstraint::Malformed,
        Status::InvalidNotBeforeDate | Status::InvalidNotAfterDate => {
            let disagree = PathError::Refused { certificate: certificate.clone() };
            return check_validity(certificate, request.at).err().unwrap_or(disagree);
        }
        _ => return PathError::Refused { certificate: certificate.clone() },
    };
    broken(certificate, constraint)
}

/// Answers the validator from what was verified: its n-th question is about the n-th certificate below the anchor, or
/// the answer is no.
struct Verified {
    signed: Vec<(Vec<u8>, Vec<u8>)>,
    asked: AtomicUsize,
}

impl Verified {
    fn new(path: &[Edge]) -> Self {
        let signed = path.iter().rev().map(Edge::child);
        let signed =
            signed.map(|child| (child.tbs().to_vec(), child.signature().unwrap_or_default().to_vec())).collect();
        Self { signed, asked: AtomicUsize::new(0) }
    }
}

impl VerifySignatureMessage for Verified {
    fn verify_signature_message(
        &self,
        _: &PkiEnvironment,
        message: &[u8],
        signature: &BitString,
        _: &AlgorithmIdentifierOwned,
        _: &SubjectPublicKeyInfoOwned,
    ) -> Result<(), Error> {
        let verified = self.signed.get(self.asked.fetch_add(1, Ordering::Relaxed));
        // `as_bytes` demands whole octets; `raw_bytes` would let the count of unused bits be changed.
        match (verified, signature.as_bytes()) {
            (Some((tbs, value)), Some(octets)) if tbs == message && value == octets => Ok(()),
            _ => Err(Error::PathValidation(PathValidationStatus::SignatureVerificationFailure)),
        }
    }
}
