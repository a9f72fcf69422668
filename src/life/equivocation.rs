//! Evidence of one identifier about several letters: a service numbers its evidence once, whatever it is about.

use std::collections::HashMap;

use super::judged::{Judged, Service, Stated};
use crate::evidence::{EvidenceIdentifier, Statement};
use crate::seal::ProofId;

/// What a service stated about several letters under one evidence identifier: for each statement, the pair of it and one about
/// another letter.
#[derive(Default)]
pub(super) struct Equivocations(HashMap<ProofId, [ProofId; 2]>);

impl Equivocations {
    /// Finds them among the sealed statements of letters. The order of the statements has no part in it.
    pub(super) fn among<'a>(letters: impl Iterator<Item = impl Iterator<Item = &'a Judged>>) -> Self {
        let mut stated: Vec<(&Stated, usize)> = Vec::new();
        for (letter, group) in letters.enumerate() {
            stated.extend(group.filter_map(|judged| Some((judged.stated.as_ref()?, letter))));
        }
        stated.sort_by(|(earlier, _), (later, _)| {
            let time = |stated: &Stated| stated.statement.event_time();
            identified(earlier)
                .cmp(&identified(later))
                .then_with(|| time(earlier).cmp(&time(later)))
                .then_with(|| earlier.id.digest().as_bytes().cmp(later.id.digest().as_bytes()))
        });
        let mut pairs = HashMap::new();
        for run in stated.chunk_by(|(earlier, _), (later, _)| identified(earlier) == identified(later)) {
            let Some((first, of_first)) = run.first() else { continue };
            // Statements about two letters differ: each names its message, or the sending that it follows.
            let Some((second, _)) = run.iter().find(|(_, letter)| letter != of_first) else { continue };
            for (stated, letter) in run {
                let pair = if letter == of_first { [stated.id, second.id] } else { [first.id, stated.id] };
                pairs.insert(stated.id, pair);
            }
        }
        Self(pairs)
    }

    pub(super) fn of(&self, proof: ProofId) -> Option<[ProofId; 2]> {
        self.0.get(&proof).copied()
    }
}

/// What a service numbers its evidence by.
pub(super) fn identified(stated: &Stated) -> (EvidenceIdentifier, &Service) {
    (stated.statement.evidence_identifier(), &stated.service)
}
