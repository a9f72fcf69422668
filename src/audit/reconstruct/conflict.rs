//! What records and proofs of one happening say against each other, and to whom that is laid.
//!
//! Of two parties that seal opposite things one is wrong, and nothing says which one: both are named, and nobody is blamed. A
//! party answers where its record contradicts a proof that it issued itself.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::clocks::Clocks;
use super::fault::LaidTo;
use super::happening::{Happening, TimeTrust, Witness};
use super::observation::{Observation, ToldClock};
use super::parts::{Compared, PartsPrint};
use super::party::PartyKey;
use super::proofs::{ProofFact, ProofFiles};
use super::store::Place;
use crate::audit::Kind;

/// The kind of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConflictKind {
    /// One record says that it was done, and another that it was refused.
    OutcomesDiffer,
    /// The records name different content.
    ContentDiffers,
    /// The records are further apart than clocks and delays explain.
    TimesDiffer,
    /// A record names other content than the proof.
    ContentContradictsProof,
    /// A record is of a time at which the event of the proof cannot have been.
    TimeContradictsProof,
    /// A record says that the proof states another event.
    EventContradictsProof,
    /// A record names a proof that is about another message.
    MessageContradictsProof,
}

impl ConflictKind {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::OutcomesDiffer => "outcomes-differ",
            Self::ContentDiffers => "content-differs",
            Self::TimesDiffer => "times-differ",
            Self::ContentContradictsProof => "content-contradicts-proof",
            Self::TimeContradictsProof => "time-contradicts-proof",
            Self::EventContradictsProof => "event-contradicts-proof",
            Self::MessageContradictsProof => "message-contradicts-proof",
        }
    }
}

/// Two trails, or a trail and a proof, that say opposite things of one happening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    pub(super) kind: ConflictKind,
    /// The sources that contradict each other, in their order; one where a record contradicts a proof.
    pub(super) between: Vec<u8>,
    pub(super) laid_to: LaidTo,
}

/// What conflicts are judged by.
pub(super) struct Measure<'a> {
    pub(super) window: i64,
    pub(super) clocks: &'a Clocks,
    /// The party of each index.
    pub(super) parties: &'a [PartyKey],
    /// The proofs at hand, and the message that is told of.
    pub(super) proofs: &'a ProofFiles<'a>,
    pub(super) message: Place,
}

impl Measure<'_> {
    /// Tells if a proof is at hand and about another message. Its id is that of what it states, so that nobody can claim that.
    pub(super) fn is_elsewhere(&self, id: &[u8; 32]) -> bool {
        self.proofs.message_of(id).is_some_and(|message| message != self.message)
    }

    fn is_right(&self, line: &Observation) -> bool {
        self.clocks.of_line(line).is_some_and(|estimated| estimated.is_right)
    }
}

/// What a record says of the content, if it says anything.
pub(super) type PartsOf<'a> = dyn Fn(&Witness<'_>) -> Option<PartsPrint> + 'a;

/// Finds the conflicts of a happening. Only what counts can contradict anything.
pub(super) fn conflicts(happening: &Happening<'_>, parts_of: &PartsOf<'_>, measure: &Measure<'_>) -> Vec<Conflict> {
    let sealed: Vec<&Witness<'_>> = happening.witnesses.iter().filter(|witness| witness.counts).collect();
    let mut conflicts = Vec::new();
    if let Some(proof) = happening.proof.as_ref().filter(|proof| proof.is_proven) {
        conflicts.extend(sealed.iter().flat_map(|witness| with_proof(witness, proof, parts_of, measure)));
    }
    if happening.named.is_some_and(|id| measure.is_elsewhere(&id)) {
        let sources = sealed.iter().filter(|witness| witness.proof.is_some()).map(|witness| witness.line.source);
        let kind = ConflictKind::MessageContradictsProof;
        conflicts.extend(sources.map(|source| Conflict { kind, between: vec![source], laid_to: LaidTo::Nobody }));
    }
    conflicts.extend(between_parties(&sealed, parts_of, measure));
    // Of what several records of a source say alike, that counts for which the party answers.
    let key = |conflict: &Conflict| (conflict.kind, conflict.between.clone());
    conflicts.sort_by_key(|conflict| (key(conflict), Reverse(conflict.laid_to)));
    conflicts.dedup_by_key(|conflict| key(conflict));
    conflicts
}

fn with_proof(
    witness: &Witness<'_>,
    proof: &ProofFact,
    parts_of: &PartsOf<'_>,
    measure: &Measure<'_>,
) -> Vec<Conflict> {
    let mut kinds = Vec::new();
    let names_proof = witness.proof.is_some();
    if names_proof && witness.line.event.is_some_and(|event| event != proof.event) {
        kinds.push(ConflictKind::EventContradictsProof);
    }
    let parts = parts_of(witness).filter(|_| witness.line.is_success());
    if let (Some(stated), Some(computed)) = (parts, &proof.parts)
        && stated.compare(computed) == Compared::Different
    {
        kinds.push(ConflictKind::ContentContradictsProof);
    }
    if is_untimely(witness, proof, measure) {
        kinds.push(ConflictKind::TimeContradictsProof);
    }
    // The proof of another party says what that party says.
    let is_own = proof.is_of_issuer
        && measure.parties.get(usize::try_from(witness.party).unwrap_or(usize::MAX)) == Some(&proof.issuer);
    let laid_to = |kind: ConflictKind| {
        // A clock that is off is no lie, and one that nobody compared may be off. What the trail itself tells of its clock excuses
        // it. A call that names no proof may be about another one, which is not at hand.
        let is_clock_right = measure.is_right(witness.line) && witness.line.clock != ToldClock::Unsure;
        let is_time_sure = kind != ConflictKind::TimeContradictsProof || (names_proof && is_clock_right);
        if is_own && is_time_sure { LaidTo::Party } else { LaidTo::Nobody }
    };
    let conflict = |kind| Conflict { kind, between: vec![witness.line.source], laid_to: laid_to(kind) };
    kinds.into_iter().map(conflict).collect()
}

