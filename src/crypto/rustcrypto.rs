//! The pure-Rust backend: verification that aws-lc-rs does not offer, and signing when it is chosen by name.

use core::fmt;
use std::sync::Arc;

use getrandom::SysRng;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::pkcs8::DecodePrivateKey as _;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pss::Pss;
use rsa::traits::{PublicKeyParts as _, SignatureScheme as _};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};

use super::private_key::{self, PrivateKey};
use super::public_key::{Answer, Curve, Key, Signed, bit_length, ecdsa_input};
use super::{Digest, DigestAlgorithm, KeyError, NotOffered, PublicKey, SignError, SignatureAlgorithm, Signer};
use crate::asn1::{oid, writer};

pub(super) fn verify(key: &Key, algorithm: &SignatureAlgorithm, signed: Signed<'_>, signature: &[u8]) -> Answer {
    let Signed::Digest(digest) = signed else { return Answer::NotOffered };
    match (key, *algorithm) {
        (Key::Rsa { modulus, exponent }, SignatureAlgorithm::RsaPkcs1(_)) => match rsa_key(modulus, exponent) {
            Some(key) => answer(key.verify(pkcs1v15(digest), digest.as_bytes(), signature)),
            None => Answer::KeyRefused,
        },
        (Key::Rsa { modulus, exponent }, SignatureAlgorithm::RsaPss { mgf_digest, salt_len, .. }) => {
            let Some(key) = rsa_key(modulus, exponent) else { return Answer::KeyRefused };
            let valid = rsa_public_operation(&key, modulus, signature)
                .and_then(|encoded| check_pss(encoded, bit_length(modulus), digest, mgf_digest, salt_len));
            if valid.is_some() { Answer::Valid } else { Answer::Invalid }
        }
        (Key::Ec { curve, point }, SignatureAlgorithm::Ecdsa(_)) => ecdsa(*curve, point, digest, signature),
        _ => Answer::NotOffered,
    }
}

fn answer<T, E>(result: Result<T, E>) -> Answer {
    if result.is_ok() { Answer::Valid } else { Answer::Invalid }
}

fn ecdsa(curve: Curve, point: &[u8], digest: &Digest, signature: &[u8]) -> Answer {
    macro_rules! verify {
        ($curve:ident) => {{
            let Ok(key) = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point) else { return Answer::KeyRefused };
            let Ok(signature) = $curve::ecdsa::Signature::from_der(signature) else { return Answer::Invalid };
            // No digest is longer than 64 octets, and the order of P-521 has 66.
            answer(key.verify_prehash(&ecdsa_input(digest, curve.scalar_len().min(64)), &signature))
        }};
    }
    match curve {
        Curve::P256 => verify!(p256),
        Curve::P384 => verify!(p384),
        Curve::P521 => verify!(p521),
    }
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Option<RsaPublicKey> {
    let number = |octets: &[u8]| {
        let bits = u32::try_from(octets.len().checked_mul(8)?).ok()?;
        BoxedUint::from_be_slice(octets, bits).ok()
    };
    // The sizes, and that both are odd, were checked when the key was read; the crate's own limit on exponents is 33
    // bits.
    let odd = modulus.last().is_some_and(|octet| octet & 1 == 1);
    let (modulus, exponent) = (number(modulus)?, number(exponent)?);
    odd.then(|| RsaPublicKey::new_unchecked(modulus, exponent))
}

/// DigestInfo, RFC 8017 §9.2, as prefix and digest.
fn pkcs1v15(digest: &Digest) -> Pkcs1v15Sign {
    let algorithm = digest.algorithm();
    let mut prefix =
        writer::sequence(&[&writer::algorithm_null(algorithm.oid()), &writer::octet_string(digest.as_bytes())]);
    prefix.truncate(prefix.len().saturating_sub(algorithm.output_len()));
    Pkcs1v15Sign { hash_len: Some(algorithm.output_len()), prefix: prefix.into() }
}

/// RSAVP1 with the octet strings around it, [RFC 8017 §8.1.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.1.2)
/// steps 1 and 2: EM, in `k` octets.
fn rsa_public_operation(key: &RsaPublicKey, modulus: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != modulus.len() {
        return None;
    }
    let signature = BoxedUint::from_be_slice(signature, key.n_bits_precision()).ok()?;
    if signature >= *key.n().as_ref() {
        return None;
    }
    let message = rsa::hazmat::rsa_encrypt(key, &signature).ok()?;
    let octets = message.to_be_bytes();
    let (padding, encoded) = octets.split_at_checked(octets.len().checked_sub(modulus.len())?)?;
    padding.iter().all(|octet| *octet == 0).then(|| encoded.to_vec())
}

