//! What a register's extract says against a mandate.

use chrono::{DateTime, Utc};

use super::details::{Mandate, MandateAction, MandateLink, MandateRole};
use super::mandate::differ;
use super::party::{Identifier, Party};
use super::register::{RegisterEntry, RegisterExtract, RegisteredRole};
use crate::identity::PersonKind;

/// What a register says against a mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegisterFault {
    /// The extract is of another register than the mandate names.
    AnotherRegister,
    /// The extract is later than the event, and its history does not reach back to it.
    DoesNotCover,
    /// The party at this place of the chain, from 1, is not in the extract in its role.
    NotRegistered(usize),
    /// The party at this place of the chain, from 1, is in the extract, and its entry did not hold at the time of the event, or
    /// was revoked.
    NotInForce(usize),
    /// The register does not allow the action in the application to the party at this place of the chain, from 1.
    NotGranted(usize),
    /// The principal has more than one accredited secretariat, or more than one other provider.
    TooManyProviders {
        /// The number of accredited secretariats.
        secretariats: usize,
        /// The number of other providers.
        others: usize,
    },
    /// The principal has not the number of local managers that the role of the mandate asks for, but this one.
    ManagerCount(usize),
}

impl RegisterExtract {
    /// Returns what the register says against a mandate for an action at a time.
    pub(crate) fn faults(&self, mandate: &Mandate, action: MandateAction, time: DateTime<Utc>) -> Vec<RegisterFault> {
        if self.register() != mandate.register().register() {
            return vec![RegisterFault::AnotherRegister];
        }
        if self.at() > time && self.history_from().is_none_or(|from| from > time) {
            return vec![RegisterFault::DoesNotCover];
        }
        let of_chain = self.fault_of_chain(mandate, action, time);
        of_chain.into_iter().chain(self.faults_of_counts(mandate, time)).collect()
    }

    /// Each party of the chain is registered as acting for the last enterprise before it, or for the principal.
    fn fault_of_chain(&self, mandate: &Mandate, action: MandateAction, time: DateTime<Utc>) -> Option<RegisterFault> {
        let mut acts_for = mandate.principal();
        for (place, link) in (1..).zip(mandate.chain()) {
            if let Some(fault) = self.fault_of_link(acts_for, link, time, mandate.scope().application(), action) {
                return Some(fault(place));
            }
            if link.party().kind() == PersonKind::Legal {
                acts_for = link.party();
            }
        }
        None
    }

    fn fault_of_link(
        &self,
        acts_for: &Party,
        link: &MandateLink,
        time: DateTime<Utc>,
        application: &str,
        action: MandateAction,
    ) -> Option<fn(usize) -> RegisterFault> {
        let is_of_link = |entry: &&RegisterEntry| {
            entry.role().is(link.role()) && !differ(&entry.principal, acts_for) && !differ(&entry.party, link.party())
        };
        let registered: Vec<_> = self.entries().iter().filter(is_of_link).collect();
        let in_force: Vec<_> = registered.iter().filter(|entry| entry.holds_at(time)).collect();
        if registered.is_empty() {
            Some(RegisterFault::NotRegistered)
        } else if in_force.is_empty() {
            Some(RegisterFault::NotInForce)
        } else if !in_force.iter().any(|entry| entry.allows(application, action)) {
            Some(RegisterFault::NotGranted)
        } else {
            None
        }
    }

    /// An enterprise has one local manager, without whom it has no users. It may leave everything to a provider and have none.
    /// Beside an accredited secretariat it has one further provider at most.
    fn faults_of_counts(&self, mandate: &Mandate, time: DateTime<Utc>) -> Vec<RegisterFault> {
        let count = |role| self.parties_of_role(mandate.principal(), role, time);
        let (secretariats, others) = (count(RegisteredRole::AccreditedSecretariat), count(RegisteredRole::Provider));
        let managers = count(RegisteredRole::LocalManager);
        let has_managers = match mandate.role() {
            MandateRole::LocalManager | MandateRole::User => managers == 1,
            MandateRole::Provider => managers <= 1,
            MandateRole::Mandatary => return Vec::new(),
        };
        let conditions = [
            (secretariats <= 1 && others <= 1, RegisterFault::TooManyProviders { secretariats, others }),
            (has_managers, RegisterFault::ManagerCount(managers)),
        ];
        conditions.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect()
    }

    /// Counts the parties that have a role for a principal at a time. A party may have an entry for each application.
    fn parties_of_role(&self, principal: &Party, role: RegisteredRole, time: DateTime<Utc>) -> usize {
        let is_of_role = |entry: &&RegisterEntry| {
            entry.role() == role && !differ(&entry.principal, principal) && entry.holds_at(time)
        };
        let parties = self.entries().iter().filter(is_of_role).map(RegisterEntry::party);
        parties.collect::<std::collections::HashSet<&Identifier>>().len()
    }
}
