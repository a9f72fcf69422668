//! What evidence tells of an event beside the message and its parties, read and written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::mandate::{mandate, succession};
use super::payment::{commitment, stated_payment};
use super::values::{digest, identifier, identity, proof_reference, text, time};
use super::writer::Writer;
use crate::evidence::details::{
    Availability, ConsignmentMode, Details, ExternalService, InReplyTo, Notification, RecipientSignature,
    StatedSubmission, Terms, Window,
};
use crate::evidence::error::{DecodeStatementErrorKind as Kind, EvidenceError};
use crate::evidence::extension::Criticality;
use crate::evidence::identifiers::MessageId;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_PARTS, MAX_REASON_DETAILS, MAX_REASONS};
use crate::evidence::party::{AssuranceLevel, Party};
use crate::evidence::profile::Member;
use crate::evidence::reason::Reason;
use crate::evidence::step_event::system_name;

/// Reads the reasons of an event.
pub(super) fn reasons(r: &mut Reader<'_>) -> Result<Vec<Reason>> {
    r.object(&["EventReason"], |m| m.required("EventReason", |r| r.array(MAX_REASONS, reason)))
}

fn reason(r: &mut Reader<'_>) -> Result<Reason> {
    r.object(&["Code", "Details"], |m| {
        let code = m.required("Code", |r| Reason::new(&r.string()?).map_err(|error| r.error(error)))?;
        let details = m.optional("Details", |r| r.array(MAX_REASON_DETAILS, text))?;
        let with_details = details.unwrap_or_default().iter().try_fold(code, |code, detail| code.with_detail(detail));
        with_details.map_err(|error| m.error_at("Details", error))
    })
}

/// Reads the service on the other side of a relay.
pub(super) fn external_service(r: &mut Reader<'_>) -> Result<ExternalService> {
    let attributes = r.object(&["Identity"], |m| m.required("Identity", identity))?;
    ExternalService::of_attributes(attributes).map_err(|error| r.error(error))
}

/// Reads the name of a system outside of registered delivery.
pub(super) fn external_system(r: &mut Reader<'_>) -> Result<String> {
    system_name(&r.string()?).map_err(|error| r.error(error))
}

impl Details {
    /// Reads the value of an extension.
    pub(super) fn read(&mut self, m: &mut Members<'_, '_>, member: Member) -> Result<()> {
        let name = member.name();
        match member {
            Member::Terms => self.terms = Some(Box::new(m.required(name, terms)?)),
            Member::Window => self.window = Some(m.required(name, window)?),
            Member::Availability => self.availability = Some(m.required(name, availability)?),
            Member::Notification => self.notification = Some(m.required(name, notification)?),
            Member::InReplyTo => self.in_reply_to = Some(Box::new(m.required(name, in_reply_to)?)),
            Member::Payment => self.payment = Some(Box::new(m.required(name, stated_payment)?)),
            Member::Mandate => self.mandate = Some(Box::new(m.required(name, mandate)?)),
            Member::CausedBy => self.cause = Some(m.required(name, |r| r.object(REFERENCE, proof_reference))?),
            Member::RecipientSignature => self.recipient_signature = Some(m.required(name, recipient_signature)?),
            Member::OpenedParts => self.opened_parts = m.required(name, opened_parts)?,
            Member::IdentifierSucceeds => self.succession = Some(Box::new(m.required(name, succession)?)),
            Member::Submission => {
                let read = m.required(name, |r| r.object(DIGEST, digest))?;
                self.submission = Some(Box::new(StatedSubmission::read(read)));
            }
            Member::Version
            | Member::EvidenceIdentifier
            | Member::ErdsEventId
            | Member::EventReasons
            | Member::EventTime
            | Member::EvidenceIssuerPolicyId
            | Member::EvidenceIssuerDetails
            | Member::SenderDetails
            | Member::SenderDelegateDetails
            | Member::RecipientDetails
            | Member::RecipientsDelegateDetails
            | Member::SubmissionTime
            | Member::EvidenceRefersToRecipient
            | Member::MessageIdentifier
            | Member::UserContentInfo
            | Member::ExternalErdsDetails
            | Member::ForwardedToExternalSystem
            | Member::Extensions => return Err(m.error(Kind::UnknownMember)),
        }
        Ok(())
    }
}

const REFERENCE: &[&str] = &["ProofId", "EvidenceIdentifier"];

const DIGEST: &[&str] = &["DigestMethod", "DigestValue"];

