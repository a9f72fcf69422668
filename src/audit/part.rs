//! The content that a record is about.

use std::borrow::Cow;

use super::digest::AuditDigest;
use super::limits::MAX_DIGESTS;
use super::record_error::RecordError;
use super::text;

/// A part of the content of a message: its id, digests, size in octets, and media type. The id is a token of the service and no
/// file name, which could name a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    id: Cow<'a, str>,
    digests: Vec<AuditDigest>,
    size: u64,
    media_type: Cow<'a, str>,
}

impl<'a> Part<'a> {
    /// The largest integer that every reader of JSON keeps (RFC 8259 §6).
    const MAX_SIZE: u64 = (1 << 53) - 1;

    /// Describes a part.
    ///
    /// # Errors
    /// [`RecordError::Form`], [`RecordError::Empty`], [`RecordError::TooLong`], [`RecordError::PersonInTheClear`];
    /// [`RecordError::TooMany`] or [`RecordError::Twice`] for digests.
    pub fn new(
        id: impl Into<Cow<'a, str>>,
        digests: impl IntoIterator<Item = AuditDigest>,
        size: u64,
        media_type: impl Into<Cow<'a, str>>,
    ) -> Result<Self, RecordError> {
        let digests: Vec<_> = digests.into_iter().take(MAX_DIGESTS + 1).collect();
        Self::read(id.into(), digests, size, media_type.into())
    }

    pub(super) fn read(
        id: Cow<'a, str>,
        digests: Vec<AuditDigest>,
        size: u64,
        media_type: Cow<'a, str>,
    ) -> Result<Self, RecordError> {
        let id = text::token("parts.id", id)?;
        let media_type = text::media_type(media_type)?;
        if size > Self::MAX_SIZE {
            return Err(RecordError::Form("parts.size"));
        }
        match digests.len() {
            0 => return Err(RecordError::Empty("parts.digests")),
            1..=MAX_DIGESTS => {}
            _ => return Err(RecordError::TooMany { what: "parts.digests", limit: MAX_DIGESTS }),
        }
        let is_twice = |(number, digest): (usize, &AuditDigest)| {
            digests.iter().take(number).any(|before| before.method() == digest.method())
        };
        // Two digests by one method would name two contents.
        if digests.iter().enumerate().any(is_twice) {
            return Err(RecordError::Twice("parts.digests.method"));
        }
        Ok(Self { id, digests, size, media_type })
    }

    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the digests, of which there is at least one, each by another method.
    pub fn digests(&self) -> &[AuditDigest] {
        &self.digests
    }

    /// Returns the number of octets of the content.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the media type.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }
}
