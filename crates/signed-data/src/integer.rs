//! Borrowed INTEGERs.

use core::fmt;

/// An INTEGER of any size. Its contents octets are two's complement, most significant first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Integer<'a>(pub(crate) &'a [u8]);

impl<'a> Integer<'a> {
    /// The number zero.
    pub const ZERO: Self = Self(&[0]);

    /// Reads the contents octets; `None` if there are none.
    #[must_use]
    #[inline]
    pub fn from_value(value: &'a [u8]) -> Option<Self> {
        (!value.is_empty()).then_some(Self(value))
    }

    /// Returns the contents octets as received.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Tells whether the number is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|octet| octet & 0x80 != 0)
    }

    /// Returns the same number without the leading octets that DER leaves out (X.690 §8.3.2).
    #[must_use]
    pub fn minimal(&self) -> Self {
        let mut octets = self.0;
        while let [first, rest @ ..] = octets {
            let repeats_sign = match (first, rest.first()) {
                (0, Some(second)) => second & 0x80 == 0,
                (0xff, Some(second)) => second & 0x80 != 0,
                _ => false,
            };
            if !repeats_sign {
                break;
            }
            octets = rest;
        }
        Self(octets)
    }

    /// Returns the value if it is not negative and below 2^64.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        if self.is_negative() {
            return None;
        }
        let significant = self.significant();
        (significant.len() <= 8).then(|| significant.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)))
    }

    /// Returns the octets without leading zeros, which are the magnitude of a non-negative number.
    #[must_use]
    pub fn significant(&self) -> &'a [u8] {
        let zeros = self.0.iter().take_while(|octet| **octet == 0).count();
        self.0.get(zeros..).unwrap_or_default()
    }
}

impl fmt::Debug for Integer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Integer({self})")
    }
}

impl fmt::Display for Integer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
