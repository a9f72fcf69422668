//! Who acted, without anything that names a party.

use std::fmt;

use serde::Serialize;

use crate::evidence::profile::Assured;
use crate::evidence::{AnyStatement, Party, Statement};
use crate::identity::PersonKind;

/// The party that acted in an event, by its role and its place among the parties of that role. It holds nothing that names
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActingParty {
    /// The role of the party.
    pub role: ActingRole,
    /// Its place among the parties of that role, from 1.
    pub place: usize,
    /// The places, from 1, of the recipients that a delegate acts for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acting_for: Vec<usize>,
    /// The kind of the party on whose behalf it acts: its own, or that of whom it represents.
    pub on_behalf_of: RepresentedKind,
    /// The role of the mandate by which a delegate acts, where the statement names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<&'static str>,
}

/// The role of a party that acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ActingRole {
    /// The sender.
    Sender,
    /// A delegate of the sender.
    SenderDelegate,
    /// The recipient.
    Recipient,
    /// A delegate of one or more recipients.
    RecipientsDelegate,
}

/// The kind of a party on whose behalf somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RepresentedKind {
    /// A natural person.
    NaturalPerson,
    /// A legal person.
    LegalPerson,
    /// The statement does not tell: its identifier is of no scheme that is known, or it stands behind a commitment.
    NotStated,
}

impl RepresentedKind {
    fn of(party: Option<&Party>) -> Self {
        match party.map_or(PersonKind::Unstated, Party::kind) {
            PersonKind::Natural => Self::NaturalPerson,
            PersonKind::Legal => Self::LegalPerson,
            PersonKind::Unstated => Self::NotStated,
        }
    }
}

impl ActingParty {
    /// Tells who acted; `None` for an event in which a service acts alone.
    pub(super) fn of(statement: &AnyStatement) -> Option<Self> {
        let mandate = || statement.mandate().map(|mandate| mandate.role().as_str());
        match statement.event().profile().assured {
            Assured::NoRecipient => None,
            Assured::AnyParty => {
                let on_behalf_of = RepresentedKind::of(Some(statement.sender()));
                let role = match statement.sender_delegate() {
                    Some(_) => ActingRole::SenderDelegate,
                    None => ActingRole::Sender,
                };
                Some(Self { role, place: 1, acting_for: Vec::new(), on_behalf_of, mandate: mandate() })
            }
            Assured::ActingRecipient => {
                let recipient = statement.refers_to_recipient()?;
                let represented = recipient.checked_sub(1).and_then(|place| statement.recipients().get(place));
                let on_behalf_of = RepresentedKind::of(represented);
                let delegates = statement.recipients_delegates().iter().zip(1..);
                let mut acting = delegates.filter(|(delegate, _)| delegate.party().assurance().is_some());
                Some(match acting.next() {
                    Some((delegate, place)) => {
                        let (role, acting_for) = (ActingRole::RecipientsDelegate, delegate.acting_for().to_vec());
                        Self { role, place, acting_for, on_behalf_of, mandate: mandate() }
                    }
                    None => {
                        let (role, acting_for) = (ActingRole::Recipient, Vec::new());
                        Self { role, place: recipient, acting_for, on_behalf_of, mandate: mandate() }
                    }
                })
            }
        }
    }
}

impl fmt::Display for ActingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            ActingRole::Sender => f.write_str("the sender")?,
            ActingRole::SenderDelegate => f.write_str("a delegate of the sender")?,
            ActingRole::Recipient => write!(f, "recipient {}", self.place)?,
            ActingRole::RecipientsDelegate => {
                write!(f, "delegate {} for recipient ", self.place)?;
                for (position, recipient) in self.acting_for.iter().enumerate() {
                    write!(f, "{}{recipient}", if position == 0 { "" } else { ", " })?;
                }
            }
        }
        match self.on_behalf_of {
            RepresentedKind::NaturalPerson => f.write_str(", a natural person")?,
            RepresentedKind::LegalPerson => f.write_str(", a legal person")?,
            RepresentedKind::NotStated => {}
        }
        match self.mandate {
            Some(role) => write!(f, ", by a mandate as {role}"),
            None => Ok(()),
        }
    }
}
