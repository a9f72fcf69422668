//! This module reads the certificate extensions that this crate itself interprets (RFC 5280 §4.2).
//!
//! The path validator processes names, policies and their constraints, which are kept as octets here.

use chrono::{DateTime, Utc};
use signed_data::tlv::{BitString, Oid, Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind};

/// One extension as encoded in the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The extnID field.
    pub oid: Oid<'a>,
    /// True if a verifier that does not process the extension must refuse the certificate.
    pub critical: bool,
    /// The contents of extnValue, which are the DER of the extension's own type.
    pub value: &'a [u8],
}

/// KeyUsage, [RFC 5280 §4.2.1.3](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.3).
///
/// ```text
/// KeyUsage ::= BIT STRING {
///      digitalSignature  (0),
///      nonRepudiation    (1),
///      keyEncipherment   (2),
///      dataEncipherment  (3),
///      keyAgreement      (4),
///      keyCertSign       (5),
///      cRLSign           (6),
///      encipherOnly      (7),
///      decipherOnly      (8) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage {
    bits: u16,
    critical: bool,
}

impl KeyUsage {
    /// Returns the digitalSignature bit: the key verifies signatures other than those on certificates and CRLs.
    pub fn digital_signature(self) -> bool {
        self.bit(0)
    }

    /// Returns the nonRepudiation bit, which is also called contentCommitment.
    pub fn non_repudiation(self) -> bool {
        self.bit(1)
    }

    /// Returns the keyCertSign bit: the key verifies signatures on certificates.
    pub fn key_cert_sign(self) -> bool {
        self.bit(5)
    }

    /// Returns the cRLSign bit: the key verifies signatures on CRLs.
    pub fn crl_sign(self) -> bool {
        self.bit(6)
    }

    /// Returns true if digitalSignature or nonRepudiation is set and no other bit is.
    pub fn only_signatures(self) -> bool {
        self.bits != 0 && self.bits & !0b11 == 0
    }

    /// Returns the names of the bits that are set and are not about signatures, as the standard writes them.
    pub(super) fn beyond_signatures(self) -> Vec<&'static str> {
        // digitalSignature, nonRepudiation, keyCertSign and cRLSign.
        const SIGNATURES: u16 = 0b110_0011;
        Self { bits: self.bits & !SIGNATURES, ..self }.names().collect()
    }

    /// Returns true if the extension is critical.
    pub fn is_critical(self) -> bool {
        self.critical
    }

    /// Returns the names of the bits that are set, as the standard writes them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [&str; 9] = [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "cRLSign",
            "encipherOnly",
            "decipherOnly",
        ];
        NAMES.into_iter().zip(0..).filter(move |(_, bit)| self.bit(*bit)).map(|(name, _)| name)
    }

    fn bit(self, bit: u32) -> bool {
        self.bits >> bit & 1 == 1
    }

    /// Reads the extension. Bits above decipherOnly are undefined and ignored.
    pub(in crate::pki) fn read(extension: Extension<'_>) -> Result<Self, Error> {
        let Extension { critical, value, .. } = extension;
        let mut reader = Reader::new(value, "keyUsage");
        let BitString { unused_bits, octets } = reader.bit_string()?;
        // X.690 §11.2.1 has unused bits zero. Of one that is set, readers disagree on whether the key may sign.
        if octets.last().is_some_and(|last| last.trailing_zeros() < u32::from(unused_bits)) {
            return Err(reader.error(ErrorKind::InvalidValue("keyUsage: an unused bit is set")));
        }
        reader.finish()?;
        let bit = |number: usize| {
            octets
                .get(number / 8)
                .is_some_and(|octet| octet.checked_shl(u32::try_from(number % 8).unwrap_or(0)).unwrap_or(0) & 0x80 != 0)
        };
        let bits = (0..9).filter(|number| bit(*number)).fold(0_u16, |bits, number| bits | 1 << number);
        Ok(Self { bits, critical })
    }
}

