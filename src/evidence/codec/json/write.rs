//! Writes a statement into one buffer, in the schema's member order and without white space.

use super::place::Place;
use super::writer::Writer;
use crate::evidence::commitment::scheme::METHOD;
use crate::evidence::error::EvidenceError;
use crate::evidence::event::Event;
use crate::evidence::extension::Criticality::NotCritical;
use crate::evidence::extension::{ADDITIONAL_DIGESTS, COMMITMENTS, ENVIRONMENT, PRECEDING_EVIDENCE, SECOND_SEAL};
use crate::evidence::issuer::Issuer;
use crate::evidence::limits::MAX_STATEMENT;
use crate::evidence::profile::Succession;
use crate::evidence::statement::{Core, Follows};

/// The version that evidence of this profile states (ETSI EN 319 522-3, clause 5.2.2.3).
pub(super) const VERSION: &str = "EN319522v1.2.1";

pub(in crate::evidence) fn statement(
    core: &Core,
    event: Event,
    follows: Option<&Follows>,
    issuer: &Issuer,
) -> Result<Writer, EvidenceError> {
    core.check_commitments(Succession::from(follows))?;
    core.check_event(event, follows)?;
    let details = core.details();
    let mut w = Writer::with_capacity(4096);
    w.raw("{\"version\":").plain(VERSION);
    w.raw(",\"EvidenceIdentifier\":").at(Place::EvidenceIdentifier, |w| w.identifier(core.evidence_identifier));
    w.raw(",\"ERDSEventId\":").plain(event.uri());
    if !details.reasons.is_empty() {
        w.raw(",\"EventReasons\":{\"EventReason\":").array(&details.reasons, Writer::reason).raw("}");
    }
    w.raw(",\"EventTime\":").at(Place::EventTime, |w| w.time(core.event_time));
    if !issuer.policies().is_empty() {
        w.raw(",\"EvidenceIssuerPolicyID\":{\"PolicyID\":")
            .array(issuer.policies(), |w, policy| w.plain(policy))
            .raw("}");
    }
    w.raw(",\"EvidenceIssuerDetails\":{").identity(issuer.attributes()).raw("}");
    w.parties(core);
    w.raw(",\"SubmissionTime\":").at(Place::SubmissionTime, |w| w.time(core.submission_time));
    if let Some(index) = follows.and_then(|follows| follows.recipient_index) {
        w.raw(",\"EvidenceRefersToRecipient\":").index(index);
    }
    w.raw(",\"MessageIdentifier\":").at(Place::MessageIdentifier, |w| w.string(core.message_id.as_str()));
    w.content(core);
    if let Some(service) = &details.external_service {
        w.raw(",\"ExternalERDSDetails\":{").identity(service.attributes()).raw("}");
    }
    if let Some(system) = &details.forwarded_to {
        w.raw(",\"ForwardedToExternalSystem\":").string(system);
    }
    w.raw(",\"Extensions\":[");
    w.extension(issuer.environment().criticality(), ENVIRONMENT);
    w.raw("{\"Name\":").plain(issuer.environment().name()).raw("}}");
    if let Some(follows) = follows {
        w.raw(",").extension(NotCritical, PRECEDING_EVIDENCE).preceding(&follows.preceding);
    }
    w.digests_and_national(core);
    if let Some(commitments) = &core.commitments {
        w.raw(",").extension(NotCritical, COMMITMENTS);
        w.raw("{\"Method\":").plain(METHOD).raw(",\"Path\":");
        w.array(&commitments.fields, |w, field| w.plain(&field.path(&commitments.extensions))).raw("}}");
    }
    if let Some(announced) = &core.announced_seal {
        w.raw(",").extension(NotCritical, SECOND_SEAL).announced_seal(announced).raw("}");
    }
    w.extensions(details);
    for extension in &core.unknown_extensions {
        w.raw(",").extension(NotCritical, extension.name()).raw(extension.json()).raw("}");
    }
    w.raw("]}");
    w.check_size()?;
    Ok(w)
}

impl Writer {
    /// Checks that a statement is not longer than what is read back.
    pub(in crate::evidence) fn check_size(&self) -> Result<(), EvidenceError> {
        if self.0.len() > MAX_STATEMENT { Err(EvidenceError::TooLarge { limit: MAX_STATEMENT }) } else { Ok(()) }
    }

    /// Writes the parties of a message.
    pub(super) fn parties(&mut self, core: &Core) {
        self.raw(",\"SenderDetails\":{").party(&core.sender).raw("}");
        if let Some(delegate) = &core.sender_delegate {
            self.raw(",\"SenderDelegateDetails\":{").party(delegate).raw("}");
        }
        self.raw(",\"RecipientDetails\":").at(Place::Recipients, |w| w.recipients(core));
        if !core.recipients_delegates.is_empty() {
            self.raw(",\"RecipientsDelegateDetails\":").array(&core.recipients_delegates, |w, delegate| {
                w.raw("{").party(delegate.party());
                w.raw(",\"DelegatingRecipients\":").array(delegate.acting_for(), |w, &index| w.index(index)).raw("}")
            });
        }
    }

    pub(in crate::evidence) fn recipients(&mut self, core: &Core) -> &mut Self {
        self.array(&core.recipients, |w, recipient| w.raw("{").party(recipient).raw("}"))
    }

    /// Writes the content by its digests.
    pub(super) fn content(&mut self, core: &Core) {
        self.raw(",\"UserContentInfo\":{\"PartsInfo\":{\"PartInfo\":").at(Place::Parts, |w| w.parts(core)).raw("}}");
    }

    pub(in crate::evidence) fn parts(&mut self, core: &Core) -> &mut Self {
        self.array(&core.parts, |w, part| {
            w.raw("{\"Identifier\":").string(part.identifier()).raw(",\"ContentType\":").string(part.media_type());
            part.digests().first().into_iter().for_each(|digest| {
                w.raw(",").digest(digest);
            });
            w.raw("}")
        })
    }

    /// Writes the extension with the further digests of the content, where there are some.
    pub(in crate::evidence) fn further_digests(&mut self, core: &Core) -> &mut Self {
        if core.parts.iter().any(|part| !part.digests().additional().is_empty()) {
            self.raw(",").extension(NotCritical, ADDITIONAL_DIGESTS).additional_digests(&core.parts);
        }
        self
    }

    /// Writes the extensions with the further digests of the content, and those of national services.
    pub(super) fn digests_and_national(&mut self, core: &Core) {
        self.at(Place::FurtherDigests, |w| w.further_digests(core));
        for extension in &core.national_extensions {
            extension.write(self.raw(",").extension(NotCritical, extension.name()));
        }
    }
}
