//! Writes a line.

use chrono::{DateTime, Utc};

use super::wire::{WireAction, WireActor, WireData, WireDetails, WireDigest, WireLine, WireOutcome, WirePart};
use crate::audit::action::Outcome;
use crate::audit::details::Details;
use crate::audit::digest::AuditDigest;
use crate::audit::limits::MAX_LINE;
use crate::audit::record::Record;
use crate::audit::record_error::RecordError;
use crate::audit::sequence::{LineHash, Sequence};
use crate::audit::time;

/// The version of CloudEvents.
pub(super) const SPEC_VERSION: &str = "1.0";

/// The name of the schema of the data, but for its version.
pub(super) const SCHEMA: &str = "urn:recommande:audit:schema:";

/// The version of the schema.
pub(super) const SCHEMA_VERSION: &str = "1";

/// The media type of the data.
pub(super) const MEDIA_TYPE: &str = "application/json";

/// The place of a line that is written.
pub(in crate::audit) struct WrittenPlace<'a> {
    /// The URN of the source.
    pub(in crate::audit) source: &'a str,
    pub(in crate::audit) sequence: Sequence,
    pub(in crate::audit) recorded_time: DateTime<Utc>,
    pub(in crate::audit) previous: Option<LineHash>,
}

/// Appends the line of a record, without its line feed, to `out`.
pub(in crate::audit) fn encode(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    place: &WrittenPlace<'_>,
) -> Result<(), RecordError> {
    record.check_members()?;
    let too_long = RecordError::TooLong { what: "line", limit: MAX_LINE };
    let start = out.len();
    let schema = [SCHEMA, SCHEMA_VERSION].concat();
    // A structure of texts and integers is always written.
    serde_json::to_writer(&mut *out, &wire(record, place, &schema)).map_err(|_| too_long.clone())?;
    if out.len() - start > MAX_LINE {
        out.truncate(start);
        return Err(too_long);
    }
    Ok(())
}

/// Writes what stands in the place of a line, without its line feed.
pub(in crate::audit) fn left_out_line(sequence: Sequence, hash: LineHash) -> String {
    format!("{{\"sequence\":\"{sequence}\",\"lineHash\":\"{hash}\"}}")
}

fn wire<'a>(record: &'a Record<'_>, place: &WrittenPlace<'a>, schema: &'a str) -> WireLine<'a> {
    WireLine {
        specversion: SPEC_VERSION.into(),
        id: urn(record).into(),
        source: place.source.into(),
        event_type: record.kind().event_type().into(),
        subject: record.message().map(Into::into),
        time: time::write(record.time()).into(),
        recordedtime: time::write(place.recorded_time).into(),
        sequence: place.sequence.to_string().into(),
        correlationid: record.correlation().map(Into::into),
        causationid: record.causation().map(Into::into),
        dataclassification: record.classification().map(|word| word.name().into()),
        datacontenttype: Some(MEDIA_TYPE.into()),
        dataschema: schema.into(),
        data: wire_data(record, place.previous),
    }
}

/// Writes the id of a record.
fn urn(record: &Record<'_>) -> String {
    let mut urn = Vec::with_capacity(45);
    record.id().write(&mut urn);
    // A URN is a text.
    String::from_utf8(urn).unwrap_or_default()
}

fn wire_data<'a>(record: &'a Record<'_>, previous: Option<LineHash>) -> WireData<'a> {
    let action = record.action();
    let actor = record.actor();
    let proof = record.proof();
    let parts = record.parts().iter().map(|part| WirePart {
        id: part.id().into(),
        digests: part.digests().iter().map(wire_digest).collect(),
        size: part.size(),
        media_type: part.media_type().into(),
    });
    WireData {
        previous: previous.map(|hash| hash.to_string().into()),
        action: action.map(|a| WireAction { method: a.method().into(), template: a.template().into() }),
        outcome: record.outcome().map(wire_outcome),
        client: record.client().map(Into::into),
        actor: actor.map(|a| WireActor { scheme: a.scheme().into(), commitment: a.commitment().to_string().into() }),
        token_hash: record.token_hash().as_ref().map(wire_digest),
        parts: parts.collect(),
        proof: proof.and_then(|proof| proof.base64()).map(Into::into),
        proof_id: proof.and_then(|proof| proof.hexadecimal()).map(Into::into),
        event: record.event().map(|event| event.name().into()),
        details: (*record.details() != Details::default()).then(|| wire_details(record.details())),
    }
}

fn wire_digest<'a>(digest: &AuditDigest) -> WireDigest<'a> {
    WireDigest { method: digest.method().into(), value: digest.value().into() }
}

fn wire_outcome<'a>(outcome: Outcome) -> WireOutcome<'a> {
    match outcome {
        Outcome::Status(status) => WireOutcome::Status(status.get().into()),
        Outcome::Timeout | Outcome::Refused | Outcome::Failed => {
            WireOutcome::Word(outcome.word().unwrap_or_default().into())
        }
    }
}

fn wire_details<'a>(details: &Details) -> WireDetails<'a> {
    WireDetails {
        side: details.side.map(|word| word.name().into()),
        engine_event: details.engine_event.map(|word| word.name().into()),
        engine_sequence: details.engine_sequence,
        consent: details.consent.map(|word| word.name().into()),
        channel: details.channel.map(|word| word.name().into()),
        reminder: details.reminder,
        reason: details.reason.map(|word| word.name().into()),
        flag: details.flag.map(|word| word.name().into()),
        mandate: details.mandate.map(|word| word.name().into()),
        state: details.state.map(|word| word.name().into()),
        previous_recorded: details.previous_recorded.map(|recorded| time::write(recorded).into()),
        first: details.first.map(|sequence| sequence.to_string().into()),
        last: details.last.map(|sequence| sequence.to_string().into()),
        manifest_digest: details.manifest_digest.map(|digest| LineHash::of_digest(&digest).to_string().into()),
        torn_octets: details.torn_octets,
        torn_hash: details.torn_hash.map(|hash| hash.to_string().into()),
    }
}
