//! A step of a letter between its sending and its opening is proven with its sending and with the step that led to it.

use crate::common::{
    self, Service, against, assurance, at, enterprise, has, later, niss, now, opened_at, pool, restated, sending,
};
use chrono::{DateTime, Duration, TimeDelta, Utc};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Availability, Codec, Committed, ConsignmentMode, Currency,
    DecodeStatementErrorKind, Event, EvidenceError, ExternalService, Field, Identifier, Issuer, KnownReason,
    Notification, Opening, OpeningEvent, Party, Payment, Reason, RecipientSignature, Salt, Salts, Statement, Step,
    StepEvent, Terms, Window,
};
use recommande::seal::{AnyProof, DecodeError, Proof, ProofOfStep, SealError};
use recommande::verify::{
    Code, Context, GivenProof, Indication, Octets, Outcome, Payload, Preceding, Question, Report, SendingContext,
    SubIndication, VerificationInput, Verified, Verifier, VerifyError,
};
use recommande::{Environment, ProofOfSending, Sending};

/// The end of the period for an answer.
fn until() -> DateTime<Utc> {
    now() + Duration::days(15)
}

pub fn afterwards() -> DateTime<Utc> {
    now() + Duration::days(60)
}

pub fn window() -> Window {
    Window::new(now(), until(), "FR-LRE").unwrap()
}

fn email() -> Notification {
    Notification::by("email").unwrap()
}

fn reason(known: KnownReason) -> Reason {
    known.into()
}

fn other_service() -> ExternalService {
    ExternalService::of("Another Service", enterprise("0244640631")).unwrap()
}

fn by_recipient() -> ActedBy {
    ActedBy::Recipient(1)
}

/// A letter whose sending asks for these terms, and its life.
pub struct Letter {
    service: Service,
    pub sent: Verified<Sending>,
}

impl Letter {
    pub fn new() -> Self {
        Self::of(&sending())
    }

    fn with_terms(terms: Terms) -> Self {
        Self::of(&sending().with_terms(terms).unwrap())
    }

    pub fn of(sending: &Sending) -> Self {
        let service = Service::new();
        let sent = service.verified(&service.proof_of(sending));
        Self { service, sent }
    }

    pub fn verifier(&self) -> Verifier {
        self.service.verifier()
    }

    pub fn proof<S: Statement>(&self, statement: &S) -> Proof<S> {
        let time = statement.event_time();
        let tsa = self.service.tsa(time + Duration::seconds(2));
        self.service.sealer.seal(statement, time).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    /// What the step of a service that does not keep to the rules, with the genuine key, would be.
    fn edited<S: Statement>(&self, statement: &S, from: &str, to: &str) -> S {
        let json = String::from_utf8(Codec::Json.encode(statement, self.service.sealer.issuer()).unwrap()).unwrap();
        assert!(json.contains(from), "{from} is not in {json}");
        Codec::Json.decode::<S>(json.replace(from, to).as_bytes()).unwrap().0
    }

    pub fn first(&self, event: StepEvent, time: DateTime<Utc>) -> Verified<Step> {
        let step = Step::of(&self.sent, 1, event, time).unwrap();
        self.verifier().verify(&self.proof(&step), &self.sent, afterwards()).unwrap()
    }

    fn next(&self, cause: &Verified<Step>, event: StepEvent, time: DateTime<Utc>) -> Verified<Step> {
        let step = Step::after(&self.sent, cause, event, time).unwrap();
        self.verified(&step, cause)
    }

    fn verified(&self, step: &Step, cause: &Verified<Step>) -> Verified<Step> {
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
        self.verifier().verify(&self.proof(step), context, afterwards()).unwrap()
    }

    pub fn asked(&self) -> Verified<Step> {
        self.first(StepEvent::NotificationForAcceptance { window: window() }, now() + Duration::hours(1))
    }

    fn accepted(&self) -> Verified<Step> {
        let time = now() + Duration::hours(2);
        let event = StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(time) };
        self.next(&self.asked(), event, time)
    }

    pub fn report<S: Statement>(&self, statement: &S, cause: Option<&Verified<Step>>) -> Report {
        let cause = cause.map_or(Preceding::NotGiven, Preceding::from);
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
        self.verifier().report(self.proof(statement).der(), context, afterwards())
    }
}

/// Every event of a step, with the step that leads to it where one has to.
pub fn each_step(letter: &Letter) -> Vec<(Step, Option<Verified<Step>>)> {
    let time = now() + Duration::hours(3);
    let late = until() + Duration::hours(1);
    let first = |event| (Step::of(&letter.sent, 1, event, time).unwrap(), None);
    let next =
        |cause: &Verified<Step>, event| (Step::after(&letter.sent, cause, event, late).unwrap(), Some(cause.clone()));
    let asked = letter.asked();
    let accepted = letter.accepted();
    let available = letter.next(&accepted, StepEvent::ContentConsignment, time);
    let told = StepEvent::ConsignmentNotification { notification: email().with_ordinal(1).unwrap() };
    let told = letter.next(&available, told, time);
    let system = || "paper-post".to_owned();
    let answered_by = by_recipient;
    vec![
        (Step::rejection(&sending(), KnownReason::NoConsent, time).unwrap(), None),
        first(StepEvent::RelayAcceptance { from: other_service() }),
        first(StepEvent::RelayRejection { from: other_service(), reason: reason(KnownReason::MessageRejected) }),
        first(StepEvent::RelayFailure { to: other_service(), reason: reason(KnownReason::ServiceUnreachable) }),
        first(StepEvent::NotificationForAcceptance { window: window() }),
        first(StepEvent::NotificationForAcceptanceFailure { reason: reason(KnownReason::NoDigitalUser) }),
        next(&asked, StepEvent::ConsignmentAcceptance { answered_by: answered_by(), assurance: assurance(time) }),
        next(
            &asked,
            StepEvent::ConsignmentRejection {
                answered_by: answered_by(),
                assurance: assurance(time),
                reason: reason(KnownReason::RejectedByRecipient),
            },
        ),
        next(&asked, StepEvent::AcceptanceRejectionExpiry { reason: reason(KnownReason::NotAcceptedByRecipient) }),
        next(&asked, StepEvent::NotificationDelivered { notification: email() }),
        next(&told, StepEvent::NotificationAccessTracking { notification: email() }),
        next(&accepted, StepEvent::ContentConsignment),
        first(StepEvent::ContentConsignmentFailure { reason: reason(KnownReason::NotConsignedForQuota) }),
        next(&available, StepEvent::ConsignmentNotification { notification: email().with_ordinal(2).unwrap() }),
        next(
            &told,
            StepEvent::ConsignmentNotificationFailure {
                notification: email(),
                reason: reason(KnownReason::NoDigitalUser),
            },
        ),
        next(&available, StepEvent::ContentHandoverFailure { reason: reason(KnownReason::AvailabilityEnded) }),
        first(StepEvent::RelayToNonERDS { system: system() }),
        first(StepEvent::RelayToNonERDSFailure {
            system: system(),
            reason: Reason::new("urn:example:no-paper").unwrap(),
        }),
    ]
}

