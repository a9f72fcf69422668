//! Limits of sizes and work.

/// The largest number of octets that are enveloped, and that an envelope may have: as for any file of the library.
pub const MAX_CONTENT: usize = signed_data::limits::MAX_INPUT;

/// The largest number of octets of all recipients of an envelope. One takes some 600 octets. It bounds the work of sorting sets, which
/// grows with the square of their elements.
pub const MAX_RECIPIENTS: usize = 16 * 1024;

/// The smallest RSA modulus to which a content key is enveloped, in bits (ETSI TS 119 312).
pub const LEAST_RSA_BITS: u32 = 2048;
