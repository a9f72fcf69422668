//! AlgorithmIdentifier.

use crate::error::Error;
use crate::tlv::{Oid, Reader, Tag, Tlv};

/// An `AlgorithmIdentifier` ([RFC 5280 §4.1.1.2](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2)).
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE {
///   algorithm  OBJECT IDENTIFIER,
///   parameters ANY DEFINED BY algorithm OPTIONAL }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AlgorithmIdentifier<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The algorithm.
    pub oid: Oid<'a>,
    /// The parameters; NULL is `Some`, and `None` means that the field is absent.
    pub parameters: Option<Tlv<'a>>,
}

impl core::fmt::Debug for AlgorithmIdentifier<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AlgorithmIdentifier({}, {:?})", self.oid, self.parameters)
    }
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Reads the next element of `reader`.
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind) of a wrong coding, under the name that `reader` has for what it reads.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let tlv = reader.expect(Tag::SEQUENCE)?;
        let mut fields = tlv.reader(reader.what());
        let oid = fields.oid()?;
        let parameters = if fields.is_empty() { None } else { Some(fields.any()?) };
        fields.finish()?;
        Ok(Self { raw: tlv.raw, oid, parameters })
    }

    /// Tells whether the parameters are absent or NULL, which most algorithms treat alike.
    #[must_use]
    pub fn has_no_parameters(&self) -> bool {
        self.parameters.is_none_or(|tlv| tlv.raw == [0x05, 0x00])
    }
}
