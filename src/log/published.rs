//! The checkpoints that a log has published, each with its seal.

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::SignedCheckpoint;
use recommande_tlog::proof::TlogProof;

use super::error::LogError;
use super::state::State;
use super::store::{Store, StoredFile};
use crate::seal::{Artifact, CheckpointSeal};

/// The last checkpoint, where readers of tiles look for it.
pub(super) const NOTE: &str = "checkpoint";
/// Its seal.
const SEAL: &str = "checkpoint.p7m";

/// A published checkpoint.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) note: SignedCheckpoint,
    /// The octets of the seal.
    pub(super) seal: Vec<u8>,
}

impl Published {
    /// Reads the checkpoint that readers see, and the seal that is stored under its number. A kill may have come between the two
    /// and the state, which then counts one less.
    pub(super) fn read<S: Store>(published: u64, store: &S) -> Result<Option<Self>, LogError> {
        let Some(note) = store.read(NOTE)? else {
            return if published == 0 { Ok(None) } else { Err(LogError::Missing { path: NOTE.to_owned() }) };
        };
        let read = SignedCheckpoint::parse(&note)?;
        for number in [Some(published), published.checked_sub(1)].into_iter().flatten() {
            let stored = store.read(&numbered(number))?;
            // One that is not counted yet may have got more signatures since, and be on its way again.
            let is_same = match number == published {
                true => stored
                    .and_then(|stored| SignedCheckpoint::parse(&stored).ok())
                    .is_some_and(|stored| stored.checkpoint() == read.checkpoint()),
                false => stored.as_ref() == Some(&note),
            };
            if is_same {
                return Self::with_seal(read, number, store).map(Some);
            }
        }
        Err(LogError::UnknownCheckpoint { published })
    }

    /// Reads a checkpoint by its number, from 0.
    pub(super) fn read_numbered<S: Store>(number: u64, store: &S) -> Result<Self, LogError> {
        Self::with_seal(Self::note_of(number, store)?, number, store)
    }

    /// Reads the note of a checkpoint by its number, from 0.
    pub(super) fn note_of<S: Store>(number: u64, store: &S) -> Result<SignedCheckpoint, LogError> {
        let path = numbered(number);
        let note = store.read(&path)?.ok_or(LogError::Missing { path })?;
        Ok(SignedCheckpoint::parse(&note)?)
    }

    /// The checkpoint with the seal of this number. One over another checkpoint would go out with every proof.
    fn with_seal<S: Store>(note: SignedCheckpoint, number: u64, store: &S) -> Result<Self, LogError> {
        let published = Self { note, seal: Self::seal_of(number, store)? };
        let seal = CheckpointSeal::from_der(&published.seal)?;
        if seal.checkpoint() == published.note.checkpoint() { Ok(published) } else { Err(LogError::SealDiffers) }
    }

    /// Checks that the tree of the checkpoint has the entry with this index.
    pub(super) fn check_has(&self, index: u64) -> Result<(), LogError> {
        match index < self.note.checkpoint().head().size() {
            true => Ok(()),
            false => Err(LogError::NotPublished { index }),
        }
    }

    /// The proof of an entry by these hashes, with the seal as its extra data.
    pub(super) fn proof_of(&self, index: u64, hashes: Vec<Hash>) -> Result<TlogProof, LogError> {
        let proof = TlogProof::new(index, hashes, self.note.clone())?;
        Ok(proof.with_extra(self.seal.clone())?)
    }

    /// The files by which the checkpoint stays when the next one takes its place, and the seal that readers see.
    pub(super) fn files(&self, number: u64) -> [StoredFile; 3] {
        [
            StoredFile::new(seal_path(number), self.seal.clone()),
            StoredFile::new(numbered(number), self.note_octets()),
            StoredFile::new(SEAL, self.seal.clone()),
        ]
    }

    /// The checkpoint that readers see, which is written after all of these.
    pub(super) fn note_file(&self) -> StoredFile {
        StoredFile::new(NOTE, self.note_octets())
    }

    fn note_octets(&self) -> Vec<u8> {
        self.note.note().to_text().into_bytes()
    }

    /// Tells if the state counts the checkpoint that readers see.
    pub(super) fn is_counted<S: Store>(state: &State, store: &S) -> Result<bool, LogError> {
        let Some(last) = state.published.checked_sub(1) else { return Ok(false) };
        Ok(store.read(&numbered(last))? == store.read(NOTE)?)
    }

    /// Reads the seal of a checkpoint by its number, from 0.
    pub(super) fn seal_of<S: Store>(number: u64, store: &S) -> Result<Vec<u8>, LogError> {
        let path = seal_path(number);
        store.read(&path)?.ok_or(LogError::Missing { path })
    }
}

/// The path of a checkpoint by its number, from 0: `checkpoints/000/000/007`.
pub(super) fn numbered(number: u64) -> String {
    format!("checkpoints/{:03}/{:03}/{:03}", number / 1_000_000, number / 1000 % 1000, number % 1000)
}

/// The path of its seal.
pub(super) fn seal_path(number: u64) -> String {
    format!("{}.p7m", numbered(number))
}
