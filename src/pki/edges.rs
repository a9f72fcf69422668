//! Signatures of certificates on certificates, each verified once.

use std::collections::HashMap;

use super::certificate::Certificate;
use super::path::SignatureBudget;
use crate::crypto::{Digest, NotOffered, SignatureError};

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

/// Why there is no edge.
#[derive(Clone, Debug)]
pub(super) enum NoEdge {
    Invalid,
    NotOffered(NotOffered),
    BudgetExhausted,
}

/// Remembers what was verified. Certificates that share a name and a key (renewed or cross-certified ones) cost one
/// check.
pub(super) struct Edges<'a> {
    budget: &'a SignatureBudget,
    checks: u32,
    /// By fingerprint of the certificate and SubjectPublicKeyInfo of the issuer.
    known: HashMap<(Digest, Vec<u8>), Result<(), NoEdge>>,
}

impl<'a> Edges<'a> {
    pub(super) fn new(budget: &'a SignatureBudget) -> Self {
        Self { budget, checks: 0, known: HashMap::new() }
    }

    /// How many signatures were verified.
    pub(super) fn checks(&self) -> u32 {
        self.checks
    }

    pub(super) fn verify(&mut self, child: &Certificate, issuer: &Certificate) -> Result<Edge, NoEdge> {
        let key = (child.fingerprint(), issuer.spki_der().to_vec());
        let verdict = match self.known.get(&key) {
            Some(verdict) => verdict.clone(),
            None => {
                self.budget.spend().ok_or(NoEdge::BudgetExhausted)?;
                self.checks = self.checks.saturating_add(1);
                let verdict = check(child, issuer);
                self.known.insert(key, verdict.clone());
                verdict
            }
        };
        verdict.map(|()| Edge { child: child.clone(), issuer: issuer.clone() })
    }
}

fn check(child: &Certificate, issuer: &Certificate) -> Result<(), NoEdge> {
    match child.check_signature(issuer.public_key()) {
        Ok(()) => Ok(()),
        Err(SignatureError::NotOffered(not_offered)) => Err(NoEdge::NotOffered(not_offered)),
        Err(_) => Err(NoEdge::Invalid),
    }
}
