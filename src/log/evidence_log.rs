//! The log: entries wait, and are integrated into the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use recommande_tlog::checkpoint::{Origin, SignedCheckpoint};
use recommande_tlog::note::KeyName;
use recommande_tlog::tile::TileHashReader;
use recommande_tlog::tree::{TreeHead, compute_head};

use super::error::LogError;
use super::limits::MAX_WAITING;
use super::opening::{error_of, read_border};
use super::pending::PendingCheckpoint;
use super::published::Published;
use super::state::{STATE, State};
use super::store::{Store, StoredFile};
use super::tiles::{Border, StoredTiles, partial_paths};
use crate::time::log_entry::{Entry, EntryKind};

/// When entries that wait are integrated: whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integration {
    /// So many entries wait.
    pub count: usize,
    /// The first of them has waited for so long.
    pub delay: TimeDelta,
}

impl Default for Integration {
    /// 1,000 entries, or a second.
    fn default() -> Self {
        Self { count: 1000, delay: TimeDelta::seconds(1) }
    }
}

/// A log of what was sealed.
///
/// An entry has its place as soon as it is [appended](Self::append), and is in the log once it is [integrated](Self::integrate):
/// then it survives a loss of power, and may be acknowledged. What waits is lost with the process, and its service appends it again.
///
/// A head becomes a checkpoint in steps, each of which may fail and be made again, also by another process:
/// [`begin_checkpoint`](Self::begin_checkpoint), [`seal`](Self::seal), [`stamp`](Self::stamp), [`cosign`](Self::cosign) for each
/// witness, and [`publish`](Self::publish). Entries are integrated meanwhile.
pub struct EvidenceLog<S> {
    pub(super) store: S,
    pub(super) state: State,
    pub(super) border: Border,
    waiting: Vec<Entry>,
    /// The time at which the first entry began to wait that a service appended.
    waiting_since: Option<DateTime<Utc>>,
    integration: Integration,
    pub(super) pending: Option<PendingCheckpoint>,
    pub(super) published: Option<Published>,
    /// The sizes that witnesses have cosigned, as far as this process knows. A witness tells its own to whoever forgot.
    pub(super) cosigned: BTreeMap<KeyName, u64>,
}

impl<S: Store> EvidenceLog<S> {
    /// Opens the log with this origin, or begins it where the store is empty.
    ///
    /// The right border of the tree is read and verified, and so is that the last checkpoint is one of this tree: a store that was
    /// set back to an older copy, or damaged, is refused before the log signs a second history.
    ///
    /// # Errors
    /// `Store`, `AnotherLog`, `State`, `Tiles`, `Missing`, `Bundle`, `SetBack`, `Rewritten`, `StoredSeal`, `Note`, `SealDiffers`.
    pub fn open(mut store: S, origin: Origin) -> Result<Self, LogError> {
        let state = match store.read(STATE)? {
            Some(octets) => State::from_octets(&octets).ok_or(LogError::State)?,
            None => {
                let state = State::new(origin.clone());
                // A store that has lost this file alone must not become a second log.
                if Published::read(&store)?.is_some() || PendingCheckpoint::read(&store)?.is_some() {
                    return Err(LogError::State);
                }
                store.write(&[StoredFile::new(STATE, state.to_octets())])?;
                state
            }
        };
        if state.origin != origin {
            return Err(LogError::AnotherLog);
        }
        let border = read_border(state.head, &store)?;
        let published = Published::read(&store)?;
        let pending = PendingCheckpoint::read(&store)?;
        let signed =
            published.iter().map(|published| &published.note).chain(pending.iter().map(|pending| &pending.note));
        for note in signed {
            check_signed(&state, note, &store)?;
        }
        let is_published = |pending: &PendingCheckpoint| {
            published.as_ref().is_some_and(|last| last.note.checkpoint() == pending.checkpoint())
        };
        let is_done =
            pending.as_ref().is_some_and(is_published) && state.published > 0 && Published::is_counted(&state, &store)?;
        let mut log = Self {
            store,
            state,
            border,
            waiting: Vec::new(),
            waiting_since: None,
            integration: Integration::default(),
            pending,
            published,
            cosigned: BTreeMap::new(),
        };
        if is_done {
            log.drop_pending()?;
        }
        // A kill may have come before the seals of the last checkpoints were integrated.
        for number in log.state.logged_seals..log.state.published {
            let seal = Published::seal_of(number, &log.store)?;
            log.waiting.push(Entry::of_file(EntryKind::CheckpointSeal, &seal));
        }
        Ok(log)
    }

    /// Sets when waiting entries are due.
    #[must_use]
    pub fn with_integration(mut self, integration: Integration) -> Self {
        self.integration = integration;
        self
    }

