//! The parameter sets of the post-quantum signature algorithms.

use core::fmt;

use const_oid::ObjectIdentifier;

use crate::asn1::oid;

/// A parameter set of SLH-DSA, [FIPS 205](https://doi.org/10.6028/NIST.FIPS.205), table 2. The sets of 128 bits are not
/// offered, because the text of ETSI TS 119 312 V2.1.1 does not list them; its machine-readable form has two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum SlhDsa {
    Sha2_192s,
    Sha2_192f,
    Sha2_256s,
    Sha2_256f,
    Shake192s,
    Shake192f,
    Shake256s,
    Shake256f,
}

impl SlhDsa {
    /// All parameter sets that are offered where the build has SLH-DSA.
    pub const ALL: [Self; 8] = [
        Self::Sha2_192s,
        Self::Sha2_192f,
        Self::Sha2_256s,
        Self::Sha2_256f,
        Self::Shake192s,
        Self::Shake192f,
        Self::Shake256s,
        Self::Shake256f,
    ];

    /// Returns the security strength in bits, 192 or 256.
    pub const fn security_strength(self) -> u32 {
        match self {
            Self::Sha2_192s | Self::Sha2_192f | Self::Shake192s | Self::Shake192f => 192,
            Self::Sha2_256s | Self::Sha2_256f | Self::Shake256s | Self::Shake256f => 256,
        }
    }

    pub(super) const fn set(self) -> ParameterSet {
        let (oid, name, family) = match self {
            Self::Sha2_192s => (oid::SLH_DSA_SHA2_192S, "SLH-DSA-SHA2-192s", &SLH_DSA_192S),
            Self::Sha2_192f => (oid::SLH_DSA_SHA2_192F, "SLH-DSA-SHA2-192f", &SLH_DSA_192F),
            Self::Sha2_256s => (oid::SLH_DSA_SHA2_256S, "SLH-DSA-SHA2-256s", &SLH_DSA_256S),
            Self::Sha2_256f => (oid::SLH_DSA_SHA2_256F, "SLH-DSA-SHA2-256f", &SLH_DSA_256F),
            Self::Shake192s => (oid::SLH_DSA_SHAKE_192S, "SLH-DSA-SHAKE-192s", &SLH_DSA_192S),
            Self::Shake192f => (oid::SLH_DSA_SHAKE_192F, "SLH-DSA-SHAKE-192f", &SLH_DSA_192F),
            Self::Shake256s => (oid::SLH_DSA_SHAKE_256S, "SLH-DSA-SHAKE-256s", &SLH_DSA_256S),
            Self::Shake256f => (oid::SLH_DSA_SHAKE_256F, "SLH-DSA-SHAKE-256f", &SLH_DSA_256F),
        };
        ParameterSet { oid, name, sizes: family }
    }
}

impl fmt::Display for SlhDsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.set().name)
    }
}

/// What is fixed for a post-quantum algorithm. It signs the message itself, and its identifier has no parameters.
#[derive(Clone, Copy)]
pub(in crate::crypto) struct ParameterSet {
    pub(in crate::crypto) oid: ObjectIdentifier,
    pub(in crate::crypto) name: &'static str,
    pub(in crate::crypto) sizes: &'static Sizes,
}

/// The sizes of a parameter set, in octets.
pub(in crate::crypto) struct Sizes {
    pub(in crate::crypto) public_key: usize,
    pub(in crate::crypto) signature: usize,
    /// The least length of a digest that is as strong as the signature.
    pub(in crate::crypto) least_digest: usize,
}

impl Sizes {
    const fn new(public_key: usize, signature: usize, least_digest: usize) -> Self {
        Self { public_key, signature, least_digest }
    }
}

// FIPS 204 table 2. The digest has twice the collision strength λ of table 1 (RFC 9882 §3.3).
pub(super) static ML_DSA_44: Sizes = Sizes::new(1312, 2420, 32);
pub(super) static ML_DSA_65: Sizes = Sizes::new(1952, 3309, 48);
pub(super) static ML_DSA_87: Sizes = Sizes::new(2592, 4627, 64);

// FIPS 205 table 2. The digest is at least twice as long as the hashes of the tree, which are of n octets (RFC 9814 §4).
static SLH_DSA_192S: Sizes = Sizes::new(48, 16_224, 48);
static SLH_DSA_192F: Sizes = Sizes::new(48, 35_664, 48);
static SLH_DSA_256S: Sizes = Sizes::new(64, 29_792, 64);
static SLH_DSA_256F: Sizes = Sizes::new(64, 49_856, 64);
