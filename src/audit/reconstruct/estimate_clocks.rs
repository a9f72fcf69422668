//! Compares the clocks of trails, by their records of one happening and by the proofs of it.

use std::collections::BTreeMap;

use super::clocks::{ClockPlaces, Clocks};
use super::differences::{BesideProof, ClockIndex, Deed, Differences, RecordedAs};
use super::fact::Fact;
use super::observation::{Observation, SourceIndex};
use super::reconstruction::Reconstruction;
use super::store::Place;
use crate::audit::Kind;
use crate::audit::limits::MAX_CLOCK_PROOFS;

impl Reconstruction<'_> {
    /// Compares the clocks by the calls that two trails have one record of each, and by some proofs: each clock from one setting to
    /// the next, and as one where that is too little.
    pub(super) fn estimate_clocks(&self) -> Clocks {
        let places = ClockPlaces::of_sections(&self.trails);
        let are_several = places.are_several();
        let differences = self.differences(&places);
        let estimated = places.estimated(&differences, self.policy.tolerance());
        let compared = places.compared(&differences);
        let clocks = Clocks::new(places, estimated);
        if !are_several {
            return clocks;
        }
        let places = ClockPlaces::of_trails(&self.trails);
        let of_trails = places.estimated(&self.differences(&places), self.policy.tolerance());
        clocks.or_of_trails(&of_trails, &compared)
    }

    fn differences(&self, places: &ClockPlaces) -> Differences {
        let mut differences = Differences::default();
        for message in self.all.messages.in_order() {
            for (deed, first, second) in self.pairs(message) {
                if let (Some(of_first), Some(of_second)) = (places.of_line(first), places.of_line(second)) {
                    differences.note_pair(deed, (of_first, first.at), (of_second, second.at));
                }
            }
        }
        self.note_timestamps(places, &mut differences);
        self.note_proofs(places, &mut differences);
        differences
    }

    /// The records of what two trails have one record of each, that of the lower source first.
    fn pairs(&self, message: Place) -> Vec<(Deed, &Observation, &Observation)> {
        let mut calls: BTreeMap<Deed, BTreeMap<u8, Vec<&Observation>>> = BTreeMap::new();
        for line in self.by_message.places(message).filter_map(|place| self.all.lines.get(place)) {
            if let Some(kind @ (Kind::ApiCall | Kind::EventEngine)) = line.kind()
                && line.fact != Fact::Beside
                && line.is_sealed()
                && self.trails.get(usize::from(line.source)).is_some_and(|trail| self.takes_part(trail.party))
            {
                calls.entry((line.fact, kind)).or_default().entry(line.source).or_default().push(line);
            }
        }
        let mut pairs = Vec::new();
        for (deed, by_source) in &calls {
            let single = by_source.values().filter_map(|lines| match lines[..] {
                // Whoever called again for want of an answer did so later than the happening.
                [line] => Some(line).filter(|line| line.is_success()),
                _ => None,
            });
            let single: Vec<&Observation> = single.collect();
            for (at, first) in single.iter().copied().enumerate() {
                // Two callers made two calls.
                let sides = |second: &&Observation| first.side.is_none() || first.side != second.side;
                let others = single.iter().copied().skip(at + 1).filter(sides);
                pairs.extend(others.map(|second| (*deed, first, second)));
            }
        }
        pairs
    }

    /// Compares records of sources that are far apart with the proofs that the other party issued of the same happenings: those of
    /// the first messages, so that the work is bounded and the order of the files has no part.
    fn note_proofs(&self, places: &ClockPlaces, differences: &mut Differences) {
        let far_apart = differences.far_apart(self.policy.tolerance());
        let mut counts: BTreeMap<(ClockIndex, ClockIndex), usize> = far_apart.map(|pair| (pair, 0)).collect();
        let mut open = counts.len();
        for message in self.all.messages.in_order() {
            if open == 0 {
                return;
            }
            let mut pairs = if self.proofs.are_about(message) { self.pairs(message) } else { Vec::new() };
            pairs.retain(|(_, first, second)| {
                let pair = places.of_line(first).zip(places.of_line(second));
                pair.and_then(|pair| counts.get_mut(&pair)).is_some_and(|count| {
                    *count = count.saturating_add(1);
                    open = open.saturating_sub(usize::from(*count == MAX_CLOCK_PROOFS));
                    *count <= MAX_CLOCK_PROOFS
                })
            });
            if pairs.is_empty() {
                continue;
            }
            let facts = self.proofs.judge(message, self.policy).facts();
            for (deed, first, second) in pairs {
                for (record, counterpart) in [(first, second), (second, first)] {
                    let party = self.trails.get(usize::from(counterpart.source)).map(|trail| trail.party);
                    let party = party.and_then(|party| self.party(party));
                    let of_party = facts.iter().filter(|proof| proof.is_proven && proof.is_of_issuer);
                    let mut of_party =
                        of_party.filter(|proof| Fact::of_event(proof.event) == deed.0 && Some(&proof.issuer) == party);
                    // Of several, nothing says to which one the record belongs.
                    if let (Some(proof), None) = (of_party.next(), of_party.next()) {
                        let timestamp = proof.proven_at.map(|at| at.timestamp_micros());
                        let event = proof.at.timestamp_micros();
                        let recorded_as = self.recorded_as(message, record);
                        let beside = BesideProof { recorded: record.at, event, timestamp, recorded_as };
                        if let Some(pair) = places.of_line(record).zip(places.of_line(counterpart)) {
                            differences.note_proof(pair, beside);
                        }
                    }
                }
            }
        }
    }

    /// Says what a record of a message tells of. Whoever was refused and called again, by another of its systems perhaps, did so behind
    /// a proof that may be of the first call. What nobody sealed has no part in it.
    fn recorded_as(&self, message: Place, record: &Observation) -> RecordedAs {
        let party = |line: &Observation| self.trails.get(usize::from(line.source)).map(|trail| trail.party);
        let mut lines = self.by_message.places(message).filter_map(|place| self.all.lines.get(place));
        let is_earlier = |line: &Observation| {
            let is_alike = line.kind() == Some(Kind::ApiCall) && line.fact == record.fact;
            is_alike && line.is_sealed() && line.at < record.at && party(line) == party(record)
        };
        if record.kind() == Some(Kind::ApiCall) && !lines.any(is_earlier) {
            RecordedAs::FirstCall
        } else {
            RecordedAs::Later
        }
    }

    /// Verifies the proofs of some records of their issue, and some that records hold, by each clock: those of the lowest ids and
    /// digests, so that the order has no part.
    fn note_timestamps(&self, places: &ClockPlaces, differences: &mut Differences) {
        let mut some: BTreeMap<(Timed, ClockIndex), OfClock<'_>> = BTreeMap::new();
        for (_, line) in self.all.lines.iter().filter(|(_, line)| line.is_sealed()) {
            let Some(clock) = places.of_line(line) else { continue };
            let Some(id) = self.all.proof_of(line) else { continue };
            let Some(message) = self.proofs.message_of(id) else { continue };
            let issued = (line.kind() == Some(Kind::ProofIssued)).then_some((Timed::Issue, id, line.at));
            let held = self.all.held_by(line).map(|file| (Timed::Holding, file, line.recorded));
            for (timed, key, at) in issued.into_iter().chain(held) {
                let of_clock = some.entry((timed, clock)).or_default();
                // A proof is issued once, and may be recorded again.
                let (_, first) = of_clock.entry(key).or_insert((message, (line.source, at)));
                first.1 = first.1.min(at);
                if of_clock.len() > MAX_CLOCK_PROOFS {
                    of_clock.pop_last();
                }
            }
        }
        // All proofs of a message are judged together, and once.
        let mut by_message: BTreeMap<Place, Vec<TimedRecord<'_>>> = BTreeMap::new();
        for ((timed, clock), records) in some {
            for (key, (message, time)) in records {
                by_message.entry(message).or_default().push(TimedRecord { timed, clock, key, time });
            }
        }
        for (message, records) in by_message {
            let judged = self.proofs.judge(message, self.policy);
            let facts = judged.facts();
            let is_held = records.iter().any(|record| record.timed == Timed::Holding);
            let times = if is_held { judged.times(self.policy) } else { BTreeMap::new() };
            for TimedRecord { timed, clock, key, time: (source, at) } in records {
                let party = self.trails.get(usize::from(source)).and_then(|trail| self.party(trail.party));
                match timed {
                    Timed::Issue => {
                        // Of a proof of another party nobody knows how long it took to come.
                        let mut own = facts.iter().filter(|fact| fact.is_of_issuer && Some(&fact.issuer) == party);
                        let proof = own.find(|fact| fact.id.digest().as_bytes() == key);
                        if let Some((proof, proven_at)) = proof.and_then(|fact| Some((fact, fact.proven_at?))) {
                            let event = proof.at.timestamp_micros();
                            differences.note_issue(clock, at, proven_at.timestamp_micros(), event);
                        }
                    }
                    Timed::Holding => {
                        if let Some(proven_at) = times.get(key) {
                            differences.note_held(clock, at, proven_at.timestamp_micros());
                        }
                    }
                }
            }
        }
    }
}

/// What a timestamp is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timed {
    /// The record of the issue of a proof, by its id.
    Issue,
    /// A record that holds the file of a proof, by its digest.
    Holding,
}

/// The source of a record, and its time.
type Time = (SourceIndex, i64);

/// Records by the clock of one, each by the id of its proof or the digest of its file, with the message of that.
type OfClock<'a> = BTreeMap<&'a [u8; 32], (Place, Time)>;

/// A record whose time is compared with a timestamp.
struct TimedRecord<'a> {
    timed: Timed,
    clock: ClockIndex,
    key: &'a [u8; 32],
    time: Time,
}
