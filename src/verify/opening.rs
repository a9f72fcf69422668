//! Openings are made from a sending that verified.

use chrono::{DateTime, Utc};

use super::verified::Verified;
use crate::evidence::{
    Assurance, Committed, EvidenceError, Field, OpenedBy, Opening, PartyField, PrecedingEvidence, Role, Salts, Sending,
    Statement,
};

impl Opening {
    /// The recipient, or a delegate, opened what was sent. Only a sending that verified can be opened.
    ///
    /// Message, parties, content and submission time are those of the sending; `assurance` says how the person who
    /// opened it was authenticated.
    ///
    /// # Errors
    /// [`EvidenceError`] for a recipient that the sending does not have, or times out of order;
    /// [`EvidenceError::HoldsCommitments`] for a sending that is opened with its disclosure:
    /// [`of_disclosed`](Self::of_disclosed).
    pub fn of(
        sending: &Verified<Sending>,
        opened_by: OpenedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let preceding = PrecedingEvidence::new(*sending.id().digest(), sending.statement().evidence_identifier());
        Self::following(sending.statement(), &preceding, opened_by, assurance, event_time)
    }

    /// The recipient, or a delegate, opened what was sent with commitments. The sending was verified with its disclosure,
    /// whose values the opening commits to anew: a commitment is bound to one proof. A delegate whom the sending does not
    /// have is committed to as well, unless it is a legal person.
    ///
    /// The opening has a disclosure of its own. If the sending holds no commitments, nothing is there to commit to, and
    /// [`of`](Self::of) opens it.
    ///
    /// # Errors
    /// [`EvidenceError::NotDisclosed`] when a commitment of the sending was not disclosed, or there is none; the errors of
    /// [`of`](Self::of) and of [`Committed::of`].
    pub fn of_disclosed(
        sending: &Verified<Sending>,
        opened_by: OpenedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
        salts: Salts<'_>,
    ) -> Result<Committed<Self>, EvidenceError> {
        let disclosed = sending.disclosed().filter(|disclosed| disclosed.committed_fields().is_empty());
        let disclosed = disclosed.ok_or(EvidenceError::NotDisclosed)?;
        let preceding = PrecedingEvidence::new(*sending.id().digest(), sending.statement().evidence_identifier());
        let opening = Self::following(disclosed, &preceding, opened_by, assurance, event_time)?;
        let delegates = disclosed.recipients_delegates().len();
        let is_of_new_delegate = |field: &Field| match field {
            Field::Party(Role::RecipientsDelegate(number), PartyField::Attribute(_) | PartyField::Identifier) => {
                *number > delegates
            }
            Field::Party(Role::Sender | Role::SenderDelegate | Role::Recipient(_), _)
            | Field::PartName(_)
            | Field::Token
            | Field::Title
            | Field::DownloadFileName => false,
        };
        let mut fields = sending.statement().committed_fields().to_vec();
        fields.extend(Field::personal(&opening).into_iter().filter(is_of_new_delegate));
        Committed::of(&opening, &fields, salts)
    }
}
