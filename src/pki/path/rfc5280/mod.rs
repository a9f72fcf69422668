//! This module applies the rules of [RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1) to one ordered
//! path.
//!
//! The signatures were verified before, over the received octets. Revocation is not checked here.

mod extensions;
mod general_name;
mod host;
mod name_constraints;
mod policies;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::{Oid, Tag};

use self::extensions::PolicyExtensions;
use self::name_constraints::{NameConstraints, Refusal};
use self::policies::{Exemption, Policies};
use super::budget::ValidationBudget;
use super::edges::Edge;
use super::outcome::{PathConstraint, PathError, PathNote, SearchLimit, Unreadable};
use super::request::PathRequest;
use crate::asn1::oid;
use crate::pki::certificate::Certificate;

/// The extensions that may be critical in every certificate of a path. They are processed here, except extKeyUsage of the
/// target, which the caller judges.
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

/// The extensions of an anchor that limit what is below it (RFC 5937 §3.2).
const ANCHOR_LIMITS: [ObjectIdentifier; 6] = [
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// Checks a path, given as its verified edges from the target to the anchor.
///
/// A failure includes the number of groups of rules passed before, so that failures of several paths can be compared.
pub(super) fn check_path(
    path: &[Edge],
    request: &PathRequest<'_>,
    budget: &ValidationBudget,
) -> Result<Vec<PathNote>, (usize, PathError)> {
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
        .try_for_each(|certificate| {
            check_critical(certificate, &[request.processed])?;
            check_purposes(certificate, request.target)
        })
        .map_err(|error| (4, error))?;
    check_constraints(path, anchor, request, budget).map_err(|error| (5, error))?;
    below().try_for_each(check_values).map_err(|error| (6, error))?;
    below().try_for_each(check_usage_of_key).map_err(|error| (7, error))?;
    Ok(anchor_notes(anchor, request.at))
}

/// Checks a target that is its own anchor by the rules that need no issuer, except its validity period.
pub(super) fn check_alone(target: &Certificate, request: &PathRequest<'_>) -> Result<(), PathError> {
    check_form(target)?;
    check_critical_in_target(request)?;
    check_values(target)?;
    check_usage_of_key(target)
}

/// Checks that keyUsage does not say of a post-quantum signature key that it encrypts or agrees on keys (RFC 9881 §5 for
/// ML-DSA, RFC 9909 for SLH-DSA).
fn check_usage_of_key(certificate: &Certificate) -> Result<(), PathError> {
    match certificate.usage_beyond_signatures() {
        Some(usage) => {
            let kind = certificate.public_key().kind().to_string();
            Err(broken(certificate, PathConstraint::KeyUsageOfSignatureKey { kind, usage }))
        }
        None => Ok(()),
    }
}

/// Checks that the values of the extensions are DER that say what a certificate may be used for, as the rest of it is.
fn check_values(certificate: &Certificate) -> Result<(), PathError> {
    if certificate.are_uses_der() {
        return Ok(());
    }
    Err(PathError::Unreadable { certificate: certificate.clone(), what: Unreadable::NotDer })
}

/// Checks that each extension can be read that is critical or sets a limit. If it counted as absent, the limit would be
/// lifted.
fn check_readable(certificate: &Certificate) -> Result<(), PathError> {
    match certificate.unreadable_limit() {
        Some(extension) => Err(broken(certificate, PathConstraint::Malformed { extension })),
        None => Ok(()),
    }
}

/// Checks that the certificate is DER, that no extension is repeated, and that both algorithm fields agree.
fn check_form(certificate: &Certificate) -> Result<(), PathError> {
    if !certificate.is_der() {
        return Err(PathError::Unreadable { certificate: certificate.clone(), what: Unreadable::NotDer });
    }
    check_readable(certificate)?;
    // Software disagrees on which of two equal extensions counts, so neither can be relied on (RFC 5280 §4.2).
    if let Some(duplicate) = certificate.duplicate_extension() {
        return Err(broken(certificate, PathConstraint::DuplicateExtension { oid: duplicate.to_string() }));
    }
    // The unsigned algorithm field must equal the signed one, or anybody could exchange it (RFC 5280 §4.1.1.2).
    if !certificate.signature_algorithms_agree() {
        return Err(broken(certificate, PathConstraint::SignatureAlgorithm));
    }
    Ok(())
}

/// Checks the validity at a time, both ends included (RFC 5280 §4.1.2.5 and §6.1.3 (a) (2)).
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

/// Checks that an intermediate may issue certificates (RFC 5280 §6.1.4 (k) and (n)).
///
/// An intermediate without keyUsage is refused, which is stricter than (n), because RFC 5280 §4.2.1.3 makes issuers
/// include it.
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

/// Checks that an anchor may be above another certificate.
pub(super) fn check_anchor(anchor: &Certificate) -> Result<(), PathError> {
    check_readable(anchor)?;
    if let Some(duplicate) = anchor.duplicate_extension() {
        return Err(broken(anchor, PathConstraint::DuplicateExtension { oid: duplicate.to_string() }));
    }
    // An end-entity certificate that is pinned as its own anchor must not become a certificate authority. A root from
    // before basicConstraints may be one, and version 3 is when they came.
    let may_issue = match anchor.basic_constraints() {
        Some(constraints) => constraints.ca,
        None => matches!(anchor.version(), 1 | 2) && anchor.is_self_issued(),
    };
    if !may_issue {
        return Err(broken(anchor, PathConstraint::NotCertificateAuthority));
    }
    match anchor.key_usage() {
        Some(usage) if !usage.key_cert_sign() => Err(broken(anchor, PathConstraint::KeyCertSign)),
        _ => Ok(()),
    }
}

/// Checks the critical extensions of the certificate at the end of the path (RFC 5280 §6.1.5 (f)).
fn check_critical_in_target(request: &PathRequest<'_>) -> Result<(), PathError> {
    check_critical(request.target, &[request.processed, request.processed_in_target])
}

fn check_critical(certificate: &Certificate, callers: &[&[ObjectIdentifier]]) -> Result<(), PathError> {
    let processed = |stated: Oid<'_>| {
        PROCESSED.iter().any(|oid| stated == *oid)
            || callers.iter().copied().flatten().any(|oid| may_be_seeded(*oid) && stated == *oid)
    };
    // RFC 5280 §4.2 requires that a critical extension is refused if it is not processed.
    let unprocessed = certificate.extensions().find(|extension| extension.critical && !processed(extension.oid));
    match unprocessed {
        Some(extension) => {
            Err(broken(certificate, PathConstraint::CriticalExtension { oid: extension.oid.to_string() }))
        }
        None => check_critical_values(certificate),
    }
}

