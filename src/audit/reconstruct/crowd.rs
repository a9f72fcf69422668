//! The records of a message that an account is made of, where a trail has more than anybody reads.

use std::collections::BTreeMap;

use super::happening::Witness;
use super::observation::SourceIndex;
use crate::audit::limits::MAX_RECORDS_OF_MESSAGE;

/// The records of a message that are taken, and how many of each trail are not.
pub(super) struct Crowd<'a> {
    pub(super) witnesses: Vec<Witness<'a>>,
    pub(super) not_taken: BTreeMap<SourceIndex, u64>,
}

impl<'a> Crowd<'a> {
    /// Takes all records, or of too many those that count, and of too many of these the first ones of each trail. Each trail has an
    /// equal share, so that no party can keep what the others say from being told.
    pub(super) fn of(mut witnesses: Vec<Witness<'a>>) -> Self {
        if witnesses.len() > MAX_RECORDS_OF_MESSAGE {
            // What nobody answers for must not keep the others from being told.
            witnesses.retain(|witness| witness.counts);
        }
        let mut not_taken = BTreeMap::new();
        if witnesses.len() > MAX_RECORDS_OF_MESSAGE {
            witnesses.sort_by_key(|witness| (witness.line.source, witness.line.sequence, witness.line.hash));
            let of_one_trail = |first: &Witness<'_>, second: &Witness<'_>| first.line.source == second.line.source;
            let trails = witnesses.chunk_by(of_one_trail).count();
            let share = MAX_RECORDS_OF_MESSAGE / trails.max(1);
            let mut of_trail: BTreeMap<SourceIndex, usize> = BTreeMap::new();
            witnesses.retain(|witness| {
                let taken = of_trail.entry(witness.line.source).or_default();
                *taken += 1;
                if *taken > share {
                    *not_taken.entry(witness.line.source).or_default() += 1;
                }
                *taken <= share
            });
        }
        Self { witnesses, not_taken }
    }
}
