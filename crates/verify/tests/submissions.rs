//! What senders signed: found beside the sending that states it, and judged by anchors of their own.

mod common;

use std::process::Command;

use common::{bare, copied, folder, json, vector};
use serde_json::Value;

/// The command with the anchors of the vectors.
fn command() -> Command {
    let mut command = bare();
    command.arg("--seal-anchors").arg(vector("anchors/seal.pem"));
    command.arg("--tsa-anchors").arg(vector("anchors/tsa.pem"));
    command.args(["--environment", "Test", "--now", "2026-05-01T12:00:00Z"]);
    command
}

/// The same, with the anchors of senders.
fn with_senders() -> Command {
    let mut command = command();
    command.arg("--sender-anchors").arg(vector("anchors/submissions.pem"));
    command
}

/// The codes of the findings of a file.
fn codes(document: &Value, name: &str) -> Vec<String> {
    let files = document["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["file"].as_str().unwrap().ends_with(name)).unwrap();
    let findings = file["reports"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// The codes about submissions that the manifest's way gives, which names the files.
fn by_manifest(folder: &std::path::Path, sending: &str, submission: &str) -> Vec<String> {
    let (sending, json_file) = (vector(sending), vector(&format!("submission/{submission}.submission.json")));
    let entry = serde_json::json!({ "vectors": [{ "id": "one.p7m", "file": sending, "input": { "submission": {
        "anchors": vector("anchors/submissions.pem"), "json": json_file, "signature": json_file.with_extension("p7s"),
    } } }] });
    let manifest = folder.join("manifest.json");
    std::fs::write(&manifest, entry.to_string()).unwrap();
    let (_, document) = json(command().arg("--manifest").arg(manifest));
    codes(&document, "one.p7m")
}

#[test]
fn a_sending_finds_what_its_sender_signed_whatever_the_files_are_called() {
    let folder = folder("submissions-found");
    copied(
        &folder,
        &[
            ("submission/sending.p7m", "b.p7m"),
            ("submission/letter.submission.json", "a.json"),
            ("submission/letter.submission.p7s", "a.p7s"),
            ("submission/twin.submission.json", "c.json"),
            ("submission/twin.submission.p7s", "c.p7s"),
        ],
    );
    let (status, document) = json(with_senders().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{document:#}");
    assert_eq!(document["totals"]["ignored"], 4);
    let expected = by_manifest(&folder, "submission/sending.p7m", "letter");
    assert_eq!(codes(&document, "b.p7m"), expected);
    assert!(!expected.contains(&"submission-not-given".to_owned()), "{expected:?}");
    // Nobody asked about senders, and the signature is no file of its own all the same.
    std::fs::remove_file(folder.join("manifest.json")).unwrap();
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{document:#}");
    assert!(codes(&document, "b.p7m").contains(&"submission-not-given".to_owned()), "{document:#}");
}

#[test]
fn a_submission_by_an_option_is_compared_and_serves_a_file() {
    let submission = |name: &str| vector(&format!("submission/{name}.submission.json"));
    let (status, _) =
        json(with_senders().arg(vector("submission/sending.p7m")).arg("--submission").arg(submission("letter")));
    assert_eq!(status, 0);
    // Another one than the sending states: alone it is compared, and among several proofs nothing is about it.
    let (status, document) =
        json(with_senders().arg(vector("submission/sending.p7m")).arg("--submission").arg(submission("twin")));
    let decided = &document["files"][0]["reports"][0]["decided_by"]["code"];
    assert_eq!((status, decided), (1, &"submission-differs".into()), "{document:#}");
    let mut several = with_senders();
    several.args([vector("submission/sending.p7m"), vector("good/sending.p7m")]);
    let (status, document) = json(several.arg("--submission").arg(submission("twin")));
    assert_eq!((status, &document["totals"]["errors"]), (3, &1.into()), "{document:#}");
    // A signature that is broken, and one of somebody who is not trusted.
    for (name, expected) in [("signature-invalid", 1), ("not-trusted", 2)] {
        let sending = vector(&format!("submission/{name}.p7m"));
        let (status, document) = json(with_senders().arg(sending).arg("--submission").arg(submission(name)));
        assert_eq!(status, expected, "{name}: {document:#}");
    }
}

#[test]
fn a_submission_without_its_signature_or_anchors_is_an_error() {
    let folder = folder("submissions-alone");
    copied(&folder, &[("submission/letter.submission.json", "a.json")]);
    let sending = vector("submission/sending.p7m");
    let (status, _) = json(with_senders().arg(&sending).arg("--submission").arg(folder.join("a.json")));
    assert_eq!(status, 3);
    let (status, _) =
        json(command().arg(&sending).arg("--submission").arg(vector("submission/letter.submission.json")));
    assert_eq!(status, 3);
    // The signature alone is judged as one.
    let (_, document) = json(command().arg(vector("submission/letter.submission.p7s")));
    assert_eq!(document["files"][0]["kind"], "signature");
    let (status, _) = json(with_senders().arg(vector("submission/letter.submission.json")));
    assert_eq!(status, 3, "there is nothing to judge");
}
