//! The conditions of a mandate that its statement shows by itself, and those of an identifier that changed.

use super::details::{InReplyTo, LinkRole, Mandate, MandateAction, MandateLink, MandateRole, Terms};
use super::error::EvidenceError;
use super::event::Event;
use super::mandate_fault::{MandateFault, SuccessionFault};
use super::party::{Assurance, Party};
use super::profile::Assured;
use super::statement::Core;
use crate::identity::PersonKind;

impl Event {
    /// Returns the action that a delegate needs a mandate for. A submission that was rejected, and what no party does, needs
    /// none.
    pub(crate) fn mandated_action(self, is_reply: bool) -> Option<MandateAction> {
        match self {
            Self::SubmissionAcceptance if is_reply => Some(MandateAction::Reply),
            Self::SubmissionAcceptance | Self::ReceivedFromNonERDS => Some(MandateAction::Send),
            Self::ConsignmentAcceptance | Self::ConsignmentRejection => Some(MandateAction::Answer),
            Self::ContentAccessTracking | Self::ContentHandover => Some(MandateAction::Open),
            Self::SubmissionRejection
            | Self::RelayAcceptance
            | Self::RelayRejection
            | Self::RelayFailure
            | Self::NotificationForAcceptance
            | Self::NotificationForAcceptanceFailure
            | Self::AcceptanceRejectionExpiry
            | Self::NotificationDelivered
            | Self::NotificationAccessTracking
            | Self::ContentConsignment
            | Self::ContentConsignmentFailure
            | Self::ConsignmentNotification
            | Self::ConsignmentNotificationFailure
            | Self::ContentHandoverFailure
            | Self::RelayToNonERDS
            | Self::RelayToNonERDSFailure => None,
        }
    }
}

/// Compares the identifiers of two parties; `None` where one of them stands behind a commitment.
fn same_party(party: &Party, named: &Party) -> Option<bool> {
    let is_hidden = party.identifier().is_committed() || named.identifier().is_committed();
    (!is_hidden).then(|| party.identifier() == named.identifier())
}

/// Tells if two parties are known to be different.
pub(super) fn differ(party: &Party, named: &Party) -> bool {
    same_party(party, named) == Some(false)
}

impl Core {
    /// Returns what speaks against the mandate of the delegate in evidence of this event, in the order of the conditions.
    /// Evidence of a rejected submission states the mandate that was submitted, whatever it is worth.
    pub(crate) fn mandate_faults(&self, event: Event, recipient_index: Option<usize>) -> Vec<MandateFault> {
        let details = self.details();
        let (Some(mandate), Some(action)) = (&details.mandate, event.mandated_action(details.in_reply_to.is_some()))
        else {
            return Vec::new();
        };
        let (represented, delegate) = self.represented(event, recipient_index);
        let is_authenticated = delegate.is_some_and(|delegate| delegate.assurance().is_some());
        let conditions = [
            (
                represented.is_some_and(|party| self.is_principal(mandate, party)),
                MandateFault::DelegateStandsForPrincipal,
            ),
            (ends_in(mandate, delegate), MandateFault::NobodyActed),
            (is_of_insiders(mandate), MandateFault::OutsiderAsManager),
            (provides_for_another(mandate), MandateFault::ProviderIsPrincipal),
            (has_roles(mandate), MandateFault::ChainNotOfRole),
            (mandate.holds_at(self.event_time), MandateFault::NotInForce),
            (mandate.scope().actions().contains(&action), MandateFault::ActionNotGranted),
            (is_authenticated, MandateFault::NotAuthenticated),
            (self.is_at_level(delegate), MandateFault::AssuranceTooLow),
        ];
        conditions.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
    }

    /// Checks the mandate of the delegate and the change of an identifier. Members that are stated after them decide too, so
    /// that a seal asks again.
    ///
    /// Evidence of a rejected submission states what was submitted, whatever it is worth.
    pub(crate) fn check_acts(&self, event: Event, recipient_index: Option<usize>) -> Result<(), EvidenceError> {
        if let Some(fault) = self.mandate_faults(event, recipient_index).into_iter().next() {
            return Err(fault.into());
        }
        match self.succession_fault(event, recipient_index) {
            Some(fault) if event != Event::SubmissionRejection => Err(fault.into()),
            Some(_) | None => Ok(()),
        }
    }

    /// Tells if a delegate was authenticated at the level that the sending asks for in its own terms, or the letter that it replies
    /// to. What another statement asks of this one is checked with that.
    fn is_at_level(&self, delegate: Option<&Party>) -> bool {
        let details = self.details();
        let of_terms = details.terms.as_deref().and_then(Terms::required_assurance);
        let of_letter = details.in_reply_to.as_deref().and_then(InReplyTo::required_assurance);
        let stated = delegate.and_then(Party::assurance).map(Assurance::level);
        stated.is_none_or(|stated| [of_terms, of_letter].into_iter().flatten().all(|required| stated >= required))
    }

    /// Tells if a party of a mandate, or one that the mandate is compared with, stands behind a commitment.
    pub(crate) fn hides_party_of_mandate(&self, event: Event, recipient_index: Option<usize>) -> bool {
        let (represented, delegate) = self.represented(event, recipient_index);
        let of_mandate = self.details().mandate.iter().flat_map(|mandate| mandate.parties());
        let mut compared = of_mandate.chain(represented).chain(delegate);
        self.details().mandate.is_some() && compared.any(|party| party.identifier().is_committed())
    }

