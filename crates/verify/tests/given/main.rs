//! What is given with a file, by an option, beside it or in a manifest, counts in the verdict on it, and what does not fit is told.

#[path = "../common/mod.rs"]
mod common;

mod aggregated;
mod digests;
mod disclosures;
mod entries;
mod letters;
mod offered;
mod parties;
mod payloads;
mod second_seals;
mod service;

use std::process::Command;

use common::json;
use serde_json::Value;

/// The codes of the findings of the first report on a file, by the end of its name.
fn codes<'d>(document: &'d Value, name: &str) -> Vec<&'d str> {
    let files = document["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["file"].as_str().unwrap().ends_with(name)).unwrap();
    let findings = file["reports"][0]["findings"].as_array().unwrap_or_else(|| panic!("no report: {file:#}"));
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Asks, and compares the status and some of the findings of the file of this name.
#[track_caller]
fn assert_told(command: &mut Command, name: &str, status: i32, expected: &[&str]) {
    let (exit_status, document) = json(command);
    let codes = codes(&document, name);
    assert_eq!(exit_status, status, "{codes:?}");
    for code in expected {
        assert!(codes.contains(code), "no {code} in {codes:?}");
    }
}

/// Asks what cannot be judged, and compares a word of the reason.
#[track_caller]
fn assert_error(command: &mut Command, word: &str) {
    let (status, document) = json(command);
    let errors = document["files"].as_array().unwrap().iter().filter_map(|file| file["error"].as_str());
    let errors: Vec<&str> = errors.collect();
    assert!(status == 3 && errors.iter().any(|error| error.contains(word)), "{status}, {word} in {errors:?}");
}
