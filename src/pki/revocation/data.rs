//! This module defines a store of CRLs and OCSP responses.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::crl::Crl;
use super::error::RevocationDataError;
use super::known::KnownCrls;
use super::limits;
use super::ocsp::OcspResponse;
use super::ocsp_answer::{OcspStatus, SingleResponse};
use crate::crypto::{Fingerprint, FingerprintSet};
use crate::pki::Certificate;

/// CRLs and OCSP responses without duplicates, in the order of their addition and bounded by [`limits`].
///
/// The data is only known to be readable. Its origin (a signature, a file, the network) makes no difference, because
/// each item is authenticated before use.
#[derive(Clone, Debug, Default)]
pub struct RevocationData {
    crls: Vec<Crl>,
    ocsp_responses: Vec<OcspResponse>,
    fingerprints: FingerprintSet,
    octets: usize,
    /// A cache of CRLs that need not be parsed again.
    recalled: Option<Arc<KnownCrls>>,
}

impl RevocationData {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty store in which cached CRLs are not parsed again.
    pub(crate) fn recalling(crls: &Arc<KnownCrls>) -> Self {
        Self { recalled: Some(Arc::clone(crls)), ..Self::default() }
    }

    /// Adds an authenticated CRL of this store to the cache.
    pub(super) fn remember(&self, crl: &Crl) {
        if let Some(cache) = &self.recalled {
            cache.remember(crl);
        }
    }

    fn read_crl(&self, der: &[u8]) -> Result<Crl, RevocationDataError> {
        let cached = self.recalled.as_ref().and_then(|cache| cache.find(der));
        cached.map_or_else(|| Crl::from_der(der), Ok)
    }

