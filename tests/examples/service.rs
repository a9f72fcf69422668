//! The example `service` answers each letter with one proof, whatever TSAs and clients do.

use std::process::Output;

use crate::common::example::example;

fn run(arguments: &[&str]) -> Output {
    example("service").args(arguments).output().unwrap()
}

/// The number that stands before these words.
fn number_before(text: &str, words: &str) -> u64 {
    let (before, _) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}"));
    before.rsplit(' ').next().and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("{words}: {text}"))
}

#[test]
fn no_letter_is_lost_when_clients_vanish_and_tsas_fail() {
    let output = run(&["--letters", "400", "--clients", "40", "--rate", "400"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("FIGURES ").count(), 4, "{text}");
    // A letter whose client went away for good was taken or not, by the moment.
    let (taken, got) = (number_before(&text, " taken: "), number_before(&text, " got a proof"));
    let left = number_before(&text, " for good");
    assert_eq!(got + left, 400, "{text}");
    assert!((got..=400).contains(&taken), "{text}");
    for nothing in [
        " without a proof, ",
        " whose proof does not verify",
        " sealed or proven twice",
        " of them another one than is stored",
    ] {
        assert_eq!(number_before(&text, nothing), 0, "{text}");
    }
    // The faults were there.
    assert!(number_before(&text, " vanished") > 0, "{text}");
    assert!(number_before(&text, " trips without one") > 0, "{text}");
    assert!(number_before(&text, " times a seal was submitted again") > 0, "{text}");
}

/// A batch waits longer for more letters than a millisecond.
#[test]
fn a_p99_that_is_missed_fails_where_it_was_asked_for() {
    let few = ["--letters", "40", "--clients", "4", "--rate", "400"];
    for (wanted, status, told) in [("1", 2, "MISSED"), ("600000", 0, "held")] {
        let output = run(&[&few[..], &["--p99", wanted]].concat());
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        // While both TSAs are away nothing is wanted.
        assert_eq!(text.matches(&format!("wanted p99 under {wanted} ms: {told}")).count(), 3, "{text}");
    }
    // Told all the same.
    assert_eq!(run(&few).status.code(), Some(0));
}

#[test]
fn a_number_that_is_none_is_an_error_of_usage() {
    let output = run(&["--letters", "0"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--letters: a number from 1 on"), "{output:?}");
}