/// ExtKeyUsageSyntax, [RFC 5280 §4.2.1.12](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12).
///
/// ```text
/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
/// KeyPurposeId ::= OBJECT IDENTIFIER
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedKeyUsage<'a> {
    /// True if the extension is critical.
    pub critical: bool,
    /// The purposes, at least one, in the certificate's order.
    pub purposes: Vec<Oid<'a>>,
}

impl<'a> ExtendedKeyUsage<'a> {
    /// Returns true if this is the only purpose, as RFC 3161 §2.3 requires for a TSA.
    pub fn is_only(&self, purpose: const_oid::ObjectIdentifier) -> bool {
        matches!(self.purposes.as_slice(), [only] if *only == purpose)
    }

    /// Returns true if the purpose is listed. anyExtendedKeyUsage does not count.
    pub fn contains(&self, purpose: const_oid::ObjectIdentifier) -> bool {
        self.purposes.iter().any(|stated| *stated == purpose)
    }

    pub(in crate::pki) fn read(extension: Extension<'a>) -> Result<Self, Error> {
        let Extension { critical, value, .. } = extension;
        let mut outer = Reader::new(value, "extKeyUsage");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("extKeyUsage");
        outer.finish()?;
        let mut purposes = Vec::new();
        while !reader.is_empty() {
            purposes.push(reader.oid()?);
        }
        if purposes.is_empty() {
            return Err(reader.error(ErrorKind::InvalidValue("extKeyUsage: it has no purpose")));
        }
        Ok(Self { critical, purposes })
    }
}

/// BasicConstraints, [RFC 5280 §4.2.1.9](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9).
///
/// ```text
/// BasicConstraints ::= SEQUENCE {
///      cA                 BOOLEAN DEFAULT FALSE,
///      pathLenConstraint  INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// True if the subject may issue certificates.
    pub ca: bool,
    /// The maximum number of certificate authorities below that are not self-issued. A number above 2^64 - 1 is read as
    /// 2^64 - 1.
    pub path_len: Option<u64>,
    /// True if the extension is critical.
    pub critical: bool,
}

impl BasicConstraints {
    pub(in crate::pki) fn read(extension: Extension<'_>) -> Result<Self, Error> {
        let Extension { critical, value, .. } = extension;
        let mut outer = Reader::new(value, "basicConstraints");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("basicConstraints");
        outer.finish()?;
        let ca = reader.peek() == Some(Tag::BOOLEAN) && reader.boolean()?;
        let path_len = if reader.is_empty() {
            None
        } else {
            let number = reader.integer()?;
            if number.is_negative() {
                return Err(reader.error(ErrorKind::InvalidValue("pathLenConstraint")));
            }
            Some(number.to_u64().unwrap_or(u64::MAX))
        };
        reader.finish()?;
        Ok(Self { ca, path_len, critical })
    }
}

/// AuthorityKeyIdentifier, [RFC 5280 §4.2.1.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.1).
///
/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {
///      keyIdentifier              [0] KeyIdentifier OPTIONAL,
///      authorityCertIssuer        [1] GeneralNames OPTIONAL,
///      authorityCertSerialNumber  [2] CertificateSerialNumber OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier<'a> {
    /// The expected subjectKeyIdentifier of the issuer. It is a hint for the search and never a proof.
    pub key_identifier: Option<&'a [u8]>,
    /// The contents of authorityCertIssuer, which are GeneralName elements.
    pub issuer: Option<&'a [u8]>,
    /// The contents octets of authorityCertSerialNumber.
    pub serial: Option<&'a [u8]>,
}

impl<'a> AuthorityKeyIdentifier<'a> {
    pub(in crate::pki) fn read(value: &'a [u8]) -> Result<Self, Error> {
        let mut outer = Reader::new(value, "authorityKeyIdentifier");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("authorityKeyIdentifier");
        outer.finish()?;
        let key_identifier = reader.optional(Tag::context_primitive(0))?.map(|tlv| tlv.value);
        let issuer = reader.optional(Tag::context(1))?.map(|tlv| tlv.value);
        let serial = reader.optional(Tag::context_primitive(2))?.map(|tlv| tlv.value);
        reader.finish()?;
        Ok(Self { key_identifier, issuer, serial })
    }
}

