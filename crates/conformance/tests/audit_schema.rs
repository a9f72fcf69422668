//! The JSON Schema of lines says what the reader says.

use conformance::repository;
use jsonschema::{Draft, Validator};
use recommande::audit::{Content, Kind, LineFault, LineReader, RecordError};
use serde_json::{Value, json};

fn schema() -> Validator {
    let file = std::fs::read(repository().join("src/audit/line.schema.json")).unwrap();
    let schema = serde_json::from_slice(&file).unwrap();
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).expect("a schema")
}

/// The lines of the test vectors: a record of each kind, and lines that are left out.
fn lines() -> Vec<Value> {
    let files = ["every-kind", "person"].map(|name| repository().join(format!("test-vectors/audit/{name}.jsonl")));
    let texts = files.map(|file| std::fs::read_to_string(file).unwrap()).concat();
    texts.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the reader finds wrong with a line.
fn fault(line: &Value) -> Option<LineFault> {
    let text = line.to_string() + "\n";
    let mut reader = LineReader::new(text.as_bytes());
    match reader.next_line().unwrap().unwrap().content {
        Content::Entry(_) | Content::LeftOut(_) => None,
        Content::Unreadable(unreadable) => Some(unreadable.fault),
    }
}

#[track_caller]
fn assert_agree(schema: &Validator, line: &Value) -> bool {
    let fault = fault(line);
    let is_valid = schema.is_valid(line);
    assert_eq!(is_valid, fault.is_none(), "{fault:?}\n{line:#}");
    is_valid
}

#[test]
fn lines_of_every_kind_are_valid() {
    let (schema, lines) = (schema(), lines());
    assert!(lines.len() > Kind::ALL.len());
    for line in &lines {
        assert!(assert_agree(&schema, line));
    }
}

#[test]
fn what_a_kind_must_have_and_may_have_is_that_of_the_reader() {
    let (schema, lines) = (schema(), lines());
    let records: Vec<&Value> = lines.iter().filter(|line| line["data"].is_object()).collect();
    // Every member that some record has, with its value there.
    let (mut members, mut details) = (serde_json::Map::new(), serde_json::Map::new());
    for record in &records {
        members.extend(record["data"].as_object().unwrap().clone());
        details.extend(record["data"]["details"].as_object().cloned().unwrap_or_default());
    }
    members.remove("details");
    assert!(members.len() >= 9 && details.len() >= 15, "{members:?} {details:?}");
    let (mut valid, mut invalid) = (0, 0);
    for record in &records {
        let mut judge = |line: &Value| if assert_agree(&schema, line) { valid += 1 } else { invalid += 1 };
        for name in record["data"].as_object().unwrap().keys() {
            let mut without = (*record).clone();
            without["data"].as_object_mut().unwrap().remove(name);
            judge(&without);
        }
        for (name, value) in &members {
            let mut with = (*record).clone();
            with["data"][name] = value.clone();
            judge(&with);
        }
        for (name, value) in &details {
            let mut with = (*record).clone();
            with["data"]["details"][name] = value.clone();
            judge(&with);
        }
        for name in record.as_object().unwrap().keys() {
            let mut without = (*record).clone();
            without.as_object_mut().unwrap().remove(name);
            judge(&without);
        }
    }
    assert!(valid > 100 && invalid > 100, "{valid} {invalid}");
}

#[test]
fn values_are_those_of_the_reader() {
    let (schema, lines) = (schema(), lines());
    let (first, second) = (&lines[0], &lines[1]);
    let changes: &[(&str, Value, bool)] = &[
        ("/specversion", json!("0.3"), false),
        ("/id", json!("urn:uuid:017F22E2-79b0-7cc3-98c4-dc0c0c07398f"), false),
        ("/source", json!("urn:recommande:audit:Test:BE/BE/0406798006:mailbox"), false),
        ("/source", json!("urn:recommande:audit:acceptance:BE/BE/0406798006:portal.2"), true),
        ("/type", json!("recommande.audit.api-call.v2"), false),
        ("/time", json!("2026-10-25T02:30:00"), false),
        ("/time", json!("2026-10-25T02:30:00+02:00"), true),
        ("/time", json!(1_763_802_904), false),
        ("/sequence", json!("00000000000000000000"), false),
        ("/sequence", json!("2"), false),
        ("/sequence", json!(2), false),
        ("/sequence", json!("09999999999999999999"), true),
        ("/sequence", json!("18446744073709551615"), true),
        ("/sequence", json!("18446744073709551616"), false),
        ("/sequence", json!("18446744073709551620"), false),
        ("/sequence", json!("20000000000000000000"), false),
        ("/sequence", json!("00000000000000000001"), false),
        ("/subject", json!(""), false),
        ("/dataclassification", json!("secret"), false),
        ("/datacontenttype", json!("application/json; charset=utf-8"), true),
        ("/datacontenttype", json!("text/plain"), false),
        ("/dataschema", json!("urn:recommande:audit:schema:2"), false),
        ("/data", json!({}), false),
        ("/data/previous", json!("00"), false),
        ("/data/action/method", json!("post"), false),
        ("/data/action/template", json!("/a/{b}/"), true),
        ("/data/action/template", json!("a/{b}"), false),
        ("/data/action/template", json!("/a?b"), false),
        ("/data/action/template", json!("/{1}"), false),
        ("/data/outcome", json!(99), false),
        ("/data/outcome", json!(599), true),
        ("/data/outcome", json!(600), false),
        ("/data/outcome", json!("failed"), true),
        ("/data/outcome", json!("ok"), false),
        ("/data/details/side", json!("left"), false),
    ];
    for (pointer, value, expected) in changes {
        let mut line = second.clone();
        match pointer.rsplit_once('/') {
            Some((parent, name)) => line.pointer_mut(parent).unwrap()[name] = value.clone(),
            None => panic!("{pointer}"),
        }
        assert_eq!(assert_agree(&schema, &line), *expected, "{pointer} {value}");
    }
    for (pointer, value, expected) in [
        ("/data/actor/commitment", json!("short"), false),
        ("/data/client", json!("two words"), false),
        ("/data/client", json!("a".repeat(256)), false),
        ("/data/client", json!("jan.peeters@example.be"), false),
        ("/data/tokenHash/method", json!("sha-1"), false),
        ("/data/tokenHash/method", json!("hmac-sha-256"), true),
        ("/data/parts/0/size", json!(1_u64 << 53), false),
        ("/data/parts/0/digests", json!([]), false),
        ("/data/parts", json!([]), true),
    ] {
        let mut line = first.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        line.pointer_mut(parent).unwrap()[name] = value.clone();
        assert_eq!(assert_agree(&schema, &line), expected, "{pointer} {value}");
    }
}

#[test]
fn what_a_schema_cannot_say_is_said_by_the_reader() {
    let schema = schema();
    let mut line = lines()[0].clone();
    line["data"]["client"] = json!("85073003328");
    assert!(schema.is_valid(&line));
    assert_eq!(fault(&line), Some(LineFault::Record(RecordError::PersonInTheClear("client"))));
}
