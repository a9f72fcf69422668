//! Encodings of evidence are one layer above the statements, which know none of them.

pub(super) mod json;

use super::error::{DecodeStatementError, EvidenceError};
use super::event::Event;
use super::issuer::Issuer;
use super::statement::Statement;

/// An encoding of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codec {
    /// The JSON projection of ETSI EN 319 522-3, in the one form of the profile.
    #[default]
    Json,
}

impl Codec {
    const ALL: [Self; 1] = [Self::Json];

    /// Returns the encoding that this media type names.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.media_type() == media_type)
    }

    /// Returns the media type, as the mime-type attribute of a seal names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
        }
    }

    /// Encodes a statement as this issuer makes it: always the same octets for the same statement.
    ///
    /// # Errors
    /// [`EvidenceError::TooLarge`].
    pub fn encode<S: Statement>(self, statement: &S, issuer: &Issuer) -> Result<Vec<u8>, EvidenceError> {
        match self {
            Self::Json => {
                Ok(json::write::statement(statement.core(), statement.event(), statement.follows(), issuer)?.0)
            }
        }
    }

    /// Reads a statement and its issuer.
    ///
    /// A statement of one issuer has one encoding: the statement encodes to the same octets again.
    ///
    /// # Errors
    /// [`DecodeStatementError`] for everything that the profile does not write, with
    /// [`AnotherEvent`](super::DecodeStatementErrorKind::AnotherEvent) for evidence of an event that is not in
    /// [`Statement::EVENTS`].
    pub fn decode<S: Statement>(self, octets: &[u8]) -> Result<(S, Issuer), DecodeStatementError> {
        match self {
            Self::Json => {
                let (parts, issuer) = json::read::statement(octets, S::EVENTS)?;
                let statement = S::from_parts(parts).map_err(|error| json::read::refused_as_a_whole(octets, error))?;
                Ok((statement, issuer))
            }
        }
    }

    /// Reads the event alone, of any evidence that is well-formed, so that an error can name the kind of a proof that
    /// was not asked for. Nothing else is checked.
    ///
    /// # Errors
    /// [`DecodeStatementError`], with [`UnknownEvent`](super::DecodeStatementErrorKind::UnknownEvent) for a URI that is
    /// not of ETSI EN 319 522.
    pub fn peek_event(self, octets: &[u8]) -> Result<Event, DecodeStatementError> {
        match self {
            Self::Json => json::read::peek_event(octets),
        }
    }
}
