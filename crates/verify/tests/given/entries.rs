//! The entries of a manifest: what one gives is compared with its file, or the entry is an error.

use serde_json::{Value, json as value};

use crate::common::{bare, command_at, folder, json, run, vector};

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
