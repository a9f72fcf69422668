//! A record is missing where the trail would show it, and not covered where it would not.
//!
//! The sender says that it submitted a message, and the trail of the provider has no record of that.

use recommande::audit::{
    ClockState, Kind, LineHash, LineReader, Manifest, NotCovered, Record, RecordForm, Role, Selection, Side, Span,
    export,
};
use recommande::evidence::MessageId;

use super::broken_trails::{lines_of, unsealed};
use super::opposite_trails::{Exchange, MESSAGE, Told, after, call, occurrence, status, written};
use super::reconstructions::day::{self, ExportFiles};

const HOUR: i64 = 3600;

/// Another message than the one that is asked about.
const ANOTHER: usize = 1;

/// Calls about another message, at some seconds.
fn calls(seconds: &[i64]) -> Vec<(Record<'static>, i64)> {
    let another = |second: &i64| call(ANOTHER, *second, status(201), Side::Callee, &day::message(ANOTHER));
    seconds.iter().map(another).collect()
}

fn trail(seconds: &[i64]) -> Vec<Vec<u8>> {
    lines_of(&written("provider", &calls(seconds)))
}

fn about(number: usize) -> Selection {
    Selection::everything().about(&MessageId::new(&day::message(number)).unwrap())
}

fn span(first: u64, last: u64) -> Span {
    let number = |number| recommande::audit::Sequence::new(number).unwrap();
    Span::new(number(first), number(last)).unwrap()
}

/// Why nothing shows if the provider holds a record of a form; `None` if it is missing.
fn reason(told: &Told, form: RecordForm) -> Option<NotCovered> {
    let account = told.accounts.iter().find(|account| *account.message == *day::message(MESSAGE)).unwrap();
    let uncovered = account.not_covered.iter().map(|uncovered| (uncovered.expected, Some(uncovered.reason)));
    let mut entries = uncovered.chain(account.missing.iter().map(|missing| (missing.expected, None)));
    entries.find(|(expected, _)| expected.role == Role::Provider && expected.form == form).unwrap().1
}

impl Exchange {
    fn selected(&self, lines: &[Vec<u8>], selection: &Selection) -> ExportFiles {
        let (octets, mut exported) = (lines.concat(), Vec::new());
        let manifest = export(&mut LineReader::new(&octets[..]), selection, &mut exported).unwrap();
        self.signed(exported, &manifest)
    }

    fn all(&self, lines: &[Vec<u8>]) -> ExportFiles {
        self.selected(lines, &Selection::everything())
    }

    fn signed(&self, lines: Vec<u8>, manifest: &Manifest) -> ExportFiles {
        let signature = self.sealers.sealed(manifest, "provider", after(24 * HOUR)).unwrap();
        ExportFiles { lines, manifest: manifest.to_json(), signature }
    }

    /// What a submission at a second comes to.
    fn submitted(&self, second: i64, of_provider: &[ExportFiles]) -> Told {
        let mut exports = of_provider.to_vec();
        exports
            .push(self.export("sender", &[call(MESSAGE, second, status(201), Side::Caller, &day::message(MESSAGE))]));
        self.told(&exports, &[], &["sender", "provider"])
    }

    fn call_at(&self, second: i64, of_provider: &[ExportFiles]) -> Option<NotCovered> {
        reason(&self.submitted(second, of_provider), RecordForm::Call)
    }
}

#[test]
fn a_trail_covers_the_time_from_its_first_to_its_last_line() {
    let exchange = Exchange::new();
    let lines = trail(&[HOUR, 3 * HOUR, 5 * HOUR]);
    let whole = [exchange.all(&lines)];
    assert_eq!(exchange.call_at(2 * HOUR, &whole), None);
    assert_eq!(exchange.call_at(6 * HOUR, &whole), Some(NotCovered::AfterTrail));
    // Nothing was before its first line.
    assert_eq!(exchange.call_at(0, &whole), None);
    assert_eq!(exchange.call_at(2 * HOUR, &[exchange.all(&lines[1..])]), Some(NotCovered::BeforeTrail));
    assert_eq!(exchange.call_at(2 * HOUR, &[unsealed(&lines)]), Some(NotCovered::Unsealed));
    assert_eq!(exchange.call_at(2 * HOUR, &[]), Some(NotCovered::NoTrail));
}

#[test]
fn a_tail_that_is_not_given_is_not_covered() {
    let exchange = Exchange::new();
    let lines = trail(&[HOUR, 3 * HOUR]);
    let manifest = ExportFiles { lines: Vec::new(), ..exchange.all(&lines) };
    let exports = [exchange.all(&lines[..1]), manifest.clone()];
    assert_eq!(exchange.call_at(2 * HOUR, &exports), Some(NotCovered::AfterTrail));
    // Without any line, all of them are not given.
    let told = exchange.submitted(2 * HOUR, &[manifest]);
    assert_eq!(reason(&told, RecordForm::Call), Some(NotCovered::NoTrail));
    let faults: Vec<String> =
        told.trails.iter().flat_map(|trail| &trail.faults).map(|fault| fault.kind.to_string()).collect();
    assert_eq!(faults, ["lines 1 to 2 were sealed and are not there"]);
}

