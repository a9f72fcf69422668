use chrono::{DateTime, Utc};

use super::commitment::{ExtensionIndices, Field};
use super::content::{ContentPart, PartDescription, PayloadDigests};
use super::details::{
    Availability, ConsignmentMode, Details, ExternalService, IdentifierSuccession, InReplyTo, Mandate, Notification,
    RecipientSignature, StatedPayment, StatedSubmission, Terms, Window,
};
use super::environment::Environment;
use super::error::EvidenceError;
use super::event::Event;
use super::extension::{AnnouncedSeal, PrecedingEvidence};
use super::identifiers::{EvidenceIdentifier, MessageId};
use super::limits::{MAX_EXTENSIONS, MAX_PARTIES, MAX_PARTS};
use super::national::NationalExtension;
use super::party::{Assurance, Party, RecipientsDelegate};
use super::profile::{Assured, Member, Presence, Succession};
use super::reason::Reason;
use super::unknown_extension::{PROFILE_EXTENSIONS, UnknownExtension};
use crate::crypto::Digest;

/// A statement that a proof holds: a [`Sending`](super::Sending), an [`Opening`](super::Opening), a
/// [`Step`](super::Step) between them, or [any](super::AnyStatement) of these. The trait is sealed, because the events of a profile are not for others to add.
pub trait Statement:
    sealed::Sealed + IntoStatement<Statement = Self> + Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static
{
    /// The events that this kind of statement is evidence of.
    const EVENTS: &'static [Event];

    /// Returns the event (ERDSEventId).
    fn event(&self) -> Event;

    /// Returns the time of the event, in milliseconds (EventTime).
    fn event_time(&self) -> DateTime<Utc> {
        self.core().event_time
    }

    /// Returns the identifier of this statement (EvidenceIdentifier).
    fn evidence_identifier(&self) -> EvidenceIdentifier {
        self.core().evidence_identifier
    }

    /// Returns the identifier of the message that the statement is about (MessageIdentifier).
    fn message_id(&self) -> &MessageId {
        &self.core().message_id
    }

    /// Returns the sender (SenderDetails).
    fn sender(&self) -> &Party {
        &self.core().sender
    }

    /// Returns the party that acted for the sender (SenderDelegateDetails).
    fn sender_delegate(&self) -> Option<&Party> {
        self.core().sender_delegate.as_ref()
    }

    /// Returns the recipients, of which there is at least one (RecipientDetails). Indices elsewhere count from 1.
    fn recipients(&self) -> &[Party] {
        &self.core().recipients
    }

    /// Returns the parties that act for recipients (RecipientsDelegateDetails).
    fn recipients_delegates(&self) -> &[RecipientsDelegate] {
        &self.core().recipients_delegates
    }

    /// Returns the time at which the message was submitted, in milliseconds (SubmissionTime).
    fn submission_time(&self) -> DateTime<Utc> {
        self.core().submission_time
    }

    /// Returns the parts of the content, of which there is at least one (UserContentInfo).
    fn parts(&self) -> &[ContentPart] {
        &self.core().parts
    }

    /// Returns the data of national services about the item, each extension once.
    fn national_extensions(&self) -> &[NationalExtension] {
        &self.core().national_extensions
    }

    /// Returns the fields in which commitments stand in the place of values, in the order of the statement (extension
    /// Commitments).
    fn committed_fields(&self) -> &[Field] {
        self.core().commitments.as_deref().map_or(&[], |commitments| &commitments.fields)
    }

    /// Returns what the statement says of the second seal that lies beside its proof (extension SecondSeal).
    fn announced_seal(&self) -> Option<&AnnouncedSeal> {
        self.core().announced_seal.as_deref()
    }

    /// Returns the reference to the proof of sending that the statement follows (extension PrecedingEvidence).
    fn preceding_evidence(&self) -> Option<&PrecedingEvidence> {
        self.follows().map(|follows| &follows.preceding)
    }

    /// Returns the index, from 1, of the recipient that the statement refers to. It is the only recipient where the
    /// statement states no index (EvidenceRefersToRecipient), and `None` in a statement about all recipients.
    fn refers_to_recipient(&self) -> Option<usize> {
        self.follows().map(|follows| follows.recipient_index.unwrap_or(1))
    }

    /// Returns the reasons of the event, each code once (EventReasons).
    fn reasons(&self) -> &[Reason] {
        &self.core().details().reasons
    }

    /// Returns the service on the other side of a relay (ExternalERDSDetails).
    fn external_service(&self) -> Option<&ExternalService> {
        self.core().details().external_service.as_ref()
    }

    /// Returns the name of the system outside of registered delivery, such as `paper-post` (ForwardedToExternalSystem).
    fn forwarded_to(&self) -> Option<&str> {
        self.core().details().forwarded_to.as_deref()
    }

    /// Returns what the sender asks for (extension Terms).
    fn terms(&self) -> Option<&Terms> {
        self.core().details().terms.as_deref()
    }

    /// Returns the message that the sending replies to (extension InReplyTo).
    fn in_reply_to(&self) -> Option<&InReplyTo> {
        self.core().details().in_reply_to.as_deref()
    }

    /// Returns what the recipient is asked to pay, or a commitment to it (extension Payment).
    fn payment(&self) -> Option<&StatedPayment> {
        self.core().details().payment.as_deref()
    }

    /// Returns the period in which the recipient may accept or refuse (extension Window).
    fn window(&self) -> Option<&Window> {
        self.core().details().window.as_ref()
    }

    /// Returns the availability of the content (extension Availability).
    fn availability(&self) -> Option<&Availability> {
        self.core().details().availability.as_ref()
    }

    /// Returns the channel and the number of a notification (extension Notification).
    fn notification(&self) -> Option<&Notification> {
        self.core().details().notification.as_ref()
    }

    /// Returns the mandate by which the delegate acts (extension Mandate).
    fn mandate(&self) -> Option<&Mandate> {
        self.core().details().mandate.as_deref()
    }

    /// Returns the change of the identifier of the party that acted (extension IdentifierSucceeds).
    fn identifier_succession(&self) -> Option<&IdentifierSuccession> {
        self.core().details().succession.as_deref()
    }

    /// Returns the reference to the proof of the step that led to the event directly (extension CausedBy).
    fn caused_by(&self) -> Option<&PrecedingEvidence> {
        self.core().details().cause.as_ref()
    }

    /// Returns the recipient's own signature of an acceptance (extension RecipientSignature).
    fn recipient_signature(&self) -> Option<&RecipientSignature> {
        self.core().details().recipient_signature.as_ref()
    }

    /// Returns the numbers, from 1, of the content parts that were opened (extension OpenedParts). They are not stated, and
    /// the list is empty, where all parts were opened.
    fn opened_parts(&self) -> &[usize] {
        &self.core().details().opened_parts
    }

    /// Returns the digest of the submission that the sender signed, a file beside the proof (extension Submission).
    fn submission_digest(&self) -> Option<&Digest> {
        self.core().details().submission.as_deref().map(StatedSubmission::digest)
    }

    /// Returns the non-critical extensions that the profile does not know.
    fn unknown_extensions(&self) -> &[UnknownExtension] {
        &self.core().unknown_extensions
    }
}