#[test]
fn each_event_of_a_step_is_proven_with_its_sending_and_its_cause() {
    let letter = Letter::new();
    let steps = each_step(&letter);
    let events: Vec<_> = steps.iter().map(|(step, _)| step.event()).collect();
    assert_eq!(events, Step::EVENTS);
    for (step, cause) in &steps {
        let event = step.event();
        let report = letter.report(step, cause.as_ref());
        assert_eq!(report.indication, Indication::TotalPassed, "{event}\n{report}");
        assert_eq!(report.statement.as_ref().unwrap().event, event.name());
        // The seal commits to a delivery where there was one.
        let commits = report.findings.iter().any(|finding| finding.code == Code::CommitmentType);
        assert_eq!(commits, event == Event::ContentConsignment, "{event}");
        let proof = letter.proof(step);
        match AnyProof::from_der(proof.der()).unwrap() {
            AnyProof::Step(read) => assert_eq!(read.stated(), step),
            AnyProof::Sending(_) | AnyProof::Opening(_) => panic!("{event} is no step"),
            _ => unreachable!(),
        }
        assert_eq!(ProofOfSending::from_der(proof.der()), Err(DecodeError::AnotherEvent(event)));
        // Nothing passes without what led to it.
        let alone = letter.verifier().verify(&proof, Payload::NotAvailable, afterwards());
        assert_eq!(alone.is_ok(), event == Event::SubmissionRejection, "{event}");
        let without_cause = letter.report(step, None);
        assert_eq!(has(&without_cause, Code::CauseNotGiven), cause.is_some(), "{event}");
        assert_eq!(without_cause.indication == Indication::TotalPassed, cause.is_none(), "{event}");
    }
}

#[test]
fn a_refused_letter_is_proven_from_its_request() {
    let letter = Letter::new();
    let asked = letter.asked();
    let time = now() + Duration::hours(2);
    let refusal = StepEvent::ConsignmentRejection {
        answered_by: by_recipient(),
        assurance: assurance(time),
        reason: reason(KnownReason::RejectedByRecipient),
    };
    let refused = letter.next(&asked, refusal, time);
    let statement = refused.statement();
    assert_eq!(statement.answered_by(), Some(by_recipient()));
    assert_eq!(statement.assurance().map(Assurance::level), Some(AssuranceLevel::Substantial));
    assert_eq!(statement.reasons().first().and_then(Reason::known), Some(KnownReason::RejectedByRecipient));
    assert_eq!(statement.caused_by().map(|cause| *cause.proof_id()), Some(*asked.id().digest()));
    assert_eq!(statement.preceding_evidence().map(|sent| *sent.proof_id()), Some(*letter.sent.id().digest()));
    assert_eq!(statement.refers_to_recipient(), Some(1));
    // Nothing follows a refusal.
    let available = Step::after(&letter.sent, &refused, StepEvent::ContentConsignment, time);
    let (event, cause) = (Event::ContentConsignment, Event::ConsignmentRejection);
    assert_eq!(available, Err(EvidenceError::NotCausedBy { event, cause }));
}

#[test]
fn a_step_is_built_from_what_may_lead_to_it_alone() {
    let letter = Letter::of(&sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    let (asked, time) = (letter.asked(), now() + Duration::hours(2));
    let lapsed = || StepEvent::AcceptanceRejectionExpiry { reason: reason(KnownReason::NotAcceptedByRecipient) };
    let after = |event, time| Step::after(&letter.sent, &asked, event, time).map(|step| step.event());
    let missing = EvidenceError::MemberMissing("CausedBy");
    assert_eq!(Step::of(&letter.sent, 1, lapsed(), until()).map(|step| step.event()), Err(missing));
    assert_eq!(after(lapsed(), until() - TimeDelta::milliseconds(1)), Err(EvidenceError::ExpiryTooEarly));
    assert_eq!(after(lapsed(), until()), Ok(Event::AcceptanceRejectionExpiry));
    assert_eq!(
        after(StepEvent::NotificationDelivered { notification: email() }, now() + Duration::minutes(59)),
        Err(EvidenceError::EventBeforeCause)
    );
    // The recipient that was asked answers, not the other one.
    let answer = |recipient| StepEvent::ConsignmentAcceptance {
        answered_by: ActedBy::Recipient(recipient),
        assurance: assurance(time),
    };
    assert_eq!(after(answer(2), time), Err(EvidenceError::Opener));
    assert_eq!(after(answer(1), time), Ok(Event::ConsignmentAcceptance));
    // The sending of another letter.
    let another = Letter::new();
    let strange = Step::after(&another.sent, &asked, lapsed(), until());
    assert_eq!(strange, Err(EvidenceError::CauseOfAnotherLetter));
    let of = |recipient, event| Step::of(&letter.sent, recipient, event, time).map(|step| step.event());
    assert_eq!(of(3, StepEvent::ContentConsignment), Err(EvidenceError::NoSuchRecipient(3)));
    assert_eq!(of(0, StepEvent::ContentConsignment), Err(EvidenceError::NoSuchRecipient(0)));
    assert_eq!(of(2, StepEvent::ContentConsignment), Ok(Event::ContentConsignment));
    let wrong = StepEvent::ContentConsignmentFailure { reason: reason(KnownReason::RejectedByRecipient) };
    assert_eq!(of(1, wrong), Err(EvidenceError::ReasonContradictsEvent));
    let early = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, now() - Duration::seconds(1));
    assert_eq!(early, Err(EvidenceError::EventBeforeSubmission));
    let untold = StepEvent::ConsignmentNotification { notification: email() };
    let available = letter.first(StepEvent::ContentConsignment, time);
    let told = Step::after(&letter.sent, &available, untold, time);
    assert_eq!(told, Err(EvidenceError::NotificationOrdinal));
}

