//! What a sending and the step before ask of an event: an acceptance, an assurance, a time.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};

use crate::evidence::{
    Assurance, AssuranceLevel, ConsignmentMode, Event, Issuer, Sending, StatedPayment, Statement, Step, Terms, Window,
};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::verify::verified::Verified;

/// The reasons of the event: known ones, and not those of other events.
pub(crate) fn check_reasons(step: &Step, ledger: &mut Ledger<'_>) {
    for reason in step.reasons() {
        if reason.contradicts(step.event()) {
            let event = step.event();
            ledger.note_with(Subject::Statement, Code::ReasonContradictsEvent, || Details::both(reason.code(), event));
        } else if reason.known().is_none() {
            ledger.note_with(Subject::Statement, Code::ReasonNotKnown, || Details::stated(reason.code()));
        }
    }
}

/// The content lies where nobody has ever looked, as the service of the recipient states.
pub(crate) fn check_activation(step: &Step, ledger: &mut Ledger<'_>) {
    if step.availability().is_some_and(|availability| availability.is_never_activated()) {
        ledger.note(Subject::Statement, Code::NeverActivated);
    }
}

/// A payment is due on the day of the sending or later.
pub(crate) fn check_payment(sending: &Sending, ledger: &mut Ledger<'_>) {
    let Some(StatedPayment::Clear(payment)) = sending.payment() else { return };
    let (due, sent) = (payment.due_date(), sending.event_time().date_naive());
    if due < sent {
        ledger.note_with(Subject::Statement, Code::PaymentDueBeforeEvent, || Details::both(due, sent));
    }
}

/// The level at which the acting party was authenticated.
pub(crate) fn check_assurance(assurance: Option<&Assurance>, ledger: &mut Ledger<'_>) {
    if assurance.is_some_and(|assurance| assurance.level() == AssuranceLevel::Low) {
        ledger.note(Subject::Statement, Code::OpenedAtLowAssurance);
    }
}

/// What the sending asks for, and what the step before allows. `issuer` is that of the statement, and `cause` is the step that the statement names, if it is at
/// hand.
pub(crate) fn check_terms<S: Statement>(
    statement: &S,
    issuer: &Issuer,
    sending: &Verified<Sending>,
    cause: Option<&Step>,
    ledger: &mut Ledger<'_>,
) {
    let sent = sending.statement();
    check_acceptance(statement, sent, cause, ledger);
    check_level(statement, sent, ledger);
    check_window(statement, sent, ledger);
    check_answer(statement, sent, cause, ledger);
    check_is_asked_for(statement, sent, ledger);
    check_signature_is_there(statement, sent, ledger);
    check_availability(statement, sent, cause, ledger);
    check_relay(statement, issuer, sending, ledger);
}

/// Where the sender asks for an acceptance, content is made available after one, and opened or handed over after that.
fn check_acceptance<S: Statement>(statement: &S, sent: &Sending, cause: Option<&Step>, ledger: &mut Ledger<'_>) {
    let Some(needed) = statement.event().causes_needed_in(mode(sent)) else { return };
    let is_shown = match cause {
        Some(cause) => needed.contains(&cause.event()),
        // A step that is named and not at hand is told by its link.
        None => statement.caused_by().is_some(),
    };
    if !is_shown {
        ledger.note_with(Subject::Link, Code::AcceptanceMissing, || Details::stated(statement.event()));
    }
}

fn mode(sent: &Sending) -> ConsignmentMode {
    ConsignmentMode::asked_by(sent.terms())
}

/// The acting party was authenticated at the level that the sender asks for.
fn check_level<S: Statement>(statement: &S, sent: &Sending, ledger: &mut Ledger<'_>) {
    let code = if statement.mandate().is_some() { Code::AssuranceTooLow } else { Code::AssuranceBelowTerms };
    if let Some((stated, required)) = statement.core().level_below(sent.terms()) {
        ledger.note_with(Subject::Link, code, || Details::both(stated, required));
    }
}

/// The period that a request opens has the days that the sender asks for.
fn check_window<S: Statement>(statement: &S, sent: &Sending, ledger: &mut Ledger<'_>) {
    if let Some(window) = statement.window()
        && let Some((terms, ends)) = asked_for(sent, window)
        && !ends.contains(&window.until())
    {
        ledger.note_with(Subject::Link, Code::AnswerPeriodDiffers, || {
            let (from, until) = (text::time(window.from()), text::time(window.until()));
            Details::both(
                format_args!("{from} until {until}"),
                format_args!("{} days", terms.answer_period_days().unwrap_or_default()),
            )
        });
    }
}

