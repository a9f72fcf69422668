//! What the parties of a letter signed themselves counts for the letter that proofs come to.

use chrono::TimeDelta;
use recommande::evidence::Submission;
use recommande::seal::SignedSubmission;
use recommande::testing::{CertificateSpec, TestPki};
use recommande::verify::{Context, Payload};
use recommande::{Credentials, Environment, Verifier};
use serde_json::{Value, json as value};

use crate::common::json;
use crate::parties::recipient;
use crate::service::{Service, acceptance, later, request, sent_at};

/// A letter that its sender submitted and its recipient accepted, both with signatures of their own.
fn signed_by_both(service: &Service) {
    let parties = TestPki::new(sent_at()).unwrap();
    let spec = CertificateSpec::seal("Sender", sent_at() - TimeDelta::days(1), sent_at() + TimeDelta::days(300));
    let spec = spec.with_organization("Example Office", "NTRBE-0566988259");
    let key = parties.intermediate.issue(&spec, parties.seal.signer.clone()).unwrap();
    let chain = [&key, &parties.intermediate, &parties.root].map(|key| key.certificate.clone());
    let sender = Credentials::new(key.signer, chain.into()).unwrap();
    let sending = service.sending("1ZG0000036L3Z", b"the letter");
    let submission = Submission::of(&sending, Environment::Test).unwrap();
    let signed = SignedSubmission::sign(submission, &sender, sent_at()).unwrap();
    let senders = Verifier::new(parties.seal_anchors(), service.pki.tsa_anchors(), Environment::Test);
    let submitted = sending.submitted_by(&senders.verify_submission(&signed, sent_at()).unwrap()).unwrap();
    let sending = service.prove("sending", &submitted);
    let sent = service.verifier().verify(&sending, Payload::NotAvailable, later()).unwrap();
    let asked = service.prove("asked", &request(&sent));
    let asked = service.verifier().verify(&asked, Context::new(&sent, Payload::NotAvailable), later()).unwrap();
    let signature = recipient(&parties).sign_receipt(sent.id(), sent_at()).unwrap();
    service.prove("accepted", &acceptance(&sent, &asked).with_recipient_signature(signature).unwrap());
    service.write("parties.pem", parties.seal_anchors_pem().as_bytes());
    service.write("submission.json", signed.submission().json());
    service.write("submission.p7s", signed.signature());
}

#[test]
fn a_case_has_what_the_parties_signed() {
    let service = Service::new("case-of-parties");
    signed_by_both(&service);
    let judged = |options: &[&str]| {
        let (status, document) = json(service.command().args([".", "--cases"]).args(options));
        let files = document["files"].as_array().unwrap();
        let letter = files.iter().find(|file| file["kind"] == "case").unwrap();
        (status, letter["letters"][0]["cases"][0]["case"].clone())
    };
    let (status, case) = judged(&["--sender-anchors", "parties.pem", "--recipient-anchors", "parties.pem"]);
    assert_eq!((status, &case["gaps"]), (0, &Value::Array(Vec::new())), "{case:#}");
    let facts = case["facts"].to_string();
    assert!(facts.contains("submission-matches") && facts.contains("recipient-signature-valid"), "{case:#}");
    // Nobody asked about the parties.
    let (status, case) = judged(&[]);
    let gaps = value!(["recipient-signature-not-evaluated", "submission-not-given"]);
    assert_eq!((status, &case["verdict"], &case["gaps"]), (0, &"proven".into(), &gaps), "{case:#}");
    // Under the anchors of somebody else nothing is decided.
    let (status, case) = judged(&["--recipient-anchors", "tsa.pem"]);
    assert_eq!((status, &case["verdict"]), (2, &"incomplete".into()), "{case:#}");
    let (status, case) = judged(&["--sender-anchors", "tsa.pem"]);
    assert_eq!((status, &case["gaps"][1]), (2, &"submission-not-verified".into()), "{case:#}");
}
