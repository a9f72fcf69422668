//! The examples `trails` and `reconstruct`: a day is played, and its folders are combined.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::common::example::example;

const ROLES: [&str; 4] = [
    "BE/BE/0566988259=sender",
    "BE/BE/0406798006=provider",
    "BE/BE/0316380841=operator",
    "BE/BE/0671516647=consumer-app",
];

/// Plays a day into a folder of its own. Tests that play the same fault change files at the same time.
fn played(fault: Option<&str>) -> PathBuf {
    static PLAYED: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{}-{}", PLAYED.fetch_add(1, Ordering::Relaxed), fault.unwrap_or("honest"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trails").join(name);
    // What an earlier run left there would be read too.
    let _ = fs::remove_dir_all(&folder);
    let mut trails = example("trails");
    trails.arg("--out").arg(&folder).args(fault.into_iter().flat_map(|fault| ["--fault", fault]));
    let output = trails.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// Combines the folders of a day. Returns the exit status and what was printed.
fn combined(folder: &Path, options: &[&str]) -> (i32, String) {
    let mut reconstruct = example("reconstruct");
    let folders = ["sender", "provider", "operator", "consumer", "proofs"].map(|name| folder.join(name));
    reconstruct.args(folders).args(["--environment", "Test"]).args(options);
    ROLES.iter().for_each(|role| {
        reconstruct.args(["--role", role]);
    });
    for anchors in ["seal-anchors", "tsa-anchors"] {
        reconstruct.arg(format!("--{anchors}")).arg(folder.join(format!("{anchors}.pem")));
    }
    let output = reconstruct.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_exit_status_tells_the_worst_verdict() {
    let faults = [
        (None, 0, "complete"),
        (Some("omits-consultation"), 2, "proven-with-gaps"),
        (Some("never-answers"), 2, "proven-with-gaps"),
        (Some("re-chains"), 1, "contradicted"),
    ];
    for (fault, status, verdict) in faults {
        let folder = played(fault);
        let (exit, json) = combined(&folder, &["--json"]);
        let told: Value = serde_json::from_str(&json).unwrap();
        assert_eq!((exit, &told["verdict"]), (status, &verdict.into()), "{fault:?}");
        assert_eq!(told["messages"].as_array().unwrap().len(), 12);
    }
}

/// Another export covers the lines of one that cannot be read, and nobody knows what that would have said.
#[test]
fn an_export_that_breaks_while_it_is_read_is_not_complete() {
    let folder = played(Some("clock-off"));
    let honest = combined(&folder, &[]).0;
    let provider = folder.join("provider");
    let lines = fs::read_dir(&provider).unwrap().map(|entry| entry.unwrap().path());
    let lines = lines.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "jsonl")).unwrap();
    let own = lines.with_extension("manifest.json");
    let manifest = if own.is_file() { own } else { provider.join("manifest.json") };
    for (of, name) in [(&manifest, "9.manifest.json"), (&manifest.with_extension("json.p7s"), "9.manifest.json.p7s")] {
        fs::copy(of, provider.join(name)).unwrap();
    }
    // The memory of a process begins with what is not there.
    std::os::unix::fs::symlink("/proc/self/mem", provider.join("9.jsonl")).unwrap();
    let (status, text) = combined(&folder, &[]);
    assert!(text.contains("read-failed"), "{text}");
    assert_eq!((honest, status), (0, 2), "{text}");
}

/// Whoever presented two exports cannot take one back by taking its lines away.
#[test]
fn a_sealed_manifest_counts_without_its_lines() {
    let folder = played(Some("presents-two-exports"));
    assert_eq!(combined(&folder, &[]).0, 1);
    fs::remove_file(folder.join("sender").join("2.jsonl")).unwrap();
    let (status, text) = combined(&folder, &[]);
    assert!(status == 1 && text.contains("two-histories"), "{text}");
}

#[test]
fn one_timeline_is_for_people_and_one_for_programs() {
    let folder = played(Some("backdates"));
    let (status, text) = combined(&folder, &["--message", "1ZG00000AUD02"]);
    assert_eq!(status, 1);
    assert!(text.contains("time-contradicts-proof") && text.contains("verdict: contradicted"), "{text}");
    let (_, json) = combined(&folder, &["--message", "1ZG00000AUD02", "--json"]);
    let told: Value = serde_json::from_str(&json).unwrap();
    let message = &told["messages"][0];
    assert_eq!(message["letters"][0]["cases"][0]["case"]["state"], "opened");
    assert_eq!(message["timeline"][0]["standing"], "proven");
    assert_eq!(message["timeline"][0]["conflicts"][1]["laid_to"], "party");
    // Another message of the day is as it was.
    assert_eq!(combined(&folder, &["--message", "1ZG00000AUD00"]).0, 0);
}

