//! The numbers of a public key, in the form that the backends are given.

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::kind::{KeyError, KeyKind};
use super::octets::KeyOctets;
use crate::asn1::oid;
use crate::crypto::algorithm::{Digest, NotOffered, SignatureAlgorithm};

/// The smallest and the largest RSA modulus, in bits, with which a signature is checked.
// A smaller one proves nothing. With a larger one the work grows with the third power of the size, and a stranger's
// certificate could ask for any amount of it.
const RSA_BITS: core::ops::RangeInclusive<usize> = 1024..=8192;

/// The size of the largest public exponent, in bits.
// Exponents can be chosen to make verification slow. Nearly all are 65537; one national TSA has 65 bits.
const RSA_EXPONENT_BITS: usize = 128;

/// The largest modulus, in bits, of a key whose exponent has more than 32 bits.
// With both at their largest a verification takes five milliseconds, fifty times as long as with the usual exponent.
const RSA_BITS_OF_LONG_EXPONENT: usize = 4096;

/// The numbers of a key.
#[derive(PartialEq, Eq)]
pub(in crate::crypto) enum KeyNumbers {
    /// Both numbers are big-endian and have no leading zeros.
    Rsa {
        modulus: KeyOctets,
        exponent: KeyOctets,
    },
    /// The point is coded as in SEC 1, compressed or not.
    Ec {
        curve: Curve,
        point: KeyOctets,
    },
    Ed25519([u8; 32]),
    /// The key of a post-quantum algorithm, of the length that belongs to it.
    PostQuantum {
        algorithm: SignatureAlgorithm,
        key: KeyOctets,
    },
    /// The key was read, and must not be used for the reason given.
    Unusable(&'static str),
    /// The key is of a post-quantum algorithm, and its identifier has parameters.
    WithParameters,
    /// The kind of the key is not offered.
    NotOffered,
}

impl KeyNumbers {
    /// Reads the key of a post-quantum algorithm, which is the whole of subjectPublicKey ([RFC 9881
    /// §4](https://www.rfc-editor.org/rfc/rfc9881#section-4), [RFC 9909 §4](https://www.rfc-editor.org/rfc/rfc9909#section-4)).
    pub(super) fn read_post_quantum(
        algorithm: SignatureAlgorithm,
        kind: KeyKind,
        parameters: Option<Tlv<'_>>,
        key: KeyOctets,
    ) -> (KeyKind, Self) {
        let has_length = algorithm.parameter_set().is_some_and(|set| set.sizes.public_key == key.len());
        let numbers = if parameters.is_some() {
            Self::WithParameters
        } else if has_length {
            Self::PostQuantum { algorithm, key }
        } else {
            Self::Unusable("a post-quantum key of another length than its algorithm has")
        };
        (kind, numbers)
    }

