//! A batch that cannot be gone on with is told and counted, wherever it fails, and costs the others nothing.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{folder, states, text};
use crate::common::example::example;

/// Milliseconds of a trip, during which a test does harm to a batch.
const TRIP: &str = "700";

/// A TSA that does not answer: nobody listens there any more. Its anchors lie beside the folder of the run.
#[cfg(feature = "http")]
fn silent_tsa(out: &Path) -> [String; 6] {
    let pki = recommande::testing::TestPki::new(chrono::Utc::now()).unwrap();
    let anchors = out.with_extension("pem");
    fs::create_dir_all(out).unwrap();
    fs::write(&anchors, pki.tsa_anchors_pem()).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    ["--tsa", &url, "--tsa-anchors", anchors.to_str().unwrap(), "--trips", "1"].map(str::to_owned)
}

/// Runs it with six letters in three batches, and does harm to the first as soon as that is sealed: its trip takes a while.
fn run_with_harm<'a>(
    out: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
    sealed: &str,
    harm: impl FnOnce(),
) -> Output {
    let mut command = example("high_volume");
    command.arg("--out").arg(out).args(["--items", "6", "--batch", "2", "--tsa-latency", TRIP]).args(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let is_written = || out.join(sealed).metadata().is_ok_and(|metadata| metadata.len() > 0);
    while !is_written() && begun.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(5));
    }
    harm();
    child.wait_with_output().unwrap()
}

/// The last quarter of the file is not what was stored: the end of the second of two letters.
#[cfg(feature = "http")]
fn damage_last(letters: &Path) {
    let mut octets = fs::read(letters).unwrap();
    let end = octets.len() / 4 * 3;
    octets[end..].iter_mut().filter(|octet| **octet != b'\n').for_each(|octet| *octet = b'?');
    fs::write(letters, octets).unwrap();
}

/// The end of the file is within its last letter.
fn cut_last(letters: &Path) {
    let octets = fs::read(letters).unwrap();
    fs::write(letters, &octets[..octets.len() - 2]).unwrap();
}

/// What is wrong with the letters of a batch does not name their file again.
#[track_caller]
fn assert_told_once(output: &Output, file: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    let failed: Vec<&str> = told.lines().filter(|line| line.contains("cannot be gone on with")).collect();
    assert!(failed.iter().all(|line| line.matches(file).count() == 1), "{told}");
}

/// Two of the six letters are those of a batch that is told.
#[track_caller]
fn assert_counted(output: &Output, file: &str, items: &str) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(&format!("{file}: cannot be gone on with: ")), "{told}");
    assert!(text(output).contains(&format!("items      {items}")), "{output:?}");
}

#[test]
#[cfg(feature = "http")]
fn one_that_fails_when_it_is_taken_up_again_costs_the_others_nothing() {
    let out = folder("failing-again");
    let tsa = silent_tsa(&out);
    let run = |arguments: &[&str]| super::run(&out, arguments);
    let waiting = run(&[&["--items", "8", "--batch", "2"][..], &tsa.each_ref().map(String::as_str)[..]].concat());
    assert!(text(&waiting).contains("items      8: 0 with their proof, 8 waiting"), "{waiting:?}");
    // The proofs of the first batch cannot be written, and a seal of the second cannot be read.
    let (proofs, damaged) = (out.join("batch-00001.proofs"), out.join("batch-00002.seals"));
    fs::create_dir(&proofs).unwrap();
    let seals = fs::read(&damaged).unwrap();
    let mut changed = seals.clone();
    changed[4] ^= 0xff;
    fs::write(&damaged, &changed).unwrap();
    for items in ["8: 4 with their proof, 0 waiting, 0 not sealed, 4 in batches", "4: 0 with their proof, 0 waiting"] {
        let resumed = run(&["--resume", "--tsa-latency", "1"]);
        assert_counted(&resumed, "batch-00001.seals", items);
        assert_counted(&resumed, "batch-00002.seals", items);
        assert_eq!(super::files(&out, ".seals"), 2);
        assert_eq!(fs::read(&damaged).unwrap(), changed);
        assert_eq!(states(&out), [["waiting"; 4], ["proven"; 4]].concat());
    }
    fs::remove_dir(&proofs).unwrap();
    fs::write(&damaged, seals).unwrap();
    let resumed = run(&["--resume", "--tsa-latency", "1"]);
    assert_eq!(resumed.status.code(), Some(0), "{resumed:?}");
    assert!(text(&resumed).contains("items      4: 4 with their proof, 0 waiting, 0 not sealed\n"), "{resumed:?}");
    assert_eq!(states(&out), ["proven"; 8]);
}

