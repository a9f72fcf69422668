//! Reads a statement in exactly the form that the writer gives it.

use std::borrow::Cow;

use super::details::{external_service, external_system, reasons};
use super::extensions::Extensions;
use super::values::{evidence_identifier, identity, party, recipients_delegate, text, time, user_content_info};
use super::write::VERSION;
use crate::crypto::Digest;
use crate::evidence::content::{PartDescription, PayloadDigests};
use crate::evidence::details::{Details, StatedPayment};
use crate::evidence::environment::Environment;
use crate::evidence::error::{DecodeStatementError, DecodeStatementErrorKind as Kind, EvidenceError};
use crate::evidence::event::Event;
use crate::evidence::extension::{ENVIRONMENT, PRECEDING_EVIDENCE};
use crate::evidence::identifiers::{EvidenceIdentifier, MessageId};
use crate::evidence::issuer::Issuer;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_EXTENSIONS, MAX_PARTIES, MAX_POLICIES};
use crate::evidence::party::{IdentityAttribute, attribute};
use crate::evidence::profile::{EventProfile, Member, Presence, Succession};
use crate::evidence::statement::sealed::Parts;
use crate::evidence::statement::{Commitments, Core, Follows};

/// Returns the event of any evidence that is strict JSON. Nothing else is checked.
pub(in crate::evidence::codec) fn peek_event(octets: &[u8]) -> Result<Event> {
    let mut reader = Reader::new(octets)?;
    let mut event = None;
    reader.skip_object(|reader, name| {
        if name != Member::ErdsEventId.name() {
            return Ok(false);
        }
        let uri = reader.string()?;
        event = Some(event_of(&uri).map_err(|kind| reader.error_at("ERDSEventId", kind))?);
        Ok(true)
    })?;
    reader.end()?;
    event.ok_or_else(|| reader.error_at("ERDSEventId", Kind::MissingMember))
}

/// Reads the event of a URI. An event that is not in the table, and has its URI in the namespace of the standard, is one of
/// another edition, and is named.
fn event_of(uri: &str) -> std::result::Result<Event, Kind> {
    Event::from_uri(uri).ok_or_else(|| match Event::name_in_other_edition(uri) {
        Some(name) => Kind::EventNotKnown(name.to_owned()),
        None => Kind::UnknownEvent,
    })
}

/// Reads evidence of one of these events.
pub(in crate::evidence::codec) fn statement(octets: &[u8], accepted: &[Event]) -> Result<(Parts, Issuer)> {
    let mut reader = Reader::new(octets)?;
    let read = reader.object(Member::NAMES, |m| {
        // Until the event is read, the members are those of the first event that is asked for.
        if let Some(event) = accepted.first() {
            restrict(m, event.profile());
        }
        let (event, identifier) = head(m)?;
        if !accepted.contains(&event) {
            return Err(m.error_at("ERDSEventId", Kind::AnotherEvent(event)));
        }
        let profile = event.profile();
        restrict(m, profile);
        let (core, issuer, follows) = body(m, identifier, profile)?;
        Ok((Parts { kind: profile.kind, event, core, follows }, issuer))
    })?;
    reader.end()?;
    Ok(read)
}

fn restrict(m: &mut Members<'_, '_>, profile: &EventProfile) {
    let is_forbidden = |member: &&Member| profile.presence(**member) == Presence::Forbidden;
    m.allow_all_but(Member::OF_EVIDENCE.iter().filter(is_forbidden).map(|member| member.name()));
}

/// Makes the error for a rule that the statement breaks as a whole.
pub(in crate::evidence::codec) fn refused_as_a_whole(octets: &[u8], error: EvidenceError) -> DecodeStatementError {
    DecodeStatementError { path: String::new(), offset: octets.len(), kind: error.into() }
}

fn head(m: &mut Members<'_, '_>) -> Result<(Event, EvidenceIdentifier)> {
    m.required("version", |r| if r.string()? == VERSION { Ok(()) } else { Err(r.error(Kind::Version)) })?;
    let identifier = m.required("EvidenceIdentifier", evidence_identifier)?;
    let event = m.required("ERDSEventId", |r| {
        let uri = r.string()?;
        event_of(&uri).map_err(|kind| r.error(kind))
    })?;
    Ok((event, identifier))
}

