//! The reasons why a log does not go on.

use std::io;

use recommande_tlog::checkpoint::CheckpointError;
use recommande_tlog::cosignature::CosignError;
use recommande_tlog::policy::{CheckpointVerifyError, PolicyError};
use recommande_tlog::proof::TlogProofError;
use recommande_tlog::tile::{BundleError, TileError, VerifyBundleError};
use recommande_tlog::tree::{ProveError, TreeFull};

use super::matching::TooManyUnmatched;
use crate::seal::{DecodeError, SealError, TimestampError};

/// The error of reading hashes from the tiles of a store.
pub(super) type TileReadError = TileError<io::Error>;

/// The reason why a log does not go on. It is as it was before, and the same call may succeed later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The store fails. What it was to write may be there or not, and is written again by the same call.
    #[error("the store of the log: {0}")]
    Store(#[from] io::Error),
    /// The store holds the log of another origin.
    #[error("the store holds another log")]
    AnotherLog,
    /// The file that says how far the log goes cannot be read, or is gone although there are entries or a checkpoint. Nothing was
    /// changed.
    #[error("the state of the log cannot be read, or is gone")]
    State,
    /// The checkpoint that readers see is not what is stored as the last of those that the state counts, nor as the next one: one of
    /// the three files (`checkpoint`, its copy below `checkpoints`, `state`) was damaged, set back or exchanged. Nothing was changed.
    #[error(
        "the checkpoint is not what is stored as the last of the {published} that the state counts, nor as the next one"
    )]
    UnknownCheckpoint {
        /// The number of checkpoints that the state counts.
        published: u64,
    },
    /// The tree has an entry of a kind or length that this build does not know: a later one has written the log.
    #[error("entry {index} of the tree is of no kind that is known")]
    Entry {
        /// The index of the entry.
        index: u64,
    },
    /// Somebody else has written the log since it was opened. Nothing was changed; open it again when he has ended.
    #[error("somebody else writes this log")]
    AnotherWriter,
    /// The log has signed a larger tree than the one that is integrated: the store, or a part of it, was set back to an older copy.
    /// Restore what came after, or the witnesses refuse what this log signs next.
    #[error("the store was set back: {integrated} entries are integrated, and a checkpoint of {signed} was signed")]
    SetBack {
        /// The number of entries that are integrated.
        integrated: u64,
        /// The number of entries of the checkpoint.
        signed: u64,
    },
    /// The tree does not begin with the one that the log has signed.
    #[error("the first {size} entries are not those of the checkpoint that was signed")]
    Rewritten {
        /// The number of entries of the checkpoint.
        size: u64,
    },
    /// A tile is missing, half written or another one than the log has written: its name is in the error.
    #[error("the tiles of the log: {0}")]
    Tiles(#[source] TileReadError),
    /// A file of the log is missing: a bundle of entries, the checkpoint or its seal.
    #[error("{path} is missing")]
    Missing {
        /// The path of the file.
        path: String,
    },
    /// A bundle of entries is half written, or has other entries than the tree.
    #[error("{path}: {fault}")]
    Bundle {
        /// The path of the bundle.
        path: String,
        /// What is wrong with it.
        #[source]
        fault: VerifyBundleError<TileReadError>,
    },
    /// There are as many entries as wait for integration at most. Integrate them.
    #[error("{limit} entries wait already: integrate them")]
    TooManyWaiting {
        /// The number of entries that may wait.
        limit: usize,
    },
    /// The tree takes no more entries.
    #[error(transparent)]
    Full(#[from] TreeFull),
    /// The hashes of a proof cannot be read.
    #[error("the proof: {0}")]
    Prove(#[source] ProveError<TileReadError>),
    /// The entry is not in the tree of the last published checkpoint, or there is none.
    #[error("entry {index} is not in a published checkpoint")]
    NotPublished {
        /// The index of the entry.
        index: u64,
    },
    /// There is no published checkpoint with this number.
    #[error("there is no checkpoint {number} (from 0) of {published} that were published")]
    NoSuchCheckpoint {
        /// The number that was asked for, from 0.
        number: u64,
        /// The number of checkpoints that were published.
        published: u64,
    },
    /// There is no checkpoint to be sealed, cosigned or published.
    #[error("no checkpoint is under way")]
    NoCheckpoint,
    /// The tree has no more entries than the checkpoint that was published last.
    #[error("nothing was integrated since the last checkpoint")]
    NothingNew,
    /// The checkpoint that is under way has no seal, or the seal has no timestamp.
    #[error("the checkpoint has no seal with a timestamp")]
    SealState,
    /// The seal is over another checkpoint, or is another one than the checkpoint has.
    #[error("the seal is over another checkpoint, or another one than the checkpoint has")]
    SealDiffers,
    /// The keys of the log are none that a policy may have.
    #[error(transparent)]
    Policy(PolicyError),
    /// The key of the log does not sign.
    #[error("the key of the log: {0}")]
    Sign(#[from] CosignError),
    /// The checkpoint cannot be sealed.
    #[error("the seal of the checkpoint: {0}")]
    Seal(#[from] SealError),
    /// The seal gets no timestamp.
    #[error("the timestamp of the checkpoint: {0}")]
    Timestamp(#[from] TimestampError),
    /// The stored seal cannot be read.
    #[error("the stored seal: {0}")]
    StoredSeal(#[from] DecodeError),
    /// A stored note cannot be read, or becomes too large.
    #[error("the note: {0}")]
    Note(#[from] CheckpointError),
    /// The checkpoint is not accepted by the policy: it lacks cosignatures, say.
    #[error("the checkpoint is not published: {0}")]
    NotAccepted(#[source] CheckpointVerifyError),
    /// The seal is too large for a proof.
    #[error(transparent)]
    Proof(#[from] TlogProofError),
    /// Entries cannot be written as a bundle, which no entry of this library leads to.
    #[error(transparent)]
    Encode(#[from] BundleError),
}

/// The reason why an audit was not brought to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The store fails.
    #[error("the store of the log: {0}")]
    Store(#[from] std::io::Error),
    /// The records are not those of this log.
    #[error(transparent)]
    Unmatched(#[from] TooManyUnmatched),
}
