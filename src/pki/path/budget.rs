//! How much work all searches for one artifact may cost together.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::crypto::{Digest, KnownSignatures, PublicKey, SignatureError};
use crate::pki::limits;

/// How many signatures may still be verified: shared by all that one artifact makes us do, so that no artifact costs
/// more than a stated number.
#[derive(Debug)]
pub struct SignatureBudget {
    limit: u32,
    used: AtomicU32,
    /// Octets of names that were compared with constraints.
    names: AtomicUsize,
    /// What was verified: digest of what is signed and of the key.
    known: Mutex<HashMap<(Digest, Digest), Result<(), SignatureError>>>,
    /// What other artifacts have shown to be good. It saves time and is spent all the same: no verdict depends on what
    /// was verified before.
    signatures: Option<Arc<KnownSignatures>>,
}

impl SignatureBudget {
    /// A budget of this many checks.
    pub fn new(limit: u32) -> Self {
        Self { limit, used: AtomicU32::new(0), names: AtomicUsize::new(0), known: Mutex::default(), signatures: None }
    }

    /// The usual budget, for one of many artifacts that share signatures.
    pub(crate) fn sharing(signatures: Arc<KnownSignatures>) -> Self {
        Self { signatures: Some(signatures), ..Self::default() }
    }

    pub(in crate::pki) fn signatures(&self) -> Option<&KnownSignatures> {
        self.signatures.as_deref()
    }

    /// How many were made.
    pub fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes one check out of the budget; `None` when there is none left.
    pub fn spend(&self) -> Option<()> {
        let more = |used: u32| (used < self.limit).then(|| used.saturating_add(1));
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(drop)
    }

    /// Takes the comparison of a name with a name constraint out of the budget; `None` when it is used up.
    pub(super) fn spend_on_names(&self, octets: usize) -> Option<()> {
        let earlier = self.names.fetch_add(octets, Ordering::Relaxed);
        (earlier.saturating_add(octets) <= limits::MAX_NAME_COMPARISONS).then_some(())
    }

    /// The verdict on one signature with one key: verified once, however many questions lead to
    /// it. `signed` is the digest of the whole that is signed, signature included. `None` when there is no check left.
    pub(in crate::pki) fn verdict(
        &self,
        signed: Digest,
        key: &PublicKey,
        verify: impl FnOnce() -> Result<(), SignatureError>,
    ) -> Option<Result<(), SignatureError>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let about = (signed, *key.fingerprint());
        if let Some(verdict) = known().get(&about) {
            return Some(verdict.clone());
        }
        self.spend()?;
        let verdict = verify();
        known().insert(about, verdict.clone());
        Some(verdict)
    }
}

impl Default for SignatureBudget {
    fn default() -> Self {
        Self::new(limits::MAX_SIGNATURE_CHECKS)
    }
}
