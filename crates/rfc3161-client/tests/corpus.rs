//! Real answers to real requests, damaged. Whether they are read rightly is for the conformance harness.
//!
//! The data is not part of the repository: it is looked for in `RECOMMANDE_CORPUS`, else beside the repository.

use std::path::{Path, PathBuf};

use rfc3161_client::TimeStampReq;
use serde_json::{Value, json};

fn set(name: &str) -> Option<(PathBuf, Vec<Value>)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from).join(name);
    let Ok(text) = std::fs::read_to_string(folder.join("manifest.json")) else {
        println!("SKIPPED: no test data in {}", folder.display());
        return None;
    };
    Some((folder, serde_json::from_str(&text).expect("a list of entries")))
}

/// Real answers to real requests survive having each octet flipped and each length cut.
#[test]
fn real_responses_survive_flips_and_cuts() {
    let Some((folder, entries)) = set("tsr") else { return };
    let matching = |entry: &&Value| entry["expected_with_query"] == json!("valid");
    for entry in entries.iter().filter(matching) {
        let file = |name: &str| std::fs::read(folder.join(entry[name].as_str().expect("a name"))).expect("the file");
        let (request, response) = (TimeStampReq::from_der(&file("query")).expect("a request"), file("file"));
        for at in 0..response.len() {
            assert!(request.check(&response[..at]).is_err());
            let mut flipped = response.clone();
            flipped[at] ^= 0xff;
            if let Ok(token) = request.check(&flipped) {
                assert!(token.tst_info().message_imprint.matches(request.imprint()));
            }
        }
    }
}
