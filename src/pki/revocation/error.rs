//! This module defines the errors of reading revocation data.

use signed_data::Error;

use super::limits;

/// The reason why octets are neither a CRL nor an OCSP response, or cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationDataError {
    /// A field of a CRL is not encoded as the standard requires.
    #[error("CRL, {field}: {error}")]
    Crl {
        /// The field by its name in RFC 5280.
        field: &'static str,
        /// The error in its encoding.
        error: Error,
    },
    /// A field of an OCSP response is not encoded as the standard requires.
    #[error("OCSP response, {field}: {error}")]
    Ocsp {
        /// The field by its name in RFC 6960.
        field: &'static str,
        /// The error in its encoding.
        error: Error,
    },
    /// The responder returned an error, which says nothing about any certificate.
    #[error("OCSP response without an answer: {0}")]
    ResponseStatus(OcspResponseStatus),
    /// The OCSP response has another type than id-pkix-ocsp-basic.
    #[error("OCSP response of the unknown type {oid}")]
    ResponseType {
        /// The identifier of the type.
        oid: String,
    },
    /// The PEM or base64 text cannot be read.
    #[error("not PEM, nor base64, nor DER")]
    Text,
    /// The data is neither a CRL nor an OCSP response.
    #[error("neither a CRL nor an OCSP response")]
    Unrecognised,
    /// The OCSP response has another nonce than the request.
    #[error("OCSP response to another request: its nonce is not the one that was sent")]
    NonceDiffers,
    /// The OCSP response has no nonce although the request had one.
    #[error("OCSP response without the nonce that was sent")]
    NonceMissing,
    /// The store has met one of its [`limits`].
    #[error("more than {limit} {what}")]
    TooMany {
        /// The kind of item.
        what: &'static str,
        /// The maximum number.
        limit: usize,
    },
}

impl RevocationDataError {
    pub(super) fn total() -> Self {
        Self::TooMany { what: "octets of revocation data", limit: limits::MAX_TOTAL }
    }
}

/// Places the error of a coding in a field of a CRL.
pub(super) fn crl_field(field: &'static str) -> impl Fn(Error) -> RevocationDataError {
    move |error| RevocationDataError::Crl { field, error }
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
    /// A number that the standard does not define.
    #[error("responseStatus {0}")]
    Other(u8),
}

impl OcspResponseStatus {
    /// Converts the number of the standard, with `None` for successful.
    pub(super) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => None,
            1 => Some(Self::MalformedRequest),
            2 => Some(Self::InternalError),
            3 => Some(Self::TryLater),
            5 => Some(Self::SigRequired),
            6 => Some(Self::Unauthorized),
            number => Some(Self::Other(number)),
        }
    }
}
