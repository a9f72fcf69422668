//! What the proofs of a letter come to: its states, contradictions and gaps, in any order of the files.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::KeyKind;
use recommande::evidence::{
    ActedBy, Availability, Codec, ConsignmentMode, ExternalService, KnownReason, Notification, Opening, OpeningEvent,
    Party, Reason, Statement, Step, StepEvent, Terms, Window,
};
use recommande::life::limits::MAX_PROOFS;
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, Effect, Gap, Judged, Letter, Regime, Reply, ReplyObjection, Retention,
    ServiceStatus, Severity, Standing, State, judge,
};
use recommande::seal::{Credentials, Proof, Sealer};
use recommande::testing::{CertificateSpec, generate_key};
use recommande::verify::{Code, Context, Payload, Verified};
use recommande::{Environment, Issuer, Sending, Verifier};

use rfc3161_client::Nonce;

use crate::common::der::{self, Node};
use crate::common::{self, Service, assurance, at, enterprise, niss, now, oid, pool, restated, sending};
use crate::keeps::assert_keeps;

pub fn until() -> DateTime<Utc> {
    at("2026-12-07T23:00:00Z")
}

pub fn afterwards() -> DateTime<Utc> {
    now() + Duration::days(60)
}

pub fn hours(count: i64) -> DateTime<Utc> {
    now() + Duration::hours(count)
}

/// A letter, and all that becomes of it.
pub struct Life {
    pub service: Service,
    /// Another service, to which letters are relayed.
    other: Sealer,
    pub sent: Verified<Sending>,
    pub files: Vec<Vec<u8>>,
}

impl Life {
    pub fn new() -> Self {
        Self::of(sending())
    }

    /// A letter that its recipient has to accept first.
    pub fn with_consent() -> Self {
        Self::of(sending().with_terms(Terms::new().with_consignment_mode(ConsignmentMode::Consent)).unwrap())
    }

    pub fn of(sending: Sending) -> Self {
        let service = Service::new();
        let credentials = Credentials::new(service.pki.seal.signer.clone(), service.pki.seal_chain()).unwrap();
        let issuer = Issuer::of("Another Service", enterprise("0244640631"), Environment::Test).unwrap();
        let proof = service.proof_of(&sending);
        let sent = service.verified(&proof);
        Self { other: Sealer::new(credentials, issuer), service, sent, files: vec![proof.der().to_vec()] }
    }

    pub fn verifier(&self) -> Verifier {
        self.service.verifier()
    }

    pub fn sealed<S: Statement>(&mut self, statement: &S) -> Proof<S> {
        let proof = sealed_by(&self.service, &self.service.sealer, statement);
        self.files.push(proof.der().to_vec());
        proof
    }

    pub fn first(&mut self, event: StepEvent, time: DateTime<Utc>) -> Verified<Step> {
        let step = Step::of(&self.sent, 1, event, time).unwrap();
        let proof = self.sealed(&step);
        self.verifier().verify(&proof, &self.sent, afterwards()).unwrap()
    }

    /// The same by the other service.
    pub fn elsewhere(&mut self, event: StepEvent, time: DateTime<Utc>) -> Verified<Step> {
        let step = Step::of(&self.sent, 1, event, time).unwrap();
        let proof = sealed_by(&self.service, &self.other, &step);
        self.files.push(proof.der().to_vec());
        self.verifier().verify(&proof, &self.sent, afterwards()).unwrap()
    }

    pub fn next(&mut self, cause: &Verified<Step>, event: StepEvent, time: DateTime<Utc>) -> Verified<Step> {
        let step = Step::after(&self.sent, cause, event, time).unwrap();
        let proof = self.sealed(&step);
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
        self.verifier().verify(&proof, context, afterwards()).unwrap()
    }

    pub fn asked(&mut self) -> Verified<Step> {
        let window = Window::new(now(), until(), "FR-LRE").unwrap();
        self.first(StepEvent::NotificationForAcceptance { window }, hours(1))
    }

    pub fn opened(&mut self, cause: Option<&Verified<Step>>, event: OpeningEvent, time: DateTime<Utc>) {
        let opening =
            Opening::of(&self.sent, ActedBy::Recipient(1), assurance(time), time).unwrap().with_event(event).unwrap();
        let opening = match cause {
            Some(cause) => opening.with_cause(cause).unwrap(),
            None => opening,
        };
        self.sealed(&opening);
    }

    pub fn judged(&self) -> Vec<Judged> {
        judge(&self.verifier(), &self.files, afterwards())
    }

    /// The case of the only recipient.
    pub fn case(&self) -> Case {
        case_of(&self.judged())
    }

    /// A letter that was accepted, made available, announced twice and opened.
    pub fn long() -> Self {
        let mut life = Self::with_consent();
        let asked = life.asked();
        let accepted = life.next(&asked, accepts(hours(2)), hours(2));
        let available = life.next(&accepted, StepEvent::ContentConsignment, hours(3));
        life.next(&available, tells(1), hours(4));
        life.next(&available, tells(2), hours(5));
        life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(6));
        life
    }
}

pub fn sealed_by<S: Statement>(service: &Service, sealer: &Sealer, statement: &S) -> Proof<S> {
    let time = statement.event_time();
    sealer.seal(statement, time).unwrap().stamp_with(&pool(service.tsa(time + Duration::seconds(2)))).unwrap()
}

