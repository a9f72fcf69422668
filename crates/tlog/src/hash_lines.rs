//! The lines of hashes before a checkpoint, in the file of a proof and in the request to a witness.

use crate::hash::Hash;
use crate::limits::MAX_PROOF_HASHES;

/// What keeps lines from being hashes and a blank line.
pub(crate) enum HashLinesFault {
    /// There are more than [`MAX_PROOF_HASHES`].
    TooMany,
    /// The line of this number, from 1, is no hash.
    Line(usize),
    /// No blank line follows them.
    NoBlankLine,
}

/// Reads hashes up to a blank line, and returns what follows it.
pub(crate) fn hash_lines(text: &str) -> Result<(Vec<Hash>, &str), HashLinesFault> {
    let (mut hashes, mut rest) = (Vec::new(), text);
    loop {
        let (line, after) = rest.split_once('\n').ok_or(HashLinesFault::NoBlankLine)?;
        if line.is_empty() {
            return Ok((hashes, after));
        }
        if hashes.len() >= MAX_PROOF_HASHES {
            return Err(HashLinesFault::TooMany);
        }
        hashes.push(line.parse().map_err(|_| HashLinesFault::Line(hashes.len().saturating_add(1)))?);
        rest = after;
    }
}