#[test]
fn one_that_cannot_be_sealed_costs_the_others_nothing() {
    let out = folder("failing-seals");
    let output = run_with_harm(&out, [], "batch-00001.seals", || {
        fs::create_dir(out.join("batch-00002.seals")).unwrap();
    });
    assert_counted(&output, "batch-00002.seals", "6: 4 with their proof, 0 waiting, 0 not sealed, 2 in batches");
    assert_eq!(states(&out), ["proven"; 4]);
}

/// The kind of a run, what says that its first batch is sealed, and the letters of that batch.
const KINDS: [(&str, Option<&str>, &str, &str); 2] = [
    ("singly", None, "batch-00001.seals", "batch-00001.seals"),
    ("aggregated", Some("--aggregated"), "batch-00001.unstamped", "batch-00001.statements"),
];

#[test]
#[cfg(feature = "http")]
fn one_whose_letters_cannot_be_read_is_not_said_to_wait() {
    for (name, arguments, sealed, letters) in KINDS {
        let out = folder(&format!("failing-letters-{name}"));
        let tsa = silent_tsa(&out);
        let arguments = arguments.into_iter().chain(tsa.iter().map(String::as_str));
        let output = run_with_harm(&out, arguments, sealed, || fs::remove_file(out.join(letters)).unwrap());
        assert_told_once(&output, letters);
        assert_counted(&output, letters, "6: 0 with their proof, 4 waiting, 0 not sealed, 2 in batches");
        assert_eq!(states(&out), ["waiting"; 4]);
    }
}

/// The first letter can still be read: its batch waits as a whole or not at all.
#[test]
#[cfg(feature = "http")]
fn one_of_which_a_later_letter_cannot_be_read_is_not_said_to_wait() {
    for (name, arguments, sealed, letters) in KINDS {
        for (way, harm) in [("damaged", damage_last as fn(&Path)), ("cut", cut_last)] {
            let out = folder(&format!("failing-later-{name}-{way}"));
            let tsa = silent_tsa(&out);
            let arguments = arguments.into_iter().chain(tsa.iter().map(String::as_str));
            let output = run_with_harm(&out, arguments, sealed, || harm(&out.join(letters)));
            assert_told_once(&output, letters);
            assert_counted(&output, letters, "6: 0 with their proof, 4 waiting, 0 not sealed, 2 in batches");
            assert_eq!(states(&out), ["waiting"; 4], "{name}, {way}");
        }
    }
}

/// What is left of it is proven, and is not removed as if it were the whole.
#[test]
fn one_whose_last_letter_was_cut_during_the_trip_is_not_done_with() {
    for (name, arguments, sealed, letters) in KINDS {
        let out = folder(&format!("failing-cut-{name}"));
        let output = run_with_harm(&out, arguments, sealed, || cut_last(&out.join(letters)));
        assert_told_once(&output, letters);
        assert_counted(&output, letters, "6: 5 with their proof, 0 waiting, 0 not sealed, 1 in batches");
        assert!(out.join(letters).exists());
        assert_eq!(states(&out), ["proven"; 5], "{name}");
    }
}

/// All of its proofs hold, and the run is no success.
#[test]
fn one_that_cannot_be_put_away_is_told() {
    let out = folder("failing-end");
    let output = run_with_harm(&out, ["--aggregated"], "batch-00001.unstamped", || {
        fs::create_dir(out.join("batch-00001.jsonl")).unwrap();
    });
    assert_counted(&output, "batch-00001.statements", "6: 6 with their proof, 0 waiting, 0 not sealed, 0 in batches");
    assert_eq!(states(&out), ["proven"; 6]);
}
