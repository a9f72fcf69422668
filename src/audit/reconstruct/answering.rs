//! The lines of a number, and whether the party answers for them.

use super::observation::{Authentication, Observation, Observations};
use super::store::Place;
use crate::audit::Sequence;

/// Tells if the party answers for a line, whatever else it says.
pub(super) fn answers(line: &Observation) -> bool {
    line.authentication >= Authentication::Contradicted
}

pub(super) fn sequence(all: &Observations, place: Place) -> Option<Sequence> {
    all.lines.get(place).map(|line| line.sequence)
}

/// The lines of a number, of places in the order of numbers.
pub(super) fn lines_at<'p>(all: &Observations, places: &'p [Place], at: Sequence) -> &'p [Place] {
    let start = places.partition_point(|place| sequence(all, *place) < Some(at));
    let places = places.get(start..).unwrap_or_default();
    let end = places.partition_point(|place| sequence(all, *place) <= Some(at));
    places.get(..end).unwrap_or_default()
}
