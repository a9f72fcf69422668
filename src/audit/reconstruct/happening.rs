//! Which records and proofs are about one happening.
//!
//! A record that names a proof belongs to what that proof states. Every other record belongs to the earliest happening of its fact
//! that fits its outcome, within the clock skew and the delay of the policy, and that no record of its kind in its trail has yet.
//! Records and happenings in the order of their times are so matched one by one, where the nearest would leave some without one.
//! Where clocks differ, what fits none by the time as it was corrected is compared by the other differences of its clock.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::fact::{Fact, is_failure};
use super::observation::Observation;
use super::proofs::ProofFact;
use crate::audit::Kind;
use crate::evidence::Event;

/// A record about a message, with what is known of its trail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Witness<'a> {
    pub(super) line: &'a Observation,
    /// The id of the proof that it names.
    pub(super) proof: Option<&'a [u8; 32]>,
    pub(super) party: u32,
    /// The party sealed it and has a part in the exchange, so that it counts. What does not count is told and decides nothing.
    pub(super) counts: bool,
    /// When it happened, corrected by what is known of the clock, in microseconds.
    pub(super) time: i64,
    pub(super) trust: TimeTrust,
    /// By how much else its clock may be ahead.
    pub(super) offsets: &'a [Offset],
}

impl Witness<'_> {
    /// Returns when it happened, as it was corrected at the first turn, and by one of the other differences at each later one.
    fn time_at(&self, turn: usize) -> Option<i64> {
        match turn.checked_sub(1) {
            None => Some(self.time),
            Some(place) => self.offsets.get(place).map(|offset| self.line.at.saturating_sub(offset.ahead)),
        }
    }

    /// Takes the time by which it fits, if that may be the right one.
    fn fitted_at(self, turn: usize) -> Self {
        let offset = turn.checked_sub(1).and_then(|place| self.offsets.get(place));
        let time = self.time_at(turn).filter(|_| offset.is_some_and(|offset| offset.is_of_clock));
        let time = time.unwrap_or(self.time);
        Self { time, ..self }
    }
}

/// By how much a clock may be ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Offset {
    /// In microseconds.
    pub(super) ahead: i64,
    /// The clock is told to differ, nothing stands for it, and the pair of clocks that says this difference most often differs as clocks
    /// do. For the time as it was recorded, the first two are enough. Otherwise a record that fits by it contradicts the others by its
    /// time.
    pub(super) is_of_clock: bool,
}

/// What the time of a record is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TimeTrust {
    /// Nothing: the clock is off.
    Nothing,
    /// To be compared with records of other trails: clocks differ, and nothing says whose is off.
    Comparison,
    /// It says when something happened.
    Time,
}

/// Something that happened, with what tells of it.
#[derive(Clone, Debug)]
pub(super) struct Happening<'a> {
    pub(super) fact: Fact,
    pub(super) proof: Option<ProofFact>,
    /// The id of a proof that records name and that is not at hand.
    pub(super) named: Option<[u8; 32]>,
    pub(super) witnesses: Vec<Witness<'a>>,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Result {
    Done,
    Refused,
    Unanswered,
}

impl Result {
    fn of(line: &Observation) -> Self {
        match (line.is_unanswered(), line.is_success()) {
            (true, _) => Self::Unanswered,
            (false, true) => Self::Done,
            (false, false) => Self::Refused,
        }
    }
}

impl<'a> Happening<'a> {
    fn of_proof(proof: ProofFact) -> Self {
        Self { fact: Fact::of_event(proof.event), proof: Some(proof), named: None, witnesses: Vec::new() }
    }

    fn of_record(witness: Witness<'a>) -> Self {
        let named = witness.proof.copied();
        Self { fact: witness.line.fact, proof: None, named, witnesses: vec![witness] }
    }

    /// Returns the event, by the proof or else by the records.
    pub(super) fn event(&self) -> Option<Event> {
        let of_proof = self.proof.as_ref().map(|proof| proof.event);
        of_proof.or_else(|| self.decisive().find_map(|witness| witness.line.event))
    }

