//! How much a log holds in memory, and an audit of it.

/// Entries that wait for integration: 33 MiB of them. A service that appends more without integrating loses them all with a kill.
pub const MAX_WAITING: usize = 1 << 20;
