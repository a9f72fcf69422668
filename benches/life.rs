//! Measures what the case of a letter costs beside the verification of its proofs.

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{Assurance, AssuranceLevel, Notification, OpenedBy, Opening, Statement, Step, StepEvent};
use recommande::life::{Case, Judged, judge};
use recommande::seal::{AnyProof, Proof};
use recommande::testing::TestTsa;
use recommande::verify::{Context, Payload, Preceding, Verified};
use recommande::{Environment, Sealer, Sending, TsaPool, Verifier};
use recommande_benches::{Limit, compare, criterion, fixtures};

/// Letters of as many proofs, and how often a reminder is among them.
const LONG: usize = 20;
const SHORT: usize = 5;

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
    fn new(count: usize, sealer: &Sealer, tsas: &TsaPool, verifier: &Verifier) -> Self {
        let sending = seal(sealer, tsas, &fixtures::sending());
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
        let opening = Opening::of(&sent, OpenedBy::Recipient(1), assurance, at(0)).expect("an opening");
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

fn main() {
    let mut criterion = criterion();
    for (name, kind) in fixtures::KINDS.into_iter().filter(|(name, _)| ["RSA-2048", "P-256"].contains(name)) {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki).with_clock(fixtures::now));
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let long = Letter::new(LONG, &sealer, &tsas, &verifier);
        compare(
            &mut criterion,
            &format!("case of {LONG} proofs, {name}"),
            &Limit::new("each verified by itself").at_least(1.0 / 1.15),
            || Case::of(&judge(&verifier, &long.files, at(LONG))),
            || long.one_by_one(&verifier),
        );
        let short = Letter::new(SHORT, &sealer, &tsas, &verifier);
        let judged: Vec<Judged> = judge(&verifier, &short.files, at(LONG));
        compare(
            &mut criterion,
            &format!("fold of {SHORT} proofs, {name}"),
            &Limit::new("each verified by itself").at_least(50.0),
            || Case::of(&judged),
            || short.one_by_one(&verifier),
        );
    }
    criterion.final_summary();
}