#[test]
fn lines_that_are_not_there_leave_open_the_time_between_the_records_around_them() {
    let exchange = Exchange::new();
    let lines = trail(&[HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR]);
    let without = |number: usize| [&lines[..number], &lines[number + 1..]].concat();
    let gap = [exchange.all(&without(1))];
    assert_eq!(exchange.call_at(3 * HOUR, &gap), Some(NotCovered::Gap));
    assert_eq!(exchange.call_at(5 * HOUR, &gap), None);
    // The line behind it is left out, so that it has no time.
    let left_out = LineHash::of(lines[2].strip_suffix(b"\n").unwrap());
    let left_out = format!("{{\"sequence\":\"{:020}\",\"lineHash\":\"{left_out}\"}}\n", 3).into_bytes();
    let gap = [exchange.all(&[lines[0].clone(), left_out, lines[3].clone(), lines[4].clone()])];
    assert_eq!(exchange.call_at(5 * HOUR, &gap), Some(NotCovered::Gap));
    assert_eq!(exchange.call_at(7 * HOUR, &gap), None);
    // A line that cannot be read has no time either.
    for number in [0, 1, 4] {
        let mut damaged = lines.clone();
        damaged[number] = String::from_utf8(damaged[number].clone()).unwrap().replace(".v1\"", ".v9\"").into_bytes();
        let mut manifest =
            export(&mut LineReader::new(&lines.concat()[..]), &Selection::everything(), &mut Vec::new()).unwrap();
        let hash = |line: &[u8]| LineHash::of(line.strip_suffix(b"\n").unwrap());
        manifest.export_digest = LineHash::of(&damaged.concat());
        (manifest.first_hash, manifest.last_hash) = (hash(&damaged[0]), hash(&damaged[4]));
        let damaged = [exchange.signed(damaged.concat(), &manifest)];
        let at = [HOUR / 2, 3 * HOUR, 7 * HOUR].map(|second| exchange.call_at(second, &damaged));
        let expected = [0, 1, 4].map(|open| (open == number).then_some(NotCovered::Gap));
        // The manifest says until when there were lines, and not that any of them is of that time.
        assert_eq!(at, expected, "{number}");
    }
}

#[test]
fn a_clock_that_was_set_back_covers_no_time_that_was_not_there_yet() {
    let exchange = Exchange::new();
    let lines = trail(&[HOUR, 8 * HOUR, 2 * HOUR]);
    assert_eq!(exchange.call_at(5 * HOUR, &[exchange.all(&lines)]), Some(NotCovered::AfterTrail));
}

#[test]
fn a_clock_that_was_off_for_some_lines_covers_the_time_of_the_others() {
    let exchange = Exchange::new();
    let (mut of_sender, mut of_provider) = (Vec::new(), Vec::new());
    for number in 1..=9_usize {
        let second = HOUR * i64::try_from(number).unwrap();
        let ahead = if (4..=6).contains(&number) { 12 * HOUR } else { 0 };
        let content = day::message(number);
        of_sender.push(call(number, second, status(201), Side::Caller, &content));
        of_provider.push(call(number, second + ahead, status(201), Side::Callee, &content));
        if number == 3 || number == 6 {
            let stepped = Record::clock_status(occurrence(second + ahead), ClockState::Stepped);
            of_provider.push((stepped, second + ahead));
        }
    }
    let provider = exchange.all(&lines_of(&written("provider", &of_provider)));
    // By the clock of the lines between them, both times would be behind the end of the trail.
    for second in [2 * HOUR + HOUR / 2, 7 * HOUR] {
        let mut of_sender = of_sender.clone();
        let missing = call(MESSAGE, second, status(201), Side::Caller, &day::message(MESSAGE));
        let at = of_sender.partition_point(|(_, before)| *before < second);
        of_sender.insert(at, missing);
        let sender = exchange.sealers.export("sender", &written("sender", &of_sender), after(24 * HOUR)).unwrap();
        let told = exchange.told(&[sender, provider.clone()], &[], &["sender", "provider"]);
        let trail = told.trails.iter().find(|trail| !trail.clock_sections.is_empty()).unwrap();
        assert_eq!(trail.clock_sections.len(), 3, "{trail}");
        assert_eq!(reason(&told, RecordForm::Call), None, "{second}: {trail}");
    }
}

