//! Reads a line.

use chrono::{DateTime, Utc};
use serde_json::error::Category;

use super::encode::{MEDIA_TYPE, SCHEMA, SCHEMA_VERSION, SPEC_VERSION};
use super::entry::Entry;
use super::fault::LineFault;
use super::wire::{Text, WireData, WireDetails, WireDigest, WireLeftOut, WireLine, WireOutcome, WirePart, WirePlace};
use crate::audit::action::{Action, Outcome};
use crate::audit::actor::Actor;
use crate::audit::details::Details;
use crate::audit::digest::AuditDigest;
use crate::audit::kind::Kind;
use crate::audit::part::Part;
use crate::audit::proof::ProofReference;
use crate::audit::record::{Data, Occurrence, Record, check_parts};
use crate::audit::record_error::RecordError;
use crate::audit::sequence::{LineHash, Sequence, hex_octets};
use crate::audit::source::Source;
use crate::audit::time::{TimeFault, read};
use crate::audit::words::Classification;
use crate::audit::{text, words};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::Event;
use crate::text::Object;

/// No line with a record is as short, and no line that is left out is longer.
const LONGEST_LEFT_OUT: usize = 192;

/// What was read of a line.
pub(super) enum Decoded<'a> {
    Record(Box<Entry<'a>>),
    LeftOut { sequence: Sequence, hash: LineHash },
}

/// The last source that was read, and its URN: mostly all lines have the same.
pub(super) type LastSource = Option<(String, Source)>;

/// Reads a line, without its line feed.
pub(super) fn decode<'a>(line: &'a [u8], last: &'a mut LastSource) -> Result<Decoded<'a>, LineFault> {
    if line.is_empty() {
        return Err(LineFault::Empty);
    }
    let line = std::str::from_utf8(line).map_err(|_| LineFault::NotUtf8)?;
    if line.len() <= LONGEST_LEFT_OUT
        && let Some(left_out) = decode_left_out(line)
    {
        return Ok(left_out);
    }
    let Object(wire): Object<WireLine<'_>> = serde_json::from_str(line).map_err(|error| json_fault(&error))?;
    entry(wire, last).map(Decoded::Record)
}

/// Reads the number of a line that cannot be read otherwise. Nothing vouches for it.
pub(super) fn sequence_of_unreadable(line: &[u8]) -> Option<Sequence> {
    let Object(place): Object<WirePlace<'_>> = serde_json::from_slice(line).ok()?;
    Sequence::from_digits(&place.sequence?.0)
}

fn decode_left_out(line: &str) -> Option<Decoded<'_>> {
    let Object(wire): Object<WireLeftOut<'_>> = serde_json::from_str(line).ok()?;
    let sequence = Sequence::from_digits(&wire.sequence.0)?;
    Some(Decoded::LeftOut { sequence, hash: LineHash::from_hex(&wire.line_hash.0)? })
}

/// The members that a line must have.
const REQUIRED: [&str; 17] = [
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "recordedtime",
    "sequence",
    "dataschema",
    "data",
    "method",
    "template",
    "scheme",
    "commitment",
    "value",
    "digests",
    "size",
    "mediaType",
];

fn json_fault(error: &serde_json::Error) -> LineFault {
    match error.classify() {
        Category::Eof => LineFault::Truncated,
        // JSON has numbers of any length, and the library counts those that are beyond a double among what is no JSON.
        Category::Syntax if error.to_string().starts_with("number out of range") => LineFault::WrongType,
        Category::Syntax | Category::Io => LineFault::NotJson { column: error.column() },
        Category::Data => {
            // The library says in words alone what it is. They may repeat the input, so that none of them is passed on.
            let message = error.to_string();
            let of = |start: &str| message.strip_prefix(start);
            if of("duplicate field").is_some() {
                LineFault::DuplicateMember
            } else if of("unknown field").is_some() {
                LineFault::UnknownMember
            } else if let Some(name) = of("missing field `") {
                let is_named = |member: &&&str| name.strip_prefix(**member).is_some_and(|rest| rest.starts_with('`'));
                LineFault::MissingMember(REQUIRED.iter().find(is_named).copied().unwrap_or("a member"))
            } else {
                LineFault::WrongType
            }
        }
    }
}

