//! The example `erase`, and `verify` with a disclosure, as a user runs them.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::common::example::example;
use recommande::evidence::Disclosure;
use serde_json::Value;

const NISS: &str = "85073003328";
const PATH: &str = "/RecipientDetails/0/Identifier/value";

/// A folder with a proof and its disclosure, which are files of the vectors.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors");
    for (from, to) in [
        ("good/committed.p7m", "letter.p7m"),
        ("good/committed-opening.p7m", "opening.p7m"),
        ("commitment/sending.disclosure.json", "letter.disclosure.json"),
        ("commitment/opening.disclosure.json", "opening.disclosure.json"),
        ("commitment/another-person.disclosure.json", "another.disclosure.json"),
        ("anchors/seal.pem", "seal-anchors.pem"),
        ("anchors/tsa.pem", "tsa-anchors.pem"),
        ("payload/letter.txt", "letter.txt"),
    ] {
        std::fs::copy(vectors.join(from), folder.join(to)).unwrap();
    }
    folder
}

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    const GIVEN: [&str; 8] = [
        "--seal-anchors",
        "seal-anchors.pem",
        "--tsa-anchors",
        "tsa-anchors.pem",
        "--environment",
        "Test",
        "--now",
        "2026-03-05T08:00:00Z",
    ];
    let output = example("verify").current_dir(folder).args(arguments).args(GIVEN).output().unwrap();
    let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!shown.contains(NISS), "{shown}");
    output
}

fn assert_report(folder: &Path, arguments: &[&str], status: i32, codes: &[&str]) {
    let output = verify(folder, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    for code in codes {
        assert!(findings.iter().any(|finding| finding["code"] == *code), "{arguments:?}: no {code} in {report:#}");
    }
}

fn assert_usage(folder: &Path, arguments: &[&str], word: &str) {
    let output = verify(folder, arguments);
    assert_eq!(output.status.code(), Some(3), "{arguments:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(word), "{word} in {error}");
}

#[test]
fn erase_forgets_the_recipient_and_the_proof_still_passes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("erase");
    let output = example("erase").arg(&folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let expected = [
        "with its disclosure: TOTAL-PASSED; the recipient: 85073003328",
        "after the recipient was erased: TOTAL-PASSED; the recipient: nobody can say",
        "after all was erased: TOTAL-PASSED; the recipient: nobody can say",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert!(!folder.join("letter.disclosure.json").exists());
    let proof = std::fs::read(folder.join("letter.p7m")).unwrap();
    for erased in [NISS, "Building permit", "letter.txt"] {
        assert!(!proof.windows(erased.len()).any(|window| window == erased.as_bytes()), "{erased}");
    }
}

#[test]
fn erase_takes_a_folder_and_tells_its_usage() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("erase-usage");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let run = |arguments: &[&str]| {
        let output = example("erase").current_dir(&folder).args(arguments).output().unwrap();
        let text = |octets| String::from_utf8(octets).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, told, error) = run(&["--help"]);
    assert!(status == Some(0) && told.starts_with("usage: erase") && error.is_empty(), "{status:?}: {told}{error}");
    for wrong in [&["--out", "foo"][..], &["foo", "bar"], &["--ou"]] {
        let (status, told, error) = run(wrong);
        assert!(status == Some(3) && told.is_empty() && error.contains("usage: erase"), "{status:?}: {told}{error}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::write(folder.join("a-file"), "mine").unwrap();
    let (status, told, error) = run(&["a-file"]);
    assert!(status == Some(3) && told.is_empty() && error.starts_with("erase: a-file: "), "{status:?}: {told}{error}");
    assert!(!error.contains("Os {"), "{error}");
    assert_eq!(run(&["new"]).0, Some(0));
    assert!(folder.join("new/letter.p7m").exists());
}

#[test]
fn verify_takes_the_disclosures_of_a_proof_and_of_its_sending() {
    let folder = folder("disclosures");
    assert_report(&folder, &["letter.p7m"], 0, &["identity-not-disclosed"]);
    let disclosed = ["letter.p7m", "--payload", "letter.txt", "--disclosure", "letter.disclosure.json"];
    assert_report(&folder, &disclosed, 0, &["identity-disclosed", "payload-matches"]);
    let another = ["letter.p7m", "--disclosure", "another.disclosure.json"];
    assert_report(&folder, &another, 1, &["disclosure-differs"]);
    let of_opening = ["letter.p7m", "--disclosure", "opening.disclosure.json"];
    assert_report(&folder, &of_opening, 1, &["disclosure-of-another-proof"]);
    let opening = ["opening.p7m", "--sending", "letter.p7m"];
    assert_report(&folder, &opening, 0, &["sending-matches", "commitments-not-compared"]);
    let both = ["--disclosure", "opening.disclosure.json", "--sending-disclosure", "letter.disclosure.json"];
    assert_report(&folder, &[opening.as_slice(), &both].concat(), 0, &["sending-matches", "identity-disclosed"]);

    // A policy that demands who it is, after the recipient was erased.
    let json = std::fs::read(folder.join("letter.disclosure.json")).unwrap();
    let rest = Disclosure::from_json(&json).unwrap().without(PATH).unwrap().unwrap();
    std::fs::write(folder.join("rest.json"), rest.to_json()).unwrap();
    std::fs::write(folder.join("demanding.json"), r#"{"levels": {"identity-not-disclosed": "fail"}}"#).unwrap();
    let demanding = |disclosure| ["letter.p7m", "--policy", "demanding.json", "--disclosure", disclosure];
    assert_report(&folder, &demanding("rest.json"), 2, &["identity-disclosed", "identity-not-disclosed"]);
    assert_report(&folder, &demanding("letter.disclosure.json"), 0, &["identity-disclosed"]);

    let text = String::from_utf8(json).unwrap();
    std::fs::write(folder.join("broken.json"), &text[..text.len() - 9]).unwrap();
    assert_usage(&folder, &["letter.p7m", "--disclosure", "broken.json"], "broken.json: the disclosure cannot be read");
    assert_usage(&folder, &["letter.p7m", "--disclosure", "missing.json"], "missing.json");
    assert_usage(&folder, &["letter.p7m", "--sending-disclosure", "letter.disclosure.json"], "--sending");
}
