//! The place of a backend where none is enabled. Nothing is built with it: it keeps that mistake one error, and not one for each
//! place where a backend is missing.

use core::convert::Infallible;

use super::public_key::{ED25519_KEY, ML_DSA_44_KEY, PublicKey};

pub(super) struct Ed25519PrivateKey(Infallible);

pub(super) struct MlDsa44PrivateKey(Infallible);

pub(super) const fn ed25519_from_seed(_: &[u8; 32]) -> Option<(Ed25519PrivateKey, PublicKey)> {
    None
}

pub(super) const fn ml_dsa_44_from_seed(_: &[u8; 32]) -> Option<(MlDsa44PrivateKey, PublicKey)> {
    None
}

impl Ed25519PrivateKey {
    pub(super) const fn sign(&self, _: &[u8]) -> Option<Vec<u8>> {
        match self.0 {}
    }
}

impl MlDsa44PrivateKey {
    pub(super) const fn sign(&self, _: &[u8]) -> Option<Vec<u8>> {
        match self.0 {}
    }
}

pub(super) const fn verify_ed25519(_: &[u8; ED25519_KEY], _: &[u8], _: &[u8]) -> bool {
    false
}

pub(super) const fn verify_ml_dsa_44(_: &[u8; ML_DSA_44_KEY], _: &[u8], _: &[u8]) -> bool {
    false
}
