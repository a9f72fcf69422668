//! Signing with aws-lc-rs: all signing, unless another signer is chosen by name.

use core::fmt;
use std::sync::Arc;

use aws_lc_rs::constant_time;
use aws_lc_rs::encoding::{AsRawBytes as _, PqdsaPrivateKeyRaw};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self as aws, KeyPair as _, RsaEncoding};

use super::{SignError, Signer};
use crate::asn1::{oid, writer};
use crate::crypto::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::crypto::key::{Curve, KeyError, MlDsaPrivateKey, PrivateKey, RsaSchemes, read_pem, usual_algorithm};
#[cfg(feature = "encrypted-keys")]
use crate::crypto::key::{read_encrypted, read_encrypted_pem};
use crate::crypto::public_key::PublicKey;

/// A private key in memory that signs with aws-lc-rs: RSA from 2048 to 8192 bits, P-256, P-384, P-521,
/// Ed25519, ML-DSA-44, ML-DSA-65, ML-DSA-87. Signatures of ML-DSA are hedged: they differ each time.
///
/// The backend wipes the key's memory when the last clone goes.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>, SignatureAlgorithm);

struct Inner {
    key: KeyPair,
    schemes: RsaSchemes,
    public_key: PublicKey,
}

enum KeyPair {
    Rsa(aws::RsaKeyPair),
    Ecdsa(aws::EcdsaKeyPair),
    Ed25519(aws::Ed25519KeyPair),
    MlDsa(aws::PqdsaKeyPair),
}

