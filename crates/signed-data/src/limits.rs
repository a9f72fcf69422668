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

/// All SETs of one `SignedData` together have at most 65,536 elements, and fewer in an input of less than 2 MiB.
///
/// An element takes two octets of input and some forty of memory when read, so a limit per SET alone would let an input
/// grow twentyfold in memory.
pub const MAX_TOTAL_ELEMENTS: usize = 1 << 16;

/// All SETs of the smallest `SignedData` together have at most 8,192 elements.
///
/// A larger one may have one more for each [`OCTETS_OF_ELEMENT`], up to [`MAX_TOTAL_ELEMENTS`].
pub const MAX_ELEMENTS_OF_SMALL: usize = 8192;

/// An input may have one more element for each 32 octets.
///
/// The smallest attribute of a real signature has as many, and a certificate has hundreds.
pub const OCTETS_OF_ELEMENT: usize = 32;

/// The normaliser rewrites at most 65,536 elements.
///
/// It keeps some sixty octets for each one whose coding has to change; one takes as little as two octets of input.
/// Segments of a constructed OCTET STRING are not counted: they cost nothing, and streamed signatures have one per KiB
/// of payload.
pub const MAX_REWRITTEN: usize = 1 << 16;

/// A fraction of a second has at most 32 digits, of which nine are kept (nanoseconds).
pub const MAX_FRACTION_DIGITS: usize = 32;

/// The number of elements that may be read in all, and that may still be read.
pub(crate) struct Budget {
    limit: usize,
    left: usize,
}

impl Budget {
    /// Makes the budget for an input of so many octets.
    pub(crate) fn of(octets: usize) -> Self {
        let limit = MAX_ELEMENTS_OF_SMALL.saturating_add(octets / OCTETS_OF_ELEMENT).min(MAX_TOTAL_ELEMENTS);
        Self { limit, left: limit }
    }

    /// Allows one more element of a SET that has `present` already.
    pub(crate) fn take(&mut self, reader: &Reader<'_>, present: usize, what: &'static str) -> Result<(), Error> {
        let limit = |what, limit| reader.error(ErrorKind::Limit { what, limit });
        if present >= MAX_ELEMENTS {
            return Err(limit(what, MAX_ELEMENTS));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| limit("elements of a SignedData", self.limit))?;
        Ok(())
    }
}
