//! `recommande-verify doctor`: what fails of the means to seal, what will fail, and when.

mod arguments;
mod check;
mod checks;
mod config;
mod output;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use self::arguments::{DoctorArguments, DoctorFormat};
use crate::error::Error;
use crate::totals::ERROR;

/// The word after the name of the command.
pub const NAME: &str = "doctor";

/// Checks what these arguments name, after the word `doctor`.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let given = [OsString::from("recommande-verify doctor")].into_iter().chain(arguments.iter().cloned());
    let (format, result) = match DoctorArguments::try_parse_from(given) {
        Ok(arguments) => (arguments.format, config::with_config(arguments).and_then(|arguments| run(&arguments))),
        Err(error) => {
            // Nobody can be told that the errors cannot be told.
            let _ = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return ExitCode::SUCCESS,
                _ => {
                    // People were told. A program reads that arguments are wrong where it looks for what was found.
                    if asks_for_json(&arguments) {
                        let _ = output::refused(&error.to_string());
                    }
                    return ExitCode::from(ERROR);
                }
            }
        }
    };
    ExitCode::from(result.unwrap_or_else(|error| told(format, &error)))
}

/// Tells an error, and returns the exit status.
fn told(format: DoctorFormat, error: &Error) -> u8 {
    // As above.
    let _ = writeln!(io::stderr(), "recommande-verify doctor: {error}");
    if format == DoctorFormat::Json {
        // As above.
        let _ = output::refused(&error.to_string());
    }
    ERROR
}

fn run(arguments: &DoctorArguments) -> Result<u8, Error> {
    let now = arguments.now();
    let checked = checks::check(arguments, now)?;
    output::write(arguments, &checked, now)
}

fn asks_for_json(arguments: &[OsString]) -> bool {
    let after_format = arguments.windows(2).any(|pair| pair == ["--format", "json"]);
    after_format || arguments.iter().any(|argument| argument == "--format=json")
}
