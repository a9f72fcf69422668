//! What an audit finds wrong with a log.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::finding::Code;
use crate::text;
use crate::time::log_entry::Entry;

/// A difference between a log and what it should be. Each names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The state of the log cannot be read, or is that of another log.
    State,
    /// A checkpoint that the state counts is missing, or cannot be read as one.
    CheckpointUnreadable {
        /// Its number, from 0.
        number: u64,
    },
    /// A checkpoint stands behind those that the state counts, so that the state is not that of the log.
    CheckpointNotCounted {
        /// Its number, from 0.
        number: u64,
    },
    /// The checkpoint that readers are given is not the last of those that the state counts: they are shown another history.
    LastCheckpointDiffers,
    /// A checkpoint is not signed by the log, or not cosigned by enough witnesses.
    CheckpointNotAccepted {
        /// Its number, from 0.
        number: u64,
        /// The reason.
        reason: String,
    },
    /// A checkpoint has fewer entries than one before it, or an earlier time: the log was set back.
    CheckpointOutOfOrder {
        /// Its number, from 0.
        number: u64,
    },
    /// The entries do not lead to the root that the checkpoint states: an entry was changed, removed or put in between since it
    /// was signed, or the log shows another history elsewhere.
    RootDiffers {
        /// The number of the checkpoint, from 0.
        number: u64,
        /// The number of its entries.
        size: u64,
    },
    /// A checkpoint states more entries than the log has.
    EntriesMissing {
        /// The number of the checkpoint, from 0.
        number: u64,
        /// The number of its entries.
        stated: u64,
        /// The number of entries that can be read.
        found: u64,
    },
    /// The seal of a checkpoint is missing, cannot be read, or is over another checkpoint.
    SealDiffers {
        /// The number of the checkpoint, from 0.
        number: u64,
    },
    /// The seal of a checkpoint does not verify, or its certificate does not hold the number of the issuer.
    SealNotValid {
        /// The number of the checkpoint, from 0.
        number: u64,
        /// The finding that decides.
        code: Code,
    },
    /// A bundle is missing, half written, or has an entry of an unknown kind. What follows it is not judged.
    BundleUnreadable {
        /// The path of the bundle.
        path: String,
    },
    /// A tile is missing, half written, or has other hashes than those of the entries.
    TileDiffers {
        /// The path of the tile.
        path: String,
    },
    /// The state of the log states another root than that of its entries.
    HeadDiffers {
        /// The number of entries.
        size: u64,
    },
    /// An entry is explained by no record of the service: somebody else may have its key.
    Unexplained {
        /// The index of the entry.
        index: u64,
        /// The entry.
        entry: Entry,
        /// The time of the checkpoint that took it up.
        at: DateTime<Utc>,
    },
    /// A record of the service is not in the log, and the merge delay has passed.
    NotLogged {
        /// The entry that there should be.
        entry: Entry,
        /// The time of the record.
        at: DateTime<Utc>,
    },
    /// An entry was taken up later than the merge delay allows.
    Late {
        /// The index of the entry.
        index: u64,
        /// The entry.
        entry: Entry,
        /// The time of the record.
        at: DateTime<Utc>,
        /// The time of the checkpoint that took it up.
        logged_at: DateTime<Utc>,
    },
    /// An entry was in the log before the time of its record.
    Early {
        /// The index of the entry.
        index: u64,
        /// The entry.
        entry: Entry,
        /// The time of the record.
        at: DateTime<Utc>,
        /// The time of the checkpoint that took it up.
        logged_at: DateTime<Utc>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State => f.write_str("the state of the log cannot be read, or is of another log"),
            Self::CheckpointUnreadable { number } => write!(f, "checkpoint {number} is missing or unreadable"),
            Self::CheckpointNotCounted { number } => write!(f, "checkpoint {number} is there and not counted"),
            Self::LastCheckpointDiffers => f.write_str("readers are given another checkpoint than the last one"),
            Self::CheckpointNotAccepted { number, reason } => write!(f, "checkpoint {number}: {reason}"),
            Self::CheckpointOutOfOrder { number } => write!(f, "checkpoint {number} goes back behind the one before"),
            Self::RootDiffers { number, size } => {
                write!(f, "the first {size} entries are not those of checkpoint {number}")
            }
            Self::EntriesMissing { number, stated, found } => {
                write!(f, "checkpoint {number} states {stated} entries, and there are {found}")
            }
            Self::SealDiffers { number } => write!(f, "the seal of checkpoint {number} is missing or over another one"),
            Self::SealNotValid { number, code } => write!(f, "the seal of checkpoint {number}: {code}"),
            Self::BundleUnreadable { path } => write!(f, "{path} is missing or no bundle of such entries"),
            Self::TileDiffers { path } => write!(f, "{path} is missing or not that of the entries"),
            Self::HeadDiffers { size } => write!(f, "the state has another root for its {size} entries"),
            Self::Unexplained { index, entry, at } => {
                write!(f, "entry {index} of {} has no record: {entry}", text::time(*at))
            }
            Self::NotLogged { entry, at } => write!(f, "the record of {} is not in the log: {entry}", text::time(*at)),
            Self::Late { index, entry, at, logged_at } => {
                write!(
                    f,
                    "entry {index} of {} is late, its record is of {}: {entry}",
                    text::time(*logged_at),
                    text::time(*at)
                )
            }
            Self::Early { index, entry, at, logged_at } => {
                write!(
                    f,
                    "entry {index} of {} is before its record of {}: {entry}",
                    text::time(*logged_at),
                    text::time(*at)
                )
            }
        }
    }
}
