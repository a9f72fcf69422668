//! The verifier: anchors, environment, policy, and the questions it answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::case::Budgets;
use super::engine::{Examined, Profile, Signature, examine};
use super::evidence_records::GivenRecord;
use super::held::Held;
use super::opening::{Preceding, check_link};
use super::policy::Policy;
use super::report::{ArtifactKind, Report, ReportInput, StatementSummary};
use super::statement::{check_payload, check_statement};
use super::verified::{Payload, Verified, VerifiedSignature, VerifyError};
use crate::crypto::{DigestAlgorithm, KnownSignatures};
use crate::evidence::{Environment, Opening, PayloadDigests, Sending, Statement};
use crate::finding::{Code, Details, Finding, Indication, Ledger, Subject};
use crate::pki::revocation::RevocationData;
use crate::pki::{Certificate, CertificateSource, ChainValidator, KnownCertificates, TrustAnchors};
use crate::seal::{
    AnyProof, Artifact, DecodeError, Envelope, INTERNAL, PayloadSignature, Proof, ProofOfOpening, ProofOfSending,
};
use crate::text::shown;

/// Verifies proofs and payload signatures, offline. One verifier serves many threads; it remembers the certification
/// paths that it found valid, and the signatures that many artifacts share.
#[derive(Debug)]
pub struct Verifier {
    pub(super) seal_chains: ChainValidator,
    pub(super) tsa_chains: ChainValidator,
    pub(super) known: Arc<KnownCertificates>,
    pub(super) signatures: Arc<KnownSignatures>,
    pub(super) environment: Environment,
    pub(super) policy: Policy,
    pub(super) extra: Vec<Certificate>,
    pub(super) revocation: RevocationData,
    pub(super) records: Vec<GivenRecord>,
}

/// What verifying a statement looks at beside the proof.
struct Question<'a> {
    payload: Payload<'a>,
    now: DateTime<Utc>,
}

impl Verifier {
    /// A verifier for proofs of one environment, with the default policy. Anchors for seals and anchors for TSAs are
    /// never exchanged.
    pub fn new(seal_anchors: TrustAnchors, tsa_anchors: TrustAnchors, environment: Environment) -> Self {
        let known = Arc::<KnownCertificates>::default();
        Self {
            seal_chains: ChainValidator::new(seal_anchors, Arc::clone(&known)),
            tsa_chains: ChainValidator::new(tsa_anchors, Arc::clone(&known)),
            known,
            signatures: Arc::default(),
            environment,
            policy: Policy::default(),
            extra: Vec::new(),
            revocation: RevocationData::new(),
            records: Vec::new(),
        }
    }

    /// With another policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// With certificates that seals or tokens may lack. They are candidates for a path, never anchors.
    #[must_use]
    pub fn with_extra_certificates(mut self, certificates: Vec<Certificate>) -> Self {
        self.extra = certificates;
        self
    }

    /// With CRLs and OCSP responses beside those that stand in signatures and tokens. Each is authenticated before it
    /// counts.
    #[must_use]
    pub fn with_revocation_data(mut self, data: RevocationData) -> Self {
        self.revocation = data;
        self
    }

    /// With evidence records (RFC 4998, DER or BER) over whole files: over proofs and signatures as they are given to
    /// be verified. One that is about the file and holds proves that everything in it existed at its time, as one
    /// inside does; of one that is about another file, a finding says so.
    #[must_use]
    pub fn with_evidence_records(mut self, records: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.records = records.into_iter().map(GivenRecord::new).collect();
        self
    }

