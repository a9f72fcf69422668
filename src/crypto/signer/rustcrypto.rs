//! Signing in pure Rust, where it is chosen by name.

use core::fmt;
use std::sync::Arc;

use ml_dsa::{Keypair as _, MlDsaParams};
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::DecodePrivateKey as _;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pss::Pss;
use rsa::traits::{PublicKeyParts as _, SignatureScheme as _};
use rsa::{BoxedUint, PrivateKey as RsaPrivateKey};
use zeroize::Zeroizing;

use super::{SignError, Signer};
use crate::asn1::{oid, writer};
use crate::crypto::algorithm::{DigestAlgorithm, NotOffered, SignatureAlgorithm};
use crate::crypto::backend::rustcrypto::pkcs1v15;
use crate::crypto::key::{Curve, KeyError, MlDsaPrivateKey, PrivateKey, RsaSchemes, read_pem, usual_algorithm};
#[cfg(feature = "encrypted-keys")]
use crate::crypto::key::{read_encrypted, read_encrypted_pem};
use crate::crypto::public_key::PublicKey;
use crate::crypto::random::SystemRandom;

/// A private key in memory that signs in pure Rust: RSA from 2048 to 8192 bits, P-256, P-384, P-521, ML-DSA-44, ML-DSA-65,
/// ML-DSA-87. ECDSA is deterministic (RFC 6979), and so is ML-DSA (FIPS 204 algorithm 2, the variant without randomness).
///
/// It is never chosen for you. The crate `rsa` before 0.10 leaked the timing of its private operation, and somebody who
/// could time many signatures over a network might have learned the key
/// ([RUSTSEC-2023-0071](https://rustsec.org/advisories/RUSTSEC-2023-0071)). Release 0.10.0 computes in constant time
/// and blinds base, exponents and moduli with the operating system's randomness, always here. The advisory did not list
/// it as fixed when this was written, and its authors still harden it. Where the feature `aws-lc-rs` is enabled,
/// `SigningKey` is the better choice.
///
/// The backend wipes the key's memory when the last clone goes.
#[derive(Clone)]
pub struct RustCryptoSigningKey(Arc<Inner>, SignatureAlgorithm);

struct Inner {
    key: PrivateNumbers,
    schemes: RsaSchemes,
    public_key: PublicKey,
}

enum PrivateNumbers {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    MlDsa44(ml_dsa::SigningKey<ml_dsa::MlDsa44>),
    MlDsa65(ml_dsa::SigningKey<ml_dsa::MlDsa65>),
    MlDsa87(ml_dsa::SigningKey<ml_dsa::MlDsa87>),
}

