//! The limits of this reader, each with its reason.
//!
//! The maker of an input decides how many elements it has. These bounds keep memory and time in proportion to what real
//! signatures need, and not to what an attacker writes.

use crate::error::{Error, ErrorKind};
use crate::tlv::Reader;

/// An input has at most 64 MiB.
///
/// What is signed travels inside an attached signature, so a SignedData may be large; larger payloads are signed
/// detached. CRLs inside real signatures reach some tens of MiB.
pub const MAX_INPUT: usize = 64 << 20;

/// At most 64 elements are nested in each other.
///
/// A token inside a token inside a signature, each with certificates and OCSP responses, nests some forty deep. Nothing
/// here recurses on input, but what reads the output later might.
pub const MAX_DEPTH: usize = 64;

/// One SET (of certificates, revocation data, signers, attributes or values of an attribute) has at most 4,096 elements.
///
/// Real signatures hold some tens of each. The largest that was seen holds a few hundred certificates.
pub const MAX_ELEMENTS: usize = 4096;

/// All SETs of one `SignedData` together have at most 65,536 elements.
///
/// An element takes two octets of input and some sixty of memory when read, so a limit per SET alone would let an input
/// grow thirtyfold in memory.
pub const MAX_TOTAL_ELEMENTS: usize = 1 << 16;

/// The normaliser rewrites at most 65,536 elements.
///
/// It keeps some sixty octets for each one whose coding has to change; one takes as little as two octets of input.
/// Segments of a constructed OCTET STRING are not counted: they cost nothing, and streamed signatures have one per KiB
/// of payload.
pub const MAX_REWRITTEN: usize = 1 << 16;

/// A fraction of a second has at most 32 digits, of which nine are kept (nanoseconds).
pub const MAX_FRACTION_DIGITS: usize = 32;

/// The number of elements that may still be read.
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
