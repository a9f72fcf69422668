//! Notes the standing of an algorithm as a finding.

use crate::crypto::{Severity, Standing};
use crate::finding::{Code, Details, Notes};

/// Notes the standing of an algorithm or a key, which is put into words only where somebody may read them.
pub(crate) fn note_standing(severity: Severity, standing: impl FnOnce() -> Standing, notes: &mut Notes<'_, '_>) {
    let code = match severity {
        Severity::Good => Code::AlgorithmAcceptable,
        Severity::Legacy => Code::AlgorithmLegacy,
        Severity::Past => Code::AlgorithmPastItsDate,
        Severity::Unlisted => Code::AlgorithmNotListed,
    };
    notes.note_with(code, || match standing() {
        Standing::Good => Details::default(),
        Standing::Legacy { what, since } | Standing::Past { what, since } => {
            Details::both(what, format_args!("since {since}"))
        }
        Standing::Unlisted { what } => Details::stated(what),
    });
}