/// A statement or a reference to one. A proof holds its statement, and shares it with the owner of the reference.
pub trait IntoStatement {
    /// The kind of statement.
    type Statement: Statement;

    /// Converts into the statement itself.
    fn into_statement(self) -> Self::Statement;
}

impl<S: Statement> IntoStatement for &S {
    type Statement = S;

    fn into_statement(self) -> S {
        self.clone()
    }
}

pub(super) mod sealed {
    use super::super::error::EvidenceError;
    use super::super::event::Event;
    use super::super::profile::StatementKind;

    /// Keeps [`Statement`](super::Statement) to this crate, and is the form that codecs read and write.
    pub trait Sealed: Sized {
        #[doc(hidden)]
        fn core(&self) -> &super::Core;

        #[doc(hidden)]
        fn follows(&self) -> Option<&super::Follows>;

        /// Returns the same with other members. The rules of its kind hold for them.
        #[doc(hidden)]
        fn with_core(&self, core: super::Core) -> Self;

        /// Makes a statement of the parts that a codec has read, and checks the rules of its kind.
        #[doc(hidden)]
        fn from_parts(parts: Parts) -> Result<Self, EvidenceError>;
    }

    /// The parts of a statement that a codec has read.
    #[doc(hidden)]
    pub struct Parts {
        pub(in crate::evidence) kind: StatementKind,
        pub(in crate::evidence) event: Event,
        pub(in crate::evidence) core: super::Core,
        pub(in crate::evidence) follows: Option<super::Follows>,
    }
}