fn terms(r: &mut Reader<'_>) -> Result<Terms> {
    let names = &[
        "RequestedConsignmentMode",
        "RequiredAssuranceLevel",
        "ScheduledDeliveryTime",
        "ExpirationTime",
        "AnswerPeriodDays",
        "ReplyAuthorized",
        "ReplyTo",
        "Regime",
    ];
    r.object(names, |m| {
        let mut terms = Terms::new();
        terms.consignment_mode = m.optional("RequestedConsignmentMode", |r| {
            ConsignmentMode::from_uri(&r.string()?).ok_or_else(|| r.error(EvidenceError::ConsignmentMode))
        })?;
        terms.required_assurance = m.optional("RequiredAssuranceLevel", |r| {
            r.object(&["AssuranceLevel"], |m| {
                m.required("AssuranceLevel", |r| {
                    AssuranceLevel::from_uri(&r.string()?).ok_or_else(|| r.error(Kind::AssuranceLevel))
                })
            })
        })?;
        terms.scheduled_delivery_time = m.optional("ScheduledDeliveryTime", time)?;
        terms.expiration_time = m.optional("ExpirationTime", time)?;
        if let Some(days) = m.optional("AnswerPeriodDays", Reader::index)? {
            terms = terms.with_answer_period_days(days).map_err(|error| m.error_at("AnswerPeriodDays", error))?;
        }
        terms.reply_authorized = m.optional("ReplyAuthorized", only_true)?.is_some();
        terms.reply_to = m.optional("ReplyTo", identifier)?.map(Party::new);
        if let Some(regime) = m.optional("Regime", text)? {
            terms = terms.with_regime(&regime).map_err(|error| m.error_at("Regime", error))?;
        }
        terms.check().map_err(|error| m.error(error))?;
        Ok(terms)
    })
}

/// Reads `true`: where something is not so, the member is left out.
fn only_true(r: &mut Reader<'_>) -> Result<()> {
    if r.boolean()? { Ok(()) } else { Err(r.error(Kind::WrongType { expected: "true" })) }
}

fn window(r: &mut Reader<'_>) -> Result<Window> {
    r.object(&["From", "Until", "Regime", "SenderHidden"], |m| {
        let (from, until) = (m.required("From", time)?, m.required("Until", time)?);
        let regime = m.required("Regime", text)?;
        let window = Window::new(from, until, &regime).map_err(|error| m.error(error))?;
        let hidden = m.optional("SenderHidden", only_true)?;
        Ok(if hidden.is_some() { window.with_sender_hidden() } else { window })
    })
}

fn availability(r: &mut Reader<'_>) -> Result<Availability> {
    r.object(&["Until", "NeverActivated"], |m| {
        let until = m.optional("Until", time)?;
        let until = until.map(Availability::until).transpose().map_err(|error| m.error(error))?;
        match (until, m.optional("NeverActivated", only_true)?) {
            (Some(until), Some(())) => Ok(until.and_never_activated()),
            (Some(until), None) => Ok(until),
            (None, Some(())) => Ok(Availability::never_activated()),
            (None, None) => Err(m.error(EvidenceError::Empty("extension Availability"))),
        }
    })
}

fn notification(r: &mut Reader<'_>) -> Result<Notification> {
    r.object(&["Channel", "Ordinal", "Address"], |m| {
        let channel = m.required("Channel", text)?;
        let mut notification = Notification::by(&channel).map_err(|error| m.error_at("Channel", error))?;
        if let Some(ordinal) = m.optional("Ordinal", Reader::index)? {
            notification = notification.with_ordinal(ordinal).map_err(|error| m.error_at("Ordinal", error))?;
        }
        Ok(match m.optional("Address", commitment)? {
            Some(address) => notification.with_address(address),
            None => notification,
        })
    })
}

fn in_reply_to(r: &mut Reader<'_>) -> Result<InReplyTo> {
    r.object(&["MessageIdentifier", "ProofId", "EvidenceIdentifier"], |m| {
        let message_id =
            m.required("MessageIdentifier", |r| MessageId::new(&r.string()?).map_err(|error| r.error(error)))?;
        Ok(InReplyTo::new(message_id, proof_reference(m)?))
    })
}

fn recipient_signature(r: &mut Reader<'_>) -> Result<RecipientSignature> {
    r.object(&["Signature"], |m| {
        m.required("Signature", |r| {
            let octets = STANDARD.decode(&*r.string()?).map_err(|_| r.error(Kind::Base64))?;
            RecipientSignature::new(&octets).map_err(|error| r.error(error))
        })
    })
}

fn opened_parts(r: &mut Reader<'_>) -> Result<Vec<usize>> {
    r.object(&["Part"], |m| m.required("Part", |r| r.array(MAX_PARTS, Reader::index)))
}

impl Writer {
    /// Writes a reason.
    pub(super) fn reason(&mut self, reason: &Reason) -> &mut Self {
        self.raw("{\"Code\":").plain(reason.code());
        if !reason.details().is_empty() {
            self.raw(",\"Details\":").array(reason.details(), |w, detail| w.string(detail));
        }
        self.raw("}")
    }

