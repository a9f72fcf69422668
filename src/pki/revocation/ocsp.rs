//! This module reads OCSP responses without re-encoding them (RFC 6960 §4.2).

use core::cell::RefCell;
use core::fmt;
use core::hash::Hasher;
use std::hash::DefaultHasher;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error, ErrorKind};

use super::error::{OcspResponseStatus, RevocationDataError};
use super::reason::RevocationReason;
use super::signed::Signed;
use super::{extensions, limits};
use crate::asn1::{oid, writer};
use crate::crypto::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::pki::certificate::{ComparableName, Part, range_within};
use crate::pki::{Certificate, CertificatePool, Extension};

/// A successful OCSP response with a BasicOCSPResponse in it, as received, [RFC 6960
/// §4.2.1](https://www.rfc-editor.org/rfc/rfc6960#section-4.2.1).
///
/// ```text
/// OCSPResponse ::= SEQUENCE {
///      responseStatus  OCSPResponseStatus,
///      responseBytes   [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE {
///      responseType  OBJECT IDENTIFIER,
///      response      OCTET STRING }
/// BasicOCSPResponse ::= SEQUENCE {
///      tbsResponseData     ResponseData,
///      signatureAlgorithm  AlgorithmIdentifier,
///      signature           BIT STRING,
///      certs               [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ResponseData ::= SEQUENCE {
///      version             [0] EXPLICIT Version DEFAULT v1,
///      responderID         ResponderID,
///      producedAt          GeneralizedTime,
///      responses           SEQUENCE OF SingleResponse,
///      responseExtensions  [1] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// Cloning is cheap. A value of this type may be forged: [`check_revocation`](super::check_revocation) authenticates
/// it.
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    signed: Signed,
    responder: Responder,
    produced_at: DateTime<Utc>,
    responses: Part,
    /// What the answers are about, computed on demand.
    subjects: OnceLock<Subjects>,
    certificates: Box<[Certificate]>,
    extensions: Option<Box<ResponseExtensions>>,
}

/// What responseExtensions hold, which few responses have.
struct ResponseExtensions {
    nonce: Option<Part>,
    unsupported: Option<Box<str>>,
}

/// The responder by its name or by its key.
///
/// ```text
/// ResponderID ::= CHOICE {
///      byName  [1] Name,
///      byKey   [2] KeyHash }
/// ```
enum Responder {
    /// The subject of its certificate.
    Name(Box<ComparableName>),
    /// The SHA-1 digest of its public key.
    KeyHash(Part),
}

/// What the answers of a response are about, to be looked up instead of being read for each question.
struct Subjects {
    /// A hash of each CertID, sorted, each once. One that is the same by chance costs a reading.
    ids: Box<[u64]>,
    /// Whether one of them is by the digest algorithm of this place among all.
    algorithms: [bool; DigestAlgorithm::ALL.len()],
}

/// The answer of a responder about one certificate.
///
/// ```text
/// SingleResponse ::= SEQUENCE {
///      certID            CertID,
///      certStatus        CertStatus,
///      thisUpdate        GeneralizedTime,
///      nextUpdate        [0] EXPLICIT GeneralizedTime OPTIONAL,
///      singleExtensions  [1] EXPLICIT Extensions OPTIONAL }
/// CertID ::= SEQUENCE {
///      hashAlgorithm   AlgorithmIdentifier,
///      issuerNameHash  OCTET STRING,
///      issuerKeyHash   OCTET STRING,
///      serialNumber    CertificateSerialNumber }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse<'a> {
    digest: Option<DigestAlgorithm>,
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    /// The serial number of the certificate.
    pub serial: Integer<'a>,
    /// The certStatus field.
    pub status: OcspStatus,
    /// The thisUpdate field: the time at which the status was correct.
    pub this_update: DateTime<Utc>,
    /// The nextUpdate field: the time by which newer information is available.
    pub next_update: Option<DateTime<Utc>>,
    /// The archive cutoff (RFC 6960 §4.4.4): the responder retains certificates that expired at this time or later.
    pub archive_cutoff: Option<DateTime<Utc>>,
    unsupported: Option<String>,
}

