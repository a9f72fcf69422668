//! Everything a verifier is configured with, below all checks: anchors, policy, and what the caller gave beside the
//! artifacts.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::content::ContentDigests;
use super::given_log_proof::GivenLogProof;
use super::given_record::GivenRecord;
use super::known_batches::KnownBatches;
use super::policy::Policy;
use crate::crypto::{Digest, KnownSignatures};
use crate::evidence::{Environment, RegisterExtract, RegisterStatement};
use crate::pki::revocation::{Crl, KnownCrls, OcspResponse, RevocationData};
use crate::pki::{CertificatePool, ChainValidator, KnownCertificates, TrustAnchors, ValidationBudget};

/// What a verdict rests on beside the artifact: which anchors, the demands of the policy, and each piece of revocation data
/// that the caller gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Basis {
    seal_anchors: Digest,
    tsa_anchors: Digest,
    /// The policy without its name.
    policy: Arc<Policy>,
    /// The fingerprints of CRLs and OCSP responses.
    revocation: Arc<HashSet<Digest>>,
    /// What mandates rest on.
    registers: Option<Arc<RegisterBasis>>,
}

/// What a verdict on a mandate rests on: the trust in registers, and the facts that the caller vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RegisterBasis {
    trust: Basis,
    facts: Vec<(RegisterStatement, RegisterExtract)>,
}

impl Basis {
    /// What a verdict by `present` may rest on and one by this does not, for people; `None` where there is nothing.
    ///
    /// Revocation data that was known and no longer is does not matter: it may only have spoken against something.
    pub(super) fn difference(&self, present: &Self) -> Option<String> {
        let sides = [
            ("trust anchors for seals", self.seal_anchors == present.seal_anchors),
            ("trust anchors for TSAs", self.tsa_anchors == present.tsa_anchors),
            ("policy", self.policy == present.policy),
            ("registers of mandates", self.registers == present.registers),
            ("revocation data", present.revocation.is_subset(&self.revocation)),
        ];
        let differing: Vec<&str> = sides.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect();
        (!differing.is_empty()).then(|| differing.join(", "))
    }
}

/// The settings of a verifier. Every check takes them; none changes them.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(super) seal_chains: ChainValidator,
    pub(super) tsa_chains: ChainValidator,
    pub(super) certificates: Arc<KnownCertificates>,
    pub(super) signatures: Arc<KnownSignatures>,
    pub(super) crls: Arc<KnownCrls>,
    /// What is known of batches by these settings and no others.
    pub(super) batches: KnownBatches,
    pub(super) environment: Environment,
    pub(super) policy: Policy,
    basis: Basis,
    /// Certificates that the caller gave: candidates for a path, never anchors.
    pub(super) extra: CertificatePool,
    /// CRLs and OCSP responses that the caller gave.
    pub(super) revocation: RevocationData,
    /// Evidence records over whole files that the caller gave.
    pub(super) records: Vec<GivenRecord<'static>>,
    /// Proofs of logs that the caller gave.
    pub(super) log_proofs: Arc<Vec<GivenLogProof>>,
    /// The registers of mandates.
    pub(super) registers: Option<Arc<Registers>>,
}

impl Settings {
    /// Settings with the default policy. Anchors for seals and anchors for TSAs are never exchanged.
    pub(super) fn new(seal_anchors: TrustAnchors, tsa_anchors: TrustAnchors, environment: Environment) -> Self {
        let certificates = Arc::<KnownCertificates>::default();
        let policy = Policy::default();
        let basis = Basis {
            seal_anchors: seal_anchors.pool().digest(),
            tsa_anchors: tsa_anchors.pool().digest(),
            policy: Arc::new(policy.without_name()),
            revocation: Arc::default(),
            registers: None,
        };
        Self {
            seal_chains: ChainValidator::new(seal_anchors, Arc::clone(&certificates)),
            tsa_chains: ChainValidator::new(tsa_anchors, Arc::clone(&certificates)),
            certificates,
            signatures: Arc::default(),
            crls: Arc::default(),
            batches: KnownBatches::default(),
            environment,
            policy,
            basis,
            extra: CertificatePool::default(),
            revocation: RevocationData::new(),
            records: Vec::new(),
            log_proofs: Arc::default(),
            registers: None,
        }
    }