/// The clock was set twice, and nobody compared it but between the two. By the clocks of that time, all three reach the hour that is
/// asked about, and by that of the middle a line is not there.
#[test]
fn of_several_clocks_that_reach_a_time_each_has_to_cover_it() {
    let exchange = Exchange::new();
    let behind = 12 * HOUR;
    let mut of_provider = calls(&[13 * HOUR, 17 * HOUR]);
    let mut of_sender = vec![(MESSAGE, 16 * HOUR)];
    let set = |second: i64| {
        [ClockState::Stepped, ClockState::Synchronised]
            .map(|state| (Record::clock_status(occurrence(second), state), second))
    };
    of_provider.extend(set(2 * HOUR));
    for (number, second) in [(2, 14 * HOUR), (3, 15 * HOUR), (4, 16 * HOUR), (5, 17 * HOUR), (6, 18 * HOUR)] {
        of_provider.push(call(number, second - behind, status(201), Side::Callee, &day::message(number)));
        if number != 4 {
            of_sender.push((number, second));
        }
    }
    of_provider.extend(set(15 * HOUR));
    of_provider.extend(calls(&[15 * HOUR, 19 * HOUR]));
    of_sender.sort_by_key(|(_, second)| *second);
    let of_sender: Vec<_> = of_sender
        .into_iter()
        .map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)))
        .collect();
    let sender = exchange.sealers.export("sender", &written("sender", &of_sender), after(24 * HOUR)).unwrap();
    let lines = lines_of(&written("provider", &of_provider));
    let told = |lines: &[Vec<u8>]| {
        let told = exchange.told(&[sender.clone(), exchange.all(lines)], &[], &["sender", "provider"]);
        let trail = told.trails.iter().find(|trail| !trail.clock_sections.is_empty()).unwrap();
        assert_eq!(trail.clock_sections.len(), 3, "{trail}");
        reason(&told, RecordForm::Call)
    };
    assert_eq!(told(&lines), None);
    // That of the fourth message, at the same hour by the clock of the middle.
    let gap = [&lines[..6], &lines[7..]].concat();
    assert_eq!(told(&gap), Some(NotCovered::Gap));
}

#[test]
fn what_lines_that_are_left_out_are_not_is_said_by_the_exports_that_leave_them_out() {
    use RecordForm::{Call, ProofIssued};
    let exchange = Exchange::new();
    let mut records = calls(&[HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR]);
    // A line about something else, between the first and the third.
    records[1] = call(ANOTHER + 1, 2 * HOUR, status(201), Side::Callee, &day::message(ANOTHER + 1));
    let lines = lines_of(&written("provider", &records));
    let about_another = exchange.selected(&lines, &about(ANOTHER).within(span(1, 3)));
    let rest = exchange.selected(&lines, &Selection::everything().within(span(3, 4)));
    let exports = [about_another.clone(), rest];
    assert_eq!(exchange.call_at(2 * HOUR, &exports), Some(NotCovered::LeftOut));
    // All other lines are there, whatever an export of another time leaves out.
    assert_eq!(exchange.call_at(5 * HOUR, &exports), None);
    // An export of another time says nothing of those that this one leaves out.
    let about_message = exchange.selected(&lines, &about(MESSAGE).within(span(3, 4)));
    let exports = [about_another.clone(), about_message];
    assert_eq!(exchange.call_at(2 * HOUR, &exports), Some(NotCovered::LeftOut));
    assert_eq!(exchange.call_at(5 * HOUR, &exports), None);
    // Another export of that time does, and one that shows the line.
    assert_eq!(exchange.call_at(2 * HOUR, &[about_another.clone(), exchange.selected(&lines, &about(MESSAGE))]), None);
    assert_eq!(exchange.call_at(2 * HOUR, &[about_another, exchange.all(&lines)]), None);
    // The provider may have nothing about the message at all.
    assert_eq!(exchange.call_at(2 * HOUR, &[exchange.selected(&lines, &about(MESSAGE))]), None);
    // An export by kinds shows the records of these.
    let by_kind = exchange.selected(&lines, &Selection::everything().of_kind(Kind::ProofIssued));
    let told = exchange.submitted(2 * HOUR, &[by_kind]);
    assert_eq!((reason(&told, ProofIssued), reason(&told, Call)), (None, Some(NotCovered::LeftOut)));
    // What cannot be read may be about the message, and what was left out before too.
    let mut damaged = lines.clone();
    damaged[1] = b"{\"sequence\":\"00000000000000000002\"}\n".to_vec();
    assert_eq!(exchange.call_at(2 * HOUR, &[exchange.selected(&damaged, &about(MESSAGE))]), Some(NotCovered::LeftOut));
    let filtered = lines_of(&exchange.selected(&lines, &about(ANOTHER)).lines);
    assert_eq!(exchange.call_at(2 * HOUR, &[exchange.all(&filtered)]), Some(NotCovered::LeftOut));
}
