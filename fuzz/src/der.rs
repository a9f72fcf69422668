//! Taking structures apart.

use signed_data::tlv::{Reader, Tag, Tlv};

/// The elements that an input consists of, one after the other, as far as they can be read.
pub fn elements(input: &[u8]) -> Vec<Tlv<'_>> {
    let mut reader = Reader::new(input, "input");
    std::iter::from_fn(|| if reader.is_empty() { None } else { reader.any().ok() }).take(64).collect()
}

/// The first element inside the outermost one: what is signed.
pub fn first_of(der: &[u8]) -> Option<&[u8]> {
    Some(Reader::new(der, "signed").any().ok()?.reader("signed").any().ok()?.raw)
}

/// What is signed in a CRL or an OCSP response.
pub fn signed_part(der: &[u8]) -> Option<Vec<u8>> {
    first_of(basic(der)?).map(Into::into)
}

/// The BasicOCSPResponse in an OCSPResponse, or what was given.
pub fn basic(der: &[u8]) -> Option<&[u8]> {
    let mut fields = Reader::new(der, "OCSPResponse").expect(Tag::SEQUENCE).ok()?.reader("OCSPResponse");
    if fields.peek() != Some(Tag::ENUMERATED) {
        return Some(der);
    }
    fields.any().ok()?;
    let mut bytes = fields
        .expect(Tag::context(0))
        .ok()?
        .reader("responseBytes")
        .expect(Tag::SEQUENCE)
        .ok()?
        .reader("responseBytes");
    bytes.any().ok()?;
    bytes.octet_string().ok()
}
