//! Which lines of a trail are shown.

use std::fmt;
use std::io::{self, BufRead};

use chrono::{DateTime, Utc};

use super::kind::Kind;
use super::line::{Content, Entry, LineReader};
use super::record::Record;
use super::sequence::Sequence;
use crate::evidence::{Identifier, MessageId, SaltSeed};

/// Which lines of a trail an export shows. Each condition narrows it.
#[derive(Clone, Default)]
pub struct Selection {
    pub(super) span: Option<Span>,
    pub(super) messages: Vec<String>,
    pub(super) kinds: Vec<Kind>,
    pub(super) person: Option<Person>,
}

/// Lines from one number to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    first: Sequence,
    last: Sequence,
}

/// A person, and the seed of the commitments to the person's identifier.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) identifier: Identifier,
    pub(super) seed: SaltSeed,
}

impl Span {
    /// Makes a span; `None` where the last number is before the first.
    pub fn new(first: Sequence, last: Sequence) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// Finds the lines that were recorded from one time to another, which is not included: from the first of them to the last. Where
    /// the clock was set, there may be others between them. `None` means that there is none.
    ///
    /// # Errors
    /// The error of the reader.
    pub fn of_times<R: BufRead>(
        lines: &mut LineReader<R>,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> io::Result<Option<Self>> {
        let mut span: Option<Self> = None;
        while let Some(line) = lines.next_line()? {
            if let Content::Entry(entry) = line.content
                && (from..until).contains(&entry.recorded_time())
            {
                let sequence = entry.sequence();
                let Self { first, last } = span.unwrap_or(Self { first: sequence, last: sequence });
                span = Some(Self { first: first.min(sequence), last: last.max(sequence) });
            }
        }
        Ok(span)
    }

    /// Returns the first number.
    pub fn first(&self) -> Sequence {
        self.first
    }

    /// Returns the last number.
    pub fn last(&self) -> Sequence {
        self.last
    }

    pub(super) fn contains(&self, sequence: Sequence) -> bool {
        (self.first..=self.last).contains(&sequence)
    }
}

impl Person {
    /// Tells if a record is about the person.
    pub(super) fn is_in(&self, record: &Record<'_>) -> bool {
        record.actor().is_some_and(|actor| actor.is(&self.identifier, &self.seed, record.id()))
    }
}

impl Selection {
    /// All lines.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Only lines of a span. Those outside of it are not in the export at all, and all others have a line there.
    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Only records about this message, or about one of several when it is called again.
    #[must_use]
    pub fn about(mut self, message: &MessageId) -> Self {
        if !self.messages.iter().any(|before| before == message.as_str()) {
            self.messages.push(message.as_str().to_owned());
        }
        self
    }

    /// Only records of this kind, or of one of several when it is called again.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        self
    }

    /// Only records about a person, as whoever holds the seed finds them.
    #[must_use]
    pub fn of_person(mut self, identifier: Identifier, seed: SaltSeed) -> Self {
        self.person = Some(Person { identifier, seed });
        self
    }

    /// Tells if the span holds a line of this number.
    pub(super) fn spans(&self, sequence: Sequence) -> bool {
        self.span.is_none_or(|span| span.contains(sequence))
    }

    /// Tells if an entry within the span is shown.
    pub(super) fn shows(&self, entry: &Entry<'_>) -> bool {
        let record = entry.record();
        let is_message = |message: &String| record.message() == Some(message) || record.correlation() == Some(message);
        (self.messages.is_empty() || self.messages.iter().any(is_message))
            && (self.kinds.is_empty() || self.kinds.contains(&record.kind()))
            && self.person.as_ref().is_none_or(|person| person.is_in(record))
    }
}

/// A selection may be about a message whose id nobody has checked, so that only the number of them is shown.
impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { span, messages, kinds, person } = self;
        f.debug_struct("Selection")
            .field("span", span)
            .field("messages", &messages.len())
            .field("kinds", kinds)
            .field("person", &person.is_some())
            .finish()
    }
}
