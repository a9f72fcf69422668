//! When the seals of a log's checkpoints were made, as each shows it by itself or with the help of a later one.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};

use super::error::AuditError;
use super::published::{numbered, seal_path};
use super::state::State;
use super::store::Store;
use super::walk::Walk;
use crate::evidence::Issuer;
use crate::finding::Code;
use crate::seal::{Artifact, CheckpointSeal};
use crate::time::log_entry::{Entry, EntryKind};
use crate::verify::{Verifier, code_of_issuer};

/// The time that a seal shows, or the finding that decides against it.
pub(super) type SealTime = Result<DateTime<Utc>, Code>;

/// The seal of a checkpoint that is over it, as far as an audit needs it.
pub(super) struct SeenSeal {
    checkpoint: Checkpoint,
    /// The entry that a later tree has of the seal.
    pub(super) entry: Entry,
    pub(super) time: SealTime,
}

impl SeenSeal {
    /// Tells if it is over this checkpoint.
    pub(super) fn is_over(&self, checkpoint: &Checkpoint) -> bool {
        self.checkpoint == *checkpoint
    }
}

/// Which trees have which seals as their entries. All are named by the number of their checkpoint.
struct Trees {
    /// The first tree that has each seal.
    first_with: Vec<Option<usize>>,
    /// The trees whose entries are those of the store.
    of_store: BTreeSet<usize>,
}

/// Judges seals of checkpoints, which are of one issuer.
pub(super) struct SealJudge<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) verifier: &'a Verifier,
}

impl SealJudge<'_> {
    /// Judges the seals of the checkpoints that are there; `None` for one that has no seal of its own.
    ///
    /// The certificate of a TSA ends, and the log goes on: each seal is an entry of the trees that follow. Where one does not hold by
    /// itself any more, the earliest valid seal over a tree that has it shows that its file was there, with the revocation data in it.
    pub(super) fn judged<S: Store>(
        &self,
        store: &S,
        state: &State,
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<SeenSeal>>, AuditError> {
        let mut seals: Vec<Option<SeenSeal>> = Vec::new();
        for number in 0..state.published {
            let Some(note) = store.read(&numbered(number))? else { break };
            seals.push(seal_of(store, number, &note)?.map(|(seal, entry)| SeenSeal {
                checkpoint: seal.checkpoint().clone(),
                entry,
                time: self.judge(&seal, None, now),
            }));
        }
        if seals.iter().flatten().all(|seal| seal.time.is_ok()) {
            return Ok(seals);
        }
        let trees = trees(store, state, &seals)?;
        // The earliest time of a valid seal over each tree, or over a later one.
        let mut earliest: Vec<Option<DateTime<Utc>>> = vec![None; seals.len()];
        for place in (0..seals.len()).rev() {
            let Ok(number) = u64::try_from(place) else { continue };
            let first_with = trees.first_with.get(place).copied().flatten();
            let existed_at = first_with.and_then(|tree| earliest.get(tree).copied().flatten());
            let seen = seals.get_mut(place).and_then(Option::as_mut);
            if let (Some(SeenSeal { time: time @ Err(_), .. }), Some(existed_at)) = (seen, existed_at)
                && let Some(note) = store.read(&numbered(number))?
                && let Some((seal, _)) = seal_of(store, number, &note)?
                && let Ok(at) = self.judge(&seal, Some(existed_at), now)
                // Its own timestamp counts again. That the file was there later says nothing of a checkpoint.
                && at < existed_at
            {
                *time = Ok(at);
            }
            let own = seals.get(place).and_then(Option::as_ref).and_then(|seal| seal.time.ok());
            let own = own.filter(|_| trees.of_store.contains(&place));
            let later = earliest.get(place.saturating_add(1)).copied().flatten();
            if let Some(slot) = earliest.get_mut(place) {
                *slot = own.into_iter().chain(later).min();
            }
        }
        Ok(seals)
    }

    fn judge(&self, seal: &CheckpointSeal, existed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> SealTime {
        let verified = self.verifier.verify_checkpoint_seal_that_existed(seal, existed_at, now);
        let verified = verified.map_err(|error| error.finding().code)?;
        match code_of_issuer(self.issuer, verified.certificate()) {
            None => Ok(verified.proven_at()),
            Some(code) => Err(code),
        }
    }
}

/// Reads the seal of a checkpoint and its entry, if it is over that.
fn seal_of<S: Store>(store: &S, number: u64, note: &[u8]) -> Result<Option<(CheckpointSeal, Entry)>, AuditError> {
    let octets = store.read(&seal_path(number))?.unwrap_or_default();
    let (Ok(note), Ok(seal)) = (SignedCheckpoint::parse(note), CheckpointSeal::from_der(&octets)) else {
        return Ok(None);
    };
    let entry = Entry::of_file(EntryKind::CheckpointSeal, &octets);
    Ok((seal.checkpoint() == note.checkpoint()).then_some((seal, entry)))
}

/// Hashes the tree once more, and looks for these seals in it. A checkpoint without its seal ends no walk: it would hide the trees
/// behind it.
fn trees<S: Store>(store: &S, state: &State, seals: &[Option<SeenSeal>]) -> Result<Trees, AuditError> {
    let seen = || seals.iter().enumerate().filter_map(|(place, seal)| Some((place, seal.as_ref()?)));
    let places: HashMap<Entry, usize> = seen().map(|(place, seal)| (seal.entry, place)).collect();
    let mut trees = Trees { first_with: vec![None; seals.len()], of_store: BTreeSet::new() };
    let (mut walk, mut ignored) = (Walk::new(store, state.head.size()), |_| {});
    for (tree, seal) in seen() {
        let head = seal.checkpoint.head();
        while walk.size() < head.size() {
            let Some(entry) = walk.next(&mut ignored)? else { break };
            if let Some(slot) = places.get(&entry).and_then(|place| trees.first_with.get_mut(*place)) {
                slot.get_or_insert(tree);
            }
        }
        if walk.size() == head.size() && walk.head() == *head {
            trees.of_store.insert(tree);
        }
    }
    Ok(trees)
}
