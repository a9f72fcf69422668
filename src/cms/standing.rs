//! Notes the standing of an algorithm as a finding.

use crate::crypto::Severity;
use crate::finding::{Code, Details, Notes, SubIndication};
use crate::pki::LocatedStanding;
use crate::text::date;

/// Notes the standing of an algorithm or a key, which is put into words only where somebody may read them.
pub(crate) fn note_standing(severity: Severity, standing: impl FnOnce() -> LocatedStanding, notes: &mut Notes<'_, '_>) {
    note_standing_leading_to(None, severity, standing, notes);
}

/// Notes the standing of an algorithm or a key, where more is known of what it leads to than its finding says.
pub(crate) fn note_standing_leading_to(
    sub_indication: Option<SubIndication>,
    severity: Severity,
    standing: impl FnOnce() -> LocatedStanding,
    notes: &mut Notes<'_, '_>,
) {
    let code = match severity {
        Severity::Good => Code::AlgorithmAcceptable,
        Severity::Legacy => Code::AlgorithmLegacy,
        Severity::Past => Code::AlgorithmPastItsDate,
        Severity::Unlisted => Code::AlgorithmNotListed,
    };
    if severity == Severity::Good {
        return notes.note(code);
    }
    notes.note_with(code, || {
        let standing = standing();
        let details = match standing.standing.since() {
            Some(since) => Details::both(&standing, format_args!("since {}", date(since))),
            None => Details::stated(&standing),
        };
        details.leading_to(sub_indication)
    });
}
