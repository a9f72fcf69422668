//! A payload, a content or data that is given by its digest.

use std::process::Command;

use recommande::crypto::DigestAlgorithm;

use crate::common::{command_at, copied, folder, json, run, vector};
use crate::{assert_error, assert_told};

const NOW: &str = "2026-03-06T12:00:00Z";

fn digest(octets: &[u8]) -> String {
    DigestAlgorithm::Sha256.digest(octets).to_string()
}

fn letter() -> Vec<u8> {
    std::fs::read(vector("payload/letter.txt")).unwrap()
}

fn given(file: &str, digest: &str) -> Command {
    let mut command = command_at(NOW);
    command.arg(vector(file)).args(["--payload-digest", digest]);
    command
}

#[test]
fn a_payload_is_compared_by_any_of_its_digests() {
    let name = "good/sending.p7m";
    let sha_256 = digest(&letter());
    let hexadecimal = sha_256.strip_prefix("sha-256:").unwrap().to_uppercase();
    let sha_512 = DigestAlgorithm::Sha512.digest(&letter()).to_string();
    for text in [sha_256.clone(), format!("SHA256:{hexadecimal}"), sha_512] {
        assert_told(&mut given(name, &text), name, 0, &["payload-matches"]);
    }
    let (status, document) = json(&mut given(name, &digest(b"another letter")));
    let report = &document["files"][0]["reports"][0];
    assert_eq!((status, &report["sub_indication"]), (1, &"HASH_FAILURE".into()), "{report:#}");
    assert_told(&mut given(name, &digest(b"another letter")), name, 1, &["payload-differs"]);
    assert_told(command_at(NOW).arg(vector(name)), name, 0, &["payload-not-compared"]);
}

#[test]
fn what_is_no_digest_is_told() {
    for text in ["00", "md5:00", "sha256:00", "sha256:0g", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"] {
        assert_eq!(run(&mut given("good/sending.p7m", text)).0, 3, "{text}");
    }
    let letter = vector("payload/letter.txt");
    let sha_256 = digest(b"a letter");
    assert_error(given("good/sending.p7m", &sha_256).arg("--payload").arg(letter), "--payload-digest");
}

/// Of a signature, what is attached must be what is asked about.
#[test]
fn a_content_is_compared_by_its_digest() {
    let (payload_signature, sha_256) = ("good/payload-signature.p7s", digest(&letter()));
    assert_told(&mut given(payload_signature, &sha_256), payload_signature, 0, &["message-digest-matches"]);
    let other = digest(b"another letter");
    assert_told(&mut given(payload_signature, &other), payload_signature, 1, &["message-digest-differs"]);
    let folder = folder("digest-attached");
    copied(&folder, &[("good/sending.p7m", "attached.p7s")]);
    let attached = folder.join("attached.p7s");
    assert_eq!(run(command_at(NOW).arg(&attached)).0, 0);
    let (status, document) = json(command_at(NOW).arg(&attached).args(["--payload-digest", &sha_256]));
    let report = &document["files"][0]["reports"][0];
    assert_eq!((status, &report["sub_indication"]), (1, &"HASH_FAILURE".into()), "{report:#}");
}

#[test]
fn a_timestamp_is_compared_by_its_imprint() {
    let name = "foreign/response.tsr";
    assert_told(&mut given(name, &digest(&letter())), name, 0, &["chain-valid"]);
    let (status, document) = json(&mut given(name, &format!("sha256:{}", "07".repeat(32))));
    let report = &document["files"][0]["reports"][0];
    assert_eq!((status, &report["sub_indication"]), (1, &"HASH_FAILURE".into()), "{report:#}");
    assert_told(command_at(NOW).arg(vector(name)), name, 2, &["content-not-given"]);
    assert_eq!(run(&mut given(name, "sha256:00")).0, 3);
    // By a request too, which a manifest names.
    let folder = folder("imprint");
    for (request, expected) in [("letter", 0), ("other-letter", 1)] {
        let input = serde_json::json!({
            "payload": vector("payload/letter.txt"), "request": vector(&format!("foreign/{request}.tsq")),
        });
        let entry = serde_json::json!({ "vectors": [{ "file": vector(name), "input": input }] });
        let manifest = folder.join(format!("{request}.json"));
        std::fs::write(&manifest, entry.to_string()).unwrap();
        assert_eq!(run(command_at(NOW).arg("--manifest").arg(manifest)).0, expected, "{request}");
    }
}
