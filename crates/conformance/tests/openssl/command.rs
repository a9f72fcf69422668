//! The `openssl` command, in a folder of its own per test.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use conformance::skipped;

/// A folder in which `openssl` runs; names of files are relative to it.
pub struct OpenSsl {
    folder: PathBuf,
}

/// What a run gave.
pub struct Outcome {
    pub success: bool,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl OpenSsl {
    /// `None`, said aloud, where there is no such command.
    ///
    /// # Panics
    /// Where there is none and `RECOMMANDE_REQUIRE_OPENSSL` is 1.
    pub fn new(test: &str) -> Option<Self> {
        let version = Command::new(program()).arg("version").stdin(Stdio::null()).output();
        if !version.is_ok_and(|version| version.status.success()) {
            assert_ne!(env::var("RECOMMANDE_REQUIRE_OPENSSL").as_deref(), Ok("1"), "there is no openssl");
            skipped(test, "there is no openssl");
            return None;
        }
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("openssl").join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Some(Self { folder })
    }

    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        fs::write(self.folder.join(name), octets).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs it with the words of `command` as arguments; none holds a blank.
    pub fn run(&self, command: &str) -> Outcome {
        let output = Command::new(program())
            .args(command.split_whitespace())
            .current_dir(&self.folder)
            // The system's configuration has no say.
            .env("OPENSSL_CONF", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Outcome { success: output.status.success(), stdout: output.stdout, stderr }
    }

    /// What it prints on success.
    ///
    /// # Panics
    /// When it fails.
    pub fn succeeds(&self, command: &str) -> Vec<u8> {
        let outcome = self.run(command);
        assert!(outcome.success, "openssl {command}: {}", outcome.stderr);
        outcome.stdout
    }

    /// What it prints as an error.
    ///
    /// # Panics
    /// When it succeeds.
    pub fn fails(&self, command: &str) -> String {
        let outcome = self.run(command);
        assert!(!outcome.success, "openssl {command}: succeeded");
        outcome.stderr
    }
}

fn program() -> OsString {
    env::var_os("OPENSSL").unwrap_or_else(|| "openssl".into())
}
