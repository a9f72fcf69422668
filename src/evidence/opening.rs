//! Describes openings: the recipient, or a party acting for it, opened the content of a sending.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::commitment::{Commitment, Field, Role};
use super::error::EvidenceError;
use super::event::{Event, OpeningEvent};
use super::extension::PrecedingEvidence;
use super::identifiers::EvidenceIdentifier;
use super::party::{Assurance, Party, RecipientsDelegate};
use super::profile::Assured;
use super::sending::Sending;
use super::statement::sealed::{Parts, Sealed};
use super::statement::{Core, Follows, IntoStatement, Statement};
use super::time;
use super::unknown_extension::UnknownExtension;

/// The party that opened the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedBy {
    /// The recipient of this index, from 1.
    Recipient(usize),
    /// A delegate. The opening refers to the first of the recipients it acts for.
    Delegate {
        /// The party that acted.
        party: Party,
        /// The indices, from 1, of the recipients that the party acts for.
        acting_for: Vec<usize>,
    },
}

/// The statement of a proof of opening: a recipient or a delegate opened the content of a sending
/// (ContentAccessTracking or ContentHandover).
///
/// It repeats the message, the parties, the parts and the submission of the sending. Among recipients and their
/// delegates exactly the party that opened carries assurance. Debug shows no value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The members are shared, as those of a sending are.
    core: Arc<Core>,
    event: OpeningEvent,
    follows: Follows,
}

/// The first thing in which an opening differs from the sending that it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOfThisSending {
    /// The opening follows the statement of another evidence identifier.
    #[error("the opening follows a statement of another evidence identifier")]
    EvidenceIdentifier,
    /// The opening is about another message.
    #[error("the opening is about another message")]
    MessageId,
    /// The opening states another sender, or another delegate of the sender.
    #[error("the opening states another sender")]
    Sender,
    /// The opening states other recipients.
    #[error("the opening states other recipients")]
    Recipients,
    /// A delegate of the sending is missing, or one that did not open was added.
    #[error("the opening states other delegates of recipients")]
    RecipientsDelegates,
    /// The opening states other parts, or other digests.
    #[error("the opening states other content")]
    Parts,
    /// The opening states another submission time.
    #[error("the opening states another submission time")]
    SubmissionTime,
    /// The opening states another extension of a national service, or none.
    #[error("the opening states another extension of a national service")]
    NationalExtension,
    /// The opening is before the event of the sending.
    #[error("the opening is before the sending")]
    EventTime,
    /// The opening marks a field of a party as not disclosed, and the sending does not commit to it.
    #[error("the opening marks a field of a party as not disclosed that the sending does not commit to")]
    MarkedParty,
    /// The opening marks a name of the message as not disclosed, and the sending does not commit to it.
    #[error("the opening marks a name of the message as not disclosed that the sending does not commit to")]
    MarkedName,
}

impl Opening {
    /// Makes the opening of a sending whose proof is `preceding`, at `event_time`, cut to the millisecond. It gets a
    /// fresh evidence identifier. What is still a commitment in the sending is marked as not disclosed.
    ///
    /// # Errors
    /// [`EvidenceError::PrecedingEvidence`], [`EvidenceError::OpenerNotDisclosed`], [`EvidenceError::NoSuchRecipient`], [`EvidenceError::DelegateForNobody`],
    /// [`EvidenceError::EventBeforeSubmission`], [`EvidenceError::AuthenticationAfterEvent`],
    /// [`EvidenceError::TimeOutOfRange`], [`EvidenceError::Random`].
    pub(crate) fn following(
        sending: &Sending,
        preceding: &PrecedingEvidence,
        opened_by: OpenedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        if preceding.evidence_identifier() != sending.evidence_identifier() {
            return Err(EvidenceError::PrecedingEvidence);
        }
        let mut core = Core::clone(sending.core());
        core.event_time = time::to_millis("event time", event_time)?;
        if core.event_time < sending.event_time() {
            return Err(EvidenceError::EventBeforeSubmission);
        }
        core.evidence_identifier = EvidenceIdentifier::generate(core.event_time)?;
        core.mark_commitments()?;
        core.announced_seal = None;
        core.unknown_extensions.clear();
        core.recipients = core.recipients.into_iter().map(Party::without_assurance).collect();
        for delegate in &mut core.recipients_delegates {
            delegate.party = delegate.party.clone().without_assurance();
        }
        let recipient_index = match opened_by {
            OpenedBy::Recipient(index) => {
                let recipient = core.recipient(index)?.clone().with_assurance(assurance);
                if let Some(place) = index.checked_sub(1).and_then(|position| core.recipients.get_mut(position)) {
                    *place = recipient;
                }
                index
            }
            OpenedBy::Delegate { party, acting_for } => {
                let first = *acting_for.first().ok_or(EvidenceError::DelegateForNobody)?;
                let is_opener = |delegate: &&mut RecipientsDelegate| {
                    delegate.party.is_same_as(&party) && delegate.acting_for == acting_for
                };
                match core.recipients_delegates.iter_mut().find(is_opener) {
                    Some(delegate) => delegate.party = party.with_assurance(assurance),
                    None => {
                        let party = party.with_assurance(assurance);
                        core.add_recipients_delegate(RecipientsDelegate { party, acting_for })?;
                    }
                }
                first
            }
        };
        let follows = Follows { recipient_index, preceding: preceding.clone() };
        Self { core: Arc::new(core), event: OpeningEvent::default(), follows }.checked()
    }