#[test]
fn members_of_other_events_are_refused() {
    let letter = Letter::new();
    let available = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, later()).unwrap();
    let until = Availability::until(until()).unwrap();
    assert_eq!(available.clone().with_availability(until).unwrap().availability(), Some(&until));
    assert_eq!(available.clone().with_notification(email()), Err(EvidenceError::MemberForbidden("Notification")));
    let reason = available.clone().with_reason(Reason::new("urn:example:any").unwrap());
    assert_eq!(reason, Err(EvidenceError::MemberForbidden("EventReasons")));
    let signature = available.with_recipient_signature(RecipientSignature::new(b"0").unwrap());
    assert_eq!(signature, Err(EvidenceError::MemberForbidden("RecipientSignature")));
    let letter_with_replies = Letter::with_terms(Terms::new().with_reply_authorized());
    let reply = crate::cases::reply(Party::new(niss()), Party::new(enterprise("0566988259")), later())
        .replying_to(&letter_with_replies.sent)
        .unwrap();
    let reply = reply.with_event(recommande::evidence::SendingEvent::ReceivedFromNonERDS);
    assert!(letter.service.sealer.seal(&reply, now()).is_err(), "no reply comes in from outside");
}

#[test]
fn the_cause_is_the_one_that_the_statement_names() {
    let letter = Letter::new();
    let (asked, again) = (letter.asked(), letter.asked());
    let lapsed = StepEvent::AcceptanceRejectionExpiry { reason: reason(KnownReason::NotAcceptedByRecipient) };
    let lapsed = Step::after(&letter.sent, &asked, lapsed, until()).unwrap();
    assert_eq!(letter.report(&lapsed, Some(&asked)).indication, Indication::TotalPassed);
    let differs = letter.report(&lapsed, Some(&again));
    assert_eq!(differs.indication, Indication::TotalFailed);
    assert!(has(&differs, Code::CauseDiffers), "{differs}");
    // One that did not verify.
    let error = letter.verifier().verify(&letter.proof(&lapsed), Payload::NotAvailable, afterwards()).unwrap_err();
    let context = Context::new(&letter.sent, Payload::NotAvailable).with_cause(Preceding::Refused(&error));
    let refused = letter.verifier().report(&letter.proof(&lapsed), context, afterwards());
    assert_eq!(refused.indication, Indication::Indeterminate);
    assert!(has(&refused, Code::CauseNotVerified), "{refused}");
    // One that another verifier let pass.
    let lenient = letter.verifier().with_policy(recommande::Policy::historic());
    let sent = lenient.verify(&letter.service.proof(), Payload::NotAvailable, later()).unwrap();
    assert!(lenient.verify(&letter.proof(&lapsed), &sent, afterwards()).is_err());
}

