//! Signatures by the parties of a letter: the sender's of a submission, and the recipient's of an acceptance. Their
//! certificates have other anchors than seals, so that a verifier of their own judges them.

mod given;
mod party_signature;
mod recipient;
mod register;
mod submission;

use crate::seal::SignedSubmission;
use crate::verify::verified::{Context, SendingContext};

use super::Verifier;

pub(super) use given::ReadParties;
pub use given::{GivenOriginal, GivenParties, GivenSubmission};
pub(super) use recipient::check_recipient_signature;
pub(super) use register::check_register;
pub(super) use submission::check_submission;

impl<'a> SendingContext<'a> {
    /// Gives the submission that lies beside the proof, and the verifier of the senders' signatures: its anchors for seals are
    /// those of senders.
    ///
    /// The signature is judged at the time that the proof proves, because the proof states its digest and so shows that it
    /// existed.
    #[must_use]
    pub fn with_submission(mut self, submission: &'a SignedSubmission, senders: &'a Verifier) -> Self {
        self.submission = Some((submission, &senders.settings));
        self
    }
}

impl<'a> Context<'a> {
    /// Gives the submission that lies beside a proof of sending, see [`SendingContext::with_submission`].
    #[must_use]
    pub fn with_submission(mut self, submission: &'a SignedSubmission, senders: &'a Verifier) -> Self {
        self.submission = Some((submission, &senders.settings));
        self
    }

    /// Gives the verifier of the recipients' own signatures: its anchors for seals are those of recipients. Without it such a
    /// signature is kept and not evaluated.
    ///
    /// A signature is judged at the time that the proof around it proves.
    #[must_use]
    pub fn with_verifier_of_recipients(mut self, recipients: &'a Verifier) -> Self {
        self.recipients = Some(&recipients.settings);
        self
    }
}
