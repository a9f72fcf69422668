//! Statements that share a seal and a timestamp.

use std::fmt;
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::reasons::{WhyNotAccepted, WhyNotStamped};
use super::work::{Accepted, Batchable, NotStamped, StampingResult, Submitted, Trip};
use crate::evidence::{Issuer, Statement};
use crate::seal::delays::check_event;
use crate::seal::unstamped::sealed;
use crate::seal::{
    AggregateError, AggregateItem, AggregateLeaves, Proof, SealError, SealedAggregate, Sealer, StampedAggregate,
};

/// What a batcher needs to seal batches of statements: the sealer, the time, and the numbers of the batches.
///
/// All functions are called on the thread of the batcher, and the next batch waits for them. A batch whose function panics is
/// not stamped, and its statements come back ([`WhyNotStamped::Panicked`]).
pub struct Aggregation {
    sealer: Sealer,
    now: Box<dyn FnMut() -> DateTime<Utc> + Send>,
    numbers: Box<dyn FnMut() -> io::Result<u64> + Send>,
    store: Option<Store>,
}

type Store = Box<dyn FnMut(&SealedAggregate) -> io::Result<()> + Send>;

impl Aggregation {
    /// Seals each batch by this sealer, at the time that `now` gives.
    ///
    /// `numbers` is called once for each batch that is to be sealed. The service gives no number twice, not after a restart
    /// either, so they come from where it counts: a sequence of its database, or the last number that it stored and one more.
    /// A number whose batch is not sealed is left out. Where there is no number the statements come back
    /// ([`WhyNotStamped::Number`]).
    pub fn new(
        sealer: Sealer,
        now: impl FnMut() -> DateTime<Utc> + Send + 'static,
        numbers: impl FnMut() -> io::Result<u64> + Send + 'static,
    ) -> Self {
        Self { sealer, now: Box::new(now), numbers: Box::new(numbers), store: None }
    }

    /// Stores each batch when it is sealed, before the TSA is asked: [`SealedAggregate::from_parts`] says what of it. After a
    /// crash its seal is stamped, and no second one is made. Where it cannot be stored no TSA is asked
    /// ([`WhyNotStamped::SealNotStored`]).
    #[must_use]
    pub fn with_store(mut self, store: impl FnMut(&SealedAggregate) -> io::Result<()> + Send + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Returns what is asked of each statement.
    pub(super) fn gate(&self) -> Gate {
        let makes_second_seals = self.sealer.second_seal_credentials().is_some();
        Gate { issuer: self.sealer.issuer().clone(), makes_second_seals }
    }

    /// Seals statements whose events fit the signing time: one that does not would keep all others from their seal.
    fn seal<'a, S: Statement>(
        &mut self,
        items: impl Iterator<Item = &'a AggregateItem<S>>,
        signing_time: DateTime<Utc>,
    ) -> Result<SealedAggregate, WhyNotStamped> {
        let mut leaves = AggregateLeaves::new(self.sealer.issuer());
        for item in items {
            leaves.add(item)?;
        }
        if leaves.is_empty() {
            return Err(WhyNotStamped::NoBatch); // no number is used up, and each statement has a reason of its own
        }
        let number = (self.numbers)().map_err(WhyNotStamped::Number)?;
        Ok(self.sealer.seal_aggregate(&leaves.close(number)?, signing_time)?)
    }

    fn stamp(&mut self, sealed: &SealedAggregate, trip: Trip<'_>) -> Result<StampedAggregate, WhyNotStamped> {
        if let Some(store) = &mut self.store {
            store(sealed).map_err(WhyNotStamped::SealNotStored)?;
        }
        let stamped = sealed.stamp_with(trip.tsas)?;
        match trip.revocation_about(stamped.token()) {
            Some(data) => stamped.with_revocation(&data).map_err(|error| match error {
                AggregateError::Token(error) => WhyNotStamped::RevocationData(error),
                error @ (AggregateError::Empty
                | AggregateError::WeakAlgorithm(_)
                | AggregateError::OtherIssuer
                | AggregateError::Statement(_)
                | AggregateError::Renewed
                | AggregateError::Damaged(_)) => error.into(),
            }),
            None => Ok(stamped),
        }
    }
}

