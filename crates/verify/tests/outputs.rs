//! These tests ask what becomes of a verdict where it cannot be written, or where two processes write it.

mod common;

use std::fs::{self, File};
use std::process::{Command, Stdio};

use common::{command, folder, vector};
use serde_json::Value;

/// The report is whole all the same, and the exit status says that something was not written.
#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_an_error_that_costs_the_report_nothing() {
    let report = folder("full").join("report.json");
    for format in ["text", "json", "junit", "github"] {
        let mut told = command();
        told.arg(vector("good/sending.p7m")).args(["--format", format]).arg("--report").arg(&report);
        let output = told.stdout(File::create("/dev/full").unwrap()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(3) && error.contains("No space left on device"), "{format}: {error}");
        let document: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
        assert_eq!(document["status"], 0, "{format}");
    }
}

/// A disk that fills up leaves no half of a report, nor that of a run before.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_fills_the_disk_is_an_error_and_no_file() {
    let disk = folder("disk");
    let mount = r#"mount -t tmpfs -o size=64k none "$0" && echo '{"status":0}' >"$0/report.json""#;
    let judge = r#"; "$@"; status=$?; ls "$0"; exit $status"#;
    let run = |commands: &str, tool: &Command| {
        let mut unshare = Command::new("unshare");
        unshare.args(["-rm", "sh", "-c", commands]).arg(&disk).arg(tool.get_program()).args(tool.get_args());
        unshare.output()
    };
    if !run(mount, &Command::new("true")).is_ok_and(|output| output.status.success()) {
        return println!("SKIPPED: a disk that is full: no file system can be mounted in a namespace of its own");
    }
    let mut many = command();
    many.arg(vector("good")).arg("--quiet").arg("--report").arg(disk.join("report.json"));
    let output = run(&format!("{mount}{judge}"), &many).unwrap();
    let (told, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code() == Some(3) && error.contains("report.json: No space left on device"), "{error}");
    assert!(!told.contains("report.json"), "{told}");
}

/// Whichever is the last, the report is one that a process wrote.
#[test]
fn two_processes_may_write_one_report() {
    let folder = folder("two");
    let report = folder.join("report.json");
    let names = ["good/sending.p7m", "good/opening.p7m"];
    // That of a run before is taken away by one of them.
    fs::write(&report, "{}").unwrap();
    let started = (0..8).map(|number| {
        let mut tool = command();
        tool.arg(vector(names[number % 2])).arg("--report").arg(&report).stdout(Stdio::null()).spawn().unwrap()
    });
    let mut running: Vec<_> = started.collect();
    for process in &mut running {
        assert_ne!(process.wait().unwrap().code(), Some(3));
    }
    let document: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
    assert_eq!(document["files"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