/// PrivateKeyUsagePeriod, [RFC 3280 §4.2.1.4](https://www.rfc-editor.org/rfc/rfc3280#section-4.2.1.4).
///
/// ```text
/// PrivateKeyUsagePeriod ::= SEQUENCE {
///      notBefore  [0] GeneralizedTime OPTIONAL,
///      notAfter   [1] GeneralizedTime OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateKeyUsagePeriod {
    /// The time before which the key must not sign.
    pub not_before: Option<DateTime<Utc>>,
    /// The time after which the key must not sign.
    pub not_after: Option<DateTime<Utc>>,
    /// True if the extension is critical.
    pub critical: bool,
}

impl PrivateKeyUsagePeriod {
    /// Returns true if the key may sign at this time.
    pub fn contains(&self, time: DateTime<Utc>) -> bool {
        self.not_before.is_none_or(|not_before| not_before <= time)
            && self.not_after.is_none_or(|not_after| time <= not_after)
    }

    pub(in crate::pki) fn read(extension: Extension<'_>) -> Result<Self, Error> {
        let Extension { critical, value, .. } = extension;
        let mut outer = Reader::new(value, "privateKeyUsagePeriod");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("privateKeyUsagePeriod");
        outer.finish()?;
        let not_before = reader.optional(Tag::context_primitive(0))?;
        let not_after = reader.optional(Tag::context_primitive(1))?;
        let time = |tlv: Option<Tlv<'_>>| tlv.map(implicit_generalized_time).transpose();
        let (not_before, not_after) = (time(not_before)?, time(not_after)?);
        reader.finish()?;
        Ok(Self { not_before, not_after, critical })
    }
}

/// Reads a GeneralizedTime under an implicit tag.
fn implicit_generalized_time(tlv: Tlv<'_>) -> Result<DateTime<Utc>, Error> {
    let untagged = crate::asn1::writer::tlv(Tag::GENERALIZED_TIME, tlv.value);
    Reader::new(&untagged, "privateKeyUsagePeriod").time().map(|time| time.value)
}

/// One statement of qcStatements, [RFC 3739 §3.2.6](https://www.rfc-editor.org/rfc/rfc3739#section-3.2.6), which is an
/// unverified claim of the issuer.
///
/// ```text
/// QCStatement ::= SEQUENCE {
///      statementId    OBJECT IDENTIFIER,
///      statementInfo  ANY DEFINED BY statementId OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QcStatement<'a> {
    /// The statementId field, which says what is claimed.
    pub id: Oid<'a>,
    /// The statementInfo field as one whole element.
    pub info: Option<Tlv<'a>>,
}

impl<'a> QcStatement<'a> {
    pub(in crate::pki) fn read_all(value: &'a [u8]) -> Result<Vec<Self>, Error> {
        let mut outer = Reader::new(value, "qcStatements");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("qcStatements");
        outer.finish()?;
        let mut statements = Vec::new();
        while !reader.is_empty() {
            let mut statement = reader.expect(Tag::SEQUENCE)?.reader("QCStatement");
            let id = statement.oid()?;
            let info = if statement.is_empty() { None } else { Some(statement.any()?) };
            statement.finish()?;
            statements.push(Self { id, info });
        }
        Ok(statements)
    }
}

/// Reads the value of subjectKeyIdentifier.
pub(super) fn subject_key_identifier(value: &[u8]) -> Result<&[u8], Error> {
    let mut reader = Reader::new(value, "subjectKeyIdentifier");
    let identifier = reader.octet_string()?;
    reader.finish()?;
    Ok(identifier)
}

/// Reads the elements of GeneralNames (subjectAltName, issuerAltName).
pub(in crate::pki) fn general_names(value: &[u8]) -> Result<Vec<Tlv<'_>>, Error> {
    let mut outer = Reader::new(value, "GeneralNames");
    let mut reader = outer.expect(Tag::SEQUENCE)?.reader("GeneralNames");
    outer.finish()?;
    let mut names = Vec::new();
    while !reader.is_empty() {
        names.push(reader.any()?);
    }
    Ok(names)
}