/// Checks that the values can be read of critical extensions that are processed and set no limit on this certificate.
/// RFC 5280 §4.2 requires that a critical extension is refused if it holds what cannot be processed.
fn check_critical_values(certificate: &Certificate) -> Result<(), PathError> {
    let is_critical = |oid| certificate.extension(oid).is_some_and(|extension| extension.critical);
    let refuse = |extension| Err(broken(certificate, PathConstraint::Malformed { extension }));
    if is_critical(oid::NAME_CONSTRAINTS) {
        NameConstraints::default().add(certificate).map_err(|constraint| broken(certificate, constraint))?;
    }
    if is_critical(oid::QC_STATEMENTS) && certificate.qc_statements().is_err() {
        return refuse("qcStatements");
    }
    // RFC 6960 §4.2.2.2.1: its value is NULL.
    let nocheck = certificate.extension(oid::OCSP_NOCHECK);
    if nocheck.is_some_and(|extension| extension.critical && extension.value != [Tag::NULL.0, 0]) {
        return refuse("ocsp-nocheck");
    }
    Ok(())
}

/// Checks that a critical extKeyUsage of an intermediate allows a purpose of the target (RFC 5280 §4.2.1.12).
///
/// RFC 5280 §6.1 does not say what the purposes of an issuer mean. Here they are those of the certificates below it, as
/// in the practice of public authorities. Without any purpose in the target, it is unknown if it keeps to them. OCSP
/// responders are exempt, because whoever issues certificates may let another key answer for them (RFC 6960 §4.2.2.2).
fn check_purposes(intermediate: &Certificate, target: &Certificate) -> Result<(), PathError> {
    let Some(allowed) = intermediate.extended_key_usage().filter(|usage| usage.critical) else { return Ok(()) };
    let stated = target.extended_key_usage().map(|usage| usage.purposes).unwrap_or_default();
    let is_allowed = |purpose: &Oid<'_>| *purpose == oid::OCSP_SIGNING || allowed.purposes.contains(purpose);
    if allowed.contains(oid::ANY_EXTENDED_KEY_USAGE) || stated.iter().any(is_allowed) {
        Ok(())
    } else {
        Err(broken(intermediate, PathConstraint::ExtendedKeyUsage))
    }
}

