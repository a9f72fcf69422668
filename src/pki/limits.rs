//! This module sets the limits on the work and memory of a certificate or a path search, each with its reason.
//!
//! The maker of an artifact controls what these limits bound, because the certificates beside a signature are not
//! authenticated. A search that meets a limit ends with [`PathError::BudgetExhausted`](super::PathError), never with a
//! verdict about the target.

/// The maximum size of one certificate in octets. Real ones have 1 to 4 KiB, and those with hundreds of alternative
/// names stay under 64 KiB.
pub const MAX_CERTIFICATE: usize = 128 * 1024;

/// The maximum number of extensions in one certificate. Real ones have up to some fifteen. The check for duplicates
/// takes quadratic time.
pub const MAX_EXTENSIONS: usize = 64;

/// The maximum size of a name in octets that is prepared for a comparison. Real ones have some hundred. A longer name is
/// compared octet by octet, because preparing can make it eleven times as long.
pub const MAX_COMPARABLE_NAME: usize = 4 * 1024;

/// The maximum number of certificates in one PEM text. A complete national trusted list has some hundreds.
pub const MAX_PEM_CERTIFICATES: usize = 4096;

/// The maximum size of one PEM text in octets, enough for [`MAX_PEM_CERTIFICATES`] of ordinary size.
pub const MAX_PEM: usize = 16 * 1024 * 1024;

/// The maximum number of certificates in one path, target and anchor included. RFC 5280 sets no limit. Real paths have
/// two to five certificates.
pub const MAX_PATH_LENGTH: usize = 12;

/// The maximum number of certificates that one search considers: the target and what chains to it by name. Seven
/// certificate authorities that have all certified each other make fifty.
pub const MAX_CERTIFICATES_CONSIDERED: usize = 256;

/// The maximum number of signatures that one search verifies, one for each pair of certificate and issuer key. A
/// long-term archive with several hierarchies needs some twenty.
pub const MAX_SIGNATURE_CHECKS: u32 = 256;

/// The maximum number of partial paths that one search extends. It bounds the time spent after every shorter path was
/// refused.
pub const MAX_PARTIAL_PATHS: usize = 4096;

/// The maximum number of octets in comparisons of names with name constraints for one artifact, plus sixteen for each
/// comparison. A thousand names under a hundred constraints make four million. Only the product of two long lists
/// exceeds the limit.
pub const MAX_COMPARED_NAME_OCTETS: usize = 64 * 1024 * 1024;

/// The maximum number of steps of all searches for one artifact: of issuers tried, partial paths made, and revocation data
/// and its possible signers looked at. A signature with a dozen tokens and a hundred CRLs takes some thousands.
pub const MAX_STEPS: u32 = 1 << 20;

/// The maximum number of complete paths that one search validates. If the dozens of shortest paths break a constraint,
/// the others nearly always do too.
pub const MAX_PATHS_VALIDATED: usize = 32;

/// The maximum number of further paths that are tried if a signature of the first is too weak. A cross-certified
/// authority has two or three.
pub const MAX_STRONGER_PATHS: usize = 8;

/// The maximum number of keys that are tried for one signature whose signer several certificates may be, and of such
/// certificates of the key that made it. Authorities have a handful of certificates of one name and number, or of one key
/// identifier.
pub const MAX_KEYS_TRIED: usize = 16;