pub fn accepts(time: DateTime<Utc>) -> StepEvent {
    StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(time) }
}

pub fn refuses(time: DateTime<Utc>) -> StepEvent {
    let (answered_by, reason) = (ActedBy::Recipient(1), KnownReason::RejectedByRecipient.into());
    StepEvent::ConsignmentRejection { answered_by, assurance: assurance(time), reason }
}

pub fn lapses() -> StepEvent {
    StepEvent::AcceptanceRejectionExpiry { reason: KnownReason::NotAcceptedByRecipient.into() }
}

pub fn tells(ordinal: usize) -> StepEvent {
    StepEvent::ConsignmentNotification {
        notification: Notification::by("email").unwrap().with_ordinal(ordinal).unwrap(),
    }
}

fn relayed(service: &str) -> ExternalService {
    ExternalService::of(service, enterprise("0406798006")).unwrap()
}

pub fn only(letters: &[Letter]) -> &Letter {
    let [letter] = letters else { panic!("{} letters", letters.len()) };
    letter
}

pub fn case_of(judged: &[Judged]) -> Case {
    only(&Case::of(judged)).cases[0].clone().unwrap()
}

pub fn kinds(case: &Case) -> Vec<ContradictionKind> {
    case.contradictions.iter().map(|contradiction| contradiction.kind).collect()
}

#[test]
fn each_life_ends_in_its_state() {
    let expect = |life: &Life, state: State, status: Option<ServiceStatus>| {
        let case = life.case();
        assert_eq!(case.verdict, CaseVerdict::Proven(state), "{case}");
        assert_eq!((case.state(), case.proven, case.service.status), (state, state, status));
        assert!(case.contradictions.is_empty() && case.missing.is_empty(), "{case}");
        // The grounds lead back to the sending.
        assert_eq!(case.grounds.last(), Some(&life.sent.id()));
    };
    let pending = Some(ServiceStatus::Pending);
    let sent = Some(ServiceStatus::Sent);
    let error = Some(ServiceStatus::Error);

    let mut life = Life::new();
    expect(&life, State::Submitted, pending);
    let asked = life.asked();
    expect(&life, State::AwaitingAnswer, pending);
    life.first(StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() }, hours(2));
    // A reminder that could not be sent takes nothing away.
    expect(&life, State::AwaitingAnswer, pending);
    life.next(&asked, refuses(hours(3)), hours(3));
    expect(&life, State::RefusedByRecipient, None);

    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, lapses(), until());
    expect(&life, State::Unclaimed, None);

    let mut life = Life::new();
    life.first(StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() }, hours(1));
    expect(&life, State::AskingFailed, pending);

    let mut life = Life::new();
    life.first(StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }, hours(1));
    expect(&life, State::NotAvailable, error);
    let available = life.first(StepEvent::ContentConsignment, hours(2));
    expect(&life, State::Available, sent);
    life.next(
        &available,
        StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() },
        hours(3),
    );
    expect(&life, State::HandoverFailed, sent);
    life.opened(Some(&available), OpeningEvent::ContentHandover, hours(4));
    expect(&life, State::Opened, sent);
    assert_eq!(life.case().gaps, []);

    let mut life = Life::new();
    life.first(
        StepEvent::RelayFailure { to: relayed("Silent"), reason: KnownReason::ServiceUnreachable.into() },
        hours(1),
    );
    expect(&life, State::RelayFailed, error);
    life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(2));
    expect(&life, State::Relayed, pending);
    life.elsewhere(StepEvent::ContentConsignment, hours(3));
    expect(&life, State::Available, sent);
    let services: Vec<_> = life.case().in_charge.into_iter().map(|service| service.service).collect();
    assert_eq!(services, ["Example Registered Mail", "Another Service"]);

    let mut life = Life::new();
    let reason = Reason::new("urn:example:no-paper").unwrap();
    let system = || "paper-post".to_owned();
    life.first(StepEvent::RelayToNonERDSFailure { system: system(), reason }, hours(1));
    expect(&life, State::LeavingFailed, error);
    life.first(StepEvent::RelayToNonERDS { system: system() }, hours(2));
    expect(&life, State::LeftService, None);
}

#[test]
fn a_submission_that_was_refused_is_a_letter_that_never_was() {
    let mut life = Life::new();
    life.files.clear();
    let refused = Step::rejection(&sending(), KnownReason::NoConsent, now()).unwrap();
    life.sealed(&refused);
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::RefusedAtSubmission));
    assert_eq!(case.service.status, Some(ServiceStatus::Error));
    assert_eq!(case.facts[0].reasons, ["urn:recommande:reason:no-consent"]);
    // The attempt counts for retention.
    assert_eq!(case.keep_until(&Retention::named("BE-EBOX").unwrap()), Some(at("2036-12-31T23:00:00Z")));
}

#[test]
fn an_opening_without_a_proof_that_the_letter_lay_there_leaves_a_gap() {
    let mut life = Life::new();
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Opened));
    assert_eq!(case.gaps, [Gap::AvailabilityNotProven]);
    // A further proof fills it.
    life.first(StepEvent::ContentConsignment, hours(0));
    assert_eq!(life.case().gaps, []);
}

