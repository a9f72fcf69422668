//! Is what a server gives as tiles and entries what the log has signed?

use std::collections::BTreeMap;

use recommande_tlog::Hash;
use recommande_tlog::limits::MAX_TREE_SIZE;
use recommande_tlog::tile::{
    Bundle, BundleError, Tile, TileError, TileHashReader, TileReader, VerifyBundleError, encode_bundle, new_bundles,
    new_tiles, parse_bundle, tile_data, verify_bundle,
};
use recommande_tlog::tree::{
    HashReader, MemoryTree, Node, ProveError, TreeHead, compute_head, prove_consistency, prove_inclusion,
    verify_consistency, verify_inclusion,
};

use crate::rfc6962;

/// A folder of tiles.
#[derive(Clone, Default)]
struct Folder(BTreeMap<String, Vec<u8>>);

impl TileReader for Folder {
    type Error = String;

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, String> {
        tiles.iter().map(|tile| self.0.get(&tile.to_string()).cloned().ok_or(tile.to_string())).collect()
    }
}

impl Folder {
    fn grow(&mut self, old: u64, new: u64, tree: &MemoryTree) {
        for tile in new_tiles(old, new) {
            let before = self.0.insert(tile.to_string(), tile_data(&tile, tree).unwrap());
            assert_eq!(before, None, "{tile}");
        }
    }
}

fn memory_tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for entry in 0..size {
        tree.append(Hash::leaf(&entry.to_be_bytes())).unwrap();
    }
    tree
}

fn tile(level: u8, index: u64, width: u16) -> Tile {
    Tile::new(level, index, width).unwrap()
}

#[test]
fn the_example_of_the_specification_is_followed() {
    let tiles: Vec<Tile> = new_tiles(0, 70_000).collect();
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
    assert_eq!(tiles.iter().filter(|tile| tile.level() == 0 && tile.is_full()).count(), 273);
    assert_eq!(tiles[273..], [tile(0, 273, 112), tile(1, 0, 256), tile(1, 1, 17), tile(2, 0, 1)]);
    assert_eq!(new_tiles(0, 256).collect::<Vec<_>>(), [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(new_tiles(256, 257).collect::<Vec<_>>(), [tile(0, 1, 1)]);
    assert_eq!(new_tiles(255, 257).collect::<Vec<_>>(), [tile(0, 0, 256), tile(0, 1, 1), tile(1, 0, 1)]);
    assert_eq!(new_tiles(257, 257).count() + new_tiles(300, 257).count() + new_tiles(0, 0).count(), 0);
    assert_eq!(new_tiles(0, u64::MAX).count(), 0);
    assert_eq!(
        new_bundles(250, 600).map(|bundle| bundle.to_string()).collect::<Vec<_>>(),
        ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"]
    );
    assert_eq!(tile(0, 1_234_067, 256).to_string(), "tile/0/x001/x234/067");
    let last: Vec<Tile> = new_tiles(MAX_TREE_SIZE - 1, MAX_TREE_SIZE).collect();
    assert_eq!(last.len(), 8);
    assert_eq!(last[7], tile(7, 0, 64));
}

#[test]
fn a_path_has_one_form() {
    for path in [
        "tile/0/000",
        "tile/0/999",
        "tile/0/x001/000",
        "tile/3/x001/x234/067",
        "tile/3/x001/x234/067.p/1",
        "tile/7/000.p/64",
        "tile/0/x018/x014/x398/x509/x481/983",
    ] {
        let tile: Tile = path.parse().unwrap();
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::new(tile.level(), tile.index(), tile.width()), Some(tile));
        let path = path.replacen(&path[..7], "tile/entries/", 1);
        if tile.level() == 0 {
            assert_eq!(path.parse::<Bundle>().unwrap().to_string(), path);
        }
    }
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/00/000",
        "tile/+0/000",
        "tile/-1/000",
        "tile/8/000",
        "tile/64/000",
        "tile/256/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001",
        "tile/0/x001/x001",
        "tile/0/X001/001",
        "tile/0/x001/001/",
        "tile/0/x001//001",
        "tile/0/../000",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/65537",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000 ",
        "tile/0/\u{660}00",
        "tile/0/x018/x014/x398/x509/x481/984",
        "tile/0/x018/x446/x744/x073/x709/x551/615",
        "tile/entries/000",
        "tile/data/000",
    ] {
        assert!(path.parse::<Tile>().is_err(), "{path}");
        let entries = path.replacen("tile/0/", "tile/entries/", 1);
        assert_eq!(entries.parse::<Bundle>().is_ok(), entries == "tile/entries/000", "{entries}");
    }
    assert!("tile/0/000".parse::<Bundle>().is_err());
    assert!(format!("tile/0/{}000", "x001/".repeat(100_000)).parse::<Tile>().is_err());
    assert!(Tile::new(0, 0, 0).is_none() && Tile::new(0, 0, 257).is_none() && Tile::new(8, 0, 1).is_none());
    assert!(Tile::new(0, u64::MAX, 1).is_none() && Tile::new(255, 0, 1).is_none());
    assert!(Tile::in_tree(0, 1, 256).is_none() && Tile::in_tree(255, 0, 256).is_none());
}

