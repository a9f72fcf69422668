//! By what trails are combined: the verifiers, the tolerances, who has which role, and who must hold which record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::differences::Tolerance;
use super::expected::{EXPECTED_RECORDS, ExpectedRecord, Role};
use super::fact::Fact;
use super::party::PartyKey;
use crate::audit::{Action, Kind};
use crate::life::Verifiers;
use crate::verify::Verifier;

/// The policy of a reconstruction. Nothing of it comes from the trails.
#[derive(Clone)]
pub struct ReconstructionPolicy<'a> {
    pub(super) verifiers: Verifiers<'a>,
    pub(super) now: DateTime<Utc>,
    clock_skew: TimeDelta,
    delay: TimeDelta,
    /// The name of each party, as it was given, and its roles.
    roles: BTreeMap<PartyKey, (String, BTreeSet<Role>)>,
    actions: Vec<(Action<'a>, Fact)>,
    expected: Vec<ExpectedRecord>,
}

impl<'a> ReconstructionPolicy<'a> {
    /// Judges proofs and seals by a verifier at a time. [`Verifiers`] also hold what lies beside the proofs that are given, such as
    /// their second seals, and the verifiers of what the parties signed.
    ///
    /// Clocks may differ by a minute, and what happened is recorded within five. The expected records are
    /// [`EXPECTED_RECORDS`]. The sender that a verified proof names is the sender, and the issuer of proofs is the provider.
    pub fn new(verifiers: impl Into<Verifiers<'a>>, now: DateTime<Utc>) -> Self {
        Self {
            verifiers: verifiers.into(),
            now,
            clock_skew: TimeDelta::seconds(60),
            delay: TimeDelta::seconds(300),
            roles: BTreeMap::new(),
            actions: Vec::new(),
            expected: EXPECTED_RECORDS.to_vec(),
        }
    }

    /// Sets by how much clocks may differ. It is never negative.
    #[must_use]
    pub fn with_clock_skew(self, skew: TimeDelta) -> Self {
        Self { clock_skew: skew.max(TimeDelta::zero()), ..self }
    }

    /// Sets how long after an event its record and its proof may come. It is never negative.
    #[must_use]
    pub fn with_delay(self, delay: TimeDelta) -> Self {
        Self { delay: delay.max(TimeDelta::zero()), ..self }
    }

    /// Gives a party a role. Once a party has one, the trails of parties without a role are told and decide nothing. The party is named as in the source of its trail, such as `BE/BE/0406798006`.
    #[must_use]
    pub fn with_role(mut self, party: &str, role: Role) -> Self {
        let named = self.roles.entry(PartyKey::of(party)).or_insert_with(|| (party.to_owned(), BTreeSet::new()));
        named.1.insert(role);
        self
    }

    /// Says what calls of an action are about. Without it the method decides.
    #[must_use]
    pub fn with_action(mut self, action: Action<'a>, fact: Fact) -> Self {
        self.actions.push((action, fact));
        self
    }

    /// Sets who must hold which record.
    #[must_use]
    pub fn with_expected_records(self, expected: impl IntoIterator<Item = ExpectedRecord>) -> Self {
        let expected: BTreeSet<ExpectedRecord> = expected.into_iter().collect();
        Self { expected: expected.into_iter().collect(), ..self }
    }

    /// The verifier of the seals of proofs and of manifests.
    pub(super) fn verifier(&self) -> &'a Verifier {
        self.verifiers.of_seals()
    }

    /// Tells how far records of one happening may be apart.
    pub(super) fn window(&self) -> TimeDelta {
        self.clock_skew.checked_add(&self.delay).unwrap_or(TimeDelta::MAX)
    }

    pub(super) fn window_micros(&self) -> i64 {
        self.window().num_microseconds().unwrap_or(i64::MAX)
    }

    /// Tells how long after an event its record may come, by one clock.
    pub(super) fn delay_micros(&self) -> i64 {
        self.delay.num_microseconds().unwrap_or(i64::MAX)
    }

    /// Tells by how much clocks may differ.
    pub(super) fn clock_skew_micros(&self) -> i64 {
        self.clock_skew.num_microseconds().unwrap_or(i64::MAX)
    }

    pub(super) fn tolerance(&self) -> Tolerance {
        Tolerance { pair: self.clock_skew, timestamp: self.window() }
    }

    /// The roles that the caller gave a party.
    pub(super) fn roles_of(&self, party: &PartyKey) -> impl Iterator<Item = Role> {
        self.roles.get(party).into_iter().flat_map(|(_, roles)| roles).copied()
    }

    /// The parties that the caller gave a role.
    pub(super) fn in_role(&self, role: Role) -> impl Iterator<Item = &PartyKey> {
        self.roles.iter().filter(move |(_, (_, roles))| roles.contains(&role)).map(|(party, _)| party)
    }

    /// The name of a party, as the caller gave it.
    pub(super) fn name_of(&self, party: &PartyKey) -> Option<&str> {
        self.roles.get(party).map(|(name, _)| name.as_str())
    }

    /// The parties that the caller gave roles, with their names.
    pub(super) fn parties(&self) -> impl Iterator<Item = (&PartyKey, &str)> {
        self.roles.iter().map(|(party, (name, _))| (party, name.as_str()))
    }

    /// Tells if a party has a part in the exchange. Where the caller names parties, what strangers seal decides nothing.
    pub(super) fn takes_part(&self, party: &PartyKey) -> bool {
        self.roles.is_empty() || self.roles.contains_key(party)
    }

    pub(super) fn expected(&self, fact: Fact) -> impl Iterator<Item = &ExpectedRecord> {
        self.expected.iter().filter(move |expected| expected.fact == fact)
    }

    /// The fact that a call is about, if the caller said so.
    pub(super) fn fact_of(&self, action: &Action<'_>) -> Option<Fact> {
        self.actions.iter().find(|(named, _)| named == action).map(|(_, fact)| *fact)
    }

    /// Tells if records of a kind are about a message at all.
    pub(super) fn is_of_message(kind: Kind) -> bool {
        !matches!(kind, Kind::ClockStatus | Kind::Export | Kind::Resumed)
    }
}

/// Debug names no party: an enterprise may be one person.
impl fmt::Debug for ReconstructionPolicy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, clock_skew, delay, roles, expected, .. } = self;
        f.debug_struct("ReconstructionPolicy")
            .field("now", now)
            .field("clock_skew", clock_skew)
            .field("delay", delay)
            .field("parties", &roles.len())
            .field("expected", expected)
            .finish_non_exhaustive()
    }
}
