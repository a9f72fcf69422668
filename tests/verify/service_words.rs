//! A case says which words the service has for a letter, who may say what of it, and what happened beside its states.

use chrono::Duration;
use recommande::evidence::{
    ActedBy, ConsignmentMode, ExternalService, KnownReason, Notification, Opening, OpeningEvent, Party, Reason,
    StepEvent, Terms,
};
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, OpenedContent, Regime, Retention, ServiceStatus, Severity, State,
};
use recommande::seal::{Credentials, Sealer};
use recommande::{Environment, Issuer, MessageId, PartDescription, PayloadDigests, Sending};

use crate::cases::{Life, afterwards, hours, kinds, sealed_by, tells};
use crate::common::{assurance, at, digests, enterprise, letter, niss, now, sending};

/// A letter of three parts.
fn of_three_parts() -> Life {
    let part = |name: &str| PartDescription::new(name, "application/pdf").unwrap();
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let message = MessageId::new("1ZG0000036L3Z").unwrap();
    let sending = Sending::new(message, sender, Party::new(niss()), letter(), digests(), now()).unwrap();
    let sending = sending.with_part(part("a.pdf"), PayloadDigests::of_bytes(b"a")).unwrap();
    Life::of(sending.with_part(part("b.pdf"), PayloadDigests::of_bytes(b"b")).unwrap())
}

fn opens(life: &mut Life, parts: &[usize], time: chrono::DateTime<chrono::Utc>) {
    let opening = Opening::of(&life.sent, ActedBy::Recipient(1), assurance(time), time).unwrap();
    let opening = if parts.is_empty() { opening } else { opening.with_opened_parts(parts).unwrap() };
    life.sealed(&opening);
}

#[test]
fn a_letter_is_read_once_a_part_of_it_was_opened() {
    let mut life = of_three_parts();
    let consigned = life.first(StepEvent::ContentConsignment, hours(1));
    let case = life.case();
    assert_eq!((case.is_read(), &case.side_facts.opened), (false, &OpenedContent::Nothing));
    assert!(case.to_string().contains("service says   SENT, not read"), "{case}");
    let shown = serde_json::to_value(&case).unwrap();
    assert_eq!(shown["service"], serde_json::json!({ "status": "SENT", "read": false }));

    // The main part and an annex, then the other annex with the main part again.
    opens(&mut life, &[1, 3], hours(2));
    let case = life.case();
    assert_eq!((case.is_read(), &case.side_facts.opened), (true, &OpenedContent::Parts(vec![1, 3])));
    assert_eq!(case.facts.last().unwrap().details.opened_parts, [1, 3]);
    let shown = serde_json::to_value(&case).unwrap();
    assert_eq!(shown["service"], serde_json::json!({ "status": "SENT", "read": true }));
    assert_eq!(shown["side_facts"]["opened"], serde_json::json!({ "parts": [1, 3] }));
    let text = case.to_string();
    assert!(text.contains("service says   SENT, read") && text.contains("opened         parts 1, 3"), "{text}");
    opens(&mut life, &[1, 2], hours(3));
    assert_eq!(life.case().side_facts.opened, OpenedContent::Parts(vec![1, 2, 3]));

    // An opening that names no parts is of all of them, and so is a handover.
    let mut whole = of_three_parts();
    opens(&mut whole, &[], hours(1));
    assert_eq!(whole.case().side_facts.opened, OpenedContent::Everything);
    opens(&mut whole, &[1], hours(2));
    assert_eq!(whole.case().side_facts.opened, OpenedContent::Everything);
    life.opened(Some(&consigned), OpeningEvent::ContentHandover, hours(4));
    let case = life.case();
    assert_eq!((case.side_facts.openings, &case.side_facts.opened), (3, &OpenedContent::Everything));
    assert!(case.to_string().contains("opened         all parts"), "{case}");
}

#[test]
fn an_opening_that_is_not_proven_reads_nothing() {
    let mut life = Life::new();
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    life.files.remove(0);
    let case = life.case();
    assert_eq!((case.verdict, case.is_read()), (CaseVerdict::Incomplete(State::Opened), false));
    assert_eq!(case.service.status, None);
}

