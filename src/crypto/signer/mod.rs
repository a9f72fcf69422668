//! What signs, wherever its private key is.

#[cfg(feature = "aws-lc-rs")]
pub(super) mod aws_lc;
#[cfg(feature = "rustcrypto")]
pub(super) mod rustcrypto;

use super::algorithm::SignatureAlgorithm;
use super::public_key::PublicKey;

/// Something that makes signatures: a key in memory, an HSM, a cloud service.
///
/// It is all that sealing asks for, so the private key never needs to be in this process.
pub trait Signer: Send + Sync {
    /// The algorithm of every signature that it makes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public key that belongs to the private one.
    fn public_key(&self) -> &PublicKey;

    /// A signature over `message` (the message itself; the algorithm hashes it). ECDSA gives the DER of an
    /// ECDSA-Sig-Value.
    ///
    /// # Errors
    /// [`SignError`] when none could be made.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Signer + ?Sized> Signer for $pointer {
            fn algorithm(&self) -> SignatureAlgorithm {
                (**self).algorithm()
            }
            fn public_key(&self) -> &PublicKey {
                (**self).public_key()
            }
            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
                (**self).sign(message)
            }
        }
    )*};
}

forward!(Box<S>, std::sync::Arc<S>, &S);

/// No signature could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The backend failed: no randomness, or a fault during the computation.
    #[error("the backend could not sign")]
    Backend,
    /// A signer outside this library failed; its own error is the source.
    #[error("the signer could not sign")]
    External(#[source] Box<dyn core::error::Error + Send + Sync>),
}
