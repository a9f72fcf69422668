//! The numbers and the hashes of lines.

use std::fmt;
use std::num::NonZeroU64;

use crate::crypto::{Digest, DigestAlgorithm};
use crate::text::{ascii, hex_digits};

/// The number of a line within its source: the first is 1, and none is left out. A line holds it as 20 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(NonZeroU64);

impl Sequence {
    /// The number of the first line.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// Makes a sequence of a number; `None` for 0.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Self)
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0.get()
    }

    /// Returns the number after this one; `None` at the end of all numbers.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// Returns the number before this one; `None` for the first.
    pub(super) fn before(self) -> Option<Self> {
        Self::new(self.get() - 1)
    }

    /// Returns the 20 digits of a line.
    pub(super) fn digits(self) -> [u8; NUMBER_DIGITS] {
        decimal_digits(self.get())
    }

    /// Reads the 20 digits of a line.
    pub fn from_digits(text: &str) -> Option<Self> {
        let is_number = text.len() == NUMBER_DIGITS && text.bytes().all(|octet| octet.is_ascii_digit());
        if is_number { Self::new(text.parse().ok()?) } else { None }
    }
}

/// No number has more digits, and that of a line has as many.
const NUMBER_DIGITS: usize = 20;

/// Writes a number with zeros before it.
pub(super) fn decimal_digits(number: u64) -> [u8; NUMBER_DIGITS] {
    let (mut digits, mut rest) = ([b'0'; NUMBER_DIGITS], number);
    for digit in digits.iter_mut().rev() {
        // A remainder by ten is a digit.
        *digit += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits
}

/// Writes the 20 digits of a line.
impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ascii(&self.digits()))
    }
}

/// The SHA-256 of the octets of a line, without the line feed at its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineHash([u8; 32]);

impl LineHash {
    /// Computes the hash of a line.
    pub fn of(line: &[u8]) -> Self {
        Self::of_digest(&DigestAlgorithm::Sha256.digest(line))
    }

    /// Takes the digest of a line that was hashed in parts.
    pub(super) fn of_digest(digest: &Digest) -> Self {
        Self(digest.first_32())
    }

    /// Takes the 32 octets of a hash.
    pub fn from_bytes(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// Returns the 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits in lower case.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex_octets(text).map(Self)
    }
}

impl fmt::Display for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(hex_digits(&self.0, &mut [0; 64]))
    }
}

impl fmt::Debug for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineHash({self})")
    }
}

/// No digit in lower case.
const NO_DIGIT: u8 = 0xff;

/// The values of hexadecimal digits in lower case: a trail has hundreds of them in each line.
const DIGITS: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0_u8;
    while value < 16 {
        let digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        values[digit as usize] = value;
        value += 1;
    }
    values
};

/// Reads `N` octets of hexadecimal digits in lower case.
pub(super) fn hex_octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |octet: u8| DIGITS.get(usize::from(octet)).copied().unwrap_or(NO_DIGIT);
    let (mut octets, mut seen) = ([0; N], 0);
    if pairs.len() != N {
        return None;
    }
    for (octet, [high, low]) in octets.iter_mut().zip(pairs) {
        let (high, low) = (digit(*high), digit(*low));
        // Of digits, no value has a bit above the fourth.
        seen |= high | low;
        *octet = high << 4 | low;
    }
    (seen < 16).then_some(octets)
}
