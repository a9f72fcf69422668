//! What `doctor` says of keys, certificates, anchors, revocation data, TSAs and clocks, by its output and its exit status.

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use chrono::{DateTime, Duration, Utc};
use common::{assert_snapshot, bare, folder, lines, run};
use recommande::testing::{CertificateSpec, TestPki, TestTsa};
use recommande::{Certificate, SigningKey};
use serde_json::Value;

const KEY: &str = include_str!("../../../tests/seal/keys/p-256.pem");

/// The passphrase of the encrypted one.
const PASSPHRASE: &str = "swordfish";

/// The files of a service, whose key is [`KEY`].
struct Service {
    pki: TestPki,
    folder: PathBuf,
}

fn pem(label: &str, der: &[u8]) -> String {
    let lines = Base64::encode_string(der);
    let lines: Vec<&str> = lines.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl Service {
    /// Writes the files of a service whose certificate ends then.
    fn ending(name: &str, not_after: DateTime<Utc>) -> Self {
        let folder = folder(&format!("doctor-{name}"));
        let pki = TestPki::new(Utc::now()).unwrap();
        let spec = CertificateSpec::seal("A Seal", Utc::now() - Duration::days(1), not_after);
        let spec = spec.with_organization("A Service", "NTRBE-0406798006");
        let seal = pki.intermediate.issue(&spec, Arc::new(SigningKey::from_pem(KEY).unwrap())).unwrap();
        let service = Self { pki, folder };
        let chain = [seal.certificate, service.pki.intermediate.certificate.clone()];
        let chain: String =
            chain.iter().map(|certificate: &Certificate| pem("CERTIFICATE", certificate.der())).collect();
        service.write("chain.pem", &chain);
        service.write("key.pem", KEY);
        service.write("seal.pem", &service.pki.seal_anchors_pem());
        service.write("tsa.pem", &service.pki.tsa_anchors_pem());
        service
    }

    fn new(name: &str) -> Self {
        Self::ending(name, Utc::now() + Duration::days(400))
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }

    fn doctor(&self) -> Command {
        let mut command = bare();
        command.arg("doctor").current_dir(&self.folder).args(["--environment", "Test"]);
        command
    }

    /// The command for the means to seal, with everything in its place.
    fn whole(&self) -> Command {
        let mut command = self.doctor();
        command.args(["--chain", "chain.pem", "--key", "key.pem", "--issuer", "BE/BE/0406798006"]);
        command.args(["--seal-anchors", "seal.pem", "--tsa-anchors", "tsa.pem"]);
        command
    }
}

/// The document, which is by its schema, and the exit status.
fn json(command: &mut Command) -> (i32, Value) {
    let (status, out, _) = run(command.args(["--format", "json"]));
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
    let schema: Value = serde_json::from_str(include_str!("../schema/doctor.schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    if let Some(error) = validator.iter_errors(&document).next() {
        panic!("{}: {error}", error.instance_path());
    }
    assert_eq!(document["status"], status);
    (status, document)
}

/// The outcomes of the checks of one thing.
fn outcomes<'d>(document: &'d Value, what: &str) -> Vec<&'d str> {
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["what"].as_str().unwrap().starts_with(what))
        .map(|check| check["outcome"].as_str().unwrap())
        .collect()
}

fn upcoming<'d>(document: &'d Value, concern: &str) -> Vec<&'d str> {
    let upcoming = document["upcoming"].as_array().unwrap().iter();
    upcoming.filter(|told| told["concern"] == concern).map(|told| told["urgency"].as_str().unwrap()).collect()
}

