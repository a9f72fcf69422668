//! The backend on aws-lc-rs: all signing unless another signer is chosen by name, and what verification it offers.

use core::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest as aws_digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self as aws, KeyPair as _, ParsedPublicKey, RsaEncoding, RsaPssSaltLength, VerificationAlgorithm,
};

use super::private_key::{self, PrivateKey};
use super::public_key::{Answer, Curve, Key, Signed, bit_length, ecdsa_input};
use super::{DigestAlgorithm, KeyError, PublicKey, SignError, SignatureAlgorithm, Signer};
use crate::asn1::{oid, writer};

/// The key in this backend's form, made at the first use, with the algorithm that it is bound to. Keys of one
/// certificate authority verify many signatures, nearly always with one algorithm.
#[derive(Default)]
pub(super) struct Prepared(OnceLock<(SignatureAlgorithm, ParsedPublicKey)>);

/// RSASSA-PSS with equal digests, by salt length: the parameters have to be constants.
macro_rules! pss {
    ($parameters:ident, $salt_len:expr, [$($salt:literal),*]) => {
        match $salt_len {
            $($salt => &const { aws::$parameters.with_pss_salt_length(RsaPssSaltLength::Custom($salt)) },)*
            _ => return None,
        }
    };
}

/// The constant for an RSA algorithm and modulus size, where there is one.
fn rsa_parameters(algorithm: &SignatureAlgorithm, bits: usize) -> Option<&'static dyn VerificationAlgorithm> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    Some(match *algorithm {
        SignatureAlgorithm::RsaPkcs1(Sha1) => &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        SignatureAlgorithm::RsaPkcs1(Sha256) => &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        SignatureAlgorithm::RsaPkcs1(Sha512) => &aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        SignatureAlgorithm::RsaPkcs1(Sha384) if bits >= 2048 => &aws::RSA_PKCS1_2048_8192_SHA384,
        SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len } if digest == mgf_digest && bits >= 2048 => {
            match digest {
                Sha256 => pss!(RSA_PSS_2048_8192_SHA256, salt_len, [0, 20, 32, 48, 64]),
                Sha384 => pss!(RSA_PSS_2048_8192_SHA384, salt_len, [0, 20, 32, 48, 64]),
                Sha512 => pss!(RSA_PSS_2048_8192_SHA512, salt_len, [0, 20, 32, 48, 64]),
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn digest_algorithm(digest: DigestAlgorithm) -> Option<&'static aws_digest::Algorithm> {
    match digest {
        DigestAlgorithm::Sha1 => Some(&aws_digest::SHA1_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha256 => Some(&aws_digest::SHA256),
        DigestAlgorithm::Sha384 => Some(&aws_digest::SHA384),
        DigestAlgorithm::Sha512 => Some(&aws_digest::SHA512),
        _ => None,
    }
}

pub(super) fn verify(
    prepared: &Prepared,
    key: &Key,
    algorithm: &SignatureAlgorithm,
    signed: Signed<'_>,
    signature: &[u8],
) -> Answer {
    match (key, signed) {
        (Key::Rsa { modulus, exponent }, Signed::Digest(digest)) => {
            let (Some(parameters), Some(digest_algorithm)) =
                (rsa_parameters(algorithm, bit_length(modulus)), digest_algorithm(digest.algorithm()))
            else {
                return Answer::NotOffered;
            };
            let key = || writer::sequence(&[&writer::unsigned_integer(modulus), &writer::unsigned_integer(exponent)]);
            let digest = (digest.as_bytes(), digest_algorithm);
            verify_digest(prepared, *algorithm, parameters, key, digest, signature)
        }
        (Key::Ec { curve, point }, Signed::Digest(digest)) => {
            // One algorithm per curve serves every digest: what ECDSA signs is the integer made of it. The digest named
            // here is only the one whose length is the curve's (P-521: the longest there is).
            let (parameters, digest_algorithm): (&'static dyn VerificationAlgorithm, _) = match curve {
                Curve::P256 => (&aws::ECDSA_P256_SHA256_ASN1, &aws_digest::SHA256),
                Curve::P384 => (&aws::ECDSA_P384_SHA384_ASN1, &aws_digest::SHA384),
                Curve::P521 => (&aws::ECDSA_P521_SHA512_ASN1, &aws_digest::SHA512),
            };
            let input = ecdsa_input(digest, digest_algorithm.output_len());
            let lane = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512);
            verify_digest(prepared, lane, parameters, || point.to_vec(), (&input, digest_algorithm), signature)
        }
        (Key::Ed25519(key), Signed::Message(message)) => {
            match prepare(prepared, SignatureAlgorithm::Ed25519, &aws::ED25519, || key.to_vec()) {
                Some(key) => answer(key.get().verify_sig(message, signature)),
                None => Answer::KeyRefused,
            }
        }
        _ => Answer::NotOffered,
    }
}

fn verify_digest(
    prepared: &Prepared,
    algorithm: SignatureAlgorithm,
    parameters: &'static dyn VerificationAlgorithm,
    key: impl FnOnce() -> Vec<u8>,
    (digest, digest_algorithm): (&[u8], &'static aws_digest::Algorithm),
    signature: &[u8],
) -> Answer {
    let Some(key) = prepare(prepared, algorithm, parameters, key) else { return Answer::KeyRefused };
    let Ok(digest) = aws_digest::Digest::import_less_safe(digest, digest_algorithm) else { return Answer::NotOffered };
    answer(key.get().verify_digest_sig(&digest, signature))
}

fn answer<E>(result: Result<(), E>) -> Answer {
    if result.is_ok() { Answer::Valid } else { Answer::Invalid }
}

enum Parsed<'a> {
    Kept(&'a ParsedPublicKey),
    Once(ParsedPublicKey),
}

impl Parsed<'_> {
    fn get(&self) -> &ParsedPublicKey {
        match self {
            Self::Kept(key) => key,
            Self::Once(key) => key,
        }
    }
}

/// The key for this algorithm: the one that is kept, or, with a second algorithm, one for this time.
fn prepare<'a>(
    prepared: &'a Prepared,
    algorithm: SignatureAlgorithm,
    parameters: &'static dyn VerificationAlgorithm,
    key: impl FnOnce() -> Vec<u8>,
) -> Option<Parsed<'a>> {
    if let Some((kept_for, kept)) = prepared.0.get() {
        if *kept_for == algorithm {
            return Some(Parsed::Kept(kept));
        }
        return ParsedPublicKey::new(parameters, key()).ok().map(Parsed::Once);
    }
    let parsed = ParsedPublicKey::new(parameters, key()).ok()?;
    let (kept_for, kept) = prepared.0.get_or_init(|| (algorithm, parsed.clone()));
    // Another thread may have been first, with another algorithm.
    Some(if *kept_for == algorithm { Parsed::Kept(kept) } else { Parsed::Once(parsed) })
}

