//! What is asked about a certification path, and what the answer is.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::certificate::Certificate;
use super::{TrustAnchors, limits, search};
use crate::crypto::{Digest, DigestAlgorithm, KnownSignatures, NotOffered, SignatureError};

/// A question: does a path lead from this certificate to an anchor, valid at this time?
#[derive(Clone, Debug)]
pub struct PathRequest<'a> {
    /// The certificate in question.
    pub target: &'a Certificate,
    /// Certificates that may stand between target and anchor: those beside the signature and whatever the caller has.
    /// Nothing is taken for granted about them; order and duplicates do not matter.
    pub candidates: &'a [Certificate],
    /// Where a path may end.
    pub anchors: &'a TrustAnchors,
    /// The time at which every certificate below the anchor must be valid. A fraction of a second is cut off.
    pub at: DateTime<Utc>,
    /// The policy inputs of RFC 5280 §6.1.1 (c) to (g).
    pub policies: PolicyInputs,
    /// Extensions that the caller processes in every certificate of the path, so that they may be critical there.
    pub processed: &'a [ObjectIdentifier],
    /// Extensions that the caller processes in the target alone, so that they may be critical there.
    pub processed_in_target: &'a [ObjectIdentifier],
    /// Signature checks that this search shares with others; otherwise it has [`limits::MAX_SIGNATURE_CHECKS`] of its
    /// own.
    pub budget: Option<&'a SignatureBudget>,
}

impl<'a> PathRequest<'a> {
    /// The question without policy inputs, and no critical extension processed beyond what the validation itself does
    /// (names, basic and name constraints, policies, key usages).
    pub fn new(
        target: &'a Certificate,
        candidates: &'a [Certificate],
        anchors: &'a TrustAnchors,
        at: DateTime<Utc>,
    ) -> Self {
        let policies = PolicyInputs::default();
        Self { target, candidates, anchors, at, policies, processed: &[], processed_in_target: &[], budget: None }
    }

    /// With these policy inputs.
    #[must_use]
    pub fn with_policies(self, policies: PolicyInputs) -> Self {
        Self { policies, ..self }
    }

    /// With these extensions processed by the caller in every certificate of the path. Authority information access is
    /// never taken as processed: nothing here follows it.
    #[must_use]
    pub fn with_processed(self, processed: &'a [ObjectIdentifier]) -> Self {
        Self { processed, ..self }
    }

    /// With these extensions processed by the caller in the target: whoever applies the rules for TSA certificates
    /// processes privateKeyUsagePeriod (extKeyUsage is always taken as processed: the purposes of the target are for
    /// the caller to judge).
    #[must_use]
    pub fn with_processed_in_target(self, processed_in_target: &'a [ObjectIdentifier]) -> Self {
        Self { processed_in_target, ..self }
    }

    /// With signature checks taken from this budget.
    #[must_use]
    pub fn with_budget(self, budget: &'a SignatureBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }
}

/// The policy inputs of [RFC 5280 §6.1.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1.1), by default none: any
/// policy will do, none is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // the standard's three indicators, each set by its own method
pub struct PolicyInputs {
    pub(super) initial_policies: Option<Vec<ObjectIdentifier>>,
    pub(super) explicit_policy: bool,
    pub(super) policy_mapping_inhibited: bool,
    pub(super) any_policy_inhibited: bool,
}

impl PolicyInputs {
    /// user-initial-policy-set: the policies that are acceptable.
    #[must_use]
    pub fn with_initial_policies(self, policies: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        Self { initial_policies: Some(policies.into_iter().collect()), ..self }
    }

    /// initial-explicit-policy: the path must be valid for one of the initial policies.
    #[must_use]
    pub fn with_explicit_policy(self) -> Self {
        Self { explicit_policy: true, ..self }
    }

    /// initial-policy-mapping-inhibit: policies are not mapped.
    #[must_use]
    pub fn with_policy_mapping_inhibited(self) -> Self {
        Self { policy_mapping_inhibited: true, ..self }
    }