#[test]
fn a_service_that_is_well_has_time() {
    let service = Service::new("well");
    let (status, document) = json(&mut service.whole());
    assert_eq!(status, 0, "{document:#}");
    assert_eq!(outcomes(&document, "key"), ["passed"]);
    assert_eq!(outcomes(&document, "seals").first(), Some(&"passed"));
    assert_eq!(outcomes(&document, "tsa"), ["not-checked"]);
    assert_eq!(upcoming(&document, "seals"), ["later"]);
    // Nothing was given that says if the certificate is revoked: it passes, and somebody should know.
    assert!(outcomes(&document, "seals").contains(&"warning"), "{document:#}");
    let (status, text, _) = run(&mut service.whole());
    assert_eq!(status, 0);
    assert!(text.contains("passed      key: ") && text.contains("later       seals: by "), "{text}");
    let (_, quiet, _) = run(service.whole().arg("--quiet"));
    assert!(!quiet.contains("passed") && !quiet.contains("later"), "{quiet}");
}

/// What a program reads of the means to seal. Texts with numbers, such as times, are of this run.
#[test]
fn the_json_is_as_it_was() {
    let (_, mut document) = json(&mut Service::ending("json", Utc::now() + Duration::days(30)).whole());
    let of_run = |value: &mut Value| {
        if value.as_str().is_some_and(|text| text.contains(|character: char| character.is_ascii_digit())) {
            *value = "of this run".into();
        }
    };
    ["version", "checked_at"].into_iter().for_each(|member| of_run(&mut document[member]));
    for list in ["checks", "upcoming"] {
        let told = document[list].as_array_mut().unwrap().iter_mut();
        told.flat_map(|told| told.as_object_mut().unwrap().values_mut()).for_each(of_run);
    }
    let mut told = String::new();
    lines("doctor", &document, 3, &mut told);
    let (_, mut refused) = json(bare().args(["doctor", "--chain", "chain.pem"]));
    ["version", "checked_at", "error"].into_iter().for_each(|member| refused[member] = "of this run".into());
    lines("refused", &refused, 3, &mut told);
    assert_snapshot("doctor.txt", &told);
}

#[test]
fn a_certificate_that_ends_soon_is_to_be_renewed_now() {
    let service = Service::ending("soon", Utc::now() + Duration::days(30));
    let (status, document) = json(&mut service.whole());
    assert_eq!((status, upcoming(&document, "seals")), (2, vec!["due"]));
    let later = (Utc::now() + Duration::days(31)).to_rfc3339();
    let (status, document) = json(service.whole().args(["--now", &later]));
    assert_eq!((status, upcoming(&document, "seals")), (1, vec!["past"]), "{document:#}");
    assert_eq!(outcomes(&document, "seals").first(), Some(&"failed"));
}

