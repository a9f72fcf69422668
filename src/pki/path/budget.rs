//! This module bounds the work of all searches for one artifact.

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::crypto::{Fingerprint, KnownSignatures, PublicKey, SignatureError};
use crate::pki::limits;

/// The verdicts on signatures, by the digest of the signed object and of the key.
pub(super) type Verdicts = HashMap<(Fingerprint, Fingerprint), Verdict>;

/// The verdict on a signature. Hundreds are kept for each file, and few of them need the room of an error.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    Good,
    Invalid,
    Open(Box<SignatureError>),
}

impl Verdict {
    pub(super) fn of(result: &Result<(), SignatureError>) -> Self {
        match result {
            Ok(()) => Self::Good,
            Err(SignatureError::Invalid) => Self::Invalid,
            Err(error) => Self::Open(Box::new(error.clone())),
        }
    }

    fn result(&self) -> Result<(), SignatureError> {
        match self {
            Self::Good => Ok(()),
            Self::Invalid => Err(SignatureError::Invalid),
            Self::Open(error) => Err((**error).clone()),
        }
    }
}

/// The work that a search for a path spent, which each later use of the path has to spend as well: no verdict may depend
/// on what was searched before.
#[derive(Clone, Debug, Default)]
pub(crate) struct SearchWork {
    pub(super) steps: u32,
    pub(super) name_octets: usize,
    /// The verdicts, each once. A map would take twice the memory.
    pub(super) verdicts: Box<[((Fingerprint, Fingerprint), Verdict)]>,
    /// True if the search met a limit before it found the path. Another search then may find another one, or none.
    pub(super) met_limit: bool,
}

impl SearchWork {
    pub(crate) fn met_limit(&self) -> bool {
        self.met_limit
    }

    /// Returns the number of signatures that the search asked about.
    pub(crate) fn signatures(&self) -> usize {
        self.verdicts.len()
    }

    /// Returns the size of the verdicts in memory in octets.
    pub(crate) fn octets(&self) -> usize {
        let entry = size_of::<((Fingerprint, Fingerprint), Verdict)>();
        // An error can hold an identifier of any length.
        let names = self.verdicts.iter().map(|(_, verdict)| match verdict {
            Verdict::Good | Verdict::Invalid => 0,
            Verdict::Open(error) => error.to_string().len().saturating_add(size_of::<SignatureError>()),
        });
        names.sum::<usize>().saturating_add(self.verdicts.len().saturating_mul(entry))
    }
}

/// The number of signatures that may still be verified, and of octets of names that may still be compared. All work for
/// one artifact shares it, so that no artifact costs more than stated numbers.
#[derive(Debug)]
pub struct ValidationBudget {
    limit: u32,
    used: AtomicU32,
    /// The number of octets of names compared with constraints.
    names: AtomicUsize,
    /// The number of steps that searches took.
    steps: AtomicU32,
    /// The verdicts so far.
    verdicts: Mutex<Verdicts>,
    /// The signatures that verified in other artifacts. A hit saves time but is spent all the same, so that no verdict
    /// depends on earlier artifacts.
    signatures: Option<Arc<KnownSignatures>>,
}

impl ValidationBudget {
    /// Makes a budget of this many signature checks.
    pub fn new(limit: u32) -> Self {
        Self {
            limit,
            used: AtomicU32::new(0),
            names: AtomicUsize::new(0),
            steps: AtomicU32::new(0),
            verdicts: Mutex::default(),
            signatures: None,
        }
    }

    /// Makes the default budget for one of many artifacts that share signatures.
    pub(crate) fn sharing(signatures: Arc<KnownSignatures>) -> Self {
        Self { signatures: Some(signatures), ..Self::default() }
    }

    pub(in crate::pki) fn signatures(&self) -> Option<&KnownSignatures> {
        self.signatures.as_deref()
    }

    /// Returns the number of signature checks spent.
    pub fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
    }

    /// Spends one check, or returns `None` if the budget is used up.
    pub fn spend(&self) -> Option<()> {
        let more = |used: u32| (used < self.limit).then(|| used.saturating_add(1));
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(drop)
    }

    /// Spends the comparison of a name with a name constraint, or returns `None` if the budget is used up.
    pub(super) fn spend_on_names(&self, octets: usize) -> Option<()> {
        let earlier = self.names.fetch_add(octets, Ordering::Relaxed);
        (earlier.saturating_add(octets) <= limits::MAX_COMPARED_NAME_OCTETS).then_some(())
    }

    /// Returns the number of steps spent by the searches for paths and for the signers of revocation data.
    pub fn steps(&self) -> u32 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Spends steps of a search, or returns `None` if the budget is used up.
    pub(in crate::pki) fn spend_steps(&self, steps: u32) -> Option<()> {
        let more = |spent: u32| spent.checked_add(steps).filter(|spent| *spent <= limits::MAX_STEPS);
        self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(drop)
    }

    /// Returns the steps and the octets of names spent so far.
    pub(super) fn spent(&self) -> (u32, usize) {
        (self.steps(), self.names.load(Ordering::Relaxed))
    }

    /// Spends the work of a search whose path is remembered, as if it were searched again. Returns `None` and spends
    /// nothing if the search itself would meet a limit of the budget.
    pub(crate) fn spend_again(&self, work: &SearchWork) -> Option<()> {
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let unseen = work.verdicts.iter().filter(|(about, _)| !verdicts.contains_key(about)).count();
        let (steps, names) = self.spent();
        let fits = u32::try_from(unseen).is_ok_and(|unseen| self.used().saturating_add(unseen) <= self.limit)
            && steps.saturating_add(work.steps) <= limits::MAX_STEPS
            && names.saturating_add(work.name_octets) <= limits::MAX_COMPARED_NAME_OCTETS;
        if !fits {
            return None;
        }
        (0..unseen).try_for_each(|_| self.spend())?;
        self.spend_steps(work.steps)?;
        self.spend_on_names(work.name_octets)?;
        verdicts.extend(work.verdicts.iter().map(|(about, verdict)| (*about, verdict.clone())));
        Some(())
    }

    /// Returns the verdict on one signature with one key, which is verified once even if several questions lead to it.
    /// `signed` is the digest of the whole signed object, signature included. Returns `None` if the budget is used up.
    pub(in crate::pki) fn verdict(
        &self,
        signed: Fingerprint,
        key: &PublicKey,
        verify: impl FnOnce() -> Result<(), SignatureError>,
    ) -> Option<Result<(), SignatureError>> {
        let verdicts = || self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        // The key belongs to the entry, because one structure may be verified with the keys of several namesakes.
        let about = (signed, Fingerprint::from(key.fingerprint()));
        if let Some(verdict) = verdicts().get(&about) {
            return Some(verdict.result());
        }
        self.spend()?;
        let verdict = verify();
        verdicts().insert(about, Verdict::of(&verdict));
        Some(verdict)
    }
}

impl Default for ValidationBudget {
    fn default() -> Self {
        Self::new(limits::MAX_SIGNATURE_CHECKS)
    }
}
