//! Which second seals are judged where more are given than the limit.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::judge::{FirstSeal, is_genuine, judge};
use crate::finding::Ledger;
use crate::seal::{Artifact, SecondSeal};
use crate::verify::limits::MAX_SECOND_SEALS;
use crate::verify::settings::Settings;

/// How much a second seal counts before others. The first variant counts most.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It is the one that the statement announces, and holds. One that holds longer counts more.
    Valid(Reverse<DateTime<Utc>>),
    /// Its signature is by the announced certificate over this seal.
    Genuine,
    /// Anybody can have made it.
    Stranger,
    /// The same octets were given before.
    Repeated,
}

/// Returns the second seals that are judged, in the order of their octets.
///
/// Whoever puts files beside a proof must not push out the second seal. So where too many are given, those come first
/// that only the holder of the announced key can have made. What lies in such a file beside its signature anybody can
/// change: of those that differ in nothing else, the ones that hold come first. Each of these is tried, since a limit would be
/// one that such variants use up; who gives them decides how many there are.
pub(super) fn considered<'a>(
    first: &FirstSeal<'_>,
    given: &'a [Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &Ledger<'_>,
) -> Vec<&'a [u8]> {
    let mut considered: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
    considered.sort_unstable();
    if considered.len() <= MAX_SECOND_SEALS {
        return considered;
    }
    let mut before = None;
    let mut ranked: Vec<(Rank, &[u8])> = Vec::with_capacity(considered.len());
    for octets in considered {
        let rank = if before.replace(octets) == Some(octets) {
            Rank::Repeated
        } else if !is_announced(octets, first, settings) {
            Rank::Stranger
        } else {
            rank_of_genuine(octets, first, settings, now, ledger)
        };
        ranked.push((rank, octets));
    }
    ranked.sort();
    let mut considered: Vec<&[u8]> = ranked.into_iter().take(MAX_SECOND_SEALS).map(|(_, octets)| octets).collect();
    considered.sort_unstable();
    considered
}

fn is_announced(octets: &[u8], first: &FirstSeal<'_>, settings: &Settings) -> bool {
    SecondSeal::from_der(octets).is_ok_and(|second| is_genuine(&second, first, settings))
}

fn rank_of_genuine(
    octets: &[u8],
    first: &FirstSeal<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &Ledger<'_>,
) -> Rank {
    let judged = judge(octets, first, settings, now, ledger.fresh());
    match judged.faults.is_empty() {
        true => Rank::Valid(Reverse(judged.until().map_or(DateTime::<Utc>::MAX_UTC, |end| end.time))),
        false => Rank::Genuine,
    }
}
