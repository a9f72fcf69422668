//! Which records must be there and are not, and which nobody can miss since no trail reaches as far.

use std::collections::{BTreeMap, BTreeSet};

use super::answering::answers;
use super::clocks::Clocks;
use super::expected::{Counted, ExpectedRecord, RecordForm, Role};
use super::fact::Fact;
use super::happening::{Happening, Witness};
use super::missing_reason::NotCovered;
use super::observation::SourceIndex;
use super::party::PartyKey;
use super::policy::ReconstructionPolicy;
use super::trail::JoinedTrail;
use crate::audit::{DeletionReason, Kind};

/// A record that a party must hold and that is not in its trail.
///
/// That it is missing blames nobody: the party may have left it out, or others may have invented what it would tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MissingRecord {
    pub(super) expected: ExpectedRecord,
    pub(super) party: PartyKey,
    /// The happening.
    pub(super) happening: usize,
}

/// A record that a party must hold, where the trails at hand do not show if it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UncoveredRecord {
    pub(super) expected: ExpectedRecord,
    /// `None` where it is not known who has the role.
    pub(super) party: Option<PartyKey>,
    pub(super) happening: usize,
    pub(super) reason: NotCovered,
}

/// Who is who in a message.
pub(super) struct Cast<'a> {
    pub(super) policy: &'a ReconstructionPolicy<'a>,
    pub(super) trails: &'a [JoinedTrail],
    pub(super) parties: &'a [PartyKey],
    pub(super) clocks: &'a Clocks,
    /// The trails with more records of the message than were taken.
    pub(super) not_taken: &'a BTreeMap<SourceIndex, u64>,
}

