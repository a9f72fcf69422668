//! One more proof, sealed or in a foreign form, takes nothing away that evidence in a foreign form proves.

use chrono::{DateTime, Duration, Utc};
use recommande::PayloadDigests;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ExternalService, KnownReason, Language, OpeningEvent, Reason, RegisteredMail, Statement, Step, StepEvent, Ticket,
    Window,
};
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, ForeignEffect, ForeignEvent, ForeignEvidence, ForeignObjection,
    ForeignStatement, LetterName, Regime, Severity, State,
};
use recommande::seal::{Artifact, Sealer};

use crate::cases::{Life, afterwards, hours, kinds, lapses, only, refuses, until};
use crate::common::{LETTER, enterprise, niss, pool, sending};

const TICKET: &str = "1ZG0000036L40";

pub fn ticket() -> LetterName {
    Ticket::new(TICKET).unwrap().into()
}

pub fn mail() -> RegisteredMail {
    RegisteredMail::new(Ticket::new(TICKET).unwrap(), "Title", "letter", Language::French).unwrap()
}

/// A letter whose sending has the ticket.
pub fn with_ticket() -> Life {
    Life::of(sending().with_national_extension(mail()))
}

/// Evidence of the letter by its service, in a form of its own.
pub fn evidence(life: &Life, event: ForeignEvent, letter: LetterName, time: DateTime<Utc>) -> ForeignEvidence {
    evidence_of(life, event, letter, LETTER, time)
}

/// The same about other content.
pub fn evidence_of(
    life: &Life,
    event: ForeignEvent,
    letter: LetterName,
    content: &[u8],
    time: DateTime<Utc>,
) -> ForeignEvidence {
    judged(life, &life.service.sealer, event, letter, content, time)
}

/// The same by whoever has this seal.
pub fn evidence_by(
    life: &Life,
    sealer: &Sealer,
    event: ForeignEvent,
    letter: LetterName,
    time: DateTime<Utc>,
) -> ForeignEvidence {
    judged(life, sealer, event, letter, LETTER, time)
}

fn judged(
    life: &Life,
    sealer: &Sealer,
    event: ForeignEvent,
    letter: LetterName,
    content: &[u8],
    time: DateTime<Utc>,
) -> ForeignEvidence {
    let digest = DigestAlgorithm::Sha256.digest(content);
    let stated = ForeignStatement::new(event, letter, enterprise("0566988259").into(), niss().into(), digest);
    let signed = format!("{} of {}, {digest}", event.event(), stated.letter());
    let payload = PayloadDigests::of_bytes(signed.as_bytes());
    let signature = sealer.sign_payload(&payload, "text/xml", time).unwrap();
    let signature = signature.stamp_with(&pool(life.service.tsa(time))).unwrap();
    ForeignEvidence::judge(&life.verifier(), signed.as_bytes(), signature.der(), stated, afterwards())
}

fn case(life: &Life, foreign: &[ForeignEvidence]) -> Case {
    only(&Case::with_foreign(&life.judged(), foreign)).cases[0].clone().unwrap()
}

pub fn full() -> StepEvent {
    StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }
}

pub fn prints() -> StepEvent {
    StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }
}

pub fn from_the_first() -> ExternalService {
    ExternalService::of("Example", enterprise("0406798006")).unwrap()
}

pub fn refuses_to_relay() -> StepEvent {
    StepEvent::RelayRejection { from: from_the_first(), reason: KnownReason::PolicyViolation.into() }
}

pub fn silent() -> StepEvent {
    let to = ExternalService::of("Silent", enterprise("0244142664")).unwrap();
    StepEvent::RelayFailure { to, reason: KnownReason::ServiceUnreachable.into() }
}

/// Adds sealed proofs to a letter.
type Adds = fn(&mut Life);

fn assert_delivered(name: &str, adds: Adds, state: State, is_told: bool) {
    let regime = Regime::named("DK-DIGITAL-POST").unwrap();
    for minutes in [30, 600] {
        let time = hours(0) + Duration::minutes(minutes);
        let mut life = with_ticket();
        let delivered = [evidence(&life, ForeignEvent::ContentConsignment, ticket(), time)];
        assert_eq!(case(&life, &delivered).verdict, CaseVerdict::Proven(State::Available));
        adds(&mut life);
        let with = case(&life, &delivered);
        let told = if is_told { vec![ContradictionKind::EventOutOfOrder] } else { vec![] };
        let verdict = if is_told { CaseVerdict::Contradicted(state) } else { CaseVerdict::Proven(state) };
        assert_eq!((with.verdict, kinds(&with)), (verdict, told), "{name}\n{with}");
        assert_eq!(with.milestones.available, Some(time), "{name}\n{with}");
        assert_eq!(with.moments(&regime, afterwards()).unwrap().received.unwrap().at, time, "{name}");
        let effect = if is_told { ForeignEffect::BesideState } else { ForeignEffect::EntersState };
        assert_eq!(with.foreign[0].effect, effect, "{name}\n{with}");
    }
}

