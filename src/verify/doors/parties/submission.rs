//! The submission that a sender signed, by itself and beside the proof of its sending.

use chrono::{DateTime, Utc};

use super::party_signature::{Commitment, PartySignature, Times, Verdict, examine_party_signature, reason};
use crate::asn1::oid;
use crate::evidence::{CertificateNames, Compared, Issuer, NotAsSubmitted, Sending, Statement, Submission};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::pki::Certificate;
use crate::seal::SignedSubmission;
use crate::text;
use crate::verify::doors::Verifier;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::submission::VerifiedSubmission;
use crate::verify::verified::VerifyError;

impl Verifier {
    /// The strict verdict on a submission, before a sending is made of it: the signature verifies, its certificate leads to an
    /// anchor and names no other enterprise than the sender or its delegate, and it is for the environment of this verifier. The
    /// anchors for seals of the verifier are those of senders.
    ///
    /// `at` is the time of receipt. A signature without a timestamp is judged at that time.
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify_submission(
        &self,
        submission: &SignedSubmission,
        at: DateTime<Utc>,
    ) -> Result<VerifiedSubmission, VerifyError> {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let signature = examine_submission(submission, &self.settings, Times::now(at), &mut ledger);
        match signature.verdict(&ledger) {
            Verdict::Valid(certificate) => Ok(VerifiedSubmission { submission: submission.clone(), certificate }),
            Verdict::Failed(finding) => Err(VerifyError::Failed(Box::new(finding))),
            Verdict::Open(finding) => Err(VerifyError::Indeterminate(Box::new(finding))),
        }
    }

    /// Everything that was checked on a submission, and the verdict.
    pub fn report_submission(&self, submission: &SignedSubmission, at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let PartySignature { examined, .. } =
            examine_submission(submission, &self.settings, Times::now(at), &mut ledger);
        Report::new(ReportInput {
            artifact: ArtifactKind::Submission,
            examined,
            statement: None,
            policy: &self.settings.policy,
            now: at,
            ledger,
        })
    }
}

fn examine_submission(
    signed: &SignedSubmission,
    settings: &Settings,
    times: Times,
    ledger: &mut Ledger<'_>,
) -> PartySignature {
    let submission = signed.submission();
    // A submission of a trial must not be carried in production, where it would have effects.
    if submission.environment() != settings.environment {
        let (stated, computed) = (submission.environment(), settings.environment);
        ledger.note_with(Subject::Submission, Code::EnvironmentDiffers, || Details::both(stated, computed));
    }
    let signature = examine_party_signature(signed.signature(), submission.json(), settings, times, ledger);
    if let Some(signer) = &signature.examined.signer {
        check_sender(submission, &signer.certificate, ledger);
        check_commitment(signature.commitment, ledger);
    }
    signature
}

/// The sender commits to the origin of what it submits (ETSI EN 319 122-1 V1.3.1, clause 5.2.3). Not every program writes a
/// commitment, and a signature that was made for another purpose, such as a receipt, asks nobody to carry anything.
fn check_commitment(commitment: Commitment, ledger: &mut Ledger<'_>) {
    let code = match commitment {
        Commitment::To(oid::PROOF_OF_ORIGIN) => return,
        Commitment::Absent => Code::SubmissionWithoutOrigin,
        Commitment::Unreadable | Commitment::To(_) => Code::SubmissionForAnotherPurpose,
    };
    ledger.note_with(Subject::Submission, code, || Details::stated(commitment));
}

/// The certificate is the sender's, or its delegate's. Any sender under a trusted anchor could submit as another one otherwise.
fn check_sender(submission: &Submission, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let parties = [Some(submission.sender()), submission.sender_delegate()];
    let code = match CertificateNames::any_of(parties.into_iter().flatten(), certificate) {
        CertificateNames::Party => Code::SenderInCertificate,
        CertificateNames::Another => Code::SenderNotInCertificate,
        CertificateNames::Nobody => Code::SenderNotIdentified,
    };
    ledger.note(Subject::Submission, code);
}

/// Compares a sending with the submission that it names by a digest, and judges the sender's signature.
pub(in crate::verify::doors) fn check_submission(
    sending: &Sending,
    issuer: &Issuer,
    given: Option<(&SignedSubmission, &Settings)>,
    times: Times,
    ledger: &mut Ledger<'_>,
) {
    let (stated, signed, settings) = match (sending.submission_digest(), given) {
        (None, None) => return,
        (Some(_), None) => {
            ledger.note(Subject::Submission, Code::SubmissionNotGiven);
            return;
        }
        // Whoever lays a submission beside a proof that names none must not make it look stronger.
        (None, Some(_)) => {
            ledger.note(Subject::Submission, Code::SubmissionNotNamed);
            return;
        }
        (Some(stated), Some((signed, settings))) => (stated, signed, settings),
    };
    let computed = stated.algorithm().digest(signed.signature());
    if *stated != computed {
        ledger.note_with(Subject::Submission, Code::SubmissionDiffers, || Details::both(stated, computed));
        return;
    }
    let mut of_signature = Ledger::decisive(&settings.policy.levels);
    let signature = examine_submission(signed, settings, times, &mut of_signature);
    let is_signed = match signature.verdict(&of_signature) {
        Verdict::Valid(certificate) => {
            check_sender(signed.submission(), &certificate, ledger);
            check_commitment(signature.commitment, ledger);
            true
        }
        Verdict::Failed(finding) => {
            ledger.note_with(Subject::Submission, Code::SubmissionSignatureInvalid, || reason(&finding));
            false
        }
        Verdict::Open(finding) => {
            ledger.note_with(Subject::Submission, Code::SubmissionNotVerified, || reason(&finding));
            false
        }
    };
    check_signed_before(sending, signature.examined.signing_time, settings, ledger);
    match compare(signed.submission(), sending, issuer) {
        Ok(compared) => {
            if compared == Compared::AllButCommitments {
                ledger.note(Subject::Submission, Code::SubmissionNotComparedInFull);
            }
            // What nobody signed is no submission of the sender, however well it fits.
            if is_signed {
                ledger.note_with(Subject::Submission, Code::SubmissionMatches, || Details::computed(computed));
            }
        }
        Err(difference) => {
            ledger.note_with(Subject::Submission, Code::SubmissionSaysOtherwise, || Details::stated(difference));
        }
    }
}

fn compare(submission: &Submission, sending: &Sending, issuer: &Issuer) -> Result<Compared, NotAsSubmitted> {
    // A proof of production must not rest on what was submitted as a trial.
    if submission.environment() != issuer.environment() {
        return Err(NotAsSubmitted::Environment);
    }
    submission.compare(sending)
}

/// A sender signs before the service accepts. The time is the sender's claim.
fn check_signed_before(
    sending: &Sending,
    signing_time: Option<DateTime<Utc>>,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) {
    let latest = sending.event_time().checked_add_signed(settings.policy.clock_skew());
    if let (Some(signing_time), Some(latest)) = (signing_time, latest)
        && signing_time > latest
    {
        ledger.note_with(Subject::Submission, Code::SubmissionSignedAfterEvent, || {
            Details::both(text::time(signing_time), text::time(sending.event_time()))
        });
    }
}
