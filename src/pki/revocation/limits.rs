//! This module sets the limits on revocation data and on the work of a question, each with its reason.

/// The maximum size of one CRL in octets. Those of large national authorities reach some 30 MiB.
pub const MAX_CRL: usize = 64 << 20;

/// The maximum number of entries of one CRL, which is what [`MAX_CRL`] holds at the smallest size of real entries.
/// Entries take no memory, but each costs a step in a search.
pub const MAX_CRL_ENTRIES: usize = 2 << 20;

/// The maximum size of one OCSP response in octets. Real ones with certificates have 2 to 10 KiB.
pub const MAX_OCSP_RESPONSE: usize = 1 << 20;

/// The maximum number of answers in one OCSP response. Real ones have one, and pre-produced ones up to some dozens.
pub const MAX_SINGLE_RESPONSES: usize = 1024;

/// The maximum number of certificates in one OCSP response. A responder and its chain have two to four.
pub const MAX_RESPONSE_CERTIFICATES: usize = 16;

/// The maximum number of extensions in one list. The check for duplicates takes quadratic time.
pub const MAX_EXTENSIONS: usize = 32;

/// The maximum number of CRLs in one store. A long-term archive with several hierarchies and their renewals has some
/// dozens.
pub const MAX_CRLS: usize = 1024;

/// The maximum number of OCSP responses in one store.
pub const MAX_OCSP_RESPONSES: usize = 1024;

/// The maximum size of all cached CRLs in octets: the lists of many authorities, or one large list.
pub const MAX_REMEMBERED: usize = 64 << 20;

/// The maximum size of everything in one store in octets, so that a signature full of large CRLs does not fill the
/// memory.
pub const MAX_TOTAL: usize = 128 << 20;

/// The maximum number of distribution points of one certificate, and of names of one point. Real certificates have one
/// or two of each.
pub const MAX_DISTRIBUTION_POINTS: usize = 32;

/// The maximum depth of signers of revocation data: the signer's own status, the status of that status's signer, and so
/// on. Real hierarchies need two at most.
pub const MAX_SIGNER_DEPTH: usize = 4;

/// The maximum number of certificates whose status is determined for one question, signers included.
pub const MAX_STATUSES: u32 = 512;

/// The maximum number of signers tried for one CRL or OCSP response. Authorities have a handful of certificates of one
/// name.
pub const MAX_SIGNERS_TRIED: usize = 16;

/// The maximum number of possible signers looked at for one CRL or OCSP response, to choose those that are tried.
pub const MAX_SIGNERS_LOOKED_AT: usize = 64;

/// The maximum number of reasons listed for data that was set aside.
pub const MAX_SET_ASIDE: usize = 64;
