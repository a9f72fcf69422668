//! The log: entries wait, and are integrated into the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use recommande_tlog::checkpoint::{Origin, SignedCheckpoint};
use recommande_tlog::note::KeyName;
use recommande_tlog::tile::{TILE_WIDTH, Tile, TileHashReader};
use recommande_tlog::tree::{TreeHead, compute_head};

use super::error::LogError;
use super::limits::MAX_WAITING;
use super::opening::{error_of, read_border};
use super::pending::PendingCheckpoint;
use super::published::{NOTE, Published};
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
    /// The right border of the tree is read and verified, and so is that the last checkpoint in the store is one of this tree: a store
    /// of which a part was set back to an older copy, or damaged, is refused before the log signs a second history. One that was set
    /// back as a whole is like the one that it was: see [`with_last_known`](Self::with_last_known). Witnesses refuse its next checkpoint.
    ///
    /// # Errors
    /// `Store`, `AnotherLog`, `State`, `UnknownCheckpoint`, `Tiles`, `Missing`, `Bundle`, `Entry`, `SetBack`, `Rewritten`, `StoredSeal`,
    /// `Note`, `SealDiffers`.
    pub fn open(mut store: S, origin: Origin) -> Result<Self, LogError> {
        let state = match store.read(STATE)? {
            Some(octets) => State::from_octets(&octets).ok_or(LogError::State)?,
            None => {
                // A store that has lost this file alone must not become a second log.
                if has_leaves(&store)? || store.read(NOTE)?.is_some() || PendingCheckpoint::read(&store)?.is_some() {
                    return Err(LogError::State);
                }
                let state = State::new(origin.clone());
                store.write(&[StoredFile::new(STATE, state.to_octets())])?;
                state
            }
        };
        if state.origin != origin {
            return Err(LogError::AnotherLog);
        }
        let border = read_border(state.head, &store)?;
        let published = Published::read(state.published, &store)?;
        let pending = PendingCheckpoint::read(&store)?;
        let signed =
            published.iter().map(|published| &published.note).chain(pending.iter().map(|pending| &pending.note));
        for note in signed {
            check_signed(&state, note, &store)?;
        }
        // One that the state counts is done. A kill may have left its files.
        let is_counted = Published::is_counted(&state, &store)?;
        let last = published.as_ref().filter(|_| is_counted).map(|published| published.note.checkpoint());
        let pending = pending.filter(|pending| last != Some(pending.checkpoint()));
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
        // A kill may have come before the seals of the last checkpoints were integrated.
        for number in log.state.logged_seals..log.state.published {
            let seal = Published::seal_of(number, &log.store)?;
            log.waiting.push(Entry::of_file(EntryKind::CheckpointSeal, &seal));
        }
        Ok(log)
    }

    /// Checks that the log still begins with a checkpoint that was kept elsewhere, such as the one that a witness or another machine
    /// has. A store that was set back as a whole does not show that by itself: give the last one that is known before anything is
    /// signed.
    ///
    /// # Errors
    /// `AnotherLog`, `SetBack`, `Rewritten`, `Tiles`.
    pub fn with_last_known(self, checkpoint: &SignedCheckpoint) -> Result<Self, LogError> {
        check_signed(&self.state, checkpoint, &self.store)?;
        Ok(self)
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
    /// `Store`, `AnotherWriter`, `Full`, `Encode`. The entries wait as before, and the next call begins again.
    pub fn integrate(&mut self) -> Result<TreeHead, LogError> {
        if self.waiting.is_empty() {
            return Ok(self.state.head);
        }
        self.check_unchanged()?;
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
        self.remove_partial(old);
        Ok(self.state.head)
    }

    /// Checks that nobody else has written the log since: he would have given the same places to other entries, and this log would
    /// sign a second history.
    pub(super) fn check_unchanged(&self) -> Result<(), LogError> {
        match self.store.read(STATE)? == Some(self.state.to_octets()) {
            true => Ok(()),
            false => Err(LogError::AnotherWriter),
        }
    }

    /// Removes the partial tiles of a tree that nobody asks for any more. What stays is of no harm, so that an error is none of the
    /// log's: its caller would do again what is done.
    pub(super) fn remove_partial(&mut self, size: u64) {
        let of = |note: &SignedCheckpoint| note.checkpoint().head().size();
        let published = self.published.as_ref().map(|published| of(&published.note));
        let pending = self.pending.as_ref().map(|pending| of(&pending.note));
        let needed = [Some(self.state.head.size()), published, pending].into_iter().flatten();
        let needed: BTreeSet<String> = needed.flat_map(partial_paths).collect();
        let gone: Vec<String> = partial_paths(size).into_iter().filter(|path| !needed.contains(path)).collect();
        if !gone.is_empty() {
            let _ = self.store.remove(&gone);
        }
    }

    /// Forgets the checkpoint that was under way and is published. Files that stay are seen to be those of an earlier one.
    pub(super) fn drop_pending(&mut self) {
        self.pending = None;
        let _ = self.store.remove(&PendingCheckpoint::paths());
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

    /// Returns the time since which the first entry waits that a service appended. The seal of a checkpoint does not count.
    #[must_use]
    pub fn waiting_since(&self) -> Option<DateTime<Utc>> {
        self.waiting_since
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

/// Tells if there is a first tile, of any width.
fn has_leaves<S: Store>(store: &S) -> Result<bool, LogError> {
    for width in 1..=TILE_WIDTH {
        if let Some(tile) = Tile::new(0, 0, width)
            && store.read(&tile.to_string())?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks that the tree still begins with what the log has signed.
pub(super) fn check_signed<S: Store>(state: &State, note: &SignedCheckpoint, store: &S) -> Result<(), LogError> {
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
