//! What is given with the letters of a manifest: it fits them, or the letter does not pass with it.

use std::path::Path;

use serde_json::{Value, json as value};

use crate::common::{copied, folder, vector};
use crate::{by_schema, later};

/// Judges one case with this input. Returns the exit status, and the files of the document.
fn asked(folder: &Path, input: &Value) -> (i32, Vec<Value>) {
    let manifest = folder.join("m.json");
    std::fs::write(&manifest, value!({ "cases": [{ "id": "L", "input": input }] }).to_string()).unwrap();
    let (status, document) = by_schema(later().arg("--manifest").arg(&manifest));
    (status, document["files"].as_array().unwrap().clone())
}

/// Judges one case with this input, which cannot be judged, and compares a word of the reason.
#[track_caller]
fn assert_error(folder: &Path, input: &Value, word: &str) {
    let (status, files) = asked(folder, input);
    let error = files[0]["error"].as_str().unwrap_or_default();
    assert!(status == 3 && error.contains(word), "{status}: {files:#?}");
}

/// The codes of what is claimed.
fn claims(file: &Value) -> Vec<&str> {
    let claims = file["claims"].as_array().map(Vec::as_slice).unwrap_or_default();
    claims.iter().map(|claim| claim["finding"]["code"].as_str().unwrap()).collect()
}

#[test]
fn a_disclosure_that_differs_fails_the_letter_as_it_fails_the_file() {
    let folder = folder("case-disclosures");
    let input = |files: &[&str], disclosures: &[&str]| {
        let all = |names: &[&str]| names.iter().map(|name| vector(name)).collect::<Vec<_>>();
        value!({ "files": all(files), "disclosures": all(disclosures) })
    };
    let (differing, fitting) = ("commitment/another-person.disclosure.json", "commitment/sending.disclosure.json");
    for (files, disclosures, status, told) in [
        (&["good/committed.p7m"][..], &[fitting][..], 0, "TOTAL-PASSED"),
        (&["good/committed.p7m"], &[differing], 1, "TOTAL-FAILED"),
        // Another letter beside it passes, and the case does not.
        (&["good/committed.p7m", "case/sending-with-replies.p7m"], &[differing], 1, "TOTAL-FAILED"),
        (&["good/committed.p7m", "good/committed-opening.p7m"], &[differing], 1, "TOTAL-FAILED"),
        // Of several copies one fits, in any order.
        (&["good/committed.p7m"], &[differing, fitting], 0, "TOTAL-PASSED"),
        (&["good/committed.p7m"], &[fitting, differing], 0, "TOTAL-PASSED"),
    ] {
        let (exit_status, all) = asked(&folder, &input(files, disclosures));
        assert_eq!((exit_status, &all[0]["indication"]), (status, &told.into()), "{files:?} {disclosures:?}: {all:#?}");
        assert_eq!(claims(&all[0]).contains(&"disclosure-differs"), status == 1, "{all:#?}");
    }
    // One that names no proof of the case.
    let of_another = input(&["good/sending.p7m"], &["commitment/another-proof.disclosure.json"]);
    assert_error(&folder, &of_another, "no proof of the case is about this disclosure");
    let of_another = input(&["good/committed.p7m"], &["commitment/opening.disclosure.json"]);
    assert_error(&folder, &of_another, "opening.disclosure.json");
}

#[test]
fn a_submission_that_no_proof_states_is_an_error_of_the_case() {
    let folder = folder("case-submissions");
    let input = |file: &str, submission: &str| {
        let submission = vector(&format!("submission/{submission}.submission.json"));
        let submissions = value!([{ "file": submission, "signature": submission.with_extension("p7s") }]);
        value!({ "files": [vector(file)], "sender_anchors": vector("anchors/submissions.pem"), "submissions": submissions })
    };
    let (status, files) = asked(&folder, &input("submission/sending.p7m", "letter"));
    assert_eq!((status, &files[0]["indication"]), (0, &"TOTAL-PASSED".into()), "{files:#?}");
    for file in ["submission/differs.p7m", "good/sending.p7m"] {
        assert_error(
            &folder,
            &input(file, "twin"),
            "twin.submission.json: no proof of the case states this submission",
        );
    }
}

#[test]
fn an_extract_that_cannot_be_read_is_an_error() {
    let folder = folder("case-extracts");
    copied(&folder, &[("mandate/register.extract.json", "r.json"), ("mandate/register.extract.p7s", "r.p7s")]);
    std::fs::write(folder.join("junk.json"), "{}").unwrap();
    std::fs::write(folder.join("junk.p7s"), "x").unwrap();
    let input = |extract: &str, signature: &str| {
        let anchors = vector("anchors/register.pem");
        let register = value!({ "anchors": anchors, "extract": extract, "signature": signature });
        value!({ "files": [vector("good/sending.p7m")], "register": register })
    };
    assert_eq!(asked(&folder, &input("r.json", "r.p7s")).0, 0);
    assert_error(&folder, &input("junk.json", "r.p7s"), "junk.json");
    assert_error(&folder, &input("r.json", "junk.p7s"), "junk.p7s: this is no signature");
}

