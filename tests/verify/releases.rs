//! What the release before stored is read and judged the same: proofs with their verdicts, states that wait for an answer, and stored
//! questions with their reports.
//!
//! The folder `releases` has them as that build wrote them (`.ci/older/released.rs`). Where a verdict was corrected since,
//! `differences.json` says why, and which one it is today; a difference that is none any more is an error too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::rfc3161_client::TimeStampReq;
use recommande::seal::{Batch, Prepared, ProofOfSending, Unstamped};
use recommande::verify::{Payload, Report, SendingContext, VerificationInput, Verifier};
use recommande::{Environment, TrustAnchors};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::{self, Vector};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify/releases/ee40bc8")
}

fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The vectors of that release. Its manifest has fewer members than that of today.
fn released() -> Vec<Vector> {
    #[derive(Deserialize)]
    struct Manifest {
        vectors: Vec<Vector>,
    }
    serde_json::from_slice::<Manifest>(&read("manifest.json")).unwrap().vectors
}

/// What a caller acts on: the indication, the sub-indication and the code of the finding that decided.
type Verdict = [Option<String>; 3];

/// Vectors whose verdict is another one today, with that one.
fn differences() -> BTreeMap<String, Verdict> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Difference {
        why: String,
        indication: String,
        sub_indication: Option<String>,
        decided_by: Option<String>,
    }
    let differences: BTreeMap<String, Difference> = serde_json::from_slice(&read("differences.json")).unwrap();
    let now = |(id, difference): (String, Difference)| {
        assert!(difference.why.ends_with('.'), "{id} has no reason");
        (id, [Some(difference.indication), difference.sub_indication, difference.decided_by])
    };
    differences.into_iter().map(now).collect()
}

fn verdict(report: &Report) -> Verdict {
    [
        Some(report.indication.to_string()),
        report.sub_indication.map(|sub| sub.to_string()),
        report.decided_by.as_ref().map(|by| by.code.as_str().to_owned()),
    ]
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

/// rustcrypto has no Ed25519: such files are undecided there.
fn is_offered(id: &str) -> bool {
    cfg!(feature = "aws-lc-rs") || !id.ends_with("ed25519")
}

#[test]
fn its_proofs_have_the_verdicts_that_they_had() {
    let (vectors, differences) = (released(), differences());
    assert_eq!(vectors.len(), 330);
    let (mut differ, mut unexplained) = (BTreeSet::new(), Vec::new());
    for mut vector in vectors.into_iter().filter(|vector| is_offered(&vector.id)) {
        // The octets of then, where the vector of today has others.
        let kept = |file: &String| Some(folder().join("files").join(file)).filter(|path| path.exists());
        let file = kept(&vector.file).map_or_else(|| vectors::read(&vector.file), |path| fs::read(path).unwrap());
        let sending = vector.input.sending.take().map(|file| kept(&file).map_or(file, text));
        vector.input.sending = sending;
        let now = verdict(&vectors::judge_file(&vectors::verifier(&vector), &vector, &file).report);
        let expected = &vector.expected;
        let then = [Some(expected.indication.clone()), expected.sub_indication.clone(), expected.decided_by.clone()];
        if now != then {
            differ.insert(vector.id.clone());
            if differences.get(&vector.id) != Some(&now) {
                unexplained.push(format!("{}: {then:?}, now {now:?}", vector.id));
            }
        }
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    let unexpected: Vec<&String> = differences.keys().filter(|id| is_offered(id) && !differ.contains(*id)).collect();
    assert!(unexpected.is_empty(), "no difference any more: {unexpected:?}");
}

#[test]
fn its_stored_questions_have_the_answers_that_they_had() {
    #[derive(Deserialize)]
    struct Stored {
        id: String,
        question: VerificationInput,
        reports: Vec<Value>,
    }
    let (text, differences) = (String::from_utf8(read("questions.jsonl")).unwrap(), differences());
    let lines: Vec<Stored> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 40, "{}", lines.len());
    for stored in lines {
        let now = stored.question.verify().unwrap().reports;
        assert_eq!(now.len(), stored.reports.len(), "{}", stored.id);
        for (then, now) in stored.reports.iter().zip(&now) {
            let report: Report = serde_json::from_value(then.clone()).unwrap();
            assert_kept(&stored.id, then, &serde_json::to_value(&report).unwrap());
            // One that was corrected has the verdict of today, and no third one.
            let (then, now) = (verdict(&report), verdict(now));
            let expected = differences.get(&stored.id).unwrap_or(&then);
            assert!(!is_offered(&stored.id) || *expected == now, "{}: {then:?}, now {now:?}", stored.id);
        }
    }
}

/// Members may have been added since, and none is lost or has another value.
#[track_caller]
fn assert_kept(id: &str, then: &Value, now: &Value) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (name, value) in then {
                assert_kept(id, value, now.get(name).unwrap_or_else(|| panic!("{id}: {name} is lost")));
            }
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            then.iter().zip(now).for_each(|(then, now)| assert_kept(id, then, now));
        }
        (then, now) => assert_eq!(then, now, "{id}"),
    }
}

#[test]
fn its_seals_that_wait_take_the_answers_that_they_wait_for() {
    let state = |name: &str| read(&format!("states/{name}"));
    let prepared = Prepared::<ProofOfSending>::from_der(&state("prepared.p7m")).unwrap();
    let seal = prepared.complete(&state("prepared.signature")).unwrap();
    assert_eq!(seal.der(), state("seal.p7m"));

    let seal = Unstamped::<ProofOfSending>::from_der(&state("seal.p7m")).unwrap();
    let request = TimeStampReq::from_der(&state("seal.tsq")).unwrap();
    let proof = seal.attach(&request, &state("seal.tsr")).unwrap();
    assert_eq!(proof.der(), state("proof.p7m"));

    let seals = [1, 2]
        .map(|number| Unstamped::<ProofOfSending>::from_der(&state(&format!("batch-{number}.seal.p7m"))).unwrap());
    let request = TimeStampReq::from_der(&state("batch.tsq")).unwrap();
    let stamped = Batch::of(&seals).unwrap().attach(&request, &state("batch.tsr")).unwrap();
    let proofs = seals.map(|seal| stamped.proof(seal).unwrap());
    for (number, proof) in (1..).zip(&proofs) {
        assert_eq!(proof.der(), state(&format!("batch-{number}.proof.p7m")));
    }

    let anchors = |file| TrustAnchors::from_pem(&String::from_utf8(vectors::read(file)).unwrap()).unwrap();
    let verifier = Verifier::new(anchors("anchors/seal.pem"), anchors("anchors/tsa.pem"), Environment::Test);
    let now: DateTime<Utc> = "2026-03-03T12:00:00Z".parse().unwrap();
    let payload = recommande::PayloadDigests::of_bytes(&vectors::read("payload/letter.txt"));
    for proof in proofs.iter().chain([&proof]) {
        verifier.verify(proof, SendingContext::new(Payload::Digests(&payload)), now).unwrap();
    }
}
