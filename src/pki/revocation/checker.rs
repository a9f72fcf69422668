//! This module holds the state of one revocation question: its certificates, its limits, and its results so far.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::crl::Crl;
use super::decide::CollectedStatements;
use super::limits;
use super::ocsp::OcspResponse;
use super::request::RevocationRequest;
use super::status::{CertificateStatus, RevocationStatus};
use crate::asn1::oid;
use crate::crypto::Digest;
use crate::pki::{Certificate, CertificatePool, PathError, TrustAnchors, ValidatedPath, ValidationBudget};

pub(super) struct Checker<'a> {
    pub(super) request: &'a RevocationRequest<'a>,
    pub(super) budget: &'a ValidationBudget,
    /// The CRLs sorted by digest, so that the answer does not depend on the order in which they were offered.
    pub(super) crls: Vec<&'a Crl>,
    pub(super) ocsp_responses: Vec<&'a OcspResponse>,
    /// The certificates of the path and the candidates of the request, among which signers and their issuers are searched
    /// besides the shared pool and the anchors.
    pub(super) own: CertificatePool,
    /// The anchor of the path, and other anchors with its name and key, such as renewed certificates of a root.
    pub(super) anchors: TrustAnchors,
    /// The paths of signers, by fingerprint and second.
    pub(super) paths: HashMap<(Digest, i64), Result<Arc<ValidatedPath>, PathError>>,
    /// The statuses of signers determined so far.
    pub(super) signer_statuses: HashMap<Digest, RevocationStatus>,
    /// The signers whose status is being determined, which makes an endless recursion impossible.
    pub(super) open: Vec<Digest>,
    /// True if a result depends on an unfinished signer, so that it cannot be cached.
    pub(super) assumed: bool,
    statuses: u32,
}

impl<'a> Checker<'a> {
    pub(super) fn new(request: &'a RevocationRequest<'a>, budget: &'a ValidationBudget) -> Self {
        let mut crls: Vec<_> = request.data.crls().iter().collect();
        crls.sort_unstable_by(|left, right| left.fingerprint().as_bytes().cmp(right.fingerprint().as_bytes()));
        let mut ocsp_responses: Vec<_> = request.data.ocsp_responses().iter().collect();
        ocsp_responses
            .sort_unstable_by(|left, right| left.fingerprint().as_bytes().cmp(right.fingerprint().as_bytes()));
        let anchor = request.path.anchor();
        let same = |candidate: &&Certificate| anchor.is_some_and(|anchor| is_same_name_and_key(anchor, candidate));
        let anchors: TrustAnchors = anchor.into_iter().chain(request.anchors.iter().filter(same)).cloned().collect();
        let own = CertificatePool::new(request.path.certificates.iter().chain(request.candidates).cloned().collect());
        Self {
            request,
            budget,
            crls,
            ocsp_responses,
            own,
            anchors,
            paths: HashMap::new(),
            signer_statuses: HashMap::new(),
            open: Vec::new(),
            assumed: false,
            statuses: 0,
        }
    }

    /// Determines the status of a certificate. `depth` is the number of signers of revocation data between it and the
    /// path.
    pub(super) fn status(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> CertificateStatus {
        let mut collected = CollectedStatements::default();
        // Only a signer of revocation data is exempt, because a certificate of the path itself signs other data.
        if depth > 0 && is_nocheck_responder(certificate) {
            let status = collected.decide(certificate, issuer, self.request);
            return CertificateStatus { status: RevocationStatus::NocheckExempt, ..status };
        }
        // Each signer has signers of its own data, so the number of statuses for one question is bounded.
        // Each item of data is looked at, so that a thousand of them and a thousand questions count as a million steps.
        let items = self.crls.len() + self.ocsp_responses.len();
        if self.statuses >= limits::MAX_STATUSES || !self.spends(items) {
            collected.exhausted = true;
        } else {
            self.statuses += 1;
            self.ask_crls(certificate, issuer, depth, &mut collected);
            self.ask_responders(certificate, issuer, depth, &mut collected);
        }
        collected.decide(certificate, issuer, self.request)
    }
}

impl Checker<'_> {
    /// Spends so many steps of the budget, or returns false if it is used up.
    pub(super) fn spends(&self, steps: usize) -> bool {
        u32::try_from(steps).is_ok_and(|steps| self.budget.spend_steps(steps).is_some())
    }

    /// Returns true for a certificate of the path itself, whose status is reported separately.
    pub(super) fn is_in_path(&self, certificate: &Certificate) -> bool {
        self.request.path.certificates.iter().any(|of_path| of_path.identity() == certificate.identity())
    }

    /// Returns the pools in which signers are searched. The anchors come first, because an attacker cannot add to them.
    pub(super) fn pools(&self) -> impl Iterator<Item = &CertificatePool> {
        [self.request.anchors.pool(), &self.own].into_iter().chain(self.request.pool)
    }
}

/// Returns true if two certificates belong to the same key of one authority. A name alone is not enough, because
/// anybody can use it.
pub(super) fn is_same_name_and_key(left: &Certificate, right: &Certificate) -> bool {
    left.comparable_subject() == right.comparable_subject()
        && left.public_key().fingerprint() == right.public_key().fingerprint()
}

fn is_nocheck_responder(certificate: &Certificate) -> bool {
    certificate.extension(oid::OCSP_NOCHECK).is_some()
        && certificate.extended_key_usage().is_some_and(|usage| usage.contains(oid::OCSP_SIGNING))
}

/// Returns the times at which a signer's path is tried: when the data was signed, and the requested time. The signer of
/// a later list may not have existed at the requested time. That of an older list may have been renewed with the same
/// key.
pub(super) fn times(produced: DateTime<Utc>, request: &RevocationRequest<'_>) -> [DateTime<Utc>; 2] {
    [produced, request.at]
}
