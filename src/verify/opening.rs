//! Openings are made from a sending that verified.

use chrono::{DateTime, Utc};

use super::verified::Verified;
use crate::evidence::{
    ActedBy, Assurance, Committed, EvidenceError, Field, Opening, PartyField, PrecedingEvidence, Role, Salts, Sending,
    Statement, Step,
};

impl Opening {
    /// The recipient, or a delegate, opened what was sent. Only a sending that verified can be opened.
    ///
    /// Message, parties, content and submission time are those of the sending; `assurance` says how the person who
    /// opened it was authenticated. What the sending commits to, and was verified without its disclosure, is marked as not
    /// disclosed: nobody compares it.
    ///
    /// # Errors
    /// [`EvidenceError`] for a recipient that the sending does not have, or times out of order;
    /// [`EvidenceError::AssuranceBelowTerms`] for a level below the one that the sending asks for;
    /// [`EvidenceError::OpenerNotDisclosed`] for a recipient to whom the sending commits;
    /// [`EvidenceError::HoldsCommitments`] for a sending that was verified with its disclosure:
    /// [`of_disclosed`](Self::of_disclosed) opens it.
    pub fn of(
        sending: &Verified<Sending>,
        opened_by: ActedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        not_disclosed(sending)?;
        Self::following(sending.statement(), &reference(sending), opened_by, assurance, event_time)
    }

    /// The recipient, or a delegate, opened what was sent with commitments. The sending was verified with its disclosure,
    /// whose values the opening commits to anew: a commitment is bound to one proof. A delegate whom the sending does not
    /// have is committed to as well, unless it is a legal person.
    ///
    /// The disclosure may lack whatever is not about the party that opened, such as another recipient who was erased. The
    /// opening marks these fields as not disclosed, and nobody compares them. It has a disclosure of its own.
    ///
    /// # Errors
    /// [`EvidenceError::OpenerNotDisclosed`] when the disclosure lacks a field of the party that opened, or of the
    /// recipient that the opening refers to; [`EvidenceError::Empty`] when nothing is there to commit to, and
    /// [`of`](Self::of) opens the sending; the errors of [`of`](Self::of) and of [`Committed::of`].
    pub fn of_disclosed(
        sending: &Verified<Sending>,
        opened_by: ActedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
        salts: Salts<'_>,
    ) -> Result<Committed<Self>, EvidenceError> {
        let disclosed = sending.disclosed().unwrap_or(sending.statement());
        let opening = Self::following(disclosed, &reference(sending), opened_by, assurance, event_time)?;
        commit_anew(sending, &opening, salts)
    }

    /// States the step that led to the opening: ContentConsignment, or of a handover ConsignmentAcceptance too (extension
    /// CausedBy). Where the sending asks for an acceptance, no opening is sealed without it.
    ///
    /// # Errors
    /// [`EvidenceError::NotCausedBy`], [`EvidenceError::CauseOfAnotherLetter`], [`EvidenceError::EventBeforeCause`].
    pub fn with_cause(self, cause: &Verified<Step>) -> Result<Self, EvidenceError> {
        self.led_to_by(cause.statement(), reference(cause))
    }
}

/// What follows would name whom the statement only commits to, or lose who was disclosed.
pub(super) fn not_disclosed(sending: &Verified<Sending>) -> Result<(), EvidenceError> {
    if sending.disclosed().is_some() { Err(EvidenceError::HoldsCommitments) } else { Ok(()) }
}

/// Refers to a proof that verified.
pub(super) fn reference<S: Statement>(verified: &Verified<S>) -> PrecedingEvidence {
    PrecedingEvidence::new(*verified.id().digest(), verified.statement().evidence_identifier())
}

/// Commits to what the sending commits to and its disclosure gave, and to a natural person who is added as a delegate.
pub(super) fn commit_anew<S: Statement>(
    sending: &Verified<Sending>,
    statement: &S,
    salts: Salts<'_>,
) -> Result<Committed<S>, EvidenceError> {
    let disclosed = sending.disclosed().unwrap_or(sending.statement());
    let delegates = disclosed.recipients_delegates().len();
    let is_of_new_delegate = |field: &Field| match field {
        Field::Party(Role::RecipientsDelegate(number), PartyField::Attribute(_) | PartyField::Identifier) => {
            *number > delegates
        }
        Field::Party(
            Role::Sender
            | Role::SenderDelegate
            | Role::Recipient(_)
            | Role::ReplyTo
            | Role::Principal
            | Role::MandateLink(_)
            | Role::PreviousIdentifier
            | Role::CurrentIdentifier,
            _,
        )
        | Field::PartName(_)
        | Field::National(_) => false,
    };
    let committed = sending.statement().committed_fields().iter().copied().filter(|field| !field.is_of_event());
    let mut fields: Vec<_> = committed.filter(|field| !disclosed.committed_fields().contains(field)).collect();
    fields.extend(Field::personal(statement).into_iter().filter(is_of_new_delegate));
    Committed::of(statement, &fields, salts)
}
