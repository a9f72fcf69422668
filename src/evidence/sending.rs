use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::commitment::Salt;
use super::content::{PartDescription, PayloadDigests};
use super::details::{IdentifierSuccession, InReplyTo, Mandate, Payment, StatedPayment, Terms};
use super::error::EvidenceError;
use super::event::{Event, SendingEvent};
use super::identifiers::{EvidenceIdentifier, MessageId};
use super::national::NationalExtension;
use super::party::{Party, RecipientsDelegate};
use super::statement::sealed::{Parts, Sealed};
use super::statement::{Core, Follows, IntoStatement, Statement};
use super::time;
use super::unknown_extension::UnknownExtension;

/// The service accepted a message for its recipients: the statement of a proof of sending (SubmissionAcceptance, or
/// ReceivedFromNonERDS for a message that came in from outside of registered delivery). Debug shows no value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The members are shared: a proof holds its statement, and costs no copy of it.
    core: Arc<Core>,
    event: SendingEvent,
}

impl Sending {
    /// Makes a sending of one part to one recipient at `event_time`, cut to the millisecond, which is the submission
    /// time too. It gets a fresh evidence identifier.
    ///
    /// # Errors
    /// [`EvidenceError::AuthenticationAfterEvent`], [`EvidenceError::TimeOutOfRange`], [`EvidenceError::Random`].
    pub fn new(
        message_id: MessageId,
        sender: Party,
        recipient: Party,
        part: PartDescription,
        digests: PayloadDigests,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let event_time = time::to_millis("event time", event_time)?;
        let mut core = Core {
            evidence_identifier: EvidenceIdentifier::generate(event_time)?,
            event_time,
            sender,
            sender_delegate: None,
            recipients: vec![recipient],
            recipients_delegates: Vec::new(),
            submission_time: event_time,
            message_id,
            parts: Vec::with_capacity(1),
            national_extensions: Vec::new(),
            commitments: None,
            announced_seal: None,
            details: None,
            unknown_extensions: Vec::new(),
        };
        core.add_part(part, digests)?;
        Self { core: Arc::new(core), event: SendingEvent::default() }.checked()
    }

    /// Adds a recipient.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`], [`EvidenceError::AuthenticationAfterEvent`],
    /// [`EvidenceError::ChangedAfterSubmission`]; [`EvidenceError::PartiesAfterReply`] once the letter is stated that is replied to.
    pub fn with_recipient(mut self, recipient: Party) -> Result<Self, EvidenceError> {
        self.before_reply()?;
        self.before_submission()?.add_recipient(recipient)?;
        self.checked()
    }

    /// Adds a content part.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`], [`EvidenceError::TooMany`], [`EvidenceError::ChangedAfterSubmission`].
    pub fn with_part(mut self, part: PartDescription, digests: PayloadDigests) -> Result<Self, EvidenceError> {
        self.before_submission()?.add_part(part, digests)?;
        Ok(self)
    }

    /// States a delegate who acted for the sender.
    ///
    /// # Errors
    /// [`EvidenceError::AuthenticationAfterEvent`]; [`EvidenceError::Mandate`] for another one than the mandate that is stated
    /// already ends in; [`EvidenceError::ChangedAfterSubmission`].
    pub fn with_sender_delegate(mut self, delegate: Party) -> Result<Self, EvidenceError> {
        self.before_submission()?.sender_delegate = Some(delegate);
        self.core.check_acts(self.event(), None)?;
        self.checked()
    }

    /// Adds a delegate of recipients that are there already; `acting_for` are their indices from 1.
    ///
    /// # Errors
    /// [`EvidenceError::NoSuchRecipient`], [`EvidenceError::DelegateForNobody`], [`EvidenceError::Twice`],
    /// [`EvidenceError::TooMany`], [`EvidenceError::AuthenticationAfterEvent`], [`EvidenceError::ChangedAfterSubmission`].
    pub fn with_recipients_delegate(mut self, delegate: Party, acting_for: &[usize]) -> Result<Self, EvidenceError> {
        self.before_submission()?
            .add_recipients_delegate(RecipientsDelegate { party: delegate, acting_for: acting_for.to_vec() })?;
        self.checked()
    }

