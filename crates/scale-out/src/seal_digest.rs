use std::fmt;

use recommande::crypto::DigestAlgorithm;

/// The SHA-256 of a stored seal, or of an item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealDigest([u8; 32]);

impl SealDigest {
    /// Hashes octets.
    pub fn of(octets: &[u8]) -> Self {
        let digest = DigestAlgorithm::Sha256.digest(octets);
        let mut of = [0; 32];
        of.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
        Self(of)
    }

    /// Takes a digest.
    pub fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Returns the 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SealDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for SealDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealDigest({self})")
    }
}