#[test]
fn the_order_of_the_files_has_no_part_in_it() {
    let life = Life::long();
    let expected = life.case();
    assert_eq!(expected.verdict, CaseVerdict::Proven(State::Opened), "{expected}");
    let mut files = life.files.clone();
    // Some file lies there twice, and one is no proof.
    files.push(files[2].clone());
    files.push(b"no proof".to_vec());
    for round in 0..files.len() {
        files.rotate_left(1);
        if round % 2 == 0 {
            files.reverse();
        }
        let judged = judge(&life.verifier(), &files, afterwards());
        assert_eq!(case_of(&judged), expected, "round {round}");
        assert_eq!(Case::claims(&judged).len(), 1);
    }
}

#[test]
fn a_further_proof_takes_no_proven_fact_away() {
    let life = Life::long();
    let letters = |files: &[Vec<u8>]| Case::of(&judge(&life.verifier(), files, afterwards()));
    let count = life.files.len();
    for chosen in 0..1_usize << count {
        let files: Vec<_> =
            (0..count).filter(|bit| chosen & (1 << bit) != 0).map(|bit| life.files[bit].clone()).collect();
        let more = letters(&files);
        for left_out in 0..files.len() {
            let mut fewer = files.clone();
            fewer.remove(left_out);
            assert_keeps(&letters(&fewer), &more, &format!("{chosen:b} without {left_out}"));
        }
    }
}

#[test]
fn what_a_proof_names_and_is_not_there_is_named() {
    let life = Life::long();
    // Without the acceptance: what follows it is sealed, and not proven.
    let mut files = life.files.clone();
    let accepted = Judged::id(&life.judged()[2]).unwrap();
    files.remove(2);
    let case = case_of(&judge(&life.verifier(), &files, afterwards()));
    assert_eq!(case.verdict, CaseVerdict::Incomplete(State::Opened), "{case}");
    assert_eq!(case.proven, State::AwaitingAnswer);
    assert!(case.contradictions.is_empty(), "{case}");
    assert!(case.missing.iter().any(|missing| missing.proof == accepted.to_string()), "{case}");
    // Without the sending nothing is proven.
    let mut files = life.files.clone();
    files.remove(0);
    let case = case_of(&judge(&life.verifier(), &files, afterwards()));
    assert_eq!(case.proven, State::Unknown);
    assert!(matches!(case.verdict, CaseVerdict::Incomplete(_) | CaseVerdict::Nothing), "{case}");
    assert!(case.missing.iter().any(|missing| missing.proof == life.sent.id().to_string()), "{case}");
}

#[test]
fn each_recipient_has_a_case() {
    let mut life = Life::of(sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let refused = StepEvent::ContentConsignmentFailure { reason: KnownReason::RecipientNotActive.into() };
    let step = Step::of(&life.sent, 2, refused, hours(1)).unwrap();
    life.sealed(&step);
    let letters = Case::of(&life.judged());
    let states: Vec<_> = only(&letters).cases.iter().map(|case| case.as_ref().unwrap().verdict).collect();
    assert_eq!(states, [CaseVerdict::Proven(State::Opened), CaseVerdict::Proven(State::NotAvailable)]);
}

#[test]
fn what_does_not_verify_is_a_claim() {
    let mut life = Life::new();
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let last = life.files.last_mut().unwrap();
    let place = last.windows(9).position(|octets| octets == b"EventTime").unwrap() + 13;
    last[place] ^= 1;
    let judged = life.judged();
    let case = case_of(&judged);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    let claims = Case::claims(&judged);
    assert_eq!((claims.len(), claims[0].file), (1, 1));
    // Under no anchors everything is one.
    let strangers = Service::new();
    let judged = judge(&strangers.verifier(), &life.files, afterwards());
    assert!(Case::of(&judged).is_empty());
    assert_eq!(Case::claims(&judged).len(), 2);
    assert_eq!(Case::claims(&judged)[0].finding.code, Code::NoValidTimestamp);
}

/// What follows a letter says what is wrong with that. Nobody signed which of two files comes first.
#[test]
fn the_order_of_two_files_that_do_not_verify_has_no_part_in_it() {
    let mut life = Life::new();
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let [sent, opened] = life.files.as_slice() else { panic!("{} files", life.files.len()) };
    let unstamped = life.service.sealer.seal(life.sent.statement(), now()).unwrap();
    let mut mangled = sent.clone();
    *mangled.last_mut().unwrap() ^= 1;
    let judged = |first: &[u8], second: &[u8]| {
        let files = [first, second, opened.as_slice()];
        judge(&life.verifier(), &files, afterwards()).iter().map(|judged| judged.finding().cloned()).collect::<Vec<_>>()
    };
    let (one, two) = (judged(unstamped.der(), &mangled), judged(&mangled, unstamped.der()));
    assert_ne!(one[0], one[1], "two failures");
    assert_eq!((&one[0], &one[1], &one[2]), (&two[1], &two[0], &two[2]));
}

#[test]
fn both_answers_contradict_each_other() {
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, accepts(hours(2)), hours(2));
    life.next(&asked, refuses(hours(3)), hours(3));
    let case = life.case();
    assert!(matches!(case.verdict, CaseVerdict::Contradicted(_)), "{case}");
    assert!(kinds(&case).contains(&ContradictionKind::AnswersConflict), "{case}");
}