impl SigningKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE
    /// KEY`), not encrypted.
    ///
    /// The algorithm is the usual one for the kind of key: RSA PKCS#1 v1.5 with SHA-256 (RSASSA-PSS with SHA-256 for a
    /// key that is for PSS only), ECDSA with the digest of the curve's size, Ed25519,
    /// ML-DSA. An ML-DSA key comes as its seed, expanded, or both ([RFC 9881
    /// §6](https://www.rfc-editor.org/rfc/rfc9881#section-6)).
    ///
    /// # Errors
    /// [`KeyError`], which holds nothing of the text.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        read_pem(pem, Self::read)
    }

    /// Reads a PKCS#8 private key, DER, not encrypted. The algorithm is chosen as in
    /// [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Self::read(PrivateKey::from_pkcs8_der(der)?)
    }

    /// Reads the first private key of a PEM text as [`from_pem`](Self::from_pem) does, and decrypts it by the passphrase
    /// if it is encrypted PKCS#8 (`ENCRYPTED PRIVATE KEY`): PBES2 with PBKDF2 or scrypt, and AES.
    ///
    /// # Errors
    /// [`KeyError`], which holds nothing of the text and nothing of the passphrase. It is `Passphrase` for a wrong one.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_pem(pem: &str, passphrase: &str) -> Result<Self, KeyError> {
        read_encrypted_pem(pem, passphrase, Self::read)
    }

    /// Reads an encrypted PKCS#8 private key in DER.
    ///
    /// # Errors
    /// [`KeyError`].
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_pkcs8_der(der: &[u8], passphrase: &str) -> Result<Self, KeyError> {
        read_encrypted(der, passphrase, Self::read)
    }

    fn read(key: PrivateKey<'_>) -> Result<Self, KeyError> {
        let inconsistent = |_| KeyError::Inconsistent;
        match key {
            PrivateKey::Rsa { pkcs1, schemes } => {
                Self::rsa(aws::RsaKeyPair::from_der(pkcs1).map_err(inconsistent)?, schemes)
            }
            PrivateKey::Ec { curve, pkcs8 } => {
                Self::ecdsa(aws::EcdsaKeyPair::from_pkcs8(ecdsa_signing(curve), pkcs8).map_err(inconsistent)?, curve)
            }
            PrivateKey::Ed25519 { pkcs8 } => {
                Self::ed25519(aws::Ed25519KeyPair::from_pkcs8(pkcs8).map_err(inconsistent)?)
            }
            PrivateKey::MlDsa { algorithm, key } => Self::ml_dsa(read_ml_dsa(&algorithm, key)?, &algorithm),
        }
    }

    fn rsa(key: aws::RsaKeyPair, schemes: RsaSchemes) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_rsa_public_key(key.public_key().as_ref())?;
        Self::new(KeyPair::Rsa(key), schemes, public_key)
    }

    fn ecdsa(key: aws::EcdsaKeyPair, curve: Curve) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_point(curve, key.public_key().as_ref())?;
        Self::new(KeyPair::Ecdsa(key), RsaSchemes::Any, public_key)
    }

    fn ed25519(key: aws::Ed25519KeyPair) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_parts(&writer::algorithm(oid::ED25519), key.public_key().as_ref())?;
        Self::new(KeyPair::Ed25519(key), RsaSchemes::Any, public_key)
    }

    fn ml_dsa(key: aws::PqdsaKeyPair, algorithm: &SignatureAlgorithm) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_parts(&algorithm.to_der(), key.public_key().as_ref())?;
        Self::new(KeyPair::MlDsa(key), RsaSchemes::Any, public_key)
    }

    fn new(key: KeyPair, schemes: RsaSchemes, public_key: PublicKey) -> Result<Self, KeyError> {
        let algorithm = usual_algorithm(public_key.kind(), schemes).ok_or(KeyError::UnsupportedForm)?;
        Ok(Self(Arc::new(Inner { key, schemes, public_key }), algorithm))
    }

    /// Returns the same key with another algorithm: RSA PKCS#1 v1.5 or RSASSA-PSS (salt as long as the digest) with SHA-256,
    /// SHA-384 or SHA-512.
    ///
    /// # Errors
    /// `AlgorithmMismatch`.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        let offered = match &self.0.key {
            KeyPair::Rsa(_) => {
                let permitted = match self.0.schemes {
                    RsaSchemes::Any => true,
                    RsaSchemes::OnlyPss => !matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)),
                };
                permitted && rsa_signing(&algorithm).is_some()
            }
            KeyPair::Ecdsa(_) | KeyPair::Ed25519(_) | KeyPair::MlDsa(_) => algorithm == self.1,
        };
        if offered {
            Ok(Self(self.0, algorithm))
        } else {
            Err(KeyError::AlgorithmMismatch { algorithm, key: self.0.public_key.kind().clone() })
        }
    }

    /// Generates a key for tests and examples: RSA of 2048, 3072, 4096 or 8192 bits, P-256, P-384, P-521,
    /// Ed25519, ML-DSA.
    ///
    /// # Errors
    /// `NotOffered`, `Size`, `Generation`.
    #[cfg(feature = "testing")]
    pub fn generate(kind: &crate::crypto::key::KeyKind) -> Result<Self, KeyError> {
        use crate::crypto::key::KeyKind;
        use aws_lc_rs::rsa::KeySize;
        let failed = |_| KeyError::Generation;
        match kind {
            KeyKind::Rsa { bits } => {
                let size = match bits {
                    2048 => KeySize::Rsa2048,
                    3072 => KeySize::Rsa3072,
                    4096 => KeySize::Rsa4096,
                    8192 => KeySize::Rsa8192,
                    _ => return Err(KeyError::Size { bits: *bits }),
                };
                Self::rsa(aws::RsaKeyPair::generate(size).map_err(failed)?, RsaSchemes::Any)
            }
            KeyKind::EcP256 => Self::generate_ecdsa(Curve::P256),
            KeyKind::EcP384 => Self::generate_ecdsa(Curve::P384),
            KeyKind::EcP521 => Self::generate_ecdsa(Curve::P521),
            KeyKind::Ed25519 => Self::ed25519(aws::Ed25519KeyPair::generate().map_err(failed)?),
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => match kind.post_quantum() {
                Some(algorithm) => Self::generate_ml_dsa(&algorithm),
                None => Err(crate::crypto::key::not_generated(kind)),
            },
            KeyKind::SlhDsa(_) | KeyKind::NotOffered(_) => Err(crate::crypto::key::not_generated(kind)),
        }
    }

    #[cfg(feature = "testing")]
    fn generate_ml_dsa(algorithm: &SignatureAlgorithm) -> Result<Self, KeyError> {
        let signing = ml_dsa_signing(algorithm)?;
        Self::ml_dsa(aws::PqdsaKeyPair::generate(signing).map_err(|_| KeyError::Generation)?, algorithm)
    }

    #[cfg(feature = "testing")]
    fn generate_ecdsa(curve: Curve) -> Result<Self, KeyError> {
        Self::ecdsa(aws::EcdsaKeyPair::generate(ecdsa_signing(curve)).map_err(|_| KeyError::Generation)?, curve)
    }
}

