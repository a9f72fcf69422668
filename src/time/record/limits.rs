//! Limits the part of an evidence record that is read, and gives the reason of each limit.
//!
//! Octets and nesting are bounded by [`signed_data::limits`]. Beyond a limit the record is refused whole
//! (`evidence-record-too-large`): a part of it proves nothing.

/// The largest number of digest algorithms that a record lists. Nine are offered here.
pub const MAX_DIGEST_ALGORITHMS: usize = 32;

/// The largest number of ArchiveTimeStamps of all chains of one record together. Each costs a signature check; a
/// renewal every other year for half a century makes 25.
pub const MAX_ARCHIVE_TIME_STAMPS: usize = 32;

/// The largest number of partial hash trees of one ArchiveTimeStamp, which is the height of its tree. A binary tree
/// over every item that a mailbox provider carries in a decade has 29.
pub const MAX_PARTIAL_HASH_TREES: usize = 64;

/// The largest number of hashes of all partial hash trees of one record together. Trees need not be binary: real ones
/// hold 2,000 hashes in one list.
pub const MAX_HASHES: usize = 1 << 16;
