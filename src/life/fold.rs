//! Folds the facts about one recipient into a state.

use chrono::{DateTime, Utc};

use super::contradiction::{Contradiction, ContradictionKind, Severity};
use super::fact::Fact;
use super::moments::Milestones;
use super::side::SideFacts;
use super::state::{Move, State};
use crate::evidence::attribute::{LEGAL_NAME, LEGAL_PERSON_IDENTIFIER};
use crate::evidence::profile::IssuingService;
use crate::evidence::{ConsignmentMode, Event, ExternalService, IdentityAttribute, Issuer, Statement, Terms};
use crate::seal::ProofId;

/// What the facts about one recipient come to.
#[derive(Default)]
pub(super) struct Folded<'a> {
    pub(super) state: State,
    /// The fact that entered the state.
    pub(super) entered_by: Option<Fact<'a>>,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) milestones: Milestones,
    pub(super) side_facts: SideFacts,
    /// What was stated by those who may state it.
    pub(super) heard: Vec<Fact<'a>>,
    /// The content was opened or handed over without a proof that it lay there.
    pub(super) availability_not_proven: bool,
    /// The services in charge, one after the other, each since the proof that it took charge.
    pub(super) in_charge: Vec<Fact<'a>>,
    /// The last instant at which the content is available.
    pub(super) availability_ends: Option<DateTime<Utc>>,
    /// The state before a service refused to take the message over (B.2), or one that is not in charge took it outside (F.1). It
    /// was never in charge, so that it ends nothing.
    before_stranger: Option<Entered<'a>>,
}

/// A state, and the fact that entered it.
#[derive(Clone, Copy)]
pub(super) struct Entered<'a> {
    pub(super) state: State,
    pub(super) by: Option<Fact<'a>>,
}

impl<'a> Folded<'a> {
    /// The state, and what entered it.
    fn entered(&self) -> Entered<'a> {
        Entered { state: self.state, by: self.entered_by }
    }

    /// The state by the services in charge, and what entered it.
    pub(super) fn by_services_in_charge(&self) -> Entered<'a> {
        self.before_stranger.unwrap_or(self.entered())
    }

    /// Enters a state by evidence that is no fact. The ground is what entered the state before.
    pub(super) fn enter_after(&mut self, before: Entered<'a>, state: State) {
        self.before_stranger = None;
        self.state = state;
        self.entered_by = before.by;
    }
}

/// Folds facts about one recipient, in their order.
pub(super) fn fold<'a>(facts: impl Iterator<Item = Fact<'a>>) -> Folded<'a> {
    let mut fold = Fold::default();
    fold.folded.heard.reserve(facts.size_hint().1.unwrap_or_default());
    facts.for_each(|fact| fold.take(fact));
    fold.answers();
    fold.folded.availability_ends = fold.availability_ends();
    fold.folded
}

#[derive(Default)]
struct Fold<'a> {
    folded: Folded<'a>,
    /// The acceptance (C.3).
    acceptance: Option<Fact<'a>>,
    /// The refusal, or the expiry of the period for an answer (C.4, C.5).
    refusal: Option<Fact<'a>>,
    /// What the last service states that took over (B.1).
    last_relay: Option<Fact<'a>>,
    /// The states that the letter has been in.
    entered: Vec<State>,
}

impl<'a> Fold<'a> {
    fn take(&mut self, fact: Fact<'a>) {
        self.look_at_reasons(fact);
        if !self.may_state(fact) {
            return self.contradict(ContradictionKind::IssuerNotInCharge, [fact.id()]);
        }
        self.look_at_relay(fact);
        self.look_at_charge(fact);
        self.look_at_last_relay(fact);
        self.reach(fact);
        let is_set_aside = self.lacks_acceptance(fact) || self.fails_after_success(fact);
        self.folded.heard.push(fact);
        if is_set_aside {
            return;
        }
        match self.after(fact.event) {
            Move::Enters(state) => self.enter(state, fact),
            Move::Beside => {}
            Move::Refused => match State::entered_by(fact.event) {
                // What it names and is not at hand may have brought the letter there.
                Some(state) if !fact.is_proven() && self.folded.state.can_reach(state) => self.enter(state, fact),
                Some(_) | None => return self.refuse(fact),
            },
        }
        self.remember(fact);
    }

