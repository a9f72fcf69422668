//! This module remembers valid paths, with the work that finds them and the time in which nothing about them changes.

use core::ops::RangeInclusive;
use std::collections::HashMap;
use std::sync::Arc;

use crate::crypto::Digest;
use crate::pki::{Certificate, SearchWork, ValidatedPath};

/// The maximum number of signing certificates whose paths are cached. A service has a handful of seal certificates, and
/// an archive some hundreds of TSAs over the years. A cleared cache costs only time.
pub(super) const REMEMBERED: usize = 1024;

/// The maximum size of all cached paths in octets, of their certificates and the work to find them. So many real paths
/// have half of that.
const REMEMBERED_OCTETS: usize = 16 << 20;

/// The maximum number of signatures that the search for a cached path asked about. A real one asks about some twenty. Whoever
/// makes a file can have each of its paths searched among hundreds of impostors, whose verdicts take more memory than they
/// do in the file.
pub(super) const REMEMBERED_SIGNATURES: usize = 32;

/// The fingerprint of the target and the digest of the candidates.
pub(super) type Question = (Digest, Digest);

/// Valid paths, and their size in octets.
#[derive(Debug, Default)]
pub(super) struct RememberedPaths {
    pub(super) by_question: HashMap<Question, Remembered>,
    pub(super) octets: usize,
}

impl RememberedPaths {
    /// Adds a path unless it is too large. If a limit is met, the cache is cleared first.
    pub(super) fn add(&mut self, question: Question, remembered: Remembered) {
        let length = remembered.octets();
        if length > REMEMBERED_OCTETS {
            return;
        }
        if self.by_question.len() >= REMEMBERED || self.octets.saturating_add(length) > REMEMBERED_OCTETS {
            *self = Self::default();
        }
        let freed = self.by_question.insert(question, remembered).map_or(0, |replaced| replaced.octets());
        self.octets = self.octets.saturating_add(length).saturating_sub(freed);
    }
}

/// A path that was found, the work that it took, and the seconds between which a search finds it.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub(super) path: Arc<ValidatedPath>,
    pub(super) work: Arc<SearchWork>,
    pub(super) seconds: RangeInclusive<i64>,
}

impl Remembered {
    fn octets(&self) -> usize {
        let certificates: usize = self.path.certificates.iter().map(|certificate| certificate.der().len()).sum();
        certificates.saturating_add(self.work.octets())
    }
}

/// Returns the seconds around a time in which no validity of these certificates begins or ends.
pub(super) fn unchanged_around<'c>(
    at: i64,
    certificates: impl Iterator<Item = &'c Certificate>,
) -> RangeInclusive<i64> {
    let (mut from, mut until) = (i64::MIN, i64::MAX);
    for certificate in certificates {
        // A period begins in the second of notBefore and is over in the second after notAfter.
        let (begin, over) =
            (certificate.not_before().timestamp(), certificate.not_after().timestamp().saturating_add(1));
        for change in [begin, over] {
            if change <= at {
                from = from.max(change);
            } else {
                until = until.min(change.saturating_sub(1));
            }
        }
    }
    from..=until
}