/// The statement with a text replaced is what a service that does not keep to the rules would seal.
#[test]
fn a_forged_link_between_steps_fails() {
    let letter = Letter::of(&sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    let asked = letter.asked();
    let lapsed = StepEvent::AcceptanceRejectionExpiry { reason: reason(KnownReason::NotAcceptedByRecipient) };
    let lapsed = Step::after(&letter.sent, &asked, lapsed, until()).unwrap();
    let fails = |step: &Step, code| {
        let report = letter.report(step, Some(&asked));
        assert_eq!(report.indication, Indication::TotalFailed, "{code}: {report}");
        assert_eq!(report.sub_indication, Some(SubIndication::FormatFailure), "{code}");
        assert_eq!(against(&report), [code], "{report}");
    };
    let event_time = r#""EventTime":"2026-12-07T09:15:04Z""#;
    let at = |time: &str| letter.edited(&lapsed, event_time, &format!(r#""EventTime":"{time}""#));
    fails(&at("2026-12-07T09:15:03.999Z"), Code::ExpiryTooEarly);
    let recipient = r#""EvidenceRefersToRecipient":"#;
    let other = letter.edited(&lapsed, &format!("{recipient}1"), &format!("{recipient}2"));
    fails(&other, Code::CauseOfAnotherLetter);
    let delivered = StepEvent::NotificationDelivered { notification: email() };
    let delivered = Step::after(&letter.sent, &asked, delivered, later()).unwrap();
    let early =
        letter.edited(&delivered, r#""EventTime":"2026-11-23T09:15:04Z""#, r#""EventTime":"2026-11-22T10:14:03Z""#);
    fails(&early, Code::EventBeforeCause);
    // Two clocks may differ by the tolerance.
    let fast =
        letter.edited(&delivered, r#""EventTime":"2026-11-23T09:15:04Z""#, r#""EventTime":"2026-11-22T10:14:05Z""#);
    assert_eq!(letter.report(&fast, Some(&asked)).indication, Indication::TotalPassed);
    let told = letter.edited(&delivered, r#"{"Channel":"email"}"#, r#"{"Channel":"email","Ordinal":1}"#);
    let told = letter.edited(&told, "Event/NotificationDelivered", "Event/ConsignmentNotification");
    fails(&told, Code::EventDoesNotFollow);
}

#[test]
fn reasons_are_an_open_set() {
    let letter = Letter::new();
    let failure = |reason| StepEvent::ContentConsignmentFailure { reason };
    let own = Step::of(&letter.sent, 1, failure(Reason::new("urn:example:flood").unwrap()), later()).unwrap();
    let report = letter.report(&own, None);
    assert_eq!(report.indication, Indication::TotalPassed);
    assert!(has(&report, Code::ReasonNotKnown));
    assert!(report.to_string().contains("urn:example:flood"));
    assert_eq!(report.statement.unwrap().reasons, ["urn:example:flood"]);
    let quota = Step::of(&letter.sent, 1, failure(reason(KnownReason::NotConsignedForQuota)), later()).unwrap();
    let contradicting = letter.edited(&quota, "MessageNotConsignedForQuota", "R_ERDS_MessageRejectedByRecipient");
    let report = letter.report(&contradicting, None);
    assert_eq!(report.indication, Indication::TotalPassed);
    let finding = report.findings.iter().find(|finding| finding.code == Code::ReasonContradictsEvent).unwrap();
    assert_eq!(finding.outcome, Outcome::Warning);
    // Texts of a reason are shown nowhere.
    let told =
        quota.clone().with_reason(Reason::new("urn:example:x").unwrap().with_detail("An Peeters").unwrap()).unwrap();
    assert!(!format!("{told:?} {}", letter.report(&told, None)).contains("Peeters"));
    assert_eq!(quota.with_reason(KnownReason::NotConsignedForQuota), Err(EvidenceError::Twice("reason")));
}

#[test]
fn content_follows_an_acceptance_where_the_sender_asks_for_one() {
    let consent = || Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    let letter = Letter::with_terms(consent());
    let lacks = |report: &Report| has(report, Code::AcceptanceMissing) && report.indication == Indication::TotalFailed;
    let time = now() + Duration::hours(3);
    let unasked = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, time).unwrap();
    assert!(lacks(&letter.report(&restated(&unasked), None)));
    let accepted = letter.accepted();
    let available = letter.next(&accepted, StepEvent::ContentConsignment, time);
    let opening = Opening::of(&letter.sent, by_recipient(), assurance(opened_at()), opened_at()).unwrap();
    assert!(lacks(&letter.report(&restated(&opening), None)));
    let opening = opening.with_cause(&available).unwrap();
    assert!(has(&letter.report(&opening, None), Code::CauseNotGiven));
    let report = letter.report(&opening, Some(&available));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    // A sender that asks for nothing gets what it got before.
    let basic = Letter::new();
    let opening = Opening::of(&basic.sent, by_recipient(), assurance(opened_at()), opened_at()).unwrap();
    assert_eq!(basic.report(&opening, None).indication, Indication::TotalPassed);
}

#[test]
fn what_lacks_the_acceptance_or_the_signature_that_the_sender_asks_for_is_not_sealed() {
    let mode = |mode| Letter::with_terms(Terms::new().with_consignment_mode(mode));
    let (consent, signed) = (mode(ConsignmentMode::Consent), mode(ConsignmentMode::Signed));
    let time = now() + Duration::hours(3);
    let refused = |letter: &Letter, statement: &Step, member| {
        let sealer = &letter.service.sealer;
        let is_missing =
            |error| matches!(error, SealError::Statement(EvidenceError::MemberMissing(name)) if name == member);
        let prepared = sealer.prepare(statement, time).map(|_| ()).is_err_and(is_missing);
        sealer.seal(statement, time).map(|_| ()).is_err_and(is_missing) && prepared
    };
    let full = || StepEvent::ContentConsignmentFailure { reason: reason(KnownReason::NotConsignedForQuota) };
    for event in [StepEvent::ContentConsignment, full()] {
        let step = Step::of(&consent.sent, 1, event, time).unwrap();
        assert!(refused(&consent, &step, "CausedBy"), "{step:?}");
    }
    for event in [OpeningEvent::ContentAccessTracking, OpeningEvent::ContentHandover] {
        let opening = Opening::of(&consent.sent, by_recipient(), assurance(time), time).unwrap();
        let opening = opening.with_event(event).unwrap();
        let error = consent.service.sealer.seal(&opening, time).unwrap_err();
        assert!(matches!(error, SealError::Statement(EvidenceError::MemberMissing("CausedBy"))), "{error:?}");
    }
    // A service that took over is not the recipient, who accepts.
    let relayed = consent.first(StepEvent::RelayAcceptance { from: other_service() }, now() + Duration::hours(1));
    for event in [StepEvent::ContentConsignment, full()] {
        let cause = Event::RelayAcceptance;
        let error = EvidenceError::NotCausedBy { event: event.event(), cause };
        assert_eq!(Step::after(&consent.sent, &relayed, event, time), Err(error));
    }
    let asked = signed.asked();
    let event = StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(time) };
    let acceptance = Step::after(&signed.sent, &asked, event, time).unwrap();
    assert!(refused(&signed, &acceptance, "RecipientSignature"));
    // The mode is part of no statement: what was read is the same.
    assert_eq!(restated(&acceptance), acceptance);
    // Sealed as it was read, it lacks the same, which a report tells before the timestamp is paid for.
    let sealed = signed.service.sealer.seal(&restated(&acceptance), time).unwrap();
    let context = Context::new(&signed.sent, Payload::NotAvailable).with_cause(&asked);
    let report = signed.verifier().report(sealed.as_artifact(), context, time);
    assert!(has(&report, Code::RecipientSignatureMissing), "{report}");
    // A refusal needs no signature.
    let event = StepEvent::ConsignmentRejection {
        answered_by: by_recipient(),
        assurance: assurance(time),
        reason: reason(KnownReason::RejectedByRecipient),
    };
    let refusal = Step::after(&signed.sent, &asked, event, time).unwrap();
    assert_eq!(signed.report(&refusal, Some(&asked)).indication, Indication::TotalPassed);
}

#[test]
fn an_acceptance_is_signed_and_in_time_where_the_sender_asks_for_it() {
    let letter = Letter::with_terms(Terms::new().with_consignment_mode(ConsignmentMode::Signed));
    let (asked, time) = (letter.asked(), now() + Duration::hours(2));
    let acceptance = |time| {
        let event = StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(time) };
        Step::after(&letter.sent, &asked, event, time).unwrap()
    };
    let unsigned = letter.report(&restated(&acceptance(time)), Some(&asked));
    assert_eq!(unsigned.indication, Indication::TotalFailed);
    assert!(has(&unsigned, Code::RecipientSignatureMissing));
    let signature = RecipientSignature::new(b"a CMS SignedData").unwrap();
    let signed = acceptance(time).with_recipient_signature(signature.clone()).unwrap();
    let report = letter.report(&signed, Some(&asked));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::RecipientSignatureNotEvaluated));
    let late =
        |time| letter.report(&acceptance(time).with_recipient_signature(signature.clone()).unwrap(), Some(&asked));
    assert!(!has(&late(until() - TimeDelta::milliseconds(1)), Code::AnsweredTooLate));
    assert!(has(&late(until()), Code::AnsweredTooLate));
    assert_eq!(late(until()).indication, Indication::TotalPassed);
}

/// A request whose period begins `begin` and has so many days.
fn request_for(letter: &Letter, begin: DateTime<Utc>, days: i64) -> Verified<Step> {
    let window = Window::new(begin, begin + Duration::days(days), "FR-LRE").unwrap();
    letter.first(StepEvent::NotificationForAcceptance { window }, now())
}

#[test]
fn the_period_for_an_answer_has_the_days_that_the_sender_asks_for() {
    let letter = Letter::with_terms(Terms::new().with_answer_period_days(10).unwrap());
    // Counted from its begin or in the days of a place: what certainly is neither differs.
    for (hours, differs) in [(10 * 24 - 3, true), (10 * 24 - 2, false), (240, false), (266, false), (267, true)] {
        let window = Window::new(now(), now() + Duration::hours(hours), "FR-LRE").unwrap();
        let request = Step::of(&letter.sent, 1, StepEvent::NotificationForAcceptance { window }, now()).unwrap();
        let report = letter.report(&request, None);
        assert_eq!(has(&report, Code::AnswerPeriodDiffers), differs, "{hours}: {report}");
        assert_eq!(report.indication, Indication::TotalPassed);
    }
    let longer = request_for(&letter, now(), 15);
    let accepted = |time| {
        let event = StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(time) };
        letter.report(&Step::after(&letter.sent, &longer, event, time).unwrap(), Some(&longer))
    };
    let end = now() + Duration::hours(11 * 24 + 2);
    assert!(!has(&accepted(end - TimeDelta::milliseconds(1)), Code::AnsweredTooLate));
    assert!(has(&accepted(end), Code::AnsweredTooLate));
    // Nobody asked for days: the period of the request counts alone.
    let free = Letter::new();
    let report = free.report(request_for(&free, now(), 400).statement(), None);
    assert!(!has(&report, Code::AnswerPeriodDiffers));
}

