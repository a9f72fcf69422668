//! Seals over the checkpoints of a log: CAdES with the text of the checkpoint attached.

use std::fmt;

use chrono::{DateTime, Utc};
use recommande_tlog::checkpoint::Checkpoint;
use recommande_tlog::note::NoteText;

use super::envelope::OpenEnvelope;
use super::error::{DecodeError, ProfileViolation, SealError};
use super::unstamped::{Internal, sealed};
use super::{Artifact, Envelope, Prepared, Sealer, Unstamped};
use crate::asn1::oid;

/// A seal over a checkpoint of a log (`.p7m`), which travels as the extra data of a `.tlog-proof`.
///
/// Its content is the text of the checkpoint, three lines that `openssl cms -verify` prints. The timestamp of the seal shows that
/// the checkpoint existed, and so did all entries before it. With revocation data inside it is renewed as any seal is.
///
/// The key of the log is not that of the seal: a note that begins with the character `1` has the first octet of a DER SET, and
/// nothing that is signed as one of them may pass for the other.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckpointSeal {
    envelope: Envelope,
    checkpoint: Checkpoint,
}

impl CheckpointSeal {
    /// The media type of the text of a checkpoint, which the seal states.
    pub const MEDIA_TYPE: &'static str = "text/plain;charset=utf-8";

    /// Returns the checkpoint, for which nobody vouches before the seal is verified.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Tells if something beside the signature states its time. Nothing of that is verified.
    pub fn has_timestamp(&self) -> bool {
        let Ok(open) = self.envelope.open() else { return false };
        let times = [oid::SIGNATURE_TIME_STAMP, oid::EVIDENCE_RECORD_INTERNAL, oid::EVIDENCE_RECORD_EXTERNAL];
        let unsigned = open.signer_info().ok().and_then(|signer_info| signer_info.unsigned_attributes.as_ref());
        unsigned.is_some_and(|attributes| times.into_iter().any(|oid| attributes.find(oid).next().is_some()))
    }

    /// Tells if two files hold the same signature, whatever lies beside it.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let signature = |seal: &Self| {
            let open = seal.envelope.open().ok()?;
            Some(open.signer_info().ok()?.signature.to_vec())
        };
        signature(self).is_some_and(|own| signature(other) == Some(own)) && self.checkpoint == other.checkpoint
    }
}

impl sealed::Sealed for CheckpointSeal {}

impl Artifact for CheckpointSeal {
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        let checkpoint = checkpoint_in(&envelope.open()?)?;
        Ok(Self { envelope, checkpoint })
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        &self.envelope
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        Self { envelope, checkpoint: self.checkpoint }
    }
}

/// Reads the content. A checkpoint with extension lines is not sealed, because cosignatures by ML-DSA-44 do not cover them.
fn checkpoint_in(open: &OpenEnvelope<'_>) -> Result<Checkpoint, ProfileViolation> {
    let content = open.content.ok_or(ProfileViolation::ContentMissing)?;
    let text = std::str::from_utf8(content).ok().and_then(|text| NoteText::new(text).ok());
    let checkpoint = text.and_then(|text| Checkpoint::parse(&text).ok()).filter(|read| !read.has_extensions());
    checkpoint.ok_or(ProfileViolation::NoCheckpoint)
}

impl fmt::Debug for CheckpointSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointSeal({:?}, {} octets)", self.checkpoint, self.envelope.der().len())
    }
}

impl Sealer {
    /// Seals a checkpoint of the log as CAdES B-B, with signing-time `now`. It gets its timestamp as a proof does, and a signer
    /// that fails can be asked again.
    ///
    /// # Errors
    /// `CheckpointExtensions`, `NoSigner`, `SigningTime`, `CertificateExpired`, `CertificateNotYetValid`, `Sign`.
    pub fn seal_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<CheckpointSeal>, SealError> {
        self.seal_content(content_of(checkpoint)?, now, |envelope| sealed_checkpoint(envelope, checkpoint))
    }

    /// Prepares the seal of a checkpoint for a key that is elsewhere, as [`prepare`](Self::prepare) does.
    ///
    /// # Errors
    /// `CheckpointExtensions`, `SigningTime`, `CertificateExpired`, `CertificateNotYetValid`.
    pub fn prepare_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        now: DateTime<Utc>,
    ) -> Result<Prepared<CheckpointSeal>, SealError> {
        self.prepare_content(content_of(checkpoint)?, now, |envelope| sealed_checkpoint(envelope, checkpoint))
    }
}

/// Returns what is sealed, and its media type.
fn content_of(checkpoint: &Checkpoint) -> Result<(Vec<u8>, &'static str), SealError> {
    if checkpoint.has_extensions() {
        return Err(SealError::CheckpointExtensions);
    }
    Ok((checkpoint.to_text().as_str().as_bytes().to_vec(), CheckpointSeal::MEDIA_TYPE))
}

fn sealed_checkpoint(envelope: Envelope, checkpoint: &Checkpoint) -> CheckpointSeal {
    CheckpointSeal { envelope, checkpoint: checkpoint.clone() }
}
