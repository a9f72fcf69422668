//! A batcher for services takes seals or statements one by one, from any thread, and gives proofs.
//!
//! Seals share a timestamp ([`Batcher::start`]). Statements share a seal too ([`Batcher::start_aggregating`]), so that a batch
//! costs one signature and one timestamp.
//!
//! The batcher's one thread collects them until there are [as many](BatcherSettings::new) as one timestamp is to serve, or until
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
//! # The way of a statement
//!
//! A statement goes the same way. The batcher seals its batch once before it asks for the timestamp, with what an
//! [`Aggregation`] holds: the sealer, the time, and the numbers of batches. A service stores each statement before it submits
//! it, and the seal of each batch when it was made ([`Aggregation::with_store`]).
//!
//! ```
//! # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! # use recommande::rfc3161_client::TsaPool;
//! # use recommande::testing::{TestPki, TestTsa};
//! # use std::num::NonZeroUsize;
//! # use std::time::Duration;
//! use chrono::Utc;
//! use recommande::seal::{Aggregation, Batcher, BatcherSettings};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?.with_organization("Example Registered Mail", "NTRBE-0406798006")?;
//! # let service: EnterpriseNumber = "0406798006".parse()?;
//! # let issuer = Issuer::of("Example Registered Mail", &service, Environment::Test)?;
//! # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
//! # let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! # let digests = PayloadDigests::of_bytes(b"the letter");
//! # let sending = Sending::new(MessageId::new("1")?, sender, Party::new("85073003328".parse::<Niss>()?), part, digests, now)?;
//! # let settings = BatcherSettings::new(NonZeroUsize::new(10_000).ok_or("zero")?, Duration::from_secs(1));
//! # let (store, stored) = std::sync::mpsc::channel();
//! # let last_number = 16;
//!
//! let mut numbers = last_number + 1..;
//! let next = move || numbers.next().ok_or_else(|| std::io::Error::other("no number is left"));
//! let aggregation = Aggregation::new(sealer.clone(), Utc::now, next);
//! let batcher = Batcher::start_aggregating(aggregation, tsas, settings, move |item: u64, outcome| match outcome {
//!     Ok(proof) => drop(store.send((item, proof))),
//!     Err(not_stamped) => {
//!         eprintln!("item {item}: {not_stamped}: {}", not_stamped.why);
//!         drop(not_stamped.batch); // the sealed batch, if it was sealed: stored, to be stamped later
//!     }
//! })?;
//! batcher.submit(sealer.aggregate_item(sending, Utc::now())?, 4711)?;
//! batcher.shutdown()?;
//! # assert_eq!(stored.recv()?.0, 4711);
//! # Ok(())
//! # }
//! ```
//!
//! A statement whose event is too long ago for the seal comes back alone ([`WhyNotStamped::Seal`]). Where a batch was sealed
//! and not stamped, each of its statements comes back with it ([`NotStamped::batch`]): stamp it, and it gives their proofs
//! without a second signature.
//!
//! # When the sink panics
//!
//! When the sink panics, the batcher stops. It accepts no more seals, and [`Batcher::shutdown`] gives back the panic
//! and everything that the sink did not get. Only the item that the sink was handling is not given back.

mod queue;
mod reasons;
mod seals;
mod settings;
mod statements;
mod work;
mod worker;

use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rfc3161_client::TsaPool;

use self::queue::{Queue, Refusal, WhenFull};
use self::work::Accepted;
use self::worker::Worker;
use super::{AggregateItem, Artifact, Proof};
use crate::evidence::Statement;

pub use self::queue::Backlog;
pub use self::reasons::{WhyNotAccepted, WhyNotStamped};
pub use self::settings::BatcherSettings;
pub use self::statements::Aggregation;
pub use self::work::{Batchable, NotAccepted, NotStamped, SinkPanicked, StampingResult, Submitted};

