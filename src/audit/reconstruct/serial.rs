//! How accounts and reports are written for programs.

use std::fmt::Display;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::account::NamedProof;
use super::clock::{Clock, ClockReference, ClockSection};
use super::conflict::ConflictKind;
use super::expected::{RecordForm, Role};
use super::fact::Fact;
use super::fault::{LaidTo, TrailFault};
use super::missing_reason::NotCovered;
use super::standing::{FactStanding, ReconstructionVerdict};
use crate::audit::text::printed_id;
use crate::audit::{LineHash, Sequence};
use crate::life::{Case, Letter, TooManyProofs};

macro_rules! by_name {
    ($($type:ty)*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        })*
    };
}

by_name! { Fact Role RecordForm FactStanding ReconstructionVerdict NotCovered ConflictKind LaidTo ClockReference }

impl Serialize for TrailFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fault = serializer.serialize_struct("TrailFault", 4)?;
        fault.serialize_field("fault", self.kind.name())?;
        fault.serialize_field("laid_to", &self.laid_to)?;
        fault.serialize_field("text", &self.kind.to_string())?;
        match &self.export {
            Some(export) => fault.serialize_field("export", &**export)?,
            None => fault.skip_field("export")?,
        }
        fault.end()
    }
}

impl Serialize for Clock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut clock = serializer.serialize_struct("Clock", 5)?;
        clock.serialize_field("clock", self.name())?;
        match self {
            Self::NotEstimated | Self::Agrees => {}
            Self::Differs { by, pairs } => {
                clock.serialize_field("ahead_milliseconds", &by.num_milliseconds())?;
                clock.serialize_field("pairs", pairs)?;
            }
            Self::Off { by, spread, pairs, decided_by } => {
                clock.serialize_field("ahead_milliseconds", &by.num_milliseconds())?;
                clock.serialize_field("spread_milliseconds", &spread.num_milliseconds())?;
                clock.serialize_field("pairs", pairs)?;
                clock.serialize_field("decided_by", decided_by)?;
            }
        }
        clock.end()
    }
}

impl Serialize for ClockSection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut section = serializer.serialize_struct("ClockSection", 3)?;
        section.serialize_field("from", &self.from.get())?;
        section.serialize_field("to", &self.to.get())?;
        section.serialize_field("clock", &self.clock)?;
        section.end()
    }
}

/// Writes the id of a proof in hexadecimal digits, as reports have it.
impl Serialize for NamedProof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::AtHand(id) => serializer.collect_str(id),
            Self::NotAtHand(id) | Self::OfAnotherMessage(id) => serializer.collect_str(&LineHash::from_bytes(*id)),
        }
    }
}

pub(super) fn text<S: Serializer>(text: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(text)
}

pub(super) fn message<S: Serializer>(message: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(printed_id(message))
}

pub(super) fn text_if_any<S: Serializer>(text: &Option<impl Display>, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => serializer.collect_str(text),
        None => serializer.serialize_none(),
    }
}

pub(super) fn texts<S: Serializer>(texts: &[Arc<str>], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(texts.len()))?;
    texts.iter().try_for_each(|text| list.serialize_element(&**text))?;
    list.end()
}

pub(super) fn sequence<S: Serializer>(sequence: &Sequence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(sequence.get())
}

pub(super) fn span<S: Serializer>(span: &Option<(Sequence, Sequence)>, serializer: S) -> Result<S::Ok, S::Error> {
    span.map(|(first, last)| [first.get(), last.get()]).serialize(serializer)
}

/// Writes the cases of letters. A case of too many proofs is its error.
pub(super) fn letters<S: Serializer>(letters: &[Letter], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(letters.len()))?;
    letters.iter().try_for_each(|letter| list.serialize_element(&OfLetter::of(letter)))?;
    list.end()
}

#[derive(Serialize)]
struct OfLetter<'a> {
    message: &'a str,
    environment: &'a str,
    cases: Vec<OfCase<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum OfCase<'a> {
    Case(&'a Case),
    Error(String),
}

impl<'a> OfLetter<'a> {
    fn of(letter: &'a Letter) -> Self {
        let case = |case: &'a Result<Case, TooManyProofs>| match case {
            Ok(case) => OfCase::Case(case),
            Err(error) => OfCase::Error(error.to_string()),
        };
        let (message, environment) = (printed_id(letter.message.as_str()), letter.environment.name());
        Self { message, environment, cases: letter.cases.iter().map(case).collect() }
    }
}

impl Clock {
    /// Returns the stable name, which programs match.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotEstimated => "not-estimated",
            Self::Agrees => "agrees",
            Self::Differs { .. } => "differs",
            Self::Off { .. } => "off",
        }
    }
}

impl ClockReference {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timestamps => "timestamps",
            Self::OtherParties => "other-parties",
        }
    }
}

impl LaidTo {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Party => "party",
        }
    }
}

/// Formats a difference without its sign, in seconds with one digit.
pub(super) fn seconds(difference: TimeDelta) -> impl Display {
    let tenths = difference.num_milliseconds() / 100;
    format!("{}.{} s", (tenths / 10).abs(), (tenths % 10).abs())
}

/// Formats how far a clock is ahead or behind.
pub(super) fn ahead(difference: TimeDelta) -> impl Display {
    let side = if difference < TimeDelta::zero() { "behind" } else { "ahead" };
    format!("{side} by {}", seconds(difference))
}
