//! Tiles: the hashes and the entries of a log as files that never change
//! ([tlog-tiles](https://c2sp.org/tlog-tiles)).
//!
//! A log writes what [`new_tiles`] and [`new_bundles`] name, with [`tile_data`] and [`encode_bundle`]. A reader believes none of
//! them: [`TileHashReader`] verifies each tile against the head of a verified checkpoint before it gives a hash of it.

mod bundle;
mod coordinates;
mod reader;
mod writer;

pub use bundle::{BundleError, VerifyBundleError, encode_bundle, parse_bundle, verify_bundle};
pub use coordinates::{Bundle, Tile, TilePathError};
pub use reader::{TileError, TileHashReader, TileReader};
pub use writer::{new_bundles, new_tiles, tile_data};

/// The number of levels of a tree that a tile has.
pub const TILE_HEIGHT: u8 = 8;

/// The number of hashes or entries of a full tile or bundle.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;