    /// States another event than ContentAccessTracking.
    pub fn with_event(mut self, event: OpeningEvent) -> Self {
        self.event = event;
        self
    }

    /// Replaces the evidence identifier: for fixed vectors, and for a statement that got its identifier elsewhere.
    pub fn with_evidence_identifier(mut self, evidence_identifier: EvidenceIdentifier) -> Self {
        Arc::make_mut(&mut self.core).replace_evidence_identifier(evidence_identifier);
        self
    }

    /// Adds a non-critical extension of the caller's own.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`].
    pub fn with_extension(mut self, extension: UnknownExtension) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).add_unknown_extension(extension)?;
        Ok(self)
    }

    /// Returns the reference to the proof that the opening follows.
    pub fn preceding(&self) -> &PrecedingEvidence {
        &self.follows.preceding
    }

    /// Returns the index, from 1, of the recipient that the opening refers to (EvidenceRefersToRecipient).
    pub fn recipient_index(&self) -> usize {
        self.follows.recipient_index
    }

    /// Returns the party that opened.
    pub fn opened_by(&self) -> OpenedBy {
        match self.opening_delegate() {
            Some(RecipientsDelegate { party, acting_for }) => {
                OpenedBy::Delegate { party: party.clone(), acting_for: acting_for.clone() }
            }
            None => OpenedBy::Recipient(self.follows.recipient_index),
        }
    }

    /// Returns the assurance of the party that opened. It is always there, because an opening without assurance is
    /// neither built nor read.
    pub fn assurance(&self) -> Option<&Assurance> {
        match self.opening_delegate() {
            Some(delegate) => delegate.party.assurance(),
            None => self.core.recipient(self.follows.recipient_index).ok()?.assurance(),
        }
    }

    fn opening_delegate(&self) -> Option<&RecipientsDelegate> {
        self.core.recipients_delegates.iter().find(|delegate| delegate.party.assurance().is_some())
    }

    /// Holds it against a sending: the same message, parties, content and submission, and not before it. The ProofId is
    /// for the caller to compare: it is of the sealed proof. `disclosed` is the sending with the values of its
    /// disclosure. A field that is a commitment on one side is not compared.
    ///
    /// # Errors
    /// [`NotOfThisSending`], the first difference.
    pub fn check_follows(&self, sending: &Sending, disclosed: Option<&Sending>) -> Result<(), NotOfThisSending> {
        use NotOfThisSending as Not;
        let disclosed = disclosed.unwrap_or(sending);
        let (mut opening, mut sent) = (Cow::Borrowed(self.core()), Cow::Borrowed(disclosed.core()));
        hide_commitments(&mut opening, &mut sent);
        let same_parties =
            |a: &[Party], b: &[Party]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same_as(b));
        let same_delegate = |a: &RecipientsDelegate, b: &RecipientsDelegate| {
            a.party.is_same_as(&b.party) && a.acting_for == b.acting_for
        };
        let (repeated, added) =
            opening.recipients_delegates.split_at_checked(sent.recipients_delegates.len()).unwrap_or_default();
        let same_delegates = repeated.len() == sent.recipients_delegates.len()
            && repeated.iter().zip(&sent.recipients_delegates).all(|(a, b)| same_delegate(a, b))
            && added.iter().all(|delegate| delegate.party.assurance().is_some());
        let checks = [
            (self.follows.preceding.evidence_identifier() == sent.evidence_identifier, Not::EvidenceIdentifier),
            (opening.message_id == sent.message_id, Not::MessageId),
            (opening.sender == sent.sender && opening.sender_delegate == sent.sender_delegate, Not::Sender),
            (same_parties(&opening.recipients, &sent.recipients), Not::Recipients),
            (same_delegates, Not::RecipientsDelegates),
            (opening.parts == sent.parts, Not::Parts),
            (opening.submission_time == sent.submission_time, Not::SubmissionTime),
            (opening.national_extensions == sent.national_extensions, Not::NationalExtension),
            (opening.event_time >= sent.event_time, Not::EventTime),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map_or_else(|| self.check_marks(sending), |(_, not)| Err(not))
    }

    /// Checks that what is marked as not disclosed is a commitment in the sending, as it was sealed. Nothing else was
    /// hidden from the issuer, and a mark elsewhere would keep what the sending states from being compared.
    fn check_marks(&self, sending: &Sending) -> Result<(), NotOfThisSending> {
        let committed = sending.committed_fields();
        match self.core.fields_not_disclosed().find(|field| !committed.contains(field)) {
            Some(Field::Party(..)) => Err(NotOfThisSending::MarkedParty),
            Some(Field::PartName(_) | Field::National(_)) => Err(NotOfThisSending::MarkedName),
            None => Ok(()),
        }
    }

    /// Checks the rules of an opening: the times, and that exactly one party opened, which is the recipient that it
    /// refers to or acts for it.
    fn checked(self) -> Result<Self, EvidenceError> {
        self.core.check_times()?;
        match Event::from(self.event).profile().map(|row| row.assured) {
            Some(Assured::AnyParty) => Ok(self),
            Some(Assured::ActingRecipient) | None => self.check_opener().map(|()| self),
        }
    }

    fn check_opener(&self) -> Result<(), EvidenceError> {
        let index = self.follows.recipient_index;
        let referred = self.core.recipient(index)?;
        let recipients = self.core.recipients.iter().filter(|party| party.assurance().is_some()).count();
        let mut delegates =
            self.core.recipients_delegates.iter().filter(|delegate| delegate.party.assurance().is_some());
        let opener_fits = match (recipients, delegates.next(), delegates.next()) {
            (1, None, _) => referred.assurance().is_some(),
            (0, Some(delegate), None) => delegate.acting_for.first() == Some(&index),
            _ => false,
        };
        if !opener_fits {
            return Err(EvidenceError::Opener);
        }
        self.check_opener_is_disclosed()
    }

    /// Checks that the issuer knew who opened, and for whom: a proof that somebody opened would be one of nothing.
    fn check_opener_is_disclosed(&self) -> Result<(), EvidenceError> {
        let delegates = &self.core.recipients_delegates;
        let opener = delegates.iter().position(|delegate| delegate.party.assurance().is_some());
        let is_of_opener = |field: Field| match field {
            Field::Party(Role::Recipient(number), _) => number == self.follows.recipient_index,
            Field::Party(Role::RecipientsDelegate(number), _) => opener.is_some_and(|index| index + 1 == number),
            Field::Party(Role::Sender | Role::SenderDelegate, _) | Field::PartName(_) | Field::National(_) => false,
        };
        let is_disclosed = !self.core.fields_not_disclosed().any(is_of_opener);
        if is_disclosed { Ok(()) } else { Err(EvidenceError::OpenerNotDisclosed) }
    }
}

