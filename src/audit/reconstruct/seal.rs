//! What a manifest says of lines, once its seal verified.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::expected::RecordForm;
use super::export::GivenManifest;
use super::fault::TrailFaultKind;
use super::policy::ReconstructionPolicy;
use crate::audit::{Kind, LineHash, Manifest, ManifestError, Persons, Sequence, Source};

/// The span of lines that a party sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedSpan {
    pub(super) first: (Sequence, LineHash),
    pub(super) last: (Sequence, LineHash),
    /// The line before the first, if the manifest says which it is.
    pub(super) previous: Option<(Sequence, LineHash)>,
    /// The SHA-256 of the octets of the lines.
    pub(super) digest: LineHash,
    /// The time at which the seal is proven to have existed.
    pub(super) sealed_at: DateTime<Utc>,
    /// The number of lines, and of those that are left out.
    pub(super) count: u64,
    pub(super) left_out: u64,
    /// The earliest and the latest time of recording, of lines that are left out too, in microseconds.
    pub(super) times: (i64, i64),
    /// What the lines that are left out are not.
    pub(super) shown: Option<Shown>,
}

/// The records that an export shows, so that no line that it leaves out is one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shown {
    /// The messages; none means all.
    messages: BTreeSet<String>,
    /// The kinds; none means all.
    kinds: BTreeSet<Kind>,
}

impl Shown {
    /// Takes what was selected; `None` if the lines that are left out can be anything. What an export of everything leaves out was
    /// left out or erased before, or cannot be read. Whom a record is about is not known to who reads it.
    fn of(manifest: &Manifest) -> Option<Self> {
        let selection = &manifest.selection;
        let is_known =
            selection.persons == Persons::Everybody && !selection.is_everything() && manifest.unreadable == 0;
        is_known.then(|| Self {
            messages: selection.messages.iter().cloned().collect(),
            kinds: selection.kinds.iter().copied().collect(),
        })
    }

    /// Tells if it shows all records of a form about a message.
    pub(super) fn shows(&self, message: &str, form: RecordForm) -> bool {
        let mut kinds = Kind::ALL.iter().filter(|kind| form.is_of(**kind));
        (self.messages.is_empty() || self.messages.contains(message))
            && (self.kinds.is_empty() || kinds.all(|kind| self.kinds.contains(kind)))
    }
}

impl SealedSpan {
    fn of(manifest: &Manifest, sealed_at: DateTime<Utc>) -> Self {
        Self {
            first: (manifest.first, manifest.first_hash),
            last: (manifest.last, manifest.last_hash),
            previous: manifest.first.before().zip(manifest.previous),
            digest: manifest.export_digest,
            sealed_at,
            count: manifest.count,
            left_out: manifest.left_out,
            times: (manifest.from.timestamp_micros(), manifest.to.timestamp_micros()),
            shown: Shown::of(manifest),
        }
    }

    /// The lines of which it has the hashes: the first, the last, and the one before the first. That one says what the first was
    /// written behind where the first is left out.
    pub(super) fn ends(&self) -> impl Iterator<Item = (Sequence, LineHash)> {
        [self.first, self.last].into_iter().chain(self.previous)
    }
}

impl GivenManifest {
    /// Verifies the seal of a manifest, and that it is the party's.
    pub(super) fn verified(&self, policy: &ReconstructionPolicy<'_>) -> Result<(Source, SealedSpan), TrailFaultKind> {
        match Manifest::verify(&self.json, &self.signature, policy.verifier(), policy.now) {
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
