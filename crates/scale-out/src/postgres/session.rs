//! A session that connects when it is needed, and is given up after a failure.

use std::error::Error as _;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, Config, Error, NoTls};

use crate::engine_error::{EngineError, Fault};

/// How long a connection may take, and how long octets may be without an answer of the other machine.
const CONNECTING: Duration = Duration::from_secs(10);
const UNANSWERED: Duration = Duration::from_secs(30);

/// What each session begins with. Rows that another worker wrote meanwhile have to be seen, which other isolations refuse. A statement that takes longer is stuck; a transaction that is idle for longer is of a worker that
/// is stuck, whose items go to another one.
const BEGIN: &str = "SET synchronous_commit = on; SET statement_timeout = '60s'; SET lock_timeout = '30s'; \
                     SET idle_in_transaction_session_timeout = '10min'; SET client_min_messages = error; \
                     SET default_transaction_isolation = 'read committed'";

/// The way to a database.
#[derive(Clone)]
pub(super) struct Way(Config);

impl Way {
    pub(super) fn new(connection: &str) -> Result<Self, EngineError> {
        let unfit = EngineError::new("the database", "by a text that is no connection string", Fault::Unfit);
        let mut config = Config::from_str(connection).map_err(|_| unfit)?;
        config.connect_timeout(CONNECTING).tcp_user_timeout(UNANSWERED).keepalives_idle(UNANSWERED);
        Ok(Self(config))
    }
}

/// A session of a database.
pub(super) struct Session {
    way: Way,
    engine: &'static str,
    client: Option<Client>,
    /// Its transaction is open, and has the items of a batch. They are free as soon as the session ends.
    pub(super) has_items: bool,
}

impl Session {
    pub(super) fn new(way: &Way, engine: &'static str) -> Self {
        Self { way: way.clone(), engine, client: None, has_items: false }
    }

    /// Asks the database something. After a failure the session is given up, and what was not committed with it.
    pub(super) fn run<T>(
        &mut self,
        doing: &'static str,
        ask: impl FnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, EngineError> {
        let answered = match self.client.as_mut() {
            Some(client) => ask(client),
            None => connected(&self.way).and_then(|client| ask(self.client.insert(client))),
        };
        answered.map_err(|error| {
            self.give_up();
            failed(self.engine, doing, &error)
        })
    }

    /// Ends the session, and its transaction with it.
    pub(super) fn give_up(&mut self) {
        self.client = None;
        self.has_items = false;
    }

    /// Makes the error of an answer that does not fit the question, and gives the session up.
    pub(super) fn unfit(&mut self, doing: &'static str) -> EngineError {
        self.give_up();
        EngineError::new(self.engine, doing, Fault::Unfit)
    }
}

fn connected(way: &Way) -> Result<Client, Error> {
    let mut client = way.0.connect(NoTls)?;
    client.batch_execute(BEGIN)?;
    Ok(client)
}

/// Keeps the SQLSTATE of an error. Its texts may repeat values of rows.
fn failed(engine: &'static str, doing: &'static str, error: &Error) -> EngineError {
    if let Some(state) = error.code() {
        return EngineError::new(engine, doing, fault_of(state)).with_code(state.code());
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        return EngineError::of_io(engine, doing, io);
    }
    let fault = if error.is_closed() { Fault::Unreachable } else { Fault::Refused };
    EngineError::new(engine, doing, fault)
}

fn fault_of(state: &SqlState) -> Fault {
    let full = [SqlState::DISK_FULL, SqlState::OUT_OF_MEMORY, SqlState::TOO_MANY_CONNECTIONS];
    let timeout =
        [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE, SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT];
    let class = state.code().get(..2).unwrap_or_default();
    if full.contains(state) {
        return Fault::Full;
    }
    if timeout.contains(state) {
        return Fault::Timeout;
    }
    match class {
        // Connections, and a server that starts or ends.
        "08" | "57" => Fault::Unreachable,
        // Tables, columns and types that are not there.
        "42" => Fault::Unfit,
        _ => Fault::Refused,
    }
}
