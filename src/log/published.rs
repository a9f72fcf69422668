//! The checkpoints that a log has published, each with its seal.

use recommande_tlog::checkpoint::SignedCheckpoint;

use super::error::LogError;
use super::state::State;
use super::store::{Store, StoredFile};

/// The last checkpoint, where readers of tiles look for it.
const NOTE: &str = "checkpoint";
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
    /// Reads the last checkpoint.
    pub(super) fn read<S: Store>(store: &S) -> Result<Option<Self>, LogError> {
        let Some(note) = store.read(NOTE)? else { return Ok(None) };
        let seal = store.read(SEAL)?.ok_or_else(|| LogError::Missing { path: SEAL.to_owned() })?;
        Ok(Some(Self { note: SignedCheckpoint::parse(&note)?, seal }))
    }

    /// The files of the last checkpoint, and those by which it stays when the next one takes its place.
    pub(super) fn files(&self, number: u64) -> [StoredFile; 4] {
        let note = || self.note.note().to_text().into_bytes();
        [
            StoredFile::new(numbered(number), note()),
            StoredFile::new(seal_path(number), self.seal.clone()),
            StoredFile::new(SEAL, self.seal.clone()),
            StoredFile::new(NOTE, note()),
        ]
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