#[test]
fn a_key_without_its_certificate_fails_and_is_not_repeated() {
    let service = Service::new("keys");
    service.write("key.pem", include_str!("../../../tests/seal/keys/encrypted-aes-256.pem"));
    let (status, document) = json(&mut service.whole());
    assert_eq!((status, outcomes(&document, "key")), (1, vec!["failed"]), "{document:#}");
    assert!(document["checks"][0]["because"].as_str().unwrap().contains("encrypted"), "{document:#}");
    service.write("key.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    let (status, out, told) = run(&mut service.whole());
    assert_eq!(status, 1);
    assert!(!out.contains("c2VjcmV0") && !told.contains("c2VjcmV0"), "{out}{told}");
    std::fs::write(service.folder.join("key.pem"), b"-----BEGIN \xff secret").unwrap();
    let (status, out, told) = run(&mut service.whole());
    assert_eq!(status, 3);
    assert!(!out.contains("secret") && !told.contains("secret"), "{out}{told}");
    // A key that is elsewhere is not tried.
    let remote = || {
        let mut command = service.doctor();
        command.args(["--chain", "chain.pem", "--issuer", "BE/BE/0406798006", "--seal-anchors", "seal.pem"]);
        json(&mut command)
    };
    let (status, document) = remote();
    assert_eq!((status, outcomes(&document, "key")), (0, vec!["not-checked"]), "{document:#}");
    // Certificates in reverse order.
    let chain = std::fs::read_to_string(service.folder.join("chain.pem")).unwrap();
    let second = chain.rfind("-----BEGIN").unwrap();
    service.write("chain.pem", &format!("{}{}", &chain[second..], &chain[..second]));
    let (status, document) = remote();
    assert_eq!(
        (status, outcomes(&document, "key"), outcomes(&document, "seals")),
        (1, vec!["failed"], vec!["not-checked"])
    );
    service.write("chain.pem", "no certificates");
    let (status, document) = remote();
    assert_eq!((status, outcomes(&document, "chain")), (1, vec!["failed"]), "{document:#}");
    assert_eq!(outcomes(&document, "seals"), ["not-checked"]);
    // A certificate that is for RSASSA-PSS alone, and one that is so with SHA-384.
    for chain in [include_str!("keys/pss.pem"), include_str!("keys/pss-sha-384.pem")] {
        service.write("chain.pem", chain);
        let (_, document) = remote();
        assert_eq!(outcomes(&document, "key"), ["not-checked"], "{document:#}");
    }
}

#[test]
fn an_encrypted_key_is_read_with_its_passphrase() {
    let service = Service::new("passphrase");
    service.write("key.pem", include_str!("../../../tests/seal/keys/encrypted-aes-256.pem"));
    for (passphrase, is_right) in [("wrong", false), (PASSPHRASE, true)] {
        service.write("passphrase", &format!("{passphrase}\n"));
        let (status, document) = json(service.whole().args(["--passphrase-file", "passphrase"]));
        assert_eq!(status == 0, is_right, "{document:#}");
        assert!(!document.to_string().contains(PASSPHRASE), "{document:#}");
    }
    std::fs::write(service.folder.join("passphrase"), b"swordfish \xff").unwrap();
    let (status, _, told) = run(service.whole().args(["--passphrase-file", "passphrase"]));
    assert!(status == 3 && told.contains("passphrase: no text in UTF-8") && !told.contains("swordfish"), "{told}");
}

#[test]
fn anchors_issuer_policy_and_revocation_data_decide() {
    let service = Service::new("decide");
    // The anchors of TSAs are none for seals.
    let mut exchanged = service.doctor();
    exchanged.args(["--chain", "chain.pem", "--issuer", "BE/BE/0406798006", "--seal-anchors", "tsa.pem"]);
    let (status, document) = json(&mut exchanged);
    assert_eq!((status, outcomes(&document, "seals")[0], upcoming(&document, "seals")), (1, "failed", vec!["past"]));
    let mut another = service.doctor();
    another.args(["--chain", "chain.pem", "--issuer", "BE/BE/0566988259", "--seal-anchors", "seal.pem"]);
    let (status, document) = json(&mut another);
    assert!(status == 0 && document["checks"].to_string().contains("names another organisation"), "{document:#}");
    // A warning leaves the status, and the policy of the README makes a failure of it.
    service.write("raised.json", r#"{"levels": {"issuer-not-in-certificate": "fail"}}"#);
    assert_eq!(run(another.args(["--policy", "raised.json"])).0, 1);

    // Under `strict` a seal needs revocation data, which ends.
    let (status, document) = json(service.whole().args(["--policy", "strict"]));
    assert_eq!((status, outcomes(&document, "seals")[0]), (1, "failed"), "{document:#}");
    let now = Utc::now();
    let data = service.pki.seal_revocation(now - Duration::days(1), now + Duration::days(7)).unwrap();
    let crls: String = data.crls().iter().map(|crl| pem("X509 CRL", crl.der())).collect();
    service.write("crls.pem", &crls);
    let with_crls = |option: &str, days: i64| {
        let now = (now + Duration::days(days)).to_rfc3339();
        json(service.whole().args(["--policy", "strict", option, "crls.pem", "--now", &now]))
    };
    for option in ["--revocation", "--extra"] {
        let (status, document) = with_crls(option, 0);
        assert_eq!((status, outcomes(&document, "seals")[0]), (0, "passed"), "{document:#}");
        assert!(upcoming(&document, "revocation-data").iter().all(|urgency| *urgency == "later"), "{document:#}");
        let (status, document) = with_crls(option, 6);
        assert_eq!((status, upcoming(&document, "revocation-data")[0]), (2, "due"), "{document:#}");
        let (status, document) = with_crls(option, 8);
        assert_eq!((status, outcomes(&document, "seals")[0]), (1, "failed"), "{document:#}");
    }
}

/// Answers every request with a timestamp whose clock differs by so much, and returns the URL.
fn serve(pki: &TestPki, ahead: Duration) -> String {
    let tsa = TestTsa::new(pki).with_clock(move || Utc::now() + ahead);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/tsa?token=secret", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
            let body = loop {
                let count = stream.read(&mut buffer).unwrap();
                read.extend_from_slice(&buffer[..count]);
                let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
                let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
                let length: usize =
                    head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
                if read.len() >= end + 4 + length {
                    break read[end + 4..].to_vec();
                }
            };
            let reply = tsa.respond(&body);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            stream.write_all(&[head.as_bytes(), &reply].concat()).unwrap();
        }
    });
    url
}

