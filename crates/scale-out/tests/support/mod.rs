//! What the tests share: a service with its keys, letters, and programs that they start.

#![allow(dead_code, reason = "each test uses a part")]

pub mod account;
pub mod database;
pub mod letters;
pub mod nats;
pub mod tsa;
pub mod workers;

use std::path::PathBuf;

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("recommande-scale-out-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Says that a test did not run, and why.
pub fn skipped(what: &str, why: &str) {
    println!("SKIPPED: {what}: {why}");
}
