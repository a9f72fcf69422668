//! What evidence in a foreign form that is about a letter makes of what its sealed proofs come to.

use chrono::{DateTime, TimeDelta, Utc};

use super::contradiction::{Contradiction, ContradictionKind, Severity};
use super::fact::Fact;
use super::fold::{Folded, is_named};
use super::foreign::{ForeignEvent, ForeignEvidence};
use super::foreign_fact::{ForeignEffect, ForeignObjection, Taken};
use super::moments::Milestones;
use super::state::{Move, State};
use crate::evidence::{Event, Statement};

/// Takes a piece of the letter. The milestone that it proves is reached whatever else is stated about the letter, as in the fold
/// of the sealed proofs, unless the acceptance is missing that the sender asked for.
pub(super) fn take(folded: &mut Folded<'_>, evidence: &ForeignEvidence, time: DateTime<Utc>) -> Taken {
    let event = evidence.stated.event;
    let is_shown = is_shown(event, folded);
    if lacks_acceptance(event, folded, time, evidence.clock_skew) {
        return match is_shown {
            true => ForeignEffect::Corroborates.into(),
            false => Taken::only(ForeignEffect::Objected, ForeignObjection::StateDoesNotAllow),
        };
    }
    let followed_by = without_availability(folded).filter(|_| event == ForeignEvent::ContentConsignment);
    note(&mut folded.milestones, event, time);
    match followed_by {
        Some(followed_by) if time <= followed_by => {
            folded.availability_not_proven = false;
            ForeignEffect::ClosesGap.into()
        }
        // That another relay failed shows nothing of this one.
        _ if is_shown && taken_over(evidence, folded).is_none() => ForeignEffect::Corroborates.into(),
        Some(_) => Taken::only(ForeignEffect::BesideState, ForeignObjection::LaterThanOpening),
        None if has_succeeded(event, folded) => {
            Taken::only(ForeignEffect::Objected, ForeignObjection::StateDoesNotAllow)
        }
        None if taken_over(evidence, folded).is_some() => {
            Taken::only(ForeignEffect::BesideState, ForeignObjection::StateDoesNotAllow)
        }
        None => enter(folded, event),
    }
}

/// Tells if another proof shows the event already.
fn is_shown(event: ForeignEvent, folded: &Folded<'_>) -> bool {
    match event {
        ForeignEvent::SubmissionAcceptance => folded.milestones.submitted.is_some(),
        ForeignEvent::ContentConsignment => folded.milestones.available.is_some(),
        ForeignEvent::SubmissionRejection | ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure => {
            Some(folded.state) == State::entered_by(event.event())
        }
    }
}

/// Tells if a proof shows that the letter lies there, or that it was taken. A failure counts where none does, whichever was first.
fn has_succeeded(event: ForeignEvent, folded: &Folded<'_>) -> bool {
    let is_there = folded.milestones.available.or(folded.milestones.opened).is_some();
    match event {
        ForeignEvent::SubmissionAcceptance | ForeignEvent::ContentConsignment => false,
        ForeignEvent::SubmissionRejection => is_there || folded.milestones.submitted.is_some(),
        ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure => is_there,
    }
}

/// What another service states that took over from the one that had no answer. Who took over itself speaks of the next service.
fn taken_over<'a>(evidence: &ForeignEvidence, folded: &Folded<'a>) -> Option<Fact<'a>> {
    if evidence.stated.event != ForeignEvent::RelayFailure {
        return None;
    }
    let own = || folded.in_charge.iter().filter(|service| evidence.is_by_service_of(service.stated));
    let is_from_it = |fact: &&Fact<'_>| {
        let from = fact.statement().external_service();
        let is_named = from.is_some_and(|from| own().any(|service| is_named(&service.stated.issuer, from)));
        fact.event == Event::RelayAcceptance && is_named && !evidence.is_by_service_of(fact.stated)
    };
    folded.heard.iter().find(is_from_it).copied()
}

