//! These tests run the examples as a user does, and look at exit status, JSON and files.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;

use crate::common::der;
use crate::common::example::example;
use recommande::Environment;
use recommande::crypto::DigestAlgorithm;
use recommande::rfc3161_client::{MessageImprint, TimeStampReq, TimeStampResp, Transport};
use recommande::seal::{AnyProof, Artifact, BatchSeal};
use recommande::testing::{Forge, TestPki, TestTsa};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal};
use serde_json::Value;

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

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name).current_dir(mail()).args(arguments).output().unwrap()
}

fn run_verify(arguments: &[&str]) -> Output {
    run("verify", arguments)
}

const ANCHORS: [&str; 6] =
    ["--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem", "--environment", "Test"];

/// Exit status and report.
fn verify(arguments: &[&str]) -> (i32, Value) {
    judged("verify", &[arguments, &ANCHORS].concat())
}

/// Exit status and report of any example that verifies.
fn judged(name: &str, arguments: &[&str]) -> (i32, Value) {
    let output = run(name, &[arguments, &["--json"]].concat());
    let json = String::from_utf8(output.stdout).unwrap();
    assert!(json.ends_with('\n') && json.lines().count() == 1, "one line: {json}");
    (output.status.code().unwrap(), serde_json::from_str(&json).unwrap())
}

fn has(report: &Value, code: &str) -> bool {
    report["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
}

#[track_caller]
fn assert_verdict(arguments: &[&str], status: i32, indication: &str, sub_indication: Option<&str>, code: &str) {
    assert_judged("verify", &[arguments, &ANCHORS].concat(), status, indication, sub_indication, code);
}

#[track_caller]
fn assert_judged(
    name: &str,
    arguments: &[&str],
    status: i32,
    indication: &str,
    sub_indication: Option<&str>,
    code: &str,
) {
    let (exit_status, report) = judged(name, arguments);
    assert_eq!(report["indication"], indication, "{report:#}");
    assert_eq!(report["sub_indication"].as_str(), sub_indication, "{report:#}");
    assert!(has(&report, code), "{code} in {report:#}");
    assert_eq!(exit_status, status);
}

#[track_caller]
fn assert_usage(arguments: &[&str], word: &str) {
    assert_usage_of("verify", arguments, word);
}

#[track_caller]
fn assert_usage_of(name: &str, arguments: &[&str], word: &str) {
    let output = run(name, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains(word) && output.stdout.is_empty(), "{message}");
}

/// Who reads a line and leaves, as `| head -1` does.
fn after_one_line(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = [0];
    child.stdout.take().unwrap().read_exact(&mut line).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn aggregated_proofs_are_verified_in_one_file_and_in_parts() {
    let folder = folder("aggregated");
    let output = example("aggregated").arg(&folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("letter 5: aggregated, proven at"), "{text}");
    let verified = example("verify").current_dir(&folder).arg("letter-1.rma").args(ANCHORS).arg("--json").output();
    let verified = verified.unwrap();
    let report: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!((verified.status.code(), &report["level"]), (Some(0), &"aggregated".into()), "{report:#}");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let seal = BatchSeal::from_der(&read("seal.p7m")).unwrap();
    let parts = AnyProof::from_parts(&read("letter-1.json"), &read("letter-1.ers"), &seal).unwrap();
    assert!(parts.der() == read("letter-1.rma"), "the parts are another proof");
}

#[test]
fn a_reader_that_leaves_early_changes_no_verdict_and_is_no_panic() {
    let folder = folder("closed");
    std::fs::write(folder.join("letter.txt"), "a letter").unwrap();
    let mut command = example("registered_mail");
    command.current_dir(&folder).arg("letter.txt").args(["--out", "."]);
    let output = after_one_line(command);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.is_empty(), "{:?}: {text}", output.status);
    let mut command = example("verify");
    command.current_dir(mail()).arg("proof-of-sending.p7m").args(ANCHORS);
    let output = after_one_line(command);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.is_empty(), "{:?}: {text}", output.status);
}

