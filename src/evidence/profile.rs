//! Holds the table of events: the members, the preceding events and the commitment of the evidence of each event.
//!
//! [`Event::profile`] has an arm for each event, and each row names the kind of statement that holds it, so that an
//! event or a kind that is forgotten does not compile.

use super::event::Event;
pub use super::member::{Member, Presence};

/// The service that issues evidence of an event (ETSI EN 319 522-1, clause 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuingService {
    /// The service of the sender issues it.
    Sender,
    /// The service of the recipient issues it.
    Recipient,
    /// A service that relays the message issues it.
    Relaying,
    /// A service at the border to a system outside of registered delivery issues it.
    Border,
}

/// The parties whose authentication evidence of an event states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assured {
    /// The evidence may state how any party was authenticated.
    AnyParty,
    /// Exactly the acting party among the recipients and their delegates carries assurance.
    ActingRecipient,
    /// Nobody among the recipients and their delegates acted, and none of them carries assurance.
    NoRecipient,
}

/// The commitment that the seal over evidence of an event makes (ETSI EN 319 122-1 V1.3.1, clause 5.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommitmentType {
    /// The seal is a proof of sender.
    ProofOfSender,
    /// The seal is a proof of delivery: the content was made available, opened or handed over.
    ProofOfDelivery,
}

/// The kind of statement that holds evidence of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatementKind {
    /// The statement is a [`Sending`](super::Sending).
    Sending,
    /// The statement is an [`Opening`](super::Opening).
    Opening,
    /// The statement is a [`Step`](super::Step).
    Step,
}

/// A row of the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventProfile {
    /// The kind of statement that holds the evidence.
    pub kind: StatementKind,
    /// The services that may issue the evidence.
    pub issuers: &'static [IssuingService],
    /// The members that the evidence always has, beside those of all evidence.
    pub required: &'static [Member],
    /// The members that the evidence may have, beside those that all evidence may have.
    pub optional: &'static [Member],
    /// The events whose evidence it names as what precedes it: how the message came in. Nothing precedes it if the list is
    /// empty.
    pub follows: &'static [Event],
    /// The events of which one may have caused this one directly (extension CausedBy).
    pub causes: &'static [Event],
    /// The events that may come after this one in the life of a message for one recipient.
    pub next: &'static [Event],
    /// The parties whose authentication the evidence states.
    pub assured: Assured,
    /// The commitment of the seal, if it makes one.
    pub commitment: Option<CommitmentType>,
}

/// The place of a statement after others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Succession {
    /// The statement follows no other one.
    #[default]
    First,
    /// The statement names the one that it follows.
    Following,
}

/// The members that all evidence has.
const REQUIRED: &[Member] = &[
    Member::Version,
    Member::EvidenceIdentifier,
    Member::ErdsEventId,
    Member::EventTime,
    Member::EvidenceIssuerDetails,
    Member::SenderDetails,
    Member::RecipientDetails,
    Member::SubmissionTime,
    Member::MessageIdentifier,
    Member::UserContentInfo,
    Member::Extensions,
];

/// The members that all evidence may have.
const OPTIONAL: &[Member] =
    &[Member::EvidenceIssuerPolicyId, Member::SenderDelegateDetails, Member::RecipientsDelegateDetails];

impl EventProfile {
    /// Returns the place of the statements that hold evidence of the event.
    pub(super) fn succession(&self) -> Succession {
        if self.follows.is_empty() { Succession::First } else { Succession::Following }
    }

    /// Tells if evidence of the event always, optionally or never has this member.
    pub fn presence(&self, member: Member) -> Presence {
        if REQUIRED.contains(&member) || self.required.contains(&member) {
            Presence::Required
        } else if OPTIONAL.contains(&member) || self.optional.contains(&member) {
            Presence::Optional
        } else {
            Presence::Forbidden
        }
    }
}

