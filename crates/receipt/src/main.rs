//! Makes pages of the proofs in a folder, of single proofs, or of a container with letters and proofs, in the four languages.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run(std::env::args_os().skip(1))
}
