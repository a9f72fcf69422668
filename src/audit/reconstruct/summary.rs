//! What is laid to whom, party by party, and whose clock is off.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::account::Account;
use super::clock::{Clock, ClockSection};
use super::expected::Role;
use super::fault::LaidTo;
use super::party::PartyKey;
use super::reconstruction::Reconstruction;
use super::serial;
use super::standing::ReconstructionVerdict;

/// What trails and proofs come to, party by party.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The worst verdict on the messages that were looked at, and on the trails.
    pub verdict: ReconstructionVerdict,
    /// The parties that have a trail or a role, in the order of their numbers.
    pub parties: Vec<PartySummary>,
}

/// What is laid to a party, what it is named in, and what is known of its clocks.
///
/// Only what [`is_at_fault`](Self::is_at_fault) tells is laid to it. A dispute names all who say something, a record that is missing may
/// be one of something that others invented, and a clock that is off is no lie.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartySummary {
    /// The party, as the first of its sources or else the policy names it.
    #[serde(serialize_with = "serial::text")]
    pub party: Arc<str>,
    /// The roles that the policy gives it.
    pub roles: Vec<Role>,
    /// It has a part in the exchange. The trails of a party that has none decide nothing.
    pub takes_part: bool,
    /// Its trails contradict themselves under its seal.
    pub contradicts_itself: bool,
    /// The names of the faults of its trails that are laid to it, as far as they are listed.
    pub faults: BTreeSet<&'static str>,
    /// The number of conflicts in which its records contradict a proof that it issued, and that are laid to it.
    pub contradicts_its_proofs: u64,
    /// The number of conflicts in which it is named and that are laid to nobody.
    pub disputes: u64,
    /// The number of records that it must hold and that are not in its trail.
    pub missing: u64,
    /// The number of records that it must hold and of which its trails do not show if they are there.
    pub not_covered: u64,
    /// The clocks of its trails that are off or differ, by source.
    pub clocks: Vec<ClockOfTrail>,
}

/// A clock that is off or differs from that of another party.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClockOfTrail {
    /// The URN of the source.
    #[serde(serialize_with = "serial::text")]
    pub source: Arc<str>,
    /// The lines that were recorded by it, and what is known of it.
    #[serde(flatten)]
    pub section: ClockSection,
}

impl PartySummary {
    /// Tells if what the party sealed contradicts itself or a proof of its own.
    pub fn is_at_fault(&self) -> bool {
        self.contradicts_itself || self.contradicts_its_proofs > 0
    }
}

impl Reconstruction<'_> {
    /// Returns what is laid to each party. It makes each account.
    pub fn summary(&self) -> Summary {
        self.summary_on(self.messages())
    }

    /// Returns what is laid to each party by accounts of this reconstruction and by the trails.
    pub fn summary_on(&self, accounts: impl IntoIterator<Item = impl Borrow<Account>>) -> Summary {
        let mut parties = Parties::of(self);
        let verdict = self.verdict_on(accounts.into_iter().inspect(|account| parties.take(account.borrow())));
        Summary { verdict, parties: parties.by_key.into_values().collect() }
    }
}

/// The parties while accounts pass by.
struct Parties {
    by_key: BTreeMap<PartyKey, PartySummary>,
    /// The party of each source, and of each name that an account has for a party.
    names: BTreeMap<Arc<str>, PartyKey>,
}

impl Parties {
    fn of(reconstruction: &Reconstruction<'_>) -> Self {
        let mut parties = Self { by_key: BTreeMap::new(), names: BTreeMap::new() };
        let policy = reconstruction.policy;
        for (key, name) in reconstruction.named_parties() {
            parties.names.insert(Arc::clone(&name), key.clone());
            let summary = PartySummary {
                party: name,
                roles: policy.roles_of(&key).collect(),
                takes_part: policy.takes_part(&key),
                contradicts_itself: false,
                faults: BTreeSet::new(),
                contradicts_its_proofs: 0,
                disputes: 0,
                missing: 0,
                not_covered: 0,
                clocks: Vec::new(),
            };
            parties.by_key.insert(key, summary);
        }
        for trail in reconstruction.trails() {
            let key = PartyKey::of(trail.source.party());
            parties.names.insert(Arc::clone(&trail.urn), key.clone());
            let Some(party) = parties.by_key.get_mut(&key) else { continue };
            party.contradicts_itself |= trail.is_at_fault();
            let own = trail.faults.iter().filter(|fault| fault.laid_to == LaidTo::Party);
            party.faults.extend(own.map(|fault| fault.kind.name()));
            let whole = trail.span.map(|(from, to)| ClockSection { from, to, clock: trail.clock });
            let sections = trail.clock_sections.iter().copied();
            let sections = sections.chain(whole.filter(|_| trail.clock_sections.is_empty()));
            let told = sections.filter(|section| match section.clock {
                Clock::Off { .. } | Clock::Differs { .. } => true,
                Clock::NotEstimated | Clock::Agrees => false,
            });
            party.clocks.extend(told.map(|section| ClockOfTrail { source: Arc::clone(&trail.urn), section }));
        }
        parties
    }

    fn party(&mut self, name: &str) -> Option<&mut PartySummary> {
        self.by_key.get_mut(self.names.get(name)?)
    }

    fn take(&mut self, account: &Account) {
        for conflict in account.timeline.iter().flat_map(|entry| &entry.conflicts) {
            for source in &conflict.between {
                let Some(party) = self.party(source) else { continue };
                match conflict.laid_to {
                    LaidTo::Party => party.contradicts_its_proofs = party.contradicts_its_proofs.saturating_add(1),
                    LaidTo::Nobody => party.disputes = party.disputes.saturating_add(1),
                }
            }
        }
        for missing in &account.missing {
            self.party(&missing.party).into_iter().for_each(|party| party.missing = party.missing.saturating_add(1));
        }
        for name in account.not_covered.iter().filter_map(|uncovered| uncovered.party.as_ref()) {
            self.party(name).into_iter().for_each(|party| party.not_covered = party.not_covered.saturating_add(1));
        }
    }
}
