//! Trails that contradict themselves: each shows, however much else is wrong and whoever gives copies.

use recommande::audit::{Fact, FactStanding, LaidTo, LineHash, ReconstructionVerdict, Record, Side, TrailFaultKind};

use super::opposite_trails::{Exchange, SENDER, after, call, status, written};
use super::reconstructions::day::{self, ExportFiles};

/// The submissions of as many messages, one a minute.
fn submissions(count: usize) -> Vec<(Record<'static>, i64)> {
    (0..count)
        .zip((0..).step_by(60))
        .map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)))
        .collect()
}

pub fn lines_of(octets: &[u8]) -> Vec<Vec<u8>> {
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

#[test]
fn a_party_whose_disk_was_damaged_is_not_blamed_for_what_it_exports() {
    let exchange = Exchange::new();
    let lines = lines_of(&written("sender", &submissions(6)));
    let before = exchange.sealers.honest_export("sender", &lines.concat(), after(3600)).unwrap();
    let unreadable = |line: &[u8]| [b"x", &line[1..]].concat();
    // It names another line before it.
    let misled = |line: &[u8]| {
        let text = String::from_utf8(line.to_vec()).unwrap();
        let at = text.find("\"previous\":\"").unwrap() + 12;
        [&text[..at], "00000000", &text[at + 8..]].concat().into_bytes()
    };
    for change in [altered as fn(&[u8]) -> Vec<u8>, unreadable, misled] {
        for at in 1..5 {
            let mut damaged = lines.clone();
            damaged[at] = change(&damaged[at]);
            assert_ne!(damaged[at], lines[at]);
            let after_damage = exchange.sealers.honest_export("sender", &damaged.concat(), after(7200)).unwrap();
            let told = exchange.told(&[before.clone(), after_damage], &[], &["sender"]);
            assert!(!told.is_anybody_blamed(), "{at}: {:?}", told.trails);
            assert_ne!(told.verdict, ReconstructionVerdict::Contradicted);
        }
    }
}

/// Lines that nobody sealed.
pub fn unsealed(lines: &[Vec<u8>]) -> ExportFiles {
    ExportFiles { lines: lines.concat(), manifest: b"none".to_vec(), signature: Vec::new() }
}

#[test]
fn an_unsealed_copy_does_not_hide_that_the_party_sealed_two_lines() {
    let exchange = Exchange::new();
    let lines = lines_of(&written("sender", &submissions(5)));
    let is_at_fault = |exports: &[ExportFiles]| {
        let told = exchange.told(exports, &[], &["sender"]);
        (told.trails[0].is_at_fault(), told.verdict)
    };
    let contradicted = (true, ReconstructionVerdict::Contradicted);
    // Its next export names another line than the one that it sealed before.
    let [mut before, behind] = [&lines[..3], &lines[3..]].map(<[Vec<u8>]>::to_vec);
    before[2] = altered(&before[2]);
    let exports = [sealed(&exchange, &before), sealed(&exchange, &behind), unsealed(&lines[2..3])];
    assert_eq!(is_at_fault(&exports[..2]), contradicted);
    assert_eq!(is_at_fault(&exports), contradicted);
    // The manifest of an export that is not given ends with another line than the one that it sealed.
    let manifest = ExportFiles { lines: Vec::new(), ..sealed(&exchange, &lines[..3]) };
    let exports = [sealed(&exchange, &before), manifest.clone(), unsealed(&lines[2..3])];
    assert_eq!(is_at_fault(&exports[..2]), contradicted);
    assert_eq!(is_at_fault(&exports), contradicted);
    // Two manifests that end with different lines of one number need no line.
    let manifests = [manifest, ExportFiles { lines: Vec::new(), ..sealed(&exchange, &before) }];
    assert_eq!(is_at_fault(&manifests), (true, ReconstructionVerdict::Contradicted));
    // A line in another place in its file names the line before it all the same.
    let moved = [&lines[0], &lines[3], &before[2], &lines[4]].map(Clone::clone);
    assert_eq!(is_at_fault(&[sealed(&exchange, &moved)]), contradicted);
    // Of what nobody sealed nothing is laid to the party.
    let told = exchange.told(&[sealed(&exchange, &lines), unsealed(&before), unsealed(&moved)], &[], &["sender"]);
    assert!(!told.is_anybody_blamed(), "{:?}", told.trails);
}

#[test]
fn a_line_that_the_party_contradicts_attests_nothing_whoever_gives_a_copy() {
    let exchange = Exchange::new();
    let lines = lines_of(&written("sender", &submissions(3)));
    let mut changed = lines.clone();
    changed[0] = altered(&lines[0]);
    let standings = |exports: &[ExportFiles]| exchange.told(exports, &[], &["sender"]).standings();
    let exports = [sealed(&exchange, &changed), sealed(&exchange, &changed[..1])];
    use FactStanding::{Attested, Claimed};
    let expected = [Claimed, Attested, Attested].map(|standing| (Fact::Submission, standing));
    assert_eq!(standings(&exports[..1]), expected);
    // Sealed alone, the line contradicts nothing in its file.
    assert_eq!(standings(&exports), expected);
}

#[test]
fn a_run_of_lines_that_are_sealed_twice_is_told_once() {
    let exchange = Exchange::new();
    let records = submissions(20);
    let (lines, others) = (lines_of(&written("sender", &records)), lines_of(&written("sender", &records[1..])));
    let told = exchange.told(&[sealed(&exchange, &lines), sealed(&exchange, &others)], &[], &["sender"]);
    // The first line, and the end of the second manifest.
    let numbers = told.trails[0].faults.iter().map(|fault| match fault.kind {
        TrailFaultKind::TwoHistories { at } => at.get(),
        ref fault => panic!("{fault}"),
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 19]);
}

/// The work is that of a sort: comparing each with all others would take minutes.
#[test]
fn thousands_of_lines_of_one_number_are_joined() {
    let exchange = Exchange::new();
    let mut lines = lines_of(&written("sender", &submissions(1)));
    lines.extend((0..50_000_u32).map(|number| {
        let hash = LineHash::of(&number.to_be_bytes());
        format!("{{\"sequence\":\"{:020}\",\"lineHash\":\"{hash}\"}}\n", 2).into_bytes()
    }));
    let told = exchange.told(&[unsealed(&lines)], &[], &["sender"]);
    assert_eq!((told.trails[0].lines, told.trails[0].left_out), (2, 1));
    assert_eq!(told.faults(SENDER), ["manifest-unreadable", "copies-differ"]);
}