/// The further members of a statement that follows another statement.
#[derive(Debug, Clone)]
#[doc(hidden)]
pub struct Follows {
    /// The index, from 1, that is stated.
    pub(super) recipient_index: Option<usize>,
    pub(super) preceding: PrecedingEvidence,
    /// What the terms of the sending ask for, until the statement is sealed; `None` in a statement that was read.
    pub(super) consignment_mode: Option<ConsignmentMode>,
}

/// Two are equal if they state the same: the mode of the sending stands in nothing that follows it.
impl PartialEq for Follows {
    fn eq(&self, follows: &Self) -> bool {
        self.recipient_index == follows.recipient_index && self.preceding == follows.preceding
    }
}

impl Eq for Follows {}

impl From<Option<&Follows>> for Succession {
    fn from(follows: Option<&Follows>) -> Self {
        follows.map_or(Self::First, |_| Self::Following)
    }
}

/// The fields that are commitments, and what they are bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
pub struct Commitments {
    /// The evidence identifier that they were made for.
    pub(super) evidence_identifier: EvidenceIdentifier,
    /// The indices of the national extensions that they were made for.
    pub(super) extensions: ExtensionIndices,
    /// The fields, in the order of the statement.
    pub(super) fields: Vec<Field>,
}

/// The members of every statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
pub struct Core {
    pub(super) evidence_identifier: EvidenceIdentifier,
    pub(super) event_time: DateTime<Utc>,
    pub(super) sender: Party,
    pub(super) sender_delegate: Option<Party>,
    pub(super) recipients: Vec<Party>,
    pub(super) recipients_delegates: Vec<RecipientsDelegate>,
    pub(super) submission_time: DateTime<Utc>,
    pub(super) message_id: MessageId,
    pub(super) parts: Vec<ContentPart>,
    pub(super) national_extensions: Vec<NationalExtension>,
    pub(super) commitments: Option<Box<Commitments>>,
    pub(super) announced_seal: Option<Box<AnnouncedSeal>>,
    pub(super) details: Option<Box<Details>>,
    pub(super) unknown_extensions: Vec<UnknownExtension>,
}

/// The details of a statement that has none.
static NO_DETAILS: Details = Details::NONE;

/// Returns the statement with the announcement of this second seal, or of none: only its sealer knows.
pub(crate) fn announcing<S: Statement>(statement: S, announced_seal: Option<&AnnouncedSeal>) -> S {
    if statement.announced_seal() == announced_seal {
        return statement;
    }
    let announced_seal = announced_seal.map(|announced| Box::new(*announced));
    statement.with_core(Core { announced_seal, ..statement.core().clone() })
}

impl Core {
    /// Returns the core of a message that no service has made evidence of yet: what evidence alone states is blank.
    pub(super) fn without_evidence(sender: Party, message_id: MessageId) -> Self {
        Self {
            evidence_identifier: EvidenceIdentifier::from_bytes([0; 16]),
            event_time: DateTime::UNIX_EPOCH,
            sender,
            sender_delegate: None,
            recipients: Vec::new(),
            recipients_delegates: Vec::new(),
            submission_time: DateTime::UNIX_EPOCH,
            message_id,
            parts: Vec::new(),
            national_extensions: Vec::new(),
            commitments: None,
            announced_seal: None,
            details: None,
            unknown_extensions: Vec::new(),
        }
    }

    /// Returns what the statement tells beside the message and its parties.
    pub(super) fn details(&self) -> &Details {
        self.details.as_deref().unwrap_or(&NO_DETAILS)
    }

    /// Returns the details, to be changed.
    pub(super) fn details_mut(&mut self) -> &mut Details {
        self.details.get_or_insert_default()
    }

