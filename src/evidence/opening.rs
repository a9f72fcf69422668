//! Describes openings: the recipient, or a party acting for it, opened the content of a sending.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::acting::ActedBy;
use super::details::{ConsignmentMode, IdentifierSuccession, Mandate};
use super::error::EvidenceError;
use super::event::{Event, OpeningEvent};
use super::extension::PrecedingEvidence;
use super::identifiers::EvidenceIdentifier;
use super::party::Assurance;
use super::repeats::NotOfThisSending;
use super::sending::Sending;
use super::statement::sealed::{Parts, Sealed};
use super::statement::{Core, Follows, IntoStatement, Statement};
use super::step::Step;
use super::unknown_extension::UnknownExtension;

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

impl Opening {
    /// Makes the opening of a sending whose proof is `preceding`, at `event_time`, cut to the millisecond. It gets a
    /// fresh evidence identifier. What is still a commitment in the sending is marked as not disclosed.
    ///
    /// # Errors
    /// [`EvidenceError::PrecedingEvidence`], [`EvidenceError::OpenerNotDisclosed`], [`EvidenceError::NoSuchRecipient`], [`EvidenceError::DelegateForNobody`],
    /// [`EvidenceError::AssuranceBelowTerms`],
    /// [`EvidenceError::EventBeforeSubmission`], [`EvidenceError::AuthenticationAfterEvent`],
    /// [`EvidenceError::TimeOutOfRange`], [`EvidenceError::Random`].
    pub(crate) fn following(
        sending: &Sending,
        preceding: &PrecedingEvidence,
        opened_by: ActedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        if preceding.evidence_identifier() != sending.evidence_identifier() {
            return Err(EvidenceError::PrecedingEvidence);
        }
        let mut core = sending.core().followed(event_time)?;
        let recipient_index = opened_by.recipient_index()?;
        core.act(opened_by, assurance)?;
        core.check_level(sending.terms())?;
        let consignment_mode = Some(ConsignmentMode::asked_by(sending.terms()));
        let follows =
            Follows { recipient_index: Some(recipient_index), preceding: preceding.clone(), consignment_mode };
        Self { core: Arc::new(core), event: OpeningEvent::default(), follows }.checked()
    }

    /// States another event than ContentAccessTracking. The event is stated before what led to it, which depends on it.
    ///
    /// # Errors
    /// [`EvidenceError::EventAfterCause`] once a cause is stated; [`EvidenceError::MemberForbidden`] for opened parts, which the
    /// event does not have.
    pub fn with_event(mut self, event: OpeningEvent) -> Result<Self, EvidenceError> {
        if event != self.event && self.core.details().cause.is_some() {
            return Err(EvidenceError::EventAfterCause);
        }
        self.event = event;
        self.checked()
    }

    /// Replaces the evidence identifier: for fixed vectors, and for a statement that got its identifier elsewhere.
    pub fn with_evidence_identifier(mut self, evidence_identifier: EvidenceIdentifier) -> Self {
        Arc::make_mut(&mut self.core).replace_evidence_identifier(evidence_identifier);
        self
    }

    /// States which of the content parts were opened, by their numbers from 1 in their order. The main part, which is the
    /// first one, is among them (extension OpenedParts, ContentAccessTracking alone).
    ///
    /// # Errors
    /// [`EvidenceError::OpenedParts`], [`EvidenceError::MemberForbidden`].
    pub fn with_opened_parts(mut self, parts: &[usize]) -> Result<Self, EvidenceError> {
        if parts.is_empty() {
            return Err(EvidenceError::OpenedParts);
        }
        Arc::make_mut(&mut self.core).details_mut().opened_parts = parts.to_vec();
        self.checked()
    }

    /// States the mandate by which the delegate who opened acts (extension Mandate). State the delegate first.
    ///
    /// # Errors
    /// [`EvidenceError::Mandate`] for the first condition that the mandate does not fulfil.
    pub fn with_mandate(mut self, mandate: Mandate) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().mandate = Some(Box::new(mandate));
        self.core.check_acts(self.event(), Some(self.recipient_index()))?;
        self.checked()
    }

    /// States that the recipient acted by another identifier than the sending has (extension IdentifierSucceeds).
    ///
    /// # Errors
    /// [`EvidenceError::Succession`]; [`EvidenceError::Mandate`] for a mandate that does not fit any more.
    pub fn with_identifier_succession(mut self, succession: IdentifierSuccession) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().succession = Some(Box::new(succession));
        self.core.check_acts(self.event(), Some(self.recipient_index()))?;
        self.checked()
    }

    /// States the step that led to the opening: that the content was made available, or was accepted.
    pub(crate) fn led_to_by(mut self, cause: &Step, reference: PrecedingEvidence) -> Result<Self, EvidenceError> {
        cause.check_led_to(self.event.into(), self.core.event_time, &self.follows)?;
        Arc::make_mut(&mut self.core).details_mut().cause = Some(reference);
        self.checked()
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
        self.follows.recipient_index.unwrap_or(1)
    }

    /// Returns the party that opened.
    pub fn opened_by(&self) -> ActedBy {
        self.core.acted_by(self.recipient_index())
    }

    /// Returns the assurance of the party that opened. It is always there, because an opening without assurance is
    /// neither built nor read.
    pub fn assurance(&self) -> Option<&Assurance> {
        self.core.acting_assurance()
    }

    /// Holds it against a sending: the same message, parties, content and submission, and not before it. The ProofId is
    /// for the caller to compare: it is of the sealed proof. `disclosed` is the sending with the values of its
    /// disclosure. A field that is a commitment on one side is not compared.
    ///
    /// # Errors
    /// [`NotOfThisSending`], the first difference.
    pub fn check_follows(&self, sending: &Sending, disclosed: Option<&Sending>) -> Result<(), NotOfThisSending> {
        self.core.check_repeats(&self.follows.preceding, sending, disclosed, TimeDelta::zero())
    }

    /// Checks the rules of an opening: the times, and that exactly one party opened, which is the recipient that it
    /// refers to or acts for it.
    fn checked(self) -> Result<Self, EvidenceError> {
        self.core.check_times()?;
        self.core.check_event(self.event.into(), Some(&self.follows))?;
        self.core.check_acting(self.recipient_index())?;
        Ok(self)
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