    /// Gives an entry its place, counted from 0. It is in the log when it was [integrated](Self::integrate).
    ///
    /// # Errors
    /// `TooManyWaiting`; then integrate.
    pub fn append(&mut self, entry: impl Into<Entry>, now: DateTime<Utc>) -> Result<u64, LogError> {
        if self.waiting.len() >= MAX_WAITING {
            return Err(LogError::TooManyWaiting { limit: MAX_WAITING });
        }
        let index = self.state.head.size().saturating_add(u64::try_from(self.waiting.len()).unwrap_or(u64::MAX));
        self.waiting.push(entry.into());
        self.waiting_since.get_or_insert(now);
        Ok(index)
    }

    /// Tells if entries have waited for long enough, or are enough. The seal of a checkpoint waits for others: otherwise each
    /// checkpoint would lead to the next one.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let Some(since) = self.waiting_since else { return false };
        self.waiting.len() >= self.integration.count || now.signed_duration_since(since) >= self.integration.delay
    }

    /// Integrates what waits, and returns the new head. All entries of that tree survive a loss of power from now on.
    ///
    /// # Errors
    /// `Store`, `Full`, `Encode`. The entries wait as before, and the next call begins again.
    pub fn integrate(&mut self) -> Result<TreeHead, LogError> {
        if self.waiting.is_empty() {
            return Ok(self.state.head);
        }
        let (mut border, mut files) = (self.border.clone(), Vec::new());
        for entry in &self.waiting {
            border.append(*entry, &mut files)?;
        }
        let before: BTreeSet<String> = partial_paths(self.state.head.size()).into_iter().collect();
        files.extend(border.partial_files()?.into_iter().filter(|file| !before.contains(&file.path)));
        let state = State { head: border.head(), logged_seals: self.state.published, ..self.state.clone() };
        self.store.write(&files)?;
        self.store.write(&[StoredFile::new(STATE, state.to_octets())])?;
        let old = self.state.head.size();
        (self.state, self.border) = (state, border);
        self.waiting.clear();
        self.waiting_since = None;
        self.remove_partial(old)?;
        Ok(self.state.head)
    }

    /// Removes the partial tiles of a tree that nobody asks for any more.
    pub(super) fn remove_partial(&mut self, size: u64) -> Result<(), LogError> {
        let of = |note: &SignedCheckpoint| note.checkpoint().head().size();
        let published = self.published.as_ref().map(|published| of(&published.note));
        let pending = self.pending.as_ref().map(|pending| of(&pending.note));
        let needed = [Some(self.state.head.size()), published, pending].into_iter().flatten();
        let needed: BTreeSet<String> = needed.flat_map(partial_paths).collect();
        let gone: Vec<String> = partial_paths(size).into_iter().filter(|path| !needed.contains(path)).collect();
        if !gone.is_empty() {
            self.store.remove(&gone)?;
        }
        Ok(())
    }

    pub(super) fn drop_pending(&mut self) -> Result<(), LogError> {
        self.store.remove(&PendingCheckpoint::paths())?;
        self.pending = None;
        Ok(())
    }

    /// Adds the seal of a checkpoint to the next tree.
    pub(super) fn await_seal(&mut self, seal: &[u8]) {
        self.waiting.push(Entry::of_file(EntryKind::CheckpointSeal, seal));
    }

    /// Returns the head of the tree that is integrated.
    #[must_use]
    pub fn head(&self) -> &TreeHead {
        &self.state.head
    }

    /// Returns the number of entries that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Returns the checkpoint that is under way.
    #[must_use]
    pub fn pending(&self) -> Option<&PendingCheckpoint> {
        self.pending.as_ref()
    }

    /// Returns the checkpoint that was published last, with its signatures.
    #[must_use]
    pub fn published(&self) -> Option<&SignedCheckpoint> {
        self.published.as_ref().map(|published| &published.note)
    }

    /// Returns the store, to read from.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Returns the store. What waits is lost.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }
}

/// Checks that the tree still begins with what the log has signed.
fn check_signed<S: Store>(state: &State, note: &SignedCheckpoint, store: &S) -> Result<(), LogError> {
    let (checkpoint, integrated) = (note.checkpoint(), state.head.size());
    if *checkpoint.origin() != state.origin {
        return Err(LogError::AnotherLog);
    }
    let signed = checkpoint.head();
    if signed.size() > integrated {
        return Err(LogError::SetBack { integrated, signed: signed.size() });
    }
    let reader = TileHashReader::new(state.head, StoredTiles(store));
    match compute_head(signed.size(), &reader).map_err(error_of)? == *signed {
        true => Ok(()),
        false => Err(LogError::Rewritten { size: signed.size() }),
    }
}

impl<S> fmt::Debug for EvidenceLog<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvidenceLog")
            .field("state", &self.state)
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}