    /// Checks the rules of the event's row in the table, for building, for reading and for writing.
    pub(super) fn check_event(&self, event: Event, follows: Option<&Follows>) -> Result<(), EvidenceError> {
        let row = event.profile();
        self.details().check(row, self.parts.len())?;
        // The evidence identifier is committed to, so that the salt would fit no more.
        let committed_for = self.details().committed_for;
        let is_addressed = self.details().notification.as_ref().is_some_and(|told| told.address().is_some());
        if committed_for.map_or(is_addressed, |identifier| identifier != self.evidence_identifier) {
            return Err(EvidenceError::ChangedAfterCommitting);
        }
        if self.details().submission.as_deref().is_some_and(|submission| submission.is_changed()) {
            return Err(EvidenceError::ChangedAfterSubmission);
        }
        if row.presence(Member::EvidenceRefersToRecipient) != Presence::Forbidden {
            match follows.and_then(|follows| follows.recipient_index) {
                Some(index) => self.recipient(index).map(|_| ())?,
                // The recipient is not in doubt where there is one.
                None if self.recipients.len() > 1 => return Err(EvidenceError::RecipientNotStated),
                None => {}
            }
        }
        self.check_nobody_acted(event)?;
        let has_ordinal = || self.details().notification.as_ref().is_some_and(|told| told.ordinal().is_some());
        if event == Event::ConsignmentNotification && !has_ordinal() {
            return Err(EvidenceError::NotificationOrdinal);
        }
        let reaches = matches!(event, Event::NotificationDelivered | Event::NotificationAccessTracking);
        if !reaches && is_addressed {
            return Err(EvidenceError::MemberForbidden("Notification.Address"));
        }
        // An identifier that changed is that of a recipient, who replies here and acts in what follows.
        if event == Event::SubmissionAcceptance
            && self.details().succession.is_some()
            && self.details().in_reply_to.is_none()
        {
            return Err(EvidenceError::MemberForbidden(Member::IdentifierSucceeds.name()));
        }
        self.check_identifiers(event)
    }

    /// Checks what the event allows of the parties: all that a row of the table asks of recipients.
    pub(super) fn check_parties(&self, event: Event) -> Result<(), EvidenceError> {
        self.check_nobody_acted(event)?;
        self.check_identifiers(event)
    }

    fn check_nobody_acted(&self, event: Event) -> Result<(), EvidenceError> {
        let acted = event.profile().assured == Assured::NoRecipient && self.acting_parties().next().is_some();
        if acted { Err(EvidenceError::NobodyActed) } else { Ok(()) }
    }

    fn check_identifiers(&self, event: Event) -> Result<(), EvidenceError> {
        // Elsewhere an identifier that nobody checked would pass for one of a person.
        let as_submitted =
            event != Event::SubmissionRejection && self.parties().any(|party| party.identifier().is_as_submitted());
        if as_submitted { Err(EvidenceError::AsSubmitted) } else { Ok(()) }
    }

    /// Returns the environment of the submission with which a draft was compared.
    pub(crate) fn environment_of_submission(&self) -> Option<Environment> {
        self.details().submission.as_deref().and_then(|submission| submission.environment())
    }

    /// Returns the recipients and their delegates that carry assurance.
    pub(crate) fn acting_parties(&self) -> impl Iterator<Item = &Party> {
        let delegates = self.recipients_delegates.iter().map(|delegate| &delegate.party);
        self.recipients.iter().chain(delegates).filter(|party| party.assurance().is_some())
    }

    /// Returns the parties that acted, and the identifier that took the place of that of one of them.
    pub(crate) fn answering_parties(&self) -> impl Iterator<Item = &Party> {
        let succession = self.details().succession.as_deref();
        let current = self.acting_parties().filter_map(move |party| {
            succession
                .filter(|succession| succession.previous() == party.identifier())
                .map(|succession| &succession.current)
        });
        self.acting_parties().chain(current)
    }

