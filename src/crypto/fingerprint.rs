//! The digest by which received octets are told apart.

use core::fmt;
use std::collections::HashSet;

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

/// A set of fingerprints. A few are compared with each other, since to hash one takes longer.
#[derive(Clone, Debug, Default)]
pub(crate) struct FingerprintSet {
    /// All, as long as they are few.
    few: Vec<Fingerprint>,
    many: HashSet<Fingerprint>,
}

/// The number of fingerprints that are compared with each other.
const FEW: usize = 16;

impl FingerprintSet {
    /// Adds a fingerprint, if it is not there yet.
    pub(crate) fn insert(&mut self, fingerprint: Fingerprint) {
        if !self.many.is_empty() {
            self.many.insert(fingerprint);
        } else if !self.few.contains(&fingerprint) {
            self.few.push(fingerprint);
            if self.few.len() > FEW {
                self.many = core::mem::take(&mut self.few).into_iter().collect();
            }
        }
    }

    pub(crate) fn contains(&self, fingerprint: &Fingerprint) -> bool {
        if self.many.is_empty() { self.few.contains(fingerprint) } else { self.many.contains(fingerprint) }
    }

    pub(crate) fn len(&self) -> usize {
        self.few.len() + self.many.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the fingerprints in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fingerprint> {
        self.few.iter().chain(&self.many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_each_fingerprint_once_however_many_there_are() {
        let all: Vec<Fingerprint> = (0..3 * FEW).map(|number| Fingerprint::of(&number.to_be_bytes())).collect();
        let mut set = FingerprintSet::default();
        assert!(set.is_empty());
        for (number, fingerprint) in all.iter().enumerate() {
            assert!(!set.contains(fingerprint));
            (0..2).for_each(|_| set.insert(*fingerprint));
            assert_eq!(set.len(), number + 1);
            assert!(all[..=number].iter().all(|inserted| set.contains(inserted)));
            let listed: HashSet<_> = set.iter().collect();
            assert_eq!(listed, all[..=number].iter().collect());
        }
    }
}