    /// initial-any-policy-inhibit: anyPolicy stands for nothing.
    #[must_use]
    pub fn with_any_policy_inhibited(self) -> Self {
        Self { any_policy_inhibited: true, ..self }
    }
}

/// How many signatures may still be verified: shared by all that one artifact makes us do, so that no artifact costs
/// more than a stated number.
#[derive(Debug)]
pub struct SignatureBudget {
    limit: u32,
    used: AtomicU32,
    /// What was verified: digest of what is signed and of the key.
    known: Mutex<HashMap<(Digest, Digest), Result<(), SignatureError>>>,
    /// What other artifacts have shown to be good. It saves time and is spent all the same: no verdict depends on what
    /// was verified before.
    signatures: Option<Arc<KnownSignatures>>,
}

impl SignatureBudget {
    /// A budget of this many checks.
    pub fn new(limit: u32) -> Self {
        Self { limit, used: AtomicU32::new(0), known: Mutex::default(), signatures: None }
    }

    /// The usual budget, for one of many artifacts that share signatures.
    pub(crate) fn sharing(signatures: Arc<KnownSignatures>) -> Self {
        Self { signatures: Some(signatures), ..Self::default() }
    }

    pub(super) fn signatures(&self) -> Option<&KnownSignatures> {
        self.signatures.as_deref()
    }

    /// How many were made.
    pub fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes one check out of the budget; `None` when there is none left.
    pub fn spend(&self) -> Option<()> {
        let more = |used: u32| (used < self.limit).then(|| used.saturating_add(1));
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(drop)
    }

    /// The verdict on one signature with one key (SubjectPublicKeyInfo): verified once, however many questions lead to
    /// it. `signed` is the digest of the whole that is signed, signature included. `None` when there is no check left.
    pub(super) fn verdict(
        &self,
        signed: Digest,
        key: &[u8],
        verify: impl FnOnce() -> Result<(), SignatureError>,
    ) -> Option<Result<(), SignatureError>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let about = (signed, DigestAlgorithm::Sha256.digest(key));
        if let Some(verdict) = known().get(&about) {
            return Some(verdict.clone());
        }
        self.spend()?;
        let verdict = verify();
        known().insert(about, verdict.clone());
        Some(verdict)
    }
}

impl Default for SignatureBudget {
    fn default() -> Self {
        Self::new(limits::MAX_SIGNATURE_CHECKS)
    }
}

/// A path that was found valid at the time asked about. Revocation was not looked at.
///
/// To remember the answer: it depends on the certificates of the path, on the last of them being an anchor, on the
/// policy inputs, on the extensions that the caller processes, and on the time; at any other time for which
/// [`holds_at`](Self::holds_at) is true the same path is valid as well. It does not depend on which other candidates
/// were offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedPath {
    /// The path, target first, anchor last. A target that is itself an anchor stands alone.
    pub certificates: Vec<Certificate>,
    /// How many signatures were verified to find it.
    pub signature_checks: u32,
    /// What was unusual but is no reason to refuse it.
    pub notes: Vec<PathNote>,
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
}

impl ValidatedPath {
    /// The target.
    pub fn target(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    /// The anchor; the target itself when that is an anchor.
    pub fn anchor(&self) -> Option<&Certificate> {
        self.certificates.last()
    }

    /// Each certificate below the anchor with its issuer, target first: what revocation is to be checked for.
    pub fn issued(&self) -> impl Iterator<Item = (&Certificate, &Certificate)> {
        self.certificates.iter().zip(self.certificates.iter().skip(1))
    }

    /// The latest beginning of a validity period below the anchor (of the target, when it is the anchor).
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// The earliest end of a validity period below the anchor (of the target, when it is the anchor).
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// Whether the same path is valid at this other time.
    pub fn holds_at(&self, at: DateTime<Utc>) -> bool {
        (self.not_before.timestamp()..=self.not_after.timestamp()).contains(&at.timestamp())
    }
}

/// Something unusual about a valid path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathNote {
    /// The anchor's validity period had ended at the time asked about. It is trusted by configuration all the same (RFC
    /// 5280 §6.1: the anchor is no part of the path).
    AnchorExpired,
    /// The anchor's validity period had not begun at the time asked about.
    AnchorNotYetValid,
    /// The target is itself an anchor: nobody but the configuration vouches for it.
    TargetIsAnchor,
    /// The anchor has a critical extension that is not processed; only its limits on what is below it are (RFC 5937).
    AnchorExtensionIgnored,
}

