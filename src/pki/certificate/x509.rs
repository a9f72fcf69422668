//! This module reads X.509 certificates without re-encoding them.
//!
//! Real certificates break the rules that typed decoders enforce: their serial numbers have 26 octets or are negative,
//! and their keys are of unknown kinds. The reader accepts everything that has a place in the structure.
//! [`validate_path`](crate::pki::validate_path) refuses what the standard forbids.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Range;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::{Integer, Oid, Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error};

use super::extensions::{
    self, AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod,
    QcStatement,
};
use super::names::ComparableName;
use super::{describe, names};
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm, KeyError, PublicKey};
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
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Arc<[u8]>,
    fingerprint: Digest,
    tbs: Part,
    serial: Part,
    inner_algorithm: Part,
    issuer: Part,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    subject: Part,
    spki: Part,
    public_key: PublicKey,
    extensions: Box<[RawExtension]>,
    unreadable: Vec<UnreadableExtension>,
    signature_algorithm: Part,
    signature: Part,
    signature_unused_bits: u8,
    /// The names in their comparable form, computed on demand.
    comparable_issuer: OnceLock<Box<ComparableName>>,
    comparable_subject: OnceLock<Box<ComparableName>>,
    /// The digest by which OCSP names the key, computed on demand.
    key_hash: OnceLock<[u8; 20]>,
    version: u8,
    /// The names as text, computed on demand.
    shown_issuer: OnceLock<Box<str>>,
    shown_subject: OnceLock<Box<str>>,
    /// The answer of [`Certificate::has_form`], computed on demand.
    form: OnceLock<bool>,
}

/// The extensions that limit what a certificate may be used for.
const LIMITS: [&str; 3] = ["keyUsage", "extKeyUsage", "basicConstraints"];

/// An extension whose value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {error}")]
pub struct UnreadableExtension {
    /// The extension by its name in RFC 5280.
    pub name: &'static str,
    /// True if the extension is critical.
    pub critical: bool,
    /// The error in its encoding.
    pub error: Error,
}

struct RawExtension {
    oid: Part,
    critical: bool,
    value: Part,
}

/// A place in a certificate. Thousands of certificates are kept, and none is large enough for more octets.
#[derive(Clone, Copy)]
struct Part {
    start: u32,
    end: u32,
}

impl Part {
    fn of(Range { start, end }: Range<usize>) -> Self {
        // The size of a certificate is limited.
        let narrow = |place| u32::try_from(place).unwrap_or_default();
        Self { start: narrow(start), end: narrow(end) }
    }

    fn range(self) -> Range<usize> {
        let wide = |place| usize::try_from(place).unwrap_or_default();
        wide(self.start)..wide(self.end)
    }
}

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
        self.0.shown_issuer.get_or_init(|| describe::name(self.issuer_der()).into()).to_string()
    }

    /// Returns the subject as text such as `C=.., O=.., CN=..`. The text is for display and must not be compared.
    pub fn subject(&self) -> String {
        self.0.shown_subject.get_or_init(|| describe::name(self.subject_der()).into()).to_string()
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
        &self.0.public_key
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
        self.0.extensions.iter().filter_map(|extension| {
            let oid = Oid::from_value(self.part(&extension.oid))?;
            Some(Extension { oid, critical: extension.critical, value: self.part(&extension.value) })
        })
    }

    /// Returns the first extension with this identifier.
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<Extension<'_>> {
        self.extensions().find(|extension| extension.oid == oid)
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

    /// Returns true if an extension cannot be read that is critical or sets a limit: keyUsage, extKeyUsage and
    /// basicConstraints. If it counted as absent, the limit would be lifted.
    pub(in crate::pki) fn has_unreadable_limit(&self) -> bool {
        self.0.unreadable.iter().any(|extension| extension.critical || LIMITS.contains(&extension.name))
    }

    /// Returns the keyUsage extension.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        let extension = self.extension(oid::KEY_USAGE)?;
        KeyUsage::read(extension.value, extension.critical).ok()
    }

    /// Returns the extKeyUsage extension.
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage<'_>> {
        let extension = self.extension(oid::EXTENDED_KEY_USAGE)?;
        ExtendedKeyUsage::read(extension.value, extension.critical).ok()
    }

    /// Returns the basicConstraints extension.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        let extension = self.extension(oid::BASIC_CONSTRAINTS)?;
        BasicConstraints::read(extension.value, extension.critical).ok()
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
        let extension = self.extension(oid::PRIVATE_KEY_USAGE_PERIOD)?;
        PrivateKeyUsagePeriod::read(extension.value, extension.critical).ok()
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
        self.0.fingerprint
    }

    /// Returns a digest of the octets as received.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Digest {
        let fingerprint = self.fingerprint();
        if algorithm == fingerprint.algorithm() { fingerprint } else { algorithm.digest(self.der()) }
    }

    /// Returns the issuer in its comparable form.
    pub(in crate::pki) fn comparable_issuer(&self) -> &ComparableName {
        self.0.comparable_issuer.get_or_init(|| Box::new(ComparableName::of(self.issuer_der())))
    }

    /// Returns the subject in its comparable form.
    pub(in crate::pki) fn comparable_subject(&self) -> &ComparableName {
        self.0.comparable_subject.get_or_init(|| Box::new(ComparableName::of(self.subject_der())))
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
        reader.bit_string().ok().map(|(_, octets)| octets)
    }

    /// Returns what `is_of_form` says of the octets. It is asked once, because every path with the certificate depends on
    /// it.
    pub(in crate::pki) fn has_form(&self, is_of_form: fn(&Self) -> bool) -> bool {
        *self.0.form.get_or_init(|| is_of_form(self))
    }

    /// Returns true if issuer and subject are the same entity (RFC 5280 §6.1, "self-issued").
    pub(in crate::pki) fn is_self_issued(&self) -> bool {
        self.issuer_der() == self.subject_der() || self.comparable_issuer() == self.comparable_subject()
    }

    fn part(&self, part: &Part) -> &[u8] {
        self.0.der.get(part.range()).unwrap_or_default()
    }
}

