//! Writes a line.

use chrono::{DateTime, Utc};

use crate::audit::action::Outcome;
use crate::audit::details::Details;
use crate::audit::digest::AuditDigest;
use crate::audit::limits::MAX_LINE;
use crate::audit::part::Part;
use crate::audit::record::Record;
use crate::audit::record_error::RecordError;
use crate::audit::sequence::{LineHash, Sequence, decimal_digits};
use crate::audit::time::push;
use crate::audit::words::{
    Channel, Classification, ClockState, Consent, DeletionReason, EngineEvent, IdentityFlag, MandateChange, Side,
};
use crate::crypto::Digest;
use crate::evidence::Event;
use crate::text::{ascii, hex_digits, push_plain, push_string};

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

/// Appends the line of a record, without its line feed, to `out`. The members stand in a fixed order.
pub(in crate::audit) fn encode(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    place: &WrittenPlace<'_>,
) -> Result<(), RecordError> {
    record.check_members()?;
    let start = out.len();
    Writer(out).line(record, place);
    if out.len() - start > MAX_LINE {
        out.truncate(start);
        return Err(RecordError::TooLong { what: "line", limit: MAX_LINE });
    }
    Ok(())
}

/// Writes what stands in the place of a line, without its line feed.
pub(in crate::audit) fn left_out_line(sequence: Sequence, hash: LineHash) -> String {
    format!("{{\"sequence\":\"{sequence}\",\"lineHash\":\"{hash}\"}}")
}

/// Writes members behind each other. A trail has millions of lines, so that nothing is copied on the way, and no member asks for
/// memory. Where the name of a member is a constant, it is written without a call.
struct Writer<'o>(&'o mut Vec<u8>);

