//! Takes a log up where it was left.

use recommande_tlog::tile::{Bundle, TILE_WIDTH, TileHashReader, verify_bundle};
use recommande_tlog::tree::{Frontier, HashReader, ProveError, TreeHead};

use super::error::{LogError, TileReadError};
use super::store::Store;
use super::tiles::{Border, StoredTiles, last_tile, read_bundle};
use crate::time::log_entry::Entry;

/// Reads the right border of the tree, all of which is verified against its head.
pub(super) fn read_border<S: Store>(head: TreeHead, store: &S) -> Result<Border, LogError> {
    let size = head.size();
    let mut border = Border::new();
    if size == 0 {
        return Ok(border);
    }
    let reader = TileHashReader::new(head, StoredTiles(store));
    border.frontier = Frontier::read(size, &reader).map_err(error_of)?;
    for (level, hashes) in (0..).zip(&mut border.tiles) {
        if let Some(tile) = last_tile(level, size) {
            *hashes = reader.read_hashes(&tile.nodes().collect::<Vec<_>>()).map_err(LogError::Tiles)?;
        }
    }
    if let Some(tile) = last_tile(0, size)
        && let Some(bundle) = Bundle::new(tile.index(), tile.width())
    {
        border.entries = read_entries(&bundle, &reader, store)?;
    }
    Ok(border)
}

/// Reads the entries of a bundle, each of which is verified by its leaf.
pub(super) fn read_entries<S: Store, R: HashReader<Error = TileReadError>>(
    bundle: &Bundle,
    leaves: &R,
    store: &S,
) -> Result<Vec<Entry>, LogError> {
    let octets = read_bundle(store, bundle)?;
    let entries =
        verify_bundle(bundle, &octets, leaves).map_err(|fault| LogError::Bundle { path: bundle.to_string(), fault })?;
    // The leaves are those of the tree, so that the log itself has taken up an entry that cannot be read.
    let first = bundle.index().saturating_mul(TILE_WIDTH.into());
    let read = |(index, octets)| Entry::from_octets(octets).ok_or(LogError::Entry { index });
    (first..).zip(entries).map(read).collect()
}

/// The error of the tiles behind an error of proving.
pub(super) fn error_of(error: ProveError<TileReadError>) -> LogError {
    if let ProveError::Store(tiles) = error { LogError::Tiles(tiles) } else { LogError::Prove(error) }
}
