//! The letters that proofs come to: which proofs belong together, what is told of them, and how the run ends.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{bare, command, command_at, copied, folder, json, run, vector};
use serde_json::{Value, json as value};

/// The command at the time of the vectors of cases.
fn later() -> Command {
    command_at("2026-05-01T12:00:00Z")
}

/// The document, which is by its schema.
fn by_schema(command: &mut Command) -> (i32, Value) {
    let (status, document) = json(command);
    let schema: Value = serde_json::from_str(include_str!("../schema/report.schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    if let Some(error) = validator.iter_errors(&document).next() {
        panic!("{}: {error}", error.instance_path());
    }
    (status, document)
}

/// The letters of a document, each with its name and its verdict.
fn letters(document: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = document["files"].as_array().unwrap().iter().filter(|file| file["kind"] == "case");
    files.map(|file| (text(&file["file"]), text(&file["indication"]), file["letters"][0].clone())).collect()
}

/// A letter that was opened, and the reply to it.
const ANSWERED: [(&str, &str); 3] = [
    ("case/sending-with-replies.p7m", "z.p7m"),
    ("case/opened-before-reply.p7m", "a.p7m"),
    ("case/reply.p7m", "m.p7m"),
];

fn answered(name: &str) -> PathBuf {
    let folder = folder(name);
    copied(&folder, &ANSWERED);
    folder
}

#[test]
fn proofs_of_one_letter_are_put_together_and_told_after_the_files() {
    let folder = answered("cases");
    let (status, document) = by_schema(later().arg(&folder).arg("--cases"));
    let letters = letters(&document);
    assert_eq!((status, letters.len()), (0, 2), "{letters:#?}");
    assert_eq!(document["files"].as_array().unwrap().len(), 5);
    assert_eq!(document["totals"]["passed"], 5);
    let (name, verdict, letter) = &letters[0];
    assert_eq!((name.as_str(), verdict.as_str()), ("message 1ZG0000036L3Z", "TOTAL-PASSED"));
    assert_eq!(letter["cases"][0]["case"]["state"], "opened");
    assert_eq!(letter["replies"][0]["message"], "1ZG0000036L40");
    let (name, _, reply) = &letters[1];
    assert_eq!((name.as_str(), reply["replies_to"].as_array().unwrap().len()), ("message 1ZG0000036L40", 1));
    // Nobody asked about letters.
    let (_, document) = json(later().arg(&folder));
    assert_eq!(document["files"].as_array().unwrap().len(), 3);
    // A sending that is given, and not judged itself, is a proof of the letter.
    let mut given = later();
    given.arg(folder.join("a.p7m")).arg("--sending").arg(folder.join("z.p7m")).arg("--cases");
    let (status, document) = json(&mut given);
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 2), "{document:#}");
    assert_eq!(document["files"][1]["letters"][0]["cases"][0]["case"]["verdict"], "proven");
}

/// A proof that is given with others, and that no judged file follows, is told: it may be broken, and the letter would hide that.
#[test]
fn a_given_proof_that_no_file_follows_is_an_error_with_letters_too() {
    for given in ["event/request-unstamped.p7m", "good/opening.p7m"] {
        for cases in [&[][..], &["--cases"]] {
            let mut command = later();
            command.arg(vector("good/sending.p7m")).arg("--cause").arg(vector(given)).args(cases);
            let (status, document) = by_schema(&mut command);
            let errors = document["files"].as_array().unwrap().iter().filter_map(|file| file["error"].as_str());
            let errors: Vec<&str> = errors.collect();
            assert_eq!(
                (status, errors.as_slice()),
                (3, &["no file that is judged is about this"][..]),
                "{given} {cases:?}"
            );
        }
    }
}

