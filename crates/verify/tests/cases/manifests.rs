//! The letters that a manifest lists: what is given with each, and what bounds them.

use std::path::Path;

use serde_json::{Value, json as value};

use crate::common::{command_at, copied, folder, run, vector};
use crate::{answered, by_schema, later, letters};

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
