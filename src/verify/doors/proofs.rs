//! Doors for proofs and for signatures over a payload: the strict verdict and the report.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::aggregated::examine_aggregated;
use super::envelope::{Look, examine_envelope, verified_signature};
use super::linked::{LinkedStatement, OfProof};
use super::log::{LogProofs, Logged, check_log};
use super::parties::Times;
use super::second_seal::{SecondSeals, check_second_seals};
use super::{Verifiable, Verifier};
use crate::crypto::DigestAlgorithm;
use crate::evidence::{PayloadDigests, Statement};
use crate::finding::{Code, Details, Indication, Ledger, Subject};
use crate::pki::Certificate;
use crate::seal::{AggregatedFile, Artifact, DecodeError, Envelope, Form, INTERNAL, PayloadSignature, Proof};
use crate::text::with_sources;
use crate::time::log_entry::{Entry, EntryKind};
use crate::verify::checks::disclosure::check_disclosure;
use crate::verify::checks::payload::check_payload;
use crate::verify::checks::statement::check_statement;
use crate::verify::examined::Examined;
use crate::verify::profile::Profile;
use crate::verify::report::until::earlier;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput, StatementSummary};
use crate::verify::verified::{Context, Verified, VerifiedSignature, VerifyError};

impl Verifier {
    /// The strict verdict on a proof of any kind: everything holds, or an error that names what does not.
    ///
    /// A sending is verified with its [`Payload`](crate::verify::Payload), or with a
    /// [`SendingContext`](crate::verify::SendingContext) that also holds the disclosure of its commitments. An opening is verified with the sending that was opened, or with a
    /// [`Context`] that also holds the payload. A step is verified with its sending and, in a [`Context`], with the step that
    /// led to it. [`AnyProof`](crate::seal::AnyProof) and the octets of a file take a [`Context`].
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify<'a, P: Verifiable + ?Sized>(
        &self,
        proof: &P,
        context: impl Into<P::Context<'a>>,
        now: DateTime<Utc>,
    ) -> Result<Verified<P::Statement>, VerifyError> {
        let context: P::Context<'a> = context.into();
        proof.strict(self, context.into(), now)
    }

    /// Everything that was checked on a proof of any kind, and the verdict. It takes what [`verify`](Self::verify)
    /// takes and never fails: what is wrong is in the report.
    ///
    /// Octets that are no proof are TOTAL-FAILED, FORMAT_FAILURE.
    pub fn report<'a, P: Verifiable + ?Sized>(
        &self,
        proof: &P,
        context: impl Into<P::Context<'a>>,
        now: DateTime<Utc>,
    ) -> Report {
        let context: P::Context<'a> = context.into();
        proof.full(self, context.into(), now)
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
        let examined = examine_envelope(
            signature.envelope(INTERNAL),
            &self.settings,
            Look { detached: Some(payload), ..Look::OWN },
            now,
            &mut ledger,
        );
        verified_signature(examined, &ledger)
    }

    /// Everything that was checked on a signature over the payload itself, and the verdict.
    pub fn report_payload_signature(
        &self,
        signature: &PayloadSignature,
        payload: &PayloadDigests,
        now: DateTime<Utc>,
    ) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let examined = examine_envelope(
            signature.envelope(INTERNAL),
            &self.settings,
            Look { detached: Some(payload), ..Look::OWN },
            now,
            &mut ledger,
        );
        Report::new(ReportInput {
            artifact: ArtifactKind::PayloadSignature,
            examined,
            statement: None,
            policy: &self.settings.policy,
            now,
            ledger,
        })
    }

    /// The report on octets that are no proof, or none of an event that this build knows.
    pub fn report_malformed(&self, error: &DecodeError, now: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        note_unreadable(error, &mut ledger);
        Report::malformed(ArtifactKind::Unreadable, &self.settings.policy, ledger, now)
    }

    /// The report on a file that is no proof, or none of an event that this build knows. The seal of such a proof is
    /// examined, so that one that does not verify is told.
    pub(super) fn full_unreadable(&self, file: &[u8], error: &DecodeError, now: DateTime<Utc>) -> Report {
        let Some((envelope, look)) = envelope_of_unknown_event(file, error) else {
            return self.report_malformed(error, now);
        };
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let examined = examine_envelope(&envelope, &self.settings, look, now, &mut ledger);
        note_unreadable(error, &mut ledger);
        Report::new(ReportInput {
            artifact: ArtifactKind::ProofOfStep,
            examined,
            statement: None,
            policy: &self.settings.policy,
            now,
            ledger,
        })
    }

    pub(super) fn strict<S: LinkedStatement>(
        &self,
        proof: &Proof<S>,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verified<S>, VerifyError> {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let Checked { examined, disclosed, .. } = self.check(proof, context, now, &mut ledger);
        let signature = verified_signature(examined, &ledger)?;
        let disclosed = disclosed.map(Arc::new);
        let (basis, clock_skew) = (self.settings.basis().clone(), self.settings.policy.clock_skew());
        Ok(Verified { stated: proof.shared(), signature, basis, disclosed, clock_skew })
    }

    /// The strict verdict on a file that is no proof, or none of an event that this build knows.
    pub(super) fn strict_unreadable(&self, file: &[u8], error: &DecodeError, now: DateTime<Utc>) -> VerifyError {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        if let Some((envelope, look)) = envelope_of_unknown_event(file, error) {
            examine_envelope(&envelope, &self.settings, look, now, &mut ledger);
        }
        note_unreadable(error, &mut ledger);
        match verified_signature(Examined::nothing(), &ledger) {
            Err(error) => error,
            // Nothing was read, so that no policy makes this pass.
            Ok(_) => VerifyError::Indeterminate(Box::new(Ledger::unproven())),
        }
    }

    pub(super) fn full<S: LinkedStatement>(
        &self,
        proof: &Proof<S>,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> Report {
        self.full_with_signer(proof, context, now).0
    }

    /// The report, with the certificate of the seal where it is known.
    pub(crate) fn full_with_signer<S: LinkedStatement>(
        &self,
        proof: &Proof<S>,
        context: Context<'_>,
        now: DateTime<Utc>,
    ) -> (Report, Option<Certificate>) {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let Checked { examined, second_seals, log_proofs, .. } = self.check(proof, context, now, &mut ledger);
        let signer = examined.signer.as_ref().map(|signer| signer.certificate.clone());
        let report = Report::new(ReportInput {
            artifact: S::ARTIFACT,
            examined,
            statement: Some(StatementSummary::of(proof)),
            policy: &self.settings.policy,
            now,
            ledger,
        });
        let SecondSeals { reports, demanded_until } = second_seals;
        let LogProofs { reports: checkpoint_seals, existence: in_log, demanded_until: in_log_until } = log_proofs;
        let verifiable_until = match report.indication {
            Indication::TotalPassed => earlier(earlier(report.verifiable_until, demanded_until), in_log_until),
            // There is no verdict that a second seal or the seal of a checkpoint could end.
            Indication::Indeterminate | Indication::TotalFailed => report.verifiable_until,
        };
        let existence = report.existence.iter().cloned().chain(in_log).collect();
        let report = Report { second_seals: reports, checkpoint_seals, existence, verifiable_until, ..report };
        (report, signer)
    }

    /// The one engine behind both.
    fn check<S: LinkedStatement>(
        &self,
        proof: &Proof<S>,
        context: Context<'_>,
        now: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Checked<S> {
        let well_formed = match proof.form() {
            Form::Sealed(_) => Code::WellFormed,
            Form::Aggregated(_) => Code::AggregatedWellFormed,
        };
        ledger.note(Subject::Envelope, well_formed);
        let payload_past_from = check_payload(proof.stated(), context.payload, &self.settings, now, ledger);
        let examined = match proof.form() {
            Form::Sealed(envelope) => examine_envelope(envelope, &self.settings, Look::OWN, now, ledger),
            Form::Aggregated(file) => examine_aggregated(file, proof.stated_issuer(), &self.settings, now, ledger),
        };
        let examined = Examined { payload_past_from, ..examined };
        check_statement(proof.stated(), proof.stated_issuer(), &examined, &self.settings, now, ledger);
        let disclosed = check_disclosure(proof.stated(), context.disclosure, ledger);
        let stated = disclosed.as_ref().unwrap_or(proof.stated());
        let times = Times { now, existed_at: examined.proven_at };
        let of_proof = OfProof { issuer: proof.stated_issuer(), settings: &self.settings, times };
        stated.check_links(&of_proof, &context, ledger);
        let second_seals = check_second_seals(proof, &examined, context.second_seals, &self.settings, now, ledger);
        // Nothing is compared with them where no proof of a log was given.
        let is_compared = !self.settings.log_proofs.is_empty();
        let (entries, guessable) = if is_compared { log_entries(proof) } else { Default::default() };
        let (signing_time, proven_at) = (examined.signing_time, examined.proven_at);
        let issuer = proof.stated_issuer();
        let logged = Logged { entries: &entries, guessable: &guessable, issuer, signing_time, proven_at };
        let log_proofs = check_log(&logged, &self.settings, now, ledger);
        Checked { examined, disclosed, second_seals, log_proofs }
    }
}

/// The entries by which a log may hold a proof, and apart from these the ones that do not hide what it states.
///
/// One of a batch is there with its batch, or by itself. Its bare statement, which is also what its ProofId is of, hides what it holds
/// only where it commits to that.
fn log_entries<S: Statement>(proof: &Proof<S>) -> (Vec<Entry>, Vec<Entry>) {
    let own = Entry::from(proof.id());
    let file = match proof.form() {
        Form::Sealed(_) => return (vec![own], Vec::new()),
        Form::Aggregated(file) => file,
    };
    let (of_batch, bare) = (
        file.seal().log_entry(),
        [own, Entry::new(EntryKind::Statement, file.statement_digest(DigestAlgorithm::Sha256).first_32())],
    );
    match proof.stated().committed_fields() {
        [] => (of_batch.into_iter().collect(), bare.into()),
        [_, ..] => (of_batch.into_iter().chain(bare).collect(), Vec::new()),
    }
}

/// Notes why a file cannot be read as a proof. An event of another edition of the standard is no fault of the file.
fn note_unreadable(error: &DecodeError, ledger: &mut Ledger<'_>) {
    match error {
        DecodeError::EventNotKnown(name) => {
            ledger.note_with(Subject::Statement, Code::EventNotKnown, || Details::stated(name));
        }
        DecodeError::Coding(_)
        | DecodeError::Profile(_)
        | DecodeError::Statement(_)
        | DecodeError::Aggregated(_)
        | DecodeError::BatchStatement(_)
        | DecodeError::AnotherEvent(_)
        | DecodeError::EvidenceRecord => {
            ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(with_sources(error)));
        }
    }
}

/// Reads the envelope of evidence whose event this build does not know. That of an aggregated proof is the seal of its batch.
fn envelope_of_unknown_event(file: &[u8], error: &DecodeError) -> Option<(Envelope, Look<'static>)> {
    if !matches!(error, DecodeError::EventNotKnown(_)) {
        return None;
    }
    if AggregatedFile::is_begun_by(file) {
        let parts = AggregatedFile::from_der(file).ok()?;
        return Some((parts.seal().envelope(INTERNAL).clone(), Look { profile: Profile::Batch, ..Look::OWN }));
    }
    Some((Envelope::from_der(file.to_vec()).ok()?, Look::OWN))
}

/// The checks of a proof give this beside their findings.
struct Checked<S> {
    examined: Examined,
    /// The statement as a disclosure shows it.
    disclosed: Option<S>,
    second_seals: SecondSeals,
    log_proofs: LogProofs,
}