/// The status of a certificate in an OCSP response.
///
/// ```text
/// CertStatus ::= CHOICE {
///      good     [0] IMPLICIT NULL,
///      revoked  [1] IMPLICIT RevokedInfo,
///      unknown  [2] IMPLICIT UnknownInfo }
/// RevokedInfo ::= SEQUENCE {
///      revocationTime    GeneralizedTime,
///      revocationReason  [0] EXPLICIT CRLReason OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspStatus {
    /// The certificate is not known to be revoked.
    Good,
    /// The certificate is revoked or on hold.
    Revoked {
        /// The revocationTime field.
        date: DateTime<Utc>,
        /// The revocationReason field.
        reason: Option<RevocationReason>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl OcspResponse {
    /// Reads the DER of an OCSPResponse, or of a bare BasicOCSPResponse as in the revocation-values of CAdES, and keeps
    /// its octets.
    ///
    /// # Errors
    /// Returns `Ocsp`, `ResponseStatus`, `ResponseType` or `TooMany`.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        if der.len() > limits::MAX_OCSP_RESPONSE {
            let (what, limit) = ("octets of an OCSP response", limits::MAX_OCSP_RESPONSE);
            return Err(RevocationDataError::TooMany { what, limit });
        }
        read(der).map(|inner| Self(Arc::new(inner)))
    }

    /// Returns the octets as received.
    pub fn der(&self) -> &[u8] {
        self.0.signed.der()
    }

    /// Returns the OCSPResponse. A bare BasicOCSPResponse is wrapped in a new one (RFC 6960 §4.2.1).
    pub(crate) fn to_ocsp_response(&self) -> Vec<u8> {
        let mut outer = Reader::new(self.der(), "OCSPResponse");
        let inner = outer.expect(Tag::SEQUENCE).map(|tlv| tlv.reader("OCSPResponse").peek());
        if inner == Ok(Some(Tag::ENUMERATED)) {
            return self.der().to_vec();
        }
        let bytes = writer::sequence(&[&writer::oid(oid::OCSP_BASIC), &writer::octet_string(self.der())]);
        writer::sequence(&[&writer::tlv(Tag::ENUMERATED, &[0]), &writer::tlv(Tag::context(0), &bytes)])
    }

    /// Returns the SHA-256 digest of the octets as received.
    pub fn fingerprint(&self) -> Digest {
        self.0.signed.fingerprint().into()
    }

    /// Returns the algorithm of its signature, if it is supported.
    pub fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.signed.signature_algorithm()
    }

    /// Returns producedAt, the time of the signature.
    pub fn produced_at(&self) -> DateTime<Utc> {
        self.0.produced_at
    }

    /// Returns the value of the nonce extension (RFC 6960 §4.4.1). It is the DER of an OCTET STRING, or whatever older
    /// responders write. [`RevocationData::add_ocsp_answer`](super::RevocationData::add_ocsp_answer) compares it with
    /// the nonce of the request.
    pub fn nonce(&self) -> Option<&[u8]> {
        let extensions = self.0.extensions.as_deref()?;
        extensions.nonce.map(|nonce| self.0.signed.part(nonce))
    }

    /// Returns the certificates in it that can be read. They are not verified.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// Returns the answers in their order.
    pub fn responses(&self) -> impl Iterator<Item = SingleResponse<'_>> {
        let mut reader = Reader::new(self.0.signed.part(self.0.responses), "responses");
        // The reader has found every answer well-formed, so the iterator ends only at the last one.
        core::iter::from_fn(move || SingleResponse::read(&mut reader).ok())
    }

    /// Returns a critical extension that is not processed here.
    pub(super) fn unsupported(&self) -> Option<&str> {
        self.0.extensions.as_deref()?.unsupported.as_deref()
    }

    pub(super) fn signed(&self) -> &Signed {
        &self.0.signed
    }

    /// Returns true if responderID names this certificate's subject or key.
    pub(super) fn is_from(&self, certificate: &Certificate) -> bool {
        match &self.0.responder {
            Responder::Name(name) => *certificate.comparable_subject() == **name,
            // SHA-1 only identifies the key here (RFC 6960 §4.2.1). The signature authenticates the response.
            Responder::KeyHash(hash) => certificate.key_hash() == self.0.signed.part(*hash),
        }
    }

    /// Returns the certificates of a pool that responderID names.
    pub(super) fn responders_in<'p>(
        &self,
        pool: &'p CertificatePool,
    ) -> Box<dyn Iterator<Item = &'p Certificate> + 'p> {
        match &self.0.responder {
            Responder::Name(name) => Box::new(pool.named(name, None)),
            Responder::KeyHash(hash) => Box::new(pool.with_key_hash(self.0.signed.part(*hash))),
        }
    }

    /// Returns false if no answer is about this certificate. If it returns true, the answers have to be read.
    pub(super) fn may_be_about(&self, id: &CertificateId<'_>) -> bool {
        let Subjects { ids, algorithms } = self.0.subjects.get_or_init(|| Subjects::of(self.responses()));
        let used = DigestAlgorithm::ALL.into_iter().zip(algorithms).filter(|(_, is_used)| **is_used);
        let mut computed = used.flat_map(|(algorithm, _)| id.as_hashed(algorithm));
        computed.any(|hash| ids.binary_search(&hash).is_ok())
    }

    /// Returns the number of octets of the answers, which is a measure of the work of reading them.
    pub(super) fn answers_len(&self) -> usize {
        self.0.responses.range().len()
    }
}

