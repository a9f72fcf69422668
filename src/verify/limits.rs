//! How much one verification looks at, each limit with its reason.
//!
//! Whoever makes an artifact decides about its numbers; these bounds keep work and report proportionate. Beside them:
//! octets, nesting and elements of a SET in [`signed_data::limits`], certificates and paths in
//! [`pki::limits`](crate::pki::limits), statements in [`evidence::limits`](crate::evidence::limits), evidence records
//! in [`time::record::limits`](crate::time::record::limits).
//!
//! All signatures of one SignedData share one budget of
//! [`MAX_SIGNATURE_CHECKS`](crate::pki::limits::MAX_SIGNATURE_CHECKS) for certificates and revocation data. Each signer
//! and each token that is looked at costs its own check, and a second one where its attributes are not in DER order. So
//! one call verifies at most 256 + 2 x 16 x (1 + 24 + 64) = 3,104 signatures, and one proof at most 434; an evidence
//! record by itself at most 320. Nothing in an artifact adds to that. What the caller gives does: revocation
//! data 256 more, asked by itself; each evidence record beside the file up to 64 more for each signer. A proof of a log costs hashes
//! alone where it is about another proof. One that leads from the proof to the root costs the signatures of its note, up to
//! [`MAX_SIGNATURES`](recommande_tlog::limits::MAX_SIGNATURES), once for each different note, and its seal what one proof does, up to
//! 434. Where trees of one size differ, each different note that states one costs up to as many again, until two are known to be
//! signed.

/// Signers of one SignedData that are judged. Real ones have up to a handful; each costs a signature check and its
/// timestamps.
pub const MAX_SIGNERS: usize = 16;

/// Tokens that are looked at in one signature. A proof has one; a signature kept for decades, renewed every few years,
/// has a dozen.
pub const MAX_TIMESTAMPS: usize = 24;

/// Timestamps that have room in a file when a report begins to say how many. Renewed every two years, it says so for eight.
pub const FEW_TIMESTAMPS_LEFT: usize = 4;

/// Tokens that are looked at in the signatures of the smallest file, each signer having the same part, and none more than
/// [`MAX_TIMESTAMPS`]. A larger file may have one more for each [`OCTETS_OF_TIMESTAMP`]: a report says of one token some
/// kilobytes.
pub const MAX_TIMESTAMPS_OF_SMALL: usize = 64;

/// Octets of a file for which one more token is looked at.
pub const OCTETS_OF_TIMESTAMP: usize = 16 * 1024;

/// Evidence records that are looked at in one SignedData. Real ones have one or two; each costs the signature checks of
/// up to [`MAX_ARCHIVE_TIME_STAMPS`](crate::time::record::limits::MAX_ARCHIVE_TIME_STAMPS) tokens.
pub const MAX_EVIDENCE_RECORDS: usize = 4;

/// Tokens of all evidence records that are looked at in one SignedData. A record that is renewed every five years has a
/// dozen after sixty.
pub const MAX_TOKENS_OF_RECORDS: usize = 64;

/// Certificates that are read in one file, those of its tokens, evidence records and OCSP responses among them. Where there
/// are more, the report says so, and a response with more than are left is not taken up.
pub const MAX_CERTIFICATES: usize = 4096;

/// Certificates that are read in the smallest file. A larger one may have one more for each [`OCTETS_OF_CERTIFICATE`], up
/// to [`MAX_CERTIFICATES`]: a certificate that was read takes memory, and the smallest has less than 100 octets.
pub const MAX_CERTIFICATES_OF_SMALL: usize = 256;

/// Certificates that are read in each token even where the file has used up its number: a signer and its issuers.
pub const MIN_CERTIFICATES_OF_TOKEN: usize = 8;

/// Octets of a file for which one more certificate is read.
pub const OCTETS_OF_CERTIFICATE: usize = 4096;

/// Elements of one file in the place of CRLs and OCSP responses that are none, or are not taken up. Then no more is looked
/// at.
pub const MAX_REFUSED_ELEMENTS: usize = 4096;

/// Octets of one text in a finding or a report; a longer one ends in an ellipsis.
pub const MAX_SHOWN: usize = crate::text::MAX_SHOWN;

/// Second seals that are judged for one proof. A proof has one; each costs what a signature by others costs. Of more, those
/// are judged first that hold, and then those that are signed by the announced certificate.
pub const MAX_SECOND_SEALS: usize = 4;

/// Proofs of logs that a report tells of. A letter with all its steps has fewer. Of more, those are told first that hold, and then
/// those that are about the proof. Each one that is given is judged, since a limit would be one that such files use up; who
/// gives them decides how many there are.
pub const MAX_LOG_PROOFS: usize = 32;

/// Further certification paths that are tried for one signature when an issuer of the first was revoked. A
/// cross-certified authority has two or three.
pub const MAX_OTHER_PATHS: usize = 8;
