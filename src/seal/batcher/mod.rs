//! A batcher for services takes seals one by one, from any thread, and gives proofs.
//!
//! Its one thread collects seals until there are [as many](BatcherSettings::new) as one timestamp is to serve, or until
//! the first one has waited long enough. It then requests the timestamp, and hands each proof to the sink while the
//! next batch fills. It needs no async runtime and starts none.
//!
//! ```
//! # use chrono::Utc;
//! # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! # use recommande::rfc3161_client::TsaPool;
//! # use recommande::testing::{TestPki, TestTsa};
//! use std::num::NonZeroUsize;
//! use std::time::Duration;
//!
//! use recommande::seal::{Batcher, BatcherSettings};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?;
//! # let service: EnterpriseNumber = "0406798006".parse()?;
//! # let issuer = Issuer::of("Example Registered Mail", &service, Environment::Test)?;
//! # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let sending = || -> Result<Sending, Box<dyn std::error::Error>> {
//! #     let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
//! #     let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! #     let digests = PayloadDigests::of_bytes(b"the letter");
//! #     Ok(Sending::new(MessageId::new("1")?, sender, Party::new("85073003328".parse::<Niss>()?), part, digests, now)?)
//! # };
//! # let (store, stored) = std::sync::mpsc::channel();
//!
//! let thousand = NonZeroUsize::new(1000).ok_or("zero")?;
//! let settings = BatcherSettings::new(thousand, Duration::from_secs(1));
//! let batcher = Batcher::start(tsas, settings, move |item: u64, outcome| match outcome {
//!     Ok(proof) => drop(store.send((item, proof))),
//!     Err(not_stamped) => {
//!         eprintln!("item {item}: {not_stamped}: {}", not_stamped.why); // what each TSA answered
//!         drop(not_stamped.unstamped); // the seal as it was: stored, to be submitted again
//!     }
//! })?;
//! batcher.submit(sealer.seal(&sending()?, now)?, 4711)?;
//! batcher.shutdown()?;
//! # assert_eq!(stored.recv()?.0, 4711);
//! # Ok(())
//! # }
//! ```
//!
//! # The way of a seal
//!
//! Each seal that `submit` took reaches the sink exactly once, with its tag. It comes as a proof, or unchanged with the
//! reason that its whole batch shares when no TSA gave a timestamp. A seal that `submit` did not take comes back at
//! once. The [`TsaPool`] decides about repetitions: it asks several TSAs and waits in between. After that the caller
//! owns the seals again, and may submit them later or elsewhere. The seals live in memory, so a service stores each one
//! before it submits it, and submits those without a proof again after a crash.
//!
//! When the sink panics, the batcher stops. It accepts no more seals, and [`Batcher::shutdown`] gives back the panic
//! and everything that the sink did not get. Only the item that the sink was handling is not given back.

mod queue;
mod worker;

use std::any::Any;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rfc3161_client::{TimeStampToken, TsaPool};

use self::queue::{Queue, Refusal, WhenFull};
use self::worker::{Accepted, Stopped, Worker};
use super::batch::{BatchError, leaf};
use super::{Artifact, TimestampError, Unstamped};
use crate::crypto::DigestAlgorithm;
use crate::pki::revocation::RevocationData;

/// The settings by which a [`Batcher`] makes batches.
pub struct BatcherSettings {
    count: NonZeroUsize,
    age: Duration,
    queue: usize,
    revocation: Option<Revocation>,
}

type Revocation = Box<dyn FnMut(&TimeStampToken) -> RevocationData + Send>;

impl BatcherSettings {
    /// Makes settings by which a batch is stamped when it has `count` seals, or when its first seal was submitted `age`
    /// ago. Three times `count` seals may wait.
    pub fn new(count: NonZeroUsize, age: Duration) -> Self {
        Self { count, age, queue: count.get().saturating_mul(3), revocation: None }
    }