#[test]
fn a_stranger_takes_no_delivery_away() {
    assert_delivered(
        "RelayRejection",
        |life| _ = life.elsewhere(refuses_to_relay(), hours(1)),
        State::Available,
        false,
    );
    assert_delivered("RelayToNonERDS", |life| _ = life.elsewhere(prints(), hours(1)), State::Available, false);
    assert_delivered(
        "another service takes over",
        |life| _ = life.elsewhere(StepEvent::RelayAcceptance { from: from_the_first() }, hours(1)),
        State::Available,
        false,
    );
    // The grounds are the proofs of the state before the stranger.
    let mut life = with_ticket();
    let delivered = [evidence(&life, ForeignEvent::ContentConsignment, ticket(), hours(2))];
    let before = case(&life, &delivered).grounds;
    life.elsewhere(refuses_to_relay(), hours(1));
    assert_eq!(case(&life, &delivered).grounds, before);
}

#[test]
fn the_service_itself_contradicts_a_delivery_and_does_not_take_it_away() {
    fn asks_in_vain() -> StepEvent {
        StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() }
    }
    fn cannot_print() -> StepEvent {
        let reason = Reason::new("urn:example:no-paper").unwrap();
        StepEvent::RelayToNonERDSFailure { system: "paper-post".to_owned(), reason }
    }
    let additions: [(&str, Adds, State); 7] = [
        ("RelayFailure", |life| _ = life.first(silent(), hours(1)), State::RelayFailed),
        ("NotificationForAcceptance", |life| _ = life.asked(), State::AwaitingAnswer),
        ("its failure", |life| _ = life.first(asks_in_vain(), hours(1)), State::AskingFailed),
        ("RelayToNonERDS", |life| _ = life.first(prints(), hours(1)), State::LeftService),
        ("its failure", |life| _ = life.first(cannot_print(), hours(1)), State::LeavingFailed),
        (
            "a refusal",
            |life| {
                let asked = life.asked();
                life.next(&asked, refuses(hours(2)), hours(2));
            },
            State::RefusedByRecipient,
        ),
        (
            "no answer",
            |life| {
                let asked = life.asked();
                life.next(&asked, lapses(), until());
            },
            State::Unclaimed,
        ),
    ];
    for (name, adds, state) in additions {
        assert_delivered(name, adds, state, true);
    }
    // What may have been before the delivery contradicts nothing.
    assert_delivered("a full box", |life| _ = life.first(full(), hours(1)), State::Available, false);
}

/// A timestamp that is later than the opening closes no gap, and the content lay there by then all the same.
#[test]
fn an_opening_takes_no_time_of_a_delivery_away() {
    let mut life = with_ticket();
    let delivered = [evidence(&life, ForeignEvent::ContentConsignment, ticket(), hours(2))];
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let with = case(&life, &delivered);
    assert_eq!((with.verdict, with.milestones.available), (CaseVerdict::Proven(State::Opened), Some(hours(2))));
    assert_eq!(with.foreign[0].effect, ForeignEffect::BesideState, "{with}");
    assert_eq!(with.foreign[0].objections, [ForeignObjection::LaterThanOpening]);
    // A sealed proof of a later consignment opens no gap again, and makes nothing later.
    let before = [evidence(&life, ForeignEvent::ContentConsignment, ticket(), hours(1))];
    assert_eq!(case(&life, &before).gaps, []);
    life.first(StepEvent::ContentConsignment, hours(3));
    let with = case(&life, &before);
    assert_eq!((with.gaps.as_slice(), with.milestones.available), (&[][..], Some(hours(1))), "{with}");
}

/// What is not proven accuses nobody, and what it names may have led there.
#[test]
fn what_lacks_a_link_is_no_doubt() {
    let mut life = with_ticket();
    let relayed = life.elsewhere(StepEvent::RelayAcceptance { from: from_the_first() }, hours(1));
    life.files.pop();
    let window = Window::new(hours(0), until(), "FR-LRE").unwrap();
    let asks = StepEvent::NotificationForAcceptance { window };
    life.sealed(&Step::after(&life.sent, &relayed, asks, hours(2)).unwrap());
    let with = case(&life, &[evidence(&life, ForeignEvent::ContentConsignment, ticket(), hours(3))]);
    assert_eq!((with.verdict, with.proven), (CaseVerdict::Incomplete(State::AwaitingAnswer), State::Available));
    let [told] = with.contradictions.as_slice() else { panic!("{with}") };
    assert_eq!((told.kind, told.severity), (ContradictionKind::EventOutOfOrder, Severity::Warning));
}

/// The failure is named by the ticket, and the delivery by the message: they are of one letter all the same.
#[test]
fn a_failure_under_the_ticket_takes_no_delivery_under_the_message_away() {
    let life = with_ticket();
    let message = || LetterName::from(life.sent.statement().message_id().clone());
    for (of_failure, of_delivery) in [(1, 2), (2, 1), (1, 1)] {
        for failure in [ForeignEvent::ContentConsignmentFailure, ForeignEvent::RelayFailure] {
            let failed = evidence(&life, failure, ticket(), hours(of_failure));
            let delivered = evidence(&life, ForeignEvent::ContentConsignment, message(), hours(of_delivery));
            for foreign in [[failed.clone(), delivered.clone()], [delivered, failed]] {
                let case = case(&life, &foreign);
                assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
                assert_eq!(case.milestones.available, Some(hours(of_delivery)));
                let told: Vec<_> = case.foreign.iter().map(|fact| (fact.event, &*fact.objections)).collect();
                let failed = (failure.event().name(), &[ForeignObjection::StateDoesNotAllow][..]);
                assert_eq!(told, [("ContentConsignment", &[][..]), failed], "{case}");
            }
        }
    }
}
