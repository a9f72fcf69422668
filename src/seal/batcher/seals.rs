//! Seals that share a timestamp.

use std::sync::Arc;

use super::reasons::{WhyNotAccepted, WhyNotStamped};
use super::work::{Accepted, Batchable, NotStamped, StampingResult, Submitted, Trip};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::seal::batch::{BatchError, BatchLeaves, NotInBatch, StampedBatch, WhyNotInBatch, leaf};
use crate::seal::{Artifact, Unstamped};

/// What came of a batch of seals.
pub struct MadeOfSeals(Result<StampedBatch, Arc<WhyNotStamped>>);

impl Default for MadeOfSeals {
    fn default() -> Self {
        Self(Err(Arc::new(WhyNotStamped::Panicked)))
    }
}

impl<A: Artifact> Batchable for A {
    type Submitted = Unstamped<A>;
    type Proof = A;
    const NAME: &'static str = "seal";
    type Leaf = Digest;
    type Gate = ();
    type Maker = ();
    type Made = MadeOfSeals;

    fn admit((): &(), unstamped: &Unstamped<A>) -> Result<Digest, WhyNotAccepted> {
        Ok(leaf(unstamped, DigestAlgorithm::Sha256).map_err(BatchError::from)?)
    }

    fn make<T>((): &mut (), batch: &[Accepted<A, T>], trip: Trip<'_>, made: &mut MadeOfSeals) {
        made.0 = stamp(batch, trip).map_err(Arc::new);
    }

    fn proof(MadeOfSeals(stamped): &MadeOfSeals, unstamped: Unstamped<A>, leaf: &Digest) -> StampingResult<A> {
        match stamped {
            Ok(stamped) => stamped.proof_of(leaf, unstamped).map_err(|NotInBatch { unstamped, why }| {
                let why = match why {
                    WhyNotInBatch::OtherOctets => WhyNotStamped::NoBatch,
                    WhyNotInBatch::Timestamp(error) => WhyNotStamped::Timestamp(*error),
                };
                NotStamped { unstamped, why: Arc::new(why), batch: None }
            }),
            Err(why) => Err(NotStamped { unstamped, why: Arc::clone(why), batch: None }),
        }
    }
}

impl<A: Artifact> Submitted for Unstamped<A> {
    type Of = A;
}

fn stamp<A: Artifact, T>(batch: &[Accepted<A, T>], trip: Trip<'_>) -> Result<StampedBatch, WhyNotStamped> {
    let mut leaves = BatchLeaves::new();
    batch.iter().for_each(|accepted| leaves.add_leaf(&accepted.leaf, &accepted.unstamped));
    let stamped = leaves.close().map_err(|_| WhyNotStamped::NoBatch)?.stamp_with(trip.tsas)?;
    match trip.revocation_about(stamped.token()) {
        Some(data) => Ok(stamped.with_revocation(&data)?),
        None => Ok(stamped),
    }
}
