//! A progress bar, and lines on standard error.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// A progress bar on a terminal; elsewhere a line for each tenth.
#[derive(Default)]
pub struct Bar {
    shown: Option<(Instant, &'static str, usize)>,
}

impl Bar {
    pub fn show(&mut self, what: &'static str, done: usize, total: usize) {
        const WIDTH: usize = 40;
        let tenth = done * 10 / total.max(1);
        let due = match self.shown {
            Some((at, shown, last)) if shown == what => match stderr().is_terminal() {
                true => at.elapsed() >= Duration::from_millis(100) || done == total,
                false => tenth != last,
            },
            _ => true,
        };
        if !due {
            return;
        }
        self.shown = Some((Instant::now(), what, tenth));
        let percent = done * 100 / total.max(1);
        if stderr().is_terminal() {
            let full = done * WIDTH / total.max(1);
            let (full, rest) = ("#".repeat(full), " ".repeat(WIDTH - full));
            tell(&format!("\r{what:8} [{full}{rest}] {percent:3} % {done}/{total}"));
        } else {
            tell(&format!("{what:8} {percent:3} % {done}/{total}\n"));
        }
    }

    /// A line of its own.
    pub fn say(&mut self, text: &str) {
        self.end();
        tell(&format!("{text}\n"));
    }

    pub fn end(&mut self) {
        if self.shown.take().is_some() && stderr().is_terminal() {
            tell("\n");
        }
    }
}

/// On standard error, whoever reads it or not: nobody's letters wait for that.
pub fn tell(text: &str) {
    let mut out = stderr();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
