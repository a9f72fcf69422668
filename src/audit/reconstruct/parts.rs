//! What a record or a proof says of the content, in a form that can be compared.

use crate::audit::{AuditDigest, Part};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::ContentPart;

/// The content of a message by the digests of its parts under one algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartsPrint {
    algorithm: DigestAlgorithm,
    count: u32,
    digest: [u8; 32],
}

/// Whether two statements are about the same content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Same,
    Different,
    /// They name other algorithms, or not as many parts.
    NotComparable,
}

impl PartsPrint {
    /// Takes the parts of a record. Keyed digests say nothing to whoever lacks the key.
    pub(super) fn of_record(parts: &[Part<'_>]) -> Option<Self> {
        let digests =
            |part: &Part<'_>| -> Vec<Digest> { part.digests().iter().filter_map(AuditDigest::digest).collect() };
        Self::of(&parts.iter().map(digests).collect::<Vec<_>>())
    }

    /// Takes the parts of a statement.
    pub(super) fn of_statement(parts: &[ContentPart]) -> Option<Self> {
        Self::of(&parts.iter().map(|part| part.digests().iter().copied().collect()).collect::<Vec<_>>())
    }

    /// The first algorithm of the list that all parts have, so that two parties that name several agree on it.
    fn of(parts: &[Vec<Digest>]) -> Option<Self> {
        let by = |algorithm: DigestAlgorithm| {
            let of_part =
                |digests: &Vec<Digest>| digests.iter().find(|digest| digest.algorithm() == algorithm).copied();
            parts.iter().map(of_part).collect::<Option<Vec<Digest>>>()
        };
        let preferred = [DigestAlgorithm::Sha256].into_iter().chain(DigestAlgorithm::ALL);
        let (algorithm, mut digests) = preferred.filter_map(|algorithm| Some((algorithm, by(algorithm)?))).next()?;
        // The order of the parts says nothing.
        digests.sort_unstable_by(|first, second| first.as_bytes().cmp(second.as_bytes()));
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        digests.iter().for_each(|digest| hasher.update(digest.as_bytes()));
        let digest = hasher.finish().first_32();
        (!digests.is_empty()).then_some(Self { algorithm, count: u32::try_from(digests.len()).ok()?, digest })
    }

    pub(super) fn compare(&self, stated: &Self) -> Compared {
        if self.algorithm != stated.algorithm || self.count != stated.count {
            Compared::NotComparable
        } else if self.digest == stated.digest {
            Compared::Same
        } else {
            Compared::Different
        }
    }
}
