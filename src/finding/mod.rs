//! The words of a verdict: findings, their outcomes, and the indications of ETSI EN 319 102-1 V1.4.1.
//!
//! This room lies below the ones that check something, so that a timestamp's checks and a proof's checks speak the
//! same language and stand in one report. `verify` re-exports it.

#![deny(clippy::wildcard_enum_match_arm)]

mod code;
mod ledger;
mod verdict;

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

pub(crate) use code::Aspect;
pub use code::Code;
pub(crate) use ledger::{Details, Ledger, Notes, decisive};
pub use ledger::{Level, Levels};
pub use verdict::{Indication, Outcome, SubIndication};

use crate::text::read_from_object;

/// The subject of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Subject {
    /// The file as a CMS structure.
    Envelope,
    /// The payload, compared with its digests in the statement.
    Payload,
    /// The signature over the statement.
    Seal,
    /// The certification path of the seal.
    SealChain,
    /// The n-th timestamp, counted from 1. Its findings decide whether this timestamp proves a time, and no more.
    Timestamp(usize),
    /// A timestamp token that is verified by itself.
    Token,
    /// The n-th evidence record in a signature, counted from 1. Its findings decide whether this record proves a time,
    /// and no more.
    EvidenceRecord(usize),
    /// An evidence record that is verified by itself.
    Record,
    /// The n-th ArchiveTimeStamp of such a record, over all its chains, counted from 1.
    ArchiveTimeStamp(usize),
    /// The time that the valid timestamps prove together.
    Time,
    /// The content of the statement.
    Statement,
    /// The link of an opening to its sending.
    Link,
    /// The second seal beside a proof, compared with what the statement announces.
    SecondSeal,
    /// The submission that the sender signed, compared with the sending.
    Submission,
    /// The batch of an aggregated proof, and the way of the statement to its seal.
    Batch,
    /// The place of a proof in a log.
    Log,
}

impl Subject {
    pub(crate) fn is_timestamp(self) -> bool {
        matches!(self, Self::Timestamp(_) | Self::EvidenceRecord(_))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Envelope => f.pad("envelope"),
            Self::Payload => f.pad("payload"),
            Self::Seal => f.pad("seal"),
            Self::SealChain => f.pad("seal chain"),
            Self::Timestamp(number) => f.pad(&format!("timestamp {number}")),
            Self::Token => f.pad("token"),
            Self::EvidenceRecord(number) => f.pad(&format!("record {number}")),
            Self::Record => f.pad("record"),
            Self::ArchiveTimeStamp(number) => f.pad(&format!("timestamp {number}")),
            Self::Time => f.pad("time"),
            Self::Statement => f.pad("statement"),
            Self::Link => f.pad("link"),
            Self::SecondSeal => f.pad("second seal"),
            Self::Submission => f.pad("submission"),
            Self::Batch => f.pad("batch"),
            Self::Log => f.pad("log"),
        }
    }
}

/// One check, with what the artifact states and what was computed, where the check compares the two.
///
/// The texts never hold an identifier of a person, a key or payload. A finding serialises with the sentence of its code,
/// so that the JSON can be read without the table of codes. When a finding is read back, the code counts and the
/// sentence is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part of the artifact that was checked.
    pub subject: Subject,
    /// The stable code, for programs to match.
    pub code: Code,
    /// The outcome of the check.
    pub outcome: Outcome,
    /// The reason in the terms of ETSI EN 319 102-1 V1.4.1, where the outcome keeps the verdict from TOTAL-PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The side that the artifact states.
    pub stated: Option<String>,
    /// The side that was computed, or required.
    pub computed: Option<String>,
}

read_from_object! {
    Finding {
        subject,
        code,
        outcome,
        #[serde(default)] sub_indication,
        #[serde(default)] stated,
        #[serde(default)] computed,
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct WithSentence<'a> {
            subject: Subject,
            code: Code,
            outcome: Outcome,
            sentence: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            sub_indication: Option<SubIndication>,
            #[serde(skip_serializing_if = "Option::is_none")]
            stated: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            computed: Option<&'a str>,
        }

        let Self { subject, code, outcome, sub_indication, stated, computed } = self;
        WithSentence {
            subject: *subject,
            code: *code,
            outcome: *outcome,
            sentence: code.sentence(),
            sub_indication: *sub_indication,
            stated: stated.as_deref(),
            computed: computed.as_deref(),
        }
        .serialize(serializer)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.code.sentence())?;
        match (&self.stated, &self.computed) {
            (Some(stated), Some(computed)) => write!(f, " (stated {stated}; computed {computed})"),
            (Some(stated), None) => write!(f, " ({stated})"),
            (None, Some(computed)) => write!(f, " ({computed})"),
            (None, None) => Ok(()),
        }
    }
}
