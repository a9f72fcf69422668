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

/// Takes the lines of one number.
pub(super) fn take_number<'p>(all: &Observations, rest: &mut &'p [Place]) -> Option<&'p [Place]> {
    take_group(rest, |place| sequence(all, place))
}

/// Takes the places of the last number from the end.
pub(super) fn take_last_number<'p>(all: &Observations, rest: &mut &'p [Place]) -> Option<&'p [Place]> {
    let last = sequence(all, *rest.last()?);
    let count = rest.iter().rev().take_while(|place| sequence(all, **place) == last).count();
    let (before, group) = rest.split_at_checked(rest.len().checked_sub(count)?)?;
    *rest = before;
    Some(group)
}

/// Takes the places from the front that are alike with the first one.
pub(super) fn take_group<'p, K: PartialEq>(rest: &mut &'p [Place], key: impl Fn(Place) -> K) -> Option<&'p [Place]> {
    let first = key(*rest.first()?);
    let count = rest.iter().take_while(|place| key(**place) == first).count();
    let (group, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(group)
}
