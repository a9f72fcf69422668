//! Folds the facts about one recipient into a state.

use chrono::{DateTime, Utc};

use super::contradiction::{Contradiction, ContradictionKind, Severity};
use super::fact::{Fact, same_service};
use super::moments::Milestones;
use super::state::{Move, State};
use crate::evidence::attribute::LEGAL_PERSON_IDENTIFIER;
use crate::evidence::{Event, IdentityAttribute, Issuer, Statement};
use crate::seal::ProofId;

/// What the facts about one recipient come to.
#[derive(Default)]
pub(super) struct Folded<'a> {
    pub(super) state: State,
    /// The fact that entered the state.
    pub(super) entered_by: Option<Fact<'a>>,
    /// Evidence in a foreign form entered the state from that of the fact.
    pub(super) is_entered_by_foreign: bool,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) milestones: Milestones,
    /// The content was opened or handed over without a proof that it lay there.
    pub(super) availability_not_proven: bool,
    /// The services in charge, one after the other, each since the proof that it took charge.
    pub(super) in_charge: Vec<Fact<'a>>,
    /// The last instant at which the content is available.
    pub(super) availability_ends: Option<DateTime<Utc>>,
}

/// Folds facts about one recipient, in their order.
pub(super) fn fold<'a>(facts: &[Fact<'a>]) -> Folded<'a> {
    let mut fold = Fold { folded: Folded::default(), acceptance: None, refusal: None, facts };
    facts.iter().for_each(|fact| fold.take(*fact));
    fold.answers();
    fold.folded
}

struct Fold<'a, 'f> {
    folded: Folded<'a>,
    /// The acceptance (C.3).
    acceptance: Option<Fact<'a>>,
    /// The refusal, or the expiry of the period for an answer (C.4, C.5).
    refusal: Option<Fact<'a>>,
    facts: &'f [Fact<'a>],
}

