//! Runs the command in folders of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A file of the test vectors.
pub fn vector(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors").join(path)
}

/// An empty folder.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The command alone.
pub fn bare() -> Command {
    Command::new(env!("CARGO_BIN_EXE_recommande-verify"))
}

/// The command with the anchors of the vectors, some days after the first of them were made.
#[allow(dead_code, reason = "some tests have anchors of their own")]
pub fn command() -> Command {
    command_at("2026-03-06T12:00:00Z")
}

/// The same at another time.
#[allow(dead_code, reason = "some tests have anchors of their own")]
pub fn command_at(now: &str) -> Command {
    let mut command = bare();
    command.arg("--seal-anchors").arg(vector("anchors/seal.pem"));
    command.arg("--tsa-anchors").arg(vector("anchors/tsa.pem"));
    command.args(["--environment", "Test", "--now", now]);
    command
}

/// The exit status, and both outputs.
pub fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The document that the command writes.
#[allow(dead_code, reason = "some tests read no document")]
pub fn json(command: &mut Command) -> (i32, serde_json::Value) {
    let (status, out, _) = run(command.args(["--format", "json"]));
    (status, serde_json::from_str(&out).unwrap())
}

/// Copies files of the vectors into a folder.
#[allow(dead_code, reason = "some tests write their files")]
pub fn copied(folder: &Path, files: &[(&str, &str)]) {
    for (from, to) in files {
        std::fs::copy(vector(from), folder.join(to)).unwrap();
    }
}

/// Writes a line for each value, and for each of so many levels in it.
#[allow(dead_code, reason = "some tests have no snapshots")]
pub fn lines(name: &str, value: &serde_json::Value, levels: usize, told: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(members) if levels > 0 && !members.is_empty() => {
            members.iter().for_each(|(member, value)| lines(&format!("{name} {member}"), value, levels - 1, told));
        }
        Value::Array(values) if levels > 0 && !values.is_empty() => {
            values.iter().for_each(|value| lines(name, value, levels - 1, told));
        }
        value => *told += &format!("{name}: {value}\n"),
    }
}

/// Compares a text with the file of this name among the snapshots, which `UPDATE_SNAPSHOTS=1` writes.
#[allow(dead_code, reason = "some tests have no snapshots")]
#[track_caller]
pub fn assert_snapshot(name: &str, told: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, told).unwrap();
    }
    assert_eq!(told, std::fs::read_to_string(&path).unwrap());
}
