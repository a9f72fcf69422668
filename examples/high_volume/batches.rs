//! What a run does with letters in batches, of one kind or the other.

use crate::arguments::Error;
use crate::tally::{Tally, Waiting};

/// Letters in batches, of one kind or the other.
pub trait Batches {
    /// A batch whose seals are stored.
    type Sealed;

    fn tally(&mut self) -> &mut Tally;

    /// Gets the timestamp, and makes and verifies the proofs. It gives back a batch that has no timestamp, and waits.
    fn finish(&mut self, sealed: Self::Sealed) -> Result<Option<Self::Sealed>, Error>;

    /// Accounts for the letters of a batch that waits.
    fn account_for(&mut self, sealed: &Self::Sealed) -> Result<Waiting, Error>;
}
