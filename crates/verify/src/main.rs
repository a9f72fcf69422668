//! Verifies files of electronic registered mail, any number of them: for people and for CI, by its exit status.

mod arguments;
mod case;
mod collect;
mod companion;
mod content;
mod doctor;
mod error;
mod files;
mod finding;
mod folder;
mod judge;
mod kind;
mod letters;
mod manifest;
mod output;
mod payloads;
mod question;
mod run;
mod settings;
mod threads;
mod totals;
mod verdict;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use arguments::Arguments;
use error::Error;
use totals::Totals;

fn main() -> ExitCode {
    let mut given = std::env::args_os().skip(1);
    // A file of this name is called `./doctor`.
    if given.next().is_some_and(|first| first == doctor::NAME) {
        return doctor::main(given);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody can be told that the errors cannot be told.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ended(run::refused(&Arguments::of_outputs(std::env::args_os()), &error.to_string())),
            };
        }
    };
    ended(run::run(&arguments))
}

fn ended(result: Result<Totals, Error>) -> ExitCode {
    match result {
        Ok(totals) => ExitCode::from(totals.status()),
        Err(error) => {
            // As above.
            let _ = writeln!(std::io::stderr(), "recommande-verify: {error}");
            ExitCode::from(totals::ERROR)
        }
    }
}