/// A private key in memory that signs with aws-lc-rs: RSA from 2048 to 8192 bits, P-256, P-384, Ed25519.
///
/// The backend wipes the key's memory when the last clone goes.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>, SignatureAlgorithm);

struct Inner {
    key: KeyPair,
    pss: bool,
    public_key: PublicKey,
}

enum KeyPair {
    Rsa(aws::RsaKeyPair),
    Ecdsa(aws::EcdsaKeyPair),
    Ed25519(aws::Ed25519KeyPair),
}

impl SigningKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), not encrypted.
    ///
    /// The algorithm is the usual one for the kind of key: RSA PKCS#1 v1.5 with SHA-256 (RSASSA-PSS with SHA-256 for a
    /// key that is for PSS only), ECDSA with the digest of the curve's size, Ed25519.
    ///
    /// # Errors
    /// [`KeyError`]; it holds nothing of the text.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        private_key::read_pem(pem, Self::read)
    }

    /// Reads a PKCS#8 private key, DER, not encrypted. The algorithm is as with [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Self::read(PrivateKey::from_pkcs8_der(der)?)
    }

    fn read(key: PrivateKey<'_>) -> Result<Self, KeyError> {
        let inconsistent = |_| KeyError::Inconsistent;
        match key {
            PrivateKey::Rsa { pkcs1, pss } => Self::rsa(aws::RsaKeyPair::from_der(pkcs1).map_err(inconsistent)?, pss),
            PrivateKey::Ec { curve, pkcs8 } => {
                let algorithm = ecdsa_signing(curve)?;
                Self::ecdsa(aws::EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).map_err(inconsistent)?, curve)
            }
            PrivateKey::Ed25519 { pkcs8 } => {
                Self::ed25519(aws::Ed25519KeyPair::from_pkcs8(pkcs8).map_err(inconsistent)?)
            }
        }
    }

    fn rsa(key: aws::RsaKeyPair, pss: bool) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_rsa_public_key(key.public_key().as_ref())?;
        Self::new(KeyPair::Rsa(key), pss, public_key)
    }

    fn ecdsa(key: aws::EcdsaKeyPair, curve: Curve) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_point(curve, key.public_key().as_ref())?;
        Self::new(KeyPair::Ecdsa(key), false, public_key)
    }

    fn ed25519(key: aws::Ed25519KeyPair) -> Result<Self, KeyError> {
        let public_key = PublicKey::from_parts(&writer::algorithm(oid::ED25519), key.public_key().as_ref())?;
        Self::new(KeyPair::Ed25519(key), false, public_key)
    }

    fn new(key: KeyPair, pss: bool, public_key: PublicKey) -> Result<Self, KeyError> {
        let algorithm = private_key::usual_algorithm(&public_key, pss).ok_or(KeyError::UnsupportedForm)?;
        Ok(Self(Arc::new(Inner { key, pss, public_key }), algorithm))
    }

    /// The same key with another algorithm: RSA PKCS#1 v1.5 or RSASSA-PSS (salt as long as the digest) with SHA-256,
    /// SHA-384 or SHA-512.
    ///
    /// # Errors
    /// `AlgorithmMismatch`.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        let offered = match &self.0.key {
            KeyPair::Rsa(_) => {
                rsa_signing(&algorithm).is_some()
                    && !(self.0.pss && matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)))
            }
            KeyPair::Ecdsa(_) | KeyPair::Ed25519(_) => algorithm == self.1,
        };
        if offered {
            Ok(Self(self.0, algorithm))
        } else {
            Err(KeyError::AlgorithmMismatch { algorithm, key: self.0.public_key.kind().clone() })
        }
    }

    /// A new key, for tests and examples: RSA of 2048, 3072, 4096 or 8192 bits, P-256, P-384, Ed25519.
    ///
    /// # Errors
    /// `NotOffered`, `Size`, `Generation`.
    #[cfg(feature = "testing")]
    pub fn generate(kind: &super::KeyKind) -> Result<Self, KeyError> {
        use super::KeyKind;
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
                Self::rsa(aws::RsaKeyPair::generate(size).map_err(failed)?, false)
            }
            KeyKind::EcP256 | KeyKind::EcP384 => {
                let curve = if *kind == KeyKind::EcP256 { Curve::P256 } else { Curve::P384 };
                Self::ecdsa(aws::EcdsaKeyPair::generate(ecdsa_signing(curve)?).map_err(failed)?, curve)
            }
            KeyKind::Ed25519 => Self::ed25519(aws::Ed25519KeyPair::generate().map_err(failed)?),
            kind => Err(private_key::not_generated(kind)),
        }
    }
}

