//! Which records the parties must hold of what happened.

use recommande::audit::{
    Action, AuditDigest, Consent, DeletionReason, Fact, Outcome, Part, ProofReference, ReconstructionVerdict, Record,
    RecordForm, Role, Side,
};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Event, KnownReason, Opening, Statement, Step, StepEvent,
};
use recommande::seal::{Proof, ProofId};
use recommande::{Environment, Payload, Verifier};

use super::broken_trails::unsealed;
use super::opposite_trails::{Exchange, MESSAGE, Told, about, after, call, occurrence, status, written};
use super::reconstructions::day::{self, ExportFiles};

/// A letter that was submitted, with what its proofs and records are so far.
struct Life<'a> {
    exchange: &'a Exchange,
    proofs: Vec<Vec<u8>>,
    provider: Vec<(Record<'static>, i64)>,
    sender: Vec<(Record<'static>, i64)>,
}

impl Life<'_> {
    fn issued<S: Statement>(&mut self, event: Event, statement: &S, second: i64) -> Proof<S> {
        let proof = self.exchange.sealers.proof(statement, after(second)).unwrap();
        self.proofs.push(proof.der().to_vec());
        let record = Record::proof_issued(occurrence(second), ProofReference::id(proof.id()), event);
        self.provider.push((about(record, MESSAGE), second));
        proof
    }

    fn received(&mut self, event: Event, id: ProofId, second: i64) {
        let record = Record::proof_received(occurrence(second), ProofReference::id(id), event);
        self.sender.push((about(record, MESSAGE), second));
    }

    fn exports(&self) -> Vec<ExportFiles> {
        vec![self.exchange.export("sender", &self.sender), self.exchange.export("provider", &self.provider)]
    }

    fn told(&self) -> Told {
        self.told_of(&self.exports())
    }

    fn told_of(&self, exports: &[ExportFiles]) -> Told {
        self.exchange.told(exports, &self.proofs, &["sender", "provider", "consumer"])
    }
}

/// What must be recorded of a fact, and is not or not covered.
fn open(told: &Told, fact: Fact) -> (Vec<RecordForm>, Vec<RecordForm>) {
    let account = &told.accounts[0];
    let missing = account.missing.iter().map(|missing| missing.expected);
    let uncovered = account.not_covered.iter().map(|uncovered| uncovered.expected);
    let of_fact = |expected: &recommande::audit::ExpectedRecord| expected.fact == fact;
    (
        missing.filter(of_fact).map(|expected| expected.form).collect(),
        uncovered.filter(of_fact).map(|expected| expected.form).collect(),
    )
}

#[test]
fn of_what_failed_only_the_proofs_are_expected() {
    let exchange = Exchange::new();
    let verifier = Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let content = day::message(MESSAGE);
    let begin = || Life {
        exchange: &exchange,
        proofs: Vec::new(),
        provider: vec![call(MESSAGE, 1, status(201), Side::Callee, &content)],
        sender: vec![call(MESSAGE, 0, status(201), Side::Caller, &content)],
    };
    let submitted = |life: &mut Life<'_>| {
        let proof = life.issued(Event::SubmissionAcceptance, &day::sending(MESSAGE, after(1)).unwrap(), 2);
        verifier.verify(&proof, Payload::NotAvailable, after(3)).unwrap()
    };
    // The box is full: the content is announced to nobody.
    let mut life = begin();
    let sent = submitted(&mut life);
    let reason = || KnownReason::NotConsignedForQuota.into();
    let failed = Step::of(&sent, 1, StepEvent::ContentConsignmentFailure { reason: reason() }, after(60)).unwrap();
    let id = life.issued(Event::ContentConsignmentFailure, &failed, 61).id();
    life.received(Event::ContentConsignmentFailure, id, 62);
    let told = life.told();
    assert_eq!(told.verdict, ReconstructionVerdict::Complete, "{:#?}", told.accounts);
    // A consultation that was tried is no deed, and what nobody sealed makes it none.
    let content = Action::new("GET", "/messages/{messageId}/content").unwrap();
    let part = || Part::new("main", [AuditDigest::of(day::message(MESSAGE).as_bytes())], 11, "text/plain").unwrap();
    let consulted = |outcome| {
        let call = Record::api_call(occurrence(63), content.clone(), outcome).on_side(Side::Caller).unwrap();
        (about(call.with_part(part()).unwrap(), MESSAGE), 63)
    };
    life.sender.push(consulted(Outcome::Timeout));
    let mut exports = life.exports();
    assert_eq!(life.told_of(&exports).verdict, ReconstructionVerdict::Complete);
    exports.push(unsealed(&[written("consumer", &[consulted(status(200))])]));
    let told = life.told_of(&exports);
    assert_eq!(told.verdict, ReconstructionVerdict::Complete, "{:#?}", told.accounts);
    let listed: Vec<Fact> = told.accounts[0].unproven().map(|entry| entry.fact).collect();
    assert_eq!(listed, []);
    life.sender.pop();
    // Without the receipt, that is missing.
    life.sender.pop();
    assert!(open(&life.told(), Fact::Available).1.contains(&RecordForm::ProofReceived));

    // The content could not be handed over: nobody consulted it.
    let mut life = begin();
    let sent = submitted(&mut life);
    let laid = Step::of(&sent, 1, StepEvent::ContentConsignment, after(60)).unwrap();
    let laid = life.issued(Event::ContentConsignment, &laid, 61);
    let laid = verifier.verify(&laid, &sent, after(62)).unwrap();
    let event = StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() };
    let failed = Step::after(&sent, &laid, event, after(90)).unwrap();
    let id = life.issued(Event::ContentHandoverFailure, &failed, 91).id();
    life.received(Event::ContentHandoverFailure, id, 92);
    assert_eq!(open(&life.told(), Fact::Opened), (vec![], vec![]));
}

