//! BER and SignedData.

use signed_data::tlv::{Reader, Tag};
use signed_data::{Attributes, ContentInfo, SignedData, children, normalize};

/// Normalising twice is normalising once; what is inside is normalised as it would be by itself.
pub fn ber_normaliser(input: &[u8]) {
    let inner = children(input);
    let Ok(normalized) = normalize(input) else {
        assert!(inner.is_err(), "children of what cannot be normalised");
        return;
    };
    assert!(normalized.len() <= input.len().saturating_add(8), "normalising makes things longer");
    let again = normalize(&normalized).expect("what was normalised is well-formed");
    assert!(again == normalized, "not a fixed point");
    assert!(matches!(again, std::borrow::Cow::Borrowed(_)), "rewritten without a change");
    // A reader of definite lengths reads it.
    let mut reader = Reader::new(&normalized, "input");
    let outer = reader.any().expect("a definite length");
    assert!(reader.is_empty());

    let Ok(inner) = inner else { return };
    // A constructed OCTET STRING is one element afterwards.
    if input.first() == Some(&0x24) {
        return;
    }
    let mut fields = outer.reader("input");
    for child in inner {
        let alone = normalize(child).expect("a part of what is well-formed");
        let there = fields.any().expect("as many elements as before");
        assert!(*alone == *there.raw, "a part comes out otherwise than by itself");
    }
    assert!(fields.is_empty(), "more elements than before");
}

/// Every part is a piece of the input, in its place.
pub fn signed_data(input: &[u8]) {
    let Ok(normalized) = normalize(input) else { return };
    if let Ok(content_info) = ContentInfo::parse(&normalized) {
        assert!(content_info.raw == &*normalized);
        let _ = content_info.type_name();
    }
    let Ok(parsed) = SignedData::parse(&normalized) else { return };
    let within = |part: &[u8]| {
        let whole = normalized.as_ptr_range();
        let part = part.as_ptr_range();
        assert!(whole.start <= part.start && part.end <= whole.end, "a part that is no piece of the input");
    };
    within(parsed.raw);
    within(parsed.encap_content_info.raw);
    parsed.encap_content_info.content.into_iter().for_each(within);
    let mut last = parsed.encap_content_info.raw.as_ptr();
    for certificate in parsed.certificates.iter().filter_map(|choice| choice.certificate()) {
        within(certificate);
        assert!(last < certificate.as_ptr(), "out of order");
        last = certificate.as_ptr();
    }
    for signer_info in &parsed.signer_infos {
        within(signer_info.raw);
        let signed = signer_info.signed_attributes.iter();
        signed.chain(&signer_info.unsigned_attributes).for_each(attributes);
        // The fields follow each other without a gap.
        let signed = signer_info.signed_attributes.as_ref().map(Attributes::raw).unwrap_or_default();
        let unsigned = signer_info.unsigned_attributes.as_ref().map(Attributes::raw).unwrap_or_default();
        let fields = [
            signer_info.version_raw,
            signer_info.sid_raw,
            signer_info.digest_algorithm.raw,
            signed,
            signer_info.signature_algorithm.raw,
            signer_info.signature_raw,
            unsigned,
        ];
        assert!(signer_info.raw.ends_with(&fields.concat()), "octets between the fields");
    }
}

fn attributes(attributes: &Attributes<'_>) {
    let set = attributes.as_set();
    assert_eq!(set.first(), Some(&Tag::SET.0));
    assert_eq!(set.get(1..), attributes.raw().get(1..));
    let sorted = attributes.as_sorted_set();
    if attributes.is_der_set() {
        assert!(sorted == set, "sorting what is sorted changes it");
    }
    assert_eq!(attributes.len(), attributes.iter().count());
    for attribute in attributes {
        let values: usize = attribute.values.iter().map(|value| value.raw.len()).sum();
        assert!(values < attribute.raw.len());
    }
}