fn body(
    m: &mut Members<'_, '_>,
    evidence_identifier: EvidenceIdentifier,
    profile: &EventProfile,
) -> Result<(Core, Issuer, Option<Follows>)> {
    let reasons = of_row(m, profile, Member::EventReasons, reasons)?;
    let event_time = m.required("EventTime", time)?;
    let policies = m.optional("EvidenceIssuerPolicyID", |r| {
        r.object(&["PolicyID"], |m| m.required("PolicyID", |r| r.array(MAX_POLICIES, text)))
    })?;
    let issuer_attributes =
        m.required("EvidenceIssuerDetails", |r| r.object(&["Identity"], |m| m.required("Identity", identity)))?;
    let sender = m.required("SenderDetails", party)?;
    let sender_delegate = m.optional("SenderDelegateDetails", party)?;
    let recipients = m.required("RecipientDetails", |r| r.array(MAX_PARTIES, party))?;
    let delegates = m.optional("RecipientsDelegateDetails", |r| r.array(MAX_PARTIES, recipients_delegate))?;
    let submission_time = m.required("SubmissionTime", time)?;
    let recipient_index = of_row(m, profile, Member::EvidenceRefersToRecipient, Reader::index)?;
    let message_id = m.required("MessageIdentifier", |r| {
        let id = r.string()?;
        MessageId::new(&id).map_err(|error| r.error(error))
    })?;
    let parts = m.required("UserContentInfo", user_content_info)?;
    let external_service = of_row(m, profile, Member::ExternalErdsDetails, external_service)?;
    let forwarded_to = of_row(m, profile, Member::ForwardedToExternalSystem, external_system)?;
    let extensions = m.required("Extensions", |r| {
        let mut extensions = Extensions::new(profile);
        r.array(MAX_EXTENSIONS, |r| extensions.read(r))?;
        Ok(extensions)
    })?;

    let environment =
        extensions.environment.ok_or_else(|| m.error_at("Extensions", Kind::MissingExtension(ENVIRONMENT)))?;
    let issuer = issuer(m, issuer_attributes, policies.unwrap_or_default(), environment)?;
    let mut core = Core {
        evidence_identifier,
        event_time,
        sender,
        sender_delegate,
        recipients: Vec::new(),
        recipients_delegates: Vec::new(),
        submission_time,
        message_id,
        parts: Vec::new(),
        national_extensions: extensions.national,
        commitments: None,
        announced_seal: extensions.announced_seal.map(Box::new),
        details: None,
        unknown_extensions: Vec::new(),
    };
    let mut details = Details { external_service, forwarded_to, ..extensions.details };
    for reason in reasons.unwrap_or_default() {
        details.add_reason(reason).map_err(|error| m.error_at("EventReasons", error))?;
    }
    if let Some(missing) = missing_extension(profile, &details) {
        return Err(m.error_at("Extensions", Kind::MissingExtension(missing.name())));
    }
    let is_addressed = details.notification.as_ref().is_some_and(|told| told.address().is_some());
    if is_addressed || matches!(details.payment.as_deref(), Some(StatedPayment::Committed(_))) {
        details.committed_for = Some(evidence_identifier);
    }
    core.details = (details != Details::NONE).then(|| Box::new(details));
    for recipient in recipients {
        core.add_recipient(recipient).map_err(|error| m.error_at("RecipientDetails", error))?;
    }
    for delegate in delegates.unwrap_or_default() {
        core.add_recipients_delegate(delegate).map_err(|error| m.error_at("RecipientsDelegateDetails", error))?;
    }
    add_parts(m, &mut core, parts, extensions.additional_digests)?;
    for extension in extensions.unknown {
        core.add_unknown_extension(extension).map_err(|error| m.error_at("Extensions", error))?;
    }
    if !extensions.commitments.is_empty() {
        let (extensions, fields) = (core.extension_indices(profile.succession()), extensions.commitments);
        core.commitments = Some(Box::new(Commitments { evidence_identifier, extensions, fields }));
    }
    core.check_commitments(profile.succession()).map_err(|error| m.error_at("Extensions", error))?;
    core.check_times().map_err(|error| m.error(error))?;
    if profile.succession() == Succession::First {
        return Ok((core, issuer, None));
    }
    let preceding =
        extensions.preceding.ok_or_else(|| m.error_at("Extensions", Kind::MissingExtension(PRECEDING_EVIDENCE)))?;
    Ok((core, issuer, Some(Follows { recipient_index, preceding, consignment_mode: None })))
}

/// Reads a member as the row of the event has it: always, if it is there, or never.
fn of_row<'a, T>(
    m: &mut Members<'_, 'a>,
    profile: &EventProfile,
    member: Member,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
) -> Result<Option<T>> {
    match profile.presence(member) {
        Presence::Required => m.required(member.name(), read).map(Some),
        Presence::Optional => m.optional(member.name(), read),
        Presence::Forbidden => Ok(None),
    }
}

/// Returns the first extension that the row of the event requires and that is not there.
fn missing_extension(profile: &EventProfile, details: &Details) -> Option<Member> {
    let is_missing = |member: &Member| profile.required.contains(member) && !details.has(*member);
    Member::EXTENSIONS.iter().copied().find(is_missing)
}

fn issuer(
    m: &mut Members<'_, '_>,
    attributes: Vec<IdentityAttribute>,
    policies: Vec<Cow<'_, str>>,
    environment: Environment,
) -> Result<Issuer> {
    let leads = |position: usize, name| {
        let attribute = attributes.get(position).filter(|attribute| attribute.name() == name);
        attribute.is_some_and(|attribute| attribute.values().len() == 1)
    };
    if !leads(0, attribute::LEGAL_NAME) || !leads(1, attribute::LEGAL_PERSON_IDENTIFIER) {
        return Err(m.error_at("EvidenceIssuerDetails", Kind::IssuerAttribute));
    }
    let issuer = Issuer::of_attributes(attributes, environment);
    let mut issuer = issuer.map_err(|error| m.error_at("EvidenceIssuerDetails", error))?;
    for policy in policies {
        issuer = issuer.with_policy(&policy).map_err(|error| m.error_at("EvidenceIssuerPolicyID", error))?;
    }
    Ok(issuer)
}

pub(super) fn add_parts(
    m: &mut Members<'_, '_>,
    core: &mut Core,
    parts: Vec<(PartDescription, Digest)>,
    additional: Vec<(String, Digest)>,
) -> Result<()> {
    let mut additional = additional.into_iter().peekable();
    for (description, digest) in parts {
        let mut digests = Vec::with_capacity(PayloadDigests::DEFAULT.len());
        digests.push(digest);
        while let Some((_, digest)) = additional.next_if(|(identifier, _)| *identifier == description.identifier) {
            digests.push(digest);
        }
        let digests = PayloadDigests::from_digests(digests).map_err(|error| m.error_at("UserContentInfo", error))?;
        core.add_part(description, digests).map_err(|error| m.error_at("UserContentInfo", error))?;
    }
    // A remaining entry names a part that is not there, or is out of the order of the parts.
    if additional.next().is_some() { Err(m.error_at("Extensions", Kind::UnknownPart)) } else { Ok(()) }
}
