//! A checkpoint on its way from the log to its readers.

use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande_tlog::note::{NoteSignature, VerifierKey};

use super::error::LogError;
use super::store::{Store, StoredFile};
use crate::seal::{Artifact, CheckpointSeal, Unstamped};

/// The paths of a checkpoint that is under way.
const NOTE: &str = "next/checkpoint";
const UNSTAMPED: &str = "next/unstamped.p7m";
const SEAL: &str = "next/checkpoint.p7m";

/// A checkpoint that the log has signed and not yet published. Whatever it has so far is in the store: a trip to a TSA or to a
/// witness that fails is made again, also by another process.
#[derive(Clone, Debug)]
pub struct PendingCheckpoint {
    pub(super) note: SignedCheckpoint,
    pub(super) seal: Sealed,
}

/// How far the seal of a checkpoint is.
#[derive(Clone, Debug)]
pub(super) enum Sealed {
    Missing,
    Unstamped(Box<Unstamped<CheckpointSeal>>),
    Stamped(Box<CheckpointSeal>),
}

impl PendingCheckpoint {
    pub(super) fn new(note: SignedCheckpoint) -> Self {
        Self { note, seal: Sealed::Missing }
    }

    /// Returns the checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        self.note.checkpoint()
    }

    /// Returns the checkpoint with the signatures that it has so far: that of the log, and those of witnesses.
    pub fn note(&self) -> &SignedCheckpoint {
        &self.note
    }

    /// Returns the seal that has no timestamp yet. Whoever makes the trip to the TSA asks by its
    /// [request](Unstamped::timestamp_request), and gives the result to [`EvidenceLog::put_seal`](super::EvidenceLog::put_seal).
    pub fn unstamped(&self) -> Option<&Unstamped<CheckpointSeal>> {
        match &self.seal {
            Sealed::Unstamped(unstamped) => Some(unstamped),
            Sealed::Missing | Sealed::Stamped(_) => None,
        }
    }

    /// Returns the seal with its timestamp.
    pub fn seal(&self) -> Option<&CheckpointSeal> {
        match &self.seal {
            Sealed::Stamped(seal) => Some(seal),
            Sealed::Missing | Sealed::Unstamped(_) => None,
        }
    }

    /// Reads what the store has of a checkpoint that is under way.
    pub(super) fn read<S: Store>(store: &S) -> Result<Option<Self>, LogError> {
        let Some(note) = store.read(NOTE)? else { return Ok(None) };
        let note = SignedCheckpoint::parse(&note)?;
        // What a kill left of an earlier checkpoint is no seal of this one, and is written over.
        let is_own = |seal: &CheckpointSeal| seal.checkpoint() == note.checkpoint();
        let stamped = store.read(SEAL)?.and_then(|seal| CheckpointSeal::from_der(&seal).ok()).filter(is_own);
        let unstamped = store.read(UNSTAMPED)?.and_then(|seal| Unstamped::from_der(&seal).ok());
        let unstamped = unstamped.filter(|unstamped| is_own(unstamped.as_artifact()));
        let seal = match (stamped, unstamped) {
            (Some(seal), _) => Sealed::Stamped(Box::new(seal)),
            (None, Some(unstamped)) => Sealed::Unstamped(Box::new(unstamped)),
            (None, None) => Sealed::Missing,
        };
        Ok(Some(Self { note, seal }))
    }

    /// The same with another note over the same checkpoint.
    pub(super) fn with_note(&self, note: SignedCheckpoint) -> Self {
        Self { note, seal: self.seal.clone() }
    }

    /// Its note without the signatures of these keys.
    pub(super) fn signatures_but_of(&self, keys: &[VerifierKey]) -> Vec<NoteSignature> {
        let is_own = |signature: &NoteSignature| {
            keys.iter().any(|key| key.name() == signature.name() && key.id() == signature.id())
        };
        self.note.note().signatures().iter().filter(|signature| !is_own(signature)).cloned().collect()
    }

    /// The file of its note.
    pub(super) fn note_file(&self) -> StoredFile {
        StoredFile::new(NOTE, self.note.note().to_text().into_bytes())
    }

    /// The file of its seal, if it has one.
    pub(super) fn seal_file(&self) -> Option<StoredFile> {
        match &self.seal {
            Sealed::Missing => None,
            Sealed::Unstamped(unstamped) => Some(StoredFile::new(UNSTAMPED, unstamped.der().to_vec())),
            Sealed::Stamped(seal) => Some(StoredFile::new(SEAL, seal.der().to_vec())),
        }
    }

    /// The paths of everything that is under way, the note last: without it nothing is.
    pub(super) fn paths() -> [String; 3] {
        [SEAL, UNSTAMPED, NOTE].map(str::to_owned)
    }
}