impl RustCryptoSigningKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE
    /// KEY`), not encrypted.
    ///
    /// The algorithm is the usual one for the kind of key: RSA PKCS#1 v1.5 with SHA-256 (RSASSA-PSS with SHA-256 for a
    /// key that is for PSS only), ECDSA with the digest of the curve's size.
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
                let key = RsaPrivateKey::from_pkcs1_der(pkcs1).map_err(|_| KeyError::Inconsistent)?;
                Self::new(PrivateNumbers::Rsa(Box::new(key)), schemes)
            }
            PrivateKey::Ec { curve: Curve::P256, pkcs8 } => {
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map_err(inconsistent)?;
                Self::new(PrivateNumbers::P256(key), RsaSchemes::Any)
            }
            PrivateKey::Ec { curve: Curve::P384, pkcs8 } => {
                let key = p384::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map_err(inconsistent)?;
                Self::new(PrivateNumbers::P384(key), RsaSchemes::Any)
            }
            PrivateKey::Ec { curve: Curve::P521, pkcs8 } => {
                let key = p521::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map_err(inconsistent)?;
                Self::new(PrivateNumbers::P521(key), RsaSchemes::Any)
            }
            PrivateKey::Ed25519 { .. } => Err(KeyError::NotOffered(NotOffered::named(oid::ED25519, "Ed25519"))),
            PrivateKey::MlDsa { algorithm, key } => Self::new(read_ml_dsa(&algorithm, key)?, RsaSchemes::Any),
        }
    }

    fn new(key: PrivateNumbers, schemes: RsaSchemes) -> Result<Self, KeyError> {
        let public_key = match &key {
            PrivateNumbers::Rsa(key) => {
                let number = |number: &BoxedUint| writer::unsigned_integer(&number.to_be_bytes());
                PublicKey::from_rsa_public_key(&writer::sequence(&[&number(key.n()), &number(key.e())]))?
            }
            PrivateNumbers::P256(key) => {
                PublicKey::from_point(Curve::P256, key.verifying_key().to_sec1_point(false).as_bytes())?
            }
            PrivateNumbers::P384(key) => {
                PublicKey::from_point(Curve::P384, key.verifying_key().to_sec1_point(false).as_bytes())?
            }
            PrivateNumbers::P521(key) => {
                PublicKey::from_point(Curve::P521, key.verifying_key().to_sec1_point(false).as_bytes())?
            }
            PrivateNumbers::MlDsa44(key) => ml_dsa_public_key(&SignatureAlgorithm::MlDsa44, key)?,
            PrivateNumbers::MlDsa65(key) => ml_dsa_public_key(&SignatureAlgorithm::MlDsa65, key)?,
            PrivateNumbers::MlDsa87(key) => ml_dsa_public_key(&SignatureAlgorithm::MlDsa87, key)?,
        };
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
            PrivateNumbers::Rsa(_) => match rsa_signing(&algorithm) {
                Some((RsaScheme::Pkcs1, _)) => self.0.schemes == RsaSchemes::Any,
                Some((RsaScheme::Pss, _)) => true,
                None => false,
            },
            PrivateNumbers::P256(_)
            | PrivateNumbers::P384(_)
            | PrivateNumbers::P521(_)
            | PrivateNumbers::MlDsa44(_)
            | PrivateNumbers::MlDsa65(_)
            | PrivateNumbers::MlDsa87(_) => algorithm == self.1,
        };
        if offered {
            Ok(Self(self.0, algorithm))
        } else {
            Err(KeyError::AlgorithmMismatch { algorithm, key: self.0.public_key.kind().clone() })
        }
    }

    /// Generates a key for tests and examples: P-256, P-384, P-521, ML-DSA, or RSA of 2048 to 4096 bits, which takes
    /// seconds here.
    ///
    /// # Errors
    /// `NotOffered`, `Size`, `Generation`.
    #[cfg(feature = "testing")]
    pub fn generate(kind: &crate::crypto::key::KeyKind) -> Result<Self, KeyError> {
        use crate::crypto::key::KeyKind;
        use p256::elliptic_curve::Generate as _;
        let failed = |_| KeyError::Generation;
        match kind {
            KeyKind::Rsa { bits } => {
                if !(2048..=4096).contains(bits) {
                    return Err(KeyError::Size { bits: *bits });
                }
                // The crate takes no generator that can fail; a test without randomness may end here.
                let mut random = rsa::rand_core::UnwrapErr(SystemRandom);
                let size = usize::try_from(*bits).map_err(|_| KeyError::Generation)?;
                let key = RsaPrivateKey::new(&mut random, size).map_err(|_| KeyError::Generation)?;
                Self::new(PrivateNumbers::Rsa(Box::new(key)), RsaSchemes::Any)
            }
            KeyKind::EcP256 => Self::new(
                PrivateNumbers::P256(
                    p256::ecdsa::SigningKey::try_generate_from_rng(&mut SystemRandom).map_err(failed)?,
                ),
                RsaSchemes::Any,
            ),
            KeyKind::EcP384 => Self::new(
                PrivateNumbers::P384(
                    p384::ecdsa::SigningKey::try_generate_from_rng(&mut SystemRandom).map_err(failed)?,
                ),
                RsaSchemes::Any,
            ),
            KeyKind::EcP521 => Self::new(
                PrivateNumbers::P521(
                    p521::ecdsa::SigningKey::try_generate_from_rng(&mut SystemRandom).map_err(failed)?,
                ),
                RsaSchemes::Any,
            ),
            KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 => {
                let mut seed = Zeroizing::new([0; 32]);
                crate::crypto::random::fill(&mut *seed).map_err(|_| KeyError::Generation)?;
                let algorithm = kind.post_quantum().ok_or_else(|| crate::crypto::key::not_generated(kind))?;
                Self::new(read_ml_dsa(&algorithm, MlDsaPrivateKey::Seed(&seed))?, RsaSchemes::Any)
            }
            KeyKind::Ed25519 | KeyKind::SlhDsa(_) | KeyKind::NotOffered(_) => {
                Err(crate::crypto::key::not_generated(kind))
            }
        }
    }
}

fn read_ml_dsa(algorithm: &SignatureAlgorithm, key: MlDsaPrivateKey<'_>) -> Result<PrivateNumbers, KeyError> {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => Ok(PrivateNumbers::MlDsa44(ml_dsa_key(algorithm, key)?)),
        SignatureAlgorithm::MlDsa65 => Ok(PrivateNumbers::MlDsa65(ml_dsa_key(algorithm, key)?)),
        SignatureAlgorithm::MlDsa87 => Ok(PrivateNumbers::MlDsa87(ml_dsa_key(algorithm, key)?)),
        SignatureAlgorithm::SlhDsa(_)
        | SignatureAlgorithm::RsaPkcs1(_)
        | SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519 => Err(KeyError::NotOffered(algorithm.not_offered())),
    }
}

