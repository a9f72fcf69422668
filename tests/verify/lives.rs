//! Lives of letters under the laws of several countries, with proofs of each event. The dates are counted by hand.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use recommande::evidence::{
    ActedBy, ConsignmentMode, ExternalService, KnownReason, Opening, OpeningEvent, Party, Statement, Step, StepEvent,
    Terms, Window,
};
use recommande::life::{
    Basis, Case, CaseVerdict, Effect, EffectiveOn, Milestone, PeriodRule, Regime, Span, State, Zone, judge,
};
use recommande::seal::Proof;
use recommande::testing::TestPki;
use recommande::verify::{Context, Payload, Verified};
use recommande::{MessageId, Sending};

use crate::cases::{accepts, case_of, lapses, refuses, sealed_by};
use crate::common::{Service, assurance, at, digests, enterprise, letter, niss};

/// A letter that was submitted at some time, and what became of it.
struct Played {
    service: Service,
    end: DateTime<Utc>,
    sent: Verified<Sending>,
    files: Vec<Vec<u8>>,
}

impl Played {
    fn submitted(time: &str, terms: Terms) -> Self {
        let time = at(time);
        let service = Service::with_pki(TestPki::new(time).unwrap());
        let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
        let message = MessageId::new("1ZG0000036L3Z").unwrap();
        let sending = Sending::new(message, sender, Party::new(niss()), letter(), digests(), time).unwrap();
        let sending = sending.with_terms(terms).unwrap();
        let proof = sealed_by(&service, &service.sealer, &sending);
        let end = time + Duration::days(60);
        let sent = service.verifier().verify(&proof, Payload::NotAvailable, end).unwrap();
        Self { service, end, sent, files: vec![proof.der().to_vec()] }
    }

    fn sealed<S: Statement>(&mut self, statement: &S) -> Proof<S> {
        let proof = sealed_by(&self.service, &self.service.sealer, statement);
        self.files.push(proof.der().to_vec());
        proof
    }

    fn first(&mut self, event: StepEvent, time: &str) -> Verified<Step> {
        let step = Step::of(&self.sent, 1, event, at(time)).unwrap();
        let proof = self.sealed(&step);
        self.service.verifier().verify(&proof, &self.sent, self.end).unwrap()
    }

    fn next(&mut self, cause: &Verified<Step>, event: StepEvent, time: &str) -> Verified<Step> {
        let step = Step::after(&self.sent, cause, event, at(time)).unwrap();
        let proof = self.sealed(&step);
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
        self.service.verifier().verify(&proof, context, self.end).unwrap()
    }

    /// The recipient is asked, and has the days of a law to answer.
    fn asked(&mut self, regime: &str, time: &str, until: &str) -> Verified<Step> {
        let period = Regime::named(regime).unwrap().period(at(time)).unwrap().unwrap();
        assert_eq!(period.until, at(until), "{regime}");
        let window = Window::new(at(time), at(until), regime).unwrap();
        self.first(StepEvent::NotificationForAcceptance { window }, time)
    }

    fn opened(&mut self, cause: Option<&Verified<Step>>, event: OpeningEvent, time: &str) {
        let time = at(time);
        let opening = Opening::of(&self.sent, ActedBy::Recipient(1), assurance(time), time).unwrap();
        let opening = opening.with_event(event).unwrap();
        let opening = cause.iter().fold(opening, |opening, cause| opening.with_cause(cause).unwrap());
        self.sealed(&opening);
    }

    fn case(&self) -> Case {
        let case = case_of(&judge(&self.service.verifier(), &self.files, self.end));
        assert!(case.contradictions.is_empty() && case.missing.is_empty(), "{case}");
        case
    }

    /// What the letter counts as, on which day, and by what.
    fn counts_as(&self, regime: &Regime, now: &str) -> Option<(Effect, String, Basis)> {
        let case = self.case();
        let moments = case.moments(regime, at(now)).unwrap();
        moments.deemed.map(|deemed| (deemed.effect, deemed.day.to_string(), deemed.basis))
    }

