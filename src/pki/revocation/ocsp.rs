//! This module reads OCSP responses without re-encoding them (RFC 6960 §4.2).

use core::fmt;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Error, ErrorKind};

use super::error::{OcspResponseStatus, RevocationDataError};
use super::ocsp_answer::{CertificateId, SingleResponse, Subjects};
use super::signed::Signed;
use super::{extensions, limits};
use crate::asn1::{oid, writer};
use crate::crypto::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::pki::certificate::{ComparableName, Part, range_within};
use crate::pki::{Certificate, CertificatePool};

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
