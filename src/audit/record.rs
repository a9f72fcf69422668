//! What happened, before it has a place in a trail.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::action::{Action, Outcome};
use super::actor::Actor;
use super::details::Details;
use super::digest::AuditDigest;
use super::kind::{Kind, Member, MemberFault, Members};
use super::limits::MAX_PARTS;
use super::part::Part;
use super::proof::ProofReference;
use super::record_error::RecordError;
use super::sequence::{LineHash, Sequence};
use super::words::{
    Channel, Classification, ClockState, Consent, DeletionReason, EngineEvent, IdentityFlag, MandateChange, Side,
};
use super::{text, time};
use crate::crypto::DigestAlgorithm;
use crate::evidence::{Event, EvidenceIdentifier, Identifier, MessageId, SaltSeed};

/// When something happened, and the id under which it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    id: EvidenceIdentifier,
    time: DateTime<Utc>,
}

impl Occurrence {
    /// Gives something that happened at this time a new id.
    ///
    /// # Errors
    /// [`RecordError::Random`], [`RecordError::TimeOutOfRange`].
    pub fn at(time: DateTime<Utc>) -> Result<Self, RecordError> {
        let id = EvidenceIdentifier::generate(time).map_err(|_| RecordError::Random)?;
        Self::with_id(id, time)
    }

    /// Takes an id, which no other record of the source has. The time is cut to the microsecond.
    ///
    /// # Errors
    /// [`RecordError::TimeOutOfRange`].
    pub fn with_id(id: EvidenceIdentifier, time: DateTime<Utc>) -> Result<Self, RecordError> {
        Ok(Self { id, time: time::to_micros("time", time)? })
    }

    /// Returns the id.
    pub fn id(&self) -> EvidenceIdentifier {
        self.id
    }

    /// Returns the time.
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }
}

/// What happened: the content of a line without its place in the trail. It holds no personal value in the clear.
///
/// A function of each [`Kind`] takes what records of that kind must have; `with_*` adds what they may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    pub(super) occurrence: Occurrence,
    pub(super) kind: Kind,
    pub(super) subject: Option<Cow<'a, str>>,
    pub(super) correlation: Option<Cow<'a, str>>,
    pub(super) causation: Option<Cow<'a, str>>,
    pub(super) classification: Option<Classification>,
    pub(super) data: Data<'a>,
}

/// The data of a record, but for its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Data<'a> {
    pub(super) action: Option<Action<'a>>,
    pub(super) outcome: Option<Outcome>,
    pub(super) client: Option<Cow<'a, str>>,
    pub(super) actor: Option<Actor<'a>>,
    pub(super) token_hash: Option<AuditDigest>,
    pub(super) parts: Vec<Part<'a>>,
    pub(super) proof: Option<ProofReference<'a>>,
    pub(super) event: Option<Event>,
    pub(super) details: Details,
}

impl<'a> Record<'a> {
    fn of(occurrence: Occurrence, kind: Kind, data: Data<'a>) -> Self {
        Self { occurrence, kind, subject: None, correlation: None, causation: None, classification: None, data }
    }

    fn of_details(occurrence: Occurrence, kind: Kind, details: Details) -> Self {
        Self::of(occurrence, kind, Data { details, ..Data::default() })
    }

    fn of_proof(occurrence: Occurrence, kind: Kind, proof: ProofReference<'a>, event: Event) -> Self {
        Self::of(occurrence, kind, Data { proof: Some(proof), event: Some(event), ..Data::default() })
    }

    /// A call of one system to another. A call of which no answer came is recorded too.
    pub fn api_call(occurrence: Occurrence, action: Action<'a>, outcome: Outcome) -> Self {
        let data = Data { action: Some(action), outcome: Some(outcome), ..Data::default() };
        Self::of(occurrence, Kind::ApiCall, data)
    }

    /// An announcement of an event engine.
    pub fn event_engine(occurrence: Occurrence, event: EngineEvent) -> Self {
        let details = Details { engine_event: Some(event), ..Details::default() };
        Self::of_details(occurrence, Kind::EventEngine, details)
    }

    /// A proof of an event was made.
    pub fn proof_issued(occurrence: Occurrence, proof: ProofReference<'a>, event: Event) -> Self {
        Self::of_proof(occurrence, Kind::ProofIssued, proof, event)
    }

