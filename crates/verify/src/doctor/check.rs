//! What came of one check.

use serde::Serialize;

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked: `chain` where it cannot be read, `key`, `seals`, or `tsa` and its address.
    pub what: String,
    pub outcome: Outcome,
    /// What was found, for people.
    pub because: String,
}

impl Check {
    /// Returns what `watch` tells of the TSA of this check, if it is about one.
    pub fn as_upcoming(&self) -> Option<String> {
        let Self { what, because, .. } = self;
        what.strip_prefix("tsa ").map(|tsa| format!("{tsa}: {because}"))
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Passed,
    /// It passes, and somebody should know this.
    Warning,
    Failed,
    /// It was not asked for, or could not be.
    NotChecked,
}

impl Outcome {
    /// Returns its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }
}
