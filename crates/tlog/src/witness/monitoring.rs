//! Where a witness shows what it cosigned.

use sha2::{Digest as _, Sha256};

use crate::checkpoint::Origin;

/// Returns the path below a witness's monitoring prefix at which it serves the checkpoint of a log that it cosigned last
/// ([tlog-witness](https://c2sp.org/tlog-witness#monitor-retrieval-mechanism)): the SHA-256 of the origin in hexadecimal, and
/// `/checkpoint`.
#[must_use]
pub fn monitoring_path(origin: &Origin) -> String {
    let hash: String = Sha256::digest(origin.as_str()).iter().map(|octet| format!("{octet:02x}")).collect();
    format!("{hash}/checkpoint")
}
