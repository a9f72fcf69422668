//! Signers, wherever their private keys are.

#[cfg(feature = "aws-lc-rs")]
pub(super) mod aws_lc;
#[cfg(feature = "rustcrypto")]
pub(super) mod rustcrypto;

use super::algorithm::SignatureAlgorithm;
use super::public_key::PublicKey;

/// A maker of signatures: a key in memory, an HSM, or a cloud service.
///
/// Sealing asks for nothing else, so the private key never needs to be in this process.
pub trait Signer: Send + Sync {
    /// Returns the algorithm of every signature that the signer makes.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Returns the public key that belongs to the private one.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message`, which is the message itself and not its digest. An ECDSA signature is the DER of an
    /// ECDSA-Sig-Value.
    ///
    /// # Errors
    /// [`SignError`] when no signature could be made.
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

/// The reason why no signature could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The backend failed, because it had no randomness or the computation went wrong.
    #[error("the backend could not sign")]
    Backend,
    /// A signer outside this library failed. Its own error is the source.
    #[error("the signer could not sign")]
    External(#[source] Box<dyn core::error::Error + Send + Sync>),
}
