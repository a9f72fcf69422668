//! Workers on many machines that make exactly one proof for each item of a queue.
//!
//! Two machines that seal the same statement make two proofs, which are both valid: a signature and its time are never the same
//! twice. A queue gives an item at least once, and never exactly once. So the producer fixes the identifier of each statement, and
//! a worker puts a seal into a store only where there is none under that identifier. Whoever comes second takes the seal that is
//! there.
//!
//! ```text
//! producer --Item--> queue (Work) --next--> worker: for each item, what does the store have?
//!                                            a proof    the item is done
//!                                            a seal     it is taken as it is
//!                                            nothing    it is sealed, and insert_if_absent says whose seal stays
//!                                          one batch, one trip to a TSA for all of them
//!                                          complete: the proof takes the place of the seal
//! queue <--settle-- done, later, rejected
//! ```
//!
//! - [`Worker`] does that over two traits: [`Work`], which hands out items, and [`Store`], which keeps seals and proofs.
//! - [`postgres`] has both in PostgreSQL, [`nats`] has the items in a stream of NATS JetStream, and [`FolderStore`] keeps proofs in
//!   a folder.
//! - An item that no retry mends is rejected with its [`Reason`], and never taken again. A TSA that is away makes an item
//!   wait. A store that is away settles nothing.
//! - A process may be killed at any moment. What it had not settled goes to another, which finds the stored seals.
//!
//! Nothing is printed: [`Counters`] are values, and a function of yours gets each [`Progress`]. The items, seals and proofs are
//! personal data, and no error, counter or `Debug` output holds anything of them.
//!
//! The queue needs the protection of the key: whoever may write into it has statements sealed. Who may write into the
//! store can keep an item from its proof, and cannot make one.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod aggregate;
mod batch;
mod counters;
mod engine_error;
mod folder;
mod issuer_part;
mod item;
mod key;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "postgres")]
pub mod postgres;
mod reason;
mod reconcile;
mod seal_digest;
mod seals;
mod settings;
mod stop;
mod store;
mod work;
mod worker;

pub use counters::{Counters, Progress};
pub use engine_error::{EngineError, Fault};
pub use folder::FolderStore;
pub use issuer_part::IssuerPart;
pub use item::{Item, ItemError};
pub use key::Key;
pub use reason::{Reason, Rejection};
pub use reconcile::{Standing, reconcile};
pub use seal_digest::SealDigest;
pub use settings::{Seals, Settings};
pub use stop::Stop;
pub use store::{Completed, Inserted, Proven, Store, Stored};
pub use work::{Taken, Verdict, Work};
pub use worker::{Ended, Worker};