impl Subjects {
    fn of<'a>(answers: impl Iterator<Item = SingleResponse<'a>>) -> Self {
        let (mut ids, mut algorithms) = (Vec::new(), [false; DigestAlgorithm::ALL.len()]);
        for answer in answers {
            let Some(algorithm) = answer.digest else { continue };
            ids.push(hash_of_id(algorithm, answer.issuer_name_hash, answer.issuer_key_hash, answer.serial));
            let places = DigestAlgorithm::ALL.into_iter().zip(&mut algorithms);
            places.filter(|(of_place, _)| *of_place == algorithm).for_each(|(_, is_used)| *is_used = true);
        }
        ids.sort_unstable();
        ids.dedup();
        Self { ids: ids.into(), algorithms }
    }
}

fn hash_of_id(algorithm: DigestAlgorithm, name: &[u8], key: &[u8], serial: Integer<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in [algorithm.name().as_bytes(), name, key, serial.minimal().as_bytes()] {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    hasher.finish()
}

impl SingleResponse<'_> {
    /// Returns true if the answer is about this certificate of this issuer: name, key and serial number.
    pub(super) fn is_about(&self, id: &CertificateId<'_>) -> bool {
        if self.serial.minimal() != id.serial.minimal() {
            return false;
        }
        let Some(hashes) = self.digest.map(|algorithm| id.hashes(algorithm)) else { return false };
        // The issuer's key is compared besides its name, because a namesake may use the same serial number.
        hashes.key.as_bytes() == self.issuer_key_hash
            && hashes.names.iter().any(|name| name.as_bytes() == self.issuer_name_hash)
    }

    /// Returns true if the answer has the serial number and the issuer's name of this certificate.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        let issuer = certificate.issuer_der();
        certificate.has_serial(self.serial)
            && self.digest.is_some_and(|algorithm| algorithm.digest(issuer).as_bytes() == self.issuer_name_hash)
    }

    /// Returns a critical extension that is not processed here.
    pub(super) fn unsupported(&self) -> Option<&str> {
        self.unsupported.as_deref()
    }
}

/// A certificate in the form of CertID, for any digest. Each digest is computed once, on demand, because there may be
/// many answers to compare it with.
pub(super) struct CertificateId<'a> {
    serial: Integer<'a>,
    key: &'a [u8],
    names: [&'a [u8]; 2],
    hashes: RefCell<Vec<IssuerHashes>>,
}

#[derive(Clone, Copy)]
struct IssuerHashes {
    key: Digest,
    /// The issuer's name as encoded in the certificate and as encoded in the issuer's own certificate.
    names: [Digest; 2],
}

impl<'a> CertificateId<'a> {
    pub(super) fn new(certificate: &'a Certificate, issuer: &'a Certificate) -> Self {
        Self {
            serial: certificate.serial(),
            key: issuer.public_key_bits().unwrap_or_default(),
            names: [certificate.issuer_der(), issuer.subject_der()],
            hashes: RefCell::default(),
        }
    }

    /// Returns the hashes of both CertIDs by this digest.
    fn as_hashed(&self, algorithm: DigestAlgorithm) -> [u64; 2] {
        let hashes = self.hashes(algorithm);
        hashes.names.map(|name| hash_of_id(algorithm, name.as_bytes(), hashes.key.as_bytes(), self.serial))
    }

    fn hashes(&self, algorithm: DigestAlgorithm) -> IssuerHashes {
        let mut computed = self.hashes.borrow_mut();
        if let Some(hashes) = computed.iter().find(|hashes| hashes.key.algorithm() == algorithm) {
            return *hashes;
        }
        let hashes =
            IssuerHashes { key: algorithm.digest(self.key), names: self.names.map(|name| algorithm.digest(name)) };
        computed.push(hashes);
        hashes
    }
}

impl PartialEq for OcspResponse {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for OcspResponse {}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse({})", self.fingerprint())
    }
}

fn field(field: &'static str) -> impl Fn(Error) -> RevocationDataError {
    move |error| RevocationDataError::Ocsp { field, error }
}