    /// Reads an RSA key, [RFC 8017 appendix A.1.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1):
    ///
    /// ```text
    /// RSAPublicKey ::= SEQUENCE {
    ///     modulus           INTEGER,
    ///     publicExponent    INTEGER }
    /// ```
    ///
    /// The key lies in the octets of a certificate, which the numbers share.
    pub(super) fn read_rsa(whole: &Arc<[u8]>, key: &[u8]) -> Result<(KeyKind, Self), KeyError> {
        let malformed = |_| KeyError::Malformed("RSAPublicKey");
        let mut outer = Reader::new(key, "RSAPublicKey");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("RSAPublicKey");
        outer.finish().map_err(malformed)?;
        let modulus = fields.integer().map_err(malformed)?;
        let exponent = fields.integer().map_err(malformed)?;
        fields.finish().map_err(malformed)?;
        let is_negative = modulus.is_negative() || exponent.is_negative();
        let (modulus, exponent) = (modulus.significant(), exponent.significant());
        let kind = KeyKind::Rsa { bits: u32::try_from(bit_length(modulus)).unwrap_or(u32::MAX) };
        let unusable = if is_negative {
            // Some cards were issued with the leading zero of their modulus forgotten. Their certificates must be
            // readable, but their keys are not used.
            Some("an RSA modulus or exponent that is negative")
        } else {
            rsa_defect(modulus, exponent)
        };
        let numbers = match unusable {
            Some(why) => Self::Unusable(why),
            None => {
                Self::Rsa { modulus: KeyOctets::within(whole, modulus), exponent: KeyOctets::within(whole, exponent) }
            }
        };
        Ok((kind, numbers))
    }
}

/// Returns the reason for which an RSA key must not be used, if there is one.
fn rsa_defect(modulus: &[u8], exponent: &[u8]) -> Option<&'static str> {
    let is_odd = |number: &[u8]| number.last().is_some_and(|octet| octet & 1 == 1);
    if !RSA_BITS.contains(&bit_length(modulus)) {
        Some("an RSA modulus outside 1024 to 8192 bits")
    } else if bit_length(exponent) > RSA_EXPONENT_BITS {
        Some("an RSA exponent of more than 128 bits")
    } else if bit_length(exponent) > 32 && bit_length(modulus) > RSA_BITS_OF_LONG_EXPONENT {
        Some("an RSA exponent of more than 32 bits with a modulus of more than 4096 bits")
    } else if !is_odd(modulus) || !is_odd(exponent) || exponent == [1] {
        // With exponent 1 every message would be its own signature.
        Some("an RSA modulus or exponent that is even, or exponent 1")
    } else {
        None
    }
}

/// The elliptic curves that are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::crypto) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The octets of the order of the group, which are as many as those of a coordinate.
    #[cfg(feature = "rustcrypto")]
    pub(in crate::crypto) const fn scalar_len(self) -> usize {
        self.field_len()
    }

    /// The octets of a coordinate.
    const fn field_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Says whether the octets have the form of a point, compressed or not (SEC 1, section 2.3.3). Whether it is on the
    /// curve is for the backends.
    pub(super) fn is_point(self, octets: &[u8]) -> bool {
        match octets {
            [2 | 3, x @ ..] => x.len() == self.field_len(),
            [4, xy @ ..] => xy.len() == 2 * self.field_len(),
            _ => false,
        }
    }

    pub(in crate::crypto) const fn kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::EcP256,
            Self::P384 => KeyKind::EcP384,
            Self::P521 => KeyKind::EcP521,
        }
    }

    pub(in crate::crypto) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => oid::P256,
            Self::P384 => oid::P384,
            Self::P521 => oid::P521,
        }
    }

    /// Reads the parameters beside id-ecPublicKey, which must name a curve
    /// ([RFC 5480 §2.1.1](https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1)).
    pub(in crate::crypto) fn from_parameters(parameters: Option<Tlv<'_>>) -> Result<Self, NotOffered> {
        // Explicit parameters let the maker of a key choose the curve, and with it a generator that forges.
        let unnamed = || NotOffered::named(oid::EC_PUBLIC_KEY, "elliptic curve without a name");
        let parameters =
            parameters.filter(|parameters| parameters.tag == Tag::OBJECT_IDENTIFIER).ok_or_else(unnamed)?;
        let name = Reader::new(parameters.raw, "ECParameters").oid().map_err(|_| unnamed())?;
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| name == curve.oid())
            .ok_or_else(|| NotOffered::of(name))
    }
}

/// Returns the size in bits of a number without leading zero octets.
pub(in crate::crypto) fn bit_length(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len().saturating_mul(8).saturating_sub(first.leading_zeros() as usize))
}

/// Returns the integer that ECDSA makes of a digest, in as many octets as the order of the group has: the leftmost bits
/// of a longer digest, and all of a shorter one (FIPS 186-5 §6.4.1).
///
/// Backends that are fixed to one digest for each curve take the result for a digest of that one.
pub(in crate::crypto) fn ecdsa_input(digest: &Digest, length: usize) -> Vec<u8> {
    let digest = digest.as_bytes();
    let kept = digest.get(..length).unwrap_or(digest);
    let mut input = vec![0; length - kept.len()];
    input.extend_from_slice(kept);
    input
}
