//! What happens to a letter beside its states: notifications, and what of the content was opened.

use serde::Serialize;

use super::fact::Fact;
use crate::evidence::{Event, Statement};

/// What proofs that verified show to have happened beside the states, for one recipient. Each sealed statement counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SideFacts {
    /// The number of requests to accept or refuse (C.1).
    pub requests: usize,
    /// The number of requests that could not be sent (C.2).
    pub failed_requests: usize,
    /// The number of notifications that the content lies there (D.3), reminders among them.
    pub notifications: usize,
    /// The number of these notifications that state to be a second one or a later one.
    pub reminders: usize,
    /// The number of notifications that could not be sent (D.4).
    pub failed_notifications: usize,
    /// The number of requests or notifications that reached their channel.
    pub delivered_notifications: usize,
    /// The number of requests or notifications that the recipient opened.
    pub opened_notifications: usize,
    /// The number of openings and handovers (D.6, E.1).
    pub openings: usize,
    /// What of the content was opened.
    pub opened: OpenedContent,
}

/// What of the content of a letter was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenedContent {
    /// No proof shows that any of it was opened.
    #[default]
    Nothing,
    /// These parts were opened, by their numbers from 1 and in this order. The first one is the main part.
    Parts(Vec<usize>),
    /// All parts were opened, or handed over.
    Everything,
}

impl SideFacts {
    pub(super) fn take(&mut self, fact: &Fact<'_>) {
        let count = match fact.event {
            Event::NotificationForAcceptance => &mut self.requests,
            Event::NotificationForAcceptanceFailure => &mut self.failed_requests,
            Event::ConsignmentNotification => {
                let ordinal = fact.statement().notification().and_then(|notification| notification.ordinal());
                self.reminders += usize::from(ordinal.is_some_and(|ordinal| ordinal > 1));
                &mut self.notifications
            }
            Event::ConsignmentNotificationFailure => &mut self.failed_notifications,
            Event::NotificationDelivered => &mut self.delivered_notifications,
            Event::NotificationAccessTracking => &mut self.opened_notifications,
            Event::ContentAccessTracking | Event::ContentHandover => {
                self.opened.add(fact.statement().opened_parts());
                &mut self.openings
            }
            Event::SubmissionAcceptance
            | Event::SubmissionRejection
            | Event::RelayAcceptance
            | Event::RelayRejection
            | Event::RelayFailure
            | Event::ConsignmentAcceptance
            | Event::ConsignmentRejection
            | Event::AcceptanceRejectionExpiry
            | Event::ContentConsignment
            | Event::ContentConsignmentFailure
            | Event::ContentHandoverFailure
            | Event::RelayToNonERDS
            | Event::RelayToNonERDSFailure
            | Event::ReceivedFromNonERDS => return,
        };
        *count += 1;
    }
}

impl OpenedContent {
    /// Adds the parts of an opening. One that names none is of all of them.
    fn add(&mut self, parts: &[usize]) {
        let mut opened = match self {
            Self::Everything => return,
            Self::Nothing => Vec::new(),
            Self::Parts(opened) => std::mem::take(opened),
        };
        opened.extend(parts);
        opened.sort_unstable();
        opened.dedup();
        *self = if parts.is_empty() { Self::Everything } else { Self::Parts(opened) };
    }
}