/// Proofs made from tiles are those made from memory, at every size up to 130 and around the sizes where tiles fill.
#[test]
fn proofs_are_made_from_tiles() {
    let around = [255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 66_000];
    let tree = memory_tree(66_000);
    let mut folder = Folder::default();
    let mut old = TreeHead::EMPTY;
    for size in (1..=130).chain(around) {
        folder.grow(old.size(), size, &tree);
        let head = compute_head(size, &tree).unwrap();
        let reader = TileHashReader::new(head, &folder);
        assert_eq!(compute_head(size, &reader), Ok(head));
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = prove_inclusion(index, size, &reader).unwrap();
            assert_eq!(Ok(&proof), prove_inclusion(index, size, &tree).as_ref());
            verify_inclusion(&head, index, &Hash::leaf(&index.to_be_bytes()), &proof).unwrap();
        }
        let proof = prove_consistency(old.size(), size, &reader).unwrap();
        verify_consistency(&old, &head, &proof).unwrap();
        let node = Node::leaf(size).unwrap();
        assert_eq!(reader.read_hashes(&[node]), Err(TileError::OutsideOfTree { node }));
        old = head;
    }
    let reader = TileHashReader::new(TreeHead::EMPTY, &folder);
    let node = Node::leaf(0).unwrap();
    assert_eq!(reader.read_hashes(&[node]), Err(TileError::OutsideOfTree { node }));
}

/// A flipped bit anywhere in a tile is found, and the tile named, or the root where the tile is one of the border.
#[test]
fn a_changed_tile_is_found() {
    let size = 70_000;
    let tree = memory_tree(size);
    let head = tree.head();
    let mut folder = Folder::default();
    folder.grow(0, size, &tree);
    let nodes = [Node::leaf(300).unwrap(), Node::new(3, 8700).unwrap(), Node::new(9, 2).unwrap()];
    let read = |folder: &Folder| TileHashReader::new(head, folder).read_hashes(&nodes);
    let expected = tree.read_hashes(&nodes).unwrap();
    assert_eq!(read(&folder), Ok(expected));
    let full = [tile(0, 1, 256), tile(0, 271, 256), tile(1, 0, 256)];
    let border = [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)];
    for tile in full.into_iter().chain(border) {
        let data = folder.0[&tile.to_string()].clone();
        let with = |data: Vec<u8>| {
            let mut folder = folder.clone();
            folder.0.insert(tile.to_string(), data);
            read(&folder)
        };
        for place in [0, 31, 32, data.len() / 2, data.len() - 1] {
            let mut flip = data.clone();
            flip[place % data.len()] ^= 0x10;
            let error = if tile.is_full() { TileError::TileDiffers { tile } } else { TileError::RootDiffers };
            assert_eq!(with(flip), Err(error), "{tile} at {place}");
        }
        if data.len() > 32 {
            let mut swap = data.clone();
            swap.rotate_left(32);
            assert!(with(swap).is_err(), "{tile} rotated");
        }
        let half = data.len() / 2 + 1;
        for other in [Vec::new(), data[..half].to_vec(), data[32..].to_vec(), [data.as_slice(), &[0]].concat()] {
            let stated = other.len();
            assert_eq!(with(other), Err(TileError::Length { tile, stated }));
        }
        let mut without = folder.clone();
        without.0.remove(&tile.to_string());
        assert_eq!(read(&without), Err(TileError::Store(tile.to_string())));
    }
    // The tiles of another log, all of them.
    let mut other_tree = memory_tree(size - 1);
    other_tree.append(Hash::EMPTY).unwrap();
    let mut other = Folder::default();
    other.grow(0, size, &other_tree);
    assert_eq!(read(&other), Err(TileError::RootDiffers));
    // The border of another log, and tiles below it of ours, are no way around.
    let forged = TileHashReader::new(other_tree.head(), &folder).read_hashes(&nodes);
    assert_eq!(forged, Err(TileError::RootDiffers));
    assert_eq!(
        prove_inclusion(5, size, &TileHashReader::new(head, &other)),
        Err(ProveError::Store(TileError::RootDiffers))
    );
}

