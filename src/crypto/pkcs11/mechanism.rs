//! This module chooses the PKCS#11 mechanism and its input for a signature algorithm.

use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;

use super::error::Pkcs11Error;
use super::token::{Authentication, Connection, Opened};
use crate::crypto::algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::crypto::signature_form::ecdsa_sig_value;

/// The mechanism that the token is called with, and the place where the message is hashed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    algorithm: SignatureAlgorithm,
    hashing: Hashing,
}

#[derive(Clone, Copy, Debug)]
enum Hashing {
    ByToken,
    /// This process hashes the message, and the token receives the digest or its DigestInfo.
    Here,
}

impl Recipe {
    /// Chooses the mechanism for an algorithm from those that the token offers.
    ///
    /// For RSA the token hashes the message if it can, because it then pads a digest of its own. For ECDSA it receives
    /// the digest, which every token accepts. A key that wants the PIN for each signature takes it between the start of the
    /// signature and the message, so that only a mechanism will do which takes the message in parts: one that hashes.
    pub(super) fn choose(
        algorithm: SignatureAlgorithm,
        authentication: Authentication,
        offered: &[MechanismType],
    ) -> Result<Self, Pkcs11Error> {
        let preferred = match (authentication, algorithm) {
            (Authentication::EachTime, SignatureAlgorithm::Ed25519)
            | (
                Authentication::EachTime | Authentication::Once,
                SignatureAlgorithm::MlDsa44
                | SignatureAlgorithm::MlDsa65
                | SignatureAlgorithm::MlDsa87
                | SignatureAlgorithm::SlhDsa(_),
            ) => [].as_slice(),
            (Authentication::EachTime, _) | (Authentication::Once, SignatureAlgorithm::Ed25519) => &[Hashing::ByToken],
            (Authentication::Once, SignatureAlgorithm::Ecdsa(_)) => &[Hashing::Here, Hashing::ByToken],
            (Authentication::Once, SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. }) => {
                &[Hashing::ByToken, Hashing::Here]
            }
        };
        let recipes = preferred.iter().map(|hashing| Self { algorithm, hashing: *hashing });
        let is_offered =
            |recipe: &Self| recipe.mechanism().is_some_and(|mechanism| offered.contains(&mechanism.mechanism_type()));
        recipes.into_iter().find(is_offered).ok_or(match authentication {
            Authentication::Once => Pkcs11Error::MechanismNotOffered(algorithm),
            Authentication::EachTime => Pkcs11Error::KeyNeedsPinEachTime,
        })
    }

    fn mechanism(&self) -> Option<Mechanism<'static>> {
        match (self.algorithm, self.hashing) {
            (SignatureAlgorithm::RsaPkcs1(_), Hashing::Here) => Some(Mechanism::RsaPkcs),
            (SignatureAlgorithm::RsaPkcs1(digest), Hashing::ByToken) => Some(match Sha2::of(digest)? {
                Sha2::Sha256 => Mechanism::Sha256RsaPkcs,
                Sha2::Sha384 => Mechanism::Sha384RsaPkcs,
                Sha2::Sha512 => Mechanism::Sha512RsaPkcs,
            }),
            (SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len }, hashing) => {
                pss(Sha2::of(digest)?, Sha2::of(mgf_digest)?, salt_len, hashing)
            }
            (SignatureAlgorithm::Ecdsa(_), Hashing::Here) => Some(Mechanism::Ecdsa),
            (SignatureAlgorithm::Ecdsa(digest), Hashing::ByToken) => Some(match Sha2::of(digest)? {
                Sha2::Sha256 => Mechanism::EcdsaSha256,
                Sha2::Sha384 => Mechanism::EcdsaSha384,
                Sha2::Sha512 => Mechanism::EcdsaSha512,
            }),
            // Ed25519 hashes the message itself, twice (RFC 8032 §5.1.6).
            (SignatureAlgorithm::Ed25519, Hashing::ByToken) => {
                Some(Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)))
            }
            (SignatureAlgorithm::Ed25519, Hashing::Here)
            | (
                SignatureAlgorithm::MlDsa44
                | SignatureAlgorithm::MlDsa65
                | SignatureAlgorithm::MlDsa87
                | SignatureAlgorithm::SlhDsa(_),
                Hashing::ByToken | Hashing::Here,
            ) => None,
        }
    }

    /// Signs the message and returns the signature in the form of the token.
    pub(super) fn sign(
        &self,
        connection: &Connection,
        opened: &Opened,
        message: &[u8],
    ) -> Result<Vec<u8>, Pkcs11Error> {
        let not_offered = Pkcs11Error::MechanismNotOffered(self.algorithm);
        let Some(mechanism) = self.mechanism() else { return Err(not_offered) };
        let Opened { session, key, authentication, .. } = opened;
        match (authentication, self.hashing, self.algorithm.prehash()) {
            (Authentication::EachTime, ..) => {
                session.sign_init(&mechanism, *key)?;
                connection.authenticate(opened)?;
                session.sign_update(message)?;
                Ok(session.sign_final()?)
            }
            (Authentication::Once, Hashing::ByToken, _) => Ok(session.sign(&mechanism, *key, message)?),
            (Authentication::Once, Hashing::Here, Some(prehash)) => {
                Ok(session.sign(&mechanism, *key, &self.input(&prehash.digest(message)))?)
            }
            (Authentication::Once, Hashing::Here, None) => Err(not_offered),
        }
    }

    /// Returns the octets that a token is given which does not hash.
    fn input(&self, digest: &Digest) -> Vec<u8> {
        match self.algorithm {
            // The mechanism CKM_RSA_PKCS pads, but does not name the digest.
            SignatureAlgorithm::RsaPkcs1(_) => digest.to_digest_info(),
            SignatureAlgorithm::RsaPss { .. }
            | SignatureAlgorithm::Ecdsa(_)
            | SignatureAlgorithm::Ed25519
            | SignatureAlgorithm::MlDsa44
            | SignatureAlgorithm::MlDsa65
            | SignatureAlgorithm::MlDsa87
            | SignatureAlgorithm::SlhDsa(_) => digest.as_bytes().to_vec(),
        }
    }

    /// Returns the signature in the form of CMS.
    pub(super) fn to_cms(self, signature: Vec<u8>) -> Result<Vec<u8>, Pkcs11Error> {
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => ecdsa_sig_value(&signature).map_err(|_| Pkcs11Error::Answer),
            SignatureAlgorithm::RsaPkcs1(_)
            | SignatureAlgorithm::RsaPss { .. }
            | SignatureAlgorithm::Ed25519
            | SignatureAlgorithm::MlDsa44
            | SignatureAlgorithm::MlDsa65
            | SignatureAlgorithm::MlDsa87
            | SignatureAlgorithm::SlhDsa(_) => Ok(signature),
        }
    }
}

