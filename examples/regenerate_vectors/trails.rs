//! Audit trails: a line of each kind, and the records of a person with the sealed manifest of their export.

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    Action, Actor, AuditDigest, Channel, Classification, ClockState, Consent, DeletionReason, EngineEvent,
    IdentityFlag, LineHash, LineReader, MandateChange, Occurrence, Outcome, Part, ProofReference, Record, Sequence,
    Side, Source, Trail, export_of_person,
};
use recommande::evidence::{Event, EvidenceIdentifier, Identifier, MessageId, SaltSeed};
use recommande::identity::Niss;
use recommande::seal::Artifact;
use recommande::{Credentials, Environment, Sealer};

use crate::manifest::TrailVector;
use crate::world::{NOW, OPENED, Result, SIGNED, STAMPED, SUBMITTED, World, at, derived, seal_spec, stamp};

/// The trails, and the files that they consist of.
pub struct Trails {
    pub files: Vec<(String, Vec<u8>)>,
    pub vectors: Vec<TrailVector>,
}

pub fn all(world: &World) -> Result<Trails> {
    let lines = lines(world)?;
    let every_kind = TrailVector {
        id: "audit/every-kind".to_owned(),
        why: "A line of each kind, in one trail.".to_owned(),
        file: "audit/every-kind.jsonl".to_owned(),
        manifest: None,
        signature: None,
        disclosures: None,
        shown: (1..=16).collect(),
        left_out: Vec::new(),
    };
    let mut files = vec![(every_kind.file.clone(), lines.clone())];
    let (mut export, mut disclosures) = (Vec::new(), Vec::new());
    let mut reader = LineReader::new(lines.as_slice());
    let manifest = export_of_person(&mut reader, &person()?, &seed()?, &mut export, &mut disclosures)?;
    let of_person = TrailVector {
        id: "audit/person".to_owned(),
        why: "The records of that trail about a person, with what shows that they are about the person.".to_owned(),
        file: "audit/person.jsonl".to_owned(),
        manifest: Some("audit/person.manifest.json".to_owned()),
        signature: Some("audit/person.manifest.json.p7s".to_owned()),
        disclosures: Some("audit/person.disclosures.jsonl".to_owned()),
        shown: vec![1, 10, 12, 13],
        left_out: vec![2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 15, 16],
    };
    let signature = stamp(&world.pki, manifest.seal(&party(world)?, at(SIGNED))?, STAMPED, 7)?;
    files.push(("audit/person.jsonl".to_owned(), export));
    files.push(("audit/person.manifest.json".to_owned(), manifest.to_json()));
    files.push(("audit/person.manifest.json.p7s".to_owned(), signature.der().to_vec()));
    files.push(("audit/person.disclosures.jsonl".to_owned(), disclosures));
    Ok(Trails { files, vectors: vec![every_kind, of_person] })
}

/// The issuer of the proofs, with a certificate that has its number.
fn party(world: &World) -> Result<Sealer> {
    let spec = seal_spec().with_organization("Example Registered Mail", "NTRBE-0406798006");
    let key = world.pki.intermediate.issue(&spec, derived("audit seal")?)?;
    let mut chain = world.pki.seal_chain();
    if let Some(first) = chain.first_mut() {
        *first = key.certificate;
    }
    Ok(Sealer::new(Credentials::new(key.signer, chain)?, world.sealer.issuer().clone()))
}

fn seed() -> Result<SaltSeed> {
    Ok(SaltSeed::from_bytes(&(0..32).collect::<Vec<u8>>())?)
}

fn person() -> Result<Identifier> {
    Ok(Niss::new("85073003328")?.into())
}

fn lines(world: &World) -> Result<Vec<u8>> {
    let source = Source::new(Environment::Test, world.sealer.issuer().legal_person_identifier(), "mailbox")?;
    let message = MessageId::new("1ZG0000036L3Z")?;
    let mut trail = Trail::begin(&source, Vec::new());
    let mut cause = None;
    for record in records(world)? {
        let record = record.about(&message)?;
        let record = cause.iter().fold(record, |record, cause| record.caused_by(*cause));
        cause = Some(record.id());
        trail.append(&record, record.time() + TimeDelta::microseconds(850))?;
    }
    trail.commit()?;
    Ok(trail.into_sink())
}

fn occurrence(number: u8, time: DateTime<Utc>) -> Result<Occurrence> {
    Ok(Occurrence::with_id(EvidenceIdentifier::version_7(time, [number; 10]), time)?)
}

fn records(world: &World) -> Result<Vec<Record<'static>>> {
    let (submitted, opened, later) = (at(SUBMITTED), at(OPENED), at(NOW));
    let publish = || Action::new("POST", "/publish/{messageId}");
    let get = || Action::new("GET", "/messages/{messageId}/contents/{partId}");
    let part = || -> Result<Part<'static>> {
        let digests =
            [AuditDigest::of(crate::world::LETTER), AuditDigest::keyed(seed()?.as_bytes(), crate::world::LETTER)];
        Ok(Part::new("main", digests, 45, "text/plain")?)
    };
    let proof = || ProofReference::id(world.proof.id());
    let actor = |number, time| -> Result<Actor<'static>> {
        Ok(Actor::of(&person()?, &seed()?, occurrence(number, time)?.id())?)
    };
    Ok(vec![
        Record::api_call(occurrence(1, submitted)?, publish()?, Outcome::status(201)?)
            .with_client("sender-portal")?
            .with_actor(&person()?, &seed()?)?
            .with_token_hash(AuditDigest::of(b"the token of a session"))?
            .with_part(part()?)?
            .on_side(Side::Callee)?
            .classified(Classification::Personal),
        Record::api_call(occurrence(2, submitted)?, publish()?, Outcome::Timeout).on_side(Side::Caller)?,
        Record::event_engine(occurrence(3, submitted)?, EngineEvent::NewDocument).with_engine_sequence(42)?,
        Record::proof_issued(occurrence(4, at(STAMPED))?, proof(), Event::SubmissionAcceptance),
        Record::proof_received(occurrence(5, at(STAMPED))?, proof(), Event::SubmissionAcceptance)
            .with_client("provider")?,
        Record::consent_check(occurrence(6, later)?, Consent::Given),
        Record::consent_changed(occurrence(7, later)?, Consent::NotGiven),
        Record::notification(occurrence(8, later)?, Channel::Email, Outcome::status(250)?).as_reminder(1)?,
        Record::read(occurrence(9, opened)?).with_action(get()?, Outcome::status(200)?)?.with_part(part()?)?,
        Record::hidden(occurrence(10, opened)?).with_actor(&person()?, &seed()?)?,
        Record::deleted(occurrence(11, opened)?, DeletionReason::Expired),
        Record::identity_flag(occurrence(12, opened)?, actor(12, opened)?, IdentityFlag::Replaced),
        Record::mandate_changed(occurrence(13, opened)?, actor(13, opened)?, MandateChange::Revoked),
        Record::clock_status(occurrence(14, opened)?, ClockState::Synchronised),
        Record::export(occurrence(15, opened)?, Sequence::FIRST, Sequence::new(14).ok_or("a number")?, b"{}"),
        Record::resumed(occurrence(16, opened)?, 1, LineHash::of(b"{")),
    ])
}
