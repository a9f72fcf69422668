use super::error::EvidenceError;
use super::identifiers::EvidenceIdentifier;
use super::limits::MAX_IDENTIFIER;
use super::{json, text};
use crate::crypto::Digest;

/// The names of the extensions that the profile knows, in the order in which they are written.
pub(super) const ENVIRONMENT: &str = "Environment";
pub(super) const PRECEDING_EVIDENCE: &str = "PrecedingEvidence";
pub(super) const ADDITIONAL_DIGESTS: &str = "AdditionalDigests";
pub(super) const REGISTERED_MAIL: &str = "RegisteredMail";
pub(super) const COMMITMENTS: &str = "Commitments";

/// The proof that an opening follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrecedingEvidence {
    proof_id: Digest,
    evidence_identifier: EvidenceIdentifier,
}

impl PrecedingEvidence {
    /// Refers to a proof. `proof_id` identifies the sealed statement, and `evidence_identifier` is the identifier in
    /// it.
    pub fn new(proof_id: Digest, evidence_identifier: EvidenceIdentifier) -> Self {
        Self { proof_id, evidence_identifier }
    }

    /// Returns the ProofId: a digest over the signed attributes of the proof.
    pub fn proof_id(&self) -> &Digest {
        &self.proof_id
    }

    /// Returns the EvidenceIdentifier of the proof's statement.
    pub fn evidence_identifier(&self) -> EvidenceIdentifier {
        self.evidence_identifier
    }
}

/// A non-critical extension that the profile does not know: kept, shown, and nothing derived from it.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownExtension {
    pub(super) name: String,
    pub(super) json: String,
}

impl UnknownExtension {
    /// Makes an extension of its name and its value, a JSON object without insignificant white space.
    ///
    /// # Errors
    /// [`EvidenceError::ExtensionName`] for a name of the profile, or one that is not of ASCII letters, digits, `.`,
    /// `_`, `-`; [`EvidenceError::ExtensionValue`].
    pub fn new(name: &str, json: &str) -> Result<Self, EvidenceError> {
        let name = Self::check_name(name)?;
        json::check_object(json.as_bytes()).map_err(|error| EvidenceError::ExtensionValue(Box::new(error.kind)))?;
        Ok(Self { name, json: json.to_owned() })
    }

    /// Checks that the name is not that of an extension of this library, which a caller's own could otherwise
    /// counterfeit.
    pub(super) fn check_name(name: &str) -> Result<String, EvidenceError> {
        let name = text::text("extension's name", name, MAX_IDENTIFIER)?;
        let taken = ["isCritical", ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, REGISTERED_MAIL, COMMITMENTS];
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if taken.contains(&name.as_str()) || !plain { Err(EvidenceError::ExtensionName) } else { Ok(name) }
    }

    /// Returns the name of its member.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value as it was received: one JSON object.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl std::fmt::Debug for UnknownExtension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnknownExtension({:?}, {} octets)", self.name, self.json.len())
    }
}