/// Collects seals or statements, and makes their proofs a batch at a time, as the [module](self) describes. Threads share it by reference
/// or `Arc`.
pub struct Batcher<A: Batchable, T> {
    queue: Arc<Queue<Accepted<A, T>>>,
    gate: A::Gate,
    worker: Option<JoinHandle<Result<(), SinkPanicked<A, T>>>>,
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
        sink: impl FnMut(T, Result<A, NotStamped<A>>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(settings.queue));
        let worker = Worker { queue: Arc::clone(&queue), maker: (), tsas, settings, sink };
        Ok(Self { queue, gate: (), worker: Some(spawn(move || worker.run())?) })
    }
}

impl<S: Statement, T: Send + 'static> Batcher<AggregateItem<S>, T> {
    /// Starts the thread of a batcher that takes statements and seals each batch once. All else is as
    /// [`start`](Batcher::start) says.
    ///
    /// # Errors
    /// The error of the system when it gives no thread.
    pub fn start_aggregating(
        aggregation: Aggregation,
        tsas: TsaPool,
        settings: BatcherSettings,
        sink: impl FnMut(T, Result<Proof<S>, NotStamped<AggregateItem<S>>>) + Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(settings.queue));
        let gate = aggregation.gate();
        let worker = Worker { queue: Arc::clone(&queue), maker: aggregation, tsas, settings, sink };
        Ok(Self { queue, gate, worker: Some(spawn(move || worker.run())?) })
    }
}

/// Starts the thread of a batcher.
fn spawn<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> io::Result<JoinHandle<R>> {
    thread::Builder::new().name("recommande-batcher".to_owned()).spawn(run)
}

impl<A: Batchable, T> Batcher<A, T> {
    /// Submits a seal or a statement, with a `tag` by which the caller recognises it. The call waits while the queue is
    /// full, so that a slow TSA slows sealing down. It does not wait when the sink calls it, since everything waits for
    /// the sink.
    ///
    /// # Errors
    /// What was submitted, when it is not taken: `Closed`, `Batch`, `OtherIssuer`, `NoSecondSeal`, and `Full` for the sink.
    pub fn submit<I: Submitted<Of = A>>(&self, unstamped: I, tag: T) -> Result<(), NotAccepted<A, T>>
    where
        A: Batchable<Submitted = I>,
    {
        let when_full = if self.is_worker() { WhenFull::Refuse } else { WhenFull::Wait };
        self.push(unstamped, tag, when_full)
    }

    /// Submits a seal or a statement unless the queue is full.
    ///
    /// # Errors
    /// What was submitted, when it is not taken: `Full`, `Closed`, `Batch`, `OtherIssuer`, `NoSecondSeal`.
    pub fn try_submit<I: Submitted<Of = A>>(&self, unstamped: I, tag: T) -> Result<(), NotAccepted<A, T>>
    where
        A: Batchable<Submitted = I>,
    {
        self.push(unstamped, tag, WhenFull::Refuse)
    }

    fn push(&self, unstamped: A::Submitted, tag: T, when_full: WhenFull) -> Result<(), NotAccepted<A, T>> {
        // The seal is hashed by the caller, who may have many threads, and not by the one worker.
        let leaf = match A::admit(&self.gate, &unstamped) {
            Ok(leaf) => leaf,
            Err(why) => return Err(NotAccepted { unstamped, tag, why }),
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

    /// Returns the number of seals or statements that wait, without those of the batch that is being stamped.
    pub fn waiting(&self) -> usize {
        self.backlog().waiting
    }

    /// Returns how much waits, and for how long.
    pub fn backlog(&self) -> Backlog {
        self.queue.backlog()
    }

    /// Takes no more seals, and gives back those of callers that wait for room. What was taken is stamped
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
        self.finish()
    }

    fn finish(&mut self) -> Result<(), SinkPanicked<A, T>> {
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
impl<A: Batchable, T> Drop for Batcher<A, T> {
    fn drop(&mut self) {
        if let Err(SinkPanicked { panic, .. }) = self.finish()
            && !thread::panicking()
        {
            resume_unwind(panic);
        }
    }
}

impl<A: Batchable, T> fmt::Debug for Batcher<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}