    /// Returns the proof that states it, if that holds.
    pub(super) fn proven(&self) -> Option<&ProofFact> {
        self.proof.as_ref().filter(|proof| proof.is_proven)
    }

    /// Tells if a proof states it, or records name one for it.
    pub(super) fn names_proof(&self) -> bool {
        self.proof.is_some() || self.named.is_some()
    }

    /// Returns the records that count, or all where none does.
    fn decisive(&self) -> impl Iterator<Item = &Witness<'a>> {
        let counts = self.witnesses.iter().any(|witness| witness.counts);
        self.witnesses.iter().filter(move |witness| witness.counts || !counts)
    }

    /// Tells if the records that decide say that it was done, and not only tried.
    pub(super) fn is_told_done(&self) -> bool {
        self.decisive().any(|witness| witness.line.is_success())
    }

    /// Returns the time, in microseconds: that of the statement, or else the first by a clock that is not off.
    pub(super) fn time(&self) -> i64 {
        let stated = self.proof.as_ref().map(|proof| proof.at.timestamp_micros());
        let timely =
            || self.decisive().filter(|witness| witness.trust == TimeTrust::Time).map(|witness| witness.time).min();
        let any = || self.decisive().map(|witness| witness.time).min();
        stated.or_else(timely).or_else(any).unwrap_or_default()
    }

    fn result(&self) -> Result {
        match &self.proof {
            Some(proof) if is_failure(proof.event) => Result::Refused,
            Some(_) => Result::Done,
            None => self.decisive().map(|witness| Result::of(witness.line)).min().unwrap_or(Result::Done),
        }
    }

    fn calls(&self) -> impl Iterator<Item = &Witness<'a>> {
        self.witnesses.iter().filter(|witness| witness.counts && witness.line.kind() == Some(Kind::ApiCall))
    }

    /// Returns the only call, if there is nothing else and it was refused.
    fn single_refused_call(&self) -> Option<&Witness<'a>> {
        let mut calls = self.calls();
        let call = calls.next().filter(|_| self.witnesses.len() == 1 && self.proof.is_none())?;
        (self.result() == Result::Refused).then_some(call)
    }

    /// Tells if this may be the other side of a call: another party's record of it, and none of the same party.
    fn answers(&self, call: &Witness<'_>) -> bool {
        let is_other_side = |witness: &Witness<'_>| call.line.side.is_none() || witness.line.side != call.line.side;
        self.calls().any(is_other_side) && self.calls().all(|witness| witness.party != call.party)
    }

    fn has(&self, lane: Lane) -> bool {
        self.witnesses.iter().any(|witness| lane_of(witness) == lane)
    }
}

/// The records of one kind in one trail, of those that count or of the others: each of them is about another happening.
type Lane = (bool, u8, Kind);

fn lane_of(witness: &Witness<'_>) -> Lane {
    (witness.counts, witness.line.source, witness.line.kind().unwrap_or(Kind::ApiCall))
}

/// Finds out what happened. The witnesses are in the order of their times.
///
/// Those that do not count come to what is there already, so that nobody can part or join the others by lines that are not sealed.
pub(super) fn happenings<'a>(witnesses: Vec<Witness<'a>>, proofs: Vec<ProofFact>, window: i64) -> Vec<Happening<'a>> {
    let mut happenings: Vec<Happening<'a>> = proofs.into_iter().map(Happening::of_proof).collect();
    let (counted, others) = witnesses.into_iter().partition(|witness: &Witness<'_>| witness.counts);
    attach_all(&mut happenings, counted, window);
    join_disputed(&mut happenings, window);
    attach_all(&mut happenings, others, window);
    happenings.sort_by_cached_key(|happening| {
        let first = happening.witnesses.first().map(|witness| (witness.line.source, witness.line.sequence));
        (
            happening.time(),
            happening.fact,
            happening.proof.as_ref().map(|proof| proof.id.digest().first_32()),
            happening.named,
            first,
        )
    });
    happenings
}

