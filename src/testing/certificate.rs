//! Makes certificates to order, good and bad.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::TestingError;
use super::extension::ExtensionSpec;
use crate::asn1::{oid, time, writer};
use crate::crypto::{DigestAlgorithm, PublicKey, Signer};
use crate::pki::Certificate;

/// One bit of KeyUsage, [RFC 5280 §4.2.1.3](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Usage {
    DigitalSignature,
    NonRepudiation,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
    KeyCertSign,
    CrlSign,
}

/// Decides whether subjectKeyIdentifier and authorityKeyIdentifier are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum KeyIdentifiers {
    Present,
    Absent,
}

/// Describes a certificate to be made. Nothing is checked, because tests need wrong certificates too.
#[derive(Clone, Debug)]
pub struct CertificateSpec {
    /// The DER of the subject, a Name.
    pub subject: Vec<u8>,
    /// The magnitude of the serial number, big-endian.
    pub serial: Vec<u8>,
    /// The start of the validity.
    pub not_before: DateTime<Utc>,
    /// The end of the validity.
    pub not_after: DateTime<Utc>,
    /// The extensions besides the key identifiers, in their order.
    pub extensions: Vec<ExtensionSpec>,
    /// The decision whether the key identifiers are written.
    pub key_identifiers: KeyIdentifiers,
}

impl CertificateSpec {
    /// Returns the DER of a Name with a country, an organisation and this common name.
    pub fn name(common_name: &str) -> Vec<u8> {
        writer::sequence(&[
            &rdn(oid::COUNTRY_NAME, Tag::PRINTABLE_STRING, "BE"),
            &rdn(oid::ORGANIZATION_NAME, Tag::UTF8_STRING, "Recommande Test"),
            &rdn(oid::COMMON_NAME, Tag::UTF8_STRING, common_name),
        ])
    }

    /// Describes a certificate without extensions besides the key identifiers.
    pub fn new(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        // The same name gives the same serial number; others differ.
        let serial = DigestAlgorithm::Sha256.digest(common_name.as_bytes());
        let mut serial: Vec<u8> = serial.as_bytes().iter().copied().take(12).collect();
        serial.insert(0, 1);
        Self {
            subject: Self::name(common_name),
            serial,
            not_before,
            not_after,
            extensions: Vec::new(),
            key_identifiers: KeyIdentifiers::Present,
        }
    }

    /// Describes a certification authority, with basicConstraints and keyUsage as RFC 5280 §4.2.1 asks.
    pub fn authority(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self::new(common_name, not_before, not_after)
            .with_authority(None)
            .with_key_usage(&[Usage::KeyCertSign, Usage::CrlSign])
    }

    /// Describes a certificate that may seal (digitalSignature and nonRepudiation). Its subject names no organisation;
    /// [`with_organization`](Self::with_organization) adds one.
    pub fn seal(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        let subject = writer::sequence(&[
            &rdn(oid::COUNTRY_NAME, Tag::PRINTABLE_STRING, "BE"),
            &rdn(oid::COMMON_NAME, Tag::UTF8_STRING, common_name),
        ]);
        Self::new(common_name, not_before, not_after)
            .with_subject(subject)
            .with_key_usage(&[Usage::DigitalSignature, Usage::NonRepudiation])
    }

    /// Appends organizationName and organizationIdentifier to the subject. The identifier has the form of
    /// ETSI EN 319 412-1, clause 5.1.4, such as `NTRBE-0406798006`.
    #[must_use]
    pub fn with_organization(mut self, name: &str, identifier: &str) -> Self {
        let mut subject = signed_data::tlv::Reader::new(&self.subject, "subject");
        let before = subject.any().map(|subject| subject.value.to_vec()).unwrap_or_default();
        self.subject = writer::sequence(&[
            &before,
            &rdn(oid::ORGANIZATION_NAME, Tag::UTF8_STRING, name),
            &rdn(oid::ORGANIZATION_IDENTIFIER, Tag::UTF8_STRING, identifier),
        ]);
        self
    }

    /// Describes the certificate of a TSA: digitalSignature, and timeStamping as the only, critical purpose (RFC 3161 §2.3).
    pub fn tsa(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self::new(common_name, not_before, not_after)
            .with_key_usage(&[Usage::DigitalSignature])
            .with_extended_key_usage(&[oid::TIME_STAMPING])
    }

    /// Replaces the subject by this DER of a Name.
    #[must_use]
    pub fn with_subject(mut self, subject: Vec<u8>) -> Self {
        self.subject = subject;
        self
    }

    /// Replaces the serial number by this magnitude.
    #[must_use]
    pub fn with_serial(mut self, serial: &[u8]) -> Self {
        self.serial = serial.to_vec();
        self
    }

    /// Replaces the validity.
    #[must_use]
    pub fn with_validity(mut self, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        (self.not_before, self.not_after) = (not_before, not_after);
        self
    }

    /// Adds a critical extension, or replaces the one with the same OBJECT IDENTIFIER.
    #[must_use]
    pub fn with_critical_extension(self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.with(ExtensionSpec::critical(oid, value))
    }

    /// Adds a non-critical extension, or replaces the one with the same OBJECT IDENTIFIER.
    #[must_use]
    pub fn with_extension(self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.with(ExtensionSpec::new(oid, value))
    }

    /// Removes the extension with this OBJECT IDENTIFIER.
    #[must_use]
    pub fn without_extension(mut self, oid: ObjectIdentifier) -> Self {
        self.extensions.retain(|extension| extension.oid != oid);
        self
    }

