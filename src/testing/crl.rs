//! Makes CRLs to order, good and bad.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::certificate::key_identifier;
use super::encoding::{directory_name, generalized_time, signed};
use super::extension::{ExtensionSpec, explicit, list};
use super::points::IssuingPointSpec;
use super::{CertifiedKey, TestingError};
use crate::asn1::{oid, time, writer};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationReason;

/// Describes a CRL to be made. Nothing is checked, because tests need wrong CRLs too.
#[derive(Clone, Debug)]
pub struct CrlSpec {
    /// The version as it is written, 1 for version 2; `None` leaves it out, which is version 1.
    pub version: Option<u8>,
    /// The time thisUpdate.
    pub this_update: DateTime<Utc>,
    /// The time nextUpdate, if it is written.
    pub next_update: Option<DateTime<Utc>>,
    /// The DER of the issuer's Name; `None` takes the subject of the signing certificate.
    pub issuer: Option<Vec<u8>>,
    /// The DER of the entries, one after the other.
    pub entries: Vec<Vec<u8>>,
    /// The extensions besides authorityKeyIdentifier, in their order.
    pub extensions: Vec<ExtensionSpec>,
}

impl CrlSpec {
    /// Describes a complete CRL that lists nothing.
    pub fn new(this_update: DateTime<Utc>, next_update: DateTime<Utc>) -> Self {
        let next_update = Some(next_update);
        let (version, issuer) = (Some(1), None);
        Self { version, this_update, next_update, issuer, entries: Vec::new(), extensions: Vec::new() }
    }

    /// Leaves the version out, which makes the CRL one of version 1.
    #[must_use]
    pub fn without_version(self) -> Self {
        Self { version: None, ..self }
    }

    /// Leaves nextUpdate out.
    #[must_use]
    pub fn without_next_update(self) -> Self {
        Self { next_update: None, ..self }
    }

    /// Names another issuer by the DER of its Name.
    #[must_use]
    pub fn with_issuer(self, issuer: Vec<u8>) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    /// Sets cRLNumber.
    #[must_use]
    pub fn with_number(self, number: u64) -> Self {
        self.with_extension(oid::CRL_NUMBER, writer::unsigned_integer(&number.to_be_bytes()))
    }

    /// Sets deltaCRLIndicator: the CRL lists only the changes since the CRL with this number.
    #[must_use]
    pub fn with_delta_base(self, number: u64) -> Self {
        self.with_critical_extension(oid::DELTA_CRL_INDICATOR, writer::unsigned_integer(&number.to_be_bytes()))
    }

    /// Sets issuingDistributionPoint.
    #[must_use]
    pub fn with_issuing_distribution_point(self, point: &IssuingPointSpec) -> Self {
        self.with_critical_extension(oid::ISSUING_DISTRIBUTION_POINT, point.to_der())
    }

    /// Adds a revoked certificate.
    #[must_use]
    pub fn with_revoked(mut self, entry: &RevokedSpec) -> Self {
        self.entries.push(entry.to_der());
        self
    }

    /// Adds a critical extension.
    #[must_use]
    pub fn with_critical_extension(mut self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.extensions.push(ExtensionSpec::critical(oid, value));
        self
    }

    /// Adds a non-critical extension.
    #[must_use]
    pub fn with_extension(mut self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.extensions.push(ExtensionSpec::new(oid, value));
        self
    }
}

/// An entry of a CRL to be made.
#[derive(Clone, Debug)]
pub struct RevokedSpec {
    serial: Vec<u8>,
    date: DateTime<Utc>,
    extensions: Vec<ExtensionSpec>,
}

impl RevokedSpec {
    /// Lists this certificate as revoked at this time, without a reason.
    pub fn new(certificate: &Certificate, date: DateTime<Utc>) -> Self {
        Self { serial: certificate.serial().as_bytes().to_vec(), date, extensions: Vec::new() }
    }

    /// Sets reasonCode.
    #[must_use]
    pub fn with_reason(self, reason: RevocationReason) -> Self {
        let value = writer::tlv(Tag::ENUMERATED, &[reason.number()]);
        self.with(ExtensionSpec::new(oid::CRL_REASONS, value))
    }

    /// Sets invalidityDate.
    #[must_use]
    pub fn with_invalidity_date(self, date: DateTime<Utc>) -> Self {
        self.with(ExtensionSpec::new(oid::INVALIDITY_DATE, generalized_time(date)))
    }

    /// Sets the critical certificateIssuer to this DER of a Name.
    #[must_use]
    pub fn with_certificate_issuer(self, name: &[u8]) -> Self {
        let value = writer::sequence(&[&directory_name(name)]);
        self.with(ExtensionSpec::critical(oid::CERTIFICATE_ISSUER, value))
    }

    /// Adds a critical extension.
    #[must_use]
    pub fn with_critical_extension(self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.with(ExtensionSpec::critical(oid, value))
    }

    fn with(mut self, extension: ExtensionSpec) -> Self {
        self.extensions.push(extension);
        self
    }

    fn to_der(&self) -> Vec<u8> {
        let serial = writer::tlv(Tag::INTEGER, &self.serial);
        writer::sequence(&[&serial, &time::time(self.date), &list(&self.extensions)])
    }
}

impl CertifiedKey {
    /// Returns the DER of a CRL signed by this authority.
    ///
    /// # Errors
    /// `Sign`.
    pub fn issue_crl(&self, spec: &CrlSpec) -> Result<Vec<u8>, TestingError> {
        let identifier = writer::tlv(Tag::context_primitive(0), &key_identifier(self.signer.public_key()));
        let mut extensions = vec![ExtensionSpec::new(oid::AUTHORITY_KEY_IDENTIFIER, writer::sequence(&[&identifier]))];
        extensions.extend(spec.extensions.iter().cloned());
        let entries = match spec.entries.as_slice() {
            [] => Vec::new(),
            some => writer::tlv(Tag::SEQUENCE, &some.concat()),
        };
        let algorithm = self.signer.algorithm().to_der();
        let tbs = writer::sequence(&[
            &spec.version.map(writer::small_integer).unwrap_or_default(),
            &algorithm,
            spec.issuer.as_deref().unwrap_or(self.certificate.subject_der()),
            &time::time(spec.this_update),
            &spec.next_update.map(time::time).unwrap_or_default(),
            &entries,
            &explicit(0, &extensions),
        ]);
        signed(&tbs, &algorithm, &*self.signer, &[])
    }
}
