//! Writes the values of members into one buffer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::place::{Place, Places};
use crate::crypto::Digest;
use crate::evidence::content::ContentPart;
use crate::evidence::extension::{AnnouncedSeal, Criticality, PrecedingEvidence};
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::party::{Assurance, IdentityAttribute, Party};
use crate::evidence::time;
use crate::text::{push_plain, push_string};

/// A writer holds the buffer that a statement is written into, and notes where the members stand in which letters of one
/// form differ.
#[derive(Clone)]
pub(in crate::evidence) struct Writer(pub(in crate::evidence) Vec<u8>, pub(in crate::evidence) Places);

impl Writer {
    pub(in crate::evidence) fn with_capacity(octets: usize) -> Self {
        Self(Vec::with_capacity(octets), Places::default())
    }

    /// Writes what stands in a place, and notes where that is.
    pub(super) fn at(&mut self, place: Place, write: impl FnOnce(&mut Self) -> &mut Self) -> &mut Self {
        let start = self.0.len();
        write(self);
        self.1.note(place, start..self.0.len());
        self
    }

    pub(super) fn raw(&mut self, json: &str) -> &mut Self {
        self.octets(json.as_bytes())
    }

    /// Writes octets that a writer wrote before.
    pub(in crate::evidence) fn octets(&mut self, json: &[u8]) -> &mut Self {
        self.0.extend_from_slice(json);
        self
    }

    /// Writes a text. Texts of a statement hold no control characters, so that only quote and backslash are escaped.
    pub(in crate::evidence) fn string(&mut self, text: &str) -> &mut Self {
        push_string(&mut self.0, text);
        self
    }

    /// Writes a string in which nothing needs an escape, such as a URI.
    pub(super) fn plain(&mut self, text: &str) -> &mut Self {
        push_plain(&mut self.0, text);
        self
    }

    pub(super) fn index(&mut self, index: usize) -> &mut Self {
        self.raw(&index.to_string())
    }

    pub(super) fn natural(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_string())
    }

    pub(in crate::evidence) fn time(&mut self, time: DateTime<Utc>) -> &mut Self {
        self.0.push(b'"');
        time::write(&mut self.0, time);
        self.0.push(b'"');
        self
    }

    pub(in crate::evidence) fn identifier(&mut self, identifier: EvidenceIdentifier) -> &mut Self {
        self.0.push(b'"');
        identifier.write(&mut self.0);
        self.0.push(b'"');
        self
    }

    pub(super) fn array<T>(
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

    pub(super) fn identity(&mut self, attributes: &[IdentityAttribute]) -> &mut Self {
        self.raw("\"Identity\":{\"Attribute\":").array(attributes, |w, attribute| {
            w.raw("{\"Name\":").plain(attribute.name());
            w.raw(",\"AttributeValue\":").array(attribute.values(), |w, value| w.string(value)).raw("}")
        });
        self.raw("}")
    }

    pub(super) fn party(&mut self, party: &Party) -> &mut Self {
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

    pub(super) fn assurance(&mut self, assurance: &Assurance) -> &mut Self {
        self.raw(",\"AssuranceLevelsDetails\":{\"GlobalAssuranceLevel\":{\"AssuranceLevel\":");
        self.plain(assurance.level().uri()).raw("},\"AuthenticationDetails\":{\"AuthenticationTime\":");
        self.time(assurance.authentication_time()).raw(",\"AuthenticationMethod\":");
        self.plain(assurance.authentication_method()).raw("}}")
    }

    pub(super) fn digest(&mut self, digest: &Digest) -> &mut Self {
        // A digest without an identifier is in no statement.
        let method = digest.algorithm().uri().unwrap_or_default();
        self.raw("\"DigestMethod\":{\"Algorithm\":").plain(method).raw("},\"DigestValue\":").base64(digest)
    }

    /// Writes the octets of a digest.
    pub(super) fn base64(&mut self, digest: &Digest) -> &mut Self {
        self.raw("\"");
        // 64 octets, the longest digest, take 88 characters.
        let mut buffer = [0; 88];
        match STANDARD.encode_slice(digest.as_bytes(), &mut buffer) {
            Ok(length) => self.0.extend(buffer.iter().take(length)),
            Err(_) => self.0.extend_from_slice(STANDARD.encode(digest.as_bytes()).as_bytes()),
        }
        self.raw("\"")
    }

    pub(super) fn extension(&mut self, criticality: Criticality, name: &str) -> &mut Self {
        let is_critical = match criticality {
            Criticality::Critical => "true",
            Criticality::NotCritical => "false",
        };
        self.raw("{\"isCritical\":").raw(is_critical).raw(",\"").raw(name).raw("\":")
    }

    /// Writes a reference to a proof, and ends the extension.
    pub(super) fn preceding(&mut self, preceding: &PrecedingEvidence) -> &mut Self {
        self.raw("{").proof_reference(preceding).raw("}}")
    }

    /// Writes the members of a reference to a proof.
    pub(super) fn proof_reference(&mut self, reference: &PrecedingEvidence) -> &mut Self {
        self.raw("\"ProofId\":{").digest(reference.proof_id()).raw("},\"EvidenceIdentifier\":");
        self.identifier(reference.evidence_identifier())
    }

    pub(super) fn announced_seal(&mut self, announced: &AnnouncedSeal) -> &mut Self {
        self.raw("{\"Algorithm\":").plain(&announced.algorithm_uri()).raw(",\"CertificateDigest\":{");
        self.digest(announced.certificate_digest()).raw("}}")
    }

    pub(super) fn additional_digests(&mut self, parts: &[ContentPart]) -> &mut Self {
        let mut separator = "{\"Part\":[";
        for part in parts {
            for digest in part.digests().additional() {
                self.raw(separator).raw("{\"Identifier\":").string(part.identifier()).raw(",").digest(digest).raw("}");
                separator = ",";
            }
        }
        self.raw("]}}")
    }
}
