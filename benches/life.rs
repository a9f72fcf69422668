//! Measures what the case of a letter costs beside the verification of its proofs, and folds the cases of a million letters.

use chrono::{DateTime, Duration, Utc};
use criterion::Criterion;
use recommande::crypto::Signer;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Event, Notification, Opening, Statement, Step, StepEvent,
};
use recommande::life::{Case, CaseVerdict, Judged, State, judge};
use recommande::seal::{AnyProof, Proof};
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::{Context, Payload, Preceding, Verified};
use recommande::{Environment, Sealer, Sending, TsaPool, Verifier};
use recommande_benches::events::every_event;
use recommande_benches::{Limit, Memory, compare, criterion, fixtures, memory_of, processor};

/// Letters of as many proofs, and how often a reminder is among them.
const LONG: usize = 20;
const SHORT: usize = 5;

/// The letters whose cases are folded, one after the other, and how many of them are sealed and verified: the others are the
/// same again.
const LETTERS: usize = 1_000_000;
const SEALED_LETTERS: usize = 1_000;

/// Verifying takes at least as many times as long as folding.
const WANTED: f64 = 50.0;

fn seal<S: Statement>(sealer: &Sealer, tsas: &TsaPool, statement: &S) -> Proof<S> {
    sealer.seal(statement, fixtures::now()).expect("a seal").stamp_with(tsas).expect("a proof")
}

fn at(minutes: usize) -> DateTime<Utc> {
    fixtures::now() + Duration::minutes(i64::try_from(minutes).expect("minutes"))
}

/// A letter that was made available, announced some times and opened, with what each proof follows.
struct Letter {
    files: Vec<Vec<u8>>,
    sent: Verified<Sending>,
    available: Verified<Step>,
}

impl Letter {
    fn new(number: usize, count: usize, sealer: &Sealer, tsas: &TsaPool, verifier: &Verifier) -> Self {
        let sending = seal(sealer, tsas, &fixtures::letter(number));
        let sent = verifier.verify(&sending, Payload::NotAvailable, at(count)).expect("it passes");
        let available = Step::of(&sent, 1, StepEvent::ContentConsignment, at(0)).expect("a step");
        let proof = seal(sealer, tsas, &available);
        let mut files = vec![sending.der().to_vec(), proof.der().to_vec()];
        let available = verifier.verify(&proof, &sent, at(count)).expect("it passes");
        for ordinal in 1..count - 2 {
            let notification = Notification::by("email").and_then(|told| told.with_ordinal(ordinal)).expect("a number");
            let told = StepEvent::ConsignmentNotification { notification };
            let told = Step::after(&sent, &available, told, at(0)).expect("a step");
            files.push(seal(sealer, tsas, &told).der().to_vec());
        }
        let assurance = Assurance::new(AssuranceLevel::Substantial, at(0), "urn:example:otp").expect("assurance");
        let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance, at(0)).expect("an opening");
        let opening = opening.with_cause(&available).expect("a cause");
        files.push(seal(sealer, tsas, &opening).der().to_vec());
        assert_eq!(files.len(), count);
        Self { files, sent, available }
    }

    /// Verifies each proof by itself, with what it follows at hand.
    fn one_by_one(&self, verifier: &Verifier) {
        for file in &self.files {
            let proof = AnyProof::from_der(file).expect("a proof");
            let cause = match &proof {
                AnyProof::Sending(_) => Preceding::NotGiven,
                AnyProof::Step(step) if step.stated().caused_by().is_none() => Preceding::NotGiven,
                _ => Preceding::Verified(&self.available),
            };
            let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
            verifier.verify(&proof, context, at(LONG)).expect("it passes");
        }
    }
}

