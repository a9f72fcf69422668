//! The hashes of a tree.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::text::{decode_base64, encode_base64};

/// The octet before an entry that is hashed, [RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1).
const LEAF: u8 = 0x00;

/// The octet before two nodes that are hashed.
const NODE: u8 = 0x01;

/// A hash of a tree, 32 octets of SHA-256 ([RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1)).
///
/// As text it is 44 characters of base64 ([RFC 4648 §4](https://www.rfc-editor.org/rfc/rfc4648#section-4)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The root of the empty tree, which is the hash of no octets.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// Takes a hash as its octets.
    #[must_use]
    pub const fn from_bytes(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// Returns the octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hashes an entry to its leaf: `SHA-256(0x00 || entry)`.
    // The first octet keeps leaves and nodes apart: otherwise the two children of a node could be shown as an entry.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([LEAF]).chain_update(entry).finalize().into())
    }

    /// Hashes two nodes to the node above them: `SHA-256(0x01 || left || right)`.
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut octets = [NODE; 65];
        let [_, children @ ..] = &mut octets;
        let (first, second) = children.split_at_mut(left.0.len());
        first.copy_from_slice(&left.0);
        second.copy_from_slice(&right.0);
        Self(Sha256::digest(octets).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The text is not the base64 of 32 octets, with its padding and without anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of 32 octets")]
pub struct HashTextError;

impl FromStr for Hash {
    type Err = HashTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let octets = decode_base64(text).ok_or(HashTextError)?;
        octets.try_into().map(Self).map_err(|_| HashTextError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_the_empty_tree_is_the_hash_of_nothing() {
        assert_eq!(Hash::EMPTY.0, <[u8; 32]>::from(Sha256::digest([])));
    }

    #[test]
    fn text_has_one_form() {
        let text = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        let hash: Hash = text.parse().unwrap();
        assert_eq!(hash.to_string(), text);
        for text in [
            "",
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I",
            // The two bits after the last octet are set.
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=",
            "CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=",
            " CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==",
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA",
        ] {
            assert_eq!(text.parse::<Hash>(), Err(HashTextError), "{text:?}");
        }
    }
}
