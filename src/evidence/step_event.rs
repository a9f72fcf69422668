//! The events of steps, each with the members that its evidence has to have.

use super::acting::ActedBy;
use super::details::{Details, ExternalService, Notification, Window};
use super::error::EvidenceError;
use super::event::Event;
use super::limits::MAX_IDENTIFIER;
use super::party::Assurance;
use super::reason::Reason;
use super::statement::Core;
use super::text;

/// What happened to a message, with what its evidence has to tell. The letters are those of ETSI EN 319 522-1, clause 6.2.
///
/// The column of causes says which step has to have led to it: [`Step::after`](super::Step::after) takes that step.
///
/// | event | caused by | optional |
/// |---|---|---|
/// | the relays B.1 to B.3 and the exits F.1 and F.2 | nothing | |
/// | NotificationForAcceptance | RelayAcceptance, if any | the channel |
/// | NotificationForAcceptanceFailure | NotificationForAcceptance, if any | the channel |
/// | ConsignmentAcceptance | NotificationForAcceptance | the recipient's signature |
/// | ConsignmentRejection, AcceptanceRejectionExpiry | NotificationForAcceptance | |
/// | NotificationDelivered, NotificationAccessTracking | NotificationForAcceptance or ConsignmentNotification | a commitment to the address |
/// | ContentConsignment, ContentConsignmentFailure | ConsignmentAcceptance or RelayAcceptance, if any | the availability |
/// | ConsignmentNotification | ContentConsignment | |
/// | ConsignmentNotificationFailure | ContentConsignment or ConsignmentNotification | |
/// | ContentHandoverFailure | ContentConsignment or ConsignmentAcceptance | |
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepEvent {
    /// The service took the message from another service (B.1).
    RelayAcceptance {
        /// The service from which the message was relayed.
        from: ExternalService,
    },
    /// The service refused the message of another service (B.2).
    RelayRejection {
        /// The service from which the message was relayed.
        from: ExternalService,
        /// The reason.
        reason: Reason,
    },
    /// The next service gave no usable answer (B.3).
    RelayFailure {
        /// The service that did not answer.
        to: ExternalService,
        /// The reason.
        reason: Reason,
    },
    /// The recipient was asked to accept or refuse (C.1).
    NotificationForAcceptance {
        /// The period in which the recipient may answer.
        window: Window,
    },
    /// The request to accept or refuse could not be sent (C.2).
    NotificationForAcceptanceFailure {
        /// The reason.
        reason: Reason,
    },
    /// The recipient accepted (C.3).
    ConsignmentAcceptance {
        /// The recipient, or the party that acted for it.
        answered_by: ActedBy,
        /// How that party was authenticated.
        assurance: Assurance,
    },
    /// The recipient refused (C.4).
    ConsignmentRejection {
        /// The recipient, or the party that acted for it.
        answered_by: ActedBy,
        /// How that party was authenticated.
        assurance: Assurance,
        /// The reason.
        reason: Reason,
    },
    /// The period ended without an answer (C.5).
    AcceptanceRejectionExpiry {
        /// The reason.
        reason: Reason,
    },
    /// A notification reached its channel (C.6 or D.5).
    NotificationDelivered {
        /// The channel of the notification.
        notification: Notification,
    },
    /// A notification was opened (C.6 or D.5).
    NotificationAccessTracking {
        /// The channel of the notification.
        notification: Notification,
    },
    /// The content lies where the recipient can reach it (D.1).
    ContentConsignment,
    /// The content could not be laid where the recipient can reach it (D.2).
    ContentConsignmentFailure {
        /// The reason.
        reason: Reason,
    },
    /// The recipient was told that the content is available (D.3).
    ConsignmentNotification {
        /// The channel and the number of the notification: 1 is the first one, and the others are reminders.
        notification: Notification,
    },
    /// The recipient could not be told that the content is available (D.4).
    ConsignmentNotificationFailure {
        /// The channel of the notification.
        notification: Notification,
        /// The reason.
        reason: Reason,
    },
    /// The content could not be given to the recipient, for good (E.2).
    ContentHandoverFailure {
        /// The reason.
        reason: Reason,
    },
    /// The message was handed to a system outside of registered delivery (F.1).
    RelayToNonERDS {
        /// The name of the system, in 1 to 255 characters, such as `paper-post`.
        system: String,
    },
    /// The message could not be handed to a system outside of registered delivery (F.2).
    RelayToNonERDSFailure {
        /// The name of the system, in 1 to 255 characters, such as `paper-post`.
        system: String,
        /// The reason.
        reason: Reason,
    },
}

