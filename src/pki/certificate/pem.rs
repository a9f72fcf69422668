//! This module reads certificates from PEM text (RFC 7468 §5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::CertificateError;
use super::x509::Certificate;
use crate::pki::limits;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

impl Certificate {
    /// Reads the certificates of a PEM text in its order. Comments and blocks with other labels are skipped.
    ///
    /// # Errors
    /// Returns `Pem`, `InPem`, `PemTooLarge` or `NoCertificate`.
    pub fn from_pem_chain(text: &str) -> Result<Vec<Self>, CertificateError> {
        certificates(text)
    }
}

fn certificates(text: &str) -> Result<Vec<Certificate>, CertificateError> {
    if text.len() > limits::MAX_PEM {
        return Err(CertificateError::PemTooLarge);
    }
    let mut certificates = Vec::new();
    let mut rest = text;
    while let Some((_, from_begin)) = rest.split_once(BEGIN) {
        let index = certificates.len();
        if index == limits::MAX_PEM_CERTIFICATES {
            return Err(CertificateError::PemTooLarge);
        }
        let (body, after) = from_begin.split_once(END).ok_or(CertificateError::Pem { index })?;
        certificates.push(certificate(body, index)?);
        rest = after;
    }
    if certificates.is_empty() { Err(CertificateError::NoCertificate) } else { Ok(certificates) }
}

fn certificate(body: &str, index: usize) -> Result<Certificate, CertificateError> {
    // White space of any kind is allowed where RFC 7468 writes lines of 64 (its lax form, appendix A): tools differ.
    let base64: String = body.split_ascii_whitespace().collect();
    let der = STANDARD.decode(base64).map_err(|_| CertificateError::Pem { index })?;
    Certificate::from_der(&der).map_err(|error| CertificateError::InPem { index, error: Box::new(error) })
}