/// Returns false for authorityInfoAccess. Nothing here follows it, and a certificate must not mark it critical (RFC
/// 5280 §4.2.2.1).
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
    let processed = |stated: Oid<'_>| ANCHOR_LIMITS.iter().any(|oid| stated == *oid);
    if anchor.extensions().any(|extension| extension.critical && !processed(extension.oid)) {
        notes.push(PathNote::AnchorExtensionIgnored);
    }
    notes
}

fn broken(certificate: &Certificate, constraint: PathConstraint) -> PathError {
    PathError::Constraint { certificate: certificate.clone(), constraint }
}

/// The variables of RFC 5280 §6.1.2 for names, policies and lengths.
struct State<'a> {
    names: NameConstraints<'a>,
    policies: Policies<'a>,
    max_path_length: u64,
}

impl<'a> State<'a> {
    /// Initialises the variables (RFC 5280 §6.1.2) with the limits of the anchor (RFC 5937 §3.2). Its other extensions
    /// are ignored.
    fn new(anchor: &'a Certificate, length: usize, request: &PathRequest<'_>) -> Result<Self, PathError> {
        let malformed = |constraint| broken(anchor, constraint);
        let mut names = NameConstraints::default();
        names.add(anchor).map_err(malformed)?;
        let extensions = policy_extensions(anchor)?;
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let stated = anchor.basic_constraints().and_then(|constraints| constraints.path_len);
        Ok(Self {
            names,
            policies: Policies::new(&request.policies, &extensions, length),
            max_path_length: stated.unwrap_or(length),
        })
    }

    /// Updates the variables for the certificates below this one, RFC 5280 §6.1.4 (a), (b), (g) to (j), (l) and (m).
    fn prepare(
        &mut self,
        certificate: &'a Certificate,
        extensions: &PolicyExtensions<'a>,
        exemption: Exemption,
    ) -> Result<(), PathError> {
        let broken = |constraint| broken(certificate, constraint);
        self.policies.prepare(extensions, exemption).map_err(broken)?;
        self.names.add(certificate).map_err(broken)?;
        if exemption == Exemption::None {
            self.max_path_length =
                self.max_path_length.checked_sub(1).ok_or_else(|| broken(PathConstraint::PathLength))?;
        }
        let stated = certificate.basic_constraints().and_then(|constraints| constraints.path_len);
        self.max_path_length = stated.map_or(self.max_path_length, |stated| stated.min(self.max_path_length));
        Ok(())
    }
}

/// Checks names, policies and lengths from the anchor downwards.
fn check_constraints(
    path: &[Edge],
    anchor: &Certificate,
    request: &PathRequest<'_>,
    budget: &ValidationBudget,
) -> Result<(), PathError> {
    let mut state = State::new(anchor, path.len(), request)?;
    for (depth, edge) in path.iter().enumerate().rev() {
        let certificate = edge.child();
        // A signature by the right key is not enough, because RFC 5280 §6.1.3 (a) (4) also requires that the names
        // match.
        if certificate.comparable_issuer() != edge.issuer().comparable_subject() {
            return Err(broken(certificate, PathConstraint::NameChaining));
        }
        let is_last = depth == 0;
        let exemption = if !is_last && certificate.is_self_issued() { Exemption::SelfIssued } else { Exemption::None };
        match exemption {
            Exemption::None => state.names.check(certificate, budget),
            // The constraints do not apply, but a malformed subjectAltName is refused all the same.
            Exemption::SelfIssued => NameConstraints::default().check(certificate, budget),
        }
        .map_err(|refusal| refused(certificate, refusal))?;
        let extensions = policy_extensions(certificate)?;
        state.policies.process(&extensions, exemption).map_err(|constraint| broken(certificate, constraint))?;
        if is_last {
            return state.policies.wrap_up(&extensions).map_err(|constraint| broken(certificate, constraint));
        }
        state.prepare(certificate, &extensions, exemption)?;
    }
    Ok(())
}

fn policy_extensions(certificate: &Certificate) -> Result<PolicyExtensions<'_>, PathError> {
    PolicyExtensions::read(certificate)
        .map_err(|extension| broken(certificate, PathConstraint::Malformed { extension }))
}

fn refused(certificate: &Certificate, refusal: Refusal) -> PathError {
    match refusal {
        Refusal::Constraint(constraint) => broken(certificate, constraint),
        Refusal::BudgetExhausted => PathError::BudgetExhausted { limit: SearchLimit::NameComparisons },
    }
}
