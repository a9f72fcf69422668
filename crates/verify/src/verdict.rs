//! Which of two verdicts is the worse one.

use recommande::Indication;

/// The order of verdicts, the worst last.
pub fn rank(indication: Indication) -> u8 {
    match indication {
        Indication::TotalPassed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalFailed => 2,
    }
}

/// The worst of verdicts, if there are some.
pub fn worst(indications: impl Iterator<Item = Indication>) -> Option<Indication> {
    indications.max_by_key(|indication| rank(*indication))
}