/// Attaches records to the happenings that they are about, and makes happenings of those that are about none.
fn attach_all<'a>(happenings: &mut Vec<Happening<'a>>, witnesses: Vec<Witness<'a>>, window: i64) {
    let unnamed = attach_named(happenings, witnesses);
    let mut by_fact: BTreeMap<Fact, BTreeMap<Lane, Vec<Witness<'a>>>> = BTreeMap::new();
    for witness in unnamed {
        by_fact.entry(witness.line.fact).or_default().entry(lane_of(&witness)).or_default().push(witness);
    }
    for (fact, lanes) in by_fact {
        // What others are compared with is there first.
        let mut lanes: Vec<(Lane, Vec<Witness<'a>>)> = lanes.into_iter().collect();
        lanes.sort_by_key(|(_, witnesses)| Reverse(witnesses.iter().map(|witness| witness.trust).min()));
        for (lane, witnesses) in lanes {
            let mut waiting = witnesses;
            for result in [Result::Done, Result::Refused, Result::Unanswered] {
                let (of_result, others) =
                    waiting.into_iter().partition(|witness: &Witness<'_>| Result::of(witness.line) == result);
                waiting = others;
                attach(happenings, Group { fact, lane, result }, of_result, &waiting, window);
            }
        }
    }
}

/// Attaches the records that name a proof, and returns the others.
fn attach_named<'a>(happenings: &mut Vec<Happening<'a>>, witnesses: Vec<Witness<'a>>) -> Vec<Witness<'a>> {
    let id = |happening: &Happening<'_>| match &happening.proof {
        Some(proof) => Some(proof.id.digest().first_32()),
        None => happening.named,
    };
    let ids = happenings.iter().enumerate().filter_map(|(at, happening)| Some((id(happening)?, at)));
    let mut places: BTreeMap<[u8; 32], usize> = ids.collect();
    let mut unnamed = Vec::new();
    for witness in witnesses {
        let Some(id) = witness.proof else {
            unnamed.push(witness);
            continue;
        };
        match places.get(id).and_then(|at| happenings.get_mut(*at)) {
            Some(happening) => happening.witnesses.push(witness),
            None => {
                places.insert(*id, happenings.len());
                happenings.push(Happening::of_record(witness));
            }
        }
    }
    unnamed
}

/// Records of one lane that had one kind of outcome.
#[derive(Clone, Copy)]
struct Group {
    fact: Fact,
    lane: Lane,
    result: Result,
}