#[test]
fn letters_of_a_manifest_are_those_that_it_lists() {
    let folder = answered("case-manifest");
    let manifest = folder.join("m.json");
    std::fs::write(&manifest, value!({ "vectors": [{ "file": "z.p7m" }] }).to_string()).unwrap();
    let asked = |paths: &[&Path]| {
        let mut command = later();
        by_schema(command.args(paths).arg("--cases").arg("--manifest").arg(&manifest))
    };
    let (status, document) = asked(&[]);
    let error = document["files"][0]["error"].as_str().unwrap();
    assert!(status == 3 && error.contains("a manifest lists its own as cases"), "{error}");
    let (status, document) = asked(&[&folder]);
    assert_eq!((status, letters(&document).len(), &document["totals"]["passed"]), (0, 2, &6.into()), "{document:#}");
}

/// What the proofs of one folder come to is what they come to where they are named together, for each case of the vectors. The names of
/// the files have no part in it.
#[test]
fn a_folder_comes_to_what_its_proofs_come_to() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let (_, together) = json(bare().arg("--manifest").arg(vector("manifest.json")));
    let mut compared = 0;
    for case in manifest["cases"].as_array().unwrap() {
        let (id, input) = (case["id"].as_str().unwrap(), &case["input"]);
        let folder = folder("case-of-vectors");
        let files = input["files"].as_array().unwrap();
        for (number, file) in files.iter().enumerate() {
            // The last one comes first.
            let name = format!("{:02}.p7m", files.len() - number);
            std::fs::copy(vector(file.as_str().unwrap()), folder.join(name)).unwrap();
        }
        for (number, signed) in input["submissions"].as_array().into_iter().flatten().enumerate() {
            for (member, ending) in [("file", "json"), ("signature", "p7s")] {
                let from = vector(signed[member].as_str().unwrap());
                std::fs::copy(from, folder.join(format!("s{number}.{ending}"))).unwrap();
            }
        }
        let mut command = command_at(input["now"].as_str().unwrap());
        for (member, option) in [("sender_anchors", "--sender-anchors"), ("recipient_anchors", "--recipient-anchors")] {
            if let Some(anchors) = input[member].as_str() {
                command.arg(option).arg(vector(anchors));
            }
        }
        let (status, document) = by_schema(command.arg(&folder).arg("--cases"));
        let of_folder: Vec<Value> = letters(&document).into_iter().map(|(_, _, letter)| letter).collect();
        let told = together["files"].as_array().unwrap().iter().find(|file| file["file"] == id).unwrap();
        assert_eq!(Value::Array(of_folder), told["letters"], "{id}");
        // The worst of all decides, and a file may be worse than what becomes of the letter.
        let possible = match told["indication"].as_str().unwrap() {
            "TOTAL-PASSED" => 0..=2,
            "INDETERMINATE" => 1..=2,
            _ => 1..=1,
        };
        assert!(possible.contains(&status), "{id}: {status}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}

/// Two signatures may lie beside one text: each is compared, in any order.
#[test]
fn each_signature_over_one_text_is_compared() {
    let folder = folder("case-signatures");
    copied(&folder, &[("case/sending-with-submission.p7m", "a.p7m"), ("case/submission.json", "s.json")]);
    copied(&folder, &[("case/submission.p7s", "s.p7s"), ("submission/letter.submission.p7s", "other.p7s")]);
    let manifest = folder.join("m.json");
    let case = |signatures: &[&str]| {
        let submissions: Vec<Value> =
            signatures.iter().map(|signature| value!({ "file": "s.json", "signature": signature })).collect();
        let input = value!({ "files": ["a.p7m"], "submissions": submissions });
        std::fs::write(&manifest, value!({ "cases": [{ "id": "one", "input": input }] }).to_string()).unwrap();
        let mut command = later();
        command.arg("--sender-anchors").arg(vector("anchors/senders.pem")).arg("--manifest").arg(&manifest);
        by_schema(&mut command).1["files"][0]["letters"].clone()
    };
    let alone = case(&["s.p7s"]);
    assert_eq!(alone[0]["cases"][0]["case"]["gaps"], value!([]), "{alone:#}");
    assert_ne!(case(&["other.p7s"]), alone);
    assert_eq!(case(&["other.p7s", "s.p7s"]), alone);
    assert_eq!(case(&["s.p7s", "other.p7s"]), alone);
}

/// The example judges the same folder by the same library, and a letter has one status in both.
#[test]
fn the_example_says_the_same() {
    let tool = Path::new(env!("CARGO_BIN_EXE_recommande-verify"));
    let example = tool.parent().unwrap().join("examples/case").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(example.exists(), "{} is not there: cargo build --examples", example.display());
    let opened = ["good/sending.p7m", "good/opening.p7m"];
    let missing = ["good/opening.p7m"];
    let contradicted = ["good/sending.p7m", "good/several-parts.p7m"];
    let answered = ANSWERED.map(|(from, _)| from);
    for (files, expected) in [(&opened[..], 0), (&missing, 2), (&contradicted, 1), (&answered, 0)] {
        let folder = folder("case-of-example");
        for (number, file) in files.iter().enumerate() {
            std::fs::copy(vector(file), folder.join(format!("{number}.p7m"))).unwrap();
        }
        let regime = ["--regime", "FR-LRE"];
        let (status, document) = by_schema(later().arg(&folder).arg("--cases").args(regime));
        assert_eq!(status, expected, "{files:?}");
        let mut example = Command::new(&example);
        example.arg(&folder).args(regime).args(later().get_args()).arg("--json");
        let (of_example, out, told) = run(&mut example);
        assert_eq!(of_example, expected, "{files:?}: {told}");
        let by_example: Value = serde_json::from_str(&out).unwrap();
        let of_tool: Vec<Value> = letters(&document).into_iter().map(|(_, _, letter)| letter).collect();
        assert_eq!(by_example["letters"], Value::Array(of_tool), "{files:?}");
    }
}

#[test]
fn what_is_claimed_changes_no_letter_and_is_told_of_its_file() {
    let folder = folder("claimed");
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("event/request-unstamped.p7m", "b.p7m")]);
    std::fs::write(folder.join("c.p7m"), "no proof").unwrap();
    let (status, document) = by_schema(later().arg(&folder).arg("--cases"));
    let told = letters(&document);
    assert_eq!((status, told.len(), told[0].1.as_str()), (1, 1, "TOTAL-PASSED"), "{document:#}");
    // Under an id of a manifest no file is told by itself, and the letter decides.
    let manifest = folder.join("m.json");
    std::fs::write(&manifest, value!({ "cases": [{ "id": "one", "input": { "files": ["."] } }] }).to_string()).unwrap();
    let (status, document) = by_schema(later().arg("--manifest").arg(&manifest));
    let file = &document["files"][0];
    let claims: Vec<&str> = file["claims"].as_array().unwrap().iter().map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!((status, &file["file"], claims.len()), (0, &"one".into(), 2), "{file:#}");
    assert!(claims[0].ends_with("b.p7m") && claims[1].ends_with("c.p7m"), "{claims:?}");
    // Where there is no letter, the worst claim decides.
    std::fs::remove_file(folder.join("a.p7m")).unwrap();
    assert_eq!(run(later().arg("--manifest").arg(&manifest)).0, 1);
    std::fs::remove_file(folder.join("c.p7m")).unwrap();
    let (status, text, _) = run(later().arg("--manifest").arg(&manifest));
    assert!(status == 2 && text.contains("one: INDETERMINATE (") && text.contains("b.p7m: Notif"), "{text}");
    std::fs::remove_file(folder.join("b.p7m")).unwrap();
    let (status, text, _) = run(later().arg("--manifest").arg(&manifest));
    assert!(status == 3 && text.contains("there is no proof"), "{text}");
}

