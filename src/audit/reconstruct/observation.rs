//! What lines of trails say, in as little memory as it takes.

use std::sync::Arc;

use super::fact::Fact;
use super::parts::PartsPrint;
use super::store::{Names, Place, Store};
use crate::audit::{ClockState, DeletionReason, Kind, LineHash, Outcome, Sequence, Side};
use crate::evidence::Event;

/// The index of a source.
pub(super) type SourceIndex = u8;

/// What stands at a place of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A record of a kind.
    Record(Kind),
    /// A line that the export leaves out, by its hash.
    LeftOut,
    /// A line that could not be read.
    Unreadable,
}

/// Who answers for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Authentication {
    /// Nobody: it is not sealed.
    None,
    /// It is sealed by the party, and the party's own chain says that it was another line.
    Contradicted,
    /// The party sealed it.
    Sealed,
}

/// What is told of the clock by a line, or around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToldClock {
    /// Nothing that says that it was wrong.
    Nothing,
    /// It is synchronised.
    Synchronised,
    /// It was set, or follows no source of time, or lines that are not shown may say so.
    Unsure,
}

impl ToldClock {
    /// What a record says of the clock.
    pub(super) fn of(state: Option<ClockState>) -> Self {
        match state {
            None => Self::Nothing,
            Some(ClockState::Synchronised) => Self::Synchronised,
            Some(ClockState::Unsynchronised | ClockState::Stepped | ClockState::Unknown) => Self::Unsure,
        }
    }
}

/// A line of a trail. There may be millions, so that texts, digests and ids are stored apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observation {
    pub(super) hash: LineHash,
    pub(super) sequence: Sequence,
    /// When it happened and when it was recorded, in microseconds since 1970.
    pub(super) at: i64,
    pub(super) recorded: i64,
    pub(super) message: Option<Place>,
    pub(super) action: Option<Place>,
    pub(super) parts: Option<Place>,
    pub(super) proof: Option<Place>,
    /// The digest of the file of a proof that it holds.
    pub(super) held: Option<Place>,
    pub(super) outcome: Option<Outcome>,
    pub(super) source: SourceIndex,
    pub(super) content: Content,
    pub(super) authentication: Authentication,
    pub(super) fact: Fact,
    pub(super) event: Option<Event>,
    pub(super) side: Option<Side>,
    /// Why the content was deleted, if it tells that.
    pub(super) deleted: Option<DeletionReason>,
    /// What is told of the clock by or around it.
    pub(super) clock: ToldClock,
    /// The section of the trail, from one setting of the clock to the next.
    pub(super) section: u8,
    /// The line before in the file is the one that this line was written behind.
    pub(super) closes: bool,
}

impl Observation {
    /// Returns the kind of the record, if it is one.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self.content {
            Content::Record(kind) => Some(kind),
            Content::LeftOut | Content::Unreadable => None,
        }
    }

    /// Tells if the party sealed it, and does not contradict it.
    pub(super) fn is_sealed(&self) -> bool {
        self.authentication == Authentication::Sealed
    }

    /// Tells if it says that something was done, and not only tried.
    pub(super) fn is_success(&self) -> bool {
        self.outcome.is_none_or(Outcome::is_success)
    }

    /// Tells if it says that nobody knows whether it was done.
    pub(super) fn is_unanswered(&self) -> bool {
        match self.outcome {
            Some(Outcome::Timeout | Outcome::Refused | Outcome::Failed) => true,
            Some(Outcome::Status(_)) | None => false,
        }
    }
}

/// All lines of all trails, with what they share.
#[derive(Clone, Debug, Default)]
pub(super) struct Observations {
    pub(super) lines: Store<Observation>,
    pub(super) messages: Names,
    pub(super) actions: Names,
    parts: Store<PartsPrint>,
    proofs: Store<[u8; 32]>,
}

impl Observations {
    pub(super) fn keep_parts(&mut self, parts: Option<PartsPrint>) -> Option<Place> {
        self.parts.push(parts?)
    }

    pub(super) fn keep_proof(&mut self, id: Option<[u8; 32]>) -> Option<Place> {
        self.proofs.push(id?)
    }

    pub(super) fn parts_of(&self, observation: &Observation) -> Option<&PartsPrint> {
        self.parts.get(observation.parts?)
    }

    pub(super) fn proof_of(&self, observation: &Observation) -> Option<&[u8; 32]> {
        self.proofs.get(observation.proof?)
    }

    pub(super) fn held_by(&self, observation: &Observation) -> Option<&[u8; 32]> {
        self.proofs.get(observation.held?)
    }

    pub(super) fn action_of(&self, observation: &Observation) -> Option<&Arc<str>> {
        self.actions.name(observation.action?)
    }

    /// Returns the lines of each message, ordered by the places of the messages: those of message `n` are at
    /// `starts[n]..starts[n + 1]`. It takes one look at each line.
    pub(super) fn by_message(&self) -> ByMessage {
        let mut starts = vec![0_u32; self.messages.len() + 1];
        let messages = || self.lines.iter().filter_map(|(place, line)| Some((place, line.message?.index())));
        for (_, message) in messages() {
            if let Some(count) = starts.get_mut(message + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut places: Vec<Option<Place>> = vec![None; usize::try_from(sum).unwrap_or(usize::MAX)];
        let mut next = starts.clone();
        for (place, message) in messages() {
            let Some(next) = next.get_mut(message) else { continue };
            if let Some(slot) = usize::try_from(*next).ok().and_then(|at| places.get_mut(at)) {
                *slot = Some(place);
            }
            *next += 1;
        }
        ByMessage { starts, places }
    }
}

/// The places of the lines of each message.
#[derive(Clone, Debug, Default)]
pub(super) struct ByMessage {
    starts: Vec<u32>,
    places: Vec<Option<Place>>,
}

impl ByMessage {
    /// Returns the places of the lines of a message.
    pub(super) fn places(&self, message: Place) -> impl Iterator<Item = Place> {
        let bound = |index: usize| usize::try_from(*self.starts.get(index)?).ok();
        let range = bound(message.index()).zip(bound(message.index() + 1));
        let places = range.and_then(|(start, end)| self.places.get(start..end)).unwrap_or_default();
        places.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_takes_less_than_a_hundred_octets() {
        assert!(size_of::<Observation>() <= 96, "{}", size_of::<Observation>());
    }
}
