//! How strong the digests of a renewal have to be.

use crate::crypto::DigestAlgorithm;

/// Checks that an algorithm is no weaker than what is there, and not too weak for anything new.
///
/// # Errors
/// The algorithm that is to be reached.
pub(super) fn check_strength(chosen: DigestAlgorithm, present: DigestAlgorithm) -> Result<(), DigestAlgorithm> {
    let least = DigestAlgorithm::Sha256;
    let present = if present.output_len() < least.output_len() { least } else { present };
    if chosen.output_len() < present.output_len() { Err(present) } else { Ok(()) }
}
