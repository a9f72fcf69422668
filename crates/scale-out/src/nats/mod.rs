//! Items in a stream of NATS JetStream.
//!
//! JetStream hands items over, and is no archive: the proofs are in another [`Store`](crate::Store). An item leaves the stream when
//! its acknowledgement was acknowledged.
//!
//! ```text
//! stream    ITEMS: subjects mail.item.0 to mail.item.15, retention work queue, file, discard new, ids remembered for 10 minutes
//! message   the octets of an item; Nats-Msg-Id is its evidence identifier
//! consumer  sealers: pull, explicit acknowledgement, waits for it 60 s, delivers without end
//! ```
//!
//! What the server does that is easily missed:
//!
//! - It forgets an item whose id it has seen within 10 minutes, and compares neither octets nor subject; after a restart it
//!   may not know the id any more. So [`JetStream::publish`] tells which items were taken for known ones, and the store alone
//!   decides what is there once.
//! - It writes acknowledged messages to the disk every two minutes, unless it is configured with `sync_interval: always`. A
//!   process that is killed loses nothing, and a machine without power does. Keep an outbox, and publish again what
//!   [`reconcile`](crate::reconcile) says is missing; the second time does no harm.
//! - After it was killed it may have messages that its consumer takes for acknowledged: they stay, and nobody gets them (seen with
//!   2.9.10). A worker that sees messages stay, for as long as the consumer waits for an acknowledgement, makes the consumer
//!   anew. That hands out everything once more, which the store makes harmless.
//! - It hands an item out again when the time for its acknowledgement is over. While a worker has a batch, the server is told at
//!   half of that time that it is worked on, for ten minutes at the most, so that sealing a batch and asking all TSAs
//!   ([`TsaPool::longest_wait`](recommande::TsaPool::longest_wait)) may take longer. Two workers that have the same item cost a trip
//!   and make no second proof.
//!
//! The client is asynchronous: a runtime of tokio runs it, on a thread of its own while the worker does something else.

mod fault;
mod stream;
mod work;

pub use stream::{JetStream, StreamSettings, Ticket};
