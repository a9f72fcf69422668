//! When a batcher makes a batch, and what goes into its token.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use rfc3161_client::TimeStampToken;

use crate::pki::revocation::RevocationData;

/// The settings by which a [`Batcher`](super::Batcher) makes batches.
pub struct BatcherSettings {
    pub(super) count: NonZeroUsize,
    pub(super) age: Duration,
    pub(super) queue: usize,
    pub(super) revocation: Option<Revocation>,
}

pub(super) type Revocation = Box<dyn FnMut(&TimeStampToken) -> RevocationData + Send>;

impl BatcherSettings {
    /// Makes settings by which a batch is stamped when it has `count` seals or statements, or when the first one was submitted `age`
    /// ago. Three times `count` may wait.
    pub fn new(count: NonZeroUsize, age: Duration) -> Self {
        Self { count, age, queue: count.get().saturating_mul(3), revocation: None }
    }

    /// Sets how many seals or statements may wait beside those of the batch that is being stamped. It is at least one batch.
    #[must_use]
    pub fn with_queue(mut self, most: usize) -> Self {
        self.queue = most.max(self.count.get());
        self
    }

    /// Puts CRLs and OCSP responses about the TSA's chain into the token of each batch
    /// ([`StampedBatch::with_revocation`](crate::seal::StampedBatch::with_revocation), and
    /// [`StampedAggregate::with_revocation`](crate::seal::StampedAggregate::with_revocation)). The function is called once for each
    /// batch, with its token, and the next batch waits for it.
    #[must_use]
    pub fn with_revocation(mut self, data: impl FnMut(&TimeStampToken) -> RevocationData + Send + 'static) -> Self {
        self.revocation = Some(Box::new(data));
        self
    }
}

impl fmt::Debug for BatcherSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatcherSettings")
            .field("count", &self.count)
            .field("age", &self.age)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