/// Checks what a line holds. It is large, and is put where it stays.
fn entry<'a>(wire: WireLine<'a>, last: &'a mut LastSource) -> Result<Box<Entry<'a>>, LineFault> {
    if wire.specversion.0 != SPEC_VERSION {
        return Err(LineFault::SpecVersion);
    }
    let kind = kind(&wire.event_type.0)?;
    check_schema(&wire)?;
    let id = wire.id.0.parse().map_err(|_| RecordError::Form("id"))?;
    let occurrence = Occurrence::with_id(id, time("time", &wire.time)?)?;
    let sequence = sequence("sequence", &wire.sequence)?;
    let previous =
        wire.data.0.previous.as_ref().map(|hash| LineHash::from_hex(&hash.0).ok_or(RecordError::Form("previous")));
    let previous = previous.transpose()?;
    // Only the first line of a trail stands behind nothing.
    if previous.is_none() != (sequence == Sequence::FIRST) {
        return Err(LineFault::Previous);
    }
    let subject = wire.subject.map(|id| text::message_id("subject", id.0)).transpose()?;
    let correlation = match wire.correlationid {
        // Mostly it is the message, which was checked.
        Some(id) if subject.as_ref().is_some_and(|subject| *subject == id.0) => Some(id.0),
        Some(id) => Some(text::message_id("correlationid", id.0)?),
        None => None,
    };
    let record = Record {
        occurrence,
        kind,
        subject,
        correlation,
        causation: wire.causationid.map(|id| text::message_id("causationid", id.0)).transpose()?,
        classification: word("dataclassification", wire.dataclassification.as_ref(), Classification::from_name)?,
        data: data(wire.data)?,
    };
    record.check_members()?;
    let recorded_time = time("recordedtime", &wire.recordedtime)?;
    let source = source(&wire.source.0, last)?;
    Ok(Box::new(Entry { source, sequence, recorded_time, previous, record }))
}

/// Reads the source of a line, unless it is that of the line before.
fn source<'a>(urn: &str, last: &'a mut LastSource) -> Result<&'a Source, LineFault> {
    if last.as_ref().is_none_or(|(before, _)| before != urn) {
        *last = Some((urn.to_owned(), urn.parse()?));
    }
    last.as_ref().map(|(_, source)| source).ok_or(LineFault::Record(RecordError::Form("source")))
}

fn kind(event_type: &str) -> Result<Kind, LineFault> {
    let versioned = event_type.strip_prefix("recommande.audit.").ok_or(LineFault::UnknownKind)?;
    let (name, version) = versioned.rsplit_once('.').ok_or(LineFault::UnknownKind)?;
    if version != "v1" {
        let is_version = |digits: &str| !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
        let other = version.strip_prefix('v').is_some_and(is_version);
        return Err(if other { LineFault::OtherVersion } else { LineFault::UnknownKind });
    }
    Kind::from_name(name).ok_or(LineFault::UnknownKind)
}

fn check_schema(wire: &WireLine<'_>) -> Result<(), LineFault> {
    match wire.dataschema.0.strip_prefix(SCHEMA) {
        Some(SCHEMA_VERSION) => {}
        Some(_) => return Err(LineFault::OtherVersion),
        None => return Err(RecordError::Form("dataschema").into()),
    }
    // Parameters, such as a character set, change nothing: JSON is UTF-8.
    let is_json = |media_type: &Text<'_>| {
        let (essence, _) = media_type.0.split_once(';').unwrap_or((&media_type.0, ""));
        essence.trim_end().eq_ignore_ascii_case(MEDIA_TYPE)
    };
    if wire.datacontenttype.as_ref().is_none_or(is_json) {
        Ok(())
    } else {
        Err(RecordError::Form("datacontenttype").into())
    }
}

fn time(what: &'static str, text: &Text<'_>) -> Result<DateTime<Utc>, LineFault> {
    read(&text.0).map_err(|fault| match fault {
        TimeFault::WithoutZone => LineFault::TimeWithoutZone(what),
        TimeFault::Form => LineFault::Time(what),
    })
}

fn sequence(what: &'static str, text: &Text<'_>) -> Result<Sequence, RecordError> {
    Sequence::from_digits(&text.0).ok_or(RecordError::Form(what))
}

fn word<W>(what: &'static str, text: Option<&Text<'_>>, of: fn(&str) -> Option<W>) -> Result<Option<W>, RecordError> {
    text.map(|text| of(&text.0).ok_or(RecordError::Form(what))).transpose()
}

