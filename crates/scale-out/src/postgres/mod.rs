//! Items and proofs in PostgreSQL.
//!
//! [`PostgresWork`] hands out the rows of a table, which each worker locks while it works on them (`FOR UPDATE SKIP LOCKED`). A
//! worker that is killed loses its session, and its locks with it, so that the next one has the items at once. [`PostgresStore`]
//! keeps seals and proofs.
//!
//! [`both`] has the two share a transaction: one commit stores the proofs of a batch and deletes its items. The seals are
//! committed before, in a session of their own, because they have to be durable before a TSA is asked.
//!
//! [`create_tables`] makes what is needed, and [`SCHEMA`] is the same as text, for an administrator. All names begin with
//! `recommande_`. Commits are durable (`synchronous_commit` is on in these sessions) where the server's `fsync` is.
//!
//! The client of the crate `postgres` waits on the calling thread. Sessions are not encrypted by this crate: give a Unix socket, or
//! a network that is, such as a tunnel.

mod database;
mod session;
mod store;
mod work;

pub use database::Database;
pub use store::PostgresStore;
pub use work::PostgresWork;

use std::sync::{Arc, Mutex};

use crate::engine_error::EngineError;
use session::Session;

/// The tables.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The number by which sessions that make the tables wait for each other.
const MAKING: i64 = 0x7265_636f_6d6d_616e;

/// Makes the tables, where they are not there yet.
///
/// # Errors
/// [`EngineError`].
pub fn create_tables(database: &Database) -> Result<(), EngineError> {
    let mut session = Session::new(&database.0, "the database");
    session.run("to make its tables", |client| {
        let mut transaction = client.transaction()?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MAKING])?;
        transaction.batch_execute(SCHEMA)?;
        transaction.commit()
    })
}

/// Returns a queue and a store that share a transaction, for one worker. Both connect when they are asked something.
pub fn both(database: &Database) -> (PostgresWork, PostgresStore) {
    let claim = Arc::new(Mutex::new(work::Claim::new(&database.0)));
    (PostgresWork::of(Arc::clone(&claim)), PostgresStore::of(&database.0, Some(claim)))
}
