//! Tiles that were read and verified, kept for the next entry.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use recommande_tlog::Hash;
use recommande_tlog::tile::{TILE_HEIGHT, Tile, TileError, TileHashReader};
use recommande_tlog::tree::{HashReader, Node, TreeHead};

use super::error::TileReadError;
use super::store::Store;
use super::tiles::StoredTiles;

/// Reads hashes as a [`TileHashReader`] does, and keeps of each level the tile that was read last, at most eight: the ways of entries
/// that follow each other lead through the same ones.
pub(super) struct KeptTiles<'s, S> {
    reader: TileHashReader<StoredTiles<'s, S>>,
    kept: RefCell<BTreeMap<u8, KeptTile>>,
}

/// A tile with the hashes of all complete subtrees that it is about.
struct KeptTile {
    tile: Tile,
    /// The hashes of the tile, and the rows of nodes above them.
    rows: Vec<Vec<Hash>>,
}

impl KeptTile {
    fn of(tile: Tile, hashes: Vec<Hash>) -> Self {
        let above = |row: &Vec<Hash>| row.as_chunks().0.iter().map(|[left, right]| Hash::node(left, right)).collect();
        let rows = iter::successors(Some(hashes), |row| Some(above(row))).take(TILE_HEIGHT.into()).collect();
        Self { tile, rows }
    }

    fn hash_of(&self, node: &Node) -> Option<Hash> {
        let inside = node.level() % TILE_HEIGHT;
        let first = (self.tile.index() << TILE_HEIGHT) >> inside;
        let place = usize::try_from(node.index().checked_sub(first)?).ok()?;
        self.rows.get(usize::from(inside))?.get(place).copied()
    }
}

impl<'s, S: Store> KeptTiles<'s, S> {
    pub(super) fn new(tree: TreeHead, store: &'s S) -> Self {
        Self { reader: TileHashReader::new(tree, StoredTiles(store)), kept: RefCell::default() }
    }

    fn holding(&self, node: &Node) -> Result<Tile, TileReadError> {
        let size = self.reader.head().size();
        let outside = TileError::OutsideOfTree { node: *node };
        Tile::holding(node, size).filter(|_| node.end() <= size).ok_or(outside)
    }
}

impl<S: Store> HashReader for KeptTiles<'_, S> {
    type Error = TileReadError;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, TileReadError> {
        let mut kept = self.kept.borrow_mut();
        let holding = nodes.iter().map(|node| self.holding(node)).collect::<Result<BTreeSet<Tile>, _>>()?;
        let is_kept = |tile: &Tile| kept.get(&tile.level()).is_some_and(|kept| kept.tile == *tile);
        let missing: Vec<Tile> = holding.into_iter().filter(|tile| !is_kept(tile)).collect();
        if !missing.is_empty() {
            let asked: Vec<Node> = missing.iter().flat_map(Tile::nodes).collect();
            let mut hashes = self.reader.read_hashes(&asked)?.into_iter();
            for tile in missing {
                let hashes = hashes.by_ref().take(tile.width().into()).collect();
                kept.insert(tile.level(), KeptTile::of(tile, hashes));
            }
        }
        let hash = |node: &Node| {
            let kept = kept.get(&(node.level() / TILE_HEIGHT))?;
            kept.hash_of(node)
        };
        match nodes.iter().map(hash).collect() {
            Some(hashes) => Ok(hashes),
            // The nodes are of several tiles of one level, which no proof asks for.
            None => self.reader.read_hashes(nodes),
        }
    }
}
