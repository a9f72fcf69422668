//! A list of TSAs that are asked in turn.

use core::error::Error;
use core::fmt;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};

use crate::request::TimeStampReq;
use crate::response::ResponseError;
use crate::token::TimeStampToken;
use crate::transport::{Transport, TransportError};

/// The longest time of all pauses with one TSA, unless set otherwise. It is that of one trip by HTTP.
const BUDGET: Duration = Duration::from_secs(30);

/// The longest rest. An hour would do, and a day can be added to any time that a clock tells.
const LONGEST_REST: Duration = Duration::from_secs(24 * 60 * 60);

/// The largest accuracy that excuses a clock. A TSA that states a year must not excuse itself by a year.
const MAX_ACCURACY: TimeDelta = TimeDelta::minutes(1);

/// An ordered list of TSAs, which are asked until a token answers the request.
///
/// After an error that may pass ([`TransportError::is_transient`], [`ResponseError::is_transient`]) the same TSA is asked
/// again, after a pause that doubles each time. A server that says when it may be asked again is not asked before. After
/// any other error, a final rejection or an answer to another request, the next TSA is asked at once. So it is when the
/// pauses with one TSA would exceed their [budget](Self::with_pauses_of_at_most). Each trip blocks, and a TSA that is silent is
/// asked as often as the [`RetryPolicy`] says: see [`longest_wait`](Self::longest_wait).
pub struct TsaPool {
    tsas: Vec<Tsa>,
    retry: RetryPolicy,
    budget: Duration,
    rest: Duration,
    clock: Option<Clock>,
    sleep: Box<dyn Fn(Duration) + Send + Sync>,
}

/// A TSA of the list.
struct Tsa {
    name: String,
    transport: Box<dyn Transport>,
    /// The time until which the others are asked before it.
    rests_until: Mutex<Option<Instant>>,
}

impl Tsa {
    fn new(name: String, transport: Box<dyn Transport>) -> Self {
        Self { name, transport, rests_until: Mutex::new(None) }
    }

    fn rests(&self) -> bool {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Notes how the last trip of a request ended. No time is read where nothing rests: not every platform has a clock.
    fn note(&self, gave_no_answer: Option<Duration>) {
        let until = gave_no_answer.and_then(|rest| Instant::now().checked_add(rest));
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// A clock that genTime is compared with, and the tolerated difference.
struct Clock {
    now: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    tolerance: TimeDelta,
}

impl Clock {
    /// Checks that genTime lies between the time before the trip and now.
    fn check(&self, token: &TimeStampToken, asked_at: DateTime<Utc>) -> Result<(), AttemptError> {
        let (info, now) = (token.tst_info(), (self.now)());
        let accuracy = info.accuracy.as_ref().filter(|accuracy| accuracy.is_in_range());
        let accuracy = accuracy.and_then(|accuracy| TimeDelta::from_std(accuracy.total()).ok()).unwrap_or_default();
        let tolerance = self.tolerance.checked_add(&accuracy.min(MAX_ACCURACY)).unwrap_or(TimeDelta::MAX);
        let (behind, ahead) = (asked_at - info.gen_time, info.gen_time - now);
        if behind.max(ahead) > tolerance { Err(AttemptError::Clock { gen_time: info.gen_time, now }) } else { Ok(()) }
    }
}

/// The number of attempts with one TSA, and the pauses between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The attempts with one TSA, including the first; 0 counts as 1.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles for each further one.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    /// Returns three attempts with pauses of 500 ms and 1 s.
    fn default() -> Self {
        Self { attempts: 3, first_pause: Duration::from_millis(500), longest_pause: Duration::from_secs(8) }
    }
}

impl RetryPolicy {
    /// Returns the pause after `done` attempts.
    fn pause(&self, done: u32) -> Duration {
        let doublings = 2_u32.saturating_pow(done.saturating_sub(1));
        self.first_pause.saturating_mul(doublings).min(self.longest_pause)
    }
}

/// A trip that gave no token.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The name of the TSA.
    pub tsa: String,
    /// The error with which the trip ended.
    pub error: AttemptError,
}

/// The error with which a trip ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError {
    /// There was no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// There was an answer, but not to the request.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The token answers the request, but its time is far from that of the pool's clock ([`TsaPool::with_clock`]). One of
    /// the two clocks is wrong.
    #[error("the TSA's clock says {} and the clock here {}: set the one that is wrong", time(gen_time), time(now))]
    Clock {
        /// The time in the token.
        gen_time: DateTime<Utc>,
        /// The time by the pool's clock when the token came.
        now: DateTime<Utc>,
    },
    /// The token answers the request, and the caller refused it.
    #[error("the token was refused")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

impl AttemptError {
    /// Tells whether the same request to the same TSA may get a token a moment later.
    fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            Self::Response(error) => error.is_transient(),
            Self::Clock { .. } | Self::Refused(_) => false,
        }
    }

    /// Returns the time after which the TSA wants to be asked again, if it says so.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transport(error) => error.retry_after(),
            Self::Response(_) | Self::Clock { .. } | Self::Refused(_) => None,
        }
    }
}

