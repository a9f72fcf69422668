//! What a sending asks for, and the message that it replies to.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};

use crate::evidence::error::EvidenceError;
use crate::evidence::extension::PrecedingEvidence;
use crate::evidence::identifiers::MessageId;
use crate::evidence::limits::MAX_IDENTIFIER;
use crate::evidence::party::{AssuranceLevel, Identifier, Party};
use crate::evidence::{text, time};

/// The consignment mode that a sender asks for (RequestedConsignmentMode of ETSI EN 319 522-2, table 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ConsignmentMode {
    /// The content is available at once.
    #[default]
    Basic,
    /// The content is available once the recipient has accepted.
    Consent,
    /// The content is available once the recipient has accepted with a signature.
    Signed,
    /// The services have agreed on another way.
    Other,
}

impl ConsignmentMode {
    const ALL: [Self; 4] = [Self::Basic, Self::Consent, Self::Signed, Self::Other];

    /// Returns the URI that evidence holds.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Basic => "http://uri.etsi.org/19522/v1#/consignment/basic",
            Self::Consent => "http://uri.etsi.org/19522/v1#/consignment/consent",
            Self::Signed => "http://uri.etsi.org/19522/v1#/consignment/signed",
            Self::Other => "http://uri.etsi.org/19522/v1#/consignment/other",
        }
    }

    /// Returns the mode of this URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.uri() == uri)
    }

    /// Tells if the content is available only once the recipient has accepted.
    pub fn needs_acceptance(self) -> bool {
        match self {
            Self::Consent | Self::Signed => true,
            Self::Basic | Self::Other => false,
        }
    }
}

/// What the sender asks the services for (extension Terms of a sending). The names of its members are those of the relay
/// metadata of ETSI EN 319 522-2, table 5, where these have the member.
///
/// Without terms the mode is basic, and no deadline can be proven. Debug shows no value of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    pub(in crate::evidence) consignment_mode: Option<ConsignmentMode>,
    pub(in crate::evidence) required_assurance: Option<AssuranceLevel>,
    pub(in crate::evidence) scheduled_delivery_time: Option<DateTime<Utc>>,
    pub(in crate::evidence) expiration_time: Option<DateTime<Utc>>,
    pub(in crate::evidence) answer_period_days: Option<usize>,
    pub(in crate::evidence) reply_authorized: bool,
    /// A party of an identifier alone, so that a commitment stands in its place as in that of others.
    pub(in crate::evidence) reply_to: Option<Party>,
    pub(in crate::evidence) regime: Option<String>,
}

impl Terms {
    /// Makes terms that ask for nothing yet. A sending holds terms that ask for something.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a mode (RequestedConsignmentMode).
    #[must_use]
    pub fn with_consignment_mode(mut self, mode: ConsignmentMode) -> Self {
        self.consignment_mode = Some(mode);
        self
    }

    /// Asks for a level at least at which the recipient is authenticated (RequiredAssuranceLevel).
    #[must_use]
    pub fn with_required_assurance(mut self, level: AssuranceLevel) -> Self {
        self.required_assurance = Some(level);
        self
    }

    /// Asks for delivery at a time, cut to the millisecond (ScheduledDeliveryTime).
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn with_scheduled_delivery_time(mut self, time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        self.scheduled_delivery_time = Some(time::to_millis("scheduled delivery time", time)?);
        Ok(self)
    }

    /// Asks for the last instant, cut to the millisecond, at which the content is available (ExpirationTime).
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn with_expiration_time(mut self, time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        self.expiration_time = Some(time::to_millis("expiration time", time)?);
        Ok(self)
    }

    /// Asks for a number of days in which the recipient may accept or refuse, from 1 (AnswerPeriodDays).
    ///
    /// # Errors
    /// [`EvidenceError::Period`] for 0 days, and for more than 3660.
    pub fn with_answer_period_days(mut self, days: usize) -> Result<Self, EvidenceError> {
        if !(1..=MAX_ANSWER_PERIOD_DAYS).contains(&days) {
            return Err(EvidenceError::Period("the period for an answer"));
        }
        self.answer_period_days = Some(days);
        Ok(self)
    }

    /// Allows the recipient to reply (ReplyAuthorized).
    #[must_use]
    pub fn with_reply_authorized(mut self) -> Self {
        self.reply_authorized = true;
        self
    }

    /// Allows the recipient to reply, to this party in the place of the sender (ReplyTo). A commitment can stand in
    /// the place of the identifier ([`Role::ReplyTo`](crate::evidence::Role::ReplyTo)).
    #[must_use]
    pub fn with_reply_to(mut self, reply_to: impl Into<Identifier>) -> Self {
        self.reply_authorized = true;
        self.reply_to = Some(Party::new(reply_to));
        self
    }

