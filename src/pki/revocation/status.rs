//! This module defines the revocation status of one certificate.

use core::fmt;

use chrono::{DateTime, Utc};

use super::reason::RevocationReason;
use crate::crypto::{Digest, NotOffered, PostQuantumRule};
use crate::pki::{Certificate, PathError};

/// The signer of revocation data, shown to be entitled to sign it.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) certificate: Certificate,
    pub(super) status_unknown: bool,
    /// True if it has the key of the certificate in question, or was certified with it.
    pub(super) rests_on_certificate: bool,
}

impl Signer {
    pub(super) fn of(certificate: Certificate) -> Self {
        Self { certificate, status_unknown: false, rests_on_certificate: false }
    }
}

/// The reason why a certificate is not the signer, or is not entitled to sign.
#[derive(Clone, Debug)]
pub(super) enum SignerFailure {
    Exhausted,
    Because(NotAuthenticated),
}

impl From<NotAuthenticated> for SignerFailure {
    fn from(why: NotAuthenticated) -> Self {
        Self::Because(why)
    }
}

/// The status of one certificate, and the data from which it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateStatus {
    /// The certificate whose status it is.
    pub certificate: Certificate,
    /// Its issuer in the path.
    pub issuer: Certificate,
    /// The status.
    pub status: RevocationStatus,
    /// The source of the status, or `None` if no authenticated data gave one. If several sources gave it together
    /// (lists partitioned by reasons), this is the oldest of them.
    pub source: Option<RevocationSource>,
    /// The thisUpdate field of the source.
    pub this_update: Option<DateTime<Utc>>,
    /// The nextUpdate field of the source.
    pub next_update: Option<DateTime<Utc>>,
    /// The producedAt field of the source, if that is an OCSP response.
    pub produced_at: Option<DateTime<Utc>>,
    /// The signer of the source.
    pub signer: Option<Certificate>,
    /// True if the signer's own status is unknown and the request allows that.
    pub signer_status_unknown: bool,
    /// The issuer's claim about the time of the key's loss, if an entry has one.
    pub invalidity_date: Option<DateTime<Utc>>,
    /// The earliest revocation that newer data takes back, which only [`RevocationConflict::Latest`] lets it do.
    ///
    /// [`RevocationConflict::Latest`]: super::RevocationConflict::Latest
    pub taken_back: Option<DateTime<Utc>>,
    /// The data about this certificate that was not used, at most [`MAX_SET_ASIDE`](super::limits::MAX_SET_ASIDE)
    /// items.
    pub set_aside: Vec<SetAside>,
}

/// The status of a certificate according to the data. Only `Good` and `NocheckExempt` are favourable. `Revoked` must be
/// compared with the proven time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// The certificate is not revoked, as of the source.
    Good,
    /// The certificate is revoked for good. If sources differ, the earliest date counts, and a compromise that any of
    /// them states is the reason.
    Revoked {
        /// The revocationDate field, which may be later than the requested time.
        date: DateTime<Utc>,
        /// The reason, which is `Unspecified` if none is stated.
        reason: RevocationReason,
    },
    /// The certificate is suspended (certificateHold) in the newest data.
    OnHold {
        /// The revocationDate field.
        since: DateTime<Utc>,
    },
    /// The OCSP responder does not know the certificate.
    Unknown,
    /// The data does not suffice although it is genuine and fresh.
    Incomplete {
        /// The missing part.
        gap: Gap,
    },
    /// The only data is too old for the requested time.
    Stale,
    /// The data was issued after the certificate expired, by an issuer that does not promise to keep expired
    /// certificates listed. Its silence proves nothing.
    IssuedAfterExpiry,
    /// There is no data about the certificate.
    Absent,
    /// There is data about the certificate, but no entitled signer can be shown to have signed it.
    NotAuthenticated(NotAuthenticated),
    /// There is data about the certificate, but it has a critical extension that is not processed here.
    NotSupported {
        /// The unsupported extension.
        what: String,
    },
    /// A limit was met before the question was answered.
    BudgetExhausted,
    /// The certificate belongs to an OCSP responder whose issuer exempts it from status checks (id-pkix-ocsp-nocheck,
    /// RFC 6960 §4.2.2.2.1).
    NocheckExempt,
}

impl fmt::Display for RevocationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |time: &DateTime<Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        match self {
            Self::Good => f.write_str("not revoked"),
            Self::Revoked { date, reason } => write!(f, "revoked at {}: {reason}", shown(date)),
            Self::OnHold { since } => write!(f, "on hold since {}", shown(since)),
            Self::Unknown => f.write_str("not known to the OCSP responder"),
            Self::Incomplete { gap } => write!(f, "incomplete data: {gap}"),
            Self::Stale => f.write_str("only data that is too old"),
            Self::IssuedAfterExpiry => f.write_str("only data from after the certificate expired"),
            Self::Absent => f.write_str("no data about it"),
            Self::NotAuthenticated(why) => write!(f, "data that is not authenticated: {why}"),
            Self::NotSupported { what } => write!(f, "data that is not supported: {what}"),
            Self::BudgetExhausted => f.write_str("no answer within the limits"),
            Self::NocheckExempt => f.write_str("exempt by id-pkix-ocsp-nocheck"),
        }
    }
}

