//! Reads the entries of a whole log, and hashes its tree anew.

use recommande_tlog::tile::{Bundle, TILE_WIDTH, parse_bundle};
use recommande_tlog::tree::TreeHead;

use super::difference::Difference;
use super::error::{AuditError, LogError};
use super::store::Store;
use super::tiles::{Border, read_bundle};
use crate::time::log_entry::Entry;

/// Reads the entries in their order, hashes the tree anew, and compares each tile with it once that is full.
pub(super) struct Walk<'s, S> {
    store: &'s S,
    /// The number of entries that the log says it has.
    size: u64,
    border: Border,
    /// The entries of the bundle that is read, the last one first.
    rest: Vec<Entry>,
    has_ended: Ended,
}

/// Whether entries can still be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    AtFault,
}

impl<'s, S: Store> Walk<'s, S> {
    pub(super) fn new(store: &'s S, size: u64) -> Self {
        Self { store, size, border: Border::new(), rest: Vec::new(), has_ended: Ended::No }
    }

    pub(super) fn size(&self) -> u64 {
        self.border.frontier.size()
    }

    /// The head of the tree of what was read.
    pub(super) fn head(&self) -> TreeHead {
        self.border.head()
    }

    /// Reads the next entry. There is none where the log ends, or behind a bundle that cannot be read.
    pub(super) fn next(&mut self, told: &mut impl FnMut(Difference)) -> Result<Option<Entry>, AuditError> {
        if self.rest.is_empty() && self.has_ended == Ended::No && self.size() < self.size {
            let bundle = Bundle::in_tree(self.size() / u64::from(TILE_WIDTH), self.size);
            match bundle.map(|bundle| read_entries(self.store, &bundle)).transpose()?.flatten() {
                Some(entries) => self.rest = entries.into_iter().rev().collect(),
                None => {
                    self.has_ended = Ended::AtFault;
                    let path = bundle.map(|bundle| bundle.to_string()).unwrap_or_default();
                    told(Difference::BundleUnreadable { path });
                }
            }
        }
        let Some(entry) = self.rest.pop() else { return Ok(None) };
        let mut files = Vec::new();
        if self.border.append(entry, &mut files).is_err() {
            self.has_ended = Ended::AtFault;
            return Ok(None);
        }
        for file in files {
            self.compare(&file.path, &file.octets, told)?;
        }
        Ok(Some(entry))
    }

    /// Compares the tiles that are not full.
    pub(super) fn finish(&self, told: &mut impl FnMut(Difference)) -> Result<(), AuditError> {
        if self.has_ended == Ended::AtFault {
            return Ok(());
        }
        for file in self.border.partial_files().unwrap_or_default() {
            self.compare(&file.path, &file.octets, told)?;
        }
        Ok(())
    }

    fn compare(&self, path: &str, octets: &[u8], told: &mut impl FnMut(Difference)) -> Result<(), AuditError> {
        if self.store.read(path)?.as_deref() != Some(octets) {
            told(Difference::TileDiffers { path: path.to_owned() });
        }
        Ok(())
    }
}

/// Reads the entries of a bundle; nothing where one is none.
fn read_entries<S: Store>(store: &S, bundle: &Bundle) -> Result<Option<Vec<Entry>>, AuditError> {
    let octets = match read_bundle(store, bundle) {
        Ok(octets) => octets,
        Err(LogError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let entries = parse_bundle(bundle, &octets).ok();
    Ok(entries.and_then(|entries| entries.into_iter().map(Entry::from_octets).collect()))
}
