//! The report as JSON: by its schema, and as the vectors expect it.

mod common;

use std::collections::BTreeMap;

use common::{assert_snapshot, bare, command, folder, json, lines, run, vector};
use jsonschema::{Draft, Validator};
use recommande::Report;
use recommande::life::{ContradictionKind, Gap, State};
use recommande::verify::Code;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../schema/report.schema.json")).unwrap()
}

fn validator() -> Validator {
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&schema()).unwrap()
}

/// All vectors, by their manifest: every report is by the schema, and says what the manifest expects.
#[test]
fn the_vectors_are_judged_as_their_manifest_says() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let expected: BTreeMap<&str, &Value> = manifest["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|vector| (vector["id"].as_str().unwrap(), &vector["expected"]))
        .collect();
    let (status, document) = json(bare().arg("--manifest").arg(vector("manifest.json")));
    assert_eq!(status, 1, "there are vectors that fail");
    assert_eq!(document["status"], 1);
    if let Some(error) = validator().iter_errors(&document).next() {
        panic!("{}: {error}", error.instance_path());
    }
    let files = document["files"].as_array().unwrap();
    let cases = manifest["cases"].as_array().unwrap();
    assert_eq!(files.len(), expected.len() + cases.len());
    let mut counts = BTreeMap::new();
    for (case, told) in cases.iter().zip(&files[expected.len()..]) {
        assert_eq!((&told["file"], &told["kind"]), (&case["id"], &"case".into()));
        assert_case(case, told);
        *counts.entry(told["indication"].as_str().unwrap()).or_insert(0) += 1;
    }
    for file in &files[..expected.len()] {
        let (id, report) = (file["file"].as_str().unwrap(), &file["reports"][0]);
        let expected = expected[id];
        assert_eq!(report["indication"], expected["indication"], "{id}");
        assert_eq!(report["sub_indication"], *expected.get("sub_indication").unwrap_or(&Value::Null), "{id}");
        assert_eq!(report["level"], *expected.get("level").unwrap_or(&Value::Null), "{id}");
        *counts.entry(report["indication"].as_str().unwrap()).or_insert(0) += 1;
        // A stored report is read by the library.
        let read: Report = serde_json::from_value(report.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), *report, "{id}");
    }
    let totals = &document["totals"];
    assert_eq!(totals["passed"], counts["TOTAL-PASSED"]);
    assert_eq!(totals["failed"], counts["TOTAL-FAILED"]);
    assert_eq!(totals["indeterminate"], counts["INDETERMINATE"]);
    assert_eq!(totals["errors"], 0);
}

/// The letters and claims are those of the manifest. What is absent there is empty.
fn assert_case(case: &Value, told: &Value) {
    let (id, expected) = (&case["id"], &case["expected"]);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let letters = list(&told["letters"]);
    assert_eq!(letters.len(), list(&expected["letters"]).len(), "{id}");
    let mut worst = 0;
    for (letter, expected) in letters.iter().zip(list(&expected["letters"])) {
        assert_eq!(letter["message"], expected["message"], "{id}");
        assert_eq!(letter["replies"].as_array().unwrap().len(), list(&expected["replies"]).len(), "{id}");
        assert_eq!(letter["replies_to"].as_array().unwrap().len(), list(&expected["replies_to"]).len(), "{id}");
        let cases = list(&letter["cases"]);
        assert_eq!(cases.len(), list(&expected["cases"]).len(), "{id}");
        for (made, expected) in cases.iter().zip(list(&expected["cases"])) {
            let case = &made["case"];
            for member in ["verdict", "state", "proven"] {
                assert_eq!(case[member], expected[member], "{id}");
            }
            assert_eq!(list(&case["gaps"]), list(&expected["gaps"]), "{id}");
            let kinds = |value: &Value| list(value).iter().map(|it| it["kind"].clone()).collect::<Vec<_>>();
            assert_eq!(kinds(&case["contradictions"]), kinds(&expected["contradictions"]), "{id}");
            assert_eq!(list(&case["missing"]).len(), list(&expected["missing"]).len(), "{id}");
            worst = worst.max(match case["verdict"].as_str().unwrap() {
                "proven" => 0,
                "contradicted" => 2,
                _ => 1,
            });
        }
    }
    let claims = list(&told["claims"]);
    assert_eq!(claims.len(), list(&expected["claims"]).len(), "{id}");
    for (claim, expected) in claims.iter().zip(list(&expected["claims"])) {
        assert_eq!(claim["finding"]["code"], expected["code"], "{id}");
        assert!(claim["file"].as_str().unwrap().ends_with(expected["file"].as_str().unwrap()), "{id}: {claim}");
    }
    let indication = ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"][worst];
    assert!(letters.is_empty() || told["indication"] == indication, "{id}: {}", told["indication"]);
}

/// Vectors of each kind and of each verdict.
const SHOWN: [&str; 10] = [
    "good/sending",
    "good/opening",
    "good/unstamped",
    "event/ConsignmentAcceptance",
    "good/payload-signature",
    "foreign/no-signer",
    "foreign/response",
    "record/single",
    "aggregated/single",
    "log/included",
];

