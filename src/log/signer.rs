//! The key by which a log signs its checkpoints.

use chrono::{DateTime, Utc};
use recommande_tlog::PrivateKey;
use recommande_tlog::PublicKey;
use recommande_tlog::checkpoint::Checkpoint;
use recommande_tlog::cosignature::{CosignError, Cosigner};
use recommande_tlog::note::{KeyName, NoteSignature, NoteSigner, VerifierKey, VerifierKeyError};

/// The key of a log. It signs checkpoints and nothing else: no seals, no certificates.
///
/// Whoever has this key alone can show a second history to those who ask for no witnesses. Announce its verifier key in a sealed
/// statement, so that readers know whose it is.
#[derive(Debug)]
pub struct LogSigner(Kind);

#[derive(Debug)]
enum Kind {
    Note(NoteSigner<Box<dyn PrivateKey>>),
    Cosigner(Cosigner<Box<dyn PrivateKey>>),
}

impl LogSigner {
    /// Takes an Ed25519 key, which signs notes, or an ML-DSA-44 key, which cosigns. Its name should be the origin of the log.
    ///
    /// # Errors
    /// `NameTooLong` for an ML-DSA-44 key with a name of more than 255 octets.
    pub fn new(name: KeyName, key: Box<dyn PrivateKey>) -> Result<Self, VerifierKeyError> {
        if matches!(key.public_key(), PublicKey::MlDsa44(_)) {
            return Cosigner::new(name, key).map(|cosigner| Self(Kind::Cosigner(cosigner)));
        }
        // There are these two algorithms, and a note is signed by the other one.
        let signer = NoteSigner::new(name, key).map_err(|_| VerifierKeyError::KeyLength)?;
        Ok(Self(Kind::Note(signer)))
    }

    /// Returns the key that verifies the checkpoints.
    pub fn verifier_key(&self) -> &VerifierKey {
        match &self.0 {
            Kind::Note(signer) => signer.verifier_key(),
            Kind::Cosigner(cosigner) => cosigner.verifier_key(),
        }
    }

    /// Signs a checkpoint. The time stands in a signature by ML-DSA-44.
    pub(super) fn sign(&self, checkpoint: &Checkpoint, now: DateTime<Utc>) -> Result<NoteSignature, CosignError> {
        match &self.0 {
            Kind::Note(signer) => signer.sign(&checkpoint.to_text()).map_err(CosignError::PrivateKey),
            Kind::Cosigner(cosigner) => {
                cosigner.cosign(checkpoint, u64::try_from(now.timestamp()).map_err(|_| CosignError::Time)?)
            }
        }
    }
}
