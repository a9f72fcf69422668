//! Algorithms by name: digests, signatures, and those that this build does not offer.

mod digest;
mod not_offered;
mod post_quantum;
mod signature;

pub(super) use digest::absent_or_null;
pub use digest::{Digest, DigestAlgorithm};
pub use not_offered::NotOffered;
pub use post_quantum::SlhDsa;
pub use signature::SignatureAlgorithm;
pub(super) use signature::{PssParameters, pss_parameters};