    fn counts_under(&self, regime: &str, now: &str) -> Option<(Effect, String, Basis)> {
        self.counts_as(&Regime::named(regime).unwrap(), now)
    }

    fn is_proven(&self, state: State) {
        assert_eq!(self.case().verdict, CaseVerdict::Proven(state));
    }
}

/// The sender names the law.
fn under(regime: &str) -> Terms {
    Terms::new().with_regime(regime).unwrap()
}

fn made(effect: Effect, day: &str, basis: Basis) -> Option<(Effect, String, Basis)> {
    Some((effect, day.to_owned(), basis))
}

/// Notice on Saturday, 16 October 2027, at 23:30 in Paris: the fifteenth day is the 31st, on which the clocks go back.
const FRENCH_NOTICE: &str = "2027-10-16T21:30:00Z";
const FRENCH_LAST: &str = "2027-10-31T22:59:59Z";
const FRENCH_END: &str = "2027-10-31T23:00:00Z";

fn french() -> (Played, Verified<Step>) {
    let terms = under("FR-LRE").with_consignment_mode(ConsignmentMode::Consent);
    let mut letter = Played::submitted("2027-10-16T08:00:00Z", terms);
    let asked = letter.asked("FR-LRE", FRENCH_NOTICE, FRENCH_END);
    (letter, asked)
}

#[test]
fn a_french_letter_is_left_unclaimed() {
    let (mut letter, asked) = french();
    assert_eq!(letter.counts_under("FR-LRE", FRENCH_LAST), None);
    // The proof that nobody claimed it is not made a second early.
    assert!(Step::after(&letter.sent, &asked, lapses(), at(FRENCH_LAST)).is_err());
    letter.next(&asked, lapses(), FRENCH_END);
    letter.is_proven(State::Unclaimed);
    let expired = made(Effect::Nothing, "2027-11-01", Basis::ProofOfExpiry);
    assert_eq!(letter.counts_under("FR-LRE", FRENCH_END), expired);
}

#[test]
fn a_french_letter_is_accepted_or_refused_in_the_last_second() {
    let (mut letter, asked) = french();
    letter.next(&asked, refuses(at(FRENCH_LAST)), FRENCH_LAST);
    letter.is_proven(State::RefusedByRecipient);
    let refused = made(Effect::Refused, "2027-10-31", Basis::ProofOfRefusal);
    assert_eq!(letter.counts_under("FR-LRE", "2027-12-01T00:00:00Z"), refused);

    let (mut letter, asked) = french();
    let accepted = letter.next(&asked, accepts(at(FRENCH_LAST)), FRENCH_LAST);
    let there = letter.next(&accepted, StepEvent::ContentConsignment, FRENCH_END);
    letter.opened(Some(&there), OpeningEvent::ContentHandover, FRENCH_END);
    letter.is_proven(State::Opened);
    // Midnight in Paris: it is handed over on the next day.
    let served = made(Effect::Served, "2027-11-01", Basis::ProofOfReceipt);
    assert_eq!(letter.counts_under("FR-LRE", "2027-12-01T00:00:00Z"), served);
}

#[test]
fn a_french_period_ends_with_the_year() {
    // Notice in the last second of 16 December: the fifteenth day is the 31st.
    let mut letter = Played::submitted("2026-12-16T08:00:00Z", under("FR-LRE"));
    let end = "2026-12-31T23:00:00Z";
    let asked = letter.asked("FR-LRE", "2026-12-16T22:59:59Z", end);
    letter.next(&asked, lapses(), end);
    let expired = made(Effect::Nothing, "2027-01-01", Basis::ProofOfExpiry);
    assert_eq!(letter.counts_under("FR-LRE", end), expired);
}

/// It arrives in the last second of 14 March 2027 in Warsaw: the fourteenth day is the 28th, on which the clocks go forward.
fn polish() -> (Played, Verified<Step>) {
    let mut letter = Played::submitted("2027-03-13T10:00:00Z", under("PL-PURDE-PRIVATE"));
    let there = letter.first(StepEvent::ContentConsignment, "2027-03-14T22:59:59Z");
    (letter, there)
}

