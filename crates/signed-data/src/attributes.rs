//! Signed and unsigned attributes of a signer.

use core::ops::Deref;

use const_oid::ObjectIdentifier;

use crate::error::Error;
use crate::limits::Budget;
use crate::tlv::{Oid, Reader, Tag, Tlv, push_length};

/// The attributes of a signer, signed or unsigned ([RFC 5652
/// §5.3](https://www.rfc-editor.org/rfc/rfc5652#section-5.3)).
///
/// ```text
/// SignedAttributes   ::= SET SIZE (1..MAX) OF Attribute
/// UnsignedAttributes ::= SET SIZE (1..MAX) OF Attribute
/// ```
/// Laxer than the standard: an empty SET is read as well. The order is that of the input, and repeated attributes are
/// kept.
#[derive(Clone)]
pub struct Attributes<'a> {
    tlv: Tlv<'a>,
    attributes: Vec<Attribute<'a>>,
}

/// An attribute ([RFC 5652 §5.3](https://www.rfc-editor.org/rfc/rfc5652#section-5.3)).
///
/// ```text
/// Attribute ::= SEQUENCE {
///   attrType   OBJECT IDENTIFIER,
///   attrValues SET OF AttributeValue }
/// ```
#[derive(Clone)]
pub struct Attribute<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The type of the attribute.
    pub oid: Oid<'a>,
    /// The values. RFC 5652 requires at least one; an empty SET is read as well.
    pub values: AttributeValues<'a>,
    is_der: bool,
}

/// The values of an attribute, as a slice in the order received. A single value, which nearly every attribute has, takes
/// no memory of its own.
#[derive(Clone)]
pub struct AttributeValues<'a>(Values<'a>);

#[derive(Clone)]
enum Values<'a> {
    Single([Tlv<'a>; 1]),
    Several(Vec<Tlv<'a>>),
}

impl<'a> AttributeValues<'a> {
    fn read(set: &Tlv<'a>, what: &'static str, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = set.reader(what);
        let mut next = |reader: &mut Reader<'a>, present| {
            budget.take(reader, present, "values of an attribute")?;
            reader.any()
        };
        if reader.is_empty() {
            return Ok(Self(Values::Several(Vec::new())));
        }
        let first = next(&mut reader, 0)?;
        if reader.is_empty() {
            return Ok(Self(Values::Single([first])));
        }
        let mut values = vec![first];
        while !reader.is_empty() {
            values.push(next(&mut reader, values.len())?);
        }
        values.shrink_to_fit();
        Ok(Self(Values::Several(values)))
    }
}

impl<'a> Deref for AttributeValues<'a> {
    type Target = [Tlv<'a>];

    #[inline]
    fn deref(&self) -> &[Tlv<'a>] {
        match &self.0 {
            Values::Single(value) => value,
            Values::Several(values) => values,
        }
    }
}

impl<'r, 'a> IntoIterator for &'r AttributeValues<'a> {
    type Item = &'r Tlv<'a>;
    type IntoIter = core::slice::Iter<'r, Tlv<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl core::fmt::Debug for AttributeValues<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl core::fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(&self.attributes).finish()
    }
}

impl core::fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Attribute({}, {:?})", self.oid, self.values)
    }
}

impl<'a> Attributes<'a> {
    /// From the element with its `[0]` or `[1]` tag (or SET); `what` names it in errors.
    pub(crate) fn read(tlv: Tlv<'a>, what: &'static str, budget: &mut Budget) -> Result<Self, Error> {
        let mut reader = tlv.reader(what);
        let mut attributes = Vec::new();
        while !reader.is_empty() {
            budget.take(&reader, attributes.len(), "attributes")?;
            attributes.push(Attribute::read(&mut reader, what, budget)?);
        }
        attributes.shrink_to_fit();
        Ok(Self { tlv, attributes })
    }

    /// Returns the whole element as received, with its `[0]` or `[1]` tag.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.tlv.raw
    }

    /// Iterates over the attributes in the order received.
    #[inline]
    pub fn iter(&self) -> core::slice::Iter<'_, Attribute<'a>> {
        self.attributes.iter()
    }

    /// Returns the number of attributes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Tells whether the SET is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Iterates over the attributes of this type in the order received.
    #[inline]
    pub fn find(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &Attribute<'a>> {
        self.attributes.iter().filter(move |attribute| attribute.oid == oid)
    }

    /// Tells whether this is coded as DER codes a SET OF (X.690 §11.6).
    ///
    /// Attributes and the values in each must ascend, and the headers of the set, of the attributes and of their values
    /// must be as short as possible. The contents of the values are not examined.
    #[must_use]
    pub fn is_der_set(&self) -> bool {
        self.tlv.is_der_header()
            && self.attributes.iter().all(|attribute| attribute.is_der)
            && self.attributes.is_sorted_by(|a, b| a.raw <= b.raw)
    }

    /// Returns the received octets with the tag of a SET, over which the signature is computed
    /// ([RFC 5652 §5.4](https://www.rfc-editor.org/rfc/rfc5652#section-5.4)).
    #[must_use]
    pub fn as_set(&self) -> Vec<u8> {
        let mut set = self.tlv.raw.to_vec();
        if let Some(tag) = set.first_mut() {
            *tag = Tag::SET.0;
        }
        set
    }

    /// Returns the received attributes as a SET in DER order, with a DER header.
    ///
    /// Some signers sign the attributes in this order and send them in another.
    #[must_use]
    pub fn as_sorted_set(&self) -> Vec<u8> {
        let mut sorted: Vec<&[u8]> = self.attributes.iter().map(|attribute| attribute.raw).collect();
        sorted.sort_unstable();
        let mut set = Vec::with_capacity(self.tlv.raw.len() + 4);
        set.push(Tag::SET.0);
        push_length(&mut set, self.tlv.value.len());
        sorted.iter().for_each(|attribute| set.extend_from_slice(attribute));
        set
    }
}

impl<'r, 'a> IntoIterator for &'r Attributes<'a> {
    type Item = &'r Attribute<'a>;
    type IntoIter = core::slice::Iter<'r, Attribute<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> Attribute<'a> {
    fn read(reader: &mut Reader<'a>, what: &'static str, budget: &mut Budget) -> Result<Self, Error> {
        let tlv = reader.expect(Tag::SEQUENCE)?;
        let mut fields = tlv.reader(what);
        let type_tlv = fields.clone().any()?;
        let oid = fields.oid()?;
        let set = fields.expect(Tag::SET)?;
        fields.finish()?;
        let values = AttributeValues::read(&set, what, budget)?;
        let is_der = tlv.is_der_header()
            && type_tlv.is_der_header()
            && set.is_der_header()
            && values.iter().all(Tlv::is_der_header)
            && values.is_sorted_by(|a: &Tlv<'_>, b| a.raw <= b.raw);
        Ok(Self { raw: tlv.raw, oid, values, is_der })
    }
}
