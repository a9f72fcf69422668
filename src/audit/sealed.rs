//! The seal of a manifest.

use chrono::{DateTime, Utc};

use super::manifest::{Manifest, ManifestFault};
use super::source::Source;
use crate::crypto::DigestAlgorithm;
use crate::evidence::{EvidenceError, Issuer, PayloadDigests};
use crate::pki::Certificate;
use crate::seal::{Artifact, DecodeError, PayloadSignature, SealError, Sealer, Unstamped};
use crate::verify::{Verifier, VerifyError};

/// The media type of a manifest.
const MEDIA_TYPE: &str = "application/json";

/// The reason why a manifest was not sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestSealError {
    /// The sealer is of another party or another environment than the trail.
    #[error("the sealer is of another party or environment than the trail")]
    AnotherParty,
    /// The manifest was changed so that nobody reads it.
    #[error("nobody reads such a manifest")]
    Manifest(#[from] ManifestFault),
    /// The manifest could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The reason why a manifest does not stand for its party.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The octets are no manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// The octets of the signature are none.
    #[error("the signature of the manifest cannot be read")]
    Signature(#[from] DecodeError),
    /// The signature or its timestamp does not verify.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The certificate of the seal does not hold the number of the party whose trail the manifest says it is.
    #[error("the certificate of the seal does not name the party of the trail")]
    AnotherParty,
    /// The trail is of another environment than the verifier is set for.
    #[error("the trail is of another environment than the verifier")]
    AnotherEnvironment,
}

/// A manifest whose seal verified.
#[derive(Debug, Clone)]
pub struct VerifiedManifest {
    manifest: Manifest,
    proven_at: DateTime<Utc>,
    certificate: Certificate,
}

impl Manifest {
    /// Seals the manifest as its party: a detached CAdES signature over [`to_json`](Self::to_json). It is then timestamped as any
    /// seal, and the file is `manifest.json.p7s`.
    ///
    /// # Errors
    /// [`ManifestSealError`].
    pub fn seal(&self, sealer: &Sealer, now: DateTime<Utc>) -> Result<Unstamped<PayloadSignature>, ManifestSealError> {
        let issuer = sealer.issuer();
        let is_party = Source::of(issuer, self.source.system()).is_ok_and(|source| source == self.source);
        if !is_party {
            return Err(ManifestSealError::AnotherParty);
        }
        let json = self.to_json();
        Self::from_json(&json)?;
        let digests = digests(&json).map_err(SealError::from)?;
        Ok(sealer.sign_payload(&digests, MEDIA_TYPE, now)?)
    }

    /// Reads a manifest and verifies its seal: `json` is the file `manifest.json` as it was received, and `signature` the DER of
    /// `manifest.json.p7s`. The certificate has to hold the number of the party.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn verify(
        json: &[u8],
        signature: &[u8],
        verifier: &Verifier,
        now: DateTime<Utc>,
    ) -> Result<VerifiedManifest, ManifestError> {
        let manifest = Self::from_json(json)?;
        // What is received is verified, and not what it would be written as.
        let digests = digests(json).map_err(|_| ManifestFault::Json)?;
        let signature = PayloadSignature::from_der(signature)?;
        let verified = verifier.verify_payload_signature(&signature, &digests, now)?;
        // Else a test could pass for the real thing.
        if manifest.source.environment() != verifier.environment() {
            return Err(ManifestError::AnotherEnvironment);
        }
        let party = Issuer::new("-", manifest.source.party(), manifest.source.environment());
        // Anybody with a certificate under a trusted anchor could seal lines that are said to be somebody else's.
        if !party.is_ok_and(|party| party.is_numbered_in(verified.certificate())) {
            return Err(ManifestError::AnotherParty);
        }
        Ok(VerifiedManifest { manifest, proven_at: verified.proven_at(), certificate: verified.certificate().clone() })
    }
}

/// The digests of a manifest by every algorithm that a seal may have.
fn digests(json: &[u8]) -> Result<PayloadDigests, EvidenceError> {
    let strong = DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithm.is_strong());
    PayloadDigests::from_digests(strong.map(|algorithm| algorithm.digest(json)))
}

impl VerifiedManifest {
    /// Returns the manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the time at which the manifest is proven to have existed, and every line of its export with it.
    pub fn proven_at(&self) -> DateTime<Utc> {
        self.proven_at
    }

    /// Returns the certificate of the seal.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}