    /// Sets how many seals may wait beside those of the batch that is being stamped. It is at least one batch.
    #[must_use]
    pub fn with_queue(mut self, most: usize) -> Self {
        self.queue = most.max(self.count.get());
        self
    }

    /// Puts CRLs and OCSP responses about the TSA's chain into the token of each batch
    /// ([`StampedBatch::with_revocation`](super::StampedBatch::with_revocation)). The function is called once for each
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

/// The outcome of a seal that the sink gets: the proof, or the seal again.
pub type StampingResult<A> = Result<A, NotStamped<A>>;

/// The seal has no timestamp. It is unchanged, and may be submitted again.
#[derive(thiserror::Error)]
#[error("the seal was not timestamped")]
pub struct NotStamped<A> {
    /// The seal.
    pub unstamped: Unstamped<A>,
    /// The reason. The whole batch shares it, unless it is about the time of this seal.
    #[source]
    pub why: Arc<WhyNotStamped>,
}

/// The reason why a batch was not timestamped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotStamped {
    /// No TSA gave a timestamp, or the one of the batch does not fit the time of this seal. The error holds the answer of
    /// each TSA.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The batch does not hold the seal. No way is known in which this can happen.
    #[error("no batch")]
    NoBatch,
    /// The token would be too large to be read with the revocation data that was to go into it.
    #[error("the token cannot hold the revocation data")]
    RevocationData(#[from] rfc3161_client::TokenError),
    /// The transport to a TSA panicked, or the function that gives the revocation data did.
    #[error("a panic on the way to the TSA")]
    Panicked,
    /// The batcher stopped before it requested the timestamp.
    #[error("the batcher stopped")]
    Stopped,
}

/// The seal was not taken, and is given back with its tag.
#[derive(thiserror::Error)]
#[error("the seal was not taken: {why}")]
pub struct NotAccepted<A, T> {
    /// The seal.
    pub unstamped: Unstamped<A>,
    /// The tag that was submitted with it.
    pub tag: T,
    /// The reason.
    pub why: WhyNotAccepted,
}

/// The reason why a seal was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotAccepted {
    /// The queue is full.
    #[error("the queue is full")]
    Full,
    /// The batcher was closed, or its sink panicked.
    #[error("the batcher is closed")]
    Closed,
    /// No batch takes the seal.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// The sink panicked, and the batcher stopped there.
#[derive(thiserror::Error)]
#[error("the sink panicked; {} outcomes were not delivered", undelivered.len())]
pub struct SinkPanicked<A, T> {
    /// The payload of the panic.
    pub panic: Box<dyn Any + Send>,
    /// The outcomes that the sink did not get: the rest of its batch, with proofs, and all seals that waited.
    pub undelivered: Vec<(T, StampingResult<A>)>,
}

/// Collects seals and timestamps them a batch at a time, as the [module](self) describes. Threads share it by reference
/// or `Arc`.
pub struct Batcher<A: Artifact, T> {
    queue: Arc<Queue<Accepted<A, T>>>,
    worker: Option<JoinHandle<Result<(), Stopped<A, T>>>>,
}

impl<A: Artifact + Send + 'static, T: Send + 'static> Batcher<A, T> {
    /// Starts the thread. It calls the sink with one outcome after the other, in the order of submission. A slow sink
    /// fills the queue.
    ///
    /// A sink that submits seals again must not keep the batcher alive, because the batcher waits for the sink. Such a
    /// sink holds a [`Weak`](std::sync::Weak).
    ///
    /// # Errors
    /// The error of the system when it gives no thread.
    pub fn start(
        tsas: TsaPool,
        settings: BatcherSettings,
        sink: impl FnMut(T, StampingResult<A>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(settings.queue));
        let worker = Worker { queue: Arc::clone(&queue), tsas, settings, sink };
        let worker = thread::Builder::new().name("recommande-batcher".to_owned()).spawn(move || worker.run())?;
        Ok(Self { queue, worker: Some(worker) })
    }
}

impl<A: Artifact, T> Batcher<A, T> {
    /// Submits a seal, with a `tag` by which the caller recognises it. The call waits while the queue is full, so that
    /// a slow TSA slows sealing down. It does not wait when the sink calls it, since everything waits for the sink.
    ///
    /// # Errors
    /// The seal, when it is not taken: `Closed`, `Batch`, and `Full` for the sink.
    pub fn submit(&self, unstamped: Unstamped<A>, tag: T) -> Result<(), NotAccepted<A, T>> {
        let when_full = if self.is_worker() { WhenFull::Refuse } else { WhenFull::Wait };
        self.push(unstamped, tag, when_full)
    }