#[test]
fn what_happened_beside_the_states_is_counted() {
    let email = || Notification::by("email").unwrap();
    let failed = |notification| StepEvent::ConsignmentNotificationFailure {
        notification,
        reason: KnownReason::NoDigitalUser.into(),
    };
    let mut life = Life::new();
    let consigned = life.first(StepEvent::ContentConsignment, hours(1));
    assert_eq!(life.case().side_facts.notifications, 0);
    let told = life.next(&consigned, tells(1), hours(2));
    life.next(&consigned, failed(email()), hours(3));
    life.next(&consigned, tells(2), hours(4));
    life.next(&consigned, tells(3), hours(5));
    life.next(&told, StepEvent::NotificationDelivered { notification: email() }, hours(5));
    life.next(&told, StepEvent::NotificationAccessTracking { notification: email() }, hours(6));
    let case = life.case();
    let counted = &case.side_facts;
    assert_eq!((counted.notifications, counted.reminders, counted.failed_notifications), (3, 2, 1), "{case}");
    assert_eq!((counted.delivered_notifications, counted.opened_notifications, counted.openings), (1, 1, 0), "{case}");
    assert_eq!(case.state(), State::Available);
    for line in
        ["counted        notifications: 3", "counted        reminders: 2", "counted        failed notifications: 1"]
    {
        assert!(case.to_string().contains(line), "{case}");
    }
    // The same files again count once.
    life.files.extend(life.files.clone());
    assert_eq!(life.case().side_facts, case.side_facts);
}

#[test]
fn a_case_shows_its_grounds_its_milestones_and_who_may_say_what() {
    let mut life = Life::new();
    let from = ExternalService::of("Example", enterprise("0406798006")).unwrap();
    life.elsewhere(StepEvent::RelayAcceptance { from }, hours(1));
    life.elsewhere(StepEvent::ContentConsignment, hours(2));
    let case = life.case();
    let [sender, recipient] = case.in_charge.as_slice() else { panic!("{case}") };
    for service in [sender, recipient] {
        for event in ["ContentConsignment", "ConsignmentRejection", "ContentHandover", "RelayFailure", "RelayToNonERDS"]
        {
            assert!(service.may_state.contains(&event), "{event}");
        }
        // Whoever takes over, or refuses to, says so itself; and nothing brings the letter in again.
        for event in ["RelayAcceptance", "RelayRejection", "SubmissionAcceptance", "SubmissionRejection"] {
            assert!(!service.may_state.contains(&event), "{event}");
        }
    }
    let text = case.to_string();
    for line in [
        "ground         ContentConsignment, proof sha-256:",
        "ground         SubmissionAcceptance, proof sha-256:",
        "in charge      Another Service since 2026-11-22T10:15:04Z, may state ",
        "reached        submitted 2026-11-22T09:15:04Z",
        "reached        available 2026-11-22T11:15:04Z",
        "service says   SENT, not read",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// Another service, under the same anchors.
fn service(life: &Life, number: &str) -> Sealer {
    let credentials = Credentials::new(life.service.pki.seal.signer.clone(), life.service.pki.seal_chain()).unwrap();
    Sealer::new(credentials, Issuer::of("Border Service", enterprise(number), Environment::Test).unwrap())
}

fn stated_by(life: &mut Life, sealer: &Sealer, event: StepEvent, time: chrono::DateTime<chrono::Utc>) {
    let step = recommande::evidence::Step::of(&life.sent, 1, event, time).unwrap();
    let proof = sealed_by(&life.service, sealer, &step);
    life.files.push(proof.der().to_vec());
}

fn paper() -> StepEvent {
    StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }
}

#[test]
fn a_service_at_the_border_states_that_the_letter_left_and_ends_nothing() {
    let mut life = Life::new();
    let border = service(&life, "0244142664");
    let reason = Reason::new("urn:example:no-paper").unwrap();
    stated_by(
        &mut life,
        &border,
        StepEvent::RelayToNonERDSFailure { system: "paper-post".to_owned(), reason },
        hours(1),
    );
    assert_eq!(life.case().verdict, CaseVerdict::Proven(State::LeavingFailed), "{}", life.case());
    stated_by(&mut life, &border, paper(), hours(2));
    let case = life.case();
    assert_eq!((case.verdict, kinds(&case)), (CaseVerdict::Proven(State::LeftService), vec![]), "{case}");
    // It is in charge of nothing.
    assert_eq!(case.in_charge.len(), 1);
    // The service in charge goes on from where it was.
    life.first(StepEvent::ContentConsignment, hours(3));
    let case = life.case();
    assert_eq!((case.verdict, kinds(&case)), (CaseVerdict::Proven(State::Available), vec![]), "{case}");
    // And what comes too late is told.
    stated_by(&mut life, &border, paper(), hours(4));
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Proven(State::Available), vec![ContradictionKind::EventOutOfOrder])
    );
    assert_eq!(case.contradictions[0].severity, Severity::Warning);
    // Content is for a service in charge to deliver.
    stated_by(&mut life, &border, StepEvent::ContentConsignment, hours(5));
    assert!(kinds(&life.case()).contains(&ContradictionKind::IssuerNotInCharge));
}