impl fmt::Debug for Certificate {
    /// Formats only the fingerprint, because a subject may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.0.fingerprint)
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

fn field(field: &'static str) -> impl Fn(Error) -> CertificateError {
    move |error| CertificateError::Field { field, error }
}

fn read(whole: Arc<[u8]>) -> Result<Inner, CertificateError> {
    let der = &*whole;
    let range = |part: &[u8]| Part::of(range_within(der, part));
    let mut outer = Reader::new(der, "Certificate");
    let mut certificate = outer.expect(Tag::SEQUENCE).map_err(field("Certificate"))?.reader("Certificate");
    outer.finish().map_err(field("Certificate"))?;

    let tbs = certificate.expect(Tag::SEQUENCE).map_err(field("tbsCertificate"))?;
    let signature_algorithm = AlgorithmIdentifier::read(&mut certificate).map_err(field("signatureAlgorithm"))?;
    let (signature_unused_bits, signature) = certificate.bit_string().map_err(field("signatureValue"))?;
    certificate.finish().map_err(field("Certificate"))?;

    let mut reader = tbs.reader("TBSCertificate");
    let version = version(&mut reader).map_err(field("version"))?;
    let serial = reader.integer().map_err(field("serialNumber"))?;
    let inner_algorithm = AlgorithmIdentifier::read(&mut reader).map_err(field("signature"))?;
    let issuer = reader.expect(Tag::SEQUENCE).map_err(field("issuer"))?;
    let mut validity = reader.expect(Tag::SEQUENCE).map_err(field("validity"))?.reader("Validity");
    let not_before = validity.time().map_err(field("notBefore"))?.value;
    let not_after = validity.time().map_err(field("notAfter"))?.value;
    validity.finish().map_err(field("validity"))?;
    let subject = reader.expect(Tag::SEQUENCE).map_err(field("subject"))?;
    let spki = reader.expect(Tag::SEQUENCE).map_err(field("subjectPublicKeyInfo"))?;
    let public_key = PublicKey::within(&whole, range(spki.raw).range()).map_err(CertificateError::PublicKey)?;
    reader.optional(Tag::context_primitive(1)).map_err(field("issuerUniqueID"))?;
    reader.optional(Tag::context_primitive(2)).map_err(field("subjectUniqueID"))?;
    let (extensions, unreadable) = match reader.optional(Tag::context(3)).map_err(field("extensions"))? {
        Some(explicit) => read_extensions(explicit, &range)?,
        None => (Vec::new(), Vec::new()),
    };
    reader.finish().map_err(field("tbsCertificate"))?;

    Ok(Inner {
        fingerprint: DigestAlgorithm::Sha256.digest(der),
        tbs: range(tbs.raw),
        serial: range(serial.as_bytes()),
        inner_algorithm: range(inner_algorithm.raw),
        issuer: range(issuer.raw),
        not_before,
        not_after,
        subject: range(subject.raw),
        spki: range(spki.raw),
        public_key,
        extensions: extensions.into(),
        unreadable,
        signature_algorithm: range(signature_algorithm.raw),
        signature: range(signature),
        signature_unused_bits,
        comparable_issuer: OnceLock::new(),
        comparable_subject: OnceLock::new(),
        key_hash: OnceLock::new(),
        version,
        shown_issuer: OnceLock::new(),
        shown_subject: OnceLock::new(),
        form: OnceLock::new(),
        der: Arc::clone(&whole),
    })
}

/// Returns the range of `part` within `whole`.
pub(in crate::pki) fn range_within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    start..start + part.len()
}