#[test]
fn nothing_is_trusted_without_anchors_and_bad_arguments_are_told() {
    let folder = played(Some("clock-off"));
    let output = example("reconstruct").arg(folder.join("sender")).arg(folder.join("proofs")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let without = |options: &[&str]| example("reconstruct").args(options).output().unwrap().status.code();
    assert_eq!(without(&[]), Some(3));
    assert_eq!(without(&["no-such-folder"]), Some(3));
    let sender = folder.join("sender");
    assert_eq!(without(&[sender.to_str().unwrap(), "--role", "nobody"]), Some(3));
    // A file that cannot be read to its end is told, and the others are used.
    fs::write(folder.join("sender").join("1.jsonl"), b"junk").unwrap();
    let (status, text) = combined(&folder, &[]);
    assert!(status == 2 && text.contains("manifest-differs"), "{text}");
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_writes_no_line_of_the_report_and_a_pipe_is_not_waited_for() {
    let folder = played(Some("drops-last-hour"));
    let (_, honest) = combined(&folder, &[]);
    let sender = folder.join("sender");
    let forging = ["x\nverdict: complete.jsonl", "y\nverdict: complete.p7m"];
    forging.iter().for_each(|name| fs::write(sender.join(name), b"junk").unwrap());
    let pipes = [sender.join("pipe.jsonl"), sender.join("pipe.p7m")];
    for pipe in &pipes {
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let (status, text) = combined(&folder, &[]);
    let verdicts =
        |text: &str| text.lines().filter(|line| line.starts_with("verdict")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((status, verdicts(&text)), (2, verdicts(&honest)));
    assert!(text.contains("x\\nverdict: complete.jsonl: not used\n"), "{text}");
    pipes
        .iter()
        .for_each(|pipe| assert!(text.contains(&format!("not read: {}: not a file", pipe.display())), "{text}"));
}

#[test]
fn a_file_that_is_bad_is_named_and_costs_the_others_nothing() {
    let folder = played(Some("changed-on-its-way"));
    let verdict = |text: &str| text.lines().last().map(str::to_owned);
    let (_, honest) = combined(&folder, &[]);
    // Folders have the names of files, so that nobody can read them as such.
    let named = |folder: &Path, name: &str| {
        let path = folder.join(name);
        fs::create_dir_all(&path).unwrap();
        path.display().to_string()
    };
    let proofs = folder.join("proofs");
    let not_read = [named(&proofs, "999.p7m"), named(&folder.join("sender"), "9.jsonl")];
    fs::write(proofs.join("998.p7m"), b"junk").unwrap();
    fs::write(folder.join("consumer").join("2.jsonl"), b"junk").unwrap();
    let (status, text) = combined(&folder, &[]);
    assert_eq!((status, verdict(&text)), (2, verdict(&honest)));
    assert!(text.contains(&format!("not read: {}: ", not_read[0])), "{text}");
    assert!(text.contains("998.p7m\n") && text.contains("2.jsonl: not used\n"), "{text}");
    assert!(text.contains(&not_read[1]), "{text}");
    let (_, json) = combined(&folder, &["--json"]);
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["no_proofs"].as_array().unwrap().len(), 1);
    assert!(told["unused_exports"].to_string().contains("2.jsonl"), "{json}");
    assert_eq!(told["messages"].as_array().unwrap().len(), 12);
}

/// Who is at fault, who lacks what, and whose clock is off, party by party.
#[test]
fn a_summary_names_who_is_at_fault_and_whose_clock_is_off() {
    let party = |told: &Value, number: &str| -> Value {
        let parties = told["parties"].as_array().unwrap();
        assert_eq!(parties.len(), 4);
        parties.iter().find(|party| party["party"].as_str().unwrap().ends_with(number)).unwrap().clone()
    };
    let told = |fault: &str| -> (Value, String) {
        let folder = played(Some(fault));
        let (_, json) = combined(&folder, &["--json"]);
        (serde_json::from_str(&json).unwrap(), combined(&folder, &[]).1)
    };
    let (altered, text) = told("alters-line");
    let provider = party(&altered, "0406798006");
    assert_eq!((&provider["contradicts_itself"], &provider["faults"]), (&true.into(), &serde_json::json!(["altered"])));
    assert!(text.contains("party BE/BE/0406798006 (provider): at fault\n"), "{text}");
    assert!(text.contains("party BE/BE/0566988259 (sender): nothing is laid to it\n"), "{text}");
    let (omitted, text) = told("omits-consultation");
    let provider = party(&omitted, "0406798006");
    assert_eq!((&provider["contradicts_itself"], &provider["missing"]), (&false.into(), &2.into()));
    assert!(text.contains("missing        2 records that it must hold"), "{text}");
    let (off, text) = told("clock-off");
    let clock = &party(&off, "0316380841")["clocks"][0];
    assert_eq!(clock["clock"]["clock"], "off");
    assert!((899_000..901_000).contains(&clock["clock"]["ahead_milliseconds"].as_i64().unwrap()), "{clock}");
    assert!(text.contains(": off, ahead by 900."), "{text}");
    assert!(party(&off, "0406798006")["clocks"].as_array().unwrap().is_empty());
}