/// What lies beside a proof by its name counts for the letter too, and for no other proof of it.
#[test]
fn what_lies_beside_a_proof_is_given_with_it() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let policy = |id: &str| {
        let entry = manifest["vectors"].as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap();
        entry["input"]["policy"].clone()
    };
    let mut logged = policy("log/included");
    logged["log"] = "required".into();
    let sealed_twice = value!({ "second_seal": "required" });
    for (policy, proof, beside, ending) in [
        (logged, "good/sending.p7m", "log/good.tlog-proof", "tlog-proof"),
        (sealed_twice, "second-seal/both.p7m", "second-seal/good.pq.p7s", "pq.p7s"),
    ] {
        let folder = folder("case-beside");
        let of_proof = format!("a.{ending}");
        copied(&folder, &[(proof, "a.p7m"), (beside, &of_proof), ("good/opening.p7m", "b.p7m")]);
        std::fs::write(folder.join("policy.txt"), policy.to_string()).unwrap();
        let state = || {
            let mut command = command();
            command.arg(&folder).arg("--cases").arg("--policy").arg(folder.join("policy.txt"));
            let (_, document) = by_schema(&mut command);
            letters(&document).first().map(|(_, _, letter)| letter["cases"][0]["case"]["state"].clone())
        };
        // The opening has none, and is a claim.
        assert_eq!(state(), Some("submitted".into()), "{ending}");
        std::fs::remove_file(folder.join(of_proof)).unwrap();
        assert_eq!(state(), None, "{ending}");
    }
}

