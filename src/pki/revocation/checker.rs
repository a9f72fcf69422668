//! What is shared by all that one question makes us do: the certificates, the limits, and what was verified already.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::crl::Crl;
use super::decide::Found;
use super::limits;
use super::ocsp::OcspResponse;
use super::request::RevocationRequest;
use super::status::{CertificateStatus, RevocationStatus};
use crate::asn1::oid;
use crate::crypto::Digest;
use crate::pki::{Certificate, PathError, SignatureBudget, TrustAnchors, ValidatedPath};

pub(super) struct Checker<'a> {
    pub(super) request: &'a RevocationRequest<'a>,
    pub(super) budget: &'a SignatureBudget,
    /// In an order of their own, so that the answer does not depend on the order in which they were offered.
    pub(super) crls: Vec<&'a Crl>,
    pub(super) ocsp_responses: Vec<&'a OcspResponse>,
    /// Everything among which signers are looked for, each once, in an order of their own.
    pub(super) pool: Vec<&'a Certificate>,
    /// What stands between a signer and an anchor, for the path search.
    pub(super) candidates: Vec<Certificate>,
    /// The anchor of the path, and others of its name and key (a root's older and newer certificate).
    pub(super) anchors: TrustAnchors,
    /// The certificates of the path in question: their status is told beside it.
    pub(super) in_path: HashSet<Digest>,
    /// Paths of signers, by fingerprint and second.
    pub(super) paths: HashMap<(Digest, i64), Result<Arc<ValidatedPath>, PathError>>,
    /// Statuses of signers that are known.
    pub(super) known: HashMap<Digest, RevocationStatus>,
    /// Signers whose status is being looked for, so that nobody is asked about itself for ever.
    pub(super) open: Vec<Digest>,
    /// Whether something rests on an open one, so that it cannot be remembered.
    pub(super) assumed: bool,
    statuses: u32,
}

impl<'a> Checker<'a> {
    pub(super) fn new(request: &'a RevocationRequest<'a>, budget: &'a SignatureBudget) -> Self {
        let mut crls: Vec<_> = request.data.crls().iter().collect();
        crls.sort_by_cached_key(|crl| crl.fingerprint().as_bytes().to_vec());
        let mut ocsp_responses: Vec<_> = request.data.ocsp_responses().iter().collect();
        ocsp_responses.sort_by_cached_key(|response| response.fingerprint().as_bytes().to_vec());
        let in_path: HashSet<_> = request.path.certificates.iter().map(Certificate::fingerprint).collect();
        let anchor = request.path.anchor();
        let same = |one: &&Certificate| anchor.is_some_and(|anchor| is_same_name_and_key(anchor, one));
        let anchors: TrustAnchors = anchor.into_iter().chain(request.anchors.iter().filter(same)).cloned().collect();
        let mut seen = HashSet::new();
        let offered = request.path.certificates.iter().chain(request.candidates).chain(request.anchors.iter());
        let mut pool: Vec<_> = offered.filter(|certificate| seen.insert(certificate.fingerprint())).collect();
        pool.sort_by_cached_key(|certificate| certificate.fingerprint().as_bytes().to_vec());
        let candidates = request.path.certificates.iter().chain(request.candidates).cloned().collect();
        Self {
            request,
            budget,
            crls,
            ocsp_responses,
            pool,
            candidates,
            anchors,
            in_path,
            paths: HashMap::new(),
            known: HashMap::new(),
            open: Vec::new(),
            assumed: false,
            statuses: 0,
        }
    }

    /// `depth`: how many signers of revocation data this one's status is asked for.
    pub(super) fn status(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> CertificateStatus {
        let mut found = Found::default();
        // Only a signer of revocation data is exempt; a certificate of the path itself signs something else.
        if depth > 0 && is_nocheck_responder(certificate) {
            let status = found.decide(certificate, issuer, self.request);
            return CertificateStatus { status: RevocationStatus::NocheckExempt, ..status };
        }
        if self.statuses >= limits::MAX_STATUSES {
            found.exhausted = true;
        } else {
            self.statuses += 1;
            self.ask_crls(certificate, issuer, depth, &mut found);
            self.ask_responders(certificate, issuer, depth, &mut found);
        }
        found.decide(certificate, issuer, self.request)
    }
}

/// Whether two certificates are of one authority's key: a name alone is nobody's property.
pub(super) fn is_same_name_and_key(one: &Certificate, other: &Certificate) -> bool {
    one.subject_key() == other.subject_key() && one.spki_der() == other.spki_der()
}

fn is_nocheck_responder(certificate: &Certificate) -> bool {
    certificate.extension(oid::OCSP_NOCHECK).is_some()
        && certificate.extended_key_usage().is_some_and(|usage| usage.contains(oid::OCSP_SIGNING))
}

/// Times at which a signer's path is tried: when the data was signed, and the time asked about. The signer of a list
/// from years later need not have existed then; that of an older one may have been renewed with the same key.
pub(super) fn times(produced: DateTime<Utc>, request: &RevocationRequest<'_>) -> [DateTime<Utc>; 2] {
    [produced, request.at]
}