impl fmt::Display for PathNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnchorExpired => "the trust anchor's validity period had ended",
            Self::AnchorNotYetValid => "the trust anchor's validity period had not begun",
            Self::TargetIsAnchor => "the certificate is itself a trust anchor",
            Self::AnchorExtensionIgnored => "the trust anchor has a critical extension that is not processed",
        })
    }
}

/// Why no valid path was found. Where several candidate paths failed, this is about the one that got furthest.
///
/// Each variant names the sub-indication of ETSI EN 319 102-1 that it stands for; none of them says anything about the
/// time at which a signature was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// Times up to 1970-01-01T00:00:00Z are not supported: the validator takes that second for "no time".
    /// CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("paths are not validated at times up to 1970-01-01T00:00:00Z")]
    TimeNotSupported,
    /// Neither anchors nor candidates hold a certificate of the issuer. NO_CERTIFICATE_CHAIN_FOUND.
    #[error("no path to a trust anchor: the issuer of {} was not found", .last.fingerprint())]
    NoPath {
        /// Where the path ends; self-issued when an untrusted root was reached.
        last: Certificate,
    },
    /// No certificate of the issuer's name has the key that made the signature. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("the signature on {} was not made by the key of {}", .certificate.fingerprint(), .issuer.fingerprint())]
    SignatureInvalid {
        /// Whose signature does not verify.
        certificate: Certificate,
        /// The certificate of the issuer's name that was tried.
        issuer: Certificate,
    },
    /// The signature is of a kind that is not offered here, so nobody knows whether it is good.
    /// CRYPTO_CONSTRAINTS_FAILURE.
    #[error("the signature on {} cannot be verified: {not_offered}", .certificate.fingerprint())]
    AlgorithmNotOffered {
        /// Whose signature it is.
        certificate: Certificate,
        /// The algorithm or the kind of the issuer's key.
        not_offered: NotOffered,
    },
    /// A validity period had not begun. NOT_YET_VALID for the target, CERTIFICATE_CHAIN_GENERAL_FAILURE above it.
    #[error("{} is not valid before {not_before}", .certificate.fingerprint())]
    NotYetValid {
        /// Whose.
        certificate: Certificate,
        /// When it begins.
        not_before: DateTime<Utc>,
    },
    /// A validity period had ended. EXPIRED or OUT_OF_BOUNDS_NO_POE for the target, OUT_OF_BOUNDS_NO_POE above it.
    #[error("{} is not valid after {not_after}", .certificate.fingerprint())]
    Expired {
        /// Whose.
        certificate: Certificate,
        /// When it ended.
        not_after: DateTime<Utc>,
    },
    /// A rule of RFC 5280 §6.1 is broken. CHAIN_CONSTRAINTS_FAILURE.
    #[error("{}: {constraint}", .certificate.fingerprint())]
    Constraint {
        /// The certificate that breaks it.
        certificate: Certificate,
        /// Which.
        constraint: PathConstraint,
    },
    /// The validator's decoder refuses a certificate that our reader reads (for instance a date before 1970).
    /// CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("{} cannot be validated: {what}", .certificate.fingerprint())]
    Unreadable {
        /// Which.
        certificate: Certificate,
        /// What the decoder refuses, as far as it says.
        what: Unreadable,
    },
    /// The search met one of its [`limits`] before it found a valid path. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("no valid path within the limit of {limit}")]
    BudgetExhausted {
        /// Which.
        limit: SearchLimit,
    },
    /// The validator refused the path for a reason that none of the others is. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("the path was refused by the validator at {}", .certificate.fingerprint())]
    Refused {
        /// The certificate it was looking at, as far as it says.
        certificate: Certificate,
    },
}

