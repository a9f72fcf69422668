//! What a further proof about a letter can do, and what it cannot: contradict what is proven, and take nothing of it away.

use chrono::{DateTime, Utc};
use recommande::Sending;
use recommande::evidence::{
    ActedBy, Codec, Committed, Disclosure, EvidenceIdentifier, ExternalService, Field, KnownReason, Opening,
    OpeningEvent, Party, PartyField, Role, Salts, Statement, Step, StepEvent, Terms, Window,
};
use recommande::identity::Niss;
use recommande::life::{Case, CaseVerdict, ContradictionKind, Judged, Regime, Severity, State, Verifiers, judge};

use crate::cases::{Life, accepts, afterwards, case_of, hours, kinds, lapses, refuses, reply, until};
use crate::common::{assurance, at, digests, enterprise, letter, niss, now, sending};

fn asks(until: DateTime<Utc>) -> StepEvent {
    StepEvent::NotificationForAcceptance { window: Window::new(now(), until, "FR-LRE").unwrap() }
}

fn is_full() -> StepEvent {
    StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }
}

/// The statement with a text replaced in its JSON: what a service that does not keep to the rules would seal.
fn edited<S: Statement>(life: &Life, statement: &S, from: &str, to: &str) -> S {
    let json = String::from_utf8(Codec::Json.encode(statement, life.service.sealer.issuer()).unwrap()).unwrap();
    assert!(json.contains(from), "{from}");
    Codec::Json.decode(json.replacen(from, to, 1).as_bytes()).unwrap().0
}

#[test]
fn the_first_service_does_not_take_back_what_the_next_one_did() {
    let no_user = StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() };
    let paper = StepEvent::RelayToNonERDS { system: "paper-post".to_owned() };
    for event in [StepEvent::ContentConsignment, is_full(), no_user, asks(until()), paper] {
        let mut life = Life::new();
        let from = ExternalService::of("Example", enterprise("0406798006")).unwrap();
        life.elsewhere(StepEvent::RelayAcceptance { from }, hours(2));
        life.elsewhere(StepEvent::ContentConsignment, hours(3));
        let before = life.case();
        assert_eq!((before.verdict, before.in_charge.len()), (CaseVerdict::Proven(State::Available), 2));
        life.first(event, hours(1));
        let case = life.case();
        assert_eq!(case.in_charge.len(), 2, "{case}");
        assert!(case.milestones.available.is_some(), "{case}");
        assert!(!kinds(&case).contains(&ContradictionKind::IssuerNotInCharge), "{case}");
        let is_contradicted = matches!(case.verdict, CaseVerdict::Contradicted(_));
        assert!(is_contradicted || case.verdict == CaseVerdict::Proven(State::Available), "{case}");
    }
}

#[test]
fn a_receipt_stays_one_whatever_is_stated_besides() {
    let mut life = Life::new();
    life.first(StepEvent::ContentConsignment, hours(3));
    let regime = Regime::named("DK-DIGITAL-POST").unwrap();
    life.first(asks(until()), hours(1));
    let case = life.case();
    let received = case.moments(&regime, afterwards()).unwrap().received.map(|received| received.at);
    assert_eq!((received, case.verdict), (Some(hours(3)), CaseVerdict::Contradicted(State::AwaitingAnswer)), "{case}");
    let mut life = Life::new();
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(5));
    life.first(is_full(), hours(1));
    let case = life.case();
    assert_eq!(
        (case.milestones.opened, case.verdict),
        (Some(hours(5)), CaseVerdict::Contradicted(State::NotAvailable))
    );
}

#[test]
fn a_second_sending_without_the_terms_hides_none() {
    // The identifiers of the statements have no part in it.
    for _ in 0..8 {
        let mut life = Life::with_consent();
        let proof = life.sealed(&sending());
        let again = life.service.verified(&proof);
        let opening = Opening::of(&again, ActedBy::Recipient(1), assurance(hours(1)), hours(1)).unwrap();
        life.sealed(&opening);
        let case = life.case();
        assert!(matches!(case.verdict, CaseVerdict::Contradicted(_)), "{case}");
        assert!(kinds(&case).contains(&ContradictionKind::SplitView), "{case}");
    }
    // The same sealed again is the same.
    let mut life = Life::new();
    life.sealed(&sending());
    assert_eq!((life.case().verdict, kinds(&life.case())), (CaseVerdict::Proven(State::Submitted), vec![]));
}

/// Commitments to one value differ from sending to sending, so that only what neither hides is compared, and what is disclosed.
#[test]
fn what_two_sendings_of_one_letter_commit_to_hides_nothing_else() {
    let with_reply: fn() -> Sending =
        || sending().with_terms(Terms::new().with_reply_to(enterprise("0244142664"))).unwrap();
    let reply_to = Field::Party(Role::ReplyTo, PartyField::Identifier);
    let recipient = Field::Party(Role::Recipient(1), PartyField::Identifier);
    let committed = |sending: &Sending, field| Committed::of(sending, &[field], Salts::Random).unwrap().into_parts();
    let told = |letters: [&Sending; 2], disclosures: &[Disclosure]| {
        let mut life = Life::of(letters[0].clone());
        life.sealed(letters[1]);
        let verifier = life.verifier();
        let verifiers = Verifiers::new(&verifier).with_disclosures(disclosures);
        kinds(&case_of(&judge(verifiers, &life.files, afterwards())))
    };
    // Each sending has an evidence identifier of its own.
    let twice = |make: fn() -> Sending, field| [committed(&make(), field).0, committed(&make(), field).0];
    let [one, again] = twice(with_reply, reply_to);
    assert_eq!(told([&one, &again], &[]), []);
    assert_eq!(told([&one, &with_reply()], &[]), []);
    let [one, again] = twice(sending, recipient);
    assert_eq!(told([&one, &again], &[]), []);
    // A name of a part that is hidden hides no party.
    let to_another = || {
        let (sent, another) = (sending(), Party::new("73110150112".parse::<Niss>().unwrap()));
        Sending::new(sent.message_id().clone(), sent.sender().clone(), another, letter(), digests(), now()).unwrap()
    };
    let (hidden, _) = committed(&to_another(), Field::PartName(1));
    assert_eq!(told([&sending(), &hidden], &[]), [ContradictionKind::SplitView]);
    // Two recipients behind commitments are compared once they are disclosed.
    let ((one, of_one), (another, of_another)) =
        (committed(&sending(), recipient), committed(&to_another(), recipient));
    assert_eq!(told([&one, &another], &[]), []);
    assert_eq!(told([&one, &another], &[of_one, of_another]), [ContradictionKind::SplitView]);
}