#[test]
fn moments_and_keeping_are_told_where_they_are_asked_for() {
    let folder = answered("moments");
    let asked = |options: &[&str]| by_schema(later().arg(&folder).arg("--cases").args(options));
    let (status, document) = asked(&["--regime", "FR-LRE", "--retention", "BE-EBOX"]);
    let case = letters(&document)[0].2["cases"][0].clone();
    assert_eq!((status, &case["moments"]["deemed"]["effect"]), (0, &"served".into()), "{case:#}");
    assert_eq!((&case["keeping"]["rule"], &case["keeping"]["keeping"]), (&"BE-EBOX".into(), &"renew-before".into()));
    let (_, document) = asked(&[]);
    let case = letters(&document)[0].2["cases"][0].clone();
    assert_eq!((&case["moments"], &case["keeping"]), (&Value::Null, &Value::Null));
    let (_, text, _) = run(later().arg(&folder).args(["--cases", "--regime", "FR-LRE", "--retention", "FR-LRE"]));
    for word in [
        "  recipient 1: PROVEN: opened\n",
        "under FR-LRE (days of Europe/Paris)",
        "counts as      served",
        "kept until",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // A dispute holds the letter after its time.
    let after = |options: &[&str]| {
        let mut command = command_at("2027-12-01T00:00:00Z");
        run(command.arg(&folder).args(["--cases", "--retention", "FR-LRE"]).args(options)).1
    };
    assert!(after(&[]).contains("kept too long"), "{}", after(&[]));
    let held = after(&["--dispute"]);
    assert!(!held.contains("kept too long") && held.contains("under FR-LRE: renew before"), "{held}");
    // An option of which nothing would come is no option, and a name that is not known is told with those that are.
    for (options, word) in [
        (&["--regime", "FR-LRE"][..], "--cases"),
        (&["--retention", "BE-EBOX"], "--cases"),
        (&["--cases", "--dispute"], "--retention"),
        (&["--cases", "--regime", "list"], "FR-LRE"),
        (&["--cases", "--retention", "XX"], "BE-EBOX, FR-LRE"),
    ] {
        let (status, _, told) = run(later().arg(&folder).args(options));
        assert!(status == 3 && told.contains(word), "{options:?}: {told}");
    }
}

/// A case of a manifest with a rule of its own is held by the dispute of the run too.
#[test]
fn a_dispute_holds_the_letters_of_a_manifest() {
    let folder = answered("case-dispute");
    let manifest = folder.join("m.json");
    let input = value!({ "files": ["."], "retention": "FR-LRE" });
    std::fs::write(&manifest, value!({ "cases": [{ "id": "one", "input": input }] }).to_string()).unwrap();
    let keeping = |options: &[&str]| {
        let mut command = command_at("2027-12-01T00:00:00Z");
        let (_, document) = by_schema(command.arg("--manifest").arg(&manifest).args(options));
        let keeping = document["files"][0]["letters"][0]["cases"][0]["keeping"].clone();
        (keeping["rule"].clone(), keeping["keeping"].clone())
    };
    assert_eq!(keeping(&["--retention", "BE-EBOX"]), ("FR-LRE".into(), "kept-too-long".into()));
    assert_eq!(keeping(&["--retention", "BE-EBOX", "--dispute"]), ("FR-LRE".into(), "renew-before".into()));
}

/// A proof that another one names is gone, and the letter is still to be kept.
#[test]
fn what_is_gone_too_early_is_told() {
    let folder = folder("kept-too-short");
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("event/ConsignmentAcceptance.p7m", "b.p7m")]);
    let (status, document) = by_schema(later().arg(&folder).args(["--cases", "--retention", "BE-EBOX"]));
    let case = letters(&document)[0].2["cases"][0].clone();
    assert_eq!((status, &case["case"]["verdict"]), (2, &"incomplete".into()));
    assert_eq!(
        (&case["keeping"]["keeping"], &case["keeping"]["kept_too_short"][0]),
        (&"kept-too-short".into(), &case["case"]["missing"][0]["proof"])
    );
    let statements = case["keeping"]["statements"].as_array().unwrap();
    assert!(statements.iter().all(|statement| statement["verifiable_until"].is_string()), "{case:#}");
}

