//! What bounds a tree, a note, a proof and the answer of a witness.

/// The largest number of entries of a tree. A request to a witness has at most 63 hashes
/// ([tlog-witness](https://c2sp.org/tlog-witness)), which is what a consistency proof of a tree of 2^62 entries may need.
pub const MAX_TREE_SIZE: u64 = 1 << 62;

/// The largest number of hashes of an inclusion or consistency proof, which follows from [`MAX_TREE_SIZE`].
pub const MAX_PROOF_HASHES: usize = 63;
