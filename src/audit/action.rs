//! What was done, and what came of it.

use std::borrow::Cow;
use std::fmt;

use super::record_error::RecordError;
use super::text;

/// An action: the method and the template of the path, without values and without a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Action<'a> {
    method: Cow<'a, str>,
    template: Cow<'a, str>,
}

impl<'a> Action<'a> {
    /// Makes an action of a method in capital letters and a path, in which names in braces stand for values:
    /// `POST`, `/publish/{messageId}`.
    ///
    /// # Errors
    /// [`RecordError::Form`], [`RecordError::Empty`], [`RecordError::TooLong`]; [`RecordError::PersonInTheClear`] for a part of
    /// the path with six digits or more, which could be the number of a person.
    pub fn new(method: impl Into<Cow<'a, str>>, template: impl Into<Cow<'a, str>>) -> Result<Self, RecordError> {
        Ok(Self { method: text::method(method.into())?, template: text::template(template.into())? })
    }

    /// Returns the method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the template.
    pub fn template(&self) -> &str {
        &self.template
    }
}

/// What came of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer with a status of three digits came, as of HTTP.
    Status(Status),
    /// No answer came in time. Whether the action was done is not known, so that it is recorded all the same.
    Timeout,
    /// No connection came about.
    Refused,
    /// It failed in another way, and is known not to have been done.
    Failed,
}

/// A status from 100 to 599.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u16);

impl Status {
    /// Returns the number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Outcome {
    const WORDS: [(Self, &'static str); 3] =
        [(Self::Timeout, "timeout"), (Self::Refused, "refused"), (Self::Failed, "failed")];

    /// Makes the outcome of a status.
    ///
    /// # Errors
    /// [`RecordError::Form`] for one that is not from 100 to 599.
    pub fn status(status: u16) -> Result<Self, RecordError> {
        if (100..=599).contains(&status) { Ok(Self::Status(Status(status))) } else { Err(RecordError::Form("outcome")) }
    }

    /// Tells if the answer was that the action was done: a status from 200 to 299.
    pub fn is_success(self) -> bool {
        match self {
            Self::Status(Status(status)) => (200..300).contains(&status),
            Self::Timeout | Self::Refused | Self::Failed => false,
        }
    }

    /// Returns the word for what is no status.
    pub(super) fn word(self) -> Option<&'static str> {
        Self::WORDS.into_iter().find(|(outcome, _)| *outcome == self).map(|(_, word)| word)
    }

    pub(super) fn from_word(word: &str) -> Result<Self, RecordError> {
        let outcome = Self::WORDS.into_iter().find(|(_, name)| *name == word);
        outcome.map(|(outcome, _)| outcome).ok_or(RecordError::Form("outcome"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(Status(status)) => write!(f, "{status}"),
            Self::Timeout | Self::Refused | Self::Failed => f.write_str(self.word().unwrap_or_default()),
        }
    }
}