    /// What evidence of an event makes of the state.
    fn after(&self, event: Event) -> Move {
        match self.after_state(self.folded.state, event) {
            Move::Refused => self.after_state(self.folded.by_services_in_charge().state, event),
            moved => moved,
        }
    }

    /// Content that was never stated to lie there is opened from the first states in the mode basic alone, in which it lies there at
    /// once. In the modes that ask for an acceptance it is opened after that.
    fn after_state(&self, state: State, event: Event) -> Move {
        let is_basic = self.consignment_mode() == ConsignmentMode::Basic;
        match (state.after(event), state) {
            (Move::Enters(State::Opened), State::Submitted | State::Relayed) if !is_basic => Move::Refused,
            (moved, _) => moved,
        }
    }

    fn enter(&mut self, state: State, fact: Fact<'a>) {
        if state == State::Opened {
            self.look_at_availability(fact);
        }
        let before = self.folded.by_services_in_charge();
        let ends_nothing = fact.event == Event::RelayRejection || self.is_by_stranger(fact);
        self.folded.before_stranger = ends_nothing.then_some(before);
        self.entered.push(state);
        // The first one sets the time, and is the ground.
        if self.folded.state != state || self.folded.entered_by.is_none() {
            self.folded.state = state;
            self.folded.entered_by = Some(fact);
        }
    }

    /// The state at that time does not allow the event, so that the state is in doubt. Only the state that the letter is in can be
    /// stated again. What leads back to an earlier one changes nothing, and is a warning.
    fn refuse(&mut self, fact: Fact<'a>) {
        let was_entered = State::entered_by(fact.event).is_some_and(|state| self.entered.contains(&state));
        // Any service can state that it took over, refused to, or took it outside, and what lacks a link may belong elsewhere.
        let is_by_stranger = answers_to_relay(fact.event) || self.is_by_stranger(fact);
        let says_little = was_entered || is_by_stranger || !fact.is_proven();
        let severity = if says_little { Severity::Warning } else { Severity::Failed };
        let proofs = self.folded.entered_by.into_iter().chain([fact]).map(|fact| fact.id()).collect();
        self.folded.contradictions.push(Contradiction { kind: ContradictionKind::EventOutOfOrder, severity, proofs });
    }

    /// Evidence is by a service that took charge. That which takes over or refuses to is named by no one before, and names one
    /// that is in charge.
    ///
    /// Who took over does not end the charge of those before: else a later proof would take away what an earlier one proves.
    fn may_state(&self, fact: Fact<'a>) -> bool {
        if self.folded.in_charge.is_empty() || fact.statement().preceding_evidence().is_none() {
            return true;
        }
        let is_named_by = |from| self.folded.in_charge.iter().any(|service| is_named(&service.stated.issuer, from));
        if answers_to_relay(fact.event) {
            fact.statement().external_service().is_some_and(is_named_by)
        } else {
            self.is_in_charge(fact) || self.is_at_border(fact)
        }
    }

    /// A service at the border states that the letter left (F.1, F.2). It has another number than those in charge: whoever states
    /// the number of one of them without being it is nobody.
    fn is_at_border(&self, fact: Fact<'a>) -> bool {
        let number = fact.stated.issuer.legal_person_identifier();
        let is_of = |service: &Fact<'_>| service.stated.issuer.legal_person_identifier() == number;
        leaves(fact.event) && !self.folded.in_charge.iter().any(is_of)
    }

    fn is_in_charge(&self, fact: Fact<'a>) -> bool {
        self.folded.in_charge.iter().any(|service| service.is_by_service_of(&fact))
    }