    /// Sets a critical keyUsage with these bits.
    #[must_use]
    pub fn with_key_usage(self, usages: &[Usage]) -> Self {
        let bits = usages.iter().fold(0_u8, |bits, usage| {
            bits | match usage {
                Usage::DigitalSignature => 0x80,
                Usage::NonRepudiation => 0x40,
                Usage::KeyEncipherment => 0x20,
                Usage::DataEncipherment => 0x10,
                Usage::KeyAgreement => 0x08,
                Usage::KeyCertSign => 0x04,
                Usage::CrlSign => 0x02,
            }
        });
        // A named bit list ends with its last set bit, X.690 §11.2.2.
        let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap_or_default();
        let value = if bits == 0 { vec![0] } else { vec![unused, bits] };
        self.with(ExtensionSpec::critical(oid::KEY_USAGE, writer::tlv(Tag::BIT_STRING, &value)))
    }

    /// Sets a critical extKeyUsage with these purposes.
    #[must_use]
    pub fn with_extended_key_usage(self, purposes: &[ObjectIdentifier]) -> Self {
        let value = writer::tlv(Tag::SEQUENCE, &purposes.iter().copied().flat_map(writer::oid).collect::<Vec<_>>());
        self.with(ExtensionSpec::critical(oid::EXTENDED_KEY_USAGE, value))
    }

    /// Sets the critical basicConstraints of a certification authority.
    #[must_use]
    pub fn with_authority(self, path_len: Option<u8>) -> Self {
        let path_len = path_len.map(writer::small_integer).unwrap_or_default();
        let value = writer::sequence(&[&[0x01, 0x01, 0xff], &path_len]);
        self.with(ExtensionSpec::critical(oid::BASIC_CONSTRAINTS, value))
    }

    /// Leaves subjectKeyIdentifier and authorityKeyIdentifier out.
    #[must_use]
    pub fn without_key_identifiers(mut self) -> Self {
        self.key_identifiers = KeyIdentifiers::Absent;
        self
    }

    fn with(mut self, added: ExtensionSpec) -> Self {
        match self.extensions.iter_mut().find(|extension| extension.oid == added.oid) {
            Some(extension) => *extension = added,
            None => self.extensions.push(added),
        }
        self
    }

    /// Returns the DER of the certificate for `key`, issued under this name by this signer.
    ///
    /// # Errors
    /// `Sign`.
    pub fn to_der(&self, key: &PublicKey, issuer: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, TestingError> {
        let algorithm = signer.algorithm().to_der();
        let mut extensions = Vec::new();
        if self.key_identifiers == KeyIdentifiers::Present {
            let own = writer::octet_string(&key_identifier(key));
            let issuers = writer::tlv(Tag::context_primitive(0), &key_identifier(signer.public_key()));
            let issuers = writer::sequence(&[&issuers]);
            extensions.extend(ExtensionSpec::new(oid::SUBJECT_KEY_IDENTIFIER, own).to_der());
            extensions.extend(ExtensionSpec::new(oid::AUTHORITY_KEY_IDENTIFIER, issuers).to_der());
        }
        self.extensions.iter().for_each(|extension| extensions.extend(extension.to_der()));
        let extensions = match extensions.as_slice() {
            [] => Vec::new(),
            some => writer::tlv(Tag::context(3), &writer::sequence(&[some])),
        };
        let tbs = writer::sequence(&[
            &writer::tlv(Tag::context(0), &writer::small_integer(2)),
            &writer::unsigned_integer(&self.serial),
            &algorithm,
            issuer,
            &writer::sequence(&[&time::time(self.not_before), &time::time(self.not_after)]),
            &self.subject,
            key.spki_der(),
            &extensions,
        ]);
        let signature = signer.sign(&tbs)?;
        Ok(writer::sequence(&[&tbs, &algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], &signature])]))
    }

    /// Makes a certificate for this key, signed by the key itself.
    ///
    /// # Errors
    /// `Sign`, `Certificate`.
    pub fn self_signed(&self, signer: Arc<dyn Signer>) -> Result<CertifiedKey, TestingError> {
        let der = self.to_der(signer.public_key(), &self.subject, &*signer)?;
        Ok(CertifiedKey { certificate: Certificate::from_der(&der)?, signer })
    }
}

fn rdn(attribute: ObjectIdentifier, tag: Tag, value: &str) -> Vec<u8> {
    writer::tlv(Tag::SET, &writer::sequence(&[&writer::oid(attribute), &writer::tlv(tag, value.as_bytes())]))
}

/// Returns a key identifier: the SHA-1 of RFC 5280 §4.2.1.2, over the whole SubjectPublicKeyInfo, since any value that
/// tells keys apart will do.
pub(super) fn key_identifier(key: &PublicKey) -> Vec<u8> {
    DigestAlgorithm::Sha1.digest(key.spki_der()).as_bytes().to_vec()
}

/// A certificate together with a signer that holds its key.
#[derive(Clone)]
pub struct CertifiedKey {
    /// The certificate.
    pub certificate: Certificate,
    /// Its private key.
    pub signer: Arc<dyn Signer>,
}

impl CertifiedKey {
    /// Makes a certificate for this key, signed by this authority.
    ///
    /// # Errors
    /// `Sign`, `Certificate`.
    pub fn issue(&self, spec: &CertificateSpec, key: Arc<dyn Signer>) -> Result<Self, TestingError> {
        let der = spec.to_der(key.public_key(), self.certificate.subject_der(), &*self.signer)?;
        Ok(Self { certificate: Certificate::from_der(&der)?, signer: key })
    }
}

impl core::fmt::Debug for CertifiedKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CertifiedKey({})", self.certificate.subject())
    }
}
