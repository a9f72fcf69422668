//! What is measured while it runs.

use std::fmt;
use std::time::Duration;

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

    pub fn time(&self) -> Duration {
        self.time
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
