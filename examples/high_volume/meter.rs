//! What is shown and measured while it runs.

use std::fmt;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How long something took, and for how many.
#[derive(Clone, Copy, Default)]
pub struct Clock {
    time: Duration,
    count: usize,
}

impl Clock {
    pub fn add(&mut self, time: Duration, count: usize) {
        self.time += time;
        self.count += count;
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn rate(&self) -> f64 {
        self.count as f64 / self.time.as_secs_f64().max(1e-9)
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {:.2} s, {:.0}/s", self.count, self.time.as_secs_f64(), self.rate())
    }
}

/// The most memory that this process ever had, in octets, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

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