fn time(time: &DateTime<Utc>) -> String {
    // The clock here may have nanoseconds, which say nothing about clocks that differ by seconds.
    time.trunc_subsecs(3).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The error when no TSA gave a token.
#[derive(Debug)]
#[non_exhaustive]
pub struct PoolError {
    /// Every trip, in the order made. Empty when the pool has no TSA.
    pub attempts: Vec<Attempt>,
}

impl Error for PoolError {}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts.is_empty() {
            return f.write_str("no TSA to ask");
        }
        f.write_str("no TSA gave a token")?;
        let told: Vec<String> = self.attempts.iter().map(Attempt::told).collect();
        // A TSA that says the same each time is told once.
        for same in told.chunk_by(|told, next| told == next) {
            if let [told, repeated @ ..] = same {
                write!(f, "; {told}")?;
                if !repeated.is_empty() {
                    write!(f, " ({} times)", same.len())?;
                }
            }
        }
        Ok(())
    }
}

impl Attempt {
    fn told(&self) -> String {
        let mut told = format!("{}: {}", self.tsa, self.error);
        // The attempts are a list, so that no chain of sources leads to their causes.
        let mut source = self.error.source();
        while let Some(cause) = source {
            told.push_str(": ");
            told.push_str(&cause.to_string());
            source = cause.source();
        }
        told
    }
}

impl Default for TsaPool {
    fn default() -> Self {
        Self::new()
    }
}

