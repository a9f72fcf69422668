//! These tests ask what becomes of a verdict where it cannot be written, or where two processes write it.

mod common;

use std::fs::{self, File};
use std::process::{Command, Stdio};

use common::{bare, command, copied, folder, run, vector};
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

/// Nor does a report that is full cost the output anything, be it full before the last file or at the end: everything is judged and told.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_is_full_is_an_error_that_costs_the_output_nothing() {
    let several = ["sending", "opening", "unstamped", "several-parts"].map(|name| vector(&format!("good/{name}.p7m")));
    // What is written of the last ones does not fit in what a writer holds back.
    for files in [&several[..1], &several] {
        for format in ["text", "json", "junit", "github"] {
            let told = |options: &[&str]| run(command().args(files).args(["--format", format]).args(options));
            let (_, expected, _) = told(&[]);
            let (status, out, error) = told(&["--report", "/dev/full"]);
            assert!(status == 3 && error.contains("/dev/full: No space left on device"), "{format}: {error}");
            assert_eq!(out, expected, "{format}");
        }
    }
}

/// A disk that fills up leaves no half of a report, nor that of a run before.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_fills_the_disk_is_an_error_and_no_file() {
    let disk = folder("disk");
    let mount = r#"mount -t tmpfs -o size=64k none "$0" && echo '{"form":"recommande-verify/1"}' >"$0/report.json""#;
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
    fs::write(&report, r#"{"form":"recommande-verify/1"}"#).unwrap();
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

/// A glob puts a proof in the place of the report's name, and a slip an anchor: nothing is overwritten, and nothing judged.
#[test]
fn a_report_takes_the_place_of_a_report_alone() {
    let folder = folder("no-report");
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("good/opening.p7m", "c.p7m")]);
    copied(&folder, &[("anchors/seal.pem", "seal.pem"), ("payload/letter.txt", "letter.txt")]);
    fs::write(folder.join("m.json"), r#"{"vectors":[{"file":"a.p7m"}]}"#).unwrap();
    fs::write(folder.join("old"), r#"{"form":"recommande-doctor/1"}"#).unwrap();
    let mut names = vec!["a.p7m", "c.p7m", "seal.pem", "letter.txt", "m.json", "old"];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("a.p7m", folder.join("link")).unwrap();
        names.push("link");
    }
    let content = || names.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect::<Vec<_>>();
    let before = content();
    let manifest = ["--manifest".into(), folder.join("m.json")];
    for given in [&[folder.join("c.p7m")][..], std::slice::from_ref(&folder), &manifest] {
        for name in &names {
            let mut told = bare();
            told.args(["--environment", "Test", "--tsa-anchors"]).arg(vector("anchors/tsa.pem"));
            told.arg("--seal-anchors").arg(folder.join("seal.pem")).args(given);
            let (status, out, error) = run(told.arg("--report").arg(folder.join(name)));
            assert!(status == 3 && out.is_empty() && error.contains("is no report of this command"), "{name}: {error}");
            // Neither do arguments that are wrong destroy it.
            let (status, ..) = run(command().arg("--nonsense").arg("--report").arg(folder.join(name)));
            assert_eq!(status, 3);
        }
    }
    assert_eq!(content(), before);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), names.len());
    // An empty file, and a report that is where a link leads.
    fs::write(folder.join("empty"), "").unwrap();
    assert_eq!(run(command().arg(folder.join("a.p7m")).arg("--report").arg(folder.join("empty"))).0, 0);
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("empty", folder.join("to-report")).unwrap();
        assert_eq!(run(command().arg(folder.join("c.p7m")).arg("--report").arg(folder.join("to-report"))).0, 2);
        let document: Value = serde_json::from_slice(&fs::read(folder.join("empty")).unwrap()).unwrap();
        assert_eq!(document["status"], 2);
    }
}