/// Attaches records to the earliest happenings that they fit, each to another. What fits none is a happening of its own. Those that
/// wait are of the same lane, with another outcome.
fn attach<'a>(
    happenings: &mut Vec<Happening<'a>>,
    group: Group,
    witnesses: Vec<Witness<'a>>,
    waiting: &[Witness<'a>],
    window: i64,
) {
    let fits = |happening: &Happening<'_>| {
        let result = group.result == Result::Unanswered
            || happening.result() == group.result
            || happening.result() == Result::Unanswered;
        happening.fact == group.fact && result && !happening.has(group.lane)
    };
    let open = happenings.iter().enumerate().filter(|(_, happening)| fits(happening));
    let mut open: Vec<(i64, usize)> = open.map(|(at, happening)| (happening.time(), at)).collect();
    open.sort_unstable();
    let mut left = witnesses;
    // What fits none is tried again by the next difference of its clock, until there is no other.
    for turn in 0.. {
        let timed = left.iter().zip(0..).filter_map(|(witness, place)| Some((witness.time_at(turn)?, place)));
        let mut timed: Vec<(i64, usize)> = timed.collect();
        if timed.is_empty() {
            break;
        }
        timed.sort_unstable();
        let mut matched = in_order(&timed, &mut open, window);
        let taken = left.iter().zip(0..).filter_map(|(witness, place)| Some((*witness, matched.get(&place).copied()?)));
        for (witness, at) in taken {
            let witnesses = happenings.get_mut(at).map(|happening| &mut happening.witnesses);
            witnesses.into_iter().for_each(|witnesses| witnesses.push(witness.fitted_at(turn)));
        }
        let mut places = 0..;
        left.retain(|_| places.next().is_some_and(|place| matched.remove(&place).is_none()));
    }
    // A message is submitted once, and announced once: a record of that at another time is about that, and its time is disputed.
    // Whoever got no answer in time called again.
    let is_once = match group.fact {
        Fact::Submission => true,
        Fact::Available => group.lane.2 == Kind::EventEngine,
        Fact::Consent
        | Fact::Relay
        | Fact::Asked
        | Fact::Answered
        | Fact::Notified
        | Fact::Opened
        | Fact::Removed
        | Fact::Beside => false,
    };
    let is_near = |time: i64| waiting.iter().any(|call| call.time.abs_diff(time) <= window.unsigned_abs());
    if let ([witness], [(_, at)], true, Result::Done) = (&left[..], &open[..], is_once, group.result)
        && let Some(happening) = happenings.get_mut(*at).filter(|happening| !is_near(happening.time()))
    {
        happening.witnesses.push(*witness);
        return;
    }
    happenings.extend(left.into_iter().map(Happening::of_record));
}

/// Gives each of some times the earliest of the open happenings that it fits, and takes those out. Returns the happening of the place
/// of each time that fits one. Both are in order.
fn in_order(timed: &[(i64, usize)], open: &mut Vec<(i64, usize)>, window: i64) -> BTreeMap<usize, usize> {
    let mut next = std::mem::take(open).into_iter().peekable();
    let mut matched = BTreeMap::new();
    for (time, place) in timed {
        // What is too early for this record is too early for the next one.
        while let Some(early) = next.next_if(|(of_happening, _)| of_happening.saturating_add(window) < *time) {
            open.push(early);
        }
        if let Some((_, at)) = next.next_if(|(of_happening, _)| of_happening.abs_diff(*time) <= window.unsigned_abs()) {
            matched.insert(*place, at);
        }
    }
    open.extend(next);
    matched
}

/// Joins a call that one party says was refused with the nearest that another says was done, where each lacks the other's side:
/// they tell of one call, and differ.
fn join_disputed(happenings: &mut Vec<Happening<'_>>, window: i64) {
    let done = happenings.iter().enumerate().filter(|(_, happening)| happening.result() == Result::Done);
    let done = done.filter(|(_, happening)| happening.calls().next().is_some());
    let mut done: Vec<(Fact, i64, usize)> =
        done.map(|(at, happening)| (happening.fact, happening.time(), at)).collect();
    done.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (at, refused) in happenings.iter().enumerate() {
        let Some(call) = refused.single_refused_call() else { continue };
        let next = done.partition_point(|(fact, time, _)| (*fact, *time) < (refused.fact, refused.time()));
        let near = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|place| done.get(place));
        let near = near
            .filter(|(fact, time, _)| *fact == refused.fact && time.abs_diff(refused.time()) <= window.unsigned_abs());
        let near = near.filter(|(_, _, at)| happenings.get(*at).is_some_and(|done| done.answers(call)));
        if let Some((_, _, target)) = near.min_by_key(|(_, time, _)| time.abs_diff(refused.time())) {
            joined.push((at, *target));
        }
    }
    for (at, target) in &joined {
        let witnesses = happenings.get_mut(*at).map(|refused| std::mem::take(&mut refused.witnesses));
        if let (Some(witnesses), Some(target)) = (witnesses, happenings.get_mut(*target)) {
            target.witnesses.extend(witnesses);
        }
    }
    happenings.retain(|happening| happening.proof.is_some() || !happening.witnesses.is_empty());
}