#[test]
fn an_answer_of_the_first_instant_after_the_period_is_late() {
    for (time, is_late) in [(until() - Duration::milliseconds(1), false), (until(), true)] {
        let mut life = Life::new();
        let asked = life.asked();
        life.next(&asked, accepts(time), time);
        let case = life.case();
        assert_eq!(case.verdict, CaseVerdict::Proven(State::Accepted));
        assert_eq!(kinds(&case).contains(&ContradictionKind::AnsweredTooLate), is_late, "{case}");
    }
}

#[test]
fn an_expiry_that_is_too_early_contradicts_the_period() {
    let mut life = Life::new();
    let asked = life.asked();
    let lapsed = Step::after(&life.sent, &asked, lapses(), until()).unwrap();
    let issuer = life.service.sealer.issuer().clone();
    let json = String::from_utf8(Codec::Json.encode(&lapsed, &issuer).unwrap()).unwrap();
    let early = json.replace(r#""EventTime":"2026-12-07T23:00:00Z""#, r#""EventTime":"2026-12-07T22:59:59Z""#);
    assert_ne!(early, json);
    let early: Step = Codec::Json.decode(early.as_bytes()).unwrap().0;
    life.sealed(&early);
    let judged = life.judged();
    let case = case_of(&judged);
    assert!(matches!(judged[2].standing(), Standing::Contrary(..)));
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::AwaitingAnswer), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::ExpiryTooEarly]);
}

#[test]
fn content_that_was_not_accepted_contradicts_the_terms() {
    let mut life = Life::with_consent();
    let asked = life.asked();
    life.next(&asked, refuses(hours(2)), hours(2));
    // A service that does not keep to the rules opens it all the same.
    let opening = Opening::of(&life.sent, ActedBy::Recipient(1), assurance(hours(3)), hours(3)).unwrap();
    life.sealed(&restated(&opening));
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::RefusedByRecipient), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::AcceptanceMissing]);
}

#[test]
fn an_acceptance_that_the_recipient_had_to_sign_contradicts_the_terms_without() {
    let mut life = Life::of(sending().with_terms(Terms::new().with_consignment_mode(ConsignmentMode::Signed)).unwrap());
    let asked = life.asked();
    let accepted = Step::after(&life.sent, &asked, accepts(hours(2)), hours(2)).unwrap();
    life.sealed(&restated(&accepted));
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::AwaitingAnswer), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::RecipientSignatureMissing]);
}

#[test]
fn a_service_that_is_not_in_charge_says_nothing_about_the_letter() {
    let mut life = Life::new();
    life.elsewhere(StepEvent::ContentConsignment, hours(1));
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    let [contradiction] = case.contradictions.as_slice() else { panic!("{case}") };
    assert_eq!(contradiction.kind, ContradictionKind::IssuerNotInCharge);
    assert_eq!(contradiction.severity, Severity::StatementFailed);
    // Once it took over it may.
    life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(0));
    let case = life.case();
    assert_eq!((case.verdict, kinds(&case)), (CaseVerdict::Proven(State::Available), vec![]), "{case}");
}

#[test]
fn failures_after_a_success_are_told_and_do_not_count() {
    let mut life = Life::new();
    let available = life.first(StepEvent::ContentConsignment, hours(1));
    life.first(StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }, hours(2));
    life.opened(None, OpeningEvent::ContentHandover, hours(3));
    life.next(
        &available,
        StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() },
        hours(4),
    );
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Opened));
    assert_eq!(kinds(&case), [ContradictionKind::FailedAfterSuccess; 2], "{case}");

    let mut life = Life::new();
    life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(1));
    let silent = ExternalService::of("Another Service", enterprise("0244640631")).unwrap();
    life.first(StepEvent::RelayFailure { to: silent, reason: KnownReason::ServiceUnreachable.into() }, hours(2));
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Proven(State::Relayed), vec![ContradictionKind::FailedAfterSuccess])
    );
}

#[test]
fn a_service_does_not_relay_to_itself() {
    let mut life = Life::new();
    life.first(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(1));
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Proven(State::Relayed), vec![ContradictionKind::RelayedBySameService])
    );
}

#[test]
fn an_opening_after_the_end_of_availability_is_told() {
    for (time, is_late) in [(hours(5), false), (hours(5) + Duration::milliseconds(1), true)] {
        let mut life = Life::new();
        let available = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
        let available = available.with_availability(Availability::until(hours(5)).unwrap()).unwrap();
        life.sealed(&available);
        life.opened(None, OpeningEvent::ContentAccessTracking, time);
        let case = life.case();
        assert_eq!(case.availability_ends, Some(hours(5)));
        assert!(!case.has_availability_ended(hours(5)) && case.has_availability_ended(hours(6)));
        assert_eq!(kinds(&case).contains(&ContradictionKind::OpenedAfterAvailability), is_late, "{case}");
    }
}

