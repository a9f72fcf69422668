//! The digests of what is signed.

use recommande::PayloadDigests;
use recommande::crypto::DigestAlgorithm;

/// The digest algorithms of the signatures that this library makes.
pub(crate) const OF_SIGNATURES: [DigestAlgorithm; 3] =
    [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

/// The digests of octets by each of them.
pub(crate) fn signable(octets: &[u8]) -> PayloadDigests {
    let digests = OF_SIGNATURES.map(|algorithm| algorithm.digest(octets));
    // Each is strong, and none is there twice, so that this is no other case.
    PayloadDigests::from_digests(digests).unwrap_or_else(|_| PayloadDigests::of_bytes(octets))
}
