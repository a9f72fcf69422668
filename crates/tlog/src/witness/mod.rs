//! How a log gets cosignatures: the protocol of witnesses ([tlog-witness](https://c2sp.org/tlog-witness)).
//!
//! [`WitnessClient`] asks one witness for its cosignature over a [`Transport`] of the caller's. [`AddCheckpoint`] and [`Answer`] are
//! the request and the answer for whoever makes the trip otherwise. [`LogRecord`] is the other side: what a witness remembers of a
//! log, and what it refuses. [`monitoring_path`] says where a witness shows the checkpoint that it cosigned last, to be read by
//! [`SignedCheckpoint::parse`](crate::checkpoint::SignedCheckpoint::parse).

mod answer;
mod client;
mod monitoring;
mod record;
mod request;

pub use answer::{Answer, AnswerError};
pub use client::{Transport, WitnessClient, WitnessError};
pub use monitoring::monitoring_path;
pub use record::{LogRecord, Refusal};
pub use request::{AddCheckpoint, AddCheckpointError};
