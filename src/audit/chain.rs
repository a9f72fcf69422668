//! How the lines of a trail follow each other.

use super::sequence::{LineHash, Sequence};

/// How a line follows the one before it in the same file. The two answers are apart, because a line can have the right number
/// and be behind another line than it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Link {
    /// What the numbers say.
    pub order: Order,
    /// What the hashes say.
    pub chain: Chain,
}

/// What the number of a line says about the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// No line with a number came before.
    Start,
    /// The number is the next one.
    Next,
    /// Numbers are left out.
    Jump {
        /// The first number that is not there.
        from: Sequence,
        /// The last number that is not there.
        to: Sequence,
    },
    /// The number is that of the line before.
    Repeated,
    /// The number is less than that of the line before.
    Back,
    /// The number could not be read.
    Unknown,
}

/// What the hash in a line says about the line before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Chain {
    /// No line came before.
    Start,
    /// The line before is the one that this line was written behind, octet by octet.
    Closes,
    /// The line before is another than this line was written behind: one of the two was changed, or a line between them is
    /// not there.
    Broken,
    /// The line says nothing about the one before: it is left out, or could not be read.
    Unknown,
}

/// What a line says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) sequence: Option<Sequence>,
    pub(super) previous: Option<LineHash>,
    pub(super) hash: LineHash,
}

/// The end of the chain as it was read so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ChainEnd {
    hash: Option<LineHash>,
    sequence: Option<Sequence>,
}

impl ChainEnd {
    /// Takes the next line, and says how it follows.
    pub(super) fn follow(&mut self, place: &Place) -> Link {
        let chain = match (self.hash, place.previous) {
            (None, _) => Chain::Start,
            (Some(before), Some(previous)) if before == previous => Chain::Closes,
            (Some(_), Some(_)) => Chain::Broken,
            // The first line of a trail stands behind nothing.
            (Some(_), None) if place.sequence == Some(Sequence::FIRST) => Chain::Broken,
            (Some(_), None) => Chain::Unknown,
        };
        let order = match (self.sequence, place.sequence) {
            (_, None) => Order::Unknown,
            (None, Some(_)) => Order::Start,
            (Some(before), Some(sequence)) => order(before, sequence),
        };
        self.hash = Some(place.hash);
        // A line whose number cannot be read counts as the next one, so that those behind it are not told to jump.
        self.sequence = place.sequence.or_else(|| self.sequence.and_then(Sequence::next));
        Link { order, chain }
    }
}

fn order(before: Sequence, sequence: Sequence) -> Order {
    match before.next() {
        Some(next) if next == sequence => Order::Next,
        Some(next) if next < sequence => match sequence.before() {
            Some(to) => Order::Jump { from: next, to },
            None => Order::Next,
        },
        Some(_) | None if sequence == before => Order::Repeated,
        Some(_) | None => Order::Back,
    }
}