impl Cast<'_> {
    /// The parties of which one must hold the records of a role: the policy names who has it, and the proofs of the message who had it
    /// here.
    fn in_role(&self, role: Role, happenings: &[Happening<'_>]) -> BTreeSet<PartyKey> {
        let proven = || happenings.iter().filter_map(Happening::proven);
        let of_proofs: BTreeSet<PartyKey> = match role {
            Role::Sender => proven().filter_map(|proof| proof.sender.clone()).collect(),
            Role::Provider => proven().filter(|proof| proof.is_of_issuer).map(|proof| proof.issuer.clone()).collect(),
            Role::Operator | Role::ConsumerApp => BTreeSet::new(),
        };
        let named: BTreeSet<PartyKey> = self.policy.in_role(role).cloned().collect();
        if named.is_empty() {
            return of_proofs;
        }
        let both: BTreeSet<PartyKey> = named.intersection(&of_proofs).cloned().collect();
        if both.is_empty() { named } else { both }
    }

    /// The one among them that stated what happened, where that is so: nobody else is missed of it.
    fn issuer<'b>(role: Role, parties: &'b BTreeSet<PartyKey>, happening: &Happening<'_>) -> Option<&'b PartyKey> {
        let proof = happening.proven().filter(|proof| role == Role::Provider && proof.is_of_issuer)?;
        parties.get(&proof.issuer)
    }

    /// Tells if the parties must hold records of what happened: what another service states of the message is not theirs. Whose
    /// statement it is must be sure, or else nothing would be missed of one that names somebody else.
    fn is_theirs(&self, happening: &Happening<'_>) -> bool {
        let mut providers = self.policy.in_role(Role::Provider).peekable();
        match happening.proof.as_ref().filter(|proof| proof.is_of_issuer) {
            Some(proof) if providers.peek().is_some() => providers.any(|provider| *provider == proof.issuer),
            Some(_) | None => true,
        }
    }

    /// Compares what happened with what must be recorded of it.
    pub(super) fn compare(
        &self,
        happenings: &[Happening<'_>],
        message: &str,
    ) -> (Vec<MissingRecord>, Vec<UncoveredRecord>) {
        let mut records = Records { missing: Vec::new(), uncovered: Vec::new() };
        for expected in Fact::ALL.iter().flat_map(|fact| self.policy.expected(*fact)) {
            let happened = happenings.iter().enumerate().filter(|(_, happening)| {
                happening.fact == expected.fact && self.is_theirs(happening) && establishes(happening, expected)
            });
            let mut happened: Vec<(usize, &Happening<'_>)> = happened.collect();
            match expected.form.counted() {
                Counted::EachTime => {}
                Counted::EachProof if happened.iter().any(|(_, happening)| happening.names_proof()) => {
                    happened.retain(|(_, happening)| happening.names_proof());
                }
                Counted::EachProof | Counted::Once => happened.truncate(1),
            }
            let parties = self.in_role(expected.role, happenings);
            // Nobody in particular is named once for all of a row.
            let mut told_of_nobody = BTreeSet::new();
            for (at, happening) in happened {
                let own = Self::issuer(expected.role, &parties, happening);
                let bound = || own.into_iter().chain(parties.iter().filter(|_| own.is_none()));
                if bound().any(|party| self.holds(party, expected, happening, happenings)) {
                    continue;
                }
                // Which of several it was is not known, and to miss it of each would name who had no part in it.
                let reason = match (bound().next(), bound().nth(1)) {
                    (None, _) => NotCovered::NoTrail,
                    (Some(_), Some(_)) => NotCovered::SeveralInRole,
                    (Some(party), None) => {
                        let reason = self.coverage(party, happening.time(), message, expected.form);
                        records.note(*expected, party.clone(), at, reason);
                        continue;
                    }
                };
                if told_of_nobody.insert(reason) {
                    records.uncovered.push(UncoveredRecord { expected: *expected, party: None, happening: at, reason });
                }
            }
        }
        (records.missing, records.uncovered)
    }

    /// Tells if a party holds the record. What nobody sealed is held by nobody.
    fn holds(
        &self,
        party: &PartyKey,
        expected: &ExpectedRecord,
        happening: &Happening<'_>,
        happenings: &[Happening<'_>],
    ) -> bool {
        let is_it = |witness: &Witness<'_>| {
            answers(witness.line)
                && self.party(witness.party) == Some(party)
                && witness.line.kind().is_some_and(|kind| expected.form.is_of(kind))
        };
        match expected.form.counted() {
            Counted::EachTime => happening.witnesses.iter().any(is_it),
            // Whoever holds the record of another proof does not hold that of this one.
            Counted::EachProof => happening
                .witnesses
                .iter()
                .any(|witness| is_it(witness) && (witness.proof.is_some() || !happening.names_proof())),
            Counted::Once => {
                let of_fact = happenings.iter().filter(|happening| happening.fact == expected.fact);
                of_fact.flat_map(|happening| &happening.witnesses).any(is_it)
            }
        }
    }

    fn party(&self, index: u32) -> Option<&PartyKey> {
        self.parties.get(usize::try_from(index).ok()?)
    }

    /// Says why no trail of a party covers a time; `None` if one does.
    fn coverage(&self, party: &PartyKey, time: i64, message: &str, form: RecordForm) -> Option<NotCovered> {
        let window = self.policy.window_micros();
        let trails = || self.trails.iter().zip(0..);
        let of_party = || trails().filter(|(trail, _)| self.party(trail.party) == Some(party));
        // It may be among those that were not taken, whatever another trail of the party covers.
        if of_party().any(|(_, source)| self.not_taken.contains_key(&source)) {
            return Some(NotCovered::NotTaken);
        }
        let mut reasons = Vec::new();
        for (trail, source) in of_party() {
            // By the clock of the trail. Nobody knows by which of several the record would have been written.
            let covers = |offset: i64| {
                let time = time.saturating_add(offset);
                trail.coverage.covers(time.saturating_sub(window), time.saturating_add(window), message, form)
            };
            match self.clocks.offsets_about(source, trail, time, window).into_iter().try_for_each(covers) {
                Ok(()) => return None,
                Err(reason) => reasons.push(reason),
            }
        }
        // What comes last in the list is nearest to covering it.
        Some(reasons.into_iter().max().unwrap_or(NotCovered::NoTrail))
    }
}

/// The records that are not there.
struct Records {
    missing: Vec<MissingRecord>,
    uncovered: Vec<UncoveredRecord>,
}

impl Records {
    fn note(&mut self, expected: ExpectedRecord, party: PartyKey, happening: usize, reason: Option<NotCovered>) {
        match reason {
            None => self.missing.push(MissingRecord { expected, party, happening }),
            Some(reason) => {
                self.uncovered.push(UncoveredRecord { expected, party: Some(party), happening, reason });
            }
        }
    }
}

/// Tells if a happening is sure enough, and of the kind, that there must be such a record.
fn establishes(happening: &Happening<'_>, expected: &ExpectedRecord) -> bool {
    if happening.event().is_some_and(|event| !expected.is_of_event(event)) {
        return false;
    }
    if let Some(proof) = &happening.proof {
        return proof.is_proven || happening.witnesses.iter().any(|witness| witness.counts);
    }
    let mut sealed = happening.witnesses.iter().filter(|witness| witness.counts);
    sealed.any(|witness| {
        // An alert tells of what is to come, an attempt without an answer may never have arrived, and reads are recorded only
        // when they succeed.
        let is_alert = happening.fact == Fact::Removed && witness.line.kind() == Some(Kind::EventEngine);
        let is_call = expected.form == RecordForm::Call;
        let is_done = witness.line.is_success() || (is_call && happening.fact != Fact::Opened);
        // What somebody asked to be deleted, or what nobody may keep any more, is alerted to nobody.
        let is_alerted = witness.line.deleted.is_none_or(|reason| reason == DeletionReason::Expired);
        let is_for_alert = happening.fact == Fact::Removed && expected.form == RecordForm::Announcement;
        !is_alert && !witness.line.is_unanswered() && is_done && (is_alerted || !is_for_alert)
    })
}
