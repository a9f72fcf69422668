//! Writing a statement: one buffer, the schema's member order, no white space.

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Utc};

use crate::crypto::Digest;
use crate::evidence::content::ContentPart;
use crate::evidence::error::EvidenceError;
use crate::evidence::event::Event;
use crate::evidence::extension::{
    ADDITIONAL_DIGESTS, ENVIRONMENT, PRECEDING_EVIDENCE, PrecedingEvidence, REGISTERED_MAIL,
};
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::issuer::Issuer;
use crate::evidence::limits::MAX_STATEMENT;
use crate::evidence::party::{Assurance, IdentityAttribute, Party};
use crate::evidence::registered_mail::RegisteredMail;
use crate::evidence::statement::{Core, Follows};
use crate::evidence::time;

/// The version that evidence of this profile states (ETSI EN 319 522-3, clause 5.2.2.3).
pub(super) const VERSION: &str = "EN319522v1.2.1";

pub(in crate::evidence::codec) fn statement(
    core: &Core,
    event: Event,
    follows: Option<&Follows>,
    issuer: &Issuer,
) -> Result<Vec<u8>, EvidenceError> {
    let mut w = Writer(Vec::with_capacity(4096));
    w.raw("{\"version\":").plain(VERSION);
    w.raw(",\"EvidenceIdentifier\":").identifier(core.evidence_identifier);
    w.raw(",\"ERDSEventId\":").plain(event.uri());
    w.raw(",\"EventTime\":").time(core.event_time);
    if !issuer.policies().is_empty() {
        w.raw(",\"EvidenceIssuerPolicyID\":{\"PolicyID\":")
            .array(issuer.policies(), |w, policy| w.plain(policy))
            .raw("}");
    }
    w.raw(",\"EvidenceIssuerDetails\":{").identity(issuer.attributes()).raw("}");
    w.raw(",\"SenderDetails\":{").party(&core.sender).raw("}");
    if let Some(delegate) = &core.sender_delegate {
        w.raw(",\"SenderDelegateDetails\":{").party(delegate).raw("}");
    }
    w.raw(",\"RecipientDetails\":").array(&core.recipients, |w, recipient| w.raw("{").party(recipient).raw("}"));
    if !core.recipients_delegates.is_empty() {
        w.raw(",\"RecipientsDelegateDetails\":").array(&core.recipients_delegates, |w, delegate| {
            w.raw("{").party(delegate.party());
            w.raw(",\"DelegatingRecipients\":").array(delegate.acting_for(), |w, &index| w.index(index)).raw("}")
        });
    }
    w.raw(",\"SubmissionTime\":").time(core.submission_time);
    if let Some(follows) = follows {
        w.raw(",\"EvidenceRefersToRecipient\":").index(follows.recipient_index);
    }
    w.raw(",\"MessageIdentifier\":").string(core.message_id.as_str());
    w.raw(",\"UserContentInfo\":{\"PartsInfo\":{\"PartInfo\":").array(&core.parts, |w, part| {
        w.raw("{\"Identifier\":").string(part.identifier()).raw(",\"ContentType\":").string(part.media_type());
        part.digests().first().into_iter().for_each(|digest| {
            w.raw(",").digest(digest);
        });
        w.raw("}")
    });
    w.raw("}},\"Extensions\":[");
    w.extension(issuer.environment().is_critical(), ENVIRONMENT);
    w.raw("{\"Name\":").plain(issuer.environment().name()).raw("}}");
    if let Some(follows) = follows {
        w.raw(",").extension(false, PRECEDING_EVIDENCE).preceding(&follows.preceding);
    }
    if core.parts.iter().any(|part| !part.digests().additional().is_empty()) {
        w.raw(",").extension(false, ADDITIONAL_DIGESTS).additional_digests(&core.parts);
    }
    if let Some(mail) = &core.registered_mail {
        w.raw(",").extension(false, REGISTERED_MAIL).registered_mail(mail);
    }
    for extension in &core.unknown_extensions {
        w.raw(",").extension(false, extension.name()).raw(extension.json()).raw("}");
    }
    w.raw("]}");
    if w.0.len() > MAX_STATEMENT { Err(EvidenceError::TooLarge { limit: MAX_STATEMENT }) } else { Ok(w.0) }
}

/// Blocks of a fixed length are looked through at once, without branches.
fn needs_escape(text: &[u8]) -> bool {
    let special = |any: bool, octet: &u8| any | (*octet == b'"') | (*octet == b'\\');
    let (blocks, rest) = text.as_chunks::<16>();
    blocks.iter().any(|block| block.iter().fold(false, special)) || rest.iter().fold(false, special)
}

struct Writer(Vec<u8>);

impl Writer {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Our texts hold no control characters: only quote and backslash need an escape.
    fn string(&mut self, text: &str) -> &mut Self {
        if !needs_escape(text.as_bytes()) {
            return self.plain(text);
        }
        self.0.push(b'"');
        for &octet in text.as_bytes() {
            if matches!(octet, b'"' | b'\\') {
                self.0.push(b'\\');
            }
            self.0.push(octet);
        }
        self.0.push(b'"');
        self
    }