/// The time of what happened to content without a proof that it lay there: it was opened, or could not be handed over.
fn without_availability(folded: &Folded<'_>) -> Option<DateTime<Utc>> {
    if folded.availability_not_proven {
        return folded.milestones.opened;
    }
    let is_failed = folded.state == State::HandoverFailed && folded.milestones.available.is_none();
    folded.entered_by.filter(|_| is_failed).map(|fact| fact.at())
}

/// The sender asked for acceptance first, and nobody had accepted by this time. Of several sendings each has to ask for it: one more
/// of them takes nothing away.
fn lacks_acceptance(event: ForeignEvent, folded: &Folded<'_>, time: DateTime<Utc>, clock_skew: TimeDelta) -> bool {
    let is_after_acceptance = match event {
        ForeignEvent::ContentConsignment | ForeignEvent::ContentConsignmentFailure => true,
        ForeignEvent::SubmissionAcceptance | ForeignEvent::SubmissionRejection | ForeignEvent::RelayFailure => false,
    };
    let needs_acceptance = |sending: &Fact<'_>| {
        sending.statement().terms().is_some_and(|terms| terms.consignment_mode().needs_acceptance())
    };
    let mut sendings = folded.heard.iter().filter(|fact| fact.is_sending()).peekable();
    let is_later = |accepted: DateTime<Utc>| accepted.signed_duration_since(time) > clock_skew;
    is_after_acceptance
        && sendings.peek().is_some()
        && sendings.all(needs_acceptance)
        && folded.milestones.accepted.is_none_or(is_later)
}

/// Enters the state from that of the services in charge: a stranger ends nothing.
fn enter(folded: &mut Folded<'_>, event: ForeignEvent) -> Taken {
    let before = folded.by_services_in_charge();
    if let Move::Enters(state) = before.state.after(event.event()) {
        folded.enter_after(before, state);
        return ForeignEffect::EntersState.into();
    }
    Taken::only(ForeignEffect::BesideState, ForeignObjection::StateDoesNotAllow)
}

/// Tells that the state by the sealed proofs does not allow a piece that counts, unless evidence can have led from it to there, or that
/// a relay failed after another service had stated to have succeeded in it.
pub(super) fn out_of_order(evidence: &ForeignEvidence, taken: &Taken, folded: &Folded<'_>) -> Option<Contradiction> {
    let event = evidence.stated.event;
    let is_beside = taken.effect == ForeignEffect::BesideState;
    taken.objection.filter(|objection| is_beside && *objection == ForeignObjection::StateDoesNotAllow)?;
    // An attempt that failed first is no news.
    let is_earlier = |success: &Fact<'_>| evidence.proven_at().is_some_and(|time| success.at() <= time);
    if let Some(success) = taken_over(evidence, folded).filter(is_earlier) {
        let kind = ContradictionKind::FailedAfterSuccess;
        return Some(Contradiction { kind, severity: kind.severity(), proofs: vec![success.id()] });
    }
    let of_services = folded.by_services_in_charge();
    if State::entered_by(event.event())?.can_reach(of_services.state) {
        return None;
    }
    // A failure takes nothing away, and what lacks a link may belong elsewhere.
    let is_in_doubt = !event.is_failure() && of_services.by.is_some_and(|fact| fact.is_proven());
    let severity = if is_in_doubt { Severity::Failed } else { Severity::Warning };
    let proofs = of_services.by.iter().map(Fact::id).collect();
    Some(Contradiction { kind: ContradictionKind::EventOutOfOrder, severity, proofs })
}

/// Notes the milestone that an event reached first. A failure is none.
pub(super) fn note(milestones: &mut Milestones, event: ForeignEvent, time: DateTime<Utc>) {
    match event {
        // A sealed sending has the time of the submission itself.
        ForeignEvent::SubmissionAcceptance => milestones.submitted = milestones.submitted.or(Some(time)),
        ForeignEvent::ContentConsignment => {
            milestones.available = Some(milestones.available.map_or(time, |first| first.min(time)));
        }
        ForeignEvent::SubmissionRejection | ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure => {}
    }
}
