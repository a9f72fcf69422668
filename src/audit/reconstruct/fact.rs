//! What can happen to a message, as records and proofs tell it.

use crate::audit::{EngineEvent, Kind};
use crate::evidence::Event;

macro_rules! facts {
    ($($(#[$doc:meta])* $fact:ident = $name:literal,)*) => {
        /// A thing that happens to a message, whoever records it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Fact {
            $($(#[$doc])* $fact,)*
        }

        impl Fact {
            /// All facts, in the order of the life of a message.
            pub const ALL: &'static [Self] = &[$(Self::$fact),*];

            /// Returns the stable name, which programs match.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$fact => $name,)*
                }
            }
        }
    };
}

facts! {
    /// Somebody asked whether the recipient takes letters by this way.
    Consent = "consent",
    /// The message was submitted, accepted or rejected (A.1, A.2, F.3).
    Submission = "submission",
    /// The message went to another service or left registered delivery (B.1 to B.3, F.1, F.2).
    Relay = "relay",
    /// The recipient was asked to accept (C.1, C.2).
    Asked = "asked",
    /// The recipient answered, or the period ended (C.3 to C.5).
    Answered = "answered",
    /// The content was laid where the recipient can reach it, or could not be (D.1, D.2).
    Available = "available",
    /// The recipient was told, or could not be (D.3 to D.5, C.6).
    Notified = "notified",
    /// The recipient consulted the content, or it was handed over (D.6, E.1, E.2).
    Opened = "opened",
    /// The content was deleted.
    Removed = "removed",
    /// Anything else that concerns the message.
    Beside = "beside",
}

impl Fact {
    /// Returns the fact that evidence of an event is about (ETSI EN 319 522-1 clause 6.2).
    pub fn of_event(event: Event) -> Self {
        match event {
            Event::SubmissionAcceptance | Event::SubmissionRejection | Event::ReceivedFromNonERDS => Self::Submission,
            Event::RelayAcceptance
            | Event::RelayRejection
            | Event::RelayFailure
            | Event::RelayToNonERDS
            | Event::RelayToNonERDSFailure => Self::Relay,
            Event::NotificationForAcceptance | Event::NotificationForAcceptanceFailure => Self::Asked,
            Event::ConsignmentAcceptance | Event::ConsignmentRejection | Event::AcceptanceRejectionExpiry => {
                Self::Answered
            }
            Event::ContentConsignment | Event::ContentConsignmentFailure => Self::Available,
            Event::NotificationDelivered
            | Event::NotificationAccessTracking
            | Event::ConsignmentNotification
            | Event::ConsignmentNotificationFailure => Self::Notified,
            Event::ContentAccessTracking | Event::ContentHandover | Event::ContentHandoverFailure => Self::Opened,
        }
    }

    /// Returns the fact that an announcement of an event engine is about.
    pub(super) fn of_engine(event: EngineEvent) -> Self {
        match event {
            EngineEvent::NewDocument => Self::Available,
            EngineEvent::NewDocumentReminder => Self::Notified,
            EngineEvent::ReadDocument => Self::Opened,
            EngineEvent::DocumentExpirationAlert => Self::Removed,
        }
    }

    /// Returns the fact that records of a kind are about; `None` where their action or event decides.
    pub(super) fn of_kind(kind: Kind) -> Option<Self> {
        match kind {
            Kind::ApiCall | Kind::EventEngine | Kind::ProofIssued | Kind::ProofReceived => None,
            Kind::ConsentCheck | Kind::ConsentChanged => Some(Self::Consent),
            Kind::Notification => Some(Self::Notified),
            Kind::Read => Some(Self::Opened),
            Kind::Deleted => Some(Self::Removed),
            Kind::Hidden
            | Kind::IdentityFlag
            | Kind::MandateChanged
            | Kind::ClockStatus
            | Kind::Export
            | Kind::Resumed => Some(Self::Beside),
        }
    }

    /// Returns the fact that a call is about by its method, where no policy names the action.
    ///
    /// Content is submitted by POST or PUT and consulted by GET, and the record then names the parts. A call without parts is
    /// about something else, such as the status of the message.
    pub(super) fn of_call(method: &str, has_parts: bool) -> Self {
        match (method, has_parts) {
            ("POST" | "PUT", true) => Self::Submission,
            ("GET", true) => Self::Opened,
            ("DELETE", _) => Self::Removed,
            _ => Self::Beside,
        }
    }
}

/// Tells if an event says that something was not done.
pub(super) fn is_failure(event: Event) -> bool {
    matches!(event, Event::SubmissionRejection | Event::RelayRejection) || event.name().ends_with("Failure")
}
