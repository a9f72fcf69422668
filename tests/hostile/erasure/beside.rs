//! What a statement commits to outside of its disclosure: the address of a notification, and a payment.

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{
    ActedBy, Codec, Commitment, Notification, Payment, Salt, Statement, Step, StepEvent, Window,
};
use recommande::life::{Case, judge};
use recommande::seal::Proof;
use recommande::verify::{Context, Indication, Payload};

use super::assert_no_trace;
use crate::common::{Service, assurance, now, pool, sending};

const ADDRESS: &str = "Godelieve.Vandersecret@example.org";
const IBAN: &str = "BE68539007547034";
const REFERENCE: &str = "+++090/9337/55493+++";

fn hours(count: i64) -> DateTime<Utc> {
    now() + Duration::hours(count)
}

fn sealed<S: Statement>(service: &Service, statement: &S) -> Proof<S> {
    let time = statement.event_time();
    service.sealer.seal(statement, time).unwrap().stamp_with(&pool(service.tsa(time))).unwrap()
}

/// Without its salt an address cannot be told from any other one, though all addresses can be tried.
#[test]
fn an_address_and_a_payment_are_erased_with_their_salts() {
    let service = Service::new();
    let (of_payment, of_address) = (Salt::generate().unwrap(), Salt::generate().unwrap());
    let currency = "EUR".parse().unwrap();
    let payment = Payment::new("2026-118", 1230, 0, currency, "2026-12-31".parse().unwrap()).unwrap();
    let payment = payment.with_iban(IBAN).and_then(|payment| payment.with_reference(REFERENCE)).unwrap();
    let proof = sealed(&service, &sending().with_payment(&payment, &of_payment));
    let sent = service.verified(&proof);
    let window = Window::new(hours(1), hours(240), "FR-LRE").unwrap();
    let asked = Step::of(&sent, 1, StepEvent::NotificationForAcceptance { window }, hours(1)).unwrap();
    let request = sealed(&service, &asked);
    let after = hours(480);
    let asked = service.verifier().verify(&request, &sent, after).unwrap();
    let notification = Notification::by("email").unwrap();
    let reached = Step::after(&sent, &asked, StepEvent::NotificationDelivered { notification }, hours(2)).unwrap();
    let reached = reached.with_notified_address(ADDRESS, &of_address).unwrap();
    let told = sealed(&service, &reached);
    let event = StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(hours(3)) };
    let accepted = sealed(&service, &Step::after(&sent, &asked, event, hours(3)).unwrap());

    // As long as the service keeps address, payment and salts, it can show them.
    let (stated, id) = (reached.notification().unwrap(), reached.evidence_identifier());
    assert!(stated.has_reached(ADDRESS, &of_address, id));
    let of_sending = sent.statement();
    assert!(payment.is_stated_by(of_sending.payment().unwrap(), Some(&of_payment), of_sending.evidence_identifier()));

    // Nothing else leads to them: no proof, no later statement, no report, no case, no Debug output.
    let values = [ADDRESS, "Vandersecret", IBAN, REFERENCE, "090933755493"];
    let context = Context::new(&sent, Payload::NotAvailable).with_cause(&asked);
    let report = service.verifier().report(told.der(), context, after);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let files = [proof.der(), request.der(), told.der(), accepted.der()];
    let judged = judge(&service.verifier(), &files, after);
    let letters = Case::of(&judged);
    let case = letters[0].cases[0].as_ref().unwrap();
    let shown = format!(
        "{report} {report:?} {} {case} {case:?} {judged:?} {reached:?} {sent:?} {}",
        serde_json::to_string(&report).unwrap(),
        serde_json::to_string(case).unwrap(),
    );
    files.iter().for_each(|file| assert_no_trace("a proof", file, &values));
    assert_no_trace("what is shown", shown.as_bytes(), &values);
    let json = Codec::Json.encode(&reached, service.sealer.issuer()).unwrap();
    assert_no_trace("the statement", &json, &values);

    // Deleted, the salt leaves a code that no guess opens: not with the salt of the other field, nor by a salt of nothing.
    let address = *stated.address().unwrap();
    let guesses = [of_payment, Salt::from_bytes(&[0; 32]).unwrap(), Salt::generate().unwrap()];
    for salt in &guesses {
        assert!(!stated.has_reached(ADDRESS, salt, id));
        assert_ne!(Commitment::new(salt, id, "/Notification/Address", "", ADDRESS), address);
    }
}
