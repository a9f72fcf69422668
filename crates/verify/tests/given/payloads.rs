//! A payload is given in one way for every kind of file.

use std::process::Command;

use crate::common::{command, json, vector};
use crate::{assert_error, assert_told};

/// The command for these files, with these payloads.
fn given(files: &[&str], payloads: &[&str]) -> Command {
    let mut command = command();
    command.args(files.iter().map(|file| vector(file)));
    for payload in payloads {
        command.arg("--payload").arg(vector(&format!("payload/{payload}")));
    }
    command
}

#[test]
fn a_payload_is_a_data_object_of_a_record() {
    let record = "record/single.ers";
    assert_told(&mut given(&[record], &["letter.txt"]), record, 0, &["evidence-record-object-covered"]);
    assert_told(&mut given(&[record], &["other-letter.txt"]), record, 1, &["evidence-record-object-not-covered"]);
    let digest =
        recommande::crypto::DigestAlgorithm::Sha256.digest(&std::fs::read(vector("payload/letter.txt")).unwrap());
    let mut by_digest = given(&[record], &[]);
    assert_told(
        by_digest.args(["--payload-digest", &digest.to_string()]),
        record,
        0,
        &["evidence-record-object-covered"],
    );
    // Beside another data object, of a group.
    let (group, other) = ("record/group.ers", vector("payload/other-letter.txt"));
    let covered = ["evidence-record-object-covered"];
    assert_told(given(&[group], &["letter.txt"]).arg("--data").arg(other), group, 0, &covered);
}

/// Of several, each file takes the one that it is about, and one that none is about is an error.
#[test]
fn each_kind_of_file_takes_its_own_of_several_payloads() {
    let files = ["good/sending.p7m", "record/single.ers", "record/of-3.ers", "foreign/response.tsr"];
    for file in files {
        let (status, document) = json(&mut given(&[file], &["other-letter.txt", "letter.txt"]));
        let told = document["files"].as_array().unwrap();
        assert_eq!(told[0]["indication"], "TOTAL-PASSED", "{file}: {}", told[0]);
        let error = told[1]["error"].as_str().unwrap();
        assert!(status == 3 && error.contains("no file that is judged is about this payload"), "{file}: {error}");
    }
    let (status, document) =
        json(&mut given(&["good/sending.p7m", "record/group.ers"], &["other-letter.txt", "letter.txt"]));
    assert_eq!((status, document["totals"]["passed"].as_u64()), (0, Some(2)), "{document:#}");
    assert_error(&mut given(&["record/truncated.ers"], &["letter.txt", "other-letter.txt"]), "about this payload");
}