/// The JSON of files is what programs read, and changes with a new file alone: `UPDATE_SNAPSHOTS=1` writes it. There is a line for each member
/// of a report, and for each finding.
#[test]
fn the_json_of_files_is_as_it_was() {
    let (_, mut document) = json(bare().arg("--manifest").arg(vector("manifest.json")));
    let mut told = String::new();
    for file in document["files"].as_array_mut().unwrap() {
        let Some(id) = SHOWN.into_iter().find(|id| file["file"] == *id) else { continue };
        // Each release has its own.
        assert!(file["reports"][0]["library"].take().is_string(), "{id}");
        lines(id, file, 4, &mut told);
    }
    assert_snapshot("files.txt", &told);
    assert!(SHOWN.into_iter().all(|id| told.contains(&format!("{id} file: "))), "{told}");
}

/// So does the JSON of what has no report, with the counts and everything around the files.
#[test]
fn the_json_of_what_has_no_report_is_as_it_was() {
    let folder = folder("no-reports");
    std::fs::write(folder.join("code.txt"), format!("RM0:{}:{}", "AB".repeat(32), "CD".repeat(16))).unwrap();
    std::fs::write(folder.join("other.txt"), "no proof").unwrap();
    let (_, mut document) = json(command().current_dir(&folder).args(["code.txt", "other.txt"]));
    assert!(document["version"].take().is_string());
    let mut told = String::new();
    lines("document", &document, 4, &mut told);
    for member in ["files reason: ", "files error: ", "totals errors: "] {
        assert!(told.contains(member), "{told}");
    }
    assert_snapshot("no-reports.txt", &told);
}

/// A code that is added, renamed or dropped changes what programs match: the schema lists them.
#[test]
fn the_schema_lists_every_code() {
    let schema = schema();
    let listed: Vec<&str> =
        schema["$defs"]["code"]["enum"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(listed, codes);
}

/// So it does the states, contradictions and gaps of cases.
#[test]
fn the_schema_lists_every_word_of_a_case() {
    let schema = schema();
    let defs = &schema["$defs"];
    let case = &defs["case"]["oneOf"][0]["properties"]["case"]["properties"];
    assert_eq!(defs["state"]["enum"], serde_json::to_value(State::ALL).unwrap());
    assert_eq!(case["gaps"]["items"]["enum"], serde_json::to_value(Gap::ALL).unwrap());
    let kinds = &case["contradictions"]["items"]["properties"]["kind"]["enum"];
    assert_eq!(*kinds, serde_json::to_value(ContradictionKind::ALL).unwrap());
}

/// The schema says no to what is not a report.
#[test]
fn the_schema_refuses_what_it_does_not_name() {
    let validator = validator();
    let (_, document) = json(command().arg(vector("good/sending.p7m")));
    assert!(validator.is_valid(&document));
    let changes: [fn(&mut Value); 6] = [
        |document| document["files"][0]["reports"][0]["indication"] = "PASSED".into(),
        |document| document["files"][0]["reports"][0]["findings"][0]["code"] = "fine".into(),
        |document| document["files"][0]["reports"][0]["surprise"] = 1.into(),
        |document| document["files"][0]["error"] = "and reports".into(),
        |document| document["verified_at"] = "yesterday".into(),
        |document| drop(document.as_object_mut().unwrap().remove("status")),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut changed = document.clone();
        change(&mut changed);
        assert!(!validator.is_valid(&changed), "change {number}");
    }
}

/// A report that is archived is whole, and says what went wrong, whatever went wrong.
#[test]
fn an_archived_report_is_never_empty() {
    let folder = folder("archived");
    let report = folder.join("report.json");
    let read = || -> Value { serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap() };
    let mut cases: Vec<(i32, &str, std::process::Command)> = Vec::new();
    let mut missing = command();
    missing.arg("no-such-file.p7m");
    cases.push((3, "no-such-file.p7m", missing));
    let mut anchors = bare();
    anchors.arg(vector("good/sending.p7m")).args(["--seal-anchors", "no-such-anchors.pem"]);
    cases.push((3, "no-such-anchors.pem", anchors));
    let mut usage = command();
    usage.args(["--nonsense", "x"]);
    cases.push((3, "--nonsense", usage));
    let mut nothing = command();
    nothing.args(["--policy", "strict"]);
    cases.push((3, "name files", nothing));
    for (expected, word, mut command) in cases {
        let (status, ..) = run(command.arg("--report").arg(&report));
        let document = read();
        assert_eq!((status, &document["status"]), (expected, &Value::from(expected)));
        assert!(validator().is_valid(&document), "{document}");
        let error = document["files"][0]["error"].as_str().unwrap();
        assert!(error.contains(word), "{error}");
        std::fs::remove_file(&report).unwrap();
    }
    let (status, out, _) = run(command().arg(vector("good/sending.p7m")).arg("--report").arg(&report));
    assert_eq!((status, read()["totals"]["passed"].as_u64()), (0, Some(1)));
    assert!(out.contains("TOTAL-PASSED"), "{out}");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["report.json"]);
}