/// Puts the same commitment into the fields that are one on either side, so that these compare as equal and the rest is
/// compared. A commitment is bound to one statement, and says nothing about that of another.
fn hide_commitments<'c>(opening: &mut Cow<'c, Core>, sending: &mut Cow<'c, Core>) {
    let fields = |core: &Core| core.commitments.as_deref().map(|commitments| commitments.fields.clone());
    let hidden: Vec<_> = [fields(opening), fields(sending)].into_iter().flatten().flatten().collect();
    for field in hidden {
        for core in [&mut *opening, &mut *sending] {
            // Nothing is put where a side lacks the field, which shows as a difference.
            let _ = core.to_mut().put_commitment(field, &Commitment::not_disclosed(0));
        }
    }
}

impl Sealed for Opening {
    fn core(&self) -> &Core {
        &self.core
    }

    fn follows(&self) -> Option<&Follows> {
        Some(&self.follows)
    }

    fn with_core(&self, core: Core) -> Self {
        Self { core: Arc::new(core), event: self.event, follows: self.follows.clone() }
    }

    fn from_parts(parts: Parts) -> Result<Self, EvidenceError> {
        let event = OpeningEvent::of(parts.event).ok_or(EvidenceError::PrecedingEvidence)?;
        let follows = parts.follows.ok_or(EvidenceError::PrecedingEvidence)?;
        Self { core: Arc::new(parts.core), event, follows }.checked()
    }
}

impl Statement for Opening {
    const EVENTS: &'static [Event] = &[Event::ContentAccessTracking, Event::ContentHandover];

    fn event(&self) -> Event {
        self.event.into()
    }
}

impl IntoStatement for Opening {
    type Statement = Self;

    fn into_statement(self) -> Self {
        self
    }
}
