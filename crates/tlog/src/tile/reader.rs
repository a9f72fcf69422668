//! Reads hashes from tiles that nobody has to be believed for.

use std::collections::BTreeMap;

use super::coordinates::Tile;
use super::{TILE_HEIGHT, TILE_WIDTH};
use crate::hash::Hash;
use crate::tree::{HashReader, Node, TreeHead, fold};

/// The octets of a hash.
const HASH: usize = 32;

/// A store of tiles: a folder, or a log behind HTTP.
pub trait TileReader {
    /// The error of the store.
    type Error;

    /// Reads these tiles, in their order: 32 octets for each of their hashes.
    ///
    /// A log may delete a partial tile when the full one is there. A reader then takes the beginning of that.
    ///
    /// # Errors
    /// Whatever keeps the store from reading one of them.
    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Self::Error>;
}

impl<R: TileReader + ?Sized> TileReader for &R {
    type Error = R::Error;

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Self::Error> {
        (**self).read_tiles(tiles)
    }
}

/// Reads hashes from the tiles of one tree, and verifies all of them against its head.
///
/// A reading takes the tiles that hold the nodes, those above them, and those of the right border: at most eight of each kind for one
/// node, of 8 KiB each.
#[derive(Clone, Debug)]
pub struct TileHashReader<T> {
    head: TreeHead,
    tiles: T,
}

impl<T: TileReader> TileHashReader<T> {
    /// Reads the tree with this head, which should be that of a verified checkpoint.
    pub const fn new(head: TreeHead, tiles: T) -> Self {
        Self { head, tiles }
    }

    /// Returns the head of the tree.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// Reads tiles, each once.
    fn read(&self, tiles: &[Tile]) -> Result<BTreeMap<Tile, Vec<Hash>>, TileError<T::Error>> {
        let octets = self.tiles.read_tiles(tiles).map_err(TileError::Store)?;
        if octets.len() != tiles.len() {
            return Err(TileError::CountOfTiles { asked: tiles.len(), given: octets.len() });
        }
        let parse = |(tile, octets): (&Tile, Vec<u8>)| {
            let (hashes, rest) = octets.as_chunks::<HASH>();
            // A tile that is half written has another length.
            if hashes.len() != usize::from(tile.width()) || !rest.is_empty() {
                return Err(TileError::Length { tile: *tile, stated: octets.len() });
            }
            Ok((*tile, hashes.iter().copied().map(Hash::from_bytes).collect()))
        };
        tiles.iter().zip(octets).map(parse).collect()
    }

    /// Verifies tiles: those of the border by the root, and each full one by its hash in the tile above it.
    fn verify(&self, tiles: &BTreeMap<Tile, Vec<Hash>>) -> Result<(), TileError<T::Error>> {
        let size = self.head.size();
        let border = Node::cover(0, size).into_iter().map(|node| hash_of(&node, size, tiles));
        let border: Option<Vec<Hash>> = border.collect();
        let root = border.and_then(|border| fold(border.into_iter()));
        if root.as_ref() != Some(self.head.root()) {
            return Err(TileError::RootDiffers);
        }
        // The higher ones first, so that a tile is not blamed for the one above it.
        for tile in tiles.keys().rev().filter(|tile| tile.is_full()) {
            let node = above(tile).ok_or(TileError::TileDiffers { tile: *tile })?;
            let computed = tiles.get(tile).and_then(|hashes| combine(hashes));
            if computed.is_none() || computed != hash_of(&node, size, tiles) {
                return Err(TileError::TileDiffers { tile: *tile });
            }
        }
        Ok(())
    }
}

impl<T: TileReader> HashReader for TileHashReader<T> {
    type Error = TileError<T::Error>;

    fn read_hashes(&self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
        let size = self.head.size();
        let mut needed: Vec<Tile> = (0..TILE_HEIGHT).filter_map(|level| border_tile(level, size)).collect();
        for node in nodes {
            let outside = TileError::OutsideOfTree { node: *node };
            let holding = Tile::holding(node, size).filter(|_| node.end() <= size).ok_or(outside)?;
            let mut next = Some(holding);
            while let Some(tile) = next {
                needed.push(tile);
                // A tile that is not full is one of the border.
                next = above(&tile).filter(|_| tile.is_full()).and_then(|node| Tile::holding(&node, size));
            }
        }
        needed.sort();
        needed.dedup();
        let tiles = self.read(&needed)?;
        self.verify(&tiles)?;
        let hash = |node: &Node| hash_of(node, size, &tiles).ok_or(TileError::OutsideOfTree { node: *node });
        nodes.iter().map(hash).collect()
    }
}

/// Returns the tile of a level that the tree of this size has not filled.
fn border_tile(level: u8, size: u64) -> Option<Tile> {
    let hashes = size.checked_shr(level.checked_mul(TILE_HEIGHT)?.into())?;
    Tile::in_tree(level, hashes / u64::from(TILE_WIDTH), size)
}

/// Returns the node that a full tile hashes to.
fn above(tile: &Tile) -> Option<Node> {
    Node::new(tile.level().checked_add(1)?.checked_mul(TILE_HEIGHT)?, tile.index())
}

/// Computes the hash of a node from the tile that holds it.
fn hash_of(node: &Node, size: u64, tiles: &BTreeMap<Tile, Vec<Hash>>) -> Option<Hash> {
    let inside = node.level() % TILE_HEIGHT;
    let first = usize::try_from((node.index() << inside) % u64::from(TILE_WIDTH)).ok()?;
    let hashes = tiles.get(&Tile::holding(node, size)?)?;
    combine(hashes.get(first..first.checked_add(1 << inside)?)?)
}

/// Hashes the leaves of a complete subtree to its root. Their number is a power of two.
fn combine(hashes: &[Hash]) -> Option<Hash> {
    let mut hashes = hashes.to_vec();
    if !hashes.len().is_power_of_two() {
        return None;
    }
    while hashes.len() > 1 {
        hashes = hashes.as_chunks().0.iter().map(|[left, right]| Hash::node(left, right)).collect();
    }
    hashes.first().copied()
}

/// Why hashes are not read from tiles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError<E> {
    /// The tree is too small to have the node.
    #[error("the tree has no complete subtree of level {} with index {}", node.level(), node.index())]
    OutsideOfTree {
        /// The node that was asked for.
        node: Node,
    },
    /// The store cannot read the tiles.
    #[error("the store of tiles: {0}")]
    Store(#[source] E),
    /// The store gives another number of tiles than it was asked for.
    #[error("the store gives {given} tiles for {asked}")]
    CountOfTiles {
        /// The number of tiles that were asked for.
        asked: usize,
        /// The number that it gave.
        given: usize,
    },
    /// The tile does not have 32 octets for each hash.
    #[error("{tile} with {stated} octets")]
    Length {
        /// The tile.
        tile: Tile,
        /// The number of its octets.
        stated: usize,
    },
    /// The tiles of the right border do not lead to the root.
    #[error("the tiles of the border lead to another root")]
    RootDiffers,
    /// The tile does not lead to its hash in the tile above it, which is verified.
    #[error("{tile} differs from the tile above it")]
    TileDiffers {
        /// The tile.
        tile: Tile,
    },
}