#[test]
fn errors_about_a_tsa_do_not_show_the_secret_in_its_address() {
    let folder = folder("secret");
    std::fs::write(folder.join("letter.txt"), "a letter").unwrap();
    // Nobody listens there.
    let url = "http://127.0.0.1:1/tsa?apikey=s3cret-k3y#s3cret-k3y";
    let mut command = example("registered_mail");
    let output = command.current_dir(&folder).args(["letter.txt", "--out", ".", "--tsa", url]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(
        !text.contains("s3cret-k3y") && (text.contains("127.0.0.1:1/tsa") || cfg!(not(feature = "http"))),
        "{text}"
    );
}

#[test]
fn a_mail_prints_twelve_lines_for_each_proof_and_every_check_when_asked() {
    let folder = folder("lines");
    std::fs::write(folder.join("letter.txt"), "a letter").unwrap();
    let text = |arguments: &[&str]| {
        let mut command = example("registered_mail");
        let output = command.current_dir(&folder).args(["letter.txt", "--out", "."]).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let short = text(&[]);
    let blocks: Vec<&str> = short.split("\n\n").collect();
    assert_eq!(blocks[..2].iter().map(|block| block.lines().count()).collect::<Vec<_>>(), [12, 12], "{short}");
    assert!(!short.contains("well-formed") && text(&["--report"]).contains("[well-formed]"), "{short}");
}

#[test]
fn a_proof_of_sending_passes() {
    let (status, report) = verify(&["proof-of-sending.p7m", "--payload", "letter.txt"]);
    assert_eq!((status, &report["indication"]), (0, &Value::from("TOTAL-PASSED")), "{report:#}");
    assert_eq!(report["sub_indication"], Value::Null);
    assert_eq!(report["level"], "B-LT");
    assert_eq!(report["event"], "SubmissionAcceptance");
    report["proven_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for finding in report["findings"].as_array().unwrap() {
        assert!(finding["code"].is_string() && finding["outcome"].is_string(), "{finding}");
    }
    let text = run_verify(&[&["proof-of-sending.p7m"], &ANCHORS[..]].concat());
    assert!(text.status.success());
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("Proof of sending: TOTAL-PASSED\n"));
}

#[test]
fn the_payload_may_be_gone_or_wrong() {
    let proof = "proof-of-sending.p7m";
    assert_verdict(&[proof], 0, "TOTAL-PASSED", None, "payload-not-compared");
    let another_payload = ["--payload", "seal-anchors.pem"];
    assert_verdict(
        &[&[proof], &another_payload[..]].concat(),
        1,
        "TOTAL-FAILED",
        Some("HASH_FAILURE"),
        "payload-differs",
    );
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
    // Before it was made, the sending does not verify either.
    let time = hours_from_now(-1);
    let early = [&with("proof-of-sending.p7m")[..], &["--now", &time]].concat();
    assert_verdict(&early, 2, "INDETERMINATE", Some("NO_POE"), "sending-not-verified");
    for refused in ["proof-of-opening.p7m", "letter.txt", "no-such-file"] {
        assert_usage(&[&with(refused)[..], &ANCHORS].concat(), refused);
    }
}

#[test]
fn a_mail_is_sealed_twice() {
    let folder = folder("second-seal");
    std::fs::write(folder.join("letter.txt"), "a letter").unwrap();
    let run = |name: &str, arguments: &[&str]| example(name).current_dir(&folder).args(arguments).output().unwrap();
    let mailed = run("registered_mail", &["letter.txt", "--out", ".", "--second-seal"]);
    assert!(mailed.status.success(), "{}", String::from_utf8_lossy(&mailed.stdout));
    std::fs::write(folder.join("both.json"), r#"{"second_seal": "required", "revocation": "required"}"#).unwrap();
    // A proof alone has one seal, and what lies beside it is no proof.
    let alone =
        run("verify", &[&["proof-of-sending.p7m"], &ANCHORS[..], &["--policy", "both.json", "--json"]].concat());
    let report = String::from_utf8(alone.stdout).unwrap();
    assert!(alone.status.code() == Some(2) && report.contains("second-seal-missing"), "{report}");
    let alone = run("verify", &[&["proof-of-sending.pq.p7s"], &ANCHORS[..]].concat());
    let told = String::from_utf8(alone.stderr).unwrap();
    assert!(alone.status.code() == Some(3) && told.contains("recommande-verify"), "{told}");
    assert!(run("bare_seal", &["proof-of-sending.p7m", "bare"]).status.success());
    let bare = std::fs::read(folder.join("bare")).unwrap();
    assert!(signed_data::SignedData::parse(&bare).unwrap().certificates.is_empty());
    for refused in [&["letter.txt", "bare"][..], &["proof-of-sending.p7m"]] {
        assert!(!run("bare_seal", refused).status.success(), "{refused:?}");
    }
    // The second seals lie beside the proofs of a reconstruction too.
    let reconstructed = || {
        let reconstruct = run("reconstruct", &[&["."], &ANCHORS[..], &["--policy", "both.json"]].concat());
        (reconstruct.status.code(), String::from_utf8(reconstruct.stdout).unwrap())
    };
    let (code, text) = reconstructed();
    assert!(code == Some(2) && text.contains("PROVEN: opened"), "{text}");
}

#[test]
fn a_payload_signature_is_verified_with_its_payload() {
    assert_verdict(&["payload.p7s", "--payload", "letter.txt"], 0, "TOTAL-PASSED", None, "message-digest-matches");
    let another_payload = ["payload.p7s", "--payload", "tsa-anchors.pem"];
    assert_verdict(&another_payload, 1, "TOTAL-FAILED", Some("HASH_FAILURE"), "message-digest-differs");
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
    assert_eq!(output.status.code(), Some(2), "{report:#}");
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
    // The TSA's certificate has ended by then, and nothing has renewed the timestamp.
    assert_verdict(
        &later.each_ref().map(String::as_str),
        2,
        "INDETERMINATE",
        Some("OUT_OF_BOUNDS_NO_POE"),
        "timestamp-signer-expired",
    );
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
    assert_usage(&with(&["--payload", "letter.txt", "--payload", "letter.txt"]), "--payload");
    assert_usage(&with(&["--payload", "no-such-file"]), "no-such-file");
    for now in ["yesterday", "2014-04-01"] {
        assert_usage(&with(&["--now", now]), "--now: not a time such as 2035-01-01T00:00:00Z");
    }
    assert_usage(&with(&["--sending", proof]), "--sending");
    assert_usage(
        &[&["payload.p7s", "--payload", "letter.txt", "--sending", proof], &ANCHORS[..]].concat(),
        "--sending",
    );
    assert_usage(&[&["no-such-file"], &ANCHORS[..]].concat(), "no-such-file");
    assert_usage(&[&[proof, "--environment", "Staging"], &ANCHORS[..4]].concat(), "--environment");
    assert_usage(&[proof, "--seal-anchors", "letter.txt", "--tsa-anchors", "tsa-anchors.pem"], "letter.txt");
}

#[test]
fn what_was_written_passes_strictly_until_its_tsa_ends() {
    let rfc_3161 = r#"{"name": "RFC 3161", "revocation": "required", "timestamp_validity": "at-gen-time"}"#;
    std::fs::write(mail().join("rfc-3161.json"), rfc_3161).unwrap();
    let strict = |arguments: &[&'static str]| {
        let (soon, next_year, later) = (hours_from_now(1), hours_from_now(24 * 365), hours_from_now(9 * 24 * 365));
        for (policy, now) in [("strict", &soon), ("strict", &next_year), ("rfc-3161.json", &later)] {
            let (status, report) = verify(&[arguments, &["--policy", policy, "--now", now]].concat());
            assert_eq!((status, &report["level"]), (0, &Value::from("B-LT")), "{report:#}");
            assert!(has(&report, "not-revoked") && !has(&report, "revocation-not-checked"));
            assert_eq!(report["policy"], policy.replace("rfc-3161.json", "RFC 3161"));
            assert_eq!(has(&report, "timestamp-end-ignored"), policy != "strict");
        }
        let (status, report) = verify(&[arguments, &["--policy", "strict", "--now", &later]].concat());
        assert_eq!((status, &report["sub_indication"]), (2, &Value::from("OUT_OF_BOUNDS_NO_POE")), "{report:#}");
        assert!(has(&report, "timestamp-signer-expired"));
    };
    strict(&["proof-of-sending.p7m", "--payload", "letter.txt"]);
    strict(&["proof-of-opening.p7m", "--sending", "proof-of-sending.p7m"]);
    strict(&["payload.p7s", "--payload", "letter.txt"]);
}

#[test]
fn a_policy_is_a_name_or_a_file() {
    let proof = "proof-of-sending.p7m";
    std::fs::write(mail().join("policy.json"), r#"{"levels": {"payload-not-compared": "fail"}}"#).unwrap();
    assert_verdict(
        &[proof, "--policy", "policy.json"],
        2,
        "INDETERMINATE",
        Some("SIGNED_DATA_NOT_FOUND"),
        "payload-not-compared",
    );
    assert_verdict(&[proof, "--policy", "conformance"], 0, "TOTAL-PASSED", None, "revocation-ignored");
    // The algorithms alone, as ETSI publishes them.
    let ended = r#"{"SecuritySuitabilityPolicyType": {"PolicyIssueDate": "2026-02-01", "Algorithm": [
        {"AlgorithmIdentifier": {"ObjectIdentifier": "2.16.840.1.101.3.4.2.1"},
         "Evaluation": {"Validity": {"End": "2020-12-31T23:59:59Z"}, "Recommendation": "L"}},
        {"AlgorithmIdentifier": {"ObjectIdentifier": "1.2.840.10045.4.3.2"}, "Evaluation": {"Validity": {}, "Recommendation": "R"}}
    ]}}"#;
    std::fs::write(mail().join("suite.json"), ended).unwrap();
    let (status, report) = verify(&[proof, "--policy", "suite.json"]);
    assert_eq!(status, 2, "{report:#}");
    assert!(has(&report, "algorithm-past-its-date"), "{report:#}");
    std::fs::write(mail().join("no-suite.json"), r#"{"SecuritySuitabilityPolicy": {}}"#).unwrap();
    let with = |more: &[&'static str]| [&[proof], &ANCHORS[..], more].concat();
    assert_usage(&with(&["--policy", "no-suite.json"]), "not a policy of ETSI TS 119 322");
    assert_usage(&with(&["--policy", "lenient"]), "lenient");
    std::fs::write(mail().join("empty.json"), "\n").unwrap();
    assert_usage(&with(&["--policy", "empty.json"]), "a policy is a JSON object, and {} is the default policy");
    assert_usage(&with(&["--policy", "letter.txt"]), "letter.txt");
    std::fs::write(mail().join("list.json"), "[]").unwrap();
    assert_usage(&with(&["--policy", "list.json"]), "list.json");
    std::fs::write(mail().join("misspelt.json"), r#"{"levels": {"payload-not-compard": "fail"}}"#).unwrap();
    let output = run("verify", &with(&["--policy", "misspelt.json"]));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("unknown finding code \"payload-not-compard\"") && message.len() < 200, "{message}");
}

fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap()
}

#[test]
fn anchors_are_pem_or_der() {
    for name in ["seal-anchors", "tsa-anchors"] {
        let pem = std::fs::read(mail().join(name).with_extension("pem")).unwrap();
        let (_, der) = pem_rfc7468::decode_vec(&pem).unwrap();
        std::fs::write(mail().join(name).with_extension("der"), der).unwrap();
    }
    let anchors = ["--seal-anchors", "seal-anchors.der", "--tsa-anchors", "tsa-anchors.der", "--environment", "Test"];
    let arguments = [&["proof-of-sending.p7m"], &anchors[..]].concat();
    assert_judged("verify", &arguments, 0, "TOTAL-PASSED", None, "payload-not-compared");
}

const CADES: [&str; 4] = ["--anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem"];

#[test]
fn a_signature_by_anybody_is_verified_attached_and_detached() {
    let cades = |arguments: &[&str]| judged("verify_cades", &[arguments, &CADES].concat());
    let content = ["--content", "letter.txt"];
    let (status, report) = cades(&[&["payload.p7s"], &content[..]].concat());
    assert_eq!((status, &report["indication"]), (0, &Value::from("TOTAL-PASSED")), "{report:#}");
    assert_eq!((&report["level"], &report["event"]), (&Value::from("B-LT"), &Value::Null));
    assert!(report["proven_at"].is_string() && report.get("signatures").is_none());
    // What is attached must be what is asked about.
    let (status, report) = cades(&[&["proof-of-sending.p7m"], &content[..]].concat());
    assert_eq!((status, &report["sub_indication"]), (1, &Value::from("HASH_FAILURE")), "{report:#}");
    assert_eq!(cades(&["proof-of-sending.p7m"]).0, 0);
    for (hours, status) in [(8_000, 0), (80_000, 2)] {
        let at = hours_from_now(hours);
        assert_eq!(cades(&["proof-of-sending.p7m", "--policy", "strict", "--now", &at]).0, status, "{at}");
    }
    let open = |arguments: &[&str], reason, code| {
        assert_judged("verify_cades", arguments, 2, "INDETERMINATE", Some(reason), code);
    };
    open(&[&["payload.p7s"], &CADES[..]].concat(), "SIGNED_DATA_NOT_FOUND", "content-not-given");
    // Two sets of anchors: those for signers do not serve for timestamps.
    open(&["proof-of-sending.p7m", "--anchors", "seal-anchors.pem"], "NO_POE", "no-usable-timestamp");
    let text = run("verify_cades", &[&["proof-of-sending.p7m"], &CADES[..]].concat());
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.starts_with("Signature: TOTAL-PASSED\n") && text.contains("signature-time-stamp, over"), "{text}");
}

