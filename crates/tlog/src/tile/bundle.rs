//! Entries, each with its length before it ([tlog-tiles](https://c2sp.org/tlog-tiles#log-entries)).

use super::TILE_WIDTH;
use super::coordinates::Bundle;
use crate::hash::Hash;
use crate::tree::HashReader;

/// Makes the octets of a bundle: the length of each entry in two octets, the higher one first, and the entry.
///
/// # Errors
/// `EntryTooLarge` for an entry of more than 65,535 octets, and `CountOfEntries` for none or more than 256.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::CountOfEntries { stated: entries.len(), width: TILE_WIDTH });
    }
    let mut octets = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLarge { entry: place })?;
        octets.extend_from_slice(&length.to_be_bytes());
        octets.extend_from_slice(entry);
    }
    Ok(octets)
}

/// Reads the entries of a bundle, which nobody has verified.
///
/// # Errors
/// `Truncated` for an entry that ends with the octets, and `CountOfEntries` for more or fewer than the bundle's width.
pub fn parse_bundle<'a>(bundle: &Bundle, octets: &'a [u8]) -> Result<Vec<&'a [u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        if entries.len() >= usize::from(bundle.width()) {
            return Err(BundleError::CountOfEntries { stated: entries.len().saturating_add(1), width: bundle.width() });
        }
        let truncated = BundleError::Truncated { entry: entries.len() };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(truncated)?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() < usize::from(bundle.width()) {
        return Err(BundleError::CountOfEntries { stated: entries.len(), width: bundle.width() });
    }
    Ok(entries)
}

/// Reads the entries of a bundle, and verifies that their leaves are those of the tree, as a verified
/// [`TileHashReader`](super::TileHashReader) reads them.
///
/// # Errors
/// `Bundle` as [`parse_bundle`] says, `Store` and `CountOfHashes` when the leaves cannot be read, and `EntryDiffers` for the first entry that is another one.
pub fn verify_bundle<'a, R: HashReader>(
    bundle: &Bundle,
    octets: &'a [u8],
    leaves: &R,
) -> Result<Vec<&'a [u8]>, VerifyBundleError<R::Error>> {
    let entries = parse_bundle(bundle, octets).map_err(VerifyBundleError::Bundle)?;
    let nodes: Vec<_> = bundle.tile().nodes().collect();
    let hashes = leaves.read_hashes(&nodes).map_err(VerifyBundleError::Store)?;
    if hashes.len() != entries.len() {
        return Err(VerifyBundleError::CountOfHashes { asked: entries.len(), given: hashes.len() });
    }
    match entries.iter().zip(&hashes).position(|(entry, hash)| Hash::leaf(entry) != *hash) {
        Some(entry) => Err(VerifyBundleError::EntryDiffers { entry }),
        None => Ok(entries),
    }
}

/// Why octets are no bundle, or entries cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// An entry is too large.
    #[error("entry {entry} of a bundle has more than 65535 octets")]
    EntryTooLarge {
        /// The place of the entry in the bundle, from 0.
        entry: usize,
    },
    /// The octets end within an entry or its length.
    #[error("the bundle ends within entry {entry}")]
    Truncated {
        /// The place of the entry in the bundle, from 0.
        entry: usize,
    },
    /// There are too many entries or too few. What is too much is not counted further.
    #[error("a bundle of {stated} entries instead of {width}")]
    CountOfEntries {
        /// The number of entries.
        stated: usize,
        /// The number that there must be, or may be at most when a bundle is made.
        width: u16,
    },
}

/// Why a bundle is not verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyBundleError<E> {
    /// The octets are no such bundle.
    #[error(transparent)]
    Bundle(BundleError),
    /// The leaves cannot be read.
    #[error("the leaves: {0}")]
    Store(#[source] E),
    /// The store gives another number of leaves than it was asked for.
    #[error("the store gives {given} hashes for {asked} leaves")]
    CountOfHashes {
        /// The number of leaves.
        asked: usize,
        /// The number of hashes.
        given: usize,
    },
    /// An entry is not the one that the tree has.
    #[error("entry {entry} of the bundle is not that of the tree")]
    EntryDiffers {
        /// The place of the first such entry in the bundle, from 0.
        entry: usize,
    },
}
