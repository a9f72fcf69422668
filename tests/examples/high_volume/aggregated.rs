//! One seal for a batch: whenever it is killed, each letter gets one proof.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::{Datelike, Utc};
use recommande::evidence::Statement;
use recommande::pki::TrustAnchors;
use recommande::seal::{AggregateItem, Artifact, BatchSeal, StampedAggregate};
use recommande::verify::Payload;
use recommande::{Environment, ProofOfSending, Sending, Verifier};

use super::{files, folder, run, states, text, verify_sample};
use crate::common::example::example;

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

fn verifier(folder: &Path) -> Verifier {
    let anchors = |name| TrustAnchors::from_pem(&String::from_utf8(read(folder, name)).unwrap()).unwrap();
    Verifier::new(anchors("seal-anchors.pem"), anchors("tsa-anchors.pem"), Environment::Test)
}

/// The letters of all batches, each of which has one proof that verifies by what is stored of it.
#[track_caller]
fn proven(folder: &Path) -> Vec<String> {
    let (verifier, mut letters) = (verifier(folder), Vec::new());
    for batch in (1..).map(|number| format!("batch-{number:05}")) {
        let Ok(statements) = std::fs::read(folder.join(format!("{batch}.jsonl"))) else { break };
        let (seal, leaves) = (read(folder, &format!("{batch}.p7m")), read(folder, &format!("{batch}.leaves")));
        let stamped = StampedAggregate::from_parts(&seal, None, leaves).unwrap();
        let lines: Vec<&[u8]> = statements.split(|octet| *octet == b'\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), stamped.leaf_count(), "{batch}");
        for line in lines {
            let record = stamped.record_of(line).unwrap();
            let item = AggregateItem::<Sending>::from_json(line).unwrap();
            assert_eq!(record, stamped.record(&item).unwrap());
            let proof = ProofOfSending::from_parts(line, &record, stamped.seal()).unwrap();
            let verified = verifier.verify(&proof, Payload::NotAvailable, Utc::now()).unwrap();
            letters.push(verified.statement().message_id().as_str().to_owned());
        }
        assert!(stamped.record_of(b"another statement").is_err());
    }
    letters
}

fn expected(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("1ZH{number:010}")).collect()
}