    /// Somebody is in charge, and it is somebody else.
    fn is_by_stranger(&self, fact: Fact<'a>) -> bool {
        !self.folded.in_charge.is_empty() && !self.is_in_charge(fact)
    }

    /// Whoever took charge is in charge whatever the state: a statement about the letter must not end that.
    fn look_at_charge(&mut self, fact: Fact<'a>) {
        let takes_charge =
            matches!(fact.event, Event::SubmissionAcceptance | Event::ReceivedFromNonERDS | Event::RelayAcceptance);
        if takes_charge && !self.is_in_charge(fact) {
            self.folded.in_charge.push(fact);
        }
    }

    /// A service that took over is not the last one, and states what the recipient's service states (C, D, E). It is in charge all
    /// the same: anybody can seal that it took over, and must not end what another one may state.
    fn look_at_last_relay(&mut self, fact: Fact<'a>) {
        if fact.event == Event::RelayAcceptance {
            // The same relay that is stated once more is no further one.
            let from = fact.statement().external_service();
            let is_same = |heard: &Fact<'_>| {
                heard.event == fact.event
                    && heard.is_by_service_of(&fact)
                    && heard.statement().external_service() == from
            };
            if !self.folded.heard.iter().any(is_same) {
                self.last_relay = Some(fact);
            }
            return;
        }
        let is_of_recipient = fact.event.profile().issuers == [IssuingService::Recipient];
        let is_by_first = self.folded.in_charge.first().is_some_and(|first| first.is_by_service_of(&fact));
        let last = self.last_relay.filter(|last| is_of_recipient && !is_by_first && !last.is_by_service_of(&fact));
        if let Some(last) = last {
            self.contradict(ContradictionKind::StatedAfterRelay, [last.id(), fact.id()]);
        }
    }

    fn look_at_reasons(&mut self, fact: Fact<'a>) {
        if fact.statement().reasons().iter().any(|reason| reason.contradicts(fact.event)) {
            self.contradict(ContradictionKind::ReasonContradictsEvent, [fact.id()]);
        }
    }

    fn look_at_relay(&mut self, fact: Fact<'a>) {
        let Some(sender) = self.folded.in_charge.first().copied() else { return };
        if answers_to_relay(fact.event) && sender.is_by_service_of(&fact) {
            self.contradict(ContradictionKind::RelayedBySameService, [sender.id(), fact.id()]);
        }
    }

    /// The sender asked for acceptance first.
    fn lacks_acceptance(&mut self, fact: Fact<'a>) -> bool {
        // What failed gave the recipient nothing.
        let is_done = fact.event == Event::ContentConsignment || is_opening(fact.event);
        let needs_acceptance = is_done && fact.event.causes_needed_in(self.consignment_mode()).is_some();
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
            (failure == Event::ContentConsignmentFailure
                && (success == Event::ContentConsignment || is_opening(success)))
                || (failure == Event::ContentHandoverFailure && is_opening(success))
                || (failure == Event::RelayFailure && success == Event::RelayAcceptance && is_same_hop(earlier, &fact))
        };
        let Some(success) = self.folded.heard.iter().find(is_success).copied() else { return false };
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

    /// What the sender asked for. The mode is basic where it asked for nothing.
    fn consignment_mode(&self) -> ConsignmentMode {
        ConsignmentMode::asked_by(self.sending().and_then(|sending| sending.statement().terms()))
    }

    fn sending(&self) -> Option<Fact<'a>> {
        self.folded.in_charge.first().copied().filter(Fact::is_sending)
    }

    /// Notes the milestone that the fact proves to be reached. It is reached whatever else is stated about the letter: a further
    /// proof can contradict that, and not take it away.
    fn reach(&mut self, fact: Fact<'a>) {
        self.folded.side_facts.take(&fact);
        let milestones = &mut self.folded.milestones;
        let milestone = match fact.event {
            Event::SubmissionAcceptance | Event::ReceivedFromNonERDS => &mut milestones.submitted,
            Event::NotificationForAcceptance => &mut milestones.asked,
            Event::ConsignmentAcceptance => &mut milestones.accepted,
            Event::ConsignmentRejection => &mut milestones.refused,
            Event::AcceptanceRejectionExpiry => &mut milestones.expired,
            Event::ContentConsignment => &mut milestones.available,
            Event::ConsignmentNotification => &mut milestones.notified,
            Event::ContentAccessTracking | Event::ContentHandover => &mut milestones.opened,
            Event::SubmissionRejection
            | Event::RelayAcceptance
            | Event::RelayRejection
            | Event::RelayFailure
            | Event::NotificationForAcceptanceFailure
            | Event::NotificationDelivered
            | Event::NotificationAccessTracking
            | Event::ContentConsignmentFailure
            | Event::ConsignmentNotificationFailure
            | Event::ContentHandoverFailure
            | Event::RelayToNonERDS
            | Event::RelayToNonERDSFailure => return,
        };
        milestone.get_or_insert(fact.at());
    }

    /// Notes what the fact means for later ones.
    fn remember(&mut self, fact: Fact<'a>) {
        if fact.event == Event::ConsignmentAcceptance {
            self.acceptance = Some(fact);
        } else if matches!(fact.event, Event::ConsignmentRejection | Event::AcceptanceRejectionExpiry) {
            self.refusal = Some(fact);
        }
        let availability = fact.statement().availability().filter(|_| fact.event == Event::ContentConsignment);
        if let Some(until) = availability.and_then(|stated| stated.last_instant()) {
            self.folded.availability_ends = Some(until);
        }
    }

    /// Compares the answers with each other, and with the periods for them.
    fn answers(&mut self) {
        let of = |event: Event| self.folded.heard.iter().filter(move |fact| fact.event == event).copied();
        let acceptances: Vec<_> = of(Event::ConsignmentAcceptance).collect();
        let refusals: Vec<_> = of(Event::ConsignmentRejection).collect();
        let expiries: Vec<_> = of(Event::AcceptanceRejectionExpiry).collect();
        self.look_at_periods();
        self.look_at_mode();
        let kinds = [&acceptances, &refusals, &expiries];
        if kinds.iter().filter(|kind| !kind.is_empty()).count() > 1 {
            let proofs: Vec<_> = kinds.into_iter().flatten().map(Fact::id).collect();
            return self.contradict(ContradictionKind::AnswersConflict, proofs);
        }
        for expiry in expiries {
            // Whoever was asked twice has the longer period.
            let last = self.periods_before(expiry).max_by_key(|period| period.expires_from);
            if let Some(last) = last.filter(|last| last.expires_from > expiry.at()) {
                self.contradict(ContradictionKind::ExpiryTooEarly, [last.request, expiry.id()]);
            }
        }
        for answer in acceptances.into_iter().chain(refusals) {
            let last = self.periods_before(answer).map(|period| period.answered_until).max();
            if last.is_some_and(|until| answer.at() >= until) {
                self.contradict(ContradictionKind::AnsweredTooLate, [answer.id()]);
            }
        }
    }

    /// Compares the periods with what the sender asks for, and what the recipient did with their begin.
    fn look_at_periods(&mut self) {
        let periods: Vec<Period> = self.folded.heard.iter().filter_map(|fact| self.period(fact)).collect();
        for period in periods.iter().filter(|period| !period.is_as_asked) {
            self.contradict(ContradictionKind::AnswerPeriodDiffers, [period.request]);
        }
        let acts = |fact: &&Fact<'a>| {
            is_opening(fact.event) || matches!(fact.event, Event::ConsignmentAcceptance | Event::ConsignmentRejection)
        };
        let early = self.folded.heard.iter().filter(acts).filter(|act| {
            let begin = self.periods_before(**act).map(|period| period.from).min();
            begin.is_some_and(|begin| act.at() < begin)
        });
        let early: Vec<ProofId> = early.map(Fact::id).collect();
        early.into_iter().for_each(|act| self.contradict(ContradictionKind::AnsweredBeforePeriod, [act]));
    }

    /// Compares the answers with the mode that the sender asks for.
    fn look_at_mode(&mut self) {
        let terms = self.sending().and_then(|sending| sending.statement().terms());
        if terms.is_some_and(Terms::asks_for_no_answer) {
            let answers = self.folded.heard.iter().filter(|fact| fact.event.is_of_answer());
            let answers: Vec<ProofId> = answers.map(Fact::id).collect();
            answers.into_iter().for_each(|answer| self.contradict(ContradictionKind::AnswerNotAskedFor, [answer]));
        }
    }

    /// The periods of the requests that were made before this.
    fn periods_before(&self, answer: Fact<'a>) -> impl Iterator<Item = Period> {
        let asked = self.folded.heard.iter().filter(move |fact| fact.at() <= answer.at());
        asked.filter_map(|fact| self.period(fact))
    }

    /// The period of a request. Of its end and that which the sender asks for, an answer has the earlier one, and an expiry the
    /// later one.
    fn period(&self, request: &Fact<'a>) -> Option<Period> {
        let window = request.statement().window()?;
        let terms = self.sending().and_then(|sending| sending.statement().terms());
        let ends = terms.and_then(|terms| terms.ends_of_answer_period(window.from()));
        let ends = ends.unwrap_or(window.until()..=window.until());
        Some(Period {
            request: request.id(),
            from: window.from(),
            answered_until: window.until().min(*ends.end()),
            expires_from: window.until().max(*ends.start()),
            is_as_asked: ends.contains(&window.until()),
        })
    }

    fn contradict(&mut self, kind: ContradictionKind, proofs: impl IntoIterator<Item = ProofId>) {
        let proofs = proofs.into_iter().collect();
        self.folded.contradictions.push(Contradiction { kind, severity: kind.severity(), proofs });
    }
}

