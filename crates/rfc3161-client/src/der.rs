//! The little DER that a request needs.

use signed_data::tlv::Tag;

/// One element whose contents are these octets, one after the other.
pub(crate) fn tlv(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag.0);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = octets.iter().skip_while(|octet| **octet == 0);
            out.extend(u8::try_from(significant.clone().count()).map(|count| 0x80 | count));
            out.extend(significant);
        }
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// The contents octets of an INTEGER without the leading ones that say nothing.
pub(crate) fn minimal_integer(mut octets: &[u8]) -> &[u8] {
    while let Some((first, rest)) = octets.split_first() {
        let redundant = match rest.first() {
            Some(second) => (*first == 0 && second & 0x80 == 0) || (*first == 0xff && second & 0x80 != 0),
            None => false,
        };
        if !redundant {
            break;
        }
        octets = rest;
    }
    octets
}

/// For errors and reports.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