/// Folds the cases of a million letters whose proofs verified before, letter by letter, and prints the time, how much longer
/// verifying takes, and the memory.
fn fold_many(name: &str, sealer: &Sealer, tsas: &TsaPool, verifier: &Verifier) {
    let letters: Vec<Letter> =
        (0..SEALED_LETTERS).map(|number| Letter::new(number, SHORT, sealer, tsas, verifier)).collect();
    let verified = seconds(|| letters.iter().for_each(|letter| letter.one_by_one(verifier)));
    let verified = verified * (LETTERS / SEALED_LETTERS) as f64;
    let judged: Vec<Vec<Judged>> = letters.iter().map(|letter| judge(verifier, &letter.files, at(LONG))).collect();
    drop(letters);
    fold(&judged, SEALED_LETTERS);
    let before = memory_of("self", Memory::Most);
    let folded = seconds(|| fold(&judged, LETTERS));
    let memory = before.zip(memory_of("self", Memory::Most)).map_or_else(
        || "?".to_owned(),
        |(before, after)| format!("{} KiB more than after {SEALED_LETTERS}", after.saturating_sub(before) >> 10),
    );
    let ratio = verified / folded;
    println!(
        "MILLION {LETTERS} cases of {SHORT} proofs, {name}: folded in {folded:.2} s of CPU; verified in {verified:.0} s by a sample of \
        {SEALED_LETTERS}; ratio {ratio:.0} (wanted {WANTED}); memory {memory}"
    );
}

/// Folds as many letters, each of which was opened.
fn fold(judged: &[Vec<Judged>], count: usize) {
    let mut opened = 0;
    for letter in judged.iter().cycle().take(count).flat_map(|judged| Case::of(judged)) {
        opened +=
            letter.cases.iter().flatten().filter(|case| case.verdict == CaseVerdict::Proven(State::Opened)).count();
    }
    assert_eq!(opened, count);
}

/// The seconds of CPU that some work takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = processor();
    work();
    (processor() - start).as_secs_f64()
}

/// Seals a statement of each event beside the raw signature that it needs, as sendings are measured, and prints the slowest.
fn seal_events(
    criterion: &mut Criterion,
    name: &str,
    sealer: &Sealer,
    pki: &TestPki,
    tsas: &TsaPool,
    verifier: &Verifier,
) {
    let wanted = if name.starts_with("RSA") { 0.97 } else { 0.93 };
    let mut worst: Option<(f64, Event)> = None;
    for stated in every_event(sealer, tsas, verifier) {
        let message = stated.signed_attributes(sealer);
        let measured = compare(
            criterion,
            &format!("seal of {}, {name}", stated.event().name()),
            &Limit::new("raw signature").at_least(wanted),
            || stated.seal(sealer),
            || pki.seal.signer.sign(&message).expect("a signature"),
        );
        if let Some(ratio) = measured
            && worst.is_none_or(|(slowest, _)| ratio < slowest)
        {
            worst = Some((ratio, stated.event()));
        }
    }
    if let Some((ratio, event)) = worst {
        println!(
            "WORST of all events, {name}: seal of {} beside raw signature: ratio {ratio:.3} (wanted {wanted})",
            event.name()
        );
    }
}

fn main() {
    let mut criterion = criterion();
    for (name, kind) in fixtures::KINDS.into_iter().filter(|(name, _)| ["RSA-2048", "P-256"].contains(name)) {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki).with_clock(fixtures::now));
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let long = Letter::new(0, LONG, &sealer, &tsas, &verifier);
        compare(
            &mut criterion,
            &format!("case of {LONG} proofs, {name}"),
            &Limit::new("each verified by itself").at_least(1.0 / 1.15),
            || Case::of(&judge(&verifier, &long.files, at(LONG))),
            || long.one_by_one(&verifier),
        );
        seal_events(&mut criterion, name, &sealer, &pki, &tsas, &verifier);
        let short = Letter::new(0, SHORT, &sealer, &tsas, &verifier);
        let judged: Vec<Judged> = judge(&verifier, &short.files, at(LONG));
        let measured = compare(
            &mut criterion,
            &format!("fold of {SHORT} proofs, {name}"),
            &Limit::new("each verified by itself").at_least(WANTED),
            || Case::of(&judged),
            || short.one_by_one(&verifier),
        );
        if measured.is_some() {
            fold_many(name, &sealer, &tsas, &verifier);
        }
    }
    criterion.final_summary();
}
