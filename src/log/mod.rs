//! The evidence log: what was sealed, in an order that nobody can change unseen.
//!
//! An [`EvidenceLog`] keeps [entries](Entry) in a [`Store`], as tiles that others can read ([C2SP](https://c2sp.org/tlog-tiles)). From
//! time to time its head becomes a checkpoint, which the log signs, a [`Sealer`](crate::Sealer) seals, and witnesses cosign. The
//! proof that an entry is in the log is then a file of its own ([`EvidenceLog::prove`]), which a
//! [`Verifier`](crate::Verifier::with_log_proofs) takes beside the proof of sending.
//!
//! Nothing here does more I/O than the [`Store`] and the transports that it is given, and no step reads a clock.

#![deny(clippy::wildcard_enum_match_arm)]

mod auditor;
mod checkpoints;
mod difference;
mod error;
mod evidence_log;
#[cfg(feature = "fs")]
mod folder;
#[cfg(feature = "http")]
mod http;
mod kept_tiles;
pub mod limits;
mod matching;
mod opening;
mod pending;
mod prover;
mod proving;
mod published;
mod seals;
mod signer;
mod state;
mod store;
mod tiles;
mod walk;

pub use auditor::{Audit, Auditor};
pub use checkpoints::CosignatureError;
pub use difference::Difference;
pub use error::{AuditError, LogError};
pub use evidence_log::{EvidenceLog, Integration};
#[cfg(feature = "fs")]
pub use folder::{LogFolder, LogFolderError};
#[cfg(feature = "http")]
pub use http::HttpWitness;
pub use matching::{DayCount, ServiceRecord, TooManyUnmatched};
pub use pending::PendingCheckpoint;
pub use prover::LogProver;
pub use signer::LogSigner;
pub use store::{MemoryStore, Store, StoredFile};

pub use crate::time::log_entry::{Entry, EntryKind};