fn read(der: &[u8]) -> Result<Inner, RevocationDataError> {
    let mut outer = Reader::new(der, "OCSPResponse");
    let sequence = outer.expect(Tag::SEQUENCE).map_err(field("OCSPResponse"))?;
    outer.finish().map_err(field("OCSPResponse"))?;
    let mut reader = sequence.reader("OCSPResponse");
    if reader.peek() == Some(Tag::SEQUENCE) {
        return read_basic(der, reader);
    }
    let status = match reader.expect(Tag::ENUMERATED).map_err(field("responseStatus"))?.value {
        [number] => OcspResponseStatus::from_number(*number),
        _ => return Err(field("responseStatus")(reader.error(ErrorKind::InvalidValue("ENUMERATED")))),
    };
    if let Some(status) = status {
        return Err(RevocationDataError::ResponseStatus(status));
    }
    let explicit = reader.expect(Tag::context(0)).map_err(field("responseBytes"))?;
    reader.finish().map_err(field("OCSPResponse"))?;
    let mut outer = explicit.reader("responseBytes");
    let mut bytes = outer.expect(Tag::SEQUENCE).map_err(field("responseBytes"))?.reader("ResponseBytes");
    outer.finish().map_err(field("responseBytes"))?;
    let response_type = bytes.oid().map_err(field("responseType"))?;
    if response_type != oid::OCSP_BASIC {
        return Err(RevocationDataError::ResponseType { oid: response_type.to_string() });
    }
    let response = bytes.octet_string().map_err(field("response"))?;
    bytes.finish().map_err(field("responseBytes"))?;
    let mut outer = Reader::new(response, "BasicOCSPResponse");
    let basic = outer.expect(Tag::SEQUENCE).map_err(field("BasicOCSPResponse"))?;
    outer.finish().map_err(field("BasicOCSPResponse"))?;
    read_basic(der, basic.reader("BasicOCSPResponse"))
}

fn read_basic(der: &[u8], mut basic: Reader<'_>) -> Result<Inner, RevocationDataError> {
    let range = |part: &[u8]| Part::of(range_within(der, part));
    let tbs = basic.expect(Tag::SEQUENCE).map_err(field("tbsResponseData"))?;
    let algorithm = AlgorithmIdentifier::read(&mut basic).map_err(field("signatureAlgorithm"))?;
    let signature = basic.bit_string().map_err(field("signature"))?;
    let certificates = match basic.optional(Tag::context(0)).map_err(field("certs"))? {
        Some(explicit) => read_certificates(explicit)?,
        None => Vec::new(),
    };
    basic.finish().map_err(field("BasicOCSPResponse"))?;

    let mut reader = tbs.reader("ResponseData");
    if let Some(version) = reader.optional(Tag::context(0)).map_err(field("version"))? {
        let number = extensions::only(version.value, "version", |reader| Ok(reader.integer()?.to_u64()));
        if number.map_err(field("version"))? != Some(0) {
            return Err(field("version")(reader.error(ErrorKind::InvalidValue("version"))));
        }
    }
    let responder = read_responder(&mut reader, range).map_err(field("responderID"))?;
    let produced_at = reader.time().map_err(field("producedAt"))?.value;
    let responses = reader.expect(Tag::SEQUENCE).map_err(field("responses"))?.value;
    let extensions = match reader.optional(Tag::context(1)).map_err(field("responseExtensions"))? {
        Some(explicit) => {
            extensions::read_explicit(explicit, "responseExtensions").map_err(field("responseExtensions"))?
        }
        None => Vec::new(),
    };
    reader.finish().map_err(field("tbsResponseData"))?;
    check_responses(responses)?;
    let nonce = extensions.iter().find(|extension| extension.oid == oid::OCSP_NONCE);
    let not_processed = extensions.iter().find(|extension| extension.critical && extension.oid != oid::OCSP_NONCE);
    Ok(Inner {
        responder,
        produced_at,
        responses: range(responses),
        subjects: OnceLock::new(),
        certificates: certificates.into(),
        extensions: (nonce.is_some() || not_processed.is_some()).then(|| {
            Box::new(ResponseExtensions {
                nonce: nonce.map(|extension| range(extension.value)),
                unsupported: not_processed
                    .map(|extension| format!("critical OCSP response extension {}", extension.oid).into_boxed_str()),
            })
        }),
        signed: Signed::new(der, tbs.raw, &algorithm, None, signature),
    })
}

