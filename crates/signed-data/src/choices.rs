//! What the SETs of certificates and of revocation data hold.

use crate::error::{Error, ErrorKind};
use crate::tlv::{Oid, Reader, Tag};

/// One of the `CertificateChoices` ([RFC 5652 §10.2.2](https://www.rfc-editor.org/rfc/rfc5652#section-10.2.2)). Each
/// slice is a whole element.
///
/// ```text
/// CertificateChoices ::= CHOICE {
///   certificate         Certificate,
///   extendedCertificate [0] IMPLICIT ExtendedCertificate,
///   v1AttrCert          [1] IMPLICIT AttributeCertificateV1,
///   v2AttrCert          [2] IMPLICIT AttributeCertificateV2,
///   other               [3] IMPLICIT OtherCertificateFormat }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CertificateChoice<'a> {
    /// An X.509 certificate.
    Certificate(&'a [u8]),
    /// `[0]`: a PKCS#6 certificate, which is obsolete.
    ExtendedCertificate(&'a [u8]),
    /// `[1]`: an attribute certificate of version 1, which is obsolete.
    AttributeCertificateV1(&'a [u8]),
    /// `[2]`: an attribute certificate of version 2 (RFC 5755).
    AttributeCertificateV2(&'a [u8]),
    /// `[3]`: a certificate of another format.
    Other {
        /// The identifier of the format.
        format: Oid<'a>,
        /// The whole element, with its tag.
        raw: &'a [u8],
    },
}

impl core::fmt::Debug for CertificateChoice<'_> {
    // A certificate names a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Certificate(raw) => write!(f, "Certificate({} octets)", raw.len()),
            Self::ExtendedCertificate(raw) => write!(f, "ExtendedCertificate({} octets)", raw.len()),
            Self::AttributeCertificateV1(raw) => write!(f, "AttributeCertificateV1({} octets)", raw.len()),
            Self::AttributeCertificateV2(raw) => write!(f, "AttributeCertificateV2({} octets)", raw.len()),
            Self::Other { format, raw } => write!(f, "Other({format}, {} octets)", raw.len()),
        }
    }
}

impl<'a> CertificateChoice<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let start = reader.clone();
        let tlv = reader.any()?;
        Ok(match tlv.tag.0 {
            0x30 => Self::Certificate(tlv.raw),
            0xa0 => Self::ExtendedCertificate(tlv.raw),
            0xa1 => Self::AttributeCertificateV1(tlv.raw),
            0xa2 => Self::AttributeCertificateV2(tlv.raw),
            0xa3 => Self::Other { format: tlv.reader("SignedData.certificates").oid()?, raw: tlv.raw },
            found => return Err(start.error(ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found })),
        })
    }

    /// Returns the X.509 certificate, if this is one.
    #[must_use]
    pub fn certificate(&self) -> Option<&'a [u8]> {
        if let Self::Certificate(raw) = self { Some(raw) } else { None }
    }
}

/// A `RevocationInfoChoice` ([RFC 5652 §10.2.1](https://www.rfc-editor.org/rfc/rfc5652#section-10.2.1)). Each slice is a
/// whole element.
///
/// ```text
/// RevocationInfoChoice ::= CHOICE {
///   crl   CertificateList,
///   other [1] IMPLICIT OtherRevocationInfoFormat }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RevocationInfoChoice<'a> {
    /// A CRL.
    Crl(&'a [u8]),
    /// `[1]`: an OCSP response (RFC 5940) or another format.
    Other {
        /// The identifier of the format.
        format: Oid<'a>,
        /// The element after the format.
        info: &'a [u8],
    },
}

impl core::fmt::Debug for RevocationInfoChoice<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Crl(raw) => write!(f, "Crl({} octets)", raw.len()),
            Self::Other { format, info } => write!(f, "Other({format}, {} octets)", info.len()),
        }
    }
}

impl<'a> RevocationInfoChoice<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let start = reader.clone();
        let tlv = reader.any()?;
        match tlv.tag.0 {
            0x30 => Ok(Self::Crl(tlv.raw)),
            0xa1 => {
                let mut fields = tlv.reader("SignedData.crls");
                let format = fields.oid()?;
                let info = fields.any()?.raw;
                fields.finish()?;
                Ok(Self::Other { format, info })
            }
            found => Err(start.error(ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found })),
        }
    }
}
