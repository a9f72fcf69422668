//! Combines trails and proofs, and tells message by message what they come to.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

use chrono::DateTime;

use super::account::{
    Account, ConflictEntry, MissingEntry, NamedProof, NotTakenEntry, RecordSeal, RecordedBy, TimelineEntry,
    UncoveredEntry,
};
use super::clocks::Clocks;
use super::collect::Collected;
use super::conflict::{Measure, conflicts};
use super::crowd::Crowd;
use super::error::ReconstructionError;
use super::export::Export;
use super::given::GivenExport;
use super::happening::{Happening, Witness, happenings};
use super::missing::Cast;
use super::observation::{Authentication, ByMessage, Observation, Observations, SourceIndex};
use super::party::PartyKey;
use super::policy::ReconstructionPolicy;
use super::proofs::ProofFiles;
use super::report::{TrailReport, UnusedExport};
use super::standing::{FactStanding, ReconstructionVerdict};
use super::store::Place;
use super::trail::JoinedTrail;

/// The trails of several parties and their proofs, combined.
///
/// The lines are read once and kept in some hundred octets each. Proofs are verified when a message is asked for, so that the
/// accounts of a million records need not be there at once. The order of the exports and of the proofs has no part in anything.
pub struct Reconstruction<'a> {
    pub(super) policy: &'a ReconstructionPolicy<'a>,
    pub(super) all: Observations,
    pub(super) by_message: ByMessage,
    pub(super) proofs: ProofFiles<'a>,
    pub(super) trails: Vec<JoinedTrail>,
    urns: Vec<Arc<str>>,
    parties: Vec<PartyKey>,
    /// A name for each party, as the first of its sources has it.
    names: Vec<Arc<str>>,
    clocks: Clocks,
    proofs_not_taken: u64,
    unused: Vec<UnusedExport>,
}

impl<'a> Reconstruction<'a> {
    /// Combines exports of trails with proofs, each in any order.
    ///
    /// # Errors
    /// [`ReconstructionError::TooManyLines`]. What is wrong with a trail is no error: it
    /// stands in [`trails`](Self::trails), and the rest is used.
    pub fn of<R: BufRead, F: AsRef<[u8]>>(
        exports: impl IntoIterator<Item = Export<R>>,
        proofs: &'a [F],
        policy: &'a ReconstructionPolicy<'a>,
    ) -> Result<Self, ReconstructionError> {
        let mut collected = Collected::default();
        let exports = exports.into_iter().enumerate();
        let exports = exports.map(|(position, export)| GivenExport::of(position, export, policy));
        collected.read_all(exports.collect(), policy)?;
        collected.put_in_order();
        let Collected { mut all, mut trails, embedded, embedded_in_claims, parties, unused, .. } = collected;
        trails.iter_mut().for_each(|trail| trail.join(&mut all, policy.clock_skew_micros()));
        let (mut embedded, proofs_not_taken) = embedded.finish();
        // What is left out of records that nobody sealed keeps no account from being complete.
        embedded.extend(embedded_in_claims.finish().0);
        let proofs = ProofFiles::of(proofs, embedded, &mut all.messages)?;
        let by_message = all.by_message();
        let urns: Vec<Arc<str>> = trails.iter().map(|trail| Arc::from(trail.source.to_string())).collect();
        let parties: Vec<PartyKey> = parties.into_keys().collect();
        let name =
            |party: u32| trails.iter().find(|trail| trail.party == party).map(|trail| Arc::from(trail.source.party()));
        let names = (0..).take(parties.len()).map(|party| name(party).unwrap_or_default()).collect();
        let mut reconstruction = Self {
            policy,
            all,
            by_message,
            proofs,
            trails,
            urns,
            parties,
            names,
            clocks: Clocks::default(),
            proofs_not_taken,
            unused,
        };
        reconstruction.clocks = reconstruction.estimate_clocks();
        Ok(reconstruction)
    }

    /// Returns what is known of each trail, in the order of their sources.
    pub fn trails(&self) -> impl Iterator<Item = TrailReport> {
        let trails = self.trails.iter().zip(&self.urns).zip(0..);
        trails.map(|((trail, urn), source)| {
            let roles = self.party(trail.party).into_iter().flat_map(|party| self.policy.roles_of(party)).collect();
            TrailReport::of(trail, Arc::clone(urn), roles, self.clocks.of(source))
        })
    }

    /// Returns the account of each message, in the order of their identifiers. The proofs of a message are verified when its
    /// account is made.
    pub fn messages(&self) -> impl Iterator<Item = Account> {
        self.all
            .messages
            .in_order()
            .into_iter()
            .filter(|message| self.is_told(*message))
            .map(|message| self.account(message))
    }

    /// Returns the account of a message; `None` if nothing tells of it.
    pub fn message(&self, message: &str) -> Option<Account> {
        self.all.messages.find(message).filter(|message| self.is_told(*message)).map(|message| self.account(message))
    }

