//! The notes of checkpoints: each is verified once, however many files hold it.

use std::collections::BTreeMap;

use recommande_tlog::checkpoint::{Origin, SignedCheckpoint};
use recommande_tlog::policy::{CheckpointVerifyError, Witnessed};
use recommande_tlog::proof::TlogProof;

use crate::finding::{Code, Details};
use crate::verify::doors::fault::Fault;
use crate::verify::given_log_proof::GivenLogProof;
use crate::verify::known_log::KnownLog;
use crate::verify::settings::Settings;

/// What was found out about notes, by their octets.
#[derive(Default)]
pub(super) struct VerifiedNotes(BTreeMap<String, Result<Vec<Witnessed>, CheckpointVerifyError>>);

impl VerifiedNotes {
    /// Verifies a checkpoint of a known log, or says again what came of it.
    pub(super) fn verify(
        &mut self,
        known: &KnownLog,
        signed: &SignedCheckpoint,
    ) -> Result<Vec<Witnessed>, CheckpointVerifyError> {
        let verify = || known.policy().verify_checkpoint(signed).map(|verified| verified.witnessed().to_vec());
        self.0.entry(signed.note().to_text()).or_insert_with(verify).clone()
    }
}

/// The roots of the trees of one log that have one size, each with the notes that state it.
type Roots<'a> = BTreeMap<[u8; 32], Vec<&'a SignedCheckpoint>>;

/// Two trees of one size that a log has signed: what one of its readers was shown, the others were not. It does not matter which
/// proofs they are about.
///
/// The signatures of the log are asked for alone, and one is enough: else the operator could hide a fork behind a line that is not
/// valid. They are verified only of trees that differ, once for each note, until two roots are known to be signed.
pub(super) fn forks(given: &[GivenLogProof], settings: &Settings) -> Vec<Fault> {
    let mut trees = BTreeMap::<(&Origin, u64), Roots<'_>>::new();
    for signed in given.iter().filter_map(|given| given.read().ok()).map(TlogProof::checkpoint) {
        let (origin, head) = (signed.checkpoint().origin(), signed.checkpoint().head());
        trees.entry((origin, head.size())).or_default().entry(*head.root().as_bytes()).or_default().push(signed);
    }
    let mut forks = Vec::new();
    for ((origin, size), roots) in trees {
        if roots.len() > 1 && roots.values().filter(|notes| is_any_signed(notes, settings)).take(2).count() > 1 {
            forks.push(Fault::new(Code::LogForked, Details::computed(format!("{size} entries of {origin}"))));
        }
    }
    forks
}

/// Whether the log has signed one of these notes.
fn is_any_signed(notes: &[&SignedCheckpoint], settings: &Settings) -> bool {
    let different: BTreeMap<String, &SignedCheckpoint> =
        notes.iter().map(|signed| (signed.note().to_text(), *signed)).collect();
    let is_signed = |signed: &SignedCheckpoint| {
        settings.policy.log_of(signed).is_some_and(|known| known.policy().is_signed_by_log(signed))
    };
    different.into_values().any(is_signed)
}
