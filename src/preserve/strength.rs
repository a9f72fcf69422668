//! How strong the digests of a renewal have to be.

use crate::crypto::DigestAlgorithm;

/// Checks that an algorithm is no weaker than what is there, and not too weak for anything new.
///
/// # Errors
/// The algorithm that is to be reached.
pub(super) fn check_strength(chosen: DigestAlgorithm, present: DigestAlgorithm) -> Result<(), DigestAlgorithm> {
    let least = DigestAlgorithm::Sha256;
    let present = if strength(present) < strength(least) { least } else { present };
    if strength(chosen) < strength(present) { Err(present) } else { Ok(()) }
}

/// The bits of strength against collisions, then against preimages (FIPS 202, appendix A.1, table 4). The output of SHAKE
/// is longer than its strength against preimages.
pub(super) fn strength(algorithm: DigestAlgorithm) -> (u16, u16) {
    match algorithm {
        // Collisions of SHA-1 were computed.
        DigestAlgorithm::Sha1 => (0, 160),
        DigestAlgorithm::Sha224 | DigestAlgorithm::Sha3_224 => (112, 224),
        DigestAlgorithm::Shake128 => (128, 128),
        DigestAlgorithm::Sha256 | DigestAlgorithm::Sha3_256 => (128, 256),
        DigestAlgorithm::Sha384 | DigestAlgorithm::Sha3_384 => (192, 384),
        DigestAlgorithm::Shake256 => (256, 256),
        DigestAlgorithm::Sha512 | DigestAlgorithm::Sha3_512 => (256, 512),
    }
}
