//! The manifest of an export.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::kind::Kind;
use super::limits::{MAX_MANIFEST, MAX_SELECTED_MESSAGES};
use super::record_error::RecordError;
use super::selection::{Selection, Span};
use super::sequence::{LineHash, Sequence};
use super::source::Source;
use super::{text, time};
use crate::text::Object;

/// The version of manifests.
const TYPE: &str = "recommande-audit-manifest/1";

/// What an export holds: whose lines, from which to which, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// Whose trail it is.
    pub source: Source,
    /// The number of the first line.
    pub first: Sequence,
    /// The number of the last line.
    pub last: Sequence,
    /// The hash of the first line, whether it is shown or left out.
    pub first_hash: LineHash,
    /// The hash of the last line, whether it is shown or left out.
    pub last_hash: LineHash,
    /// The hash of the line before the first: as the first line states it, or else that of the line itself where it stands before
    /// the first one. The first line of a trail has none, and one that was left out before says nothing of it.
    pub previous: Option<LineHash>,
    /// The number of lines, with those that are left out.
    pub count: u64,
    /// The number of lines of which only the hash is there.
    pub left_out: u64,
    /// The number of lines among those left out that could not be read, or were changed since they were written.
    pub unreadable: u64,
    /// The earliest time of recording of a line, also of one that is left out.
    pub from: DateTime<Utc>,
    /// The latest time of recording of a line, also of one that is left out.
    pub to: DateTime<Utc>,
    /// What was selected.
    pub selection: SelectionSummary,
    /// The SHA-256 of the octets of the export.
    pub export_digest: LineHash,
}

/// What was selected, as a manifest says it. A person is not named.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectionSummary {
    /// The span that was asked for.
    pub span: Option<Span>,
    /// The ids of the messages; none means that it is not narrowed by messages.
    pub messages: Vec<String>,
    /// The kinds; none means that it is not narrowed by kinds.
    pub kinds: Vec<Kind>,
    /// Whether it is about one person.
    pub persons: Persons,
}

/// Whose records were selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persons {
    /// It is not narrowed by persons.
    Everybody,
    /// The records about one person, whom the manifest does not name.
    OnePerson,
}

/// The reason why octets are no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestFault {
    /// There are too many octets.
    #[error("a manifest of more than {MAX_MANIFEST} octets")]
    TooLong,
    /// The octets are not the JSON of a manifest: a member is missing, is there twice, or is none of a manifest.
    #[error("not the JSON of a manifest")]
    Json,
    /// The manifest is of another version.
    #[error("a manifest of another version")]
    OtherVersion,
    /// A value is not of its form.
    #[error("{0} is not of its form")]
    Form(&'static str),
    /// The numbers do not fit each other.
    #[error("the numbers of a manifest do not fit each other")]
    Numbers,
    /// The selection names too many messages.
    #[error("a manifest of more than {MAX_SELECTED_MESSAGES} messages")]
    TooManyMessages,
    /// The id of a message that the selection names holds, or may hold, the number or the address of a natural person.
    #[error("the selection has the id of a message that may name a person")]
    PersonInTheClear,
}

impl SelectionSummary {
    /// Takes a selection. A manifest is passed on, so that it holds no more of a person than a record does.
    pub(super) fn of(selection: &Selection) -> Result<Self, RecordError> {
        if selection.messages.len() > MAX_SELECTED_MESSAGES {
            return Err(RecordError::TooMany { what: "messages of a selection", limit: MAX_SELECTED_MESSAGES });
        }
        for message in &selection.messages {
            text::message_id("message of a selection", message.into())?;
        }
        let persons = if selection.person.is_some() { Persons::OnePerson } else { Persons::Everybody };
        let (messages, kinds) = (selection.messages.clone(), selection.kinds.clone());
        Ok(Self { span: selection.span, messages, kinds, persons })
    }

