use super::session::Way;
use crate::engine_error::EngineError;

/// Where the database is, as a connection string of libpq (`host=/var/run/postgresql user=mail dbname=mail`) or a URL.
#[derive(Clone)]
pub struct Database(pub(super) Way);

impl Database {
    /// Reads a connection string. Nothing is connected yet.
    ///
    /// # Errors
    /// [`EngineError`] for a text that is none.
    pub fn new(connection: &str) -> Result<Self, EngineError> {
        Way::new(connection).map(Self)
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A connection string may hold a password.
        f.write_str("Database(..)")
    }
}
