//! The entries of a manifest: what one gives is compared with its file, or the entry is an error.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::{Value, json as value};

use crate::common::{bare, command_at, copied, folder, json, run, vector};

/// Judges one entry. Returns the exit status, and what is told of the file.
fn asked(name: &str, file: &str, input: &Value) -> (i32, Value) {
    let manifest = folder(name).join("m.json");
    std::fs::write(&manifest, value!({ "vectors": [{ "file": vector(file), "input": input }] }).to_string()).unwrap();
    let (status, document) = json(command_at("2026-05-01T12:00:00Z").arg("--manifest").arg(&manifest));
    (status, document["files"][0].clone())
}

#[test]
fn what_an_entry_gives_and_its_file_is_not_about_is_an_error() {
    let (sending, step) = (vector("good/sending.p7m"), vector("event/NotificationDelivered.p7m"));
    let (asked_for, answer) = (vector("event/NotificationForAcceptance.p7m"), "event/ConsignmentAcceptance.p7m");
    let twin = vector("submission/twin.submission.json");
    let anchors = vector("anchors/submissions.pem");
    let submission = value!({ "anchors": anchors, "json": twin, "signature": twin.with_extension("p7s") });
    for (file, input, member) in [
        ("good/opening.p7m", value!({ "sending": sending, "causes": [step] }), "causes"),
        ("good/opening.p7m", value!({ "sending": sending, "original": vector("reply/letter.p7m") }), "original"),
        ("good/opening.p7m", value!({ "sending": sending, "sending_submission": submission }), "sending_submission"),
        ("good/opening.p7m", value!({ "sending": sending, "submission": submission }), "submission"),
        ("good/sending.p7m", value!({ "sending": sending }), "sending"),
        // The request follows no step, and what stands before it is compared with nothing.
        (answer, value!({ "sending": sending, "causes": [step, asked_for] }), "causes"),
    ] {
        let (status, told) = asked("entries", file, &input);
        let error = told["error"].as_str().unwrap_or_default();
        assert_eq!((status, error), (3, format!("input: {member}: the file is not about this").as_str()), "{told:#}");
    }
    // What fits is judged, and what the report compares says so.
    let judged = |file: &str, input: &Value| {
        let (status, told) = asked("entries", file, input);
        let findings = told["reports"][0]["findings"].as_array().unwrap_or_else(|| panic!("{told:#}")).clone();
        (status, findings.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(judged(answer, &value!({ "sending": sending, "causes": [asked_for] })).0, 0);
    let another = value!({ "sending": vector("good/several-parts.p7m") });
    assert_eq!(judged("link/other-sending.p7m", &another).0, 1);
    let (_, codes) = judged("good/sending.p7m", &value!({ "submission": submission }));
    assert!(codes.contains(&"submission-not-named".to_owned()), "{codes:?}");
    let (_, codes) = judged("good/sending.p7m", &value!({ "original": vector("reply/letter.p7m") }));
    assert!(codes.contains(&"original-not-named".to_owned()), "{codes:?}");
}

/// What is compared are the octets that are judged: a file that another one takes the place of, while those before it are judged, does not pass with
/// what the first one was about.
#[test]
fn an_entry_is_compared_with_what_is_judged() {
    /// More than are judged at once, with more to tell than a pipe takes.
    const BEFORE: usize = 300;
    let folder = folder("entries-changed");
    copied(&folder, &[("good/opening.p7m", "last.p7m"), ("good/sending.p7m", "sending.p7m")]);
    std::fs::write(folder.join("junk.p7m"), "junk").unwrap();
    let junk = (0..BEFORE).map(|number| value!({ "id": number.to_string(), "file": "junk.p7m" }));
    let last = value!({ "file": "last.p7m", "input": { "sending": "sending.p7m" } });
    let entries: Vec<Value> = junk.chain([last]).collect();
    std::fs::write(folder.join("m.json"), value!({ "vectors": entries }).to_string()).unwrap();
    let told = |change: &dyn Fn()| {
        let mut command = command_at("2026-05-01T12:00:00Z");
        command.arg("--manifest").arg(folder.join("m.json")).args(["--format", "json"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut out, mut text) = (child.stdout.take().unwrap(), vec![0]);
        // It has begun to tell, and has to wait until more of it is read.
        out.read_exact(&mut text).unwrap();
        change();
        out.read_to_end(&mut text).unwrap();
        child.wait().unwrap();
        assert!(text.len() > 128 << 10, "{}", text.len());
        let document: Value = serde_json::from_slice(&text).unwrap();
        document["files"][BEFORE].clone()
    };
    let unchanged = told(&|| ());
    assert_eq!(unchanged["indication"], "TOTAL-PASSED", "{unchanged:#}");
    let changed = told(&|| copied(&folder, &[("good/sending.p7m", "last.p7m")]));
    assert_eq!(changed["error"], "input: sending: the file is not about this", "{changed:#}");
    assert_eq!((&changed["file"], &changed["kind"]), (&"last.p7m".into(), &"proof".into()));
}

/// Under a misspelt name nothing would be judged, and the rest would pass.
#[test]
fn a_misspelt_member_of_the_manifest_is_named() {
    let manifest = folder("entries-misspelt").join("m.json");
    let passing = value!([{ "file": vector("good/sending.p7m") }]);
    for name in ["case", "Cases", "vector"] {
        let mut text = value!({ "vectors": passing });
        text[name] = value!([{ "id": "a", "input": { "files": ["missing.p7m"] } }]);
        std::fs::write(&manifest, text.to_string()).unwrap();
        let (status, out, _) = run(command_at("2026-05-01T12:00:00Z").arg("--manifest").arg(&manifest));
        assert!(status == 3 && out.contains(&format!("the member {name} is not known")), "{name}: {out}");
    }
    // Those of the test vectors are known.
    assert_eq!(run(bare().arg("--manifest").arg(vector("manifest.json")).arg("--quiet")).0, 1);
}

#[test]
fn a_member_of_a_policy_that_is_not_known_is_named() {
    let (status, told) = asked("entries-policy", "good/sending.p7m", &value!({ "policy": { "nosuch": 1 } }));
    let error = told["error"].as_str().unwrap_or_default();
    assert!(status == 3 && error.contains("policy") && error.contains("nosuch"), "{told:#}");
}
