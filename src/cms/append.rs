//! An unsigned attribute at the end of a SignedData that has none: everything before it stays octet for octet.

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use crate::asn1::last::split_last;
use crate::asn1::writer;

/// The reason why nothing can be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unappendable {
    /// The length of this element, or the element itself, is not what DER has there: it could not be told afterwards
    /// how it was coded before.
    NotDer(&'static str),
    /// There are unsigned attributes already.
    UnsignedAttributes,
}

/// The end of the only SignerInfo of a ContentInfo. It is the end of the file, as each element on the way down is the
/// last one of the element around it.
pub(crate) struct Appendable<'a> {
    /// The contents before the last element of ContentInfo, [0], SignedData and signerInfos.
    outer: [(Tag, &'a [u8]); 4],
    signer_info: &'a [u8],
}

impl<'a> Appendable<'a> {
    /// Finds the end of the SignerInfo, and checks that each element above it ends there too.
    ///
    /// # Errors
    /// [`Unappendable`].
    pub(crate) fn of(content_info: &'a [u8]) -> Result<Self, Unappendable> {
        let outermost = single(content_info, "ContentInfo")?;
        let (oid, explicit) = last_of(&outermost, Tag::SEQUENCE, "ContentInfo")?;
        let (nothing, signed_data) = last_of(&explicit, Tag::context(0), "content")?;
        let (fields, signer_infos) = last_of(&signed_data, Tag::SEQUENCE, "SignedData")?;
        let (others, signer_info) = last_of(&signer_infos, Tag::SET, "signerInfos")?;
        let (_, last) = last_of(&signer_info, Tag::SEQUENCE, "SignerInfo")?;
        if !nothing.is_empty() {
            return Err(Unappendable::NotDer("content"));
        }
        if !others.is_empty() {
            return Err(Unappendable::NotDer("signerInfos"));
        }
        if last.tag == Tag::context(1) {
            return Err(Unappendable::UnsignedAttributes);
        }
        let outer = [(Tag::SEQUENCE, oid), (Tag::context(0), nothing), (Tag::SEQUENCE, fields), (Tag::SET, others)];
        Ok(Self { outer, signer_info: signer_info.value })
    }

    /// Returns the SignedData with this attribute, of one value, as its only unsigned one. The value has `length`
    /// octets, and `push_value` writes it.
    pub(crate) fn with_unsigned_attribute(
        &self,
        oid: ObjectIdentifier,
        length: usize,
        push_value: impl FnOnce(&mut Vec<u8>),
    ) -> Vec<u8> {
        let attribute_type = oid.as_bytes();
        let attribute = writer::len(attribute_type.len()) + writer::len(length);
        let unsigned = writer::len(attribute);
        let signer_info = self.signer_info.len() + writer::len(unsigned);
        // The contents of each element around, from the inside.
        let mut lengths = [0; 4];
        let mut inside = writer::len(signer_info);
        for (length, (_, before)) in lengths.iter_mut().zip(&self.outer).rev() {
            *length = before.len() + inside;
            inside = writer::len(*length);
        }
        let mut out = Vec::with_capacity(inside);
        for ((tag, before), length) in self.outer.iter().zip(lengths) {
            writer::push_header(&mut out, *tag, length);
            out.extend_from_slice(before);
        }
        writer::push_header(&mut out, Tag::SEQUENCE, signer_info);
        out.extend_from_slice(self.signer_info);
        writer::push_header(&mut out, Tag::context(1), unsigned);
        writer::push_header(&mut out, Tag::SEQUENCE, attribute);
        writer::push(&mut out, Tag::OBJECT_IDENTIFIER, attribute_type);
        writer::push_header(&mut out, Tag::SET, length);
        push_value(&mut out);
        out
    }
}

fn single<'a>(octets: &'a [u8], name: &'static str) -> Result<Tlv<'a>, Unappendable> {
    let mut reader = Reader::new(octets, name);
    reader.any().ok().filter(|_| reader.is_empty()).ok_or(Unappendable::NotDer(name))
}

fn last_of<'a>(element: &Tlv<'a>, tag: Tag, name: &'static str) -> Result<(&'a [u8], Tlv<'a>), Unappendable> {
    split_last(element, tag).ok_or(Unappendable::NotDer(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::oid;
    use crate::cms::{Lengths, without_attributes};

    /// Returns a SignedData with this many octets of content; nothing in it is looked at.
    fn cms(content: usize, signers: usize, unsigned: &[u8]) -> Vec<u8> {
        let signature = writer::octet_string(&vec![7; content]);
        let signer_info = writer::sequence(&[&writer::small_integer(1), &signature, unsigned]);
        let signer_infos = writer::tlv(Tag::SET, &signer_info.repeat(signers));
        let signed_data = writer::sequence(&[&writer::small_integer(1), &signer_infos]);
        writer::sequence(&[&writer::oid(oid::SIGNED_DATA), &writer::tlv(Tag::context(0), &signed_data)])
    }

    #[test]
    fn what_is_appended_can_be_taken_out_again() {
        for content in (0..300).chain(65_400..65_560) {
            let before = cms(content, 1, &[]);
            let value = writer::octet_string(&vec![1; content]);
            let appendable = Appendable::of(&before).unwrap();
            let push = |out: &mut Vec<u8>| out.extend_from_slice(&value);
            let after = appendable.with_unsigned_attribute(oid::EVIDENCE_RECORD_INTERNAL, value.len(), push);
            assert_eq!(after.len(), after.capacity());
            let attribute =
                writer::sequence(&[&writer::oid(oid::EVIDENCE_RECORD_INTERNAL), &writer::tlv(Tag::SET, &value)]);
            assert_eq!(after, cms(content, 1, &writer::tlv(Tag::context(1), &attribute)));
            assert_eq!(without_attributes(&after, Lengths::Any, &|_, _, _| true).unwrap().to_vec(), before);
            assert_eq!(Appendable::of(&after).err(), Some(Unappendable::UnsignedAttributes));
        }
    }

    #[test]
    fn what_would_not_come_out_as_it_was_is_refused() {
        let of = |octets: &[u8]| Appendable::of(octets).err();
        assert_eq!(of(&cms(9, 2, &[])), Some(Unappendable::NotDer("signerInfos")));
        assert_eq!(of(&[]), Some(Unappendable::NotDer("ContentInfo")));
        let good = cms(9, 1, &[]);
        assert_eq!(of(&[&good[..], &[0]].concat()), Some(Unappendable::NotDer("ContentInfo")));
        // Each length in turn in one octet more than it needs.
        let starts = [(0, "ContentInfo"), (13, "content"), (15, "SignedData"), (20, "signerInfos"), (22, "SignerInfo")];
        for (index, (_, name)) in starts.iter().enumerate() {
            let mut long = good.clone();
            for (start, _) in &starts[..index] {
                long[start + 1] += 1;
            }
            long.insert(starts[index].0 + 1, 0x81);
            assert_eq!(of(&long), Some(Unappendable::NotDer(name)), "{long:02x?}");
        }
    }
}
