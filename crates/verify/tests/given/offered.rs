//! Certificates, revocation data, evidence records and proofs of logs that are offered to all files.

use base64ct::{Base64, Encoding as _};
use chrono::TimeDelta;
use recommande::testing::TestPki;
use serde_json::Value;

use crate::common::{command_at, folder, vector};
use crate::service::sent_at;
use crate::{assert_error, assert_told};

const NOW: &str = "2026-03-06T12:00:00Z";

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// All of them are of others: they are taken up, and change nothing.
#[test]
fn certificates_and_revocation_data_are_taken_in_any_form() {
    let folder = folder("offered");
    let pki = TestPki::new(sent_at()).unwrap();
    let data = pki.seal_revocation(sent_at(), sent_at() + TimeDelta::days(7)).unwrap();
    let (certificate, crl) = (pki.seal.certificate.der(), data.crls()[0].der());
    let bundle = format!("{}{}", pem("CERTIFICATE", certificate), pem("X509 CRL", crl));
    let files: [(&str, &[u8]); 5] = [
        ("extra.crt", certificate),
        ("extra.crl", crl),
        ("extra.pem", bundle.as_bytes()),
        ("extra.b64", Base64::encode_string(crl).leak().as_bytes()),
        ("crl.pem", pem("X509 CRL", crl).leak().as_bytes()),
    ];
    let mut command = command_at(NOW);
    command.arg(vector("good/b-lt-crl.p7m"));
    for (name, octets) in files {
        std::fs::write(folder.join(name), octets).unwrap();
        command.arg("--extra").arg(folder.join(name));
    }
    assert_told(&mut command, "b-lt-crl.p7m", 0, &["not-revoked"]);
    for refused in ["payload/letter.txt", "no-such-file", "good/sending.p7m"] {
        let mut command = command_at(NOW);
        assert_error(command.arg(vector("good/sending.p7m")).arg("--extra").arg(vector(refused)), refused);
    }
}

/// What is offered to a proof that lacks it decides.
#[test]
fn what_a_proof_lacks_is_offered() {
    for (name, extra, policy) in [
        ("tsa-certificate-offered.p7m", "extra/tsa.pem", "default"),
        ("revocation-beside.p7m", "extra/not-revoked.pem", "strict"),
    ] {
        let asked = || {
            let mut command = command_at("2026-03-03T12:00:00Z");
            command.arg(vector(&format!("good/{name}"))).args(["--policy", policy]);
            command
        };
        assert_told(&mut asked(), name, 2, &[]);
        assert_told(asked().arg("--extra").arg(vector(extra)), name, 0, &[]);
    }
}

#[test]
fn a_record_and_one_of_another_file_are_told_apart() {
    let mut command = command_at(NOW);
    command.arg(vector("good/sending.p7m"));
    for record in ["over-proof", "single"] {
        command.arg("--record").arg(vector(&format!("record/{record}.ers")));
    }
    let expected = ["evidence-record-object-covered", "evidence-record-of-another-file"];
    assert_told(&mut command, "sending.p7m", 0, &expected);
    // A signature by anybody takes one too.
    let folder = folder("record-of-signature");
    std::fs::copy(vector("good/sending.p7m"), folder.join("a.p7s")).unwrap();
    let mut command = command_at(NOW);
    command.arg(folder.join("a.p7s")).arg("--record").arg(vector("record/over-proof.ers"));
    assert_told(&mut command, "a.p7s", 0, &["evidence-record-object-covered"]);
    for refused in ["no-such-file", "payload"] {
        let mut command = command_at(NOW);
        assert_error(command.arg(vector("good/sending.p7m")).arg("--record").arg(vector(refused)), refused);
    }
}

#[test]
fn the_proof_of_a_log_counts_by_the_policy() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let entry = manifest["vectors"].as_array().unwrap().iter().find(|entry| entry["id"] == "log/included").unwrap();
    let policy = folder("log-by-option").join("policy");
    std::fs::write(&policy, entry["input"]["policy"].to_string()).unwrap();
    let asked = || {
        let mut command = command_at("2026-03-03T12:00:00Z");
        command.arg(vector("good/sending.p7m")).arg("--policy").arg(&policy);
        command
    };
    let good = vector("log/good.tlog-proof");
    assert_told(asked().arg("--log-proof").arg(good), "sending.p7m", 0, &["log-included"]);
    assert_told(&mut asked(), "sending.p7m", 2, &["log-demanded"]);
}
