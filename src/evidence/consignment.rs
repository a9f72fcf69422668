//! What the terms of a sending ask of the evidence that follows it: an acceptance before, a signature, a level.

use super::details::{ConsignmentMode, Terms};
use super::error::EvidenceError;
use super::event::Event;
use super::member::Member;
use super::party::{Assurance, AssuranceLevel};
use super::statement::{Core, Follows};

impl ConsignmentMode {
    /// Returns the mode that the terms of a sending ask for, which is basic where it has none.
    pub(crate) fn asked_by(terms: Option<&Terms>) -> Self {
        terms.map_or_else(Self::default, Terms::consignment_mode)
    }
}

impl Terms {
    /// Tells if the sender asks for the mode basic by its name. Without a mode it is basic too, and nobody knows that the sender
    /// wants no answer.
    pub(crate) fn asks_for_no_answer(&self) -> bool {
        self.consignment_mode == Some(ConsignmentMode::Basic)
    }

    /// Returns the level at which a party was authenticated and the one that is asked for, where the first is below the second.
    pub(super) fn level_above(&self, stated: Option<&Assurance>) -> Option<(AssuranceLevel, AssuranceLevel)> {
        let (stated, required) = (stated?.level(), self.required_assurance()?);
        (stated < required).then_some((stated, required))
    }
}

impl Event {
    /// Returns the events of which one has to have led to this one in a mode; `None` where none has to. Content is made
    /// available after an acceptance where the mode asks for one, and opened or handed over after that.
    pub(crate) fn causes_needed_in(self, mode: ConsignmentMode) -> Option<&'static [Self]> {
        if !mode.needs_acceptance() {
            return None;
        }
        match self {
            Self::ContentConsignment | Self::ContentConsignmentFailure => Some(&[Self::ConsignmentAcceptance]),
            Self::ContentAccessTracking | Self::ContentHandover | Self::ContentHandoverFailure => {
                Some(&[Self::ConsignmentAcceptance, Self::ContentConsignment])
            }
            Self::SubmissionAcceptance
            | Self::SubmissionRejection
            | Self::RelayAcceptance
            | Self::RelayRejection
            | Self::RelayFailure
            | Self::NotificationForAcceptance
            | Self::NotificationForAcceptanceFailure
            | Self::ConsignmentAcceptance
            | Self::ConsignmentRejection
            | Self::AcceptanceRejectionExpiry
            | Self::NotificationDelivered
            | Self::NotificationAccessTracking
            | Self::ConsignmentNotification
            | Self::ConsignmentNotificationFailure
            | Self::RelayToNonERDS
            | Self::RelayToNonERDSFailure
            | Self::ReceivedFromNonERDS => None,
        }
    }

    /// Tells if the event answers a request for acceptance, or states that nobody did.
    pub(crate) fn is_of_answer(self) -> bool {
        match self {
            Self::ConsignmentAcceptance | Self::ConsignmentRejection | Self::AcceptanceRejectionExpiry => true,
            Self::SubmissionAcceptance
            | Self::SubmissionRejection
            | Self::RelayAcceptance
            | Self::RelayRejection
            | Self::RelayFailure
            | Self::NotificationForAcceptance
            | Self::NotificationForAcceptanceFailure
            | Self::NotificationDelivered
            | Self::NotificationAccessTracking
            | Self::ContentConsignment
            | Self::ContentConsignmentFailure
            | Self::ConsignmentNotification
            | Self::ConsignmentNotificationFailure
            | Self::ContentAccessTracking
            | Self::ContentHandover
            | Self::ContentHandoverFailure
            | Self::RelayToNonERDS
            | Self::RelayToNonERDSFailure
            | Self::ReceivedFromNonERDS => false,
        }
    }

    /// Tells if the recipient signs the event itself in a mode.
    pub(crate) fn is_signed_in(self, mode: ConsignmentMode) -> bool {
        self == Self::ConsignmentAcceptance && mode == ConsignmentMode::Signed
    }
}

impl Core {
    /// Returns the level at which the acting party was authenticated and the one that the terms of the sending ask for, where
    /// the first is below the second.
    pub(crate) fn level_below(&self, terms: Option<&Terms>) -> Option<(AssuranceLevel, AssuranceLevel)> {
        terms?.level_above(self.acting_assurance())
    }

    /// Checks what the sending asks of the party that acted, for building.
    pub(super) fn check_level(&self, terms: Option<&Terms>) -> Result<(), EvidenceError> {
        self.level_below(terms).map_or(Ok(()), |_| Err(EvidenceError::AssuranceBelowTerms))
    }

    /// Checks that evidence of an event has what the mode of its sending asks for, before it is sealed, or written for
    /// a queue. A statement that was read knows no mode, and is not asked again.
    pub(crate) fn check_asked(&self, event: Event, follows: Option<&Follows>) -> Result<(), EvidenceError> {
        let Some(mode) = follows.and_then(|follows| follows.consignment_mode) else { return Ok(()) };
        let needs = [
            (event.causes_needed_in(mode).is_some(), Member::CausedBy),
            (event.is_signed_in(mode), Member::RecipientSignature),
        ];
        let is_missing = |(is_needed, member): &(bool, Member)| *is_needed && !self.details().has(*member);
        match needs.into_iter().find(is_missing) {
            Some((_, member)) => Err(EvidenceError::MemberMissing(member.name())),
            None => Ok(()),
        }
    }
}
