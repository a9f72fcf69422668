//! The letters that proofs come to: which proofs belong together, what is told of them, and how the run ends.

#[path = "../common/mod.rs"]
mod common;

mod given;
mod manifests;
mod told;

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
    let schema: Value = serde_json::from_str(include_str!("../../schema/report.schema.json")).unwrap();
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
