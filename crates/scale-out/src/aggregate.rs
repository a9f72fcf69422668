//! Batches with one seal for all of their statements, as a store has them.

use recommande::seal::{Artifact as _, SealedAggregate, StampedAggregate};

use crate::store::Stored;

/// The words before a batch in a store.
const BATCH: &[u8] = b"recommande-scale-out-batch/1\n";

/// A batch in one state or the other.
pub(crate) enum Aggregated {
    /// It waits for its timestamp.
    Sealed(Box<SealedAggregate>),
    /// It gives the proof of each of its statements.
    Stamped(Box<StampedAggregate>),
}

/// Writes a sealed batch: the seal and the leaves, from which a proof is made with nothing but its statement.
pub(crate) fn of_sealed(sealed: &SealedAggregate) -> Vec<u8> {
    written(sealed.seal().der(), sealed.leaves())
}

/// Writes a stamped batch.
pub(crate) fn of_stamped(stamped: &StampedAggregate) -> Vec<u8> {
    written(stamped.seal().der(), stamped.leaves())
}

/// The leaves are as long as the number of octets before them says, and the seal is the rest.
fn written(seal: &[u8], leaves: &[u8]) -> Vec<u8> {
    let length = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
    [BATCH, &length.to_be_bytes(), leaves, seal].concat()
}

/// Reads a batch. Its parts have to fit each other; nothing is verified.
pub(crate) fn read(stored: &Stored) -> Option<Aggregated> {
    match stored {
        Stored::Seal(octets) => {
            let (leaves, seal) = parts(octets)?;
            let sealed = SealedAggregate::from_parts(seal, None, leaves.to_vec());
            sealed.ok().map(|sealed| Aggregated::Sealed(Box::new(sealed)))
        }
        Stored::Proof(octets) => {
            let (leaves, seal) = parts(octets)?;
            let stamped = StampedAggregate::from_parts(seal, None, leaves.to_vec());
            stamped.ok().map(|stamped| Aggregated::Stamped(Box::new(stamped)))
        }
        Stored::Damaged => None,
    }
}

/// Returns the leaves and the seal of a batch.
fn parts(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.strip_prefix(BATCH)?.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)
}
