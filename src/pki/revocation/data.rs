//! A store of CRLs and OCSP responses.

use std::collections::HashSet;
use std::sync::Arc;

use super::crl::Crl;
use super::error::RevocationDataError;
use super::known::KnownCrls;
use super::limits;
use super::ocsp::OcspResponse;
use crate::crypto::Digest;

/// CRLs and OCSP responses, each once, in the order in which they were added; bounded by [`limits`].
///
/// Nothing is known about them but that they can be read. Where they come from (a signature, a file, the network) makes
/// no difference: each is authenticated when it is used.
#[derive(Clone, Debug, Default)]
pub struct RevocationData {
    crls: Vec<Crl>,
    ocsp_responses: Vec<OcspResponse>,
    known: HashSet<Digest>,
    octets: usize,
    /// CRLs that need not be read again.
    recalled: Option<Arc<KnownCrls>>,
}

impl RevocationData {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty store in which CRLs that are known are not read again.
    pub(crate) fn recalling(known: &Arc<KnownCrls>) -> Self {
        Self { recalled: Some(Arc::clone(known)), ..Self::default() }
    }

    /// Remembers a CRL of this store, which was authenticated.
    pub(super) fn remember(&self, crl: &Crl) {
        if let Some(known) = &self.recalled {
            known.remember(crl);
        }
    }

    fn read_crl(&self, der: &[u8]) -> Result<Crl, RevocationDataError> {
        let known = self.recalled.as_ref().and_then(|known| known.find(der));
        known.map_or_else(|| Crl::from_der(der), Ok)
    }

    /// Reads DER or PEM (`X509 CRL`, `OCSP RESPONSE`), or base64 of DER: a CRL, an OCSPResponse or a BasicOCSPResponse,
    /// of a PEM text as many as it holds.
    ///
    /// # Errors
    /// [`RevocationDataError`] about the first that cannot be taken up; of octets that are neither `Unrecognised` or
    /// `Text`.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, RevocationDataError> {
        let mut data = Self::new();
        if octets.len() > limits::MAX_TOTAL {
            return Err(RevocationDataError::total());
        }
        // SEQUENCE: everything else is text.
        if octets.first() == Some(&0x30) {
            data.add_der(octets)?;
            return Ok(data);
        }
        let text = core::str::from_utf8(octets).map_err(|_| RevocationDataError::Unrecognised)?;
        let mut rest = text;
        let mut blocks = 0;
        while let Some((_, from_begin)) = rest.split_once("-----BEGIN ") {
            let (label, body) = from_begin.split_once("-----").ok_or(RevocationDataError::Text)?;
            let end = format!("-----END {label}-----");
            let (body, after) = body.split_once(end.as_str()).ok_or(RevocationDataError::Text)?;
            if matches!(label, "X509 CRL" | "OCSP RESPONSE") {
                data.add_der(&base64(body)?)?;
                blocks += 1;
            }
            rest = after;
        }
        if blocks == 0 {
            if text.contains("-----BEGIN ") {
                return Err(RevocationDataError::Unrecognised);
            }
            data.add_der(&base64(text)?)?;
        }
        Ok(data)
    }

    /// Reads one CRL, OCSPResponse or BasicOCSPResponse and adds it.
    ///
    /// # Errors
    /// As [`Crl::from_der`] and [`OcspResponse::from_der`]; `Unrecognised`, `TooMany`.
    pub fn add_der(&mut self, der: &[u8]) -> Result<(), RevocationDataError> {
        match shape(der) {
            Shape::Crl => self.add_crl(self.read_crl(der)?),
            Shape::Ocsp => self.add_ocsp_response(OcspResponse::from_der(der)?),
            Shape::Unrecognised => Err(RevocationDataError::Unrecognised),
        }
    }

    /// Adds a CRL; one that is there already is not added again.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn add_crl(&mut self, crl: Crl) -> Result<(), RevocationDataError> {
        if self.known.contains(&crl.fingerprint()) {
            return Ok(());
        }
        if self.crls.len() == limits::MAX_CRLS {
            return Err(RevocationDataError::TooMany { what: "CRLs", limit: limits::MAX_CRLS });
        }
        self.count(crl.der().len())?;
        self.known.insert(crl.fingerprint());
        self.crls.push(crl);
        Ok(())
    }

    /// Adds an OCSP response; one that is there already is not added again.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn add_ocsp_response(&mut self, response: OcspResponse) -> Result<(), RevocationDataError> {
        if self.known.contains(&response.fingerprint()) {
            return Ok(());
        }
        if self.ocsp_responses.len() == limits::MAX_OCSP_RESPONSES {
            let (what, limit) = ("OCSP responses", limits::MAX_OCSP_RESPONSES);
            return Err(RevocationDataError::TooMany { what, limit });
        }
        self.count(response.der().len())?;
        self.known.insert(response.fingerprint());
        self.ocsp_responses.push(response);
        Ok(())
    }

    /// Adds the answer to a request that was sent with this nonce: the octets of the nonce itself, as RFC 8954 §2.1 has
    /// them inside the OCTET STRING.
    ///
    /// What is only read from a file has no request to compare it with: [`add_der`](Self::add_der) compares no nonce.
    ///
    /// # Errors
    /// `NonceDiffers`: it answers another request. `NonceMissing`: it may have been made before the request, which a
    /// responder is free to do (RFC 6960 §4.4.1); who is content with its age adds it by `add_der`. As
    /// [`OcspResponse::from_der`]; `TooMany`.
    pub fn add_ocsp_answer(&mut self, der: &[u8], nonce: &[u8]) -> Result<(), RevocationDataError> {
        let response = OcspResponse::from_der(der)?;
        match response.nonce() {
            None => Err(RevocationDataError::NonceMissing),
            Some(answered) if !is_nonce(answered, nonce) => Err(RevocationDataError::NonceDiffers),
            Some(_) => self.add_ocsp_response(response),
        }
    }

    /// Adds everything of another store.
    ///
    /// # Errors
    /// `TooMany`; what was added before stays.
    pub fn extend(&mut self, other: &Self) -> Result<(), RevocationDataError> {
        other.crls.iter().try_for_each(|crl| self.add_crl(crl.clone()))?;
        other.ocsp_responses.iter().try_for_each(|response| self.add_ocsp_response(response.clone()))
    }

    /// The CRLs, in the order in which they were added.
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }

    /// The OCSP responses, in the order in which they were added.
    pub fn ocsp_responses(&self) -> &[OcspResponse] {
        &self.ocsp_responses
    }

    /// How many CRLs and responses there are.
    pub fn len(&self) -> usize {
        self.crls.len() + self.ocsp_responses.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsp_responses.is_empty()
    }

    fn count(&mut self, octets: usize) -> Result<(), RevocationDataError> {
        let total = self.octets.saturating_add(octets);
        if total > limits::MAX_TOTAL {
            return Err(RevocationDataError::total());
        }
        self.octets = total;
        Ok(())
    }
}

