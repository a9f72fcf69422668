//! The digest by which received octets are told apart.

use core::fmt;

use super::algorithm::{Digest, DigestAlgorithm};

/// The SHA-256 digest of octets as received. A [`Digest`] has room for the longest there is, and thousands of these are
/// kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(octets: &[u8]) -> Self {
        Self::from(&DigestAlgorithm::Sha256.digest(octets))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The digest is a SHA-256 digest wherever something is told apart by it.
impl From<&Digest> for Fingerprint {
    fn from(digest: &Digest) -> Self {
        Self(digest.as_bytes().try_into().unwrap_or_default())
    }
}

impl From<Fingerprint> for Digest {
    fn from(Fingerprint(octets): Fingerprint) -> Self {
        Self::fill(DigestAlgorithm::Sha256, &octets)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Digest::from(*self), f)
    }
}
