//! This module defines the errors of reading certificates.

use signed_data::Error;

use crate::crypto::KeyError;
use crate::pki::limits;

/// The reason why octets are not a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A field is not encoded as the standard requires.
    #[error("certificate, {field}: {error}")]
    Field {
        /// The field by its name in RFC 5280.
        field: &'static str,
        /// The error in its encoding.
        error: Error,
    },
    /// The public key is damaged. A key of an unknown kind is not an error.
    #[error("certificate, subjectPublicKeyInfo: {0}")]
    PublicKey(KeyError),
    /// The certificate is larger than [`limits::MAX_CERTIFICATE`].
    #[error("certificate of {length} octets, more than {}", limits::MAX_CERTIFICATE)]
    TooLarge {
        /// The number of octets.
        length: usize,
    },
    /// The certificate has more than [`limits::MAX_EXTENSIONS`] extensions.
    #[error("certificate with more than {} extensions", limits::MAX_EXTENSIONS)]
    TooManyExtensions,
    /// The PEM text cannot be read.
    #[error("PEM text, certificate number {}: not valid PEM", index.saturating_add(1))]
    Pem {
        /// The number of certificates before it.
        index: usize,
    },
    /// A certificate in the PEM text cannot be read.
    #[error("PEM text, certificate number {}: {error}", index.saturating_add(1))]
    InPem {
        /// The number of certificates before it.
        index: usize,
        /// The error in the certificate.
        error: Box<CertificateError>,
    },
    /// The PEM text has too many octets or certificates.
    #[error("PEM text larger than {} octets or {} certificates", limits::MAX_PEM, limits::MAX_PEM_CERTIFICATES)]
    PemTooLarge,
    /// The PEM text holds no certificate.
    #[error("PEM text without a certificate")]
    NoCertificate,
}

/// Returns what makes an error in a field one of the certificate.
pub(super) fn field(field: &'static str) -> impl Fn(Error) -> CertificateError {
    move |error| CertificateError::Field { field, error }
}
