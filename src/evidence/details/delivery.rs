//! What the recipient's service tells of its requests, of the availability of the content, and of its notifications.

use chrono::{DateTime, Utc};

use crate::evidence::commitment::{Commitment, Salt};
use crate::evidence::error::EvidenceError;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::evidence::{text, time};
use crate::text::nfc;

/// The period in which the recipient may accept or refuse (extension Window of NotificationForAcceptance).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    regime: String,
    sender_hidden: bool,
}

impl Window {
    /// States a period, cut to the millisecond. An answer at `from` is in time, and one at `until` is too late. `regime`
    /// names the rules by which the period was computed, in 1 to 255 characters.
    ///
    /// # Errors
    /// [`EvidenceError::Period`], [`EvidenceError::TimeOutOfRange`], or the error of the text.
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>, regime: &str) -> Result<Self, EvidenceError> {
        let from = time::to_millis("begin of the period for an answer", from)?;
        let until = time::to_millis("end of the period for an answer", until)?;
        if until <= from {
            return Err(EvidenceError::Period("the period for an answer"));
        }
        Ok(Self { from, until, regime: text::text("regime", regime, MAX_IDENTIFIER)?, sender_hidden: false })
    }

    /// States that the recipient is not told who the sender is before the answer.
    #[must_use]
    pub fn with_sender_hidden(mut self) -> Self {
        self.sender_hidden = true;
        self
    }

    /// Returns the first instant of the period.
    pub fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// Returns the first instant after the period.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Returns the name of the rules by which the period was computed.
    pub fn regime(&self) -> &str {
        &self.regime
    }

    /// Tells if the recipient does not learn who the sender is before the answer.
    pub fn is_sender_hidden(&self) -> bool {
        self.sender_hidden
    }
}

/// The availability of the content as the recipient's service fixed it (extension Availability of ContentConsignment).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    until: Option<DateTime<Utc>>,
    never_activated: bool,
}

impl Availability {
    /// States the last instant, cut to the millisecond, at which the content is available.
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn until(until: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let until = Some(time::to_millis("end of the availability", until)?);
        Ok(Self { until, never_activated: false })
    }

    /// States that the recipient has never opened the box in which the content lies.
    pub fn never_activated() -> Self {
        Self { until: None, never_activated: true }
    }

    /// States this as well: the recipient has never opened the box in which the content lies.
    #[must_use]
    pub fn and_never_activated(mut self) -> Self {
        self.never_activated = true;
        self
    }

    /// Returns the last instant at which the content is available, if one is stated.
    pub fn last_instant(&self) -> Option<DateTime<Utc>> {
        self.until
    }

    /// Tells if the recipient has never opened the box in which the content lies.
    pub fn is_never_activated(&self) -> bool {
        self.never_activated
    }
}

/// What stands in the place of a path in the message of the commitment: there is one notification in a statement.
const ADDRESS: &str = "/Notification/Address";

/// The channel of a notification, its number, and a commitment to the address that it reached (extension Notification). The
/// address itself is data of a person, and is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    channel: String,
    ordinal: Option<usize>,
    address: Option<Commitment>,
}

impl Notification {
    /// States a channel in 1 to 255 characters, such as `email`.
    ///
    /// # Errors
    /// The error of the text.
    pub fn by(channel: &str) -> Result<Self, EvidenceError> {
        Ok(Self { channel: text::text("channel", channel, MAX_IDENTIFIER)?, ordinal: None, address: None })
    }

    /// States which notification of the message it is: 1 is the first one, and the others are reminders.
    ///
    /// # Errors
    /// [`EvidenceError::NotificationOrdinal`] for 0.
    pub fn with_ordinal(mut self, ordinal: usize) -> Result<Self, EvidenceError> {
        if ordinal == 0 {
            return Err(EvidenceError::NotificationOrdinal);
        }
        self.ordinal = Some(ordinal);
        Ok(self)
    }

    /// Returns the channel.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Returns the number of the notification, from 1, if one is stated.
    pub fn ordinal(&self) -> Option<usize> {
        self.ordinal
    }

    /// Returns the commitment to the address that the notification reached, if one is stated.
    pub fn address(&self) -> Option<&Commitment> {
        self.address.as_ref()
    }

    /// Tells if the notification of the statement with this evidence identifier reached this address, by a commitment with
    /// this salt.
    pub fn has_reached(&self, address: &str, salt: &Salt, statement: EvidenceIdentifier) -> bool {
        self.address.is_some_and(|commitment| commitment.opens_to(salt, statement, ADDRESS, "", &nfc(address)))
    }

    /// States the address that it reached, in 1 to 255 characters, by a commitment for the statement with this evidence
    /// identifier.
    pub(in crate::evidence) fn reaching(
        mut self,
        address: &str,
        salt: &Salt,
        statement: EvidenceIdentifier,
    ) -> Result<Self, EvidenceError> {
        let address = text::text("address of a notification", &nfc(address), MAX_IDENTIFIER)?;
        self.address = Some(Commitment::new(salt, statement, ADDRESS, "", &address));
        Ok(self)
    }

    /// Takes the commitment that a statement has.
    pub(in crate::evidence) fn with_address(self, address: Commitment) -> Self {
        Self { address: Some(address), ..self }
    }
}
