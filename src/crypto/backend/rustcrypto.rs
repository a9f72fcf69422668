//! Verification in pure Rust, with the crates `rsa`, `p256`, `p384`, `p521` and `ml-dsa`.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PublicKey as RsaPublicKey};

use super::{Answer, Backend, Signed};
use crate::asn1::writer;
use crate::crypto::algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::crypto::key::{Curve, KeyNumbers, bit_length, ecdsa_input};

/// The backend in pure Rust. It has no form of its own of a key.
pub(in crate::crypto) struct RustCrypto;

impl Backend for RustCrypto {
    fn verify(&self, key: &KeyNumbers, algorithm: &SignatureAlgorithm, signed: Signed<'_>, signature: &[u8]) -> Answer {
        match (key, signed) {
            (KeyNumbers::Rsa { modulus, exponent }, Signed::Digest(digest)) => {
                verify_rsa(modulus, exponent, algorithm, digest, signature)
            }
            (KeyNumbers::Ec { curve, point }, Signed::Digest(digest)) => verify_ecdsa(*curve, point, digest, signature),
            (KeyNumbers::PostQuantum { algorithm, key }, Signed::Message(message)) => {
                verify_post_quantum(algorithm, key, message, signature)
            }
            (KeyNumbers::Rsa { .. } | KeyNumbers::Ec { .. }, Signed::Message(_))
            | (KeyNumbers::PostQuantum { .. }, Signed::Digest(_))
            | (
                KeyNumbers::Ed25519(_) | KeyNumbers::Unusable(_) | KeyNumbers::WithParameters | KeyNumbers::NotOffered,
                _,
            ) => Answer::NotOffered,
        }
    }
}

fn verify_rsa(
    modulus: &[u8],
    exponent: &[u8],
    algorithm: &SignatureAlgorithm,
    digest: &Digest,
    signature: &[u8],
) -> Answer {
    let Some(key) = rsa_key(modulus, exponent) else { return Answer::KeyRefused };
    match *algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Answer::of(key.verify(pkcs1v15(digest), digest.as_bytes(), signature)),
        SignatureAlgorithm::RsaPss { mgf_digest, salt_len, .. } => {
            let encoded = rsa_public_operation(&key, modulus, signature);
            let check = |encoded| check_pss(encoded, bit_length(modulus), digest, mgf_digest, salt_len);
            Answer::of(encoded.and_then(check).ok_or(()))
        }
        SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => Answer::NotOffered,
    }
}

fn verify_post_quantum(algorithm: &SignatureAlgorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Answer {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => verify_ml_dsa::<ml_dsa::MlDsa44>(key, message, signature),
        SignatureAlgorithm::MlDsa65 => verify_ml_dsa::<ml_dsa::MlDsa65>(key, message, signature),
        SignatureAlgorithm::MlDsa87 => verify_ml_dsa::<ml_dsa::MlDsa87>(key, message, signature),
        SignatureAlgorithm::SlhDsa(_)
        | SignatureAlgorithm::RsaPkcs1(_)
        | SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519 => Answer::NotOffered,
    }
}

/// ML-DSA.Verify in pure mode, with an empty context (FIPS 204 algorithm 3).
fn verify_ml_dsa<P: ml_dsa::MlDsaParams>(key: &[u8], message: &[u8], signature: &[u8]) -> Answer {
    let Ok(key) = ml_dsa::EncodedVerifyingKey::<P>::try_from(key) else { return Answer::KeyRefused };
    let Ok(signature) = ml_dsa::Signature::<P>::try_from(signature) else { return Answer::Invalid };
    let key = ml_dsa::VerifyingKey::<P>::decode(&key);
    if key.verify_with_context(message, &[], &signature) { Answer::Valid } else { Answer::Invalid }
}

fn verify_ecdsa(curve: Curve, point: &[u8], digest: &Digest, signature: &[u8]) -> Answer {
    macro_rules! verify {
        ($curve:ident) => {{
            let Ok(key) = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point) else { return Answer::KeyRefused };
            let Ok(signature) = $curve::ecdsa::Signature::from_der(signature) else { return Answer::Invalid };
            // No digest is longer than 64 octets, and the order of P-521 has 66.
            Answer::of(key.verify_prehash(&ecdsa_input(digest, curve.scalar_len().min(64)), &signature))
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

/// Returns the padding whose DigestInfo is that of this digest, [RFC 8017
/// §9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2).
pub(in crate::crypto) fn pkcs1v15(digest: &Digest) -> Pkcs1v15Sign {
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