/// What registers signed is given by options, and what is disclosed lies among the files.
#[test]
fn mandates_are_proven_and_parties_disclosed() {
    let folder = folder("case-mandate");
    copied(&folder, &[("mandate/sending-to-enterprise.p7m", "a.p7m"), ("mandate/provider.p7m", "b.p7m")]);
    let verdict = |command: &mut Command| {
        let (_, document) = by_schema(command);
        letters(&document)[0].2["cases"][0]["case"]["verdict"].clone()
    };
    assert_eq!(verdict(later().arg(&folder).arg("--cases")), "incomplete");
    let mut with_register = later();
    with_register.arg(&folder).arg("--cases").arg("--register-anchors").arg(vector("anchors/register.pem"));
    with_register.arg("--register-extract").arg(vector("mandate/register.extract.json"));
    assert_eq!(verdict(&mut with_register), "proven");
    // The signature of an extract in the folder is no file of its own, whoever gave it.
    let register = [("mandate/register.extract.json", "r.json"), ("mandate/register.extract.p7s", "r.p7s")];
    copied(&folder, &register);
    let (_, document) = json(later().arg(&folder));
    assert_eq!((document["files"].as_array().unwrap().len(), &document["totals"]["ignored"]), (2, &2.into()));
    let (_, document) = json(later().arg(folder.join("r.p7s")));
    assert_eq!(document["files"][0]["kind"], "signature");

    let folder = common::folder("case-disclosed");
    copied(&folder, &[("reply/letter-committed.p7m", "a.p7m"), ("reply/disclosed.p7m", "b.p7m")]);
    let objections = || {
        let (_, document) = by_schema(later().arg(&folder).arg("--cases"));
        let letters = letters(&document);
        let reply = letters.iter().find(|(_, _, letter)| !letter["replies_to"].as_array().unwrap().is_empty()).unwrap();
        (reply.2["replies_to"][0]["objections"].clone(), reply.1.clone())
    };
    assert_eq!(objections().0, value!(["parties-not-disclosed"]));
    copied(&folder, &[("reply/letter-committed.disclosure.json", "c.json")]);
    assert_eq!(objections().0, value!(["before-opening"]));
}