/// The rows of the table. The letters beside their names are those of ETSI EN 319 522-1, clause 6.2.
mod rows {
    use super::{Assured, CommitmentType, EventProfile, IssuingService, Member, StatementKind};
    use crate::evidence::event::Event::{self, *};

    /// How a message comes in: what all later evidence of it follows.
    const SENT: &[Event] = &[SubmissionAcceptance, ReceivedFromNonERDS];

    /// What may come first after a message came in.
    const AFTER_SENDING: &[Event] = &[
        RelayAcceptance,
        RelayRejection,
        RelayFailure,
        NotificationForAcceptance,
        NotificationForAcceptanceFailure,
        ContentConsignment,
        ContentConsignmentFailure,
        ContentAccessTracking,
        ContentHandover,
        RelayToNonERDS,
        RelayToNonERDSFailure,
    ];

    /// Evidence by the recipient's service about one recipient, in which nobody acts.
    const OF_RECIPIENT: EventProfile = EventProfile {
        kind: StatementKind::Step,
        issuers: &[IssuingService::Recipient],
        required: &[Member::EvidenceRefersToRecipient],
        optional: &[],
        follows: SENT,
        causes: &[],
        next: &[],
        assured: Assured::NoRecipient,
        commitment: None,
    };

    /// Evidence by a service at the border to another one. It needs to name a recipient where there are several.
    const AT_BORDER: EventProfile = EventProfile {
        issuers: &[IssuingService::Border],
        required: &[Member::ForwardedToExternalSystem],
        optional: &[Member::EvidenceRefersToRecipient],
        next: &[RelayToNonERDS],
        ..OF_RECIPIENT
    };

    /// A.1
    pub(super) const SUBMISSION_ACCEPTANCE: EventProfile = EventProfile {
        kind: StatementKind::Sending,
        issuers: &[IssuingService::Sender],
        required: &[],
        optional: &[
            Member::Terms,
            Member::InReplyTo,
            Member::Payment,
            Member::Mandate,
            Member::IdentifierSucceeds,
            Member::Submission,
        ],
        follows: &[],
        causes: &[],
        next: AFTER_SENDING,
        assured: Assured::AnyParty,
        commitment: Some(CommitmentType::ProofOfSender),
    };

    /// A.2. Its members are those of the submission that was refused.
    pub(super) const SUBMISSION_REJECTION: EventProfile = EventProfile {
        kind: StatementKind::Step,
        required: &[Member::EventReasons],
        next: &[],
        commitment: None,
        ..SUBMISSION_ACCEPTANCE
    };

    /// B.1
    pub(super) const RELAY_ACCEPTANCE: EventProfile = EventProfile {
        issuers: &[IssuingService::Recipient, IssuingService::Relaying],
        required: &[Member::ExternalErdsDetails],
        optional: &[Member::EvidenceRefersToRecipient, Member::EventReasons],
        next: &[
            RelayAcceptance,
            RelayRejection,
            RelayFailure,
            NotificationForAcceptance,
            NotificationForAcceptanceFailure,
            ContentConsignment,
            ContentConsignmentFailure,
            ContentAccessTracking,
            ContentHandover,
        ],
        ..OF_RECIPIENT
    };

    /// B.2
    pub(super) const RELAY_REJECTION: EventProfile = EventProfile {
        required: &[Member::EventReasons, Member::ExternalErdsDetails],
        optional: &[Member::EvidenceRefersToRecipient],
        next: &[RelayAcceptance, RelayToNonERDS, RelayToNonERDSFailure],
        ..RELAY_ACCEPTANCE
    };

    /// B.3
    pub(super) const RELAY_FAILURE: EventProfile =
        EventProfile { issuers: &[IssuingService::Sender, IssuingService::Relaying], ..RELAY_REJECTION };

