use std::fmt;

use recommande::Issuer;
use recommande::evidence::{AnyStatement, DecodeStatementError, Draft, EvidenceError, EvidenceIdentifier, Statement};

/// What a producer puts into the queue: a statement as its issuer makes it, with the identifier by which all workers know it.
///
/// Make the item in the transaction that accepts the letter, and keep it (an outbox) until the queue has it. Published twice, it
/// is the same item; made twice, it would be two.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    octets: Vec<u8>,
    evidence_identifier: EvidenceIdentifier,
}

/// The reason why octets are no item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a statement for this queue: {0}")]
pub struct ItemError(#[from] DecodeStatementError);

impl Item {
    /// Writes the item of a statement.
    ///
    /// # Errors
    /// Those of [`Draft::to_json`]: what no seal would take.
    pub fn new<S: Statement>(statement: &S, issuer: &Issuer) -> Result<Self, EvidenceError> {
        let octets = statement.to_json(issuer)?;
        Ok(Self { octets, evidence_identifier: statement.evidence_identifier() })
    }

    /// Takes an item that was kept, such as a row of an outbox.
    ///
    /// # Errors
    /// [`ItemError`].
    pub fn from_octets(octets: Vec<u8>) -> Result<Self, ItemError> {
        let (statement, _) = AnyStatement::from_json(&octets)?;
        Ok(Self { octets, evidence_identifier: statement.evidence_identifier() })
    }

    /// Returns the octets of the item.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Returns the identifier under which the store will have the proof.
    pub fn evidence_identifier(&self) -> EvidenceIdentifier {
        self.evidence_identifier
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({} octets)", self.octets.len())
    }
}
