//! The times of calls beside those that proofs state.

use recommande::Environment;
use recommande::audit::{
    Clock, ClockState, ConflictKind, Fact, FactStanding, Kind, LaidTo, LineReader, Outcome, ProofReference,
    ReconstructionVerdict, Record, Selection, Sequence, Side, Source, Span, Trail, export,
};
use recommande::evidence::Event;

use super::opposite_trails::{
    Exchange, MESSAGE, PROVIDER, SENDER, Told, about, after, call, issued, occurrence, status, written,
};
use super::reconstructions::day::{self, ExportFiles};

#[test]
fn a_call_of_another_time_than_its_proof_contradicts_it_without_another_trail() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let proof = exchange.sealers.proof(&day::sending(MESSAGE, after(7200)).unwrap(), after(7200)).unwrap();
    let told = |second: i64| {
        let called = call(MESSAGE, second, status(201), Side::Callee, &content);
        let records = [called, issued(proof.id(), 7201)];
        let lines = written("provider", &records);
        let export = exchange.sealers.export("provider", &lines, after(86_400)).unwrap();
        exchange.told(&[export], &[proof.der().to_vec()], &["provider"])
    };
    assert!(told(7199).conflicts().is_empty());
    // It is one submission all the same. That the call is the party's own does not say that this proof is about it.
    for second in [0, 14_400] {
        let told = told(second);
        assert_eq!(told.conflicts(), [(ConflictKind::TimeContradictsProof, 1, LaidTo::Nobody)]);
        assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Proven)]);
        assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
    }
}

/// Submissions of as many messages, an hour apart. The provider issues a proof of each, and its records of the calls are ahead by so
/// many seconds, and the sender's by so many. Seals are timestamped some seconds later.
fn told_of_calls(exchange: &Exchange, sender: i64, provider: i64, stamped: impl Fn(i64) -> i64) -> Told {
    told_beside(exchange, sender, provider, stamped, &[])
}

/// The same beside other exports.
fn told_beside(
    exchange: &Exchange,
    sender: i64,
    provider: i64,
    stamped: impl Fn(i64) -> i64,
    beside: &[ExportFiles],
) -> Told {
    let (mut of_sender, mut of_provider, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    for (number, second) in (0..6_usize).zip((7200..).step_by(3600)) {
        let content = day::message(number);
        of_sender.push((call(number, second + sender, status(201), Side::Caller, &content).0, second + sender));
        of_provider.push((call(number, second + provider, status(201), Side::Callee, &content).0, second));
        let sending = day::sending(number, after(second)).unwrap();
        let proof = exchange.sealers.late_proof(&sending, after(second), after(stamped(second))).unwrap();
        let issue = occurrence(second + 1);
        let issue = Record::proof_issued(issue, ProofReference::id(proof.id()), Event::SubmissionAcceptance);
        of_provider.push((about(issue, number), second + 1));
        proofs.push(proof.der().to_vec());
    }
    let export = |name, records: &[(Record<'_>, i64)]| {
        exchange.sealers.export(name, &written(name, records), after(86_400)).unwrap()
    };
    let exports = [&[export("sender", &of_sender), export("provider", &of_provider)], beside].concat();
    exchange.told(&exports, &proofs, &["sender", "provider"])
}

fn clock(told: &Told, party: &str) -> Clock {
    told.trails.iter().find(|trail| trail.source.party() == party).unwrap().clock
}

#[test]
fn a_party_that_sets_its_calls_back_does_not_make_the_callers_clock_off() {
    let exchange = Exchange::new();
    // Also where the seals of an evening are timestamped together.
    for stamped in [|second| second + 2, |_| 36_000] {
        let told = told_of_calls(&exchange, 0, -7200, stamped);
        assert!(!matches!(clock(&told, SENDER), Clock::Off { .. }), "{:?}", told.trails);
        // The lie shows on each message.
        let conflicts = told.conflicts();
        let count = |kind| conflicts.iter().filter(|(of_kind, _, _)| *of_kind == kind).count();
        assert_eq!(count(ConflictKind::TimesDiffer), 6, "{conflicts:?}");
        assert_eq!(count(ConflictKind::TimeContradictsProof), 6, "{conflicts:?}");
        assert!(!told.is_anybody_blamed());
        assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
    }
    // A caller whose clock is ahead differs from the proofs too.
    let told = told_of_calls(&exchange, 7200, 0, |second| second + 2);
    match clock(&told, SENDER) {
        Clock::Off { by, .. } => assert_eq!(by.num_seconds(), 7200),
        clock => panic!("{clock:?}"),
    }
    assert!(told.conflicts().is_empty());
    // Of one that is behind, nothing says that the provider did not wait before it sealed.
    let told = told_of_calls(&exchange, -7200, 0, |second| second + 2);
    let by = |party| match clock(&told, party) {
        Clock::Differs { by, .. } => by.num_seconds(),
        clock => panic!("{clock:?}"),
    };
    assert_eq!((by(SENDER), by(PROVIDER)), (-7200, 7200));
    assert!(told.conflicts().is_empty());
    assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Proven); 6]);
}

