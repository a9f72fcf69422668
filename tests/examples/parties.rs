//! The example `case` judges what the parties signed, by the anchors that it is given for them.

use std::path::{Path, PathBuf};

use chrono::Duration;
use recommande::evidence::{
    ActedBy, Committed, Field, Party, Salts, Statement, Step, StepEvent, Submission, Terms, Window,
};
use recommande::seal::{Proof, SignedSubmission};
use recommande::testing::{CertificateSpec, TestPki};
use recommande::verify::{Context, Payload, SendingContext};
use recommande::{Credentials, Environment, MessageId, Sending, Verifier};
use serde_json::{Value, json};

use crate::common::example::example;
use crate::common::{self, Service, assurance, der, digests, enterprise, later, niss, now, oid, pool, sending};

fn stamped<S: Statement>(service: &Service, statement: &S) -> Proof<S> {
    let time = statement.event_time();
    service.sealer.seal(statement, time).unwrap().stamp_with(&pool(service.tsa(time + Duration::seconds(2)))).unwrap()
}

/// The files of a letter that its sender submitted and its recipient accepted, both with signatures of their own.
struct Parties {
    folder: PathBuf,
}

impl Parties {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("parties").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
        let service = Service::new();
        let parties = TestPki::new(now()).unwrap();
        let certified = |spec: CertificateSpec| {
            let key = parties.intermediate.issue(&spec, parties.seal.signer.clone()).unwrap();
            let chain = [&key, &parties.intermediate, &parties.root].map(|key| key.certificate.clone());
            Credentials::new(key.signer, chain.into()).unwrap()
        };
        let spec = || CertificateSpec::seal("Party", now() - Duration::days(1), now() + Duration::days(300));
        let sender = certified(spec().with_organization("Example Office", "NTRBE-0566988259"));
        let number = vec![der::oid(oid::SERIAL_NUMBER), der::octets(0x0c, b"PNOBE-85073003328")];
        let name = der::node(0x30, vec![der::node(0x31, vec![der::node(0x30, number)])]);
        let recipient = certified(spec().with_subject(name.to_der()));
        let signed =
            SignedSubmission::sign(Submission::of(&sending(), Environment::Test).unwrap(), &sender, now()).unwrap();
        let senders = Verifier::new(parties.seal_anchors(), service.pki.tsa_anchors(), Environment::Test);
        let submitted = sending().submitted_by(&senders.verify_submission(&signed, now()).unwrap()).unwrap();
        let proof = stamped(&service, &submitted);
        let sent = service.verified(&proof);
        let window = StepEvent::NotificationForAcceptance { window: Window::new(now(), later(), "FR-LRE").unwrap() };
        let asked = stamped(&service, &Step::of(&sent, 1, window, now()).unwrap());
        let context = Context::new(&sent, Payload::NotAvailable);
        let verified = service.verifier().verify(&asked, context, later()).unwrap();
        let (answered_by, assurance) = (ActedBy::Recipient(1), assurance(now()));
        let answer = StepEvent::ConsignmentAcceptance { answered_by, assurance };
        let accepted = Step::after(&sent, &verified, answer, now() + Duration::hours(1)).unwrap();
        let accepted = accepted.with_recipient_signature(recipient.sign_receipt(sent.id(), now()).unwrap()).unwrap();
        let accepted = stamped(&service, &accepted);
        write("seal-anchors.pem", service.pki.seal_anchors_pem().as_bytes());
        write("tsa-anchors.pem", service.pki.tsa_anchors_pem().as_bytes());
        write("parties.pem", parties.seal_anchors_pem().as_bytes());
        write("submission.json", signed.submission().json());
        write("submission.p7s", signed.signature());
        write("sending.p7m", proof.der());
        write("asked.p7m", asked.der());
        write("accepted.p7m", accepted.der());
        Self { folder }
    }
}

#[test]
fn case_takes_what_the_parties_signed_by_the_same_options() {
    let files = Parties::new("case");
    let judged = |options: &[&str]| {
        let anchors =
            ["--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem", "--environment", "Test"];
        let mut case = example("case");
        case.current_dir(&files.folder).arg(".").args(anchors).args(["--now", &later().to_rfc3339(), "--json"]);
        let output = case.args(options).output().unwrap();
        let letters: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), letters["letters"][0]["cases"][0]["case"].clone())
    };
    let submission = ["--submission", "submission.json", "--submission-signature", "submission.p7s"];
    let senders = ["--sender-anchors", "parties.pem"];
    let recipients = ["--recipient-anchors", "parties.pem"];
    let (status, case) = judged(&[&submission[..], &senders, &recipients].concat());
    assert_eq!((status, &case["gaps"]), (Some(0), &Value::Array(Vec::new())), "{case:#}");
    let codes = case["facts"].to_string();
    assert!(codes.contains("submission-matches") && codes.contains("recipient-signature-valid"), "{case:#}");
    let (status, case) = judged(&[]);
    assert_eq!(
        (status, &case["gaps"]),
        (Some(0), &json!(["recipient-signature-not-evaluated", "submission-not-given"]))
    );
    let (status, case) = judged(&["--recipient-anchors", "tsa-anchors.pem"]);
    assert_eq!((status, &case["verdict"]), (Some(2), &"incomplete".into()), "{case:#}");
    assert_eq!(judged(&submission).0, Some(3), "the anchors of senders are missing");
    assert_eq!(judged(&senders).0, Some(3), "there is nothing of a sender");
}

#[test]
fn case_compares_a_reply_with_a_letter_that_is_disclosed() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("parties").join("disclosed");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(folder.join(name), octets).unwrap();
    let service = Service::new();
    let plain = sending().with_terms(Terms::new().with_reply_authorized()).unwrap();
    let (letter, disclosure) = Committed::of(&plain, &Field::personal(&plain), Salts::Random).unwrap().into_parts();
    let proof = service.proof_of(&letter);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let verified = service.verifier().verify(&proof, context, later()).unwrap();
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let id = MessageId::new("2ZG0000036L3Z").unwrap();
    let reply = Sending::new(id, Party::new(niss()), office, common::letter(), digests(), now()).unwrap();
    let reply = service.proof_of(&reply.replying_to(&verified).unwrap());
    write("seal-anchors.pem", service.pki.seal_anchors_pem().as_bytes());
    write("tsa-anchors.pem", service.pki.tsa_anchors_pem().as_bytes());
    write("letter.p7m", proof.der());
    write("reply.p7m", reply.der());
    write("letter.disclosure.json", disclosure.to_json().as_bytes());
    let replies = |options: &[&str]| {
        let anchors =
            ["--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem", "--environment", "Test"];
        let mut case = example("case");
        case.current_dir(&folder).arg(".").args(anchors).args(["--now", &later().to_rfc3339(), "--json"]);
        let output = case.args(options).output().unwrap();
        let letters: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let of_reply =
            letters["letters"].as_array().into_iter().flatten().find(|letter| letter["message"] == "2ZG0000036L3Z");
        (output.status.code(), of_reply.map(|letter| letter["repliesTo"][0]["objections"].clone()))
    };
    assert_eq!(replies(&[]), (Some(0), Some(json!(["parties-not-disclosed"]))));
    assert_eq!(replies(&["--disclosure", "letter.disclosure.json"]), (Some(0), Some(json!(["before-opening"]))));
    assert_eq!(replies(&["--disclosure", "reply.p7m"]).0, Some(3), "no disclosure");
}
