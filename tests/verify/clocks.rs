//! What is known of a clock does not depend on the order in which trails are given.

use chrono::TimeDelta;
use recommande::audit::{Clock, ClockReference, Occurrence, ProofReference, Record};
use recommande::evidence::Event;

use super::broken_trails::lines_of;
use super::opposite_trails::{Exchange, about, after, written};
use super::reconstructions::day::{self, ExportFiles};

/// Records of the issue of six proofs, an hour apart: each on time, and once more after some seconds.
fn issued_twice(exchange: &Exchange, ahead: i64, again: i64) -> ([ExportFiles; 2], Vec<Vec<u8>>) {
    let (mut first, mut second, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    for (number, at) in (0..6_usize).zip((0..).step_by(3600)) {
        let proof = exchange.sealers.proof(&day::sending(number, after(at)).unwrap(), after(at)).unwrap();
        let record = |second: i64| {
            let occurrence = Occurrence::at(after(second)).unwrap();
            let record = Record::proof_issued(occurrence, ProofReference::id(proof.id()), Event::SubmissionAcceptance);
            (about(record, number), second)
        };
        first.push(record(at + ahead));
        second.push(record(at + again));
        proofs.push(proof.der().to_vec());
    }
    first.append(&mut second);
    let lines = lines_of(&written("provider", &first));
    // The record that the clock was set back stands between the two.
    let (first, second) = lines.split_at(6);
    let sealed = |lines: &[Vec<u8>]| exchange.sealers.export("provider", &lines.concat(), after(86_400)).unwrap();
    ([sealed(first), sealed(second)], proofs)
}

#[test]
fn of_two_records_of_an_issue_the_first_one_counts_in_any_order() {
    let exchange = Exchange::new();
    let clock = |ahead: i64, again: i64| {
        let ([first, second], proofs) = issued_twice(&exchange, ahead, again);
        let told = |exports: &[ExportFiles]| exchange.told(exports, &proofs, &["provider"]).trails[0].clock;
        let clocks = [told(&[first.clone(), second.clone()]), told(&[second, first])];
        assert_eq!(clocks[0], clocks[1]);
        clocks[0]
    };
    assert_eq!(clock(1, 40_000), Clock::Agrees);
    match clock(7200, 40_000) {
        Clock::Off { by, decided_by: ClockReference::Timestamps, .. } => {
            assert_eq!(by, TimeDelta::seconds(7199));
        }
        clock => panic!("{clock:?}"),
    }
}
