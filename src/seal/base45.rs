//! Base45 ([RFC 9285](https://www.rfc-editor.org/rfc/rfc9285)): octets in the characters of the alphanumeric mode of QR codes.
//!
//! The crate `base45` is not used: it cuts a last group above 255 down to an octet, so that several texts give the same octets.

const ALPHABET: [u8; 45] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE: u16 = 45;

/// Writes octets: three characters for two octets, and two for a last one.
pub(super) fn encode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().div_ceil(2) * 3);
    let (pairs, last) = octets.as_chunks::<2>();
    for pair in pairs {
        let value = u16::from_be_bytes(*pair);
        push(&mut text, value, 3);
    }
    if let [last] = last {
        push(&mut text, u16::from(*last), 2);
    }
    text
}

/// Appends a value as this many characters, the least significant first.
fn push(text: &mut String, mut value: u16, characters: usize) {
    for _ in 0..characters {
        text.extend(ALPHABET.get(usize::from(value % BASE)).copied().map(char::from));
        value /= BASE;
    }
}

/// Reads what [`encode`] writes, and nothing else.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let (groups, last) = text.as_bytes().as_chunks::<3>();
    let mut octets = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in groups {
        octets.extend(u16::try_from(value_of(group)?).ok()?.to_be_bytes());
    }
    match last {
        [] => {}
        [_] => return None,
        // A value above 255 is not what an octet gives.
        last => octets.push(u8::try_from(value_of(last)?).ok()?),
    }
    Some(octets)
}

/// Returns the value of up to three characters, the least significant first.
fn value_of(characters: &[u8]) -> Option<u32> {
    characters.iter().rev().try_fold(0, |value, character| {
        let digit = ALPHABET.iter().position(|present| present == character)?;
        Some(value * u32::from(BASE) + u32::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 9285, sections 4.3 and 4.4.
    #[test]
    fn the_examples_of_the_rfc() {
        for (octets, text) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"), ("", "")]
        {
            assert_eq!(encode(octets.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(octets.as_bytes()));
        }
    }

    #[test]
    fn what_no_octets_give_is_refused() {
        // 65,536 in three characters and 256 in two, which others cut down.
        assert_eq!(decode("GGW"), None);
        assert_eq!(decode("V5"), None);
        assert_eq!(decode("U5"), Some(vec![255]));
        for text in ["A", "BB8A", "bb8", "BB_", "É0"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
