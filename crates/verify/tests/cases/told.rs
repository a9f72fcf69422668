//! What is written of letters in each form.

use std::path::Path;

use serde_json::{Value, json as value};

use crate::common::{bare, copied, folder, run, vector};
use crate::{answered, by_schema, later};

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
    let readme = include_str!("../../README.md");
    let shown = readme.split("```text\nrecommande-verify proofs --cases").nth(1).unwrap();
    let (options, printed) = shown.split("```").next().unwrap().split_once('\n').unwrap();
    assert!(options.starts_with(" --regime FR-LRE "), "{options}");
    let mut command = later();
    let (status, out, _) = run(command.current_dir(&folder).args(["proofs", "--cases", "--regime", "FR-LRE"]));
    assert_eq!((status, out.as_str()), (0, printed));
}
