//! How a signer names its certificate, and the parts of a certificate that it can be named by.

use const_oid::ObjectIdentifier;

use crate::error::{Error, ErrorKind};
use crate::tlv::{Integer, Reader, Tag};

/// id-ce-subjectKeyIdentifier, RFC 5280 §4.2.1.2.
const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// The identifier by which a `SignerInfo` names its certificate
/// ([RFC 5652 §5.3](https://www.rfc-editor.org/rfc/rfc5652#section-5.3)).
///
/// ```text
/// SignerIdentifier ::= CHOICE {
///   issuerAndSerialNumber IssuerAndSerialNumber,
///   subjectKeyIdentifier  [0] SubjectKeyIdentifier }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum SignerIdentifier<'a> {
    /// The certificate is named by its issuer and serial number.
    IssuerAndSerialNumber {
        /// The issuer's `Name`, as a whole element.
        issuer: &'a [u8],
        /// The serial number, which may be negative in old certificates.
        serial: Integer<'a>,
    },
    /// The certificate is named by the octets of its subjectKeyIdentifier extension.
    SubjectKeyIdentifier(&'a [u8]),
}

impl core::fmt::Debug for SignerIdentifier<'_> {
    // An issuer's name may be a person's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::IssuerAndSerialNumber { .. } => "IssuerAndSerialNumber",
            Self::SubjectKeyIdentifier(_) => "SubjectKeyIdentifier",
        })
    }
}

impl<'a> SignerIdentifier<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        match reader.peek() {
            Some(Tag::SEQUENCE) => {
                let mut fields = reader.expect(Tag::SEQUENCE)?.reader("SignerInfo.sid");
                let issuer = fields.expect(Tag::SEQUENCE)?.raw;
                let serial = fields.integer()?;
                fields.finish()?;
                Ok(Self::IssuerAndSerialNumber { issuer, serial })
            }
            Some(tag) if tag == Tag::context_primitive(0) => Ok(Self::SubjectKeyIdentifier(reader.any()?.value)),
            Some(found) => Err(reader.error(ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found: found.0 })),
            None => Err(reader.error(ErrorKind::Missing { expected: Tag::SEQUENCE.0 })),
        }
    }

    /// Tells whether this identifier fits a certificate (DER), which is not checked otherwise.
    ///
    /// Names are compared by their octets, because a signer copies the issuer from its certificate. Serial numbers are
    /// compared by value. A certificate that cannot be read fits no identifier.
    #[must_use]
    pub fn fits(&self, certificate: &[u8]) -> bool {
        let Ok(identifiers) = CertificateIdentifiers::read(certificate) else { return false };
        match self {
            Self::IssuerAndSerialNumber { issuer, serial } => {
                *issuer == identifiers.issuer && serial.minimal() == identifiers.serial.minimal()
            }
            Self::SubjectKeyIdentifier(identifier) => identifiers.subject_key_identifier == Some(*identifier),
        }
    }

    /// Tells whether a certificate (DER) has the serial number of this identifier, whoever issued it.
    pub(crate) fn fits_serial_number(&self, certificate: &[u8]) -> bool {
        let Self::IssuerAndSerialNumber { serial, .. } = self else { return false };
        CertificateIdentifiers::read(certificate)
            .is_ok_and(|identifiers| serial.minimal() == identifiers.serial.minimal())
    }
}

/// The parts of a certificate that a signer can name it by
/// ([RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
///
/// ```text
/// TBSCertificate ::= SEQUENCE {
///   version              [0] EXPLICIT Version DEFAULT v1,
///   serialNumber         CertificateSerialNumber,
///   signature            AlgorithmIdentifier,
///   issuer               Name,
///   validity             Validity,
///   subject              Name,
///   subjectPublicKeyInfo SubjectPublicKeyInfo,
///   issuerUniqueID       [1] IMPLICIT UniqueIdentifier OPTIONAL,
///   subjectUniqueID      [2] IMPLICIT UniqueIdentifier OPTIONAL,
///   extensions           [3] EXPLICIT Extensions OPTIONAL }
/// ```
struct CertificateIdentifiers<'a> {
    issuer: &'a [u8],
    serial: Integer<'a>,
    subject_key_identifier: Option<&'a [u8]>,
}

impl<'a> CertificateIdentifiers<'a> {
    fn read(certificate: &'a [u8]) -> Result<Self, Error> {
        let what = "Certificate";
        let mut fields = Reader::new(certificate, what).expect(Tag::SEQUENCE)?.reader(what);
        let mut tbs = fields.expect(Tag::SEQUENCE)?.reader(what);
        tbs.optional(Tag::context(0))?;
        let serial = tbs.integer()?;
        tbs.expect(Tag::SEQUENCE)?;
        let issuer = tbs.expect(Tag::SEQUENCE)?.raw;
        let mut subject_key_identifier = None;
        while !tbs.is_empty() {
            let field = tbs.any()?;
            if field.tag == Tag::context(3) {
                let extensions = field.reader(what).expect(Tag::SEQUENCE)?.reader(what);
                // A certificate with an extension that cannot be read has its issuer and its number all the same.
                subject_key_identifier = key_identifier(extensions).ok().flatten().or(subject_key_identifier);
            }
        }
        Ok(Self { issuer, serial, subject_key_identifier })
    }
}

/// The subjectKeyIdentifier among these extensions.
fn key_identifier<'a>(mut extensions: Reader<'a>) -> Result<Option<&'a [u8]>, Error> {
    let mut identifier = None;
    while !extensions.is_empty() {
        let mut extension = extensions.expect(Tag::SEQUENCE)?.reader("Certificate");
        if extension.oid()? == SUBJECT_KEY_IDENTIFIER {
            extension.optional(Tag::BOOLEAN)?;
            let value = extension.octet_string()?;
            identifier = Some(Reader::new(value, "Certificate").octet_string()?);
        }
    }
    Ok(identifier)
}
