//! Why octets are not revocation data.

use signed_data::Error;

use super::limits;

/// Why octets are neither a CRL nor an OCSP response, or cannot be taken up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationDataError {
    /// A field of a CRL is not coded as it must be.
    #[error("CRL, {field}: {source}")]
    Crl {
        /// The field, by its name in RFC 5280.
        field: &'static str,
        /// What is wrong with it.
        source: Error,
    },
    /// A field of an OCSP response is not coded as it must be.
    #[error("OCSP response, {field}: {source}")]
    Ocsp {
        /// The field, by its name in RFC 6960.
        field: &'static str,
        /// What is wrong with it.
        source: Error,
    },
    /// The responder answered with an error instead of an answer: nothing is said about any certificate.
    #[error("OCSP response without an answer: {0}")]
    ResponseStatus(OcspResponseStatus),
    /// A type of OCSP response other than id-pkix-ocsp-basic.
    #[error("OCSP response of the unknown type {oid}")]
    ResponseType {
        /// Which.
        oid: String,
    },
    /// The PEM or base64 text cannot be read.
    #[error("not PEM, nor base64, nor DER")]
    Text,
    /// Neither a CRL nor an OCSP response.
    #[error("neither a CRL nor an OCSP response")]
    Unrecognised,
    /// An OCSP response with another nonce than the request had.
    #[error("OCSP response to another request: its nonce is not the one that was sent")]
    NonceDiffers,
    /// An OCSP response without a nonce to a request that had one.
    #[error("OCSP response without the nonce that was sent")]
    NonceMissing,
    /// One of the [`limits`] of the store is met.
    #[error("more than {limit} {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
}

impl RevocationDataError {
    pub(super) fn total() -> Self {
        Self::TooMany { what: "octets of revocation data", limit: limits::MAX_TOTAL }
    }
}

/// OCSPResponseStatus, [RFC 6960 §4.2.1](https://www.rfc-editor.org/rfc/rfc6960#section-4.2.1), other than successful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum OcspResponseStatus {
    #[error("malformedRequest")]
    MalformedRequest,
    #[error("internalError")]
    InternalError,
    #[error("tryLater")]
    TryLater,
    #[error("sigRequired")]
    SigRequired,
    #[error("unauthorized")]
    Unauthorized,
    /// A number that the standard does not have.
    #[error("responseStatus {0}")]
    Other(u8),
}

impl OcspResponseStatus {
    /// `None`: successful.
    pub(super) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => None,
            1 => Some(Self::MalformedRequest),
            2 => Some(Self::InternalError),
            3 => Some(Self::TryLater),
            5 => Some(Self::SigRequired),
            6 => Some(Self::Unauthorized),
            other => Some(Self::Other(other)),
        }
    }
}
