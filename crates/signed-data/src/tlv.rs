//! Reading tag-length-value elements without copying.
//!
//! Lengths must be definite here; the normaliser turns indefinite ones into definite ones. They need not be minimal,
//! because BER allows longer ones and real signatures have them. [`Tlv::is_der_header`] tells whether they are.

use core::fmt;

use crate::error::{Error, ErrorKind};
pub use crate::integer::Integer;
pub use crate::oid::Oid;

/// The first identifier octet of an element: class, constructed bit and low tag number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(pub u8);

#[allow(missing_docs)]
impl Tag {
    pub const BOOLEAN: Self = Self(0x01);
    pub const INTEGER: Self = Self(0x02);
    pub const BIT_STRING: Self = Self(0x03);
    pub const OCTET_STRING: Self = Self(0x04);
    pub const NULL: Self = Self(0x05);
    pub const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub const ENUMERATED: Self = Self(0x0a);
    pub const UTF8_STRING: Self = Self(0x0c);
    pub const PRINTABLE_STRING: Self = Self(0x13);
    pub const IA5_STRING: Self = Self(0x16);
    pub const UTC_TIME: Self = Self(0x17);
    pub const GENERALIZED_TIME: Self = Self(0x18);
    pub const SEQUENCE: Self = Self(0x30);
    pub const SET: Self = Self(0x31);
}

impl Tag {
    /// Returns `[n]`, context-specific and constructed: an explicit tag, or an implicit one over SEQUENCE or SET.
    #[must_use]
    pub const fn context(n: u8) -> Self {
        Self(0xa0 | (n & 0x1f))
    }

    /// Returns `[n]`, context-specific and primitive: an implicit tag over a primitive type.
    #[must_use]
    pub const fn context_primitive(n: u8) -> Self {
        Self(0x80 | (n & 0x1f))
    }

    /// Tells whether the contents are elements themselves.
    #[must_use]
    pub const fn is_constructed(self) -> bool {
        self.0 & 0x20 != 0
    }
}

/// An element: its identifier, its contents, and all of its octets as received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The first octet of the identifier.
    pub tag: Tag,
    /// The contents octets.
    pub value: &'a [u8],
    /// Identifier, length and contents octets.
    pub raw: &'a [u8],
}

impl fmt::Debug for Tlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tlv({:#04x}, {} octets)", self.tag.0, self.value.len())
    }
}

impl<'a> Tlv<'a> {
    /// Returns a reader over the contents, which errors name `what`.
    #[must_use]
    #[inline]
    pub fn reader(&self, what: &'static str) -> Reader<'a> {
        Reader::new(self.value, what)
    }

    /// Tells whether identifier and length are as short as possible, which DER requires (X.690 §10.1).
    #[must_use]
    #[inline]
    pub fn is_der_header(&self) -> bool {
        let header = self.raw.len() - self.value.len();
        let length_octets = match self.value.len() {
            0..=0x7f => 1,
            length => 1 + length.to_be_bytes().iter().skip_while(|octet| **octet == 0).count(),
        };
        self.tag.0 & 0x1f != 0x1f && header == 1 + length_octets
    }
}

/// The contents of a BIT STRING (X.690 §8.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitString<'a> {
    /// The number of bits at the end of the last octet that do not belong to the string, from 0 to 7.
    pub unused_bits: u8,
    /// The octets that hold the bits, the first bit of the string being the highest of the first octet.
    pub octets: &'a [u8],
}

/// Reads elements one after the other. Errors name the structure that is being read by `what`.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
    what: &'static str,
}

impl<'a> Reader<'a> {
    /// Returns a reader over `input`, which holds zero or more elements.
    #[must_use]
    #[inline]
    pub fn new(input: &'a [u8], what: &'static str) -> Self {
        Self { rest: input, length: input.len(), what }
    }

    /// Tells whether everything has been read.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns the octets that have not been read yet.
    #[must_use]
    #[inline]
    pub fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// Returns the identifier octet of the next element, without reading it.
    #[must_use]
    #[inline]
    pub fn peek(&self) -> Option<Tag> {
        self.rest.first().copied().map(Tag)
    }

