use super::error::EvidenceError;
use super::identifiers::EvidenceIdentifier;
use super::limits::MAX_IDENTIFIER;
use super::{json, text};
use crate::crypto::{Digest, DigestAlgorithm};
use const_oid::ObjectIdentifier;

/// The names of the extensions that the profile knows, in the order in which they are written.
pub(super) const ENVIRONMENT: &str = "Environment";
pub(super) const PRECEDING_EVIDENCE: &str = "PrecedingEvidence";
pub(super) const ADDITIONAL_DIGESTS: &str = "AdditionalDigests";
pub(super) const REGISTERED_MAIL: &str = "RegisteredMail";
pub(super) const COMMITMENTS: &str = "Commitments";
pub(super) const SECOND_SEAL: &str = "SecondSeal";

/// The names of the members that an extension may have and that no further extension takes.
pub(super) static PROFILE_NAMES: [&str; 7] =
    ["isCritical", ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, REGISTERED_MAIL, COMMITMENTS, SECOND_SEAL];

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

/// The second seal that a statement announces: a file beside the proof, over the octets of its seal (extension
/// SecondSeal).
///
/// The first seal covers the announcement. Leaving the second seal out, or exchanging it, is therefore noticed for as
/// long as the first one holds.
///
/// ```text
/// "SecondSeal": { "Algorithm": "urn:oid:2.16.840.1.101.3.4.3.18",
///                 "CertificateDigest": { "DigestMethod": { "Algorithm": URI }, "DigestValue": base64 } }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncedSeal {
    algorithm: ObjectIdentifier,
    certificate_digest: Digest,
}

/// The namespace of object identifiers ([RFC 3061](https://www.rfc-editor.org/rfc/rfc3061)).
const URN_OID: &str = "urn:oid:";

impl AnnouncedSeal {
    /// Announces a seal by this algorithm and by the certificate with this DER.
    pub(crate) fn new(algorithm: ObjectIdentifier, certificate: &[u8]) -> Self {
        Self { algorithm, certificate_digest: DigestAlgorithm::Sha512.digest(certificate) }
    }

    pub(super) fn of_parts(algorithm: ObjectIdentifier, certificate_digest: Digest) -> Self {
        Self { algorithm, certificate_digest }
    }

    /// Returns the object identifier of the signature algorithm.
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// Returns the digest of the DER of the signing certificate.
    pub fn certificate_digest(&self) -> &Digest {
        &self.certificate_digest
    }

    pub(super) fn algorithm_uri(&self) -> String {
        format!("{URN_OID}{}", self.algorithm)
    }

    /// Reads the algorithm from its URI. An object identifier has one form there.
    pub(super) fn algorithm_of_uri(uri: &str) -> Option<ObjectIdentifier> {
        let dotted = uri.strip_prefix(URN_OID)?;
        ObjectIdentifier::new(dotted).ok().filter(|oid| oid.to_string() == dotted)
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
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if PROFILE_NAMES.contains(&name.as_str()) || !plain { Err(EvidenceError::ExtensionName) } else { Ok(name) }
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
