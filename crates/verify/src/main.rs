//! Verifies files of electronic registered mail, any number of them: for people and for CI, by its exit status.

mod arguments;
mod collect;
mod error;
mod files;
mod judge;
mod kind;
mod manifest;
mod output;
mod question;
mod run;
mod settings;
mod totals;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody can be told that the errors cannot be told.
            let _ = error.print();
            let is_asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if is_asked { ExitCode::SUCCESS } else { ExitCode::from(totals::ERROR) };
        }
    };
    match run::run(&arguments) {
        Ok(totals) => ExitCode::from(totals.status()),
        Err(error) => {
            eprintln!("recommande-verify: {error}");
            ExitCode::from(totals::ERROR)
        }
    }
}
