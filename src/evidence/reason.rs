//! Reasons of events (EventReasons of ETSI EN 319 522-3).

use std::fmt;

use super::error::EvidenceError;
use super::event::Event::{self, *};
use super::limits::{MAX_REASON_DETAILS, MAX_TEXT};
use super::text;

macro_rules! reasons {
    ($(#[doc = $sentence:literal] $name:ident $uri:expr, [$($event:ident),*];)*) => {
        /// A reason that this crate knows, with the events of which it may be the reason.
        ///
        /// The set of reasons is open: [`Reason::new`] takes any URI.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum KnownReason {
            $(#[doc = $sentence] $name,)*
        }

        impl KnownReason {
            /// All reasons that are known.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the URI that evidence holds.
            pub fn uri(self) -> &'static str {
                match self { $(Self::$name => $uri,)* }
            }

            /// Returns a sentence that says what it means, for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence.trim().trim_end_matches('.'),)* }
            }

            /// Returns the events of which it may be the reason.
            pub fn events(self) -> &'static [Event] {
                match self { $(Self::$name => &[$($event,)*],)* }
            }
        }
    };
}

/// A reason of ETSI EN 319 522-2, clause 8.3.3.
macro_rules! etsi {
    ($name:literal) => {
        concat!("http://uri.etsi.org/19522/EventReason/", $name)
    };
}

/// A reason of this library.
macro_rules! own {
    ($name:literal) => {
        concat!("urn:recommande:reason:", $name)
    };
}

reasons! {
    /// The message is not of a form that the service takes.
    InvalidMessageFormat etsi!("InvalidMessageFormat"), [SubmissionRejection];
    /// The message was relayed.
    MessageSuccessfullyRelayed etsi!("S_ERDS_MessageSuccessfullyRelayed"), [RelayAcceptance];
    /// The next service refused the message.
    MessageRejected etsi!("R_ERDS_MessageRejected"), [RelayRejection];
    /// The next service refused the message, which holds malware.
    MessageRejectedForMalware etsi!("R_ERDS_MessageRejectedForMalware"), [RelayRejection];
    /// The next service refused the message, whose signature is not valid.
    MessageRejectedForInvalidSignature etsi!("R_ERDS_MessageRejectedForInvalidSignature"), [RelayRejection];
    /// The next service refused the message, whose certificate is not valid.
    MessageRejectedForInvalidCertificate etsi!("R_ERDS_MessageRejectedForInvalidCertificate"), [RelayRejection];
    /// The message breaks the policy of the next service.
    PolicyViolation etsi!("R_ERDS_PolicyViolation"), [RelayRejection];
    /// The next service does not carry messages to this recipient.
    UnregisteredRecipient etsi!("MessageNotAcceptedForUnregisteredRecipient"), [RelayRejection];
    /// The next service does not work.
    ServiceMalfunction etsi!("R_ERDS_Malfunction"), [RelayFailure];
    /// The next service could not be identified.
    ServiceNotIdentified etsi!("R_ERDS_NotIdentified"), [RelayFailure];
    /// The next service could not be reached.
    ServiceUnreachable etsi!("R_ERDS_Unreachable"), [RelayFailure];
    /// The next service does not know the recipient.
    UnknownRecipient etsi!("UnknownRecipient"), [RelayFailure];
    /// The next service did not say that it took the message.
    NoRelayAcceptance etsi!("S_ERDSP_ReceivedNoRelayAcceptanceInfoFromR_ERDSP"), [RelayFailure];
    /// The recipient refused the message.
    RejectedByRecipient etsi!("R_ERDS_MessageRejectedByRecipient"), [ConsignmentRejection];
    /// The recipient did not accept the message in time.
    NotAcceptedByRecipient etsi!("R_ERDS_MessageNotAcceptedByRecipient"), [AcceptanceRejectionExpiry];
    /// The recipient's box is full.
    NotConsignedForQuota etsi!("MessageNotConsignedForQuota"), [ContentConsignmentFailure];
    /// The recipient's service does not work.
    NotConsignedForMalfunction etsi!("MessageNotConsignedForMalfunction"), [ContentConsignmentFailure];
    /// The recipient has not agreed to electronic registered mail.
    NoConsent own!("no-consent"), [SubmissionRejection, ContentConsignmentFailure];
    /// The recipient agrees to electronic registered mail no longer.
    ConsentWithdrawn own!("consent-withdrawn"),
        [SubmissionRejection, NotificationForAcceptanceFailure, ContentConsignmentFailure];
    /// The recipient is an enterprise that is not active.
    RecipientNotActive own!("recipient-not-active"), [SubmissionRejection, ContentConsignmentFailure];
    /// The recipient has no digital access.
    NoDigitalUser own!("no-digital-user"), [
        SubmissionRejection, NotificationForAcceptanceFailure, ContentConsignmentFailure, ConsignmentNotificationFailure
    ];
    /// A digest that was given differs from that of the content.
    DigestDiffers own!("digest-differs"), [SubmissionRejection, RelayRejection, ContentConsignmentFailure];
    /// The sender used this token for another message.
    TokenUsed own!("token-used"), [SubmissionRejection];
    /// The message is a reply that the sender of the first message did not allow.
    ReplyNotAuthorised own!("reply-not-authorised"), [SubmissionRejection];
    /// The mandate of the party that acts does not hold.
    MandateInvalid own!("mandate-invalid"), [SubmissionRejection, ContentHandoverFailure];
    /// The party that acts is authenticated at too low a level.
    AssuranceTooLow own!("assurance-too-low"), [SubmissionRejection, ContentHandoverFailure];
    /// The content is not available any more.
    AvailabilityEnded own!("availability-ended"),
        [ContentConsignmentFailure, ConsignmentNotificationFailure, ContentHandoverFailure];
    /// The recipient has died.
    RecipientDeceased own!("recipient-deceased"), [
        SubmissionRejection, NotificationForAcceptanceFailure, ContentConsignmentFailure, ConsignmentNotificationFailure,
        ContentHandoverFailure
    ];
    /// The sender took the message back.
    CancelledBySender own!("cancelled-by-sender"), [
        RelayFailure, NotificationForAcceptanceFailure, ContentConsignmentFailure, ConsignmentNotificationFailure,
        ContentHandoverFailure
    ];
}

