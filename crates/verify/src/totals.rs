//! How many files had which verdict.

use recommande::Indication;

use crate::judge::Outcome;

/// The exit status where something could not be judged.
pub const ERROR: u8 = 3;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    pub passed: u64,
    pub failed: u64,
    pub indeterminate: u64,
    /// What could not be judged.
    pub errors: u64,
    /// Files of folders that are nothing that is judged.
    pub ignored: u64,
}

impl Totals {
    /// Counts what came of a file.
    pub fn count(&mut self, outcome: &Outcome) {
        let count = match outcome.indication() {
            Some(Indication::TotalPassed) => &mut self.passed,
            Some(Indication::TotalFailed) => &mut self.failed,
            Some(Indication::Indeterminate) => &mut self.indeterminate,
            None => &mut self.errors,
        };
        *count += 1;
    }

    /// Returns the exit status: that of the worst. Where nothing was judged, nothing passed.
    pub fn status(&self) -> u8 {
        match self {
            Self { errors: 1.., .. } => ERROR,
            Self { failed: 1.., .. } => 1,
            Self { indeterminate: 1.., .. } => 2,
            Self { passed: 1.., .. } => 0,
            Self { .. } => ERROR,
        }
    }
}