#[test]
fn a_service_that_tells_two_stories_is_found_out() {
    let mut life = Life::new();
    // The same message with other content.
    let digests = recommande::PayloadDigests::of_bytes(b"another letter");
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let message = life.sent.statement().message_id().clone();
    let split = Sending::new(message, sender, Party::new(niss()), common::letter(), digests, now()).unwrap();
    life.sealed(&split);
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Contradicted(State::Submitted), vec![ContradictionKind::SplitView]),
        "{case}"
    );

    // Accepted and rejected.
    let mut life = Life::new();
    life.sealed(&Step::rejection(&sending(), KnownReason::NoConsent, now()).unwrap());
    let case = life.case();
    assert!(matches!(case.verdict, CaseVerdict::Contradicted(_)), "{case}");
    assert!(kinds(&case).contains(&ContradictionKind::AcceptedAndRejected), "{case}");

    // Two statements of one identifier.
    let mut life = Life::new();
    let issuer = life.service.sealer.issuer().clone();
    let one = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    let json = String::from_utf8(Codec::Json.encode(&one, &issuer).unwrap()).unwrap();
    let time = r#""EventTime":"2026-11-22T10:15:04Z""#;
    assert!(json.contains(time));
    let another: Step =
        Codec::Json.decode(json.replace(time, r#""EventTime":"2026-11-22T10:16:04Z""#).as_bytes()).unwrap().0;
    life.sealed(&one);
    life.sealed(&another);
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Contradicted(State::Available), vec![ContradictionKind::Equivocation]),
        "{case}"
    );
}

#[test]
fn what_the_state_does_not_allow_is_told() {
    let mut life = Life::new();
    life.first(StepEvent::ContentConsignment, hours(1));
    life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(2));
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Proven(State::Available), vec![ContradictionKind::EventOutOfOrder]),
        "{case}"
    );
    // A letter that was refused and opened is in doubt.
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, refuses(hours(2)), hours(2));
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(3));
    let case = life.case();
    assert_eq!(
        (case.verdict, kinds(&case)),
        (CaseVerdict::Contradicted(State::RefusedByRecipient), vec![ContradictionKind::EventOutOfOrder]),
        "{case}"
    );
}

#[test]
fn statements_of_two_environments_are_not_one_letter() {
    let mut life = Life::new();
    let credentials = Credentials::new(life.service.pki.seal.signer.clone(), life.service.pki.seal_chain()).unwrap();
    let real = Sealer::new(credentials, common::issuer(Environment::Production));
    let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    let proof = sealed_by(&life.service, &real, &step);
    life.files.push(proof.der().to_vec());
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Submitted), "{case}");
    assert!(kinds(&case).iter().all(|kind| *kind == ContradictionKind::EnvironmentsMixed), "{case}");
}

#[test]
fn letters_of_several_messages_are_told_apart() {
    let mut life = Life::new();
    life.sealed(&common::sending_of("2ZG0000036L3Z"));
    let letters = Case::of(&life.judged());
    let messages: Vec<_> = letters.iter().map(|letter| letter.message.as_str().to_owned()).collect();
    assert_eq!(messages, ["1ZG0000036L3Z", "2ZG0000036L3Z"]);
}

/// A letter of this terms that was opened after an hour, and the replies that the proofs show.
fn replies(terms: Terms, reply: impl Fn(&Life) -> Sending) -> Vec<Reply> {
    let mut life = Life::of(sending().with_terms(terms).unwrap());
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let reply = reply(&life);
    life.sealed(&common::forged_reply(&reply, &life.sent));
    let letters = Case::of(&life.judged());
    letters.into_iter().find(|letter| letter.message.as_str() == "1ZG0000036L3Z").unwrap().replies
}

pub fn reply(from: Party, to: Party, time: DateTime<Utc>) -> Sending {
    let message = recommande::MessageId::new("1ZG0000036L40").unwrap();
    Sending::new(message, from, to, common::letter(), common::digests(), time).unwrap()
}

#[test]
fn a_reply_is_by_a_recipient_and_goes_back() {
    let office = || Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let (citizen, other) = (|| Party::new(niss()), || Party::new(enterprise("0244142664")));
    let allowed = || Terms::new().with_reply_authorized();
    let objections = |terms, from: Party, to: Party, time| {
        let replies = replies(terms, |_| reply(from.clone(), to.clone(), time));
        let [reply] = replies.as_slice() else { panic!("{} replies", replies.len()) };
        (reply.holds(), reply.objections.clone())
    };
    assert_eq!(objections(allowed(), citizen(), office(), hours(2)), (true, vec![]));
    let before = (true, vec![ReplyObjection::BeforeOpening]);
    assert_eq!(objections(allowed(), citizen(), office(), hours(1) - Duration::milliseconds(1)), before);
    let refused = |objection| (false, vec![objection]);
    assert_eq!(
        objections(Terms::new().with_regime("FR-LRE").unwrap(), citizen(), office(), hours(2)),
        refused(ReplyObjection::NotAuthorised)
    );
    assert_eq!(objections(allowed(), other(), office(), hours(2)), refused(ReplyObjection::SenderIsNoRecipient));
    assert_eq!(objections(allowed(), citizen(), other(), hours(2)), refused(ReplyObjection::GoesElsewhere));
    // The sender named somebody else for replies.
    let elsewhere = || allowed().with_reply_to(enterprise("0244142664"));
    assert_eq!(objections(elsewhere(), citizen(), other(), hours(2)), (true, vec![]));
    assert_eq!(objections(elsewhere(), citizen(), office(), hours(2)), refused(ReplyObjection::GoesElsewhere));
    // Two recipients are one too many.
    let replies = replies(allowed(), |_| reply(citizen(), office(), hours(2)).with_recipient(other()).unwrap());
    assert_eq!(replies[0].objections, [ReplyObjection::GoesElsewhere]);
}

