//! Reads what is offered to a verifier beside a file.

use super::certificate::{Certificate, CertificateError};
use super::revocation::{RevocationData, RevocationDataError, base64};

const BEGIN: &str = "-----BEGIN ";

/// Certificates, CRLs and OCSP responses that somebody offers for a verification. Each is authenticated before it counts, and none is
/// trusted for lying here.
///
/// ```
/// use recommande::Verifier;
/// use recommande::pki::Offered;
///
/// # fn configured(verifier: Verifier, files: &[Vec<u8>]) -> Result<Verifier, recommande::pki::OfferedError> {
/// let mut offered = Offered::default();
/// for octets in files {
///     offered.add(octets)?;
/// }
/// let verifier = verifier.with_extra_certificates(offered.certificates).with_revocation_data(offered.revocation);
/// # Ok(verifier)
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The certificates, in the order in which they came.
    pub certificates: Vec<Certificate>,
    /// The CRLs and OCSP responses.
    pub revocation: RevocationData,
}

/// Why a file offers nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferedError {
    /// A certificate of a PEM text cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A CRL or a response of a PEM text cannot be read, or there are too many.
    #[error(transparent)]
    Revocation(#[from] RevocationDataError),
    /// The file is neither a certificate nor a CRL nor an OCSP response.
    #[error("neither a certificate ({certificate}) nor revocation data ({revocation})")]
    Neither {
        /// Why it is no certificate.
        certificate: Box<CertificateError>,
        /// Why it is no revocation data.
        revocation: Box<RevocationDataError>,
    },
}

impl Offered {
    /// Adds the content of a file: one certificate, CRL, OCSPResponse or BasicOCSPResponse in DER or base64, or any number of them in PEM
    /// (`CERTIFICATE`, `X509 CRL`, `OCSP RESPONSE`). Other blocks of a PEM text that has some of these are passed over.
    ///
    /// # Errors
    /// [`OfferedError`]. Of a PEM text that cannot be read whole, the certificates may have been added.
    pub fn add(&mut self, octets: &[u8]) -> Result<(), OfferedError> {
        match str::from_utf8(octets).ok().filter(|text| text.contains(BEGIN)) {
            Some(text) => self.add_pem(text),
            None => self.add_one(octets),
        }
    }

    fn add_pem(&mut self, text: &str) -> Result<(), OfferedError> {
        let holds = |label: &str| text.contains(&format!("{BEGIN}{label}-----"));
        let has_certificates = holds("CERTIFICATE");
        if has_certificates {
            self.certificates.extend(Certificate::from_pem_chain(text)?);
        }
        if !has_certificates || holds("X509 CRL") || holds("OCSP RESPONSE") {
            self.revocation.extend(&RevocationData::from_bytes(text.as_bytes())?)?;
        }
        Ok(())
    }

    fn add_one(&mut self, octets: &[u8]) -> Result<(), OfferedError> {
        let der = str::from_utf8(octets).ok().and_then(|text| base64(text).ok());
        let der = der.as_deref().unwrap_or(octets);
        match Certificate::from_der(der) {
            Ok(certificate) => self.certificates.push(certificate),
            Err(certificate) => self.revocation.add_der(der).map_err(|revocation| OfferedError::Neither {
                certificate: Box::new(certificate),
                revocation: Box::new(revocation),
            })?,
        }
        Ok(())
    }
}
