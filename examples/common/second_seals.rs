//! Reads the second seals of proofs, which lie beside them.

use std::path::Path;

use crate::arguments::Error;
use crate::files;

/// What lies beside a proof as its second seal (`NAME.pq.p7s`).
pub fn beside(proof: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let beside = proof.with_extension("pq.p7s");
    if beside.exists() { Ok(vec![files::octets(&beside)?]) } else { Ok(Vec::new()) }
}