/// A service that has its seals timestamped a quarter of an hour later, each time, has a clock that is right.
#[test]
fn a_service_that_always_waits_before_it_stamps_has_no_clock_that_is_off() {
    let exchange = Exchange::new();
    let told = told_of_calls(&exchange, 0, 0, |second| second + 900);
    assert_eq!([SENDER, PROVIDER].map(|party| clock(&told, party)), [Clock::Agrees; 2]);
    assert!(told.conflicts().is_empty());
}

/// The clock of a provider is a quarter of an hour behind: in what it records, or also in what it states. Its trail alone shows the
/// one, and the other with that of the sender.
#[test]
fn a_provider_whose_clock_is_behind_is_found_though_it_might_wait() {
    let exchange = Exchange::new();
    let told = |stated: i64, roles: &[&str]| {
        let (mut of_sender, mut of_provider, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
        for (number, second) in (0..6_usize).zip((7200..).step_by(3600)) {
            let content = day::message(number);
            of_sender.push(call(number, second, status(201), Side::Caller, &content));
            of_provider.push(call(number, second - 900, status(201), Side::Callee, &content));
            let sending = day::sending(number, after(second - stated)).unwrap();
            let sealed = exchange.sealers.late_proof(&sending, after(second - stated), after(second + 1)).unwrap();
            let issue = ProofReference::id(sealed.id());
            let issue = Record::proof_issued(occurrence(second - 899), issue, Event::SubmissionAcceptance);
            of_provider.push((about(issue, number), second - 899));
            proofs.push(sealed.der().to_vec());
        }
        let export = |name, records: &[(Record<'_>, i64)]| {
            exchange.sealers.export(name, &written(name, records), after(86_400)).unwrap()
        };
        let exports = [export("provider", &of_provider), export("sender", &of_sender)];
        let told = exchange.told(&exports[..roles.len()], &proofs, roles);
        assert!(!told.is_anybody_blamed());
        told
    };
    for (stated, roles) in [(0, &["provider"][..]), (0, &["provider", "sender"]), (900, &["provider", "sender"])] {
        let told = told(stated, roles);
        match clock(&told, PROVIDER) {
            Clock::Off { by, .. } => assert!((-901..=-899).contains(&by.num_seconds()), "{by}"),
            clock => panic!("{stated}, {roles:?}: {clock:?}"),
        }
        let is_doubted = |clock| matches!(clock, Clock::Off { .. } | Clock::Differs { .. });
        assert!(roles.len() == 1 || !is_doubted(clock(&told, SENDER)));
        // What the proofs state by a clock that is off contradicts the records that are corrected by it.
        assert_eq!(told.conflicts().is_empty(), stated == 0, "{stated}, {roles:?}: {:?}", told.conflicts());
    }
    // By itself it may have waited.
    assert_eq!(clock(&told(900, &["provider"]), PROVIDER), Clock::NotEstimated);
}

/// The clock was right until it was set, and nobody compared it since.
#[test]
fn of_a_clock_that_was_set_nothing_is_known_by_what_was_compared_before() {
    let exchange = Exchange::new();
    let told = |right: usize| {
        let (mut records, mut proofs) = (Vec::new(), Vec::new());
        // The record behind the setting is an hour back, and so many behind that are right.
        for (number, second) in (0..6 + right).zip((0..).step_by(3600)) {
            let proof = exchange.sealers.proof(&day::sending(number, after(second)).unwrap(), after(second)).unwrap();
            if number == 5 {
                let told = |state| Record::clock_status(occurrence(second), state);
                records.push((told(ClockState::Stepped), second));
                records.push((told(ClockState::Synchronised), second));
            }
            let back = if number == 5 { 3600 } else { 0 };
            let issue = ProofReference::id(proof.id());
            let issue = Record::proof_issued(occurrence(second - back), issue, Event::SubmissionAcceptance);
            records.push((about(issue, number), second));
            proofs.push(proof.der().to_vec());
        }
        let lines = written("provider", &records);
        let export = exchange.sealers.export("provider", &lines, after(86_400)).unwrap();
        let told = exchange.told(&[export], &proofs, &["provider"]);
        let sections: Vec<_> = told.trails[0].clock_sections.iter().map(|section| section.clock).collect();
        assert_eq!((sections.len(), sections[0]), (2, Clock::Agrees));
        match told.conflicts()[..] {
            [(ConflictKind::TimeContradictsProof, 1, laid_to)] => laid_to,
            ref conflicts => panic!("{conflicts:?}"),
        }
    };
    assert_eq!([told(0), told(4)], [LaidTo::Nobody, LaidTo::Party]);
}

/// Whoever writes lines in the name of a party makes its first calls later ones, and would hide that its clock is off.
#[test]
fn calls_that_nobody_sealed_leave_what_is_known_of_a_clock() {
    let exchange = Exchange::new();
    let mut trail = Trail::begin(&Source::new(Environment::Test, SENDER, "another").unwrap(), Vec::new());
    for (number, second) in (0..6_usize).zip((3600..).step_by(3600)) {
        let (earlier, _) = call(number, second, status(503), Side::Caller, &day::message(number));
        trail.append(&earlier, after(second)).unwrap();
    }
    trail.commit().unwrap();
    let unsealed = ExportFiles { lines: trail.into_sink(), manifest: b"none".to_vec(), signature: Vec::new() };
    let told = told_beside(&exchange, 7200, 0, |second| second + 2, &[unsealed]);
    let clocks: Vec<_> = told.trails.iter().filter(|trail| trail.sealed > 0).map(|trail| trail.clock).collect();
    assert!(
        matches!(clocks.as_slice(), [Clock::Off { .. }, Clock::Agrees] | [Clock::Agrees, Clock::Off { .. }]),
        "{clocks:?}"
    );
}

#[test]
fn a_party_that_is_refused_and_calls_again_has_no_clock_that_is_off() {
    let exchange = Exchange::new();
    // The provider issues a proof of each call that it refused, or left without an answer.
    for first in [status(503), Outcome::Timeout] {
        let (mut of_sender, mut of_provider, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
        for (number, second) in (0..6_usize).zip((0..).step_by(3600)) {
            let content = day::message(number);
            of_sender.push(call(number, second, first, Side::Caller, &content));
            of_sender.push(call(number, second + 900, status(201), Side::Caller, &content));
            of_provider.push(call(number, second, status(201), Side::Callee, &content));
            let sending = day::sending(number, after(second)).unwrap();
            proofs.push(exchange.sealers.proof(&sending, after(second)).unwrap().der().to_vec());
        }
        let export = |name, records: &[(Record<'_>, i64)]| {
            exchange.sealers.export(name, &written(name, records), after(86_400)).unwrap()
        };
        let exports = [export("sender", &of_sender), export("provider", &of_provider)];
        let told = exchange.told(&exports, &proofs, &["sender", "provider"]);
        assert!(told.trails.iter().all(|trail| !matches!(trail.clock, Clock::Off { .. })), "{:?}", told.trails);
        assert!(!told.is_anybody_blamed());
    }
}

#[test]
fn a_record_long_after_its_time_or_after_its_own_seal_is_told() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let faults = |second: i64, recorded: i64| {
        let record = call(MESSAGE, second, status(201), Side::Caller, &content).0;
        let lines = written("sender", &[(record, recorded)]);
        let export = exchange.sealers.export("sender", &lines, after(7200)).unwrap();
        let told = exchange.told(&[export], &[], &["sender"]);
        // A record may have waited, and a clock may be ahead.
        assert!(!told.is_anybody_blamed());
        assert_eq!(told.standings(), [(Fact::Submission, FactStanding::Attested)]);
        told.faults(SENDER)
    };
    assert!(faults(0, 300).is_empty());
    assert_eq!(faults(0, 301), ["recorded-late"]);
    assert!(faults(7261, 7261).is_empty());
    assert_eq!(faults(7262, 7262), ["recorded-behind-seal"]);
}

#[test]
fn a_clock_of_which_its_trail_tells_is_excused_and_a_time_that_was_set_back_is_not() {
    let exchange = Exchange::new();
    let mut proofs = Vec::new();
    let issues: Vec<_> = (0..6_usize)
        .zip((0..).step_by(10_000))
        .map(|(number, second)| {
            let proof = exchange.sealers.proof(&day::sending(number, after(second)).unwrap(), after(second)).unwrap();
            proofs.push(proof.der().to_vec());
            (number, second, proof.id())
        })
        .collect();
    // The times of the third record are an hour back.
    let told = |state: Option<ClockState>, recorded_back: i64, hidden: bool| {
        let mut records = Vec::new();
        for (number, second, id) in &issues {
            let back = if *number == 2 { 3600 } else { 0 };
            let issue =
                Record::proof_issued(occurrence(second - back), ProofReference::id(*id), Event::SubmissionAcceptance);
            records.push((about(issue, *number), if *number == 2 { second - recorded_back } else { *second }));
            if let Some(state) = state.filter(|_| *number == 2) {
                records.push((Record::clock_status(occurrence(second + 1), state), second + 1));
            }
        }
        let lines = written("provider", &records);
        let selection = Selection::everything().of_kind(Kind::ProofIssued);
        let selection = if hidden { selection } else { Selection::everything() };
        let mut exported = Vec::new();
        let manifest = export(&mut LineReader::new(&lines[..]), &selection, &mut exported).unwrap();
        let signature = exchange.sealers.sealed(&manifest, "provider", after(86_400)).unwrap();
        let files = ExportFiles { lines: exported, manifest: manifest.to_json(), signature };
        let told = exchange.told(&[files], &proofs, &["provider"]);
        assert_eq!(clock(&told, PROVIDER), Clock::Agrees);
        match told.conflicts()[..] {
            [(ConflictKind::TimeContradictsProof, 1, laid_to)] => laid_to,
            ref conflicts => panic!("{conflicts:?}"),
        }
    };
    assert_eq!(told(None, 0, false), LaidTo::Party);
    assert_eq!(told(Some(ClockState::Stepped), 0, false), LaidTo::Nobody);
    assert_eq!(told(Some(ClockState::Synchronised), 0, false), LaidTo::Party);
    // Whoever gets an export without those records does not blame it either.
    assert_eq!(told(Some(ClockState::Stepped), 0, true), LaidTo::Nobody);
    // The writer itself tells of a clock that runs behind the line before.
    assert_eq!(told(None, 10_001, false), LaidTo::Nobody);
}

#[test]
fn a_clock_of_a_trail_that_is_given_from_a_later_line_on_is_unsure_until_the_trail_says_otherwise() {
    let exchange = Exchange::new();
    let (mut records, mut proofs) = (Vec::new(), Vec::new());
    for (number, second) in (0..6_usize).zip((0..).step_by(10_000)) {
        let proof = exchange.sealers.proof(&day::sending(number, after(second)).unwrap(), after(second)).unwrap();
        // The time of the fourth record is an hour back.
        let back = if number == 3 { 3600 } else { 0 };
        let issue = Record::proof_issued(
            occurrence(second - back),
            ProofReference::id(proof.id()),
            Event::SubmissionAcceptance,
        );
        records.push((about(issue, number), second));
        if number == 1 {
            let synchronised = Record::clock_status(occurrence(second + 1), ClockState::Synchronised);
            records.push((synchronised, second + 1));
        }
        proofs.push(proof.der().to_vec());
    }
    let lines = written("provider", &records);
    let laid_to = |first: u64| {
        let number = |number| Sequence::new(number).unwrap();
        let selection = Selection::everything().within(Span::new(number(first), number(7)).unwrap());
        let mut exported = Vec::new();
        let manifest = export(&mut LineReader::new(&lines[..]), &selection, &mut exported).unwrap();
        let signature = exchange.sealers.sealed(&manifest, "provider", after(86_400)).unwrap();
        let files = ExportFiles { lines: exported, manifest: manifest.to_json(), signature };
        let told = exchange.told(&[files], &proofs, &["provider"]);
        assert_eq!(told.verdict, ReconstructionVerdict::Contradicted);
        told.conflicts()[0].2
    };
    // All lines, those from the one that says that the clock is synchronised, and those behind it.
    assert_eq!([1, 3, 4].map(laid_to), [LaidTo::Party, LaidTo::Party, LaidTo::Nobody]);
}

#[test]
fn a_call_that_is_made_again_for_want_of_an_answer_contradicts_nothing() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let proof = exchange.sealers.proof(&day::sending(MESSAGE, after(1)).unwrap(), after(1)).unwrap();
    let calls = |first, second| {
        [call(MESSAGE, 0, first, Side::Caller, &content), call(MESSAGE, 3600, second, Side::Caller, &content)]
    };
    let sender = exchange.export("sender", &calls(Outcome::Timeout, status(200)));
    let provider = [
        call(MESSAGE, 1, status(201), Side::Callee, &content),
        issued(proof.id(), 2),
        call(MESSAGE, 3601, status(200), Side::Callee, &content),
    ];
    let exports = [sender, exchange.export("provider", &provider)];
    let told = exchange.told(&exports, &[proof.der().to_vec()], &["sender", "provider"]);
    assert!(told.conflicts().is_empty(), "{:#?}", told.accounts);
    let account = &told.accounts[0];
    assert_eq!(account.verdict, ReconstructionVerdict::Complete, "{account:#?}");
}