fn pss(digest: Sha2, mgf_digest: Sha2, salt_len: u32, hashing: Hashing) -> Option<Mechanism<'static>> {
    let (mgf, _) = mgf_digest.pss_parameters();
    let (_, hash_alg) = digest.pss_parameters();
    let parameters = PkcsPssParams { hash_alg, mgf, s_len: Ulong::try_from(usize::try_from(salt_len).ok()?).ok()? };
    Some(match (digest, hashing) {
        (Sha2::Sha256 | Sha2::Sha384 | Sha2::Sha512, Hashing::Here) => Mechanism::RsaPkcsPss(parameters),
        (Sha2::Sha256, Hashing::ByToken) => Mechanism::Sha256RsaPkcsPss(parameters),
        (Sha2::Sha384, Hashing::ByToken) => Mechanism::Sha384RsaPkcsPss(parameters),
        (Sha2::Sha512, Hashing::ByToken) => Mechanism::Sha512RsaPkcsPss(parameters),
    })
}

/// The SHA-2 digests that seals use.
#[derive(Clone, Copy)]
enum Sha2 {
    Sha256,
    Sha384,
    Sha512,
}

impl Sha2 {
    fn of(digest: DigestAlgorithm) -> Option<Self> {
        match digest {
            DigestAlgorithm::Sha256 => Some(Self::Sha256),
            DigestAlgorithm::Sha384 => Some(Self::Sha384),
            DigestAlgorithm::Sha512 => Some(Self::Sha512),
            DigestAlgorithm::Sha1
            | DigestAlgorithm::Sha224
            | DigestAlgorithm::Sha3_224
            | DigestAlgorithm::Sha3_256
            | DigestAlgorithm::Sha3_384
            | DigestAlgorithm::Sha3_512
            | DigestAlgorithm::Shake128
            | DigestAlgorithm::Shake256 => None,
        }
    }

    /// Returns the PKCS#11 constants for the mask generation function and the digest of RSASSA-PSS.
    fn pss_parameters(self) -> (PkcsMgfType, MechanismType) {
        match self {
            Self::Sha256 => (PkcsMgfType::MGF1_SHA256, MechanismType::SHA256),
            Self::Sha384 => (PkcsMgfType::MGF1_SHA384, MechanismType::SHA384),
            Self::Sha512 => (PkcsMgfType::MGF1_SHA512, MechanismType::SHA512),
        }
    }
}
