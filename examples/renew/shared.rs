//! The renewals that whole batches share. They lie in the folder until no file waits for them, beside the first file of the
//! batch: as it was (`NAME.p7m.1.before`), as it is (`.after`), and the leaves of a new hash tree (`.leaves`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use chrono::{DateTime, Utc};
use recommande::crypto::Digest;
use recommande::preserve::{BatchRenewal, NotInRenewal, RenewalError, Renewer};

use crate::arguments::Error;
use crate::files;
use crate::folder::{Item, NEW, Stored, beside, check_regular, has_ending, is_renewed_here, items, remove, write};

const BEFORE: &str = "before";

/// It is written last, and counts with what was written before it.
const AFTER: &str = "after";

const LEAVES: &str = "leaves";

/// The renewals of this run, and of one that was stopped, which the files of their batches repeat.
#[derive(Default)]
pub struct Renewals {
    /// Those of each batch. There may be several: what is not in a new hash tree has a renewal of its own.
    renewals: HashMap<Digest, Vec<Shared>>,
}

/// The renewal of a batch, and the begin of the paths where it is stored.
struct Shared {
    renewal: BatchRenewal,
    stem: PathBuf,
}

impl Renewals {
    /// Takes up what a run that was stopped has left in the folder, and tells what cannot be. Files of other names are not
    /// touched.
    pub fn of(folder: &Path, mut fail: impl FnMut(&Path, Error)) -> Result<Self, Error> {
        let mut renewals = Self::default();
        for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry?.path();
            if let Err(error) = renewals.take_up(&path) {
                fail(&path, error);
            }
        }
        Ok(renewals)
    }

    fn take_up(&mut self, path: &Path) -> Result<(), Error> {
        let stem = path.with_extension("");
        if has_ending(path, NEW) {
            // It was being written.
            return if is_stored_here(&stem) || is_renewed_here(&stem) { remove(path) } else { Ok(()) };
        }
        if !is_stored_here(path) {
            return Ok(());
        }
        check_regular(path)?;
        if has_ending(path, AFTER) {
            if let Ok(renewal) = stored(&stem)? {
                self.add(renewal, stem);
            }
        } else if !beside(&stem, AFTER).exists() {
            // It was being stored, or removed.
            remove(path)?;
        }
        Ok(())
    }

    fn add(&mut self, renewal: BatchRenewal, stem: PathBuf) {
        self.renewals.entry(renewal.batch()).or_default().push(Shared { renewal, stem });
    }

    /// Repeats the renewal of another file of the same batch.
    pub fn repeat(
        &self,
        stored: &Stored,
        renewer: &Renewer<'_>,
        now: DateTime<Utc>,
    ) -> Option<Result<Vec<u8>, RenewalError>> {
        let of_batch = self.renewals.get(&stored.shared_by()?)?;
        let shared = of_batch.iter().find(|shared| stored.is_renewed_by(&shared.renewal))?;
        Some(stored.repeat(&shared.renewal, renewer, now))
    }

    /// Keeps the renewal of an item that has a timestamp of its own, where the others of its batch can share it. Returns
    /// whether it is kept.
    pub fn share(&mut self, item: &Item, stored: &Stored, renewed: &[u8]) -> Result<bool, Error> {
        match BatchRenewal::between(stored.stamped(), renewed) {
            Ok(renewal) => self.keep(item, &[], stored, renewed, renewal).map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Keeps a renewal by the first of its files, as it was and as it is, before any file is changed. Where nothing can be
    /// written beside the first, because its name is too long, it lies beside another one.
    pub fn keep(
        &mut self,
        first: &Item,
        others: &[Item],
        stored: &Stored,
        after: &[u8],
        renewal: BatchRenewal,
    ) -> Result<(), Error> {
        let like = check_regular(&first.renewed())?;
        let parts = [(BEFORE, Some(stored.stamped())), (LEAVES, renewal.leaves()), (AFTER, Some(after))];
        let mut refused = Error::from("no name is left");
        for item in iter::once(first).chain(others) {
            let Some(stem) = free_stem(&item.renewed()) else { continue };
            let mut parts = parts.iter().filter_map(|(ending, octets)| Some((beside(&stem, ending), (*octets)?)));
            match parts.try_for_each(|(path, octets)| write(&path, octets, &like)) {
                Ok(()) => {
                    self.add(renewal, stem);
                    return Ok(());
                }
                Err(error) => refused = error,
            }
            for ending in [LEAVES, BEFORE] {
                let _ = remove(&beside(&stem, ending));
            }
        }
        Err(refused)
    }

    /// Removes what a run that is stopped needs, unless a file is left that still waits for the renewal: it may be past its
    /// deadline, and then nothing else brings it back. Tells what cannot be removed.
    pub fn finish(mut self, folder: &Path, mut fail: impl FnMut(&Path, Error)) -> Result<(), Error> {
        let items = if self.renewals.is_empty() { Vec::new() } else { items(folder)? };
        for item in items {
            // What cannot be read was told.
            if let Ok(stored) = item.read() {
                let of_batch = stored.shared_by().and_then(|batch| self.renewals.get_mut(&batch));
                if let Some(of_batch) = of_batch {
                    of_batch.retain(|shared| !stored.is_renewed_by(&shared.renewal));
                }
            }
        }
        for Shared { stem, .. } in self.renewals.values().flatten() {
            let paths = [AFTER, LEAVES, BEFORE].map(|ending| beside(stem, ending));
            for path in paths.iter().filter(|path| path.exists()) {
                if let Err(error) = remove(path) {
                    fail(path, error);
                }
            }
        }
        Ok(())
    }

    /// Whether there is no renewal to repeat, as a run that was stopped leaves them.
    pub fn is_empty(&self) -> bool {
        self.renewals.is_empty()
    }
}

/// The begin of paths at which nothing is stored: an earlier renewal stays for those that still wait for it.
fn free_stem(path: &Path) -> Option<PathBuf> {
    let mut stems = (1..).map(|number: u32| beside(path, &number.to_string()));
    stems.find(|stem| [BEFORE, AFTER, LEAVES].iter().all(|ending| !beside(stem, ending).exists()))
}

/// Reads a renewal that is stored.
fn stored(stem: &Path) -> Result<Result<BatchRenewal, NotInRenewal>, Error> {
    let [before, after, leaves] = [BEFORE, AFTER, LEAVES].map(|ending| beside(stem, ending));
    if !before.exists() {
        return Ok(Err(NotInRenewal::Record));
    }
    for path in [&before, &leaves].into_iter().filter(|path| path.exists()) {
        check_regular(path)?;
    }
    let (before, after) = (files::octets(&before)?, files::octets(&after)?);
    Ok(if leaves.exists() {
        BatchRenewal::between_trees(&before, &after, files::octets(&leaves)?)
    } else {
        BatchRenewal::between(&before, &after)
    })
}

/// Whether a file of this name is part of a stored renewal: NAME.p7m.1.before, where NAME.p7m is there.
fn is_stored_here(path: &Path) -> bool {
    let stem = path.with_extension("");
    let first = stem.with_extension("");
    let is_numbered =
        stem.extension().and_then(|number| number.to_str()).is_some_and(|number| number.parse::<u32>().is_ok());
    [BEFORE, AFTER, LEAVES].iter().any(|ending| has_ending(path, ending))
        && is_numbered
        && is_renewed_here(&first)
        && first.exists()
}
