//! Second seals count where a policy demands them: those of what is followed too.

use chrono::TimeDelta;
use recommande::evidence::{ActedBy, Opening};
use recommande::verify::{Context, Payload};

use crate::assert_told;
use crate::service::{Service, acceptance, assurance, copy, later, request, sent_at};

/// A service that seals twice, with a policy that demands both.
fn service(name: &str) -> Service {
    let service = Service::with_second_seal(name);
    service.write("both", br#"{"second_seal": "required"}"#);
    service
}

#[test]
fn a_sending_and_its_opening_are_sealed_twice() {
    let service = service("second-seals");
    let sending = service.prove_twice("sending", &service.sending("1ZG0000036L3Z", b"the letter"));
    let sent = service.verifier().verify(&sending, Payload::NotAvailable, later()).unwrap();
    let time = sent_at() + TimeDelta::hours(1);
    let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance(time), time).unwrap();
    service.prove_twice("opening", &opening);
    let told = |file: &str, status: i32, codes: &[&str]| {
        let mut command = service.command();
        assert_told(command.args(["--policy", "both", "."]), file, status, codes);
    };
    told("sending.p7m", 0, &["second-seal-valid"]);
    told("opening.p7m", 0, &["second-seal-valid", "sending-matches"]);
    let kept = std::fs::read(service.folder.join("opening.pq.p7s")).unwrap();
    copy(&service.folder, "sending.pq.p7s", "opening.pq.p7s");
    told("opening.p7m", 2, &["second-seal-of-another-seal"]);
    service.write("opening.pq.p7s", &kept);
    // Without that of the sending neither holds.
    std::fs::remove_file(service.folder.join("sending.pq.p7s")).unwrap();
    told("sending.p7m", 2, &["second-seal-missing"]);
    told("opening.p7m", 2, &["second-seal-valid", "sending-not-verified"]);
    // By a policy that does not demand it, its absence is told.
    let mut command = service.command();
    assert_told(command.arg("."), "sending.p7m", 0, &["second-seal-missing"]);
}

#[test]
fn the_step_that_led_to_an_event_is_sealed_twice() {
    let service = service("second-seals-of-steps");
    let sending = service.prove_twice("sending", &service.sending("1ZG0000036L3Z", b"the letter"));
    let sent = service.verifier().verify(&sending, Payload::NotAvailable, later()).unwrap();
    let asked = service.prove_twice("asked", &request(&sent));
    let asked = service.verifier().verify(&asked, Context::new(&sent, Payload::NotAvailable), later()).unwrap();
    service.prove_twice("accepted", &acceptance(&sent, &asked));
    let told = |status: i32, codes: &[&str]| {
        let mut command = service.command();
        command.args(["--policy", "both", "accepted.p7m", "--sending", "sending.p7m", "--cause", "asked.p7m"]);
        assert_told(&mut command, "accepted.p7m", status, codes);
    };
    told(0, &["second-seal-valid"]);
    std::fs::remove_file(service.folder.join("asked.pq.p7s")).unwrap();
    told(2, &["second-seal-valid", "cause-not-verified"]);
}