/// EMSA-PSS-VERIFY, [RFC 8017 §9.1.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2), with a digest of its own
/// for MGF1, which the crate `rsa` does not have. Nothing here is secret.
fn check_pss(
    mut encoded: Vec<u8>,
    modulus_bits: usize,
    digest: &Digest,
    mgf_digest: DigestAlgorithm,
    salt_len: u32,
) -> Option<()> {
    let em_bits = modulus_bits.checked_sub(1)?;
    let em_len = em_bits.div_ceil(8);
    if encoded.len() > em_len {
        // The modulus has 8k + 1 bits: EM is one octet shorter than it.
        (encoded.len() == em_len + 1 && encoded.remove(0) == 0).then_some(())?;
    }
    let hash_len = digest.as_bytes().len();
    let salt_len = usize::try_from(salt_len).ok()?;
    let zeros = em_len.checked_sub(hash_len)?.checked_sub(salt_len)?.checked_sub(2)?;
    let (0xbc, encoded) = encoded.split_last_mut()? else { return None };
    let (masked, hash) = encoded.split_at_mut_checked(em_len - hash_len - 1)?;
    let unused_bits = 8 * em_len - em_bits;
    let first = masked.first_mut()?;
    if unused_bits > 0 && *first >> (8 - unused_bits) != 0 {
        return None;
    }
    unmask(masked, hash, mgf_digest);
    *masked.first_mut()? &= 0xff >> unused_bits;
    let (padding, rest) = masked.split_at_checked(zeros)?;
    let (1, salt) = rest.split_first()? else { return None };
    if padding.iter().any(|octet| *octet != 0) || salt.len() != salt_len {
        return None;
    }
    let mut hasher = digest.algorithm().hasher();
    hasher.update(&[0; 8]);
    hasher.update(digest.as_bytes());
    hasher.update(salt);
    (hasher.finish().as_bytes() == hash).then_some(())
}

/// MGF1, RFC 8017 appendix B.2.1, XORed onto `masked`.
fn unmask(masked: &mut [u8], seed: &[u8], digest: DigestAlgorithm) {
    for (counter, chunk) in (0_u32..).zip(masked.chunks_mut(digest.output_len())) {
        let mut hasher = digest.hasher();
        hasher.update(seed);
        hasher.update(&counter.to_be_bytes());
        let mask = hasher.finish();
        chunk.iter_mut().zip(mask.as_bytes()).for_each(|(octet, mask)| *octet ^= mask);
    }
}

/// A private key in memory that signs in pure Rust: RSA from 2048 to 8192 bits, P-256, P-384. ECDSA is deterministic
/// (RFC 6979).
///
/// It is never chosen for you. The private operation of the crate `rsa` is not constant time, and somebody who can time
/// many signatures over a network may learn about the key
/// ([RUSTSEC-2023-0071](https://rustsec.org/advisories/RUSTSEC-2023-0071), no fixed release); blinding with the
/// operating system's randomness, always on here, makes that harder, not impossible. Where the feature `aws-lc-rs` is
/// enabled, `SigningKey` is the better choice.
///
/// The backend wipes the key's memory when the last clone goes.
#[derive(Clone)]
pub struct RustCryptoSigningKey(Arc<Inner>, SignatureAlgorithm);

struct Inner {
    key: PrivateNumbers,
    pss: bool,
    public_key: PublicKey,
}

