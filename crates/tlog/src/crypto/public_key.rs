//! Public keys, and the lengths of keys and signatures.

use core::fmt;

/// The octets of an Ed25519 public key ([RFC 8032 §5.1.5](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5)).
pub(crate) const ED25519_KEY: usize = 32;
/// The octets of an Ed25519 signature.
pub(crate) const ED25519_SIGNATURE: usize = 64;
/// The octets of an ML-DSA-44 public key ([FIPS 204](https://csrc.nist.gov/pubs/fips/204/final), table 2).
pub(crate) const ML_DSA_44_KEY: usize = 1312;
/// The octets of an ML-DSA-44 signature.
pub(crate) const ML_DSA_44_SIGNATURE: usize = 2420;

/// A public key of one of the two algorithms that cosignatures have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PublicKey {
    /// Ed25519, as [RFC 8032 §5.1.5](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5) encodes it.
    Ed25519([u8; ED25519_KEY]),
    /// ML-DSA-44, as FIPS 204 algorithm 22 encodes it.
    MlDsa44(Box<[u8; ML_DSA_44_KEY]>),
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519(_) => "PublicKey::Ed25519",
            Self::MlDsa44(_) => "PublicKey::MlDsa44",
        })
    }
}
