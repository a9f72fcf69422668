//! This module defines the request for a revocation status.

use core::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use super::data::RevocationData;
use super::status::RevocationSource;
use crate::asn1::oid;
use crate::pki::{Certificate, CertificatePool, TrustAnchors, ValidatedPath, ValidationBudget};

/// The extensions of certificates that [`check_revocation`](super::check_revocation) processes. A caller that checks
/// revocation may name them in [`PathRequest::with_processed`](crate::pki::PathRequest::with_processed), so that they
/// may be critical. If the status of a certificate with a critical cRLDistributionPoints stays unknown, the extension
/// was not processed and the caller must not rely on the certificate.
pub const PROCESSED_WITH_REVOCATION: &[ObjectIdentifier] = &[oid::CRL_DISTRIBUTION_POINTS, oid::OCSP_NOCHECK];

/// A request for the status of the certificates of a path at a given time, from given data.
#[derive(Clone, Debug)]
pub struct RevocationRequest<'a> {
    /// The path as [`validate_path`](crate::pki::validate_path) found it.
    pub path: &'a ValidatedPath,
    /// The available CRLs and OCSP responses.
    pub data: &'a RevocationData,
    /// The certificates among which signers of revocation data are searched, besides those of the path and the anchors.
    /// They need not be trusted. Order and duplicates do not matter.
    pub candidates: &'a [Certificate],
    /// The anchors with which the path was validated. The path of a signer must lead to the anchor of the path (RFC
    /// 5280 §6.3.3 (f)) or to another certificate of its name and key. An anchor with the same name and another key may
    /// be another authority.
    pub anchors: &'a TrustAnchors,
    /// The time of the status: the proven time of a signature, or now. A fraction of a second is cut off.
    pub at: DateTime<Utc>,
    /// The time at which data has to be fresh, by default that of the status.
    pub fresh_at: Option<DateTime<Utc>>,
    /// The time after nextUpdate for which data still counts as fresh, zero by default.
    pub freshness_tolerance: TimeDelta,
    /// The time after thisUpdate for which data without nextUpdate counts as fresh, zero by default.
    pub tolerance_without_next_update: TimeDelta,
    /// The demand on the status of CRL signers other than the issuer itself. By default the status must be known.
    pub crl_signers: SignerRevocation,
    /// The demand on the status of delegated OCSP responders without id-pkix-ocsp-nocheck. By default the status need
    /// not be known: RFC 6960 §4.2.2.2.1 leaves it to local policy, and most such responders have no data about
    /// themselves.
    pub ocsp_responders: SignerRevocation,
    /// What counts where data disagrees. By default any revocation does.
    pub conflict: RevocationConflict,
    /// The signature checks that this question shares with others. Without it the question has
    /// [`MAX_SIGNATURE_CHECKS`](crate::pki::limits::MAX_SIGNATURE_CHECKS) of its own.
    pub budget: Option<&'a ValidationBudget>,
    /// Further candidates, which are arranged once for many requests.
    pub(super) pool: Option<&'a CertificatePool>,
    /// The caller's demand on data that would speak for a certificate.
    demand: Option<Demand<'a>>,
}

/// What data rests on that would speak for a certificate.
#[derive(Debug)]
pub(crate) struct Grounds<'d> {
    pub(crate) source: &'d RevocationSource,
    pub(crate) signer: &'d Certificate,
    pub(crate) this_update: DateTime<Utc>,
    pub(crate) next_update: Option<DateTime<Utc>>,
    pub(crate) produced_at: Option<DateTime<Utc>>,
}

/// Tells of data whether it may speak for a certificate.
#[derive(Clone, Copy)]
struct Demand<'a>(&'a dyn Fn(&Grounds<'_>) -> bool);

impl fmt::Debug for Demand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Demand")
    }
}

/// The demand on the status of a signer of revocation data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerRevocation {
    /// The signer must be known not to be revoked.
    Required,
    /// The signer must not be known to be revoked.
    IfKnown,
}

/// What counts where one CRL or OCSP response says that a certificate was revoked, and a newer one says that it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationConflict {
    /// The revocation counts: the status of a revoked certificate is never reverted (Regulation (EU) 910/2014, articles 28
    /// (4) and 38 (4)).
    #[default]
    AnyRevocation,
    /// The newer data counts, as ETSI EN 319 102-1 V1.4.1, clause 5.2.6.4 (4), has it. It has to be authentic, fresh and
    /// strictly newer than each revocation, and a source that may no longer know the certificate takes nothing back.
    Latest,
}

impl<'a> RevocationRequest<'a> {
    /// Makes a request without tolerances.
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
            fresh_at: None,
            freshness_tolerance: TimeDelta::zero(),
            tolerance_without_next_update: TimeDelta::zero(),
            crl_signers: SignerRevocation::Required,
            ocsp_responders: SignerRevocation::IfKnown,
            conflict: RevocationConflict::default(),
            budget: None,
            pool: None,
            demand: None,
        }
    }

    /// Sets the time at which data has to be fresh.
    #[must_use]
    pub fn with_fresh_at(self, fresh_at: DateTime<Utc>) -> Self {
        Self { fresh_at: Some(fresh_at), ..self }
    }

    /// Sets the time after nextUpdate for which data still counts as fresh.
    #[must_use]
    pub fn with_freshness_tolerance(self, freshness_tolerance: TimeDelta) -> Self {
        Self { freshness_tolerance, ..self }
    }

    /// Sets the time after thisUpdate for which data without nextUpdate counts as fresh.
    #[must_use]
    pub fn with_tolerance_without_next_update(self, tolerance_without_next_update: TimeDelta) -> Self {
        Self { tolerance_without_next_update, ..self }
    }

    /// Sets the demand on the status of CRL signers.
    #[must_use]
    pub fn with_crl_signers(self, crl_signers: SignerRevocation) -> Self {
        Self { crl_signers, ..self }
    }

    /// Sets the demand on the status of delegated OCSP responders.
    #[must_use]
    pub fn with_ocsp_responders(self, ocsp_responders: SignerRevocation) -> Self {
        Self { ocsp_responders, ..self }
    }

    /// Sets what counts where data disagrees.
    #[must_use]
    pub fn with_conflict(self, conflict: RevocationConflict) -> Self {
        Self { conflict, ..self }
    }

    /// Sets the budget that pays for the signature checks.
    #[must_use]
    pub fn with_budget(self, budget: &'a ValidationBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Adds candidates that many requests share.
    #[must_use]
    pub(crate) fn with_pool(self, pool: &'a CertificatePool) -> Self {
        Self { pool: Some(pool), ..self }
    }

    /// Sets what data has to meet before it speaks for a certificate. Data that does not meet it ends no
    /// suspension; where there is no other data it gives the status, and the caller judges it.
    #[must_use]
    pub(crate) fn with_demand(self, demand: &'a dyn Fn(&Grounds<'_>) -> bool) -> Self {
        Self { demand: Some(Demand(demand)), ..self }
    }

    pub(super) fn accepts(&self, grounds: &Grounds<'_>) -> bool {
        self.demand.is_none_or(|Demand(demand)| demand(grounds))
    }
}
