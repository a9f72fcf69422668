//! Steps and replies are made from what verified.

use chrono::{DateTime, Utc};

use super::opening::{commit_anew, not_disclosed, reference};
use super::verified::Verified;
use crate::evidence::{Committed, EvidenceError, InReplyTo, Salts, Sending, Statement, Step, StepEvent};

impl Step {
    /// Something happened to what was sent to this recipient, whose index counts from 1, and no step led to it. Only a
    /// sending that verified has steps.
    ///
    /// Message, parties, content and submission time are those of the sending. What the sending commits to, and was verified
    /// without its disclosure, is marked as not disclosed: nobody compares it.
    ///
    /// ```
    /// # use recommande::evidence::{EvidenceError, Sending, Step, StepEvent, Window};
    /// # use recommande::verify::Verified;
    /// # fn asked(sent: &Verified<Sending>, now: chrono::DateTime<chrono::Utc>) -> Result<Step, EvidenceError> {
    /// let window = Window::new(now, now + chrono::TimeDelta::days(15), "FR-LRE")?;
    /// let asked = Step::of(sent, 1, StepEvent::NotificationForAcceptance { window }, now)?;
    /// # Ok(asked)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`EvidenceError::MemberMissing`] with CausedBy for an event that a step has to have led to, which
    /// [`after`](Self::after) takes; [`EvidenceError::NoSuchRecipient`]; [`EvidenceError::Opener`] for an answer of another
    /// recipient; [`EvidenceError::AssuranceBelowTerms`] for an answer below the level that the sending asks for;
    /// [`EvidenceError::ReasonContradictsEvent`]; [`EvidenceError::NotificationOrdinal`];
    /// [`EvidenceError::HoldsCommitments`] for a sending that was verified with its disclosure, of which
    /// [`of_disclosed`](Self::of_disclosed) makes the step; [`EvidenceError::OpenerNotDisclosed`] for a recipient to whom the
    /// sending commits, and who answers; and the errors of times and texts.
    pub fn of(
        sending: &Verified<Sending>,
        recipient_index: usize,
        event: StepEvent,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        not_disclosed(sending)?;
        Self::following(sending.statement(), reference(sending), recipient_index, None, event, event_time)
    }

    /// Something happened to what was sent, and a step that verified led to it. It is about the recipient of that step.
    ///
    /// # Errors
    /// [`EvidenceError::NotCausedBy`] for a step that does not lead to the event, or where none leads to it;
    /// [`EvidenceError::CauseOfAnotherLetter`]; [`EvidenceError::EventBeforeCause`]; [`EvidenceError::ExpiryTooEarly`]; and the
    /// errors of [`of`](Self::of).
    pub fn after(
        sending: &Verified<Sending>,
        cause: &Verified<Self>,
        event: StepEvent,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        not_disclosed(sending)?;
        Self::caused(sending, sending.statement(), cause, event, event_time)
    }

    /// Makes the step that [`of`](Self::of) makes, of a sending with commitments that was verified with its disclosure. The
    /// step commits anew, as [`Opening::of_disclosed`](crate::Opening::of_disclosed) does, and has a disclosure of its own.
    ///
    /// # Errors
    /// The errors of [`of`](Self::of) and of [`Committed::of`].
    pub fn of_disclosed(
        sending: &Verified<Sending>,
        recipient_index: usize,
        event: StepEvent,
        event_time: DateTime<Utc>,
        salts: Salts<'_>,
    ) -> Result<Committed<Self>, EvidenceError> {
        let disclosed = sending.disclosed().unwrap_or(sending.statement());
        let step = Self::following(disclosed, reference(sending), recipient_index, None, event, event_time)?;
        commit_anew(sending, &step, salts)
    }

    /// Makes the step that [`after`](Self::after) makes, of a sending with commitments that was verified with its disclosure.
    ///
    /// # Errors
    /// The errors of [`after`](Self::after) and of [`Committed::of`].
    pub fn after_disclosed(
        sending: &Verified<Sending>,
        cause: &Verified<Self>,
        event: StepEvent,
        event_time: DateTime<Utc>,
        salts: Salts<'_>,
    ) -> Result<Committed<Self>, EvidenceError> {
        let disclosed = sending.disclosed().unwrap_or(sending.statement());
        commit_anew(sending, &Self::caused(sending, disclosed, cause, event, event_time)?, salts)
    }

    fn caused(
        sending: &Verified<Sending>,
        stated: &Sending,
        cause: &Verified<Self>,
        event: StepEvent,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let recipient_index = cause.statement().refers_to_recipient().ok_or(EvidenceError::CauseOfAnotherLetter)?;
        let of_cause = Some((cause.statement(), reference(cause)));
        Self::following(stated, reference(sending), recipient_index, of_cause, event, event_time)
    }
}

impl Sending {
    /// States that the sending replies to a letter whose proof of sending verified (extension InReplyTo). A letter with
    /// commitments is verified with its disclosure.
    ///
    /// State the recipient before, and the identifier that the recipient of the letter had where it changed.
    ///
    /// # Errors
    /// [`EvidenceError::Reply`] for the first thing for which it is no reply: the sender of the letter did not allow one, it is by
    /// nobody who received the letter, it goes elsewhere than to the sender, or to whom that named for replies, it is earlier than
    /// the letter, or parties stand behind commitments.
    pub fn replying_to(self, original: &Verified<Self>) -> Result<Self, EvidenceError> {
        let letter = original.disclosed().unwrap_or(original.statement());
        self.in_reply(InReplyTo::new(letter.message_id().clone(), reference(original)), letter)
    }
}