#[test]
fn letters_share_a_seal_and_verify_by_themselves() {
    let out = folder("aggregated");
    let arguments = ["--aggregated", "--items", "45", "--batch", "20", "--tsa-latency", "1", "--keep"];
    let output = run(&out, &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = text(&output);
    assert!(told.contains("items      45: 45 with their proof, 0 waiting, 0 not sealed"), "{told}");
    assert!(told.contains("timestamps 3 trips, 0 without a token"), "{told}");
    assert_eq!((files(&out, ".jsonl"), files(&out, ".records"), files(&out, ".rma")), (3, 3, 15));
    assert_eq!((files(&out, ".statements"), files(&out, ".unstamped")), (0, 0));
    assert_eq!(proven(&out), expected(45));
    assert_eq!(states(&out), ["proven"; 45]);
    verify_sample(&out, "sample-01.rma");
    // There is nothing to go on with, and nothing is sealed twice. A kill may have come within a line of the account.
    let mut account = read(&out, "items.tsv");
    account.extend(b"1ZH000000");
    std::fs::write(out.join("items.tsv"), account).unwrap();
    let again = run(&out, &["--aggregated", "--resume"]);
    assert!(text(&again).contains("items      45: 45 with their proof, 0 waiting"), "{again:?}");
    assert!(text(&again).contains("timestamps 0 trips"), "{again:?}");
    assert_eq!(states(&out), ["proven"; 45]);
    // The two kinds of runs do not go on with each other.
    let singly = run(&out, &["--resume"]);
    assert_eq!(singly.status.code(), Some(3), "{singly:?}");
    assert!(String::from_utf8_lossy(&singly.stderr).contains("with --aggregated"), "{singly:?}");
}

/// A batch that is too old for its seal costs the others nothing, and is not forgotten.
#[test]
fn a_batch_that_cannot_be_sealed_any_more_is_told() {
    let out = folder("aggregated-old");
    let output = run(&out, &["--aggregated", "--items", "30", "--batch", "10", "--tsa-latency", "1"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // As if the run had been killed while it filled the second batch, and nobody had gone on with it for four years, after which
    // each day of February is there again.
    let statements = String::from_utf8(read(&out, "batch-00002.jsonl")).unwrap();
    for ending in ["jsonl", "leaves", "p7m"] {
        std::fs::remove_file(out.join(format!("batch-00002.{ending}"))).unwrap();
    }
    let year = Utc::now().year();
    let old = statements.replace(&format!("\"{year}-"), &format!("\"{}-", year - 4));
    assert_ne!(old, statements);
    std::fs::write(out.join("batch-00002.statements"), &old).unwrap();
    for _ in 0..2 {
        let resumed = run(&out, &["--aggregated", "--resume", "--tsa-latency", "1"]);
        assert_eq!(resumed.status.code(), Some(2), "{resumed:?}");
        let told = String::from_utf8_lossy(&resumed.stderr).into_owned();
        assert!(told.contains("batch-00002.statements: cannot be gone on with: "), "{told}");
        assert!(
            text(&resumed).contains("items      30: 20 with their proof, 0 waiting, 0 not sealed, 10 in batches"),
            "{resumed:?}"
        );
        assert_eq!(read(&out, "batch-00002.statements"), old.as_bytes());
    }
    // A letter that an earlier run could not seal is missed in the next one too.
    let (last, _) = statements.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(out.join("batch-00002.statements"), format!("{last}\n")).unwrap();
    let resumed = run(&out, &["--aggregated", "--resume", "--tsa-latency", "1"]);
    assert_eq!(resumed.status.code(), Some(0), "{resumed:?}");
    assert_eq!(proven(&out), expected(30));
}

/// The octets of each seal that is stored, by the number of its batch, without the record that its timestamp brings.
fn seals(folder: &Path) -> BTreeMap<u64, Vec<u8>> {
    let mut seals = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some((batch, "unstamped" | "p7m")) = name.rsplit_once('.') else { continue };
        let Some(batch) = batch.strip_prefix("batch-") else { continue };
        // It may be removed at its end.
        let Ok(octets) = std::fs::read(folder.join(&name)) else { continue };
        let seal = BatchSeal::from_der(&octets).unwrap();
        let bare = seal.bare_seal().unwrap();
        let number = batch.parse().unwrap();
        assert_eq!(seal.stated().number(), number);
        assert!(seals.insert(number, bare.clone()).is_none_or(|other| other == bare), "two seals of batch {number}");
    }
    seals
}

/// Microseconds from the begin of a run until it is killed, where the last run got somewhere.
const LONGEST: u64 = 200_000;

/// `RECOMMANDE_KILLS` says for about how many kills there are letters enough.
#[test]
fn killed_at_random_moments_each_letter_gets_one_proof() {
    let wanted = std::env::var("RECOMMANDE_KILLS").map_or(10, |kills| kills.parse::<usize>().unwrap());
    let count = wanted * 48;
    let out = folder("aggregated-killed");
    std::fs::create_dir_all(&out).unwrap();
    let (items, mut moment, mut kills) = (count.to_string(), 0x9e37_79b9_7f4a_7c15_u64, 0);
    let (begun, mut longest) = (Instant::now(), LONGEST);
    let mut before = BTreeMap::new();
    loop {
        let mut command = example("high_volume");
        command.arg("--out").arg(&out).args(["--aggregated", "--resume", "--items", &items, "--batch", "16"]);
        command.args(["--tsa-latency", "3"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        moment ^= moment << 13;
        moment ^= moment >> 7;
        moment ^= moment << 17;
        sleep(Duration::from_micros(20_000 + moment % longest));
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let after = seals(&out);
        for (number, seal) in &before {
            assert!(after.get(number) == Some(seal), "batch {number} has another seal");
        }
        // A slow machine comes to the end as well.
        longest = if after.len() == before.len() { longest + LONGEST } else { LONGEST };
        before = after;
    }
    println!("{kills} kills, {count} letters in {:.1} s", begun.elapsed().as_secs_f64());
    assert!(kills >= 3, "{kills} kills");
    assert_eq!(proven(&out), expected(count));
    assert_eq!(states(&out), vec!["proven"; count]);
    for left in [".statements", ".unstamped", ".new"] {
        assert_eq!(files(&out, left), 0, "{left}");
    }
}