fn ecdsa_signing(curve: Curve) -> Result<&'static aws::EcdsaSigningAlgorithm, KeyError> {
    match curve {
        Curve::P256 => Ok(&aws::ECDSA_P256_SHA256_ASN1_SIGNING),
        Curve::P384 => Ok(&aws::ECDSA_P384_SHA384_ASN1_SIGNING),
        Curve::P521 => Err(KeyError::NotOffered(super::NotOffered::named(oid::P521, "NIST P-521"))),
    }
}

fn rsa_signing(algorithm: &SignatureAlgorithm) -> Option<&'static dyn RsaEncoding> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    Some(match *algorithm {
        SignatureAlgorithm::RsaPkcs1(Sha256) => &aws::RSA_PKCS1_SHA256,
        SignatureAlgorithm::RsaPkcs1(Sha384) => &aws::RSA_PKCS1_SHA384,
        SignatureAlgorithm::RsaPkcs1(Sha512) => &aws::RSA_PKCS1_SHA512,
        SignatureAlgorithm::RsaPss { digest, .. } if *algorithm == SignatureAlgorithm::rsa_pss(digest) => {
            match digest {
                Sha256 => &aws::RSA_PSS_SHA256,
                Sha384 => &aws::RSA_PSS_SHA384,
                Sha512 => &aws::RSA_PSS_SHA512,
                _ => return None,
            }
        }
        _ => return None,
    })
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
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.0.public_key.kind())
    }
}
