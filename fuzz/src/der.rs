//! Enough DER to put a structure together again.

use signed_data::tlv::{Reader, Tag, Tlv};

/// One element with these parts as its contents.
pub fn tlv(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let mut out = vec![tag.0];
    let octets = contents.len().to_be_bytes();
    let significant: Vec<u8> = octets.into_iter().skip_while(|octet| *octet == 0).collect();
    if contents.len() < 0x80 {
        out.push(significant.first().copied().unwrap_or_default());
    } else {
        out.push(0x80 | significant.len() as u8);
        out.extend(significant);
    }
    out.extend(contents);
    out
}

/// The elements that an input consists of, one after the other, as far as they can be read.
pub fn elements(input: &[u8]) -> Vec<Tlv<'_>> {
    let mut reader = Reader::new(input, "input");
    std::iter::from_fn(|| if reader.is_empty() { None } else { reader.any().ok() }).take(64).collect()
}
