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
