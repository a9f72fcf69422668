//! An in-process witness.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use recommande_tlog::cosignature::Cosigner;
use recommande_tlog::note::{KeyName, VerifierKey};
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::tree::TreeHead;
use recommande_tlog::witness::{Answer, LogRecord, Transport};
use recommande_tlog::{Ed25519PrivateKey, MlDsa44PrivateKey, PrivateKey};

use super::TestingError;

/// A witness of one log in this process: it judges as a real one does, and remembers the head that it cosigned last.
pub struct TestWitness {
    cosigner: Cosigner<Box<dyn PrivateKey>>,
    state: Mutex<State>,
}

struct State {
    record: LogRecord,
    now: DateTime<Utc>,
    answers: Answers,
}

/// What a [`TestWitness`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answers {
    /// It judges the request.
    Judging,
    /// No answer comes.
    Nothing,
    /// Always the same answer, whatever is asked.
    Always(Answer),
}

impl TestWitness {
    /// Makes a witness with an Ed25519 key, which knows one log by this policy and whose clock stands at a time.
    ///
    /// # Errors
    /// `Write` for a name or a seed that makes no key.
    pub fn new(name: &str, seed: &[u8; 32], log: LogPolicy, now: DateTime<Utc>) -> Result<Self, TestingError> {
        let key = Ed25519PrivateKey::from_seed(seed).map_err(|_| TestingError::Write("the key of a witness"))?;
        Self::with_key(name, Box::new(key), log, now)
    }

    /// Makes a witness with an ML-DSA-44 key.
    ///
    /// # Errors
    /// `Write` for a name or a seed that makes no key.
    pub fn ml_dsa_44(name: &str, seed: &[u8; 32], log: LogPolicy, now: DateTime<Utc>) -> Result<Self, TestingError> {
        let key = MlDsa44PrivateKey::from_seed(seed).map_err(|_| TestingError::Write("the key of a witness"))?;
        Self::with_key(name, Box::new(key), log, now)
    }

    fn with_key(
        name: &str,
        key: Box<dyn PrivateKey>,
        log: LogPolicy,
        now: DateTime<Utc>,
    ) -> Result<Self, TestingError> {
        let name: KeyName = name.parse().map_err(|_| TestingError::Write("the name of a witness"))?;
        let cosigner = Cosigner::new(name, key).map_err(|_| TestingError::Write("the key of a witness"))?;
        let record = LogRecord::new(log, TreeHead::EMPTY);
        Ok(Self { cosigner, state: Mutex::new(State { record, now, answers: Answers::Judging }) })
    }

    /// Returns the witness as a policy names it.
    ///
    /// # Errors
    /// Never for the one key that it has.
    pub fn witness(&self) -> Result<Witness, TestingError> {
        Witness::new([self.verifier_key().clone()]).map_err(|_| TestingError::Write("the key of a witness"))
    }

    /// Returns its key.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.cosigner.verifier_key()
    }

    /// Sets its clock.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).now = now;
    }

    /// Sets what it answers from now on.
    pub fn set_answers(&self, answers: Answers) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).answers = answers;
    }

    /// Returns the head that it cosigned last.
    pub fn latest(&self) -> TreeHead {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner).record.latest()
    }
}

impl Transport for TestWitness {
    type Error = io::Error;

    fn add_checkpoint(&self, request: &[u8]) -> io::Result<Answer> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.answers {
            Answers::Judging => {}
            Answers::Nothing => return Err(io::ErrorKind::TimedOut.into()),
            Answers::Always(answer) => return Ok(answer.clone()),
        }
        let checkpoint = match state.record.add_checkpoint(request) {
            Ok(checkpoint) => checkpoint,
            Err(refusal) => return Ok(refusal.to_answer()),
        };
        let time = u64::try_from(state.now.timestamp()).unwrap_or_default();
        let line = self.cosigner.cosign(&checkpoint, time).map_err(io::Error::other)?.to_line();
        Ok(Answer { status: 200, content_type: None, body: line.into_bytes() })
    }
}

impl fmt::Debug for TestWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestWitness({})", self.verifier_key().name())
    }
}