    /// Writes the extensions that are there, in their order.
    pub(super) fn extensions(&mut self, details: &Details) {
        if let Some(terms) = &details.terms {
            self.next(Member::Terms).terms(terms);
        }
        if let Some(window) = &details.window {
            self.next(Member::Window).window(window);
        }
        if let Some(availability) = &details.availability {
            self.next(Member::Availability).availability(availability);
        }
        if let Some(notification) = &details.notification {
            self.next(Member::Notification).notification(notification);
        }
        if let Some(in_reply_to) = &details.in_reply_to {
            self.next(Member::InReplyTo).raw("{\"MessageIdentifier\":").string(in_reply_to.message_id().as_str());
            self.raw(",").proof_reference(in_reply_to.original()).raw("}}");
        }
        if let Some(payment) = &details.payment {
            self.next(Member::Payment).stated_payment(payment).raw("}");
        }
        if let Some(mandate) = &details.mandate {
            self.next(Member::Mandate).mandate(mandate).raw("}");
        }
        if let Some(cause) = &details.cause {
            self.next(Member::CausedBy).preceding(cause);
        }
        if let Some(signature) = &details.recipient_signature {
            let base64 = STANDARD.encode(signature.octets());
            self.next(Member::RecipientSignature).raw("{\"Signature\":").plain(&base64).raw("}}");
        }
        if !details.opened_parts.is_empty() {
            let numbers = self.next(Member::OpenedParts).raw("{\"Part\":");
            numbers.array(&details.opened_parts, |w, number| w.index(*number)).raw("}}");
        }
        if let Some(succession) = &details.succession {
            self.next(Member::IdentifierSucceeds).succession(succession).raw("}");
        }
        if let Some(submission) = &details.submission {
            self.next(Member::Submission).raw("{").digest(submission.digest()).raw("}}");
        }
    }

    /// Starts the extension of this name, which stands after others.
    fn next(&mut self, member: Member) -> &mut Self {
        self.raw(",").extension(Criticality::NotCritical, member.name())
    }

    /// Writes a value, and ends the extension.
    fn terms(&mut self, terms: &Terms) {
        let mut o = self.open();
        if let Some(mode) = terms.consignment_mode {
            o.member("RequestedConsignmentMode").plain(mode.uri());
        }
        if let Some(level) = terms.required_assurance {
            o.member("RequiredAssuranceLevel").raw("{\"AssuranceLevel\":").plain(level.uri()).raw("}");
        }
        if let Some(time) = terms.scheduled_delivery_time {
            o.member("ScheduledDeliveryTime").time(time);
        }
        if let Some(time) = terms.expiration_time {
            o.member("ExpirationTime").time(time);
        }
        if let Some(days) = terms.answer_period_days {
            o.member("AnswerPeriodDays").index(days);
        }
        if terms.reply_authorized {
            o.member("ReplyAuthorized").raw("true");
        }
        if let Some(reply_to) = terms.reply_to() {
            let value = o.member("ReplyTo").raw("{\"value\":").string(reply_to.value());
            value.raw(",\"IdentifierSchemeName\":").plain(reply_to.scheme()).raw("}");
        }
        if let Some(regime) = &terms.regime {
            o.member("Regime").string(regime);
        }
        o.end();
    }

    /// Writes a value, and ends the extension.
    fn window(&mut self, window: &Window) {
        self.raw("{\"From\":").time(window.from()).raw(",\"Until\":").time(window.until());
        self.raw(",\"Regime\":").string(window.regime());
        self.raw(if window.is_sender_hidden() { ",\"SenderHidden\":true}}" } else { "}}" });
    }

    /// Writes a value, and ends the extension.
    fn availability(&mut self, availability: &Availability) {
        let mut o = self.open();
        if let Some(until) = availability.last_instant() {
            o.member("Until").time(until);
        }
        if availability.is_never_activated() {
            o.member("NeverActivated").raw("true");
        }
        o.end();
    }

    /// Writes a value, and ends the extension.
    fn notification(&mut self, notification: &Notification) {
        let mut o = self.open();
        o.member("Channel").string(notification.channel());
        if let Some(ordinal) = notification.ordinal() {
            o.member("Ordinal").index(ordinal);
        }
        if let Some(address) = notification.address() {
            o.member("Address").plain(&address.to_string());
        }
        o.end();
    }

    /// Starts the value of an extension, an object of which each member may be missing.
    fn open(&mut self) -> Object<'_> {
        Object { writer: self, separator: "{" }
    }
}

/// An object that is being written.
struct Object<'w> {
    writer: &'w mut Writer,
    separator: &'static str,
}

impl Object<'_> {
    /// Starts a member.
    fn member(&mut self, name: &str) -> &mut Writer {
        let separator = std::mem::replace(&mut self.separator, ",");
        self.writer.raw(separator).plain(name).raw(":")
    }

    /// Ends the object, of which at least one member was written, and the extension.
    fn end(self) {
        self.writer.raw("}}");
    }
}