#[test]
fn a_period_that_is_shorter_than_the_sender_asks_for_expires_no_earlier() {
    let letter = Letter::with_terms(Terms::new().with_answer_period_days(10).unwrap());
    let shorter = request_for(&letter, now(), 5);
    let lapsed = || StepEvent::AcceptanceRejectionExpiry { reason: reason(KnownReason::NotAcceptedByRecipient) };
    let first = now() + Duration::hours(10 * 24 - 2);
    let early = first - TimeDelta::milliseconds(1);
    assert_eq!(Step::after(&letter.sent, &shorter, lapsed(), early), Err(EvidenceError::ExpiryTooEarly));
    let in_time = Step::after(&letter.sent, &shorter, lapsed(), first).unwrap();
    assert_eq!(letter.report(&in_time, Some(&shorter)).indication, Indication::TotalPassed);
    let stated = |time: DateTime<Utc>| {
        let time = time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        format!(r#""EventTime":"{time}""#)
    };
    let report = letter.report(&letter.edited(&in_time, &stated(first), &stated(early)), Some(&shorter));
    assert_eq!(against(&report), [Code::ExpiryTooEarly], "{report}");
}

#[test]
fn an_answer_before_its_period_is_told() {
    let letter = Letter::new();
    let begin = now() + Duration::hours(5);
    let asked = request_for(&letter, begin, 15);
    let answered = |time| {
        let event = StepEvent::ConsignmentRejection {
            answered_by: by_recipient(),
            assurance: assurance(time),
            reason: reason(KnownReason::RejectedByRecipient),
        };
        letter.report(&Step::after(&letter.sent, &asked, event, time).unwrap(), Some(&asked))
    };
    let early = answered(begin - TimeDelta::milliseconds(1));
    assert!(has(&early, Code::AnsweredBeforePeriod) && early.indication == Indication::TotalPassed, "{early}");
    assert!(!has(&answered(begin), Code::AnsweredBeforePeriod));
}

#[test]
fn a_reason_is_told_under_every_event_that_is_not_its_own() {
    let letter = Letter::new();
    let (asked, accepted) = (letter.asked(), letter.accepted());
    let available = letter.next(&accepted, StepEvent::ContentConsignment, later());
    let other = |reason: &str| Reason::new(reason).unwrap();
    let service = || ExternalService::of("Another Service", enterprise("0244640631")).unwrap();
    let own = "urn:example:reason-of-ours";
    let answer = StepEvent::ConsignmentRejection {
        answered_by: by_recipient(),
        assurance: assurance(later()),
        reason: other(own),
    };
    let first = |event| Step::of(&letter.sent, 1, event, later()).unwrap();
    let after = |cause: &Verified<Step>, event, time| Step::after(&letter.sent, cause, event, time).unwrap();
    let rejection = Step::rejection(letter.sent.statement(), other(own), later()).unwrap();
    let relayed = first(StepEvent::RelayAcceptance { from: service() }).with_reason(other(own)).unwrap();
    let untold = StepEvent::ConsignmentNotificationFailure { notification: email(), reason: other(own) };
    let steps: Vec<(Step, Option<&Verified<Step>>)> = vec![
        (rejection, None),
        (relayed, None),
        (first(StepEvent::RelayRejection { from: service(), reason: other(own) }), None),
        (first(StepEvent::RelayFailure { to: service(), reason: other(own) }), None),
        (first(StepEvent::NotificationForAcceptanceFailure { reason: other(own) }), None),
        (after(&asked, answer, later()), Some(&asked)),
        (after(&asked, StepEvent::AcceptanceRejectionExpiry { reason: other(own) }, until()), Some(&asked)),
        (first(StepEvent::ContentConsignmentFailure { reason: other(own) }), None),
        (after(&available, untold, later()), Some(&available)),
        (after(&available, StepEvent::ContentHandoverFailure { reason: other(own) }, later()), Some(&available)),
        (first(StepEvent::RelayToNonERDSFailure { system: "paper-post".into(), reason: other(own) }), None),
    ];
    let may_have = |event: &&Event| {
        let presence = event.profile().presence(recommande::evidence::profile::Member::EventReasons);
        presence != recommande::evidence::profile::Presence::Forbidden
    };
    let tried: Vec<Event> = steps.iter().map(|(step, _)| step.event()).collect();
    let with_reasons: Vec<Event> = Event::ALL.iter().filter(may_have).copied().collect();
    assert_eq!(tried, with_reasons);
    for (step, cause) in &steps {
        for known in KnownReason::ALL {
            let report = letter.report(&letter.edited(step, own, known.uri()), *cause);
            let contradicts = !known.events().contains(&step.event());
            assert_eq!(has(&report, Code::ReasonContradictsEvent), contradicts, "{known:?} {}", step.event());
            assert!(!has(&report, Code::ReasonNotKnown), "{known:?}");
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        }
        let report = letter.report(step, *cause);
        assert!(has(&report, Code::ReasonNotKnown) && !has(&report, Code::ReasonContradictsEvent), "{report}");
    }
}

#[test]
fn an_opening_keeps_to_what_the_sender_asked_for() {
    let terms = Terms::new().with_required_assurance(AssuranceLevel::High).with_expiration_time(opened_at()).unwrap();
    let letter = Letter::with_terms(terms);
    let opening = |level, time| {
        let assurance = Assurance::new(level, time, "urn:example:two-factors").unwrap();
        Opening::of(&letter.sent, by_recipient(), assurance, time)
    };
    assert_eq!(opening(AssuranceLevel::Substantial, opened_at()), Err(EvidenceError::AssuranceBelowTerms));
    let opening = |time| letter.report(&opening(AssuranceLevel::High, time).unwrap(), None);
    let level = |level: AssuranceLevel| format!(r#"{{"AssuranceLevel":"{}"}}"#, level.uri());
    let high = Assurance::new(AssuranceLevel::High, opened_at(), "urn:example:two-factors").unwrap();
    let high = Opening::of(&letter.sent, by_recipient(), high, opened_at()).unwrap();
    let low = letter.edited(&high, &level(AssuranceLevel::High), &level(AssuranceLevel::Substantial));
    let low = letter.report(&low, None);
    assert_eq!(low.indication, Indication::TotalFailed);
    assert!(has(&low, Code::AssuranceBelowTerms));
    let at_the_end = opening(opened_at());
    assert_eq!(at_the_end.indication, Indication::TotalPassed);
    assert!(!has(&at_the_end, Code::OpenedAfterAvailability), "a tie is in time");
    let late = opening(opened_at() + TimeDelta::milliseconds(1));
    assert_eq!(late.indication, Indication::TotalPassed);
    assert!(has(&late, Code::OpenedAfterAvailability));
}

#[test]
fn the_parts_that_were_opened_are_stated() {
    let annex = recommande::PartDescription::new("annex.pdf", "application/pdf").unwrap();
    let letter = Letter::of(&sending().with_part(annex, recommande::PayloadDigests::of_bytes(b"annex")).unwrap());
    let opening = || Opening::of(&letter.sent, by_recipient(), assurance(opened_at()), opened_at()).unwrap();
    for parts in [&[1][..], &[1, 2]] {
        let opened = opening().with_opened_parts(parts).unwrap();
        assert_eq!(opened.opened_parts(), parts);
        assert_eq!(letter.report(&opened, None).indication, Indication::TotalPassed);
    }
    for parts in [&[][..], &[2], &[2, 1], &[1, 1], &[1, 3], &[0, 1]] {
        assert_eq!(opening().with_opened_parts(parts), Err(EvidenceError::OpenedParts), "{parts:?}");
    }
}

#[test]
fn a_rejected_submission_may_name_whom_nobody_knows() {
    let letter = Letter::new();
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let submission = |recipient| {
        let id = recommande::MessageId::new("1ZG0000036L3Z").unwrap();
        Sending::new(id, sender.clone(), Party::new(recipient), common::letter(), common::digests(), now()).unwrap()
    };
    let nobody = submission(Identifier::as_submitted("85.07.30-033.29").unwrap());
    let rejected = Step::rejection(&nobody, KnownReason::NoConsent, now()).unwrap();
    let report = letter.report(&rejected, None);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(!has(&report, Code::CommitmentType));
    assert!(rejected.preceding_evidence().is_none() && rejected.refers_to_recipient().is_none());
    // It is never sealed as a sending.
    assert!(letter.service.sealer.seal(&nobody, now()).is_err());
    let known = submission(niss().into());
    let rejected = Step::rejection(&known, KnownReason::RejectedByRecipient, now());
    assert_eq!(rejected, Err(EvidenceError::ReasonContradictsEvent));
}

/// Whoever keeps no disclosure leaves the value out.
#[test]
fn a_rejected_submission_can_commit_to_whom_nobody_knows() {
    let letter = Letter::new();
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let (id, value) = (recommande::MessageId::new("1ZG0000036L3Z").unwrap(), "85.07.30-033.29");
    let nobody = Party::new(Identifier::as_submitted(value).unwrap());
    let submission = Sending::new(id, sender, nobody, common::letter(), common::digests(), now()).unwrap();
    let rejected = Step::rejection(&submission, KnownReason::InvalidMessageFormat, now()).unwrap();
    let fields = Field::personal(&rejected);
    assert!(!fields.is_empty());
    let committed = Committed::of(&rejected, &fields, Salts::Random).unwrap();
    assert!(committed.statement().recipients()[0].identifier().is_as_submitted());
    let proof = letter.proof(committed.statement());
    let report = letter.verifier().report(&proof, Payload::NotAvailable, afterwards());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(!String::from_utf8_lossy(proof.der()).contains(value));
    let disclosed = SendingContext::new(Payload::NotAvailable).with_disclosure(committed.disclosure());
    let verified = letter.verifier().verify(&proof, Context::from(disclosed), afterwards()).unwrap();
    assert_eq!(verified.disclosed().unwrap().recipients()[0].identifier().value(), value);
    // The scheme is for nothing else, behind a commitment as in clear.
    let json = |statement: &Step| Codec::Json.encode(statement, letter.service.sealer.issuer()).unwrap();
    let json = String::from_utf8(json(committed.statement())).unwrap();
    let sent = json.replace("SubmissionRejection", "SubmissionAcceptance");
    assert!(Codec::Json.decode::<Sending>(sent.as_bytes()).is_err());
}

#[test]
fn a_notification_commits_to_the_address_that_it_reached() {
    let letter = Letter::new();
    let asked = letter.asked();
    let (address, salt) = ("An.Peeters@example.org", Salt::from_bytes(&[7; 32]).unwrap());
    let time = now() + Duration::hours(2);
    let delivered = || StepEvent::NotificationDelivered { notification: email() };
    let opened = StepEvent::NotificationAccessTracking { notification: email() };
    for event in [delivered(), opened] {
        let step = Step::after(&letter.sent, &asked, event, time).unwrap();
        let step = step.with_notified_address(address, &salt).unwrap();
        let report = letter.report(&step, Some(&asked));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let read = restated(&step);
        assert_eq!(read, step);
        let (told, id) = (read.notification().unwrap(), read.evidence_identifier());
        assert!(told.has_reached(address, &salt, id));
        assert!(!told.has_reached("another@example.org", &salt, id));
        assert!(!told.has_reached(address, &Salt::from_bytes(&[8; 32]).unwrap(), id));
        assert!(!told.has_reached(address, &salt, asked.statement().evidence_identifier()));
        let shown = format!("{step:?} {report} {}", serde_json::to_string(&report).unwrap());
        assert!(!shown.contains("Peeters"), "{shown}");
        // It is bound to this statement.
        let renamed = step.clone().with_evidence_identifier(asked.statement().evidence_identifier());
        assert!(letter.service.sealer.seal(&renamed, time).is_err());
        let event = StepEvent::NotificationDelivered { notification: told.clone() };
        let moved = Step::after(&letter.sent, &asked, event, time);
        assert_eq!(moved, Err(EvidenceError::ChangedAfterCommitting));
        let address = told.address().unwrap().to_string();
        for cut in [&address[1..], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let json = Codec::Json.encode(&step, letter.service.sealer.issuer()).unwrap();
            let json = String::from_utf8(json).unwrap().replace(&address, cut);
            assert!(Codec::Json.decode::<Step>(json.as_bytes()).is_err(), "{cut}");
        }
    }
    // A channel has no address where nothing reached it, and there is none without a channel.
    let failed = StepEvent::NotificationForAcceptanceFailure { reason: reason(KnownReason::NoDigitalUser) };
    let failed = Step::of(&letter.sent, 1, failed, time).unwrap();
    let missing = failed.clone().with_notified_address(address, &salt);
    assert_eq!(missing, Err(EvidenceError::MemberMissing("Notification")));
    let failed = failed.with_notification(email()).unwrap().with_notified_address(address, &salt);
    assert_eq!(failed, Err(EvidenceError::MemberForbidden("Notification.Address")));
    let step = Step::after(&letter.sent, &asked, delivered(), time).unwrap();
    assert!(step.with_notified_address("", &salt).is_err());
}

#[test]
fn a_letter_that_came_in_from_outside_has_steps_too() {
    let letter = Letter::of(&sending().with_event(recommande::evidence::SendingEvent::ReceivedFromNonERDS));
    assert_eq!(letter.sent.statement().event(), Event::ReceivedFromNonERDS);
    let available = letter.first(StepEvent::ContentConsignment, later());
    assert_eq!(available.statement().event(), Event::ContentConsignment);
    let opening = Opening::of(&letter.sent, by_recipient(), assurance(later()), later()).unwrap();
    assert_eq!(letter.report(&opening, None).indication, Indication::TotalPassed);
    assert_eq!(letter.report(letter.sent.statement(), None).indication, Indication::TotalPassed);
}

#[test]
fn the_service_that_took_a_letter_does_not_relay_it_to_itself() {
    let letter = Letter::new();
    let relayed = Step::of(&letter.sent, 1, StepEvent::RelayAcceptance { from: other_service() }, later()).unwrap();
    assert!(has(&letter.report(&relayed, None), Code::RelayedBySameService));
    let other = Issuer::of("Another Service", enterprise("0244640631"), Environment::Test).unwrap();
    let credentials =
        recommande::Credentials::new(letter.service.pki.seal.signer.clone(), letter.service.pki.seal_chain());
    let sealer = recommande::Sealer::new(credentials.unwrap(), other);
    let tsa = letter.service.tsa(later() + Duration::seconds(2));
    let proof: ProofOfStep = sealer.seal(&relayed, later()).unwrap().stamp_with(&pool(tsa)).unwrap();
    let report = letter.verifier().report(&proof, &letter.sent, afterwards());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(!has(&report, Code::RelayedBySameService));
}

#[test]
fn a_payment_is_stated_in_clear_or_by_a_commitment() {
    let currency: Currency = "EUR".parse().unwrap();
    let payment = |day: &str| {
        let payment =
            Payment::new("2026-118", currency.minor_units("12.30").unwrap(), 0, currency, day.parse().unwrap());
        payment.unwrap().with_iban("BE68539007547034").unwrap()
    };
    let (asked, salt) = (payment("2026-12-31"), Salt::from_bytes(&[7; 32]).unwrap());
    let other = payment("2027-12-31");
    let clear = Letter::of(&sending().with_payment_in_clear(asked.clone()));
    let committed = Letter::of(&sending().with_payment(&asked, &salt));
    for letter in [&clear, &committed] {
        let statement = letter.sent.statement();
        let (stated, identifier) = (statement.payment().unwrap(), statement.evidence_identifier());
        assert!(asked.is_stated_by(stated, Some(&salt), identifier));
        assert!(!other.is_stated_by(stated, Some(&salt), identifier));
    }
    let statement = committed.sent.statement();
    let (stated, identifier) = (statement.payment().unwrap(), statement.evidence_identifier());
    let another_salt = Salt::from_bytes(&[8; 32]).unwrap();
    assert!(!asked.is_stated_by(stated, Some(&another_salt), identifier));
    assert!(!asked.is_stated_by(stated, None, identifier));
    assert!(!asked.is_stated_by(stated, Some(&salt), clear.sent.statement().evidence_identifier()));
    let proof = committed.service.proof_of(statement);
    let octets = String::from_utf8_lossy(proof.der()).into_owned();
    assert!(!octets.contains("BE68539007547034") && octets.contains("Payment"));
    // The salt fits the statement for which the commitment was made, and no other one.
    let moved = statement.clone().with_evidence_identifier(identifier_of_another());
    assert!(committed.service.sealer.seal(&moved, now()).is_err());
    let late = Letter::of(&sending().with_payment_in_clear(payment("2026-11-21")));
    assert!(has(&late.report(late.sent.statement(), None), Code::PaymentDueBeforeEvent));
    let today = Letter::of(&sending().with_payment_in_clear(payment("2026-11-22")));
    assert!(!has(&today.report(today.sent.statement(), None), Code::PaymentDueBeforeEvent));
}

fn identifier_of_another() -> recommande::evidence::EvidenceIdentifier {
    recommande::evidence::EvidenceIdentifier::from_bytes([3; 16])
}

/// What a relay or an exit says of the only recipient needs no index.
#[test]
fn a_relay_names_its_recipient_where_there_are_several() {
    let relay = || StepEvent::RelayAcceptance { from: other_service() };
    let index = r#","EvidenceRefersToRecipient":1"#;
    let letter = Letter::new();
    let step = Step::of(&letter.sent, 1, relay(), later()).unwrap();
    let silent = letter.edited(&step, index, "");
    assert_eq!(silent.refers_to_recipient(), Some(1));
    let report = letter.report(&silent, None);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let asked = StepEvent::NotificationForAcceptance { window: window() };
    let relayed = letter.verifier().verify(&letter.proof(&silent), &letter.sent, afterwards()).unwrap();
    assert_eq!(letter.next(&relayed, asked, later()).statement().event(), Event::NotificationForAcceptance);
    let several = Letter::of(&sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    let step = Step::of(&several.sent, 1, relay(), later()).unwrap();
    let json = String::from_utf8(Codec::Json.encode(&step, several.service.sealer.issuer()).unwrap()).unwrap();
    let error = Codec::Json.decode::<Step>(json.replace(index, "").as_bytes()).unwrap_err();
    assert_eq!(error.kind(), &DecodeStatementErrorKind::Refused(EvidenceError::RecipientNotStated));
}

/// Who is erased from a letter is erased from its steps.
#[test]
fn steps_of_a_letter_with_commitments_commit_too() {
    let plain = sending();
    let (committed, disclosure) = Committed::of(&plain, &Field::personal(&plain), Salts::Random).unwrap().into_parts();
    let letter = Letter::of(&committed);
    // Without the disclosure, what nobody does can be stated, and an answer cannot.
    let available = Step::of(&letter.sent, 1, StepEvent::ContentConsignment, later()).unwrap();
    let report = letter.report(&available, None);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::CommitmentsNotCompared));
    let asked = letter.asked();
    let answer = || StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(later()) };
    let accepted = Step::after(&letter.sent, &asked, answer(), later()).map(|step| step.event());
    assert_eq!(accepted, Err(EvidenceError::OpenerNotDisclosed));
    // With it, the steps commit anew.
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let proof = letter.service.proof_of(&committed);
    let disclosed = letter.verifier().verify(&proof, context, later()).unwrap();
    let refused = Step::of(&disclosed, 1, StepEvent::ContentConsignment, later()).map(|step| step.event());
    assert_eq!(refused, Err(EvidenceError::HoldsCommitments));
    let request = StepEvent::NotificationForAcceptance { window: window() };
    let request = Step::of_disclosed(&disclosed, 1, request, later(), Salts::Random).unwrap();
    let request = request.try_map(|step| step.with_notification(email())).unwrap();
    let request = letter.proof(request.statement());
    let asked = letter.verifier().verify(&request, &disclosed, afterwards()).unwrap();
    let accepted = Step::after_disclosed(&disclosed, &asked, answer(), later(), Salts::Random).unwrap();
    let proof = letter.proof(accepted.statement());
    let context = Context::new(&disclosed, Payload::NotAvailable).with_cause(&asked);
    let context = context.with_disclosure(accepted.disclosure());
    let accepted = letter.verifier().verify(&proof, context, afterwards()).unwrap();
    assert!(accepted.disclosed().is_some());
    for der in [request.der(), proof.der()] {
        assert!(!der.windows(11).any(|window| window == b"85073003328"), "a number of a person");
    }
}

