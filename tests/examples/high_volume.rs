//! The example `high_volume` accounts for every letter, whatever the TSA does.

mod aggregated;
mod failing;

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::common::example::example;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("high-volume").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn run(out: &Path, arguments: &[&str]) -> Output {
    example("high_volume").arg("--out").arg(out).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn files(folder: &Path, ending: &str) -> usize {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(ending)).count()
}

/// What the run says became of the letters: the last line of each, without what comes after its state.
fn account(folder: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder.join("items.tsv")).unwrap();
    let mut account = std::collections::BTreeMap::new();
    for line in text.lines() {
        let [item, state, more] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert!(!more.is_empty(), "{line}");
        account.insert(item.to_owned(), state.to_owned());
    }
    account.into_iter().collect()
}

fn states(folder: &Path) -> Vec<String> {
    account(folder).into_iter().map(|(_, state)| state).collect()
}

fn verify_sample(folder: &Path, sample: &str) {
    let verified = example("verify")
        .current_dir(folder)
        .args([sample, "--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem"])
        .args(["--environment", "Test"])
        .output()
        .unwrap();
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}

#[test]
fn letters_get_proofs_that_verify_by_themselves() {
    let out = folder("whole");
    let output = run(&out, &["--items", "45", "--batch", "20", "--tsa-latency", "1", "--keep"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = text(&output);
    assert!(text.contains("items      45: 45 with their proof, 0 waiting, 0 not sealed"), "{text}");
    assert!(text.contains("timestamps 3 trips, 0 without a token"), "{text}");
    assert_eq!((files(&out, ".proofs"), files(&out, ".seals"), files(&out, ".p7m")), (3, 0, 15));
    verify_sample(&out, "sample-01.p7m");
    let account = account(&out);
    assert_eq!(account.len(), 45);
    assert!(account.iter().enumerate().all(|(n, (item, state))| *item == format!("1ZH{n:010}") && state == "proven"));
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let out = folder("shared");
    let mut command = example("high_volume");
    command.arg("--out").arg(&out).args(["--items", "20", "--batch", "10", "--tsa-latency", "3000"]);
    let mut first = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first batch is sealed, and its timestamp takes its time.
    while !out.join("batch-00001.seals").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for further in [&["--items", "5"][..], &["--resume"]] {
        let second = run(&out, further);
        assert_eq!(second.status.code(), Some(3), "{second:?}");
        assert!(String::from_utf8_lossy(&second.stderr).contains("another run"), "{second:?}");
    }
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(states(&out), ["proven"; 20]);
    // The folder is free again, also after a run that was killed.
    let mut killed = example("high_volume");
    let mut killed = killed.arg("--out").arg(&out).args(["--items", "5", "--tsa-latency", "60000"]).spawn().unwrap();
    while !out.join("batch-00001.seals").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let resumed = run(&out, &["--resume", "--tsa-latency", "1"]);
    assert_ne!(resumed.status.code(), Some(3), "{resumed:?}");
}

#[test]
fn nobody_who_reads_is_no_reason_to_stop() {
    let out = folder("closed");
    let mut command = example("high_volume");
    command.arg("--out").arg(&out).args(["--items", "30", "--batch", "10", "--tsa-latency", "300"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(states(&out), ["proven"; 30]);
}

#[test]
#[cfg(feature = "http")]
fn what_a_tsa_that_is_down_leaves_waiting_is_taken_up_later() {
    let out = folder("down");
    std::fs::create_dir_all(&out).unwrap();
    let pki = recommande::testing::TestPki::new(chrono::Utc::now()).unwrap();
    let anchors = folder("anchors").with_extension("pem");
    std::fs::write(&anchors, pki.tsa_anchors_pem()).unwrap();
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/?token=secret");
    let tsa = ["--tsa", &url, "--tsa-anchors", anchors.to_str().unwrap(), "--trips", "1"];
    let output = run(&out, &[&tsa[..], &["--items", "5", "--batch", "3"]].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("127.0.0.1") && !errors.contains("secret"), "{errors}");
    assert!(text(&output).contains("items      5: 0 with their proof, 5 waiting, 0 not sealed"), "{output:?}");
    assert_eq!(files(&out, ".seals"), 2);
    assert_eq!(states(&out), ["waiting"; 5]);

    let output = run(&out, &["--items", "5"]);
    assert_eq!(output.status.code(), Some(3), "seals that wait are not run over: {output:?}");

    // A run that was killed while it wrote a seal.
    let cut = out.join("batch-00002.seals");
    let octets = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, octets.split_last().unwrap().1).unwrap();
    let output = run(&out, &["--resume", "--tsa-latency", "1"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text(&output).contains("items      4: 4 with their proof, 0 waiting, 0 not sealed"), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("ends within a seal"), "{output:?}");
    assert_eq!(files(&out, ".seals"), 0);
    // What was cut is not there any more, and is said to wait as before.
    assert_eq!(states(&out), ["proven", "proven", "proven", "proven", "waiting"]);
    verify_sample(&out, "sample-04.p7m");
}

#[test]
#[cfg(feature = "http")]
fn a_tsa_without_anchors_is_told_what_is_missing() {
    let out = folder("no-anchors");
    std::fs::create_dir_all(&out).unwrap();
    let mut command = example("high_volume");
    command.current_dir(&out).args(["--out", ".", "--items", "1", "--tsa", "http://127.0.0.1:1"]);
    let output = command.output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("give them by --tsa-anchors"), "{message}");
}

/// Wherever the end of the file is: within the length of a seal too.
#[test]
#[cfg(feature = "http")]
fn seals_before_one_that_was_cut_are_taken_up() {
    let tsa = ["--tsa", "http://127.0.0.1:1", "--trips", "1", "--items", "2", "--tsa-latency", "0"];
    let anchors = folder("cut-anchors").with_extension("pem");
    let pki = recommande::testing::TestPki::new(chrono::Utc::now()).unwrap();
    std::fs::write(&anchors, pki.tsa_anchors_pem()).unwrap();
    for kept in [1, 2, 3, 4, 100] {
        let out = folder(&format!("cut-{kept}"));
        let output = run(&out, &[&tsa[..], &["--tsa-anchors", anchors.to_str().unwrap()]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let path = out.join("batch-00001.seals");
        let mut octets = std::fs::read(&path).unwrap();
        let second = 4 + usize::from(u16::from_be_bytes([octets[2], octets[3]]));
        octets.truncate(second + kept);
        std::fs::write(&path, octets).unwrap();
        let output = run(&out, &["--resume", "--tsa-latency", "1"]);
        assert_eq!(output.status.code(), Some(0), "{kept}: {output:?}");
        assert!(text(&output).contains("items      1: 1 with their proof"), "{kept}: {output:?}");
        // Both TSAs are trusted: there may be proofs of the first one.
        let pem = std::fs::read_to_string(out.join("tsa-anchors.pem")).unwrap();
        assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 2);
        verify_sample(&out, "sample-01.p7m");
    }
}

#[test]
fn other_arguments_are_refused() {
    for arguments in [["--items", "many"], ["--key", "rsa-512"], ["--tsa-latency", "-1"]] {
        let output = run(&folder("usage"), &arguments);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(arguments[0]), "{output:?}");
    }
}