impl KnownReason {
    /// Returns the reason of this URI.
    pub fn of_uri(uri: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.uri() == uri)
    }
}

/// A reason of an event: a URI, and texts for people. Debug shows no text.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    code: String,
    details: Vec<String>,
}

impl Reason {
    /// Makes a reason of its URI, of this library or any other.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`], or a text that is empty, too long or holds control characters.
    pub fn new(code: &str) -> Result<Self, EvidenceError> {
        Ok(Self { code: text::uri("reason", code)?, details: Vec::new() })
    }

    /// Adds a text for people, 1 to 400 characters. It is not for the data of persons: no commitment stands in its place.
    ///
    /// # Errors
    /// [`EvidenceError::TooMany`], or a text that is empty, too long or holds control characters.
    pub fn with_detail(mut self, detail: &str) -> Result<Self, EvidenceError> {
        if self.details.len() >= MAX_REASON_DETAILS {
            return Err(EvidenceError::TooMany { what: "details of a reason", limit: MAX_REASON_DETAILS });
        }
        self.details.push(text::text("detail of a reason", detail, MAX_TEXT)?);
        Ok(self)
    }

    /// Returns the URI (Code).
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the texts, in their order (Details).
    pub fn details(&self) -> &[String] {
        &self.details
    }

    /// Returns the reason as this crate knows it.
    pub fn known(&self) -> Option<KnownReason> {
        KnownReason::of_uri(&self.code)
    }

    /// Tells if it is a known reason of other events than this one.
    pub fn contradicts(&self, event: Event) -> bool {
        self.known().is_some_and(|known| !known.events().contains(&event))
    }
}

impl From<KnownReason> for Reason {
    fn from(reason: KnownReason) -> Self {
        Self { code: reason.uri().to_owned(), details: Vec::new() }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reason({}, {} details)", self.code, self.details.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::profile::{Member, Presence};

    #[test]
    fn each_row_is_complete() {
        for (position, reason) in KnownReason::ALL.iter().enumerate() {
            assert_eq!(Reason::new(reason.uri()), Ok(Reason::from(*reason)));
            assert_eq!(KnownReason::of_uri(reason.uri()), Some(*reason), "{position}: the URI of another row");
            assert!(!reason.events().is_empty(), "{reason:?}");
            for event in reason.events() {
                let presence = event.profile().presence(Member::EventReasons);
                assert_ne!(presence, Presence::Forbidden, "{reason:?} {event}");
            }
        }
    }
}
