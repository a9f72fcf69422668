//! Describes the steps of a message between its sending and its opening, or instead of them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::acting::ActedBy;
use super::commitment::Salt;
use super::details::{
    Availability, ConsignmentMode, Details, IdentifierSuccession, Mandate, Notification, RecipientSignature,
};
use super::error::EvidenceError;
use super::event::Event;
use super::extension::PrecedingEvidence;
use super::identifiers::EvidenceIdentifier;
use super::member::Member;
use super::party::Assurance;
use super::profile::{Assured, StatementKind};
use super::reason::Reason;
use super::sending::Sending;
use super::statement::sealed::{Parts, Sealed};
use super::statement::{Core, Follows, IntoStatement, Statement};
use super::step_event::StepEvent;
use super::time;
use super::unknown_extension::UnknownExtension;

/// The statement of a proof of a step: the message was refused, relayed, announced, accepted, left unclaimed, made
/// available or handed to another system, or one of these failed.
///
/// It repeats the message, the parties, the parts and the submission of the sending. Evidence of a rejected submission
/// follows no sending: it holds those of the submission. Debug shows no value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The members are shared, as those of a sending are.
    core: Arc<Core>,
    event: Event,
    follows: Option<Follows>,
}

/// The first thing for which a step is not the cause of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTheCause {
    /// The event does not follow that of the step directly.
    Event,
    /// The step is about another message or another recipient.
    Letter,
    /// The event is before the step.
    Time,
    /// The period for an answer, which the step opens, had not ended when it is said to have passed without one.
    Window,
}

impl Step {
    /// The service refused a submission: there is no sending, and nothing will be delivered (SubmissionRejection).
    /// `submission` is what the service was asked to take, and is never sealed itself.
    ///
    /// A recipient whose identifier is none is stated with [`Identifier::as_submitted`](super::Identifier::as_submitted).
    ///
    /// # Errors
    /// [`EvidenceError::ReasonContradictsEvent`], [`EvidenceError::EventBeforeSubmission`],
    /// [`EvidenceError::AuthenticationAfterEvent`], [`EvidenceError::TimeOutOfRange`], [`EvidenceError::Random`].
    pub fn rejection(
        submission: &Sending,
        reason: impl Into<Reason>,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let mut core = Core::clone(submission.core());
        core.event_time = time::to_millis("event time", event_time)?;
        core.evidence_identifier = EvidenceIdentifier::generate(core.event_time)?;
        core.announced_seal = None;
        let details = core.details_mut();
        details.reasons.clear();
        // A commitment was made for the submission, which has another evidence identifier.
        if details.committed_for.take().is_some() {
            details.payment = None;
        }
        Self { core: Arc::new(core), event: Event::SubmissionRejection, follows: None }.with_reason(reason)
    }

    /// Makes the step of a sending whose proof is `preceding`, at `event_time`, cut to the millisecond. It gets a fresh
    /// evidence identifier. What is still a commitment in the sending is marked as not disclosed.
    ///
    /// # Errors
    /// [`EvidenceError::NoSuchRecipient`], [`EvidenceError::AssuranceBelowTerms`], the errors of a cause, of the members of the
    /// event, and of times.
    pub(crate) fn following(
        sending: &Sending,
        preceding: PrecedingEvidence,
        recipient_index: usize,
        cause: Option<(&Self, PrecedingEvidence)>,
        event: StepEvent,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let mut core = sending.core().followed(event_time)?;
        let (event, mut details) = (event.event(), event.act(&mut core, recipient_index)?);
        core.check_level(sending.terms())?;
        let consignment_mode = Some(ConsignmentMode::asked_by(sending.terms()));
        let follows = Follows { recipient_index: Some(recipient_index), preceding, consignment_mode };
        if let Some((cause, reference)) = cause {
            cause.check_led_to(event, core.event_time, &follows)?;
            // The recipient has the days that the sender asks for, whatever the request says.
            let begin = cause.window().map(|window| window.from());
            let ends = begin.and_then(|begin| sending.terms()?.ends_of_answer_period(begin));
            if event == Event::AcceptanceRejectionExpiry && ends.is_some_and(|ends| core.event_time < *ends.start()) {
                return Err(EvidenceError::ExpiryTooEarly);
            }
            details.cause = Some(reference);
        }
        if details.reasons.iter().any(|reason| reason.contradicts(event)) {
            return Err(EvidenceError::ReasonContradictsEvent);
        }
        core.details = (details != Details::NONE).then(|| Box::new(details));
        Self { core: Arc::new(core), event, follows: Some(follows) }.checked()
    }

