//! Files of other kinds, which people hand over where ASN.1 is read.

use crate::error::{Error, ErrorKind};

/// The beginnings of files of other kinds.
const KINDS: [(&[u8], &str); 6] = [
    (b"%PDF-", "a PDF"),
    (b"-----BEGIN ", "PEM text"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<", "XML or HTML"),
    (b"{", "JSON"),
    // The first octets of any SEQUENCE with a length of two octets or of one.
    (b"MI", "base64 text"),
];

/// Recognises an empty input or a file of another kind by its first octets, so that an error can name it.
///
/// The answer is `None` for what may be BER and for every other input.
#[must_use]
pub fn other_format(input: &[u8]) -> Option<Error> {
    let text = input.trim_ascii_start();
    let recognised = KINDS.iter().find(|(beginning, _)| input.starts_with(beginning) || text.starts_with(beginning));
    let kind = match recognised {
        _ if input.is_empty() => "an empty file",
        Some((_, kind)) => *kind,
        None => return None,
    };
    Some(Error { what: "file", offset: 0, kind: ErrorKind::OtherFormat(kind) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_asn1_is_no_other_format() {
        for input in [&[0x30, 0x80][..], &[0x30], &[0x31, 0], &[0xa0, 0], &[0x02, 1, 1], &[0xff; 9]] {
            assert_eq!(other_format(input), None, "{input:02x?}");
        }
    }
}
