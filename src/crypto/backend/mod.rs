//! The implementations of signature verification, behind one trait.

#[cfg(feature = "aws-lc-rs")]
pub(super) mod aws_lc;
#[cfg(feature = "rustcrypto")]
pub(super) mod rustcrypto;
#[cfg(feature = "slh-dsa")]
pub(super) mod slh_dsa;

use super::algorithm::{Digest, SignatureAlgorithm};
use super::key::KeyNumbers;

/// The verification of signatures by one implementation, for one key. A backend may keep the key in a form of its own
/// between calls.
pub(super) trait Backend: Send + Sync {
    /// Says whether `signature` is the key's over what was signed. The caller has seen to it that the algorithm
    /// [fits](super::key::Spki::fits) the key.
    fn verify(&self, key: &KeyNumbers, algorithm: &SignatureAlgorithm, signed: Signed<'_>, signature: &[u8]) -> Answer;
}

/// The answer of a backend. Only the first two are about the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Valid,
    Invalid,
    /// The backend does not accept the numbers of this key.
    KeyRefused,
    /// The backend does not have the algorithm, or not for this size of key.
    NotOffered,
}

impl Answer {
    /// Returns the answer of a library that gives no reason for a failure.
    pub(super) fn of<T, E>(result: Result<T, E>) -> Self {
        if result.is_ok() { Self::Valid } else { Self::Invalid }
    }
}

/// The input of a signature: the digest, where the algorithm has a
/// [prehash](super::algorithm::SignatureAlgorithm::prehash), and the message elsewhere.
#[derive(Clone, Copy)]
pub(super) enum Signed<'a> {
    Digest(&'a Digest),
    Message(&'a [u8]),
}
