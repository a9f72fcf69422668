//! Decrypting private keys that a passphrase protects.

use pkcs5::EncryptionScheme;
use pkcs5::pbes2::Kdf;
use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Reader, Tag};
use zeroize::Zeroizing;

use super::kind::KeyError;
use crate::crypto::algorithm::NotOffered;

/// The most iterations of PBKDF2. OpenSSL makes 2,048, and common advice is 600,000; these take seconds.
const MAX_ITERATIONS: u32 = 10_000_000;

/// The most memory of scrypt, in octets, and the most of its blocks in parallel. OpenSSL takes 16 MiB once.
const MAX_SCRYPT_MEMORY: u64 = 256 << 20;
const MAX_SCRYPT_PARALLEL: u16 = 16;

/// Decrypts an EncryptedPrivateKeyInfo, [RFC 5958 §3](https://www.rfc-editor.org/rfc/rfc5958#section-3), and returns the
/// PKCS#8 structure:
///
/// ```text
/// EncryptedPrivateKeyInfo ::= SEQUENCE {
///     encryptionAlgorithm  AlgorithmIdentifier,
///     encryptedData        OCTET STRING }
/// ```
pub(super) fn decrypt(der: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let malformed = |_| KeyError::Malformed("encrypted PKCS#8 private key");
    let mut outer = Reader::new(der, "EncryptedPrivateKeyInfo");
    let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("EncryptedPrivateKeyInfo");
    outer.finish().map_err(malformed)?;
    let scheme = fields.expect(Tag::SEQUENCE).map_err(malformed)?.raw;
    let encrypted = fields.expect(Tag::OCTET_STRING).map_err(malformed)?.value;
    fields.finish().map_err(malformed)?;
    let algorithm = scheme;
    let scheme = EncryptionScheme::try_from(algorithm).map_err(|_| not_offered(algorithm))?;
    check_cost(&scheme)?;
    #[expect(clippy::wildcard_enum_match_arm, reason = "the errors of another crate")]
    let plain = scheme.decrypt(passphrase, encrypted).map_err(|error| match error {
        pkcs5::Error::UnsupportedAlgorithm { .. } | pkcs5::Error::NoPbes1CryptSupport => not_offered(algorithm),
        _ => KeyError::Passphrase,
    })?;
    Ok(Zeroizing::new(plain))
}

/// Names the algorithm of an encryption that is not offered, or cannot be read.
fn not_offered(algorithm: &[u8]) -> KeyError {
    match AlgorithmIdentifier::read(&mut Reader::new(algorithm, "encryptionAlgorithm")) {
        Ok(algorithm) => KeyError::EncryptionNotOffered(NotOffered::of(algorithm.oid)),
        Err(_) => KeyError::Malformed("encryption of the private key"),
    }
}

/// Checks that the passphrase is hashed with bounded work, because the file says with how much.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), KeyError> {
    let is_bounded = match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Pbkdf2(parameters)) => parameters.iteration_count <= MAX_ITERATIONS,
        Some(Kdf::Scrypt(parameters)) => {
            let memory = parameters.cost_parameter.saturating_mul(u64::from(parameters.block_size)).saturating_mul(128);
            memory <= MAX_SCRYPT_MEMORY && parameters.parallelization <= MAX_SCRYPT_PARALLEL
        }
        // PBES1 hashes a bounded number of times, and another function is not offered.
        Some(_) | None => true,
    };
    if is_bounded { Ok(()) } else { Err(KeyError::EncryptionTooCostly) }
}
