//! How much a log holds in memory, and an audit of it.

/// Entries that wait for integration: 33 MiB of them. A service that appends more without integrating loses them all with a kill.
pub const MAX_WAITING: usize = 1 << 20;

/// Octets of one file of a log in a folder: a note of a megabyte, or a seal of as much.
pub const MAX_FILE: u64 = 1 << 21;

/// Records without an entry and entries without a record that an audit keeps at once, some 100 MiB. An honest log has no more of them
/// than it takes up within the merge delay.
pub const MAX_UNMATCHED: usize = 1 << 20;