    /// Returns the exports of which nothing is used, in their order, and why.
    pub fn unused_exports(&self) -> &[UnusedExport] {
        &self.unused
    }

    /// Returns the positions of the given files that are no proofs of an event that is known.
    pub fn files_that_are_no_proofs(&self) -> &[usize] {
        &self.proofs.unreadable
    }

    /// Returns how often a record of a sealed trail holds a proof that was not taken, since there are so many. No account is
    /// complete then.
    pub fn proofs_not_taken(&self) -> u64 {
        self.proofs_not_taken
    }

    /// Returns the worst verdict on any message and trail. It makes each account.
    pub fn verdict(&self) -> ReconstructionVerdict {
        self.verdict_on(self.messages())
    }

    /// Returns the worst verdict on messages, by accounts of this reconstruction, and on the trails. It is
    /// [`Insufficient`](ReconstructionVerdict::Insufficient) where there is none.
    ///
    /// A trail whose party is at fault contradicts itself. The trails of strangers decide nothing once the policy names parties,
    /// and neither does a message of which only records tell that nobody sealed: anybody can invent one.
    pub fn verdict_on(&self, accounts: impl IntoIterator<Item = impl Borrow<Account>>) -> ReconstructionVerdict {
        let counted = accounts.into_iter().filter_map(|account| {
            let Account { message, verdict, .. } = account.borrow();
            let is_invented = *verdict == ReconstructionVerdict::Insufficient && !self.is_proof_given_of(message);
            (!is_invented).then_some(*verdict)
        });
        let at_fault =
            self.trails.iter().filter(|trail| trail.faults.is_party_at_fault && self.takes_part(trail.party));
        let of_trails = at_fault.map(|_| ReconstructionVerdict::Contradicted);
        counted.chain(of_trails).max().unwrap_or(ReconstructionVerdict::Insufficient)
    }

    /// Tells if the caller gave a proof of a message, whether or not it verifies.
    fn is_proof_given_of(&self, message: &str) -> bool {
        self.all.messages.find(message).is_some_and(|message| self.proofs.is_given_of(message))
    }

    /// Tells if there is a proof of a message, or a line that is used.
    fn is_told(&self, message: Place) -> bool {
        self.by_message.places(message).next().is_some() || self.proofs.are_about(message)
    }

    fn account(&self, message: Place) -> Account {
        let name = self.all.messages.name(message).cloned().unwrap_or_default();
        let witnesses = self.by_message.places(message).filter_map(|place| self.witness(place)).collect();
        let Crowd { mut witnesses, not_taken } = Crowd::of(witnesses);
        witnesses.sort_by_key(|witness| (witness.time, witness.line.source, witness.line.sequence, witness.line.hash));
        let proofs = self.proofs.judge(message, self.policy);
        let happenings = happenings(witnesses, proofs.facts(), self.policy.window_micros());
        let cast = Cast {
            policy: self.policy,
            trails: &self.trails,
            parties: &self.parties,
            clocks: &self.clocks,
            not_taken: &not_taken,
        };
        let (missing, uncovered) = cast.compare(&happenings, &name);
        let missing = missing.into_iter().map(|record| MissingEntry {
            expected: record.expected,
            party: self.name_of(&record.party),
            entry: record.happening,
        });
        let uncovered = uncovered.into_iter().map(|record| UncoveredEntry {
            expected: record.expected,
            party: record.party.as_ref().map(|party| self.name_of(party)),
            entry: record.happening,
            reason: record.reason,
        });
        let mut account = Account {
            message: name,
            letters: proofs.letters(),
            claims: proofs.claims(),
            timeline: happenings.iter().map(|happening| self.entry(message, happening)).collect(),
            missing: missing.collect(),
            not_covered: uncovered.collect(),
            not_taken: not_taken.iter().filter_map(|(source, records)| self.not_taken(*source, *records)).collect(),
            verdict: ReconstructionVerdict::Insufficient,
        };
        account.verdict = account.judge(self.proofs_not_taken);
        account
    }

    fn not_taken(&self, source: SourceIndex, records: u64) -> Option<NotTakenEntry> {
        Some(NotTakenEntry { source: self.urns.get(usize::from(source))?.clone(), records })
    }

    /// The name of a party, as the first of its sources or else the policy has it.
    fn name_of(&self, party: &PartyKey) -> Arc<str> {
        let of_source = self.parties.iter().zip(&self.names).find(|(named, _)| *named == party);
        let of_policy = || self.policy.name_of(party).map(Arc::from);
        of_source.map(|(_, name)| Arc::clone(name)).or_else(of_policy).unwrap_or_default()
    }

