//! Reads signed attributes.

use core::fmt::{self, Display};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::{Oid, Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Attributes, SignerInfo, Time, TimeForm};

use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::finding::Code;
use crate::pki::Certificate;

/// Returns the only value of an attribute that may occur once, and `None` when it is not there.
///
/// # Errors
/// `AttributeDuplicated` when it occurs twice, or has not exactly one value (RFC 5652 §11).
pub(crate) fn single_value<'a>(attributes: &Attributes<'a>, oid: ObjectIdentifier) -> Result<Option<Tlv<'a>>, Code> {
    let mut occurrences = attributes.find(oid);
    let Some(attribute) = occurrences.next() else { return Ok(None) };
    match (occurrences.next(), &*attribute.values) {
        (None, [value]) => Ok(Some(*value)),
        _ => Err(Code::AttributeDuplicated),
    }
}

/// Returns the only value of an attribute that informs and proves nothing. Several values in one attribute are not
/// looked at.
///
/// # Errors
/// `AttributeDuplicated` when the attribute occurs twice; `StatedAttributeUnreadable` when it has not exactly one
/// value.
pub(crate) fn stated_value<'a>(attributes: &Attributes<'a>, oid: ObjectIdentifier) -> Result<Option<Tlv<'a>>, Code> {
    single_value(attributes, oid).map_err(|code| match attributes.find(oid).nth(1) {
        Some(_) => code,
        None => Code::StatedAttributeUnreadable,
    })
}

/// Reads signing-time (RFC 5652 §11.3).
///
/// # Errors
/// `AttributeDuplicated`, `SignedAttributeUnreadable`.
pub(crate) fn signing_time(attributes: &Attributes<'_>) -> Result<Option<Time>, Code> {
    let Some(value) = single_value(attributes, oid::SIGNING_TIME)? else { return Ok(None) };
    Reader::new(value.raw, "signing-time").time().map(Some).map_err(|_| Code::SignedAttributeUnreadable)
}

/// Reads signing-time as signers write it who do not keep to DER: with an offset from UTC, or without any mark, which is
/// read as UTC. The time is a claim in any case. The answer says whether it is coded as RFC 5652 §11.3 demands.
///
/// # Errors
/// `AttributeDuplicated`, `SignedAttributeUnreadable`.
pub(crate) fn lenient_signing_time(attributes: &Attributes<'_>) -> Result<Option<(DateTime<Utc>, bool)>, Code> {
    let Some(value) = single_value(attributes, oid::SIGNING_TIME)? else { return Ok(None) };
    match Time::from_tlv(&value) {
        Some(time) => {
            // Dates through 2049 are UTCTime.
            let has_form = time.form == TimeForm::Utc || time.value.year() >= 2050;
            Ok(Some((time.value, has_form && time.coding.is_der() && !time.has_fraction())))
        }
        None => local_time(value).map(|time| Some((time, false))).ok_or(Code::SignedAttributeUnreadable),
    }
}

/// Reads a time with an offset from UTC, or with no mark.
fn local_time(value: Tlv<'_>) -> Option<DateTime<Utc>> {
    let sign = value.value.iter().position(|octet| matches!(octet, b'+' | b'-'));
    let (digits, offset) = value.value.split_at_checked(sign.unwrap_or(value.value.len()))?;
    let in_utc = [digits, b"Z"].concat();
    let local = Time::from_tlv(&Tlv { tag: value.tag, value: &in_utc, raw: &in_utc })?.value;
    let east = match offset {
        [] => TimeDelta::zero(),
        [sign, digits @ ..] => {
            let text =
                std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()))?;
            let (hours, minutes) = text.split_at_checked(2)?;
            let minutes = match minutes.len() {
                // GeneralizedTime may leave the minutes out (X.680 §46.2), and UTCTime may not.
                0 if value.tag == Tag::GENERALIZED_TIME => 0,
                2 => minutes.parse().ok()?,
                _ => return None,
            };
            let (hours, minutes) = (TimeDelta::hours(hours.parse().ok()?), TimeDelta::minutes(minutes));
            // No place on earth is as much as a day from UTC, and an hour has sixty minutes.
            let east = (hours < TimeDelta::days(1) && minutes < TimeDelta::hours(1)).then(|| hours + minutes)?;
            if *sign == b'-' { -east } else { east }
        }
    };
    local.checked_sub_signed(east)
}

/// The length of the longest media type that is shown, in octets.
const MAX_SHOWN: usize = 255;

