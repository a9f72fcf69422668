//! Openings are made from a sending that verified.

use chrono::{DateTime, Utc};

use super::verified::Verified;
use crate::evidence::{Assurance, EvidenceError, OpenedBy, Opening, PrecedingEvidence, Sending, Statement};

impl Opening {
    /// The recipient, or a delegate, opened what was sent. Only a sending that verified can be opened.
    ///
    /// Message, parties, content and submission time are those of the sending; `assurance` says how the person who
    /// opened it was authenticated.
    ///
    /// # Errors
    /// [`EvidenceError`] for a recipient that the sending does not have, or times out of order.
    pub fn of(
        sending: &Verified<Sending>,
        opened_by: OpenedBy,
        assurance: Assurance,
        event_time: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let preceding = PrecedingEvidence::new(*sending.id().digest(), sending.statement().evidence_identifier());
        Self::following(sending.statement(), &preceding, opened_by, assurance, event_time)
    }
}
