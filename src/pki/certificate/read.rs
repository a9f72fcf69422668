//! This module reads the fields of a certificate from its octets (RFC 5280 §4.1).

use core::ops::Range;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use signed_data::tlv::{BitString, Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error};

use super::error::{CertificateError, field};
use super::extensions::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod,
    subject_key_identifier,
};
use super::names::{ComparableName, PreparedName};
use crate::asn1::oid;
use crate::crypto::{Fingerprint, PublicKey};
use crate::pki::limits;

/// The fields of a certificate, and what is computed of them on demand.
pub(super) struct Fields {
    pub(super) der: Arc<[u8]>,
    pub(super) fingerprint: Fingerprint,
    pub(super) tbs: Part,
    pub(super) serial: Part,
    pub(super) inner_algorithm: Part,
    pub(super) issuer: Part,
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
    pub(super) subject: Part,
    pub(super) spki: Part,
    /// The key, which was read once to see that it can be, and is kept when somebody asks for it.
    pub(super) public_key: OnceLock<PublicKey>,
    pub(super) extensions: Box<[RawExtension]>,
    pub(super) unreadable: Box<[UnreadableExtension]>,
    pub(super) signature_algorithm: Part,
    pub(super) signature: Part,
    pub(super) signature_unused_bits: u8,
    /// The subject in its comparable form, computed on demand.
    pub(super) comparable_subject: OnceLock<ComparableName>,
    /// The digest by which OCSP names the key, computed on demand.
    pub(super) key_hash: OnceLock<[u8; 20]>,
    pub(super) version: u8,
    /// The answer of `Certificate::is_der`, computed on demand.
    pub(super) is_der: OnceLock<bool>,
    /// What only those few are asked for that are looked at for a path: a file can hold thousands beside them.
    pub(super) names: OnceLock<Box<Names>>,
}

/// The names of a certificate, and what else identifies it, in further forms, each computed on demand.
#[derive(Default)]
pub(super) struct Names {
    /// The issuer in its comparable form.
    pub(super) comparable_issuer: OnceLock<ComparableName>,
    /// The subject as it is compared with name constraints.
    pub(super) prepared_subject: OnceLock<PreparedName>,
    /// The names as text.
    pub(super) shown_issuer: OnceLock<Box<str>>,
    pub(super) shown_subject: OnceLock<Box<str>>,
    /// The fingerprint and the serial number as text.
    pub(super) shown_fingerprint: OnceLock<Box<str>>,
    pub(super) shown_serial: OnceLock<Box<str>>,
}

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

/// The places of an extension.
pub(super) struct RawExtension {
    pub(super) oid: Part,
    pub(super) critical: bool,
    pub(super) value: Part,
}

/// A place in a certificate, a CRL or an OCSP response. Thousands of them are kept, and none is large enough for more
/// octets.
#[derive(Clone, Copy)]
pub(in crate::pki) struct Part {
    start: u32,
    end: u32,
}

impl Part {
    pub(in crate::pki) fn of(Range { start, end }: Range<usize>) -> Self {
        // The size of each of them is limited.
        let narrow = |place| u32::try_from(place).unwrap_or_default();
        Self { start: narrow(start), end: narrow(end) }
    }

    pub(in crate::pki) fn range(self) -> Range<usize> {
        let wide = |place| usize::try_from(place).unwrap_or_default();
        wide(self.start)..wide(self.end)
    }
}

/// Reads the octets of a certificate.
pub(super) fn read(whole: Arc<[u8]>) -> Result<Fields, CertificateError> {
    let der = &*whole;
    let range = |part: &[u8]| Part::of(range_within(der, part));
    let mut outer = Reader::new(der, "Certificate");
    let mut certificate = outer.expect(Tag::SEQUENCE).map_err(field("Certificate"))?.reader("Certificate");
    outer.finish().map_err(field("Certificate"))?;

    let tbs = certificate.expect(Tag::SEQUENCE).map_err(field("tbsCertificate"))?;
    let signature_algorithm = AlgorithmIdentifier::read(&mut certificate).map_err(field("signatureAlgorithm"))?;
    let BitString { unused_bits: signature_unused_bits, octets: signature } =
        certificate.bit_string().map_err(field("signatureValue"))?;
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
    PublicKey::within(&whole, range(spki.raw).range()).map_err(CertificateError::PublicKey)?;
    reader.optional(Tag::context_primitive(1)).map_err(field("issuerUniqueID"))?;
    reader.optional(Tag::context_primitive(2)).map_err(field("subjectUniqueID"))?;
    let (extensions, unreadable) = match reader.optional(Tag::context(3)).map_err(field("extensions"))? {
        Some(explicit) => read_extensions(explicit, &range)?,
        None => (Vec::new(), Vec::new()),
    };
    reader.finish().map_err(field("tbsCertificate"))?;

    Ok(Fields {
        fingerprint: Fingerprint::of(der),
        tbs: range(tbs.raw),
        serial: range(serial.as_bytes()),
        inner_algorithm: range(inner_algorithm.raw),
        issuer: range(issuer.raw),
        not_before,
        not_after,
        subject: range(subject.raw),
        spki: range(spki.raw),
        public_key: OnceLock::new(),
        extensions: extensions.into(),
        unreadable: unreadable.into(),
        signature_algorithm: range(signature_algorithm.raw),
        signature: range(signature),
        signature_unused_bits,
        comparable_subject: OnceLock::new(),
        key_hash: OnceLock::new(),
        version,
        is_der: OnceLock::new(),
        names: OnceLock::new(),
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
        if let Err((name, error)) = check_interpreted(Extension { oid, critical, value }) {
            unreadable.push(UnreadableExtension { name, critical, error });
        }
        extensions.push(RawExtension { oid: range(oid.as_bytes()), critical, value: range(value) });
    }
    Ok((extensions, unreadable))
}

/// Checks that an extension with an accessor can be read, so that the accessor's `None` is not taken for absence.
fn check_interpreted(extension: Extension<'_>) -> Result<(), (&'static str, Error)> {
    let Extension { oid: identifier, value, .. } = extension;
    let named = |name| move |error| (name, error);
    if identifier == oid::KEY_USAGE {
        KeyUsage::read(extension).map(drop).map_err(named("keyUsage"))
    } else if identifier == oid::EXTENDED_KEY_USAGE {
        ExtendedKeyUsage::read(extension).map(drop).map_err(named("extKeyUsage"))
    } else if identifier == oid::BASIC_CONSTRAINTS {
        BasicConstraints::read(extension).map(drop).map_err(named("basicConstraints"))
    } else if identifier == oid::SUBJECT_KEY_IDENTIFIER {
        subject_key_identifier(value).map(drop).map_err(named("subjectKeyIdentifier"))
    } else if identifier == oid::AUTHORITY_KEY_IDENTIFIER {
        AuthorityKeyIdentifier::read(value).map(drop).map_err(named("authorityKeyIdentifier"))
    } else if identifier == oid::PRIVATE_KEY_USAGE_PERIOD {
        PrivateKeyUsagePeriod::read(extension).map(drop).map_err(named("privateKeyUsagePeriod"))
    } else {
        Ok(())
    }
}
