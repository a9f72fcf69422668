//! The services in charge of a letter, and what each may say of it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::fact::{self, Fact};
use super::fold::answers_to_relay;
use crate::evidence::Event;
use crate::evidence::profile::IssuingService;
use crate::seal::ProofId;

/// A service that took charge of the letter, and may say from then on what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InCharge {
    /// The legal name of the service.
    pub service: String,
    /// The time from which it was in charge, as stated.
    pub since: DateTime<Utc>,
    /// The proof that it took charge.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
    /// The names of the events that it may state from then on, by [`EventProfile::issuers`](crate::evidence::profile::EventProfile::issuers).
    /// That another service takes over, or refuses to, is for that one to state.
    pub may_state: Vec<&'static str>,
}

impl InCharge {
    pub(super) fn of(fact: &Fact<'_>) -> Self {
        let roles = roles(fact.event);
        let may_state = |event: &&Event| {
            let row = event.profile();
            !row.follows.is_empty()
                && !answers_to_relay(**event)
                && row.issuers.iter().any(|issuer| roles.contains(issuer))
        };
        // With room for all of them at once.
        let mut names = Vec::with_capacity(Event::ALL.len());
        names.extend(Event::ALL.iter().filter(may_state).map(|event| event.name()));
        Self {
            service: fact.stated.issuer.legal_name().to_owned(),
            since: fact.at(),
            proof: fact.id(),
            may_state: names,
        }
    }
}

/// What a service in charge can be to the letter, by how it took charge. Nobody says that the letter goes no further, so that
/// each can be the recipient's own service, and that at the border.
fn roles(took_charge_by: Event) -> &'static [IssuingService] {
    if took_charge_by == Event::RelayAcceptance {
        &[IssuingService::Relaying, IssuingService::Recipient, IssuingService::Border]
    } else {
        &[IssuingService::Sender, IssuingService::Recipient, IssuingService::Border]
    }
}