    /// Adds a further reason of the event.
    ///
    /// # Errors
    /// [`EvidenceError::ReasonContradictsEvent`], [`EvidenceError::Twice`], [`EvidenceError::TooMany`],
    /// [`EvidenceError::MemberForbidden`].
    pub fn with_reason(mut self, reason: impl Into<Reason>) -> Result<Self, EvidenceError> {
        let reason = reason.into();
        if reason.contradicts(self.event) {
            return Err(EvidenceError::ReasonContradictsEvent);
        }
        Arc::make_mut(&mut self.core).details_mut().add_reason(reason)?;
        self.checked()
    }

    /// States the channel of a request for acceptance (extension Notification).
    ///
    /// # Errors
    /// [`EvidenceError::MemberForbidden`].
    pub fn with_notification(mut self, notification: Notification) -> Result<Self, EvidenceError> {
        let details = Arc::make_mut(&mut self.core).details_mut();
        details.notification = Some(notification);
        // Whatever address the one before reached, this one has that of no other statement.
        details.committed_for = None;
        self.checked()
    }

    /// States a commitment to the address at which a notification was delivered or opened (extension Notification). Keep the
    /// address, of 1 to 255 characters, and the salt beside the proof; deleting them erases the address. The evidence
    /// identifier stays as it is from now on. [`Notification::has_reached`] compares them.
    ///
    /// # Errors
    /// [`EvidenceError::MemberForbidden`] for another event, [`EvidenceError::MemberMissing`] without a notification, or the error
    /// of the text.
    pub fn with_notified_address(mut self, address: &str, salt: &Salt) -> Result<Self, EvidenceError> {
        let core = Arc::make_mut(&mut self.core);
        let evidence_identifier = core.evidence_identifier;
        let details = core.details_mut();
        let told = details.notification.take().ok_or(EvidenceError::MemberMissing(Member::Notification.name()))?;
        details.notification = Some(told.reaching(address, salt, evidence_identifier)?);
        details.committed_for = Some(evidence_identifier);
        self.checked()
    }

