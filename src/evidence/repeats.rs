//! What every later statement repeats of the sending that it follows.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::commitment::{Commitment, Field};
use super::error::EvidenceError;
use super::extension::PrecedingEvidence;
use super::identifiers::EvidenceIdentifier;
use super::party::{Party, RecipientsDelegate};
use super::statement::{Core, Statement};
use super::time;

/// The first thing in which a statement differs from the sending that it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOfThisSending {
    /// The statement follows the statement of another evidence identifier.
    #[error("the statement follows a statement of another evidence identifier")]
    EvidenceIdentifier,
    /// The statement is about another message.
    #[error("the statement is about another message")]
    MessageId,
    /// The statement states another sender, or another delegate of the sender.
    #[error("the statement states another sender")]
    Sender,
    /// The statement states other recipients.
    #[error("the statement states other recipients")]
    Recipients,
    /// A delegate of the sending is missing, or one that did not act was added.
    #[error("the statement states other delegates of recipients")]
    RecipientsDelegates,
    /// The statement states other parts, or other digests.
    #[error("the statement states other content")]
    Parts,
    /// The statement states another submission time.
    #[error("the statement states another submission time")]
    SubmissionTime,
    /// The statement states another extension of a national service, or none.
    #[error("the statement states another extension of a national service")]
    NationalExtension,
    /// The event is before the event of the sending.
    #[error("the event is before the sending")]
    EventTime,
    /// The statement marks a field of a party as not disclosed, and the sending does not commit to it.
    #[error("the statement marks a field of a party as not disclosed that the sending does not commit to")]
    MarkedParty,
    /// The statement marks a name of the message as not disclosed, and the sending does not commit to it.
    #[error("the statement marks a name of the message as not disclosed that the sending does not commit to")]
    MarkedName,
}

impl Core {
    /// Makes the members of a statement that follows this one, of an event at `event_time`, cut to the millisecond. It
    /// gets a fresh evidence identifier. What is still a commitment is marked as not disclosed.
    pub(super) fn followed(&self, event_time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let mut core = self.clone();
        core.event_time = time::to_millis("event time", event_time)?;
        if core.event_time < self.event_time {
            return Err(EvidenceError::EventBeforeSubmission);
        }
        core.evidence_identifier = EvidenceIdentifier::generate(core.event_time)?;
        core.mark_commitments()?;
        core.announced_seal = None;
        core.details = None;
        core.unknown_extensions.clear();
        core.take_assurance_of_recipients();
        Ok(core)
    }

    /// Holds it against a sending: the same message, parties, content and submission, and not before it. The ProofId is
    /// for the caller to compare: it is of the sealed proof. `disclosed` is the sending with the values of its
    /// disclosure. A field that is a commitment on one side is not compared. The event may be before the sending by `skew`, since
    /// the two may be by clocks of two services.
    pub(crate) fn check_repeats<S: Statement>(
        &self,
        preceding: &PrecedingEvidence,
        sending: &S,
        disclosed: Option<&S>,
        skew: TimeDelta,
    ) -> Result<(), NotOfThisSending> {
        use NotOfThisSending as Not;
        let disclosed = disclosed.unwrap_or(sending);
        let (mut statement, mut sent) = (Cow::Borrowed(self), Cow::Borrowed(disclosed.core()));
        hide_commitments(&mut statement, &mut sent);
        let same_parties =
            |a: &[Party], b: &[Party]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same_as(b));
        let same_delegate = |a: &RecipientsDelegate, b: &RecipientsDelegate| {
            a.party.is_same_as(&b.party) && a.acting_for == b.acting_for
        };
        let (repeated, added) =
            statement.recipients_delegates.split_at_checked(sent.recipients_delegates.len()).unwrap_or_default();
        let same_delegates = repeated.len() == sent.recipients_delegates.len()
            && repeated.iter().zip(&sent.recipients_delegates).all(|(a, b)| same_delegate(a, b))
            && added.iter().all(|delegate| delegate.party.assurance().is_some());
        let checks = [
            (preceding.evidence_identifier() == sent.evidence_identifier, Not::EvidenceIdentifier),
            (statement.message_id == sent.message_id, Not::MessageId),
            (statement.sender == sent.sender && statement.sender_delegate == sent.sender_delegate, Not::Sender),
            (same_parties(&statement.recipients, &sent.recipients), Not::Recipients),
            (same_delegates, Not::RecipientsDelegates),
            (statement.parts == sent.parts, Not::Parts),
            (statement.submission_time == sent.submission_time, Not::SubmissionTime),
            (statement.national_extensions == sent.national_extensions, Not::NationalExtension),
            (sent.event_time.signed_duration_since(statement.event_time) <= skew, Not::EventTime),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map_or_else(|| self.check_marks(sending), |(_, not)| Err(not))
    }

    /// Checks that what is marked as not disclosed is a commitment in the sending, as it was sealed. Nothing else was
    /// hidden from the issuer, and a mark elsewhere would keep what the sending states from being compared.
    fn check_marks<S: Statement>(&self, sending: &S) -> Result<(), NotOfThisSending> {
        let committed = sending.committed_fields();
        let is_marked_for_nothing = |field: &Field| field.is_of_event() || !committed.contains(field);
        match self.fields_not_disclosed().find(is_marked_for_nothing) {
            Some(Field::Party(..)) => Err(NotOfThisSending::MarkedParty),
            Some(Field::PartName(_) | Field::National(_)) => Err(NotOfThisSending::MarkedName),
            None => Ok(()),
        }
    }
}

/// Tells if two sendings of one message have other parties, other content, other terms or another time of submission. A commitment
/// is bound to its statement: what is one on either side is not compared, and everything else is.
pub(crate) fn is_another_letter(earlier: &impl Statement, later: &impl Statement) -> bool {
    let (mut earlier, mut later) = (Cow::Borrowed(earlier.core()), Cow::Borrowed(later.core()));
    hide_commitments(&mut earlier, &mut later);
    let same_content = earlier.parts.len() == later.parts.len()
        && earlier.parts.iter().zip(&later.parts).all(|(earlier, later)| earlier.digests() == later.digests());
    let is_same = earlier.sender == later.sender
        && earlier.sender_delegate == later.sender_delegate
        && earlier.recipients == later.recipients
        && earlier.details().terms == later.details().terms
        && earlier.submission_time == later.submission_time
        && same_content;
    !is_same
}

/// Puts the same commitment into the fields that are one on either side, so that these compare as equal and the rest is
/// compared. A commitment is bound to one statement, and says nothing about that of another.
pub(super) fn hide_commitments<'c>(statement: &mut Cow<'c, Core>, sending: &mut Cow<'c, Core>) {
    let fields = |core: &Core| core.commitments.as_deref().map(|commitments| commitments.fields.clone());
    let hidden: Vec<_> = [fields(statement), fields(sending)].into_iter().flatten().flatten().collect();
    for field in hidden {
        for core in [&mut *statement, &mut *sending] {
            // Nothing is put where a side lacks the field, which shows as a difference.
            let _ = core.to_mut().put_commitment(field, &Commitment::not_disclosed(0));
        }
    }
}