/// Whatever a file is called, and whatever a manifest calls a case, stays in its line.
#[test]
fn names_write_no_lines() {
    let folder = folder("case-names");
    std::fs::write(folder.join("x\nmessage 1: TOTAL-PASSED.p7m"), "no proof").unwrap();
    let manifest = folder.join("m.json");
    let id = "one\nmessage 2: TOTAL-PASSED";
    std::fs::write(&manifest, value!({ "cases": [{ "id": id, "input": { "files": ["."] } }] }).to_string()).unwrap();
    for full in [&[][..], &["--full"]] {
        let (_, text, _) = run(later().arg("--manifest").arg(&manifest).args(full));
        assert!(text.contains("one\\nmessage 2") && text.contains("x\\nmessage 1"), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("message")), "{text}");
    }
}

#[test]
fn letters_stand_in_every_form() {
    let folder = folder("case-forms");
    copied(
        &folder,
        &[("good/sending.p7m", "a.p7m"), ("good/several-parts.p7m", "b.p7m"), ("good/opening.p7m", "c.p7m")],
    );
    let asked = |options: &[&str]| run(later().arg(&folder).arg("--cases").args(options));
    let (status, text, _) = asked(&[]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(status, 1);
    assert_eq!(
        lines[3],
        "message 1ZG0000036L3Z: TOTAL-FAILED (recipient 1: CONTRADICTED: opened, recipient 2: CONTRADICTED: submitted)",
        "{text}"
    );
    assert_eq!(lines[4], "  recipient 1: CONTRADICTED: opened");
    assert_eq!(lines[5], "  recipient 2: CONTRADICTED: submitted");
    assert!(lines[6].starts_with("  recipient 1: contradiction: split-view: "), "{text}");
    assert_eq!(*lines.last().unwrap(), "3 passed, 1 failed, 0 indeterminate, 0 errors");
    let (_, text, _) = asked(&["--quiet"]);
    assert!(!text.contains("a.p7m") && text.contains("message 1ZG0000036L3Z"), "{text}");
    let (_, text, _) = asked(&["--full"]);
    assert!(text.contains("    service says   ") && text.contains("  message 1ZG0000036L3Z (Test)"), "{text}");
    let (_, xml, _) = asked(&["--format", "junit"]);
    let case = "<testcase classname=\"recommande.case\" name=\"message 1ZG0000036L3Z\"><failure type=\"TOTAL-FAILED\" message=\"recipient 1: CONTRADICTED: opened, recipient 2: ";
    assert!(xml.contains(case) && xml.contains("split-view"), "{xml}");
    let (_, github, _) = asked(&["--format", "github"]);
    assert!(
        github.starts_with("::error title=TOTAL-FAILED::message 1ZG0000036L3Z: recipient 1: CONTRADICTED: opened, "),
        "{github}"
    );
    assert!(github.contains("; recipient 1: contradiction: split-view: "), "{github}");
}

/// The state alone does not say why it is not proven: that is told in every form, of each letter of the vectors.
#[test]
fn a_letter_that_is_not_proven_has_its_reason_in_every_form() {
    let asked = |format: &[&str]| run(bare().arg("--manifest").arg(vector("manifest.json")).args(format)).1;
    let text = asked(&["--quiet"]);
    let xml = asked(&["--format", "junit"]);
    let words = ["contradiction: ", "missing: ", "gap: ", "not proven: "];
    let mut letters = 0;
    for case in xml.split("<testcase ").filter(|case| case.starts_with("classname=\"recommande.case\"")) {
        if !case.contains("<failure") && !case.contains("<error") {
            continue;
        }
        assert!(words.iter().any(|word| case.contains(word)), "{case}");
        letters += 1;
    }
    assert!(letters > 15, "{letters}");
    // Neither has a contradiction, nor names a proof that is missing.
    let (submission, mandate) =
        ("gap: it is not decided whether the sender signed", "not proven: ContentAccessTracking: ");
    for (id, reason) in [("case/submission-not-verified", submission), ("case/opened-by-mandate", mandate)] {
        let told = text.split_once(&format!("\n{id}: INDETERMINATE")).unwrap().1;
        let told: Vec<&str> = told.lines().skip(1).take_while(|line| line.starts_with("  ")).collect();
        assert!(told.iter().any(|line| line.contains(reason)), "{told:?}");
        let told = xml.split("<testcase ").find(|case| case.contains(&format!("name=\"{id}\""))).unwrap();
        assert!(told.contains(reason), "{told}");
    }
    let folder = folder("case-reasons");
    copied(&folder, &[("case/sending-with-submission.p7m", "a.p7m"), ("case/submission.json", "a.json")]);
    copied(&folder, &[("case/submission.p7s", "a.p7s")]);
    let mut command = later();
    command.arg(&folder).arg("--cases").arg("--sender-anchors").arg(vector("anchors/seal.pem"));
    let (_, github, _) = run(command.args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", folder.join("s.md")));
    let annotation = github.lines().find(|line| line.starts_with("::warning title=INDETERMINATE::message ")).unwrap();
    assert!(annotation.contains(submission), "{annotation}");
    let table = std::fs::read_to_string(folder.join("s.md")).unwrap();
    assert!(table.lines().any(|line| line.contains("| message ") && line.contains(submission)), "{table}");
}

/// What a letter warns of is told although it passed, and of a letter there is no file to show it at.
#[test]
fn a_letter_that_passed_tells_what_it_warns_of() {
    let folder = folder("case-notice");
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let cases = manifest["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["id"] == "case/failed-after-success").unwrap();
    for (number, file) in case["input"]["files"].as_array().unwrap().iter().enumerate() {
        std::fs::copy(vector(file.as_str().unwrap()), folder.join(format!("{number}.p7m"))).unwrap();
    }
    let (status, github, _) = run(later().arg(&folder).args(["--cases", "--format", "github"]));
    let notice = "::notice::message 1ZG0000036L3Z: recipient 1: contradiction: failed-after-success: ";
    assert!(status == 0 && github.lines().any(|line| line.starts_with(notice)), "{github}");
}

/// A proof is one by its octets, whatever its name says it is.
#[test]
fn the_name_of_a_proof_takes_it_out_of_no_letter() {
    let folder = folder("case-named");
    copied(&folder, &[("good/sending.p7m", "a.json"), ("good/opening.p7m", "b.txt")]);
    let (status, document) = by_schema(later().arg(&folder).arg("--cases"));
    let letters = letters(&document);
    assert_eq!((status, letters.len()), (0, 1), "{document:#}");
    assert_eq!(letters[0].2["cases"][0]["case"]["state"], "opened");
}

/// The same files give the same document, by any number of threads.
#[test]
fn letters_have_one_order() {
    let of = |threads: &str| {
        let mut command = later();
        command.args([vector("case"), vector("reply")]).args(["--cases", "--format", "json", "--threads", threads]);
        run(&mut command)
    };
    let (one, three) = (of("1"), of("3"));
    assert!(one.1.contains("\"kind\":\"case\"") && one == three, "the documents differ");
}

/// What is judged together has a bound, and so has the memory for it. One letter that is beyond costs the others nothing.
#[test]
fn too_many_proofs_of_one_letter_are_an_error_by_its_name() {
    let folder = folder("case-limits");
    copied(&folder, &[("good/sending.p7m", "a.p7m")]);
    std::fs::write(folder.join("big.p7m"), vec![0; 1 << 20]).unwrap();
    let many = |file: &str, count: usize| value!(vec![file; count]);
    let cases = value!({ "cases": [
        { "id": "many", "input": { "files": many("a.p7m", 4097) } },
        { "id": "large", "input": { "files": many("big.p7m", 65) } },
        { "id": "one", "input": { "files": many("a.p7m", 2) } },
        { "id": "none", "input": { "files": [] } },
        { "id": "missing", "input": { "files": ["missing.p7m"] } },
        { "id": "one", "input": { "files": ["a.p7m"] } },
        { "id": "senders", "input": { "files": ["a.p7m"], "submissions": [{ "file": "a", "signature": "b" }] } },
        { "id": "regime", "input": { "files": ["a.p7m"], "regime": "XX" } },
    ] });
    let manifest = folder.join("m.json");
    std::fs::write(&manifest, cases.to_string()).unwrap();
    let (status, document) = by_schema(later().arg("--manifest").arg(&manifest));
    let told: Vec<(&str, &str)> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["file"].as_str().unwrap(), file["error"].as_str().unwrap_or("passed")))
        .collect();
    assert_eq!((status, &document["totals"]["passed"]), (3, &1.into()), "{told:#?}");
    for (name, word) in [
        ("many", "more than 4096 proofs"),
        ("large", "more than 67108864 octets"),
        ("one", "passed"),
        ("none", "there is no proof"),
        ("missing", "missing.p7m"),
        ("one (2)", "twice"),
        ("senders", "sender_anchors"),
        ("regime", "FR-LRE"),
    ] {
        let error = told.iter().find(|(told, _)| *told == name).unwrap_or_else(|| panic!("{name}: {told:#?}")).1;
        assert!(error.contains(word), "{name}: {error}");
    }
}

/// A proof with something beside it has a verifier of its own, which holds what is given for all: a file of a mebibyte would be held by each.
#[test]
fn what_is_given_for_all_counts_for_each_proof_that_has_its_own() {
    let folder = folder("case-own");
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("log/good.tlog-proof", "a.tlog-proof")]);
    std::fs::write(folder.join("big"), vec![0; 1 << 20]).unwrap();
    let input = |count: usize| value!({ "input": { "files": vec!["a.p7m"; count] } });
    let (mut few, mut many) = (input(60), input(65));
    (few["id"], many["id"]) = ("few".into(), "many".into());
    let manifest = folder.join("m.json");
    std::fs::write(&manifest, value!({ "cases": [few, many] }).to_string()).unwrap();
    for option in ["--record", "--log-proof"] {
        let mut command = later();
        command.arg("--manifest").arg(&manifest).arg(option).arg(folder.join("big"));
        let (status, document) = by_schema(&mut command);
        let of = |id: &str| document["files"].as_array().unwrap().iter().find(|file| file["file"] == id).unwrap();
        assert_eq!((status, &of("few")["indication"]), (3, &"TOTAL-PASSED".into()), "{option}");
        let error = of("many")["error"].as_str().unwrap();
        assert!(error.contains("more than 67108864 octets"), "{option}: {error}");
    }
}

