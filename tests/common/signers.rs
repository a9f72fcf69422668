//! Signers that tests look into.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use recommande::crypto::{PublicKey, SignError, SignatureAlgorithm, Signer};

/// A signer that counts its signatures.
pub struct CountingSigner(Arc<dyn Signer>, AtomicUsize);

impl CountingSigner {
    pub fn of(signer: Arc<dyn Signer>) -> Self {
        Self(signer, AtomicUsize::new(0))
    }

    pub fn signatures(&self) -> usize {
        self.1.load(Ordering::Relaxed)
    }
}

impl Signer for CountingSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.sign(message)
    }
}
