//! This module verifies the signatures of certificates on certificates, each once.

use super::budget::{ValidationBudget, Verdict, Verdicts};
use crate::crypto::{Fingerprint, KnownSignatures, NotOffered, SignatureError};
use crate::pki::certificate::Certificate;

/// A certificate whose signature was verified with its issuer's key. Only [`Edges::verify`] makes one.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    child: Certificate,
    issuer: Certificate,
}

impl Edge {
    pub(super) fn child(&self) -> &Certificate {
        &self.child
    }

    pub(super) fn issuer(&self) -> &Certificate {
        &self.issuer
    }
}

/// The reason why there is no edge.
#[derive(Clone, Debug)]
pub(super) enum NoEdge {
    Invalid,
    NotOffered(NotOffered),
    BudgetExhausted,
}

/// Verifies the signatures that a search needs. Certificates with the same signature and issuer key cost one check,
/// even in several searches with the same budget.
pub(super) struct Edges<'a> {
    budget: &'a ValidationBudget,
    checks: u32,
    /// The verdicts that the search asked for, whether it was the first to ask or not.
    verdicts: Verdicts,
}

impl<'a> Edges<'a> {
    pub(super) fn new(budget: &'a ValidationBudget) -> Self {
        Self { budget, checks: 0, verdicts: Verdicts::new() }
    }

    /// Returns the number of signatures verified.
    pub(super) fn checks(&self) -> u32 {
        self.checks
    }

    /// Returns the verdicts that the search asked for.
    pub(super) fn into_verdicts(self) -> Verdicts {
        self.verdicts
    }

    pub(super) fn verify(&mut self, child: &Certificate, issuer: &Certificate) -> Result<Edge, NoEdge> {
        let fingerprint = child.identity();
        let verdict = self.budget.verdict(fingerprint, issuer.public_key(), || {
            self.checks = self.checks.saturating_add(1);
            check(child, issuer, self.budget.signatures())
        });
        let verdict = verdict.ok_or(NoEdge::BudgetExhausted)?;
        self.verdicts
            .entry((fingerprint, Fingerprint::from(issuer.public_key().fingerprint())))
            .or_insert_with(|| Verdict::of(&verdict));
        match verdict {
            Ok(()) => Ok(Edge { child: child.clone(), issuer: issuer.clone() }),
            Err(SignatureError::NotOffered(not_offered)) => Err(NoEdge::NotOffered(not_offered)),
            Err(_) => Err(NoEdge::Invalid),
        }
    }
}

/// Returns true if a certificate was signed with its own key, and false also if the budget is used up.
pub(in crate::pki) fn is_self_signed(certificate: &Certificate, budget: &ValidationBudget) -> bool {
    Edges::new(budget).verify(certificate, certificate).is_ok()
}

/// Verifies the signature over the received octets of TBSCertificate.
fn check(
    child: &Certificate,
    issuer: &Certificate,
    good_signatures: Option<&KnownSignatures>,
) -> Result<(), SignatureError> {
    // The count of unused bits is not signed, so anybody could change it in a valid certificate. Only whole octets are
    // accepted.
    let signature = child.signature().ok_or(SignatureError::Invalid)?;
    let algorithm = child.read_signature_algorithm().map_err(SignatureError::NotOffered)?;
    KnownSignatures::verify(good_signatures, issuer.public_key(), &algorithm, child.tbs(), signature)
}
