//! A statement of each event, made from what verified before it.

use chrono::Duration;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Event, ExternalService, KnownReason, Notification, Opening, OpeningEvent,
    Reason, SendingEvent, Statement, Step, StepEvent, Window,
};
use recommande::identity::EnterpriseNumber;
use recommande::verify::{Context, Payload, Preceding, Verified};
use recommande::{Sealer, Sending, TsaPool, Verifier};

use super::fixtures;

/// A statement of any event.
pub enum Stated {
    /// Of a sending.
    Sending(Box<Sending>),
    /// Of a step.
    Step(Box<Step>),
    /// Of an opening.
    Opening(Box<Opening>),
}

impl Stated {
    /// Returns the event.
    pub fn event(&self) -> Event {
        match self {
            Self::Sending(sending) => sending.event(),
            Self::Step(step) => step.event(),
            Self::Opening(opening) => opening.event(),
        }
    }

    /// Seals it, and returns the number of octets of the seal.
    pub fn seal(&self, sealer: &Sealer) -> usize {
        self.sealed(sealer, <[u8]>::len)
    }

    /// Returns the octets over which the seal's signature is.
    pub fn signed_attributes(&self, sealer: &Sealer) -> Vec<u8> {
        self.sealed(sealer, fixtures::signed_attributes)
    }

    fn sealed<T>(&self, sealer: &Sealer, look: impl FnOnce(&[u8]) -> T) -> T {
        let now = fixtures::now();
        match self {
            Self::Sending(sending) => look(sealer.seal(&**sending, now).expect("a seal").der()),
            Self::Step(step) => look(sealer.seal(&**step, now).expect("a seal").der()),
            Self::Opening(opening) => look(sealer.seal(&**opening, now).expect("a seal").der()),
        }
    }
}

/// A letter, and what makes and judges the steps of its life.
struct Letter<'a> {
    sealer: &'a Sealer,
    tsas: &'a TsaPool,
    verifier: &'a Verifier,
    sent: Verified<Sending>,
}

impl Letter<'_> {
    /// A step that the letter alone leads to, or another step, once it verified.
    fn verified(&self, step: &Step, cause: Option<&Verified<Step>>) -> Verified<Step> {
        let now = fixtures::now();
        let proof = self.sealer.seal(step, now).expect("a seal").stamp_with(self.tsas).expect("a proof");
        let cause = cause.map_or(Preceding::NotGiven, Preceding::Verified);
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(cause);
        self.verifier.verify(&proof, context, now + Duration::minutes(1)).expect("it passes")
    }

    fn first(&self, event: StepEvent) -> Step {
        Step::of(&self.sent, 1, event, fixtures::now()).expect("a step")
    }

    fn next(&self, cause: &Verified<Step>, event: StepEvent) -> Step {
        Step::after(&self.sent, cause, event, fixtures::now()).expect("a step")
    }
}

/// Returns a statement of every event, in the order of the table of events.
pub fn every_event(sealer: &Sealer, tsas: &TsaPool, verifier: &Verifier) -> Vec<Stated> {
    let (now, sending) = (fixtures::now(), fixtures::sending());
    let proof = sealer.seal(&sending, now).expect("a seal").stamp_with(tsas).expect("a proof");
    let sent = verifier.verify(&proof, Payload::NotAvailable, now + Duration::minutes(1)).expect("it passes");
    let letter = Letter { sealer, tsas, verifier, sent };
    let assurance = || Assurance::new(AssuranceLevel::Substantial, now, "urn:example:otp").expect("assurance");
    let email = || Notification::by("email").expect("a channel");
    let service = || {
        ExternalService::of("Another Service", EnterpriseNumber::new("0244640631").expect("a number"))
            .expect("a service")
    };
    let (answered_by, system) = (|| ActedBy::Recipient(1), || "paper-post".to_owned());
    // No reason that is known is one of this event.
    let unreachable = Reason::new("urn:example:no-address").expect("a reason");
    let window = Window::new(now - Duration::days(15), now, "FR-LRE").expect("a period");
    let asked = letter.verified(&letter.first(StepEvent::NotificationForAcceptance { window: window.clone() }), None);
    let accepted = StepEvent::ConsignmentAcceptance { answered_by: answered_by(), assurance: assurance() };
    let available = letter.verified(&letter.first(StepEvent::ContentConsignment), None);
    let told = StepEvent::ConsignmentNotification { notification: email().with_ordinal(1).expect("a number") };
    let told = letter.verified(&letter.next(&available, told), Some(&available));
    let opened = |event: OpeningEvent| {
        let opening = Opening::of(&letter.sent, answered_by(), assurance(), now).expect("an opening");
        opening.with_event(event).and_then(|opening| opening.with_cause(&available)).expect("an opening")
    };
    let refused = Step::rejection(&sending, KnownReason::NoConsent, now).expect("a step");
    let from_outside = sending.clone().with_event(SendingEvent::ReceivedFromNonERDS);
    let steps = vec![
        refused,
        letter.first(StepEvent::RelayAcceptance { from: service() }),
        letter.first(StepEvent::RelayRejection { from: service(), reason: KnownReason::MessageRejected.into() }),
        letter.first(StepEvent::RelayFailure { to: service(), reason: KnownReason::ServiceUnreachable.into() }),
        letter.first(StepEvent::NotificationForAcceptance { window }),
        letter.first(StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() }),
        letter.next(&asked, accepted),
        letter.next(
            &asked,
            StepEvent::ConsignmentRejection {
                answered_by: answered_by(),
                assurance: assurance(),
                reason: KnownReason::RejectedByRecipient.into(),
            },
        ),
        letter
            .next(&asked, StepEvent::AcceptanceRejectionExpiry { reason: KnownReason::NotAcceptedByRecipient.into() }),
        letter.next(&told, StepEvent::NotificationDelivered { notification: email() }),
        letter.next(&told, StepEvent::NotificationAccessTracking { notification: email() }),
        available.statement().clone(),
        letter.first(StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }),
        told.statement().clone(),
        letter.next(
            &told,
            StepEvent::ConsignmentNotificationFailure {
                notification: email(),
                reason: KnownReason::NoDigitalUser.into(),
            },
        ),
        letter.next(&available, StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() }),
        letter.first(StepEvent::RelayToNonERDS { system: system() }),
        letter.first(StepEvent::RelayToNonERDSFailure { system: system(), reason: unreachable }),
    ];
    let openings = [OpeningEvent::ContentAccessTracking, OpeningEvent::ContentHandover].map(opened);
    let sendings = [sending, from_outside].map(|sending| Stated::Sending(Box::new(sending)));
    let steps = steps.into_iter().map(|step| Stated::Step(Box::new(step)));
    let openings = openings.map(|opening| Stated::Opening(Box::new(opening)));
    let mut stated: Vec<Stated> = sendings.into_iter().chain(steps).chain(openings).collect();
    stated.sort_by_key(|stated| Event::ALL.iter().position(|event| *event == stated.event()));
    assert!(stated.iter().map(Stated::event).eq(Event::ALL.iter().copied()), "every event once");
    stated
}