#[test]
fn a_polish_letter_is_fetched_or_deemed_served() {
    let (letter, _) = polish();
    let end = "2027-03-28T22:00:00Z";
    assert_eq!(letter.counts_under("PL-PURDE-PRIVATE", "2027-03-28T21:59:59Z"), None);
    let fiction = made(Effect::Served, "2027-03-29", Basis::NoProofOfAnswer);
    assert_eq!(letter.counts_under("PL-PURDE-PRIVATE", end), fiction);
    // A public recipient has it as soon as it lies there.
    let arrived = made(Effect::Served, "2027-03-14", Basis::ProofOfReceipt);
    assert_eq!(letter.counts_under("PL-PURDE-PUBLIC", end), arrived);

    let fetched = made(Effect::Served, "2027-03-28", Basis::ProofOfReceipt);
    for (time, expected) in [("2027-03-28T21:59:59Z", fetched), (end, fiction)] {
        let (mut letter, there) = polish();
        letter.opened(Some(&there), OpeningEvent::ContentAccessTracking, time);
        letter.is_proven(State::Opened);
        assert_eq!(letter.counts_under("PL-PURDE-PRIVATE", "2027-04-01T00:00:00Z"), expected, "{time}");
    }
}

#[test]
fn a_spanish_letter_is_opened_or_refused_by_lapse_at_the_end_of_the_year() {
    // It lies there in the last second of 21 December in Madrid: the tenth day is the 31st.
    let spanish = || {
        let mut letter = Played::submitted("2026-12-21T09:00:00Z", under("ES-LPAC"));
        let there = letter.first(StepEvent::ContentConsignment, "2026-12-21T22:59:59Z");
        (letter, there)
    };
    let (letter, _) = spanish();
    let end = "2026-12-31T23:00:00Z";
    assert_eq!(letter.counts_under("ES-LPAC", "2026-12-31T22:59:59Z"), None);
    let lapse = made(Effect::Refused, "2027-01-01", Basis::NoProofOfAnswer);
    assert_eq!(letter.counts_under("ES-LPAC", end), lapse);
    let case = letter.case();
    let spain = Regime::named("ES-LPAC").unwrap();
    let sent = case.moments(&spain, at(end)).unwrap().sent.unwrap();
    assert_eq!((sent.milestone, sent.day.to_string().as_str()), (Milestone::Available, "2026-12-21"));

    let opened = made(Effect::Served, "2026-12-31", Basis::ProofOfReceipt);
    for (time, expected) in [("2026-12-31T22:59:59Z", opened), (end, lapse)] {
        let (mut letter, there) = spanish();
        letter.opened(Some(&there), OpeningEvent::ContentAccessTracking, time);
        assert_eq!(letter.counts_under("ES-LPAC", "2027-01-15T00:00:00Z"), expected, "{time}");
    }
}

#[test]
fn an_italian_letter_arrives_or_fails_within_a_day() {
    // Sent half an hour after midnight in Rome on 31 October 2027, which has 25 hours.
    let submitted = || Played::submitted("2027-10-30T22:30:00Z", under("IT-PEC"));
    let end = "2027-10-31T22:30:00Z";
    let mut letter = submitted();
    let to = ExternalService::of("Silent", enterprise("0406798006")).unwrap();
    letter.first(StepEvent::RelayFailure { to, reason: KnownReason::ServiceUnreachable.into() }, end);
    letter.is_proven(State::RelayFailed);
    assert_eq!(letter.counts_under("IT-PEC", "2027-10-31T22:29:59Z"), None);
    let failed = made(Effect::Nothing, "2027-10-31", Basis::NoProofOfAnswer);
    assert_eq!(letter.counts_under("IT-PEC", end), failed);
    let case = letter.case();
    let italy = Regime::named("IT-PEC").unwrap();
    let period = case.moments(&italy, at(end)).unwrap().period.unwrap();
    assert_eq!((period.until, period.warned_at), (at(end), Some(at("2027-10-31T10:30:00Z"))));

    // It lies there, and nobody opens it.
    let mut letter = submitted();
    letter.first(StepEvent::ContentConsignment, "2027-10-31T22:29:59Z");
    letter.is_proven(State::Available);
    let arrived = made(Effect::Served, "2027-10-31", Basis::ProofOfReceipt);
    assert_eq!(letter.counts_under("IT-PEC", end), arrived);
}