enum Shape {
    Crl,
    Ocsp,
    Unrecognised,
}

/// An OCSPResponse begins with an ENUMERATED. CertificateList and BasicOCSPResponse begin with a SEQUENCE; that of the
/// former begins with the version or an AlgorithmIdentifier, that of the latter with `[0]`, or with the `[1]` or `[2]`
/// of ResponderID.
fn shape(der: &[u8]) -> Shape {
    use signed_data::tlv::{Reader, Tag};
    let mut reader = Reader::new(der, "revocation data");
    let Ok(outer) = reader.expect(Tag::SEQUENCE) else { return Shape::Unrecognised };
    let mut reader = outer.reader("revocation data");
    if reader.peek() == Some(Tag::ENUMERATED) {
        return Shape::Ocsp;
    }
    let Ok(first) = reader.expect(Tag::SEQUENCE) else { return Shape::Unrecognised };
    let mut reader = first.reader("revocation data");
    match reader.peek() {
        Some(Tag::INTEGER | Tag::SEQUENCE) => Shape::Crl,
        Some(tag) if tag == Tag::context(1) || tag == Tag::context(2) => Shape::Ocsp,
        Some(tag) if tag == Tag::context(0) => {
            // So begins a certificate, too; but its version is not that of a response.
            let is_v1 = reader.any().is_ok_and(|version| version.value == [Tag::INTEGER.0, 1, 0]);
            if is_v1 { Shape::Ocsp } else { Shape::Unrecognised }
        }
        _ => Shape::Unrecognised,
    }
}

/// Older responders, from before RFC 6960, put the octets of the nonce there without an OCTET STRING around them.
fn is_nonce(answered: &[u8], sent: &[u8]) -> bool {
    use signed_data::tlv::{Reader, Tag};
    let mut reader = Reader::new(answered, "nonce");
    let inner = reader.expect(Tag::OCTET_STRING).ok().filter(|_| reader.is_empty());
    !sent.is_empty() && (inner.is_some_and(|inner| inner.value == sent) || answered == sent)
}

/// White space of any kind between the letters.
fn base64(text: &str) -> Result<Vec<u8>, RevocationDataError> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    <base64ct::Base64 as base64ct::Encoding>::decode_vec(&text).map_err(|_| RevocationDataError::Text)
}