/// Steps share a timestamp, as sendings do.
#[test]
fn steps_are_stamped_in_a_batch() {
    let letter = Letter::new();
    let steps: Vec<_> =
        (1..=3).map(|_| Step::of(&letter.sent, 1, StepEvent::ContentConsignment, later()).unwrap()).collect();
    let sealed = letter.service.sealer.seal_all(steps, later()).collect::<Result<Vec<_>, _>>().unwrap();
    let stamped = recommande::Batch::of(&sealed).unwrap().stamp_with(&pool(letter.service.tsa(later()))).unwrap();
    for seal in sealed {
        let proof: ProofOfStep = stamped.proof(seal).unwrap();
        assert!(letter.verifier().verify(&proof, &letter.sent, afterwards()).is_ok());
    }
}

#[test]
fn the_steps_of_a_letter_are_verified_again_years_later() {
    let letter = Letter::new();
    let (asked, time) = (letter.asked(), now() + Duration::hours(2));
    let answer = StepEvent::ConsignmentAcceptance { answered_by: by_recipient(), assurance: assurance(time) };
    let accepted = letter.next(&asked, answer, time);
    let available = Step::after(&letter.sent, &accepted, StepEvent::ContentConsignment, time).unwrap();
    let octets = |der: &[u8]| Octets(der.to_vec());
    let (proof, sent) = (letter.proof(&available), letter.proof(letter.sent.statement()));
    let question = |causes| {
        Question::from(GivenProof { sending: Some(octets(sent.der())), causes, ..GivenProof::of(proof.der()) })
    };
    let proofs = [letter.proof(asked.statement()), letter.proof(accepted.statement())];
    let causes: Vec<_> = proofs.iter().map(|proof| octets(proof.der())).collect();
    let verifier = letter.verifier();
    let answer = |causes| verifier.answer(&question(causes), afterwards()).unwrap().reports.remove(0);
    let whole = answer(causes.clone());
    assert_eq!(whole.indication, Indication::TotalPassed, "{whole}");
    let input = verifier.input(question(causes.clone()), afterwards());
    let stored = serde_json::to_string(&input).unwrap();
    let again: VerificationInput = serde_json::from_str(&stored).unwrap();
    assert_eq!(again.verify().unwrap().reports, [whole]);
    // Without the request, the acceptance is not verified, and so the content is not shown to follow it.
    let broken = answer(causes.into_iter().skip(1).collect());
    assert!(has(&broken, Code::CauseNotVerified) && broken.indication == Indication::Indeterminate, "{broken}");
}

