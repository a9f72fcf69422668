//! This module defines the answers to a path search: a valid path, or the reason why there is none.

use core::fmt;

use chrono::{DateTime, Utc};

use crate::crypto::NotOffered;
use crate::pki::certificate::Certificate;

/// A path that is valid at the requested time. Its revocation status is not checked.
///
/// A cache of the answer must consider all its inputs: the certificates of the path, the last one being an anchor, the
/// policy inputs, the extensions that the caller processes, and the time. The same path is valid at any time for which
/// [`holds_at`](Self::holds_at) returns true. The answer does not depend on the other candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedPath {
    /// The path, target first and anchor last. It has one certificate if the target is itself an anchor.
    pub certificates: Vec<Certificate>,
    /// The number of signatures verified to find it.
    pub signature_checks: u32,
    /// The unusual properties that are no reason to refuse it.
    pub notes: Vec<PathNote>,
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
}

impl ValidatedPath {
    /// Returns the target.
    pub fn target(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    /// Returns the anchor, which is the target if that is itself an anchor.
    pub fn anchor(&self) -> Option<&Certificate> {
        self.certificates.last()
    }

    /// Returns each certificate below the anchor with its issuer, target first. These are the certificates whose
    /// revocation status matters.
    pub fn issued(&self) -> impl Iterator<Item = (&Certificate, &Certificate)> {
        self.certificates.iter().zip(self.certificates.iter().skip(1))
    }

    /// Returns the latest beginning of a validity period below the anchor, or that of the target if it is the anchor.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// Returns the earliest end of a validity period below the anchor, or that of the target if it is the anchor.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// Returns true if the same path is also valid at this time.
    pub fn holds_at(&self, at: DateTime<Utc>) -> bool {
        (self.not_before.timestamp()..=self.not_after.timestamp()).contains(&at.timestamp())
    }
}

/// An unusual property of a valid path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathNote {
    /// The anchor's validity period had ended at the requested time. The anchor is still trusted by configuration,
    /// because it is not part of the path (RFC 5280 §6.1).
    AnchorExpired,
    /// The anchor's validity period had not begun at the requested time.
    AnchorNotYetValid,
    /// The target is itself an anchor, so only the configuration vouches for it.
    TargetIsAnchor,
    /// The anchor has a critical extension that is not processed. Only its limits on the certificates below are
    /// processed (RFC 5937).
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

/// The reason why no valid path was found. If several candidate paths failed, the reason is that of the path that got
/// furthest.
///
/// Each variant names its sub-indication of ETSI EN 319 102-1 V1.4.1. No variant says anything about the time at which a
/// signature was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The requested time is 1970-01-01T00:00:00Z or earlier, as an unset clock reports it.
    /// CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("paths are not validated at times up to 1970-01-01T00:00:00Z")]
    TimeNotSupported,
    /// Neither anchors nor candidates hold a certificate of the issuer. NO_CERTIFICATE_CHAIN_FOUND.
    #[error("no path to a trust anchor: the issuer of {} was not found", .last.fingerprint())]
    NoPath {
        /// The certificate at which the path ends. It is self-issued if an untrusted root was reached.
        last: Certificate,
    },
    /// No certificate of the issuer's name has the key that made the signature. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("the signature on {} was not made by the key of {}", .certificate.fingerprint(), .issuer.fingerprint())]
    SignatureInvalid {
        /// The certificate whose signature does not verify.
        certificate: Certificate,
        /// The certificate of the issuer's name that was tried.
        issuer: Certificate,
    },
    /// The signature uses an unsupported algorithm, so it is unknown if it is valid. CRYPTO_CONSTRAINTS_FAILURE.
    #[error("the signature on {} cannot be verified: {not_offered}", .certificate.fingerprint())]
    AlgorithmNotOffered {
        /// The certificate with the signature.
        certificate: Certificate,
        /// The algorithm or the kind of the issuer's key.
        not_offered: NotOffered,
    },
    /// A validity period had not begun. NOT_YET_VALID for the target, CERTIFICATE_CHAIN_GENERAL_FAILURE above it.
    #[error("{} is not valid before {not_before}", .certificate.fingerprint())]
    NotYetValid {
        /// The certificate in question.
        certificate: Certificate,
        /// The beginning of its validity period.
        not_before: DateTime<Utc>,
    },
    /// A validity period had ended. EXPIRED or OUT_OF_BOUNDS_NO_POE for the target, CERTIFICATE_CHAIN_GENERAL_FAILURE above it.
    #[error("{} is not valid after {not_after}", .certificate.fingerprint())]
    Expired {
        /// The certificate in question.
        certificate: Certificate,
        /// The end of its validity period.
        not_after: DateTime<Utc>,
    },
    /// A rule of RFC 5280 §6.1 is broken. CERTIFICATE_CHAIN_GENERAL_FAILURE, but CHAIN_CONSTRAINTS_FAILURE for the keyUsage
    /// of a post-quantum signature key, which path validation does not look at.
    #[error("{}: {constraint}", .certificate.fingerprint())]
    Constraint {
        /// The certificate that breaks the rule.
        certificate: Certificate,
        /// The rule.
        constraint: PathConstraint,
    },
    /// A certificate can be read, but not unambiguously. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("{} cannot be validated: {what}", .certificate.fingerprint())]
    Unreadable {
        /// The certificate in question.
        certificate: Certificate,
        /// The reason why it is ambiguous.
        what: Unreadable,
    },
    /// The search met one of its [`limits`](crate::pki::limits) before it found a valid path.
    /// CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("no valid path within the limit of {limit}")]
    BudgetExhausted {
        /// The limit that was met.
        limit: SearchLimit,
    },
}

