//! Strings and their escapes.

use std::borrow::Cow;

use super::reader::{Reader, Result};
use crate::evidence::json_fault::JsonFault;

impl<'a> Reader<'a> {
    /// Reads a string in the escapes that the profile writes: `\"` and `\\`.
    pub(in crate::evidence) fn string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at;
        let (text, needless) = self.any_string()?;
        if needless {
            self.at = start;
            return Err(self.error(JsonFault::NeedlessEscape));
        }
        Ok(text)
    }

    /// Reads a string, and tells if it holds escapes that the profile does not write.
    pub(super) fn any_string(&mut self) -> Result<(Cow<'a, str>, bool)> {
        self.open(b'"', "a string")?;
        let mut text = Cow::Borrowed("");
        let mut needless = false;
        loop {
            let start = self.at;
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            self.at += plain_len(rest);
            let plain = self.text.get(start..self.at).unwrap_or_default();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            match self.peek() {
                None => return Err(self.error(JsonFault::UnexpectedEnd)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok((text, needless));
                }
                Some(b'\\') => {
                    let (c, written) = self.escape()?;
                    text.to_mut().push(c);
                    needless |= !written;
                }
                Some(_) => return Err(self.error(JsonFault::Escape)),
            }
        }
    }

    /// Reads an escape, and tells if the profile writes the character in this way.
    fn escape(&mut self) -> Result<(char, bool)> {
        self.at += 1;
        let letter = self.peek().ok_or_else(|| self.error(JsonFault::UnexpectedEnd))?;
        let c = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return Ok((self.unicode_escape()?, false)),
            _ => return Err(self.error(JsonFault::Escape)),
        };
        self.at += 1;
        Ok((c, matches!(letter, b'"' | b'\\')))
    }

    /// Reads `uXXXX`, and the low surrogate that must follow a high one.
    fn unicode_escape(&mut self) -> Result<char> {
        let first = self.four_digits()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let lone = self.error(JsonFault::LoneSurrogate);
        if first >= 0xdc00 || self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u".as_slice()) {
            return Err(lone);
        }
        self.at += 1;
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(lone)
    }

    fn four_digits(&mut self) -> Result<u32> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().ok_or_else(|| self.error(JsonFault::UnexpectedEnd))?;
            let digit = char::from(digit).to_digit(16).ok_or_else(|| self.error(JsonFault::Escape))?;
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }
}

/// Counts the octets before the first one that ends a string or its plain part. Eight octets are looked at at once.
fn plain_len(text: &[u8]) -> usize {
    let (blocks, rest) = text.as_chunks::<8>();
    for (number, block) in blocks.iter().enumerate() {
        let special = special_octets(u64::from_le_bytes(*block));
        if special != 0 {
            return 8 * number + usize::try_from(special.trailing_zeros() / 8).unwrap_or_default();
        }
    }
    let is_special = |octet: &u8| *octet < 0x20 || matches!(octet, b'"' | b'\\');
    let end = rest.iter().position(is_special).unwrap_or(rest.len());
    text.len() - rest.len() + end
}

/// Sets the highest bit of each octet that ends a plain part, up to and with the first of them; those after it may be set
/// wrongly, because a subtraction borrows from them.
fn special_octets(octets: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    let below = |limit: u8, octets: u64| octets.wrapping_sub(u64::from(limit) * EACH) & !octets;
    let equal = |octet: u8| below(1, octets ^ (u64::from(octet) * EACH));
    (below(0x20, octets) | equal(b'"') | equal(b'\\')) & HIGHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the octet stands that ends a plain part, and whatever stands around it.
    #[test]
    fn a_plain_part_ends_at_the_first_octet_that_is_not_plain() {
        for length in 0..20_usize {
            for octet in 0..=u8::MAX {
                let ends = octet < 0x20 || octet == b'"' || octet == b'\\';
                for around in [b' ', b'!', b'#', b'[', b']', 0x7f, 0xff] {
                    let plain = vec![around; length];
                    assert_eq!(plain_len(&plain), length);
                    let text = [plain.as_slice(), &[octet], &[around; 9]].concat();
                    assert_eq!(plain_len(&text), if ends { length } else { text.len() }, "{text:02x?}");
                }
            }
        }
    }
}
