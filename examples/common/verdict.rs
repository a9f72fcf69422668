//! How the verifying examples end: a report on standard output, and its verdict as the exit status.

use std::process::ExitCode;

use recommande::Indication;

use crate::arguments::Error;

/// 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 anything that kept a verdict from being reached.
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
