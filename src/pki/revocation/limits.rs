//! How much revocation data is read and how much work a question may cost, each limit with its reason.

/// Octets of one CRL. Those of large national authorities reach some 30 MiB.
pub const MAX_CRL: usize = 64 << 20;

/// Entries of one CRL: what [`MAX_CRL`] holds at the smallest size of real entries. None is kept in memory; each costs
/// a step when a certificate is looked for.
pub const MAX_CRL_ENTRIES: usize = 2 << 20;

/// Octets of one OCSP response. With some certificates inside, real ones have 2 to 10 KiB.
pub const MAX_OCSP_RESPONSE: usize = 1 << 20;

/// Answers in one OCSP response. Real ones have one; pre-produced ones up to some dozens.
pub const MAX_SINGLE_RESPONSES: usize = 1024;

/// Certificates in one OCSP response: a responder's and its chain are two to four.
pub const MAX_RESPONSE_CERTIFICATES: usize = 16;

/// Extensions in one list; duplicates are looked for in quadratic time.
pub const MAX_EXTENSIONS: usize = 32;

/// CRLs in one store. A long-term archive with several hierarchies and their renewals has some dozens.
pub const MAX_CRLS: usize = 1024;

/// OCSP responses in one store.
pub const MAX_OCSP_RESPONSES: usize = 1024;

/// Octets of the CRLs that are remembered from one artifact to the next: the lists of many authorities, or one large
/// one.
pub const MAX_REMEMBERED: usize = 64 << 20;

/// Octets of everything in one store, so that a signature full of large CRLs does not fill the memory.
pub const MAX_TOTAL: usize = 128 << 20;

/// Distribution points of one certificate, and names of one point. Real certificates have one or two of each.
pub const MAX_DISTRIBUTION_POINTS: usize = 32;

/// How far signers of revocation data may have been authorised by further revocation data: the signer's own status,
/// that of its status's signer, and so on. Two is the most that real hierarchies show.
pub const MAX_SIGNER_DEPTH: usize = 4;

/// Certificates whose status is looked for to answer one question, signers included.
pub const MAX_STATUSES: u32 = 512;

/// Signers tried for one CRL or OCSP response. Certificate authorities have a handful of certificates of one name.
pub const MAX_SIGNERS_TRIED: usize = 16;

/// Reasons that are listed for data which was set aside.
pub const MAX_SET_ASIDE: usize = 64;
