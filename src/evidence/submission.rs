//! What a sender asks a service to carry, as the octets that the sender signs.

use std::borrow::Cow;
use std::fmt;

use super::codec::json::submission::{read_submission, write_submission};
use super::details::{Details, StatedPayment, StatedSubmission};
use super::environment::Environment;
use super::error::{DecodeStatementError, EvidenceError};
use super::event::Event;
use super::identifiers::MessageId;
use super::party::{Party, RecipientsDelegate};
use super::profile::Succession;
use super::repeats::hide_commitments;
use super::sending::Sending;
use super::statement::Core;
use super::statement::sealed::Sealed as _;
use crate::crypto::Digest;

/// What a sender asks a service to carry: the message, the parties, the content by its digests, and what the sender wants
/// done with it. The sender signs its octets, so that the service cannot change what it was asked to carry.
///
/// ```text
/// { "type": "recommande-submission/1", "SenderDetails", "SenderDelegateDetails"?, "RecipientDetails",
///   "RecipientsDelegateDetails"?, "MessageIdentifier", "UserContentInfo",
///   "Extensions": [ Environment, AdditionalDigests?, those of national services, Terms?, InReplyTo?, Payment? ] }
/// ```
///
/// The members are those of a [`Sending`], in its one form of JSON. What only the service can say is left out: the times, the
/// identifier of its evidence, and how the parties were authenticated. A submission states values and no commitments to them.
/// It is personal data, and Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    json: Vec<u8>,
    environment: Environment,
    core: Box<Core>,
}

/// The first thing in which a sending differs from what its sender submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAsSubmitted {
    /// The submission is for another environment of the service.
    #[error("the submission is for another environment")]
    Environment,
    /// The sending is another message.
    #[error("the sending is another message than was submitted")]
    MessageId,
    /// The sending states another sender, or another delegate of the sender.
    #[error("the sending states another sender than was submitted")]
    Sender,
    /// The sending states other recipients.
    #[error("the sending states other recipients than were submitted")]
    Recipients,
    /// The sending states other delegates of recipients.
    #[error("the sending states other delegates of recipients than were submitted")]
    RecipientsDelegates,
    /// The sending states other parts, or other digests.
    #[error("the sending states other content than was submitted")]
    Parts,
    /// The sending states other data of a national service.
    #[error("the sending states other data of a national service than was submitted")]
    NationalExtension,
    /// The sending states other terms.
    #[error("the sending states other terms than were submitted")]
    Terms,
    /// The sending replies to another message, or to none.
    #[error("the sending replies to another message than was submitted")]
    InReplyTo,
    /// The sending asks for another payment.
    #[error("the sending asks for another payment than was submitted")]
    Payment,
}

/// How much of a sending was compared with its submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// Every member was compared.
    Everything,
    /// The sending commits to some members, and their values are not at hand.
    AllButCommitments,
}

impl Submission {
    /// Makes the submission of a draft for this environment. The sender signs its octets, and a service that makes it from the
    /// same draft gets the same ones.
    ///
    /// Extensions that the profile does not know are left out.
    ///
    /// # Errors
    /// [`EvidenceError::NotOfSubmission`] for a draft with commitments; [`EvidenceError::TooLarge`]; the errors of a sending
    /// that breaks a rule of its event.
    pub fn of(draft: &Sending, environment: Environment) -> Result<Self, EvidenceError> {
        let core = submitted(draft.core());
        check(&core, draft.core().commitments.is_some())?;
        Ok(Self { json: write_submission(&core, environment)?, environment, core: Box::new(core) })
    }

    /// Reads a submission in exactly the form in which [`Submission::of`] writes it, and keeps the octets. A line feed may follow
    /// them, which is signed with them.
    ///
    /// # Errors
    /// [`DecodeStatementError`] for everything that a submission does not have.
    pub fn from_json(octets: &[u8]) -> Result<Self, DecodeStatementError> {
        let (core, environment) = read_submission(octets.strip_suffix(b"\n").unwrap_or(octets))?;
        let is_refused = |error: EvidenceError| DecodeStatementError {
            path: String::new(),
            offset: octets.len(),
            kind: error.into(),
        };
        check(&core, false).map_err(is_refused)?;
        Ok(Self { json: octets.to_vec(), environment, core: Box::new(core) })
    }

    /// Returns the octets that are signed.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Returns the environment that the submission is for.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Returns the sender.
    pub fn sender(&self) -> &Party {
        &self.core.sender
    }

    /// Returns the party that acts for the sender.
    pub fn sender_delegate(&self) -> Option<&Party> {
        self.core.sender_delegate.as_ref()
    }

    /// Returns the recipients, of which there is at least one.
    pub fn recipients(&self) -> &[Party] {
        &self.core.recipients
    }

    /// Returns the identifier of the message.
    pub fn message_id(&self) -> &MessageId {
        &self.core.message_id
    }