#[test]
fn a_danish_letter_arrives_when_it_lies_there_whoever_opens_it() {
    // 28 March 2027 has 23 hours in Copenhagen, and ends at 22:00 UTC.
    for (time, day) in [("2027-03-28T21:59:59Z", "2027-03-28"), ("2027-03-28T22:00:00Z", "2027-03-29")] {
        let mut letter = Played::submitted("2027-03-27T09:00:00Z", under("DK-DIGITAL-POST"));
        let there = letter.first(StepEvent::ContentConsignment, time);
        let arrived = made(Effect::Served, day, Basis::ProofOfReceipt);
        assert_eq!(letter.counts_under("DK-DIGITAL-POST", time), arrived);
        letter.opened(Some(&there), OpeningEvent::ContentAccessTracking, "2027-04-10T09:00:00Z");
        assert_eq!(letter.counts_under("DK-DIGITAL-POST", "2027-05-01T00:00:00Z"), arrived);
    }
}

/// A Belgian contract: the recipient has some days from when the letter lies there, and is then deemed to have it.
fn contract(spans: Vec<Span>) -> Regime {
    let rule = PeriodRule {
        starts: vec![Milestone::Available],
        spans,
        warned_after: None,
        effect: Effect::Served,
        effective: EffectiveOn::DayAfter,
    };
    let brussels = Zone::named("Europe/Brussels").unwrap();
    Regime::new("CONTRACT-7", brussels).with_received([Milestone::Opened]).with_period(rule)
}

#[test]
fn a_belgian_letter_counts_by_a_regime_of_the_callers_own() {
    let eight_days = contract(vec![Span::Days(8)]);
    // Over the day on which the clocks go back, and over the end of the year.
    for (sent, there, last, end, day, next) in [
        (
            "2027-10-23T08:00:00Z",
            "2027-10-23T21:59:59Z",
            "2027-10-31T22:59:59Z",
            "2027-10-31T23:00:00Z",
            "2027-10-31",
            "2027-11-01",
        ),
        (
            "2026-12-23T08:00:00Z",
            "2026-12-23T22:59:59Z",
            "2026-12-31T22:59:59Z",
            "2026-12-31T23:00:00Z",
            "2026-12-31",
            "2027-01-01",
        ),
    ] {
        let mut letter = Played::submitted(sent, under("CONTRACT-7"));
        let available = letter.first(StepEvent::ContentConsignment, there);
        assert_eq!(letter.counts_as(&eight_days, last), None);
        let deemed = made(Effect::Served, next, Basis::NoProofOfAnswer);
        assert_eq!(letter.counts_as(&eight_days, end), deemed);
        letter.opened(Some(&available), OpeningEvent::ContentAccessTracking, last);
        let opened = made(Effect::Served, day, Basis::ProofOfReceipt);
        assert_eq!(letter.counts_as(&eight_days, end), opened);
        // What the law says by default could not be read, so that nothing is said.
        assert_eq!(letter.counts_under("BE-EBOX", end), None);
    }
}

#[test]
fn belgian_working_days_leave_out_the_holidays_that_the_caller_states() {
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let working_days = contract(vec![Span::WorkingDays(3)]).with_days_off([day("2026-12-25"), day("2027-01-01")]);
    // It lies there on Thursday, 24 December: Monday, Tuesday and Wednesday the 30th.
    let mut letter = Played::submitted("2026-12-24T08:00:00Z", under("CONTRACT-7"));
    letter.first(StepEvent::ContentConsignment, "2026-12-24T10:00:00Z");
    assert_eq!(letter.counts_as(&working_days, "2026-12-30T22:59:59Z"), None);
    let deemed = made(Effect::Served, "2026-12-31", Basis::NoProofOfAnswer);
    assert_eq!(letter.counts_as(&working_days, "2026-12-30T23:00:00Z"), deemed);
}
