//! Message authentication codes by HMAC-SHA-256, and keys derived with them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The number of octets of a key, of a code and of a derived key.
const LEN: usize = 32;

/// The octets of a block of SHA-256, to which a key is filled up with zeros (RFC 2104 §2).
const BLOCK: usize = 64;

/// Computes HMAC-SHA-256 ([RFC 2104](https://www.rfc-editor.org/rfc/rfc2104)) of a message, which comes in pieces.
pub(crate) fn hmac_sha256<const PIECES: usize>(key: &[u8; LEN], message: [&[u8]; PIECES]) -> [u8; LEN] {
    of_pieces(mac(key), message).finalize().into_bytes().into()
}

/// Says whether `code` is HMAC-SHA-256 of the message. The time that this takes does not depend on the octets of the
/// code: whoever measures it learns nothing about the right one.
pub(crate) fn is_hmac_sha256<const PIECES: usize>(key: &[u8; LEN], message: [&[u8]; PIECES], code: &[u8; LEN]) -> bool {
    of_pieces(mac(key), message).verify_slice(code).is_ok()
}

/// A pseudorandom key of HKDF-SHA-256 without salt ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)), of which keys
/// are derived. Its two blocks of HMAC are hashed once, and it is wiped from memory.
#[derive(Clone)]
pub(crate) struct HkdfSha256(Hmac<Sha256>);

impl HkdfSha256 {
    /// Extracts the key of secret octets (RFC 5869 §2.2).
    pub(crate) fn extract(ikm: &[u8]) -> Self {
        Self(mac(&Zeroizing::new(hmac_sha256(&[0; LEN], [ikm]))))
    }

    /// Derives a key as long as the hash, which is the first block of the expansion (RFC 5869 §2.3).
    pub(crate) fn expand(&self, info: &[u8]) -> Zeroizing<[u8; LEN]> {
        Zeroizing::new(of_pieces(self.0.clone(), [info, &[1]]).finalize().into_bytes().into())
    }
}

fn mac(key: &[u8; LEN]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; BLOCK]);
    block.iter_mut().zip(key).for_each(|(octet, of_key)| *octet = *of_key);
    Hmac::new((&*block).into())
}

fn of_pieces<const PIECES: usize>(mac: Hmac<Sha256>, message: [&[u8]; PIECES]) -> Hmac<Sha256> {
    message.into_iter().fold(mac, Mac::chain_update)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 4231, test cases 1 and 2: keys that are shorter are filled up with zeros.
        for (key, message, code) in [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                b"Hi There".as_slice(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                "4a656665",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
        ] {
            let mut filled = [0; LEN];
            filled.iter_mut().zip(octets(key)).for_each(|(octet, of_key)| *octet = of_key);
            let code: [u8; LEN] = octets(code).try_into().unwrap();
            let message: [&[u8]; 2] = message.split_at(5).into();
            assert_eq!(hmac_sha256(&filled, message), code);
            assert!(is_hmac_sha256(&filled, message, &code));
            for position in 0..LEN {
                let mut wrong = code;
                wrong[position] ^= 1;
                assert!(!is_hmac_sha256(&filled, message, &wrong));
            }
        }
    }

    #[test]
    fn derived_keys_are_those_of_the_standard() {
        // RFC 5869, test case 3: neither salt nor info. The first 32 of its 42 octets.
        assert_eq!(
            HkdfSha256::extract(&[0x0b; 22]).expand(&[]).as_slice(),
            octets("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
        );
    }
}
