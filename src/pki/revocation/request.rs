//! What is asked about revocation.

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;

use super::data::RevocationData;
use crate::asn1::oid;
use crate::pki::{Certificate, SignatureBudget, TrustAnchors, ValidatedPath};

/// The extensions of certificates that [`check_revocation`](super::check_revocation) processes: whoever calls it for a path may name them in
/// [`PathRequest::with_processed`](crate::pki::PathRequest::with_processed), so that they may be critical. Who then
/// does not know the status of a certificate in which cRLDistributionPoints is critical has not processed it, and must
/// not rely on that certificate.
pub const PROCESSED_WITH_REVOCATION: &[ObjectIdentifier] = &[oid::CRL_DISTRIBUTION_POINTS, oid::OCSP_NOCHECK];

/// A question: what does this data tell about the certificates of this path, at this time?
#[derive(Clone, Debug)]
pub struct RevocationRequest<'a> {
    /// The path, as [`validate_path`](crate::pki::validate_path) found it.
    pub path: &'a ValidatedPath,
    /// What there is of CRLs and OCSP responses.
    pub data: &'a RevocationData,
    /// Certificates among which signers of revocation data are looked for, besides those of the path and the anchors.
    /// Nothing is taken for granted about them; order and duplicates do not matter.
    pub candidates: &'a [Certificate],
    /// The anchors with which the path was validated. Signers of revocation data must lead to the anchor of the path
    /// (RFC 5280 §6.3.3 (f)), or to another certificate of its name and key. An anchor of the same name with another
    /// key may be another authority: a root's new key is certified by the old one, or has its own paths.
    pub anchors: &'a TrustAnchors,
    /// The time at which the status is asked: the proven time of a signature, or now. A fraction of a second is cut
    /// off.
    pub at: DateTime<Utc>,
    /// How long after its nextUpdate data is still taken for fresh; by default not at all.
    pub freshness_tolerance: TimeDelta,
    /// How long after its thisUpdate data without nextUpdate is taken for fresh; by default not at all.
    pub tolerance_without_next_update: TimeDelta,
    /// Whether the status of CRL signers other than the issuer itself must be known; by default it must.
    pub crl_signers: SignerRevocation,
    /// Whether the status of delegated OCSP responders without id-pkix-ocsp-nocheck must be known. By default it need
    /// not: RFC 6960 §4.2.2.2.1 leaves it to local policy, and most such responders have no data about themselves.
    pub ocsp_responders: SignerRevocation,
    /// Signature checks that this question shares with others; otherwise it has
    /// [`MAX_SIGNATURE_CHECKS`](crate::pki::limits::MAX_SIGNATURE_CHECKS) of its own.
    pub budget: Option<&'a SignatureBudget>,
}

/// What must be known about the signer of revocation data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerRevocation {
    /// It must be known not to have been revoked.
    Required,
    /// It must not be known to have been revoked.
    IfKnown,
}

impl<'a> RevocationRequest<'a> {
    /// The question without tolerances.
    pub fn new(
        path: &'a ValidatedPath,
        data: &'a RevocationData,
        candidates: &'a [Certificate],
        anchors: &'a TrustAnchors,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            path,
            data,
            candidates,
            anchors,
            at,
            freshness_tolerance: TimeDelta::zero(),
            tolerance_without_next_update: TimeDelta::zero(),
            crl_signers: SignerRevocation::Required,
            ocsp_responders: SignerRevocation::IfKnown,
            budget: None,
        }
    }

    /// With data taken for fresh for so long after its nextUpdate.
    #[must_use]
    pub fn with_freshness_tolerance(self, freshness_tolerance: TimeDelta) -> Self {
        Self { freshness_tolerance, ..self }
    }

    /// With data without nextUpdate taken for fresh for so long after its thisUpdate.
    #[must_use]
    pub fn with_tolerance_without_next_update(self, tolerance_without_next_update: TimeDelta) -> Self {
        Self { tolerance_without_next_update, ..self }
    }

    /// With this demand on the status of CRL signers.
    #[must_use]
    pub fn with_crl_signers(self, crl_signers: SignerRevocation) -> Self {
        Self { crl_signers, ..self }
    }

    /// With this demand on the status of delegated OCSP responders.
    #[must_use]
    pub fn with_ocsp_responders(self, ocsp_responders: SignerRevocation) -> Self {
        Self { ocsp_responders, ..self }
    }

    /// With signature checks taken from this budget.
    #[must_use]
    pub fn with_budget(self, budget: &'a SignatureBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }
}
