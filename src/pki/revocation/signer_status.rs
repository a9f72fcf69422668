//! This module finds the path of a signer of revocation data, and checks that nobody on it is revoked.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::checker::{Checker, times};
use super::limits;
use super::request::{PROCESSED_WITH_REVOCATION, SignerRevocation};
use super::status::{NotAuthenticated, RevocationStatus, SignerFailure};
use crate::pki::{Certificate, PathError, PathRequest, ValidatedPath, validate_path};

/// The weight of a signer's statement about its own certificate. A statement of another signer against it always
/// counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SelfAssertion {
    /// The statement counts, because the issuer of the certificate has itself named the signer as its CRL issuer (an
    /// indirect CRL).
    Accepted,
    /// The statement is worthless, because the thief of a revoked signer's key could say anything.
    Ignored,
}

impl Checker<'_> {
    /// Finds the path of a signer at one of the times at which its signature may be judged.
    pub(super) fn signer_path(
        &mut self,
        signer: &Certificate,
        beside: &[Certificate],
        produced: DateTime<Utc>,
    ) -> Result<Arc<ValidatedPath>, SignerFailure> {
        let mut failure = None;
        for time in times(produced, self.request) {
            match self.signer_path_at(signer, beside, time) {
                Ok(path) => return Ok(path),
                Err(PathError::BudgetExhausted { .. }) => return Err(SignerFailure::Exhausted),
                Err(error) => drop(failure.get_or_insert(error)),
            }
        }
        let error = failure.unwrap_or(PathError::TimeNotSupported);
        Err(NotAuthenticated::SignerPath(Box::new(error)).into())
    }

    fn signer_path_at(
        &mut self,
        signer: &Certificate,
        beside: &[Certificate],
        time: DateTime<Utc>,
    ) -> Result<Arc<ValidatedPath>, PathError> {
        let key = (signer.fingerprint(), time.timestamp());
        match self.paths.get(&key) {
            Some(Ok(path)) => return Ok(Arc::clone(path)),
            // Another response may bring the certificate that was missing.
            Some(Err(error)) if beside.is_empty() => return Err(error.clone()),
            _ => {}
        }
        let candidates: Vec<Certificate> = self.own.certificates().iter().chain(beside).cloned().collect();
        let mut request = PathRequest::new(signer, &candidates, &self.anchors, time)
            .with_processed(PROCESSED_WITH_REVOCATION)
            .with_budget(self.budget);
        if let Some(pool) = self.request.pool {
            request = request.with_pool(pool);
        }
        let path = validate_path(&request).map(Arc::new);
        self.paths.insert(key, path.clone());
        path
    }

    /// Checks that a signer and its issuers are not revoked. Returns true if the status is unknown and the request
    /// allows that.
    ///
    /// The certificates of the path in question are skipped, because their status is reported separately.
    pub(super) fn signer_status(
        &mut self,
        path: &ValidatedPath,
        produced: DateTime<Utc>,
        demand: SignerRevocation,
        self_assertion: SelfAssertion,
        depth: usize,
    ) -> Result<bool, SignerFailure> {
        let mut unknown = false;
        for (certificate, issuer) in path.issued() {
            if self.is_in_path(certificate) {
                continue;
            }
            // This signer's status is still being determined, so the data that it signed is its own word about itself.
            if self.open.contains(&certificate.fingerprint()) {
                self.assumed = true;
                match self_assertion {
                    SelfAssertion::Accepted => continue,
                    SelfAssertion::Ignored => return Err(NotAuthenticated::SignerStatusUnknown.into()),
                }
            }
            match self.status_of_signer(certificate, issuer, depth)? {
                RevocationStatus::Good | RevocationStatus::NocheckExempt => {}
                // The signer was later taken out of use in good order, so its earlier signatures remain valid.
                RevocationStatus::Revoked { date, reason } if date > produced && !reason.leaves_doubt_before() => {}
                RevocationStatus::Revoked { .. } | RevocationStatus::OnHold { .. } | RevocationStatus::Unknown => {
                    return Err(NotAuthenticated::SignerRevoked.into());
                }
                RevocationStatus::BudgetExhausted => return Err(SignerFailure::Exhausted),
                RevocationStatus::Incomplete { .. }
                | RevocationStatus::Stale
                | RevocationStatus::IssuedAfterExpiry
                | RevocationStatus::Absent
                | RevocationStatus::NotAuthenticated(_)
                | RevocationStatus::NotSupported { .. } => match demand {
                    SignerRevocation::IfKnown => unknown = true,
                    SignerRevocation::Required => return Err(NotAuthenticated::SignerStatusUnknown.into()),
                },
            }
        }
        Ok(unknown)
    }

    fn status_of_signer(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Result<RevocationStatus, SignerFailure> {
        let fingerprint = certificate.fingerprint();
        if let Some(status) = self.signer_statuses.get(&fingerprint) {
            return Ok(status.clone());
        }
        if depth >= limits::MAX_SIGNER_DEPTH {
            return Err(SignerFailure::Exhausted);
        }
        self.open.push(fingerprint);
        let status = self.status(certificate, issuer, depth + 1).status;
        self.open.pop();
        // A result that depends on an unfinished status is not cached. The outermost status depends on none.
        if self.open.is_empty() {
            self.assumed = false;
        }
        if !self.assumed {
            self.signer_statuses.insert(fingerprint, status.clone());
        }
        Ok(status)
    }
}
