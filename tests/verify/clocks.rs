//! What is known of a clock: by which timestamps, and that it does not depend on the order in which trails are given.

use chrono::TimeDelta;
use recommande::audit::{
    Clock, ClockReference, Export, Occurrence, ProofReference, Reconstruction, ReconstructionPolicy, Record, Role, Side,
};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Committed, Event, Field, Salts};
use recommande::preserve::{GroupLeaves, Renewer};
use recommande::verify::ContentDigests;
use recommande::{Environment, ProofOfSending, Verifier};

use super::broken_trails::lines_of;
use super::opposite_trails::{Exchange, PROVIDER, SENDER, about, after, call, occurrence, status, written};
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

/// Six submissions an hour apart. The clock of the sender is behind by two hours, and its records of the proofs that it received hold
/// them or name them.
#[test]
fn a_clock_is_behind_where_records_hold_proofs_that_were_not_there_yet() {
    let exchange = Exchange::new();
    let behind = -7200;
    let clocks = |proof: &dyn Fn(&ProofOfSending) -> ProofReference<'static>| {
        let (mut of_sender, mut of_provider, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
        for (number, second) in (0..6_usize).zip((7200..).step_by(3600)) {
            let content = day::message(number);
            let sending = day::sending(number, after(second)).unwrap();
            let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap();
            let sealed = exchange.sealers.proof(&committed.into_parts().0, after(second)).unwrap();
            let call = |side, second| call(number, second, status(201), side, &content);
            of_sender.push(call(Side::Caller, second + behind));
            of_provider.push(call(Side::Callee, second));
            // Some proofs were sent at once, and others much later.
            let received = second + behind + 5 + 300 * i64::try_from(number).unwrap();
            let record = Record::proof_received(occurrence(received), proof(&sealed), Event::SubmissionAcceptance);
            of_sender.push((about(record, number), received));
            proofs.push(sealed.der().to_vec());
        }
        let export = |name, records: &[(Record<'_>, i64)]| {
            exchange.sealers.export(name, &written(name, records), after(86_400)).unwrap()
        };
        let exports = [export("sender", &of_sender), export("provider", &of_provider)];
        let told = exchange.told(&exports, &proofs, &["sender", "provider"]);
        assert!(told.conflicts().is_empty());
        [SENDER, PROVIDER].map(|party| told.trails.iter().find(|trail| trail.source.party() == party).unwrap().clock)
    };
    match clocks(&|proof| ProofReference::embedded(proof).unwrap()) {
        [Clock::Off { by, decided_by: ClockReference::Timestamps, .. }, provider] => {
            assert_eq!((by.num_seconds(), provider), (behind, Clock::Agrees));
        }
        clocks => panic!("{clocks:?}"),
    }
    // The provider can have had them timestamped once more since.
    match clocks(&|proof| ProofReference::id(proof.id())) {
        [Clock::Differs { .. }, Clock::Differs { .. }] => {}
        clocks => panic!("{clocks:?}"),
    }
}

/// A proof without a timestamp lies in a record, and the evidence record over it was made a day later and lies beside it: the proof was
/// there before, and so was whoever holds it.
#[test]
fn an_evidence_record_beside_a_proof_says_nothing_of_the_clock_of_whoever_holds_it() {
    let exchange = Exchange::new();
    let verifier = || Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let (mut received, mut files) = (Vec::new(), Vec::new());
    for (number, second) in (0..4_usize).zip((0..).step_by(3600)) {
        let sending = day::sending(number, after(second)).unwrap();
        let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap();
        let sealed = exchange.sealers.unstamped(&committed.into_parts().0, after(second)).unwrap();
        let proof = ProofOfSending::from_der(sealed.der()).unwrap();
        let embedded = ProofReference::embedded(&proof).unwrap();
        let record = Record::proof_received(occurrence(second + 5), embedded, Event::SubmissionAcceptance);
        received.push((about(record, number), second + 5));
        files.push(proof.der().to_vec());
    }
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap();
    files.iter().for_each(|file| leaves.add(file));
    let digests = |file: &Vec<u8>| ContentDigests::new([DigestAlgorithm::Sha256.digest(file)]);
    let (of_group, stamped) = (verifier(), after(20 * 3600));
    let tsas = exchange.sealers.tsas(stamped);
    let group =
        leaves.close().unwrap().stamp_with(&Renewer::new(&of_group), &digests(&files[0]), tsas, stamped).unwrap();
    let records = files.iter().map(|file| group.record(&digests(file)).unwrap());
    let verifier = verifier().with_evidence_records(records.collect::<Vec<_>>());
    let export = exchange.sealers.export("sender", &written("sender", &received), after(86_400)).unwrap();
    let exports = [Export::new(&export.lines[..]).with_manifest(&export.manifest[..], &export.signature[..])];
    let policy = ReconstructionPolicy::new(&verifier, after(2 * 86_400)).with_role(SENDER, Role::Sender);
    let reconstruction = Reconstruction::of(exports, &[] as &[Vec<u8>], &policy).unwrap();
    // The records prove the sendings, by their time.
    let entries: Vec<_> = reconstruction.messages().flat_map(|account| account.timeline).collect();
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| entry.proven_by > Some(stamped)), "{entries:?}");
    assert_eq!(reconstruction.trails().next().unwrap().clock, Clock::NotEstimated);
}
