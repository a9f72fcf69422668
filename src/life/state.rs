//! The states of a letter for one recipient, and what enters them.

use std::fmt;

use serde::Serialize;

use crate::evidence::Event;

/// The state of a letter for one recipient. None of them says "delivered": that takes a [`Regime`](super::Regime).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// Nothing is proven.
    #[default]
    Unknown,
    /// The service refused the submission (A.2). Final.
    RefusedAtSubmission,
    /// The service took charge (A.1), or the letter came in from outside (F.3).
    Submitted,
    /// Another service took charge (B.1).
    Relayed,
    /// Another service refused, or did not answer (B.2, B.3).
    RelayFailed,
    /// The recipient could not be asked (C.2).
    AskingFailed,
    /// The recipient was asked to accept or refuse (C.1).
    AwaitingAnswer,
    /// The recipient accepted (C.3).
    Accepted,
    /// The recipient refused (C.4). Final.
    RefusedByRecipient,
    /// The period ended without an answer (C.5). Final.
    Unclaimed,
    /// The content lies where the recipient can reach it (D.1).
    Available,
    /// The content could not be laid there (D.2).
    NotAvailable,
    /// The recipient opened the content, or it was handed over (D.6, E.1). Final.
    Opened,
    /// The content could not be handed over (E.2).
    HandoverFailed,
    /// The letter was handed to a system outside of registered delivery (F.1). Final.
    LeftService,
    /// It could not be handed to such a system (F.2).
    LeavingFailed,
}

/// The word of the Belgian service for the state of a message (getStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum ServiceStatus {
    /// The message was taken, and is not yet where the recipient can reach it.
    Pending,
    /// It lies there, or is further.
    Sent,
    /// It was refused, or could not be laid there.
    Error,
}

/// The words of the Belgian service for a message (getStatus and readStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct ServiceWords {
    /// The word for the state that is proven; `None` where the service has none.
    pub status: Option<ServiceStatus>,
    /// True as soon as a proof shows that content was opened or handed over. The main part is always among it.
    pub read: bool,
}

/// What a step makes of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Another state, or the same one again.
    Enters(State),
    /// A fact that changes no state, such as a notification.
    Beside,
    /// The state does not allow it.
    Refused,
}