    /// Reads a CRL, an OCSPResponse or a BasicOCSPResponse as DER, as base64 of DER, or as PEM (`X509 CRL`, `OCSP
    /// RESPONSE`). A PEM text may contain several.
    ///
    /// # Errors
    /// Returns the [`RevocationDataError`] of the first item that cannot be added. Octets that are neither a CRL nor a
    /// response give `Unrecognised` or `Text`.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, RevocationDataError> {
        let mut data = Self::new();
        if octets.len() > limits::MAX_TOTAL {
            return Err(RevocationDataError::total());
        }
        let text = core::str::from_utf8(octets);
        // DER begins with a SEQUENCE, which a text before the first block of PEM may seem to do.
        if octets.first() == Some(&0x30) && !text.is_ok_and(|text| text.contains("-----BEGIN ")) {
            data.add_der(octets)?;
            return Ok(data);
        }
        let text = text.map_err(|_| RevocationDataError::Unrecognised)?;
        let mut rest = text;
        let mut blocks = 0;
        while let Some((_, from_begin)) = rest.split_once("-----BEGIN ") {
            let (label, body) = from_begin.split_once("-----").ok_or(RevocationDataError::Text)?;
            let end = format!("-----END {label}-----");
            // A text that was read up to the limit has no end.
            let without_end = || {
                let too_large = RevocationDataError::TooMany { what: "octets of a CRL", limit: limits::MAX_CRL };
                if body.len() >= limits::MAX_CRL { too_large } else { RevocationDataError::Text }
            };
            let (body, after) = body.split_once(end.as_str()).ok_or_else(without_end)?;
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
    /// Returns the errors of [`Crl::from_der`] and [`OcspResponse::from_der`], or `Unrecognised` or `TooMany`.
    pub fn add_der(&mut self, der: &[u8]) -> Result<(), RevocationDataError> {
        self.take_up(der, &mut CertificatesLeft::of(usize::MAX)).map(drop)
    }

    /// Returns true if the octets have the shape of an OCSP response, with or without OCSPResponse around it.
    pub(crate) fn is_response(der: &[u8]) -> bool {
        matches!(shape(der), Shape::Ocsp)
    }

    /// Returns true if the octets have the shape of a CRL or an OCSP response.
    pub(crate) fn recognises(der: &[u8]) -> bool {
        !matches!(shape(der), Shape::Unrecognised)
    }

    /// Does the same, and returns the fingerprint of what is in the store now. The certificates in a response are counted:
    /// beyond those that are left it is not added.
    pub(crate) fn take_up(
        &mut self,
        der: &[u8],
        certificates: &mut CertificatesLeft,
    ) -> Result<Fingerprint, RevocationDataError> {
        // A file that was read up to the limit has no end, so its shape cannot be told.
        if der.len() > limits::MAX_CRL {
            return Err(RevocationDataError::TooMany { what: "octets of a CRL", limit: limits::MAX_CRL });
        }
        match shape(der) {
            Shape::Crl => {
                let crl = self.read_crl(der)?;
                let fingerprint = crl.signed().fingerprint();
                self.add_crl(crl).map(|()| fingerprint)
            }
            Shape::Ocsp => {
                let response = OcspResponse::from_der(der)?;
                let fingerprint = response.signed().fingerprint();
                let is_new = !self.fingerprints.contains(&fingerprint);
                let count = if is_new { response.certificates().len() } else { 0 };
                // How many are left depends on the order of what nobody signed, and the text must not.
                let (what, limit) = ("certificates of the file, those in OCSP responses included", certificates.limit);
                let too_many = RevocationDataError::TooMany { what, limit };
                let left = certificates.left.checked_sub(count).ok_or(too_many)?;
                self.add_ocsp_response(response)?;
                certificates.left = left;
                Ok(fingerprint)
            }
            Shape::Unrecognised => Err(RevocationDataError::Unrecognised),
        }
    }

    /// Adds a CRL unless the store already contains it.
    ///
    /// # Errors
    /// Returns `TooMany`.
    pub fn add_crl(&mut self, crl: Crl) -> Result<(), RevocationDataError> {
        if self.fingerprints.contains(&crl.signed().fingerprint()) {
            return Ok(());
        }
        if self.crls.len() == limits::MAX_CRLS {
            return Err(RevocationDataError::TooMany { what: "CRLs", limit: limits::MAX_CRLS });
        }
        self.count(crl.der().len())?;
        self.fingerprints.insert(crl.signed().fingerprint());
        self.crls.push(crl);
        Ok(())
    }

    /// Adds an OCSP response unless the store already contains it.
    ///
    /// # Errors
    /// Returns `TooMany`.
    pub fn add_ocsp_response(&mut self, response: OcspResponse) -> Result<(), RevocationDataError> {
        if self.fingerprints.contains(&response.signed().fingerprint()) {
            return Ok(());
        }
        if self.ocsp_responses.len() == limits::MAX_OCSP_RESPONSES {
            let (what, limit) = ("OCSP responses", limits::MAX_OCSP_RESPONSES);
            return Err(RevocationDataError::TooMany { what, limit });
        }
        self.count(response.der().len())?;
        self.fingerprints.insert(response.signed().fingerprint());
        self.ocsp_responses.push(response);
        Ok(())
    }

    /// Adds the answer to a request that was sent with this nonce. `nonce` is the value inside the OCTET STRING (RFC
    /// 8954 §2.1).
    ///
    /// [`add_der`](Self::add_der) compares no nonce, because data read from a file has no request to compare it with.
    ///
    /// # Errors
    /// Returns `NonceDiffers` if the response answers another request. Returns `NonceMissing` if it has no nonce: it
    /// may be older than the request, which RFC 6960 §4.4.1 allows, and a caller that is satisfied with its age adds it
    /// by `add_der`. Also returns `TooMany` and the errors of [`OcspResponse::from_der`].
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
    /// Returns `TooMany`, and keeps the items added before.
    pub fn extend(&mut self, store: &Self) -> Result<(), RevocationDataError> {
        store.crls.iter().try_for_each(|crl| self.add_crl(crl.clone()))?;
        store.ocsp_responses.iter().try_for_each(|response| self.add_ocsp_response(response.clone()))
    }

    /// Returns the CRLs in the order of their addition.
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }

    /// Returns the OCSP responses in the order of their addition.
    pub fn ocsp_responses(&self) -> &[OcspResponse] {
        &self.ocsp_responses
    }

