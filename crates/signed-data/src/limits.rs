//! How much of an input is read, each limit with its reason.
//!
//! Whoever makes an input decides about its numbers; these bounds make memory and time proportional to what real
//! signatures need, not to what an attacker writes.

use crate::error::{Error, ErrorKind};
use crate::tlv::Reader;

/// Octets of a whole input: 64 MiB.
///
/// What is signed travels inside an attached signature, so a SignedData may be large; larger payloads are signed
/// detached. CRLs inside real signatures reach some tens of MiB.
pub const MAX_INPUT: usize = 64 << 20;

/// Elements that may be nested in each other: 64.
///
/// A token inside a token inside a signature, each with certificates and OCSP responses, nests some forty deep. Nothing
/// here recurses on input, but what reads the output later might.
pub const MAX_DEPTH: usize = 64;

/// Elements of one SET: certificates, revocation data, signers, attributes, values of an attribute.
///
/// Real signatures hold some tens of each; the largest seen holds a few hundred certificates.
pub const MAX_ELEMENTS: usize = 4096;

/// Elements of all SETs of one SignedData together: 65,536.
///
/// An element takes two octets of input and some sixty of memory when read, so a limit per SET alone would let an input
/// grow thirtyfold in memory.
pub const MAX_TOTAL_ELEMENTS: usize = 1 << 16;

/// Elements that the normaliser rewrites: 65,536.
///
/// It keeps some sixty octets for each one whose coding has to change; one takes as little as two octets of input.
/// Segments of a constructed OCTET STRING are not counted: they cost nothing, and streamed signatures have one per KiB
/// of payload.
pub const MAX_REWRITTEN: usize = 1 << 16;

/// Digits of a fraction of a second that are read: 32. Nine are kept (nanoseconds).
pub const MAX_FRACTION_DIGITS: usize = 32;

/// How many elements may still be read.
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_TOTAL_ELEMENTS)
    }
}

impl Budget {
    /// Allows one more element of a SET that has `present` already.
    pub(crate) fn take(&mut self, reader: &Reader<'_>, present: usize, what: &'static str) -> Result<(), Error> {
        let limit = |what, limit| reader.error(ErrorKind::Limit { what, limit });
        if present >= MAX_ELEMENTS {
            return Err(limit(what, MAX_ELEMENTS));
        }
        self.0 = self.0.checked_sub(1).ok_or_else(|| limit("elements of a SignedData", MAX_TOTAL_ELEMENTS))?;
        Ok(())
    }
}