    /// Submits a seal unless the queue is full.
    ///
    /// # Errors
    /// The seal, when it is not taken: `Full`, `Closed`, `Batch`.
    pub fn try_submit(&self, unstamped: Unstamped<A>, tag: T) -> Result<(), NotAccepted<A, T>> {
        self.push(unstamped, tag, WhenFull::Refuse)
    }

    fn push(&self, unstamped: Unstamped<A>, tag: T, when_full: WhenFull) -> Result<(), NotAccepted<A, T>> {
        // The seal is hashed by the caller, who may have many threads, and not by the one worker.
        let leaf = match leaf(&unstamped, DigestAlgorithm::Sha256) {
            Ok(leaf) => leaf,
            Err(error) => return Err(NotAccepted { unstamped, tag, why: error.into() }),
        };
        self.queue.push(Accepted { unstamped, leaf, tag }, when_full).map_err(|(refused, why)| NotAccepted {
            unstamped: refused.unstamped,
            tag: refused.tag,
            why: match why {
                Refusal::Full => WhyNotAccepted::Full,
                Refusal::Closed => WhyNotAccepted::Closed,
            },
        })
    }

    /// Returns the number of seals that wait, without those of the batch that is being stamped.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Takes no more seals, and gives back those of callers that wait for room. The seals that were taken are stamped
    /// at once, whatever their number and age. The call does not wait for that.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Closes the batcher, and waits until the sink has got everything that was taken. It does not wait when the sink
    /// calls it.
    ///
    /// # Errors
    /// The outcomes that the sink did not get, when it panicked now or before.
    pub fn shutdown(mut self) -> Result<(), SinkPanicked<A, T>> {
        self.finish().map_err(|Stopped { panic, undelivered }| SinkPanicked { panic, undelivered })
    }

    fn finish(&mut self) -> Result<(), Stopped<A, T>> {
        self.close();
        let is_worker = self.is_worker();
        match self.worker.take() {
            Some(worker) if !is_worker => worker.join().unwrap_or_else(|panic| resume_unwind(panic)),
            _ => Ok(()),
        }
    }

    fn is_worker(&self) -> bool {
        self.worker.as_ref().is_some_and(|worker| worker.thread().id() == thread::current().id())
    }
}

/// Waits until the sink has got everything, as [`shutdown`](Batcher::shutdown) does. There is no caller who could take
/// the outcomes that a panicked sink did not get. They must not be lost silently, so the panic goes on in this thread.
impl<A: Artifact, T> Drop for Batcher<A, T> {
    fn drop(&mut self) {
        if let Err(Stopped { panic, .. }) = self.finish()
            && !thread::panicking()
        {
            resume_unwind(panic);
        }
    }
}

impl<A: Artifact, T> fmt::Debug for Batcher<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for NotStamped<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotStamped").field("why", &self.why).finish_non_exhaustive()
    }
}

impl<A, T> fmt::Debug for NotAccepted<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotAccepted").field("why", &self.why).finish_non_exhaustive()
    }
}

impl<A, T> fmt::Debug for SinkPanicked<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkPanicked").field("undelivered", &self.undelivered.len()).finish_non_exhaustive()
    }
}
