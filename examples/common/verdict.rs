//! Ends the verifying examples: the exit status is the verdict of the report.

use std::process::ExitCode;

use recommande::Indication;

use crate::arguments::Error;

/// Maps a verdict to the exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 no verdict.
pub fn exit(name: &str, verdict: Result<Indication, Error>) -> ExitCode {
    match verdict {
        Ok(Indication::TotalPassed) => ExitCode::SUCCESS,
        Ok(Indication::TotalFailed) => ExitCode::from(1),
        Ok(Indication::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::from(3)
        }
    }
}
