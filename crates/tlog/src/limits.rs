//! What bounds a tree, a note, a proof and the answer of a witness.

/// The largest number of entries of a tree. A request to a witness has at most 63 hashes
/// ([tlog-witness](https://c2sp.org/tlog-witness)), which is what a consistency proof of a tree of 2^62 entries may need.
pub const MAX_TREE_SIZE: u64 = 1 << 62;

/// The largest number of hashes of an inclusion or consistency proof, which follows from [`MAX_TREE_SIZE`].
pub const MAX_PROOF_HASHES: usize = 63;

/// The largest number of octets of a note. A hundred signatures by ML-DSA-44 take a third of it, and torchwood's limit for
/// checkpoints is the same.
pub const MAX_NOTE: usize = 1_000_000;

/// The largest number of signatures of a note, the limit of Go's package `note`. At least 16 must be accepted
/// ([signed-note](https://c2sp.org/signed-note#format)).
pub const MAX_SIGNATURES: usize = 100;

/// The largest number of octets of the name of a cosigner by ML-DSA-44, because the message has its length in one octet
/// ([tlog-cosignature](https://c2sp.org/tlog-cosignature#ml-dsa-44-signed-message)).
pub const MAX_COSIGNER_NAME: usize = 255;

/// The largest number of octets of the origin of a checkpoint, for the same reason. No log that has one witness with ML-DSA-44
/// may exceed it, so none may.
pub const MAX_ORIGIN: usize = 255;

/// The largest number of octets of a verifier key: an ML-DSA-44 key takes 1,752, and its name 255.
pub const MAX_VKEY: usize = 4096;

/// The largest number of octets of the text of a checkpoint. Three lines take some 320 at most; the rest is for extension lines,
/// which are not recommended.
pub const MAX_CHECKPOINT_TEXT: usize = 1 << 14;

/// The largest number of witnesses of a policy, so that each can have cosigned in one note.
pub const MAX_WITNESSES: usize = 64;

/// The largest number of octets of the extra data of a proof. A seal with its timestamp and revocation data takes some 20 KiB.
pub const MAX_EXTRA: usize = 1 << 20;

/// The largest number of octets of a proof: its extra data in base64, its note, and 4 KiB for the lines between.
pub const MAX_PROOF_FILE: usize = MAX_EXTRA.div_ceil(3) * 4 + MAX_NOTE + 4096;

/// The largest number of octets of the path of a tile behind its level. The last index of the largest tree has six groups of digits.
pub const MAX_TILE_PATH: usize = 40;

/// The largest number of octets of a request to a witness: a note, and 4 KiB for the lines before it.
pub const MAX_REQUEST: usize = MAX_NOTE + 4096;

/// The largest number of octets of the answer of a witness: the signatures of a note.
pub const MAX_ANSWER: usize = MAX_NOTE;

/// How often a witness is asked that has cosigned another size last: once to learn it, once with the proof from there, and once more for
/// the case that somebody else was faster.
pub const MAX_WITNESS_ATTEMPTS: usize = 3;
