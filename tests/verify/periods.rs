//! The periods for an answer: what is before them, and what the days that a sender asks for make of them.

use chrono::Duration;
use recommande::evidence::{ConsignmentMode, Step, StepEvent, Terms, Window};
use recommande::life::{CaseVerdict, ContradictionKind, State};

use crate::cases::{Life, accepts, hours, kinds, lapses};
use crate::common::{now, sending};

/// A request whose period has this begin and end, in hours.
fn asked(life: &mut Life, begin: i64, end: i64) -> recommande::verify::Verified<Step> {
    let window = Window::new(hours(begin), hours(end), "FR-LRE").unwrap();
    life.first(StepEvent::NotificationForAcceptance { window }, hours(1))
}

#[test]
fn an_answer_or_an_opening_before_the_period_is_told() {
    for (time, early) in [(4, true), (5, false)] {
        let mut life = Life::new();
        let request = asked(&mut life, 5, 240);
        life.next(&request, accepts(hours(time)), hours(time));
        assert_eq!(kinds(&life.case()).contains(&ContradictionKind::AnsweredBeforePeriod), early, "{}", life.case());
        let mut life = Life::new();
        asked(&mut life, 5, 240);
        life.opened(None, recommande::evidence::OpeningEvent::ContentAccessTracking, hours(time));
        let case = life.case();
        assert_eq!(kinds(&case).contains(&ContradictionKind::AnsweredBeforePeriod), early, "{case}");
    }
    // Of two requests the period that begins first counts.
    let mut life = Life::new();
    let first = asked(&mut life, 2, 240);
    asked(&mut life, 5, 480);
    life.next(&first, accepts(hours(3)), hours(3));
    assert_eq!(kinds(&life.case()), []);
}

#[test]
fn the_days_that_the_sender_asks_for_decide_what_is_late_and_what_is_early() {
    let with_days = |days| Life::of(sending().with_terms(Terms::new().with_answer_period_days(days).unwrap()).unwrap());
    let mut life = with_days(10);
    let request = asked(&mut life, 1, 15 * 24);
    let late = 1 + 11 * 24 + 2;
    life.next(&request, accepts(hours(late)), hours(late));
    let case = life.case();
    assert_eq!(kinds(&case), [ContradictionKind::AnsweredTooLate, ContradictionKind::AnswerPeriodDiffers], "{case}");
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Accepted));
    // An expiry that a request of five days allows is not stated before the ten days that were asked for.
    let mut life = with_days(10);
    let request = asked(&mut life, 1, 5 * 24);
    let early = Step::after(&life.sent, &request, lapses(), hours(6 * 24));
    assert_eq!(early, Err(recommande::evidence::EvidenceError::ExpiryTooEarly));
    let end = now() + Duration::hours(1 + 10 * 24);
    life.next(&request, lapses(), end);
    assert_eq!(kinds(&life.case()), [ContradictionKind::AnswerPeriodDiffers]);
    // As it was asked for, nothing is told.
    let mut life = with_days(10);
    let request = asked(&mut life, 1, 1 + 10 * 24);
    life.next(&request, accepts(hours(2)), hours(2));
    assert_eq!(kinds(&life.case()), []);
}

#[test]
fn an_answer_that_the_sender_did_not_ask_for_is_told_and_counts() {
    for (mode, told) in [(Some(ConsignmentMode::Basic), true), (Some(ConsignmentMode::Other), false), (None, false)] {
        let terms = mode.map(|mode| Terms::new().with_consignment_mode(mode));
        let mut life = Life::of(terms.into_iter().fold(sending(), |sending, terms| sending.with_terms(terms).unwrap()));
        let request = asked(&mut life, 1, 240);
        life.next(&request, accepts(hours(2)), hours(2));
        let case = life.case();
        assert_eq!(case.verdict, CaseVerdict::Proven(State::Accepted), "{case}");
        assert_eq!(kinds(&case).contains(&ContradictionKind::AnswerNotAskedFor), told, "{mode:?}: {case}");
    }
}
