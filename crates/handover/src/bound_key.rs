//! A content key that is bound to its algorithm ([RFC 9709](https://www.rfc-editor.org/rfc/rfc9709)).

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::algorithm::{algorithm, parameters};
use crate::error::{EnvelopeError, OpenError};
use crate::oid;

/// RFC 9709 §2.
const SALT: &[u8] = b"The Cryptographic Message Syntax";

/// The length of what is derived.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Derives a key of a key and of the DER of the algorithm that it is for.
pub(crate) fn derived<const KEY: usize>(key: &[u8], info: &[u8]) -> Option<Zeroizing<[u8; KEY]>> {
    let mut derived = Zeroizing::new([0; KEY]);
    let key = Salt::new(HKDF_SHA256, SALT).extract(key);
    key.expand(&[info], Length(KEY)).and_then(|key| key.fill(derived.as_mut_slice())).ok()?;
    Some(derived)
}

/// Names an algorithm as that to which the key is bound.
pub(crate) fn binding(inner: &AlgorithmIdentifierOwned) -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
    algorithm(oid::CEK_HKDF_SHA_256, inner)
}

/// Returns the algorithm to which the key is bound; `None` for an algorithm to which it is not.
pub(crate) fn bound(outer: &AlgorithmIdentifierOwned) -> Result<Option<AlgorithmIdentifierOwned>, OpenError> {
    if outer.oid != oid::CEK_HKDF_SHA_256 {
        return Ok(None);
    }
    // DER has one form of it, so that what enters the derivation are the octets of the file.
    parameters(outer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    /// RFC 9709, appendix B. What is derived longer begins with the same octets.
    #[test]
    fn keys_are_derived_as_in_the_examples_of_the_standard() {
        let key = octets("c702e7d0a9e064b09ba55245fb733cf3");
        for (info, expected) in [
            ("301b0609608648016503040106300e040c5c79058ba2f43447639d29e2", "2124ffb29fac4e0fbbc7d5d87492bff3"),
            ("301d06096086480165030401020410651f722ffd512c52fe072e507d72b377", "9cd102c52f1e19ece8729b35bfeceb50"),
        ] {
            let derived: Zeroizing<[u8; 32]> = derived(&key, &octets(info)).unwrap();
            assert_eq!(derived[..16], octets(expected)[..], "{info}");
        }
    }
}
