//! Whether the party sealed different lines of one number: by the lines, by the ends of its manifests, and by what the lines behind
//! say that they were written behind.
//!
//! Only what is sealed is compared where the party is to answer for it. A copy that nobody sealed, which anybody can add, neither
//! makes a contradiction nor takes one away.

use super::answering::{answers, lines_at, take_group};
use super::fault::{Faults, LaidTo, TrailFaultKind};
use super::file_of_trail::{Behind, FileOfTrail};
use super::observation::{Authentication, Observation, Observations};
use super::store::Place;
use crate::audit::{LineHash, Sequence};

/// What says of the line of a number that it has a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Witness {
    /// A manifest that the party sealed.
    Manifest,
    /// A line behind it that the party sealed.
    SealedLine,
    /// A line behind it that nobody sealed.
    Line,
}

/// What is said of the line of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    sequence: Sequence,
    witness: Witness,
    hash: LineHash,
}

/// Hashes, of which it is known whether they are one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hashes(Option<(LineHash, LineHash)>);

impl Hashes {
    pub(super) fn of(hashes: impl Iterator<Item = LineHash>) -> Self {
        hashes.fold(Self::default(), |Self(ends), hash| {
            let (low, high) = ends.unwrap_or((hash, hash));
            Self(Some((low.min(hash), high.max(hash))))
        })
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_none()
    }

    pub(super) fn are_several(self) -> bool {
        self.0.is_some_and(|(low, high)| low != high)
    }

    fn and(self, hashes: Self) -> Self {
        Self::of([self, hashes].into_iter().filter_map(|hashes| hashes.0).flat_map(|(low, high)| [low, high]))
    }
}

/// Compares what is said of each line with the line. `places` are in the order of numbers and hashes, and each line has the seal of
/// its copies. Lines of which the party sealed another one attest nothing from then on.
pub(super) fn check(
    all: &mut Observations,
    places: &[Place],
    files: &[FileOfTrail],
    ends: impl Iterator<Item = (Sequence, LineHash)>,
    faults: &mut Faults,
) {
    let ends = ends.map(|(sequence, hash)| Statement { sequence, witness: Witness::Manifest, hash });
    let behind = files.iter().flat_map(|file| &file.behind).filter_map(|behind| before(all, behind));
    let mut statements: Vec<Statement> = ends.chain(behind).collect();
    statements.sort_unstable();
    statements.dedup();
    for said in statements.chunk_by(|first, second| first.sequence == second.sequence) {
        let Some(at) = said.first().map(|statement| statement.sequence) else { continue };
        let lines = lines_at(all, places, at);
        let by = |witness: Witness| said.iter().filter(move |statement| statement.witness == witness);
        let [manifests, behind] =
            [Witness::Manifest, Witness::SealedLine].map(|witness| Hashes::of(by(witness).map(|said| said.hash)));
        let sealed = Hashes::of(seen(all, lines).filter(|line| answers(line)).map(|line| line.hash));
        let is_there = |hash: LineHash| {
            let found = lines.binary_search_by_key(&Some(hash), |place| all.lines.get(*place).map(|line| line.hash));
            found.is_ok()
        };
        // Among copies that nobody sealed, one may be the right one; that they differ is told.
        let is_missed = |witness: Witness| !lines.is_empty() && by(witness).any(|said| !is_there(said.hash));
        // Of lines that are sealed and differ, that is told already.
        let is_one = !sealed.is_empty() && !sealed.are_several();
        let is_altered = is_one && !behind.is_empty() && sealed.and(behind).are_several();
        let is_other_history = !manifests.is_empty() && manifests.and(sealed).and(behind).are_several();
        if is_altered {
            faults.note(TrailFaultKind::Altered { at }, LaidTo::Party);
        } else if is_missed(Witness::SealedLine) || is_missed(Witness::Line) {
            faults.note(TrailFaultKind::Altered { at }, LaidTo::Nobody);
        }
        if is_other_history {
            faults.note(TrailFaultKind::TwoHistories { at }, LaidTo::Party);
        } else if is_missed(Witness::Manifest) {
            faults.note(TrailFaultKind::Copies { at }, LaidTo::Nobody);
        }
        if is_altered || is_other_history {
            contradict(all, lines);
        }
    }
}

/// What a record says of the line before it.
fn before(all: &Observations, behind: &Behind) -> Option<Statement> {
    let line = all.lines.get(behind.record)?;
    let sequence = line.sequence.before()?;
    let witness = if answers(line) { Witness::SealedLine } else { Witness::Line };
    Some(Statement { sequence, witness, hash: behind.previous })
}

fn seen<'a>(all: &'a Observations, places: &'a [Place]) -> impl Iterator<Item = &'a Observation> {
    places.iter().filter_map(|place| all.lines.get(*place))
}

fn contradict(all: &mut Observations, places: &[Place]) {
    for place in places {
        if let Some(line) = all.lines.get_mut(*place).filter(|line| answers(line)) {
            line.authentication = Authentication::Contradicted;
        }
    }
}

/// Gives all copies of a line the seal of one: a copy with the hash of a line that is sealed is that line, whoever gave it. Where the
/// party contradicts one of them, it contradicts the line.
pub(super) fn share_seals(all: &mut Observations, places: &[Place]) {
    let mut rest = places;
    while let Some(copies) = take_group(&mut rest, |place| all.lines.get(place).map(|line| (line.sequence, line.hash)))
    {
        let seals = || seen(all, copies).map(|line| line.authentication);
        let is_contradicted = seals().any(|seal| seal == Authentication::Contradicted);
        let shared = if is_contradicted { Some(Authentication::Contradicted) } else { seals().max() };
        for place in copies {
            if let (Some(line), Some(shared)) = (all.lines.get_mut(*place), shared) {
                line.authentication = shared;
            }
        }
    }
}