#[test]
fn a_crowd_costs_the_other_recipients_nothing() {
    let mut life = Life::of(sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    let available = Step::of(&life.sent, 2, StepEvent::ContentConsignment, hours(1)).unwrap();
    life.sealed(&available);
    let failure = || StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() };
    for second in 0..i64::try_from(MAX_PROOFS).unwrap() {
        let time = hours(1) + Duration::seconds(second);
        let step = Step::of(&life.sent, 1, failure(), time).unwrap();
        life.files.push(sealed_by(&life.service, &life.service.sealer, &step).der().to_vec());
        // What nobody sealed does not count.
        life.files.push(forged(life.files.last().unwrap()));
    }
    let letters = Case::of(&life.judged());
    let [crowded, other] = only(&letters).cases.as_slice() else { panic!() };
    // Of those about this recipient, with the sending, one is too many.
    assert_eq!(crowded.as_ref().unwrap_err().recipient, 1);
    assert_eq!(other.as_ref().unwrap().verdict, CaseVerdict::Proven(State::Available));
}

/// The same file with a digit of the issuer's number changed, which no signature covers.
fn forged(file: &[u8]) -> Vec<u8> {
    let mut forged = file.to_vec();
    let place = forged.windows(13).position(|octets| octets == b"BE/BE/0406798").unwrap() + 12;
    forged[place] = b'9';
    forged
}

#[test]
fn what_nobody_sealed_has_no_part_in_it() {
    let life = Life::long();
    let expected = life.case();
    for forgery in life.files.iter().map(|file| forged(file)) {
        for place in [0, life.files.len()] {
            let mut files = life.files.clone();
            files.insert(place, forgery.clone());
            let judged = judge(&life.verifier(), &files, afterwards());
            assert_eq!(case_of(&judged), expected);
            assert_eq!(Case::claims(&judged).len(), 1);
        }
    }
}

/// A service under the same anchors that has nothing to do with the letter, and states the number of the one that has.
pub fn stranger(life: &Life) -> Sealer {
    let (from, until) = (now() - Duration::days(30), now() + Duration::days(3_000));
    let spec = CertificateSpec::seal("Stranger", from, until).with_organization("Stranger", "NTRBE-0244640631");
    let made = life.service.pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let mut chain = life.service.pki.seal_chain();
    chain[0] = made.certificate.clone();
    Sealer::new(Credentials::new(made.signer, chain).unwrap(), common::issuer(Environment::Test))
}

#[test]
fn a_stranger_who_states_the_number_of_the_service_is_not_it() {
    let events = || {
        [
            StepEvent::ContentConsignment,
            StepEvent::RelayToNonERDS { system: "paper-post".to_owned() },
            StepEvent::RelayFailure { to: relayed("Silent"), reason: KnownReason::ServiceUnreachable.into() },
            StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() },
        ]
    };
    for event in events() {
        let mut life = Life::new();
        let sealer = stranger(&life);
        let step = Step::of(&life.sent, 1, event, hours(1)).unwrap();
        let proof = sealed_by(&life.service, &sealer, &step);
        life.files.push(proof.der().to_vec());
        let case = life.case();
        assert_eq!(
            (case.verdict, kinds(&case), case.contradictions[0].severity),
            (
                CaseVerdict::Proven(State::Submitted),
                vec![ContradictionKind::IssuerNotInCharge],
                Severity::StatementFailed
            ),
            "{case}"
        );
    }
    // Nor does it answer for the recipient, or take back what the service did.
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, accepts(hours(2)), hours(2));
    let sealer = stranger(&life);
    for step in [
        Step::after(&life.sent, &asked, refuses(hours(3)), hours(3)).unwrap(),
        Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(3)).unwrap(),
    ] {
        let proof = sealed_by(&life.service, &sealer, &step);
        life.files.push(proof.der().to_vec());
    }
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Accepted), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::IssuerNotInCharge; 2]);
    // A failure of the service is not undone by the success of a stranger.
    let failure = StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() };
    let mut life = Life::new();
    let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    let proof = sealed_by(&life.service, &stranger(&life), &step);
    life.files.push(proof.der().to_vec());
    life.first(failure, hours(2));
    assert_eq!(life.case().verdict, CaseVerdict::Proven(State::NotAvailable));
}