/// Tells if a record is of a time at which the event of the proof cannot have been. A record that names the proof may be of any later
/// time, since a proof may be handed out long after it was made. The call itself was at the time of the event.
fn is_untimely(witness: &Witness<'_>, proof: &ProofFact, measure: &Measure<'_>) -> bool {
    let event = proof.at.timestamp_micros();
    let is_before = witness.time < event.saturating_sub(measure.window);
    let is_behind = witness.time > event.saturating_add(measure.window);
    let is_the_call = witness.proof.is_none() && witness.line.kind() == Some(Kind::ApiCall);
    witness.trust == TimeTrust::Time && (is_before || (is_behind && is_the_call))
}

/// What the records of one source say of a happening. There may be thousands, and what they say at most is kept.
#[derive(Clone, Debug)]
struct Said {
    party: u32,
    is_done: bool,
    is_refused: bool,
    /// The content, once for each algorithm and number of parts, and whether there is more than one.
    contents: Vec<(PartsPrint, bool)>,
    /// The first and the last time of calls, and of announcements.
    times: BTreeMap<Kind, (i64, i64)>,
}

impl Said {
    fn by_source(sealed: &[&Witness<'_>], parts_of: &PartsOf<'_>) -> Vec<(u8, Self)> {
        let mut by_source: BTreeMap<u8, Self> = BTreeMap::new();
        for witness in sealed {
            let (is_done, is_refused, contents, times) = (false, false, Vec::new(), BTreeMap::new());
            let nothing = Self { party: witness.party, is_done, is_refused, contents, times };
            by_source.entry(witness.line.source).or_insert(nothing).note(witness, parts_of);
        }
        by_source.into_iter().collect()
    }

    fn note(&mut self, witness: &Witness<'_>, parts_of: &PartsOf<'_>) {
        let line = witness.line;
        if line.outcome.is_some() && !line.is_unanswered() {
            self.is_done |= line.is_success();
            self.is_refused |= !line.is_success();
        }
        if let Some(parts) = parts_of(witness).filter(|_| line.is_success()) {
            let same = self.contents.iter_mut().find(|(present, _)| present.compare(&parts) != Compared::NotComparable);
            match same {
                Some((present, is_several)) => *is_several |= *present != parts,
                None => self.contents.push((parts, false)),
            }
        }
        // The receipt of a proof may come long after its issue, and is compared with the proof.
        if let Some(kind @ (Kind::ApiCall | Kind::EventEngine)) = line.kind()
            && witness.trust >= TimeTrust::Comparison
        {
            let (from, to) = self.times.entry(kind).or_insert((witness.time, witness.time));
            (*from, *to) = ((*from).min(witness.time), (*to).max(witness.time));
        }
    }

    /// What two parties say against each other.
    fn against(&self, said: &Self, window: i64) -> Vec<ConflictKind> {
        let mut kinds = Vec::new();
        if (self.is_done && !self.is_refused && said.is_refused && !said.is_done)
            || (said.is_done && !said.is_refused && self.is_refused && !self.is_done)
        {
            kinds.push(ConflictKind::OutcomesDiffer);
        }
        let differ = |(parts, is_several): &(PartsPrint, bool)| {
            said.contents.iter().any(|(stated, are_several)| match parts.compare(stated) {
                Compared::Same => *is_several || *are_several,
                Compared::Different => true,
                Compared::NotComparable => false,
            })
        };
        if self.contents.iter().any(differ) {
            kinds.push(ConflictKind::ContentDiffers);
        }
        let are_apart = |(kind, (from, to)): (&Kind, &(i64, i64))| {
            said.times.get(kind).is_some_and(|(stated_from, stated_to)| {
                to.abs_diff(*stated_from).max(stated_to.abs_diff(*from)) > window.unsigned_abs()
            })
        };
        if self.times.iter().any(are_apart) {
            kinds.push(ConflictKind::TimesDiffer);
        }
        kinds
    }
}

/// Compares what different parties say.
fn between_parties(sealed: &[&Witness<'_>], parts_of: &PartsOf<'_>, measure: &Measure<'_>) -> Vec<Conflict> {
    let by_source = Said::by_source(sealed, parts_of);
    let mut conflicts = Vec::new();
    for (at, (source, said)) in by_source.iter().enumerate() {
        for (counterpart, stated) in by_source.iter().skip(at + 1).filter(|(_, stated)| stated.party != said.party) {
            let conflict = |kind| Conflict { kind, between: vec![*source, *counterpart], laid_to: LaidTo::Nobody };
            conflicts.extend(said.against(stated, measure.window).into_iter().map(conflict));
        }
    }
    conflicts
}