#[test]
fn content_is_opened_before_it_is_available_in_the_mode_basic_alone() {
    let opened = |terms: Option<Terms>, is_available: bool| {
        let mut life = Life::of(match terms {
            Some(terms) => sending().with_terms(terms).unwrap(),
            None => sending(),
        });
        if is_available {
            life.first(StepEvent::ContentConsignment, hours(1));
        }
        life.opened(None, OpeningEvent::ContentAccessTracking, hours(2));
        let case = life.case();
        (case.verdict, kinds(&case))
    };
    let mode = |mode| Some(Terms::new().with_consignment_mode(mode));
    let proven = (CaseVerdict::Proven(State::Opened), vec![]);
    assert_eq!(opened(None, false), proven);
    assert_eq!(opened(mode(ConsignmentMode::Basic), false), proven);
    assert_eq!(opened(mode(ConsignmentMode::Other), true), proven);
    let refused = (CaseVerdict::Contradicted(State::Submitted), vec![ContradictionKind::EventOutOfOrder]);
    assert_eq!(opened(mode(ConsignmentMode::Other), false), refused);
}

#[test]
fn what_does_not_count_prolongs_no_dossier() {
    let ebox = Retention::named("BE-EBOX").unwrap();
    let kept = |case: &Case| case.keep_until(&ebox);
    let mut life = Life::new();
    let expected = Some(at("2036-12-31T23:00:00Z"));
    assert_eq!(kept(&life.case()), expected);
    // A year later, a service that has nothing to do with the letter.
    let year = Duration::days(400);
    let stranger = service(&life, "0244142664");
    stated_by(&mut life, &stranger, StepEvent::ContentConsignment, now() + year);
    let judged = recommande::life::judge(&life.verifier(), &life.files, now() + year + Duration::days(60));
    let case = crate::cases::case_of(&judged);
    assert_eq!((kinds(&case), kept(&case)), (vec![ContradictionKind::IssuerNotInCharge], expected), "{case}");
    assert_eq!(case.facts.iter().map(|fact| fact.counts).collect::<Vec<_>>(), [true, false]);
    // What is stated by the service itself does, also what could not be done.
    life.files.pop();
    let reason = KnownReason::NotConsignedForQuota.into();
    life.first(StepEvent::ContentConsignmentFailure { reason }, now() + Duration::days(50));
    assert_eq!(kept(&life.case()), Some(at("2037-12-31T23:00:00Z")));
}

#[test]
fn the_text_of_the_moments_has_the_warning() {
    let life = Life::new();
    let case = life.case();
    let text = |regime: &str| {
        let regime = Regime::named(regime).unwrap();
        case.moments(&regime, afterwards()).unwrap().to_string()
    };
    // Twelve hours after the submission.
    assert!(text("IT-PEC").contains("warning        2026-11-22T21:15:04Z"), "{}", text("IT-PEC"));
    assert!(!text("DE-VWZG").contains("warning"));
}

#[test]
fn a_case_without_a_word_of_the_service_says_so() {
    let mut life = Life::new();
    let stated = |life: &Life| life.case().service;
    assert_eq!(stated(&life).to_string(), "PENDING, not read");
    life.first(paper(), hours(1));
    assert_eq!((stated(&life).status, stated(&life).to_string().as_str()), (None, "no word for the state, not read"));
    let mut life = Life::new();
    let reason = KnownReason::NotConsignedForQuota.into();
    life.first(StepEvent::ContentConsignmentFailure { reason }, hours(1));
    assert_eq!(stated(&life).status, Some(ServiceStatus::Error));
}
