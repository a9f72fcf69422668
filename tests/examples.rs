//! The examples as a user runs them: exit status, JSON, files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;

use recommande::{DigestAlgorithm, Environment};
use serde_json::Value;

/// An example, where cargo puts it: beside the folder of this test. `cargo test` builds it first; `cargo test --test examples` alone does not.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile").join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not there: cargo build --examples", path.display());
    Command::new(path)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// One run of registered_mail for all questions.
fn mail() -> &'static Path {
    static MAIL: OnceLock<PathBuf> = OnceLock::new();
    MAIL.get_or_init(|| {
        let folder = folder("mail");
        std::fs::write(folder.join("letter.txt"), "a letter").unwrap();
        let output =
            example("registered_mail").current_dir(&folder).arg("letter.txt").args(["--out", "."]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        assert!(
            text.contains("Proof of sending: TOTAL-PASSED") && text.contains("Proof of opening: TOTAL-PASSED"),
            "{text}"
        );
        folder
    })
}

fn run_verify(arguments: &[&str]) -> Output {
    example("verify").current_dir(mail()).args(arguments).output().unwrap()
}

const ANCHORS: [&str; 6] =
    ["--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem", "--environment", "Test"];

/// Exit status and report.
fn verify(arguments: &[&str]) -> (i32, Value) {
    let output = run_verify(&[arguments, &ANCHORS, &["--json"]].concat());
    let json = String::from_utf8(output.stdout).unwrap();
    assert!(json.ends_with('\n') && json.lines().count() == 1, "one line: {json}");
    (output.status.code().unwrap(), serde_json::from_str(&json).unwrap())
}

fn has(report: &Value, code: &str) -> bool {
    report["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
}

#[track_caller]
fn assert_verdict(arguments: &[&str], status: i32, indication: &str, sub_indication: Option<&str>, code: &str) {
    let (found, report) = verify(arguments);
    assert_eq!(report["indication"], indication, "{report:#}");
    assert_eq!(report["sub_indication"].as_str(), sub_indication, "{report:#}");
    assert!(has(&report, code), "{code} in {report:#}");
    assert_eq!(found, status);
}

#[track_caller]
fn assert_usage(arguments: &[&str], word: &str) {
    let output = run_verify(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains(word) && output.stdout.is_empty(), "{message}");
}

#[test]
fn a_proof_of_sending_passes() {
    let (status, report) = verify(&["proof-of-sending.p7m", "--payload", "letter.txt"]);
    assert_eq!((status, &report["indication"]), (0, &Value::from("TOTAL-PASSED")), "{report:#}");
    assert_eq!(report["sub_indication"], Value::Null);
    assert_eq!(report["level"], "B-T");
    assert_eq!(report["event"], "SubmissionAcceptance");
    report["proven_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for finding in report["findings"].as_array().unwrap() {
        assert!(finding["code"].is_string() && finding["outcome"].is_string(), "{finding}");
    }
    let text = run_verify(&[&["proof-of-sending.p7m"], &ANCHORS[..]].concat());
    assert!(text.status.success());
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("TOTAL-PASSED\n"));
}

#[test]
fn the_payload_may_be_gone_wrong_or_a_digest() {
    let proof = "proof-of-sending.p7m";
    assert_verdict(&[proof], 0, "TOTAL-PASSED", None, "payload-not-compared");
    let other = ["--payload", "seal-anchors.pem"];
    assert_verdict(&[&[proof], &other[..]].concat(), 1, "TOTAL-FAILED", Some("HASH_FAILURE"), "payload-differs");
    let digest = DigestAlgorithm::Sha256.digest(b"a letter").to_string();
    let hex = digest.strip_prefix("sha-256:").unwrap().to_uppercase();
    for digest in [digest.clone(), format!("SHA256:{hex}"), DigestAlgorithm::Sha512.digest(b"a letter").to_string()] {
        assert_verdict(&[proof, "--payload-digest", &digest], 0, "TOTAL-PASSED", None, "payload-matches");
    }
    let digest = DigestAlgorithm::Sha256.digest(b"another letter").to_string();
    assert_verdict(&[proof, "--payload-digest", &digest], 1, "TOTAL-FAILED", Some("HASH_FAILURE"), "payload-differs");
}

