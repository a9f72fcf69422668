//! Doors for proofs and for signatures over a payload: the strict verdict and the report.

use chrono::{DateTime, Utc};

use super::Verifier;
use crate::crypto::DigestAlgorithm;
use crate::evidence::{Opening, PayloadDigests, Sending, Statement};
use crate::finding::{Code, Details, Indication, Ledger, Subject};
use crate::seal::{
    AnyProof, Artifact, DecodeError, Envelope, INTERNAL, PayloadSignature, Proof, ProofOfOpening, ProofOfSending,
};
use crate::text::with_sources;
use crate::verify::checks::link::check_link;
use crate::verify::checks::payload::check_payload;
use crate::verify::checks::statement::check_statement;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::report::value::{ArtifactKind, Report, ReportInput, StatementSummary};
use crate::verify::settings::Settings;
use crate::verify::signature::{Profile, Signature};
use crate::verify::verified::{Payload, Preceding, Verified, VerifiedSignature, VerifyError};

/// What verifying a statement looks at beside the proof.
struct Given<'a> {
    payload: Payload<'a>,
    now: DateTime<Utc>,
}

impl Verifier {
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
        self.strict(proof, &Given { payload, now }, |_, _| {})
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
        let given = Given { payload: Payload::NotAvailable, now };
        self.strict(proof, &given, |opening, ledger| {
            check_link(opening, Preceding::Verified(sending), self.settings.environment, ledger)
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
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let examined = examine_envelope(signature.envelope(INTERNAL), &self.settings, Some(payload), now, &mut ledger);
        verified_signature(examined, &ledger)
    }

    /// Everything that was checked on a proof of sending, and the verdict. It never fails: what is wrong is in it.
    pub fn report(&self, proof: &ProofOfSending, payload: Payload<'_>, now: DateTime<Utc>) -> Report {
        self.full(proof, &Given { payload, now }, |_, _| {})
    }

    /// Everything that was checked on a proof of opening, and the verdict.
    pub fn report_opening(
        &self,
        proof: &ProofOfOpening,
        preceding: Preceding<'_>,
        payload: Payload<'_>,
        now: DateTime<Utc>,
    ) -> Report {
        self.full(proof, &Given { payload, now }, |opening, ledger| {
            check_link(opening, preceding, self.settings.environment, ledger)
        })
    }

    /// Everything that was checked on a signature over the payload itself, and the verdict.
    pub fn report_payload_signature(
        &self,
        signature: &PayloadSignature,
        payload: &PayloadDigests,
        now: DateTime<Utc>,
    ) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let examined = examine_envelope(signature.envelope(INTERNAL), &self.settings, Some(payload), now, &mut ledger);
        Report::new(ReportInput {
            artifact: ArtifactKind::PayloadSignature,
            examined: &examined,
            statement: None,
            policy: &self.settings.policy,
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

    /// The report on octets that are no proof.
    pub fn report_malformed(&self, error: &DecodeError, now: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(with_sources(error)));
        Report::malformed(ArtifactKind::Unreadable, ledger, now)
    }

    fn strict<S: Statement>(
        &self,
        proof: &Proof<S>,
        given: &Given<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
    ) -> Result<Verified<S>, VerifyError> {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let examined = self.check(proof, given, link, &mut ledger);
        let signature = verified_signature(examined, &ledger)?;
        Ok(Verified { stated: proof.shared(), signature })
    }

    fn full<S: Statement>(
        &self,
        proof: &Proof<S>,
        given: &Given<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
    ) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let examined = self.check(proof, given, link, &mut ledger);
        let statement = StatementSummary::of(proof);
        let artifact = match Sending::EVENTS.contains(&proof.stated().event()) {
            true => ArtifactKind::ProofOfSending,
            false => ArtifactKind::ProofOfOpening,
        };
        Report::new(ReportInput {
            artifact,
            examined: &examined,
            statement: Some(statement),
            policy: &self.settings.policy,
            now: given.now,
            ledger,
        })
    }

    /// The one engine behind both.
    fn check<S: Statement>(
        &self,
        proof: &Proof<S>,
        given: &Given<'_>,
        link: impl FnOnce(&S, &mut Ledger<'_>),
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        ledger.note(Subject::Envelope, Code::WellFormed);
        check_payload(proof.stated(), given.payload, &self.settings, given.now, ledger);
        let examined = examine_envelope(proof.envelope(INTERNAL), &self.settings, None, given.now, ledger);
        check_statement(proof.stated(), proof.stated_issuer(), &examined, &self.settings, given.now, ledger);
        link(proof.stated(), ledger);
        examined
    }
}

/// What is signed is attached, or `detached`.
fn examine_envelope(
    envelope: &Envelope,
    settings: &Settings,
    detached: Option<&PayloadDigests>,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    // An artifact was read once before it came here, so that it can be read again; if it could not, nothing may pass.
    let mut unreadable = || {
        ledger.note(Subject::Envelope, Code::Malformed);
        Examined::nothing()
    };
    let Ok(open) = envelope.open() else { return unreadable() };
    let source = FileSource::new(&open.signed_data, open.signed_data.raw, settings);
    let file = File::read(&source, settings);
    let [signer] = file.signers.as_slice() else { return unreadable() };
    let content = |algorithm: DigestAlgorithm| match detached {
        Some(payload) => payload.get(algorithm).copied(),
        None => open.content.map(|octets| algorithm.digest(octets)),
    };
    let signature = Signature { file: &file, signer, profile: Profile::Own, content: &content, octets: open.content };
    examine(&signature, settings, now, &settings.budgets(), ledger)
}

fn verified_signature(examined: Examined, ledger: &Ledger<'_>) -> Result<VerifiedSignature, VerifyError> {
    if let Some(finding) = ledger.decisive_finding() {
        let finding = Box::new(finding.clone());
        return Err(match ledger.indication() {
            Indication::TotalFailed => VerifyError::Failed(finding),
            Indication::Indeterminate | Indication::TotalPassed => VerifyError::Indeterminate(finding),
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