// Each member is taken out of where it lies.
fn data(wire: Box<Object<WireData<'_>>>) -> Result<Data<'_>, LineFault> {
    let proof = match (wire.0.proof, wire.0.proof_id) {
        (None, None) => None,
        (Some(base64), None) => Some(ProofReference::read_embedded(base64.0)?),
        (None, Some(hexadecimal)) => Some(ProofReference::read_id(&hexadecimal.0)?),
        (Some(_), Some(_)) => return Err(LineFault::ProofTwice),
    };
    let parts = wire.0.parts.into_iter().map(|Object(wire)| part(wire)).collect::<Result<Vec<_>, _>>()?;
    check_parts(&parts)?;
    Ok(Data {
        action: wire.0.action.map(|Object(action)| Action::new(action.method.0, action.template.0)).transpose()?,
        outcome: wire.0.outcome.map(outcome).transpose()?,
        client: wire.0.client.map(|client| text::token("client", client.0)).transpose()?,
        actor: wire.0.actor.map(|Object(actor)| Actor::read(actor.scheme.0, &actor.commitment.0)).transpose()?,
        token_hash: wire.0.token_hash.map(|Object(hash)| digest("tokenHash", &hash)).transpose()?,
        parts,
        proof,
        event: word("event", wire.0.event.as_ref(), event)?,
        details: wire.0.details.map_or(Ok(Details::default()), |wire| details(&wire.0))?,
    })
}

fn event(name: &str) -> Option<Event> {
    Event::ALL.iter().copied().find(|event| event.name() == name)
}

fn outcome(wire: WireOutcome<'_>) -> Result<Outcome, RecordError> {
    match wire {
        WireOutcome::Status(status) => Outcome::status(u16::try_from(status).unwrap_or(u16::MAX)),
        WireOutcome::Word(word) => Outcome::from_word(&word.0),
    }
}

fn digest(what: &'static str, wire: &WireDigest<'_>) -> Result<AuditDigest, RecordError> {
    AuditDigest::read(what, &wire.method.0, &wire.value.0)
}

fn part(wire: WirePart<'_>) -> Result<Part<'_>, RecordError> {
    let digests =
        wire.digests.iter().map(|Object(wire)| digest("parts.digests", wire)).collect::<Result<Vec<_>, _>>()?;
    Part::read(wire.id.0, digests, wire.size, wire.media_type.0)
}

fn details(wire: &WireDetails<'_>) -> Result<Details, LineFault> {
    let hash = |what, text: &Text<'_>| LineHash::from_hex(&text.0).ok_or(RecordError::Form(what));
    let manifest = |text: &Text<'_>| {
        let octets = hex_octets::<32>(&text.0).ok_or(RecordError::Form("details.manifestDigest"))?;
        Digest::new(DigestAlgorithm::Sha256, &octets).ok_or(RecordError::Form("details.manifestDigest"))
    };
    Ok(Details {
        side: word("details.side", wire.side.as_ref(), words::Side::from_name)?,
        engine_event: word("details.engineEvent", wire.engine_event.as_ref(), words::EngineEvent::from_name)?,
        engine_sequence: wire.engine_sequence,
        consent: word("details.consent", wire.consent.as_ref(), words::Consent::from_name)?,
        channel: word("details.channel", wire.channel.as_ref(), words::Channel::from_name)?,
        reminder: wire.reminder,
        reason: word("details.reason", wire.reason.as_ref(), words::DeletionReason::from_name)?,
        flag: word("details.flag", wire.flag.as_ref(), words::IdentityFlag::from_name)?,
        mandate: word("details.mandate", wire.mandate.as_ref(), words::MandateChange::from_name)?,
        state: word("details.state", wire.state.as_ref(), words::ClockState::from_name)?,
        previous_recorded: match &wire.previous_recorded {
            Some(text) => Some(time("details.previousRecorded", text)?),
            None => None,
        },
        first: wire.first.as_ref().map(|text| sequence("details.first", text)).transpose()?,
        last: wire.last.as_ref().map(|text| sequence("details.last", text)).transpose()?,
        manifest_digest: wire.manifest_digest.as_ref().map(manifest).transpose()?,
        torn_octets: wire.torn_octets,
        torn_hash: wire.torn_hash.as_ref().map(|text| hash("details.tornHash", text)).transpose()?,
    })
}
