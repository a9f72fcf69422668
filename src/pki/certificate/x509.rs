//! This module reads X.509 certificates without re-encoding them.
//!
//! Real certificates break the rules that typed decoders enforce: their serial numbers have 26 octets or are negative,
//! and their keys are of unknown kinds. The reader accepts everything that has a place in the structure.
//! [`validate_path`](crate::pki::validate_path) refuses what the standard forbids.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::{Integer, Oid, Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error};

use super::error::{CertificateError, field};
use super::extensions::{
    self, AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod,
    QcStatement, subject_key_identifier,
};
use super::names::{ComparableName, PreparedName};
use super::read::{Fields, Names, Part, RawExtension, UnreadableExtension, read};
use super::{der, describe, names};
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm, Fingerprint, PublicKey};
use crate::pki::limits;
use crate::text::{hex, shown};

/// An X.509 certificate of any version, as received ([RFC 5280
/// §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
///
/// ```text
/// Certificate ::= SEQUENCE {
///      tbsCertificate      TBSCertificate,
///      signatureAlgorithm  AlgorithmIdentifier,
///      signature           BIT STRING }
/// TBSCertificate ::= SEQUENCE {
///      version               [0] Version DEFAULT v1,
///      serialNumber          CertificateSerialNumber,
///      signature             AlgorithmIdentifier,
///      issuer                Name,
///      validity              Validity,
///      subject               Name,
///      subjectPublicKeyInfo  SubjectPublicKeyInfo,
///      issuerUniqueID        [1] IMPLICIT UniqueIdentifier OPTIONAL,
///      subjectUniqueID       [2] IMPLICIT UniqueIdentifier OPTIONAL,
///      extensions            [3] Extensions OPTIONAL }
/// ```
///
/// Cloning is cheap. Two certificates are equal if their octets are equal. A value of this type may be forged or
/// untrusted. If an extension occurs twice, the accessors return the first, and no path with such a certificate is
/// valid.
#[derive(Clone)]
pub struct Certificate(Arc<Fields>);

/// The extensions that say what a certificate may be used for. Names and their constraints are read form by form, and each
/// form decides by itself.
const USES: [ObjectIdentifier; 7] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// The extensions that limit what a certificate may be used for.
const LIMITS: [&str; 3] = ["keyUsage", "extKeyUsage", "basicConstraints"];