    /// States until when the content is available, as the recipient's service fixed it (extension Availability).
    ///
    /// # Errors
    /// [`EvidenceError::MemberForbidden`].
    pub fn with_availability(mut self, availability: Availability) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().availability = Some(availability);
        self.checked()
    }

    /// Adds the recipient's own signature of an acceptance (extension RecipientSignature).
    ///
    /// # Errors
    /// [`EvidenceError::MemberForbidden`].
    pub fn with_recipient_signature(mut self, signature: RecipientSignature) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().recipient_signature = Some(signature);
        self.checked()
    }

    /// States the mandate by which the delegate who answered acts (extension Mandate). State the delegate first.
    ///
    /// # Errors
    /// [`EvidenceError::Mandate`] for the first condition that the mandate does not fulfil, [`EvidenceError::MemberForbidden`].
    pub fn with_mandate(mut self, mandate: Mandate) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().mandate = Some(Box::new(mandate));
        self.core.check_acts(self.event, self.refers_to_recipient())?;
        self.checked()
    }

    /// States that the recipient acted by another identifier than the sending has (extension IdentifierSucceeds).
    ///
    /// # Errors
    /// [`EvidenceError::Succession`], [`EvidenceError::MemberForbidden`]; [`EvidenceError::Mandate`] for a mandate that does not
    /// fit any more.
    pub fn with_identifier_succession(mut self, succession: IdentifierSuccession) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().succession = Some(Box::new(succession));
        self.core.check_acts(self.event, self.refers_to_recipient())?;
        self.checked()
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

    /// Returns the party that accepted or refused, and `None` where nobody acted.
    pub fn answered_by(&self) -> Option<ActedBy> {
        self.assurance().and_then(|_| Some(self.core.acted_by(self.refers_to_recipient()?)))
    }

    /// Returns the assurance of the party that accepted or refused.
    pub fn assurance(&self) -> Option<&Assurance> {
        match self.event.profile().assured {
            Assured::ActingRecipient => self.core.acting_assurance(),
            Assured::AnyParty | Assured::NoRecipient => None,
        }
    }

    /// Checks that this step may have led to an event of a statement that follows a sending: the table has it among the
    /// causes, and it is about the same message and recipient, and not after the event by more than `skew`, since the two
    /// may be by clocks of two services.
    pub(crate) fn check_leads_to(
        &self,
        event: Event,
        event_time: DateTime<Utc>,
        follows: &Follows,
        skew: TimeDelta,
    ) -> Result<(), NotTheCause> {
        let own = self.follows.as_ref();
        let same_letter = own.is_some_and(|own| own.preceding == follows.preceding)
            && self.refers_to_recipient() == Some(follows.recipient_index.unwrap_or(1));
        let has_ended = event != Event::AcceptanceRejectionExpiry
            || self.window().is_some_and(|window| window.until() <= event_time);
        let checks = [
            (event.profile().causes.contains(&self.event), NotTheCause::Event),
            (same_letter, NotTheCause::Letter),
            (self.core.event_time.signed_duration_since(event_time) <= skew, NotTheCause::Time),
            (has_ended, NotTheCause::Window),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, not)| Err(not))
    }

    /// Checks that an event that is being stated may have this step as its cause, and that the mode of the sending allows it.
    pub(super) fn check_led_to(
        &self,
        event: Event,
        event_time: DateTime<Utc>,
        follows: &Follows,
    ) -> Result<(), EvidenceError> {
        self.check_leads_to(event, event_time, follows, TimeDelta::zero()).map_err(|not| match not {
            NotTheCause::Event => EvidenceError::NotCausedBy { event, cause: self.event },
            NotTheCause::Letter => EvidenceError::CauseOfAnotherLetter,
            NotTheCause::Time => EvidenceError::EventBeforeCause,
            NotTheCause::Window => EvidenceError::ExpiryTooEarly,
        })?;
        let needed = follows.consignment_mode.and_then(|mode| event.causes_needed_in(mode));
        if needed.is_some_and(|needed| !needed.contains(&self.event)) {
            return Err(EvidenceError::NotCausedBy { event, cause: self.event });
        }
        Ok(())
    }

    /// Checks the rules of the event.
    fn checked(self) -> Result<Self, EvidenceError> {
        self.core.check_times()?;
        self.core.check_event(self.event, self.follows.as_ref())?;
        match self.event.profile().assured {
            Assured::ActingRecipient => self.core.check_acting(self.refers_to_recipient().unwrap_or(1))?,
            Assured::AnyParty | Assured::NoRecipient => {}
        }
        Ok(self)
    }
}

impl Sealed for Step {
    fn core(&self) -> &Core {
        &self.core
    }

    fn follows(&self) -> Option<&Follows> {
        self.follows.as_ref()
    }

    fn with_core(&self, core: Core) -> Self {
        Self { core: Arc::new(core), event: self.event, follows: self.follows.clone() }
    }

    fn from_parts(parts: Parts) -> Result<Self, EvidenceError> {
        if parts.kind != StatementKind::Step {
            return Err(EvidenceError::KindOfEvent);
        }
        Self { core: Arc::new(parts.core), event: parts.event, follows: parts.follows }.checked()
    }
}

impl Statement for Step {
    const EVENTS: &'static [Event] = &[
        Event::SubmissionRejection,
        Event::RelayAcceptance,
        Event::RelayRejection,
        Event::RelayFailure,
        Event::NotificationForAcceptance,
        Event::NotificationForAcceptanceFailure,
        Event::ConsignmentAcceptance,
        Event::ConsignmentRejection,
        Event::AcceptanceRejectionExpiry,
        Event::NotificationDelivered,
        Event::NotificationAccessTracking,
        Event::ContentConsignment,
        Event::ContentConsignmentFailure,
        Event::ConsignmentNotification,
        Event::ConsignmentNotificationFailure,
        Event::ContentHandoverFailure,
        Event::RelayToNonERDS,
        Event::RelayToNonERDSFailure,
    ];

    fn event(&self) -> Event {
        self.event
    }
}

impl IntoStatement for Step {
    type Statement = Self;

    fn into_statement(self) -> Self {
        self
    }
}