#[test]
fn an_opening_needs_its_sending() {
    let proof = "proof-of-opening.p7m";
    let with = |sending| [proof, "--sending", sending, "--payload", "letter.txt"];
    let (status, report) = verify(&with("proof-of-sending.p7m"));
    assert_eq!((status, &report["event"]), (0, &Value::from("ContentAccessTracking")), "{report:#}");
    assert!(has(&report, "sending-matches"));
    let not_found = Some("SIGNED_DATA_NOT_FOUND");
    assert_verdict(&[proof], 2, "INDETERMINATE", not_found, "sending-not-given");
    for refused in ["proof-of-opening.p7m", "letter.txt"] {
        assert_verdict(&with(refused), 2, "INDETERMINATE", not_found, "sending-not-verified");
    }
}

#[test]
fn a_payload_signature_is_verified_with_its_payload() {
    assert_verdict(&["payload.p7s", "--payload", "letter.txt"], 0, "TOTAL-PASSED", None, "message-digest-matches");
    let other = ["payload.p7s", "--payload", "tsa-anchors.pem"];
    assert_verdict(&other, 1, "TOTAL-FAILED", Some("HASH_FAILURE"), "message-digest-differs");
    assert_usage(&[&["payload.p7s"], &ANCHORS[..]].concat(), "--payload");
    // It was sent with the letter, as a part of its own.
    assert_verdict(&["proof-of-sending.p7m", "--payload", "payload.p7s"], 0, "TOTAL-PASSED", None, "payload-matches");
}

#[test]
fn what_is_no_proof_is_a_format_failure() {
    for file in ["letter.txt", "seal-anchors.pem"] {
        assert_verdict(&[file], 1, "TOTAL-FAILED", Some("FORMAT_FAILURE"), "malformed");
    }
    std::fs::write(mail().join("empty"), []).unwrap();
    assert_verdict(&["empty"], 1, "TOTAL-FAILED", Some("FORMAT_FAILURE"), "malformed");
}