#[test]
fn a_signature_is_read_as_der_pem_or_base64() {
    let der = std::fs::read(mail().join("proof-of-sending.p7m")).unwrap();
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(&der);
    for (name, text) in [("signature.pem", pem("CMS", &der)), ("signature.b64", base64)] {
        std::fs::write(mail().join(name), text).unwrap();
        assert_eq!(judged("verify_cades", &[&[name], &CADES[..]].concat()).0, 0, "{name}");
    }
    for file in ["letter.txt", "seal-anchors.pem", "empty.p7s"] {
        std::fs::write(mail().join("empty.p7s"), []).unwrap();
        assert_judged("verify_cades", &[file], 1, "TOTAL-FAILED", Some("FORMAT_FAILURE"), "malformed");
    }
    let usage = |arguments: &[&str], word| assert_usage_of("verify_cades", arguments, word);
    usage(&[], "FILE");
    usage(&["no-such-file"], "no-such-file");
    usage(&["payload.p7s", "--content", "no-such-file"], "no-such-file");
    usage(&["payload.p7s", "--now", "yesterday"], "--now");
    usage(&["payload.p7s", "--anchors", "letter.txt"], "letter.txt");
}

/// What these judge is of no environment. Who gives one as to `verify` is told so.
#[test]
fn a_program_without_environment_says_why_there_is_none() {
    for (program, file) in
        [("verify_cades", "payload.p7s"), ("verify_timestamp", "any.tst"), ("verify_evidence_record", "any.ers")]
    {
        for arguments in [&[file, "--environment", "Test"][..], &[]] {
            assert_usage_of(program, arguments, "There is no --environment: ");
        }
    }
}

