//! A report says what a statement tells of its event, and nothing of a person.

use chrono::{Duration, NaiveDate};
use recommande::evidence::{
    ActedBy, AssuranceLevel, Availability, ConsignmentMode, Event, IdentifierSuccession, Opening, Party, Payment, Salt,
    Statement, Step, StepEvent, Terms,
};
use recommande::verify::{
    AuthenticationSummary, AvailabilitySummary, NotificationSummary, Payload, PaymentSummary, Report, StatementDetails,
    SuccessionSummary, TermsSummary, WindowSummary,
};
use recommande::{MessageId, PartDescription, PayloadDigests, Sending};

use crate::cases::reply;
use crate::common::{assurance, at, digests, enterprise, letter, niss, now, sending};
use crate::steps::{Letter, afterwards, each_step, window};
use crate::submissions::Mail;

fn details(report: &Report) -> &StatementDetails {
    // A stored report is read as it was written.
    let stored = serde_json::to_string(report).unwrap();
    assert_eq!(&serde_json::from_str::<Report>(&stored).unwrap(), report);
    assert!(!stored.contains(niss().as_str()), "{stored}");
    &report.statement.as_ref().unwrap().details
}

fn notified(ordinal: Option<usize>) -> Option<NotificationSummary> {
    Some(NotificationSummary { channel: "email".to_owned(), ordinal })
}

#[test]
fn each_step_has_its_details_in_report_and_text() {
    let letter = Letter::new();
    for (step, cause) in each_step(&letter) {
        let event = step.event();
        let report = letter.report(&step, cause.as_ref());
        let details = details(&report);
        let mut expected = StatementDetails { recipient: step.refers_to_recipient(), ..StatementDetails::default() };
        expected.caused_by = details.caused_by.clone();
        let cause = cause.as_ref().map(|cause| cause.statement().evidence_identifier().to_string());
        assert_eq!(details.caused_by.as_ref().map(|cause| cause.evidence_identifier.clone()), cause, "{event}");
        let mut lines = Vec::new();
        match event {
            Event::RelayAcceptance | Event::RelayRejection | Event::RelayFailure => {
                expected.external_service = Some("Another Service".to_owned());
                lines.push("  other service       Another Service");
            }
            Event::NotificationForAcceptance => {
                let (from, until, regime) = (window().from(), window().until(), "FR-LRE".to_owned());
                expected.window = Some(WindowSummary { from, until, regime, sender_hidden: false });
                lines
                    .push("  answer              from 2026-11-22T09:15:04Z and before 2026-12-07T09:15:04Z, by FR-LRE");
            }
            Event::NotificationDelivered
            | Event::NotificationAccessTracking
            | Event::ConsignmentNotificationFailure => {
                expected.notification = notified(None);
                lines.push("  notified            by email");
            }
            Event::ConsignmentNotification => {
                expected.notification = notified(Some(2));
                lines.push("  notified            by email, number 2");
            }
            Event::RelayToNonERDS | Event::RelayToNonERDSFailure => {
                expected.forwarded_to = Some("paper-post".to_owned());
                lines.push("  outside system      paper-post");
            }
            Event::ConsignmentAcceptance | Event::ConsignmentRejection => {
                let (level, method) = ("http://eidas.europa.eu/LoA/substantial", "urn:example:two-factors");
                let time = step.assurance().unwrap().authentication_time();
                let (level, method) = (level.to_owned(), method.to_owned());
                expected.authentication = Some(AuthenticationSummary { level, time, method });
                lines.push(
                    "  authenticated       level substantial, at 2026-11-22T12:15:04Z, by urn:example:two-factors",
                );
            }
            _ => {}
        }
        if event == Event::ConsignmentRejection {
            // A known reason is told in plain words as well.
            lines.push("  reason              http://uri.etsi.org/19522/EventReason/R_ERDS_MessageRejectedByRecipient");
            lines.push("                      The recipient refused the message");
        }
        if step.refers_to_recipient().is_some() {
            lines.push("  about recipient     1");
        }
        if cause.is_some() {
            lines.push("  caused by           evidence ");
        }
        assert_eq!(*details, expected, "{event}");
        let text = report.to_string();
        assert!(lines.iter().all(|line| text.contains(line)), "{lines:?}\n{text}");
    }
}

