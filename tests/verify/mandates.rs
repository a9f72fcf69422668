//! Somebody who acts for a sender or a recipient does so by a mandate, and a party may have another identifier by now.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    Codec, Committed, EvidenceError, Field, IdentifierSuccession, KnownReason, LinkRole, Mandate, MandateAction,
    MandateFault, MandateLink, MandateRole, MandateScope, OpenedBy, Opening, Party, RegisterReference,
    RegisterStatement, SaltSeed, Salts, Statement, Step, StepEvent, SuccessionFault, Window,
};
use recommande::identity::Niss;
use recommande::seal::Proof;
use recommande::verify::{Code, Context, Payload, Report, SendingContext, Verified};
use recommande::{MessageId, Sending};

use crate::common::{Service, against, assurance, digests, enterprise, has, later, letter, now, opened_at, pool};

const PERSON: &str = "93051822361";
const MANAGER: &str = "79021806501";

fn person(number: &str) -> Party {
    Party::new(number.parse::<Niss>().unwrap())
}

fn office() -> Party {
    Party::new(enterprise("0244142664"))
}

fn provider() -> Party {
    Party::new(enterprise("0244640631"))
}

fn link(party: Party, role: LinkRole) -> MandateLink {
    MandateLink::new(party, role)
}

fn user() -> MandateLink {
    link(person(PERSON), LinkRole::User)
}

fn manager() -> MandateLink {
    link(person(MANAGER), LinkRole::LocalManager)
}

fn reference() -> RegisterReference {
    let digest = DigestAlgorithm::Sha256.digest(b"what the register signed");
    RegisterReference::new("https://register.example.org/", RegisterStatement::Extract(digest)).unwrap()
}

fn scope(action: MandateAction) -> MandateScope {
    MandateScope::new("registered-mail", [action]).unwrap()
}

fn mandate(role: MandateRole, principal: Party, chain: Vec<MandateLink>, action: MandateAction) -> Mandate {
    let from = now() - Duration::days(100);
    let mandate = Mandate::new(role, principal, chain, scope(action), from, reference()).unwrap();
    mandate.with_valid_until(now() + Duration::days(100)).unwrap()
}

fn of_provider() -> Mandate {
    let chain = vec![link(provider(), LinkRole::Provider), user()];
    mandate(MandateRole::Provider, office(), chain, MandateAction::Open)
}

fn sending_to(recipient: Party) -> Sending {
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    Sending::new(MessageId::new("1ZG0000036L3Z").unwrap(), sender, recipient, letter(), digests(), now()).unwrap()
}

/// A letter to somebody, of which others may act.
struct Letter {
    service: Service,
    sent: Verified<Sending>,
}

impl Letter {
    fn to(recipient: Party) -> Self {
        let service = Service::new();
        let sent = service.verified(&service.proof_of(&sending_to(recipient)));
        Self { service, sent }
    }

    fn opened_by(&self, party: Party) -> Opening {
        let opened_by = OpenedBy::Delegate { party, acting_for: vec![1] };
        Opening::of(&self.sent, opened_by, assurance(opened_at()), opened_at()).unwrap()
    }

    fn proof<S: Statement>(&self, statement: &S) -> Proof<S> {
        let time = statement.event_time();
        let tsa = self.service.tsa(time + Duration::seconds(2));
        self.service.sealer.seal(statement, time).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    fn report(&self, opening: &Opening) -> Report {
        self.service.verifier().report(&self.proof(opening), &self.sent, afterwards())
    }
}

fn afterwards() -> DateTime<Utc> {
    later() + Duration::days(30)
}

/// The mandate is in the statement, in its JSON and in the report, whose text names no person.
#[test]
fn a_person_of_a_provider_opens_for_an_enterprise() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    assert_eq!(opening.mandate(), Some(&of_provider()));
    let issuer = letter.service.sealer.issuer();
    let json = Codec::Json.encode(&opening, issuer).unwrap();
    assert_eq!(Codec::Json.decode::<Opening>(&json).unwrap().0, opening);
    let report = letter.report(&opening);
    assert_eq!(against(&report), [], "{report}");
    let summary = report.statement.as_ref().and_then(|statement| statement.mandate.as_ref()).unwrap();
    assert_eq!((summary.role.as_str(), summary.actions.as_slice()), ("Provider", ["open".to_owned()].as_slice()));
    let text = report.to_string();
    assert!(text.contains("Provider for registered-mail: open"), "{text}");
    for told in [text, format!("{opening:?}"), serde_json::to_string(&report).unwrap()] {
        assert!(!told.contains(PERSON), "{told}");
    }
    let read: Report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(read, report);
}