    /// The same settings after a change. What was remembered of batches rests on those before it.
    fn changed(mut self, change: impl FnOnce(&mut Self)) -> Self {
        self.batches = KnownBatches::default();
        change(&mut self);
        self
    }

    /// The same settings with another policy.
    pub(super) fn with_policy(self, policy: Policy) -> Self {
        self.changed(|settings| {
            settings.basis.policy = Arc::new(policy.without_name());
            settings.policy = policy;
        })
    }

    /// The same settings with other certificates beside those of signatures and tokens.
    pub(super) fn with_extra(self, extra: CertificatePool) -> Self {
        self.changed(|settings| settings.extra = extra)
    }

    /// The same settings with other evidence records over whole files.
    pub(super) fn with_records(self, records: Vec<GivenRecord<'static>>) -> Self {
        self.changed(|settings| settings.records = records)
    }

    /// The same settings with other proofs of logs.
    pub(super) fn with_log_proofs(self, proofs: Vec<GivenLogProof>) -> Self {
        self.changed(|settings| settings.log_proofs = Arc::new(proofs))
    }

    /// The same settings with other revocation data.
    pub(super) fn with_revocation(self, revocation: RevocationData) -> Self {
        let crls = revocation.crls().iter().map(Crl::fingerprint);
        let fingerprints = crls.chain(revocation.ocsp_responses().iter().map(OcspResponse::fingerprint)).collect();
        self.changed(|settings| {
            settings.basis.revocation = Arc::new(fingerprints);
            settings.revocation = revocation;
        })
    }

    /// The same settings without the evidence records over whole files.
    pub(super) fn without_records(&self) -> Cow<'_, Self> {
        match self.records.as_slice() {
            [] => Cow::Borrowed(self),
            _ => Cow::Owned(self.clone().with_records(Vec::new())),
        }
    }

    /// The same settings with these registers of mandates.
    pub(super) fn with_registers(self, registers: Registers) -> Self {
        let facts = registers.facts().map(|(statement, extract)| (*statement, extract.clone())).collect();
        let of_registers = RegisterBasis { trust: registers.settings.basis.clone(), facts };
        self.changed(|settings| {
            settings.basis.registers = Some(Arc::new(of_registers));
            settings.registers = Some(Arc::new(registers));
        })
    }

    /// What a verdict by these settings rests on.
    pub(super) fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Whether the caller gave revocation data with this fingerprint.
    pub(super) fn gave_revocation(&self, fingerprint: &Digest) -> bool {
        self.basis.revocation.contains(fingerprint)
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

/// The registers of mandates that a verifier trusts, and the extracts of them that are at hand.
///
/// A statement names the extract by a digest. Of several extracts, the one with that digest is taken, whatever the others say.
#[derive(Clone, Debug)]
pub struct Registers {
    /// The anchors for seals among these are those of registers.
    pub(super) settings: Settings,
    pub(super) extracts: Arc<Vec<GivenExtract>>,
}

/// An extract that is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GivenExtract {
    /// The octets that a register signed, and its detached signature. Nothing of them is verified.
    Signed {
        json: Vec<u8>,
        signature: Vec<u8>,
        /// What mandates may name it by, which is computed once for all of them.
        names: ExtractNames,
    },
    /// The facts of an extract that the caller verified in another form.
    Vouched { statement: RegisterStatement, extract: RegisterExtract },
}

/// What a mandate names a signed extract by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtractNames {
    /// The digests of the octets.
    pub(super) digests: ContentDigests,
    /// The ProofId of the signature, where it is one by one signer.
    pub(super) id: Option<Digest>,
}

impl Registers {
    /// The facts that the caller vouches for, on which a verdict may rest.
    pub(super) fn facts(&self) -> impl Iterator<Item = (&RegisterStatement, &RegisterExtract)> {
        self.extracts.iter().filter_map(|given| match given {
            GivenExtract::Signed { .. } => None,
            GivenExtract::Vouched { statement, extract } => Some((statement, extract)),
        })
    }
}