#[test]
fn what_the_sender_asks_for_is_in_the_report_of_the_sending() {
    let terms = Terms::new()
        .with_consignment_mode(ConsignmentMode::Signed)
        .with_required_assurance(AssuranceLevel::Substantial)
        .with_expiration_time(now() + Duration::days(90))
        .unwrap()
        .with_answer_period_days(15)
        .unwrap()
        .with_reply_to(niss())
        .with_regime("FR-LRE")
        .unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
    let payment = || {
        let payment = Payment::new("p-1", 1230, 258, "EUR".parse().unwrap(), day).unwrap();
        payment.with_iban("BE68539007547034").unwrap().with_reference("RF18539007547034").unwrap()
    };
    let original = Letter::of(&sending().with_terms(Terms::new().with_reply_authorized()).unwrap());
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let answer = reply(Party::new(niss()), office, now()).with_terms(terms).unwrap();
    let sending = answer.replying_to(&original.sent).unwrap();
    let report = |sending: &Sending| {
        let letter = Letter::of(sending);
        letter.verifier().report(letter.proof(sending).der(), Payload::NotAvailable, afterwards())
    };
    let clear = report(&sending.clone().with_payment_in_clear(payment()));
    let shown = details(&clear);
    let expected = TermsSummary {
        consignment_mode: ConsignmentMode::Signed.uri().to_owned(),
        required_assurance: Some(AssuranceLevel::Substantial.uri().to_owned()),
        scheduled_delivery_time: None,
        expiration_time: Some(now() + Duration::days(90)),
        answer_period_days: Some(15),
        reply_authorized: true,
        regime: Some("FR-LRE".to_owned()),
    };
    assert_eq!(shown.terms, Some(expected));
    assert_eq!(shown.in_reply_to.as_ref().unwrap().message_id, "1ZG0000036L3Z");
    let currency = "EUR".to_owned();
    let stated = PaymentSummary::Stated { amount_minor: 1230, vat_minor: 258, currency, due_date: day };
    assert_eq!(shown.payment, Some(stated));
    // Neither account nor reference is shown, nor to whom a reply goes.
    let text = clear.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in ["BE68539007547034", "RF18539007547034", "p-1", niss().as_str()] {
        assert!(!text.contains(secret) && !serde_json::to_string(&clear).unwrap().contains(secret), "{secret}");
    }
    for line in
        ["mode signed, assurance ", "15 days for an answer", "1230 and 258 of VAT, in minor units of EUR, due 2026"]
    {
        assert!(text.contains(line), "{text}");
    }
    let committed = sending.with_payment(&payment(), &Salt::from_bytes(&[7; 32]).unwrap());
    assert_eq!(details(&report(&committed)).payment, Some(PaymentSummary::Committed));
}

#[test]
fn parts_and_availability_are_in_the_report() {
    let several = Sending::new(
        MessageId::new("1ZG0000036L3Z").unwrap(),
        Party::legal_person(enterprise("0566988259"), "Example Office").unwrap(),
        Party::new(niss()),
        letter(),
        digests(),
        now(),
    );
    let annex = PartDescription::new("annex.pdf", "application/pdf").unwrap();
    let several = several.unwrap().with_part(annex, PayloadDigests::of_bytes(b"annex")).unwrap();
    let letter = Letter::of(&several);
    let time = now() + Duration::hours(1);
    let opening = Opening::of(&letter.sent, ActedBy::Recipient(1), assurance(time), time).unwrap();
    let all = letter.report(&opening, None);
    let authentication = details(&all).authentication.clone();
    assert_eq!(authentication.as_ref().map(|authentication| authentication.time), Some(time));
    assert_eq!(details(&all), &StatementDetails { recipient: Some(1), authentication, ..StatementDetails::default() });
    let main = letter.report(&opening.with_opened_parts(&[1]).unwrap(), None);
    assert_eq!(details(&main).opened_parts, [1]);
    assert!(main.to_string().contains("  opened parts        1"), "{main}");

    let until = at("2027-01-31T12:00:00Z");
    for (availability, never_activated) in [
        (Availability::until(until).unwrap(), false),
        (Availability::until(until).unwrap().and_never_activated(), true),
    ] {
        let step = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, time).unwrap();
        let report = letter.report(&step.with_availability(availability).unwrap(), None);
        let expected = AvailabilitySummary { until: Some(until), never_activated };
        assert_eq!(details(&report).availability, Some(expected));
        assert!(report.to_string().contains("until 2027-01-31T12:00:00Z"), "{report}");
    }
}

#[test]
fn a_changed_identifier_and_a_submission_are_in_the_report() {
    let (bis, number): (recommande::identity::Niss, recommande::identity::Niss) =
        ("17473003373".parse().unwrap(), "00012556777".parse().unwrap());
    let letter = {
        let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
        let id = MessageId::new("1ZG0000036L3Z").unwrap();
        Letter::of(&Sending::new(id, sender, Party::new(bis.clone()), letter(), digests(), now()).unwrap())
    };
    let succession = IdentifierSuccession::new(bis.clone(), number.clone(), "national register", now()).unwrap();
    let time = now() + Duration::hours(1);
    let opening = Opening::of(&letter.sent, ActedBy::Recipient(1), assurance(time), time).unwrap();
    let report = letter.report(&opening.with_identifier_succession(succession).unwrap(), None);
    let expected = SuccessionSummary { source: "national register".to_owned(), at: now() };
    assert_eq!(details(&report).identifier_succession, Some(expected));
    let text = report.to_string();
    assert!(text.contains("  new identifier      since 2026-11-22T09:15:04Z, by national register"), "{text}");
    let stored = serde_json::to_string(&report).unwrap();
    for secret in [bis.as_str(), number.as_str()] {
        assert!(!text.contains(secret) && !stored.contains(secret), "{secret}");
    }

    let mail = Mail::new();
    let signed = mail.submitted(&sending());
    let carried = mail.carried(sending(), &signed);
    let report = mail.service.verifier().report(&mail.service.proof_of(&carried), Payload::NotAvailable, afterwards());
    assert_eq!(details(&report).submission_digest, Some(signed.digest().to_string()));
    assert!(report.to_string().contains(&format!("  submission          {}", signed.digest())), "{report}");
}
