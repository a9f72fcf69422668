//! What revocation data tells about one certificate.

use core::fmt;

use chrono::{DateTime, Utc};

use super::reason::RevocationReason;
use crate::crypto::{Digest, NotOffered};
use crate::pki::{Certificate, PathError};

/// The signer of revocation data, shown to be entitled to sign it.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) certificate: Certificate,
    pub(super) status_unknown: bool,
}

/// What the data tells about one certificate, and which data it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateStatus {
    /// Whose status it is.
    pub certificate: Certificate,
    /// Its issuer in the path.
    pub issuer: Certificate,
    /// The status.
    pub status: RevocationStatus,
    /// Where the status comes from; nothing where no authenticated data gave one. Where several together gave it (a
    /// list partitioned by reasons), the oldest of them.
    pub source: Option<RevocationSource>,
    /// thisUpdate of the source.
    pub this_update: Option<DateTime<Utc>>,
    /// nextUpdate of the source.
    pub next_update: Option<DateTime<Utc>>,
    /// producedAt of the source, when that is an OCSP response.
    pub produced_at: Option<DateTime<Utc>>,
    /// Who signed the source.
    pub signer: Option<Certificate>,
    /// Whether nothing was known about the signer's own status and the request let that pass.
    pub signer_status_unknown: bool,
    /// The issuer's claim when the key was lost, where an entry has one.
    pub invalidity_date: Option<DateTime<Utc>>,
    /// Data about this certificate that was not used, at most [`MAX_SET_ASIDE`](super::limits::MAX_SET_ASIDE) of it.
    pub set_aside: Vec<SetAside>,
}

/// The status of a certificate, as far as the data goes. Only `Good` and `NocheckExempt` say that nothing is against
/// it; `Revoked` is to be compared with the proven time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// Not revoked, as of the source.
    Good,
    /// Revoked for good. Where sources differ, the earliest date; a compromise that any of them states is the reason.
    Revoked {
        /// revocationDate; it may lie after the time asked about.
        date: DateTime<Utc>,
        /// The reason, `Unspecified` when none is stated.
        reason: RevocationReason,
    },
    /// Suspended (certificateHold) in the newest data.
    OnHold {
        /// revocationDate.
        since: DateTime<Utc>,
    },
    /// The OCSP responder does not know the certificate.
    Unknown,
    /// The data does not suffice though it is genuine and fresh.
    Incomplete {
        /// What is missing.
        gap: Gap,
    },
    /// There is only data that is too old for the time asked about.
    Stale,
    /// Issued when the certificate had expired, by somebody who does not say that expired certificates stay listed:
    /// that it is not listed tells nothing.
    IssuedAfterExpiry,
    /// There is no data about it.
    Absent,
    /// There is data about it, but nobody entitled to it can be shown to have signed it.
    NotAuthenticated(NotAuthenticated),
    /// There is data about it, with something critical that is not processed here.
    NotSupported {
        /// What.
        what: String,
    },
    /// A limit was met before the question was answered.
    BudgetExhausted,
    /// An OCSP responder's certificate whose issuer says that its status need not be asked (id-pkix-ocsp-nocheck, RFC
    /// 6960 §4.2.2.2.1).
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
            Self::Absent => f.write_str("no data"),
            Self::NotAuthenticated(why) => write!(f, "data that is not authenticated: {why}"),
            Self::NotSupported { what } => write!(f, "data that is not supported: {what}"),
            Self::BudgetExhausted => f.write_str("no answer within the limits"),
            Self::NocheckExempt => f.write_str("exempt by id-pkix-ocsp-nocheck"),
        }
    }
}

/// What is missing in data that is genuine and fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Gap {
    /// The lists do not cover every reason for which it could have been revoked.
    #[error("not every reason for revocation is covered")]
    Reasons,
    /// A delta CRL without the complete list that it changes.
    #[error("a delta CRL without its complete CRL")]
    DeltaWithoutBase,
}

/// Where a status comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationSource {
    /// A CRL.
    Crl {
        /// SHA-256 of it.
        fingerprint: Digest,
        /// Its cRLNumber in hexadecimal digits.
        number: Option<String>,
        /// SHA-256 of the delta CRL that it was combined with.
        delta: Option<Digest>,
    },
    /// An OCSP response.
    Ocsp {
        /// SHA-256 of it.
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
    /// Which.
    pub source: RevocationSource,
    /// Why.
    pub why: WhySetAside,
}

/// Why data was not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhySetAside {
    /// Nobody entitled to it can be shown to have signed it.
    #[error("not authenticated: {0}")]
    NotAuthenticated(NotAuthenticated),
    /// Something critical in it is not processed here.
    #[error("not supported: {what}")]
    NotSupported {
        /// What.
        what: String,
    },
    /// A delta CRL without the complete list that it changes.
    #[error("a delta CRL without its complete CRL")]
    DeltaWithoutBase,
}

/// Why data counts as signed by nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAuthenticated {
    /// Nobody is known who could have signed it.
    #[error("its signer was not found")]
    SignerNotFound,
    /// The signature was not made by the key of the signer that was found.
    #[error("its signature is not valid")]
    SignatureInvalid,
    /// The signature is of a kind that is not offered here, so nobody knows whether it is good.
    #[error("its signature cannot be verified: {0}")]
    AlgorithmNotOffered(NotOffered),
    /// The signer's keyUsage or extKeyUsage does not allow it, or it is not of the certificate's issuer.
    #[error("its signer is not authorised")]
    NotAuthorised,
    /// The signer's own path is not valid.
    #[error("its signer's path is not valid: {0}")]
    SignerPath(Box<PathError>),
    /// The signer was revoked, or is on hold.
    #[error("its signer was revoked")]
    SignerRevoked,
    /// Nothing is known about the signer's own status, and the request asks for it.
    #[error("its signer's own status is not known")]
    SignerStatusUnknown,
}
