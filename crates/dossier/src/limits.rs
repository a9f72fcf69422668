//! What bounds the work on a container.

/// The most entries of a container, with its own three to five. A letter of a thousand files is none that a court reads.
pub const MAX_ENTRIES: usize = 1_000;

/// The most octets of a name. The longest that is written has 42: that of the manifest of an evidence record.
pub const MAX_NAME: usize = 48;

/// The most octets of a file that is read into memory: a proof, a record, a signature, a manifest. A proof has 5 kB and grows by 2
/// to 4 kB with each renewal; a list of revoked certificates inside can have megabytes. Letters and pages are hashed as they come.
pub const MAX_IN_MEMORY: u64 = 16 << 20;

/// The most octets of a disclosure, of a submission or of the extract of a register, which is what the library reads of each
/// ([`recommande::evidence::limits::MAX_STATEMENT`]).
pub const MAX_DOCUMENT: u64 = recommande::evidence::limits::MAX_STATEMENT as u64;

/// The most octets of a sender's signature over a submission, which is what the library reads
/// ([`recommande::evidence::limits::MAX_SUBMISSION_SIGNATURE`]).
pub const MAX_SUBMISSION_SIGNATURE: u64 = recommande::evidence::limits::MAX_SUBMISSION_SIGNATURE as u64;

/// The most octets of a register's signature over an extract. It may hold its chain and lists of revoked certificates, and is looked at again
/// with each proof that names the extract.
pub const MAX_REGISTER_SIGNATURE: u64 = 1 << 20;

/// The most octets of the proof that a proof is in a log, which is what is read of one ([`recommande::recommande_tlog::limits::MAX_PROOF_FILE`]).
pub const MAX_LOG_PROOF: u64 = recommande::recommande_tlog::limits::MAX_PROOF_FILE as u64;

/// The most extracts of registers. A letter has one or two of them for each delegate that had a part in it. All of them may claim to be the
/// one that a proof names, and are looked at until one is.
pub const MAX_EXTRACTS: usize = 16;

/// The most octets together of all files that are verified in memory: proofs, what lies beside them, and signatures over letters. Sendings are
/// judged one after the other; replies, steps and openings wait in memory until what they may follow is judged. So this bounds memory and work.
pub const MAX_JUDGED: u64 = 256 << 20;

/// The most characters of a media type, as in a statement.
pub const MAX_MEDIA_TYPE: usize = 127;
