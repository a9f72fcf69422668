//! Makes keys for tests.

use std::sync::Arc;

use signed_data::tlv::Tag;

use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, KeyError, KeyKind, SignatureAlgorithm, Signer, ml_dsa_pkcs8, not_generated};

/// Generates a key of this kind in the backend that the build has (aws-lc-rs where it has both).
///
/// # Errors
/// [`KeyError`] for a kind that the backend does not offer.
pub fn generate_key(kind: &KeyKind) -> Result<Arc<dyn Signer>, KeyError> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(crate::crypto::SigningKey::generate(kind)?));
    #[cfg(not(feature = "aws-lc-rs"))]
    return Ok(Arc::new(crate::crypto::RustCryptoSigningKey::generate(kind)?));
}

/// Derives the ML-DSA key of this kind whose seed is the SHA-256 of a label: it is the same at every run, and no secret.
///
/// With the feature `rustcrypto` it signs deterministically, as [`derived_key`] does.
///
/// # Errors
/// [`KeyError::NotOffered`] for another kind.
pub fn derived_ml_dsa_key(kind: &KeyKind, label: &str) -> Result<Arc<dyn Signer>, KeyError> {
    let algorithm = match kind {
        KeyKind::MlDsa44 => SignatureAlgorithm::MlDsa44,
        KeyKind::MlDsa65 => SignatureAlgorithm::MlDsa65,
        KeyKind::MlDsa87 => SignatureAlgorithm::MlDsa87,
        KeyKind::Rsa { .. }
        | KeyKind::EcP256
        | KeyKind::EcP384
        | KeyKind::EcP521
        | KeyKind::Ed25519
        | KeyKind::SlhDsa(_)
        | KeyKind::NotOffered(_) => return Err(not_generated(kind)),
    };
    let digest = DigestAlgorithm::Sha256.digest(label.as_bytes());
    let seed = digest.as_bytes().try_into().map_err(|_| KeyError::Generation)?;
    let pkcs8 = ml_dsa_pkcs8(&algorithm, &seed);
    #[cfg(feature = "rustcrypto")]
    return Ok(Arc::new(crate::crypto::RustCryptoSigningKey::from_pkcs8_der(&pkcs8)?));
    #[cfg(not(feature = "rustcrypto"))]
    return Ok(Arc::new(crate::crypto::SigningKey::from_pkcs8_der(&pkcs8)?));
}

/// Derives the P-256 key whose private number is the SHA-256 of a label: it is the same at every run, and no secret.
///
/// With the feature `rustcrypto` it signs deterministically (RFC 6979), so that everything made with it is identical
/// octet for octet.
///
/// # Errors
/// [`KeyError`] for about one label in 2^32, whose digest is no valid key.
pub fn derived_key(label: &str) -> Result<Arc<dyn Signer>, KeyError> {
    let scalar = DigestAlgorithm::Sha256.digest(label.as_bytes());
    // ECPrivateKey, RFC 5915 §3, with its public key left out, inside OneAsymmetricKey, RFC 5958 §2.
    let ec_private_key = writer::sequence(&[&writer::small_integer(1), &writer::octet_string(scalar.as_bytes())]);
    let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &writer::oid(oid::P256)]);
    let version = writer::tlv(Tag::INTEGER, &[0]);
    let pkcs8 = writer::sequence(&[&version, &algorithm, &writer::octet_string(&ec_private_key)]);
    #[cfg(feature = "rustcrypto")]
    return Ok(Arc::new(crate::crypto::RustCryptoSigningKey::from_pkcs8_der(&pkcs8)?));
    #[cfg(not(feature = "rustcrypto"))]
    return Ok(Arc::new(crate::crypto::SigningKey::from_pkcs8_der(&pkcs8)?));
}
