//! Base64 and decimal numbers, each in its one form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Encodes octets as [RFC 4648 §4](https://www.rfc-editor.org/rfc/rfc4648#section-4) has it, with padding.
pub(crate) fn encode_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

/// Decodes what [`encode_base64`] writes, and nothing else. Unlike Go's decoder, ours refuses line feeds and bits set after
/// the last octet ([RFC 4648 §3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)).
// One text for each value: no line can be written otherwise and mean the same.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a decimal number: digits without a sign, and without a leading zero but in `0`.
pub(crate) fn decode_decimal(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|octet| octet.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(decode_decimal("0"), Some(0));
        assert_eq!(decode_decimal("18446744073709551615"), Some(u64::MAX));
        for text in
            ["", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1_0", "0x1", "1.0", "1e3", "١", "18446744073709551616"]
        {
            assert_eq!(decode_decimal(text), None, "{text:?}");
        }
    }
}