    /// C.1
    pub(super) const NOTIFICATION_FOR_ACCEPTANCE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::Window],
        optional: &[Member::Notification, Member::CausedBy],
        causes: &[RelayAcceptance],
        next: &[
            NotificationForAcceptance,
            NotificationForAcceptanceFailure,
            ConsignmentAcceptance,
            ConsignmentRejection,
            AcceptanceRejectionExpiry,
            NotificationDelivered,
            NotificationAccessTracking,
        ],
        ..OF_RECIPIENT
    };

    /// C.2
    pub(super) const NOTIFICATION_FOR_ACCEPTANCE_FAILURE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::EventReasons],
        optional: &[Member::Notification, Member::CausedBy],
        causes: &[NotificationForAcceptance],
        next: &[NotificationForAcceptance],
        ..OF_RECIPIENT
    };

    /// C.3
    pub(super) const CONSIGNMENT_ACCEPTANCE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::CausedBy],
        optional: &[Member::RecipientSignature, Member::Mandate, Member::IdentifierSucceeds],
        causes: &[NotificationForAcceptance],
        next: &[ContentConsignment, ContentConsignmentFailure, ContentHandover, ContentHandoverFailure],
        assured: Assured::ActingRecipient,
        ..OF_RECIPIENT
    };

    /// C.4
    pub(super) const CONSIGNMENT_REJECTION: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::EventReasons, Member::CausedBy],
        optional: &[Member::Mandate, Member::IdentifierSucceeds],
        next: &[],
        ..CONSIGNMENT_ACCEPTANCE
    };

    /// C.5
    pub(super) const ACCEPTANCE_REJECTION_EXPIRY: EventProfile =
        EventProfile { optional: &[], assured: Assured::NoRecipient, ..CONSIGNMENT_REJECTION };

    /// C.6 or D.5
    pub(super) const NOTIFICATION_DELIVERED: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::Notification, Member::CausedBy],
        causes: &[NotificationForAcceptance, ConsignmentNotification],
        ..OF_RECIPIENT
    };

    /// D.5 or C.6
    pub(super) const NOTIFICATION_ACCESS_TRACKING: EventProfile = NOTIFICATION_DELIVERED;

    /// D.1
    pub(super) const CONTENT_CONSIGNMENT: EventProfile = EventProfile {
        optional: &[Member::Availability, Member::CausedBy],
        causes: &[RelayAcceptance, ConsignmentAcceptance],
        next: &[
            ConsignmentNotification,
            ConsignmentNotificationFailure,
            ContentAccessTracking,
            ContentHandover,
            ContentHandoverFailure,
        ],
        commitment: Some(CommitmentType::ProofOfDelivery),
        ..OF_RECIPIENT
    };

    /// D.2
    pub(super) const CONTENT_CONSIGNMENT_FAILURE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::EventReasons],
        optional: &[Member::CausedBy],
        next: &[ContentConsignment, RelayToNonERDS, RelayToNonERDSFailure],
        commitment: None,
        ..CONTENT_CONSIGNMENT
    };

    /// D.3
    pub(super) const CONSIGNMENT_NOTIFICATION: EventProfile = EventProfile {
        causes: &[ContentConsignment],
        next: &[
            ConsignmentNotification,
            ConsignmentNotificationFailure,
            NotificationDelivered,
            NotificationAccessTracking,
            ContentAccessTracking,
            ContentHandover,
        ],
        ..NOTIFICATION_DELIVERED
    };

    /// D.4
    pub(super) const CONSIGNMENT_NOTIFICATION_FAILURE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::EventReasons, Member::Notification, Member::CausedBy],
        causes: &[ContentConsignment, ConsignmentNotification],
        next: &[ConsignmentNotification],
        ..OF_RECIPIENT
    };

    /// D.6
    pub(super) const CONTENT_ACCESS_TRACKING: EventProfile = EventProfile {
        kind: StatementKind::Opening,
        optional: &[Member::CausedBy, Member::OpenedParts, Member::Mandate, Member::IdentifierSucceeds],
        causes: &[ContentConsignment],
        next: &[ContentAccessTracking, ContentHandover],
        assured: Assured::ActingRecipient,
        commitment: Some(CommitmentType::ProofOfDelivery),
        ..OF_RECIPIENT
    };

    /// E.1
    pub(super) const CONTENT_HANDOVER: EventProfile = EventProfile {
        optional: &[Member::CausedBy, Member::Mandate, Member::IdentifierSucceeds],
        causes: &[ContentConsignment, ConsignmentAcceptance],
        next: &[ContentAccessTracking],
        ..CONTENT_ACCESS_TRACKING
    };

    /// E.2
    pub(super) const CONTENT_HANDOVER_FAILURE: EventProfile = EventProfile {
        required: &[Member::EvidenceRefersToRecipient, Member::EventReasons, Member::CausedBy],
        causes: &[ContentConsignment, ConsignmentAcceptance],
        next: &[ContentHandover],
        ..OF_RECIPIENT
    };

    /// F.1
    pub(super) const RELAY_TO_NON_ERDS: EventProfile = AT_BORDER;

    /// F.2
    pub(super) const RELAY_TO_NON_ERDS_FAILURE: EventProfile = EventProfile {
        required: &[Member::EventReasons, Member::ForwardedToExternalSystem],
        next: &[RelayToNonERDS],
        ..AT_BORDER
    };

    /// F.3
    pub(super) const RECEIVED_FROM_NON_ERDS: EventProfile = EventProfile {
        issuers: &[IssuingService::Border],
        optional: &[Member::Terms, Member::Mandate],
        commitment: None,
        ..SUBMISSION_ACCEPTANCE
    };
}