    /// Returns the same store without the OCSP responses that a CRL makes needless. Each answer of such a response is
    /// `good` and about one of these certificates, whose issuer has a complete CRL here that is no older than the answer,
    /// or than `time`.
    pub(crate) fn preferring_crls(&self, time: DateTime<Utc>, certificates: &[Certificate]) -> Self {
        // An authority that changed its key has CRLs of one name and several keys.
        let is_of_issuer = |crl: &Crl, certificate: &Certificate| {
            let issuer = certificate.authority_key_identifier().and_then(|identifier| identifier.key_identifier);
            crl.issuer_der() == certificate.issuer_der() && issuer.is_some() && crl.key_identifier() == issuer
        };
        let says_as_much = |crl: &Crl, answer: &SingleResponse<'_>| {
            let is_complete = crl.delta_base().is_none() && crl.issuing_distribution_point().is_none();
            is_complete
                && crl.this_update() >= time.min(answer.this_update)
                && certificates.iter().any(|certificate| is_of_issuer(crl, certificate) && answer.names(certificate))
        };
        // A revocation is never left out, and neither is the word that a certificate is unknown.
        let is_needless = |response: &OcspResponse| {
            response.responses().all(|answer| {
                answer.status == OcspStatus::Good && self.crls.iter().any(|crl| says_as_much(crl, &answer))
            })
        };
        let mut preferring = self.clone();
        preferring.ocsp_responses.retain(|response| !is_needless(response));
        preferring
    }

    /// Returns the number of CRLs and responses.
    pub fn len(&self) -> usize {
        self.crls.len() + self.ocsp_responses.len()
    }

    /// Returns true if the store is empty.
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

/// The number of certificates that may be read in one file, and how many of them are left.
pub(crate) struct CertificatesLeft {
    pub(crate) limit: usize,
    pub(crate) left: usize,
}

impl CertificatesLeft {
    pub(crate) fn of(limit: usize) -> Self {
        Self { limit, left: limit }
    }
}

enum Shape {
    Crl,
    Ocsp,
    Unrecognised,
}

/// Detects the type of the data. An OCSPResponse begins with an ENUMERATED. CertificateList and BasicOCSPResponse begin
/// with a SEQUENCE. That of the former begins with the version or an AlgorithmIdentifier, and so with an identifier: a list of
/// CRLs or responses begins otherwise. That of the latter begins with `[0]`, or with the `[1]` or `[2]` of ResponderID.
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
        Some(Tag::INTEGER) => Shape::Crl,
        Some(Tag::SEQUENCE) => {
            let begins = reader.any().map(|algorithm| algorithm.reader("revocation data").peek());
            if begins == Ok(Some(Tag::OBJECT_IDENTIFIER)) { Shape::Crl } else { Shape::Unrecognised }
        }
        Some(tag) if tag == Tag::context(1) || tag == Tag::context(2) => Shape::Ocsp,
        Some(tag) if tag == Tag::context(0) => {
            // A certificate begins in the same way, but its version is not that of a response.
            let is_v1 = reader.any().is_ok_and(|version| version.value == [Tag::INTEGER.0, 1, 0]);
            if is_v1 { Shape::Ocsp } else { Shape::Unrecognised }
        }
        _ => Shape::Unrecognised,
    }
}

/// Returns true if a response has the nonce that was sent. Responders from before RFC 6960 omit the OCTET STRING around
/// it.
fn is_nonce(answered: &[u8], sent: &[u8]) -> bool {
    use signed_data::tlv::{Reader, Tag};
    let mut reader = Reader::new(answered, "nonce");
    let inner = reader.expect(Tag::OCTET_STRING).ok().filter(|_| reader.is_empty());
    // An empty nonce proves nothing about the request, so it matches no response.
    !sent.is_empty() && (inner.is_some_and(|inner| inner.value == sent) || answered == sent)
}

/// Decodes base64 with white space of any kind between the letters.
pub(in crate::pki) fn base64(text: &str) -> Result<Vec<u8>, RevocationDataError> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).map_err(|_| RevocationDataError::Text)
}
