//! A statement of an aggregated batch, as it is stored.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::evidence::{Codec, DecodeStatementError, Issuer, Statement};
use crate::seal::delays::check_event;
use crate::seal::{ProofId, SealError, Sealer};

/// A statement that waits for the seal of its batch, with its octets. Store [`json`](Self::json) (`name.json`): it is one of
/// the three parts of the proof, and gives this value again.
#[derive(Clone, PartialEq)]
pub struct AggregateItem<S> {
    statement: S,
    issuer: Issuer,
    json: Vec<u8>,
    id: ProofId,
}

impl<S: Statement> AggregateItem<S> {
    /// Reads a stored statement. The octets are kept as they are.
    ///
    /// # Errors
    /// [`DecodeStatementError`].
    pub fn from_json(octets: &[u8]) -> Result<Self, DecodeStatementError> {
        let (statement, issuer) = Codec::default().decode(octets)?;
        Ok(Self::new(statement, issuer, octets.to_vec()))
    }

    fn new(statement: S, issuer: Issuer, json: Vec<u8>) -> Self {
        let id = ProofId::of_statement(&json);
        Self { statement, issuer, json, id }
    }

    /// Returns the octets to store.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Returns the statement.
    pub fn stated(&self) -> &S {
        &self.statement
    }

    /// Returns the issuer of the statement.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Returns the identifier of the proof: SHA-256 over the octets of the statement.
    pub fn id(&self) -> ProofId {
        self.id
    }

    pub(super) fn into_parts(self) -> (S, Issuer, Vec<u8>, ProofId) {
        (self.statement, self.issuer, self.json, self.id)
    }
}

impl<S> fmt::Debug for AggregateItem<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregateItem({}, {} octets)", self.id, self.json.len())
    }
}

impl Sealer {
    /// Encodes a statement for a batch with one seal, after the checks that [`seal`](Self::seal) makes of it. The octets are
    /// those that `seal` would put into a proof.
    ///
    /// # Errors
    /// `EventAfterSigning`, `SealedTooLate`, `Statement`.
    pub fn aggregate_item<S: Statement>(
        &self,
        statement: S,
        now: DateTime<Utc>,
    ) -> Result<AggregateItem<S>, SealError> {
        let statement = self.announcing(statement);
        let json = self.encoded(&statement)?;
        check_event(statement.event_time(), now, self.maximum_sealing_delay())?;
        Ok(AggregateItem::new(statement, self.issuer().clone(), json))
    }
}
