//! Notes the standing of an algorithm as a finding.

use crate::crypto::Standing;
use crate::finding::{Code, Details, Notes};

/// Notes the standing of an algorithm or a key.
pub(crate) fn note_standing(standing: Standing, notes: &mut Notes<'_, '_>) {
    match standing {
        Standing::Good => notes.note(Code::AlgorithmAcceptable),
        Standing::Legacy { what, since } => {
            notes.note_with(Code::AlgorithmLegacy, || Details::both(what, format!("since {since}")));
        }
        Standing::Past { what, since } => {
            notes.note_with(Code::AlgorithmPastItsDate, || Details::both(what, format!("since {since}")));
        }
        Standing::Unlisted { what } => notes.note_with(Code::AlgorithmNotListed, || Details::stated(what)),
    }
}
