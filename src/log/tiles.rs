//! The tiles and bundles of a log in its store.

use std::io;

use recommande_tlog::Hash;
use recommande_tlog::tile::{Bundle, TILE_WIDTH, Tile, TileReader, encode_bundle};
use recommande_tlog::tree::{Frontier, TreeFull, TreeHead};

use super::error::LogError;
use super::store::{Store, StoredFile};
use crate::time::log_entry::Entry;

/// The levels of tiles that a tree may have: eight levels of the tree in each.
const LEVELS: usize = 8;

/// The number of hashes of a full tile.
const WIDTH: usize = TILE_WIDTH as usize;

/// Reads tiles from a store. A partial tile that is gone is the beginning of the full one.
pub(super) struct StoredTiles<'s, S>(pub(super) &'s S);

impl<S: Store> TileReader for StoredTiles<'_, S> {
    type Error = io::Error;

    fn read_tiles(&self, tiles: &[Tile]) -> io::Result<Vec<Vec<u8>>> {
        tiles.iter().map(|tile| read_tile(self.0, tile)).collect()
    }
}

fn read_tile<S: Store>(store: &S, tile: &Tile) -> io::Result<Vec<u8>> {
    if let Some(octets) = store.read(&tile.to_string())? {
        return Ok(octets);
    }
    let full = Tile::new(tile.level(), tile.index(), TILE_WIDTH).filter(|_| !tile.is_full());
    let octets = full.map(|full| store.read(&full.to_string())).transpose()?.flatten();
    let octets = octets.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{tile} is missing")))?;
    Ok(octets.get(..usize::from(tile.width()) * Hash::EMPTY.as_bytes().len()).unwrap_or(&octets).to_vec())
}

/// Reads a bundle, or the beginning of the full one where the partial one is gone.
pub(super) fn read_bundle<S: Store>(store: &S, bundle: &Bundle) -> Result<Vec<u8>, LogError> {
    let path = bundle.to_string();
    if let Some(octets) = store.read(&path)? {
        return Ok(octets);
    }
    let full = Bundle::new(bundle.index(), TILE_WIDTH).filter(|full| full != bundle);
    let octets = full.map(|full| store.read(&full.to_string())).transpose()?.flatten();
    let octets = octets.ok_or(LogError::Missing { path })?;
    let wanted = usize::from(bundle.width()) * (2 + Entry::LENGTH);
    Ok(octets.get(..wanted).unwrap_or(&octets).to_vec())
}

/// The right border of a tree with the tiles and the bundle that are not full: what it takes to append.
#[derive(Clone, Debug)]
pub(super) struct Border {
    pub(super) frontier: Frontier,
    /// The hashes of the last tile of each level.
    pub(super) tiles: [Vec<Hash>; LEVELS],
    /// The entries of the last bundle.
    pub(super) entries: Vec<Entry>,
}

impl Border {
    pub(super) fn new() -> Self {
        Self { frontier: Frontier::new(), tiles: Default::default(), entries: Vec::new() }
    }

    pub(super) fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    /// Appends an entry, and gives the tiles and the bundle that are full with it to `files`.
    pub(super) fn append(&mut self, entry: Entry, files: &mut Vec<StoredFile>) -> Result<(), LogError> {
        let Self { frontier, tiles, entries } = self;
        append_leaf(frontier, tiles, entry.leaf(), files)?;
        entries.push(entry);
        if entries.len() == WIDTH {
            files.extend(bundle_file(frontier.size(), entries)?);
            entries.clear();
        }
        Ok(())
    }

    /// Returns the tiles and the bundle that are not full.
    pub(super) fn partial_files(&self) -> Result<Vec<StoredFile>, LogError> {
        let size = self.frontier.size();
        let mut files: Vec<StoredFile> =
            (0..).zip(&self.tiles).filter_map(|(level, hashes)| tile_file(level, size, hashes)).collect();
        files.extend(bundle_file(size, &self.entries)?);
        Ok(files)
    }
}

fn append_leaf(
    frontier: &mut Frontier,
    tiles: &mut [Vec<Hash>; LEVELS],
    leaf: Hash,
    files: &mut Vec<StoredFile>,
) -> Result<(), TreeFull> {
    let size = frontier.size().saturating_add(1);
    frontier.append(leaf, |node, hash| {
        let (level, inside) = (node.level() / 8, node.level() % 8);
        if let Some(hashes) = tiles.get_mut(usize::from(level)).filter(|_| inside == 0) {
            hashes.push(hash);
            if hashes.len() == WIDTH {
                files.extend(tile_file(level, size, hashes));
                hashes.clear();
            }
        }
    })
}

/// The last tile of a level in the tree of this size, of these hashes; nothing where there are none.
fn tile_file(level: u8, size: u64, hashes: &[Hash]) -> Option<StoredFile> {
    let last = size.checked_shr(u32::from(level) * 8)?.checked_sub(1).filter(|_| !hashes.is_empty())?;
    let tile = Tile::new(level, last / u64::from(TILE_WIDTH), u16::try_from(hashes.len()).ok()?)?;
    Some(StoredFile::new(tile, hashes.iter().flat_map(Hash::as_bytes).copied().collect()))
}

/// The last bundle of the tree of this size, of these entries; nothing where there are none.
fn bundle_file(size: u64, entries: &[Entry]) -> Result<Option<StoredFile>, LogError> {
    let Some(last) = size.checked_sub(1).filter(|_| !entries.is_empty()) else { return Ok(None) };
    let width = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    let octets = encode_bundle(&entries.iter().map(Entry::to_octets).collect::<Vec<_>>())?;
    Ok(Bundle::new(last / u64::from(TILE_WIDTH), width).map(|bundle| StoredFile::new(bundle, octets)))
}

/// The tile of a level that the tree has not filled.
pub(super) fn last_tile(level: u8, size: u64) -> Option<Tile> {
    let hashes = size.checked_shr(u32::from(level) * 8)?;
    Tile::in_tree(level, hashes / u64::from(TILE_WIDTH), size)
}

/// The paths of what is not full in the tree of this size, and is of no use once the tree has grown.
pub(super) fn partial_paths(size: u64) -> Vec<String> {
    let tiles = (0..).take(LEVELS).filter_map(|level| last_tile(level, size)).map(|tile| tile.to_string());
    let bundle =
        last_tile(0, size).and_then(|tile| Bundle::new(tile.index(), tile.width())).map(|bundle| bundle.to_string());
    tiles.chain(bundle).collect()
}
