//! Statements and policies, in JSON.

use recommande::evidence::{Codec, Disclosure, Event, Opening, Sending, Statement, Step};
use recommande::verify::{Policy, Report};

/// One statement has one encoding. A disclosure that was read is written and read the same.
pub fn evidence_json(input: &[u8]) {
    let event = Codec::Json.peek_event(input);
    let sending = one::<Sending>(input, &event.as_ref().ok().copied());
    let opening = one::<Opening>(input, &event.as_ref().ok().copied());
    let step = one::<Step>(input, &event.as_ref().ok().copied());
    assert!(usize::from(sending) + usize::from(opening) + usize::from(step) <= 1, "two statements in one");
    if let Err(error) = event {
        let _ = error.to_string();
    }
    match Disclosure::from_json(input) {
        Ok(disclosure) => {
            let written = disclosure.to_json();
            let again = Disclosure::from_json(written.as_bytes()).expect("what was written can be read");
            assert!(again.to_json() == written);
        }
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
}

fn one<S: Statement + PartialEq>(input: &[u8], event: &Option<Event>) -> bool {
    match Codec::Json.decode::<S>(input) {
        Ok((statement, issuer)) => {
            assert_eq!(Some(statement.event()), *event);
            let encoded = Codec::Json.encode(&statement, &issuer).expect("what was read can be written");
            assert!(encoded == input, "another encoding");
            let again = Codec::Json.decode::<S>(&encoded).expect("what was written can be read");
            assert!(again == (statement, issuer));
            true
        }
        Err(error) => {
            assert!(error.offset() <= input.len());
            let _ = (error.to_string(), format!("{error:?}"));
            false
        }
    }
}

/// A policy that was read is written and read the same; so is a report.
pub fn policy_json(input: &[u8]) {
    if let Ok(policy) = serde_json::from_slice::<Policy>(input) {
        let written = serde_json::to_vec(&policy).expect("JSON");
        assert_eq!(serde_json::from_slice::<Policy>(&written).expect("what was written"), policy);
    }
    if let Ok(report) = serde_json::from_slice::<Report>(input) {
        let written = serde_json::to_vec(&report).expect("JSON");
        assert_eq!(serde_json::from_slice::<Report>(&written).expect("what was written"), report);
        let _ = report.to_string();
    }
}