#[test]
fn each_tsa_is_tried_and_its_clock_compared() {
    let (service, stranger) = (Service::new("tsas"), Service::new("tsas-of-another"));
    let tried = |urls: &[&str]| {
        let mut command = service.doctor();
        command.args(["--tsa-anchors", "tsa.pem"]);
        for url in urls {
            command.args(["--tsa", url]);
        }
        json(&mut command)
    };
    let good = serve(&service.pki, Duration::zero());
    let (status, document) = tried(&[&good]);
    assert_eq!((status, outcomes(&document, "tsa")[0]), (0, "passed"), "{document:#}");
    assert_eq!((upcoming(&document, "tsa"), upcoming(&document, "clock").len()), (vec!["later"], 0));
    assert!(!document.to_string().contains("secret"), "{document:#}");

    let behind = serve(&service.pki, Duration::minutes(-5));
    let (status, document) = tried(&[&good, &behind]);
    assert_eq!((status, upcoming(&document, "clock")), (1, vec!["past"]), "{document:#}");
    let untrusted = serve(&stranger.pki, Duration::zero());
    let (status, document) = tried(&[&untrusted]);
    assert_eq!((status, outcomes(&document, "tsa")[0]), (1, "failed"), "{document:#}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (status, document) = tried(&[&good, &format!("http://{closed}/")]);
    assert_eq!((status, outcomes(&document, &format!("tsa http://{closed}/"))[0]), (1, "failed"), "{document:#}");
    assert_eq!(upcoming(&document, "tsa"), ["past", "later"], "{document:#}");
    // People read once why.
    let mut command = service.doctor();
    let (status, text, _) = run(command.args(["--tsa-anchors", "tsa.pem", "--tsa", &format!("http://{closed}/")]));
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("connection refused")).collect();
    assert!(status == 1 && lines.len() == 1 && lines[0].starts_with("failed "), "{text}");
}

#[test]
fn what_could_not_be_checked_is_an_error_in_the_document_too() {
    let service = Service::new("errors");
    let is_told = |command: &mut Command| {
        let (status, document) = json(command);
        assert_eq!(status, 3, "{document:#}");
        document["error"].as_str().unwrap().to_owned()
    };
    assert!(is_told(&mut service.doctor()).contains("--chain"));
    assert!(is_told(service.doctor().args(["--chain", "chain.pem"])).contains("--issuer"));
    assert!(is_told(service.whole().args(["--extra", "missing.pem"])).contains("missing.pem"));
    assert!(is_told(service.whole().args(["--tsa", "ftp://example.org/"])).contains("--tsa"));
    assert!(is_told(service.whole().args(["--policy", "lenient"])).contains("--policy"));
    // The clock of today belongs to a TSA of today.
    assert!(
        is_told(service.doctor().args(["--tsa", "http://127.0.0.1:1/", "--now", "2026-01-01T00:00:00Z"]))
            .contains("--now")
    );
    let (status, out, _) = run(bare().args(["doctor", "--help"]));
    assert_eq!(status, 0);
    assert!(out.contains("--chain") && out.contains("Exit status"), "{out}");
}

