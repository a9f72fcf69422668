//! Signs the text of notes.

use core::fmt;

use super::key::VerifierKey;
use super::name::KeyName;
use super::signature::NoteSignature;
use super::text::NoteText;
use crate::crypto::{PrivateKey, PublicKey, SigningError};

/// Signs the text of notes by Ed25519 ([signed-note](https://c2sp.org/signed-note#ed25519-signatures)), as a log does with its
/// checkpoints.
///
/// A log must not sign a checkpoint that is not consistent with those that it has signed before. This signer does not know them.
pub struct NoteSigner<K> {
    key: VerifierKey,
    private_key: K,
}

impl<K: PrivateKey> NoteSigner<K> {
    /// Names a private key.
    ///
    /// # Errors
    /// [`NotAnEd25519Key`] for an ML-DSA-44 key, by which a log signs as a [`Cosigner`](crate::cosignature::Cosigner).
    pub fn new(name: KeyName, private_key: K) -> Result<Self, NotAnEd25519Key> {
        match private_key.public_key() {
            PublicKey::Ed25519(key) => Ok(Self { key: VerifierKey::ed25519(name, *key), private_key }),
            PublicKey::MlDsa44(_) => Err(NotAnEd25519Key),
        }
    }

    /// Returns the key that verifies the signatures.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs a text.
    ///
    /// # Errors
    /// [`SigningError`] when the private key does not sign.
    pub fn sign(&self, text: &NoteText) -> Result<NoteSignature, SigningError> {
        let signature = self.private_key.sign(text.as_str().as_bytes())?;
        Ok(NoteSignature::new(self.key.name().clone(), self.key.id(), signature))
    }
}

impl<K> fmt::Debug for NoteSigner<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The private key is not one of Ed25519.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text of a note is signed by Ed25519 alone")]
pub struct NotAnEd25519Key;
