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
pub(super) use party_signature::Times;
pub(super) use recipient::check_recipient_signature;
pub(super) use register::check_register;
pub(super) use submission::check_submission;

impl<'a> SendingContext<'a> {
    /// Gives the submission that lies beside the proof, and the verifier of the senders' signatures: its anchors for seals are
    /// those of senders.
    ///
    /// The proof states the digest of the signature, and so shows that it existed at the time that the proof proves. It is
    /// judged as of then, with what is known now: a CRL of today tells if its certificate was revoked before.
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
    /// The proof around a signature shows that it existed at the time that the proof proves. It is judged as of then, with what
    /// is known now.
    #[must_use]
    pub fn with_verifier_of_recipients(mut self, recipients: &'a Verifier) -> Self {
        self.recipients = Some(&recipients.settings);
        self
    }
}