#[test]
fn each_of_several_signers_has_its_verdict_and_the_worst_decides() {
    let now = chrono::Utc::now();
    let pki = TestPki::new(now).unwrap();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now);
    forge.sign(&*pki.seal.signer).unwrap();
    let mut file = der::Node::parse(&forge.to_der());
    let signer = file.at(der::SIGNER_INFO).to_der();
    let mut broken = signer.clone();
    *broken.last_mut().unwrap() ^= 1;
    *file.at_mut(&[1, 0, 4]) = der::octets(0x31, &[signer, broken].concat());
    std::fs::write(mail().join("two.pem"), pki.seal_anchors_pem()).unwrap();
    std::fs::write(mail().join("two.p7m"), file.to_der()).unwrap();
    let (status, report) = judged("verify_cades", &["two.p7m", "--anchors", "two.pem"]);
    let signatures = report["signatures"].as_array().unwrap();
    let indications: Vec<&Value> = signatures.iter().map(|signature| &signature["indication"]).collect();
    assert_eq!((status, &report["sub_indication"]), (1, &Value::from("SIG_CRYPTO_FAILURE")), "{report:#}");
    assert_eq!(indications, ["TOTAL-PASSED", "TOTAL-FAILED"], "{report:#}");
    let text = run("verify_cades", &["two.p7m", "--anchors", "two.pem"]);
    assert!(String::from_utf8(text.stdout).unwrap().contains("--- 2 of 2 ---"));
}

