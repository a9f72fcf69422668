//! What the command tells, one line for each thing.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

/// Prints a line to standard output. A reader that closed it (`| head`) has read enough: the pages are made all the same,
/// and the exit status tells the verdict.
pub fn print(line: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Tells an error with its causes, on one line.
pub fn error(error: &dyn std::error::Error) {
    // Nobody can be told that the errors cannot be told.
    let _ = writeln!(io::stderr(), "recommande-receipt: {}", with_causes(error));
}

/// Writes an error with its causes.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

/// Writes what is to be told about a file.
pub fn named(path: &Path, told: impl fmt::Display) -> String {
    format!("{}: {told}", in_one_line(path.as_os_str()))
}

/// Writes a name on one line. The name of a file is anybody's, and would write lines of its own to a terminal or move in it.
pub fn in_one_line(name: &OsStr) -> String {
    name.to_string_lossy().escape_debug().to_string()
}
