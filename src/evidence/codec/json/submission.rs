//! The JSON of a submission: the members of a sending that its sender signs, in the same deterministic form.

use super::extensions::Extensions;
use super::read::add_parts;
use super::values::{party, recipients_delegate, user_content_info};
use super::writer::Writer;
use crate::evidence::details::Details;
use crate::evidence::environment::Environment;
use crate::evidence::error::{DecodeStatementErrorKind as Kind, EvidenceError};
use crate::evidence::event::Event;
use crate::evidence::extension::ENVIRONMENT;
use crate::evidence::identifiers::MessageId;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_EXTENSIONS, MAX_PARTIES};
use crate::evidence::statement::Core;

/// The type that a submission states first.
const TYPE: &str = "recommande-submission/1";

/// The members of a submission, in their order.
const MEMBERS: &[&str] = &[
    "type",
    "SenderDetails",
    "SenderDelegateDetails",
    "RecipientDetails",
    "RecipientsDelegateDetails",
    "MessageIdentifier",
    "UserContentInfo",
    "Extensions",
];

/// Writes a submission: always the same octets for the same members.
pub(in crate::evidence) fn write_submission(
    core: &Core,
    environment: Environment,
) -> std::result::Result<Vec<u8>, EvidenceError> {
    let mut w = Writer::with_capacity(2048);
    w.raw("{\"type\":").plain(TYPE);
    w.parties(core);
    w.raw(",\"MessageIdentifier\":").string(core.message_id.as_str());
    w.content(core);
    w.raw(",\"Extensions\":[").extension(environment.criticality(), ENVIRONMENT);
    w.raw("{\"Name\":").plain(environment.name()).raw("}}");
    w.digests_and_national(core);
    w.extensions(core.details());
    w.raw("]}");
    w.check_size()?;
    Ok(w.0)
}

/// Reads a submission and its environment.
pub(in crate::evidence) fn read_submission(octets: &[u8]) -> Result<(Core, Environment)> {
    let mut reader = Reader::new(octets)?;
    let read = reader.object(MEMBERS, members)?;
    reader.end()?;
    Ok(read)
}

fn members(m: &mut Members<'_, '_>) -> Result<(Core, Environment)> {
    m.required("type", |r| if r.string()? == TYPE { Ok(()) } else { Err(r.error(Kind::Version)) })?;
    let sender = m.required("SenderDetails", party)?;
    let sender_delegate = m.optional("SenderDelegateDetails", party)?;
    let recipients = m.required("RecipientDetails", |r| r.array(MAX_PARTIES, party))?;
    let delegates = m.optional("RecipientsDelegateDetails", |r| r.array(MAX_PARTIES, recipients_delegate))?;
    let message_id =
        m.required("MessageIdentifier", |r| MessageId::new(&r.string()?).map_err(|error| r.error(error)))?;
    let parts = m.required("UserContentInfo", user_content_info)?;
    let extensions = m.required("Extensions", |r| {
        let mut extensions = Extensions::new(Event::SubmissionAcceptance.profile());
        r.array(MAX_EXTENSIONS, |r| extensions.read(r))?;
        Ok(extensions)
    })?;
    if let Some(name) = not_of_submission(&extensions) {
        return Err(m.error_at("Extensions", EvidenceError::NotOfSubmission(name)));
    }
    let environment =
        extensions.environment.ok_or_else(|| m.error_at("Extensions", Kind::MissingExtension(ENVIRONMENT)))?;
    let mut core = Core {
        sender_delegate,
        national_extensions: extensions.national,
        details: (extensions.details != Details::NONE).then(|| Box::new(extensions.details)),
        ..Core::without_evidence(sender, message_id)
    };
    for recipient in recipients {
        core.add_recipient(recipient).map_err(|error| m.error_at("RecipientDetails", error))?;
    }
    for delegate in delegates.unwrap_or_default() {
        core.add_recipients_delegate(delegate).map_err(|error| m.error_at("RecipientsDelegateDetails", error))?;
    }
    add_parts(m, &mut core, parts, extensions.additional_digests)?;
    Ok((core, environment))
}

/// Returns the name of something that only a service states and that stands in the place of an extension.
fn not_of_submission(extensions: &Extensions<'_>) -> Option<&'static str> {
    let Details { terms, in_reply_to, payment, .. } = &extensions.details;
    let of_sender =
        Details { terms: terms.clone(), in_reply_to: in_reply_to.clone(), payment: payment.clone(), ..Details::NONE };
    let others = [
        (!extensions.commitments.is_empty(), "commitments"),
        (extensions.announced_seal.is_some(), "second seal"),
        (extensions.details != of_sender, "extension of a service"),
        (!extensions.unknown.is_empty(), "extension that the profile does not know"),
    ];
    others.into_iter().find(|(is_there, _)| *is_there).map(|(_, name)| name)
}
