//! The further members of some kinds of records.

use chrono::{DateTime, Utc};

use super::sequence::{LineHash, Sequence};
use super::words::{Channel, ClockState, Consent, DeletionReason, EngineEvent, IdentityFlag, MandateChange, Side};
use crate::crypto::Digest;

/// The members of a record that only some kinds have, each by the table of [`Kind`](super::Kind)s.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Details {
    /// The side of a call on which it was recorded.
    pub side: Option<Side>,
    /// What an event engine announced.
    pub engine_event: Option<EngineEvent>,
    /// The number that the event engine gave its announcement.
    pub engine_sequence: Option<u64>,
    /// Whether the person takes letters by this way.
    pub consent: Option<Consent>,
    /// The way of a notification.
    pub channel: Option<Channel>,
    /// The number of a reminder, from 1.
    pub reminder: Option<u64>,
    /// The reason of a deletion.
    pub reason: Option<DeletionReason>,
    /// What a register says of the number of a person.
    pub flag: Option<IdentityFlag>,
    /// What became of a mandate.
    pub mandate: Option<MandateChange>,
    /// What is known of the clock.
    pub state: Option<ClockState>,
    /// The time of recording of the record before this one, which the clock now runs behind.
    pub previous_recorded: Option<DateTime<Utc>>,
    /// The first number of an export.
    pub first: Option<Sequence>,
    /// The last number of an export.
    pub last: Option<Sequence>,
    /// The SHA-256 of the manifest of an export.
    pub manifest_digest: Option<Digest>,
    /// The number of octets of a torn line that was cut back.
    pub torn_octets: Option<u64>,
    /// The hash of a torn line that was cut back.
    pub torn_hash: Option<LineHash>,
}
