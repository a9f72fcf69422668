//! A statement goes through a queue to who seals it, and the proof is the one that would have been made at once.

use crate::common::{self, Service, issuer, now, opened_at, sending};
use crate::steps::{Letter, each_step};
use recommande::evidence::{
    AnyStatement, ConsignmentMode, DecodeStatementErrorKind, Draft, Event, EvidenceError, Issuer, Opening, Statement,
    Step, StepEvent, Terms, limits,
};
use recommande::seal::AnyProof;
use recommande::verify::{Indication, Payload};
use recommande::{Environment, Sending};

/// What a worker makes of the octets that it takes from a queue.
fn through_a_queue<S: Draft>(statement: &S, issuer: &Issuer) -> AnyStatement {
    let item = statement.to_json(issuer).unwrap();
    assert_eq!(S::from_json(&item).unwrap(), (statement.clone(), issuer.clone()));
    let (read, stated_issuer) = AnyStatement::from_json(&item).unwrap();
    assert_eq!(&stated_issuer, issuer);
    // Whoever writes it again writes the same.
    assert_eq!(read.to_json(issuer).unwrap(), item);
    assert_eq!(read.evidence_identifier(), statement.evidence_identifier());
    read
}

#[test]
fn a_statement_of_each_kind_is_sealed_from_a_queue() {
    let letter = Letter::new();
    let issuer = issuer(Environment::Test);
    for (step, cause) in each_step(&letter) {
        let read = through_a_queue(&step, &issuer);
        let proof = letter.proof(&read);
        let AnyProof::Step(proof) = AnyProof::from_der(proof.der()).unwrap() else {
            panic!("{} is no step", step.event())
        };
        assert_eq!(proof.stated(), &step);
        assert_eq!(
            letter.report(proof.stated(), cause.as_ref()).indication,
            Indication::TotalPassed,
            "{}",
            step.event()
        );
    }
    let service = Service::new();
    let read = through_a_queue(&sending(), &issuer);
    let tsa = common::pool(service.tsa(now()));
    let proof = service.sealer.seal(&read, now()).unwrap().stamp_with(&tsa).unwrap();
    let AnyProof::Sending(proof) = AnyProof::from_der(proof.der()).unwrap() else { panic!("no sending") };
    let sent = service.verifier().verify(&proof, Payload::NotAvailable, common::later()).unwrap();
    let opening = service.opening(&sent);
    let read = through_a_queue(&opening, &issuer);
    let tsa = common::pool(service.tsa(opened_at()));
    let proof = service.sealer.seal(&read, opened_at()).unwrap().stamp_with(&tsa).unwrap();
    let AnyProof::Opening(proof) = AnyProof::from_der(proof.der()).unwrap() else { panic!("no opening") };
    assert_eq!(proof.stated(), &opening);
    let context = recommande::verify::Context::new(&sent, Payload::NotAvailable);
    assert!(service.verifier().verify(&proof, context, opened_at()).is_ok());
}

/// The terms of a sending stand in nothing that follows it, so that who reads a step cannot ask for what they ask for.
#[test]
fn what_the_sender_asks_for_is_asked_before_a_queue() {
    let consent = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    let letter = Letter::of(&sending().with_terms(consent).unwrap());
    let unaccepted = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, now()).unwrap();
    let missing = EvidenceError::MemberMissing("CausedBy");
    assert_eq!(unaccepted.to_json(&issuer(Environment::Test)), Err(missing));
}

#[test]
fn what_is_no_statement_is_refused_with_its_place() {
    let issuer = issuer(Environment::Test);
    let item = sending().to_json(&issuer).unwrap();
    let refused = |octets: &[u8]| AnyStatement::from_json(octets).unwrap_err();
    for length in 0..item.len() {
        refused(&item[..length]);
    }
    refused(&[&item[..], b"\n"].concat());
    let too_large = refused(&vec![b' '; limits::MAX_STATEMENT + 1]);
    assert_eq!(too_large.kind(), &DecodeStatementErrorKind::TooLarge { limit: limits::MAX_STATEMENT });
    let other = Opening::from_json(&item).unwrap_err();
    assert_eq!(other.kind(), &DecodeStatementErrorKind::AnotherEvent(Event::SubmissionAcceptance));
    // No value of a person is in an error.
    let text = String::from_utf8(item).unwrap();
    let damaged = text.replace("85073003328", "85073003329");
    assert_ne!(damaged, text);
    let error = Sending::from_json(damaged.as_bytes()).unwrap_err();
    assert_eq!(error.path(), "RecipientDetails[0].Identifier.value");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("8507300"), "{told}");
}