    /// Compares every member with that of a sending which is about to be sealed, or was.
    ///
    /// # Errors
    /// [`NotAsSubmitted`], the first difference.
    pub fn check_carried_by(&self, sending: &Sending) -> Result<(), NotAsSubmitted> {
        self.compare(sending).map(|_| ())
    }

    /// Compares every member of a sending but those to which it commits.
    pub(crate) fn compare(&self, sending: &Sending) -> Result<Compared, NotAsSubmitted> {
        use NotAsSubmitted as Not;
        let mut stated = Cow::Borrowed(sending.core());
        let with_same_commitments = Core { commitments: stated.commitments.clone(), ..Core::clone(&self.core) };
        let mut signed = Cow::Owned(with_same_commitments);
        hide_commitments(&mut stated, &mut signed);
        let (of_sending, of_submission) = (stated.details(), signed.details());
        let is_payment_hidden = matches!(of_sending.payment.as_deref(), Some(StatedPayment::Committed(_)))
            && of_submission.payment.is_some();
        let same_delegate = match (&stated.sender_delegate, &signed.sender_delegate) {
            (Some(stated), Some(signed)) => stated.is_same_as(signed),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let checks = [
            (stated.message_id == signed.message_id, Not::MessageId),
            (stated.sender.is_same_as(&signed.sender) && same_delegate, Not::Sender),
            (are_same(&stated.recipients, &signed.recipients, Party::is_same_as), Not::Recipients),
            (
                are_same(&stated.recipients_delegates, &signed.recipients_delegates, is_same_delegate),
                Not::RecipientsDelegates,
            ),
            (stated.parts == signed.parts, Not::Parts),
            (stated.national_extensions == signed.national_extensions, Not::NationalExtension),
            (of_sending.terms == of_submission.terms, Not::Terms),
            (of_sending.in_reply_to == of_submission.in_reply_to, Not::InReplyTo),
            (is_payment_hidden || of_sending.payment == of_submission.payment, Not::Payment),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, difference)) => Err(difference),
            None if is_payment_hidden || sending.core().commitments.is_some() => Ok(Compared::AllButCommitments),
            None => Ok(Compared::Everything),
        }
    }
}

fn are_same<T>(stated: &[T], signed: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    stated.len() == signed.len() && stated.iter().zip(signed).all(|(stated, signed)| is_same(stated, signed))
}

fn is_same_delegate(stated: &RecipientsDelegate, signed: &RecipientsDelegate) -> bool {
    stated.party.is_same_as(&signed.party) && stated.acting_for == signed.acting_for
}

/// Returns the members of a draft that a submission has. The others get values that stand for none.
fn submitted(draft: &Core) -> Core {
    let details = draft.details();
    let details = Details {
        terms: details.terms.clone(),
        in_reply_to: details.in_reply_to.clone(),
        payment: details.payment.clone(),
        ..Details::NONE
    };
    let recipients_delegates = draft.recipients_delegates.iter().map(|delegate| RecipientsDelegate {
        party: delegate.party.clone().without_assurance(),
        acting_for: delegate.acting_for.clone(),
    });
    Core {
        sender: draft.sender.clone().without_assurance(),
        sender_delegate: draft.sender_delegate.clone().map(Party::without_assurance),
        recipients: draft.recipients.iter().cloned().map(Party::without_assurance).collect(),
        recipients_delegates: recipients_delegates.collect(),
        parts: draft.parts.clone(),
        national_extensions: draft.national_extensions.clone(),
        details: (details != Details::NONE).then(|| Box::new(details)),
        ..Core::without_evidence(draft.sender.clone(), draft.message_id.clone())
    }
}

/// Checks the rules of a sending, and those that are of a submission alone.
fn check(core: &Core, has_commitments: bool) -> Result<(), EvidenceError> {
    let commits = matches!(core.details().payment.as_deref(), Some(StatedPayment::Committed(_)));
    let is_committed = |party: &Party| party.identifier().is_committed();
    // A sender who signs a commitment signs what nobody can hold against the service without its salt.
    if has_commitments || commits || core.parties().any(is_committed) {
        return Err(EvidenceError::NotOfSubmission("commitments"));
    }
    if core.parties().any(|party| party.assurance().is_some()) {
        return Err(EvidenceError::NotOfSubmission("assurance"));
    }
    core.check_event(Event::SubmissionAcceptance, None)?;
    core.check_commitments(Succession::First)
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submission({} octets)", self.json.len())
    }
}

impl Sending {
    /// States the submission that the sender signed, by the digest of its signature (extension Submission).
    pub(crate) fn with_submission(self, digest: Digest, environment: Environment) -> Self {
        let mut core = self.core().clone();
        core.details_mut().submission = Some(Box::new(StatedSubmission::of_draft(digest, environment)));
        self.with_core(core)
    }
}
