//! The tiles and bundles that a log has to write when it grows.

use super::coordinates::{Bundle, Tile};
use super::{TILE_HEIGHT, TILE_WIDTH};
use crate::hash::Hash;
use crate::limits::MAX_TREE_SIZE;
use crate::tree::{HashReader, ProveError, read_nodes};

/// Names the tiles that the tree of `new` entries has and that of `old` entries did not have, the leaves first. Those that were partial
/// and have grown are there in their new width.
///
/// Nothing is named beyond [`MAX_TREE_SIZE`].
pub fn new_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let new = if new <= MAX_TREE_SIZE { new } else { 0 };
    (0..TILE_HEIGHT).flat_map(move |level| {
        let hashes = |size: u64| size >> (level * TILE_HEIGHT);
        let width = u64::from(TILE_WIDTH);
        let indexes = if hashes(old) < hashes(new) { hashes(old) / width..hashes(new).div_ceil(width) } else { 0..0 };
        indexes.filter_map(move |index| Tile::in_tree(level, index, new))
    })
}

/// Names the bundles that the tree of `new` entries has and that of `old` entries did not have, as [`new_tiles`] does.
pub fn new_bundles(old: u64, new: u64) -> impl Iterator<Item = Bundle> {
    new_tiles(old, new).take_while(|tile| tile.level() == 0).map(|tile| Bundle::of(&tile))
}

/// Makes the octets of a tile.
///
/// # Errors
/// `Store` and `CountOfHashes` for a store that does not give the hashes.
pub fn tile_data<R: HashReader>(tile: &Tile, store: &R) -> Result<Vec<u8>, ProveError<R::Error>> {
    let nodes: Vec<_> = tile.nodes().collect();
    let hashes = read_nodes(&nodes, store)?;
    Ok(hashes.iter().flat_map(Hash::as_bytes).copied().collect())
}