/// A build from before an event says so, and no more.
#[test]
fn an_event_that_is_not_known_is_indeterminate() {
    let letter = Letter::new();
    let json = Codec::Json.encode(letter.sent.statement(), letter.service.sealer.issuer()).unwrap();
    let json = String::from_utf8(json).unwrap();
    let sealed = |event: &str| {
        let content = json.replace("http://uri.etsi.org/19522/Event/SubmissionAcceptance", event);
        let pki = &letter.service.pki;
        let mut forge = recommande::testing::Forge::seal(content.as_bytes(), &pki.seal, &pki.seal_chain(), now());
        forge.sign(&*pki.seal.signer).unwrap();
        forge
    };
    let verifier = letter.verifier();
    let context = || Context::from(Payload::NotAvailable);
    let file = sealed("http://uri.etsi.org/19522/Event/LaterInvention").to_der();
    let report = verifier.report(file.as_slice(), context(), later());
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    let finding = report.findings.iter().find(|finding| finding.code == Code::EventNotKnown).unwrap();
    assert_eq!(finding.stated.as_deref(), Some("LaterInvention"));
    assert!(matches!(verifier.verify(file.as_slice(), context(), later()), Err(VerifyError::Indeterminate(_))));
    assert_eq!(AnyProof::from_der(&file).unwrap_err(), DecodeError::EventNotKnown("LaterInvention".to_owned()));
    // A seal that does not verify is told all the same.
    let mut broken = sealed("http://uri.etsi.org/19522/Event/LaterInvention");
    broken.first().signature.reverse();
    let report = verifier.report(broken.to_der().as_slice(), context(), later());
    assert_eq!(report.indication, Indication::TotalFailed);
    assert!(has(&report, Code::EventNotKnown) && has(&report, Code::SignatureInvalid), "{report}");
    // What is no event of the standard is no evidence.
    for event in ["http://uri.etsi.org/19522/Events/LaterInvention", "urn:example:event"] {
        let report = verifier.report(sealed(event).to_der().as_slice(), context(), at("2026-11-23T09:15:04Z"));
        assert_eq!((report.indication, has(&report, Code::Malformed)), (Indication::TotalFailed, true), "{event}");
    }
}