#[test]
fn the_record_of_one_proof_is_not_that_of_another() {
    let exchange = Exchange::new();
    let verifier = Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let content = day::message(MESSAGE);
    let mut life = Life {
        exchange: &exchange,
        proofs: Vec::new(),
        provider: vec![call(MESSAGE, 1, status(201), Side::Callee, &content)],
        sender: vec![call(MESSAGE, 0, status(201), Side::Caller, &content)],
    };
    let proof = life.issued(Event::SubmissionAcceptance, &day::sending(MESSAGE, after(1)).unwrap(), 2);
    let sent = verifier.verify(&proof, Payload::NotAvailable, after(3)).unwrap();
    let laid = Step::of(&sent, 1, StepEvent::ContentConsignment, after(60)).unwrap();
    let laid = life.issued(Event::ContentConsignment, &laid, 61);
    life.received(Event::ContentConsignment, laid.id(), 62);
    let laid = verifier.verify(&laid, &sent, after(62)).unwrap();
    let opened = [600, 1200].map(|second| {
        let assurance = Assurance::new(AssuranceLevel::Substantial, after(second), "urn:example:two-factors").unwrap();
        let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance, after(second)).unwrap();
        life.issued(Event::ContentAccessTracking, &opening.with_cause(&laid).unwrap(), second).id()
    });
    life.received(Event::ContentAccessTracking, opened[0], 601);
    // The trail of the sender goes on, so that it covers the time.
    let late = call(MESSAGE + 1, 3600, status(201), Side::Caller, &day::message(MESSAGE + 1));
    life.sender.push(late);
    let missing = |life: &Life<'_>| open(&life.told(), Fact::Opened).0.contains(&RecordForm::ProofReceived);
    assert!(missing(&life));
    life.sender.pop();
    life.received(Event::ContentAccessTracking, opened[1], 1201);
    assert!(!missing(&life));
}

/// What is missing of a fact where the sender, the provider and the operator record what is given, with other records around it.
fn missing_of(fact: Fact, records: [Vec<(Record<'static>, i64)>; 3]) -> Vec<(Role, RecordForm)> {
    let exchange = Exchange::new();
    let other = day::message(MESSAGE + 1);
    let names = ["sender", "provider", "operator"];
    let exports: Vec<_> = names
        .into_iter()
        .zip(records)
        .map(|(name, records)| {
            let around = |second| call(MESSAGE + 1, second, status(201), Side::Caller, &other);
            let whole: Vec<_> = [around(0)].into_iter().chain(records).chain([around(20_000)]).collect();
            exchange.export(name, &whole)
        })
        .collect();
    let told = exchange.told(&exports, &[], &names);
    let account = told.accounts.iter().find(|account| *account.message == *day::message(MESSAGE)).unwrap();
    let missing = account.missing.iter().map(|missing| missing.expected);
    missing.filter(|expected| expected.fact == fact).map(|expected| (expected.role, expected.form)).collect()
}

#[test]
fn an_alert_is_expected_of_what_expired_and_of_no_other_deletion() {
    let deleted = |reason| (about(Record::deleted(occurrence(9000), reason), MESSAGE), 9000);
    let missing = |reason| missing_of(Fact::Removed, [vec![], vec![deleted(reason)], vec![]]);
    assert_eq!(missing(DeletionReason::Expired), [(Role::Operator, RecordForm::Announcement)]);
    assert_eq!(missing(DeletionReason::Requested), []);
    assert_eq!(missing(DeletionReason::RetentionEnded), []);
}

#[test]
fn a_question_for_consent_is_recorded_by_who_asked_and_by_who_answered() {
    let asked = || (about(Record::consent_check(occurrence(9000), Consent::Given), MESSAGE), 9000);
    let missing = |sender, provider| missing_of(Fact::Consent, [sender, provider, vec![]]);
    assert_eq!(missing(vec![asked()], vec![]), [(Role::Provider, RecordForm::ConsentCheck)]);
    assert_eq!(missing(vec![], vec![asked()]), [(Role::Sender, RecordForm::ConsentCheck)]);
    assert_eq!(missing(vec![asked()], vec![asked()]), []);
}