/// The JSON of letters is what programs read, and changes with a new file alone: `UPDATE_SNAPSHOTS=1` writes it.
#[test]
fn the_json_of_letters_is_as_it_was() {
    let folder = answered("case-snapshot");
    let mut command = later();
    command.current_dir(&folder).args([".", "--cases", "--regime", "FR-LRE", "--retention", "BE-EBOX"]);
    let (_, document) = by_schema(&mut command);
    let letters: Vec<&Value> = document["files"].as_array().unwrap().iter().filter(|it| it["kind"] == "case").collect();
    let told = serde_json::to_string_pretty(&letters).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/letters.json");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    assert_eq!(told, std::fs::read_to_string(&path).unwrap());
}

/// The README shows what the command prints.
#[test]
fn the_readme_prints_what_the_command_prints() {
    let folder = folder("case-readme");
    std::fs::create_dir(folder.join("proofs")).unwrap();
    copied(
        &folder,
        &[("case/sending-with-replies.p7m", "proofs/1.p7m"), ("case/opened-before-reply.p7m", "proofs/2.p7m")],
    );
    let readme = include_str!("../README.md");
    let shown = readme.split("```text\nrecommande-verify proofs --cases").nth(1).unwrap();
    let (options, printed) = shown.split("```").next().unwrap().split_once('\n').unwrap();
    assert!(options.starts_with(" --regime FR-LRE "), "{options}");
    let mut command = later();
    let (status, out, _) = run(command.current_dir(&folder).args(["proofs", "--cases", "--regime", "FR-LRE"]));
    assert_eq!((status, out.as_str()), (0, printed));
}