    /// Returns all parties, those of terms, of a mandate and of a succession included.
    pub(super) fn parties(&self) -> impl Iterator<Item = &Party> {
        let delegates = self.recipients_delegates.iter().map(|delegate| &delegate.party);
        let stated = [&self.sender].into_iter().chain(&self.sender_delegate).chain(&self.recipients).chain(delegates);
        let details = self.details();
        let reply_to = details.terms.iter().flat_map(|terms| &terms.reply_to);
        let succession = details.succession.iter().flat_map(|succession| [&succession.previous, &succession.current]);
        stated.chain(reply_to).chain(details.mandate.iter().flat_map(|mandate| mandate.parties())).chain(succession)
    }

    /// Checks the rules that hold between members, for building and for reading.
    pub(super) fn check_times(&self) -> Result<(), EvidenceError> {
        if self.event_time < self.submission_time {
            return Err(EvidenceError::EventBeforeSubmission);
        }
        let before_event = |who, party: &Party| match party.assurance().map(Assurance::authentication_time) {
            Some(time) if time > self.event_time => Err(EvidenceError::AuthenticationAfterEvent(who)),
            _ => Ok(()),
        };
        before_event("the sender", &self.sender)?;
        self.sender_delegate.iter().try_for_each(|party| before_event("the sender's delegate", party))?;
        self.recipients.iter().try_for_each(|party| before_event("a recipient", party))?;
        self.recipients_delegates
            .iter()
            .try_for_each(|delegate| before_event("a recipient's delegate", &delegate.party))
    }

    /// Adds a recipient, and refuses one that is there already.
    pub(super) fn add_recipient(&mut self, recipient: Party) -> Result<(), EvidenceError> {
        if self.recipients.iter().any(|present| present.identifier() == recipient.identifier()) {
            return Err(EvidenceError::Twice("recipient"));
        }
        if self.recipients.len() >= MAX_PARTIES {
            return Err(EvidenceError::TooMany { what: "recipients", limit: MAX_PARTIES });
        }
        self.recipients.push(recipient);
        Ok(())
    }

    /// Adds a delegate of recipients that are there already.
    pub(super) fn add_recipients_delegate(&mut self, delegate: RecipientsDelegate) -> Result<(), EvidenceError> {
        if delegate.acting_for.is_empty() {
            return Err(EvidenceError::DelegateForNobody);
        }
        for (position, &index) in delegate.acting_for.iter().enumerate() {
            self.recipient(index)?;
            if delegate.acting_for.iter().take(position).any(|earlier| *earlier == index) {
                return Err(EvidenceError::Twice("recipient of a delegate"));
            }
        }
        if self.recipients_delegates.len() >= MAX_PARTIES {
            return Err(EvidenceError::TooMany { what: "delegates of recipients", limit: MAX_PARTIES });
        }
        self.recipients_delegates.push(delegate);
        Ok(())
    }

    /// Returns the recipient of this index, from 1.
    pub(super) fn recipient(&self, index: usize) -> Result<&Party, EvidenceError> {
        let position = index.checked_sub(1);
        position.and_then(|position| self.recipients.get(position)).ok_or(EvidenceError::NoSuchRecipient(index))
    }

    /// Adds a part, and refuses an identifier that is there already.
    pub(super) fn add_part(
        &mut self,
        description: PartDescription,
        digests: PayloadDigests,
    ) -> Result<(), EvidenceError> {
        if self.parts.iter().any(|part| part.description.identifier == description.identifier) {
            return Err(EvidenceError::Twice("content part's identifier"));
        }
        if self.parts.len() >= MAX_PARTS {
            return Err(EvidenceError::TooMany { what: "content parts", limit: MAX_PARTS });
        }
        self.parts.push(ContentPart { description, digests });
        Ok(())
    }

    /// Adds an extension, and refuses a name that is there already.
    pub(super) fn add_unknown_extension(&mut self, extension: UnknownExtension) -> Result<(), EvidenceError> {
        if self.unknown_extensions.iter().any(|present| present.name == extension.name) {
            return Err(EvidenceError::Twice("extension"));
        }
        // The extensions that the profile knows count too.
        if self.unknown_extensions.len() + PROFILE_EXTENSIONS >= MAX_EXTENSIONS {
            return Err(EvidenceError::TooMany { what: "extensions", limit: MAX_EXTENSIONS });
        }
        self.unknown_extensions.push(extension);
        Ok(())
    }
}