#[test]
fn a_further_relay_ends_nobodys_charge() {
    let mut life = Life::new();
    life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(1));
    life.elsewhere(StepEvent::ContentConsignment, hours(3));
    let expected = life.case();
    assert_eq!(expected.verdict, CaseVerdict::Proven(State::Available), "{expected}");
    // A third service states to have taken over between the two, and another one to have refused to.
    let (third, reason) = (stranger(&life), KnownReason::PolicyViolation.into());
    for event in [
        StepEvent::RelayAcceptance { from: relayed("Example") },
        StepEvent::RelayRejection { from: relayed("Example"), reason },
    ] {
        let step = Step::of(&life.sent, 1, event, hours(2)).unwrap();
        let proof = sealed_by(&life.service, &third, &step);
        life.files.push(proof.der().to_vec());
        let case = life.case();
        assert_eq!((case.verdict, case.milestones), (expected.verdict, expected.milestones), "{case}");
    }
    // Nor does it when it comes later.
    let step = Step::of(&life.sent, 1, StepEvent::RelayAcceptance { from: relayed("Example") }, hours(4)).unwrap();
    let proof = sealed_by(&life.service, &third, &step);
    life.files.push(proof.der().to_vec());
    assert_eq!(life.case().verdict, CaseVerdict::Proven(State::Available));
    // Whoever does not say from whom it took over took over from nobody.
    let from = ExternalService::of("Nobody", enterprise("0244142664")).unwrap();
    let mut life = Life::new();
    life.elsewhere(StepEvent::RelayAcceptance { from }, hours(1));
    assert_eq!(kinds(&life.case()), [ContradictionKind::IssuerNotInCharge]);
}

/// A relay that another one took over from is in charge still, as anybody can state to have taken over. What it states is told.
#[test]
fn what_a_relay_states_after_a_further_one_is_told() {
    let is_told = |states: fn(&mut Life)| {
        let mut life = Life::new();
        life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(1));
        let step = Step::of(&life.sent, 1, StepEvent::RelayAcceptance { from: relayed("Example") }, hours(3)).unwrap();
        let proof = sealed_by(&life.service, &stranger(&life), &step);
        life.files.push(proof.der().to_vec());
        states(&mut life);
        let case = life.case();
        assert_eq!((case.verdict, case.state()), (CaseVerdict::Proven(State::Available), State::Available), "{case}");
        assert!(case.facts.iter().all(|fact| fact.counts), "{case}");
        kinds(&case).contains(&ContradictionKind::StatedAfterRelay)
    };
    assert!(is_told(|life| _ = life.elsewhere(StepEvent::ContentConsignment, hours(4))));
    assert!(!is_told(|life| _ = life.elsewhere(StepEvent::ContentConsignment, hours(2))));
    // The service of the sending may state it always.
    assert!(!is_told(|life| _ = life.first(StepEvent::ContentConsignment, hours(4))));
    // Nor is the same relay a further one when it is stated once more.
    assert!(is_told(|life| {
        life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(4));
        life.elsewhere(StepEvent::ContentConsignment, hours(5));
    }));
}

#[test]
fn the_same_twice_is_no_contradiction() {
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, refuses(hours(2)), hours(2));
    life.next(&asked, refuses(hours(2)), hours(2));
    let case = life.case();
    assert_eq!((case.verdict, kinds(&case)), (CaseVerdict::Proven(State::RefusedByRecipient), vec![]), "{case}");
}

#[test]
fn a_second_request_does_not_shorten_the_period() {
    let lapsed = |again: &str| {
        let mut life = Life::new();
        life.asked();
        let window = Window::new(now(), at(again), "FR-LRE").unwrap();
        let asked = life.first(StepEvent::NotificationForAcceptance { window }, hours(2));
        life.next(&asked, lapses(), at(again));
        kinds(&life.case())
    };
    assert_eq!(lapsed("2026-12-07T22:59:59Z"), [ContradictionKind::ExpiryTooEarly]);
    assert_eq!(lapsed("2026-12-07T23:00:00Z"), []);
}

#[test]
fn a_statement_of_other_content_is_a_split_view() {
    let mut life = Life::new();
    let opening = Opening::of(&life.sent, ActedBy::Recipient(1), assurance(hours(1)), hours(1)).unwrap();
    let json = Codec::Json.encode(&opening, life.service.sealer.issuer()).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(json.contains("1ZG0000036L3Z"));
    let differing: Opening = Codec::Json.decode(json.replace("1ZG0000036L3Z", "1ZG0000036L4Z").as_bytes()).unwrap().0;
    life.sealed(&differing);
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::Submitted), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::SplitView]);
}

#[test]
fn equivocation_shows_whoever_stands_between() {
    let mut life = Life::new();
    let issuer = life.service.sealer.issuer().clone();
    let identifier = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    let identifier = identifier.evidence_identifier();
    for (minutes, is_stranger) in [(0, false), (1, true), (2, false)] {
        let time = hours(1) + Duration::minutes(minutes);
        let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, time).unwrap();
        let step = step.with_evidence_identifier(identifier);
        let sealer = if is_stranger { stranger(&life) } else { Sealer::new(credentials(&life), issuer.clone()) };
        let proof = sealed_by(&life.service, &sealer, &step);
        life.files.push(proof.der().to_vec());
    }
    assert!(kinds(&life.case()).contains(&ContradictionKind::Equivocation), "{}", life.case());
}

fn credentials(life: &Life) -> Credentials {
    Credentials::new(life.service.pki.seal.signer.clone(), life.service.pki.seal_chain()).unwrap()
}

