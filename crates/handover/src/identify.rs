//! How an envelope names a recipient: by the issuer and the serial number of the certificate.

use cms::cert::IssuerAndSerialNumber;
use cms::enveloped_data::{KeyAgreeRecipientIdentifier, RecipientIdentifier};
use der::Decode;
use recommande::pki::Certificate;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

/// The issuer and the serial number of a certificate (RFC 5652 §10.2.4).
#[derive(Clone)]
pub(crate) struct Identified(IssuerAndSerialNumber);

impl Identified {
    pub(crate) fn of(certificate: &Certificate) -> Option<Self> {
        let issuer = Name::from_der(certificate.issuer_der()).ok()?;
        let serial_number = SerialNumber::new(certificate.serial().as_bytes()).ok()?;
        Some(Self(IssuerAndSerialNumber { issuer, serial_number }))
    }

    pub(crate) fn for_transport(&self) -> RecipientIdentifier {
        RecipientIdentifier::IssuerAndSerialNumber(self.0.clone())
    }

    pub(crate) fn for_agreement(&self) -> KeyAgreeRecipientIdentifier {
        KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(self.0.clone())
    }
}