    /// A string in which nothing needs an escape, as in a URI.
    fn plain(&mut self, text: &str) -> &mut Self {
        self.0.reserve(text.len() + 2);
        self.raw("\"").raw(text).raw("\"")
    }

    fn index(&mut self, index: usize) -> &mut Self {
        self.raw(&index.to_string())
    }

    fn time(&mut self, time: DateTime<Utc>) -> &mut Self {
        self.0.push(b'"');
        time::write(&mut self.0, time);
        self.0.push(b'"');
        self
    }

    fn identifier(&mut self, identifier: EvidenceIdentifier) -> &mut Self {
        self.0.push(b'"');
        identifier.write(&mut self.0);
        self.0.push(b'"');
        self
    }

    fn array<T>(
        &mut self,
        elements: &[T],
        mut write: impl for<'w> FnMut(&'w mut Self, &T) -> &'w mut Self,
    ) -> &mut Self {
        let mut separator = "[";
        for element in elements {
            self.raw(separator);
            write(self, element);
            separator = ",";
        }
        self.raw("]")
    }

    fn identity(&mut self, attributes: &[IdentityAttribute]) -> &mut Self {
        self.raw("\"Identity\":{\"Attribute\":").array(attributes, |w, attribute| {
            w.raw("{\"Name\":").plain(attribute.name());
            w.raw(",\"AttributeValue\":").array(attribute.values(), |w, value| w.string(value)).raw("}")
        });
        self.raw("}")
    }

    fn party(&mut self, party: &Party) -> &mut Self {
        if !party.attributes().is_empty() {
            self.identity(party.attributes()).raw(",");
        }
        self.raw("\"Identifier\":{\"value\":").string(party.identifier().value());
        self.raw(",\"IdentifierSchemeName\":").plain(party.identifier().scheme()).raw("}");
        if let Some(assurance) = party.assurance() {
            self.assurance(assurance);
        }
        self
    }

    fn assurance(&mut self, assurance: &Assurance) -> &mut Self {
        self.raw(",\"AssuranceLevelsDetails\":{\"GlobalAssuranceLevel\":{\"AssuranceLevel\":");
        self.plain(assurance.level().uri()).raw("},\"AuthenticationDetails\":{\"AuthenticationTime\":");
        self.time(assurance.authentication_time()).raw(",\"AuthenticationMethod\":");
        self.plain(assurance.authentication_method()).raw("}}")
    }

    fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.raw("\"DigestMethod\":{\"Algorithm\":").plain(digest.algorithm().uri()).raw("},\"DigestValue\":\"");
        // 64 octets, the longest digest, take 88 characters.
        let mut buffer = [0; 88];
        match Base64::encode(digest.as_bytes(), &mut buffer) {
            Ok(base64) => self.raw(base64),
            Err(_) => self.raw(&Base64::encode_string(digest.as_bytes())),
        };
        self.raw("\"")
    }

    fn extension(&mut self, critical: bool, name: &str) -> &mut Self {
        self.raw(if critical { "{\"isCritical\":true,\"" } else { "{\"isCritical\":false,\"" }).raw(name).raw("\":")
    }

    fn preceding(&mut self, preceding: &PrecedingEvidence) -> &mut Self {
        self.raw("{\"ProofId\":{").digest(preceding.proof_id()).raw("},\"EvidenceIdentifier\":");
        self.identifier(preceding.evidence_identifier()).raw("}}")
    }

    fn additional_digests(&mut self, parts: &[ContentPart]) -> &mut Self {
        let mut separator = "{\"Part\":[";
        for part in parts {
            for digest in part.digests().additional() {
                self.raw(separator).raw("{\"Identifier\":").string(part.identifier()).raw(",").digest(digest).raw("}");
                separator = ",";
            }
        }
        self.raw("]}}")
    }

    fn registered_mail(&mut self, mail: &RegisteredMail) -> &mut Self {
        self.raw("{\"Ticket\":").string(mail.ticket().as_str());
        if let Some(token) = mail.token() {
            self.raw(",\"Token\":").string(token);
        }
        if let Some(application_id) = mail.application_id() {
            self.raw(",\"ApplicationId\":").string(application_id);
        }
        self.raw(",\"Title\":").string(mail.title()).raw(",\"Type\":").string(mail.document_type());
        self.raw(",\"Language\":").plain(mail.language().code());
        if let Some(name) = mail.download_file_name() {
            self.raw(",\"DownloadFileName\":").string(name);
        }
        if !mail.metadata().is_empty() {
            self.raw(",\"Metadata\":").array(mail.metadata(), |w, metadata| {
                w.raw("{\"Type\":").string(metadata.kind());
                w.raw(",\"Value\":").array(metadata.values(), |w, value| w.string(value)).raw("}")
            });
        }
        self.raw("}}")
    }
}