#[test]
fn what_verified_elsewhere_needs_its_sending_too() {
    let life = Life::new();
    let opening = Opening::of(&life.sent, ActedBy::Recipient(1), assurance(hours(1)), hours(1)).unwrap();
    let proof = sealed_by(&life.service, &life.service.sealer, &opening);
    let opened = life.verifier().verify(&proof, &life.sent, afterwards()).unwrap();
    let case = case_of(&[Judged::from(&opened)]);
    assert_eq!((case.verdict, case.proven), (CaseVerdict::Incomplete(State::Opened), State::Unknown), "{case}");
    assert_eq!(case.missing[0].proof, life.sent.id().to_string());
    let case = case_of(&[Judged::from(&opened), Judged::from(&life.sent)]);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Opened), "{case}");
}

#[test]
fn what_lacks_a_link_does_not_leave_a_proven_state_that_is_further() {
    let mut life = Life::new();
    life.first(StepEvent::ContentConsignment, hours(1));
    let relay = life.elsewhere(StepEvent::RelayAcceptance { from: relayed("Example") }, hours(2));
    life.files.pop();
    let window = Window::new(now(), until(), "FR-LRE").unwrap();
    life.next(&relay, StepEvent::NotificationForAcceptance { window }, hours(3));
    let case = life.case();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
    assert_eq!(kinds(&case), [ContradictionKind::EventOutOfOrder]);
}

#[test]
fn a_stamp_that_proves_nothing_hides_no_contradiction() {
    let mut life = Life::new();
    let asked = life.asked();
    let issuer = life.service.sealer.issuer().clone();
    // The library makes no expiry that is too early.
    let step = Step::after(&life.sent, &asked, lapses(), until()).unwrap();
    let json = String::from_utf8(Codec::Json.encode(&step, &issuer).unwrap()).unwrap();
    let json = json.replace(r#""EventTime":"2026-12-07T23:00:00Z""#, r#""EventTime":"2026-12-07T22:59:59Z""#);
    let early: Step = Codec::Json.decode(json.as_bytes()).unwrap().0;
    let sealed = life.service.sealer.seal(&early, early.event_time()).unwrap();
    let time = early.event_time() + Duration::seconds(3);
    let token = |service: &Service| {
        let request = sealed.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
        let token = der::token_of_response(&service.tsa(time).respond(&request.to_der()));
        der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token)
    };
    let file = Node::parse(sealed.der()).with_unsigned(token(&life.service)).with_unsigned(token(&Service::new()));
    life.files.push(file.to_der());
    let case = life.case();
    assert_eq!(kinds(&case), [ContradictionKind::ExpiryTooEarly], "{case}");
}

#[test]
fn the_earlier_end_of_availability_counts() {
    let terms = Terms::new().with_expiration_time(hours(4)).unwrap();
    let mut life = Life::of(sending().with_terms(terms).unwrap());
    assert_eq!(life.case().availability_ends, Some(hours(4)));
    let until = Availability::until(hours(5)).unwrap();
    let step = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(1)).unwrap();
    life.sealed(&step.with_availability(until).unwrap());
    let case = life.case();
    assert_eq!(case.availability_ends, Some(hours(4)));
    assert!(!case.has_availability_ended(hours(4)) && case.has_availability_ended(hours(5)));
}

#[test]
fn clocks_of_two_services_may_differ() {
    // What is stated to be before the submission itself is no statement.
    let life = Life::of(sending().with_submission_time(now() - Duration::minutes(5)).unwrap());
    let step = Step::of(&life.sent, 1, StepEvent::RelayAcceptance { from: relayed("Example") }, now()).unwrap();
    let json = String::from_utf8(Codec::Json.encode(&step, life.other.issuer()).unwrap()).unwrap();
    let time = r#""EventTime":"2026-11-22T09:15:04Z""#;
    assert!(json.contains(time), "{json}");
    let relay = |time_by_other: &str, life: &Life| {
        let json = json.replace(time, &format!(r#""EventTime":"{time_by_other}""#));
        let step: Step = Codec::Json.decode(json.as_bytes()).unwrap().0;
        let proof = sealed_by(&life.service, &life.other, &step);
        case_of(&judge(&life.verifier(), &[life.files[0].clone(), proof.der().to_vec()], afterwards()))
    };
    let skew = Duration::seconds(recommande::Policy::default().clock_skew.into());
    let earliest = now() - skew;
    let shown = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    assert_eq!(relay(&shown(earliest), &life).verdict, CaseVerdict::Proven(State::Relayed));
    let case = relay(&shown(earliest - Duration::seconds(1)), &life);
    assert_eq!(kinds(&case), [ContradictionKind::EventBeforeCause], "{case}");
}

#[test]
fn a_refused_letter_has_its_moments_under_a_law() {
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, lapses(), until());
    let regime = Regime::named("FR-LRE").unwrap();
    let case = life.case();
    let moments = case.moments(&regime, afterwards()).unwrap();
    let deemed = moments.deemed.unwrap();
    assert_eq!((deemed.effect, deemed.day.to_string().as_str()), (Effect::Nothing, "2026-12-08"));
    assert!(moments.to_string().contains("neither served nor refused on 2026-12-08"), "{moments}");
    let shown = serde_json::to_value(&case).unwrap();
    assert_eq!((&shown["verdict"], &shown["state"]), (&"proven".into(), &"unclaimed".into()));
    // No identifier of a person is in it.
    assert!(!shown.to_string().contains(niss().as_str()));
}