/// The missing part of data that is genuine and fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Gap {
    /// The lists do not cover every reason for a revocation.
    #[error("not every reason for revocation is covered")]
    Reasons,
    /// The complete CRL that a delta CRL changes is missing.
    #[error("a delta CRL without its complete CRL")]
    DeltaWithoutBase,
}

/// The source of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationSource {
    /// A CRL.
    Crl {
        /// The SHA-256 digest of the CRL.
        fingerprint: Digest,
        /// The cRLNumber in hexadecimal digits.
        number: Option<String>,
        /// The SHA-256 digest of the delta CRL that it was combined with.
        delta: Option<Digest>,
    },
    /// An OCSP response.
    Ocsp {
        /// The SHA-256 digest of the response.
        fingerprint: Digest,
    },
}

impl fmt::Display for RevocationSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crl { number, delta, fingerprint } => {
                match number {
                    Some(number) => write!(f, "CRL number 0x{number}")?,
                    None => write!(f, "CRL {fingerprint}")?,
                }
                if delta.is_some() { f.write_str(" with its delta CRL") } else { Ok(()) }
            }
            Self::Ocsp { .. } => f.write_str("OCSP response"),
        }
    }
}

/// Data about a certificate that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The data.
    pub source: RevocationSource,
    /// The reason.
    pub why: WhySetAside,
}

/// The reason why data was not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhySetAside {
    /// No entitled signer can be shown to have signed it.
    #[error("not authenticated: {0}")]
    NotAuthenticated(NotAuthenticated),
    /// It has a critical extension that is not processed here.
    #[error("not supported: {what}")]
    NotSupported {
        /// The unsupported extension.
        what: String,
    },
    /// The complete CRL that a delta CRL changes is missing.
    #[error("a delta CRL without its complete CRL")]
    DeltaWithoutBase,
    /// The certificate's issuer made the CRL, and its scope does not include the certificate (RFC 5280 §6.3.3 (b) (2)).
    #[error("of {issuer} at {}, does not cover the certificate: {mismatch}", crate::text::time(*this_update))]
    OutOfScope {
        /// The issuer as text.
        issuer: String,
        /// The thisUpdate field.
        this_update: DateTime<Utc>,
        /// What does not fit.
        mismatch: ScopeMismatch,
    },
}

/// The part of issuingDistributionPoint that keeps a CRL from covering a certificate, [RFC 5280
/// §5.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeMismatch {
    /// The CRL is for attribute certificates (onlyContainsAttributeCerts).
    #[error("it is for attribute certificates only")]
    AttributeCertificates,
    /// The CRL is for certificates of users (onlyContainsUserCerts), and the certificate belongs to an authority.
    #[error("it is for certificates of users only")]
    UserCertificates,
    /// The CRL is for certificates of authorities (onlyContainsCACerts), and the certificate does not belong to one.
    #[error("it is for certificates of authorities only")]
    Authorities,
    /// The CRL is for another distribution point than the certificate names.
    #[error("it is for another distribution point")]
    DistributionPoint,
    /// The CRL is for other reasons than those for which the certificate names its distribution point.
    #[error("it is for other reasons")]
    Reasons,
}

/// The reason why data counts as unsigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAuthenticated {
    /// No certificate of a possible signer is available.
    #[error("its signer was not found")]
    SignerNotFound,
    /// The key of the signer that was found did not make the signature.
    #[error("its signature is not valid")]
    SignatureInvalid,
    /// The signature uses an unsupported algorithm, so it is unknown if it is valid.
    #[error("its signature cannot be verified: {0}")]
    AlgorithmNotOffered(NotOffered),
    /// The signer's keyUsage or extKeyUsage does not allow it, or the signer does not belong to the certificate's
    /// issuer.
    #[error("its signer is not authorised")]
    NotAuthorised,
    /// The signer's own path is not valid.
    #[error("its signer's path is not valid: {0}")]
    SignerPath(Box<PathError>),
    /// The signer is revoked or on hold.
    #[error("its signer was revoked")]
    SignerRevoked,
    /// The signer's own status is unknown, and the request requires it.
    #[error("its signer's own status is not known")]
    SignerStatusUnknown,
    /// The signer has the key of the very certificate, or was certified with it, so that it speaks for itself.
    #[error("its signer speaks for itself")]
    OwnWord,
}

impl NotAuthenticated {
    /// Returns the rule of post-quantum signatures that the signature on the data breaks, or one on the path of its signer.
    pub fn broken_rule(&self) -> Option<PostQuantumRule> {
        match self {
            Self::AlgorithmNotOffered(not_offered) => not_offered.breaks,
            Self::SignerPath(error) => match &**error {
                PathError::AlgorithmNotOffered { not_offered, .. } => not_offered.breaks,
                PathError::TimeNotSupported
                | PathError::NoPath { .. }
                | PathError::SignatureInvalid { .. }
                | PathError::NotYetValid { .. }
                | PathError::Expired { .. }
                | PathError::Constraint { .. }
                | PathError::Unreadable { .. }
                | PathError::BudgetExhausted { .. } => None,
            },
            Self::SignerNotFound
            | Self::SignatureInvalid
            | Self::NotAuthorised
            | Self::SignerRevoked
            | Self::SignerStatusUnknown
            | Self::OwnWord => None,
        }
    }
}