impl TsaPool {
    /// Returns a pool without TSAs.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tsas: Vec::new(),
            retry: RetryPolicy::default(),
            budget: BUDGET,
            rest: Duration::ZERO,
            clock: None,
            sleep: Box::new(std::thread::sleep),
        }
    }

    /// Adds a TSA at the end of the list. Errors call it by this name.
    #[must_use]
    pub fn with_tsa(mut self, name: impl Into<String>, transport: impl Transport + 'static) -> Self {
        self.tsas.push(Tsa::new(name.into(), Box::new(transport)));
        self
    }

    /// Sets how often the same TSA is asked.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how long all pauses with one TSA may take together; 30 s unless set. A TSA that would take longer, by its own
    /// word or by the [`RetryPolicy`], is not waited for.
    #[must_use]
    pub fn with_pauses_of_at_most(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Asks a TSA after the others for this long, a day at most, when its last attempt ended with an error that may pass. Unless
    /// set, each request begins with the first TSA again, and one that is silent costs each request the time of all its attempts
    /// before the next one is asked.
    ///
    /// Let it rest for well above the [longest wait](Self::longest_wait) of one TSA: that is what each discovery costs that it is
    /// still silent. A TSA that rests is still asked when no other one gives a token. Several that rest are asked in the order of
    /// the list.
    #[must_use]
    pub fn with_rest(mut self, rest: Duration) -> Self {
        self.rest = rest.min(LONGEST_REST);
        self
    }

    /// Compares the time of each token with a clock, such as `Utc::now`. A token whose time lies more than `tolerance`
    /// (and its stated accuracy, up to a minute) outside of its trip is refused, and the next TSA is asked. Without a
    /// clock the time of a token is not looked at here.
    #[must_use]
    pub fn with_clock(mut self, now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static, tolerance: Duration) -> Self {
        let tolerance = TimeDelta::from_std(tolerance).unwrap_or(TimeDelta::MAX);
        self.clock = Some(Clock { now: Box::new(now), tolerance });
        self
    }

    /// Sets how a pause is made. By default the thread sleeps.
    #[must_use]
    pub fn with_sleep(mut self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.sleep = Box::new(sleep);
        self
    }

    /// Returns the longest time that the pool can block when no trip takes longer than `trip`: for each TSA its attempts, each
    /// of such a trip, and its pauses up to their budget. A trip by `HttpTransport` takes 30 s at most unless set otherwise.
    pub fn longest_wait(&self, trip: Duration) -> Duration {
        let attempts = self.retry.attempts.max(1);
        let pauses = if attempts > 1 { self.budget } else { Duration::ZERO };
        let tsas = u32::try_from(self.tsas.len()).unwrap_or(u32::MAX);
        trip.saturating_mul(attempts).saturating_add(pauses).saturating_mul(tsas)
    }

    /// Returns the earliest time that a token can have which the pool would take now, if it has a
    /// [clock](Self::with_clock). It is before now by the tolerance and the largest accuracy.
    pub fn earliest_gen_time(&self) -> Option<DateTime<Utc>> {
        let clock = self.clock.as_ref()?;
        let tolerance = clock.tolerance.checked_add(&MAX_ACCURACY)?;
        (clock.now)().checked_sub_signed(tolerance)
    }

    /// Iterates over the names of the TSAs in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tsas.iter().map(|tsa| tsa.name.as_str())
    }

    /// Asks the TSAs for a token and returns the first that answers the request. Its signature has not been verified.
    ///
    /// # Errors
    /// [`PoolError`] with the error of every trip.
    pub fn timestamp(&self, request: &TimeStampReq) -> Result<TimeStampToken, PoolError> {
        self.timestamp_with(request, Ok)
    }

    /// Asks the TSAs for a token that `accept` accepts, and returns what it makes of it. A TSA whose token is refused is
    /// not asked again.
    ///
    /// # Errors
    /// [`PoolError`] with the error of every trip; a refused token is [`AttemptError::Refused`].
    pub fn timestamp_with<T>(
        &self,
        request: &TimeStampReq,
        mut accept: impl FnMut(TimeStampToken) -> Result<T, Box<dyn Error + Send + Sync>>,
    ) -> Result<T, PoolError> {
        let der = request.to_der();
        let mut attempts = Vec::new();
        for tsa in self.in_order() {
            let mut paused = Duration::ZERO;
            for done in 1.. {
                let error = match self.trip(tsa.transport.as_ref(), request, &der) {
                    Ok(token) => match accept(token) {
                        Ok(accepted) => {
                            tsa.note(None);
                            return Ok(accepted);
                        }
                        Err(error) => AttemptError::Refused(error),
                    },
                    Err(error) => error,
                };
                let pause = self.pause_after(&error, done, paused);
                let rests = (!self.rest.is_zero() && error.is_transient()).then_some(self.rest);
                attempts.push(Attempt { tsa: tsa.name.clone(), error });
                let Some(pause) = pause else {
                    tsa.note(rests);
                    break;
                };
                (self.sleep)(pause);
                paused = paused.saturating_add(pause);
            }
        }
        Err(PoolError { attempts })
    }

    /// Iterates over the TSAs, with those that rest at the end.
    fn in_order(&self) -> impl Iterator<Item = &Tsa> {
        let (resting, ready): (Vec<_>, Vec<_>) = self.tsas.iter().partition(|tsa| tsa.rests());
        ready.into_iter().chain(resting)
    }

    /// Makes one trip to a TSA, and returns the token if it answers the request.
    fn trip(
        &self,
        transport: &dyn Transport,
        request: &TimeStampReq,
        der: &[u8],
    ) -> Result<TimeStampToken, AttemptError> {
        let asked_at = self.clock.as_ref().map(|clock| (clock.now)());
        let token = request.check(&transport.send(der)?)?;
        if let (Some(clock), Some(asked_at)) = (&self.clock, asked_at) {
            clock.check(&token, asked_at)?;
        }
        Ok(token)
    }

    /// Returns the pause before the next attempt with the same TSA, unless there is to be none.
    fn pause_after(&self, error: &AttemptError, done: u32, paused: Duration) -> Option<Duration> {
        if done >= self.retry.attempts || !error.is_transient() {
            return None;
        }
        let pause = self.retry.pause(done).max(error.retry_after().unwrap_or_default());
        // A server that is asked before its time would only refuse again.
        (paused.saturating_add(pause) <= self.budget).then_some(pause)
    }
}

impl fmt::Debug for TsaPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TsaPool")
            .field("tsas", &self.names().collect::<Vec<_>>())
            .field("retry", &self.retry)
            .field("budget", &self.budget)
            .field("rest", &self.rest)
            .finish_non_exhaustive()
    }
}