    /// A proof of an event was received.
    pub fn proof_received(occurrence: Occurrence, proof: ProofReference<'a>, event: Event) -> Self {
        Self::of_proof(occurrence, Kind::ProofReceived, proof, event)
    }

    /// Somebody asked whether a person takes letters by this way.
    pub fn consent_check(occurrence: Occurrence, consent: Consent) -> Self {
        let details = Details { consent: Some(consent), ..Details::default() };
        Self::of_details(occurrence, Kind::ConsentCheck, details)
    }

    /// A person began or ceased to take letters by this way.
    pub fn consent_changed(occurrence: Occurrence, consent: Consent) -> Self {
        let details = Details { consent: Some(consent), ..Details::default() };
        Self::of_details(occurrence, Kind::ConsentChanged, details)
    }

    /// A person was told of a letter, or the attempt failed.
    pub fn notification(occurrence: Occurrence, channel: Channel, outcome: Outcome) -> Self {
        let details = Details { channel: Some(channel), ..Details::default() };
        Self::of(occurrence, Kind::Notification, Data { outcome: Some(outcome), details, ..Data::default() })
    }

    /// Somebody read content.
    pub fn read(occurrence: Occurrence) -> Self {
        Self::of(occurrence, Kind::Read, Data::default())
    }

    /// The recipient hid a letter.
    pub fn hidden(occurrence: Occurrence) -> Self {
        Self::of(occurrence, Kind::Hidden, Data::default())
    }

    /// Content was deleted.
    pub fn deleted(occurrence: Occurrence, reason: DeletionReason) -> Self {
        let details = Details { reason: Some(reason), ..Details::default() };
        Self::of_details(occurrence, Kind::Deleted, details)
    }

    /// A register says something of the number of a person. `actor` was made for the id of this occurrence.
    pub fn identity_flag(occurrence: Occurrence, actor: Actor<'a>, flag: IdentityFlag) -> Self {
        let details = Details { flag: Some(flag), ..Details::default() };
        Self::of(occurrence, Kind::IdentityFlag, Data { actor: Some(actor), details, ..Data::default() })
    }

    /// A mandate was given, changed or ended. `actor` was made for the id of this occurrence.
    pub fn mandate_changed(occurrence: Occurrence, actor: Actor<'a>, change: MandateChange) -> Self {
        let details = Details { mandate: Some(change), ..Details::default() };
        Self::of(occurrence, Kind::MandateChanged, Data { actor: Some(actor), details, ..Data::default() })
    }

    /// Something is known of the clock.
    pub fn clock_status(occurrence: Occurrence, state: ClockState) -> Self {
        let details = Details { state: Some(state), ..Details::default() };
        Self::of_details(occurrence, Kind::ClockStatus, details)
    }

    /// The clock ran behind the time of recording of the record before.
    pub(super) fn clock_ran_behind(occurrence: Occurrence, previous_recorded: DateTime<Utc>) -> Self {
        let (state, previous_recorded) = (Some(ClockState::Stepped), Some(previous_recorded));
        let details = Details { state, previous_recorded, ..Details::default() };
        Self::of_details(occurrence, Kind::ClockStatus, details)
    }

    /// Lines of the trail were exported, with a manifest of these octets.
    pub fn export(occurrence: Occurrence, first: Sequence, last: Sequence, manifest: &[u8]) -> Self {
        let manifest_digest = Some(DigestAlgorithm::Sha256.digest(manifest));
        let details = Details { first: Some(first), last: Some(last), manifest_digest, ..Details::default() };
        Self::of_details(occurrence, Kind::Export, details)
    }

    /// The trail was resumed, and as many octets behind its last line were cut back, which nobody had acknowledged. Their
    /// hash is that of all of them.
    pub fn resumed(occurrence: Occurrence, torn_octets: u64, torn_hash: LineHash) -> Self {
        let (torn_octets, torn_hash) = (Some(torn_octets), Some(torn_hash));
        let details = Details { torn_octets, torn_hash, ..Details::default() };
        Self::of_details(occurrence, Kind::Resumed, details)
    }

