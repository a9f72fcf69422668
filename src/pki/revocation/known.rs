//! CRLs that were authenticated before.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::crl::Crl;
use super::limits;

/// The last octets of a CRL, which lie in its signature: different ones nearly always differ in them.
type Ending = [u8; 32];

/// CRLs that decided about a certificate, so that one that thousands of proofs carry is not read, hashed and verified
/// for each of them.
///
/// It says nothing about a CRL but what its octets say: those are compared, all of them. Only authenticated ones are
/// remembered, because anybody may put others into a file.
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
        remembered.by_ending.get(der.last_chunk::<32>()?).filter(|crl| crl.der() == der).cloned()
    }

    /// Forgets all others where the limits are met: that costs time and nothing else.
    pub(super) fn remember(&self, crl: &Crl) {
        let Some(ending) = crl.der().last_chunk::<32>() else { return };
        // Most are there already, and readers do not wait for one another.
        if self.find(crl.der()).is_some() || crl.der().len() > limits::MAX_REMEMBERED {
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
