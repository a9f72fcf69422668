//! What a statement says of its event beside the message and its parties, without their identifiers and addresses.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::crypto::Digest;
use crate::evidence::profile::Assured;
use crate::evidence::{
    Assurance, Availability, ExternalService, IdentifierSuccession, IdentityAttribute, InReplyTo, Notification,
    PrecedingEvidence, StatedPayment, Statement, Terms, Window, attribute,
};
use crate::text::{self, read_from_object};

/// The details of a statement, each where it is stated.
///
/// Identifiers and attributes of parties, addresses, accounts, and references of payments are left out. Channels, outside systems,
/// other services, regimes, sources and methods of authentication are texts of whoever states them, and are shown as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatementDetails {
    /// The number, from 1, of the recipient that the statement is about (EvidenceRefersToRecipient).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<usize>,
    /// How the party that acted was authenticated (AssuranceLevelsDetails).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication: Option<AuthenticationSummary>,
    /// The evidence of the step that led to the event (CausedBy).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<EvidenceReference>,
    /// What the sender asks for (Terms).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<TermsSummary>,
    /// The period for an answer (Window).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowSummary>,
    /// The availability of the content (Availability).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<AvailabilitySummary>,
    /// The channel of a notification, and its number (Notification).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<NotificationSummary>,
    /// The service on the other side of a relay, by its legal name, or else by its number (ExternalERDSDetails).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_service: Option<String>,
    /// The system outside of registered delivery (ForwardedToExternalSystem).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded_to: Option<String>,
    /// The message that the sending replies to (InReplyTo).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<ReplySummary>,
    /// What the recipient is asked to pay (Payment).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentSummary>,
    /// The numbers, from 1, of the parts that were opened (OpenedParts). It is empty where all were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opened_parts: Vec<usize>,
    /// The change of the identifier of the party that acted, without the two identifiers (IdentifierSucceeds).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier_succession: Option<SuccessionSummary>,
    /// The digest of the sender's signature on what was submitted, such as `sha-256:` with hexadecimal digits (Submission).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission_digest: Option<String>,
}

read_from_object! {
    StatementDetails {
        #[serde(default)] recipient,
        #[serde(default)] authentication,
        #[serde(default)] caused_by,
        #[serde(default)] terms,
        #[serde(default)] window,
        #[serde(default)] availability,
        #[serde(default)] notification,
        #[serde(default)] external_service,
        #[serde(default)] forwarded_to,
        #[serde(default)] in_reply_to,
        #[serde(default)] payment,
        #[serde(default)] opened_parts,
        #[serde(default)] identifier_succession,
        #[serde(default)] submission_digest,
    }
}

/// How a party was authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthenticationSummary {
    /// The URI of the level.
    pub level: String,
    /// The time of the authentication.
    pub time: DateTime<Utc>,
    /// The URI of the method, of whoever states it.
    pub method: String,
}

read_from_object! {
    AuthenticationSummary {
        level,
        time,
        method,
    }
}

/// A reference to the proof of another statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceReference {
    /// The identifier of the sealed statement, in hexadecimal.
    pub proof_id: String,
    /// The unique identifier of the evidence.
    pub evidence_identifier: String,
}

read_from_object! {
    EvidenceReference {
        proof_id,
        evidence_identifier,
    }
}

/// What a sender asks for, without the party to which a reply goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermsSummary {
    /// The URI of the consignment mode, which is basic where none is stated.
    pub consignment_mode: String,
    /// The URI of the level at least at which the recipient is to be authenticated.
    pub required_assurance: Option<String>,
    /// The time at which the message is to be delivered.
    pub scheduled_delivery_time: Option<DateTime<Utc>>,
    /// The last instant at which the content is to be available.
    pub expiration_time: Option<DateTime<Utc>>,
    /// The number of days for an answer.
    pub answer_period_days: Option<usize>,
    /// True if the recipient may reply.
    pub reply_authorized: bool,
    /// The name of the rules by which periods are computed.
    pub regime: Option<String>,
}

read_from_object! {
    TermsSummary {
        consignment_mode,
        required_assurance,
        scheduled_delivery_time,
        expiration_time,
        answer_period_days,
        reply_authorized,
        regime,
    }
}

/// The period in which the recipient may accept or refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowSummary {
    /// The first instant of the period.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// The name of the rules by which it was computed.
    pub regime: String,
    /// True if the recipient does not learn who the sender is before the answer.
    pub sender_hidden: bool,
}

read_from_object! {
    WindowSummary {
        from,
        until,
        regime,
        sender_hidden,
    }
}

/// The availability of the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AvailabilitySummary {
    /// The last instant at which the content is available, if one is stated.
    pub until: Option<DateTime<Utc>>,
    /// True if the recipient has never opened the box in which it lies.
    pub never_activated: bool,
}

read_from_object! {
    AvailabilitySummary {
        until,
        never_activated,
    }
}

/// A notification of the recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotificationSummary {
    /// The channel, such as `email`.
    pub channel: String,
    /// The number of the notification, from 1; later ones are reminders.
    pub ordinal: Option<usize>,
}

read_from_object! {
    NotificationSummary {
        channel,
        ordinal,
    }
}