/// What is asked of a statement when it is submitted: one that fails would keep all others of its batch from their seal.
pub struct Gate {
    issuer: Issuer,
    makes_second_seals: bool,
}

/// What came of a batch of statements.
pub struct MadeOfStatements {
    /// When the batch was to be sealed, and how many seconds after its event a statement is sealed at the latest.
    sealing: Option<(DateTime<Utc>, u32)>,
    sealed: Option<Arc<SealedAggregate>>,
    stamped: Result<StampedAggregate, Arc<WhyNotStamped>>,
}

impl Default for MadeOfStatements {
    fn default() -> Self {
        Self { sealing: None, sealed: None, stamped: Err(Arc::new(WhyNotStamped::Panicked)) }
    }
}

impl MadeOfStatements {
    /// Checks that a statement was not left out of the batch because of its time.
    fn check<S: Statement>(&self, item: &AggregateItem<S>) -> Result<(), SealError> {
        match self.sealing {
            Some((signing_time, longest)) => check_event(item.stated().event_time(), signing_time, longest),
            None => Ok(()),
        }
    }
}

impl<S> sealed::Sealed for AggregateItem<S> {}

impl<S: Statement> Batchable for AggregateItem<S> {
    type Submitted = Self;
    type Proof = Proof<S>;
    const NAME: &'static str = "statement";
    /// The item holds the digest of its octets already.
    type Leaf = ();
    type Gate = Gate;
    type Maker = Aggregation;
    type Made = MadeOfStatements;

    fn admit(gate: &Gate, item: &Self) -> Result<(), WhyNotAccepted> {
        if !gate.issuer.is_one_with(item.issuer()) {
            return Err(WhyNotAccepted::OtherIssuer);
        }
        // One that announces another second seal than the sealer makes is taken, as `seal_aggregate` takes it.
        let misses_second_seal = item.stated().announced_seal().is_some() && !gate.makes_second_seals;
        if misses_second_seal { Err(WhyNotAccepted::NoSecondSeal) } else { Ok(()) }
    }

    fn make<T>(maker: &mut Aggregation, batch: &[Accepted<Self, T>], trip: Trip<'_>, made: &mut MadeOfStatements) {
        let signing_time = (maker.now)();
        made.sealing = Some((signing_time, maker.sealer.maximum_sealing_delay()));
        let in_time = batch.iter().map(|accepted| &accepted.unstamped).filter(|item| made.check(item).is_ok());
        made.stamped = match maker.seal(in_time, signing_time) {
            Ok(sealed) => {
                let sealed = made.sealed.insert(Arc::new(sealed));
                maker.stamp(sealed, trip).map_err(Arc::new)
            }
            Err(why) => Err(Arc::new(why)),
        };
    }

    fn proof(made: &MadeOfStatements, item: Self, (): &()) -> StampingResult<Self> {
        if let Err(error) = made.check(&item) {
            return Err(NotStamped { unstamped: item, why: Arc::new(error.into()), batch: None });
        }
        match &made.stamped {
            Ok(stamped) => stamped.proof_or_item(item).map_err(|item| {
                let why = Arc::new(WhyNotStamped::NoBatch);
                NotStamped { unstamped: item, why, batch: None }
            }),
            Err(why) => Err(NotStamped { unstamped: item, why: Arc::clone(why), batch: made.sealed.clone() }),
        }
    }
}

impl<S: Statement> Submitted for AggregateItem<S> {
    type Of = Self;
}

impl fmt::Debug for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregation").field("sealer", &self.sealer).finish_non_exhaustive()
    }
}
