//! Trails that contradict themselves: each shows, however much else is wrong and whoever gives copies.

use recommande::audit::{LaidTo, ReconstructionVerdict, Record, Side, TrailFaultKind};

use super::opposite_trails::{Exchange, after, call, status, written};
use super::reconstructions::day::{self, ExportFiles};

/// The submissions of as many messages, one a minute.
fn submissions(count: usize) -> Vec<(Record<'static>, i64)> {
    (0..count)
        .zip((0..).step_by(60))
        .map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)))
        .collect()
}

fn lines_of(octets: &[u8]) -> Vec<Vec<u8>> {
    octets.split_inclusive(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect()
}

/// A line that is not the one that the next was written behind.
fn altered(line: &[u8]) -> Vec<u8> {
    String::from_utf8(line.to_vec()).unwrap().replace("\"outcome\":201", "\"outcome\":202").into_bytes()
}

/// Lines that a party sealed as they are.
fn sealed(exchange: &Exchange, lines: &[Vec<u8>]) -> ExportFiles {
    exchange.sealers.export("sender", &lines.concat(), after(86_400)).unwrap()
}

#[test]
fn a_line_that_the_party_altered_is_laid_to_it_however_much_else_is_wrong() {
    let exchange = Exchange::new();
    let mut lines = lines_of(&written("sender", &submissions(150)));
    lines[145] = altered(&lines[145]);
    // More faults than are listed, all of them of lines before that one.
    lines.extend_from_within(..140);
    lines[150..].reverse();
    let told = exchange.told(&[sealed(&exchange, &lines)], &[], &["sender"]);
    let trail = &told.trails[0];
    assert!(trail.is_at_fault(), "{trail:?}");
    assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
    assert!(matches!(trail.faults[0].kind, TrailFaultKind::Altered { at } if at.get() == 146), "{:?}", trail.faults[0]);
    assert_eq!((trail.faults[0].laid_to, trail.faults.len()), (LaidTo::Party, 64));
    assert_eq!(trail.more_faults, 140 + 1 - 64);
}