    /// States the time of a submission before the event, cut to the millisecond.
    ///
    /// # Errors
    /// [`EvidenceError::EventBeforeSubmission`], [`EvidenceError::TimeOutOfRange`].
    pub fn with_submission_time(mut self, submission_time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).submission_time = time::to_millis("submission time", submission_time)?;
        self.checked()
    }

    /// States a national service's data about the item. An extension of the same name is replaced.
    pub fn with_national_extension(mut self, extension: impl Into<NationalExtension>) -> Self {
        let extension = extension.into();
        let is_stated = self.core.national_extensions.contains(&extension);
        let extensions = &mut self.changing(!is_stated).national_extensions;
        extensions.retain(|present| present.name() != extension.name());
        extensions.push(extension);
        extensions.sort_by_key(NationalExtension::name);
        self
    }

    /// States another event than SubmissionAcceptance. What comes in from outside has no reply in it.
    pub fn with_event(mut self, event: SendingEvent) -> Self {
        self.event = event;
        self
    }

    /// States what the sender asks the services for (extension Terms).
    ///
    /// # Errors
    /// [`EvidenceError::Empty`] for terms that ask for nothing, [`EvidenceError::Period`],
    /// [`EvidenceError::ChangedAfterSubmission`].
    pub fn with_terms(mut self, terms: Terms) -> Result<Self, EvidenceError> {
        terms.check()?;
        self.before_submission()?.details_mut().terms = Some(Box::new(terms));
        Ok(self)
    }

    /// States a commitment to what the recipient is asked to pay (extension Payment). Keep the payment and the salt beside
    /// the proof; deleting them erases the payment. The evidence identifier stays as it is from now on.
    #[must_use]
    pub fn with_payment(mut self, payment: &Payment, salt: &Salt) -> Self {
        let core = self.changing_payment(payment);
        let evidence_identifier = core.evidence_identifier;
        let details = core.details_mut();
        details.payment = Some(Box::new(StatedPayment::Committed(payment.commitment(salt, evidence_identifier))));
        details.committed_for = Some(evidence_identifier);
        self
    }

    /// States what the recipient is asked to pay, in clear. It can be erased only with the whole proof.
    #[must_use]
    pub fn with_payment_in_clear(mut self, payment: Payment) -> Self {
        let details = self.changing_payment(&payment).details_mut();
        details.payment = Some(Box::new(StatedPayment::Clear(payment)));
        details.committed_for = None;
        self
    }

    /// States the mandate by which the sender's delegate acts (extension Mandate). State the delegate first.
    ///
    /// # Errors
    /// [`EvidenceError::Mandate`] for the first condition that the mandate does not fulfil; of a reply, state first what it replies
    /// to. A seal asks again.
    pub fn with_mandate(mut self, mandate: Mandate) -> Result<Self, EvidenceError> {
        Arc::make_mut(&mut self.core).details_mut().mandate = Some(Box::new(mandate));
        self.core.check_acts(self.event(), None)?;
        self.core.check_event(self.event(), None)?;
        self.checked()
    }

    /// States that who replies acted by another identifier than the recipient has in the message that is replied to (extension
    /// IdentifierSucceeds). State it before that message.
    ///
    /// # Errors
    /// [`EvidenceError::Succession`]; [`EvidenceError::PartiesAfterReply`] once the letter is stated that is replied to;
    /// [`EvidenceError::Mandate`] for a mandate that does not fit any more. What is no reply is not sealed.
    pub fn with_identifier_succession(mut self, succession: IdentifierSuccession) -> Result<Self, EvidenceError> {
        self.before_reply()?;
        Arc::make_mut(&mut self.core).details_mut().succession = Some(Box::new(succession));
        self.core.check_acts(self.event(), None)?;
        self.checked()
    }

    /// States the message that the sending replies to (extension InReplyTo).
    pub(crate) fn with_in_reply_to(mut self, in_reply_to: InReplyTo) -> Self {
        let is_stated = self.core.details().in_reply_to.as_deref() == Some(&in_reply_to);
        self.changing(!is_stated).details_mut().in_reply_to = Some(Box::new(in_reply_to));
        self
    }

    /// Replaces the evidence identifier: for fixed vectors, and for a statement that got its identifier elsewhere.
    pub fn with_evidence_identifier(mut self, evidence_identifier: EvidenceIdentifier) -> Self {
        Arc::make_mut(&mut self.core).evidence_identifier = evidence_identifier;
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

    /// Returns the members to change one that the sender signs, before the submission is stated.
    fn before_submission(&mut self) -> Result<&mut Core, EvidenceError> {
        if self.core.details().submission.is_some() {
            return Err(EvidenceError::ChangedAfterSubmission);
        }
        Ok(Arc::make_mut(&mut self.core))
    }

    /// Returns the members to change one that the sender signs, where a change after the submission is told at the seal.
    fn changing(&mut self, is_change: bool) -> &mut Core {
        let core = Arc::make_mut(&mut self.core);
        if is_change && let Some(submission) = core.details.as_mut().and_then(|details| details.submission.as_mut()) {
            submission.change();
        }
        core
    }

    /// Returns the members to state this payment, in clear or as a commitment. Both are what the sender signed where it stands there in clear.
    fn changing_payment(&mut self, payment: &Payment) -> &mut Core {
        let stated = self.core.details().payment.as_deref();
        let is_stated = matches!(stated, Some(StatedPayment::Clear(stated)) if stated == payment);
        self.changing(!is_stated)
    }

    /// The letter that is replied to was compared with the parties.
    fn before_reply(&self) -> Result<(), EvidenceError> {
        if self.core.details().in_reply_to.is_some() { Err(EvidenceError::PartiesAfterReply) } else { Ok(()) }
    }

    fn checked(self) -> Result<Self, EvidenceError> {
        self.core.check_times()?;
        Ok(self)
    }
}

impl Sealed for Sending {
    fn core(&self) -> &Core {
        &self.core
    }

    fn follows(&self) -> Option<&Follows> {
        None
    }

    fn with_core(&self, core: Core) -> Self {
        Self { core: Arc::new(core), event: self.event }
    }

    fn from_parts(parts: Parts) -> Result<Self, EvidenceError> {
        let event = SendingEvent::of(parts.event).ok_or(EvidenceError::KindOfEvent)?;
        parts.core.check_event(parts.event, None)?;
        Self { core: Arc::new(parts.core), event }.checked()
    }
}

impl Statement for Sending {
    const EVENTS: &'static [Event] = &[Event::SubmissionAcceptance, Event::ReceivedFromNonERDS];

    fn event(&self) -> Event {
        self.event.into()
    }
}

impl IntoStatement for Sending {
    type Statement = Self;

    fn into_statement(self) -> Self {
        self
    }
}