/// What the mandate does not allow is not stated by this library.
#[test]
fn a_mandate_that_does_not_fit_is_refused() {
    let letter = Letter::to(office());
    let refused = |opened_by: Party, mandate: Mandate| {
        let opening = letter.opened_by(opened_by).with_mandate(mandate);
        match opening.map(drop) {
            Err(EvidenceError::Mandate(fault)) => fault,
            other => panic!("{other:?}"),
        }
    };
    let of = |role, chain: Vec<MandateLink>| mandate(role, office(), chain, MandateAction::Open);
    let provides = |party| link(party, LinkRole::Provider);
    let person = || person(PERSON);
    for (fault, acted, mandate) in [
        (
            MandateFault::DelegateStandsForPrincipal,
            person(),
            mandate(MandateRole::User, provider(), vec![user()], MandateAction::Open),
        ),
        (
            MandateFault::DelegateStandsForPrincipal,
            person(),
            mandate(MandateRole::Mandatary, person(), vec![link(person(), LinkRole::Mandatary)], MandateAction::Open),
        ),
        (MandateFault::NobodyActed, provider(), of(MandateRole::Provider, vec![provides(provider())])),
        (MandateFault::NobodyActed, provider(), of(MandateRole::Provider, vec![provides(provider()), user()])),
        (MandateFault::NobodyActed, person(), of(MandateRole::User, vec![manager()])),
        (
            MandateFault::OutsiderAsManager,
            person(),
            of(MandateRole::User, vec![link(provider(), LinkRole::LocalManager), user()]),
        ),
        (
            MandateFault::OutsiderAsManager,
            person(),
            of(MandateRole::Mandatary, vec![link(person(), LinkRole::Mandatary)]),
        ),
        (MandateFault::ProviderIsPrincipal, person(), of(MandateRole::Provider, vec![provides(office()), user()])),
        (MandateFault::ChainNotOfRole, person(), of(MandateRole::Provider, vec![user()])),
        (MandateFault::ChainNotOfRole, person(), of(MandateRole::LocalManager, vec![manager(), user()])),
        (
            MandateFault::ChainNotOfRole,
            person(),
            of(
                MandateRole::Provider,
                vec![provides(provider()), provides(Party::new(enterprise("0566988259"))), user()],
            ),
        ),
        (
            MandateFault::ActionNotGranted,
            person(),
            mandate(MandateRole::User, office(), vec![user()], MandateAction::Answer),
        ),
    ] {
        assert_eq!(refused(acted, mandate), fault);
    }
    // The recipient opened itself, and somebody is said to have acted for it.
    let itself = Opening::of(&letter.sent, OpenedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap();
    let error = itself.with_mandate(of_provider()).unwrap_err();
    assert_eq!(error, EvidenceError::Mandate(MandateFault::NobodyActed));
}

/// The first instant counts, and the last one does not.
#[test]
fn a_mandate_holds_from_its_begin_until_before_its_end() {
    let letter = Letter::to(office());
    let opened = opened_at();
    let millisecond = Duration::milliseconds(1);
    for (from, until, holds) in [
        (opened, None, true),
        (opened + millisecond, None, false),
        (opened - millisecond, Some(opened), false),
        (opened - millisecond, Some(opened + millisecond), true),
    ] {
        let mandate =
            Mandate::new(MandateRole::User, office(), [user()], scope(MandateAction::Open), from, reference()).unwrap();
        let mandate = match until {
            Some(until) => mandate.with_valid_until(until).unwrap(),
            None => mandate,
        };
        let stated = letter.opened_by(person(PERSON)).with_mandate(mandate).map(drop);
        let expected = if holds { Ok(()) } else { Err(EvidenceError::Mandate(MandateFault::NotInForce)) };
        assert_eq!(stated, expected, "{from} {until:?}");
    }
}

/// A system acts for the enterprise that has its certificate.
#[test]
fn a_system_acts_for_the_enterprise_before_it() {
    let letter = Letter::to(office());
    let system = Party::new(recommande::evidence::Identifier::new("5c0f", "urn:example:certificate").unwrap());
    let of = |before: Vec<MandateLink>| {
        let chain = before.into_iter().chain([link(system.clone(), LinkRole::System)]).collect();
        letter.opened_by(system.clone()).with_mandate(mandate(
            MandateRole::Provider,
            office(),
            chain,
            MandateAction::Open,
        ))
    };
    assert!(of(vec![link(provider(), LinkRole::Provider)]).is_ok());
    let alone = of(vec![]).unwrap_err();
    assert_eq!(alone, EvidenceError::Mandate(MandateFault::NobodyActed));
}

#[test]
fn a_mandate_has_a_form() {
    let of = |chain: Vec<MandateLink>| {
        Mandate::new(MandateRole::User, office(), chain, scope(MandateAction::Open), now(), reference())
    };
    assert!(of(vec![manager(), user(), user()]).is_ok());
    assert_eq!(of(vec![]), Err(EvidenceError::Empty("chain of a mandate")));
    assert!(matches!(of(vec![user(); 4]), Err(EvidenceError::TooMany { limit: 3, .. })));
    assert_eq!(of(vec![user()]).unwrap().with_valid_until(now()), Err(EvidenceError::Period("the mandate")));
    assert!(matches!(MandateScope::new("x", []), Err(EvidenceError::Empty(_))));
    let twice = [MandateAction::Open, MandateAction::Send, MandateAction::Open];
    assert!(matches!(MandateScope::new("x", twice), Err(EvidenceError::Twice(_))));
    let weak = RegisterStatement::Proof(DigestAlgorithm::Sha1.digest(b"x"));
    assert_eq!(RegisterReference::new("urn:example:register", weak), Err(EvidenceError::WeakDigest));
    let nameless = RegisterStatement::Proof(DigestAlgorithm::Shake256.digest(b"x"));
    assert!(matches!(
        RegisterReference::new("urn:example:register", nameless),
        Err(EvidenceError::DigestWithoutIdentifier(_))
    ));
    // What a person allows is for a limited time.
    let letter = Letter::to(person(MANAGER));
    let chain = [link(person(PERSON), LinkRole::Mandatary)];
    let endless =
        Mandate::new(MandateRole::Mandatary, person(MANAGER), chain, scope(MandateAction::Open), now(), reference());
    let stated = letter.opened_by(person(PERSON)).with_mandate(endless.unwrap());
    assert_eq!(stated, Err(EvidenceError::MandateWithoutEnd));
}

/// Only who acts needs a mandate: the table of events has it nowhere else.
#[test]
fn what_no_party_does_has_no_mandate() {
    let letter = Letter::to(office());
    let window = Window::new(now(), now() + Duration::days(15), "FR-LRE").unwrap();
    let request = Step::of(&letter.sent, 1, StepEvent::NotificationForAcceptance { window }, now()).unwrap();
    assert_eq!(request.with_mandate(of_provider()), Err(EvidenceError::MemberForbidden("Mandate")));
}

/// A service rejects a submission because of its mandate, and states which one.
#[test]
fn a_rejected_submission_states_its_mandate() {
    let user_of_another = mandate(MandateRole::User, office(), vec![user()], MandateAction::Open);
    let submission = sending_to(office()).with_sender_delegate(person(PERSON)).unwrap();
    assert!(submission.clone().with_mandate(user_of_another.clone()).is_err());
    let rejection = Step::rejection(&submission, KnownReason::MandateInvalid, now()).unwrap();
    let rejection = rejection.with_mandate(user_of_another).unwrap();
    let letter = Letter::to(office());
    let report = letter.service.verifier().report(&letter.proof(&rejection), Payload::NotAvailable, afterwards());
    assert_eq!(against(&report), [], "{report}");
}

/// The parties of a mandate stand behind commitments as all others do: nobody who searches finds one.
#[test]
fn commitments_hide_the_parties_of_a_mandate() {
    let service = Service::new();
    let citizen = "85073003328";
    let mandated = mandate(
        MandateRole::Mandatary,
        person(citizen),
        vec![link(person(PERSON), LinkRole::Mandatary)],
        MandateAction::Open,
    );
    let seed = SaltSeed::from_bytes(&[7; 32]).unwrap();
    let plain = sending_to(person(citizen));
    let (statement, disclosure) =
        Committed::of(&plain, &Field::personal(&plain), Salts::Seed(&seed)).unwrap().into_parts();
    let proof = service.proof_of(&statement);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let sent = service.verifier().verify(&proof, context, later()).unwrap();
    let opened_by = OpenedBy::Delegate { party: person(PERSON), acting_for: vec![1] };
    let opening =
        Opening::of_disclosed(&sent, opened_by, assurance(opened_at()), opened_at(), Salts::Seed(&seed)).unwrap();
    let opening = opening.try_map(|opening| opening.with_mandate(mandated)).unwrap();
    let fields = Field::personal(opening.statement());
    assert_eq!(fields.len(), 2, "the principal and the delegate: {fields:?}");
    let (opening, disclosure) = opening.and(&fields, Salts::Seed(&seed)).unwrap().into_parts();

    let letter = Letter { service, sent };
    let proof = letter.proof(&opening);
    let octets = String::from_utf8_lossy(proof.der()).into_owned();
    for number in [citizen, PERSON] {
        assert!(!octets.contains(number));
        assert!(disclosure.to_json().contains(number));
    }
    // With the disclosure all is compared, and without it the mandate is not.
    let context = Context::new(&letter.sent, Payload::NotAvailable).with_disclosure(&disclosure);
    let report = letter.service.verifier().report(&proof, context, afterwards());
    assert_eq!((against(&report), has(&report, Code::MandateNotCompared)), (vec![], false), "{report}");
    let erased = letter.service.verifier().report(&proof, &letter.sent, afterwards());
    assert_eq!((against(&erased), has(&erased, Code::MandateNotCompared)), (vec![], true), "{erased}");
}

/// A BIS number became a NISS between the sending and the opening.
#[test]
fn a_recipient_opens_by_its_new_identifier() {
    let (bis, number): (Niss, Niss) = ("17473003373".parse().unwrap(), "00012556777".parse().unwrap());
    let letter = Letter::to(Party::new(bis.clone()));
    let opening = || Opening::of(&letter.sent, OpenedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap();
    let succession = |previous: &Niss, current: &Niss, at| {
        IdentifierSuccession::new(previous.clone(), current.clone(), "national register", at)
    };
    assert!(matches!(succession(&bis, &bis, now()), Err(EvidenceError::Twice(_))));
    let opened = opening().with_identifier_succession(succession(&bis, &number, opened_at()).unwrap()).unwrap();
    let report = letter.report(&opened);
    assert_eq!((against(&report), has(&report, Code::IdentifierSucceeded)), (vec![], true), "{report}");
    assert!(!format!("{opened:?} {report}").contains(number.as_str()));
    for (previous, at, fault) in [
        (&number, now(), SuccessionFault::RecipientDiffers),
        (&bis, opened_at() + Duration::milliseconds(1), SuccessionFault::AfterEvent),
    ] {
        let current = if previous == &bis { &number } else { &bis };
        let error = opening().with_identifier_succession(succession(previous, current, at).unwrap()).unwrap_err();
        assert_eq!(error, EvidenceError::Succession(fault));
    }
    // A sending that replies to nothing is by whom it says.
    let stated = sending_to(Party::new(number.clone()));
    let by_another = IdentifierSuccession::new(enterprise("0244142664"), enterprise("0566988259"), "register", now());
    let error = stated.with_identifier_succession(by_another.unwrap()).unwrap_err();
    assert_eq!(error, EvidenceError::MemberForbidden("IdentifierSucceeds"));
}

/// An enterprise was merged, and the mandate is of its successor.
#[test]
fn a_mandate_of_the_successor_is_one_for_the_recipient() {
    let letter = Letter::to(office());
    let of_successor = mandate(MandateRole::User, provider(), vec![user()], MandateAction::Open);
    let opening = letter.opened_by(person(PERSON));
    let error = opening.clone().with_mandate(of_successor.clone()).unwrap_err();
    assert_eq!(error, EvidenceError::Mandate(MandateFault::DelegateStandsForPrincipal));
    let merged =
        IdentifierSuccession::new(enterprise("0244142664"), enterprise("0244640631"), "register", now()).unwrap();
    let opening = opening.with_identifier_succession(merged).unwrap().with_mandate(of_successor).unwrap();
    let report = letter.report(&opening);
    assert_eq!(against(&report), [], "{report}");
}
