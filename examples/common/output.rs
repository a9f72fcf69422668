//! The output of the examples.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};

/// Prints to standard output. A reader that closed it (`| head`) has read enough, and the exit status still tells the
/// verdict. What is printed is nowhere as a whole: a report may be as large as its file.
pub fn print(text: &(impl Display + ?Sized)) -> io::Result<()> {
    written(|out| write!(out, "{text}"))
}

/// Prints a value as one line of JSON.
#[allow(dead_code, reason = "some examples print text alone")]
pub fn print_json(value: &impl serde::Serialize) -> io::Result<()> {
    written(|out| {
        serde_json::to_writer(&mut *out, value)?;
        writeln!(out)
    })
}

/// A text with an escape for each character that would begin another line, is invisible, or changes how the line is shown. The name of a file is
/// anybody's, and would write lines of the report otherwise.
#[allow(dead_code, reason = "some examples print no names of files")]
pub fn in_one_line(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

fn written(write: impl FnOnce(&mut BufWriter<io::StdoutLock<'_>>) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
