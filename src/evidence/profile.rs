//! Holds the table of events: the members, the preceding events and the commitment of the evidence of each event.
//!
//! [`Event::profile`] has an arm for each event, and each row names the kind of statement that holds it, so that an
//! event or a kind that is forgotten does not compile.

use super::event::Event;

macro_rules! members {
    ($($name:ident => $text:literal),* $(,)?) => {
        /// A member of evidence (ETSI EN 319 522-3), in the order of the schema.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(missing_docs)]
        pub enum Member {
            $($name,)*
        }

        impl Member {
            /// All members, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The names of [`Member::ALL`], in the same order.
            pub(super) const NAMES: &'static [&'static str] = &[$($text),*];

            /// Returns the name that evidence holds.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

members! {
    Version => "version",
    EvidenceIdentifier => "EvidenceIdentifier",
    ErdsEventId => "ERDSEventId",
    EventTime => "EventTime",
    EvidenceIssuerPolicyId => "EvidenceIssuerPolicyID",
    EvidenceIssuerDetails => "EvidenceIssuerDetails",
    SenderDetails => "SenderDetails",
    SenderDelegateDetails => "SenderDelegateDetails",
    RecipientDetails => "RecipientDetails",
    RecipientsDelegateDetails => "RecipientsDelegateDetails",
    SubmissionTime => "SubmissionTime",
    EvidenceRefersToRecipient => "EvidenceRefersToRecipient",
    MessageIdentifier => "MessageIdentifier",
    UserContentInfo => "UserContentInfo",
    Extensions => "Extensions",
}

/// The rule by which evidence of an event has a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Evidence of the event always has the member.
    Required,
    /// Evidence of the event may have the member.
    Optional,
    /// Evidence of the event never has the member.
    Forbidden,
}

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
}

/// A row of the table of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventProfile {
    /// The kind of statement that holds the evidence.
    pub kind: StatementKind,
    /// The services that may issue the evidence.
    pub issuers: &'static [IssuingService],
    /// The members that the evidence may leave out.
    pub optional: &'static [Member],
    /// The members that the evidence never has.
    pub forbidden: &'static [Member],
    /// The events whose evidence precedes this one. The list is empty if nothing precedes it.
    pub follows: &'static [Event],
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

impl EventProfile {
    /// Returns the place of the statements that hold evidence of the event.
    pub(super) fn succession(&self) -> Succession {
        if self.follows.is_empty() { Succession::First } else { Succession::Following }
    }

    /// Tells if evidence of the event always, optionally or never has this member.
    pub fn presence(&self, member: Member) -> Presence {
        if self.forbidden.contains(&member) {
            Presence::Forbidden
        } else if self.optional.contains(&member) {
            Presence::Optional
        } else {
            Presence::Required
        }
    }
}

/// The members that any evidence may leave out.
const OPTIONAL: &[Member] =
    &[Member::EvidenceIssuerPolicyId, Member::SenderDelegateDetails, Member::RecipientsDelegateDetails];

const SUBMISSION_ACCEPTANCE: EventProfile = EventProfile {
    kind: StatementKind::Sending,
    issuers: &[IssuingService::Sender],
    optional: OPTIONAL,
    forbidden: &[Member::EvidenceRefersToRecipient],
    follows: &[],
    assured: Assured::AnyParty,
    commitment: Some(CommitmentType::ProofOfSender),
};

const CONTENT_ACCESS_TRACKING: EventProfile = EventProfile {
    kind: StatementKind::Opening,
    issuers: &[IssuingService::Recipient],
    optional: OPTIONAL,
    forbidden: &[],
    follows: &[Event::SubmissionAcceptance],
    assured: Assured::ActingRecipient,
    commitment: Some(CommitmentType::ProofOfDelivery),
};

const CONTENT_HANDOVER: EventProfile = EventProfile {
    kind: StatementKind::Opening,
    issuers: &[IssuingService::Recipient],
    optional: OPTIONAL,
    forbidden: &[],
    follows: &[Event::SubmissionAcceptance],
    assured: Assured::ActingRecipient,
    commitment: Some(CommitmentType::ProofOfDelivery),
};

/// Returns the row of an event, and `None` for an event that no statement of this crate is evidence of.
pub(super) const fn profile(event: Event) -> Option<&'static EventProfile> {
    match event {
        Event::SubmissionAcceptance => Some(&SUBMISSION_ACCEPTANCE),
        Event::ContentAccessTracking => Some(&CONTENT_ACCESS_TRACKING),
        Event::ContentHandover => Some(&CONTENT_HANDOVER),
        Event::SubmissionRejection
        | Event::RelayAcceptance
        | Event::RelayRejection
        | Event::RelayFailure
        | Event::NotificationForAcceptance
        | Event::NotificationForAcceptanceFailure
        | Event::ConsignmentAcceptance
        | Event::ConsignmentRejection
        | Event::AcceptanceRejectionExpiry
        | Event::NotificationDelivered
        | Event::NotificationAccessTracking
        | Event::ContentConsignment
        | Event::ContentConsignmentFailure
        | Event::ConsignmentNotification
        | Event::ConsignmentNotificationFailure
        | Event::ContentHandoverFailure
        | Event::RelayToNonERDS
        | Event::RelayToNonERDSFailure
        | Event::ReceivedFromNonERDS => None,
    }
}

impl Event {
    /// Returns the row of this event in the table, and `None` if no statement of this crate is evidence of it.
    pub fn profile(self) -> Option<&'static EventProfile> {
        profile(self)
    }
}