#[test]
fn a_timestamp_is_verified_with_data_or_request() {
    let now = chrono::Utc::now();
    let pki = TestPki::new(now).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"a letter");
    let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
    let response = TestTsa::new(&pki).send(&request.to_der()).unwrap();
    let token = TimeStampResp::from_bytes(&response).unwrap().token.unwrap();
    let another_request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), [7; 32]));
    let files: [(&str, &[u8]); 5] = [
        ("reply.tsr", &response),
        ("token.tst", token.as_bytes()),
        ("request.tsq", &request.to_der()),
        ("other.tsq", &another_request.to_der()),
        ("tsa.pem", pki.tsa_anchors_pem().leak().as_bytes()),
    ];
    for (name, octets) in files {
        std::fs::write(mail().join(name), octets).unwrap();
    }
    let data: [&[&str]; 3] = [
        &["--data", "letter.txt"],
        &["--request", "request.tsq"],
        &["--data", "letter.txt", "--request", "request.tsq"],
    ];
    for file in ["reply.tsr", "token.tst"] {
        let with = |more: &[&'_ str]| judged("verify_timestamp", &[&[file, "--anchors", "tsa.pem"], more].concat());
        for data in data {
            let (status, report) = with(data);
            assert_eq!((status, &report["indication"]), (0, &Value::from("TOTAL-PASSED")), "{report:#}");
            assert!(report["proven_at"].is_string() && report["level"].is_null() && report["event"].is_null());
        }
        let (status, report) = with(&[]);
        assert_eq!((status, &report["sub_indication"]), (2, &Value::from("SIGNED_DATA_NOT_FOUND")), "{report:#}");
        assert!(has(&report, "content-not-given") && has(&report, "chain-valid") && report["proven_at"].is_null());
        for wrong in [["--data", "tsa.pem"], ["--request", "other.tsq"]] {
            let (status, report) = with(&wrong);
            assert_eq!((status, &report["sub_indication"]), (1, &Value::from("HASH_FAILURE")), "{report:#}");
        }
        let (status, report) = with(&["--data", "letter.txt", "--policy", "strict"]);
        assert_eq!((status, &report["sub_indication"]), (2, &Value::from("TRY_LATER")), "{report:#}");
    }
    // A token by itself is trusted by nobody.
    let not_found = Some("NO_CERTIFICATE_CHAIN_FOUND");
    let arguments = ["token.tst", "--data", "letter.txt"];
    assert_judged("verify_timestamp", &arguments, 2, "INDETERMINATE", not_found, "chain-not-found");
    let format = Some("FORMAT_FAILURE");
    for file in ["letter.txt", "proof-of-sending.p7m", "request.tsq"] {
        assert_judged("verify_timestamp", &[file], 1, "TOTAL-FAILED", format, "timestamp-malformed");
    }
    let text = run("verify_timestamp", &["token.tst", "--data", "letter.txt", "--anchors", "tsa.pem"]);
    assert!(String::from_utf8(text.stdout).unwrap().starts_with("Timestamp: TOTAL-PASSED\n"));
    for timestamp in ["token.tst", "reply.tsr"] {
        assert_verdict(&[timestamp], 1, "TOTAL-FAILED", format, "malformed");
    }
    let usage = |arguments: &[&str], word| assert_usage_of("verify_timestamp", arguments, word);
    usage(&[], "FILE");
    usage(&["token.tst", "--data", "no-such-file"], "no-such-file");
    usage(&["token.tst", "--request", "letter.txt"], "letter.txt");
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

#[test]
fn an_evidence_record_is_verified_over_files() {
    let now = chrono::Utc::now();
    let pki = TestPki::new(now).unwrap();
    let tsa = TestTsa::new(&pki);
    let stamp = |digest: recommande::crypto::Digest| {
        let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
        request.check(&tsa.send(&request.to_der()).unwrap()).unwrap()
    };
    let (a, b) = (b"object a", b"object b");
    let leaves = [DigestAlgorithm::Sha256.digest(a), DigestAlgorithm::Sha256.digest(b)];
    let tree = HashTree::new(DigestAlgorithm::Sha256, leaves).unwrap();
    let record = tree.evidence_record(&leaves[0], &stamp(tree.root().unwrap())).unwrap();
    // Renewed by an algorithm that is not among the usual ones.
    let by = DigestAlgorithm::Sha3_512;
    let (parsed, renewal) = (EvidenceRecord::parse(&record).unwrap(), Renewal::HashTree(by));
    let both = [a, b].map(|object| parsed.renewal_leaf(renewal, &by.digest(object)).unwrap());
    let tree = HashTree::new(by, both).unwrap();
    let token = stamp(tree.root().unwrap());
    let renewed = parsed.renewed(renewal, &tree.reduced(&both[0]).unwrap(), &token).unwrap();
    let files: [(&str, &[u8]); 5] = [
        ("record.ers", &record),
        ("renewed.ers", &renewed),
        ("a.bin", a),
        ("b.bin", b),
        ("record-tsa.pem", pki.tsa_anchors_pem().leak().as_bytes()),
    ];
    for (name, octets) in files {
        std::fs::write(mail().join(name), octets).unwrap();
    }
    let name = "verify_evidence_record";
    for file in ["record.ers", "renewed.ers"] {
        let with = |more: &[&'_ str]| judged(name, &[&[file, "--tsa-anchors", "record-tsa.pem"], more].concat());
        let given: [&[&str]; 4] = [
            &["--data", "a.bin"],
            &["--data", "b.bin"],
            &["--data", "a.bin", "b.bin"],
            &["--data", "a.bin", "--data", "b.bin"],
        ];
        for data in given {
            let (status, report) = with(data);
            assert_eq!((status, &report["indication"]), (0, &Value::from("TOTAL-PASSED")), "{report:#}");
            assert!(report["proven_at"].is_string() && report["level"].is_null());
            let covered = report["findings"].as_array().unwrap().iter();
            let covered = covered.filter(|finding| finding["code"] == "evidence-record-object-covered").count();
            let objects = data.iter().filter(|word| word.ends_with(".bin")).count();
            assert_eq!(covered, objects * if file == "record.ers" { 1 } else { 2 }, "{report:#}");
        }
        let (status, report) = with(&[]);
        assert_eq!((status, &report["sub_indication"]), (2, &Value::from("SIGNED_DATA_NOT_FOUND")), "{report:#}");
        let (status, report) = with(&["--data", "a.bin", "letter.txt"]);
        assert_eq!((status, &report["sub_indication"]), (1, &Value::from("HASH_FAILURE")), "{report:#}");
        let (status, report) = with(&["--data", "a.bin", "--policy", "strict"]);
        assert_eq!((status, &report["sub_indication"]), (2, &Value::from("TRY_LATER")), "{report:#}");
    }
    let not_found = Some("NO_CERTIFICATE_CHAIN_FOUND");
    assert_judged(name, &["record.ers", "--data", "a.bin"], 2, "INDETERMINATE", not_found, "chain-not-found");
    let format = Some("FORMAT_FAILURE");
    assert_judged(name, &["letter.txt", "--data", "a.bin"], 1, "TOTAL-FAILED", format, "evidence-record-malformed");
    let text = run(name, &["record.ers", "--tsa-anchors", "record-tsa.pem", "--data", "a.bin"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.starts_with("Evidence record: TOTAL-PASSED\n"), "{text}");
    let listed = format!("\nData objects\n  1   a.bin\n      {}\n", DigestAlgorithm::Sha256.digest(a));
    assert!(text.ends_with(&listed), "{text}");
    assert_usage_of(name, &[], "FILE");
    assert_usage_of(name, &["record.ers", "--data"], "--data");
    assert_usage_of(name, &["record.ers", "--data", "missing.bin"], "missing.bin");
    assert_usage_of(name, &["record.ers", "a.bin"], "FILE");
}

/// A reader that closes the output early has read enough.
#[test]
fn nobody_panics_whose_output_is_cut() {
    for (name, arguments) in [("quick_start", &[][..]), ("lifecycle", &["--out", "cut"]), ("case", &["--help"])] {
        let mut program = example(name);
        program.current_dir(mail()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = program.spawn().unwrap();
        drop(running.stdout.take());
        let mut told = String::new();
        running.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        let status = running.wait().unwrap();
        assert!(status.code() != Some(101) && !told.contains("panicked"), "{name}: {told}");
    }
}