    /// The parties that have a trail or a role, each with its name.
    pub(super) fn named_parties(&self) -> BTreeMap<PartyKey, Arc<str>> {
        let of_policy = self.policy.parties().map(|(party, _)| party);
        self.parties.iter().chain(of_policy).map(|party| (party.clone(), self.name_of(party))).collect()
    }

    fn witness(&self, place: Place) -> Option<Witness<'_>> {
        let line = self.all.lines.get(place)?;
        let clock = self.clocks.of_line(line)?;
        let party = self.trails.get(usize::from(line.source))?.party;
        Some(Witness {
            line,
            proof: self.all.proof_of(line),
            party,
            counts: line.is_sealed() && self.takes_part(party),
            time: line.at.saturating_sub(clock.ahead),
            trust: clock.trust,
            offsets: &clock.offsets,
        })
    }

    fn entry(&self, message: Place, happening: &Happening<'_>) -> TimelineEntry {
        let parts_of = |witness: &Witness<'_>| self.all.parts_of(witness.line).copied();
        let measure = Measure {
            window: self.policy.window_micros(),
            clocks: &self.clocks,
            parties: &self.parties,
            proofs: &self.proofs,
            message,
        };
        let conflicts = conflicts(happening, &parts_of, &measure);
        let urn = |source: &u8| self.urns.get(usize::from(*source)).cloned();
        let mut records: Vec<RecordedBy> =
            happening.witnesses.iter().filter_map(|witness| self.recorded(witness.line)).collect();
        records.sort_by(|first, second| (&first.source, first.sequence).cmp(&(&second.source, second.sequence)));
        let named = happening.named.map(|id| {
            if measure.is_elsewhere(&id) { NamedProof::OfAnotherMessage(id) } else { NamedProof::NotAtHand(id) }
        });
        TimelineEntry {
            fact: happening.fact,
            event: happening.event(),
            at: DateTime::from_timestamp_micros(happening.time()).unwrap_or_default(),
            proven_by: happening.proof.as_ref().and_then(|proof| proof.proven_at),
            standing: self.standing(happening, !conflicts.is_empty()),
            proof: happening.proof.as_ref().map(|proof| NamedProof::AtHand(proof.id)).or(named),
            is_told_done: happening.is_told_done(),
            records,
            conflicts: conflicts
                .into_iter()
                .map(|conflict| ConflictEntry {
                    kind: conflict.kind,
                    between: conflict.between.iter().filter_map(urn).collect(),
                    laid_to: conflict.laid_to,
                })
                .collect(),
        }
    }

    fn recorded(&self, line: &Observation) -> Option<RecordedBy> {
        Some(RecordedBy {
            source: self.urns.get(usize::from(line.source))?.clone(),
            sequence: line.sequence,
            kind: line.kind()?,
            action: self.all.action_of(line).cloned(),
            outcome: line.outcome,
            at: DateTime::from_timestamp_micros(line.at)?,
            recorded: DateTime::from_timestamp_micros(line.recorded)?,
            seal: match line.authentication {
                Authentication::Sealed => RecordSeal::Sealed,
                Authentication::Contradicted => RecordSeal::Contradicted,
                Authentication::None => RecordSeal::Unsealed,
            },
        })
    }

    /// The numbers of lines, messages and trails.
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        (self.all.lines.len(), self.all.messages.len(), self.trails.len())
    }

    pub(super) fn takes_part(&self, party: u32) -> bool {
        self.party(party).is_some_and(|party| self.policy.takes_part(party))
    }

    /// A proof says more than records, and the records of one party are one witness however many there are.
    fn standing(&self, happening: &Happening<'_>, is_disputed: bool) -> FactStanding {
        if happening.proof.as_ref().is_some_and(|proof| proof.is_proven) {
            return FactStanding::Proven;
        }
        let counted = || happening.witnesses.iter().filter(|witness| witness.counts);
        // Who got no answer does not say that it was done.
        let is_answered = counted().any(|witness| !witness.line.is_unanswered());
        let telling = counted().filter(|witness| !is_answered || !witness.line.is_unanswered());
        let mut parties: Vec<&PartyKey> = telling.filter_map(|witness| self.party(witness.party)).collect();
        // A sealed statement that lacks what it follows is one that its issuer made, if its certificate says who that is.
        let issuer = happening.proof.as_ref().filter(|proof| proof.is_of_issuer).map(|proof| &proof.issuer);
        parties.extend(issuer.filter(|issuer| self.policy.takes_part(issuer)));
        parties.sort_unstable();
        parties.dedup();
        match parties.len() {
            0 => FactStanding::Claimed,
            _ if is_disputed => FactStanding::Disputed,
            1 => FactStanding::Attested,
            _ => FactStanding::Corroborated,
        }
    }

    pub(super) fn party(&self, index: u32) -> Option<&PartyKey> {
        self.parties.get(usize::try_from(index).ok()?)
    }
}