/// The message that a sending replies to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReplySummary {
    /// The identifier of the message.
    pub message_id: String,
    /// The evidence of its sending.
    pub sending: EvidenceReference,
}

read_from_object! {
    ReplySummary {
        message_id,
        sending,
    }
}

/// The change of an identifier, without the previous and the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuccessionSummary {
    /// Where the change stands, such as the name of a register.
    pub source: String,
    /// The time of the change.
    pub at: DateTime<Utc>,
}

read_from_object! {
    SuccessionSummary {
        source,
        at,
    }
}

/// What the recipient is asked to pay, without account, bank and references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PaymentSummary {
    /// The statement holds the data.
    Stated {
        /// The amount without VAT, in minor units of the currency.
        amount_minor: u64,
        /// The VAT, in minor units of the currency.
        vat_minor: u64,
        /// The code of the currency (ISO 4217).
        currency: String,
        /// The last day on which the payment is in time.
        due_date: NaiveDate,
    },
    /// The statement holds a commitment in their place.
    Committed,
}

impl StatementDetails {
    pub(crate) fn of<S: Statement>(statement: &S) -> Self {
        // Where the event is that nobody acted, no party has assurance.
        let acting = match statement.event().profile().assured {
            Assured::NoRecipient => None,
            Assured::AnyParty | Assured::ActingRecipient => statement.core().acting_assurance(),
        };
        Self {
            recipient: statement.refers_to_recipient(),
            authentication: acting.map(AuthenticationSummary::of),
            caused_by: statement.caused_by().map(EvidenceReference::of),
            terms: statement.terms().map(TermsSummary::of),
            window: statement.window().map(WindowSummary::of),
            availability: statement.availability().map(AvailabilitySummary::of),
            notification: statement.notification().map(NotificationSummary::of),
            external_service: statement.external_service().and_then(name_of),
            forwarded_to: statement.forwarded_to().map(str::to_owned),
            in_reply_to: statement.in_reply_to().map(ReplySummary::of),
            payment: statement.payment().map(PaymentSummary::of),
            opened_parts: statement.opened_parts().to_vec(),
            identifier_succession: statement.identifier_succession().map(SuccessionSummary::of),
            submission_digest: statement.submission_digest().map(Digest::to_string),
        }
    }

    /// Tells if nothing is stated.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The legal name of a service, or else its number. Other attributes are not those of services.
fn name_of(service: &ExternalService) -> Option<String> {
    let value = |name: &str| {
        let attribute = service.attributes().iter().find(|attribute| attribute.name() == name);
        attribute.and_then(|attribute: &IdentityAttribute| attribute.values().first().cloned())
    };
    value(attribute::LEGAL_NAME).or_else(|| value(attribute::LEGAL_PERSON_IDENTIFIER))
}

impl AuthenticationSummary {
    fn of(assurance: &Assurance) -> Self {
        Self {
            level: assurance.level().uri().to_owned(),
            time: assurance.authentication_time(),
            method: assurance.authentication_method().to_owned(),
        }
    }
}

impl EvidenceReference {
    fn of(reference: &PrecedingEvidence) -> Self {
        Self {
            proof_id: text::hex(reference.proof_id().as_bytes()).to_string(),
            evidence_identifier: reference.evidence_identifier().to_string(),
        }
    }
}

impl TermsSummary {
    fn of(terms: &Terms) -> Self {
        Self {
            consignment_mode: terms.consignment_mode().uri().to_owned(),
            required_assurance: terms.required_assurance().map(|level| level.uri().to_owned()),
            scheduled_delivery_time: terms.scheduled_delivery_time(),
            expiration_time: terms.expiration_time(),
            answer_period_days: terms.answer_period_days(),
            reply_authorized: terms.is_reply_authorized(),
            regime: terms.regime().map(str::to_owned),
        }
    }
}

impl WindowSummary {
    fn of(window: &Window) -> Self {
        Self {
            from: window.from(),
            until: window.until(),
            regime: window.regime().to_owned(),
            sender_hidden: window.is_sender_hidden(),
        }
    }
}

impl AvailabilitySummary {
    fn of(availability: &Availability) -> Self {
        Self { until: availability.last_instant(), never_activated: availability.is_never_activated() }
    }
}

impl NotificationSummary {
    fn of(notification: &Notification) -> Self {
        Self { channel: notification.channel().to_owned(), ordinal: notification.ordinal() }
    }
}

impl SuccessionSummary {
    fn of(succession: &IdentifierSuccession) -> Self {
        Self { source: succession.source().to_owned(), at: succession.at() }
    }
}

impl ReplySummary {
    fn of(reply: &InReplyTo) -> Self {
        Self { message_id: reply.message_id().as_str().to_owned(), sending: EvidenceReference::of(reply.original()) }
    }
}

impl PaymentSummary {
    fn of(payment: &StatedPayment) -> Self {
        match payment {
            StatedPayment::Clear(payment) => Self::Stated {
                amount_minor: payment.amount_minor(),
                vat_minor: payment.vat_minor(),
                currency: payment.currency().code().to_owned(),
                due_date: payment.due_date(),
            },
            StatedPayment::Committed(_) => Self::Committed,
        }
    }
}