/// What the sender asks for, and when a period of so many days can end that begins with this one.
fn asked_for<'a>(sent: &'a Sending, window: &Window) -> Option<(&'a Terms, RangeInclusive<DateTime<Utc>>)> {
    let terms = sent.terms()?;
    Some((terms, terms.ends_of_answer_period(window.from())?))
}

/// An answer is in its period, which ends no later than the sender asks for; and the expiry no earlier than that.
fn check_answer<S: Statement>(statement: &S, sent: &Sending, cause: Option<&Step>, ledger: &mut Ledger<'_>) {
    let Some(window) = cause.and_then(|cause| cause.window()) else { return };
    let (event_time, ends) = (statement.event_time(), asked_for(sent, window).map(|(_, ends)| ends));
    let both = |time| Details::both(text::time(event_time), text::time(time));
    match statement.event() {
        Event::AcceptanceRejectionExpiry => {
            if let Some(first) = ends.map(|ends| *ends.start())
                && event_time < first
            {
                ledger.note_with(Subject::Link, Code::ExpiryTooEarly, || both(first));
            }
        }
        Event::ConsignmentAcceptance | Event::ConsignmentRejection => {
            // The end of the period is the first instant that is too late.
            let end = ends.map_or(window.until(), |ends| window.until().min(*ends.end()));
            if event_time >= end {
                ledger.note_with(Subject::Link, Code::AnsweredTooLate, || both(end));
            }
            if event_time < window.from() {
                ledger.note_with(Subject::Link, Code::AnsweredBeforePeriod, || both(window.from()));
            }
        }
        Event::SubmissionAcceptance
        | Event::SubmissionRejection
        | Event::RelayAcceptance
        | Event::RelayRejection
        | Event::RelayFailure
        | Event::NotificationForAcceptance
        | Event::NotificationForAcceptanceFailure
        | Event::NotificationDelivered
        | Event::NotificationAccessTracking
        | Event::ContentConsignment
        | Event::ContentConsignmentFailure
        | Event::ConsignmentNotification
        | Event::ConsignmentNotificationFailure
        | Event::ContentAccessTracking
        | Event::ContentHandover
        | Event::ContentHandoverFailure
        | Event::RelayToNonERDS
        | Event::RelayToNonERDSFailure
        | Event::ReceivedFromNonERDS => {}
    }
}

/// Where the sender wants the content to lie there at once, there is nothing to answer.
fn check_is_asked_for<S: Statement>(statement: &S, sent: &Sending, ledger: &mut Ledger<'_>) {
    if statement.event().is_of_answer() && sent.terms().is_some_and(Terms::asks_for_no_answer) {
        ledger.note_with(Subject::Link, Code::AnswerNotAskedFor, || Details::stated(statement.event()));
    }
}

/// An acceptance has the recipient's signature where the sender asks for it.
fn check_signature_is_there<S: Statement>(statement: &S, sent: &Sending, ledger: &mut Ledger<'_>) {
    let is_unsigned = statement.recipient_signature().is_none();
    if is_unsigned && statement.event().is_signed_in(mode(sent)) {
        ledger.note(Subject::Link, Code::RecipientSignatureMissing);
    }
}

/// Content is opened while it is available: the earlier one of what the sender asked for and what the service fixed counts.
fn check_availability<S: Statement>(statement: &S, sent: &Sending, cause: Option<&Step>, ledger: &mut Ledger<'_>) {
    let asked = sent.terms().and_then(|terms| terms.expiration_time());
    let fixed = cause.and_then(|cause| cause.availability()).and_then(|availability| availability.last_instant());
    let is_opening = matches!(statement.event(), Event::ContentAccessTracking | Event::ContentHandover);
    if let Some(last_instant) = asked.into_iter().chain(fixed).min()
        && is_opening
        && statement.event_time() > last_instant
    {
        ledger.note_with(Subject::Link, Code::OpenedAfterAvailability, || {
            Details::both(text::time(statement.event_time()), text::time(last_instant))
        });
    }
}

/// Who answers to a relay is another service than the one that took the sending.
fn check_relay<S: Statement>(statement: &S, issuer: &Issuer, sending: &Verified<Sending>, ledger: &mut Ledger<'_>) {
    let answers_to_relay = matches!(statement.event(), Event::RelayAcceptance | Event::RelayRejection);
    if answers_to_relay && issuer.legal_person_identifier() == sending.issuer().legal_person_identifier() {
        ledger.note(Subject::Link, Code::RelayedBySameService);
    }
}
