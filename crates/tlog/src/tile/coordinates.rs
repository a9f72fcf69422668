//! Where tiles and bundles are, and the paths that say so.

use core::fmt;
use core::str::FromStr;

use super::{TILE_HEIGHT, TILE_WIDTH};
use crate::limits::MAX_TILE_PATH;
use crate::text::decode_decimal;
use crate::tree::Node;

/// The place of a tile: a level of tiles, from 0 for the leaves, an index within the level, and a width of 1 to 256 hashes.
///
/// Hash `i` of the tile is that of the complete subtree of tree level 8 · `level` with the index 256 · `index` + `i`. Its path is
/// `tile/<L>/<N>[.p/<W>]`, with the width where it is partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl Tile {
    /// Names a tile. There is none of width 0 or above 256, nor one beyond the largest tree.
    #[must_use]
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        let last = index.checked_mul(TILE_WIDTH.into())?.checked_add(u64::from(width.checked_sub(1)?))?;
        let exists = width <= TILE_WIDTH && Node::new(level.checked_mul(TILE_HEIGHT)?, last).is_some();
        exists.then_some(Self { level, index, width })
    }

    /// Returns the tile with this level and index as the tree of this size has it, full or partial. There is none with nothing in it.
    #[must_use]
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(level.checked_mul(TILE_HEIGHT)?.into())?;
        Self::new(level, index, width_of(index, hashes)?)
    }

    /// Returns the tile of the tree of this size that holds a node, or what it is computed of.
    #[must_use]
    pub fn holding(node: &Node, size: u64) -> Option<Self> {
        let (level, inside) = (node.level() / TILE_HEIGHT, node.level() % TILE_HEIGHT);
        Self::in_tree(level, node.index() >> (TILE_HEIGHT - inside), size)
    }

    /// Returns the level of tiles, 0 to 7.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Returns the index within the level, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of hashes.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Tells if the tile has 256 hashes, so that it never grows.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Returns the nodes whose hashes the tile has, in their order.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        let (level, first) = (self.level * TILE_HEIGHT, self.index * u64::from(TILE_WIDTH));
        (first..first + u64::from(self.width)).filter_map(move |index| Node::new(level, index))
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, IndexAndWidth(self.index, self.width))
    }
}

impl FromStr for Tile {
    type Err = TilePathError;

    /// Reads a path. There are none of levels above 7, since no tree is as large.
    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let (level, rest) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(TilePathError)?;
        let level = decode_decimal(level).and_then(|level| u8::try_from(level).ok()).ok_or(TilePathError)?;
        let IndexAndWidth(index, width) = rest.parse()?;
        Self::new(level, index, width).ok_or(TilePathError)
    }
}

/// The place of a bundle of entries: an index, and a width of 1 to 256 entries, which are those of the tile of level 0 with the same
/// index. Its path is `tile/entries/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

impl Bundle {
    /// Names a bundle. There is none of width 0 or above 256, nor one beyond the largest tree.
    #[must_use]
    pub fn new(index: u64, width: u16) -> Option<Self> {
        Tile::new(0, index, width).map(|tile| Self::of(&tile))
    }

    /// Returns the bundle with this index as the tree of this size has it, full or partial. There is none with nothing in it.
    #[must_use]
    pub fn in_tree(index: u64, size: u64) -> Option<Self> {
        Tile::in_tree(0, index, size).map(|tile| Self::of(&tile))
    }

    pub(super) const fn of(tile: &Tile) -> Self {
        Self { index: tile.index, width: tile.width }
    }

    /// Returns the index, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of entries.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Returns the tile that has the leaves of the entries.
    #[must_use]
    pub const fn tile(&self) -> Tile {
        Tile { level: 0, index: self.index, width: self.width }
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", IndexAndWidth(self.index, self.width))
    }
}

impl FromStr for Bundle {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let IndexAndWidth(index, width) = path.strip_prefix("tile/entries/").ok_or(TilePathError)?.parse()?;
        Self::new(index, width).ok_or(TilePathError)
    }
}

/// Returns how many of a level's hashes the tile with this index has.
fn width_of(index: u64, hashes: u64) -> Option<u16> {
    let left = hashes.checked_sub(index.checked_mul(TILE_WIDTH.into())?)?;
    u16::try_from(left.min(TILE_WIDTH.into())).ok()
}

/// `<N>[.p/<W>]`: the index in groups of three digits, all but the last after an `x`.
struct IndexAndWidth(u64, u16);

impl fmt::Display for IndexAndWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(index, width) = *self;
        let mut groups = vec![format!("{:03}", index % 1000)];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if width < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

impl FromStr for IndexAndWidth {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        if path.len() > MAX_TILE_PATH {
            return Err(TilePathError);
        }
        let (groups, width) = match path.split_once(".p/") {
            Some((groups, width)) => (groups, decode_decimal(width).and_then(|width| u16::try_from(width).ok())),
            None => (path, Some(TILE_WIDTH)),
        };
        let digits: String = groups.chars().filter(char::is_ascii_digit).collect();
        let index = digits.parse().map_err(|_| TilePathError)?;
        let read = Self(index, width.ok_or(TilePathError)?);
        // A path has one form: what is written otherwise is none.
        if read.to_string() == path { Ok(read) } else { Err(TilePathError) }
    }
}

/// The text is no path of a tile or bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile or bundle")]
pub struct TilePathError;