#[test]
fn the_environment_is_production_unless_said() {
    let output = run_verify(&[&["proof-of-sending.p7m", "--json"], &ANCHORS[..4]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert!(has(&report, "environment-differs"));
    for environment in Environment::ALL {
        let arguments = [&["proof-of-sending.p7m", "--environment", environment.name()], &ANCHORS[..4]].concat();
        assert_eq!(run_verify(&arguments).status.success(), environment == Environment::Test);
    }
}

fn hours_from_now(hours: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::hours(hours)).to_rfc3339()
}

#[test]
fn swapped_anchors_and_other_times_do_not_pass() {
    let swapped = ["--seal-anchors", "tsa-anchors.pem", "--tsa-anchors", "seal-anchors.pem", "--environment", "Test"];
    assert_eq!(run_verify(&[&["proof-of-sending.p7m"], &swapped[..]].concat()).status.code(), Some(2));
    let at = |hours| ["proof-of-sending.p7m".to_owned(), "--now".to_owned(), hours_from_now(hours)];
    let [before, later] = [-1, 5 * 365 * 24].map(at);
    assert_verdict(
        &before.each_ref().map(String::as_str),
        2,
        "INDETERMINATE",
        Some("NO_POE"),
        "timestamp-in-the-future",
    );
    // Both certificates have expired by then; they were valid at the proven time.
    assert_verdict(&later.each_ref().map(String::as_str), 0, "TOTAL-PASSED", None, "chain-valid");
}

#[test]
fn usage_and_file_errors_are_status_3() {
    let proof = "proof-of-sending.p7m";
    assert_usage(&[], "PROOF");
    assert_usage(&[proof], "--seal-anchors");
    assert_usage(&[proof, "--seal-anchors", "seal-anchors.pem"], "--tsa-anchors");
    let with = |more: &[&'static str]| [&[proof], &ANCHORS[..], more].concat();
    assert_usage(&with(&["another"]), "PROOF");
    assert_usage(&with(&["--frobnicate"]), "--frobnicate");
    assert_usage(&with(&["--payload"]), "--payload");
    assert_usage(&with(&["--payload", "letter.txt", "--payload-digest", "sha256:00"]), "--payload-digest");
    for digest in ["00", "md5:00", "sha256:00", "sha256:0g", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"] {
        assert_eq!(run_verify(&with(&["--payload-digest", digest])).status.code(), Some(3), "{digest}");
    }
    assert_usage(&with(&["--payload", "no-such-file"]), "no-such-file");
    assert_usage(&with(&["--now", "yesterday"]), "--now");
    assert_usage(&with(&["--sending", proof]), "--sending");
    assert_usage(
        &[&["payload.p7s", "--payload", "letter.txt", "--sending", proof], &ANCHORS[..]].concat(),
        "--sending",
    );
    assert_usage(&[&["no-such-file"], &ANCHORS[..]].concat(), "no-such-file");
    assert_usage(&[&[proof, "--environment", "Staging"], &ANCHORS[..4]].concat(), "--environment");
    assert_usage(&[proof, "--seal-anchors", "letter.txt", "--tsa-anchors", "tsa-anchors.pem"], "letter.txt");
}

/// Ends the TSA with the test.
struct LocalTsa {
    process: Child,
    /// Kept open, as a terminal would be.
    _output: BufReader<ChildStdout>,
    url: String,
    folder: PathBuf,
}

impl LocalTsa {
    fn start(name: &str) -> Self {
        let folder = folder(name);
        let mut command = example("local_tsa");
        let command = command.args(["--listen", "127.0.0.1:0", "--out"]).arg(&folder).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut url).unwrap();
        Self { process, _output: output, url: url.trim().to_owned(), folder }
    }

    fn answer(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for LocalTsa {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_local_tsa_refuses_what_is_no_request() {
    let tsa = LocalTsa::start("refusals");
    assert!(tsa.folder.join("tsa-anchors.pem").exists());
    let post = |headers: &str| tsa.answer(format!("POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes());
    const QUERY: &str = "Content-Type: application/timestamp-query\r\n";
    assert!(tsa.answer(b"GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
    let anchors = std::fs::read_to_string(tsa.folder.join("tsa-anchors.pem")).unwrap();
    assert!(tsa.answer(b"GET /tsa-anchors.pem HTTP/1.1\r\n\r\n").ends_with(&anchors));
    assert!(post("Content-Type: text/plain\r\nContent-Length: 0\r\n").starts_with("HTTP/1.1 415 "));
    assert!(post(QUERY).starts_with("HTTP/1.1 411 "));
    assert!(post(&format!("{QUERY}Content-Length: 65537\r\n")).starts_with("HTTP/1.1 413 "));
    assert!(post(&format!("X: {}\r\n", "x".repeat(9000))).starts_with("HTTP/1.1 431 "));
    // What cannot be read as a request gets a rejection: RFC 3161 has its own words for that.
    assert!(post(&format!("{QUERY}Content-Length: 0\r\n")).contains("the request cannot be read"));
}

#[cfg(feature = "http")]
#[test]
fn a_mail_is_stamped_over_http() {
    let tsa = LocalTsa::start("over-http");
    let run = |anchors: &[&str]| {
        let mut command = example("registered_mail");
        command.current_dir(&tsa.folder).args(["tsa-anchors.pem", "--out", "mail", "--tsa", &tsa.url]).args(anchors);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, text) = run(&["--tsa-anchors", "tsa-anchors.pem"]);
    assert_eq!(status, 0, "{text}");
    assert!(tsa.folder.join("mail/proof-of-opening.p7m").exists());
    // A TSA whose anchors are not known proves nothing, and only what verified can be opened.
    let (status, text) = run(&[]);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("chain-not-found") && text.contains("--tsa-anchors"), "{text}");
    assert!(!tsa.folder.join("mail/proof-of-opening.p7m").exists());
}
