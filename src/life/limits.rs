//! What bounds the work on a letter.

/// The most proofs of one message that can be about one recipient, those about all recipients included.
pub const MAX_PROOFS: usize = 256;