fn ecdsa_signing(curve: Curve) -> &'static aws::EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &aws::ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P384 => &aws::ECDSA_P384_SHA384_ASN1_SIGNING,
        Curve::P521 => &aws::ECDSA_P521_SHA512_ASN1_SIGNING,
    }
}

fn ml_dsa_signing(algorithm: &SignatureAlgorithm) -> Result<&'static aws::PqdsaSigningAlgorithm, KeyError> {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => Ok(&aws::ML_DSA_44_SIGNING),
        SignatureAlgorithm::MlDsa65 => Ok(&aws::ML_DSA_65_SIGNING),
        SignatureAlgorithm::MlDsa87 => Ok(&aws::ML_DSA_87_SIGNING),
        SignatureAlgorithm::SlhDsa(_)
        | SignatureAlgorithm::RsaPkcs1(_)
        | SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519 => Err(KeyError::NotOffered(algorithm.not_offered())),
    }
}

fn read_ml_dsa(algorithm: &SignatureAlgorithm, key: MlDsaPrivateKey<'_>) -> Result<aws::PqdsaKeyPair, KeyError> {
    let signing = ml_dsa_signing(algorithm)?;
    let inconsistent = |_| KeyError::Inconsistent;
    match key {
        MlDsaPrivateKey::Seed(seed) => aws::PqdsaKeyPair::from_seed(signing, seed).map_err(inconsistent),
        MlDsaPrivateKey::Expanded(key) => aws::PqdsaKeyPair::from_raw_private_key(signing, key).map_err(inconsistent),
        MlDsaPrivateKey::Both { seed, expanded } => {
            let key = aws::PqdsaKeyPair::from_seed(signing, seed).map_err(inconsistent)?;
            // RFC 9881 §9: a key whose two forms are not of one key must be refused.
            let computed: PqdsaPrivateKeyRaw<'_> =
                key.private_key().as_raw_bytes().map_err(|_| KeyError::Inconsistent)?;
            let is_same = constant_time::verify_slices_are_equal(computed.as_ref(), expanded).is_ok();
            is_same.then_some(key).ok_or(KeyError::Inconsistent)
        }
    }
}

fn rsa_signing(algorithm: &SignatureAlgorithm) -> Option<&'static dyn RsaEncoding> {
    let (pkcs1, pss): (&'static dyn RsaEncoding, &'static dyn RsaEncoding) = match algorithm.prehash()? {
        DigestAlgorithm::Sha256 => (&aws::RSA_PKCS1_SHA256, &aws::RSA_PSS_SHA256),
        DigestAlgorithm::Sha384 => (&aws::RSA_PKCS1_SHA384, &aws::RSA_PSS_SHA384),
        DigestAlgorithm::Sha512 => (&aws::RSA_PKCS1_SHA512, &aws::RSA_PSS_SHA512),
        DigestAlgorithm::Sha1
        | DigestAlgorithm::Sha224
        | DigestAlgorithm::Sha3_224
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512
        | DigestAlgorithm::Shake128
        | DigestAlgorithm::Shake256 => return None,
    };
    match *algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Some(pkcs1),
        // The constants have a salt as long as the digest, and the digest twice.
        SignatureAlgorithm::RsaPss { digest, .. } if *algorithm == SignatureAlgorithm::rsa_pss(digest) => Some(pss),
        SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => None,
    }
}

impl Signer for SigningKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.1
    }

    fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Backend;
        match &self.0.key {
            KeyPair::Rsa(key) => {
                let encoding = rsa_signing(&self.1).ok_or(SignError::Backend)?;
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(encoding, &SystemRandom::new(), message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            KeyPair::Ecdsa(key) => Ok(key.sign(&SystemRandom::new(), message).map_err(failed)?.as_ref().to_vec()),
            KeyPair::Ed25519(key) => Ok(key.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            KeyPair::MlDsa(key) => {
                let mut signature = vec![0; key.algorithm().signature_len()];
                key.sign(message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.0.public_key.kind())
    }
}
