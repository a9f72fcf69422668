//! A batcher for services: seals go in one by one, from any thread; proofs come out.
//!
//! One thread of its own collects what is submitted until there are [as many](BatcherSettings::new) as one timestamp is
//! to serve, or the first one has waited long enough; makes the trip to the TSA; and hands each proof to the sink,
//! while the next batch fills. It takes no async runtime and starts none.
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
//! # What becomes of a seal
//!
//! Whatever `submit` took reaches the sink exactly once, with its tag: as a proof, or, when no TSA gave a timestamp for
//! its batch, as it was, with the reason that the whole batch shares. Whatever it did not take comes back at once. What
//! may be repeated how often is for the [`TsaPool`] to say, which asks several TSAs and waits in between; after that
//! the seals are the caller's again, to be submitted later or elsewhere. The seals live in memory: a service stores
//! each one before it submits it, and after a crash submits those that have no proof.
//!
//! When the sink panics, the batcher stops: nothing is accepted any more, and [`Batcher::shutdown`] gives back
//! everything that the sink did not get, with what it panicked with. The one item that the sink had in hand is the
//! sink's.

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

/// How a [`Batcher`] makes batches.
pub struct BatcherSettings {
    count: NonZeroUsize,
    age: Duration,
    queue: usize,
    revocation: Option<Revocation>,
}

type Revocation = Box<dyn FnMut(&TimeStampToken) -> RevocationData + Send>;

impl BatcherSettings {
    /// A batch is stamped when it has `count` seals, or its first one was submitted `age` ago. Three times as many may
    /// wait.
    pub fn new(count: NonZeroUsize, age: Duration) -> Self {
        Self { count, age, queue: count.get().saturating_mul(3), revocation: None }
    }

    /// So many seals may wait, beside those of the batch that is being stamped; at least one batch.
    #[must_use]
    pub fn with_queue(mut self, most: usize) -> Self {
        self.queue = most.max(self.count.get());
        self
    }

    /// With CRLs and OCSP responses about the TSA's chain in each record
    /// ([`StampedBatch::with_revocation`](super::StampedBatch::with_revocation)): this is called once for each batch,
    /// with its token. What it does takes from the time of the batches.
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

/// What the sink gets of a seal: the proof, or the seal again.
pub type Outcome<A> = Result<A, NotStamped<A>>;

/// The seal has no timestamp. It is as it was, and may be submitted again.
#[derive(thiserror::Error)]
#[error("the seal was not timestamped")]
pub struct NotStamped<A> {
    /// The seal.
    pub unstamped: Unstamped<A>,
    /// Why, the same for the whole batch.
    #[source]
    pub why: Arc<WhyNotStamped>,
}

/// Why a batch was not timestamped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotStamped {
    /// There is no timestamp; the error tells what each TSA answered.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The batch does not hold it. It is not known that this can happen.
    #[error("no batch")]
    NoBatch,
    /// The transport to a TSA, or what gives the revocation data, panicked.
    #[error("a panic on the way to the TSA")]
    Panicked,
    /// The batcher stopped before it was tried.
    #[error("the batcher stopped")]
    Stopped,
}

/// The seal was not taken. It is given back with its tag.
#[derive(thiserror::Error)]
#[error("the seal was not taken: {why}")]
pub struct NotAccepted<A, T> {
    /// The seal.
    pub unstamped: Unstamped<A>,
    /// What was submitted with it.
    pub tag: T,
    /// Why.
    pub why: WhyNotAccepted,
}

/// Why a seal was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotAccepted {
    /// As many as may wait do so.
    #[error("the queue is full")]
    Full,
    /// The batcher was closed, or its sink panicked.
    #[error("the batcher is closed")]
    Closed,
    /// No batch takes it.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// The sink panicked, and the batcher stopped there.
#[derive(thiserror::Error)]
#[error("the sink panicked; {} outcomes were not delivered", undelivered.len())]
pub struct SinkPanicked<A, T> {
    /// What it panicked with.
    pub panic: Box<dyn Any + Send>,
    /// What it did not get: the rest of its batch, with proofs, and whatever waited.
    pub undelivered: Vec<(T, Outcome<A>)>,
}

/// Collects seals and timestamps them a batch at a time: see the [module](self). It is shared by reference or `Arc`.
pub struct Batcher<A: Artifact, T> {
    queue: Arc<Queue<Accepted<A, T>>>,
    worker: Option<JoinHandle<Result<(), Stopped<A, T>>>>,
}

impl<A: Artifact + Send + 'static, T: Send + 'static> Batcher<A, T> {
    /// Starts the thread. The sink is called on it, one outcome after the other, in the order of submission; a slow one
    /// fills the queue.
    ///
    /// A sink that submits again what comes back must not keep the batcher alive, which waits for it: it takes a
    /// [`Weak`](std::sync::Weak).
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        tsas: TsaPool,
        settings: BatcherSettings,
        sink: impl FnMut(T, Outcome<A>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(settings.queue));
        let worker = Worker { queue: Arc::clone(&queue), tsas, settings, sink };
        let worker = thread::Builder::new().name("recommande-batcher".to_owned()).spawn(move || worker.run())?;
        Ok(Self { queue, worker: Some(worker) })
    }
}

impl<A: Artifact, T> Batcher<A, T> {
    /// Submits a seal; what it is to the caller comes along as `tag`. Waits while the queue is full, which is how a
    /// slow TSA slows down whoever seals; but not when called by the sink, on whose return everything waits.
    ///
    /// # Errors
    /// The seal, when it is not taken: `Closed`, `Batch`; `Full` for the sink.
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
        // Hashed here: whoever submits has more threads than there are workers.
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

    /// How many seals wait, those of the batch that is being stamped not counted.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Takes no more seals; those who wait for room get theirs back. What was taken is stamped at once, whatever its
    /// number and age. Returns without waiting for it.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Closes, and waits until the sink has got everything that was taken. Called by the sink, it does not wait.
    ///
    /// # Errors
    /// When the sink panicked, now or before: what it did not get.
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

/// As [`shutdown`](Batcher::shutdown): waits until the sink has got everything. Nobody is there to take what a sink
/// that panicked did not get; so that it is not lost silently, the panic goes on in the thread that drops the batcher.
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