fn version(reader: &mut Reader<'_>) -> Result<u8, Error> {
    let Some(explicit) = reader.optional(Tag::context(0))? else {
        return Ok(1);
    };
    let mut inner = explicit.reader("version");
    let number = inner.integer()?;
    inner.finish()?;
    Ok(match number.to_u64() {
        Some(0) => 1,
        Some(1) => 2,
        Some(2) => 3,
        _ => 0,
    })
}

/// Reads the extensions of a certificate.
///
/// ```text
/// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
/// Extension ::= SEQUENCE {
///      extnID     OBJECT IDENTIFIER,
///      critical   BOOLEAN DEFAULT FALSE,
///      extnValue  OCTET STRING }
/// ```
fn read_extensions(
    explicit: Tlv<'_>,
    range: &impl Fn(&[u8]) -> Part,
) -> Result<(Vec<RawExtension>, Vec<UnreadableExtension>), CertificateError> {
    let mut outer = explicit.reader("extensions");
    let mut sequence = outer.expect(Tag::SEQUENCE).map_err(field("extensions"))?.reader("extensions");
    outer.finish().map_err(field("extensions"))?;
    let (mut extensions, mut unreadable) = (Vec::new(), Vec::new());
    while !sequence.is_empty() {
        if extensions.len() == limits::MAX_EXTENSIONS {
            return Err(CertificateError::TooManyExtensions);
        }
        let mut reader = sequence.expect(Tag::SEQUENCE).map_err(field("extensions"))?.reader("Extension");
        let oid = reader.oid().map_err(field("extnID"))?;
        let critical = reader.peek() == Some(Tag::BOOLEAN) && reader.boolean().map_err(field("critical"))?;
        let value = reader.octet_string().map_err(field("extnValue"))?;
        reader.finish().map_err(field("extensions"))?;
        if let Err((name, error)) = check_interpreted(oid, value) {
            unreadable.push(UnreadableExtension { name, critical, error });
        }
        extensions.push(RawExtension { oid: range(oid.as_bytes()), critical, value: range(value) });
    }
    Ok((extensions, unreadable))
}

/// Checks that an extension with an accessor can be read, so that the accessor's `None` is not taken for absence.
fn check_interpreted(extension: Oid<'_>, value: &[u8]) -> Result<(), (&'static str, Error)> {
    let named = |name| move |error| (name, error);
    if extension == oid::KEY_USAGE {
        KeyUsage::read(value, false).map(drop).map_err(named("keyUsage"))
    } else if extension == oid::EXTENDED_KEY_USAGE {
        ExtendedKeyUsage::read(value, false).map(drop).map_err(named("extKeyUsage"))
    } else if extension == oid::BASIC_CONSTRAINTS {
        BasicConstraints::read(value, false).map(drop).map_err(named("basicConstraints"))
    } else if extension == oid::SUBJECT_KEY_IDENTIFIER {
        subject_key_identifier(value).map(drop).map_err(named("subjectKeyIdentifier"))
    } else if extension == oid::AUTHORITY_KEY_IDENTIFIER {
        AuthorityKeyIdentifier::read(value).map(drop).map_err(named("authorityKeyIdentifier"))
    } else if extension == oid::PRIVATE_KEY_USAGE_PERIOD {
        PrivateKeyUsagePeriod::read(value, false).map(drop).map_err(named("privateKeyUsagePeriod"))
    } else {
        Ok(())
    }
}

fn subject_key_identifier(value: &[u8]) -> Result<&[u8], Error> {
    let mut reader = Reader::new(value, "subjectKeyIdentifier");
    let identifier = reader.octet_string()?;
    reader.finish()?;
    Ok(identifier)
}