/// A store that gives one tile too few.
struct Miscounting;

impl TileReader for Miscounting {
    type Error = core::convert::Infallible;

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Self::Error> {
        Ok(vec![vec![0; 32]; tiles.len() - 1])
    }
}

#[test]
fn a_store_that_miscounts_is_found() {
    let error = TileHashReader::new(memory_tree(5).head(), Miscounting).read_hashes(&[Node::leaf(0).unwrap()]);
    assert_eq!(error, Err(TileError::CountOfTiles { asked: 1, given: 0 }));
}

#[test]
fn entries_are_verified_by_their_leaves() {
    let entries = rfc6962::entries(300);
    let mut tree = MemoryTree::new();
    for entry in &entries {
        tree.append(Hash::leaf(entry)).unwrap();
    }
    let mut folder = Folder::default();
    folder.grow(0, 300, &tree);
    let leaves = TileHashReader::new(tree.head(), &folder);
    for (bundle, entries) in new_bundles(0, 300).zip(entries.chunks(256)) {
        let octets = encode_bundle(entries).unwrap();
        assert_eq!(parse_bundle(&bundle, &octets).unwrap(), entries);
        assert_eq!(verify_bundle(&bundle, &octets, &leaves).unwrap(), entries);
        let verify = |octets: &[u8]| verify_bundle(&bundle, octets, &leaves).map(|_| ());
        for entry in 0..entries.len() {
            let mut other = entries.to_vec();
            other[entry].push(b'.');
            assert_eq!(verify(&encode_bundle(&other).unwrap()), Err(VerifyBundleError::EntryDiffers { entry }));
        }
        for place in 0..octets.len() {
            let mut flip = octets.clone();
            flip[place] ^= 1;
            assert!(verify(&flip).is_err(), "{place}");
            assert!(matches!(verify(&octets[..place]), Err(VerifyBundleError::Bundle(_))), "{place}");
        }
        let more = [octets.as_slice(), &[0, 0]].concat();
        let error = BundleError::CountOfEntries { stated: entries.len() + 1, width: bundle.width() };
        assert_eq!(verify(&more), Err(VerifyBundleError::Bundle(error)));
        let error = BundleError::CountOfEntries { stated: entries.len() + 1, width: bundle.width() };
        assert_eq!(verify(&[octets.as_slice(), &[0]].concat()), Err(VerifyBundleError::Bundle(error)));
        let fewer = encode_bundle(&entries[1..]).unwrap();
        let error = BundleError::CountOfEntries { stated: entries.len() - 1, width: bundle.width() };
        assert_eq!(verify(&fewer), Err(VerifyBundleError::Bundle(error)));
    }
    // Another bundle's entries, and leaves that cannot be read.
    let second = Bundle::new(1, 44).unwrap();
    let octets = encode_bundle(&entries[..44]).unwrap();
    let error = VerifyBundleError::EntryDiffers { entry: 0 };
    assert_eq!(verify_bundle(&second, &octets, &leaves), Err(error));
    let beyond = Bundle::new(2, 44).unwrap();
    assert!(matches!(verify_bundle(&beyond, &octets, &leaves), Err(VerifyBundleError::Store(_))));
}

#[test]
fn a_bundle_is_bounded() {
    let one = Bundle::new(0, 1).unwrap();
    for length in [0, 1, 255, 256, 65_535] {
        let entry = vec![7; length];
        let octets = encode_bundle(&[&entry]).unwrap();
        assert_eq!(octets.len(), length + 2);
        assert_eq!(parse_bundle(&one, &octets).unwrap(), [entry]);
    }
    assert_eq!(encode_bundle(&[vec![], vec![7; 65_536]]), Err(BundleError::EntryTooLarge { entry: 1 }));
    assert_eq!(encode_bundle::<Vec<u8>>(&[]), Err(BundleError::CountOfEntries { stated: 0, width: 256 }));
    assert_eq!(encode_bundle(&vec![vec![]; 257]), Err(BundleError::CountOfEntries { stated: 257, width: 256 }));
    assert_eq!(parse_bundle(&one, &[0]), Err(BundleError::Truncated { entry: 0 }));
    assert_eq!(parse_bundle(&one, &[0, 2, 7]), Err(BundleError::Truncated { entry: 0 }));
    assert_eq!(parse_bundle(&one, &[]), Err(BundleError::CountOfEntries { stated: 0, width: 1 }));
    let zeros = vec![0; 1 << 20];
    assert_eq!(parse_bundle(&one, &zeros), Err(BundleError::CountOfEntries { stated: 2, width: 1 }));
}