    /// States the message that the record is about: subject and correlation of the event.
    ///
    /// # Errors
    /// [`RecordError::PersonInTheClear`] for an id that may name a person.
    pub fn about(mut self, message: &MessageId) -> Result<Self, RecordError> {
        let id = text::message_id("subject", Cow::Owned(message.as_str().to_owned()))?;
        (self.subject, self.correlation) = (Some(id.clone()), Some(id));
        Ok(self)
    }

    /// States the id of the record or of the evidence that caused this.
    #[must_use]
    pub fn caused_by(mut self, cause: EvidenceIdentifier) -> Self {
        self.causation = Some(cause.to_string().into());
        self
    }

    /// States how the record may be passed on.
    #[must_use]
    pub fn classified(mut self, classification: Classification) -> Self {
        self.classification = Some(classification);
        self
    }

    /// Adds what was done.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn with_action(self, action: Action<'a>, outcome: Outcome) -> Result<Self, RecordError> {
        self.may(Member::Action)?.may(Member::Outcome)?.set(|data| {
            (data.action, data.outcome) = (Some(action), Some(outcome));
        })
    }

    /// Adds the token of the system that did it, such as the id of a client. It names no person.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`], [`RecordError::Form`], [`RecordError::Empty`], [`RecordError::TooLong`],
    /// [`RecordError::PersonInTheClear`].
    pub fn with_client(self, client: impl Into<Cow<'a, str>>) -> Result<Self, RecordError> {
        let client = text::token("client", client.into())?;
        self.may(Member::Client)?.set(|data| data.client = Some(client))
    }

    /// Adds the person who did it, or whom it is about, as a commitment. `seed` is that of the person and the year.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`], and the errors of [`Actor::of`].
    pub fn with_actor(self, identifier: &Identifier, seed: &SaltSeed) -> Result<Self, RecordError> {
        let actor = Actor::of(identifier, seed, self.occurrence.id)?;
        self.may(Member::Actor)?.set(|data| data.actor = Some(actor))
    }

    /// Adds the hash of the token that allowed it.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn with_token_hash(self, hash: AuditDigest) -> Result<Self, RecordError> {
        self.may(Member::TokenHash)?.set(|data| data.token_hash = Some(hash))
    }

    /// Adds a part of the content that it is about.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`], [`RecordError::TooMany`], [`RecordError::Twice`] for an id that is there.
    pub fn with_part(self, part: Part<'a>) -> Result<Self, RecordError> {
        let record = self.may(Member::Parts)?;
        let mut parts = record.data.parts.clone();
        parts.push(part);
        check_parts(&parts)?;
        record.set(|data| data.parts = parts)
    }

    /// Adds the proof that it is about, with the event that this states.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn with_proof(self, proof: ProofReference<'a>, event: Event) -> Result<Self, RecordError> {
        self.may(Member::Proof)?.set(|data| (data.proof, data.event) = (Some(proof), Some(event)))
    }

    /// States the side of a call.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn on_side(self, side: Side) -> Result<Self, RecordError> {
        self.may(Member::Side)?.set(|data| data.details.side = Some(side))
    }

    /// States the number that the event engine gave its announcement.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn with_engine_sequence(self, number: u64) -> Result<Self, RecordError> {
        self.may(Member::EngineSequence)?.set(|data| data.details.engine_sequence = Some(number))
    }

    /// States that a notification was the reminder of this number, from 1.
    ///
    /// # Errors
    /// [`RecordError::NotOfKind`].
    pub fn as_reminder(self, number: u64) -> Result<Self, RecordError> {
        self.may(Member::Reminder)?.set(|data| data.details.reminder = Some(number))
    }

    fn may(self, member: Member) -> Result<Self, RecordError> {
        if self.kind.allows(member) { Ok(self) } else { Err(RecordError::NotOfKind { kind: self.kind, member }) }
    }

    fn set(mut self, change: impl FnOnce(&mut Data<'a>)) -> Result<Self, RecordError> {
        change(&mut self.data);
        Ok(self)
    }

    /// Checks that the record has the members of its kind.
    pub(super) fn check_members(&self) -> Result<(), RecordError> {
        let kind = self.kind;
        kind.check(self.data.members()).map_err(|fault| match fault {
            MemberFault::NotOfKind(member) => RecordError::NotOfKind { kind, member },
            MemberFault::Missing(member) => RecordError::Missing { kind, member },
        })
    }

    /// Returns the id of the record.
    pub fn id(&self) -> EvidenceIdentifier {
        self.occurrence.id
    }

    /// Returns the time at which it happened, by the clock of the party.
    pub fn time(&self) -> DateTime<Utc> {
        self.occurrence.time
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the id of the message that it is about (`subject`).
    pub fn message(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns what the record belongs together with (`correlationid`): mostly the id of the message.
    pub fn correlation(&self) -> Option<&str> {
        self.correlation.as_deref()
    }

    /// Returns the id of the record or the evidence that caused it.
    pub fn causation(&self) -> Option<&str> {
        self.causation.as_deref()
    }

    /// Returns how it may be passed on.
    pub fn classification(&self) -> Option<Classification> {
        self.classification
    }

    /// Returns what was done.
    pub fn action(&self) -> Option<&Action<'a>> {
        self.data.action.as_ref()
    }

    /// Returns what came of it.
    pub fn outcome(&self) -> Option<Outcome> {
        self.data.outcome
    }

    /// Returns the token of the system that did it.
    pub fn client(&self) -> Option<&str> {
        self.data.client.as_deref()
    }

    /// Returns the person who did it, or whom it is about.
    pub fn actor(&self) -> Option<&Actor<'a>> {
        self.data.actor.as_ref()
    }

    /// Returns the hash of the token that allowed it.
    pub fn token_hash(&self) -> Option<AuditDigest> {
        self.data.token_hash
    }

    /// Returns the parts of the content that it is about.
    pub fn parts(&self) -> &[Part<'a>] {
        &self.data.parts
    }

    /// Returns the proof that it is about.
    pub fn proof(&self) -> Option<&ProofReference<'a>> {
        self.data.proof.as_ref()
    }

    /// Returns the event that the proof is said to state.
    pub fn event(&self) -> Option<Event> {
        self.data.event
    }

    /// Returns the members that only some kinds have.
    pub fn details(&self) -> &Details {
        &self.data.details
    }
}