impl StepEvent {
    /// Returns the event.
    pub fn event(&self) -> Event {
        match self {
            Self::RelayAcceptance { .. } => Event::RelayAcceptance,
            Self::RelayRejection { .. } => Event::RelayRejection,
            Self::RelayFailure { .. } => Event::RelayFailure,
            Self::NotificationForAcceptance { .. } => Event::NotificationForAcceptance,
            Self::NotificationForAcceptanceFailure { .. } => Event::NotificationForAcceptanceFailure,
            Self::ConsignmentAcceptance { .. } => Event::ConsignmentAcceptance,
            Self::ConsignmentRejection { .. } => Event::ConsignmentRejection,
            Self::AcceptanceRejectionExpiry { .. } => Event::AcceptanceRejectionExpiry,
            Self::NotificationDelivered { .. } => Event::NotificationDelivered,
            Self::NotificationAccessTracking { .. } => Event::NotificationAccessTracking,
            Self::ContentConsignment => Event::ContentConsignment,
            Self::ContentConsignmentFailure { .. } => Event::ContentConsignmentFailure,
            Self::ConsignmentNotification { .. } => Event::ConsignmentNotification,
            Self::ConsignmentNotificationFailure { .. } => Event::ConsignmentNotificationFailure,
            Self::ContentHandoverFailure { .. } => Event::ContentHandoverFailure,
            Self::RelayToNonERDS { .. } => Event::RelayToNonERDS,
            Self::RelayToNonERDSFailure { .. } => Event::RelayToNonERDSFailure,
        }
    }

    /// Puts the party that acted into the statement, which refers to this recipient. Returns the other members.
    pub(super) fn act(self, core: &mut Core, recipient_index: usize) -> Result<Details, EvidenceError> {
        let mut details = Details::NONE;
        match self {
            Self::RelayAcceptance { from } => details.external_service = Some(from),
            Self::RelayRejection { from: service, reason } | Self::RelayFailure { to: service, reason } => {
                details.external_service = Some(service);
                details.reasons.push(reason);
            }
            Self::NotificationForAcceptance { window } => details.window = Some(window),
            Self::NotificationForAcceptanceFailure { reason }
            | Self::AcceptanceRejectionExpiry { reason }
            | Self::ContentConsignmentFailure { reason }
            | Self::ContentHandoverFailure { reason } => details.reasons.push(reason),
            Self::ConsignmentAcceptance { answered_by, assurance } => {
                answer(core, answered_by, assurance, recipient_index)?;
            }
            Self::ConsignmentRejection { answered_by, assurance, reason } => {
                answer(core, answered_by, assurance, recipient_index)?;
                details.reasons.push(reason);
            }
            Self::NotificationDelivered { notification }
            | Self::NotificationAccessTracking { notification }
            | Self::ConsignmentNotification { notification } => details.notification = Some(notification),
            Self::ContentConsignment => {}
            Self::ConsignmentNotificationFailure { notification, reason } => {
                details.notification = Some(notification);
                details.reasons.push(reason);
            }
            Self::RelayToNonERDS { system } => details.forwarded_to = Some(system_name(&system)?),
            Self::RelayToNonERDSFailure { system, reason } => {
                details.forwarded_to = Some(system_name(&system)?);
                details.reasons.push(reason);
            }
        }
        Ok(details)
    }
}

/// Checks the name of a system outside of registered delivery.
pub(super) fn system_name(name: &str) -> Result<String, EvidenceError> {
    text::text("name of an external system", name, MAX_IDENTIFIER)
}

fn answer(
    core: &mut Core,
    answered_by: ActedBy,
    assurance: Assurance,
    recipient_index: usize,
) -> Result<(), EvidenceError> {
    // The party that was asked answers, and no other one.
    if answered_by.recipient_index()? != recipient_index {
        return Err(EvidenceError::Opener);
    }
    core.act(answered_by, assurance)
}