    /// Tells if every line of the span is shown that can be.
    pub fn is_everything(&self) -> bool {
        self.messages.is_empty() && self.kinds.is_empty() && self.persons == Persons::Everybody
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WireManifest {
    r#type: String,
    source: String,
    first: String,
    last: String,
    first_hash: String,
    last_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    count: u64,
    left_out: u64,
    unreadable: u64,
    from: String,
    to: String,
    #[serde(deserialize_with = "from_object")]
    selection: WireSelection,
    export_digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSelection {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    messages: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persons: Option<String>,
}

fn from_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WireSelection, D::Error> {
    Object::deserialize(deserializer).map(|Object(selection)| selection)
}

/// What a manifest says instead of a name.
const ONE_PERSON: &str = "one";

impl Manifest {
    /// Returns the octets of `manifest.json`, which are sealed: members in a fixed order, without white space.
    pub fn to_json(&self) -> Vec<u8> {
        let selection = &self.selection;
        let wire = WireManifest {
            r#type: TYPE.to_owned(),
            source: self.source.to_string(),
            first: self.first.to_string(),
            last: self.last.to_string(),
            first_hash: self.first_hash.to_string(),
            last_hash: self.last_hash.to_string(),
            previous: self.previous.map(|hash| hash.to_string()),
            count: self.count,
            left_out: self.left_out,
            unreadable: self.unreadable,
            from: time::write(self.from),
            to: time::write(self.to),
            selection: WireSelection {
                first: selection.span.map(|span| span.first().to_string()),
                last: selection.span.map(|span| span.last().to_string()),
                messages: selection.messages.clone(),
                kinds: selection.kinds.iter().map(|kind| kind.name().to_owned()).collect(),
                persons: match selection.persons {
                    Persons::Everybody => None,
                    Persons::OnePerson => Some(ONE_PERSON.to_owned()),
                },
            },
            export_digest: self.export_digest.to_string(),
        };
        // A structure of texts and integers is always written.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`ManifestFault`].
    pub fn from_json(json: &[u8]) -> Result<Self, ManifestFault> {
        if json.len() > MAX_MANIFEST {
            return Err(ManifestFault::TooLong);
        }
        let Object(wire): Object<WireManifest> = serde_json::from_slice(json).map_err(|_| ManifestFault::Json)?;
        if wire.r#type != TYPE {
            return Err(ManifestFault::OtherVersion);
        }
        let manifest = Self {
            source: wire.source.parse().map_err(|_| ManifestFault::Form("source"))?,
            first: sequence("first", &wire.first)?,
            last: sequence("last", &wire.last)?,
            first_hash: hash("firstHash", &wire.first_hash)?,
            last_hash: hash("lastHash", &wire.last_hash)?,
            previous: wire.previous.map(|text| hash("previous", &text)).transpose()?,
            count: wire.count,
            left_out: wire.left_out,
            unreadable: wire.unreadable,
            from: time::read(&wire.from).map_err(|_| ManifestFault::Form("from"))?,
            to: time::read(&wire.to).map_err(|_| ManifestFault::Form("to"))?,
            selection: selection(wire.selection)?,
            export_digest: hash("exportDigest", &wire.export_digest)?,
        };
        manifest.fits().then_some(manifest).ok_or(ManifestFault::Numbers)
    }

    /// Tells if the numbers fit each other. How many lines there are is not known from the first and the last: a damaged trail
    /// lacks some, or has some twice.
    pub(super) fn fits(&self) -> bool {
        let is_ordered = self.first <= self.last && self.from <= self.to;
        let is_counted = self.count > 0 && self.unreadable <= self.left_out && self.left_out <= self.count;
        is_ordered && is_counted && (self.first != Sequence::FIRST || self.previous.is_none())
    }
}

fn sequence(what: &'static str, text: &str) -> Result<Sequence, ManifestFault> {
    Sequence::from_digits(text).ok_or(ManifestFault::Form(what))
}

fn hash(what: &'static str, text: &str) -> Result<LineHash, ManifestFault> {
    LineHash::from_hex(text).ok_or(ManifestFault::Form(what))
}

fn selection(wire: WireSelection) -> Result<SelectionSummary, ManifestFault> {
    let span = match (wire.first, wire.last) {
        (None, None) => None,
        (Some(first), Some(last)) => {
            let (first, last) = (sequence("selection.first", &first)?, sequence("selection.last", &last)?);
            Some(Span::new(first, last).ok_or(ManifestFault::Numbers)?)
        }
        (Some(_), None) | (None, Some(_)) => return Err(ManifestFault::Form("selection")),
    };
    if wire.messages.len() > MAX_SELECTED_MESSAGES {
        return Err(ManifestFault::TooManyMessages);
    }
    for message in &wire.messages {
        text::message_id("selection.messages", message.into()).map_err(|error| {
            if matches!(error, RecordError::PersonInTheClear(_)) {
                ManifestFault::PersonInTheClear
            } else {
                ManifestFault::Form("selection.messages")
            }
        })?;
    }
    // What is read is written again at no greater length, so that it can be read again.
    if wire.kinds.len() > Kind::ALL.len() {
        return Err(ManifestFault::Form("selection.kinds"));
    }
    let kind = |name: &String| Kind::from_name(name).ok_or(ManifestFault::Form("selection.kinds"));
    let kinds = wire.kinds.iter().map(kind).collect::<Result<_, _>>()?;
    let persons = match wire.persons.as_deref() {
        None => Persons::Everybody,
        Some(ONE_PERSON) => Persons::OnePerson,
        Some(_) => return Err(ManifestFault::Form("selection.persons")),
    };
    Ok(SelectionSummary { span, messages: wire.messages, kinds, persons })
}