/// Returns the value of a mime-type attribute, for people, and `None` when it cannot be read.
pub(crate) fn media_type(value: Tlv<'_>) -> Option<String> {
    if value.tag != Tag::UTF8_STRING || value.value.len() > MAX_SHOWN {
        return None;
    }
    let text = std::str::from_utf8(value.value).ok()?;
    (!text.chars().any(crate::text::is_hidden)).then(|| text.to_owned())
}

/// Returns the value of a commitment-type-indication attribute, for people, and `None` when it cannot be read.
pub(crate) fn commitment(value: Tlv<'_>) -> Option<String> {
    let stated = stated_commitment(value)?;
    let named = COMMITMENTS.iter().find(|(oid, _)| stated == *oid);
    Some(named.map_or_else(|| stated.to_string(), |(_, name)| (*name).to_owned()))
}

/// Returns the type of the commitment in a commitment-type-indication attribute, and `None` when it cannot be read.
pub(crate) fn commitment_type(value: Tlv<'_>) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_bytes(stated_commitment(value)?.as_bytes()).ok()
}

fn stated_commitment(value: Tlv<'_>) -> Option<Oid<'_>> {
    if value.tag != Tag::SEQUENCE {
        return None;
    }
    value.reader("commitment-type-indication").oid().ok()
}

/// The commitment types of ETSI EN 319 122-1 V1.3.1, clause 5.2.3.
const COMMITMENTS: [(ObjectIdentifier, &str); 6] = [
    (oid::PROOF_OF_ORIGIN, "proof of origin"),
    (oid::PROOF_OF_RECEIPT, "proof of receipt"),
    (oid::PROOF_OF_DELIVERY, "proof of delivery"),
    (oid::PROOF_OF_SENDER, "proof of sender"),
    (oid::PROOF_OF_APPROVAL, "proof of approval"),
    (oid::PROOF_OF_CREATION, "proof of creation"),
];

/// The attribute that holds a signed reference to the signing certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReferenceForm {
    /// The attribute is signing-certificate, always by SHA-1.
    V1,
    /// The attribute is signing-certificate-v2.
    V2,
}

/// The first ESSCertID or ESSCertIDv2 of an attribute: the one that names the signing certificate.
pub(super) struct CertificateReference<'a> {
    form: ReferenceForm,
    algorithm: DigestAlgorithm,
    hash: &'a [u8],
    issuer_serial: Option<Tlv<'a>>,
}

impl<'a> CertificateReference<'a> {
    /// Reads SigningCertificate (RFC 2634 §5.4) or SigningCertificateV2 (RFC 5035 §3); SHA-256 is the DEFAULT of the
    /// latter, and spelled out by many signers.
    ///
    /// ```text
    /// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies SEQUENCE OF PolicyInformation
    /// OPTIONAL } ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256}, certHash
    /// OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
    /// ```
    ///
    /// # Errors
    /// `SignedAttributeUnreadable`; `DigestAlgorithmNotOffered`.
    pub(super) fn read(form: ReferenceForm, value: Tlv<'a>) -> Result<Self, Code> {
        Self::parts(form, value).map_err(|_| Code::SignedAttributeUnreadable)?.ok_or(Code::DigestAlgorithmNotOffered)
    }

    fn parts(form: ReferenceForm, value: Tlv<'a>) -> Result<Option<Self>, signed_data::Error> {
        let what = "signing-certificate";
        let mut reader = Reader::new(value.raw, what);
        let mut certs = reader.expect(Tag::SEQUENCE)?.reader(what).expect(Tag::SEQUENCE)?.reader(what);
        let mut id = certs.expect(Tag::SEQUENCE)?.reader(what);
        let algorithm = match form {
            ReferenceForm::V1 => Some(DigestAlgorithm::Sha1),
            ReferenceForm::V2 if id.peek() == Some(Tag::SEQUENCE) => {
                DigestAlgorithm::from_oid(AlgorithmIdentifier::read(&mut id)?.oid)
            }
            ReferenceForm::V2 => Some(DigestAlgorithm::Sha256),
        };
        let hash = id.expect(Tag::OCTET_STRING)?.value;
        // Whatever stands here beside the digest decides nothing, so that it may be unreadable.
        let issuer_serial = if id.is_empty() { None } else { Some(id.any()?) };
        id.finish()?;
        Ok(algorithm.map(|algorithm| Self { form, algorithm, hash, issuer_serial }))
    }

