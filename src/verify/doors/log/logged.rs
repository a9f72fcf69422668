//! What may be in a log, as its place there is judged.

use chrono::{DateTime, Utc};

use crate::evidence::Issuer;
use crate::time::log_entry::Entry;

/// What may be in a log.
pub(in crate::verify::doors) struct Logged<'a> {
    /// The entries by which a log may hold it. One of them is enough.
    pub(in crate::verify::doors) entries: &'a [Entry],
    /// Further entries, which do not hide what the statement holds: whoever knows the rest of it can try what is left.
    pub(in crate::verify::doors) guessable: &'a [Entry],
    /// The issuer that the statement names. The log is its own, and so are the seals over the checkpoints.
    pub(in crate::verify::doors) issuer: &'a Issuer,
    /// The time that the seal states for itself.
    pub(in crate::verify::doors) signing_time: Option<DateTime<Utc>>,
    /// The time that is proven for the seal.
    pub(in crate::verify::doors) proven_at: Option<DateTime<Utc>>,
}