#[test]
fn whoever_was_asked_twice_has_the_longer_period_for_every_answer() {
    let by_the_second = |event: StepEvent| {
        let mut life = Life::new();
        life.first(asks(at("2026-12-20T23:00:00Z")), hours(1));
        let again = life.first(asks(until()), hours(2));
        life.next(&again, event, until());
        kinds(&life.case())
    };
    assert_eq!(by_the_second(lapses()), [ContradictionKind::ExpiryTooEarly]);
    assert_eq!(by_the_second(accepts(until())), []);
}

#[test]
fn a_cause_by_another_evidence_identifier_contradicts_and_stays_a_fact() {
    let mut life = Life::with_consent();
    let asked = life.asked();
    let step = Step::after(&life.sent, &asked, accepts(hours(2)), hours(2)).unwrap();
    let cause = asked.statement().evidence_identifier().to_string();
    let step = edited(&life, &step, &cause, &EvidenceIdentifier::from_bytes([1; 16]).to_string());
    let id = life.sealed(&step).id();
    let is_fact = |case: &Case| case.facts.iter().any(|fact| fact.proof == id);
    let without = [life.files[0].clone(), life.files[2].clone()];
    assert!(is_fact(&case_of(&judge(&life.verifier(), &without, afterwards()))));
    let case = life.case();
    assert!(is_fact(&case), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::CauseOfAnotherLetter], "{case}");
}

#[test]
fn a_reply_names_the_evidence_of_the_letter() {
    let mut life = Life::of(sending().with_terms(Terms::new().with_reply_authorized()).unwrap());
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let answer = reply(Party::new(niss()), office, hours(2)).replying_to(&life.sent).unwrap();
    let letter = life.sent.statement().evidence_identifier().to_string();
    let answer = edited(&life, &answer, &letter, &EvidenceIdentifier::from_bytes([1; 16]).to_string());
    life.sealed(&answer);
    let letters = Case::of(&life.judged());
    let replies: Vec<_> = letters.iter().flat_map(|letter| &letter.replies).collect();
    assert!(!replies.is_empty() && replies.iter().all(|reply| !reply.holds()), "{replies:?}");
}

#[test]
fn what_leads_back_to_an_earlier_state_is_told_and_changes_nothing() {
    let expect = |life: &Life, state: State| {
        let case = life.case();
        assert_eq!(
            (case.verdict, kinds(&case)),
            (CaseVerdict::Proven(state), vec![ContradictionKind::EventOutOfOrder])
        );
        let [contradiction] = case.contradictions.as_slice() else { panic!("{case}") };
        assert_eq!(contradiction.severity, Severity::Warning);
        assert_eq!(contradiction.proofs.last(), life.judged().last().and_then(Judged::id).as_ref(), "{case}");
    };
    for (answer, state) in [(refuses as fn(_) -> _, State::RefusedByRecipient), (accepts, State::Accepted)] {
        let mut life = Life::new();
        let asked = life.asked();
        life.next(&asked, answer(hours(2)), hours(2));
        life.first(asks(until()), hours(3));
        expect(&life, state);
    }
    let consigned = || {
        let mut life = Life::new();
        let available = life.first(StepEvent::ContentConsignment, hours(1));
        (life, available)
    };
    let (mut life, available) = consigned();
    life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(2));
    life.first(StepEvent::ContentConsignment, hours(3));
    expect(&life, State::Opened);
    let (mut life, available) = consigned();
    let ended = StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() };
    life.next(&available, ended, hours(2));
    life.first(StepEvent::ContentConsignment, hours(3));
    expect(&life, State::HandoverFailed);
}

#[test]
fn what_is_stated_again_of_the_state_is_no_contradiction() {
    let mut life = Life::new();
    let asked = life.asked();
    life.first(asks(until()), hours(2));
    life.next(&asked, refuses(hours(3)), hours(3));
    life.next(&asked, refuses(hours(3)), hours(3));
    assert_eq!((life.case().verdict, kinds(&life.case())), (CaseVerdict::Proven(State::RefusedByRecipient), vec![]));
    // The same is stated of the same hour, in evidence of another identifier.
    let mut life = Life::new();
    let available = life.first(StepEvent::ContentConsignment, hours(1));
    life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(2));
    life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(3));
    life.first(StepEvent::ContentConsignment, hours(1));
    assert_eq!((life.case().verdict, kinds(&life.case())), (CaseVerdict::Proven(State::Opened), vec![]));
}

#[test]
fn a_failure_after_the_opening_accuses_nobody_and_an_omission_neither() {
    let mut life = Life::new();
    let available = life.first(StepEvent::ContentConsignment, hours(1));
    life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(2));
    life.first(is_full(), hours(3));
    assert_eq!(life.case().verdict, CaseVerdict::Proven(State::Opened));
    life.files.remove(1);
    assert_eq!(life.case().verdict, CaseVerdict::Incomplete(State::Opened));
}
