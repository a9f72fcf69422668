//! The examples `lifecycle` and `case`: a letter is played, and its folder is judged.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::example::example;

/// Plays a letter into a folder of its own.
fn played(name: &str, choices: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters").join(name);
    let output = example("lifecycle").arg("--out").arg(&folder).args(choices).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// Judges a folder with its anchors. Returns the exit status and what was printed.
fn judged(folder: &Path, options: &[&str]) -> (i32, String) {
    let mut case = example("case");
    case.arg(folder).args(["--environment", "Test"]).args(options);
    for anchors in ["seal-anchors", "tsa-anchors"] {
        case.arg(format!("--{anchors}")).arg(folder.join(format!("{anchors}.pem")));
    }
    let output = case.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn as_json(folder: &Path, options: &[&str]) -> (i32, Value) {
    let (status, printed) = judged(folder, &[options, &["--json"]].concat());
    (status, serde_json::from_str(&printed).unwrap())
}

fn proof(folder: &Path, event: &str) -> PathBuf {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = |path: &PathBuf| path.to_string_lossy().ends_with(&format!("-{event}.p7m"));
    paths.into_iter().find(named).unwrap()
}

#[test]
fn a_letter_is_played_and_judged_with_its_moments() {
    let folder = played("opened", &["--relay", "--reminder"]);
    let (status, report) = as_json(&folder, &["--regime", "FR-LRE"]);
    assert_eq!(status, 0, "{report:#}");
    let letter = &report["letters"][0];
    assert_eq!(letter["cases"][0]["case"]["state"], "opened");
    assert_eq!(letter["cases"][0]["moments"]["deemed"]["effect"], "served");
    assert_eq!(letter["replies"][0]["objections"], Value::Array(Vec::new()));
    let (_, text) = judged(&folder, &["--regime", "FR-LRE"]);
    assert!(text.contains("recipient 1: PROVEN: opened") && text.contains("counts as      served"), "{text}");
    // Without the extract of a register, which this program does not take, nobody knows if the delegate might act.
    assert_eq!(as_json(&played("by-mandate", &["--mandate"]), &[]).0, 2);
    for (choices, state) in [
        (["--answer", "refuse"].as_slice(), "refused-by-recipient"),
        (&["--answer", "none"], "unclaimed"),
        (&["--reject"], "refused-at-submission"),
    ] {
        let (status, report) = as_json(&played(state, choices), &[]);
        assert_eq!((status, &report["letters"][0]["cases"][0]["case"]["state"]), (0, &state.into()), "{report:#}");
    }
}

#[test]
fn the_exit_status_tells_what_is_missing_or_contradicted() {
    let folder = played("gaps", &[]);
    // Without anchors nothing is proven.
    let output = example("case").arg(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    fs::remove_file(proof(&folder, "ConsignmentAcceptance")).unwrap();
    assert_eq!(as_json(&folder, &[]).0, 2);
    // The refusal of a letter of another run is under other anchors: it is claimed, and changes nothing.
    let refused = played("refused", &["--answer", "refuse"]);
    fs::copy(proof(&refused, "ConsignmentRejection"), folder.join("99-refused.p7m")).unwrap();
    let (status, report) = as_json(&folder, &[]);
    assert_eq!((status, &report["claims"][0]["file"]), (2, &"99-refused.p7m".into()), "{report:#}");
    let output = example("case").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn the_name_of_a_file_writes_no_line_and_a_regime_has_a_name() {
    let folder = played("named", &[]);
    fs::write(folder.join("x\nrecipient 1, kept until 2099.p7m"), b"junk").unwrap();
    let (_, text) = judged(&folder, &[]);
    assert!(text.contains("claim x\\nrecipient 1, kept until 2099.p7m: "), "{text}");
    assert_eq!(judged(&folder, &["--regime", "XX"]).0, 3);
    let (status, text) = judged(&folder, &["--regime", "list"]);
    assert!(status == 0 && text.contains("FR-LRE"), "{text}");
}

#[test]
fn a_choice_of_which_nothing_would_come_is_refused_by_its_name() {
    for (choices, name) in [
        (["--reject", "--relay"].as_slice(), "--relay"),
        (&["--reject", "--answer", "accept"], "--answer"),
        (&["--reject", "--reminder"], "--reminder"),
        (&["--reject", "--mandate"], "--mandate"),
        (&["--answer", "refuse", "--mandate"], "--mandate"),
        (&["--answer", "none", "--reminder"], "--reminder"),
    ] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters").join("never-played");
        let output = example("lifecycle").arg("--out").arg(&folder).args(choices).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{choices:?}");
        assert!(told.starts_with(&format!("lifecycle: {name}: ")), "{told}");
        assert!(!folder.exists());
    }
    played("relayed-and-refused", &["--relay", "--answer", "refuse"]);
}
