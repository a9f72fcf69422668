//! What a producer asks once a day: which items of its outbox never came to the store.

use std::collections::{BTreeMap, BTreeSet};

use recommande::evidence::{AnyStatement, Draft as _};

use crate::batch::Entry;
use crate::engine_error::EngineError;
use crate::item::Item;
use crate::key::Key;
use crate::seal_digest::SealDigest;
use crate::seals::{self, Held, NotHeld};
use crate::store::{Store, Stored};

/// So many items are looked up at a time, each with its proof.
const AT_ONCE: usize = 1000;

/// What a store has of an item that its producer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It has its proof. The item may leave the outbox.
    Proven,
    /// It was rejected, and the store has it with its reason and has no proof. It may leave the outbox, and somebody has to look.
    Rejected,
    /// It has a seal that waits for its timestamp. That of an hour ago is a reason to look at the workers and at the TSAs.
    Sealed,
    /// The store knows nothing of it, or has another statement under its identifier. Publish it again: where the queue still has it, that
    /// does no harm.
    Missing,
    /// What the store has cannot be read. Somebody has to look, and the item stays in the outbox.
    Damaged,
}

/// Compares the items of an outbox with a store, and returns how each one stands, in their order.
///
/// A queue that lost items tells nobody. So keep each item in the outbox until it is [`Standing::Proven`] or [`Standing::Rejected`], ask
/// once a day, and publish again what is [`Standing::Missing`] and older than a batch takes.
///
/// # Errors
/// [`EngineError`] of the store.
pub fn reconcile(store: &mut impl Store, outbox: &[Item]) -> Result<Vec<Standing>, EngineError> {
    let mut standings = Vec::with_capacity(outbox.len());
    for items in outbox.chunks(AT_ONCE) {
        let digests: Vec<SealDigest> = items.iter().map(|item| SealDigest::of(item.octets())).collect();
        let rejected = store.rejected(&digests)?;
        let keys: BTreeSet<Key> = items.iter().map(|item| Key::Item(item.evidence_identifier())).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let stored: BTreeMap<Key, Option<Stored>> = keys.iter().copied().zip(store.get(&keys)?).collect();
        for (item, is_rejected) in items.iter().zip(rejected) {
            let stored = stored.get(&Key::Item(item.evidence_identifier())).and_then(Option::as_ref);
            let standing = standing(item, stored);
            // One that was rejected and then put into the queue once more has its proof. What cannot be read may be one, too.
            let is_rejected = is_rejected && matches!(standing, Standing::Missing | Standing::Sealed);
            standings.push(if is_rejected { Standing::Rejected } else { standing });
        }
    }
    Ok(standings)
}

fn standing(item: &Item, stored: Option<&Stored>) -> Standing {
    let Some(stored) = stored else { return Standing::Missing };
    // An item was read when it was made.
    let Ok((statement, issuer)) = AnyStatement::from_json(item.octets()) else { return Standing::Missing };
    match seals::held(stored, &Entry::alone(statement, item.octets()), &issuer) {
        Ok(Held::Proof) => Standing::Proven,
        Ok(Held::Single(_) | Held::InBatch(_)) => Standing::Sealed,
        Err(NotHeld::OfAnother) => Standing::Missing,
        Err(NotHeld::Damaged) => Standing::Damaged,
    }
}
