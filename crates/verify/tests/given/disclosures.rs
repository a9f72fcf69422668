//! What proofs commit to is disclosed by files beside them, and no person is named by what is written.

use std::path::{Path, PathBuf};
use std::process::Command;

use recommande::evidence::Disclosure;

use crate::common::{self, command_at, copied, run, vector};
use crate::{assert_error, assert_told};

const NISS: &str = "85073003328";
const PATH: &str = "/RecipientDetails/0/Identifier/value";

/// A folder with a letter and its opening, and one with what they and others disclose.
fn folders(name: &str) -> PathBuf {
    let folder = common::folder(name);
    copied(
        &folder,
        &[
            ("good/committed.p7m", "letter.p7m"),
            ("good/committed-opening.p7m", "opening.p7m"),
            ("commitment/sending.disclosure.json", "letter.json"),
            ("commitment/opening.disclosure.json", "opening.json"),
            ("commitment/another-person.disclosure.json", "another.json"),
            ("payload/letter.txt", "letter.txt"),
        ],
    );
    folder
}

/// The command in the folder, which names nobody.
fn asked(folder: &Path, arguments: &[&str]) -> Command {
    let command = || {
        let mut command = command_at("2026-03-05T08:00:00Z");
        command.current_dir(folder).args(arguments);
        command
    };
    for format in ["text", "json", "junit", "github"] {
        let (_, out, err) = run(command().args(["--format", format]));
        assert!(!out.contains(NISS) && !err.contains(NISS), "{out}{err}");
    }
    command()
}

#[test]
fn a_disclosure_says_who_it_is_and_has_to_fit() {
    let folder = folders("disclosures");
    let told = |arguments: &[&str], status: i32, codes: &[&str]| {
        let name = arguments[0];
        assert_told(&mut asked(&folder, arguments), name, status, codes);
    };
    told(&["letter.p7m"], 0, &["identity-not-disclosed"]);
    let disclosed = ["letter.p7m", "--payload", "letter.txt", "--disclosure", "letter.json"];
    told(&disclosed, 0, &["identity-disclosed", "payload-matches"]);
    told(&["letter.p7m", "--disclosure", "another.json"], 1, &["disclosure-differs"]);
    told(&["opening.p7m", "--sending", "letter.p7m"], 0, &["sending-matches", "commitments-not-compared"]);
    let both =
        ["opening.p7m", "--sending", "letter.p7m", "--disclosure", "opening.json", "--disclosure", "letter.json"];
    told(&both, 0, &["sending-matches", "identity-disclosed"]);
    // That of another proof serves nothing, and in a manifest it is compared.
    assert_error(&mut asked(&folder, &["letter.p7m", "--disclosure", "opening.json"]), "no file that is judged");
    let entry = r#"{"vectors": [{"file": "letter.p7m", "input": {"disclosure": "opening.json"}}]}"#;
    std::fs::write(folder.join("manifest"), entry).unwrap();
    let of_manifest = &mut asked(&folder, &["--manifest", "manifest"]);
    assert_told(of_manifest, "letter.p7m", 1, &["disclosure-of-another-proof"]);
}

/// A policy demands who it is, after the recipient was erased.
#[test]
fn a_policy_can_demand_the_disclosure() {
    let folder = folders("disclosures-demanded");
    let json = std::fs::read(folder.join("letter.json")).unwrap();
    let rest = Disclosure::from_json(&json).unwrap().without(PATH).unwrap().unwrap();
    std::fs::write(folder.join("rest.json"), rest.to_json()).unwrap();
    std::fs::write(folder.join("demanding"), r#"{"levels": {"identity-not-disclosed": "fail"}}"#).unwrap();
    let demanding = |disclosure| asked(&folder, &["letter.p7m", "--policy", "demanding", "--disclosure", disclosure]);
    let name = "letter.p7m";
    assert_told(&mut demanding("rest.json"), name, 2, &["identity-disclosed", "identity-not-disclosed"]);
    assert_told(&mut demanding("letter.json"), name, 0, &["identity-disclosed"]);
}

#[test]
fn what_is_no_disclosure_is_told() {
    let folder = folders("disclosures-broken");
    let text = std::fs::read_to_string(folder.join("letter.json")).unwrap();
    std::fs::write(folder.join("broken.json"), &text[..text.len() - 9]).unwrap();
    for name in ["broken.json", "missing.json", "letter.txt"] {
        assert_error(&mut asked(&folder, &["letter.p7m", "--disclosure", name]), name);
    }
}

/// The values that a letter commits to, by which its reply is compared with its parties.
#[test]
fn a_reply_is_compared_with_a_letter_that_is_disclosed() {
    let [reply, letter] = ["reply/disclosed.p7m", "reply/letter-committed.p7m"].map(vector);
    let asked = || {
        let mut command = command_at("2026-05-01T12:00:00Z");
        command.arg(&reply).arg("--original").arg(&letter);
        command
    };
    let disclosure = vector("reply/letter-committed.disclosure.json");
    assert_told(asked().arg("--disclosure").arg(disclosure), "disclosed.p7m", 0, &["reply-matches"]);
    assert_told(&mut asked(), "disclosed.p7m", 2, &["reply-parties-not-disclosed"]);
}
