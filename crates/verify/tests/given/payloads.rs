//! A payload is given in one way for every kind of file.

use std::process::Command;

use chrono::TimeDelta;
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::Renewer;
use recommande::rfc3161_client::{MessageImprint, TimeStampReq};
use recommande::time::record::ReducedHashTree;
use recommande::verify::ContentDigests;
use serde_json::json as value;

use crate::common::{command, folder, json, vector};
use crate::service::{Service, later, sent_at};
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

/// A record takes each payload that its first hash tree is over. One that a new hash tree left out is no longer proven, whether it is given as a payload or
/// as data, and in whatever order.
#[test]
fn a_payload_that_a_new_hash_tree_left_out_fails_its_record() {
    let service = Service::new("payloads-left-out");
    let (first, second) = (DigestAlgorithm::Sha256, DigestAlgorithm::Sha512);
    let object = |octets: &[u8]| ContentDigests::new([first, second].map(|algorithm| algorithm.digest(octets)));
    let objects = [object(b"a"), object(b"b")];
    let group = ReducedHashTree::of_group(first, [first.digest(b"a"), first.digest(b"b")]).unwrap();
    let imprint = MessageImprint::new(first.oid(), group.root(&first.digest(b"a")).unwrap().as_bytes());
    let token = service.tsas(sent_at()).timestamp(&TimeStampReq::new(imprint)).unwrap();
    let record = group.to_evidence_record(first, &token);
    let (verifier, renewed_at) = (service.verifier(), sent_at() + TimeDelta::hours(1));
    let of_tsa = service.pki.tsa_revocation(renewed_at, later()).unwrap();
    let renewer = Renewer::new(&verifier).with_algorithm(second).with_revocation(of_tsa);
    let renewed = |objects: &[ContentDigests]| {
        renewer.renew_record_of_group(&record, objects, &service.tsas(renewed_at), renewed_at).unwrap()
    };
    service.write("a.txt", b"a");
    service.write("b.txt", b"b");
    service.write("both.ers", &renewed(&objects));
    service.write("one.ers", &renewed(&objects[..1]));
    let told = |record: &str, options: &[&str]| {
        let (status, document) = json(service.command().arg(record).args(options));
        (status, document["files"][0]["indication"].as_str().unwrap().to_owned())
    };
    let (passed, failed) = ((0, "TOTAL-PASSED".to_owned()), (1, "TOTAL-FAILED".to_owned()));
    assert_eq!(told("one.ers", &["--payload", "a.txt"]), passed);
    for (one, other) in [("a.txt", "b.txt"), ("b.txt", "a.txt")] {
        for options in [
            ["--payload", one, "--payload", other],
            ["--data", one, "--data", other],
            ["--data", one, "--payload", other],
        ] {
            assert_eq!(told("both.ers", &options), passed, "{options:?}");
            assert_eq!(told("one.ers", &options), failed, "{options:?}");
        }
    }
}

/// What an entry of a manifest gives as a payload is compared as it is by the option.
#[test]
fn a_record_of_a_manifest_is_compared_with_its_payload() {
    let manifest = folder("payloads-entry").join("m.json");
    let told = |input: serde_json::Value| {
        let entry = value!({ "id": "one.ers", "file": vector("record/single.ers"), "input": input });
        std::fs::write(&manifest, value!({ "vectors": [entry] }).to_string()).unwrap();
        let mut asked = command();
        asked.arg("--manifest").arg(&manifest);
        asked
    };
    let payload = |name: &str| told(value!({ "payload": vector(&format!("payload/{name}")) }));
    assert_told(&mut payload("letter.txt"), "one.ers", 0, &["evidence-record-object-covered"]);
    assert_told(&mut payload("other-letter.txt"), "one.ers", 1, &["evidence-record-object-not-covered"]);
    let digest = DigestAlgorithm::Sha256.digest(b"another letter").to_string();
    let by_digest = &mut told(value!({ "payload_digests": [digest] }));
    assert_told(by_digest, "one.ers", 1, &["evidence-record-object-not-covered"]);
}