    /// Tells if a delegate acted in evidence of this event, for which a mandate can be stated.
    pub(crate) fn is_by_delegate(&self, event: Event, recipient_index: Option<usize>) -> bool {
        let is_act = event.mandated_action(self.details().in_reply_to.is_some()).is_some();
        is_act && self.represented(event, recipient_index).1.is_some()
    }

    /// Returns the party that a delegate acts for in evidence of this event, and that delegate.
    fn represented(&self, event: Event, recipient_index: Option<usize>) -> (Option<&Party>, Option<&Party>) {
        match event.profile().assured {
            Assured::AnyParty => (Some(&self.sender), self.sender_delegate.as_ref()),
            Assured::ActingRecipient | Assured::NoRecipient => {
                let delegates = self.recipients_delegates.iter().map(|delegate| &delegate.party);
                let acting = delegates.into_iter().find(|party| party.assurance().is_some());
                (recipient_index.and_then(|index| self.recipient(index).ok()), acting)
            }
        }
    }

    /// Tells if this party is the principal, by its identifier of today or by one that it had. None of the chain is.
    fn is_principal(&self, mandate: &Mandate, party: &Party) -> bool {
        let principal = mandate.principal();
        let succeeds =
            self.details().succession.as_deref().is_some_and(|succession| {
                !differ(&succession.previous, party) && !differ(&succession.current, principal)
            });
        let is_in_chain = |link: &MandateLink| {
            // That a provider is its own principal has a fault of its own.
            link.role() != LinkRole::Provider && same_party(link.party(), principal) == Some(true)
        };
        (!differ(principal, party) || succeeds) && !mandate.chain().iter().any(is_in_chain)
    }

    /// Returns what speaks against the change of an identifier in evidence of this event.
    pub(crate) fn succession_fault(&self, event: Event, recipient_index: Option<usize>) -> Option<SuccessionFault> {
        let succession = self.details().succession.as_deref()?;
        let differs = match event.profile().assured {
            Assured::AnyParty => differ(&succession.current, &self.sender),
            Assured::ActingRecipient | Assured::NoRecipient => recipient_index
                .and_then(|index| self.recipient(index).ok())
                .is_none_or(|recipient| differ(&succession.previous, recipient)),
        };
        if differs {
            Some(SuccessionFault::RecipientDiffers)
        } else if succession.at() > self.event_time {
            Some(SuccessionFault::AfterEvent)
        } else {
            None
        }
    }
}

/// Tells if the chain ends in this delegate, which can act: a natural person, or a system of the enterprise before it.
fn ends_in(mandate: &Mandate, delegate: Option<&Party>) -> bool {
    let (Some(delegate), [before @ .., last]) = (delegate, mandate.chain()) else { return false };
    match last.role() {
        LinkRole::System => before.last().is_some_and(|enterprise| {
            let acted = !differ(last.party(), delegate) || !differ(enterprise.party(), delegate);
            enterprise.party().kind() == PersonKind::Legal && last.party().kind() != PersonKind::Natural && acted
        }),
        LinkRole::LocalManager | LinkRole::User | LinkRole::Provider | LinkRole::Mandatary => {
            last.party().kind() == PersonKind::Natural && !differ(last.party(), delegate)
        }
    }
}

/// Managers and users of an enterprise are natural persons under its authority, and no enterprise stands between. What a
/// natural person allows is for that person alone.
fn is_of_insiders(mandate: &Mandate) -> bool {
    match mandate.role() {
        MandateRole::LocalManager | MandateRole::User => {
            mandate.chain().iter().all(|link| link.party().kind() == PersonKind::Natural)
        }
        MandateRole::Mandatary => mandate.principal().kind() != PersonKind::Legal,
        MandateRole::Provider => true,
    }
}

/// An enterprise that provides services does so for another one.
fn provides_for_another(mandate: &Mandate) -> bool {
    let provides = |link: &&MandateLink| link.role() == LinkRole::Provider;
    let mut providers = mandate.chain().iter().filter(provides);
    !providers.any(|link| same_party(link.party(), mandate.principal()) == Some(true))
}

/// Tells if the roles of the chain lead to the role of the mandate: a provider is an enterprise, and its own people or
/// systems follow. Managers, users and providers are those of an enterprise.
fn has_roles(mandate: &Mandate) -> bool {
    let is_own = |link: &MandateLink| matches!(link.role(), LinkRole::LocalManager | LinkRole::User | LinkRole::System);
    let [first, rest @ ..] = mandate.chain() else { return false };
    let last = rest.last().unwrap_or(first);
    if mandate.role() != MandateRole::Mandatary && mandate.principal().kind() == PersonKind::Natural {
        return false;
    }
    match mandate.role() {
        MandateRole::LocalManager => rest.is_empty() && first.role() == LinkRole::LocalManager,
        MandateRole::User => last.role() == LinkRole::User && is_own(first) && rest.iter().all(is_own),
        MandateRole::Provider => {
            let is_provider = first.role() == LinkRole::Provider && first.party().kind() == PersonKind::Legal;
            is_provider && rest.iter().all(is_own)
        }
        MandateRole::Mandatary => first.role() == LinkRole::Mandatary && rest.iter().all(is_own),
    }
}
