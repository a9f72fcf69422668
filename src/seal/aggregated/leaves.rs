//! The digests of an aggregated batch while it is filled, and the batch that waits for its seal.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;

use super::Aggregated;
use crate::crypto::DigestAlgorithm;
use crate::evidence::{BatchStatement, EvidenceError, Issuer};
use crate::time::record::{KeptLevels, SparseTree};

/// The reason why an aggregated batch does not take a statement, or why there is no batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AggregateError {
    /// There is no statement.
    #[error("the batch is empty")]
    Empty,
    /// The digest algorithm is too weak for new batches.
    #[error("{0} is too weak for a new batch")]
    WeakAlgorithm(DigestAlgorithm),
    /// The statement is of another issuer, or for another environment, than the batch.
    #[error("the statement is of another issuer, or for another environment, than the batch")]
    OtherIssuer,
    /// The batch statement cannot be made, because its number is too great or its digest has no identifier.
    #[error("the batch cannot be stated")]
    Statement(#[from] EvidenceError),
    /// The record in the stored seal was renewed. Take the seal as it was first stored: it makes the records of that day, which
    /// [`BatchRenewal`](crate::preserve::BatchRenewal) renews.
    #[error("the record in the stored seal was renewed: take the seal as it was before")]
    Renewed,
    /// The token does not take more revocation data.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// What was stored is no batch: its parts cannot be read, or do not fit each other.
    #[error("the stored batch is damaged: {0}")]
    Damaged(&'static str),
}

/// The digests of the statements of a batch while it is filled: 32 octets for each with SHA-256, and up to 8 more as room to
/// grow. The caller keeps the statements themselves.
///
/// The order in which statements are added makes no difference, and one that is added twice counts once.
#[derive(Clone)]
pub struct AggregateLeaves {
    algorithm: DigestAlgorithm,
    issuer: Issuer,
    octets: Vec<u8>,
    events: Option<EventTimes>,
    /// Tells if any statement announces a second seal.
    announces_second_seal: bool,
}

/// The times of the first and the last event of a batch.
#[derive(Clone, Copy)]
pub(super) struct EventTimes {
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
}

impl AggregateLeaves {
    /// Starts a batch without statements of this issuer, which hashes by SHA-256.
    pub fn new(issuer: &Issuer) -> Self {
        let issuer = issuer.clone();
        let (algorithm, octets) = (DigestAlgorithm::Sha256, Vec::new());
        Self { algorithm, issuer, octets, events: None, announces_second_seal: false }
    }

    /// Starts a batch without statements of this issuer, which hashes statements, tree and imprint by this algorithm.
    ///
    /// # Errors
    /// `WeakAlgorithm` for outputs of less than 256 bits.
    pub fn with_algorithm(issuer: &Issuer, algorithm: DigestAlgorithm) -> Result<Self, AggregateError> {
        if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
            return Err(AggregateError::WeakAlgorithm(algorithm));
        }
        Ok(Self { algorithm, ..Self::new(issuer) })
    }

    /// Adds a statement.
    ///
    /// # Errors
    /// `OtherIssuer`. The statements that were added before stay.
    pub fn add(&mut self, statement: &impl Aggregated) -> Result<(), AggregateError> {
        let member = statement.member();
        if !self.issuer.is_one_with(member.issuer) {
            return Err(AggregateError::OtherIssuer);
        }
        let leaf = member.leaf(self.algorithm);
        let octets = leaf.as_bytes();
        if self.octets.capacity().saturating_sub(self.octets.len()) < octets.len() {
            // A list that doubles takes up to twice its octets, which a batch of millions has no room for.
            let quarter = (self.octets.len() / 4).max(MIN_ROOM).next_multiple_of(octets.len());
            self.octets.reserve_exact(quarter);
        }
        self.octets.extend_from_slice(octets);
        self.announces_second_seal |= member.announces_second_seal;
        let time = member.event_time;
        self.events = Some(match self.events {
            Some(EventTimes { first, last }) => EventTimes { first: first.min(time), last: last.max(time) },
            None => EventTimes { first: time, last: time },
        });
        Ok(())
    }

    /// Returns the number of statements that were added, where one that was added twice counts twice.
    pub fn len(&self) -> usize {
        self.octets.len() / self.algorithm.output_len()
    }

    /// Tells if no statement was added.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// Builds the tree, and states the batch by this number.
    ///
    /// # Errors
    /// `Empty`, `Statement`.
    pub fn close(self, number: u64) -> Result<Aggregate, AggregateError> {
        let tree = SparseTree::of_octets(self.algorithm, self.octets, KeptLevels::Most);
        let (tree, events) = tree.zip(self.events).ok_or(AggregateError::Empty)?;
        let count = u64::try_from(tree.leaf_count()).ok().and_then(NonZeroU64::new).ok_or(AggregateError::Empty)?;
        let statement = BatchStatement::new(&self.issuer, number, count, tree.root())?;
        let announces_second_seal = self.announces_second_seal;
        Ok(Aggregate { tree: Arc::new(tree), statement, events, announces_second_seal })
    }
}

/// Room for so many octets is made at once, in batches that begin.
const MIN_ROOM: usize = 1 << 12;

impl fmt::Debug for AggregateLeaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregateLeaves({} by {})", self.len(), self.algorithm)
    }
}

/// A batch of statements that waits for its one seal: a hash tree over them, and what the seal will say. A copy shares the
/// tree.
///
/// It is not stored itself, because the stored statements give it again.
#[derive(Clone)]
pub struct Aggregate {
    pub(super) tree: Arc<SparseTree>,
    pub(super) statement: BatchStatement,
    pub(super) events: EventTimes,
    pub(super) announces_second_seal: bool,
}

impl Aggregate {
    /// Returns the number of different statements.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// Returns what is sealed.
    pub fn statement(&self) -> &BatchStatement {
        &self.statement
    }

    /// Tells if a statement is in the batch.
    pub fn contains(&self, statement: &impl Aggregated) -> bool {
        self.tree.position(&statement.member().leaf(self.tree.algorithm())).is_some()
    }
}

impl fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aggregate({} statements, {})", self.leaf_count(), self.statement.root())
    }
}
