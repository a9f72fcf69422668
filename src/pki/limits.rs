//! How much work and memory a certificate or a search for a path may cost, each limit with its reason.
//!
//! What is limited comes from whoever made the artifact: certificates beside a signature are not authenticated. A
//! search that meets a limit ends with [`PathError::BudgetExhausted`](super::PathError), never with a verdict about the
//! target.

/// Octets of one certificate. Real ones have 1 to 4 KiB; those with hundreds of alternative names stay under 64 KiB.
pub const MAX_CERTIFICATE: usize = 128 * 1024;

/// Extensions in one certificate. Real ones have up to some fifteen; duplicates are looked for in quadratic time.
pub const MAX_EXTENSIONS: usize = 64;

/// Certificates in one PEM text: a complete national trusted list has some hundreds.
pub const MAX_PEM_CERTIFICATES: usize = 4096;

/// Octets of one PEM text, enough for [`MAX_PEM_CERTIFICATES`] of ordinary size.
pub const MAX_PEM: usize = 16 * 1024 * 1024;

/// Certificates in one path, target and anchor included. RFC 5280 sets none; real paths have two to
/// five certificates.
pub const MAX_PATH_LENGTH: usize = 12;

/// Certificates that one search looks at: the target and what chains to it by name. Seven certificate authorities that
/// have all certified each other are fifty.
pub const MAX_CERTIFICATES_CONSIDERED: usize = 256;

/// Signatures that one search verifies: each pair of certificate and issuer key once. A long-term archive with several
/// hierarchies needs some twenty.
pub const MAX_SIGNATURE_CHECKS: u32 = 256;

/// Partial paths that one search extends. It bounds the time spent where every shorter path was refused.
pub const MAX_PARTIAL_PATHS: usize = 4096;

/// Octets of names that are compared with name constraints for one artifact, sixteen more for each comparison. A
/// thousand names under a hundred constraints are four million; what is beyond is the product of two long lists.
pub const MAX_NAME_COMPARISONS: usize = 64 * 1024 * 1024;

/// Complete paths that one search validates. Where the shortest dozens break a constraint, so do the others.
pub const MAX_PATHS_VALIDATED: usize = 32;

/// Further paths that are tried where a signature of the first proves nothing any more. A cross-certified authority has
/// two or three.
pub const MAX_STRONGER_PATHS: usize = 8;