impl<'a> Fold<'a, '_> {
    fn take(&mut self, fact: Fact<'a>) {
        self.look_at_reasons(fact);
        if self.is_not_in_charge(fact) {
            return self.contradict(ContradictionKind::IssuerNotInCharge, [fact.id()]);
        }
        self.look_at_relay(fact);
        if self.lacks_acceptance(fact) || self.fails_after_success(fact) {
            return;
        }
        match self.folded.state.after(fact.event) {
            Move::Enters(state) => self.enter(state, fact),
            Move::Beside => {}
            Move::Refused => match State::entered_by(fact.event) {
                // What it names and is not at hand may have brought the letter there.
                Some(state) if !fact.is_proven() && !self.folded.state.is_final() => self.enter(state, fact),
                Some(_) | None => return self.refuse(fact),
            },
        }
        self.remember(fact);
    }

    fn enter(&mut self, state: State, fact: Fact<'a>) {
        if state == State::Opened {
            self.look_at_availability(fact);
        }
        // The first one sets the time, and is the ground.
        if self.folded.state != state || self.folded.entered_by.is_none() {
            self.folded.state = state;
            self.folded.entered_by = Some(fact);
        }
    }

    /// The state at that time does not allow the event. Whether the letter was refused or opened is then in doubt.
    fn refuse(&mut self, fact: Fact<'a>) {
        let (state, refused) = (self.folded.state, State::entered_by(fact.event));
        let in_doubt = state.is_final() || refused.is_some_and(State::is_final);
        let proofs = self.folded.entered_by.into_iter().chain([fact]).map(|fact| fact.id());
        self.folded.contradictions.push(Contradiction {
            kind: ContradictionKind::EventOutOfOrder,
            severity: if in_doubt { Severity::Failed } else { Severity::Warning },
            proofs: proofs.collect(),
        });
    }

    /// C, D and E evidence is by the service that is in charge: that of the sending, or the last one that took over.
    fn is_not_in_charge(&self, fact: Fact<'a>) -> bool {
        let Some(first) = self.folded.in_charge.first() else { return false };
        let last = self.folded.in_charge.last().unwrap_or(first);
        let is_by = |service: &Fact<'_>| same_service(&service.stated.issuer, &fact.stated.issuer);
        fact.is_for_service_in_charge() && !is_by(first) && !is_by(last)
    }

    fn look_at_reasons(&mut self, fact: Fact<'a>) {
        if fact.statement().reasons().iter().any(|reason| reason.contradicts(fact.event)) {
            self.contradict(ContradictionKind::ReasonContradictsEvent, [fact.id()]);
        }
    }

    fn look_at_relay(&mut self, fact: Fact<'a>) {
        let is_relay = matches!(fact.event, Event::RelayAcceptance | Event::RelayRejection);
        let Some(sender) = self.folded.in_charge.first().copied() else { return };
        if is_relay && same_service(&sender.stated.issuer, &fact.stated.issuer) {
            self.contradict(ContradictionKind::RelayedBySameService, [sender.id(), fact.id()]);
        }
    }

    /// The sender asked for acceptance first.
    fn lacks_acceptance(&mut self, fact: Fact<'a>) -> bool {
        let needs_acceptance = (fact.event == Event::ContentConsignment || is_opening(fact.event))
            && self.sending().is_some_and(|sending| {
                sending.statement().terms().is_some_and(|terms| terms.consignment_mode().needs_acceptance())
            });
        // What led to the content's being there may be an acceptance that is not at hand.
        let may_be_missing = !fact.is_proven() && self.refusal.is_none();
        if !needs_acceptance || (self.acceptance.is_some() && self.refusal.is_none()) || may_be_missing {
            return false;
        }
        let proofs = self.refusal.into_iter().chain([fact]).map(|fact| fact.id());
        self.contradict(ContradictionKind::AcceptanceMissing, proofs);
        true
    }

    /// A failure of what succeeded before: the success stands.
    fn fails_after_success(&mut self, fact: Fact<'a>) -> bool {
        let is_success = |earlier: &&Fact<'_>| {
            let (success, failure) = (earlier.event, fact.event);
            (failure == Event::ContentConsignmentFailure && success == Event::ContentConsignment)
                || (failure == Event::ContentHandoverFailure && is_opening(success))
                || (failure == Event::RelayFailure && success == Event::RelayAcceptance && is_same_hop(earlier, &fact))
        };
        let success = self.facts.iter().take_while(|earlier| earlier.id() != fact.id()).find(is_success);
        let Some(success) = success.copied() else { return false };
        self.contradict(ContradictionKind::FailedAfterSuccess, [success.id(), fact.id()]);
        true
    }

    fn look_at_availability(&mut self, fact: Fact<'a>) {
        if self.folded.milestones.available.is_none() {
            self.folded.availability_not_proven = true;
        }
        if self.availability_ends().is_some_and(|end| fact.at() > end) {
            self.contradict(ContradictionKind::OpenedAfterAvailability, [fact.id()]);
        }
    }

    /// The last instant at which the content is available: the earlier of what the sender and the recipient's service say.
    fn availability_ends(&self) -> Option<DateTime<Utc>> {
        let asked = self.sending().and_then(|sending| sending.statement().terms()?.expiration_time());
        asked.into_iter().chain(self.folded.availability_ends).min()
    }

    fn sending(&self) -> Option<Fact<'a>> {
        self.folded.in_charge.first().copied().filter(Fact::is_sending)
    }

    /// Notes what the fact means for later ones.
    fn remember(&mut self, fact: Fact<'a>) {
        let milestones = &mut self.folded.milestones;
        let milestone = match fact.event {
            Event::SubmissionAcceptance | Event::ReceivedFromNonERDS => {
                self.folded.in_charge.push(fact);
                Some(&mut milestones.submitted)
            }
            Event::RelayAcceptance => {
                self.folded.in_charge.push(fact);
                None
            }
            Event::NotificationForAcceptance => Some(&mut milestones.asked),
            Event::ConsignmentAcceptance => {
                self.acceptance = Some(fact);
                Some(&mut milestones.accepted)
            }
            Event::ConsignmentRejection => {
                self.refusal = Some(fact);
                Some(&mut milestones.refused)
            }
            Event::AcceptanceRejectionExpiry => {
                self.refusal = Some(fact);
                Some(&mut milestones.expired)
            }
            Event::ContentConsignment => {
                if let Some(until) = fact.statement().availability().and_then(|stated| stated.last_instant()) {
                    self.folded.availability_ends = Some(until);
                }
                Some(&mut milestones.available)
            }
            Event::ConsignmentNotification => Some(&mut milestones.notified),
            Event::ContentAccessTracking | Event::ContentHandover => Some(&mut milestones.opened),
            Event::SubmissionRejection
            | Event::RelayRejection
            | Event::RelayFailure
            | Event::NotificationForAcceptanceFailure
            | Event::NotificationDelivered
            | Event::NotificationAccessTracking
            | Event::ContentConsignmentFailure
            | Event::ConsignmentNotificationFailure
            | Event::ContentHandoverFailure
            | Event::RelayToNonERDS
            | Event::RelayToNonERDSFailure => None,
        };
        if let Some(milestone) = milestone {
            milestone.get_or_insert(fact.at());
        }
    }

    /// Compares the answers with each other, and with the periods for them.
    fn answers(&mut self) {
        let of = |event: Event| self.facts.iter().filter(move |fact| fact.event == event).copied();
        let acceptances: Vec<_> = of(Event::ConsignmentAcceptance).collect();
        let refusals: Vec<_> = of(Event::ConsignmentRejection).collect();
        let expiries: Vec<_> = of(Event::AcceptanceRejectionExpiry).collect();
        let kinds = [&acceptances, &refusals, &expiries];
        if kinds.iter().filter(|kind| !kind.is_empty()).count() > 1 {
            let proofs: Vec<_> = kinds.into_iter().flatten().map(Fact::id).collect();
            return self.contradict(ContradictionKind::AnswersConflict, proofs);
        }
        for answer in acceptances.into_iter().chain(refusals) {
            if self.window_of(answer).is_some_and(|until| answer.at() >= until) {
                self.contradict(ContradictionKind::AnsweredTooLate, [answer.id()]);
            }
        }
    }

    /// The first instant that is too late for an answer, by the request that it answers.
    fn window_of(&self, answer: Fact<'a>) -> Option<DateTime<Utc>> {
        let cause = answer.statement().caused_by()?.proof_id();
        let request = self.facts.iter().find(|fact| fact.id().digest() == cause)?;
        request.statement().window().map(|window| window.until())
    }

    fn contradict(&mut self, kind: ContradictionKind, proofs: impl IntoIterator<Item = ProofId>) {
        let proofs = proofs.into_iter().collect();
        self.folded.contradictions.push(Contradiction { kind, severity: kind.severity(), proofs });
    }
}

fn is_opening(event: Event) -> bool {
    matches!(event, Event::ContentAccessTracking | Event::ContentHandover)
}

/// Tells if the failure to relay is about the service that stated to have taken over.
fn is_same_hop(acceptance: &Fact<'_>, failure: &Fact<'_>) -> bool {
    let number = |attributes: &[IdentityAttribute]| {
        let number = attributes.iter().find(|attribute| attribute.name() == LEGAL_PERSON_IDENTIFIER);
        number.and_then(|number| number.values().first().cloned())
    };
    let of_issuer = |issuer: &Issuer| number(issuer.attributes());
    let silent = failure.statement().external_service().and_then(|service| number(service.attributes()));
    silent.is_some() && silent == of_issuer(&acceptance.stated.issuer)
}
