//! Algorithms by name: digests, signatures, and those that this build does not offer.

mod digest;
mod not_offered;
mod post_quantum;
mod pss;
mod signature;

pub(super) use digest::absent_or_null;
pub use digest::{Digest, DigestAlgorithm};
pub use not_offered::{NotOffered, PostQuantumRule};
pub use post_quantum::SlhDsa;
pub(super) use pss::{PssParameters, pss_parameters};
pub use signature::SignatureAlgorithm;
