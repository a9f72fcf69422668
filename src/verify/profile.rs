//! The profile that a signature is held to.

use const_oid::ObjectIdentifier;

use crate::asn1::oid;
use crate::evidence::BatchStatement;
use crate::finding::Code;
use crate::seal::CheckpointSeal;

/// The profile that a signature is held to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// The profile of our proofs and payload signatures: id-data, a timestamp, every attribute as we write it.
    Own,
    /// The profile of the seal of a batch, which many aggregated proofs share: as our own.
    Batch,
    /// The profile of the seal of a checkpoint: as our own, over the text of a note.
    Checkpoint,
    /// The profile of our second seals: as our own, and without a timestamp they are judged at the time given, since the first
    /// seal proves its own time alone.
    SecondSeal,
    /// The checks are those that CMS and CAdES ask of anybody.
    Foreign,
}

impl Profile {
    /// The content type that is required; `None` accepts the one that SignedData states.
    pub(super) fn content_type(self) -> Option<ObjectIdentifier> {
        match self {
            Self::Own | Self::Batch | Self::Checkpoint | Self::SecondSeal => Some(oid::DATA),
            Self::Foreign => None,
        }
    }

    /// The media type that the signature has to state of its content, and the finding where it does not; `None` where it only
    /// informs. What is no statement is told by it from a signature over a payload.
    pub(super) fn media_type(self) -> Option<(&'static str, Code)> {
        match self {
            Self::Batch => Some((BatchStatement::MEDIA_TYPE, Code::AggregatedMediaTypeDiffers)),
            Self::Checkpoint => Some((CheckpointSeal::MEDIA_TYPE, Code::LogSealMediaTypeDiffers)),
            Self::Own | Self::SecondSeal | Self::Foreign => None,
        }
    }

    /// The finding when there is no timestamp. A proof needs one; a second seal and a signature made by others are judged at
    /// the time given.
    pub(super) fn without_timestamp(self) -> Code {
        match self {
            Self::Own | Self::Batch | Self::Checkpoint => Code::TimestampMissing,
            Self::SecondSeal | Self::Foreign => Code::TimeNotProven,
        }
    }

    /// The finding when none of the timestamps is valid. Where nothing demands one, a caller who knows the time
    /// otherwise may let it pass.
    pub(super) fn without_valid_timestamp(self) -> Code {
        match self {
            Self::Own | Self::Batch | Self::Checkpoint => Code::NoValidTimestamp,
            Self::SecondSeal | Self::Foreign => Code::NoUsableTimestamp,
        }
    }

    /// The finding when the claimed signing time is after the proven one. Order is asked of timestamps among themselves, and
    /// a claim proves nothing (ETSI EN 319 102-1 V1.4.1, clause 5.5.4 (4)(e) and (5)): a fast clock is no fault of a signature
    /// by others. Our own seals are made by the clock that requests the timestamp.
    pub(super) fn signing_time_after(self) -> Code {
        match self {
            Self::Own | Self::Batch | Self::Checkpoint | Self::SecondSeal => Code::SigningTimeAfterTimestamp,
            Self::Foreign => Code::SigningTimeAhead,
        }
    }

    /// The finding when no time is proven and the claimed signing time is after that of the verification, for the same reasons.
    pub(super) fn signing_time_in_the_future(self) -> Code {
        match self {
            Self::Own | Self::Batch | Self::Checkpoint | Self::SecondSeal => Code::SigningTimeInTheFuture,
            Self::Foreign => Code::SigningTimeAhead,
        }
    }
}
