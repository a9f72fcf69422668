//! What a manifest says of lines, once its seal verified.

use chrono::{DateTime, Utc};

use super::export::GivenManifest;
use super::fault::TrailFaultKind;
use super::policy::ReconstructionPolicy;
use crate::audit::{LineHash, Manifest, ManifestError, Persons, Sequence, Source};

/// The span of lines that a party sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedSpan {
    pub(super) first: (Sequence, LineHash),
    pub(super) last: (Sequence, LineHash),
    /// The SHA-256 of the octets of the lines.
    pub(super) digest: LineHash,
    /// The time at which the seal is proven to have existed.
    pub(super) sealed_at: DateTime<Utc>,
    /// The latest time of recording, of lines that are left out too, in microseconds.
    pub(super) until: i64,
    /// The messages about which the lines hold everything.
    messages: Vec<String>,
}

impl SealedSpan {
    fn of(manifest: &Manifest, sealed_at: DateTime<Utc>) -> Self {
        let selection = &manifest.selection;
        let is_by_message = selection.kinds.is_empty() && selection.persons == Persons::Everybody;
        Self {
            first: (manifest.first, manifest.first_hash),
            last: (manifest.last, manifest.last_hash),
            digest: manifest.export_digest,
            sealed_at,
            until: manifest.to.timestamp_micros(),
            messages: if is_by_message { selection.messages.clone() } else { Vec::new() },
        }
    }

    pub(super) fn ends(&self) -> [(Sequence, LineHash); 2] {
        [self.first, self.last]
    }

    /// Tells if the party says that the lines hold all about a message, whatever else is left out.
    pub(super) fn holds_all_about(&self, message: &str) -> bool {
        self.messages.iter().any(|selected| selected == message)
    }
}

impl GivenManifest {
    /// Verifies the seal of a manifest, and that it is the party's.
    pub(super) fn verified(&self, policy: &ReconstructionPolicy<'_>) -> Result<(Source, SealedSpan), TrailFaultKind> {
        match Manifest::verify(&self.json, &self.signature, policy.verifier, policy.now) {
            Ok(verified) => {
                let manifest = verified.manifest();
                Ok((manifest.source.clone(), SealedSpan::of(manifest, verified.proven_at())))
            }
            Err(ManifestError::Manifest(fault)) => Err(TrailFaultKind::ManifestUnreadable(fault)),
            Err(
                error @ (ManifestError::Signature(_)
                | ManifestError::Verify(_)
                | ManifestError::AnotherParty
                | ManifestError::AnotherEnvironment),
            ) => Err(TrailFaultKind::SealNotVerified(error.to_string())),
        }
    }
}
