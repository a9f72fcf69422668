//! Payloads of any size, in constant memory.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use recommande::PayloadDigests;

use crate::arguments::Error;

/// Hashes a file in one pass. After each second it tells how far it is.
pub fn digests(path: &Path) -> Result<PayloadDigests, Error> {
    let mut told = Instant::now();
    let progress = |octets: u64| {
        if told.elapsed() >= Duration::from_secs(1) {
            eprintln!("{}: {} MiB hashed", path.display(), octets >> 20);
            told = Instant::now();
        }
    };
    let digests = File::open(path).and_then(|mut file| PayloadDigests::of_reader_with_progress(&mut file, progress));
    digests.map_err(|error| format!("{}: {error}", path.display()).into())
}