impl State {
    /// All states, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Unknown,
        Self::RefusedAtSubmission,
        Self::Submitted,
        Self::Relayed,
        Self::RelayFailed,
        Self::AskingFailed,
        Self::AwaitingAnswer,
        Self::Accepted,
        Self::RefusedByRecipient,
        Self::Unclaimed,
        Self::Available,
        Self::NotAvailable,
        Self::Opened,
        Self::HandoverFailed,
        Self::LeftService,
        Self::LeavingFailed,
    ];

    /// Tells if nothing may follow but the same again.
    pub fn is_final(self) -> bool {
        match self {
            Self::RefusedAtSubmission
            | Self::RefusedByRecipient
            | Self::Unclaimed
            | Self::Opened
            | Self::LeftService => true,
            Self::Unknown
            | Self::Submitted
            | Self::Relayed
            | Self::RelayFailed
            | Self::AskingFailed
            | Self::AwaitingAnswer
            | Self::Accepted
            | Self::Available
            | Self::NotAvailable
            | Self::HandoverFailed
            | Self::LeavingFailed => false,
        }
    }

    /// Returns the word of the Belgian service, and `None` where it has none: nothing is proven, the recipient did not answer
    /// or refused, or the letter left the service.
    pub fn service_status(self) -> Option<ServiceStatus> {
        match self {
            Self::Submitted | Self::Relayed | Self::AwaitingAnswer | Self::AskingFailed | Self::Accepted => {
                Some(ServiceStatus::Pending)
            }
            Self::Available | Self::Opened | Self::HandoverFailed => Some(ServiceStatus::Sent),
            Self::RefusedAtSubmission | Self::NotAvailable | Self::RelayFailed | Self::LeavingFailed => {
                Some(ServiceStatus::Error)
            }
            Self::Unknown | Self::RefusedByRecipient | Self::Unclaimed | Self::LeftService => None,
        }
    }

    /// Returns the state that evidence of an event enters; `None` for what happens beside the states.
    pub(super) fn entered_by(event: Event) -> Option<Self> {
        Some(match event {
            Event::SubmissionAcceptance | Event::ReceivedFromNonERDS => Self::Submitted,
            Event::SubmissionRejection => Self::RefusedAtSubmission,
            Event::RelayAcceptance => Self::Relayed,
            Event::RelayRejection | Event::RelayFailure => Self::RelayFailed,
            Event::NotificationForAcceptance => Self::AwaitingAnswer,
            Event::NotificationForAcceptanceFailure => Self::AskingFailed,
            Event::ConsignmentAcceptance => Self::Accepted,
            Event::ConsignmentRejection => Self::RefusedByRecipient,
            Event::AcceptanceRejectionExpiry => Self::Unclaimed,
            Event::ContentConsignment => Self::Available,
            Event::ContentConsignmentFailure => Self::NotAvailable,
            Event::ContentAccessTracking | Event::ContentHandover => Self::Opened,
            Event::ContentHandoverFailure => Self::HandoverFailed,
            Event::RelayToNonERDS => Self::LeftService,
            Event::RelayToNonERDSFailure => Self::LeavingFailed,
            Event::NotificationDelivered
            | Event::NotificationAccessTracking
            | Event::ConsignmentNotification
            | Event::ConsignmentNotificationFailure => return None,
        })
    }

    /// The states that may follow this one.
    fn next(self) -> &'static [Self] {
        match self {
            Self::Unknown => &[Self::Submitted, Self::RefusedAtSubmission],
            // The content may be opened without a proof that it lay there: a gap, as in pairs of A.1 and D.6.
            Self::Submitted => &[
                Self::Submitted,
                Self::Relayed,
                Self::RelayFailed,
                Self::AwaitingAnswer,
                Self::AskingFailed,
                Self::Available,
                Self::NotAvailable,
                Self::LeftService,
                Self::LeavingFailed,
                Self::Opened,
            ],
            Self::Relayed => &[
                Self::Relayed,
                Self::RelayFailed,
                Self::AwaitingAnswer,
                Self::AskingFailed,
                Self::Available,
                Self::NotAvailable,
                Self::LeftService,
                Self::LeavingFailed,
                Self::Opened,
            ],
            Self::RelayFailed => &[Self::RelayFailed, Self::Relayed, Self::LeftService, Self::LeavingFailed],
            Self::AskingFailed => &[Self::AskingFailed, Self::AwaitingAnswer],
            Self::AwaitingAnswer => &[Self::AwaitingAnswer, Self::Accepted, Self::RefusedByRecipient, Self::Unclaimed],
            Self::Accepted => {
                &[Self::Accepted, Self::Available, Self::NotAvailable, Self::Opened, Self::HandoverFailed]
            }
            Self::RefusedAtSubmission => &[Self::RefusedAtSubmission],
            Self::RefusedByRecipient => &[Self::RefusedByRecipient],
            Self::Unclaimed => &[Self::Unclaimed],
            Self::Available => &[Self::Available, Self::Opened, Self::HandoverFailed],
            Self::NotAvailable => &[Self::NotAvailable, Self::Available, Self::LeftService, Self::LeavingFailed],
            Self::Opened => &[Self::Opened],
            Self::HandoverFailed => &[Self::HandoverFailed, Self::Opened],
            Self::LeftService => &[Self::LeftService],
            Self::LeavingFailed => &[Self::LeavingFailed, Self::LeftService],
        }
    }

    /// Tells if some evidence could bring a letter from this state to another one.
    pub(super) fn can_reach(self, state: Self) -> bool {
        let mut reached = vec![self];
        let mut looked_at = 0;
        while let Some(from) = reached.get(looked_at).copied() {
            if from.next().contains(&state) {
                return true;
            }
            let further: Vec<Self> = from.next().iter().copied().filter(|next| !reached.contains(next)).collect();
            reached.extend(further);
            looked_at += 1;
        }
        false
    }

    /// What evidence of an event makes of this state.
    pub(super) fn after(self, event: Event) -> Move {
        let Some(entered) = Self::entered_by(event) else {
            return if self == Self::Unknown { Move::Refused } else { Move::Beside };
        };
        // A reminder that could not be sent takes nothing away from the request before it.
        if self == Self::AwaitingAnswer && entered == Self::AskingFailed {
            return Move::Beside;
        }
        if self.next().contains(&entered) { Move::Enters(entered) } else { Move::Refused }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "nothing is proven",
            Self::RefusedAtSubmission => "refused at submission",
            Self::Submitted => "submitted",
            Self::Relayed => "relayed",
            Self::RelayFailed => "not relayed",
            Self::AskingFailed => "the recipient could not be asked",
            Self::AwaitingAnswer => "awaiting an answer",
            Self::Accepted => "accepted",
            Self::RefusedByRecipient => "refused by the recipient",
            Self::Unclaimed => "not claimed in time",
            Self::Available => "available",
            Self::NotAvailable => "could not be made available",
            Self::Opened => "opened",
            Self::HandoverFailed => "could not be handed over",
            Self::LeftService => "left registered delivery",
            Self::LeavingFailed => "could not leave registered delivery",
        })
    }
}

impl fmt::Display for ServiceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "PENDING",
            Self::Sent => "SENT",
            Self::Error => "ERROR",
        })
    }
}

impl fmt::Display for ServiceWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("no word for the state")?,
        }
        f.write_str(if self.read { ", read" } else { ", not read" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_of_events_lets_follow_the_states_allow() {
        for event in Event::ALL {
            let Some(state) = State::entered_by(*event) else { continue };
            assert!(State::ALL.contains(&state), "{state:?}");
            for next in event.profile().next {
                assert_ne!(state.after(*next), Move::Refused, "{next} after {event}");
            }
        }
    }
}
