//! Belgian identifiers: parsed, checked, normalised, and redacted in Debug.

mod enterprise_number;
mod niss;

pub use enterprise_number::{EnterpriseNumber, EnterpriseNumberError};
pub use niss::{Niss, NissError};

/// The most octets that an identifier is read from: digits, separators as printed, a country prefix.
const MAX_INPUT: usize = 32;

/// The number that these ASCII digits write; at most 18 of them, so that it fits.
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |value, digit| value * 10 + u64::from(digit.wrapping_sub(b'0')))
}
