//! What a trail tells of its own clock, and for which of its lines.
//!
//! A clock that was wrong for an hour is right by the median of the whole trail. Where a trail tells that its clock was set, or
//! follows no source of time, the records around that are of no sure time, up to those that say that it is synchronised.

use super::answering::{answers, sequence, take_last_number, take_number};
use super::observation::{Content, Observation, Observations, ToldClock};
use super::store::Place;
use crate::audit::{Kind, Sequence};

/// Marks the lines of a trail whose time is unsure by what stands before or behind them. The places are in the order of numbers.
pub(super) fn mark(all: &mut Observations, places: &[Place]) {
    // What was before a trail that is given from a later line on may tell of the clock.
    let is_from_start = places.first().is_none_or(|place| sequence(all, *place) == Some(Sequence::FIRST));
    let (mut forwards, mut backwards) = (Walk { is_unsure: !is_from_start, last: None }, Walk::default());
    let mut rest = places;
    while let Some(number) = take_number(all, &mut rest) {
        forwards.pass(all, number);
    }
    let mut rest = places;
    while let Some(number) = take_last_number(all, &mut rest) {
        backwards.pass(all, number);
    }
}

/// A walk along the numbers of a trail.
#[derive(Default)]
struct Walk {
    is_unsure: bool,
    last: Option<Sequence>,
}

impl Walk {
    /// Passes the lines of a number.
    fn pass(&mut self, all: &mut Observations, number: &[Place]) {
        let at = number.first().and_then(|place| sequence(all, *place));
        let follows = |last: Sequence| at.is_some_and(|at| last.next() == Some(at) || at.next() == Some(last));
        // A line that is not there, or not shown, may tell of the clock.
        self.is_unsure |= self.last.is_some_and(|last| !follows(last));
        self.last = at;
        let mut records = 0_usize;
        let mut told = Vec::new();
        for place in number {
            let Some(line) = all.lines.get_mut(*place).filter(|line| is_sealed_record(line)) else { continue };
            records += 1;
            if line.kind() == Some(Kind::ClockStatus) {
                told.push(line.clock);
            } else if self.is_unsure {
                line.clock = ToldClock::Unsure;
            }
        }
        if records == 0 {
            self.is_unsure = true;
        } else if !told.is_empty() {
            self.is_unsure = told.iter().any(|told| *told != ToldClock::Synchronised);
        }
    }
}

/// Tells if a line is a record for which the party answers. Nobody is excused by what it did not seal.
fn is_sealed_record(line: &Observation) -> bool {
    answers(line) && matches!(line.content, Content::Record(_))
}