    /// Tells if the reference names this certificate by its digest.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        certificate.digest(self.algorithm).as_bytes() == self.hash
    }

    /// Tells if the issuer and serial number that the reference states, if it states any, are the certificate's. What
    /// cannot be read is not the certificate's.
    pub(super) fn states_issuer_and_serial_of(&self, certificate: &Certificate) -> bool {
        self.issuer_serial.is_none_or(|stated| is_issuer_serial_of(stated, certificate).unwrap_or(false))
    }

    pub(super) fn stated(&self) -> String {
        Digest::new(self.algorithm, self.hash)
            .map_or_else(|| "a digest of the wrong length".into(), |digest| digest.to_string())
    }

    pub(super) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the name of its attribute, and of its digest algorithm.
    pub(super) fn name(&self) -> impl Display {
        ReferenceName { form: self.form, algorithm: self.algorithm }
    }
}

struct ReferenceName {
    form: ReferenceForm,
    algorithm: DigestAlgorithm,
}

impl Display for ReferenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attribute = match self.form {
            ReferenceForm::V1 => "signing-certificate",
            ReferenceForm::V2 => "signing-certificate-v2",
        };
        write!(f, "{attribute} with {}", self.algorithm)
    }
}

/// Compares an IssuerSerial with a certificate (RFC 5035 §5, RFC 5280 §7.1).
///
/// ```text
/// IssuerSerial ::= SEQUENCE {
///      issuer        GeneralNames,
///      serialNumber  CertificateSerialNumber }
/// ```
fn is_issuer_serial_of(issuer_serial: Tlv<'_>, certificate: &Certificate) -> Result<bool, signed_data::Error> {
    let mut fields = Reader::new(issuer_serial.raw, "issuerSerial").expect(Tag::SEQUENCE)?.reader("issuerSerial");
    let issuer = fields.expect(Tag::SEQUENCE)?;
    let serial = fields.integer()?;
    Ok(certificate.has_serial(serial) && certificate.has_issuer_among(issuer.reader("issuerSerial")))
}

/// The attribute CMSAlgorithmProtection (RFC 6211 §2).
///
/// ```text
/// CMSAlgorithmProtection ::= SEQUENCE { digestAlgorithm DigestAlgorithmIdentifier, signatureAlgorithm [1]
/// SignatureAlgorithmIdentifier OPTIONAL,
///   macAlgorithm [2] MessageAuthenticationCodeAlgorithm OPTIONAL }
/// ```
pub(super) struct AlgorithmProtection<'a> {
    digest: AlgorithmIdentifier<'a>,
    signature: Option<AlgorithmIdentifier<'a>>,
}

/// Reads an AlgorithmIdentifier, which has its own tag or an implicit one.
fn algorithm(tlv: Tlv<'_>) -> Result<AlgorithmIdentifier<'_>, signed_data::Error> {
    let mut fields = tlv.reader("cms-algorithm-protection");
    let oid = fields.oid()?;
    let parameters = if fields.is_empty() { None } else { Some(fields.any()?) };
    fields.finish()?;
    Ok(AlgorithmIdentifier { raw: tlv.raw, oid, parameters })
}

/// Tells if the octets are the same except for the tag.
fn same_coding(stated: &AlgorithmIdentifier<'_>, used: &AlgorithmIdentifier<'_>) -> bool {
    stated.raw.get(1..) == used.raw.get(1..)
}

impl<'a> AlgorithmProtection<'a> {
    pub(super) fn read(value: Tlv<'a>) -> Result<Self, Code> {
        let parts = || {
            let what = "cms-algorithm-protection";
            let mut fields = Reader::new(value.raw, what).expect(Tag::SEQUENCE)?.reader(what);
            let digest = algorithm(fields.expect(Tag::SEQUENCE)?)?;
            let signature = fields.optional(Tag::context(1))?.map(algorithm).transpose()?;
            Ok::<_, signed_data::Error>(Self { digest, signature })
        };
        parts().map_err(|_| Code::AttributeMalformed)
    }

    /// Tells if these are the algorithms that SignerInfo names: the same octets, or the same algorithm with parameters
    /// that mean the same (RFC 6211 §3).
    pub(super) fn names(&self, signer_info: &SignerInfo<'_>) -> bool {
        let (stated, used) = (&self.digest, &signer_info.digest_algorithm);
        let digest = DigestAlgorithm::from_identifier(stated).ok();
        let same_digest =
            same_coding(stated, used) || (digest.is_some() && digest == DigestAlgorithm::from_identifier(used).ok());
        let same_signature = self.signature.as_ref().is_none_or(|stated| {
            let used = &signer_info.signature_algorithm;
            let algorithm = SignatureAlgorithm::from_identifier(stated, digest).ok();
            let same = algorithm.is_some() && algorithm == SignatureAlgorithm::from_identifier(used, digest).ok();
            same_coding(stated, used) || same
        });
        same_digest && same_signature
    }
}