/// Checks the number of parts, and that each has an id of its own.
pub(super) fn check_parts(parts: &[Part<'_>]) -> Result<(), RecordError> {
    if parts.len() > MAX_PARTS {
        return Err(RecordError::TooMany { what: "parts", limit: MAX_PARTS });
    }
    let is_twice =
        |(number, part): (usize, &Part<'_>)| parts.iter().take(number).any(|before| before.id() == part.id());
    if parts.iter().enumerate().any(is_twice) { Err(RecordError::Twice("parts.id")) } else { Ok(()) }
}

impl Data<'_> {
    fn members(&self) -> Members {
        let Details {
            side,
            engine_event,
            engine_sequence,
            consent,
            channel,
            reminder,
            reason,
            flag,
            mandate,
            state,
            previous_recorded,
            first,
            last,
            manifest_digest,
            torn_octets,
            torn_hash,
        } = &self.details;
        Members::default()
            .with(Member::Action, self.action.is_some())
            .with(Member::Outcome, self.outcome.is_some())
            .with(Member::Client, self.client.is_some())
            .with(Member::Actor, self.actor.is_some())
            .with(Member::TokenHash, self.token_hash.is_some())
            .with(Member::Parts, !self.parts.is_empty())
            .with(Member::Proof, self.proof.is_some())
            .with(Member::Event, self.event.is_some())
            .with(Member::Side, side.is_some())
            .with(Member::EngineEvent, engine_event.is_some())
            .with(Member::EngineSequence, engine_sequence.is_some())
            .with(Member::Consent, consent.is_some())
            .with(Member::Channel, channel.is_some())
            .with(Member::Reminder, reminder.is_some())
            .with(Member::Reason, reason.is_some())
            .with(Member::Flag, flag.is_some())
            .with(Member::Mandate, mandate.is_some())
            .with(Member::State, state.is_some())
            .with(Member::PreviousRecorded, previous_recorded.is_some())
            .with(Member::First, first.is_some())
            .with(Member::Last, last.is_some())
            .with(Member::ManifestDigest, manifest_digest.is_some())
            .with(Member::TornOctets, torn_octets.is_some())
            .with(Member::TornHash, torn_hash.is_some())
    }
}