impl PathError {
    /// The certificate that it is about.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::TimeNotSupported | Self::BudgetExhausted { .. } => None,
            Self::NoPath { last: certificate }
            | Self::SignatureInvalid { certificate, .. }
            | Self::AlgorithmNotOffered { certificate, .. }
            | Self::NotYetValid { certificate, .. }
            | Self::Expired { certificate, .. }
            | Self::Constraint { certificate, .. }
            | Self::Unreadable { certificate, .. }
            | Self::Refused { certificate } => Some(certificate),
        }
    }
}

/// A rule that a path must keep (RFC 5280 §4.2, §6.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathConstraint {
    /// An extension stands more than once.
    #[error("extension {oid} stands more than once")]
    DuplicateExtension {
        /// Which.
        oid: String,
    },
    /// A critical extension that neither the validation nor the caller processes.
    #[error("critical extension {oid} is not processed")]
    CriticalExtension {
        /// Which.
        oid: String,
    },
    /// An extension that is processed cannot be read.
    #[error("an extension is malformed, or the two signature algorithm fields differ")]
    Malformed,
    /// The algorithm beside the signature is not the signed one.
    #[error("signatureAlgorithm differs from the signed signature field")]
    SignatureAlgorithm,
    /// The issuer's name is not the other's subject.
    #[error("the issuer's name does not match")]
    NameChaining,
    /// An issuer without basicConstraints, or with cA false.
    #[error("it issued a certificate but basicConstraints does not make it a certificate authority")]
    NotCertificateAuthority,
    /// An issuer whose keyUsage lacks keyCertSign.
    #[error("it issued a certificate but its keyUsage lacks keyCertSign")]
    KeyCertSign,
    /// An intermediate without keyUsage: RFC 5280 §6.1.4 (n) would let it pass, this validation does not. Some
    /// certificate authorities from before 2000 are like that.
    #[error("it is an intermediate without keyUsage, which is refused here although RFC 5280 allows it")]
    KeyUsageMissing,
    /// More certificates below than pathLenConstraint allows.
    #[error("the path is longer than pathLenConstraint allows")]
    PathLength,
    /// A name outside the permitted or inside the excluded subtrees.
    #[error("a name violates the name constraints")]
    NameConstraints,
    /// No valid policy is left where one is required.
    #[error("no acceptable certificate policy")]
    Policies,
    /// A policy mapping from or to anyPolicy.
    #[error("policy mapping with anyPolicy")]
    PolicyMapping,
    /// More policies or names than the validator is willing to work through.
    #[error("too many policies or names")]
    TooComplex,
}

/// What the validator's decoder refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// A date before 1970, which it cannot represent.
    #[error("its validity period begins or ends before 1970")]
    DateBefore1970,
    /// Something that is not DER, or a field with a value that its type there does not allow.
    #[error("it is not DER as the path validator reads it")]
    NotDer,
}

/// Which of the [`limits`] was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchLimit {
    /// Signatures verified.
    #[error("signature checks")]
    SignatureChecks,
    /// Certificates looked at.
    #[error("certificates considered")]
    Certificates,
    /// Certificates in one path.
    #[error("certificates in a path")]
    PathLength,
    /// Partial or complete paths tried.
    #[error("paths tried")]
    Paths,
}

/// Finds a path from the target to an anchor and validates it at the time given
/// ([RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1), without revocation).
///
/// The answer does not depend on the order of the candidates. Shorter paths are tried first. Purposes of the target
/// (key usage, extended key usage) are for the caller to judge. Issuers without keyUsage are refused, stricter than RFC
/// 5280; anchors must not say that they are no certificate authority. Names are compared without regard to case and
/// runs of spaces, without Unicode normalisation; BMPString and TeletexString values must match to the octet.
///
/// # Errors
/// [`PathError`]: about the candidate path that got furthest.
pub fn validate_path(request: &PathRequest<'_>) -> Result<ValidatedPath, PathError> {
    if request.at.timestamp() <= 0 {
        return Err(PathError::TimeNotSupported);
    }
    search::search(request)
}
