//! The answers to a search for a certification path: a valid path, or why there is none.

use core::fmt;

use chrono::{DateTime, Utc};

use crate::crypto::NotOffered;
use crate::pki::certificate::Certificate;

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
    /// The time asked about is 1970-01-01T00:00:00Z or before: what a clock says that was never set.
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
    /// A certificate can be read, but not in one way only. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("{} cannot be validated: {what}", .certificate.fingerprint())]
    Unreadable {
        /// Which.
        certificate: Certificate,
        /// What is wrong with it.
        what: Unreadable,
    },
    /// The search met one of its [`limits`](crate::pki::limits) before it found a valid path. CERTIFICATE_CHAIN_GENERAL_FAILURE.
    #[error("no valid path within the limit of {limit}")]
    BudgetExhausted {
        /// Which.
        limit: SearchLimit,
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
            | Self::Unreadable { certificate, .. } => Some(certificate),
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
}

/// Why a certificate that can be read does not stand in a valid path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is not DER, or not of the version, the names and the times that RFC 5280 §4.1 allows.
    #[error("it is not in the form that RFC 5280 gives it")]
    NotDer,
}

/// Which of the [`limits`](crate::pki::limits) was met.
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
    /// Names compared with name constraints.
    #[error("names compared with constraints")]
    NameComparisons,
    /// Partial or complete paths tried.
    #[error("paths tried")]
    Paths,
}