fn ml_dsa_key<P: MlDsaParams>(
    algorithm: &SignatureAlgorithm,
    key: MlDsaPrivateKey<'_>,
) -> Result<ml_dsa::SigningKey<P>, KeyError> {
    match key {
        MlDsaPrivateKey::Seed(seed) => Ok(ml_dsa::SigningKey::from_seed(&(*seed).into())),
        MlDsaPrivateKey::Both { seed, expanded } => {
            let key = ml_dsa::SigningKey::<P>::from_seed(&(*seed).into());
            #[expect(deprecated, reason = "the expanded form is compared, and not used")]
            let computed = Zeroizing::new(key.expanded_key().to_expanded().to_vec());
            // RFC 9881 §9: a key whose two forms are not of one key must be refused.
            if computed.as_slice() == expanded { Ok(key) } else { Err(KeyError::Inconsistent) }
        }
        // The crate does not check this form, and panics at some.
        MlDsaPrivateKey::Expanded(_) => {
            let oid = algorithm.not_offered().oid;
            Err(KeyError::NotOffered(NotOffered::named(oid, "ML-DSA private key without its seed")))
        }
    }
}

fn ml_dsa_public_key<P: MlDsaParams>(
    algorithm: &SignatureAlgorithm,
    key: &ml_dsa::SigningKey<P>,
) -> Result<PublicKey, KeyError> {
    PublicKey::from_parts(&algorithm.to_der(), &key.verifying_key().encode())
}

/// ML-DSA.Sign in pure mode, with an empty context and without randomness (FIPS 204 algorithm 2).
fn sign_ml_dsa<P: MlDsaParams>(key: &ml_dsa::SigningKey<P>, message: &[u8]) -> Result<Vec<u8>, SignError> {
    let signature = key.expanded_key().sign_deterministic(message, &[]).map_err(|_| SignError::Backend)?;
    Ok(signature.encode().to_vec())
}

#[derive(Clone, Copy)]
enum RsaScheme {
    Pkcs1,
    Pss,
}

#[derive(Clone, Copy)]
enum Sha2 {
    Sha256,
    Sha384,
    Sha512,
}

/// Returns what an RSA key needs for signing with this algorithm, if it is one with which something is signed here.
fn rsa_signing(algorithm: &SignatureAlgorithm) -> Option<(RsaScheme, Sha2)> {
    let sha2 = match algorithm.prehash()? {
        DigestAlgorithm::Sha256 => Sha2::Sha256,
        DigestAlgorithm::Sha384 => Sha2::Sha384,
        DigestAlgorithm::Sha512 => Sha2::Sha512,
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
        SignatureAlgorithm::RsaPkcs1(_) => Some((RsaScheme::Pkcs1, sha2)),
        // The salt is as long as the digest, and the digest is used twice.
        SignatureAlgorithm::RsaPss { digest, .. } if *algorithm == SignatureAlgorithm::rsa_pss(digest) => {
            Some((RsaScheme::Pss, sha2))
        }
        SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => None,
    }
}

fn sign_rsa(key: &RsaPrivateKey, algorithm: SignatureAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
    let (scheme, sha2) = rsa_signing(&algorithm)?;
    let digest = algorithm.prehash()?.digest(message);
    let mut system = SystemRandom;
    let random = Some(&mut system);
    let hash = digest.as_bytes();
    match (scheme, sha2) {
        (RsaScheme::Pkcs1, _) => pkcs1v15(&digest).sign(random, key, hash),
        (RsaScheme::Pss, Sha2::Sha256) => Pss::<sha2::Sha256>::new().sign(random, key, hash),
        (RsaScheme::Pss, Sha2::Sha384) => Pss::<sha2::Sha384>::new().sign(random, key, hash),
        (RsaScheme::Pss, Sha2::Sha512) => Pss::<sha2::Sha512>::new().sign(random, key, hash),
    }
    .ok()
}

impl Signer for RustCryptoSigningKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.1
    }

    fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.0.key {
            PrivateNumbers::Rsa(key) => sign_rsa(key, self.1, message).ok_or(SignError::Backend),
            PrivateNumbers::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(message).map_err(|_| SignError::Backend)?;
                Ok(signature.as_bytes().to_vec())
            }
            PrivateNumbers::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.try_sign(message).map_err(|_| SignError::Backend)?;
                Ok(signature.as_bytes().to_vec())
            }
            PrivateNumbers::P521(key) => {
                let signature: p521::ecdsa::DerSignature = key.try_sign(message).map_err(|_| SignError::Backend)?;
                Ok(signature.as_bytes().to_vec())
            }
            PrivateNumbers::MlDsa44(key) => sign_ml_dsa(key, message),
            PrivateNumbers::MlDsa65(key) => sign_ml_dsa(key, message),
            PrivateNumbers::MlDsa87(key) => sign_ml_dsa(key, message),
        }
    }
}

impl fmt::Debug for RustCryptoSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RustCryptoSigningKey({})", self.0.public_key.kind())
    }
}