impl PathError {
    /// Returns the certificate that the error is about.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::TimeNotSupported | Self::BudgetExhausted { .. } => None,
            Self::NoPath { last: certificate }
            | Self::SignatureInvalid { certificate, .. }
            | Self::AlgorithmNotOffered { certificate, .. }
            | Self::NotYetValid { certificate, .. }
            | Self::Expired { certificate, .. }
            | Self::Constraint { certificate, .. }
            | Self::Unreadable { certificate, .. } => Some(certificate),
        }
    }
}

/// A rule that a path must keep (RFC 5280 §4.2, §6.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathConstraint {
    /// An extension occurs more than once.
    #[error("extension {oid} stands more than once")]
    DuplicateExtension {
        /// The identifier of the extension.
        oid: String,
    },
    /// Neither the validation nor the caller processes a critical extension.
    #[error("critical extension {oid} is not processed")]
    CriticalExtension {
        /// The identifier of the extension.
        oid: String,
    },
    /// An extension that the validation processes cannot be read.
    #[error("{extension} is malformed")]
    Malformed {
        /// The name of the extension.
        extension: &'static str,
    },
    /// The algorithm beside the signature differs from the signed one.
    #[error("signatureAlgorithm differs from the signed signature field")]
    SignatureAlgorithm,
    /// The issuer's name differs from the subject of the certificate above.
    #[error("the issuer's name does not match")]
    NameChaining,
    /// An issuer has no basicConstraints, or its cA field is false.
    #[error("it issued a certificate but basicConstraints does not make it a certificate authority")]
    NotCertificateAuthority,
    /// The keyUsage of an issuer lacks keyCertSign.
    #[error("it issued a certificate but its keyUsage lacks keyCertSign")]
    KeyCertSign,
    /// An intermediate has no keyUsage. RFC 5280 §6.1.4 (n) accepts it, but this validation does not. Some certificate
    /// authorities from before 2000 are affected.
    #[error("it is an intermediate without keyUsage, which is refused here although RFC 5280 allows it")]
    KeyUsageMissing,
    /// The critical extKeyUsage of an intermediate has no purpose of the end certificate. RFC 5280 §4.2.1.12 limits the
    /// use of a certificate to its purposes, which for an issuer are those of the certificates below it.
    #[error("its critical extKeyUsage has no purpose of the end certificate")]
    ExtendedKeyUsage,
    /// The path has more certificates below than pathLenConstraint allows.
    #[error("the path is longer than pathLenConstraint allows")]
    PathLength,
    /// A name is outside the permitted or inside the excluded subtrees.
    #[error("a name violates the name constraints")]
    NameConstraints,
    /// The keyUsage of a post-quantum signature key has bits of other keys (RFC 9881 §5, RFC 9909).
    #[error("keyUsage of a key for {kind} has {usage}")]
    KeyUsageOfSignatureKey {
        /// The kind of the key.
        kind: String,
        /// The names of these bits.
        usage: String,
    },
    /// No valid policy is left although one is required.
    #[error("no acceptable certificate policy")]
    Policies,
    /// A policy is mapped from or to anyPolicy.
    #[error("policy mapping with anyPolicy")]
    PolicyMapping,
}

/// The reason why a certificate that can be read is not accepted in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The certificate is not DER, or its version, names or times are not in the form of RFC 5280 §4.1.
    #[error("it is not in the form that RFC 5280 gives it")]
    NotDer,
}

/// The [limit](crate::pki::limits) that a search met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchLimit {
    /// The number of signatures verified.
    #[error("signature checks")]
    SignatureChecks,
    /// The number of certificates considered.
    #[error("certificates considered")]
    Certificates,
    /// The number of certificates in one path.
    #[error("certificates in a path")]
    PathLength,
    /// The number of octets of names compared with name constraints.
    #[error("names compared with constraints")]
    NameComparisons,
    /// The number of partial or complete paths tried.
    #[error("paths tried")]
    Paths,
    /// The number of steps of all searches for one artifact.
    #[error("steps of all searches for one file")]
    Steps,
}
