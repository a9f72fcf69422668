//! Submissions whose signature verified, and the sendings that are made of them.

use crate::evidence::{NotAsSubmitted, Sending};
use crate::pki::Certificate;
use crate::seal::SignedSubmission;

/// A submission whose signature verified: only [`Verifier::verify_submission`](crate::Verifier::verify_submission) makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedSubmission {
    pub(super) submission: SignedSubmission,
    pub(super) certificate: Certificate,
}

impl VerifiedSubmission {
    /// Returns the submission with its signature. Keep both files beside the proof.
    pub fn signed(&self) -> &SignedSubmission {
        &self.submission
    }

    /// Returns the certificate of the sender, or of its delegate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl Sending {
    /// States that the sender signed what is sent: every member is compared with the submission, and the digest of the sender's
    /// signature is stated (extension Submission). The proof then shows that the service changed nothing.
    ///
    /// State it when the sending is complete. A commitment may be put in the place of a value afterwards; any other change of
    /// what the sender signed is [`EvidenceError::ChangedAfterSubmission`](crate::evidence::EvidenceError::ChangedAfterSubmission),
    /// where it is made or at the seal. A sealer of another environment refuses the sending.
    ///
    /// # Errors
    /// [`NotAsSubmitted`], the first difference.
    pub fn submitted_by(self, submission: &VerifiedSubmission) -> Result<Self, NotAsSubmitted> {
        let signed = submission.signed();
        signed.submission().check_carried_by(&self)?;
        Ok(self.with_submission(signed.digest(), signed.submission().environment()))
    }
}
