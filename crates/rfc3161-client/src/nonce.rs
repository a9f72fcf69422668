//! The nonce that ties a response to its request.

use signed_data::tlv::Integer;

use crate::hex::hex;

/// A nonce, which is an INTEGER of any size ([RFC 3161 §2.4.1](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.1)).
///
/// Two nonces are equal when their values are, in whatever coding.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nonce(Vec<u8>);

/// The operating system gave no random octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random octets")]
pub struct RandomnessError;

impl Nonce {
    /// Returns a nonce of 128 random bits. The RFC asks for a large number, of 64 bits for instance.
    ///
    /// # Errors
    /// [`RandomnessError`] when the operating system gives no random octets.
    pub fn random() -> Result<Self, RandomnessError> {
        let mut octets = [0; 16];
        fill(&mut octets)?;
        Ok(Self::from_bytes(&octets))
    }

    /// Makes a nonce from the octets of a non-negative number, most significant first.
    #[must_use]
    pub fn from_bytes(magnitude: &[u8]) -> Self {
        let octets = [&[0], magnitude].concat();
        Self(Integer::from_value(&octets).unwrap_or(Integer::ZERO).minimal().as_bytes().to_vec())
    }

    /// Makes a nonce from an INTEGER as read. Some clients send negative numbers, or longer codings than necessary.
    pub(crate) fn from_integer(integer: &Integer<'_>) -> Self {
        Self(integer.minimal().as_bytes().to_vec())
    }

    /// Returns the contents octets of the INTEGER in DER: two's complement, most significant first.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Display for Nonce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl core::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Nonce({self})")
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn fill(octets: &mut [u8]) -> Result<(), RandomnessError> {
    getrandom::fill(octets).map_err(|_| RandomnessError)
}

/// A module without a system has no random octets.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn fill(_: &mut [u8]) -> Result<(), RandomnessError> {
    Err(RandomnessError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_not_codings_are_compared() {
        assert_eq!(Nonce::from_bytes(&[0, 0, 5]).as_bytes(), [5]);
        assert_eq!(Nonce::from_bytes(&[0x80]).as_bytes(), [0, 0x80]);
        assert_eq!(Nonce::from_bytes(&[]).as_bytes(), [0]);
        let read = |octets| Integer::from_value(octets).map(|integer| Nonce::from_integer(&integer));
        assert_eq!(read(&[0, 0, 0x80]), Some(Nonce::from_bytes(&[0x80])));
        assert_eq!(read(&[0xff, 0xff, 0x80]), read(&[0x80]));
        assert_ne!(read(&[0x80]), read(&[0, 0x80]));
    }

    #[test]
    fn random_ones_are_large_and_differ() {
        let (a, b) = (Nonce::random().expect("randomness"), Nonce::random().expect("randomness"));
        assert!(a != b && a.as_bytes().len() > 8 && a.as_bytes()[0] & 0x80 == 0);
    }
}
