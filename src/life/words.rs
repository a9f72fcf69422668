//! Events in plain words, for people.

use crate::evidence::Event;

/// Says what happened, in the words of somebody who was there.
pub(super) fn words(event: Event) -> &'static str {
    match event {
        Event::SubmissionAcceptance => "the service took the letter",
        Event::SubmissionRejection => "the service refused to take the letter",
        Event::RelayAcceptance => "the next service took the letter",
        Event::RelayRejection => "the next service refused the letter",
        Event::RelayFailure => "the next service gave no answer",
        Event::NotificationForAcceptance => "the recipient was asked to accept or refuse",
        Event::NotificationForAcceptanceFailure => "the recipient could not be asked",
        Event::ConsignmentAcceptance => "the recipient accepted",
        Event::ConsignmentRejection => "the recipient refused",
        Event::AcceptanceRejectionExpiry => "the recipient did not answer in time",
        Event::NotificationDelivered => "a notification reached the recipient",
        Event::NotificationAccessTracking => "the recipient read a notification",
        Event::ContentConsignment => "the letter lies where the recipient can reach it",
        Event::ContentConsignmentFailure => "the letter could not be laid where the recipient can reach it",
        Event::ConsignmentNotification => "the recipient was told that the letter lies there",
        Event::ConsignmentNotificationFailure => "the recipient could not be told that the letter lies there",
        Event::ContentAccessTracking => "the recipient opened the letter",
        Event::ContentHandover => "the letter was handed over to the recipient",
        Event::ContentHandoverFailure => "the letter could not be handed over",
        Event::RelayToNonERDS => "the letter left registered delivery",
        Event::RelayToNonERDSFailure => "the letter could not leave registered delivery",
        Event::ReceivedFromNonERDS => "the letter came in from outside of registered delivery",
    }
}
