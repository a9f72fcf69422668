//! Which mechanism makes the signatures of an algorithm, and from what.

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;

use super::error::Pkcs11Error;
use super::token::Opened;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, ecdsa_sig_value};

/// What the token is asked to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    algorithm: SignatureAlgorithm,
    hashing: Hashing,
}

#[derive(Clone, Copy, Debug)]
enum Hashing {
    ByToken,
    /// Octets of the digest are given, or its DigestInfo.
    Here,
}

impl Recipe {
    /// RSA is hashed by the token where it can: then it pads what it hashed itself. ECDSA is given the digest, which
    /// every token takes.
    pub(super) fn choose(algorithm: SignatureAlgorithm, offered: &[MechanismType]) -> Option<Self> {
        let preferred = match algorithm {
            SignatureAlgorithm::Ecdsa(_) => [Hashing::Here, Hashing::ByToken],
            _ => [Hashing::ByToken, Hashing::Here],
        };
        let recipes = preferred.map(|hashing| Self { algorithm, hashing });
        let is_offered =
            |recipe: &Self| recipe.mechanism().is_some_and(|mechanism| offered.contains(&mechanism.mechanism_type()));
        recipes.into_iter().find(is_offered)
    }

    fn mechanism(&self) -> Option<Mechanism<'static>> {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        use Hashing::{ByToken, Here};
        Some(match (self.algorithm, self.hashing) {
            (SignatureAlgorithm::RsaPkcs1(_), Here) => Mechanism::RsaPkcs,
            (SignatureAlgorithm::RsaPkcs1(Sha256), ByToken) => Mechanism::Sha256RsaPkcs,
            (SignatureAlgorithm::RsaPkcs1(Sha384), ByToken) => Mechanism::Sha384RsaPkcs,
            (SignatureAlgorithm::RsaPkcs1(Sha512), ByToken) => Mechanism::Sha512RsaPkcs,
            (SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len }, hashing) => {
                let mgf = match mgf_digest {
                    Sha256 => PkcsMgfType::MGF1_SHA256,
                    Sha384 => PkcsMgfType::MGF1_SHA384,
                    Sha512 => PkcsMgfType::MGF1_SHA512,
                    _ => return None,
                };
                let s_len = Ulong::try_from(usize::try_from(salt_len).ok()?).ok()?;
                let with = |hash_alg| PkcsPssParams { hash_alg, mgf, s_len };
                match (digest, hashing) {
                    (Sha256, ByToken) => Mechanism::Sha256RsaPkcsPss(with(MechanismType::SHA256)),
                    (Sha384, ByToken) => Mechanism::Sha384RsaPkcsPss(with(MechanismType::SHA384)),
                    (Sha512, ByToken) => Mechanism::Sha512RsaPkcsPss(with(MechanismType::SHA512)),
                    (Sha256, Here) => Mechanism::RsaPkcsPss(with(MechanismType::SHA256)),
                    (Sha384, Here) => Mechanism::RsaPkcsPss(with(MechanismType::SHA384)),
                    (Sha512, Here) => Mechanism::RsaPkcsPss(with(MechanismType::SHA512)),
                    _ => return None,
                }
            }
            (SignatureAlgorithm::Ecdsa(_), Here) => Mechanism::Ecdsa,
            (SignatureAlgorithm::Ecdsa(Sha256), ByToken) => Mechanism::EcdsaSha256,
            (SignatureAlgorithm::Ecdsa(Sha384), ByToken) => Mechanism::EcdsaSha384,
            (SignatureAlgorithm::Ecdsa(Sha512), ByToken) => Mechanism::EcdsaSha512,
            _ => return None,
        })
    }

    /// The signature as the token gives it.
    pub(super) fn sign(&self, opened: &Opened, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let mechanism = self.mechanism().ok_or(Pkcs11Error::MechanismNotOffered(self.algorithm))?;
        let Opened { session, key, .. } = opened;
        Ok(match (self.hashing, self.algorithm) {
            (Hashing::ByToken, _) => session.sign(&mechanism, *key, message),
            (Hashing::Here, SignatureAlgorithm::RsaPkcs1(digest)) => {
                session.sign(&mechanism, *key, &digest.digest(message).to_digest_info())
            }
            (Hashing::Here, algorithm) => session.sign(&mechanism, *key, algorithm.digest().digest(message).as_bytes()),
        }?)
    }

    /// The same as CMS has it.
    pub(super) fn to_cms(self, signature: Vec<u8>) -> Result<Vec<u8>, Pkcs11Error> {
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => ecdsa_sig_value(&signature).map_err(|_| Pkcs11Error::Answer),
            _ => Ok(signature),
        }
    }
}