/// A service has the names of its files in one place.
#[test]
fn a_file_names_the_means_as_the_options_do() {
    let service = Service::new("config");
    let means = serde_json::json!({
        "chain": "chain.pem", "key": "key.pem", "issuer": "BE/BE/0406798006", "seal_anchors": "seal.pem",
        "tsa_anchors": "tsa.pem", "environment": "Test",
    });
    // Somebody else's folder: what the file names lies beside it.
    let with = |means: &Value, options: &[&str]| {
        service.write("config.json", &means.to_string());
        let mut command = bare();
        json(command.args(["doctor", "--config"]).arg(service.folder.join("config.json")).args(options))
    };
    let (mut by_options, mut by_file) = (json(&mut service.whole()), with(&means, &[]));
    for (_, document) in [&mut by_options, &mut by_file] {
        document["checked_at"] = Value::Null;
    }
    assert_eq!(by_file, by_options);
    assert_eq!(by_file.0, 0);
    let changed = |member: &str, value: Value| {
        let mut means = means.clone();
        means[member] = value;
        means
    };
    let (status, document) = with(&changed("policy", "strict".into()), &[]);
    assert_eq!((status, outcomes(&document, "seals")[0]), (1, "failed"), "{document:#}");
    service.write("policy.json", r#"{"revocation": "required"}"#);
    let (status, document) = with(&changed("policy", "policy.json".into()), &[]);
    assert_eq!((status, outcomes(&document, "seals")[0]), (1, "failed"), "{document:#}");
    let url = serve(&service.pki, Duration::zero());
    let (status, document) = with(&changed("tsa", serde_json::json!([url])), &[]);
    assert_eq!((status, outcomes(&document, "tsa")[0]), (0, "passed"), "{document:#}");
    for (means, options, word) in [
        (changed("issuer", Value::Null), &[][..], "chain: needs issuer"),
        (changed("chain", Value::Null), &[], "neither chain nor tsa"),
        (changed("environment", "Tset".into()), &[], "Production"),
        (changed("passphrase", "secret".into()), &[], "not known"),
        (changed("key", "missing.pem".into()), &[], "missing.pem"),
        (changed("tsa", serde_json::json!(["http://127.0.0.1:1/"])), &["--now", "2026-01-01T00:00:00Z"], "--now"),
        (means.clone(), &["--policy", "strict"], "--policy"),
    ] {
        let (status, document) = with(&means, options);
        let error = document["error"].as_str().unwrap_or_default();
        assert!(status == 3 && error.contains(word) && !error.contains("secret"), "{word}: {document:#}");
    }
}

/// Who closed the errors has the status all the same.
#[test]
fn nobody_to_tell_an_error_to_is_no_panic() {
    let service = Service::new("closed");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = service.whole().args(["--extra", "missing.pem"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(3));
}

/// As of the command that verifies: the exit status still tells what was found, and nothing is wrong.
#[test]
fn a_reader_that_has_read_enough_gets_the_status() {
    let service = Service::new("closed");
    for format in ["text", "json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = service.whole().args(["--format", format]).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
    }
}

/// A file of this name is judged when it is named as a file.
#[test]
fn a_file_named_doctor_is_a_file_by_its_path() {
    let folder = folder("doctor-file");
    std::fs::write(folder.join("doctor"), b"no proof").unwrap();
    let (status, out, _) = run(bare().current_dir(&folder).arg(Path::new("./doctor")));
    assert_eq!(status, 3);
    assert!(out.contains("doctor"), "{out}");
}
