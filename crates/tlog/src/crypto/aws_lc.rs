//! Signatures with aws-lc-rs.

use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, ML_DSA_44, ML_DSA_44_SIGNING, PqdsaKeyPair, UnparsedPublicKey,
};

use super::public_key::{ED25519_KEY, ML_DSA_44_KEY, ML_DSA_44_SIGNATURE, PublicKey};

pub(super) struct Ed25519PrivateKey(Ed25519KeyPair);

pub(super) struct MlDsa44PrivateKey(PqdsaKeyPair);

pub(super) fn ed25519_from_seed(seed: &[u8; 32]) -> Option<(Ed25519PrivateKey, PublicKey)> {
    let key = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    let public_key = PublicKey::Ed25519(key.public_key().as_ref().try_into().ok()?);
    Some((Ed25519PrivateKey(key), public_key))
}

pub(super) fn ml_dsa_44_from_seed(seed: &[u8; 32]) -> Option<(MlDsa44PrivateKey, PublicKey)> {
    let key = PqdsaKeyPair::from_seed(&ML_DSA_44_SIGNING, seed).ok()?;
    let public_key = PublicKey::MlDsa44(key.public_key().as_ref().to_vec().try_into().ok()?);
    Some((MlDsa44PrivateKey(key), public_key))
}

impl Ed25519PrivateKey {
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.try_sign(message).ok().map(|signature| signature.as_ref().to_vec())
    }
}

impl MlDsa44PrivateKey {
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; ML_DSA_44_SIGNATURE];
        let len = self.0.sign(message, &mut signature).ok()?;
        (len == ML_DSA_44_SIGNATURE).then_some(signature)
    }
}

pub(super) fn verify_ed25519(key: &[u8; ED25519_KEY], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

pub(super) fn verify_ml_dsa_44(key: &[u8; ML_DSA_44_KEY], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ML_DSA_44, key).verify(message, signature).is_ok()
}
