//! The sections of a trail, from one setting of its clock to the next.
//!
//! A clock that is set right at noon was off in the morning and is right in the afternoon. Its trail tells of that, or its times of
//! recording go back.

use super::answering::{answers, sequence, take_number};
use super::observation::{Content, Observation, Observations, ToldClock};
use super::store::Place;
use crate::audit::limits::MAX_CLOCK_SECTIONS;
use crate::audit::{Kind, Sequence};

/// A section of a trail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    /// The first and the last line.
    pub(super) from: Sequence,
    pub(super) to: Sequence,
    /// The first and the last time of recording, by its own clock, in microseconds. `None` if no line is shown.
    pub(super) recorded: Option<(i64, i64)>,
}

/// Gives each line its section, and returns the sections. The places are in the order of numbers. A time of recording that is before
/// the last one by the skew at most, in microseconds, is that of another thread.
pub(super) fn mark(all: &mut Observations, places: &[Place], skew: i64) -> Vec<Section> {
    let mut sections = Sections { skew, ..Sections::default() };
    let mut rest = places;
    while let Some(number) = take_number(all, &mut rest) {
        let Some(at) = number.first().and_then(|place| sequence(all, *place)) else { continue };
        let lines = || number.iter().filter_map(|place| all.lines.get(*place)).filter(|line| answers(line));
        lines().for_each(|line| sections.look_at(line));
        let recorded = lines().filter(|line| line.kind().is_some_and(|kind| kind != Kind::ClockStatus));
        let recorded = recorded.map(|line| line.recorded).min();
        let section = sections.take(at, recorded);
        for place in number {
            all.lines.get_mut(*place).into_iter().for_each(|line| line.section = section);
        }
    }
    sections.spans
}

/// The sections so far.
#[derive(Default)]
struct Sections {
    skew: i64,
    spans: Vec<Section>,
    /// The clock was set since the last such record.
    is_set: bool,
    /// It was told that the clock is not synchronised, and nothing else since.
    is_unsure: bool,
    last_recorded: Option<i64>,
}

impl Sections {
    /// Takes what a line for which the party answers says of the clock.
    fn look_at(&mut self, line: &Observation) {
        if !matches!(line.content, Content::Record(_)) {
            return;
        }
        let back = self.last_recorded.map_or(0, |last| last.saturating_sub(line.recorded));
        self.last_recorded = Some(line.recorded);
        self.is_set |= back > self.skew;
        if line.kind() == Some(Kind::ClockStatus) {
            // The writer tells of each step back, and threads that wait for each other make small ones.
            let is_step = line.clock == ToldClock::Unsure && !(1..=self.skew).contains(&back);
            self.is_set |= is_step || (self.is_unsure && line.clock == ToldClock::Synchronised);
            self.is_unsure = is_step || (self.is_unsure && line.clock != ToldClock::Synchronised);
        }
    }

    /// Takes the lines of the next number, and returns their section. A record of something that was timed has a time of recording.
    fn take(&mut self, at: Sequence, recorded: Option<i64>) -> u8 {
        let has_room = self.spans.len() < MAX_CLOCK_SECTIONS;
        match self.spans.last_mut() {
            Some(last) if !(self.is_set && has_room && recorded.is_some() && last.recorded.is_some()) => {
                last.to = at;
                if let Some(recorded) = recorded {
                    let (from, to) = last.recorded.unwrap_or((recorded, recorded));
                    last.recorded = Some((from.min(recorded), to.max(recorded)));
                }
            }
            Some(_) | None => {
                let recorded = recorded.map(|recorded| (recorded, recorded));
                self.spans.push(Section { from: at, to: at, recorded });
            }
        }
        self.is_set &= recorded.is_none();
        u8::try_from(self.spans.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }
}