/// What is found in the folder of a case counts as what is given by name, and what is about no proof is passed over.
#[test]
fn disclosures_and_submissions_in_the_folder_of_a_case_count() {
    let folder = folder("case-found");
    let letter = folder.join("letter");
    let input = value!({ "files": ["letter"], "sender_anchors": vector("anchors/submissions.pem") });
    let told = |files: &[(&str, &str)]| {
        let _ = std::fs::remove_dir_all(&letter);
        std::fs::create_dir(&letter).unwrap();
        copied(&letter, files);
        let (status, files) = asked(&folder, &input);
        assert_eq!(files.len(), 1, "{files:#?}");
        (status, files[0].clone())
    };
    let committed = ("good/committed.p7m", "a.p7m");
    assert_eq!(told(&[committed, ("commitment/sending.disclosure.json", "d.json")]).0, 0);
    assert_eq!(told(&[committed, ("commitment/opening.disclosure.json", "d.json")]).0, 0);
    let (status, file) = told(&[committed, ("commitment/another-person.disclosure.json", "d.json")]);
    assert_eq!((status, claims(&file)), (1, vec!["disclosure-differs"]), "{file:#}");
    let sending = ("submission/sending.p7m", "a.p7m");
    let gaps = |file: &Value| file["letters"][0]["cases"][0]["case"]["gaps"].clone();
    assert_eq!(gaps(&told(&[sending]).1), value!(["submission-not-given"]));
    let submission = [("submission/letter.submission.json", "s.json"), ("submission/letter.submission.p7s", "s.p7s")];
    let (status, file) = told(&[sending, submission[0], submission[1]]);
    assert_eq!((status, gaps(&file)), (0, value!([])), "{file:#}");
    // Without anchors of senders a submission is no part of anything, whatever its signature is.
    std::fs::write(letter.join("s.p7s"), "").unwrap();
    let (status, files) = asked(&folder, &value!({ "files": ["letter"] }));
    assert_eq!((status, gaps(&files[0])), (0, value!(["submission-not-given"])), "{files:#?}");
}

/// A folder of a case holds what its files hold, where they are named alone: nothing that does not hold goes without a word.
#[test]
fn what_lies_in_the_folder_of_a_case_is_told() {
    let folder = folder("case-lying");
    let letter = folder.join("letter");
    std::fs::create_dir(&letter).unwrap();
    copied(&letter, &[("good/sending.p7m", "a.p7m")]);
    std::fs::write(letter.join("read-me.txt"), "a letter").unwrap();
    let input = value!({ "files": ["letter"] });
    assert_eq!(asked(&folder, &input).0, 0);
    // What lies beside the proof and does not hold is claimed of it, and changes no letter.
    for (beside, code) in [
        ("a.p7m.ers", "evidence-record-malformed"),
        ("a.tlog-proof", "log-proof-malformed"),
        ("a.pq.p7s", "second-seal-not-announced"),
    ] {
        std::fs::write(letter.join(beside), "garbage").unwrap();
        let (status, files) = asked(&folder, &input);
        assert_eq!((status, files.len(), &files[0]["indication"]), (0, 1, &"TOTAL-PASSED".into()), "{files:#?}");
        assert!(claims(&files[0]).contains(&code), "{beside}: {files:#?}");
        std::fs::remove_file(letter.join(beside)).unwrap();
    }
    // What belongs to no proof is told of itself, as where the folder is named alone.
    for (stray, status, told) in [
        ("x.ers", 1, "TOTAL-FAILED"),
        ("w.tsr", 1, "TOTAL-FAILED"),
        ("z.asice", 1, "TOTAL-FAILED"),
        ("u.p7s", 1, "TOTAL-FAILED"),
        ("y.tlog-proof", 3, "this lies beside no proof of the case"),
        ("y.pq.p7s", 3, "this lies beside no proof of the case"),
    ] {
        std::fs::write(letter.join(stray), "garbage").unwrap();
        let (exit_status, files) = asked(&folder, &input);
        assert_eq!((exit_status, files.len(), &files[0]["indication"]), (status, 2, &"TOTAL-PASSED".into()), "{stray}");
        let of_stray = files.iter().find(|file| file["file"].as_str().unwrap().ends_with(stray)).unwrap();
        assert!([&of_stray["indication"], &of_stray["error"]].contains(&&told.into()), "{stray}: {of_stray:#}");
        std::fs::remove_file(letter.join(stray)).unwrap();
    }
    // A folder that holds no proof is an error, whatever is named beside it.
    std::fs::create_dir(folder.join("empty")).unwrap();
    assert_error(&folder, &value!({ "files": ["letter", "empty"] }), "empty: there is no proof in this folder");
}

#[test]
fn a_member_of_a_policy_that_is_not_known_is_named() {
    let folder = folder("case-policy");
    let input = value!({ "files": [vector("good/sending.p7m")], "policy": { "nosuch": 1 } });
    assert_error(&folder, &input, "nosuch");
}
