//! Who acted: the recipient, or a party acting for it, opened the content, or accepted or refused it.

use super::commitment::{Field, Role};
use super::error::EvidenceError;
use super::party::{Assurance, Party, RecipientsDelegate};
use super::statement::Core;

/// The party that opened the content, or that accepted or refused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActedBy {
    /// The recipient of this index, from 1.
    Recipient(usize),
    /// A delegate. The statement refers to the first of the recipients it acts for.
    Delegate {
        /// The party that acted.
        party: Party,
        /// The indices, from 1, of the recipients that the party acts for.
        acting_for: Vec<usize>,
    },
}

impl ActedBy {
    /// Returns the index of the recipient that the statement refers to.
    pub(super) fn recipient_index(&self) -> Result<usize, EvidenceError> {
        match self {
            Self::Recipient(index) => Ok(*index),
            Self::Delegate { acting_for, .. } => acting_for.first().copied().ok_or(EvidenceError::DelegateForNobody),
        }
    }
}

impl Core {
    /// Takes the assurance from all recipients and their delegates.
    pub(super) fn take_assurance_of_recipients(&mut self) {
        let delegates = self.recipients_delegates.iter_mut().map(|delegate| &mut delegate.party);
        for party in self.recipients.iter_mut().chain(delegates) {
            *party = party.clone().without_assurance();
        }
    }

    /// States how the acting party was authenticated. A delegate that is not there yet is added.
    pub(super) fn act(&mut self, acted_by: ActedBy, assurance: Assurance) -> Result<(), EvidenceError> {
        match acted_by {
            ActedBy::Recipient(index) => {
                let recipient = self.recipient(index)?.clone().with_assurance(assurance);
                if let Some(place) = index.checked_sub(1).and_then(|position| self.recipients.get_mut(position)) {
                    *place = recipient;
                }
                Ok(())
            }
            ActedBy::Delegate { party, acting_for } => {
                let acts = |delegate: &&mut RecipientsDelegate| {
                    delegate.party.is_same_as(&party) && delegate.acting_for == acting_for
                };
                match self.recipients_delegates.iter_mut().find(acts) {
                    Some(delegate) => {
                        delegate.party = party.with_assurance(assurance);
                        Ok(())
                    }
                    None => {
                        let party = party.with_assurance(assurance);
                        self.add_recipients_delegate(RecipientsDelegate { party, acting_for })
                    }
                }
            }
        }
    }

    fn acting_delegate(&self) -> Option<&RecipientsDelegate> {
        self.recipients_delegates.iter().find(|delegate| delegate.party.assurance().is_some())
    }

    /// Returns the party that acted, in a statement that refers to this recipient.
    pub(super) fn acted_by(&self, recipient_index: usize) -> ActedBy {
        match self.acting_delegate() {
            Some(RecipientsDelegate { party, acting_for }) => {
                ActedBy::Delegate { party: party.clone(), acting_for: acting_for.clone() }
            }
            None => ActedBy::Recipient(recipient_index),
        }
    }

    /// Returns the assurance of the party that acted.
    pub(crate) fn acting_assurance(&self) -> Option<&Assurance> {
        self.acting_parties().next().and_then(Party::assurance)
    }

    /// Checks that exactly one party acted, which is the recipient that the statement refers to or acts for it.
    pub(super) fn check_acting(&self, recipient_index: usize) -> Result<(), EvidenceError> {
        let referred = self.recipient(recipient_index)?;
        let recipients = self.recipients.iter().filter(|party| party.assurance().is_some()).count();
        let mut delegates = self.recipients_delegates.iter().filter(|delegate| delegate.party.assurance().is_some());
        let party_fits = match (recipients, delegates.next(), delegates.next()) {
            (1, None, _) => referred.assurance().is_some(),
            (0, Some(delegate), None) => delegate.acting_for.first() == Some(&recipient_index),
            _ => false,
        };
        if party_fits { self.check_acting_is_disclosed(recipient_index) } else { Err(EvidenceError::Opener) }
    }

    /// Checks that the issuer knew who acted, and for whom: a proof that somebody acted would be one of nothing.
    fn check_acting_is_disclosed(&self, recipient_index: usize) -> Result<(), EvidenceError> {
        let acting = self.recipients_delegates.iter().position(|delegate| delegate.party.assurance().is_some());
        let is_of_acting = |field: Field| match field {
            Field::Party(Role::Recipient(number), _) => number == recipient_index,
            Field::Party(Role::RecipientsDelegate(number), _) => acting.is_some_and(|index| index + 1 == number),
            // Whom a mandate names is compared with who acted where both are disclosed.
            Field::Party(
                Role::Sender
                | Role::SenderDelegate
                | Role::ReplyTo
                | Role::Principal
                | Role::MandateLink(_)
                | Role::PreviousIdentifier
                | Role::CurrentIdentifier,
                _,
            )
            | Field::PartName(_)
            | Field::National(_) => false,
        };
        let is_disclosed = !self.fields_not_disclosed().any(is_of_acting);
        if is_disclosed { Ok(()) } else { Err(EvidenceError::OpenerNotDisclosed) }
    }
}
