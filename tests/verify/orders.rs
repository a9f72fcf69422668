//! These tests ask whether a verdict depends on an order that nobody signed, or on what a verifier judged before: the
//! vectors and generated files are shuffled and judged again, and a generator with a seed makes every run the same.
//!
//! `RECOMMANDE_SHUFFLES=n` takes every vector and n times as many rounds; without it a sample is judged.

mod cases;
mod crowd;
mod mixed;
mod records;
mod shuffle;
mod trails;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use recommande::verify::{Content, Report};
use serde_json::Value;

use crate::vectors::{self, Vector};
use shuffle::{Random, shuffled, shuffled_list};

/// How many times as much is tried as in the sample; `None` for the sample.
pub fn rounds() -> Option<usize> {
    std::env::var("RECOMMANDE_SHUFFLES").ok().map(|text| text.parse().expect("RECOMMANDE_SHUFFLES is a number"))
}

/// What distinguishes the verdicts of generated files.
fn verdict(report: &Report) -> String {
    let code = report.decided_by.as_ref().map(|decided| decided.code);
    format!("{} {:?} {code:?} {:?}", report.indication, report.sub_indication, report.level)
}

/// A report without what an order may change: the numbers of timestamps and records, and the order of what is listed.
fn essence(report: &Report) -> BTreeMap<String, Vec<String>> {
    let Ok(Value::Object(members)) = serde_json::to_value(report) else { panic!("a report is an object") };
    let lines = |member| match member {
        Value::Array(items) => sorted(items.iter().map(canonical)),
        member => vec![canonical(&member)],
    };
    members.into_iter().map(|(name, member)| (name, lines(member))).collect()
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines
}

fn canonical(value: &Value) -> String {
    match value {
        // Texts that list timestamps follow their numbers.
        Value::String(text) => sorted(text.split(", ").map(without_numbers)).join(", "),
        Value::Array(items) => format!("[{}]", sorted(items.iter().map(canonical)).join("; ")),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| match (name.as_str(), value) {
                ("timestamp" | "evidence-record" | "crypto-infos", Value::Number(_)) => format!("{name} #"),
                ("timestamps", Value::Array(numbers)) => format!("{} timestamps", numbers.len()),
                _ => format!("{name}: {}", canonical(value)),
            };
            format!("{{{}}}", sorted(members.iter().map(member)).join("; "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn without_numbers(text: &str) -> String {
    let Some((before, rest)) = ["timestamp ", "record "]
        .iter()
        .find_map(|word| text.split_once(word).map(|(before, rest)| (format!("{before}{word}"), rest)))
    else {
        return text.to_owned();
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}#{}", without_numbers(rest))
}

fn assert_same(left: &Report, right: &Report, what: &str) {
    let (left, right) = (essence(left), essence(right));
    if left == right {
        return;
    }
    let only = |of: &BTreeMap<String, Vec<String>>, than: &BTreeMap<String, Vec<String>>| {
        let members = of.iter().filter(|(name, lines)| than.get(*name) != Some(lines));
        let lines = members.flat_map(|(name, lines)| {
            let missing = |line: &&String| !than.get(name).is_some_and(|lines| lines.contains(line));
            lines.iter().filter(missing).map(move |line| format!("{name}: {line}"))
        });
        lines.collect::<Vec<String>>()
    };
    panic!("{what}:\n{:#?}\nand\n{:#?}", only(&left, &right), only(&right, &left));
}

/// What a verifier is configured with, as text: vectors of one configuration may share a verifier.
fn configuration(vector: &Vector) -> String {
    let input = &vector.input;
    format!(
        "{} {} {} {:?} {:?} {:?} {:?} {:?} {:?}",
        input.seal_anchors,
        input.tsa_anchors,
        input.environment,
        input.extra_certificates,
        input.revocation_data,
        input.records,
        input.log_proofs,
        input.register,
        input.policy
    )
}

#[test]
fn a_shuffled_vector_has_the_same_verdict() {
    let number = rounds();
    let mut random = Random::new(1);
    let mut tried = 0;
    for vector in &vectors::manifest().vectors {
        if number.is_none() && !random.one_in(5) {
            continue;
        }
        let file = vectors::read(&vector.file);
        let records: Vec<Vec<u8>> = vector.input.records.iter().map(|record| vectors::read(record)).collect();
        for _ in 0..number.unwrap_or(1) {
            let Some(in_another_order) = shuffled(&file, &mut random) else { break };
            let now: DateTime<Utc> = vector.input.now.parse().unwrap();
            let judge = |file: &[u8]| {
                vectors::verifier(vector).report_signatures(file, Content::Attached, now).reports.remove(0)
            };
            // Records beside are over the file as it is.
            if records.is_empty() {
                assert_same(&judge(&file), &judge(&in_another_order), &vector.id);
            }
            let in_another_order = if records.is_empty() { in_another_order } else { file.clone() };
            let others = records.iter().map(|record| shuffled(record, &mut random).unwrap_or_else(|| record.clone()));
            let verifier = vectors::verifier(vector)
                .with_evidence_records(shuffled_list(&others.collect::<Vec<_>>(), &mut random));
            let as_what_it_is = |verifier, file| vectors::judge_file(verifier, vector, file).report;
            assert_same(
                &as_what_it_is(&vectors::verifier(vector), &file),
                &as_what_it_is(&verifier, &in_another_order),
                &vector.id,
            );
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn vectors_of_one_verifier_have_their_verdicts_in_any_order() {
    let number = rounds();
    let mut random = Random::new(2);
    let mut groups: BTreeMap<String, Vec<&Vector>> = BTreeMap::new();
    for vector in &vectors::manifest().vectors {
        groups.entry(configuration(vector)).or_default().push(vector);
    }
    for group in groups.values().filter(|group| group.len() > 1) {
        let Some(first) = group.first() else { continue };
        let verifier = vectors::verifier(first);
        let mut turns: Vec<&Vector> = group.iter().flat_map(|vector| [*vector, *vector]).collect();
        random.shuffle(&mut turns);
        let at_most = number.map_or(24, |number| number.saturating_mul(turns.len()));
        for vector in turns.into_iter().cycle().take(at_most) {
            let file = vectors::read(&vector.file);
            // Others' files come between.
            if let Some(in_another_order) = shuffled(&file, &mut random).filter(|_| random.one_in(3)) {
                vectors::judge_file(&verifier, vector, &in_another_order);
            }
            let warm = vectors::judge_by(&verifier, vector).report;
            assert_same(&vectors::judge(vector).report, &warm, &vector.id);
        }
    }
}
