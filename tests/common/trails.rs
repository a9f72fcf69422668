//! Records of every kind, and trails of them.

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    Action, Actor, AuditDigest, Channel, Classification, ClockState, Consent, DeletionReason, EngineEvent,
    IdentityFlag, LineHash, MandateChange, Occurrence, Outcome, Part, ProofReference, Record, Sequence, Side, Source,
    Trail,
};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{Environment, Event, EvidenceIdentifier, Identifier, MessageId, SaltSeed};
use recommande::identity::Niss;
use recommande::seal::{Credentials, ProofId, Sealer};
use recommande::testing::{CertificateSpec, generate_key};

use super::{Service, issuer, now};

/// The number of the person whom the records are about.
pub const NISS: &str = "85073003328";

pub fn at() -> DateTime<Utc> {
    "2026-11-22T09:15:04.123456Z".parse().unwrap()
}

pub fn source() -> Source {
    Source::new(Environment::Test, "BE/BE/0406798006", "mailbox").unwrap()
}

pub fn person() -> Identifier {
    Niss::new(NISS).unwrap().into()
}

pub fn seed() -> SaltSeed {
    SaltSeed::from_bytes(&[7; 32]).unwrap()
}

pub fn message() -> MessageId {
    MessageId::new("1ZG0000036L3Z").unwrap()
}

/// What happened as the one of this number, a second after the one before.
pub fn occurrence(number: u8) -> Occurrence {
    let time = at() + TimeDelta::seconds(number.into());
    Occurrence::with_id(EvidenceIdentifier::version_7(time, [number; 10]), time).unwrap()
}

pub fn call() -> (Action<'static>, Outcome) {
    (Action::new("POST", "/publish/v1/{messageId}").unwrap(), Outcome::status(201).unwrap())
}

fn part() -> Part<'static> {
    let digests = [
        AuditDigest::plain(DigestAlgorithm::Sha256.digest(b"letter")).unwrap(),
        AuditDigest::plain(DigestAlgorithm::Sha3_512.digest(b"letter")).unwrap(),
        AuditDigest::keyed(seed().as_bytes(), b"letter"),
    ];
    Part::new("main", digests, 6, "application/pdf").unwrap()
}

/// A record of each kind, with all that it may have.
pub fn records(id: ProofId) -> Vec<Record<'static>> {
    let proof = || (ProofReference::id(id), Event::SubmissionAcceptance);
    let actor = |number| Actor::of(&person(), &seed(), occurrence(number).id()).unwrap();
    let (publish, created) = call();
    let token = AuditDigest::of(b"the token of a session");
    let with_actor = |record: Record<'static>| record.with_actor(&person(), &seed()).unwrap();
    let by = |record: Record<'static>| {
        let (action, outcome) = call();
        with_actor(record.with_action(action, outcome).unwrap().with_client("urn:app:portal.1").unwrap())
    };
    let records = vec![
        Record::api_call(occurrence(1), publish, created)
            .with_client("client-7")
            .and_then(|record| record.with_token_hash(token))
            .and_then(|record| record.with_part(part()))
            .and_then(|record| record.with_proof(proof().0, proof().1))
            .and_then(|record| record.on_side(Side::Callee))
            .map(with_actor)
            .unwrap()
            .classified(Classification::Personal),
        Record::api_call(occurrence(2), call().0, Outcome::Timeout).on_side(Side::Caller).unwrap(),
        Record::event_engine(occurrence(3), EngineEvent::NewDocument).with_engine_sequence(42).unwrap(),
        Record::proof_issued(occurrence(4), proof().0, proof().1).with_part(part()).unwrap(),
        Record::proof_received(occurrence(5), proof().0, proof().1).with_client("provider").unwrap(),
        by(Record::consent_check(occurrence(6), Consent::Given)),
        by(Record::consent_changed(occurrence(7), Consent::NotGiven)),
        Record::notification(occurrence(8), Channel::Email, Outcome::Failed).as_reminder(2).unwrap(),
        by(Record::read(occurrence(9)).with_part(part()).unwrap()),
        by(Record::hidden(occurrence(10))),
        by(Record::deleted(occurrence(11), DeletionReason::Expired).with_part(part()).unwrap()),
        Record::identity_flag(occurrence(12), actor(12), IdentityFlag::Replaced),
        Record::mandate_changed(occurrence(13), actor(13), MandateChange::Revoked),
        Record::clock_status(occurrence(14), ClockState::Synchronised),
        Record::export(occurrence(15), Sequence::FIRST, Sequence::new(9).unwrap(), b"manifest"),
        Record::resumed(occurrence(16), 6, LineHash::of(b"{\"torn")),
    ];
    let cause = occurrence(1).id();
    records.into_iter().map(|record| record.about(&message()).unwrap().caused_by(cause)).collect()
}

/// The lines of these records, each recorded a millisecond after it happened.
pub fn written(records: &[Record<'_>]) -> Vec<u8> {
    let mut trail = Trail::begin(&source(), Vec::new());
    for record in records {
        trail.append(record, record.time() + TimeDelta::milliseconds(1)).unwrap();
    }
    trail.commit().unwrap();
    trail.into_sink()
}

/// The lines of as many calls.
pub fn calls(count: u8) -> Vec<u8> {
    let records: Vec<_> = (1..=count).map(|number| Record::api_call(occurrence(number), call().0, call().1)).collect();
    written(&records)
}

/// A sealer of this service whose certificate holds this number, for trails of `BE/BE/0406798006`.
pub fn sealer(service: &Service, number: &str) -> Sealer {
    let spec = CertificateSpec::seal("Party", now() - TimeDelta::days(1), now() + TimeDelta::days(700));
    let key = generate_key(&KeyKind::EcP256).unwrap();
    let certified = service.pki.intermediate.issue(&spec.with_organization("Party", number), key).unwrap();
    let mut chain = service.pki.seal_chain();
    chain[0] = certified.certificate.clone();
    Sealer::new(Credentials::new(certified.signer.clone(), chain).unwrap(), issuer(Environment::Test))
}
