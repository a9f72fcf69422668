//! A list of TSAs that are asked in turn.

use core::fmt;
use core::time::Duration;

use crate::request::TimeStampReq;
use crate::response::ResponseError;
use crate::token::TimeStampToken;
use crate::transport::{Transport, TransportError};

/// An ordered list of TSAs, which are asked until a token answers the request.
///
/// After an error that may pass ([`TransportError::is_transient`]) the same TSA is asked again, after a pause that
/// doubles each time. After any other error, a rejection or an answer to another request, the next TSA is asked at
/// once. Each trip blocks; the longest time is the sum of the transports' timeouts and the pauses.
pub struct TsaPool {
    tsas: Vec<(String, Box<dyn Transport>)>,
    retry: RetryPolicy,
    sleep: Box<dyn Fn(Duration) + Send + Sync>,
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
    /// The token answers the request, and the caller refused it.
    #[error("the token was refused: {0}")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The error when no TSA gave a token.
#[derive(Debug)]
#[non_exhaustive]
pub struct PoolError {
    /// Every trip, in the order made. Empty when the pool has no TSA.
    pub attempts: Vec<Attempt>,
}

impl std::error::Error for PoolError {}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts.is_empty() {
            return f.write_str("no TSA to ask");
        }
        f.write_str("no TSA gave a token")?;
        self.attempts.iter().try_for_each(|attempt| write!(f, "; {}: {}", attempt.tsa, attempt.error))
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
        Self { tsas: Vec::new(), retry: RetryPolicy::default(), sleep: Box::new(std::thread::sleep) }
    }

    /// Adds a TSA at the end of the list. Errors call it by this name.
    #[must_use]
    pub fn with_tsa(mut self, name: impl Into<String>, transport: impl Transport + 'static) -> Self {
        self.tsas.push((name.into(), Box::new(transport)));
        self
    }

    /// Sets how often the same TSA is asked.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how a pause is made. By default the thread sleeps.
    #[must_use]
    pub fn with_sleep(mut self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.sleep = Box::new(sleep);
        self
    }

    /// Iterates over the names of the TSAs in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tsas.iter().map(|(name, _)| name.as_str())
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
        mut accept: impl FnMut(TimeStampToken) -> Result<T, Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<T, PoolError> {
        let der = request.to_der();
        let mut attempts = Vec::new();
        for (name, transport) in &self.tsas {
            for done in 1..=self.retry.attempts.max(1) {
                let error = match transport.send(&der) {
                    Ok(response) => match request.check(&response) {
                        Ok(token) => match accept(token) {
                            Ok(accepted) => return Ok(accepted),
                            Err(error) => AttemptError::Refused(error),
                        },
                        Err(error) => AttemptError::Response(error),
                    },
                    Err(error) => AttemptError::Transport(error),
                };
                let again = matches!(&error, AttemptError::Transport(error) if error.is_transient());
                attempts.push(Attempt { tsa: name.clone(), error });
                if !again {
                    break;
                }
                if done < self.retry.attempts {
                    (self.sleep)(self.retry.pause(done));
                }
            }
        }
        Err(PoolError { attempts })
    }
}

impl fmt::Debug for TsaPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TsaPool")
            .field("tsas", &self.names().collect::<Vec<_>>())
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
