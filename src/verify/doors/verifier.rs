//! The verifier: anchors, environment and policy.

use std::borrow::Cow;

use crate::evidence::Environment;
use crate::pki::revocation::RevocationData;
use crate::pki::{Certificate, CertificatePool, TrustAnchors};
use crate::verify::given_log_proof::GivenLogProof;
use crate::verify::given_record::GivenRecord;
use crate::verify::policy::Policy;
use crate::verify::settings::Settings;

/// Verifies proofs and signatures, offline.
///
/// One verifier serves many threads. It remembers the certification paths that it found valid, and the signatures that
/// many artifacts share. Of a batch it remembers its strict verdict on the seal and the timestamp that all proofs share, for
/// the same `now`: proofs that are verified together are fastest with one `now` for all.
#[derive(Debug)]
pub struct Verifier {
    pub(super) settings: Settings,
}

impl Verifier {
    /// A verifier for proofs of one environment, with the default policy. Anchors for seals and anchors for TSAs are
    /// never exchanged.
    pub fn new(seal_anchors: TrustAnchors, tsa_anchors: TrustAnchors, environment: Environment) -> Self {
        Self { settings: Settings::new(seal_anchors, tsa_anchors, environment) }
    }

    /// Sets another policy.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { settings: self.settings.with_policy(policy) }
    }

    /// Sets certificates that seals or tokens may lack. They are candidates for a path, never anchors.
    #[must_use]
    pub fn with_extra_certificates(self, certificates: Vec<Certificate>) -> Self {
        Self { settings: self.settings.with_extra(CertificatePool::new(certificates)) }
    }

    /// Sets CRLs and OCSP responses to be used beside those inside signatures and tokens. Each is authenticated before
    /// it counts.
    #[must_use]
    pub fn with_revocation_data(self, data: RevocationData) -> Self {
        Self { settings: self.settings.with_revocation(data) }
    }

    /// Sets evidence records (RFC 4998, DER or BER) over whole files: over proofs and signatures as they are given to
    /// be verified.
    ///
    /// A record that is about the file and holds proves that everything in it existed at its time, as a record inside
    /// does. A record that is about another file leads to a finding that says so.
    #[must_use]
    pub fn with_evidence_records(self, records: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut records: Vec<Vec<u8>> = records.into_iter().collect();
        // Records have no order of their own, so that they are numbered in that of their octets.
        records.sort_unstable();
        Self { settings: self.settings.with_records(records.into_iter().map(GivenRecord::new).collect()) }
    }

    /// Sets proofs of logs (`.tlog-proof`) about the proofs that are given to be verified: that a letter, its opening and the steps
    /// between them are in a log. Each proof is compared with all of them, and their order does not matter.
    ///
    /// What they show counts as [`Policy::log`] says.
    #[must_use]
    pub fn with_log_proofs(self, proofs: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut proofs: Vec<Vec<u8>> = proofs.into_iter().collect();
        // Nobody signs an order of theirs.
        proofs.sort_unstable();
        proofs.dedup();
        Self { settings: self.settings.with_log_proofs(proofs.into_iter().map(GivenLogProof::new).collect()) }
    }

    /// Returns the same verifier with these evidence records beside those that it was given: for one file of many, each of
    /// which has records of its own. What the verifier remembers is shared, but for verdicts on batches.
    #[must_use]
    pub fn also_with_evidence_records(&self, records: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut all = self.settings.records.clone();
        all.extend(records.into_iter().map(GivenRecord::new));
        // Records have no order of their own, so that they are numbered in that of their octets.
        all.sort_unstable_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        Self { settings: self.settings.clone().with_records(all) }
    }

    /// Returns the same verifier with these proofs of logs beside those that it was given: for one file of many, each of which
    /// has its own. What the verifier remembers is shared, but for verdicts on batches.
    #[must_use]
    pub fn also_with_log_proofs(&self, proofs: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let given = self.settings.log_proofs.iter().map(|proof| proof.as_bytes().to_vec());
        Self { settings: self.settings.clone() }.with_log_proofs(given.chain(proofs))
    }

    #[cfg(test)]
    pub(in crate::verify) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The certificates that the caller gave.
    pub(crate) fn extra_certificates(&self) -> &[Certificate] {
        self.settings.extra.certificates()
    }

    /// The same verifier without evidence records, if it was given any: it proves what stands inside of files alone. What it remembers
    /// is shared, but for verdicts on batches.
    pub(crate) fn without_evidence_records(&self) -> Option<Self> {
        match self.settings.without_records() {
            Cow::Borrowed(_) => None,
            Cow::Owned(settings) => Some(Self { settings }),
        }
    }

    /// The same verifier with CRLs and OCSP responses beside those that the caller gave. What it remembers is shared, but for
    /// verdicts on batches.
    pub(crate) fn also_given(&self, data: &RevocationData) -> Self {
        let mut revocation = self.settings.revocation.clone();
        // What no longer fits is missed where something rests on it.
        let _ = revocation.extend(data);
        Self { settings: self.settings.clone().with_revocation(revocation) }
    }

    /// The CRLs and OCSP responses that the caller gave.
    pub(crate) fn revocation_data(&self) -> &RevocationData {
        &self.settings.revocation
    }

    /// The environment of the proofs that it verifies.
    pub(crate) fn environment(&self) -> Environment {
        self.settings.environment
    }

    /// The anchors for seals.
    pub(crate) fn seal_anchors(&self) -> &TrustAnchors {
        self.settings.seal_chains.anchors()
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.settings.policy
    }
}
