//! The numbers and the hashes of lines.

use std::fmt;
use std::num::NonZeroU64;

use crate::crypto::{Digest, DigestAlgorithm};

/// The number of a line within its source: the first is 1, and none is left out. A line holds it as 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(NonZeroU64);

impl Sequence {
    /// The number of the first line.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The number of digits in a line.
    const DIGITS: usize = 20;

    /// Makes a sequence of a number; `None` for 0.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0.get()
    }

    /// Returns the number after this one; `None` at the end of all numbers.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// Reads the 20 digits of a line.
    pub fn from_digits(text: &str) -> Option<Self> {
        let is_number = text.len() == Self::DIGITS && text.bytes().all(|octet| octet.is_ascii_digit());
        if is_number { Self::new(text.parse().ok()?) } else { None }
    }
}

/// Writes the 20 digits of a line.
impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}", self.0)
    }
}

/// The SHA-256 of the octets of a line, without the line feed at its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineHash([u8; 32]);

impl LineHash {
    /// Computes the hash of a line.
    pub fn of(line: &[u8]) -> Self {
        Self::of_digest(&DigestAlgorithm::Sha256.digest(line))
    }

    /// Takes the digest of a line that was hashed in parts.
    pub(super) fn of_digest(digest: &Digest) -> Self {
        let mut octets = [0; 32];
        octets.iter_mut().zip(digest.as_bytes()).for_each(|(octet, of_digest)| *octet = *of_digest);
        Self(octets)
    }

    /// Takes the 32 octets of a hash.
    pub fn from_bytes(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// Returns the 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits in lower case.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_octets(text).map(Self)
    }
}

impl fmt::Display for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineHash({self})")
    }
}

/// Writes octets as hexadecimal digits in lower case.
pub(super) fn hex(octets: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    let mut text = String::with_capacity(2 * octets.len());
    octets.iter().for_each(|octet| text.extend([digit(octet >> 4), digit(octet & 0x0f)]));
    text
}

/// Reads `N` octets of hexadecimal digits in lower case.
pub(super) fn hex_octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |octet: u8| match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        _ => None,
    };
    let mut octets = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (octet, [high, low]) in octets.iter_mut().zip(pairs) {
        *octet = digit(*high)? << 4 | digit(*low)?;
    }
    Some(octets)
}
