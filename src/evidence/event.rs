use std::fmt;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// An event of electronic registered delivery (ETSI EN 319 522-1 clause 6; URIs: ETSI EN 319 522-3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $name,)*
        }

        impl Event {
            /// All events, in the order of the standard.
            pub const ALL: &'static [Event] = &[$(Event::$name),*];

            /// Returns the last part of the event's URI.
            pub fn name(self) -> &'static str {
                match self {
                    $(Event::$name => stringify!($name),)*
                }
            }

            /// Returns the URI that ERDSEventId holds.
            pub fn uri(self) -> &'static str {
                match self {
                    $(Event::$name => concat!("http://uri.etsi.org/19522/Event/", stringify!($name)),)*
                }
            }
        }
    };
}

events! {
    /// The service accepted the submission (A.1): a proof of sending.
    SubmissionAcceptance,
    /// The service rejected the submission (A.2).
    SubmissionRejection,
    /// Another service accepted the relayed message (B.1).
    RelayAcceptance,
    /// Another service rejected the relayed message (B.2).
    RelayRejection,
    /// Relaying failed (B.3).
    RelayFailure,
    /// The recipient was asked to accept the consignment (C.1).
    NotificationForAcceptance,
    /// Asking the recipient failed (C.2).
    NotificationForAcceptanceFailure,
    /// The recipient accepted (C.3).
    ConsignmentAcceptance,
    /// The recipient rejected (C.4).
    ConsignmentRejection,
    /// The recipient neither accepted nor rejected in time (C.5).
    AcceptanceRejectionExpiry,
    /// A notification was delivered.
    NotificationDelivered,
    /// A notification was read.
    NotificationAccessTracking,
    /// The content was put where the recipient can reach it (D.1).
    ContentConsignment,
    /// Making the content available failed (D.2).
    ContentConsignmentFailure,
    /// The recipient was told of the content (D.3).
    ConsignmentNotification,
    /// Telling the recipient failed (D.4).
    ConsignmentNotificationFailure,
    /// The recipient opened the content (D.6): a proof of opening.
    ContentAccessTracking,
    /// The content was given to the authenticated recipient (E.1): a proof of opening.
    ContentHandover,
    /// Giving the content to the recipient failed (E.2).
    ContentHandoverFailure,
    /// The message was relayed to a system outside of registered delivery.
    RelayToNonERDS,
    /// Relaying to a system outside of registered delivery failed.
    RelayToNonERDSFailure,
    /// The message came from a system outside of registered delivery.
    ReceivedFromNonERDS,
}

/// The namespace of the URIs of events.
const NAMESPACE: &str = "http://uri.etsi.org/19522/Event/";

/// The largest number of characters of the name of an event that a later edition may have.
const MAX_NAME: usize = 64;

impl Event {
    /// Returns the event of this URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(NAMESPACE)?;
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }

    /// Returns the name of an event that is not in this list, and whose URI is in the namespace of ETSI EN 319 522: it is
    /// one of another edition.
    pub(super) fn name_in_other_edition(uri: &str) -> Option<&str> {
        let name = uri.strip_prefix(NAMESPACE)?;
        let is_name = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|octet| octet.is_ascii_alphanumeric());
        (is_name && Self::from_uri(uri).is_none()).then_some(name)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The events by which a message comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SendingEvent {
    /// The service accepted the submission.
    #[default]
    SubmissionAcceptance,
    /// The message came from a system outside of registered delivery.
    ReceivedFromNonERDS,
}

impl SendingEvent {
    /// Returns the event by which a message comes in that is this event.
    pub(super) fn of(event: Event) -> Option<Self> {
        [Self::SubmissionAcceptance, Self::ReceivedFromNonERDS]
            .into_iter()
            .find(|sending| Event::from(*sending) == event)
    }
}

impl From<SendingEvent> for Event {
    fn from(event: SendingEvent) -> Self {
        match event {
            SendingEvent::SubmissionAcceptance => Event::SubmissionAcceptance,
            SendingEvent::ReceivedFromNonERDS => Event::ReceivedFromNonERDS,
        }
    }
}

/// The events that prove an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OpeningEvent {
    /// The recipient opened the content.
    #[default]
    ContentAccessTracking,
    /// The content was given to the authenticated recipient.
    ContentHandover,
}

impl OpeningEvent {
    /// Returns the opening event that is this event.
    pub(super) fn of(event: Event) -> Option<Self> {
        [Self::ContentAccessTracking, Self::ContentHandover].into_iter().find(|opening| Event::from(*opening) == event)
    }
}

impl From<OpeningEvent> for Event {
    fn from(event: OpeningEvent) -> Self {
        match event {
            OpeningEvent::ContentAccessTracking => Event::ContentAccessTracking,
            OpeningEvent::ContentHandover => Event::ContentHandover,
        }
    }
}