/// Reads the certificates and skips unreadable ones, because they are only candidates for the responder's.
fn read_certificates(explicit: Tlv<'_>) -> Result<Vec<Certificate>, RevocationDataError> {
    let mut outer = explicit.reader("certs");
    let mut sequence = outer.expect(Tag::SEQUENCE).map_err(field("certs"))?.reader("certs");
    outer.finish().map_err(field("certs"))?;
    let mut certificates = Vec::new();
    let mut count = 0;
    while !sequence.is_empty() {
        if count == limits::MAX_RESPONSE_CERTIFICATES {
            let (what, limit) = ("certificates of an OCSP response", limits::MAX_RESPONSE_CERTIFICATES);
            return Err(RevocationDataError::TooMany { what, limit });
        }
        count += 1;
        certificates.extend(Certificate::from_der(sequence.any().map_err(field("certs"))?.raw));
    }
    Ok(certificates)
}

fn read_responder(reader: &mut Reader<'_>, range: impl Fn(&[u8]) -> Part) -> Result<Responder, Error> {
    let id = reader.any()?;
    if id.tag == Tag::context(1) {
        let name = extensions::only(id.value, "byName", |reader| reader.expect(Tag::SEQUENCE))?;
        Ok(Responder::Name(Box::new(ComparableName::of(name.raw))))
    } else if id.tag == Tag::context(2) {
        extensions::only(id.value, "byKey", Reader::octet_string).map(|hash| Responder::KeyHash(range(hash)))
    } else {
        Err(reader.error(ErrorKind::InvalidValue("ResponderID")))
    }
}

/// Checks that each answer can be read and that they are not too many, so that what looks one up meets no surprise.
fn check_responses(responses: &[u8]) -> Result<(), RevocationDataError> {
    let mut reader = Reader::new(responses, "responses");
    let mut count = 0;
    while !reader.is_empty() {
        if count == limits::MAX_SINGLE_RESPONSES {
            let (what, limit) = ("answers in an OCSP response", limits::MAX_SINGLE_RESPONSES);
            return Err(RevocationDataError::TooMany { what, limit });
        }
        SingleResponse::read(&mut reader).map_err(field("responses"))?;
        count += 1;
    }
    Ok(())
}

impl<'a> SingleResponse<'a> {
    fn read(responses: &mut Reader<'a>) -> Result<Self, Error> {
        let mut reader = responses.expect(Tag::SEQUENCE)?.reader("SingleResponse");
        let mut id = reader.expect(Tag::SEQUENCE)?.reader("CertID");
        let digest = DigestAlgorithm::from_identifier(&AlgorithmIdentifier::read(&mut id)?).ok();
        let (issuer_name_hash, issuer_key_hash) = (id.octet_string()?, id.octet_string()?);
        let serial = id.integer()?;
        id.finish()?;
        let status = OcspStatus::read(&mut reader)?;
        let this_update = reader.time()?.value;
        let next_update = match reader.optional(Tag::context(0))? {
            Some(explicit) => Some(extensions::only(explicit.value, "nextUpdate", Reader::time)?.value),
            None => None,
        };
        let (mut archive_cutoff, mut unsupported) = (None, None);
        if let Some(explicit) = reader.optional(Tag::context(1))? {
            for Extension { oid, critical, value } in extensions::read_explicit(explicit, "singleExtensions")? {
                if oid == oid::OCSP_ARCHIVE_CUTOFF {
                    archive_cutoff = Some(extensions::only(value, "archive cutoff", Reader::time)?.value);
                } else if critical && unsupported.is_none() {
                    unsupported = Some(format!("critical extension {oid} of an OCSP answer"));
                }
            }
        }
        reader.finish()?;
        Ok(Self {
            digest,
            issuer_name_hash,
            issuer_key_hash,
            serial,
            status,
            this_update,
            next_update,
            archive_cutoff,
            unsupported,
        })
    }
}

impl OcspStatus {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let status = reader.any()?;
        match status.tag {
            tag if tag == Tag::context_primitive(0) && status.value.is_empty() => Ok(Self::Good),
            tag if tag == Tag::context_primitive(2) && status.value.is_empty() => Ok(Self::Unknown),
            tag if tag == Tag::context(1) => {
                let mut info = status.reader("RevokedInfo");
                let date = info.time()?.value;
                let reason = match info.optional(Tag::context(0))? {
                    Some(explicit) => {
                        Some(extensions::only(explicit.value, "revocationReason", RevocationReason::read)?)
                    }
                    None => None,
                };
                info.finish()?;
                Ok(Self::Revoked { date, reason })
            }
            _ => Err(reader.error(ErrorKind::InvalidValue("CertStatus"))),
        }
    }
}
