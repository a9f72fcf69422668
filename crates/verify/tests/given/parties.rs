//! What recipients signed is judged by anchors of their own, and the steps and letters that a proof names are given by options.

use chrono::TimeDelta;
use recommande::Credentials;
use recommande::testing::{CertificateSpec, TestPki, tlv};
use recommande::verify::{Context, Payload};
use signed_data::tlv::Tag;

use crate::common::{command_at, vector};
use crate::service::{Service, acceptance, later, request, sent_at};
use crate::{assert_error, assert_told};

/// A person, by the serialNumber of the subject.
pub fn recipient(parties: &TestPki) -> Credentials {
    const SERIAL_NUMBER: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x05];
    let number = tlv(Tag::SEQUENCE, &[SERIAL_NUMBER, &tlv(Tag::UTF8_STRING, &[b"PNOBE-85073003328"])]);
    let name = tlv(Tag::SEQUENCE, &[&tlv(Tag::SET, &[&number])]);
    let spec = CertificateSpec::seal("Recipient", sent_at() - TimeDelta::days(1), sent_at() + TimeDelta::days(300));
    let key = parties.intermediate.issue(&spec.with_subject(name), parties.seal.signer.clone()).unwrap();
    let chain = [&key, &parties.intermediate, &parties.root].map(|key| key.certificate.clone());
    Credentials::new(key.signer, chain.into()).unwrap()
}

#[test]
fn a_recipient_is_judged_by_anchors_of_recipients() {
    let service = Service::new("recipients");
    let parties = TestPki::new(sent_at()).unwrap();
    service.write("parties.pem", parties.seal_anchors_pem().as_bytes());
    let sending = service.prove("sending", &service.sending("1ZG0000036L3Z", b"the letter"));
    let sent = service.verifier().verify(&sending, Payload::NotAvailable, later()).unwrap();
    let asked = service.prove("asked", &request(&sent));
    let asked = service.verifier().verify(&asked, Context::new(&sent, Payload::NotAvailable), later()).unwrap();
    let accepted = acceptance(&sent, &asked);
    let signature = recipient(&parties).sign_receipt(sent.id(), sent_at()).unwrap();
    service.prove("accepted", &accepted.with_recipient_signature(signature).unwrap());
    let told = |options: &[&str], status: i32, code: &str| {
        let mut command = service.command();
        command.args(["accepted.p7m", "--sending", "sending.p7m", "--cause", "asked.p7m"]).args(options);
        assert_told(&mut command, "accepted.p7m", status, &[code]);
    };
    told(&[], 0, "recipient-signature-not-evaluated");
    told(&["--recipient-anchors", "parties.pem"], 0, "recipient-signature-valid");
    told(&["--recipient-anchors", "tsa.pem"], 2, "recipient-signature-not-verified");
    let mut command = service.command();
    assert_error(command.args(["accepted.p7m", "--recipient-anchors", "sending.p7m"]), "sending.p7m");
}

#[test]
fn the_steps_that_led_to_an_event_are_given_in_any_order() {
    let asked = |options: &[(&str, &str)]| {
        let mut command = command_at("2026-05-01T12:00:00Z");
        command.arg(vector("event/ContentConsignment.p7m"));
        for (option, file) in options {
            command.arg(option).arg(vector(file));
        }
        command
    };
    let name = "ContentConsignment.p7m";
    let sending = ("--sending", "good/sending.p7m");
    let (request, answer) =
        (("--cause", "event/NotificationForAcceptance.p7m"), ("--cause", "event/ConsignmentAcceptance.p7m"));
    assert_told(&mut asked(&[sending, request, answer]), name, 0, &["cause-matches"]);
    assert_told(&mut asked(&[answer, sending, request]), name, 0, &["cause-matches"]);
    // One that lacks the step before it does not hold itself.
    assert_told(&mut asked(&[sending, answer]), name, 2, &["cause-not-verified"]);
    assert_told(&mut asked(&[sending]), name, 2, &["cause-not-given"]);
    assert_error(&mut asked(&[sending, ("--cause", "payload/letter.txt")]), "letter.txt");
}

#[test]
fn a_reply_is_compared_with_its_letter() {
    let asked = || {
        let mut command = command_at("2026-05-01T12:00:00Z");
        command.arg(vector("reply/by-recipient.p7m"));
        command
    };
    let name = "by-recipient.p7m";
    assert_told(asked().arg("--original").arg(vector("reply/letter.p7m")), name, 0, &["reply-matches"]);
    assert_told(&mut asked(), name, 0, &["original-not-given"]);
    assert_error(asked().arg("--original").arg(vector("good/sending.p7m")), "no file that is judged");
}

/// A letter that is signed itself is told, and the verdict on the proof is another matter.
#[test]
fn a_letter_that_is_signed_is_told() {
    let service = Service::new("signed-letter");
    let letter = std::fs::read(vector("good/payload-signature.p7s")).unwrap();
    service.write("letter.p7s", &letter);
    service.prove("sending", &service.sending("1ZG0000036L3Z", &letter));
    let mut command = service.command();
    let expected = ["payload-matches", "payload-signed"];
    assert_told(command.args(["sending.p7m", "--payload", "letter.p7s"]), "sending.p7m", 0, &expected);
}
