//! Everything a verifier is configured with, below all checks: anchors, policy, and what the caller gave beside the
//! artifacts.

use std::sync::Arc;

use super::given_record::GivenRecord;
use super::policy::Policy;
use crate::crypto::KnownSignatures;
use crate::evidence::Environment;
use crate::pki::revocation::{KnownCrls, RevocationData};
use crate::pki::{Certificate, ChainValidator, KnownCertificates, TrustAnchors, ValidationBudget};

/// The settings of a verifier. Every check takes them; none changes them.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) seal_chains: ChainValidator,
    pub(super) tsa_chains: ChainValidator,
    pub(super) known: Arc<KnownCertificates>,
    pub(super) signatures: Arc<KnownSignatures>,
    pub(super) crls: Arc<KnownCrls>,
    pub(super) environment: Environment,
    pub(super) policy: Policy,
    /// Certificates that the caller gave: candidates for a path, never anchors.
    pub(super) extra: Vec<Certificate>,
    /// CRLs and OCSP responses that the caller gave.
    pub(super) revocation: RevocationData,
    /// Evidence records over whole files that the caller gave.
    pub(super) records: Vec<GivenRecord>,
}

impl Settings {
    /// Settings with the default policy. Anchors for seals and anchors for TSAs are never exchanged.
    pub(super) fn new(seal_anchors: TrustAnchors, tsa_anchors: TrustAnchors, environment: Environment) -> Self {
        let known = Arc::<KnownCertificates>::default();
        Self {
            seal_chains: ChainValidator::new(seal_anchors, Arc::clone(&known)),
            tsa_chains: ChainValidator::new(tsa_anchors, Arc::clone(&known)),
            known,
            signatures: Arc::default(),
            crls: Arc::default(),
            environment,
            policy: Policy::default(),
            extra: Vec::new(),
            revocation: RevocationData::new(),
            records: Vec::new(),
        }
    }

    /// The budgets of one artifact.
    pub(super) fn budgets(&self) -> Budgets {
        let budget = || ValidationBudget::sharing(Arc::clone(&self.signatures));
        Budgets { artifact: budget(), given: budget() }
    }
}

/// How many signatures of certificates and revocation data one call may verify.
pub(super) struct Budgets {
    pub(super) artifact: ValidationBudget,
    /// A budget for what the caller gave, which nothing inside the artifact can use up.
    pub(super) given: ValidationBudget,
}