impl Certificate {
    /// Reads one certificate from its DER and keeps its octets.
    ///
    /// Keys of unknown kinds, serial numbers of any size and sign, and unknown extensions are accepted. So is an extension
    /// whose value cannot be read: [`unreadable_extensions`](Self::unreadable_extensions) names it, and no path with the
    /// certificate is valid if the extension is critical or sets a limit.
    ///
    /// # Errors
    /// Returns `Field`, `PublicKey`, `TooLarge` or `TooManyExtensions`.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > limits::MAX_CERTIFICATE {
            return Err(CertificateError::TooLarge { length: der.len() });
        }
        let explain = |error| match signed_data::other_format(der) {
            Some(error) => CertificateError::Field { field: "Certificate", error },
            None => error,
        };
        read(der.into()).map(|inner| Self(Arc::new(inner))).map_err(explain)
    }

    /// Returns the octets as received.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Returns the TBSCertificate element as received, which the issuer signed.
    pub fn tbs(&self) -> &[u8] {
        self.part(&self.0.tbs)
    }

    /// Returns the version as a person counts it: 1, 2 or 3, or 0 for an undefined version number.
    pub fn version(&self) -> u8 {
        self.0.version
    }

    /// Returns serialNumber, which may have any size and is negative in some real certificates.
    pub fn serial(&self) -> Integer<'_> {
        // The fallback is never used, because the reader has required a non-empty INTEGER.
        Integer::from_value(self.part(&self.0.serial)).unwrap_or(Integer::ZERO)
    }

    /// Returns the issuer Name element as received.
    pub fn issuer_der(&self) -> &[u8] {
        self.part(&self.0.issuer)
    }

    /// Returns the subject Name element as received.
    pub fn subject_der(&self) -> &[u8] {
        self.part(&self.0.subject)
    }

    /// Returns the issuer as text such as `C=.., O=.., CN=..`. The text is for display and must not be compared.
    pub fn issuer(&self) -> String {
        str::to_owned(self.names().shown_issuer.get_or_init(|| describe::name(self.issuer_der()).into()))
    }

    /// Returns the subject as text such as `C=.., O=.., CN=..`. The text is for display and must not be compared.
    pub fn subject(&self) -> String {
        str::to_owned(self.shown_subject())
    }

    /// Returns [`subject`](Self::subject), which is put into words once.
    pub(crate) fn shown_subject(&self) -> &str {
        self.names().shown_subject.get_or_init(|| describe::name(self.subject_der()).into())
    }

    /// Returns the fingerprint as text, which is put into words once.
    pub(crate) fn shown_fingerprint(&self) -> &str {
        self.names().shown_fingerprint.get_or_init(|| shown(self.fingerprint()).into())
    }

    /// Returns the serial number in hexadecimal digits, which is put into words once.
    pub(crate) fn shown_serial(&self) -> &str {
        self.names().shown_serial.get_or_init(|| shown(hex(self.serial().as_bytes())).into())
    }

    /// Returns the values of one attribute of the subject, in order, as text.
    pub fn subject_values(&self, attribute: ObjectIdentifier) -> Vec<String> {
        names::values(self.subject_der(), attribute)
    }

    /// Returns the commonName values of the subject.
    pub fn common_names(&self) -> Vec<String> {
        self.subject_values(oid::COMMON_NAME)
    }

    /// Returns the organizationalUnitName values of the subject.
    pub fn organizational_units(&self) -> Vec<String> {
        self.subject_values(oid::ORGANIZATIONAL_UNIT_NAME)
    }

    /// Returns the beginning of the validity period.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.0.not_before
    }

    /// Returns the end of the validity period, which is the last second that belongs to it.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.0.not_after
    }

    /// Returns true if the time lies in the validity period. Both ends belong to it, to the whole second: 12:00:00.9 is
    /// within a period that ends at 12:00:00.
    pub fn is_valid_at(&self, at: DateTime<Utc>) -> bool {
        (self.0.not_before.timestamp()..=self.0.not_after.timestamp()).contains(&at.timestamp())
    }

    /// Returns the subject's public key.
    pub fn public_key(&self) -> &PublicKey {
        self.0.public_key.get_or_init(|| PublicKey::at(&self.0.der, self.0.spki.range()))
    }

    /// Returns the SubjectPublicKeyInfo element as received.
    pub fn spki_der(&self) -> &[u8] {
        self.part(&self.0.spki)
    }

    /// Returns the algorithm of the issuer's signature.
    ///
    /// # Errors
    /// Never fails in practice, because [`from_der`](Self::from_der) has read the algorithm before.
    pub fn signature_algorithm(&self) -> Result<AlgorithmIdentifier<'_>, Error> {
        AlgorithmIdentifier::read(&mut Reader::new(self.part(&self.0.signature_algorithm), "signatureAlgorithm"))
    }

    /// Returns true if signatureAlgorithm and its signed copy inside TBSCertificate are the same octets, as RFC 5280
    /// §4.1.1.2 requires.
    pub fn signature_algorithms_agree(&self) -> bool {
        self.part(&self.0.signature_algorithm) == self.part(&self.0.inner_algorithm)
    }

    /// Returns the octets of the issuer's signature, or `None` if its BIT STRING has unused bits.
    pub fn signature(&self) -> Option<&[u8]> {
        (self.0.signature_unused_bits == 0).then(|| self.part(&self.0.signature))
    }

    /// Returns the extensions in the certificate's order.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'_>> {
        self.0.extensions.iter().filter_map(|raw| self.interpreted(raw))
    }

    fn interpreted(&self, raw: &RawExtension) -> Option<Extension<'_>> {
        let oid = Oid::from_value(self.part(&raw.oid))?;
        Some(Extension { oid, critical: raw.critical, value: self.part(&raw.value) })
    }

    /// Returns the first extension with this identifier.
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<Extension<'_>> {
        // The octets are compared before anything else is read: this is asked dozens of times of each certificate.
        let is_it = |raw: &&RawExtension| self.part(&raw.oid) == oid.as_bytes();
        self.0.extensions.iter().find(is_it).and_then(|raw| self.interpreted(raw))
    }

    /// Returns an extension that occurs more than once, which RFC 5280 §4.2 forbids.
    pub fn duplicate_extension(&self) -> Option<Oid<'_>> {
        let mut earlier = Vec::new();
        self.extensions().map(|extension| extension.oid).find(|oid| {
            let seen = earlier.contains(oid);
            earlier.push(*oid);
            seen
        })
    }

    /// Returns the extensions among those that this crate interprets whose value cannot be read. Their accessors return
    /// `None`.
    pub fn unreadable_extensions(&self) -> &[UnreadableExtension] {
        &self.0.unreadable
    }

    /// Returns the name of an extension that cannot be read and is critical or sets a limit: keyUsage, extKeyUsage and
    /// basicConstraints.
    pub(in crate::pki) fn unreadable_limit(&self) -> Option<&'static str> {
        let is_limit = |extension: &&UnreadableExtension| extension.critical || LIMITS.contains(&extension.name);
        self.0.unreadable.iter().find(is_limit).map(|extension| extension.name)
    }

    /// Returns the keyUsage extension.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        KeyUsage::read(self.extension(oid::KEY_USAGE)?).ok()
    }

    /// Returns the extKeyUsage extension.
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage<'_>> {
        ExtendedKeyUsage::read(self.extension(oid::EXTENDED_KEY_USAGE)?).ok()
    }

    /// Returns the basicConstraints extension.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        BasicConstraints::read(self.extension(oid::BASIC_CONSTRAINTS)?).ok()
    }

    /// Returns true if basicConstraints marks the subject as a certificate authority.
    pub fn is_ca(&self) -> bool {
        self.basic_constraints().is_some_and(|constraints| constraints.ca)
    }

    /// Returns the subjectKeyIdentifier extension.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        subject_key_identifier(self.extension(oid::SUBJECT_KEY_IDENTIFIER)?.value).ok()
    }

    /// Returns the authorityKeyIdentifier extension.
    pub fn authority_key_identifier(&self) -> Option<AuthorityKeyIdentifier<'_>> {
        AuthorityKeyIdentifier::read(self.extension(oid::AUTHORITY_KEY_IDENTIFIER)?.value).ok()
    }

    /// Returns the privateKeyUsagePeriod extension.
    pub fn private_key_usage_period(&self) -> Option<PrivateKeyUsagePeriod> {
        PrivateKeyUsagePeriod::read(self.extension(oid::PRIVATE_KEY_USAGE_PERIOD)?).ok()
    }

    /// Returns the statements of qcStatements, which are unverified claims of the issuer. The list is empty without the
    /// extension.
    ///
    /// # Errors
    /// Returns `Field` if the extension cannot be read.
    pub fn qc_statements(&self) -> Result<Vec<QcStatement<'_>>, CertificateError> {
        match self.extension(oid::QC_STATEMENTS) {
            Some(extension) => QcStatement::read_all(extension.value).map_err(field("qcStatements")),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the value of subjectAltName, which is the DER of its GeneralNames.
    pub fn subject_alt_name(&self) -> Option<&[u8]> {
        self.extension(oid::SUBJECT_ALT_NAME).map(|extension| extension.value)
    }

    /// Returns the GeneralName elements of subjectAltName. The list is empty without the extension.
    ///
    /// # Errors
    /// Returns `Field` if the extension cannot be read.
    pub fn subject_alt_names(&self) -> Result<Vec<Tlv<'_>>, CertificateError> {
        match self.subject_alt_name() {
            Some(value) => extensions::general_names(value).map_err(field("subjectAltName")),
            None => Ok(Vec::new()),
        }
    }

    /// Returns the SHA-256 digest of the octets as received.
    pub fn fingerprint(&self) -> Digest {
        self.0.fingerprint.into()
    }

    /// Returns the same digest as that by which certificates are told apart.
    pub(crate) fn identity(&self) -> Fingerprint {
        self.0.fingerprint
    }

    /// Returns a digest of the octets as received.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Digest {
        let fingerprint = self.fingerprint();
        if algorithm == fingerprint.algorithm() { fingerprint } else { algorithm.digest(self.der()) }
    }

    /// Returns the issuer in its comparable form.
    pub(in crate::pki) fn comparable_issuer(&self) -> &ComparableName {
        self.names().comparable_issuer.get_or_init(|| ComparableName::of(self.issuer_der()))
    }

    /// Returns the subject in its comparable form.
    pub(in crate::pki) fn comparable_subject(&self) -> &ComparableName {
        self.0.comparable_subject.get_or_init(|| ComparableName::of(self.subject_der()))
    }

    /// Returns the subject in the form in which it is compared with name constraints.
    pub(in crate::pki) fn prepared_subject(&self) -> &PreparedName {
        self.names().prepared_subject.get_or_init(|| PreparedName::of(self.subject_der()))
    }

    /// Returns the SHA-1 digest of subjectPublicKey without tag, length and count of unused bits (RFC 6960 §4.2.1, KeyHash).
    /// It only says where to look for a signer.
    pub(in crate::pki) fn key_hash(&self) -> &[u8; 20] {
        self.0.key_hash.get_or_init(|| {
            let digest = DigestAlgorithm::Sha1.digest(self.public_key_bits().unwrap_or_default());
            digest.as_bytes().try_into().unwrap_or_default()
        })
    }

    /// Returns the octets of subjectPublicKey without tag, length and count of unused bits.
    pub(crate) fn public_key_bits(&self) -> Option<&[u8]> {
        let mut outer = Reader::new(self.spki_der(), "SubjectPublicKeyInfo");
        let mut reader = outer.expect(Tag::SEQUENCE).ok()?.reader("SubjectPublicKeyInfo");
        reader.any().ok()?;
        reader.bit_string().ok().map(|bits| bits.octets)
    }

    /// Returns true if the certificate's own syntax is DER with readable names, without the values of its extensions. Only
    /// version 3 has extensions (RFC 5280 §4.1.2.9): who knows version 1 alone does not see a limit in them.
    ///
    /// It is computed once, because every path with the certificate depends on it.
    pub(in crate::pki) fn is_der(&self) -> bool {
        *self.0.is_der.get_or_init(|| {
            der::is_der(self.der())
                && self.version() != 0
                && (self.version() == 3 || self.extensions().next().is_none())
                && self.comparable_issuer().is_readable()
                && self.comparable_subject().is_readable()
        })
    }

    /// Returns true if the values of the extensions are DER that say what the certificate may be used for. Of BER, two
    /// readers can make two values.
    pub(in crate::pki) fn are_uses_der(&self) -> bool {
        let mut uses = self.extensions().filter(|extension| USES.iter().any(|oid| extension.oid == *oid));
        uses.all(|extension| der::is_der(extension.value))
    }

    /// Returns true if issuer and subject are the same entity (RFC 5280 §6.1, "self-issued").
    pub(in crate::pki) fn is_self_issued(&self) -> bool {
        self.issuer_der() == self.subject_der() || self.comparable_issuer() == self.comparable_subject()
    }

    fn names(&self) -> &Names {
        self.0.names.get_or_init(Box::default)
    }

    fn part(&self, part: &Part) -> &[u8] {
        self.0.der.get(part.range()).unwrap_or_default()
    }
}

impl fmt::Debug for Certificate {
    /// Formats only the fingerprint, because a subject may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({:?})", self.0.fingerprint)
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl Hash for Certificate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.fingerprint.hash(state);
    }
}
