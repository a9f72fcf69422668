//! An identifier that took the place of another one.

use chrono::{DateTime, Utc};

use crate::evidence::error::EvidenceError;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::evidence::party::{Identifier, Party};
use crate::evidence::{text, time};

/// The identifier of a party changed between the sending and the event (extension IdentifierSucceeds): a BIS number became
/// a NISS, or an enterprise was merged into another one.
///
/// The statement keeps the identifier of the sending, and this says by which one the party acted. Debug shows no identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierSuccession {
    /// Parties of an identifier alone, so that commitments stand in their place as in that of others.
    pub(in crate::evidence) previous: Party,
    pub(in crate::evidence) current: Party,
    source: String,
    at: DateTime<Utc>,
}

impl IdentifierSuccession {
    /// States that `current` took the place of `previous` at a time, cut to the millisecond. `source` names in 1 to 255
    /// characters where that stands, such as a register.
    ///
    /// # Errors
    /// [`EvidenceError::Twice`] for one identifier in both places, [`EvidenceError::TimeOutOfRange`], or the error of the text.
    pub fn new(
        previous: impl Into<Identifier>,
        current: impl Into<Identifier>,
        source: &str,
        at: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let (previous, current) = (previous.into(), current.into());
        if previous == current {
            return Err(EvidenceError::Twice("identifier in a succession"));
        }
        Ok(Self {
            previous: Party::new(previous),
            current: Party::new(current),
            source: text::text("source of a succession", source, MAX_IDENTIFIER)?,
            at: time::to_millis("time of a succession", at)?,
        })
    }

    /// Returns the identifier that the sending has.
    pub fn previous(&self) -> &Identifier {
        self.previous.identifier()
    }

    /// Returns the identifier by which the party acted.
    pub fn current(&self) -> &Identifier {
        self.current.identifier()
    }

    /// Returns where the change stands.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the time of the change.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }
}
