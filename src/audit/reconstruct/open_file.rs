//! A file while it is read, and what its lines say of each other.

use std::sync::Arc;

use super::embedded::Embedded;
use super::fault::{Faults, LaidTo, TrailFaultKind};
use super::file_of_trail::Behind;
use super::observation::Observation;
use super::policy::ReconstructionPolicy;
use super::store::Place;
use super::tally::Tally;
use crate::audit::{Entry, Kind, LineHash, Sequence};

/// A file while it is read.
pub(super) struct OpenFile {
    pub(super) start: usize,
    /// Its position among the exports.
    pub(super) position: usize,
    /// There is no room for its source.
    pub(super) is_refused: bool,
    pub(super) trail: Option<usize>,
    /// Its manifest verified, and says whose lines they are.
    pub(super) has_manifest: bool,
    /// What stands in it. There is no line where a manifest is given alone.
    pub(super) tally: Tally,
    /// The number and the hash of the last line.
    pub(super) last: Option<(Sequence, LineHash)>,
    pub(super) behind: Vec<Behind>,
    /// When the last record was written, and whether it told of the clock.
    pub(super) last_recorded: Option<(i64, Kind)>,
    /// The proofs inside of its records. Whether they are those that the party sealed is known at its end.
    pub(super) embedded: Embedded,
    pub(super) faults: Faults,
    pub(super) name: Option<Arc<str>>,
    pub(super) is_of_other_environment: bool,
}

impl OpenFile {
    pub(super) fn new(start: usize, position: usize, name: Option<Arc<str>>) -> Self {
        Self {
            start,
            position,
            is_refused: false,
            trail: None,
            has_manifest: false,
            tally: Tally::default(),
            last: None,
            behind: Vec::new(),
            last_recorded: None,
            embedded: Embedded::default(),
            faults: Faults::of_export(name.clone()),
            name,
            is_of_other_environment: false,
        }
    }

    /// Tells if a record was written behind the line before it in the file. What it says of a line that is elsewhere is kept.
    pub(super) fn closes(&mut self, entry: &Entry<'_>, record: Option<Place>) -> bool {
        let follows = self.last.is_some_and(|(before, _)| before.next() == Some(entry.sequence()));
        if let (false, Some(record), Some(previous)) = (follows, record, entry.previous()) {
            self.behind.push(Behind { record, previous });
        }
        self.last.is_some_and(|(_, hash)| entry.previous() == Some(hash))
    }

    pub(super) fn check_order(&mut self, line: &Observation) {
        match self.last {
            Some((before, hash)) if before == line.sequence && hash == line.hash => {
                self.faults.note(TrailFaultKind::Doubled { at: before }, LaidTo::Nobody);
            }
            Some((before, _)) if before > line.sequence => {
                self.faults.note(TrailFaultKind::OutOfOrder { at: line.sequence }, LaidTo::Nobody);
            }
            Some(_) | None => {}
        }
        self.last = Some((line.sequence, line.hash));
    }

    /// The sequence alone orders. A record that seems earlier than the one before it stands behind one that tells of the clock.
    pub(super) fn check_clock(&mut self, entry: &Entry<'_>) {
        let recorded = entry.recorded_time().timestamp_micros();
        // Behind a line that is not there nobody knows if one told of the clock.
        let follows = self.last.is_some_and(|(before, _)| before.next() == Some(entry.sequence()));
        let before = self.last_recorded.filter(|_| follows);
        let went_back = before.is_some_and(|(before, kind)| recorded < before && kind != Kind::ClockStatus);
        // The record that tells of it is the first of the new time.
        if went_back && entry.record().kind() != Kind::ClockStatus {
            self.faults.note(TrailFaultKind::ClockWentBack { at: entry.sequence() }, LaidTo::Nobody);
        }
        self.last_recorded = Some((recorded, entry.record().kind()));
    }

    /// Both times are of one clock. A record that was set back, or that waited, is of a time long before it was written.
    pub(super) fn check_delay(&mut self, entry: &Entry<'_>, policy: &ReconstructionPolicy<'_>) {
        let (time, recorded) = (entry.record().time().timestamp_micros(), entry.recorded_time().timestamp_micros());
        if recorded.saturating_sub(time) > policy.delay_micros() {
            self.faults.note(TrailFaultKind::RecordedLate { at: entry.sequence() }, LaidTo::Nobody);
        }
    }
}
