//! Real files, damaged. Whether they are read rightly is for the conformance harness.
//!
//! The data is not part of the repository: it is looked for in `RECOMMANDE_CORPUS`, else beside the repository.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde_json::Value;
use signed_data::{SignedData, normalize};

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no test data in {}", folder.display());
    None
}

fn manifest(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("a list of entries")
}

/// Some fifty octets changed and some fifty cuts of a real file: an error or not, never a panic.
fn survives_damage(bytes: &[u8]) {
    let read = |input: &[u8]| normalize(input).is_ok_and(|definite| SignedData::parse(&definite).is_ok());
    assert!(matches!(normalize(&normalize(bytes).expect("well-formed")), Ok(Cow::Borrowed(_))), "not a fixed point");
    for at in (0..bytes.len()).step_by(1 + bytes.len() / 50) {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0xff;
        read(&damaged);
        assert!(!read(&bytes[..at]), "cut at {at}");
    }
}

fn damage_set(set: &str) {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join(set);
    if !folder.is_dir() {
        println!("SKIPPED: no set {set}");
        return;
    }
    let mut damaged = 0;
    for entry in manifest(&folder) {
        let bytes = entry["file"].as_str().and_then(|file| std::fs::read(folder.join(file)).ok()).unwrap_or_default();
        let whole = normalize(&bytes).is_ok_and(|definite| SignedData::parse(&definite).is_ok());
        if whole {
            survives_damage(&bytes);
            damaged += 1;
        }
    }
    println!("{set}: {damaged} SignedData damaged");
}

#[test]
fn cms() {
    damage_set("cms");
}

#[test]
fn cms_openssl_rfc4134() {
    damage_set("cms_openssl_rfc4134");
}

#[test]
fn tst() {
    damage_set("tst");
}
