//! Signatures in pure Rust, with the crates `ed25519-dalek` and `ml-dsa`.

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _, VerifyingKey};
use ml_dsa::{Keypair as _, MlDsa44};
use zeroize::Zeroizing;

use super::public_key::{ED25519_KEY, ML_DSA_44_KEY, PublicKey};

pub(super) struct Ed25519PrivateKey(SigningKey);

pub(super) struct MlDsa44PrivateKey(ml_dsa::SigningKey<MlDsa44>);

#[expect(clippy::unnecessary_wraps, reason = "the other backend may refuse a seed")]
pub(super) fn ed25519_from_seed(seed: &[u8; 32]) -> Option<(Ed25519PrivateKey, PublicKey)> {
    let key = SigningKey::from_bytes(seed);
    let public_key = PublicKey::Ed25519(key.verifying_key().to_bytes());
    Some((Ed25519PrivateKey(key), public_key))
}

pub(super) fn ml_dsa_44_from_seed(seed: &[u8; 32]) -> Option<(MlDsa44PrivateKey, PublicKey)> {
    let seed = Zeroizing::new(ml_dsa::Seed::from(*seed));
    let key = ml_dsa::SigningKey::<MlDsa44>::from_seed(&seed);
    let public_key = PublicKey::MlDsa44(key.verifying_key().encode().to_vec().try_into().ok()?);
    Some((MlDsa44PrivateKey(key), public_key))
}

impl Ed25519PrivateKey {
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.try_sign(message).ok().map(|signature| signature.to_bytes().to_vec())
    }
}

impl MlDsa44PrivateKey {
    /// Signs deterministically (FIPS 204 §3.4), so that no source of randomness is needed.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.expanded_key().sign_deterministic(message, &[]).ok()?;
        Some(signature.encode().to_vec())
    }
}

pub(super) fn verify_ed25519(key: &[u8; ED25519_KEY], message: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
    key.verify(message, &signature).is_ok()
}

pub(super) fn verify_ml_dsa_44(key: &[u8; ML_DSA_44_KEY], message: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = ml_dsa::EncodedVerifyingKey::<MlDsa44>::try_from(key.as_slice()) else { return false };
    let Ok(signature) = ml_dsa::Signature::<MlDsa44>::try_from(signature) else { return false };
    ml_dsa::VerifyingKey::<MlDsa44>::decode(&key).verify_with_context(message, &[], &signature)
}
