//! What bounds the work on a letter.

/// The most proofs of one message that can be about one recipient, those about all recipients included.
pub const MAX_PROOFS: usize = 256;

/// The most pieces of evidence in foreign forms that do not count and are listed in a case; what is proven comes first. Those that
/// name nobody of the letter stand in the cases of all its recipients, so that junk would be multiplied.
pub const MAX_UNCOUNTED: usize = 64;
