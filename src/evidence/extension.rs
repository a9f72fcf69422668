use super::environment::Environment;
use super::identifiers::EvidenceIdentifier;
use crate::crypto::{Digest, DigestAlgorithm};
use const_oid::ObjectIdentifier;

/// The names of the extensions that the profile knows, in the order in which they are written. National extensions stand
/// before Commitments.
pub(super) const ENVIRONMENT: &str = "Environment";
pub(super) const PRECEDING_EVIDENCE: &str = "PrecedingEvidence";
pub(super) const ADDITIONAL_DIGESTS: &str = "AdditionalDigests";
pub(super) const COMMITMENTS: &str = "Commitments";
pub(super) const SECOND_SEAL: &str = "SecondSeal";

/// The member isCritical of an extension: whether a reader that does not know it must refuse the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criticality {
    Critical,
    NotCritical,
}

impl Criticality {
    /// Takes the value of isCritical.
    pub(super) fn of(is_critical: bool) -> Self {
        if is_critical { Self::Critical } else { Self::NotCritical }
    }
}

impl Environment {
    /// Returns the criticality of the extension. Only in production it is not critical: a reader that does not know it
    /// must not take a test for the real thing.
    pub(super) fn criticality(self) -> Criticality {
        match self {
            Self::Production => Criticality::NotCritical,
            Self::Acceptance | Self::Integration | Self::Test => Criticality::Critical,
        }
    }
}

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