enum PrivateNumbers {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

impl RustCryptoSigningKey {
    /// Reads the first private key of a PEM text: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), not encrypted.
    ///
    /// The algorithm is the usual one for the kind of key: RSA PKCS#1 v1.5 with SHA-256 (RSASSA-PSS with SHA-256 for a
    /// key that is for PSS only), ECDSA with the digest of the curve's size.
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
            PrivateKey::Rsa { pkcs1, pss } => {
                let key = RsaPrivateKey::from_pkcs1_der(pkcs1).map_err(|_| KeyError::Inconsistent)?;
                Self::new(PrivateNumbers::Rsa(Box::new(key)), pss)
            }
            PrivateKey::Ec { curve: Curve::P256, pkcs8 } => {
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map_err(inconsistent)?;
                Self::new(PrivateNumbers::P256(key), false)
            }
            PrivateKey::Ec { curve: Curve::P384, pkcs8 } => {
                let key = p384::ecdsa::SigningKey::from_pkcs8_der(pkcs8).map_err(inconsistent)?;
                Self::new(PrivateNumbers::P384(key), false)
            }
            PrivateKey::Ec { curve: Curve::P521, .. } => {
                Err(KeyError::NotOffered(NotOffered::named(oid::P521, "NIST P-521")))
            }
            PrivateKey::Ed25519 { .. } => Err(KeyError::NotOffered(NotOffered::named(oid::ED25519, "Ed25519"))),
        }
    }

    fn new(key: PrivateNumbers, pss: bool) -> Result<Self, KeyError> {
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
        };
        let algorithm = private_key::usual_algorithm(&public_key, pss).ok_or(KeyError::UnsupportedForm)?;
        Ok(Self(Arc::new(Inner { key, pss, public_key }), algorithm))
    }

    /// The same key with another algorithm: RSA PKCS#1 v1.5 or RSASSA-PSS (salt as long as the digest) with SHA-256,
    /// SHA-384 or SHA-512.
    ///
    /// # Errors
    /// `AlgorithmMismatch`.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        let digest =
            matches!(algorithm.digest(), DigestAlgorithm::Sha256 | DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512);
        let offered = match (&self.0.key, algorithm) {
            (PrivateNumbers::Rsa(_), SignatureAlgorithm::RsaPkcs1(_)) => digest && !self.0.pss,
            (PrivateNumbers::Rsa(_), SignatureAlgorithm::RsaPss { digest: pss_digest, .. }) => {
                digest && algorithm == SignatureAlgorithm::rsa_pss(pss_digest)
            }
            _ => algorithm == self.1,
        };
        if offered {
            Ok(Self(self.0, algorithm))
        } else {
            Err(KeyError::AlgorithmMismatch { algorithm, key: self.0.public_key.kind().clone() })
        }
    }

    /// A new key, for tests and examples: P-256, P-384, or RSA of 2048 to 4096 bits, which takes seconds here.
    ///
    /// # Errors
    /// `NotOffered`, `Size`, `Generation`.
    #[cfg(feature = "testing")]
    pub fn generate(kind: &super::KeyKind) -> Result<Self, KeyError> {
        use super::KeyKind;
        use p256::elliptic_curve::Generate as _;
        let failed = |_| KeyError::Generation;
        match kind {
            KeyKind::Rsa { bits } => {
                if !(2048..=4096).contains(bits) {
                    return Err(KeyError::Size { bits: *bits });
                }
                // The crate takes no generator that can fail; a test without randomness may end here.
                let mut random = rsa::rand_core::UnwrapErr(SysRng);
                let size = usize::try_from(*bits).map_err(|_| KeyError::Generation)?;
                let key = RsaPrivateKey::new(&mut random, size).map_err(|_| KeyError::Generation)?;
                Self::new(PrivateNumbers::Rsa(Box::new(key)), false)
            }
            KeyKind::EcP256 => {
                Self::new(PrivateNumbers::P256(p256::ecdsa::SigningKey::try_generate().map_err(failed)?), false)
            }
            KeyKind::EcP384 => {
                Self::new(PrivateNumbers::P384(p384::ecdsa::SigningKey::try_generate().map_err(failed)?), false)
            }
            kind => Err(private_key::not_generated(kind)),
        }
    }
}

fn sign_rsa(key: &RsaPrivateKey, algorithm: SignatureAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
    let digest = algorithm.digest().digest(message);
    let random = Some(&mut SysRng);
    let hash = digest.as_bytes();
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => pkcs1v15(&digest).sign(random, key, hash),
        SignatureAlgorithm::RsaPss { digest: DigestAlgorithm::Sha256, .. } => {
            Pss::<sha2::Sha256>::new().sign(random, key, hash)
        }
        SignatureAlgorithm::RsaPss { digest: DigestAlgorithm::Sha384, .. } => {
            Pss::<sha2::Sha384>::new().sign(random, key, hash)
        }
        SignatureAlgorithm::RsaPss { digest: DigestAlgorithm::Sha512, .. } => {
            Pss::<sha2::Sha512>::new().sign(random, key, hash)
        }
        _ => return None,
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
        }
    }
}

impl fmt::Debug for RustCryptoSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RustCryptoSigningKey({})", self.0.public_key.kind())
    }
}