impl Writer<'_> {
    #[inline]
    fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Writes the name of a member. `name` has its quotes and its colon.
    #[inline]
    fn name(&mut self, name: &str) -> &mut Self {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.raw(name)
    }

    /// Writes a text in which nothing needs an escape: a word, a token, or digits of any kind.
    #[inline]
    fn plain(&mut self, name: &str, text: &str) -> &mut Self {
        push_plain(self.name(name).0, text);
        self
    }

    #[inline]
    fn plain_if(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            self.plain(name, text);
        }
        self
    }

    /// Writes a text that somebody else chose. The forms of such texts have no control characters.
    #[inline]
    fn text_if(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            push_string(self.name(name).0, text);
        }
        self
    }

    #[inline]
    fn integer_if(&mut self, name: &str, number: Option<u64>) -> &mut Self {
        if let Some(number) = number {
            let digits = decimal_digits(number);
            let zeros = digits.iter().take(digits.len() - 1).take_while(|digit| **digit == b'0').count();
            self.name(name).0.extend_from_slice(digits.get(zeros..).unwrap_or_default());
        }
        self
    }

    /// Writes a time in quotes.
    fn time(&mut self, time: DateTime<Utc>) -> &mut Self {
        self.raw("\"");
        push(self.0, time);
        self.raw("\"")
    }

    #[inline]
    fn sequence_if(&mut self, name: &str, sequence: Option<Sequence>) -> &mut Self {
        match sequence {
            Some(sequence) => self.plain(name, ascii(&sequence.digits())),
            None => self,
        }
    }

    /// Writes octets as hexadecimal digits.
    #[inline]
    fn hex_if(&mut self, name: &str, octets: Option<&[u8]>) -> &mut Self {
        match octets {
            Some(octets) => self.name(name).hex(octets),
            None => self,
        }
    }

    /// Writes octets as hexadecimal digits in quotes.
    fn hex(&mut self, octets: &[u8]) -> &mut Self {
        self.raw("\"");
        let start = self.0.len();
        self.0.resize(start + 2 * octets.len(), b'0');
        hex_digits(octets, self.0.get_mut(start..).unwrap_or_default());
        self.raw("\"")
    }

    fn line(&mut self, record: &Record<'_>, place: &WrittenPlace<'_>) {
        self.raw("{\"specversion\":\"").raw(SPEC_VERSION).raw("\",\"id\":\"");
        record.id().write(self.0);
        self.raw("\",\"source\":\"").raw(place.source).raw("\",\"type\":\"").raw(record.kind().event_type()).raw("\"");
        self.text_if("\"subject\":", record.message()).raw(",\"time\":").time(record.time());
        self.raw(",\"recordedtime\":").time(place.recorded_time).raw(",\"sequence\":\"");
        self.raw(ascii(&place.sequence.digits())).raw("\"");
        self.text_if("\"correlationid\":", record.correlation()).text_if("\"causationid\":", record.causation());
        self.plain_if("\"dataclassification\":", record.classification().map(Classification::name));
        self.raw(",\"datacontenttype\":\"").raw(MEDIA_TYPE).raw("\",\"dataschema\":\"");
        self.raw(SCHEMA).raw(SCHEMA_VERSION).raw("\",\"data\":{");
        self.data(record, place.previous);
        self.raw("}}");
    }

    fn data(&mut self, record: &Record<'_>, previous: Option<LineHash>) {
        self.hex_if("\"previous\":", previous.as_ref().map(|hash| hash.as_bytes().as_slice()));
        if let Some(action) = record.action() {
            self.name("\"action\":{\"method\":\"").raw(action.method()).raw("\",\"template\":\"");
            self.raw(action.template()).raw("\"}");
        }
        match record.outcome() {
            Some(Outcome::Status(status)) => self.integer_if("\"outcome\":", Some(status.get().into())),
            outcome @ (None | Some(Outcome::Timeout | Outcome::Refused | Outcome::Failed)) => {
                self.plain_if("\"outcome\":", outcome.and_then(Outcome::word))
            }
        };
        self.plain_if("\"client\":", record.client());
        if let Some(actor) = record.actor() {
            self.name("\"actor\":{\"scheme\":\"").raw(actor.scheme()).raw("\",\"commitment\":\"");
            self.raw(ascii(&actor.commitment().characters())).raw("\"}");
        }
        if let Some(hash) = record.token_hash() {
            self.name("\"tokenHash\":").digest(&hash);
        }
        if !record.parts().is_empty() {
            self.name("\"parts\":").list(record.parts(), Self::part);
        }
        let proof = record.proof();
        self.plain_if("\"proof\":", proof.and_then(|proof| proof.base64()));
        self.hex_if("\"proofId\":", proof.and_then(|proof| proof.id_octets()));
        self.plain_if("\"event\":", record.event().map(Event::name));
        let before = self.0.len();
        let start = self.name("\"details\":{").0.len();
        // Of most kinds of records none is there.
        if self.details(record.details()).0.len() > start {
            self.raw("}");
        } else {
            self.0.truncate(before);
        }
    }

    fn list<T>(&mut self, elements: &[T], write: impl for<'w> Fn(&'w mut Self, &T) -> &'w mut Self) -> &mut Self {
        let mut separator = "[";
        for element in elements {
            write(self.raw(separator), element);
            separator = ",";
        }
        self.raw("]")
    }

    fn digest(&mut self, digest: &AuditDigest) -> &mut Self {
        self.raw("{\"method\":\"").raw(digest.method()).raw("\",\"value\":").hex(digest.as_bytes()).raw("}")
    }

    fn part(&mut self, part: &Part<'_>) -> &mut Self {
        self.raw("{\"id\":\"").raw(part.id()).raw("\",\"digests\":").list(part.digests(), Self::digest);
        self.integer_if("\"size\":", Some(part.size())).text_if("\"mediaType\":", Some(part.media_type())).raw("}")
    }

    fn details(&mut self, details: &Details) -> &mut Self {
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
        } = details;
        self.plain_if("\"side\":", side.map(Side::name));
        self.plain_if("\"engineEvent\":", engine_event.map(EngineEvent::name));
        self.integer_if("\"engineSequence\":", *engine_sequence);
        self.plain_if("\"consent\":", consent.map(Consent::name));
        self.plain_if("\"channel\":", channel.map(Channel::name)).integer_if("\"reminder\":", *reminder);
        self.plain_if("\"reason\":", reason.map(DeletionReason::name));
        self.plain_if("\"flag\":", flag.map(IdentityFlag::name));
        self.plain_if("\"mandate\":", mandate.map(MandateChange::name));
        self.plain_if("\"state\":", state.map(ClockState::name));
        if let Some(recorded) = previous_recorded {
            self.name("\"previousRecorded\":").time(*recorded);
        }
        self.sequence_if("\"first\":", *first).sequence_if("\"last\":", *last);
        self.hex_if("\"manifestDigest\":", manifest_digest.as_ref().map(Digest::as_bytes));
        self.integer_if("\"tornOctets\":", *torn_octets);
        self.hex_if("\"tornHash\":", torn_hash.as_ref().map(|hash| hash.as_bytes().as_slice()))
    }
}
