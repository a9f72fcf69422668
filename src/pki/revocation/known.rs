//! This module caches CRLs that were authenticated before.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::crl::Crl;
use super::limits;

/// The last octets of a CRL, which lie in its signature and differ between nearly all CRLs.
type Ending = [u8; 32];

/// A cache of authenticated CRLs, so that a CRL in thousands of proofs is parsed, hashed and verified once.
///
/// A hit requires that all octets are equal, so the cache never changes what is read. Unauthenticated CRLs are not
/// cached, because anybody may put them into a file.
#[derive(Debug, Default)]
pub(crate) struct KnownCrls(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    by_ending: HashMap<Ending, Crl>,
    octets: usize,
}

impl KnownCrls {
    pub(super) fn find(&self, der: &[u8]) -> Option<Crl> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // The ending only finds a candidate. All octets are compared, because a forger can copy the ending of a genuine
        // CRL.
        remembered.by_ending.get(der.last_chunk::<32>()?).filter(|crl| crl.der() == der).cloned()
    }

    /// Adds a CRL. If a limit is met, the cache is cleared first, which costs only time.
    pub(super) fn remember(&self, crl: &Crl) {
        let Some(ending) = crl.der().last_chunk::<32>() else { return };
        // Most CRLs are cached already, and a read lock does not block other readers.
        let is_cached = || {
            let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
            remembered.by_ending.get(ending).is_some_and(|cached| cached.fingerprint() == crl.fingerprint())
        };
        if is_cached() || crl.der().len() > limits::MAX_REMEMBERED {
            return;
        }
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let octets = remembered.octets.saturating_add(crl.der().len());
        if octets > limits::MAX_REMEMBERED || remembered.by_ending.len() >= limits::MAX_CRLS {
            *remembered = Remembered::default();
        }
        let replaced = remembered.by_ending.insert(*ending, crl.clone());
        let freed = replaced.map_or(0, |replaced| replaced.der().len());
        remembered.octets = remembered.octets.saturating_add(crl.der().len()).saturating_sub(freed);
    }
}