    /// Names the rules by which periods are computed, in 1 to 255 characters (Regime).
    ///
    /// # Errors
    /// The error of the text.
    pub fn with_regime(mut self, regime: &str) -> Result<Self, EvidenceError> {
        self.regime = Some(text::text("regime", regime, MAX_IDENTIFIER)?);
        Ok(self)
    }

    /// Returns the mode that is asked for. It is basic where none is.
    pub fn consignment_mode(&self) -> ConsignmentMode {
        self.consignment_mode.unwrap_or_default()
    }

    /// Returns the level at least at which the recipient is to be authenticated.
    pub fn required_assurance(&self) -> Option<AssuranceLevel> {
        self.required_assurance
    }

    /// Returns the time at which the message is to be delivered.
    pub fn scheduled_delivery_time(&self) -> Option<DateTime<Utc>> {
        self.scheduled_delivery_time
    }

    /// Returns the last instant at which the content is to be available.
    pub fn expiration_time(&self) -> Option<DateTime<Utc>> {
        self.expiration_time
    }

    /// Returns the number of days in which the recipient may accept or refuse.
    pub fn answer_period_days(&self) -> Option<usize> {
        self.answer_period_days
    }

    /// Tells if the recipient may reply.
    pub fn is_reply_authorized(&self) -> bool {
        self.reply_authorized
    }

    /// Returns the party to which the recipient may reply, where it is not the sender.
    pub fn reply_to(&self) -> Option<&Identifier> {
        self.reply_to.as_ref().map(Party::identifier)
    }

    /// Returns the name of the rules by which periods are computed.
    pub fn regime(&self) -> Option<&str> {
        self.regime.as_deref()
    }

    /// Returns the first and the last instant at which a period of the days that are asked for can end, if it begins at this
    /// one; `None` where no number is asked for. It is counted from its begin, or in whole days after that of its begin, in
    /// whichever place: what lies between is open.
    pub(crate) fn ends_of_answer_period(&self, begin: DateTime<Utc>) -> Option<RangeInclusive<DateTime<Utc>>> {
        let days = TimeDelta::try_days(self.answer_period_days?.try_into().ok()?)?;
        let first = begin.checked_add_signed(days)?.checked_sub_signed(CLOCK_CHANGE)?;
        let last = begin.checked_add_signed(days)?.checked_add_signed(TimeDelta::days(1))?;
        Some(first..=last.checked_add_signed(CLOCK_CHANGE)?)
    }

    /// Checks the rules that hold between the members, and that there is one.
    pub(in crate::evidence) fn check(&self) -> Result<(), EvidenceError> {
        if *self == Self::default() {
            return Err(EvidenceError::Empty("extension Terms"));
        }
        if self.reply_to.is_some() && !self.reply_authorized {
            return Err(EvidenceError::ReplyNotAllowed);
        }
        match (self.scheduled_delivery_time, self.expiration_time) {
            (Some(scheduled), Some(expiration)) if expiration < scheduled => {
                Err(EvidenceError::Period("the availability that is asked for"))
            }
            (None | Some(_), None | Some(_)) => Ok(()),
        }
    }
}

/// The most by which the clocks of a place change on one day, in the seasons of Troll.
const CLOCK_CHANGE: TimeDelta = TimeDelta::hours(2);

/// The largest number of days in which a recipient may answer: ten years.
const MAX_ANSWER_PERIOD_DAYS: usize = 3660;

/// The message that a sending replies to, by its proof of sending (extension InReplyTo).
#[derive(Debug, Clone)]
pub struct InReplyTo {
    message_id: MessageId,
    original: PrecedingEvidence,
    /// What the terms of the message ask for, until the reply is sealed.
    required_assurance: Option<AssuranceLevel>,
}

/// Two are equal if they name the same: what the other message asks for stands in no reply.
impl PartialEq for InReplyTo {
    fn eq(&self, named: &Self) -> bool {
        self.message_id == named.message_id && self.original == named.original
    }
}

impl Eq for InReplyTo {}

impl InReplyTo {
    /// Refers to the proof of sending of the original message.
    pub fn new(message_id: MessageId, original: PrecedingEvidence) -> Self {
        Self { message_id, original, required_assurance: None }
    }

    /// Says what the terms of the original message ask of a delegate who replies.
    pub(in crate::evidence) fn asked_by(self, terms: Option<&Terms>) -> Self {
        Self { required_assurance: terms.and_then(Terms::required_assurance), ..self }
    }

    /// Returns the level that the original message asks for; `None` in a statement that was read.
    pub(in crate::evidence) fn required_assurance(&self) -> Option<AssuranceLevel> {
        self.required_assurance
    }

    /// Returns the identifier of the original message.
    pub fn message_id(&self) -> &MessageId {
        &self.message_id
    }

    /// Returns the reference to its proof of sending.
    pub fn original(&self) -> &PrecedingEvidence {
        &self.original
    }
}
