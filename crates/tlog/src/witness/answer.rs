//! The answer of a witness.

use crate::checkpoint::SignedCheckpoint;
use crate::limits::MAX_ANSWER;
use crate::note::{Note, NoteError, NoteSignature, NoteVerifyError, parse_lines};
use crate::policy::Witness;
use crate::text::decode_decimal;

/// The media type of a conflict.
pub(super) const SIZE_TYPE: &str = "text/x.tlog.size";

/// What came over HTTP: the status, the media type as the header Content-Type has it, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header Content-Type, where there is one.
    pub content_type: Option<String>,
    /// The body. A transport reads no more than [`MAX_ANSWER`] octets and one.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the cosignatures of a witness over this checkpoint, in the order of their names and ids. Those of keys that are not its own are left out.
    ///
    /// Of several by one key, the one with the earliest time is kept, which is what a policy takes of them: else one witness could fill
    /// the note, so that no other could add its cosignature.
    ///
    /// # Errors
    /// - `Conflict` when the witness has cosigned another size last (409), and `ConflictWithoutSize` when it does not say which.
    /// - `RequestRefused` (400), `SignatureRefused` (403), `UnknownLog` (404), `Inconsistent` (422), and `Status` for others.
    /// - `TooLarge`, `NotUtf8` and `Lines` for a body that is not one or more signature lines.
    /// - `Cosignature` when one of the witness's own is not valid, or none is there. `NoTime` when one states no time.
    pub fn cosignatures(
        &self,
        checkpoint: &SignedCheckpoint,
        witness: &Witness,
    ) -> Result<Vec<NoteSignature>, AnswerError> {
        self.check_status()?;
        if self.body.len() > MAX_ANSWER {
            return Err(AnswerError::TooLarge);
        }
        let lines = core::str::from_utf8(&self.body).map_err(|_| AnswerError::NotUtf8)?;
        let mut signatures = parse_lines(lines).map_err(AnswerError::Lines)?;
        let ring = witness.ring();
        signatures.retain(|signature| ring.find(signature.name(), signature.id()).is_some());
        if signatures.is_empty() {
            return Err(AnswerError::Cosignature(NoteVerifyError::NoKnownKey));
        }
        // The text as the log wrote it.
        let note = Note::new(checkpoint.note().text().clone(), signatures).map_err(AnswerError::Lines)?;
        let known = note.verify(ring).map_err(AnswerError::Cosignature)?;
        // A cosignature without a time does not say that the tree was the largest.
        if known.iter().any(|known| known.time.is_none()) {
            return Err(AnswerError::NoTime);
        }
        let mut cosignatures = note.signatures().to_vec();
        // The octets of a cosignature begin with its time.
        cosignatures.sort_unstable();
        cosignatures.dedup_by(|later, earliest| (later.name(), later.id()) == (earliest.name(), earliest.id()));
        Ok(cosignatures)
    }

    fn check_status(&self) -> Result<(), AnswerError> {
        match self.status {
            200 => Ok(()),
            400 => Err(AnswerError::RequestRefused),
            403 => Err(AnswerError::SignatureRefused),
            404 => Err(AnswerError::UnknownLog),
            409 => match self.size() {
                Some(size) => Err(AnswerError::Conflict { size }),
                None => Err(AnswerError::ConflictWithoutSize),
            },
            422 => Err(AnswerError::Inconsistent),
            status => Err(AnswerError::Status(status)),
        }
    }

    /// Reads the size in a conflict: a decimal number and a line feed.
    // A proxy may answer 409 for reasons of its own: the media type tells.
    fn size(&self) -> Option<u64> {
        let media_type = self.content_type.as_deref()?.split(';').next()?.trim();
        if !media_type.eq_ignore_ascii_case(SIZE_TYPE) {
            return None;
        }
        decode_decimal(core::str::from_utf8(&self.body).ok()?.strip_suffix('\n')?)
    }
}

/// Why an answer has no cosignature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The witness has cosigned a tree of another size last (409).
    #[error("the witness has cosigned a tree of {size} entries last")]
    Conflict {
        /// That size.
        size: u64,
    },
    /// The witness answers 409, but does not say in its way which size it has.
    #[error("a conflict without a size")]
    ConflictWithoutSize,
    /// The witness does not understand the request (400).
    #[error("the witness refuses the request")]
    RequestRefused,
    /// No signature is of a key that the witness has for the log, or one of them is not valid (403).
    #[error("the witness refuses the signature of the log")]
    SignatureRefused,
    /// The witness does not know the log (404).
    #[error("the witness does not know the log")]
    UnknownLog,
    /// The checkpoint is not consistent with the one that the witness cosigned last (422). It has proof of what the log did.
    #[error("the witness does not find the checkpoint consistent with the last one")]
    Inconsistent,
    /// The witness answers with another HTTP status.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The body is too large.
    #[error("an answer of more than {MAX_ANSWER} octets")]
    TooLarge,
    /// The body is not UTF-8.
    #[error("an answer that is not UTF-8")]
    NotUtf8,
    /// The body is not one or more signature lines.
    #[error("the answer: {0}")]
    Lines(#[source] NoteError),
    /// A cosignature of the witness is not valid, or there is none.
    #[error(transparent)]
    Cosignature(NoteVerifyError),
    /// A cosignature states no time.
    #[error("a cosignature without a time")]
    NoTime,
}

impl AnswerError {
    /// Tells whether the same request may succeed a moment later: HTTP status 429 and 5xx.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Status(429 | 500..=599))
    }
}