    pub(super) fn certificates(&self) -> CertificateSource<'_> {
        CertificateSource { extra: &self.extra, known: &self.known }
    }

    /// For one artifact.
    pub(super) fn budgets(&self) -> Budgets {
        Budgets::sharing(&self.signatures)
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The strict verdict on a proof of sending: everything holds, or an error that names what does not.
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify(
        &self,
        proof: &ProofOfSending,
        payload: Payload<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verified<Sending>, VerifyError> {
        self.strict(proof, &Question { payload, now }, |_, _| {})
    }

    /// The strict verdict on a proof of opening, against the sending that was opened. The content is that of the
    /// sending, with whose verification the payload was compared or not.
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify_opening(
        &self,
        proof: &ProofOfOpening,
        sending: &Verified<Sending>,
        now: DateTime<Utc>,
    ) -> Result<Verified<Opening>, VerifyError> {
        let question = Question { payload: Payload::NotAvailable, now };
        self.strict(proof, &question, |opening, ledger| {
            check_link(opening, Preceding::Verified(sending), self.environment, ledger)
        })
    }

    /// The strict verdict on a signature over the payload itself.
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify_payload_signature(
        &self,
        signature: &PayloadSignature,
        payload: &PayloadDigests,
        now: DateTime<Utc>,
    ) -> Result<VerifiedSignature, VerifyError> {
        let mut ledger = Ledger::decisive(&self.policy.levels);
        let examined = self.examine(signature.envelope(INTERNAL), Some(payload), now, &mut ledger);
        verified_signature(examined, &ledger)
    }

    /// Everything that was checked on a proof of sending, and the verdict. It never fails: what is wrong is in it.
    pub fn report(&self, proof: &ProofOfSending, payload: Payload<'_>, now: DateTime<Utc>) -> Report {
        self.full(proof, &Question { payload, now }, |_, _| {})
    }

    /// Everything that was checked on a proof of opening, and the verdict.
    pub fn report_opening(
        &self,
        proof: &ProofOfOpening,
        preceding: Preceding<'_>,
        payload: Payload<'_>,
        now: DateTime<Utc>,
    ) -> Report {
        self.full(proof, &Question { payload, now }, |opening, ledger| {
            check_link(opening, preceding, self.environment, ledger)
        })
    }

    /// Everything that was checked on a signature over the payload itself, and the verdict.
    pub fn report_payload_signature(
        &self,
        signature: &PayloadSignature,
        payload: &PayloadDigests,
        now: DateTime<Utc>,
    ) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
        let examined = self.examine(signature.envelope(INTERNAL), Some(payload), now, &mut ledger);
        Report::new(ReportInput {
            artifact: ArtifactKind::PayloadSignature,
            examined: &examined,
            statement: None,
            policy: &self.policy,
            now,
            ledger,
        })
    }

    /// The report on octets that may be a proof of any event. What is no proof at all is TOTAL-FAILED, FORMAT_FAILURE.
    pub fn report_der(&self, der: &[u8], preceding: Preceding<'_>, payload: Payload<'_>, now: DateTime<Utc>) -> Report {
        match AnyProof::from_der(der) {
            Ok(AnyProof::Sending(proof)) => self.report(&proof, payload, now),
            Ok(AnyProof::Opening(proof)) => self.report_opening(&proof, preceding, payload, now),
            Err(error) => self.report_malformed(&error, now),
        }
    }

    pub(super) fn malformed_finding(&self, error: &DecodeError) -> Finding {
        let code = Code::Malformed;
        let stated = Some(match error {
            DecodeError::AnotherEvent(event) if Opening::EVENTS.contains(event) => {
                "it is a proof of opening".to_owned()
            }
            _ => shown(with_sources(error)),
        });
        let (outcome, sub_indication) = (code.outcome(), code.sub_indication());
        Finding { subject: Subject::Envelope, code, outcome, sub_indication, stated, computed: None }
    }

    /// The report on octets that are no proof.
    pub fn report_malformed(&self, error: &DecodeError, now: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
        ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(with_sources(error)));
        Report::malformed(ArtifactKind::Unreadable, ledger, now)
    }

    fn strict<S: Statement>(
        &self,
        proof: &Proof<S>,
        question: &Question<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
    ) -> Result<Verified<S>, VerifyError> {
        let mut ledger = Ledger::decisive(&self.policy.levels);
        let examined = self.check(proof, question, link, &mut ledger);
        let signature = verified_signature(examined, &ledger)?;
        Ok(Verified { stated: proof.shared(), id: proof.id(), signature })
    }

    fn full<S: Statement>(
        &self,
        proof: &Proof<S>,
        question: &Question<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
    ) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
        let examined = self.check(proof, question, link, &mut ledger);
        let statement = StatementSummary::of(proof);
        let artifact = match Sending::EVENTS.contains(&proof.stated().event()) {
            true => ArtifactKind::ProofOfSending,
            false => ArtifactKind::ProofOfOpening,
        };
        Report::new(ReportInput {
            artifact,
            examined: &examined,
            statement: Some(statement),
            policy: &self.policy,
            now: question.now,
            ledger,
        })
    }

    /// The one engine behind both.
    fn check<S: Statement>(
        &self,
        proof: &Proof<S>,
        question: &Question<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        ledger.note(Subject::Envelope, Code::WellFormed);
        check_payload(proof.stated(), question.payload, self, question.now, ledger);
        let examined = self.examine(proof.envelope(INTERNAL), None, question.now, ledger);
        check_statement(proof.stated(), proof.stated_issuer(), &examined, self, question.now, ledger);
        link(proof.stated(), ledger);
        examined
    }

    /// What is signed is attached, or `detached`.
    fn examine(
        &self,
        envelope: &Envelope,
        detached: Option<&PayloadDigests>,
        now: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let open = envelope.open();
        let held = open.as_ref().ok().map(|open| Held::new(&open.signed_data, open.signed_data.raw));
        let attached = open.as_ref().ok().and_then(|open| open.content);
        let content = |algorithm: DigestAlgorithm| match detached {
            Some(payload) => payload.get(algorithm).copied(),
            None => attached.map(|octets| algorithm.digest(octets)),
        };
        let signature = open.as_ref().ok().and_then(|open| {
            Some(Signature {
                signed_data: &open.signed_data,
                signer_info: open.signer_info().ok()?,
                profile: Profile::Own,
                content: &content,
                octets: attached,
                held: held.as_ref()?,
            })
        });
        match signature {
            Some(signature) => examine(&signature, self, now, &self.budgets(), ledger),
            // An artifact was read once before it came here, so this does not happen; if it did, nothing may pass.
            None => {
                ledger.note(Subject::Envelope, Code::Malformed);
                Examined::nothing()
            }
        }
    }
}

fn verified_signature(examined: Examined, ledger: &Ledger<'_>) -> Result<VerifiedSignature, VerifyError> {
    if let Some(finding) = ledger.decisive_finding() {
        let finding = Box::new(finding.clone());
        return Err(match ledger.indication() {
            Indication::TotalFailed => VerifyError::Failed(finding),
            _ => VerifyError::Indeterminate(finding),
        });
    }
    match (examined.signer, examined.proven_at) {
        (Some(signer), Some(proven_at)) => {
            Ok(VerifiedSignature { proven_at, level: examined.level, certificate: signer.certificate })
        }
        // A policy lowered what cannot be done without.
        _ => Err(VerifyError::Indeterminate(Box::new(Ledger::unproven()))),
    }
}

/// An error with all that caused it, in one line.
pub(super) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