/// The period of a request for acceptance.
struct Period {
    request: ProofId,
    from: DateTime<Utc>,
    /// The first instant that is too late for an answer.
    answered_until: DateTime<Utc>,
    /// The first instant at which it can have passed without an answer.
    expires_from: DateTime<Utc>,
    is_as_asked: bool,
}

/// Evidence by another service, which takes over from one in charge, or refuses to.
pub(super) fn answers_to_relay(event: Event) -> bool {
    matches!(event, Event::RelayAcceptance | Event::RelayRejection)
}

/// Evidence by a service at the border to a system outside of registered delivery.
fn leaves(event: Event) -> bool {
    matches!(event, Event::RelayToNonERDS | Event::RelayToNonERDSFailure)
}

fn is_opening(event: Event) -> bool {
    matches!(event, Event::ContentAccessTracking | Event::ContentHandover)
}

/// Tells if the failure to relay is about the service that stated to have taken over.
fn is_same_hop(acceptance: &Fact<'_>, failure: &Fact<'_>) -> bool {
    failure.statement().external_service().is_some_and(|silent| is_named(&acceptance.stated.issuer, silent))
}

/// Tells if a service on the other side of a relay is an issuer: by its number, and by its name where it has none.
pub(super) fn is_named(issuer: &Issuer, service: &ExternalService) -> bool {
    let value = |attributes: &[IdentityAttribute], name: &str| {
        let attribute = attributes.iter().find(|attribute| attribute.name() == name);
        attribute.and_then(|attribute| attribute.values().first().cloned())
    };
    match value(service.attributes(), LEGAL_PERSON_IDENTIFIER) {
        Some(number) => number == issuer.legal_person_identifier(),
        None => value(service.attributes(), LEGAL_NAME).is_some_and(|name| name == issuer.legal_name()),
    }
}
