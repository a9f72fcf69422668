//! What bounds a line of a trail.

/// The largest number of octets of a line, without its line feed. A record takes some 700 octets, and 700 KiB with the largest
/// proof inside.
pub const MAX_LINE: usize = 1 << 20;

/// The largest number of octets of a proof that a record holds. A long-term proof takes some 20 KiB.
pub const MAX_PROOF: usize = 1 << 19;

/// The largest number of parts of a record, as of the content parts of a statement.
pub const MAX_PARTS: usize = crate::evidence::limits::MAX_PARTS;

/// The largest number of digests of a part: one of each algorithm, and a keyed one.
pub const MAX_DIGESTS: usize = crate::evidence::limits::MAX_DIGESTS + 1;

/// The largest number of characters of the token of a system, of an id of a part and of a scheme.
pub const MAX_TOKEN: usize = 255;

/// The largest number of characters of the template of an action.
pub const MAX_TEMPLATE: usize = 512;
