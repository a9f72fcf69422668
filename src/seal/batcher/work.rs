//! What a batcher works on, what it does of it, and what comes out.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use rfc3161_client::{TimeStampToken, TsaPool};

use super::reasons::{WhyNotAccepted, WhyNotStamped};
use super::settings::Revocation;
use crate::pki::revocation::RevocationData;
use crate::seal::SealedAggregate;
use crate::seal::unstamped::sealed;

/// What a [`Batcher`](super::Batcher) makes proofs of: an [`Artifact`](crate::seal::Artifact), whose seals share a timestamp, or
/// an [`AggregateItem`](crate::seal::AggregateItem), which shares its seal too. The trait is sealed.
pub trait Batchable: Sized + sealed::Sealed {
    /// What is submitted, and given back where there is no proof.
    type Submitted;
    /// What comes out.
    type Proof;

    /// What is submitted, in one word for errors.
    #[doc(hidden)]
    const NAME: &'static str;
    /// What is worked out in the thread that submits.
    #[doc(hidden)]
    type Leaf;
    /// What is asked when something is submitted.
    #[doc(hidden)]
    type Gate;
    /// What makes batches, in the thread of the batcher.
    #[doc(hidden)]
    type Maker;
    /// What came of a batch so far: no proofs, until they can be made.
    #[doc(hidden)]
    type Made: Default;

    /// Looks at what is submitted, in the thread that submits.
    #[doc(hidden)]
    fn admit(gate: &Self::Gate, submitted: &Self::Submitted) -> Result<Self::Leaf, WhyNotAccepted>;

    /// Makes a batch, and notes in `made` how far it came. It may panic where code of others does.
    #[doc(hidden)]
    fn make<T>(maker: &mut Self::Maker, batch: &[Accepted<Self, T>], trip: Trip<'_>, made: &mut Self::Made);

    /// Makes the proof, or gives back what was submitted.
    #[doc(hidden)]
    fn proof(made: &Self::Made, submitted: Self::Submitted, leaf: &Self::Leaf) -> StampingResult<Self>;
}

/// What is submitted to a [`Batcher`](super::Batcher), which tells the kind of the batcher: an
/// [`Unstamped`](crate::seal::Unstamped), or an [`AggregateItem`](crate::seal::AggregateItem).
pub trait Submitted: Sized {
    /// What proofs are made of.
    type Of: Batchable<Submitted = Self>;
}

/// What was accepted, with its leaf and its tag.
pub struct Accepted<A: Batchable, T> {
    pub(super) unstamped: A::Submitted,
    pub(super) leaf: A::Leaf,
    pub(super) tag: T,
}

/// What a batch needs for its timestamp.
pub struct Trip<'a> {
    pub(super) tsas: &'a TsaPool,
    pub(super) revocation: Option<&'a mut Revocation>,
}

impl Trip<'_> {
    /// Returns what is to go into this token.
    pub(super) fn revocation_about(self, token: &TimeStampToken) -> Option<RevocationData> {
        self.revocation.map(|revocation| revocation(token))
    }
}

/// The outcome that the sink gets: the proof, or the seal or statement again.
pub type StampingResult<A> = Result<<A as Batchable>::Proof, NotStamped<A>>;

/// The seal or statement has no timestamp. It is unchanged, and may be submitted again.
#[derive(thiserror::Error)]
#[error("the {} was not timestamped", A::NAME)]
pub struct NotStamped<A: Batchable> {
    /// The seal, or the statement.
    pub unstamped: A::Submitted,
    /// The reason. The whole batch shares it, unless it is about the time of this seal or statement.
    #[source]
    pub why: Arc<WhyNotStamped>,
    /// The batch of the statement with its seal, where it was sealed. All statements of the batch share it. It can be stamped
    /// later, and gives their proofs then.
    pub batch: Option<Arc<SealedAggregate>>,
}

/// The seal or statement was not taken, and is given back with its tag.
#[derive(thiserror::Error)]
#[error("the {} was not taken: {why}", A::NAME)]
pub struct NotAccepted<A: Batchable, T> {
    /// The seal, or the statement.
    pub unstamped: A::Submitted,
    /// The tag that was submitted with it.
    pub tag: T,
    /// The reason.
    pub why: WhyNotAccepted,
}

/// The sink panicked, and the batcher stopped there.
#[derive(thiserror::Error)]
#[error("the sink panicked; {} outcomes were not delivered", undelivered.len())]
pub struct SinkPanicked<A: Batchable, T> {
    /// The payload of the panic.
    pub panic: Box<dyn Any + Send>,
    /// The outcomes that the sink did not get: the rest of its batch, with proofs, and everything that waited.
    pub undelivered: Vec<(T, StampingResult<A>)>,
}

impl<A: Batchable> fmt::Debug for NotStamped<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotStamped").field("why", &self.why).finish_non_exhaustive()
    }
}

impl<A: Batchable, T> fmt::Debug for NotAccepted<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotAccepted").field("why", &self.why).finish_non_exhaustive()
    }
}

impl<A: Batchable, T> fmt::Debug for SinkPanicked<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkPanicked").field("undelivered", &self.undelivered.len()).finish_non_exhaustive()
    }
}