    /// Reads the next element, which may have any tag.
    ///
    /// # Errors
    /// `Truncated` when the input ends within the element; `IndefiniteLength`; `LengthOverflow`; `InvalidValue` for a tag
    /// number of more than five octets.
    #[inline]
    pub fn any(&mut self) -> Result<Tlv<'a>, Error> {
        let (tag, header, length) = read_header(self.rest).map_err(|kind| self.error(kind))?;
        let length = length.ok_or_else(|| self.error(ErrorKind::IndefiniteLength))?;
        let end = header.checked_add(length).ok_or_else(|| self.error(ErrorKind::LengthOverflow))?;
        let (Some(raw), Some(value)) = (self.rest.get(..end), self.rest.get(header..end)) else {
            return Err(self.error(ErrorKind::Truncated));
        };
        self.rest = self.rest.get(end..).unwrap_or_default();
        Ok(Tlv { tag, value, raw })
    }

    /// Reads the next element, which must have this tag.
    ///
    /// # Errors
    /// The same as for [`any`](Self::any); `UnexpectedTag` for another element; `Missing` at the end of the input.
    #[inline]
    pub fn expect(&mut self, tag: Tag) -> Result<Tlv<'a>, Error> {
        match self.peek() {
            None => Err(self.error(ErrorKind::Missing { expected: tag.0 })),
            Some(found) if found != tag => {
                Err(self.error(ErrorKind::UnexpectedTag { expected: tag.0, found: found.0 }))
            }
            Some(_) => self.any(),
        }
    }

    /// Reads the next element if it has this tag, and nothing otherwise.
    ///
    /// # Errors
    /// The same as for [`any`](Self::any).
    #[inline]
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Error> {
        if self.peek() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// Reads the next element, which must be an OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect); `InvalidValue` for arcs that are empty, cut short or padded.
    #[inline]
    pub fn oid(&mut self) -> Result<Oid<'a>, Error> {
        let tlv = self.expect(Tag::OBJECT_IDENTIFIER)?;
        Oid::from_value(tlv.value).ok_or_else(|| self.error(ErrorKind::InvalidValue("OBJECT IDENTIFIER")))
    }

    /// Reads the next element, which must be an INTEGER.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect); `InvalidValue` when it has no octets.
    #[inline]
    pub fn integer(&mut self) -> Result<Integer<'a>, Error> {
        let tlv = self.expect(Tag::INTEGER)?;
        if tlv.value.is_empty() {
            return Err(self.error(ErrorKind::InvalidValue("INTEGER")));
        }
        Ok(Integer(tlv.value))
    }

    /// Reads the next element, which must be a primitive OCTET STRING, and returns its octets.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect). A constructed one has another tag; the normaliser makes it primitive.
    pub fn octet_string(&mut self) -> Result<&'a [u8], Error> {
        self.expect(Tag::OCTET_STRING).map(|tlv| tlv.value)
    }

    /// Reads the next element, which must be a primitive BIT STRING.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect); `InvalidValue` when the count of unused bits is missing or cannot be.
    pub fn bit_string(&mut self) -> Result<BitString<'a>, Error> {
        let tlv = self.expect(Tag::BIT_STRING)?;
        match tlv.value.split_first() {
            Some((unused_bits @ 0..=7, octets)) if *unused_bits == 0 || !octets.is_empty() => {
                Ok(BitString { unused_bits: *unused_bits, octets })
            }
            _ => Err(self.error(ErrorKind::InvalidValue("BIT STRING"))),
        }
    }

    /// The next element, a BOOLEAN. As in BER, whatever is not zero is true.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect); `InvalidValue` when it has not exactly one octet.
    pub fn boolean(&mut self) -> Result<bool, Error> {
        match self.expect(Tag::BOOLEAN)?.value {
            [octet] => Ok(*octet != 0),
            _ => Err(self.error(ErrorKind::InvalidValue("BOOLEAN"))),
        }
    }

    /// Reads the next element, which must be NULL.
    ///
    /// # Errors
    /// The same as for [`expect`](Self::expect); `InvalidValue` when it has contents.
    pub fn null(&mut self) -> Result<(), Error> {
        let tlv = self.expect(Tag::NULL)?;
        if tlv.value.is_empty() { Ok(()) } else { Err(self.error(ErrorKind::InvalidValue("NULL"))) }
    }

    /// Returns the name of what is being read.
    pub(crate) fn what(&self) -> &'static str {
        self.what
    }

    /// Sets the name by which errors call what is read from here on.
    #[inline]
    pub fn at(&mut self, what: &'static str) -> &mut Self {
        self.what = what;
        self
    }

    /// Ends the reading, after which nothing may be left.
    ///
    /// # Errors
    /// `TrailingData` when something is left.
    #[inline]
    pub fn finish(self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error(ErrorKind::TrailingData)) }
    }

    /// Returns an error at the present position of this reader.
    #[must_use]
    pub fn error(&self, kind: ErrorKind) -> Error {
        Error { what: self.what, offset: self.length - self.rest.len(), kind }
    }
}

/// Tag, octets of identifier and length together, and the length (`None`: indefinite).
#[inline]
pub(crate) fn read_header(input: &[u8]) -> Result<(Tag, usize, Option<usize>), ErrorKind> {
    // The forms that nearly all elements have.
    match input {
        [tag, length @ 0..=0x7f, ..] if tag & 0x1f != 0x1f => Ok((Tag(*tag), 2, Some(usize::from(*length)))),
        [tag, 0x82, high, low, ..] if tag & 0x1f != 0x1f => {
            Ok((Tag(*tag), 4, Some(usize::from(u16::from_be_bytes([*high, *low])))))
        }
        _ => read_any_header(input),
    }
}

/// The same for a header of any form.
fn read_any_header(input: &[u8]) -> Result<(Tag, usize, Option<usize>), ErrorKind> {
    let mut octets = input.iter().copied();
    let mut next = || octets.next().ok_or(ErrorKind::Truncated);
    let tag = Tag(next()?);
    let mut header = 1;
    if tag.0 & 0x1f == 0x1f {
        // A tag number above 30. None of our structures has one, but an unknown element may; five octets are 2^35.
        loop {
            let octet = next()?;
            header += 1;
            if octet & 0x80 == 0 {
                break;
            }
            if header > 5 {
                return Err(ErrorKind::InvalidValue("tag number"));
            }
        }
    }
    let first = next()?;
    header += 1;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x80 => return Ok((tag, header, None)),
        0xff => return Err(ErrorKind::LengthOverflow),
        _ => {
            let count = usize::from(first & 0x7f);
            let mut length = 0_usize;
            for _ in 0..count {
                length = length.checked_mul(256).ok_or(ErrorKind::LengthOverflow)? | usize::from(next()?);
            }
            header += count;
            length
        }
    };
    Ok((tag, header, Some(length)))
}

/// Writes an element in DER, whose contents are these octet strings one after the other.
#[must_use]
pub fn element(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag.0);
    push_length(&mut out, length);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// Appends length octets, in the definite form and as short as possible.
pub fn push_length(out: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = octets.iter().skip_while(|octet| **octet == 0);
            out.extend(u8::try_from(significant.clone().count()).map(|count| 0x80 | count));
            out.extend(significant);
        }
    }
}