impl Event {
    /// Returns the row of this event in the table.
    pub fn profile(self) -> &'static EventProfile {
        match self {
            Self::SubmissionAcceptance => &rows::SUBMISSION_ACCEPTANCE,
            Self::SubmissionRejection => &rows::SUBMISSION_REJECTION,
            Self::RelayAcceptance => &rows::RELAY_ACCEPTANCE,
            Self::RelayRejection => &rows::RELAY_REJECTION,
            Self::RelayFailure => &rows::RELAY_FAILURE,
            Self::NotificationForAcceptance => &rows::NOTIFICATION_FOR_ACCEPTANCE,
            Self::NotificationForAcceptanceFailure => &rows::NOTIFICATION_FOR_ACCEPTANCE_FAILURE,
            Self::ConsignmentAcceptance => &rows::CONSIGNMENT_ACCEPTANCE,
            Self::ConsignmentRejection => &rows::CONSIGNMENT_REJECTION,
            Self::AcceptanceRejectionExpiry => &rows::ACCEPTANCE_REJECTION_EXPIRY,
            Self::NotificationDelivered => &rows::NOTIFICATION_DELIVERED,
            Self::NotificationAccessTracking => &rows::NOTIFICATION_ACCESS_TRACKING,
            Self::ContentConsignment => &rows::CONTENT_CONSIGNMENT,
            Self::ContentConsignmentFailure => &rows::CONTENT_CONSIGNMENT_FAILURE,
            Self::ConsignmentNotification => &rows::CONSIGNMENT_NOTIFICATION,
            Self::ConsignmentNotificationFailure => &rows::CONSIGNMENT_NOTIFICATION_FAILURE,
            Self::ContentAccessTracking => &rows::CONTENT_ACCESS_TRACKING,
            Self::ContentHandover => &rows::CONTENT_HANDOVER,
            Self::ContentHandoverFailure => &rows::CONTENT_HANDOVER_FAILURE,
            Self::RelayToNonERDS => &rows::RELAY_TO_NON_ERDS,
            Self::RelayToNonERDSFailure => &rows::RELAY_TO_NON_ERDS_FAILURE,
            Self::ReceivedFromNonERDS => &rows::RECEIVED_FROM_NON_ERDS,
        }
    }
}
